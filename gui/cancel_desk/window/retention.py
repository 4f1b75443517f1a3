"""Runs kept for longer than is set: offered for export and removal, never removed silently."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.history import History
from cancel_desk.desk.journal import DamageError, JournalError
from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.window import history_words
from cancel_desk.window.asking import Asking
from cancel_desk.window.history_export import ask_where_lines
from cancel_desk.window.history_reading import OpenHistory
from cancel_desk.window.notice import ask
from cancel_desk.window.plain import plain_label
from cancel_desk.window.preferences import Preferences
from cancel_desk.window.run_lines import is_damaged
from cancel_desk.window.translation import tr


class RetentionBar(QFrame):
    """Says how many runs are old; there only while some are."""

    remove_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("retentionBar")
        self.setProperty("notice", True)
        self._count = self._months = 0
        self._text = plain_label(wrap=True)
        self._text.setObjectName("retentionText")
        self._remove = QPushButton(tr("Export and &remove…"))
        self._remove.setObjectName("exportAndRemoveButton")
        self._remove.clicked.connect(self.remove_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(12)
        row.addWidget(self._text, 1)
        row.addWidget(self._remove)
        self.hide()

    def show_old(self, count: int, months: int) -> None:
        """Say how many there are of more than so many months, and offer to remove them."""
        self._count, self._months = count, months
        self._text.setText(history_words.old(count, months))
        self._remove.setEnabled(True)
        self.setVisible(count > 0)

    def show_step(self, text: str) -> None:
        """Say what is done at the moment; nothing can be asked for meanwhile."""
        self._text.setText(text)
        self._remove.setEnabled(False)

    def offer_again(self) -> None:
        """Be as before the first step."""
        self.show_old(self._count, self._months)


@dataclass(frozen=True, slots=True)
class _Removal:
    """What is to be removed, out of which journal; the `damaged` stay."""

    journal: JournalFile
    run_ids: Sequence[str]
    damaged: int


class Retention(QObject):
    """Leads from the offer to the removal: the journal, a file, the export, a question.

    Whatever does not succeed ends it there, with nothing removed.

    Args:
        bar: the offer.
        open_history: called in the errands' thread.
        open_journal: opens it to be written; called in the errands' thread, may raise JournalError.
        preferences: who removes, and what is old.
        clock: whose time counts.
        asking: the errands.
        window: what the questions stand before.
    """

    said = Signal(str)  # how it went
    failed = Signal(object)  # the exception that ended it
    removed = Signal()  # the list of runs is another now

    def __init__(
        self,
        bar: RetentionBar,
        open_history: OpenHistory,
        open_journal: Callable[[], JournalFile],
        preferences: Preferences,
        clock: Clock,
        asking: Asking,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._bar = bar
        self._open_history = open_history
        self._open_journal = open_journal
        self._preferences = preferences
        self._clock = clock
        self._asking = asking
        self._window = window
        bar.remove_asked.connect(self._prepare)

    def look(self) -> None:
        """Find out whether there are old runs."""
        months = self._preferences.retention_months
        self._asking.run(self._old, lambda old: self._bar.show_old(len(old), months), _leave_untold)

    def _old(self) -> list[str]:
        months = self._preferences.retention_months
        return self._open_history().older_than(self._clock.now(), months)

    @Slot()
    def _prepare(self) -> None:
        self._bar.show_step(tr("Reading the old runs…"))

        def prepare() -> _Removal:
            journal = self._open_journal()
            intact, damaged = _by_damage(self._open_history(), self._old())
            return _Removal(journal, intact, len(damaged))

        self._asking.run(prepare, self._export, self._fail)

    def _export(self, removal: _Removal) -> None:
        if not removal.run_ids:
            self._end(history_words.all_damaged(removal.damaged))
            return
        path = ask_where_lines(self._window)
        if path is None:
            self._bar.offer_again()
            return
        self._bar.show_step(tr("Exporting the old runs…"))
        self._asking.run(
            lambda: self._open_history().export_lines(path, removal.run_ids),
            lambda _: self._ask(removal, path),
            self._fail,
        )

    def _ask(self, removal: _Removal, path: Path) -> None:
        agreed = ask(
            self._window,
            "removeRunsDialog",
            tr("Remove old runs"),
            history_words.may_remove(path, len(removal.run_ids), removal.damaged),
            tr("Remove %Ln run(s)", "", len(removal.run_ids)),
            tr("Keep them"),
        )
        if not agreed:
            self._end(history_words.not_removed(path))
            return
        operator = self._preferences.operator
        self._bar.show_step(tr("Removing the old runs…"))
        self._asking.run(
            lambda: removal.journal.remove(removal.run_ids, operator, self._clock.now()),
            lambda _: self._end(history_words.removed(len(removal.run_ids), path), removed=True),
            self._fail,
        )

    def _end(self, text: str, removed: bool = False) -> None:
        self._bar.offer_again()
        self.said.emit(text)
        if removed:
            self.look()
            self.removed.emit()

    def _fail(self, error: Exception) -> None:
        self._bar.offer_again()
        self.failed.emit(error)


def _by_damage(history: History, run_ids: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the runs that are what was written, and those that are not."""
    intact: list[str] = []
    damaged: list[str] = []
    for run_id in run_ids:
        (damaged if is_damaged(history.read(run_id)) else intact).append(run_id)
    return intact, damaged


def _leave_untold(error: Exception) -> None:
    """Say nothing of what the list of runs says already."""
    if not isinstance(error, JournalError | DamageError):
        raise error
