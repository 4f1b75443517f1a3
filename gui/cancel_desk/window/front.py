"""One window for each user: a second start brings the first one's to the front."""

import hashlib
import logging
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:  # imported when it is first used: a first window need not wait for it
    from multiprocessing.connection import Listener

_SHOW = b"show"
_PATIENCE = 2.0  # seconds for a caller to say what it wants

_log = logging.getLogger(__name__)


def bring_to_front(folder: Path) -> bool:
    """Ask the program that has its window open to show it; False where none answers.

    Args:
        folder: where the program keeps its data, by which both know each other.
    """
    return _call(_address(folder), _SHOW)


class FrontDoor(QObject):
    """Listens for later starts of the program, and shows its window when there is one.

    Args:
        window: the window; it owns this.
        folder: where the program keeps its data.
    """

    _called = Signal()

    def __init__(self, window: QWidget, folder: Path) -> None:
        super().__init__(window)
        self._window = window
        self._folder = folder
        self._thread: threading.Thread | None = None
        self._closing = False
        self._called.connect(self._show)

    @Slot()
    def open(self) -> None:
        """Listen from now on, unless another program does, or the system won't have it."""
        address = _address(self._folder)
        if _call(address, b""):
            return
        from multiprocessing.connection import Listener

        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _is_file(address):
                Path(address).unlink(missing_ok=True)  # of a program that was killed
            listener = Listener(address)
        except OSError as error:
            _log.info("a second start will not find this window: %s", error)
            return
        self._thread = threading.Thread(
            target=self._listen, args=(listener,), name="front door", daemon=True
        )
        self._thread.start()

    def _listen(self, listener: "Listener") -> None:
        with listener:
            while not self._closing:
                try:
                    with listener.accept() as caller:
                        if caller.poll(_PATIENCE) and caller.recv_bytes() == _SHOW:
                            self._called.emit()
                except (ConnectionError, EOFError):
                    continue  # the caller has gone
                except OSError as error:
                    _log.info("a second start will no longer find this window: %s", error)
                    return

    @Slot()
    def _show(self) -> None:
        window = self._window
        if window.isMinimized():
            window.showNormal()
        window.raise_()
        window.activateWindow()
        QApplication.alert(window)  # some systems let no program put itself in front

    def close(self) -> None:
        """Listen no more."""
        if self._thread is not None:
            self._closing = True
            _call(_address(self._folder), b"")  # the listening ends with the next call
            self._thread.join(_PATIENCE)


def _call(address: str, what: bytes) -> bool:
    """Say something to the program that listens; tell whether there is one."""
    if _is_file(address) and not Path(address).exists():
        return False
    from multiprocessing.connection import Client

    try:
        with Client(address) as line:
            line.send_bytes(what)
    except OSError:
        return False
    return True


def _address(folder: Path) -> str:
    if sys.platform == "win32":
        # Pipes have no folders: the name tells this user's from the others'.
        return rf"\\.\pipe\cancel-desk-{hashlib.sha256(str(folder).encode()).hexdigest()}"
    return str(folder / "window.sock")


def _is_file(address: str) -> bool:
    return not address.startswith("\\\\")
