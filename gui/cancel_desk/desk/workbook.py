"""Workbooks (.xlsx) of plain data, in which nothing runs.

openpyxl makes the workbook and we put the rows in: it would take 20 seconds for 100,000 payments,
and leave them in a temporary file where something goes wrong.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

from cancel_desk.desk.files import replacing
from cancel_desk.desk.report import Value, as_text, in_utc

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_TIME = "yyyy-mm-dd hh:mm:ss"
_AMOUNT = "#,##0.00"
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's time has no zone
_FIRST_DAY = datetime(1900, 3, 1)  # noqa: DTZ001 - before it spreadsheets disagree
_DIGITS = 15  # a spreadsheet keeps no more of a number

# How the format writes characters by their code: a text that reads so by itself must not.
_CODE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_AREA = re.compile(rb'(?<=<dimension ref=")[^"]+')
_END_OF_ROWS = b"</sheetData>"
_QUICKLY = 1  # a level of compression

_MEASURED = 200  # rows, for the widths of the columns
_WIDEST = 60  # characters


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name (31 characters at most), its columns' names, its rows and their count."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Value]]
    count: int


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write a workbook: times and amounts as such, all other texts as texts and never formulas.

    Args:
        path: the file; replaced whole or not at all.
        sheets: what to write, one after the other.

    Raises:
        OSError: the file can't be written; what was there before is still there.
    """
    frame = _Frame(sheets)
    with (
        replacing(path) as file,
        ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_QUICKLY) as book,
        ZipFile(frame.book) as made,
    ):
        for name in made.namelist():
            with book.open(name, "w") as part:
                if name not in frame.rows:
                    part.write(made.read(name))
                    continue
                rows, area = frame.rows[name]
                before, after = made.read(name).split(_END_OF_ROWS)
                part.write(_AREA.sub(area, before))
                for number, row in enumerate(rows, 2):
                    part.write(frame.row(number, row))
                part.write(_END_OF_ROWS + after)


class _Frame:
    """A workbook with heads and no rows yet.

    `book` is the file; `rows` has them, and the area they will take, by part of the file.
    """

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font
        from openpyxl.utils import get_column_letter

        workbook = Workbook()
        del workbook[workbook.sheetnames[0]]
        workbook.properties.creator = "Cancel Desk"
        rows_of: dict[Worksheet, tuple[Iterator[Sequence[Value]], bytes]] = {}
        for sheet in sheets:
            made = workbook.create_sheet(sheet.title)
            made.append(list(sheet.header))
            rows = iter(sheet.rows)
            first = list(islice(rows, _MEASURED))
            for name, width in zip(made[1], _widths([sheet.header, *first]), strict=True):
                name.font = Font(name=name.font.name, size=name.font.size, bold=True)
                made.column_dimensions[name.column_letter].width = width
            made.freeze_panes = "A2"
            area = made.auto_filter.ref = f"A1:{made[1][-1].column_letter}{sheet.count + 1}"
            rows_of[made] = (chain(first, rows), area.encode())
        self._styles: dict[str, int] = {}
        for number_format in (_TIME, _AMOUNT):
            cell = WriteOnlyCell(workbook.worksheets[0])
            cell.number_format = number_format
            self._styles[number_format] = cell.style_id
        widest = max(len(sheet.header) for sheet in sheets)
        self._letters = [get_column_letter(number) for number in range(1, widest + 1)]
        self.book = BytesIO()
        workbook.save(self.book)  # which gives each sheet its path
        self.rows = {made.path.lstrip("/"): rows for made, rows in rows_of.items()}

    def row(self, number: int, values: Sequence[Value]) -> bytes:
        """Return a row as it stands in the sheet's part."""
        cells = (
            self._cell(f"{letter}{number}", value)
            for letter, value in zip(self._letters, values, strict=False)
            if value is not None and value != ""
        )
        return f'<row r="{number}">{"".join(cells)}</row>'.encode()

    def _cell(self, place: str, value: Value) -> str:
        match value:
            case int():
                return f'<c r="{place}"><v>{value}</v></c>'
            case Decimal() if len(value.as_tuple().digits) <= _DIGITS:
                return f'<c r="{place}" s="{self._styles[_AMOUNT]}"><v>{value}</v></c>'
            case datetime() if (at := in_utc(value)) >= _FIRST_DAY:
                days = (at - _DAY_ZERO) / timedelta(days=1)
                return f'<c r="{place}" s="{self._styles[_TIME]}"><v>{days!r}</v></c>'
        text = _CODE.sub("_x005F_", as_text(value)).translate(_MARKUP)
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _widths(rows: Sequence[Sequence[Value]]) -> list[int]:
    columns = zip(*rows, strict=True)
    return [min(_WIDEST, 3 + max(len(as_text(value)) for value in column)) for column in columns]
