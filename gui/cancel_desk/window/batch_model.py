"""The batch as a table: which rows are shown, in which order, and what each cell says."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from cancel_desk.desk.batch import Batch, reference, rows_of, to_pay
from cancel_desk.desk.events import Event
from cancel_desk.desk.intake.find_ids import Found
from cancel_desk.desk.row import IllegalTransitionError, Row, State
from cancel_desk.desk.tally import Tally
from cancel_desk.window import words
from cancel_desk.window.filters import STATES, Filter
from cancel_desk.window.plain import tooltip, visible
from cancel_desk.window.search_texts import SearchTexts
from cancel_desk.window.translation import tr

Index = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """What any cell tells about its row, besides what it shows."""

    ID = Qt.ItemDataRole.UserRole
    STATE = Qt.ItemDataRole.UserRole + 1  # the state's name, as in `State`
    ROW = Qt.ItemDataRole.UserRole + 2  # the Row itself


class Column(IntEnum):
    """The columns; the operator may have them in another order."""

    TICK = 0
    PAYMENT = 1
    AMOUNT = 2
    REFERENCE = 3
    CREATED = 4
    STATE = 5
    DESCRIPTION = 6
    EXPIRES = 7


_NEVER = datetime.min.replace(tzinfo=UTC)
_STATE_ORDER = {state: number for number, state in enumerate(State)}
# The first key counts most; pairs of both would take three times as long to compare.
_SORT_KEYS: dict[Column, tuple[Callable[[Row], Any], ...]] = {
    Column.PAYMENT: (lambda row: row.intent_id,),
    Column.AMOUNT: (
        lambda row: money.currency if (money := to_pay(row)) else "",
        lambda row: money.value if (money := to_pay(row)) else 0,
    ),
    Column.REFERENCE: (lambda row: reference(row).casefold(),),
    Column.CREATED: (lambda row: (row.intent and row.intent.created_at) or _NEVER,),
    Column.STATE: (lambda row: _STATE_ORDER[row.state],),
    Column.DESCRIPTION: (lambda row: ((row.intent and row.intent.description) or "").casefold(),),
    Column.EXPIRES: (lambda row: (row.intent and row.intent.expires_at) or _NEVER,),
}


class BatchModel(QAbstractTableModel):
    """Shows a batch. Order and filter are a list of row numbers.

    They are made anew when the operator asks, not when a state changes: rows must not jump or
    vanish under the pointer while work is going on.
    """

    list_changed = Signal()  # which payments are in it, or are ticked

    def __init__(self, batch: Batch, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.batch = batch
        self.chosen = Tally()  # the rows that would be sent: ticked *and* visible
        self._tickable: set[str] = set()  # ids of rows that are shown and can be ticked
        self._texts = SearchTexts()
        self._shown: list[int] = []
        self._place: dict[int, int] = {}  # row number → position on screen
        self._filter = Filter.ALL
        self._search = ""
        self._sort: tuple[Column, Qt.SortOrder] | None = None

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Say what can be done with a cell; only a payment that can be planned can be ticked."""
        flags = super().flags(index)
        if index.isValid() and index.column() == Column.TICK:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
            if not self.row_at(index.row()).may_be_planned:
                flags &= ~Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows, says or means."""
        if not index.isValid():
            return None
        row = self.row_at(index.row())
        column = Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.CheckStateRole if column is Column.TICK:
                ticked = self.batch.is_ticked(row)
                return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.TextAlignmentRole if column is Column.AMOUNT:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(self._long_text(row, column))
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(row, column)
            case Role.ID:
                return row.intent_id
            case Role.STATE:
                return row.state.value
            case Role.ROW:
                return row
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick or untick a row."""
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        row = self.row_at(index.row())
        if not row.may_be_planned:
            return False
        self.tick([row], Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the columns' names."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (
                "",
                tr("Payment"),
                tr("Amount"),
                tr("Reference"),
                tr("Created"),
                tr("State"),
                tr("Description"),
                tr("Expires"),
            )[section]
        if role == Qt.ItemDataRole.ToolTipRole and section == Column.TICK:
            return tooltip(tr("Tick all that is shown, or untick it"))
        if role == Qt.ItemDataRole.AccessibleTextRole and section == Column.TICK:
            return tr("Chosen for cancelling")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight
                if section == Column.AMOUNT
                else (Qt.AlignmentFlag.AlignLeft)
            )
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column, once; -1 and the tick column mean as they came."""
        self._sort = (Column(column), order) if column in _SORT_KEYS else None
        self.refresh()

    # What the window asks

    def row_at(self, position: int) -> Row:
        """Return the row at a position on screen."""
        return self.batch.rows[self._shown[position]]

    def shown_rows(self) -> list[Row]:
        """Return the rows that filter and search let through, as they stand on screen."""
        return [self.batch.rows[number] for number in self._shown]

    def position_of(self, intent_id: str) -> int | None:
        """Return where a payment is on screen; None while it is not."""
        return self._place.get(self.batch.number(intent_id)) if intent_id in self.batch else None

    def ticked_and_shown(self) -> list[Row]:
        """Return the rows that would be sent: ticked *and* visible, in the batch's order."""
        rows = (self.batch.rows[number] for number in sorted(self._shown))
        return [row for row in rows if self.batch.is_ticked(row)]

    def ticks_shown(self) -> Qt.CheckState:
        """Tell whether all, some or none of the rows are ticked that are shown and can be."""
        if not self.chosen:
            return Qt.CheckState.Unchecked
        every = len(self.chosen) == len(self._tickable)
        return Qt.CheckState.Checked if every else Qt.CheckState.PartiallyChecked

    @property
    def filter(self) -> Filter:
        """What is shown."""
        return self._filter

    def narrow(self, which: Filter, search: str) -> None:
        """Show only rows of a group of states in which the search text occurs."""
        self._filter = which
        self._search = search.strip()
        self.refresh()

    def refresh(self) -> None:
        """Make filter and order anew, from the states as they are now."""
        shown = self._let_through(range(len(self.batch)))
        if self._sort is not None:
            column, order = self._sort
            for key in reversed(_SORT_KEYS[column]):
                keys = list(map(key, self.batch.rows))
                shown.sort(key=keys.__getitem__, reverse=order is Qt.SortOrder.DescendingOrder)
        if shown != self._shown:
            self._reset(shown)

    def _let_through(self, numbers: Sequence[int]) -> list[int]:
        """Return those of the rows that filter and search let through."""
        rows, states = self.batch.rows, STATES[self._filter]
        through = list(numbers)
        if self._filter is not Filter.ALL:
            through = [number for number in through if rows[number].state in states]
        return self._texts.found(self._search, rows, through) if self._search else through

    def _reset(self, shown: list[int]) -> None:
        self.beginResetModel()
        self._shown = shown
        place = dict(zip(shown, range(len(shown)), strict=True))
        self._place, before = place, self._place
        if place.keys() != before.keys():
            self._count()
        self.endResetModel()

    def _count(self) -> None:
        """Find out which of the rows that are shown can be ticked, and which are."""
        tickable = [row for row in self.shown_rows() if row.may_be_planned]
        self._tickable = {row.intent_id for row in tickable}
        self.chosen = Tally(
            (row.intent_id, to_pay(row)) for row in tickable if self.batch.is_ticked(row)
        )

    def _count_again(self, number: int) -> None:
        """Do the same for one row, which has changed."""
        row = self.batch.rows[number]
        shown = number in self._place
        if shown and row.may_be_planned:
            self._tickable.add(row.intent_id)
        else:
            self._tickable.discard(row.intent_id)
        if shown and self.batch.is_ticked(row):
            self.chosen.put(row.intent_id, to_pay(row))
        else:
            self.chosen.drop(row.intent_id)

    def add(self, found: Iterable[Found]) -> list[str]:
        """Add to the batch; new rows come last, whatever the order. Return the new ids."""
        return self.take(rows_of(found))

    def take(self, rows: Iterable[Row]) -> list[str]:
        """Do the same with rows made beforehand, which none but the batch has from now on."""
        first = len(self.batch)
        new = self.batch.take(rows)
        shown = self._let_through(range(first, len(self.batch)))
        if shown:
            start, end = len(self._shown), len(self._shown) + len(shown)
            self.beginInsertRows(QModelIndex(), start, end - 1)
            self._shown += shown
            self._place.update(zip(shown, range(start, end), strict=True))
            self.endInsertRows()
        self.list_changed.emit()
        return new

    def restore(self, rows: Iterable[Row]) -> list[Row]:
        """Take over rows of an earlier program; return those for which it is too early."""
        waiting = self.batch.restore(rows)
        self._begin_anew()
        return waiting

    def remove(self, rows: Iterable[Row]) -> int:
        """Take rows off the list and return how many went; those in a run stay."""
        gone = self.batch.remove(row.intent_id for row in rows)
        if gone:
            self._begin_anew()
        return gone

    def _begin_anew(self) -> None:
        """Show a list in which the numbers that were shown may mean other rows."""
        self._texts.keep(self.batch.rows)
        self._reset([])
        self.refresh()
        self.list_changed.emit()

    def apply(self, events: Iterable[Event]) -> None:
        """Let events take their effect, and have just the rows they changed drawn again.

        Raises:
            IllegalTransitionError: one could not; the others have taken effect and are shown.
        """
        try:
            changed: Iterable[int] = self.batch.apply(events)
        except IllegalTransitionError:
            self._announce(range(len(self.batch)))
            raise
        self._announce(changed)

    def tick(self, rows: Iterable[Row], on: bool) -> None:
        """Choose rows for cancelling, or take the choice back."""
        self.batch.tick(rows, on)
        self._announce_ticks()

    def invert_ticks(self) -> None:
        """Tick what is shown, can be ticked and is not; take the other ticks there away."""
        self.batch.invert_ticks(self.shown_rows())
        self._announce_ticks()

    def _announce_ticks(self) -> None:
        self._count()
        if self._shown:
            last = len(self._shown) - 1
            self.dataChanged.emit(self.index(0, Column.TICK), self.index(last, Column.TICK))
        self.list_changed.emit()

    def void_checks(self) -> None:
        """Forget what another key said."""
        self.batch.void_checks()
        self.refresh()
        self._announce(range(len(self.batch)))

    def repaint_ages(self) -> None:
        """Have the columns drawn again that change as time goes by."""
        if self._shown:
            last = len(self._shown) - 1
            for column in (Column.CREATED, Column.EXPIRES):
                self.dataChanged.emit(self.index(0, column), self.index(last, column))

    def _announce(self, changed: Iterable[int]) -> None:
        """Tell of rows that have changed: one dataChanged for each stretch of neighbours."""
        positions = []
        for number in changed:
            self._texts.of(self.batch.rows[number])  # while there is time
            self._count_again(number)
            if number in self._place:
                positions.append(self._place[number])
        start = end = -1
        for position in sorted(positions):
            if position != end + 1 or start < 0:
                if start >= 0:
                    self._changed(start, end)
                start = position
            end = position
        if start >= 0:
            self._changed(start, end)

    def _changed(self, start: int, end: int) -> None:
        self.dataChanged.emit(self.index(start, 0), self.index(end, len(Column) - 1))

    # What cells say

    def _text(self, row: Row, column: Column) -> str:
        match column:
            case Column.PAYMENT:
                return row.intent_id
            case Column.AMOUNT:
                return words.money(to_pay(row))
            case Column.REFERENCE:
                return visible(reference(row) or "–")
            case Column.CREATED:
                return words.age(row, datetime.now(UTC))
            case Column.STATE:
                return words.state(row)
            case Column.DESCRIPTION:
                return visible((row.intent and row.intent.description) or "–")
            case Column.EXPIRES:
                return words.ends_in(row)
        return ""

    def _long_text(self, row: Row, column: Column) -> str:
        match column:
            case Column.CREATED if row.intent is not None:
                return words.moment(row.intent.created_at)
            case Column.EXPIRES if row.intent is not None:
                return words.moment(row.intent.expires_at)
            case Column.STATE | Column.TICK:
                return f"{words.explanation(row)} {words.next_step(row)}"
        return self._text(row, column)

    def _spoken(self, row: Row, column: Column) -> str:
        if column is not Column.TICK:
            return self._text(row, column)
        if not row.may_be_planned:
            return tr("can’t be chosen: %1").replace("%1", words.state(row))
        return tr("chosen") if self.batch.is_ticked(row) else tr("not chosen")
