"""Workbooks (.xlsx): every sheet, hidden or not, row by row."""

import re
import warnings
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from typing import TYPE_CHECKING

from cancel_desk.desk.intake.errors import Kind, ReadError, Stopped, Unsupported
from cancel_desk.desk.intake.packages import check_workbook
from cancel_desk.desk.intake.pieces import Piece, Role
from cancel_desk.desk.intake.portions import PORTION
from cancel_desk.desk.intake.reading import Reading
from cancel_desk.desk.intake.secrets import drop_secrets

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

_MAX_ROW = 1_048_576
# Control characters inside a text, as the format writes them.
_ESCAPE = re.compile(r"_x00[01][0-9A-Fa-f]_")
_SPACES = str.maketrans("\t\n\r\v\f", "     ")
# Empty rows that nothing is read for.
_STRIDE = 10_000


def workbook_pieces(data: bytes, reading: Reading) -> Iterator[Piece]:
    """Yield the rows of a workbook that are not empty, with tabs between the cells.

    Of a formula the value is taken that was there when the workbook was saved.

    Raises:
        Unsupported: it is no workbook, is locked, damaged, or made to do harm.
        TooLarge: there are too many cells, or it unpacks to too much.
    """
    check_workbook(data, reading.inside(reading.part, 0, 0.2))
    try:
        yield from _pieces(data, reading.inside(reading.part, 0.2, 1))
    except (ReadError, Stopped):
        raise
    except Exception as error:
        # The library checks little: what a damaged workbook makes of it can be any exception.
        raise Unsupported(reading.source, Kind.DAMAGED_WORKBOOK) from error


def _pieces(data: bytes, reading: Reading) -> Iterator[Piece]:
    with closing(_opened(data, reading)) as workbook:
        if not workbook.worksheets:
            # Such as one that keeps strictly to the standard, which the library does not know.
            raise Unsupported(reading.source, Kind.OTHER_WORKBOOK)
        for sheet in workbook.worksheets:
            name = drop_secrets(sheet.title).text
            # What a sheet says about its size is often wrong.
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                if number > _MAX_ROW:
                    raise Unsupported(reading.source, Kind.UNSAFE_WORKBOOK)
                if number % _STRIDE == 0:
                    reading.at(0)
                filled = sum(value is not None for value in row)
                if filled:
                    reading.count_cells(filled)
                    yield from _row(row, number, name, reading)


def _row(row: tuple[object, ...], number: int, sheet: str, reading: Reading) -> Iterator[Piece]:
    cells = [_text(value) for value in row]
    text = "\t".join(cells)
    if len(text) <= PORTION:
        with_tab = text if len(cells) > 1 else f"{text}\t"
        yield Piece(with_tab, reading.place(number, None, sheet), Role.ROW)
        return
    for column, cell in enumerate(cells, 1):
        if cell:
            yield Piece(cell, reading.place(number, column, sheet), Role.VALUE)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _ESCAPE.sub(" ", value).translate(_SPACES)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _opened(data: bytes, reading: Reading) -> "Workbook":
    from openpyxl import load_workbook

    # It warns of what it does not know: styles, rules for cells.
    warnings.filterwarnings("ignore", module=r"openpyxl\.")
    return load_workbook(_Watched(data, reading), read_only=True, data_only=True, keep_links=False)


class _Watched(BytesIO):
    """The file as the library reads it, which stops when the operator wants no more of it.

    What is read more often than a library has reason to is a workbook whose many sheets are the
    same one.
    """

    def __init__(self, data: bytes, reading: Reading) -> None:
        super().__init__(data)
        self._size = len(data)
        self._read = 0
        self._reading = reading

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as any file does.

        Raises:
            Stopped: no more of it is wanted.
            Unsupported: all of it was read several times.
        """
        data = super().read(size)
        self._read += len(data)
        if self._read > 4 * self._size + PORTION:
            raise Unsupported(self._reading.source, Kind.UNSAFE_WORKBOOK)
        self._reading.at(min(self._read / self._size, 1))
        return data
