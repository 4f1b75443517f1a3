"""A dialog without a default button, so that Enter never does what nobody meant."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QPushButton


class FormDialog(QDialog):
    """Enter presses the button that has the keyboard; elsewhere it moves on to the next field."""

    def showEvent(self, event: QShowEvent) -> None:
        """Take from the buttons what Qt gives those of a dialog."""
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        super().showEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Enter from looking for a button."""
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
        elif isinstance(button := self.focusWidget(), QPushButton):
            button.click()
        else:
            self.focusNextChild()
