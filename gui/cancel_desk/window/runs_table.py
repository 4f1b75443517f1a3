"""The table of past runs: how its cells look, and how one of them is opened."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from cancel_desk.window import history_words, words
from cancel_desk.window.batch_model import Index
from cancel_desk.window.cells import PAD, CellDelegate
from cancel_desk.window.chips import AROUND, draw_chip
from cancel_desk.window.list_table import ListTable, set_up_columns
from cancel_desk.window.run_lines import RunLine
from cancel_desk.window.runs_model import RunColumn, RunRole, RunsModel, look
from cancel_desk.window.translation import tr

_BESIDE = 6  # pixels that styles leave beside a text


class RunsTable(ListTable):
    """Past runs, one a row; opened by a double click or Enter."""

    open_asked = Signal(object)  # a RunLine
    chosen = Signal()  # which runs are highlighted

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__("runsTable", tr("Past runs, the newest first"), model, parent)
        self._model = model
        self.setItemDelegate(_RunDelegate(self))
        self._set_up_columns()
        self.selectionModel().selectionChanged.connect(self.chosen)
        model.modelReset.connect(self.chosen)
        self.doubleClicked.connect(self._open)

    def _set_up_columns(self) -> None:
        columns = self.horizontalHeader()
        set_up_columns(columns, self._model, sorts=False)
        for column, width in self._widths().items():
            head = columns.sectionSizeFromContents(column).width()
            columns.resizeSection(column, max(width + 2 * PAD, head))

    def _widths(self) -> dict[RunColumn, int]:
        """Return the pixels that such texts need, the chips' in their heavy letters."""

        def width(text: str) -> int:
            return self.fontMetrics().horizontalAdvance(text) + _BESIDE

        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        heavy = QFontMetrics(font).horizontalAdvance
        return {
            RunColumn.BEGAN: width(words.moment(datetime(2030, 12, 30, 20, tzinfo=UTC))),
            RunColumn.PROFILE: heavy("SANDBOX · Leeds shop") + AROUND,
            RunColumn.OPERATOR: width("operator"),
            RunColumn.REASON: width("Ticket 12345"),
            RunColumn.PAYMENTS: width(tr("Payments")),
            RunColumn.CANCELLED: width("£2,915.89 and €154.80"),
            RunColumn.END: heavy(f"{tr('Finished')}; {history_words.unknown(2)}") + AROUND,
            RunColumn.OUTCOME: width("12 cancelled, 2 paid"),
        }

    def highlighted(self) -> list[RunLine]:
        """Return the runs that are highlighted, from the top."""
        return [self._model.line_at(position) for position in self.highlighted_positions()]

    def at_hand(self) -> RunLine | None:
        """Return the run with the keyboard's frame; None where there is none."""
        line: RunLine | None = self.currentIndex().data(RunRole.LINE)
        return line

    @Slot()
    def open_at_hand(self) -> None:
        """Ask for the run at hand to be opened."""
        self._open(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the run at hand by Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.open_at_hand()
        else:
            super().keyPressEvent(event)

    @Slot(object)
    def _open(self, index: Index) -> None:
        if index.isValid():
            self.open_asked.emit(index.data(RunRole.LINE))


class _RunDelegate(CellDelegate):
    """Draws environments and ends as chips."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, tick=-1, payment=-1, muted={RunColumn.OPERATOR})

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Leave the text of a chip to the chip."""
        super().initStyleOption(option, index)
        if look(index.data(RunRole.LINE), index.column()) is not None:
            option.text = ""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a cell, and its chip on top."""
        super().paint(painter, option, index)
        shown = look(index.data(RunRole.LINE), index.column())
        if shown is not None:
            painter.save()
            painter.setFont(option.font)
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            draw_chip(painter, option.rect, str(index.data()), shown, selected)
            painter.restore()
