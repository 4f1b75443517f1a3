"""Where payments come in: a field to paste into, files, and what was made of it."""

from pathlib import Path

from PySide6.QtCore import QMimeData, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
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
from cancel_desk.window.notice import announce
from cancel_desk.window.plain import plain_label
from cancel_desk.window.translation import tr

# Above this a paste goes straight to the list: a text field slows down, and one line of a
# megabyte stops it for minutes.
FIELD_LIMIT = 20_000
PASTE_LIMIT = 20_000_000
# What the file dialog shows at first; all other files are tried, too.
_ENDINGS = (
    *("*.txt", "*.log", "*.md", "*.csv", "*.tsv", "*.xlsx", "*.xlsm"),
    *("*.eml", "*.html", "*.htm", "*.json", "*.ndjson", "*.jsonl"),
)


class IntakeEdit(QPlainTextEdit):
    """A field for text from anywhere. Keys and card numbers don't get into it."""

    large_paste = Signal(str)
    files_given = Signal(object)  # list of Path
    secrets_dropped = Signal(int, int)  # keys, cards

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("intakeEdit")
        self.setAccessibleName(tr("Payment IDs, links, or any text that holds them"))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(True)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Take files, too."""
        return bool(local_files(source)) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Take a paste or a drop as plain text, without what must not be kept."""
        files = local_files(source)
        if files:
            self.files_given.emit(files)
            return
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
    files_given = Signal(object)  # list of Path
    stop_asked = Signal()  # of the reading
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
        # Beside its mnemonic: a button's own shortcut would take that one's place.
        QShortcut(QKeySequence("Ctrl+O"), self._open).activated.connect(self._open.click)
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
        self._stop = QPushButton(tr("Stop reading"))
        self._stop.setObjectName("stopReadingButton")
        self._stop.setProperty("link", True)
        self._stop.setFlat(True)
        self._stop.hide()
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
        outcome.addWidget(self._stop)
        outcome.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(title)
        column.addLayout(field)
        column.addLayout(outcome)

        self._add.clicked.connect(self.give)
        self._open.clicked.connect(self._choose_files)
        self._stop.clicked.connect(self.stop_asked)
        self.edit.files_given.connect(self.files_given)
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

    def clean_given(self) -> None:
        """Take typed secrets out of the field; the rest stays, to be put right."""
        clean = drop_secrets(self._given)
        if (clean.keys or clean.cards) and self.edit.toPlainText() == self._given:
            self.edit.setPlainText(clean.text)  # which also forgets what could be undone

    def show_outcome(self, text: str, has_pieces: bool) -> None:
        """Say what became of what was given; offer the pieces that were not understood."""
        self.show_reading(text)
        self._show.setVisible(has_pieces)
        self._stop.hide()
        if text:
            announce(self, text)

    def show_reading(self, text: str) -> None:
        """Show how far the reading is, to eyes only: it changes too often to be said."""
        self._show.hide()
        self._stop.show()
        self._summary.setText(text)
        # As wide as the text, so that the button follows it; a longer one wraps.
        width = self._summary.fontMetrics().horizontalAdvance(text) + 4
        self._summary.setMinimumWidth(min(width, self.width() - 180))

    @Slot()
    def _choose_files(self) -> None:
        readable = tr("Text, e-mail and spreadsheets") + " (" + " ".join(_ENDINGS) + ")"
        every = tr("All files") + " (*)"
        chosen, _ = QFileDialog.getOpenFileNames(
            self, tr("Open files with payments"), "", f"{readable};;{every}"
        )
        if chosen:
            self.files_given.emit([Path(each) for each in chosen])


def local_files(data: QMimeData) -> list[Path]:
    """Return the files of this computer that were pasted or dropped."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
