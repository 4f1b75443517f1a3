"""From what the operator brought to its pieces, each with its place."""

from collections.abc import Iterator
from pathlib import Path

from cancel_desk.desk.intake import reading as limits
from cancel_desk.desk.intake.decoding import decode
from cancel_desk.desk.intake.errors import (
    Kind,
    ReadError,
    Stopped,
    TooLarge,
    Unit,
    Unreadable,
    Unsupported,
)
from cancel_desk.desk.intake.json_values import json_pieces, looks_like_json
from cancel_desk.desk.intake.kinds import (
    ZIP,
    has_table,
    looks_like_html,
    looks_like_mail,
    unsupported,
)
from cancel_desk.desk.intake.lines import line_pieces
from cancel_desk.desk.intake.pieces import Piece, Place, Role
from cancel_desk.desk.intake.reading import Progress, Reading, Stop
from cancel_desk.desk.intake.secrets import drop_secrets

__all__ = [
    "Kind",
    "Piece",
    "Place",
    "ReadError",
    "Role",
    "Stopped",
    "TooLarge",
    "Unit",
    "Unreadable",
    "Unsupported",
    "has_table",
    "read_file",
    "read_html",
    "read_text",
]

_HTML_NAMES = (".html", ".htm", ".xhtml")
# An attached mail has attachments, and so on.
_MAX_DEPTH = 5
_PORTION = 1024 * 1024


def read_text(text: str, source: str = "") -> Iterator[Piece]:
    r"""Return the lines of a text, or the values in it where it is JSON.

    Args:
        text: what was pasted.
        source: where it came from; empty for a paste.

    Raises:
        TooLarge: more than MAX_BYTES characters; more than MAX_LINES lines, before the first
            piece unless it is JSON.
    """
    if len(text) > limits.MAX_BYTES:
        raise TooLarge(source, limits.MAX_BYTES, Unit.BYTES)
    return _text_pieces(text, Reading(source, len(text)))


def read_html(html: str, source: str = "") -> Iterator[Piece]:
    """Return the lines of HTML as it shows them, rows of tables as rows, with links' targets.

    Args:
        html: what was pasted.
        source: where it came from; empty for a paste.

    Raises:
        TooLarge: more than MAX_BYTES characters, MAX_LINES lines or MAX_CELLS cells.
    """
    if len(html) > limits.MAX_BYTES:
        raise TooLarge(source, limits.MAX_BYTES, Unit.BYTES)
    return _html_pieces(html, Reading(source, len(html)))


def read_file(
    path: Path, stop: Stop | None = None, progress: Progress | None = None
) -> Iterator[Piece]:
    """Yield what is in a file, whatever it is: text, CSV, e-mail, HTML, workbook, JSON.

    What it is, is told by what is in it first and by its name second. Nothing is opened before
    the first piece is asked for, and errors may come behind some pieces.

    Args:
        path: the file; its last part is the source of the pieces' places.
        stop: asked now and then; once it says True, `Stopped` is raised, of which `find_ids`
            makes what was found up to there.
        progress: told now and then how many bytes are done, and how many there are; the
            first number never goes down. Pieces are read as they are asked for, so this is how
            far all the work is.

    Raises:
        TooLarge: more than MAX_BYTES bytes, MAX_LINES lines or MAX_CELLS cells, or a workbook
            that unpacks to more than MAX_UNPACKED bytes.
        Unsupported: it is nothing that can be read.
        Unreadable: it is missing, or may not be read.
        Stopped: no more of it is wanted.
    """
    source = drop_secrets(path.name).text
    data = _content(path, source, stop)
    reading = Reading(source, len(data), stop, progress)
    yield from _pieces(data, path.name, reading)
    reading.at(1)


def _content(path: Path, source: str, stop: Stop | None) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        if path.is_dir():
            raise Unsupported(source, Kind.FOLDER)
        if path.exists() and not path.is_file():
            # A pipe or device: opening it could wait for ever.
            raise Unreadable(source, None)
        with path.open("rb") as file:
            while part := file.read(_PORTION):
                if stop and stop():
                    raise Stopped
                parts.append(part)
                size += len(part)
                if size > limits.MAX_BYTES:
                    raise TooLarge(source, limits.MAX_BYTES, Unit.BYTES)
    except OSError as error:
        raise Unreadable(source, error.errno) from error
    return b"".join(parts)


def _pieces(data: bytes, name: str, reading: Reading) -> Iterator[Piece]:
    """Return what is in a file or an attachment."""
    if kind := unsupported(data):
        raise Unsupported(reading.source, kind)
    if data.startswith(ZIP):
        return _workbook_pieces(data, reading)
    if reading.depth < _MAX_DEPTH and looks_like_mail(data, name):
        return _mail_pieces(data, reading)
    text = decode(data)
    if looks_like_html(text) or name.lower().endswith(_HTML_NAMES):
        return _html_pieces(text, reading)
    return _text_pieces(text, reading)


# The libraries behind these take longer to come than a text's lines do.


def _html_pieces(html: str, reading: Reading) -> Iterator[Piece]:
    from cancel_desk.desk.intake.html_text import html_pieces

    return html_pieces(html, reading)


def _workbook_pieces(data: bytes, reading: Reading) -> Iterator[Piece]:
    from cancel_desk.desk.intake.workbook import workbook_pieces

    return workbook_pieces(data, reading)


def _mail_pieces(data: bytes, reading: Reading) -> Iterator[Piece]:
    from cancel_desk.desk.intake.mail import NoMail, mail_pieces

    try:
        return mail_pieces(data, reading, _attachment, _text_pieces)
    except NoMail:
        return line_pieces(decode(data), reading)


def _attachment(data: bytes, name: str, reading: Reading) -> Iterator[Piece]:
    return _pieces(data, name, reading.inside(reading.part, 0, 1, deeper=1))


def _text_pieces(text: str, reading: Reading) -> Iterator[Piece]:
    return json_pieces(text, reading) if looks_like_json(text) else line_pieces(text, reading)
