"""HTML: what can be read of it, line by line and row by row, and where its links lead."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from itertools import count
from urllib.parse import unquote

from cancel_desk.desk.intake.pieces import Piece, Role
from cancel_desk.desk.intake.reading import Reading
from cancel_desk.desk.intake.shape import ID

# How much is given to the parser at once; more where it waits for the end of something long.
_PORTION = 16_384
_SILENT = ("script", "style")
_CELLS = ("td", "th")
_ENDS_LINE = {
    *("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd"),
    *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1"),
    *("h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html"),
    *("legend", "li", "main", "nav", "ol", "option", "p", "pre", "section"),
    *("summary", "tbody", "tfoot", "thead", "title", "ul"),
}
_SPACE = re.compile(r"[ \t\n\r\f]+")
_NUMBER = re.compile(r"\s*\d{1,4}", re.ASCII)
# What is beyond these is no table that somebody meant as one.
_MAX_TABLES = 100
_MAX_SPAN = 1000
_MAX_REACHING = 250  # columns in which cells may reach down


def html_pieces(html: str, reading: Reading) -> Iterator[Piece]:
    """Yield the lines that HTML shows, each row of a table as one line with tabs.

    A link's target stands behind its text, where it has an id that the text has not. Scripts,
    styles and comments are left out. What is left open at the end is read as text.

    Raises:
        TooLarge: there are too many lines or cells.
    """
    parser = _Parser(reading)
    # These are comments to every browser, but not to every version of the parser.
    html = html.replace("<![", "<! [")
    numbers = count(1)
    start = 0
    while start < len(html):
        end = min(start + max(_PORTION, len(parser.rawdata)), len(html))
        parser.feed(html[start:end])
        start = end
        reading.at(start / len(html))
        if start == len(html):
            parser.finish()
        for line, role in parser.taken():
            yield Piece(line, reading.place(next(numbers)), role)


@dataclass(slots=True)
class _Table:
    """A table that is open, and its row that is.

    `cells` are the lines in each cell of the row, by column; None where no row is open. A row
    with another table inside is a frame: what else it holds are lines. `reach` says down to
    which row a cell from above reaches, by column.
    """

    cells: dict[int, list[str]] | None = None
    is_frame: bool = False
    row: int = 0
    column: int = 0
    span: int = 1
    reach: dict[int, int] = field(default_factory=dict)

    def start_row(self) -> None:
        self.cells = {}
        self.is_frame = False
        self.row += 1
        self.column = 0
        self.span = 1

    def start_cell(self, columns: int, rows: int) -> None:
        self.column += self.span
        self.span = columns
        while self.reach.get(self.column, 0) >= self.row:
            self.column += 1
        if rows > 1:
            for column in range(self.column, min(self.column + columns, _MAX_REACHING)):
                self.reach[column] = self.row + rows - 1

    def become_frame(self) -> list[str]:
        """Return the lines in the row so far, because those of a table inside come next."""
        cells, self.cells = self.cells or {}, None
        self.is_frame = True
        return [line for lines in cells.values() for line in lines]

    def end_row(self) -> list[tuple[str, Role]]:
        """Return the row; the lines in it where there is only one cell."""
        cells, self.cells = self.cells, None
        if cells is None:
            return []
        if self.column <= 1:
            lines = [line for lines in cells.values() for line in lines] or [""]
            return [(line, Role.LINE) for line in lines]
        row, at = "", 1
        for column, lines in cells.items():  # ascending
            row += "\t" * (column - at) + " ".join(lines)
            at = column
        return [(row + "\t" * (self.column - at), Role.ROW)]


class _Parser(HTMLParser):
    """Gathers lines from what the library finds."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(convert_charrefs=True)
        self._reading = reading
        self._lines: list[tuple[str, Role]] = []
        self._text: list[str] = []  # of the line that is open
        self._link: tuple[str, int] | None = None  # its target; where in `_text` it begins
        self._silent: str | None = None
        self._keeps_lines = False
        self._tables = [_Table()]  # the first is all that is in none
        self._too_deep = 0

    def taken(self) -> list[tuple[str, Role]]:
        """Return the lines that are complete, once."""
        lines, self._lines = self._lines, []
        return lines

    def finish(self) -> None:
        """Take what was left open as text; the library would look at it again and again."""
        if self._silent is None:
            for line in unescape(self.rawdata).split("\n"):
                self.handle_data(line)
                self._end_line()
        while self._tables:
            self._end_row()
            self._tables.pop()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what begins."""
        if tag in _SILENT:
            self._silent = tag
        elif tag in ("a", "area"):
            self._end_link()
            self._link = (dict(attrs).get("href") or "", len(self._text))
        elif tag == "tr":
            self._start_row()
        elif tag in _CELLS:
            self._start_cell(dict(attrs))
        elif tag == "table":
            self._start_table()
        elif tag in _ENDS_LINE:
            self._end_line()
            self._keeps_lines = self._keeps_lines or tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        """Note what ends."""
        if tag in _SILENT:
            self._silent = None
        elif tag in ("a", "area"):
            self._end_link()
        elif tag == "tr":
            self._end_row()
        elif tag == "table":
            self._end_table()
        elif tag in _ENDS_LINE or tag in _CELLS:
            self._end_line()
            self._keeps_lines = self._keeps_lines and tag != "pre"

    def handle_data(self, data: str) -> None:
        """Add to the line, whose ends show only where the page says so."""
        if self._silent is not None:
            return
        first, *others = data.split("\n") if self._keeps_lines else [data]
        self._text.append(_SPACE.sub(" ", first))
        for other in others:
            self._end_line()
            self._text.append(_SPACE.sub(" ", other))

    def _start_table(self) -> None:
        self._end_line()
        for line in self._tables[-1].become_frame():
            self._emit(line)
        if len(self._tables) > _MAX_TABLES:
            self._too_deep += 1
        else:
            self._tables.append(_Table())

    def _end_table(self) -> None:
        self._end_row()
        if self._too_deep:
            self._too_deep -= 1
        elif len(self._tables) > 1:
            self._tables.pop()

    def _start_row(self) -> None:
        self._end_row()
        self._tables[-1].start_row()

    def _end_row(self) -> None:
        self._end_line()
        for line, role in self._tables[-1].end_row():
            self._emit(line, role)

    def _start_cell(self, attributes: dict[str, str | None]) -> None:
        self._end_line()
        self._reading.count_cells(1)
        table = self._tables[-1]
        if table.cells is None and not table.is_frame and len(self._tables) > 1:
            table.start_row()
        if table.cells is not None:
            columns, rows = attributes.get("colspan"), attributes.get("rowspan")
            table.start_cell(_span(columns), _span(rows))

    def _end_link(self) -> None:
        if self._link is None:
            return
        (target, begin), self._link = self._link, None
        if _is_worth_telling(target, "".join(self._text[begin:])):
            self._text.append(f" {_SPACE.sub(' ', target)} ")

    def _end_line(self) -> None:
        if self._link and "".join(self._text[self._link[1] :]).strip():
            self._end_link()
        elif self._link:
            self._link = (self._link[0], 0)  # its text comes in a block of its own
        line = "".join(self._text).strip(" ")
        self._text.clear()
        if line.strip():
            table = self._tables[-1]
            if table.cells is None:
                self._emit(line)
            else:
                table.cells.setdefault(table.column, []).append(line)

    def _emit(self, line: str, role: Role = Role.LINE) -> None:
        self._reading.count_lines(1)
        self._lines.append((line, role))


def _is_worth_telling(target: str, text: str) -> bool:
    """Tell whether a link's target may hold an id, or a secret, that its text does not."""
    if not ("_" in target or "%" in target) or target[:5].lower() == "data:" or target in text:
        return False
    ids = set(ID.findall(unquote(target)))
    return not ids or not ids <= set(ID.findall(text))


def _span(value: str | None) -> int:
    """Return how many columns or rows a cell says that it is wide or high, as browsers do."""
    digits = _NUMBER.match(value or "")
    return min(max(int(digits[0]), 1), _MAX_SPAN) if digits else 1
