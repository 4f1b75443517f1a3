"""What became of the run: to read, and to paste in a ticket."""

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cancel_desk.window.notice import announce
from cancel_desk.window.plain import plain_label
from cancel_desk.window.translation import tr


class SummaryPanel(QFrame):
    """The outcome of the last run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("summaryPanel")
        self.setProperty("card", True)
        self._text = self._markdown = ""
        self._headline = plain_label(wrap=True)
        self._headline.setObjectName("summaryHeadline")
        self._headline.setProperty("title", True)
        self._others = plain_label(wrap=True)
        self._others.setObjectName("summaryOthers")
        self._copy = QPushButton()
        self._copy.setObjectName("copySummaryButton")
        self._copy.clicked.connect(self._copy_summary)
        self._copy_markdown = QPushButton()
        self._copy_markdown.setObjectName("copyMarkdownButton")
        self._copy_markdown.setToolTip(
            tr("For tickets that understand Markdown: with a table of the payments.")
        )
        self._copy_markdown.clicked.connect(self._copy_as_markdown)
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
        for button in (self._copy, self._copy_markdown, close):
            row.addWidget(button)
        self._name_buttons()
        self.hide()

    def _name_buttons(self) -> None:
        self._copy.setText(tr("Copy summary for the &ticket"))
        self._copy_markdown.setText(tr("Copy as &Markdown"))

    def show_summary(self, headline: str, others: str, text: str, markdown: str) -> None:
        """Show a run's outcome; `text` and `markdown` are what goes to the clipboard."""
        self._text = text
        self._markdown = markdown
        self._headline.setText(headline)
        self._others.setText(others)
        self._others.setVisible(bool(others))
        self._name_buttons()
        self.show()

    def take_focus(self) -> None:
        """Put the focus on what one does next: copying."""
        self._copy.setFocus()

    @Slot()
    def _copy_summary(self) -> None:
        self._hand_over(self._text, self._copy)

    @Slot()
    def _copy_as_markdown(self) -> None:
        self._hand_over(self._markdown, self._copy_markdown)

    def _hand_over(self, text: str, button: QPushButton) -> None:
        QGuiApplication.clipboard().setText(text)
        self._name_buttons()
        button.setText(tr("Copied"))
        announce(button, tr("Copied"))
