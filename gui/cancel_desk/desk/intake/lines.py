"""Plain text: one piece a line."""

from collections.abc import Iterator
from functools import partial
from itertools import count, repeat

from cancel_desk.desk.intake.pieces import Piece, Place, Role
from cancel_desk.desk.intake.portions import PORTION
from cancel_desk.desk.intake.reading import Reading

# Make them of a tuple of all their fields, in half the time: there may be 100,000.
_place = partial(tuple.__new__, Place)
_piece = partial(tuple.__new__, Piece)


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
        fields = zip(
            repeat(reading.source), count(number), repeat(None), repeat(""), repeat(reading.part)
        )
        yield from map(_piece, zip(lines, map(_place, fields), repeat(Role.LINE)))
        number += len(lines)
        start = end
        reading.at(start / len(text))
