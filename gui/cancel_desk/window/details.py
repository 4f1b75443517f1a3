"""What is known about one row, as lines of text."""

from collections.abc import Iterable
from datetime import datetime

from cancel_desk.desk.batch import to_pay
from cancel_desk.desk.events import (
    Answered,
    AttemptStarted,
    Checked,
    Event,
    NotRecorded,
    NotSent,
    PlanMade,
    ReadBack,
    RunEnded,
)
from cancel_desk.desk.intake.readers import Place
from cancel_desk.desk.row import Row
from cancel_desk.dojo.intent import Intent, Status
from cancel_desk.dojo.problem import Problem
from cancel_desk.window import words
from cancel_desk.window.plain import visible
from cancel_desk.window.translation import tr


def heading(row: Row) -> str:
    """Return amount and reference, or the id where nothing else is known."""
    if row.intent is None:
        return row.intent_id
    parts = [words.money(to_pay(row)), visible(row.intent.reference or "")]
    return " · ".join(part for part in parts if part)


def fields(row: Row, now: datetime) -> list[tuple[str, str]]:
    """Return every field there is, as pairs of name and value."""
    found = [(tr("Payment"), row.intent_id)]
    intent = row.intent
    if intent is not None:
        found += [
            (tr("Status"), visible(intent.status)),
            (tr("Amount"), words.money(intent.amount)),
            (tr("Total to pay"), words.money(intent.total_amount)),
            (tr("Reference"), visible(intent.reference or "–")),
            (tr("Description"), visible(intent.description or "–")),
            (tr("Created"), f"{words.moment(intent.created_at)} ({words.age(row, now)})"),
            (tr("Last change"), words.moment(intent.updated_at)),
            (tr("Expires"), _expiry(intent)),
            (tr("Capture"), visible(intent.capture_mode or "–")),
        ]
    if row.may_be_cut:
        found.append((tr("Note"), tr("This ID may be cut short or mistyped.")))
    found.append((tr("From"), "\n".join(places(row.places)) or "–"))
    return found


def _expiry(intent: Intent) -> str:
    if intent.expire_at is None:
        return tr("30 days after it was created")
    return words.moment(intent.expire_at)


def places(all_places: Iterable[Place], most: int = 5) -> list[str]:
    """Return where an id came from, in words, at most so many."""
    listed = [place(one) for one in all_places]
    if len(listed) <= most:
        return listed
    return [*listed[:most], tr("and %Ln more place(s)", "", len(listed) - most)]


def place(one: Place) -> str:
    """Return one place in words."""
    text = visible(one.source) if one.source else tr("Pasted text")
    text += ", " + tr("line %1").replace("%1", words.number(one.line))
    if one.column is not None:
        text += ", " + tr("column %1").replace("%1", words.number(one.column))
    return text


def timeline(row: Row) -> list[str]:
    """Return what happened to the row, a line each, with the time."""
    told = [(event.at, _what(event)) for event in row.events]
    if row.added_at is not None:
        told.insert(0, (row.added_at, tr("added")))
    return [f"{_clock(at)}  {what}" for at, what in told]


def _clock(at: datetime) -> str:
    return at.astimezone().strftime("%H:%M:%S")


def _what(event: Event) -> str:
    match event:
        case Checked(answer=answer):
            return tr("checked: %1").replace("%1", _said(answer))
        case PlanMade():
            return tr("you confirmed it")
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
