"""What an earlier program left behind: runs that were interrupted, payments still unknown."""

import logging
from dataclasses import dataclass
from datetime import datetime

from cancel_desk.desk.events import EndReason, Event, PlanMade, RowEvent, RunDismissed, RunEnded
from cancel_desk.desk.journal_file import JournalFile, Run
from cancel_desk.desk.plan import Plan
from cancel_desk.desk.row import IllegalTransitionError, Row, State

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovered:
    """A run that is not over for the operator, and its rows as the journal tells of them.

    `interrupted` means that the operator has not been told, or has not decided; otherwise only
    the rows are given whose fate is unknown.
    """

    plan: Plan
    rows: tuple[Row, ...]
    interrupted: bool


def recover(journal: JournalFile, now: datetime) -> list[Recovered]:
    """Find what needs care, oldest run first, and end in the journal what did not come to its end.

    Nothing is sent by this, and nothing is guessed: an attempt without an outcome is unknown.

    Raises:
        JournalError: the end of a run could not be written.
    """
    return [found for run in journal.runs if (found := _recover(journal, run, now))]


def _recover(journal: JournalFile, run: Run, now: datetime) -> Recovered | None:
    events = list(run.events)
    ends = [event for event in events if isinstance(event, RunEnded)]
    if not ends:
        ends = [RunEnded(at=now, run_id=run.run_id, reason=EndReason.INTERRUPTED)]
        journal.append(ends[0])
        events += ends
    begun, *told = events
    assert isinstance(begun, PlanMade)  # noqa: S101 - the journal has made sure of it
    rows = _replay(begun, told)
    was_dismissed = any(isinstance(event, RunDismissed) for event in told)
    if ends[0].reason is EndReason.INTERRUPTED and not was_dismissed:
        return Recovered(begun.plan, tuple(rows), interrupted=True)
    unknown = tuple(row for row in rows if row.state is State.UNKNOWN)
    return Recovered(begun.plan, unknown, interrupted=False) if unknown else None


def _retell(rows: dict[str, Row], event: RowEvent) -> None:
    """Let an event take its effect again.

    One that can't follow from what was kept shows that something before it could not be kept (a
    full disk). It is left out: the row then ends in a state that claims less, and is read again.
    """
    try:
        rows[event.intent_id].apply(event)
    except (IllegalTransitionError, KeyError):
        _log.warning("left out of %s: %s", event.intent_id, type(event).__name__)


def _replay(begun: PlanMade, told: list[Event]) -> list[Row]:
    """Return the plan's rows as all that happened has left them."""
    rows = {planned.intent_id: Row.of_plan(planned, begun) for planned in begun.plan.rows}
    for event in told:
        if isinstance(event, RowEvent):
            _retell(rows, event)
        elif isinstance(event, RunEnded):
            for row in rows.values():
                if row.in_run:
                    row.apply(event)
    return list(rows.values())
