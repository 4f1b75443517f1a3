"""The table of what a search found: ticked by click, Space or the box in its head."""

from PySide6.QtCore import QItemSelectionModel, QRect, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from cancel_desk.dojo.intent import Intent
from cancel_desk.window.batch_model import Role
from cancel_desk.window.cells import LEADING, PAD, CellDelegate, draw_box
from cancel_desk.window.found_model import FoundColumn, FoundModel
from cancel_desk.window.theme import current_theme
from cancel_desk.window.translation import tr


class FoundTable(QTableView):
    """Payments that can be added, one a row."""

    def __init__(self, model: FoundModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("foundTable")
        self.setAccessibleName(tr("Payments found"))
        self._model = model
        self._empty = ""
        self.setModel(model)
        column = FoundColumn
        muted = {column.CREATED, column.EXPIRES, column.NOTE}
        self.setItemDelegate(CellDelegate(self, column.TICK, column.PAYMENT, muted))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table, as everywhere
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._set_up_headers()

    def _set_up_headers(self) -> None:
        line = self.fontMetrics().height()
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(line + LEADING)
        columns = _Header(self._model, self)
        self.setHorizontalHeader(columns)
        # Sharing the table's selection would make "select all" ask the model for every cell.
        columns.setSelectionModel(QItemSelectionModel(self._model, columns))
        columns.setHighlightSections(False)
        columns.setSectionsClickable(True)
        columns.setSortIndicatorShown(True)
        columns.setSortIndicatorClearable(True)
        columns.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        columns.setMinimumSectionSize(line * 2)
        columns.sortIndicatorChanged.connect(self._sort)
        letter = self.fontMetrics().averageCharWidth()
        for column, letters in {
            FoundColumn.TICK: 4,
            FoundColumn.PAYMENT: 17,
            FoundColumn.AMOUNT: 15,
            FoundColumn.REFERENCE: 17,
            FoundColumn.DESCRIPTION: 17,
            FoundColumn.CREATED: 13,
            FoundColumn.EXPIRES: 12,
        }.items():
            head = columns.sectionSizeFromContents(column).width()
            columns.resizeSection(column, max(letters * letter + 2 * PAD, head))
        columns.setSectionResizeMode(FoundColumn.TICK, QHeaderView.ResizeMode.Fixed)
        columns.setStretchLastSection(True)

    def say_when_empty(self, text: str) -> None:
        """Show a text in place of rows while there are none."""
        self._empty = text
        self.viewport().update()

    def highlighted(self) -> list[Intent]:
        """Return the payments that are highlighted (which is not to be ticked)."""
        positions = {
            position
            for stretch in self.selectionModel().selection().toList()
            for position in range(stretch.top(), stretch.bottom() + 1)
        }
        return [self._model.intent_at(position) for position in sorted(positions)]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick what is highlighted by Space, or untick it."""
        if event.key() == Qt.Key.Key_Space:
            self._toggle(self.highlighted())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the highlighted rows."""
        chosen = self.highlighted()
        if not chosen:
            return
        menu = QMenu(self)
        menu.setObjectName("foundMenu")
        can = self._can_be_ticked(chosen)
        tick = menu.addAction(tr("&Untick") if self._are_ticked(can) else tr("&Tick"))
        tick.setEnabled(bool(can))
        tick.triggered.connect(lambda: self._toggle(chosen))
        copy = menu.addAction(tr("&Copy the ID"))
        ids = "\n".join(intent.id for intent in chosen)
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(ids))
        menu.exec(event.globalPos())
        menu.deleteLater()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows; where there are none, say why."""
        super().paintEvent(event)
        if not self._model.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(current_theme().muted))
            room = self.viewport().rect().adjusted(PAD, PAD, -PAD, -PAD)
            how = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, int(how), self._empty)
            painter.end()

    def _can_be_ticked(self, intents: list[Intent]) -> list[Intent]:
        return [each for each in intents if not self._model.candidates.is_in_list(each)]

    def _are_ticked(self, intents: list[Intent]) -> bool:
        return bool(intents) and all(map(self._model.candidates.is_ticked, intents))

    def _toggle(self, intents: list[Intent]) -> None:
        """Tick what can be; where all of it is, untick it."""
        can = self._can_be_ticked(intents)
        self._model.tick(can, not self._are_ticked(can))

    @Slot(int, Qt.SortOrder)
    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        if column == FoundColumn.TICK:
            self._toggle(self._model.shown())
            self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            return
        at_hand = self.currentIndex().data(Role.ID)
        self._model.sort(column, order)
        position = self._model.position_of(at_hand) if at_hand is not None else None
        if position is not None:
            self.setCurrentIndex(self._model.index(position, FoundColumn.PAYMENT))


class _Header(QHeaderView):
    """The columns' heads; the first has a box that ticks and unticks all that is shown."""

    def __init__(self, model: FoundModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._model = model
        self._state = Qt.CheckState.Unchecked
        model.changed.connect(self._update)

    @Slot()
    def _update(self) -> None:
        self._state = self._model.ticks_shown()
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, logical_index: int) -> None:
        """Draw a head; the box on top of the empty one."""
        painter.save()
        super().paintSection(painter, rect, logical_index)
        painter.restore()
        if logical_index == FoundColumn.TICK:
            draw_box(painter, rect, self._state)
