"""In which cell of its line something stands, where the line is a row."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_DELIMITERS = "\t;,"  # fixed, and the first that occurs: guessing from the data goes wrong
_QUOTED = re.compile(r'"[^"]*"')
# What may stand in a cell beside an id that is alone in it: brackets, quotes, the rest of a link.
_BEFORE = re.compile(r"""[\s"'(\[{<]*(?:https?://\S*/)?""")
_AFTER = re.compile(r"""(?:[/?#]\S*)?[\s"')\]}>.]*""")


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell, counted from 1, of something in a line; whether it is alone there."""

    column: int
    alone: bool
    delimiter: str


def cells(line: str, spans: Iterable[tuple[int, int]]) -> Iterator[Cell | None]:
    """Yield the cell of each part of a line, None for all where the line has no delimiter.

    A delimiter between double quotes is none, unless a quote is left open: then quotes are text.

    Args:
        line: the line.
        spans: start and end of each part, ascending.
    """
    delimiter = next((each for each in _DELIMITERS if each in line), None)
    if delimiter is None:
        yield from (None for _ in spans)
        return
    if '"' in line and line.count('"') % 2 == 0:
        line = _QUOTED.sub(lambda quoted: quoted[0].replace(delimiter, " "), line)
    column, at = 1, 0
    for start, end in spans:
        column += line.count(delimiter, at, start)
        yield Cell(column, _is_alone(line, at, start, end, delimiter), delimiter)
        at = end


def _is_alone(line: str, at: int, start: int, end: int, delimiter: str) -> bool:
    """Tell whether `line[start:end]` fills its cell; the part before it ended `at`."""
    if (start == 0 or line[start - 1] == delimiter) and line[end : end + 1] in ("", delimiter):
        return True
    # No further back than the part before, so that no character is looked at for every part.
    begin = line.rfind(delimiter, at, start) + 1
    if begin == 0 and at > 0:
        return False
    finish = line.find(delimiter, end)
    return bool(
        _BEFORE.fullmatch(line, begin, start)
        and _AFTER.fullmatch(line, end, finish if finish >= 0 else len(line))
    )
