"""In which cell of its line something stands, where the line is a row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# Fixed: guessing from the data goes wrong. A tab before the others; of these, the first that
# has an id alone in a cell.
_OTHERS = ";,|"
# A cell between double quotes, in which a quote is doubled.
_QUOTED = {
    delimiter: re.compile(
        rf'(?<![^{re.escape(delimiter)}]) *"[^"]*(?:""[^"]*)*" *(?![^{re.escape(delimiter)}])'
    )
    for delimiter in f"\t{_OTHERS}"
}
# A quote that is closed here and was opened in a line before: what stands behind it is in an
# unknown cell.
_CLOSING = re.compile(r'[^"]*[^"\s;,|]"\s*(?:[;,|]|$)')
# What may stand in a cell beside an id that is alone in it: brackets, quotes, the rest of a link.
_BEFORE = re.compile(r"""[\s"'(\[{<]*(?:https?://\S*/)?""")
_AFTER = re.compile(r"""(?:[/?#]\S*)?[\s"')\]}>.]*""")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell, counted from 1, of something in a line; whether it is alone there."""

    column: int
    alone: bool
    delimiter: str


def cells(line: str, spans: Sequence[tuple[int, int]]) -> list[Cell] | None:
    """Return the cell of each part of a line; None where the line has no delimiter.

    A delimiter in a quoted cell is none. A quote that is left open is text.

    Args:
        line: the line.
        spans: start and end of each part, ascending.
    """
    if "\t" in line:
        row = _without_quoted(line, "\t")
        if "\t" in row:
            return _cells(row, spans, "\t")
    if line.count('"') % 2 and _CLOSING.match(line):
        return None
    first = None
    for delimiter in _OTHERS:
        if delimiter in line:
            found = _cells(_without_quoted(line, delimiter), spans, delimiter)
            if any(cell.alone for cell in found):
                return found
            first = first or found
    return first


def cells_of_row(row: str, spans: Sequence[tuple[int, int]]) -> list[Cell]:
    """Return the cell of each part of a row with tabs, in which quotes are text."""
    return _cells(row, spans, "\t")


def row_shapes(line: str) -> list[tuple[str, int]]:
    """Return the tables that a line may be a row of: delimiter, and how many there are of it.

    A row has something in it: a header has no digit. Lines with tabs may be of any length.
    Elsewhere two delimiters are the least, and a space behind one makes it punctuation.
    """
    if not _DIGIT.search(line):
        return []
    if "\t" in line:
        return [("\t", 0)] if "\t" in line.strip() else []
    shapes = []
    for delimiter in _OTHERS:
        if line.count(delimiter) > 1:
            bare = _without_quoted(line, delimiter)
            if delimiter == "|" or f"{delimiter} " not in bare:
                shapes.append((delimiter, bare.count(delimiter)))
    return shapes


def _without_quoted(line: str, delimiter: str) -> str:
    """Return a line of the same length, with a space for each delimiter in a quoted cell."""
    if '"' not in line:
        return line
    return _QUOTED[delimiter].sub(lambda quoted: quoted[0].replace(delimiter, " "), line)


def _cells(line: str, spans: Sequence[tuple[int, int]], delimiter: str) -> list[Cell]:
    # The bar that a Markdown table's row begins with parts nothing.
    column, at = 0 if delimiter == "|" and line.lstrip().startswith("| ") else 1, 0
    found = []
    for start, end in spans:
        column += line.count(delimiter, at, start)
        found.append(Cell(column, _is_alone(line, at, start, end, delimiter), delimiter))
        at = end
    return found


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
