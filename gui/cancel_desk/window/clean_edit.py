"""A one-line field that API keys and card numbers don't stay in."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from cancel_desk.desk.intake.secrets import drop_secrets


class CleanLineEdit(QLineEdit):
    """Blacks out a secret as soon as it is one, however it got there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.textChanged.connect(self._clean)

    @Slot()
    def _clean(self) -> None:
        clean = drop_secrets(self.text())
        if clean.keys or clean.cards:
            self.setText(clean.text)  # which also forgets what could be undone
