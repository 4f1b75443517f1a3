"""The table of what a search found: ticked by click, Space or the box in its head."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from cancel_desk.dojo.intent import Intent
from cancel_desk.window.batch_model import Role
from cancel_desk.window.cells import PAD, CellDelegate
from cancel_desk.window.found_model import FoundColumn, FoundModel
from cancel_desk.window.list_table import ListTable, TickHeader, set_up_columns
from cancel_desk.window.translation import tr

_TEXTS = (FoundColumn.REFERENCE, FoundColumn.DESCRIPTION, FoundColumn.NOTE)


class FoundTable(ListTable):
    """Payments that can be added, one a row."""

    def __init__(self, model: FoundModel, parent: QWidget | None = None) -> None:
        super().__init__("foundTable", tr("Payments found"), model, parent)
        self._model = model
        column = FoundColumn
        muted = {column.CREATED, column.EXPIRES, column.NOTE}
        self.setItemDelegate(CellDelegate(self, column.TICK, column.PAYMENT, muted))
        self._set_up_columns()

    def _set_up_columns(self) -> None:
        columns = _Header(self._model, self)
        self.setHorizontalHeader(columns)
        set_up_columns(columns, self._model, sorts=True)
        columns.sortIndicatorChanged.connect(self._sort)
        letter = self.fontMetrics().averageCharWidth()
        for column, letters in {
            FoundColumn.TICK: 4,
            FoundColumn.PAYMENT: 17,
            FoundColumn.AMOUNT: 15,  # seven figures: an amount is never cut
            FoundColumn.CREATED: 11,
            FoundColumn.EXPIRES: 10,
        }.items():
            columns.resizeSection(column, max(letters * letter + 2 * PAD, self._head(column)))
        columns.setSectionResizeMode(FoundColumn.TICK, QHeaderView.ResizeMode.Fixed)

    def _head(self, column: int) -> int:
        return self.horizontalHeader().sectionSizeFromContents(column).width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the texts share what the others leave, so that none is out of sight."""
        super().resizeEvent(event)
        columns = self.horizontalHeader()
        others = sum(columns.sectionSize(each) for each in FoundColumn if each not in _TEXTS)
        room = self.viewport().width() - others
        sharing = len(_TEXTS)
        for column in sorted(_TEXTS, key=self._head, reverse=True):
            width = max(room // sharing, self._head(column))  # whose head needs more gets it first
            columns.resizeSection(column, width)
            room -= width
            sharing -= 1

    def say_when_empty(self, text: str) -> None:
        """Show a text in place of rows while there are none, to screen readers too."""
        super().say_when_empty(text)
        self.setAccessibleDescription(text)

    def highlighted(self) -> list[Intent]:
        """Return the payments that are highlighted (which is not to be ticked)."""
        return [self._model.intent_at(position) for position in self.highlighted_positions()]

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


class _Header(TickHeader):
    """The columns' heads; the first has a box that ticks and unticks all that is shown."""

    def __init__(self, model: FoundModel, table: ListTable) -> None:
        super().__init__(FoundColumn.TICK, table)
        self._model = model
        self._state = Qt.CheckState.Unchecked
        model.changed.connect(self._update)

    @Slot()
    def _update(self) -> None:
        self._state = self._model.ticks_shown()
        self.viewport().update()

    def ticks_shown(self) -> Qt.CheckState:
        """Return what was the case when the ticks last changed."""
        return self._state
