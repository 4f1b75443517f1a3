"""A check box in the list's own dress: the style's vanishes in the dark."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton

from cancel_desk.window.cells import draw_box
from cancel_desk.window.theme import current_theme


class TickBox(QCheckBox):
    """Looks like the boxes of the list, in every theme."""

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
            self._draw_focus(painter, box)
        style.drawControl(QStyle.ControlElement.CE_CheckBoxLabel, option, painter, self)

    def _draw_focus(self, painter: QPainter, box: QRect) -> None:
        painter.setBrush(QColor(0, 0, 0, 0))
        painter.setPen(QPen(QColor(current_theme().accent), 1))
        painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), 4, 4)
