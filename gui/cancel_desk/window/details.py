"""What is known about one row, as lines of text."""

from collections.abc import Iterable
from datetime import datetime

from cancel_desk.desk.batch import reference, to_pay
from cancel_desk.desk.events import (
    Answered,
    AttemptStarted,
    Checked,
    Event,
    FoundElsewhere,
    NotRecorded,
    NotSent,
    PlanMade,
    ReadBack,
    RunEnded,
)
from cancel_desk.desk.intake.readers import Place
from cancel_desk.desk.intake.secrets import drop_secrets
from cancel_desk.desk.row import Row, State
from cancel_desk.dojo.intent import Intent, Status
from cancel_desk.dojo.problem import Problem
from cancel_desk.window import words
from cancel_desk.window.plain import visible
from cancel_desk.window.translation import tr

# A payment in one of these can't be cancelled and needs nothing, unless its status says more.
_OVER = {State.NOT_CANCELLABLE, State.ALREADY_CANCELLED, State.PAID_MEANWHILE}


def clean(text: str) -> str:
    """Return a text from outside as it may go into a ticket: nothing hidden, nothing secret."""
    return visible(drop_secrets(text).text)


def heading(row: Row) -> str:
    """Return amount and reference, or the id where nothing else is known."""
    if row.intent is None:
        return row.intent_id
    parts = [words.money(to_pay(row)), visible(row.intent.reference or "")]
    return " · ".join(part for part in parts if part)


def fields(row: Row, now: datetime) -> list[tuple[str, str]]:
    """Return every field that says something, as pairs of name and value."""
    found = [(tr("Payment"), row.intent_id)]
    intent = row.intent
    if intent is not None:
        found += [
            (tr("Dojo’s status"), visible(intent.status)),
            (tr("Amount"), words.money(intent.amount)),
            (tr("Total to pay"), words.money(intent.total_amount)),
            (tr("Reference"), visible(intent.reference or "–")),
            (tr("Description"), visible(intent.description or "–")),
            (tr("Created"), _creation(row, now)),
            (tr("Last change"), words.moment(intent.updated_at)),
            (tr("Expires"), _expiry(intent)),
            (tr("Once paid"), _capture(intent)),
        ]
    if row.may_be_cut:
        found.append((tr("Note"), tr("This ID may be cut short or mistyped.")))
    found.append((tr("From"), "\n".join(places(row.places)) or "–"))
    return [(name, value) for name, value in found if value != "–"]


def _creation(row: Row, now: datetime) -> str:
    when = words.moment(row.intent.created_at if row.intent else None)
    age = words.age(row, now)
    return when if age in when else f"{when} ({age})"  # an old one's age is its date


def _expiry(intent: Intent) -> str:
    if intent.expires_at is None:
        return "–"  # nor is it known when it was created
    if intent.expire_at is None:
        return tr("30 days after it was created")
    return words.moment(intent.expire_at)


def _capture(intent: Intent) -> str:
    """Return what is unusual about how the money is taken, which explains a state to come."""
    if intent.capture_mode != "Manual":
        return "–"
    return tr("the card is only authorised; the money is taken later")


def places(all_places: Iterable[Place], most: int = 5) -> list[str]:
    """Return where an id came from, in words, at most so many."""
    listed = [place(one) for one in all_places]
    if len(listed) <= most:
        return listed
    return [*listed[:most], tr("and %Ln more place(s)", "", len(listed) - most)]


def place(one: Place) -> str:
    """Return one place in words."""
    parts = [visible(one.source) if one.source else tr("Pasted text")]
    if one.part:
        parts.append(visible(one.part))
    if one.sheet:
        parts.append(tr("sheet %1").replace("%1", visible(one.sheet)))
        cell = f"{_letters(one.column)}{one.line}" if one.column is not None else str(one.line)
        parts.append(cell)
    else:
        parts.append(tr("line %1").replace("%1", words.number(one.line)))
        if one.column is not None:
            parts.append(tr("column %1").replace("%1", words.number(one.column)))
    return ", ".join(parts)


def _letters(column: int) -> str:
    """Return a column's name as spreadsheets have it: A, B, …, Z, AA."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def timeline(row: Row, now: datetime) -> list[str]:
    """Return what happened to the row, a line each, with the time."""
    told = [(event.at, _what(event)) for event in row.events]
    if row.added_at is not None:
        told.insert(0, (row.added_at, tr("added")))
    return [f"{words.to_the_second(at, now)}  {what}" for at, what in told]


def _what(event: Event) -> str:
    match event:
        case Checked(answer=answer):
            return tr("checked: %1").replace("%1", _said(answer))
        case FoundElsewhere(profile=profile):
            return tr("known with the key of “%1”").replace("%1", visible(profile))
        case PlanMade():
            return tr("confirmed")
        case AttemptStarted(number=number):
            return tr("cancel sent (try %1)").replace("%1", str(number))
        case Answered(answer=Intent()):
            return tr("answer: cancelled")
        case Answered(answer=Problem() as problem):
            return tr("answer: %1").replace("%1", words.reason(problem))
        case ReadBack(answer=answer):
            return tr("looked up again: %1").replace("%1", _said(answer))
        case NotRecorded():
            return tr("that could not be written to the journal")
        case NotSent():
            return tr("given up, not sent")
        case RunEnded():
            return tr("the run ended")
    return ""


def _said(answer: Intent | Problem) -> str:
    if isinstance(answer, Problem):
        return words.reason(answer)
    if answer.status == Status.CREATED:
        return tr("not paid yet")
    return visible(answer.status)


def technical(row: Row) -> str:
    """Return the technical side of the last problem, for whoever asks for it; may be empty."""
    problem = row.problem or row.refusal
    if problem is None:
        return ""
    parts = [
        f"HTTP {problem.http_status}" if problem.http_status else "",
        visible(problem.words),
        visible(problem.technical),
        f"traceId {visible(problem.trace_id)}" if problem.trace_id else "",
    ]
    return "\n".join(part for part in parts if part)


def advice(row: Row) -> str:
    """Return what to do about a row; where it is over and done with, that nothing is left."""
    text = words.next_step(row)
    return text or (tr("Nothing, it can’t be paid any more.") if row.state in _OVER else "")


def is_urgent(row: Row) -> bool:
    """Tell whether the advice is about something that is not as the operator wants it."""
    as_wanted = row.state is State.READY and not row.changed_lately
    return bool(words.next_step(row)) and not as_wanted


def for_ticket(row: Row) -> str:
    """Return one row's facts to paste in a ticket, without anything secret."""
    why, problem = words.explanation(row), row.problem or row.refusal
    facts = [
        (tr("Payment"), row.intent_id),
        (tr("Amount"), words.money(to_pay(row))),
        (tr("Reference"), reference(row)),
        (tr("State"), words.lasting_state(row)),
        (tr("When"), words.moment(_last_heard(row))),
        (tr("Why"), why),
        (tr("What to do"), advice(row)),
    ]
    if problem is not None:
        if visible(problem.words) not in why:
            facts.append((tr("Dojo’s words"), problem.words))
        facts.append(("traceId", problem.trace_id))
    return "\n".join(f"{name}: {clean(value)}" for name, value in facts if value)


def _last_heard(row: Row) -> datetime | None:
    return row.events[-1].at if row.events else row.added_at
