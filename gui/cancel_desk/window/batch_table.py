"""The table of payments: how its cells look, and what keys and clicks do in it."""

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QGuiApplication, QKeyEvent, QPainter
from PySide6.QtWidgets import QMenu, QStyle, QStyleOptionViewItem, QWidget

from cancel_desk.desk.row import Row
from cancel_desk.window.batch_header import BatchHeader
from cancel_desk.window.batch_model import BatchModel, Column, Index, Role
from cancel_desk.window.cells import CellDelegate
from cancel_desk.window.chips import draw_chip
from cancel_desk.window.icons import STATE_LOOKS
from cancel_desk.window.list_table import ListTable
from cancel_desk.window.translation import tr


class BatchTable(ListTable):
    """Payments, one a row; ticks by click or Space, off the list by Delete."""

    row_at_hand = Signal(object)  # a Row, or None
    remove_asked = Signal(object)  # list of Row
    check_asked = Signal(object)  # list of Row

    def __init__(self, model: BatchModel, parent: QWidget | None = None) -> None:
        super().__init__("batchTable", tr("Payments"), model, parent)
        self._model = model
        self.setItemDelegate(_CellDelegate(self))
        self.say_when_empty(tr("No payment in the list matches."))
        self.columns = BatchHeader(model, self)
        self.setHorizontalHeader(self.columns)
        self.columns.set_up()
        self.columns.sortIndicatorChanged.connect(self._sort)
        self.selectionModel().currentRowChanged.connect(self._tell_row_at_hand)
        model.modelReset.connect(self._tell_row_at_hand)
        model.dataChanged.connect(self._tell_change)

    def highlighted_rows(self) -> list[Row]:
        """Return the rows that are highlighted (which is not to be ticked)."""
        return [self._model.row_at(position) for position in self.highlighted_positions()]

    def take_focus(self) -> None:
        """Take the keyboard, with a row highlighted for its keys to work on."""
        self.setFocus()
        self._highlight_one()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Highlight a row: Qt would only put a cursor there, which the keys pass over."""
        super().focusInEvent(event)
        self._highlight_one()

    def _highlight_one(self) -> None:
        if self._model.rowCount() and not self.selectionModel().hasSelection():
            at_hand = self.currentIndex()
            first = self._model.index(0, Column.PAYMENT)
            self.setCurrentIndex(at_hand if at_hand.isValid() else first)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks what is highlighted, Delete takes it off the list."""
        if event.key() == Qt.Key.Key_Space:
            rows = self.highlighted_rows()
            can = [row for row in rows if row.may_be_planned]
            self._model.tick(can, not all(self._model.batch.is_ticked(row) for row in can))
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_asked.emit(self.highlighted_rows())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the highlighted rows."""
        rows = self.highlighted_rows()
        if not rows:
            return
        menu = QMenu(self)
        menu.setObjectName("rowMenu")
        can = [row for row in rows if row.may_be_planned]
        ticked = all(self._model.batch.is_ticked(row) for row in can)
        tick = menu.addAction(tr("&Untick") if can and ticked else tr("&Tick"))
        tick.setEnabled(bool(can))
        tick.triggered.connect(lambda: self._model.tick(can, not ticked))
        copy = menu.addAction(tr("&Copy the ID"))
        copy.triggered.connect(lambda: _copy_ids(rows))
        check = menu.addAction(tr("Check a&gain"))
        check.setEnabled(any(row.may_be_checked for row in rows))
        check.triggered.connect(lambda: self.check_asked.emit(rows))
        remove = menu.addAction(tr("Take &off this list"))
        remove.triggered.connect(lambda: self.remove_asked.emit(rows))
        menu.addSeparator()
        menu.addMenu(self.columns.menu(menu))
        menu.exec(event.globalPos())
        menu.deleteLater()

    @Slot(int, Qt.SortOrder)
    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        if column == Column.TICK:
            self._tick_all()
            self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            return
        at_hand = self.row_at_hand_id()
        self._model.sort(column, order)
        if at_hand is not None:
            self.show_row(at_hand)

    def _tick_all(self) -> None:
        """Tick everything that is shown and can be; where all of it is, untick it."""
        on = self._model.ticks_shown() is not Qt.CheckState.Checked
        self._model.tick(self._model.shown_rows(), on)

    def row_at_hand_id(self) -> str | None:
        """Return the id of the current row; None where there is none."""
        row: Row | None = self.currentIndex().data(Role.ROW)
        return row.intent_id if row is not None else None

    def show_row(self, intent_id: str) -> None:
        """Highlight a payment and bring it into view, if it is shown."""
        position = self._model.position_of(intent_id)
        if position is not None:
            self.setCurrentIndex(self._model.index(position, Column.PAYMENT))

    @Slot(QModelIndex, QModelIndex)
    def _tell_change(self, first: QModelIndex, last: QModelIndex) -> None:
        if first.row() <= self.currentIndex().row() <= last.row():
            self._tell_row_at_hand()

    @Slot()
    def _tell_row_at_hand(self, *_: object) -> None:
        self.row_at_hand.emit(self.currentIndex().data(Role.ROW))


def _copy_ids(rows: list[Row]) -> None:
    QGuiApplication.clipboard().setText("\n".join(row.intent_id for row in rows))


class _CellDelegate(CellDelegate):
    """Draws states as chips."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Column.TICK, Column.PAYMENT, {Column.CREATED, Column.EXPIRES})

    def paint_content(self, painter: QPainter, cell: QStyleOptionViewItem, index: Index) -> None:
        if index.column() == Column.STATE:
            row: Row = index.data(Role.ROW)
            selected = bool(cell.state & QStyle.StateFlag.State_Selected)
            painter.setFont(cell.font)
            draw_chip(painter, cell.rect, cell.text, STATE_LOOKS[row.state], selected)
        else:
            super().paint_content(painter, cell, index)
