"""The whole program, put together as it is, and an operator who never has to think.

    with Program(place, in_flight=8) as program:
        program.add(place.ids)
        program.wait_for_check()
        program.cancel_all()

Only what stands outside the program is another: the address, one more authority to trust, a
folder for the time of the measurement, and the keychain, which holds nothing but this key.
"""

import ssl
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QTableView,
    QWidget,
)

from cancel_desk.app import Practice, dress, make_window
from cancel_desk.desk.keychain import Keychain, KeychainError, Reason
from cancel_desk.desk.profiles import Profiles
from cancel_desk.desk.row import State
from cancel_desk.dojo.key import ApiKey
from cancel_desk.window.worker import Errands, Work

from .server import ROOT, Place

FOLDER = ROOT / "build"  # on a disk, as the operator's own; the system's may be in memory
TOO_LONG = 600.0  # seconds


class Program(QObject):
    """The program in its window, with a profile for a server.

    Args:
        place: the server, or what has its url, key, ids and authority_file.
        in_flight: requests under way at once, as the operator has set it.
        warm: wait until all is there that the program gets ready once its window is shown.
        engine_options: a_second, for the engine; what is built in, where nothing is said.

    Attributes:
        window: the window, shown.
        folder: where all is kept.
    """

    def __init__(
        self, place: Place, in_flight: int | None = None, warm: bool = True, **engine_options
    ) -> None:
        super().__init__()
        FOLDER.mkdir(exist_ok=True)
        self._temporary = tempfile.TemporaryDirectory(prefix="benchmark-", dir=FOLDER)
        self.folder = Path(self._temporary.name)
        self._application = QApplication.instance() or QApplication(["cancel-desk"])
        self._practice = Practice()
        self.window = make_window(
            dress(self._application),
            self._practice,
            folder=self.folder,
            log=self.folder / "cancel-desk.log",
            base_url=place.url,
            keychain=self._keychain(place),
            policy=self.folder / "policy.toml",
            in_flight=in_flight,
            trust=lambda: _trust(place.authority_file),
            **engine_options,
        )
        # Looked up once: what waits for the program must not become part of its work.
        self._progress = self._find(QProgressBar, "progressBar")
        self._summary = self._find(QWidget, "summaryPanel")
        self._loop = QEventLoop()
        self._condition: Callable[[], object] = lambda: True
        work = self.window.findChild(Work)
        work.happened.connect(self._look)
        work.ended.connect(self._look)
        self.window.show()
        QTest.qWaitForWindowExposed(self.window)
        if warm:
            self.warm_up()

    def warm_up(self) -> None:
        """Do what the program does a moment after its window is there, and wait for it."""
        self.window.warm_up()
        self.until(self._is_ready)

    # What an operator does

    def add(self, ids: Iterable[str]) -> None:
        """Paste ids into the field, press Add, and return when they are listed and being checked.

        The program begins that itself, a moment after they are listed.
        """
        before = self.rows
        self._find(QPlainTextEdit, "intakeEdit").setPlainText("\n".join(ids))
        self.click("addButton")
        self.until(lambda: self.rows > before and not self.counts[State.ADDED])

    def wait_for_check(self) -> None:
        """Return when every row has been checked."""
        unchecked = {State.ADDED, State.CHECKING}
        self.until(lambda: self.is_idle and not any(self.counts[each] for each in unchecked))

    def cancel_all(self) -> None:
        """Press the red button, consent, and return when the run is over and summed up."""
        consent = QTimer(self, interval=1)
        consent.timeout.connect(self._consent)
        consent.start()
        try:
            self.click("cancelPaymentsButton")  # the question's own loop runs within
        finally:
            consent.stop()
            consent.deleteLater()
        self.until(lambda: self.is_idle and self._summary.isVisible())

    def click(self, name: str) -> None:
        """Press a button of the window."""
        _press(self._find(QPushButton, name))

    @Slot()
    def _consent(self) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog) and dialog.objectName() == "confirmDialog":
            _press(dialog.findChild(QPushButton, "confirmButton"))

    # What is to be seen

    @property
    def counts(self):
        """How many rows are in each state."""
        return self.window.batch.counts

    @property
    def rows(self) -> int:
        """How many rows the list has."""
        return len(self.window.batch)

    @property
    def table(self) -> QTableView:
        """The list on the screen."""
        return self._find(QTableView, "batchTable")

    @property
    def is_idle(self) -> bool:
        """Tell whether no check and no run is under way."""
        return not self._progress.isVisible()

    def until(self, condition: Callable[[], object], at_most: float = TOO_LONG) -> None:
        """Let the program work until something is so.

        It is looked for after each handful of events, so that the looking takes no time of the
        work's, and 50 times a second where there are none.

        Raises:
            TimeoutError: it never is.
        """
        ends = time.monotonic() + at_most
        self._condition = lambda: condition() or time.monotonic() > ends
        looking = QTimer(self, interval=20)
        looking.timeout.connect(self._look)
        looking.start()
        QTimer.singleShot(0, self._look)
        self._loop.exec()
        looking.stop()
        looking.deleteLater()
        self._condition = lambda: False
        if not condition():
            raise TimeoutError("the program did not come to what was waited for")

    @Slot()
    def _look(self) -> None:
        if self._condition():
            self._loop.quit()

    def close(self) -> None:
        """Close the window as its user would, and take everything away."""
        self.window.close()
        self.until(lambda: not self.window.isVisible())
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self._practice.close()
        QGuiApplication.clipboard().clear()
        self._temporary.cleanup()

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _find(self, kind: type[QWidget], name: str):
        return self.window.findChild(kind, name)

    def _is_ready(self) -> bool:
        return not any(each.is_busy for each in self.window.findChildren(Errands))

    def _keychain(self, place: Place) -> "HeldKeys":
        """Add a profile for the server, the one used last, and hold its key."""
        key = ApiKey(place.key)
        profiles = Profiles(self.folder / "profiles.json")
        profile = profiles.add("Benchmark", key, verified=True)
        profiles.use(profile.id)
        return HeldKeys({profile.id: key})


class HeldKeys(Keychain):
    """A keychain that holds keys for the time of the measurement."""

    def __init__(self, keys: dict[str, ApiKey]) -> None:
        super().__init__()
        self._keys = keys

    def save(self, profile_id: str, key: ApiKey) -> None:
        self._keys[profile_id] = key

    def load(self, profile_id: str) -> ApiKey:
        if profile_id not in self._keys:
            raise KeychainError(Reason.MISSING)
        return self._keys[profile_id]

    def delete(self, profile_id: str) -> None:
        self._keys.pop(profile_id, None)

    def seal_key(self) -> bytes:
        return bytes(32)


@cache
def _trust(authority_file: str) -> ssl.SSLContext:
    """Return the program's own context, which reads all that the system trusts, and one more."""
    from cancel_desk.dojo.transport import tls_context

    context = tls_context()
    context.load_verify_locations(authority_file)
    return context


def _press(button: QPushButton) -> None:
    if not (button.isVisible() and button.isEnabled()):
        raise RuntimeError(f"{button.objectName()} can't be pressed")
    button.click()
