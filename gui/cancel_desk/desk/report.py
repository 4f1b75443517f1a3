"""What became of the payments, as rows of plain data, and a CSV file of them."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from cancel_desk.desk.batch import reference, to_pay
from cancel_desk.desk.plan import Plan
from cancel_desk.desk.row import Row, State

# A spreadsheet takes a cell that begins with one of these for a formula and runs it. Some do so
# for the full-width forms too, and look past what can't be seen.
_FORMULA = frozenset(
    "=+-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
    "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}\N{MINUS SIGN}"
)
_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One payment in a report. Times are UTC, the amount in major units (pounds, euros)."""

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
    confirmed_by: str = ""
    reason: str = ""
    cancelled: datetime | None = None


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
        amount=Decimal(money.value).scaleb(-2) if money else None,
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
        confirmed_by=plan.operator if plan else "",
        reason=plan.reason if plan else "",
        cancelled=row.read_at if row.state is State.CANCELLED else None,
    )


def write_csv(path: Path, header: Sequence[str], rows: Iterable[ReportRow]) -> None:
    """Write a CSV file that spreadsheets open as it is meant (UTF-8 with its mark, no formulas).

    Args:
        path: the file; replaced whole or not at all.
        header: the columns' names, one for each field of `ReportRow`.
        rows: what to write.

    Raises:
        OSError: the file can't be written; what was there before is still there.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(getattr(row, name)) for name in ReportRow.__slots__])
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(text.getvalue().encode("utf-8-sig"))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, str) and _may_run(value):
        return "'" + value
    return str(value)


def _may_run(text: str) -> bool:
    """Tell whether a spreadsheet might take a text for a formula."""
    seen = (char for char in text if unicodedata.category(char) not in _UNSEEN)
    return next(seen, "") in _FORMULA or text[:1] in {"\t", "\r", "\n"}
