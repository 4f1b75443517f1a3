"""The payments a search found, as a table: what is shown, in which order, what cells say."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal

from cancel_desk.desk.candidates import Candidates
from cancel_desk.desk.finder import Portion
from cancel_desk.desk.narrowing import Narrowing
from cancel_desk.desk.references import Matches
from cancel_desk.dojo.intent import Intent
from cancel_desk.window import find_words, words
from cancel_desk.window.batch_model import Index, Role
from cancel_desk.window.plain import tooltip, visible
from cancel_desk.window.translation import tr


class FoundColumn(IntEnum):
    """The columns, left to right."""

    TICK = 0
    PAYMENT = 1
    AMOUNT = 2
    REFERENCE = 3
    DESCRIPTION = 4
    CREATED = 5
    EXPIRES = 6
    NOTE = 7


_NEVER = datetime.max.replace(tzinfo=UTC)
_SORT_KEYS: dict[FoundColumn, Callable[[Intent], Any]] = {
    FoundColumn.PAYMENT: lambda intent: intent.id,
    FoundColumn.AMOUNT: lambda intent: (
        (money.currency, money.value) if (money := intent.to_pay) else ("", 0)
    ),
    FoundColumn.REFERENCE: lambda intent: (intent.reference or "").casefold(),
    FoundColumn.DESCRIPTION: lambda intent: (intent.description or "").casefold(),
    FoundColumn.CREATED: lambda intent: intent.created_at or _NEVER,
    FoundColumn.EXPIRES: lambda intent: intent.expires_at or _NEVER,
}


class FoundModel(QAbstractTableModel):
    """Shows candidates. Order and filter are a list of their numbers.

    While a search is under way what it finds comes last, so that nothing moves under the pointer.
    """

    changed = Signal()  # what is ticked, or what of it is shown

    def __init__(self, candidates: Candidates, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.candidates = candidates
        self._shown: list[int] = []
        self._sort: tuple[FoundColumn, Qt.SortOrder] | None = None

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many payments are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(FoundColumn)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Say what can be done with a cell; what is in the list already can't be ticked."""
        flags = super().flags(index)
        if index.isValid() and index.column() == FoundColumn.TICK:
            checkable = Qt.ItemFlag.ItemIsUserCheckable
            fixed = self.candidates.is_in_list(self.intent_at(index.row()))
            flags = flags & ~checkable if fixed else flags | checkable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows, says or means."""
        if not index.isValid():
            return None
        intent = self.intent_at(index.row())
        column = FoundColumn(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(intent, column)
            case Qt.ItemDataRole.CheckStateRole if column is FoundColumn.TICK:
                ticked = self.candidates.is_ticked(intent)
                return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.TextAlignmentRole if column is FoundColumn.AMOUNT:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(self._long_text(intent, column))
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(intent, column)
            case Role.ID:
                return intent.id
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick or untick a payment."""
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        intent = self.intent_at(index.row())
        self.tick([intent], Qt.CheckState(value) is Qt.CheckState.Checked)
        return not self.candidates.is_in_list(intent)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the columns' names."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = FoundColumn(section)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return {
                    FoundColumn.TICK: "",
                    FoundColumn.PAYMENT: tr("Payment"),
                    FoundColumn.AMOUNT: tr("Amount"),
                    FoundColumn.REFERENCE: tr("Reference"),
                    FoundColumn.DESCRIPTION: tr("Description"),
                    FoundColumn.CREATED: tr("Created"),
                    FoundColumn.EXPIRES: tr("Expires"),
                    FoundColumn.NOTE: tr("Note"),
                }[column]
            case Qt.ItemDataRole.ToolTipRole if column is FoundColumn.TICK:
                return tooltip(tr("Tick all that is shown, or untick it"))
            case Qt.ItemDataRole.AccessibleTextRole if column is FoundColumn.TICK:
                return tr("Chosen to be added")
            case Qt.ItemDataRole.TextAlignmentRole:
                amount = column is FoundColumn.AMOUNT
                side = Qt.AlignmentFlag.AlignRight if amount else Qt.AlignmentFlag.AlignLeft
                return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the payments by a column, once; any that has no order means as they came."""
        self._sort = (FoundColumn(column), order) if column in _SORT_KEYS else None
        self.refresh()

    # What the dialog asks

    def intent_at(self, position: int) -> Intent:
        """Return the payment at a position on screen."""
        return self.candidates.found[self._shown[position]]

    def position_of(self, intent_id: str) -> int | None:
        """Return where a payment is on screen; None while it is not."""
        for position, intent in enumerate(self.shown()):
            if intent.id == intent_id:
                return position
        return None

    def shown(self) -> list[Intent]:
        """Return what is shown, as it stands on screen."""
        return [self.candidates.found[number] for number in self._shown]

    def ticked_and_shown(self) -> list[Intent]:
        """Return what would be added: ticked *and* visible, as it stands on screen."""
        if not self.candidates.any_ticked:
            return []
        return [intent for intent in self.shown() if self.candidates.is_ticked(intent)]

    def ticks_shown(self) -> Qt.CheckState:
        """Tell whether all, some or none of the payments are ticked that are shown and can be."""
        ticked = len(self.ticked_and_shown())
        if not ticked:
            return Qt.CheckState.Unchecked
        can = sum(not self.candidates.is_in_list(intent) for intent in self.shown())
        return Qt.CheckState.Checked if ticked == can else Qt.CheckState.PartiallyChecked

    # What changes it

    def clear(self) -> None:
        """Forget what an earlier search found."""
        self.candidates.clear()
        self.refresh()

    def add(self, portions: Iterable[Portion]) -> None:
        """Take in what came, at the end, whatever the order."""
        found, now = self.candidates.found, self._server_time()
        first = len(found)
        self.candidates.add(portions)
        new = [
            number
            for number in range(first, len(found))
            if self.candidates.lets_through(found[number], now)
        ]
        if new:
            start = len(self._shown)
            self.beginInsertRows(QModelIndex(), start, start + len(new) - 1)
            self._shown += new
            self.endInsertRows()
            self.changed.emit()

    def narrow(self, narrowing: Narrowing) -> None:
        """Show only what is like that."""
        self.candidates.narrowing = narrowing
        self.refresh()

    def want(self, wanted: frozenset[str] | None) -> None:
        """Show only what carries a reference that is alike one of these; None shows all."""
        self.candidates.want(wanted)
        self.refresh()

    def show_matches(self, matches: Matches, propose: bool) -> None:
        """Show what carries the references of a list, in its order; see `Candidates.match`."""
        self.candidates.match(matches, propose)
        self.refresh()
        self._repaint(FoundColumn.TICK, FoundColumn.NOTE)

    def tick(self, intents: Iterable[Intent], on: bool) -> None:
        """Choose payments to be added, or take the choice back."""
        self.candidates.tick(intents, on)
        self._repaint(FoundColumn.TICK, FoundColumn.TICK)
        self.changed.emit()

    def mark_in_list(self, intents: Iterable[Intent]) -> None:
        """Take note that payments are in the operator's list now."""
        self.candidates.mark_in_list(intents)
        self._repaint(FoundColumn.TICK, FoundColumn.NOTE)
        self.changed.emit()

    def repaint_ages(self) -> None:
        """Have the columns drawn again that change as time goes by."""
        self._repaint(FoundColumn.CREATED, FoundColumn.EXPIRES)

    def refresh(self) -> None:
        """Make filter and order anew."""
        found, now = self.candidates.found, self._server_time()
        lets_through = self.candidates.lets_through
        shown = [number for number, intent in enumerate(found) if lets_through(intent, now)]
        if self._sort is not None:
            column, order = self._sort
            key = _SORT_KEYS[column]
            descending = order is Qt.SortOrder.DescendingOrder
            shown.sort(key=lambda number: key(found[number]), reverse=descending)
        elif rank := self.candidates.rank():
            shown.sort(key=lambda number: rank[found[number].id])
        self.beginResetModel()
        self._shown = shown
        self.endResetModel()
        self.changed.emit()

    def _repaint(self, first: FoundColumn, last: FoundColumn) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0, first), self.index(len(self._shown) - 1, last))

    def _server_time(self) -> datetime:
        return datetime.now(UTC) + self.candidates.server_ahead

    # What cells say

    def _text(self, intent: Intent, column: FoundColumn) -> str:
        match column:
            case FoundColumn.PAYMENT:
                return intent.id
            case FoundColumn.AMOUNT:
                return words.money(intent.to_pay)
            case FoundColumn.REFERENCE:
                return visible(intent.reference or "–")
            case FoundColumn.DESCRIPTION:
                return visible(intent.description or "–")
            case FoundColumn.CREATED:
                created = intent.created_at
                return words.ago(created, self._server_time()) if created else "–"
            case FoundColumn.EXPIRES:
                at = intent.expires_at
                return words.expires(at - self._server_time() if at else None)
            case FoundColumn.NOTE:
                return find_words.note(
                    self.candidates.match_of(intent), self.candidates.is_in_list(intent)
                )
        return ""

    def _long_text(self, intent: Intent, column: FoundColumn) -> str:
        match column:
            case FoundColumn.CREATED:
                return words.moment(intent.created_at)
            case FoundColumn.EXPIRES:
                return words.moment(intent.expires_at)
        return self._text(intent, column)

    def _spoken(self, intent: Intent, column: FoundColumn) -> str:
        if column is not FoundColumn.TICK:
            return self._text(intent, column)
        if self.candidates.is_in_list(intent):
            return tr("can’t be chosen: %1").replace("%1", tr("in the list"))
        return tr("chosen") if self.candidates.is_ticked(intent) else tr("not chosen")
