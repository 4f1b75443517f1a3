"""What the program's lists have in common: whole rows, one height, no grid, a word when empty."""

from PySide6.QtCore import QAbstractItemModel, QEvent, QItemSelectionModel, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from cancel_desk.window.cells import LEADING, PAD, draw_box
from cancel_desk.window.theme import current_theme


class ListTable(QTableView):
    """A table of rows that are highlighted as a whole, quick with 100,000 of them.

    Args:
        name: its object name.
        spoken: what a screen reader calls it.
        model: what it shows.
        parent: its owner.
    """

    def __init__(
        self, name: str, spoken: str, model: QAbstractItemModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self._empty = ""
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table, as everywhere
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit_rows()

    def _fit_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + LEADING)

    def changeEvent(self, event: QEvent) -> None:
        """Make the rows as high as another size of text needs."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_rows()

    def highlighted_positions(self) -> list[int]:
        """Return where the highlighted rows are on screen, from the top."""
        return sorted(
            {
                position
                for stretch in self.selectionModel().selection().toList()
                for position in range(stretch.top(), stretch.bottom() + 1)
            }
        )

    def say_when_empty(self, text: str) -> None:
        """Show a text in place of rows while there are none."""
        self._empty = text
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows; where there are none, say why."""
        super().paintEvent(event)
        if not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(current_theme().muted))
            room = self.viewport().rect().adjusted(PAD, PAD, -PAD, -PAD)
            how = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, int(how), self._empty)
            painter.end()


def set_up_columns(columns: QHeaderView, model: QAbstractItemModel, sorts: bool) -> None:
    """Give the heads of a list what they have in common.

    Args:
        columns: the heads, set to their table already.
        model: the table's.
        sorts: whether a click orders the rows; a third one takes the order back.
    """
    # Sharing the table's selection would make "select all" ask the model for every cell.
    columns.setSelectionModel(QItemSelectionModel(model, columns))
    columns.setHighlightSections(False)
    columns.setSectionsClickable(sorts)
    columns.setMinimumSectionSize(columns.fontMetrics().height() * 2)
    columns.setStretchLastSection(True)
    if sorts:
        columns.setSortIndicatorShown(True)
        columns.setSortIndicatorClearable(True)
        columns.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)


class TickHeader(QHeaderView):
    """Heads of which one has a box that ticks and unticks all that is shown.

    Args:
        tick: the box's column.
        table: the table.
    """

    def __init__(self, tick: int, table: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._tick = tick

    def ticks_shown(self) -> Qt.CheckState:
        """Return what the box shows."""
        raise NotImplementedError

    def paintSection(self, painter: QPainter, rect: QRect, logical_index: int) -> None:
        """Draw a head; the box on top of the empty one."""
        painter.save()
        super().paintSection(painter, rect, logical_index)
        painter.restore()
        if logical_index == self._tick:
            draw_box(painter, rect, self.ticks_shown())
