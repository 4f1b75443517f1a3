"""A field for a list of order numbers, and what became of them."""

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.desk.intake.readers import ReadError, read_file, read_text
from cancel_desk.desk.intake.secrets import drop_secrets
from cancel_desk.desk.references import Matches, References, read_references
from cancel_desk.window import find_words
from cancel_desk.window.intake_panel import IntakeEdit
from cancel_desk.window.not_found_dialog import NotFoundDialog
from cancel_desk.window.notice import answer
from cancel_desk.window.plain import plain_label
from cancel_desk.window.translation import tr
from cancel_desk.window.worker import Errands

_TYPING_PAUSE = 300  # milliseconds


class ReferencesBox(QWidget):
    """Takes references by typing, pasting, or from a file.

    The field holds all of them, one a line, whatever they came from. `outcome` says what became
    of them; it wants to stand somewhere wide.
    """

    changed = Signal()  # `references` are others now
    secrets_dropped = Signal(int, int)  # keys, cards
    not_read = Signal(object)  # a ReadError

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.references = References()
        self.outcome = QWidget()
        self._matches, self._complete = Matches(), False
        self._reading = Errands(self)
        self._edit = IntakeEdit()
        self._edit.setObjectName("referencesEdit")
        self._edit.setAccessibleName(tr("References (order numbers), one a line"))
        self._edit.setPlaceholderText(tr("one a line; empty shows all"))
        label = plain_label(tr("Order &numbers"))
        label.setBuddy(self._edit)
        self._open = QPushButton(tr("&Open file…"))
        self._open.setObjectName("openReferencesButton")
        self._said = plain_label(wrap=True)
        self._said.setObjectName("referencesLabel")
        self._said.setProperty("muted", True)
        self._show = QPushButton(tr("Show &what was not found"))
        self._show.setObjectName("showNotFoundButton")
        self._show.setProperty("link", True)
        self._show.setFlat(True)
        self._show.hide()
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_PAUSE)
        self._lay_out(label)
        self._edit.textChanged.connect(self._typing.start)
        self._edit.secrets_dropped.connect(self.secrets_dropped)
        self._edit.large_paste.connect(self._take_large)
        self._typing.timeout.connect(self._read_field)
        self._open.clicked.connect(self._choose_file)
        self._show.clicked.connect(self._show_not_found)

    def _lay_out(self, label: QWidget) -> None:
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addStretch()
        side.addWidget(label)
        side.addWidget(self._open)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(side)
        row.addWidget(self._edit, 1)
        # As high as what stands beside it, whatever a field of text would like to be.
        self._edit.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._edit.setMinimumHeight(self._edit.fontMetrics().lineSpacing() * 3 + 22)
        outcome = QHBoxLayout(self.outcome)
        outcome.setContentsMargins(0, 0, 0, 0)
        outcome.setSpacing(10)
        outcome.addWidget(self._said, 1)
        outcome.addWidget(self._show)
        self.outcome.hide()

    def show_matches(self, matches: Matches | None, complete: bool) -> None:
        """Say what became of the references; None where nothing was searched for yet.

        Args:
            matches: the payments of each reference.
            complete: whether all payments were looked at.
        """
        self._matches, self._complete = matches or Matches(), complete
        if matches is not None and matches.each:
            self._said.setText(find_words.matched(matches, complete))
        else:
            count = len(self.references.lines)
            self._said.setText(find_words.listed(count, self.references.first_column))
        self._show.setVisible(bool(self._matches.none))
        self.outcome.setVisible(bool(self._said.text()))

    def take_file(self, path: Path) -> None:
        """Add the references in a file."""
        self._reading.run(lambda: read_references(read_file(path)), self._append, self._not_read)

    def close_down(self) -> None:
        """End what runs off the window's thread."""
        self._typing.stop()
        self._reading.close()

    @Slot()
    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("Open a file with order numbers"), "", tr("All files") + " (*)"
        )
        if chosen:
            self.take_file(Path(chosen))

    @Slot(str)
    def _take_large(self, text: str) -> None:
        self._reading.run(lambda: read_references(read_text(text)), self._append, self._not_read)

    def _append(self, read: References) -> None:
        if read.keys_dropped or read.cards_dropped:
            self.secrets_dropped.emit(read.keys_dropped, read.cards_dropped)
        if read.lines:
            self._edit.appendPlainText(read.text())
        self._read_field()

    def _not_read(self, error: Exception) -> None:
        if not isinstance(error, ReadError):
            raise error
        self.not_read.emit(error)

    @Slot()
    def _read_field(self) -> None:
        """Read what the field holds now; a secret that was typed does not stay in it."""
        self._typing.stop()
        text = self._edit.toPlainText()
        clean = drop_secrets(text)
        if clean.keys or clean.cards:
            with QSignalBlocker(self._edit):
                self._edit.setPlainText(clean.text)
            self.secrets_dropped.emit(clean.keys, clean.cards)
        try:
            references = read_references(read_text(clean.text))
        except ReadError as error:
            self.not_read.emit(error)
            return
        if references != self.references:
            self.references = references
            self.changed.emit()

    @Slot()
    def _show_not_found(self) -> None:
        answer(NotFoundDialog(self._matches.none, self._complete, self))
