"""Past runs as a table, newest first: what each cell says."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from cancel_desk.desk.events import EndReason
from cancel_desk.desk.history import UnreadableRun
from cancel_desk.desk.row import State
from cancel_desk.window import history_words, words
from cancel_desk.window.batch_model import Index
from cancel_desk.window.icons import ENVIRONMENT_LOOKS, STATE_LOOKS
from cancel_desk.window.plain import tooltip, visible
from cancel_desk.window.run_lines import BriefRun, RunLine, is_damaged
from cancel_desk.window.theme import Tone
from cancel_desk.window.translation import tr


class RunColumn(IntEnum):
    """The columns, left to right."""

    BEGAN = 0
    PROFILE = 1
    OPERATOR = 2
    REASON = 3
    PAYMENTS = 4
    CANCELLED = 5
    END = 6
    OUTCOME = 7


class RunRole(IntEnum):
    """What any cell tells about its run, besides what it shows."""

    ID = Qt.ItemDataRole.UserRole
    LINE = Qt.ItemDataRole.UserRole + 2


_FIGURES = {RunColumn.PAYMENTS, RunColumn.CANCELLED}


class RunsModel(QAbstractTableModel):
    """Shows runs in the order in which they are brought."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[RunLine] = []

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many runs are shown."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(RunColumn)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows, says or means."""
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        column = RunColumn(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(line, column)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(_long_text(line, column))
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case RunRole.ID:
                return line.run_id
            case RunRole.LINE:
                return line
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the columns' names."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = RunColumn(section)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return {
                    RunColumn.BEGAN: tr("When"),
                    RunColumn.PROFILE: tr("Profile"),
                    RunColumn.OPERATOR: tr("Who"),
                    RunColumn.REASON: tr("Reason"),
                    RunColumn.PAYMENTS: tr("Payments"),
                    RunColumn.CANCELLED: tr("Amount cancelled"),
                    RunColumn.END: tr("How it ended"),
                    RunColumn.OUTCOME: tr("Outcome"),
                }[column]
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
        return None

    # What the dialog asks and changes

    def line_at(self, position: int) -> RunLine:
        """Return the run at a position on screen."""
        return self._lines[position]

    def clear(self) -> None:
        """Show no run."""
        self.beginResetModel()
        self._lines = []
        self.endResetModel()

    def add(self, lines: Iterable[RunLine]) -> None:
        """Show more runs, after the others."""
        new = list(lines)
        if new:
            first = len(self._lines)
            self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
            self._lines += new
            self.endInsertRows()

    def renew(self, line: RunLine) -> None:
        """Show a run, where it is shown, as it is now."""
        for position, shown in enumerate(self._lines):
            if shown.run_id == line.run_id:
                self._lines[position] = line
                last = self.index(position, len(RunColumn) - 1)
                self.dataChanged.emit(self.index(position, 0), last)


def look(line: RunLine, column: int) -> tuple[str, Tone] | None:
    """Return shape and tone of a cell that is shown as a chip; None for the others."""
    if column == RunColumn.END:
        return _look_of_end(line)
    if column == RunColumn.PROFILE and isinstance(line, BriefRun):
        return ENVIRONMENT_LOOKS[line.environment]
    return None


def _look_of_end(line: RunLine) -> tuple[str, Tone]:
    if is_damaged(line):
        return "cross", Tone.BAD
    if not isinstance(line, BriefRun):
        return "slash", Tone.NEUTRAL
    if line.end and line.unknown:
        return STATE_LOOKS[State.UNKNOWN]
    match line.end:
        case None:
            return "half", Tone.CALM
        case EndReason.DONE:
            return "check-ring", Tone.NEUTRAL
        case EndReason.STOPPED:
            return "dash", Tone.NEUTRAL
    return "exclamation", Tone.CARE


def _alignment(column: RunColumn) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in _FIGURES else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


def _text(line: RunLine, column: RunColumn) -> str:
    match column:
        case RunColumn.BEGAN:
            return words.moment(None if isinstance(line, UnreadableRun) else line.began)
        case RunColumn.PROFILE:
            return history_words.where(line)
        case RunColumn.END:
            return history_words.ending(line)
        case RunColumn.OUTCOME:
            return history_words.outcome(line)
    if not isinstance(line, BriefRun):
        return "–"
    match column:
        case RunColumn.OPERATOR:
            return visible(line.operator)
        case RunColumn.REASON:
            return visible(line.reason) or "–"
        case RunColumn.PAYMENTS:
            return words.number(line.counts.total())
        case RunColumn.CANCELLED:
            return words.totals(line.cancelled) or "–"


def _long_text(line: RunLine, column: RunColumn) -> str:
    if column in {RunColumn.END, RunColumn.OUTCOME} and not isinstance(line, UnreadableRun):
        return history_words.in_full(line)
    return _text(line, column)
