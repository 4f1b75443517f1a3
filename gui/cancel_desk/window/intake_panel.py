"""Where payments come in: a field to paste into, files, and what was made of it."""

from pathlib import Path

from PySide6.QtCore import QMimeData, Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.desk.intake.secrets import drop_secrets
from cancel_desk.window.plain import plain_label
from cancel_desk.window.translation import tr

# Above this a paste goes straight to the list: a text field slows down, and one line of a
# megabyte stops it for minutes.
FIELD_LIMIT = 20_000
PASTE_LIMIT = 20_000_000


class IntakeEdit(QPlainTextEdit):
    """A field for text from anywhere. Keys and card numbers don't get into it."""

    large_paste = Signal(str)
    secrets_dropped = Signal(int, int)  # keys, cards

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("intakeEdit")
        self.setAccessibleName(tr("Payment IDs, links, or any text that holds them"))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(True)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Take a paste or a drop as plain text, without what must not be kept."""
        text = source.text()
        if len(text) > FIELD_LIMIT:
            self.large_paste.emit(text)
            return
        clean = drop_secrets(text)
        if clean.keys or clean.cards:
            self.secrets_dropped.emit(clean.keys, clean.cards)
        self.insertPlainText(clean.text)


class IntakePanel(QFrame):
    """The intake's field, buttons and outcome."""

    text_given = Signal(str)
    file_given = Signal(object)  # a Path
    find_asked = Signal()
    pieces_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        title = plain_label(tr("Paste payment &IDs, links, or a whole e-mail or list"))
        title.setProperty("title", True)
        self.edit = IntakeEdit()
        self.edit.setPlaceholderText(
            tr("pi_…  or  https://pay.dojo.tech/checkout/pi_…   (Ctrl+V works anywhere)")
        )
        # As high as the buttons beside it.
        self.edit.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        title.setBuddy(self.edit)
        self._add = QPushButton(tr("&Add"))
        self._add.setObjectName("addButton")
        self._open = QPushButton(tr("&Open file…"))
        self._open.setObjectName("openFileButton")
        self._open.setShortcut("Ctrl+O")
        find = QPushButton(tr("&Find unpaid payments…"))
        find.setObjectName("findButton")
        find.clicked.connect(self.find_asked)
        self._summary = plain_label(wrap=True)
        self._summary.setObjectName("intakeSummary")
        self._summary.setProperty("muted", True)
        self._show = QPushButton(tr("Show them"))
        self._show.setObjectName("showPiecesButton")
        self._show.setProperty("link", True)
        self._show.setFlat(True)
        self._show.hide()
        self._given = ""

        buttons = QGridLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self._add, 0, 0)
        buttons.addWidget(self._open, 0, 1)
        buttons.addWidget(find, 1, 0, 1, 2)
        field = QHBoxLayout()
        field.setSpacing(10)
        field.addWidget(self.edit, 1)
        field.addLayout(buttons)
        outcome = QHBoxLayout()
        outcome.setSpacing(10)
        outcome.addWidget(self._summary)
        outcome.addWidget(self._show)
        outcome.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(title)
        column.addLayout(field)
        column.addLayout(outcome)

        self._add.clicked.connect(self.give)
        self._open.clicked.connect(self._choose_file)
        self._show.clicked.connect(self.pieces_asked)
        self.edit.large_paste.connect(self.text_given)
        self.edit.textChanged.connect(self._update)
        self._update()

    @Slot()
    def _update(self) -> None:
        self._add.setEnabled(not self.edit.document().isEmpty())

    @Slot()
    def give(self) -> None:
        """Hand the field's text over; it stays until it is known to have been read."""
        text = self.edit.toPlainText()
        if text.strip():
            self._given = text
            self.text_given.emit(text)

    def forget_given(self) -> None:
        """Empty the field, unless it holds what was never handed over."""
        if self.edit.toPlainText() == self._given:
            self.edit.clear()
        self._given = ""

    def show_outcome(self, text: str, has_pieces: bool) -> None:
        """Say what became of what was given; offer the pieces that were not understood."""
        self._summary.setText(text)
        # As wide as the text, so that the button follows it; a longer one wraps.
        width = self._summary.fontMetrics().horizontalAdvance(text) + 4
        self._summary.setMinimumWidth(min(width, self.width() - 180))
        self._show.setVisible(has_pieces)

    @Slot()
    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("Open a file with payments"), "", tr("Text files (*.txt *.log *.md);;All (*)")
        )
        if chosen:
            self.file_given.emit(Path(chosen))
