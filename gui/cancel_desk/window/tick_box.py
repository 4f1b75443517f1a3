"""A check box in the list's own dress: the style's vanishes in the dark."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton

from cancel_desk.window.cells import draw_box
from cancel_desk.window.theme import current_theme

_AROUND = 4  # pixels between the words and the ring that shows where the keyboard is


class TickBox(QCheckBox):
    """Looks like the boxes of the list, in every theme."""

    def sizeHint(self) -> QSize:
        """Leave room for the ring behind the words."""
        return super().sizeHint() + QSize(_AROUND + 1, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box, what it says, and where the keyboard is."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        style, part = self.style(), QStyle.SubElement
        box = style.subElementRect(part.SE_CheckBoxIndicator, option, self)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        option.rect = style.subElementRect(part.SE_CheckBoxContents, option, self)
        painter = QPainter(self)
        if not self.isEnabled():
            painter.setOpacity(0.5)
        draw_box(painter, box, self.checkState())
        painter.setOpacity(1.0)
        if has_focus:
            self._draw_focus(painter, option.rect)
        style.drawControl(QStyle.ControlElement.CE_CheckBoxLabel, option, painter, self)

    def _draw_focus(self, painter: QPainter, words: QRect) -> None:
        """Draw a ring around the words: around the box it would be cut off, or not be seen."""
        width = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text()).width()
        ring = QRectF(words.left() - _AROUND, 1, width + 2 * _AROUND, self.height() - 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(current_theme().accent), 2))
        painter.drawRoundedRect(ring, 4, 4)
