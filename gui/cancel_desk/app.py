"""Where the parts are put together: the only place that knows them all."""

import getpass
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.journals import Journals
from cancel_desk.desk.kept_list import KeptLists
from cancel_desk.desk.keychain import Keychain, SessionKeys
from cancel_desk.desk.policy import policy_path
from cancel_desk.desk.profiles import PRACTICE, Profile, Profiles
from cancel_desk.desk.settings import proxy_in_use
from cancel_desk.desk.settings_store import SettingsStore
from cancel_desk.dojo.endpoint import API_URL
from cancel_desk.dojo.key import ApiKey
from cancel_desk.dojo.problem import Kind, Problem
from cancel_desk.window.icons import program_icon
from cancel_desk.window.key_dialog import Keys
from cancel_desk.window.main_window import MainWindow, Parts
from cancel_desk.window.remembered import Remembered
from cancel_desk.window.theme import Looks
from cancel_desk.window.translation import install_translations
from cancel_desk.window.worker import MakeClient

if TYPE_CHECKING:
    # At run time where they are first used: the window comes first.
    from cancel_desk.practice import PracticeServer


class Practice:
    """The practice server, started when it is first needed. For any thread but the window's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: PracticeServer | None = None
        self._samples = 0

    @property
    def server(self) -> "PracticeServer":
        """The server; the first use starts it."""
        from cancel_desk.practice import PracticeServer

        with self._lock:
            self._server = self._server or PracticeServer()
            return self._server

    def sample(self) -> str:
        """Make a batch of payments and return an e-mail that names them."""
        from cancel_desk.practice import samples

        self._samples += 1
        intents = self.server.add_samples(self._samples)
        return samples.email(Random(self._samples), intents).text  # noqa: S311 - play money

    def close(self) -> None:
        """Stop the server, if it was started."""
        with self._lock:
            if self._server is not None:
                self._server.close()
                self._server = None


class Doors:
    """How clients come by an address and a key. Works in the worker's thread, not the window's.

    Args:
        base_url: the API, or a loopback address.
        session_keys: the keys.
        practice: the practice server.
        settings: tell of the proxy.
        trust: makes what decides, for one session, whom to trust over TLS; None: the system does.
    """

    def __init__(
        self,
        base_url: str,
        session_keys: SessionKeys,
        practice: Practice,
        settings: SettingsStore,
        trust: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        self._settings = settings
        self._base_url = base_url
        self._session_keys = session_keys
        self._practice = practice
        self._trust = trust

    def connect(self, profile: Profile) -> MakeClient:
        """Return what makes clients for a profile.

        Raises:
            KeychainError: its key can't be had.
            ProxyAddressError: the system names a proxy that can't be used.
        """
        from cancel_desk.dojo.client import Client

        if profile == PRACTICE:
            server = self._practice.server
            url, key, proxy = server.url, ApiKey(server.key), None
        else:
            url, key, proxy = self._base_url, self._session_keys.load(profile), self._proxy()
        return lambda: Client(key, url, context=self._context(), proxy=proxy)

    def verify(self, key: ApiKey) -> Problem | None:
        """Ask the API, with a call that only reads, whether it takes a key; None means yes.

        Raises:
            ProxyAddressError: as `connect`.
        """
        from cancel_desk.dojo.client import Client, WrongEnvironmentError

        try:
            with Client(
                key, self._base_url, context=self._context(), proxy=self._proxy()
            ) as client:
                answer = client.search(limit=1)
        except WrongEnvironmentError as error:
            return Problem(Kind.WRONG_ENVIRONMENT, technical=str(error))
        return answer if isinstance(answer, Problem) else None

    def _context(self) -> ssl.SSLContext | None:
        return None if self._trust is None else self._trust()

    def _proxy(self) -> str | None:
        return proxy_in_use(self._settings.effective.settings.proxy)


def dress(application: QApplication) -> Looks:
    """Give the application its texts, colours and icon."""
    install_translations(application)
    application.setApplicationName("cancel-desk")
    application.setDesktopFileName("cancel-desk")
    looks = Looks(application)
    application.setWindowIcon(program_icon())
    return looks


def make_window(
    looks: Looks,
    practice: Practice,
    folder: Path,
    log: Path,
    base_url: str = API_URL,
    start_in_practice: bool = False,
    keychain: Keychain | None = None,
    policy: Path | None = None,
    clock: Clock | None = None,
    in_flight: int | None = None,
    trust: Callable[[], ssl.SSLContext] | None = None,
    **engine_options: object,
) -> MainWindow:
    """Put the program together.

    Args:
        looks: the application's colours.
        practice: the practice server.
        folder: where all is kept that is to last.
        log: where the log is, for people to find.
        base_url: the API, or a loopback address.
        start_in_practice: whatever was used last.
        keychain: the operating system's keyring unless a test brings another.
        policy: what the organisation has set; the machine's own unless a test brings another.
        clock: whose time counts.
        in_flight: requests under way at once, whatever is set.
        trust: whom to trust over TLS, asked for each session; the system unless a test or the
            benchmark brings a server of its own.
        engine_options: a_second, for the engine.
    """
    clock = clock or Clock()
    profiles = Profiles(folder / "profiles.json")
    keychain = keychain or Keychain()
    session_keys = SessionKeys(keychain)
    settings = SettingsStore(folder / "settings.json", policy or policy_path())
    doors = Doors(base_url, session_keys, practice, settings, trust)
    return MainWindow(
        Parts(
            keys=Keys(profiles, session_keys, doors.verify),
            connect=doors.connect,
            journals=Journals(folder / "journal.sqlite", keychain.seal_key, clock.now),
            kept_lists=KeptLists(folder / "lists"),
            remembered=Remembered(folder / "window.ini"),
            sample=practice.sample,
            settings=settings,
            account=_account(),
            log=log,
            profile=PRACTICE if start_in_practice else profiles.last_used,
            looks=looks,
            clock=clock,
            in_flight=lambda: in_flight or settings.effective.settings.speed.in_flight,
            engine_options={"clock": clock, **engine_options},
        )
    )


def _account() -> str:
    """Return who is logged in on this computer."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
