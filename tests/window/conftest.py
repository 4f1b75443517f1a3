"""The real window against the real practice server. Every thread has ended when a test ends."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QEvent, QLocale, QThread, QTimer
from PySide6.QtWidgets import QApplication

from cancel_desk.app import Practice, dress, make_window
from cancel_desk.desk.clock import Clock
from cancel_desk.desk.events import Answered, AttemptStarted, PlanMade
from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.desk.keychain import Keychain, KeychainError, Reason
from cancel_desk.desk.plan import Plan, PlannedRow
from cancel_desk.desk.profiles import Profile, Profiles
from cancel_desk.dojo.intent import Intent, Money
from cancel_desk.dojo.key import ApiKey
from cancel_desk.dojo.problem import Kind, Problem
from cancel_desk.practice import PracticeServer
from cancel_desk.window.theme import LIGHT, Looks

from .driver import Driver


class Drawer(Keychain):
    """A keyring that is a dictionary; `trouble` is what it has instead of answers."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = {}
        self.trouble: Reason | None = None

    def save(self, profile_id, key) -> None:
        self._open()
        self.keys[profile_id] = key

    def load(self, profile_id):
        self._open()
        if profile_id not in self.keys:
            raise KeychainError(Reason.MISSING)
        return self.keys[profile_id]

    def delete(self, profile_id) -> None:
        self._open()
        self.keys.pop(profile_id, None)

    def seal_key(self) -> bytes:
        self._open()
        return bytes(32)

    def _open(self) -> None:
        if self.trouble is not None:
            raise KeychainError(self.trouble)


class Gate:
    """Holds every DELETE at the server until it is opened."""

    def __init__(self, server) -> None:
        self._server = server
        self._open = threading.Event()
        self.held: list[str] = []
        server.on_delete = self._hold

    def _hold(self, intent_id) -> None:
        self.held.append(intent_id)
        assert self._open.wait(20)

    def open(self) -> None:
        self._open.set()


@pytest.fixture(scope="session")
def dressed(qapp) -> Looks:
    looks = dress(qapp)
    # So that amounts read the same wherever the tests run.
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    return looks


@pytest.fixture
def looks(dressed) -> Iterator[Looks]:
    yield dressed
    if dressed.theme is not LIGHT:
        dressed.wear(LIGHT)


@pytest.fixture
def practice() -> Iterator[Practice]:
    practice = Practice()
    yield practice
    practice.close()
    assert _left("practice ") == []


@pytest.fixture
def drawer() -> Drawer:
    return Drawer()


@pytest.fixture
def gate(practice) -> Iterator[Gate]:
    gate = Gate(practice.server)
    yield gate
    gate.open()


@pytest.fixture
def open_window(qtbot, looks, practice, drawer, tmp_path) -> Iterator[Callable[..., Driver]]:
    """Opens windows. At the end each is closed, as an operator would, and nothing may be left."""
    windows = []

    def make(speed=1.0, **options) -> Driver:
        options = {"start_in_practice": True, "a_second": 1e9, **options}
        window = make_window(
            looks,
            practice,
            folder=tmp_path / "data",
            log=tmp_path / "cancel-desk.log",
            keychain=drawer,
            policy=tmp_path / "policy.toml",
            clock=Clock(speed),
            **options,
        )
        windows.append(window)
        with qtbot.waitActive(window):
            window.show()
        return Driver(window, qtbot, practice)

    yield make
    for window in windows:
        _close(window, qtbot, practice)
    assert _left("engine-") == []


def _close(window, qtbot, practice) -> None:
    driver = Driver(window, qtbot, practice)
    practice.server.up()
    practice.server.faults.clear()
    threads = window.findChildren(QThread)
    insist = QTimer(interval=5)
    insist.timeout.connect(lambda: [question.accept() for question in driver.questions])
    insist.start()
    window.close()
    driver.wait(lambda: not window.isVisible())
    insist.stop()
    assert not any(thread.isRunning() for thread in threads)
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _left(name: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith(name)]


@pytest.fixture
def shop() -> Iterator[PracticeServer]:
    """A server that stands for Dojo itself."""
    with PracticeServer() as server:
        yield server


@pytest.fixture
def profile(shop, drawer, tmp_path) -> Profile:
    """A profile with a key for that server, the one used last."""
    key = ApiKey(shop.key)
    profiles = Profiles(tmp_path / "data" / "profiles.json")
    profile = profiles.add("Leeds", key, verified=True)
    profiles.use(profile.id)
    drawer.save(profile.id, key)
    return profile


@pytest.fixture
def york(profile, drawer, tmp_path) -> Profile:
    """A second profile, of a shop whose server knows other payments."""
    key = ApiKey("sk_sandbox_YorkYorkYorkYork0001")
    york = Profiles(tmp_path / "data" / "profiles.json").add("York", key, verified=True)
    drawer.save(york.id, key)
    return york


@pytest.fixture
def open_shop(open_window, shop, profile) -> Callable[..., Driver]:
    """Opens windows as an operator of that shop has them."""

    def opened(**options) -> Driver:
        options = {"start_in_practice": False, "base_url": shop.url, **options}
        driver = open_window(**options)
        driver.window.warm_up()
        return driver

    return opened


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "journal.sqlite"


@pytest.fixture
def cut_off(shop, profile, path):
    """A run of five: one cancelled, two whose answer never came (one took effect), two waiting."""
    ids = [shop.create(reference=f"Order {n}") for n in range(5)]
    now = datetime.now(UTC)
    plan = Plan(
        rows=tuple(PlannedRow(i, Money(1000, "GBP"), f"Order {n}", now) for n, i in enumerate(ids)),
        profile="Leeds",
        environment=profile.environment,
        key_hint=profile.key_hint,
        operator="sam",
        reason="Ticket 7",
        made_at=now,
        profile_id=profile.id,
    )
    row = {"at": now, "run_id": plan.run_id}
    journal = JournalFile(path, bytes(32))
    journal.append(PlanMade(at=now, plan=plan))
    for number in range(3):
        journal.append(AttemptStarted(intent_id=ids[number], number=1, **row))
    done = Intent(ids[0], "Canceled", amount=Money(1000, "GBP"), reference="Order 0")
    journal.append(Answered(intent_id=ids[0], answer=done, **row))
    journal.append(Answered(intent_id=ids[1], answer=Problem(Kind.NO_ANSWER), **row))
    journal.close()
    for number in range(2):
        shop.set_status(ids[number], "Canceled")
    return ids


@pytest.fixture
def desk(open_window) -> Driver:
    """A window in practice, at the speed of the world."""
    return open_window()


@pytest.fixture
def quick(open_window) -> Driver:
    """A window in whose engine minutes pass in a moment."""
    return open_window(speed=500)
