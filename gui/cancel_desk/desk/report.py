"""What became of the payments, as rows of plain data, and a CSV file of them."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from cancel_desk.desk.batch import reference, to_pay
from cancel_desk.desk.files import replacing
from cancel_desk.desk.plan import Plan
from cancel_desk.desk.row import Row, State
from cancel_desk.desk.visible import visible

# What a cell of a report may hold. Times are in UTC.
Value = str | int | Decimal | datetime | None

# A spreadsheet takes a cell that begins with one of these for a formula and runs it. Some do so
# for the full-width forms too, and look past what can't be seen.
_FORMULA = frozenset(
    "=+-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
    "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}\N{MINUS SIGN}"
)
_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
_SPACES = "\t\r\n"
# A spreadsheet's cell takes 32,767 UTF-16 units; a character is two at most.
_LONGEST = 16_000


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One payment in a report. Times are UTC, the amount in major units (pounds, euros).

    `run` is the id of the run it was last part of, as the journal has it.
    """

    payment: str
    state: str
    what_happened: str
    what_to_do: str
    amount: Decimal | None
    currency: str
    reference: str
    description: str
    status_at_dojo: str
    created: datetime | None
    expires: datetime | None
    last_read: datetime | None
    tries: int
    came_from: str
    environment: str = ""
    profile: str = ""
    run: str = ""
    confirmed: datetime | None = None
    confirmed_by: str = ""
    reason: str = ""
    cancelled: datetime | None = None

    def values(self) -> list[Value]:
        """Return the fields in their order."""
        return [getattr(self, name) for name in ReportRow.__slots__]


def report_row(
    row: Row, state: str, what_happened: str, what_to_do: str, came_from: str, plan: Plan | None
) -> ReportRow:
    """Return a row's data for a report, with the words the window has for it.

    `plan` is the one the row was last part of.
    """
    money, intent = to_pay(row), row.intent
    return ReportRow(
        payment=row.intent_id,
        state=state,
        what_happened=what_happened,
        what_to_do=what_to_do,
        amount=major_units(money.value) if money else None,
        currency=money.currency if money else "",
        reference=reference(row),
        description=(intent and intent.description) or "",
        status_at_dojo=intent.status if intent else "",
        created=intent.created_at if intent else None,
        expires=intent.expire_at if intent else None,
        last_read=row.read_at,
        tries=row.attempts,
        came_from=came_from,
        environment=plan.environment.value if plan else "",
        profile=plan.profile if plan else "",
        run=plan.run_id if plan else "",
        confirmed=plan.made_at if plan else None,
        confirmed_by=plan.operator if plan else "",
        reason=plan.reason if plan else "",
        cancelled=row.read_at if row.state is State.CANCELLED else None,
    )


def major_units(minor: int) -> Decimal:
    """Return an amount of pence or cents in pounds or euros, with its two decimals."""
    return Decimal(minor).scaleb(-2)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[ReportRow]) -> None:
    """Write a CSV file that spreadsheets open as it is meant (UTF-8 with its mark, no formulas).

    Args:
        path: the file; replaced whole or not at all.
        header: the columns' names, one for each field of `ReportRow`.
        rows: what to write.

    Raises:
        OSError: the file can't be written; what was there before is still there.
    """
    with replacing(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow(header)
        writer.writerows(map(as_texts, rows))
        text.detach()


def as_texts(row: ReportRow) -> list[str]:
    """Return what a row's cells hold in a CSV file, and show in a workbook."""
    return [as_text(value) for value in row.values()]


def as_text(value: Value) -> str:
    """Return a value as a cell's text."""
    match value:
        case None:
            return ""
        case datetime():
            return in_utc(value).isoformat(sep=" ")
        case str():
            return harmless(value)
    return str(value)


def in_utc(moment: datetime) -> datetime:
    """Return a moment in UTC to the second, and without saying so: cells know no time zones."""
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def harmless(text: str) -> str:
    """Return a text that any cell can hold and that no spreadsheet runs.

    What can't be seen is written out, as on screen. A text that might be taken for a formula has
    an apostrophe before it; one that is too long for a cell is cut.
    """
    shown = visible(text, keep=_SPACES)
    if len(shown) > _LONGEST:
        shown = shown[:_LONGEST] + "…"
    return "'" + shown if _may_run(text) else shown


def _may_run(text: str) -> bool:
    """Tell whether a spreadsheet might take a text for a formula."""
    seen = (char for char in text if unicodedata.category(char) not in _UNSEEN)
    return next(seen, "") in _FORMULA or text[:1] in set(_SPACES)
