"""A box to choose one of a few things from, in which nothing is chosen in passing."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox

from cancel_desk.window.icons import pixmap
from cancel_desk.window.theme import current_theme


class ChoiceBox(QComboBox):
    """A combo box with the arrow of our own icons: a styled one loses the style's.

    The wheel does nothing to it: a stray turn must not lead from practice to real payments.
    """

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to whatever is around."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the list for the arrows, so that nothing is chosen in passing."""
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.showPopup()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box, then the arrow."""
        super().paintEvent(event)
        painter = QPainter(self)
        arrow = pixmap("chevron", current_theme().muted, 14, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - 24, (self.height() - 14) // 2, arrow)
