"""Reading past runs off the window's thread: the newest first, in portions, as they come."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from PySide6.QtCore import QObject, Signal

from cancel_desk.desk.history import History
from cancel_desk.window.asking import Asking
from cancel_desk.window.run_lines import RunLine, in_brief
from cancel_desk.window.worker import DELIVER_EVERY, Errands

OpenHistory = Callable[[], History]  # may take its time (the keyring) and raise JournalError


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs: begun from `since` to `until`, with `text` in a payment, reference or reason."""

    since: datetime | None = None
    until: datetime | None = None
    text: str = ""


class HistoryReading(QObject):
    """Reads the runs that are wanted now.

    Each portion is an errand that takes about as long as the time between two deliveries, so
    that the window is told ten times a second at most and other errands come in between.

    Args:
        open_history: called in the errands' thread.
        errands: where it reads. They may outlive this object.
        parent: its owner.
    """

    listed = Signal(object)  # the ids of all that are wanted, before the first is read
    read = Signal(object)  # tuple of RunLine
    ended = Signal()  # all have been read
    failed = Signal(object)  # the exception that ended it

    def __init__(
        self, open_history: OpenHistory, errands: Errands, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._open_history = open_history
        self._asking = Asking(errands)
        self._left: Sequence[str] = ()

    def start(self, wanted: Wanted) -> None:
        """Read these runs, and no longer those that were wanted before."""
        self._asking.drop()
        self._asking.run(lambda: self._list(wanted), self._take_list, self.failed.emit)

    def abandon(self) -> None:
        """Read no more, and tell nothing more: whoever listens is about to go."""
        self._asking.drop()

    def _list(self, wanted: Wanted) -> list[str]:
        history = self._open_history()
        ids = history.run_ids(wanted.since, wanted.until)
        if not wanted.text:
            return ids
        mentioning = history.mentioning(wanted.text)
        return [run_id for run_id in ids if run_id in mentioning]

    def _take_list(self, ids: Sequence[str]) -> None:
        self._left = ids
        self.listed.emit(ids)
        self._go_on()

    def _go_on(self) -> None:
        if not self._left:
            self.ended.emit()
            return
        ids = self._left
        self._asking.run(
            lambda: _read_some(self._open_history(), ids), self._take, self.failed.emit
        )

    def _take(self, lines: tuple[RunLine, ...]) -> None:
        self._left = self._left[len(lines) :]
        self.read.emit(lines)
        self._go_on()


def _read_some(history: History, ids: Sequence[str]) -> tuple[RunLine, ...]:
    """Read for as long as the window can wait for the next portion, one run at least."""
    until = monotonic() + DELIVER_EVERY / 1000
    lines = []
    for run_id in ids:
        lines.append(in_brief(history.read(run_id)))
        if monotonic() >= until:
            break
    return tuple(lines)
