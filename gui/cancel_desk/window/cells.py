"""How the cells of the program's tables are drawn: rows with lines between, and check boxes."""

from collections.abc import Collection

from PySide6.QtCore import QAbstractItemModel, QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontDatabase, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from cancel_desk.window.batch_model import Index
from cancel_desk.window.icons import pixmap
from cancel_desk.window.theme import current_theme

PAD = 10  # pixels on either side of a cell's text
LEADING = 16  # pixels that a row is higher than its text


def draw_box(painter: QPainter, place: QRect, state: Qt.CheckState) -> None:
    """Draw a check box in the middle of a place, in the theme's colours."""
    theme = current_theme()
    box = QRect(0, 0, 16, 16)
    box.moveCenter(place.center())
    marked = state is not Qt.CheckState.Unchecked
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.accent if marked else theme.muted), 1.5))
    painter.setBrush(QColor(theme.accent if marked else theme.field))
    painter.drawRoundedRect(QRectF(box), 3, 3)
    if marked:
        shape = "check" if state is Qt.CheckState.Checked else "dash"
        mark = pixmap(shape, theme.accent_text, 12, painter.device().devicePixelRatioF())
        painter.drawPixmap(box.adjusted(2, 2, -2, -2), mark)


def short_id(intent_id: str) -> str:
    """Return both ends of an id: people compare by either."""
    body = intent_id.removeprefix("pi_").removeprefix("sandbox_")
    return f"pi_{body[:4]}…{body[-6:]}"


class CellDelegate(QStyledItemDelegate):
    """Draws ticks in one column and ids in another; leaves the rest to the style.

    Args:
        parent: the table.
        tick: the column of check boxes.
        payment: the column of ids.
        muted: the columns that stand back.
    """

    def __init__(
        self, parent: QWidget, tick: int, payment: int, muted: Collection[int] = ()
    ) -> None:
        super().__init__(parent)
        self._tick = tick
        self._payment = payment
        self._muted = muted
        self._fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Take the theme's colours; the frame of the cell at hand is drawn by `paint`."""
        super().initStyleOption(option, index)
        theme = current_theme()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        option.backgroundBrush = QBrush(QColor(theme.selected if selected else theme.card))
        option.state &= ~QStyle.StateFlag.State_HasFocus

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a cell."""
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        theme = current_theme()
        painter.save()
        painter.fillRect(cell.rect, cell.backgroundBrush)
        painter.setPen(QPen(QColor(theme.border), 0))
        painter.drawLine(cell.rect.bottomLeft(), cell.rect.bottomRight())
        if index.column() != self._tick:
            self.paint_content(painter, cell, index)
        elif index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            draw_box(painter, cell.rect, cell.checkState)
        # else: an empty cell says "not to be had" better than a grey box
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawRect(cell.rect.adjusted(1, 1, -2, -2))
        painter.restore()

    def paint_content(self, painter: QPainter, cell: QStyleOptionViewItem, index: Index) -> None:
        """Draw what a cell says; an id that has no room shows both its ends."""
        theme = current_theme()
        painter.setPen(QColor(theme.muted if index.column() in self._muted else theme.text))
        is_id = index.column() == self._payment
        font = cell.font
        if is_id:
            font = QFont(self._fixed)
            font.setPointSizeF(cell.font.pointSizeF())
        painter.setFont(font)
        box = cell.rect.adjusted(PAD, 0, -PAD, 0)
        text = cell.text
        if is_id and painter.fontMetrics().horizontalAdvance(text) > box.width():
            text = short_id(text)
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(cell.displayAlignment | Qt.AlignmentFlag.AlignVCenter), text)

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """Tick by a click anywhere in the tick's cell: a box of 16 pixels is a poor target."""
        if index.column() != self._tick or event.type() != QEvent.Type.MouseButtonRelease:
            return super().editorEvent(event, model, option, index)
        if not index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            return False
        ticked = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        after = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
        return bool(model.setData(index, after, Qt.ItemDataRole.CheckStateRole))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return a height that all rows share."""
        return QSize(80, option.fontMetrics.height() + LEADING)
