"""The report and the summary in words."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from cancel_desk.desk.batch import reference, to_pay
from cancel_desk.desk.plan import Plan, totals
from cancel_desk.desk.report import ReportRow, Value, major_units, report_row
from cancel_desk.desk.row import Row, State
from cancel_desk.desk.workbook import Sheet
from cancel_desk.window import words
from cancel_desk.window.details import clean, places
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
        tr("Run"),
        tr("Confirmed (UTC)"),
        tr("Confirmed by"),
        tr("Reason"),
        tr("Cancelled (UTC)"),
    ]


def report_rows(rows: Iterable[Row]) -> list[ReportRow]:
    """Return the rows of a report, in the order given."""
    return list(each_report_row(rows))


def each_report_row(rows: Iterable[Row]) -> Iterator[ReportRow]:
    """Yield the rows of a report, in the order given; for more of them than one keeps."""
    for row in rows:
        yield report_row(
            row,
            words.lasting_state(row),
            words.explanation(row),
            words.next_step(row),
            "; ".join(places(row.places)),
            row.plan,
        )


def report_sheets(rows: Sequence[Row], reported: Iterable[ReportRow]) -> list[Sheet]:
    """Return the sheets of a workbook: the payments, their totals, and the runs they were in.

    Args:
        rows: the payments.
        reported: the same, as rows of a report; they are taken as they are written.
    """
    payments = (row.values() for row in reported)
    totals, runs = _totals_lines(rows), _runs_lines(rows)
    sheets = [
        Sheet(tr("Payments"), report_header(), payments, len(rows)),
        Sheet(tr("Totals"), _totals_header(), totals, len(totals)),
    ]
    if runs:
        sheets.append(Sheet(tr("Runs"), _runs_header(), runs, len(runs)))
    return sheets


def _totals_header() -> list[str]:
    return [tr("State"), tr("Currency"), tr("Payments"), tr("Amount")]


def _totals_lines(rows: Sequence[Row]) -> list[list[Value]]:
    """Return count and amount for each state and currency, in the order of a payment's life."""
    counts, sums = Counter[tuple[int, str, str]](), Counter[tuple[int, str, str]]()
    order = {state: number for number, state in enumerate(State)}
    for row in rows:
        money = to_pay(row)
        group = (order[row.state], words.lasting_state(row), money.currency if money else "")
        counts[group] += 1
        sums[group] += money.value if money else 0
    return [
        [state, currency, counts[group], major_units(sums[group]) if currency else None]
        for group in sorted(counts)
        for _, state, currency in [group]
    ]


def _runs_header() -> list[str]:
    return [
        tr("Run"),
        tr("Confirmed (UTC)"),
        tr("Environment"),
        tr("Profile"),
        tr("Key"),
        tr("Confirmed by"),
        tr("Reason"),
        tr("Payments confirmed"),
        tr("Payments in this file"),
        tr("Cancelled"),
        tr("Last looked up (UTC)"),
    ]


def _runs_lines(rows: Sequence[Row]) -> list[list[Value]]:
    """Return what was consented to in each run that rows were last part of, the oldest first."""
    plans: dict[str, Plan] = {}
    members: dict[str, list[Row]] = {}
    for row in rows:
        plan = row.plan
        if plan is not None:
            plans[plan.run_id] = plan
            members.setdefault(plan.run_id, []).append(row)
    return [
        [
            plan.run_id,
            plan.made_at,
            words.short_environment(plan.environment),
            plan.profile,
            f"…{plan.key_hint}" if plan.key_hint else "",
            plan.operator,
            plan.reason,
            len(plan.rows),
            len(members[plan.run_id]),
            sum(row.state is State.CANCELLED for row in members[plan.run_id]),
            max((row.read_at for row in members[plan.run_id] if row.read_at), default=None),
        ]
        for plan in sorted(plans.values(), key=lambda plan: plan.made_at)
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
    lines = [
        f"Cancel Desk · {words.short_environment(plan.environment)} · {_profile(plan)}",
        f"{words.moment(plan.made_at)} · {clean(plan.operator)}",
    ]
    if plan.reason:
        lines.append(tr("Reason: %1").replace("%1", clean(plan.reason)))
    lines += ["", headline(rows)]
    if end:
        lines.append(end)
    for title, group in _groups(rows):
        lines += ["", title, *map(_line, group[:LISTED]), *_rest(group)]
    return "\n".join(lines)


def summary_markdown(plan: Plan, rows: Sequence[Row], end: str) -> str:
    """Return the same summary for a ticket that understands Markdown.

    All that is not ours stands in code, where nothing becomes a link, a picture, markup or a
    mention of someone.
    """
    environment = words.short_environment(plan.environment)
    made = f"{words.moment(plan.made_at)} · {_code(plan.operator)}"
    if plan.reason:
        made += " · " + tr("Reason: %1").replace("%1", _code(plan.reason))
    parts = [
        f"**Cancel Desk · {environment}** · {_code(_profile(plan))}",
        made,
        f"**{headline(rows)}**",
    ]
    if end:
        parts.append(_BETWEEN_WORDS.sub(r"\\\g<0>", end))
    for title, group in _groups(rows):
        parts += [title, _table(group[:LISTED]), *_rest(group)]
    return "\n\n".join(parts)


def _profile(plan: Plan) -> str:
    profile = clean(plan.profile)
    if plan.key_hint:
        profile += " (" + tr("key …%1").replace("%1", plan.key_hint) + ")"
    return profile


def _groups(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Return the exceptions and the rest, each with its title; what is empty is left out."""
    exceptions = [row for row in rows if row.state is not State.CANCELLED]
    done = [row for row in rows if row.state is State.CANCELLED]
    groups = [(tr("Not cancelled:"), exceptions), (tr("Cancelled:"), done)]
    return [(title, group) for title, group in groups if group]


def _rest(rows: Sequence[Row]) -> list[str]:
    """Return how many are not listed, if any."""
    more = len(rows) - LISTED
    return [tr("… and %Ln more (see the report)", "", more)] if more > 0 else []


def _line(row: Row) -> str:
    amount, shown = words.money(to_pay(row)), clean(reference(row))
    parts = [row.intent_id, amount, shown, words.lasting_state(row)]
    return "- " + " · ".join(part for part in [*parts, words.next_step(row)] if part)


def _table(rows: Sequence[Row]) -> str:
    names = [tr("Payment"), tr("Amount"), tr("Reference"), tr("State"), tr("What to do")]
    lines = [names, ["---", "---:", "---", "---", "---"]]
    lines += [
        [
            _code(row.intent_id),
            words.money(to_pay(row)),
            _code(reference(row)),
            words.state_name(row.state),  # the longer name may hold a status as it came
            words.next_step(row),
        ]
        for row in rows
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# Sentences of ours may hold these; they mean nothing between a sentence's words.
_BETWEEN_WORDS = re.compile(r"[\\`*_{}\[\]<>|#~]")


def _code(text: str) -> str:
    """Return a text from outside as code in Markdown, or nothing.

    What would end the code or the cell of a table is written as the invisible is: how to escape
    it depends on who reads the Markdown.
    """
    shown = clean(text).replace("`", r"\u{0060}").replace("|", r"\u{007C}")
    return f"`{shown}`" if shown.strip() else ""
