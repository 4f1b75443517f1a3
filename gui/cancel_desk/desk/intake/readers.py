"""From what the operator brought to its lines, each with its place."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import count, repeat
from pathlib import Path

MAX_BYTES = 50 * 1024 * 1024
MAX_LINES = 100_000

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stood.

    `source` is a file's name, empty for a paste. `line` counts from 1, as editors and
    spreadsheets do. `column` is the cell's number from 1 where the line is a row: separated by
    tabs, or by semicolons or commas with the id or its link alone in the cell. Otherwise, and in
    lines of more than 64 K, it is None.
    """

    source: str
    line: int
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """One line's text, without its end; a row of cells is separated by tabs."""

    text: str
    place: Place


class Unit(StrEnum):
    """What a limit counts."""

    BYTES = "bytes"
    LINES = "lines"


class ReadError(Exception):
    """Nothing was read from `source`: a file's name, empty for a paste."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.source = source


class TooLarge(ReadError):  # noqa: N818
    """There is more of it than comes in at once: `limit` tells how many `unit` do."""

    def __init__(self, source: str, limit: int, unit: Unit) -> None:
        super().__init__(source)
        self.limit = limit
        self.unit = unit


class Unreadable(ReadError):  # noqa: N818
    """The system would not let the file be read; `errno` is its number for why, where known."""

    def __init__(self, source: str, errno: int | None) -> None:
        super().__init__(source)
        self.errno = errno


def read_text(text: str, source: str = "") -> Iterator[Piece]:
    r"""Return the lines of a text; `\n`, `\r\n` and `\r` end one.

    Args:
        text: what was pasted, or a file's whole text.
        source: the file's name.

    Raises:
        TooLarge: more than MAX_LINES lines, or more than MAX_BYTES characters.
    """
    if len(text) > MAX_BYTES:
        raise TooLarge(source, MAX_BYTES, Unit.BYTES)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[-1]:
        del lines[-1]
    if len(lines) > MAX_LINES:
        raise TooLarge(source, MAX_LINES, Unit.LINES)
    return map(Piece, lines, map(Place, repeat(source), count(1)))


def read_text_file(path: Path) -> Iterator[Piece]:
    """Return the lines of a plain-text file: UTF-8, UTF-16 with its mark, or Windows-1252.

    Args:
        path: the file; its last part is the source of the pieces' places.

    Raises:
        TooLarge: more than MAX_BYTES bytes or MAX_LINES lines.
        Unreadable: the file is missing, a folder, or may not be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(path.name, error.errno) from error
    if len(data) > MAX_BYTES:
        raise TooLarge(path.name, MAX_BYTES, Unit.BYTES)
    return read_text(_decode(data), path.name)


def _decode(data: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
