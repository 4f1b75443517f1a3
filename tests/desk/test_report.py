"""The report: what is said of a row, and a CSV file that spreadsheets open as it is meant."""

import csv
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from cancel_desk.desk.report import ReportRow, report_row, write_csv
from cancel_desk.dojo.intent import Intent, Money
from cancel_desk.dojo.problem import Kind

from .facts import NOON, Story, an_id, intent

HEADER = [field.name.replace("_", " ").capitalize() for field in fields(ReportRow)]

ROW = ReportRow(
    payment=an_id(),
    state="Cancelled",
    what_happened="Dojo has confirmed it.",
    what_to_do="Nothing to do.",
    amount=Decimal("-10.50"),
    currency="GBP",
    reference="Order 1",
    description="",
    status_at_dojo="Canceled",
    created=datetime(2024, 5, 17, 9, 30, 1, 999999, tzinfo=UTC),
    expires=None,
    last_read=NOON,
    tries=1,
    came_from="Pasted text, line 1",
    environment="practice",
    profile="Leeds",
    run="0123abcd",
    confirmed=NOON,
    confirmed_by="sam",
    reason="Ticket 1",
    cancelled=NOON,
)


def written(folder: Path, *rows: ReportRow) -> list[dict[str, str]]:
    path = folder / "report.csv"
    write_csv(path, HEADER, rows)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_it_reads_back_as_it_was_meant(tmp_path):
    (row,) = written(tmp_path, ROW)
    assert row == {
        "Payment": an_id(),
        "State": "Cancelled",
        "What happened": "Dojo has confirmed it.",
        "What to do": "Nothing to do.",
        "Amount": "-10.50",
        "Currency": "GBP",
        "Reference": "Order 1",
        "Description": "",
        "Status at dojo": "Canceled",
        "Created": "2024-05-17 09:30:01",
        "Expires": "",
        "Last read": "2024-05-17 12:00:00",
        "Tries": "1",
        "Came from": "Pasted text, line 1",
        "Environment": "practice",
        "Profile": "Leeds",
        "Run": "0123abcd",
        "Confirmed": "2024-05-17 12:00:00",
        "Confirmed by": "sam",
        "Reason": "Ticket 1",
        "Cancelled": "2024-05-17 12:00:00",
    }


def test_spreadsheets_are_told_that_it_is_utf_8(tmp_path):
    written(tmp_path, ROW)
    assert (tmp_path / "report.csv").read_bytes().startswith(b"\xef\xbb\xbfPayment,")


@pytest.mark.parametrize(
    "text",
    ['"quoted", and a comma', "two\nlines", "two\r\nlines", "Ünïcode €10 \N{PILE OF POO}", "a;b"],
)
def test_any_text_stays_in_its_cell(tmp_path, text):
    (row,) = written(tmp_path, replace(ROW, description=text))
    assert row["Description"] == text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+44 20 7946 0000",
        "-1",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "\ttext",
        "  =1+1",
        " \t @x",
        "\N{NO-BREAK SPACE}=1+1",
        "\N{FULLWIDTH EQUALS SIGN}1+1",
        "\N{FULLWIDTH COMMERCIAL AT}x",
    ],
)
@pytest.mark.parametrize("column", ["reference", "description", "came_from", "status_at_dojo"])
def test_no_cell_runs_as_a_formula(tmp_path, text, column):
    (row,) = written(tmp_path, replace(ROW, **{column: text}))
    assert row[column.replace("_", " ").capitalize()] == "'" + text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\N{ZERO WIDTH SPACE}=1+1", "'\\u{200B}=1+1"),
        ("\N{ZERO WIDTH NO-BREAK SPACE}+1", "'\\u{FEFF}+1"),
        ("\x00-1", "'\\u{0000}-1"),
        ("10.00\u202e00.01", "10.00\\u{202E}00.01"),
        ("half \ud83d", "half \\u{D83D}"),
        ("\ufffe", "\\u{FFFE}"),
        ("\x1b[31m", "\\u{001B}[31m"),
    ],
)
def test_what_can_not_be_seen_is_written_out(tmp_path, text, shown):
    (row,) = written(tmp_path, replace(ROW, reference=text))
    assert row["Reference"] == shown


def test_a_text_that_no_cell_can_hold_is_cut(tmp_path):
    (row,) = written(tmp_path, replace(ROW, reference="=" + "\N{PILE OF POO}" * 40_000))
    assert len(row["Reference"].encode("utf-16-le")) // 2 <= 32_767
    assert row["Reference"].startswith("'=\N{PILE OF POO}")
    assert row["Reference"].endswith("…")


def test_times_are_in_utc_whatever_they_came_in(tmp_path):
    there = timezone(timedelta(hours=5, minutes=30))
    moment = datetime(2024, 5, 17, 1, 0, 0, 5, tzinfo=there)
    (row,) = written(tmp_path, replace(ROW, created=moment))
    assert row["Created"] == "2024-05-16 19:30:00"


@pytest.mark.parametrize(
    "text", ["Order 1", "a=b", "1-2", "x@example.org", "'quoted", "", " ", "€5"]
)
def test_other_texts_stay_as_they_are(tmp_path, text):
    (row,) = written(tmp_path, replace(ROW, reference=text))
    assert row["Reference"] == text


def test_what_was_there_is_replaced_whole(tmp_path):
    (tmp_path / "report.csv").write_text("x" * 100_000)
    assert len(written(tmp_path, ROW, ROW)) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["report.csv"]


def test_a_failure_leaves_what_was_there(tmp_path):
    path = tmp_path / "report.csv"
    path.write_text("before")

    def rows():
        yield ROW
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write_csv(path, HEADER, rows())
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_where_nothing_can_be_written_it_says_so_and_leaves_nothing(tmp_path):
    (tmp_path / "report.csv").mkdir()
    with pytest.raises(OSError, match=r"report\.csv"):
        write_csv(tmp_path / "report.csv", HEADER, [ROW])
    with pytest.raises(OSError, match="no such folder"):
        write_csv(tmp_path / "no such folder" / "report.csv", HEADER, [ROW])
    assert [path.name for path in tmp_path.iterdir()] == ["report.csv"]


class TestOfARow:
    def words(self, story: Story) -> ReportRow:
        return report_row(story.row, "State", "Happened", "To do", "A file", story.row.plan)

    def test_a_row_without_an_intent(self):
        row = self.words(Story())
        assert (row.payment, row.state) == (an_id(), "State")
        assert (row.amount, row.currency, row.reference) == (None, "", "")
        assert (row.created, row.expires, row.last_read, row.tries) == (None, None, None, 0)
        assert (row.run, row.confirmed) == ("", None)

    def test_a_row_that_was_cancelled(self):
        story = Story().cancelling()
        cancelled = Intent(
            an_id(),
            "Canceled",
            amount=Money(900, "EUR"),
            total_amount=Money(1005, "EUR"),
            reference="A",
            description="B",
            created_at=NOON,
            expire_at=NOON,
        )
        story.answer(cancelled, after=2)
        row = self.words(story)
        assert (row.amount, row.currency) == (Decimal("10.05"), "EUR")
        assert (row.reference, row.description, row.status_at_dojo) == ("A", "B", "Canceled")
        assert (row.created, row.expires, row.last_read) == (NOON, NOON, story.now)
        plan = story.row.plan
        assert (row.run, row.confirmed) == (plan.run_id, plan.made_at)
        assert row.tries == 1

    def test_tries_are_those_that_left(self):
        story = Story().cancelling()
        story.answer(Kind.UNREACHABLE)
        assert self.words(story).tries == 0
        story.attempt()
        story.answer(Kind.RATE_LIMITED)
        story.attempt()
        story.answer(Kind.NO_ANSWER)
        assert self.words(story).tries == 2

    @pytest.mark.parametrize("value", [0, 1, -1, 2**63 - 1])
    def test_amounts_are_exact(self, value):
        story = Story()
        story.check(intent(amount=value))
        assert self.words(story).amount * 100 == value
