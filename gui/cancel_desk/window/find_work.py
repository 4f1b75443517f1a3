"""A search off the window's thread: what it finds comes in handfuls, and it can be stopped."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cancel_desk.desk.finder import Outcome, Portion, Search
from cancel_desk.desk.pace import Control, Pause
from cancel_desk.window.worker import DELIVER_EVERY, Errands

if TYPE_CHECKING:
    # Not at run time: it brings in requests, which can wait until the window is there.
    from cancel_desk.dojo.client import Client


class _Inbox:
    """Takes what a search tells, in its thread, until the window fetches it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._portions: list[Portion] = []
        self._pause: Pause | None = None

    def put(self, portion: Portion) -> None:
        with self._lock:
            self._portions.append(portion)

    def put_pause(self, pause: Pause | None) -> None:
        with self._lock:
            self._pause = pause

    def take(self) -> tuple[tuple[Portion, ...], Pause | None]:
        """Return the portions that are new, and the pause that is on."""
        with self._lock:
            portions, self._portions = tuple(self._portions), []
            return portions, self._pause


class SearchWork(QObject):
    """Runs a search, one at a time.

    Args:
        open_client: opens the API; called in the errands' thread, may take its time and raise.
        errands: where it runs. They outlive this object, which may go in mid-search.
        parent: its owner.
    """

    found = Signal(object)  # tuple of Portion, at most ten times a second
    paused = Signal(object)  # the Pause that is on now, or None
    ended = Signal(object)  # Outcome, or the exception; all portions came before it

    def __init__(
        self, open_client: "Callable[[], Client]", errands: Errands, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._open_client = open_client
        self._errands = errands
        self._inbox = _Inbox()
        self._pause: Pause | None = None
        self._control: Control | None = None
        self._abandoned = False
        self._timer = QTimer(self, interval=DELIVER_EVERY)
        self._timer.timeout.connect(self._deliver)

    @property
    def is_busy(self) -> bool:
        """Tell whether a search is under way."""
        return self._control is not None

    def start(self, search: Search) -> None:
        """Run a search, or go on with one that was not finished."""
        if self.is_busy:
            raise RuntimeError("one search at a time")
        control = self._control = Control()
        inbox = self._inbox = _Inbox()
        open_client = self._open_client

        def work() -> Outcome:
            with open_client() as client:
                return search.run(client, control, inbox.put, inbox.put_pause)

        self._timer.start()
        self._errands.run(work, self._finish, self._finish)

    def stop(self) -> None:
        """Ask for no further page; `ended` comes when the one under way has come."""
        if self._control is not None:
            self._control.stop()

    def abandon(self) -> None:
        """Stop, and tell nothing more: whoever listens is about to go."""
        self._abandoned = True
        self._timer.stop()
        self.stop()

    @Slot()
    def _deliver(self) -> None:
        portions, pause = self._inbox.take()
        if portions:
            self.found.emit(portions)
        if pause != self._pause:
            self._pause = pause
            self.paused.emit(pause)

    def _finish(self, end: Outcome | Exception) -> None:
        if self._abandoned:
            return
        self._timer.stop()
        self._deliver()
        self._control = self._pause = None
        self.ended.emit(end)
