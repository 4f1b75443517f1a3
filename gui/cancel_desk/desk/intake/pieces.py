"""What every reader gives: pieces of text, each with the place it stood at."""

from enum import IntEnum
from typing import NamedTuple


class Place(NamedTuple):
    """Where something stood; a tuple, because there are 100,000 of them.

    `source` is a file's name, empty for a paste. `line` counts from 1, as editors and
    spreadsheets do: in a sheet and in a web page's table it is the row. `column` is the cell's
    number from 1 where the line is a row: separated by tabs, or by semicolons, commas or bars
    with the id or its link alone in the cell. Otherwise, and in text lines of more than 64 K, it
    is None. `sheet` is the name of a workbook's sheet. `part` is what it stood in within a mail:
    a header's name, an attachment's, `HTML` for the text's second form, empty for its first.
    """

    source: str
    line: int
    column: int | None = None
    sheet: str = ""
    part: str = ""


class Role(IntEnum):
    """What a piece's text was where it stood."""

    LINE = 0  # a line of text, which may be a row in some way of writing rows
    ROW = 1  # a row of a table, with a tab between its cells, and at least one
    ITEM = 2  # a value in a list: may have been meant as an id, is no row
    VALUE = 3  # a value that has a name: other numbers in it were not meant as payments
    UNREAD = 4  # the name of an attachment that can't be read


class Piece(NamedTuple):
    """One line's text, without its end; a row of cells is separated by tabs.

    A tuple, because there are 100,000 of them, made and taken apart at once.
    """

    text: str
    place: Place
    role: Role = Role.LINE
