"""What became of the run: to read, and to paste in a ticket."""

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cancel_desk.window.plain import plain_label
from cancel_desk.window.translation import tr


class SummaryPanel(QFrame):
    """The outcome of the last run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("summaryPanel")
        self.setProperty("card", True)
        self._text = ""
        self._headline = plain_label(wrap=True)
        self._headline.setObjectName("summaryHeadline")
        self._headline.setProperty("title", True)
        self._others = plain_label(wrap=True)
        self._others.setObjectName("summaryOthers")
        self._copy = QPushButton(tr("Copy summary for the &ticket"))
        self._copy.setObjectName("copySummaryButton")
        self._copy.clicked.connect(self._copy_summary)
        close = QPushButton(tr("Hide"))
        close.setObjectName("hideSummaryButton")
        close.clicked.connect(self.hide)
        lines = QVBoxLayout()
        lines.setSpacing(4)
        lines.addWidget(self._headline)
        lines.addWidget(self._others)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(10)
        row.addLayout(lines, 1)
        row.addWidget(self._copy)
        row.addWidget(close)
        self.hide()

    def show_summary(self, headline: str, others: str, text: str) -> None:
        """Show a run's outcome; `text` is what goes to the clipboard."""
        self._text = text
        self._headline.setText(headline)
        self._others.setText(others)
        self._others.setVisible(bool(others))
        self._copy.setText(tr("Copy summary for the &ticket"))
        self.show()

    def take_focus(self) -> None:
        """Put the focus on what one does next: copying."""
        self._copy.setFocus()

    @property
    def text(self) -> str:
        """The summary as it goes to the clipboard."""
        return self._text

    @Slot()
    def _copy_summary(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self._copy.setText(tr("Copied"))
