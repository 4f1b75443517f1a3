"""What is handed on: files, with a look at them first, and text for the ticket."""

import csv
import errno
import os
import re
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QProgressBar, QScrollArea, QTableWidget, QWidget

from cancel_desk.practice import Fault, Kind
from cancel_desk.window.exporting import not_written

from .driver import PAYMENT

KEY = "sk_prod_" + "k" * 24
CARD = "4111 1111 1111 1111"


@pytest.fixture
def desk(open_window, gate):
    """Windows close before the gate goes: whatever hangs there is let go first."""
    yield open_window(in_flight=2)
    gate.open()


class Chooser:
    """Stands for the system's file dialog: notes what it is asked, answers with a path or none."""

    def __init__(self) -> None:
        self.answer: Path | str = ""
        self.offered = Path()
        self.kind = ""

    def __call__(self, _parent, _title, offered, kind):
        self.offered, self.kind = Path(offered), kind
        return str(self.answer), ""


@pytest.fixture
def chooser(monkeypatch) -> Chooser:
    chooser = Chooser()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", chooser)
    return chooser


def in_export(desk, act) -> None:
    desk.in_dialog("exportDialog", partial(desk.click, "exportButton"), act)


def save(desk, chooser, path, *chips) -> None:
    """Export to a file, with these chips down, and wait until it is told."""
    chooser.answer = path

    def act(dialog) -> None:
        for chip in chips:
            desk.click(chip, dialog)
        desk.click("saveExportButton", dialog)

    in_export(desk, act)
    desk.wait(lambda: f"Exported to {path}" in desk.everything)


def preview(desk, dialog) -> list[list[str]]:
    table = desk.find(QTableWidget, "exportPreview", dialog)
    return [
        [table.item(row, column).text() for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]


def read_csv(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def copied() -> str:
    return QGuiApplication.clipboard().text()


# --- Files ---------------------------------------------------------------------------------------


@pytest.fixture
def mixed(quick):
    """Two payments that were cancelled and one that was paid, with references to beware of."""
    ids = [
        quick.server.create(123456, reference="=1+1"),
        quick.server.create(2, reference="  @SUM(A1)", description="-2+3"),
        quick.server.create(3, "EUR", reference="Café, “quoted”", status="Captured"),
    ]
    quick.load(ids)
    quick.run("SUP-1")
    return quick, ids


def test_csv_holds_the_whole_list_and_runs_no_formula(mixed, chooser, tmp_path):
    desk, ids = mixed
    path = tmp_path / "report.csv"
    save(desk, chooser, path, "csvChip")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = read_csv(path)
    assert [row["Payment"] for row in rows] == ids
    assert [row["Amount"] for row in rows] == ["1234.56", "0.02", "0.03"]
    assert [row["Currency"] for row in rows] == ["GBP", "GBP", "EUR"]
    assert [row["Reference"] for row in rows] == ["'=1+1", "'  @SUM(A1)", "Café, “quoted”"]
    assert [row["State"] for row in rows] == ["Cancelled", "Cancelled", "Paid: refund it"]
    assert rows[1]["Description"] == "'-2+3"
    assert rows[2]["What to do"] == "Refund it in the Dojo portal."
    assert [row["Tries"] for row in rows] == ["1", "1", "0"]
    for row in rows:
        assert not any(cell.lstrip()[:1] in {"=", "+", "@"} for cell in row.values())


def test_excel_holds_times_amounts_totals_and_the_run(mixed, chooser, tmp_path):
    desk, ids = mixed
    path = tmp_path / "report.xlsx"
    save(desk, chooser, path)
    payments, totals, runs = load_workbook(path).worksheets
    assert [sheet.title for sheet in (payments, totals, runs)] == ["Payments", "Totals", "Runs"]
    header = [cell.value for cell in payments[1]]
    cells = [dict(zip(header, row, strict=True)) for row in payments.iter_rows(min_row=2)]
    assert [row["Payment"].value for row in cells] == ids
    assert [row["Amount"].value for row in cells] == [1234.56, 0.02, 0.03]
    assert [row["Reference"].value for row in cells] == ["'=1+1", "'  @SUM(A1)", "Café, “quoted”"]
    assert all(isinstance(row["Created (UTC)"].value, datetime) for row in cells)
    assert {cell.data_type for row in cells for cell in row.values()} <= {"s", "n", "d"}
    assert list(totals.iter_rows(values_only=True)) == [
        ("State", "Currency", "Payments", "Amount"),
        ("Paid: refund it", "EUR", 1, 0.03),
        ("Cancelled", "GBP", 2, 1234.58),
    ]
    ((run, confirmed, environment, profile, _, operator, reason, planned, here, done, last),) = (
        runs.iter_rows(min_row=2, values_only=True)
    )
    assert (environment, profile, reason) == ("PRACTICE", "Practice", "SUP-1")
    assert (planned, here, done) == (2, 2, 2)
    assert operator
    assert confirmed <= last
    assert [row["Run"].value for row in cells] == [run, run, None]
    assert [row["Confirmed (UTC)"].value for row in cells] == [confirmed, confirmed, None]


def test_without_a_run_there_is_no_sheet_of_runs(desk, chooser, tmp_path):
    desk.ready(1)
    save(desk, chooser, tmp_path / "report.xlsx")
    assert load_workbook(tmp_path / "report.xlsx").sheetnames == ["Payments", "Totals"]


HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1",
    "10.00\u202e00.01",
    "a\x00b",
    "#REF!",
    "00042",
    "_x0041_",
    "<b>x</b>",
    "two\nlines",
    "W" * 40_000,
]


def test_the_preview_and_both_formats_say_the_same(desk, chooser, tmp_path):
    ids = [desk.server.create(1, reference=text, description=text) for text in HOSTILE]
    desk.load(ids)
    seen: list[list[str]] = []
    in_export(desk, lambda dialog: (seen.extend(preview(desk, dialog)), dialog.reject()))
    save(desk, chooser, tmp_path / "report.csv", "csvChip")
    save(desk, chooser, tmp_path / "report.xlsx", "excelChip")
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        as_csv = list(csv.reader(file))[1:]
    assert [[cell.replace("\n", "\\u{000A}") for cell in row] for row in as_csv] == seen
    sheet = load_workbook(tmp_path / "report.xlsx").worksheets[0]
    rows = sheet.iter_rows(min_row=2, values_only=True)
    as_excel = [(row[6] or "").replace("_x005F_", "_") for row in rows]
    assert as_excel == [row[6] for row in as_csv]
    assert "'=cmd|' /C calc'!A0" in as_excel
    assert "a\\u{0000}b" in as_excel


# --- The look before -----------------------------------------------------------------------------


def test_a_part_of_the_list_can_be_exported(desk, chooser, tmp_path):
    ids = [*desk.create(2), *desk.create(25, status="Captured")]
    desk.load(ids)
    chips = {}

    def look(dialog) -> None:
        for name in ("wholeListChip", "shownChip", "highlightedChip"):
            chip = dialog.findChild(QWidget, name)
            chips[name] = chip.text() if chip else None
        said = desk.text("exportCountLabel", dialog)
        assert said == "The file will hold 27 payments. Above are the first 20."
        assert len(preview(desk, dialog)) == 20
        if chips["highlightedChip"]:
            desk.click("highlightedChip", dialog)
            assert [row[0] for row in preview(desk, dialog)] == [ids[1], ids[3], ids[4]]
            said = desk.text("exportCountLabel", dialog)
            assert said == "The file will hold 3 payments."
        dialog.reject()

    in_export(desk, look)
    assert chips == {"wholeListChip": "&Whole list 27", "shownChip": None, "highlightedChip": None}
    desk.highlight(ids[1], ids[3], ids[4])
    in_export(desk, look)
    assert chips["highlightedChip"] == "What is h&ighlighted 3"
    save(desk, chooser, tmp_path / "some.csv", "highlightedChip", "csvChip")
    assert [row["Payment"] for row in read_csv(tmp_path / "some.csv")] == [ids[1], ids[3], ids[4]]
    desk.narrow("ready")
    in_export(desk, look)
    assert chips["shownChip"] == "What is s&hown 2"
    save(desk, chooser, tmp_path / "shown.csv", "shownChip")
    assert [row["Payment"] for row in read_csv(tmp_path / "shown.csv")] == ids[:2]


def test_the_file_dialog_offers_the_last_folder_a_name_and_the_format(
    desk, open_window, chooser, tmp_path
):
    desk.ready(1)
    folder = tmp_path / "reports"
    folder.mkdir()
    save(desk, chooser, folder / "report.xlsx")
    assert re.fullmatch(r"cancel-desk-PRACTICE-\d{4}-\d\d-\d\d-\d{4}\.xlsx", chooser.offered.name)
    assert chooser.kind == "Excel workbook (*.xlsx)"
    save(desk, chooser, folder / "again.csv", "csvChip")
    assert chooser.offered.parent == folder
    assert chooser.offered.suffix == ".csv"
    assert chooser.kind == "CSV for spreadsheets (*.csv)"
    save(desk, chooser, folder / "third.csv")  # the format is kept, too
    next_day = open_window()
    next_day.ready(1)
    save(next_day, chooser, folder / "next.xlsx")
    assert chooser.offered.parent == folder
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    save(next_day, chooser, tmp_path / "elsewhere.xlsx")
    assert chooser.offered.parent != folder


def test_a_name_without_its_ending_gets_it_and_replaces_nothing_unasked(desk, chooser, tmp_path):
    desk.ready(1)
    chooser.answer = tmp_path / "report"
    (tmp_path / "report.xlsx").write_text("before")

    def refuse(dialog) -> None:
        desk.answer("replaceFileDialog", partial(desk.click, "saveExportButton", dialog), "Keep it")
        assert (tmp_path / "report.xlsx").read_text() == "before"
        asks = partial(desk.click, "saveExportButton", dialog)
        desk.answer("replaceFileDialog", asks, "Replace it")

    in_export(desk, refuse)
    desk.wait(lambda: "Exported to" in desk.everything)
    assert load_workbook(tmp_path / "report.xlsx").sheetnames[0] == "Payments"


def test_no_file_chosen_writes_none_and_the_dialog_stays(desk, chooser, tmp_path):
    desk.ready(1)

    def act(dialog) -> None:
        desk.click("saveExportButton", dialog)
        assert dialog.isVisible()
        desk.click("closeExportButton", dialog)

    in_export(desk, act)
    assert "Exported" not in desk.everything
    assert not list(tmp_path.glob("*.xlsx"))


def test_a_folder_that_can_t_be_written_costs_nothing(desk, chooser, tmp_path):
    ids = desk.ready(2)
    chooser.answer = tmp_path / "missing" / "report.xlsx"

    def act(dialog) -> None:
        desk.click("saveExportButton", dialog)
        desk.wait(desk.find(QWidget, "exportNotice", dialog).isVisible)
        said = desk.text("noticeText", dialog)
        assert said.startswith("The file could not be written: No such file or directory.")
        assert said.endswith("Choose another folder.")
        assert desk.find(QWidget, "closeExportButton", dialog).isEnabled()
        chooser.answer = tmp_path / "report.xlsx"
        desk.click("saveExportButton", dialog)

    in_export(desk, act)
    assert (tmp_path / "report.xlsx").exists()
    assert desk.ids == desk.ticked == ids
    assert not desk.notice


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EACCES, "you may not write there, or it is open in another program"),
        (errno.EPERM, "you may not write there, or it is open in another program"),
        (errno.ENOSPC, "the disk is full"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_why_a_file_could_not_be_written_is_a_sentence(looks, number, said):
    text = not_written(OSError(number, os.strerror(number), "report.xlsx"))
    assert text.startswith("The file could not be written: ")
    assert said in text
    assert "hoose another" in text


@pytest.mark.parametrize("there", [True, False])
def test_what_came_of_it_is_told_when_the_dialog_is_closed_in_mid_writing(
    desk, chooser, tmp_path, there
):
    desk.ready(3)
    path = chooser.answer = tmp_path / ("." if there else "missing") / "report.xlsx"

    def act(dialog) -> None:
        desk.click("saveExportButton", dialog)
        assert desk.find(QProgressBar, "exportProgress", dialog).isVisible()
        assert desk.find(QProgressBar, "exportProgress", dialog).maximum() == 3
        assert not desk.button("saveExportButton", dialog).isEnabled()
        desk.click("closeExportButton", dialog)

    in_export(desk, act)
    if there:
        desk.wait(lambda: "Exported to" in desk.everything)
        assert path.exists()
    else:
        desk.wait(lambda: "could not be written" in desk.notice)


def test_the_report_can_be_had_while_a_run_goes_on_and_the_preview_follows_it(
    desk, gate, chooser, tmp_path
):
    ids = desk.ready(3)
    desk.confirm()
    desk.wait(lambda: list(desk.states.values()).count("Cancelling") == 2)
    chooser.answer = tmp_path / "report.csv"

    def act(dialog) -> None:
        desk.click("csvChip", dialog)
        states = [row[1] for row in preview(desk, dialog)]
        assert states == ["Cancelling…", "Cancelling…", "Waiting"]
        gate.open()
        desk.wait(lambda: {row[1] for row in preview(desk, dialog)} == {"Cancelled"})
        desk.click("saveExportButton", dialog)

    in_export(desk, act)
    assert [row["State"] for row in read_csv(tmp_path / "report.csv")] == ["Cancelled"] * 3
    assert [row["Payment"] for row in read_csv(tmp_path / "report.csv")] == ids


def test_the_export_by_keyboard_alone(desk, chooser, tmp_path):
    desk.ready(2)
    chooser.answer = tmp_path / "report.csv"
    desk.focus(desk.table)

    def act(dialog) -> None:
        assert dialog.focusWidget().objectName() == "saveExportButton"
        desk.press(Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier, dialog)
        desk.wait(desk.button("csvChip", dialog).isChecked)
        desk.focus(desk.button("saveExportButton", dialog))
        desk.press(Qt.Key.Key_Return)

    control = Qt.KeyboardModifier.ControlModifier
    in_dialog = partial(desk.press, Qt.Key.Key_E, control, desk.table)
    desk.in_dialog("exportDialog", in_dialog, act)
    desk.wait((tmp_path / "report.csv").exists)
    assert len(read_csv(tmp_path / "report.csv")) == 2


# --- The summary ---------------------------------------------------------------------------------


def test_the_summary_as_markdown(quick):
    ids = quick.create(3)
    quick.load(ids)
    quick.server.set_status(ids[2], "Captured")
    quick.run("SUP-2214")
    quick.click("copyMarkdownButton")
    assert quick.button("copyMarkdownButton").text() == "Copied"
    assert quick.button("copySummaryButton").text() == "Copy summary for the &ticket"
    lines = copied().splitlines()
    assert lines[0] == "**Cancel Desk · PRACTICE** · `Practice`"
    assert lines[2].endswith(" · Reason: `SUP-2214`")
    assert lines[3:] == [
        "",
        "**2 of 3 payments cancelled · £21.00**",
        "",
        "Not cancelled:",
        "",
        "| Payment | Amount | Reference | State | What to do |",
        "| --- | ---: | --- | --- | --- |",
        f"| `{ids[2]}` | £12.00 | `Order 3` | Paid meanwhile | Refund it in the Dojo portal. |",
        "",
        "Cancelled:",
        "",
        "| Payment | Amount | Reference | State | What to do |",
        "| --- | ---: | --- | --- | --- |",
        f"| `{ids[0]}` | £10.00 | `Order 1` | Cancelled |  |",
        f"| `{ids[1]}` | £11.00 | `Order 2` | Cancelled |  |",
    ]
    quick.click("copySummaryButton")
    assert quick.button("copySummaryButton").text() == "Copied"
    assert quick.button("copyMarkdownButton").text() == "Copy as &Markdown"
    assert "|" not in copied()


MARKUP = [
    "a | b",
    "a \\| b \\",
    "`code` and ``more",
    "[click](https://example.org)",
    "![x](https://example.org/x.png)",
    "<img src=x onerror=alert(1)>",
    "https://example.org www.example.org a@example.org",
    "@everyone #1 **bold** _it_ ~~no~~",
    "one\n\n| --- |\n# two",
    "\u2028- three\r\n> four",
    "    ",
]


def test_no_reference_breaks_out_of_the_markdown(quick):
    ids = [quick.server.create(100 + n, reference=text) for n, text in enumerate(MARKUP)]
    quick.load(ids)
    quick.server.set_status(ids[0], "[x](https://example.org)|`")
    quick.run("[mine](https://example.org) `|\\")
    quick.click("copyMarkdownButton")
    lines = copied().splitlines()
    table = [line for line in lines if line.startswith("| `")]
    assert len(table) == len(MARKUP)
    for line in table:
        assert line.count("|") == 6
    for line in lines:
        assert line.count("`") % 2 == 0
        ours = re.sub("`[^`]*`", "", line)
        assert not re.search(r"[<>\[\]()!\\@#_~]|://|www", ours), line
    for shown in ("`a \\u{007C} b`", "`[click](https://example.org)`", "`\\u{0060}code\\u{0060}"):
        assert shown in copied()


def test_a_long_summary_is_cut_in_each_group(quick):
    ids = quick.ready(70)
    for intent_id in ids[:35]:
        quick.server.set_status(intent_id, "Captured")
    quick.run()
    quick.click("copyMarkdownButton")
    lines = copied().splitlines()
    assert sum(line.startswith("| `") for line in lines) == 60
    assert lines.count("… and 5 more (see the report)") == 2
    quick.click("copySummaryButton")
    assert copied().count("\n- ") == 60
    assert copied().count("… and 5 more (see the report)") == 2


def test_nothing_secret_goes_into_a_ticket(quick):
    ids = [quick.server.create(1, reference=f"Card {CARD}"), quick.server.create(2, reference=KEY)]
    quick.load(ids)
    detail = f"Basic {KEY} and {CARD}"
    refusal = Fault(Kind.REFUSE, methods=("DELETE",), id=ids[0], code=409, detail=detail)
    quick.server.faults.add(refusal)
    quick.run()
    quick.click_cell(ids[0], PAYMENT)
    for button in ("copySummaryButton", "copyMarkdownButton", "copyRowButton", "copyDetailsButton"):
        quick.click(button)
        assert ids[0] in copied()
        assert "1111" not in copied()
        assert "kkkk" not in copied()


# --- What next -----------------------------------------------------------------------------------


def facts() -> dict[str, str]:
    return dict(line.split(": ", 1) for line in copied().splitlines())


def test_a_refused_payment_s_facts_go_into_the_ticket(quick):
    (one,) = quick.ready(1)
    said = "The till is being counted \u202eno"
    refusal = Fault(Kind.REFUSE, methods=("DELETE",), id=one, code=409, detail=said)
    quick.server.faults.add(refusal)
    quick.run()
    quick.click_cell(one, PAYMENT)
    quick.click("copyRowButton")
    assert quick.button("copyRowButton").text() == "Copied"
    told = facts()
    assert list(told)[:6] == ["Payment", "Amount", "Reference", "State", "When", "Why"]
    assert (told["Payment"], told["Amount"]) == (one, "£10.00")
    assert (told["Reference"], told["State"]) == ("Order 1", "Refused")
    assert "it can still be paid" in told["Why"]
    assert "The till is being counted \\u{202E}no" in told["Why"]
    assert told["What to do"] == "Check it again; if it is Ready then, you can cancel it."
    assert told["traceId"]
    quick.ready(1)
    quick.click_cell(quick.ids[-1], PAYMENT)
    assert quick.button("copyRowButton").text() == "Copy fo&r the ticket"


STATUSES = ["Authorized", "Captured", "Reversed", "Refunded", "Canceled", "Held by <b>", None]


def test_every_payment_that_can_t_be_cancelled_says_why_and_what_to_do(desk):
    ids = [desk.server.create(1, status=status) for status in STATUSES if status]
    ids.append("pi_sandbox_" + "0" * 21 + "A")
    desk.load(ids)
    broken = desk.server.create(2)
    desk.server.faults.add(Fault(Kind.REFUSE, methods=("GET",), id=broken, code=400))
    desk.load([broken])
    for intent_id in [*ids, broken]:
        desk.click_cell(intent_id, PAYMENT)
        assert "What to do: " in desk.details
        desk.click("copyRowButton")
        told = facts()
        assert told["Why"].endswith((".", "”")), told
        assert told["What to do"].endswith("."), told
    desk.click_cell(ids[4], PAYMENT)
    assert "What to do: Nothing, it can’t be paid any more." in desk.details


@pytest.mark.parametrize("points", [9, 24])
def test_the_details_are_never_cut_off(quick, points):
    text = "W" * 60 + " twenty-four-letters-word " + "word " * 40
    one = quick.server.create(1, reference=text, description=text)
    quick.load([one])
    refusal = Fault(Kind.REFUSE, methods=("DELETE",), code=409, detail="D" * 300)
    quick.server.faults.add(refusal)
    quick.run()
    quick.click_cell(one, PAYMENT)
    pane = quick.find(QScrollArea, "detailsPane")
    inside = pane.widget()
    pane.setStyleSheet(f"QLabel {{ font-size: {points}pt; }}")
    for width in (0, 220, 260, 340):
        pane.parentWidget().setSizes([10_000 - width, width])
        quick.wait(lambda: inside.width() >= inside.minimumSizeHint().width())
        reach = pane.viewport().width() + pane.horizontalScrollBar().maximum()
        assert inside.width() <= reach
        for label in inside.findChildren(QLabel):
            if label.isVisible():
                assert label.mapTo(inside, label.rect().topRight()).x() < inside.width()
                assert label.width() >= label.minimumSizeHint().width(), label.text()
                assert label.height() >= label.heightForWidth(label.width()), label.text()
