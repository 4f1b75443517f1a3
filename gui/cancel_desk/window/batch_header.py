"""The heads of the list's columns: moved, sized, shown and hidden as the operator likes."""

from PySide6.QtCore import QByteArray, QEvent, Qt, Slot
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView, QWidget

from cancel_desk.window.batch_model import BatchModel, Column
from cancel_desk.window.cells import PAD
from cancel_desk.window.list_table import TickHeader, set_up_columns
from cancel_desk.window.translation import tr

_LETTERS = {
    Column.TICK: 4,
    Column.PAYMENT: 17,
    Column.AMOUNT: 14,
    Column.REFERENCE: 18,
    Column.CREATED: 13,
    Column.DESCRIPTION: 24,
    Column.EXPIRES: 13,
}
_STATE_LETTERS = 22
_HIDDEN_AT_FIRST = {Column.DESCRIPTION, Column.EXPIRES}
_ALWAYS_SHOWN = {Column.TICK, Column.PAYMENT, Column.STATE}


class BatchHeader(TickHeader):
    """The first head has a box that ticks and unticks all that is shown."""

    def __init__(self, model: BatchModel, table: QTableView) -> None:
        super().__init__(Column.TICK, table)
        self._batch_model = model
        self._letter = self.fontMetrics().averageCharWidth()
        self._ticks = self.ticks_shown()  # as they were painted last
        model.dataChanged.connect(self._repaint_box)
        model.modelReset.connect(self._repaint_box)

    def set_up(self) -> None:
        """Take the columns of the table that this is set to now."""
        set_up_columns(self, self._batch_model, sorts=True)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(False)
        self.arrange()
        self.setSectionResizeMode(Column.TICK, QHeaderView.ResizeMode.Fixed)

    @Slot()
    def arrange(self) -> None:
        """Put all columns as they are at first: the state last, where it has room."""
        self.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        order = [column for column in Column if column is not Column.STATE] + [Column.STATE]
        for place, column in enumerate(order):
            self.moveSection(self.visualIndex(column), place)
            self.setSectionHidden(column, column in _HIDDEN_AT_FIRST)
        letter = self.fontMetrics().averageCharWidth()
        for column, letters in _LETTERS.items():
            head = self.sectionSizeFromContents(column).width()
            self.resizeSection(column, max(letters * letter + 2 * PAD, head))

    def changeEvent(self, event: QEvent) -> None:
        """Keep room for as many letters in another size of text."""
        super().changeEvent(event)
        letter = self.fontMetrics().averageCharWidth()
        if event.type() == QEvent.Type.FontChange and letter != self._letter:
            self._scale(letter / self._letter)
            self._letter = letter

    def _scale(self, factor: float) -> None:
        """Widen or narrow the columns, but leave the state in view: it matters most."""
        sized = [column for column in Column if column not in {Column.TICK, Column.STATE}]
        wanted = factor * sum(self.sectionSize(column) for column in sized)
        state = _STATE_LETTERS * self.fontMetrics().averageCharWidth()
        room = self.viewport().width() - self.sectionSize(Column.TICK) - state
        if wanted > room > 0:
            factor *= room / wanted
        for column in sized:
            if not self.isSectionHidden(column):
                self.resizeSection(column, round(self.sectionSize(column) * factor))

    def restore(self, arrangement: QByteArray) -> None:
        """Put the columns as they were when `saveState` gave this; sorted as they came."""
        if self.restoreState(arrangement):
            self.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            self.setSectionResizeMode(Column.TICK, QHeaderView.ResizeMode.Fixed)

    def menu(self, parent: QWidget) -> QMenu:
        """Return a menu that shows and hides columns."""
        menu = QMenu(tr("C&olumns"), parent)
        menu.setObjectName("columnsMenu")
        for column in Column:
            if column in _ALWAYS_SHOWN:
                continue
            name = self._batch_model.headerData(column, Qt.Orientation.Horizontal)
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(not self.isSectionHidden(column))
            action.toggled.connect(lambda on, column=column: self.setSectionHidden(column, not on))
        menu.addSeparator()
        menu.addAction(tr("As they were at &first"), self.arrange)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the columns."""
        menu = self.menu(self)
        menu.exec(event.globalPos())
        menu.deleteLater()

    @Slot()
    def _repaint_box(self, *_: object) -> None:
        if self.ticks_shown() is not self._ticks:
            self._ticks = self.ticks_shown()
            self.viewport().update()

    def ticks_shown(self) -> Qt.CheckState:
        """Return whether all, some or none of what is shown are ticked."""
        return self._batch_model.ticks_shown()
