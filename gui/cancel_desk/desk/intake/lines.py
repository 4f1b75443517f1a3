"""Plain text: one piece a line."""

from collections.abc import Iterator
from itertools import count, repeat

from cancel_desk.desk.intake.pieces import Piece, Place
from cancel_desk.desk.intake.portions import PORTION
from cancel_desk.desk.intake.reading import Reading


def with_one_line_end(text: str) -> str:
    r"""Return a text with `\n` for `\r\n` and `\r`."""
    if "\r" not in text:
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n")


def line_pieces(text: str, reading: Reading) -> Iterator[Piece]:
    r"""Return the lines of a text; `\n`, `\r\n` and `\r` end one.

    Raises:
        TooLarge: there are too many, before the first of them.
    """
    text = with_one_line_end(text)
    reading.count_lines(text.count("\n") + (not text.endswith("\n") and text != ""))
    return _pieces(text, reading)


def _pieces(text: str, reading: Reading) -> Iterator[Piece]:
    start, number = 0, 1
    while start < len(text):
        end = text.find("\n", start + PORTION) + 1 or len(text)
        lines = text[start:end].removesuffix("\n").split("\n")
        places = map(
            Place,
            repeat(reading.source),
            count(number),
            repeat(None),
            repeat(""),
            repeat(reading.part),
        )
        yield from map(Piece, lines, places)
        number += len(lines)
        start = end
        reading.at(start / len(text))
