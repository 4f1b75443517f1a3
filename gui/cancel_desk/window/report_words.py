"""The report and the summary in words."""

from collections import Counter
from collections.abc import Iterable, Sequence

from cancel_desk.desk.batch import reference, to_pay
from cancel_desk.desk.plan import Plan, totals
from cancel_desk.desk.report import ReportRow, report_row
from cancel_desk.desk.row import Row, State
from cancel_desk.window import words
from cancel_desk.window.details import places
from cancel_desk.window.plain import visible
from cancel_desk.window.translation import tr

LISTED = 30


def report_header() -> list[str]:
    """Return the names of the report's columns, in the order of `ReportRow`'s fields."""
    return [
        tr("Payment"),
        tr("State"),
        tr("What happened"),
        tr("What to do"),
        tr("Amount"),
        tr("Currency"),
        tr("Reference"),
        tr("Description"),
        tr("Status"),
        tr("Created (UTC)"),
        tr("Expires (UTC)"),
        tr("Last looked up (UTC)"),
        tr("Tries"),
        tr("From"),
        tr("Environment"),
        tr("Profile"),
        tr("Confirmed by"),
        tr("Reason"),
        tr("Cancelled (UTC)"),
    ]


def report_rows(rows: Iterable[Row]) -> list[ReportRow]:
    """Return the rows of a report, in the order given."""
    return [
        report_row(
            row,
            words.lasting_state(row),
            words.explanation(row),
            words.next_step(row),
            "; ".join(places(row.places)),
            row.plan,
        )
        for row in rows
    ]


def headline(rows: Sequence[Row]) -> str:
    """Return what became of a run in one line."""
    done = [row for row in rows if row.state is State.CANCELLED]
    if len(done) == len(rows) > 1:
        text = tr("All %Ln payment(s) cancelled", "", len(rows))
    else:
        text = tr("%1 of %Ln payment(s) cancelled", "", len(rows)).replace(
            "%1", words.number(len(done))
        )
    worth = words.totals(totals(to_pay(row) for row in done))
    return f"{text} · {worth}" if worth else text


def others(rows: Sequence[Row]) -> str:
    """Return how many ended otherwise, by state, and how many the journal could not keep."""
    counts: Counter[State] = Counter(row.state for row in rows if row.state is not State.CANCELLED)
    parts = [
        f"{words.state_name(state)}: {words.number(counts[state])}"
        for state in State
        if counts[state]
    ]
    unrecorded = sum(not row.recorded for row in rows)
    if unrecorded:
        parts.append(tr("Sent, not recorded: %1").replace("%1", words.number(unrecorded)))
    return " · ".join(parts)


def summary(plan: Plan, rows: Sequence[Row], end: str) -> str:
    """Return a summary to paste in a ticket: plain text, the exceptions first."""
    profile = visible(plan.profile)
    if plan.key_hint:
        profile += " (" + tr("key …%1").replace("%1", plan.key_hint) + ")"
    lines = [
        f"Cancel Desk · {words.short_environment(plan.environment)} · {profile}",
        f"{words.moment(plan.made_at)} · {visible(plan.operator)}",
    ]
    if plan.reason:
        lines.append(tr("Reason: %1").replace("%1", visible(plan.reason)))
    lines += ["", headline(rows)]
    if end:
        lines.append(end)
    done = [row for row in rows if row.state is State.CANCELLED]
    exceptions = [row for row in rows if row.state is not State.CANCELLED]
    lines += _listed(tr("Not cancelled:"), exceptions)
    lines += _listed(tr("Cancelled:"), done)
    return "\n".join(lines)


def _listed(title: str, rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    lines = ["", title, *(_line(row) for row in rows[:LISTED])]
    if len(rows) > LISTED:
        lines.append(tr("… and %Ln more (see the report)", "", len(rows) - LISTED))
    return lines


def _line(row: Row) -> str:
    amount, shown = words.money(to_pay(row)), visible(reference(row))
    parts = [row.intent_id, amount, shown, words.lasting_state(row)]
    return "- " + " · ".join(part for part in [*parts, words.next_step(row)] if part)
