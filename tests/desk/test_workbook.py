"""The workbook, read back: times are times, amounts are numbers, and nothing runs."""

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from cancel_desk.desk.workbook import Sheet, write_workbook

NOON = datetime(2024, 5, 17, 12, 30, 15, 999_999, tzinfo=UTC)


def sheet(*rows: Iterable[object], header: tuple[str, ...] = ("One", "Two", "Three")) -> Sheet:
    return Sheet("Payments", header, rows, len(rows))


def written(folder: Path, *sheets: Sheet) -> list[Worksheet]:
    path = folder / "report.xlsx"
    write_workbook(path, sheets)
    return load_workbook(path).worksheets


def a_text(folder: Path, text: str) -> str:
    """What a spreadsheet shows of a text: written, read back, with its codes resolved."""
    (read,) = written(folder, sheet([text], header=("One",)))
    cell = read["A2"]
    if text:
        assert cell.data_type == "s"
    codes = re.compile("_x([0-9A-Fa-f]{4})_")
    return codes.sub(lambda code: chr(int(code[1], 16)), cell.value or "")


def test_each_kind_of_value_is_what_it_is(tmp_path):
    rows = [(Decimal("-1234.50"), NOON, 3), (Decimal("0.00"), None, 0), (None, "", "0042")]
    (read,) = written(tmp_path, sheet(*rows))
    amount, time, count = read[2]
    assert (amount.value, amount.data_type, amount.number_format) == (-1234.5, "n", "#,##0.00")
    assert time.is_date
    assert time.value.isoformat() == "2024-05-17T12:30:15"
    assert time.number_format == "yyyy-mm-dd hh:mm:ss"
    assert (count.value, count.data_type) == (3, "n")
    assert [cell.value for cell in read[3]] == [0, None, 0]
    assert [cell.value for cell in read[4]] == [None, None, "0042"]
    assert read["C4"].data_type == "s"


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1900, 3, 1, tzinfo=UTC),
        datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2024, 2, 29, 0, 0, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    ],
)
def test_times_are_exact_to_the_second(tmp_path, moment):
    (read,) = written(tmp_path, sheet([moment], header=("One",)))
    assert read["A2"].value == moment.replace(tzinfo=None)


def test_a_time_before_those_of_spreadsheets_is_a_text(tmp_path):
    (read,) = written(tmp_path, sheet([datetime(1, 1, 1, tzinfo=UTC)], header=("One",)))
    assert read["A2"].value == "0001-01-01 00:00:00"


def test_an_amount_longer_than_a_spreadsheet_keeps_is_a_text(tmp_path):
    (read,) = written(tmp_path, sheet([Decimal("92233720368547758.07")], header=("One",)))
    assert (read["A2"].value, read["A2"].data_type) == ("92233720368547758.07", "s")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =HYPERLINK(1)"])
def test_no_text_runs_and_each_reads_as_in_csv(tmp_path, text):
    assert a_text(tmp_path, text) == "'" + text


@pytest.mark.parametrize(
    "text",
    [
        "Order 1",
        "00042",
        "1e5",
        "2024-05-17",
        "#REF!",
        "#N/A",
        "TRUE",
        "<b>&amp;</b>",
        "]]>",
        " spaces ",
        "two\nlines",
        "two\r\nlines",
        "_x0041_",
        "_x005F_x0041_",
        "_x003D_1+1",
        "Ünï €10 \N{PILE OF POO}",
    ],
)
def test_other_texts_stay_as_they_are(tmp_path, text):
    assert a_text(tmp_path, text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x00", "\\u{0000}"),
        ("a\x0bb\x1f", "a\\u{000B}b\\u{001F}"),
        ("half \ud83d", "half \\u{D83D}"),
        ("\ufffe\uffff", "\\u{FFFE}\\u{FFFF}"),
        ("10.00\u202e00.01", "10.00\\u{202E}00.01"),
    ],
)
def test_what_can_not_be_seen_or_written_is_written_out(tmp_path, text, shown):
    assert a_text(tmp_path, text) == shown


def test_a_long_text_fits_its_cell(tmp_path):
    shown = a_text(tmp_path, "\N{PILE OF POO}" * 40_000)
    assert len(shown.encode("utf-16-le")) // 2 <= 32_767
    assert shown.endswith("…")


def test_the_head_is_bold_and_stays_and_filters(tmp_path):
    rows = [("a" * 500, "b", "c")] * 3
    (read,) = written(tmp_path, sheet(*rows))
    assert [cell.value for cell in read[1]] == ["One", "Two", "Three"]
    assert all(cell.font.bold for cell in read[1])
    assert not read["A2"].font.bold
    assert read.freeze_panes == "A2"
    assert read.auto_filter.ref == "A1:C4"
    assert read.column_dimensions["A"].width == 60
    assert 5 < read.column_dimensions["B"].width < 12


def test_several_sheets_each_with_its_rows_and_its_size(tmp_path):
    many = Sheet("Payments", ("One",), ([number] for number in range(1000)), 1000)
    few = Sheet("Totals", ("One", "Two"), [("a", 1)], 1)
    none = Sheet("Runs", ("One",), [], 0)
    written(tmp_path, many, few, none)
    book = load_workbook(tmp_path / "report.xlsx", read_only=True)
    assert book.sheetnames == ["Payments", "Totals", "Runs"]
    payments, totals, runs = book.worksheets
    assert [row[0] for row in payments.iter_rows(values_only=True)] == ["One", *range(1000)]
    assert payments.calculate_dimension() == "A1:A1001"
    assert list(totals.iter_rows(values_only=True)) == [("One", "Two"), ("a", 1)]
    assert list(runs.iter_rows(values_only=True)) == [("One",)]
    book.close()


def test_every_part_is_sound_and_names_nobody_else(tmp_path):
    written(tmp_path, sheet(("<&>\r\x00", NOON, Decimal("1.00"))))
    with zipfile.ZipFile(tmp_path / "report.xlsx") as book:
        assert book.testzip() is None
        for name in book.namelist():
            ET.parse(io.BytesIO(book.read(name)))
        assert b"Cancel Desk" in book.read("docProps/core.xml")


def test_a_failure_leaves_what_was_there(tmp_path):
    path = tmp_path / "report.xlsx"
    path.write_text("before")

    def rows():
        for number in range(1000):
            yield [number]
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write_workbook(path, [Sheet("Payments", ("One",), rows(), 2000)])
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_where_nothing_can_be_written_it_says_so(tmp_path):
    with pytest.raises(OSError, match="no such folder"):
        write_workbook(tmp_path / "no such folder" / "report.xlsx", [sheet(("a", "b", "c"))])
