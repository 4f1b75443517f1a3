"""What comes in: texts and files, read off the window's thread, and what they held."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from cancel_desk.desk.batch import rows_of
from cancel_desk.desk.intake.find_ids import Findings, Found, Rejected, find_ids
from cancel_desk.desk.intake.readers import (
    Piece,
    ReadError,
    has_table,
    read_file,
    read_html,
    read_text,
)
from cancel_desk.desk.row import Row
from cancel_desk.window import intake_words, words
from cancel_desk.window.intake_panel import PASTE_LIMIT, IntakePanel, local_files
from cancel_desk.window.notice import Notice, answer
from cancel_desk.window.translation import tr
from cancel_desk.window.worker import Errands

_LOOK_AT_READING_EVERY = 200  # milliseconds


class Intake(QObject):
    """Reads what the operator gives, and says what became of it.

    Args:
        panel: where it is given.
        notice: for what must not be overlooked.
        errands: to read off the window's thread.
        parent: its owner.
    """

    found = Signal(object, object)  # list of Row, for the batch; the Findings they come from

    def __init__(
        self,
        panel: IntakePanel,
        notice: Notice,
        errands: Errands,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._panel = panel
        self._notice = notice
        self._errands = errands
        self._rejected: tuple[Rejected, ...] = ()
        self._characters = 0  # read so far
        self._files = 1  # that are being read
        self._done = 0.0  # of them, from 0 to 1
        self._stopped = self._closing = False
        self._reading = QTimer(self, interval=_LOOK_AT_READING_EVERY)
        self._reading.timeout.connect(self._show_reading)
        panel.text_given.connect(self.take_text)
        panel.files_given.connect(self.take_files)
        panel.stop_asked.connect(self._stop)
        panel.pieces_asked.connect(self._show_rejected)
        panel.edit.secrets_dropped.connect(self._tell_dropped)

    def close(self) -> None:
        """Let a reading end early."""
        self._closing = True

    @Slot()
    def paste(self) -> None:
        """Take a paste that no text field has taken."""
        self.take(QGuiApplication.clipboard().mimeData())

    def take(self, data: QMimeData) -> None:
        """Take what was pasted or dropped: files, a table, or text."""
        files = local_files(data)
        if files:
            self.take_files(files)
        elif data.hasHtml() and len(data.html()) <= PASTE_LIMIT and has_table(data.html()):
            html = data.html()
            self._read(lambda: read_html(html))
        elif data.text().strip():
            self.take_text(data.text())
        else:
            self._panel.show_outcome(tr("There was no text to paste."), has_pieces=False)

    @Slot(str)
    def take_text(self, text: str) -> None:
        """Read a text."""
        if len(text) > PASTE_LIMIT:
            self._notice.say(
                tr(
                    "The pasted text is too large: at most %1 million characters. Split it."
                ).replace("%1", words.number(PASTE_LIMIT // 1_000_000))
            )
        elif text.strip():
            self._read(lambda: read_text(text))

    @Slot(object)
    def take_files(self, paths: Sequence[Path]) -> None:
        """Read files, as if they were one."""

        def pieces() -> Iterator[Piece]:
            for number, path in enumerate(paths):
                yield from read_file(path, self._is_stopped, partial(self._note_part, number))

        self._files = len(paths)
        self._read(pieces)

    def _read(self, pieces: Callable[[], Iterator[Piece]]) -> None:
        self._stopped = False
        self._characters, self._done = 0, 0.0
        self._show_reading()
        self._reading.start()
        self._errands.run(lambda: self._find_in(pieces()), self._take_in, self._not_read)

    def _find_in(self, pieces: Iterable[Piece]) -> tuple[list[Row], Findings]:
        """Find payments and make their rows; called in another thread."""
        findings = find_ids(pieces, stop=self._is_stopped, progress=self._note_read)
        return rows_of(findings.found), findings

    def _is_stopped(self) -> bool:
        return self._closing or self._stopped

    @Slot()
    def _stop(self) -> None:
        self._stopped = True

    def _note_read(self, characters: int) -> None:
        """Note how far the reading is; called in another thread, looked at by a timer."""
        self._characters = characters

    def _note_part(self, number: int, done: int, total: int) -> None:
        """Note how far it is in one of several files; as above."""
        self._done = (number + done / max(total, 1)) / self._files

    @Slot()
    def _show_reading(self) -> None:
        if self._done:
            text = tr("Reading… %1 %").replace("%1", words.number(int(100 * self._done)))
        elif self._characters:
            count = words.number(self._characters)
            text = tr("Reading… %1 characters so far").replace("%1", count)
        else:
            text = tr("Reading…")
        self._panel.show_reading(text)

    def _take_in(self, read: tuple[list[Row], Findings]) -> None:
        rows, findings = read
        self._reading.stop()
        self._rejected = findings.rejected
        self.found.emit(rows, findings)
        self._tell_dropped(findings.keys_dropped, findings.cards_dropped)

    def _not_read(self, error: Exception) -> None:
        self._reading.stop()
        self._panel.show_outcome("", has_pieces=False)
        if not isinstance(error, ReadError):
            raise error
        self._notice.say(intake_words.read_error(error))

    def tell_outcome(self, findings: Findings, new: int) -> None:
        """Say what was found, and how much of it is new in the list."""
        text = intake_words.outcome(findings, new)
        self._panel.show_outcome(text, has_pieces=bool(findings.rejected))
        if findings.found:
            self._panel.forget_given()
        else:
            self._panel.clean_given()

    @Slot(int, int)
    def _tell_dropped(self, keys: int, cards: int) -> None:
        """Say that secrets were in a text; this matters longer than the text does."""
        if keys or cards:
            self._notice.say(intake_words.dropped(keys, cards), stays=True)

    @Slot()
    def _show_rejected(self) -> None:
        from cancel_desk.window.pieces_dialog import PiecesDialog

        dialog = PiecesDialog(self._rejected, self._panel.window())
        dialog.add_asked.connect(self._add_as_it_is)
        answer(dialog)

    @Slot(object)
    def _add_as_it_is(self, found: tuple[Found, ...]) -> None:
        self.found.emit(rows_of(found), Findings(found=found))
