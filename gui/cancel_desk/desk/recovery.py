"""What an earlier program left behind: runs that were interrupted, payments still unknown."""

import logging
from dataclasses import dataclass
from datetime import datetime

from cancel_desk.desk.events import EndReason, Event, PlanMade, RunClosed, RunDismissed, RunEnded
from cancel_desk.desk.history import History, PastRun
from cancel_desk.desk.journal import DamageError
from cancel_desk.desk.journal_file import JournalFile, Run
from cancel_desk.desk.plan import Plan
from cancel_desk.desk.replay import replay
from cancel_desk.desk.row import Row, State

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


def recover(journal: JournalFile, history: History, now: datetime) -> list[Recovered]:
    """Find what needs care, oldest run first; end and close in the journal what can be.

    Nothing is sent by this, and nothing is guessed: an attempt without an outcome is unknown.

    Args:
        journal: to be carried on.
        history: reads the same file.
        now: the time, UTC.

    Raises:
        JournalError: the end of a run could not be written.
    """
    ends = {
        run.run_id: RunEnded(at=now, run_id=run.run_id, reason=EndReason.INTERRUPTED)
        for run in journal.runs
        if not run.ended
    }
    journal.append_all(ends.values())
    recovered, settled = [], []
    for run in journal.runs:
        found = _recover(run, ends.get(run.run_id), history)
        if found.rows:
            recovered.append(found)
        else:
            settled.append(RunClosed(at=now, run_id=run.run_id))
    journal.append_all(settled)
    return recovered


def _recover(run: Run, end: RunEnded | None, history: History) -> Recovered:
    """Return what needs care of a run: no row where nothing does."""
    begun, *told = run.events if end is None else (*run.events, end)
    assert isinstance(begun, PlanMade)  # noqa: S101 - the journal has made sure of it
    rows = replay(begun, told)
    unknown = [row.intent_id for row in rows if row.state is State.UNKNOWN]
    later = _later(history, run.run_id, unknown) if unknown else {}
    if _is_undecided(told):
        rows = tuple(later.get(row.intent_id, row) for row in rows)
        return Recovered(begun.plan, rows, interrupted=True)
    rows = tuple(row for row in rows if row.state is State.UNKNOWN and row.intent_id not in later)
    return Recovered(begun.plan, rows, interrupted=False)


def _is_undecided(told: list[Event]) -> bool:
    """Tell whether a run was interrupted and the operator has not said how it is to go on."""
    reasons = [event.reason for event in told if isinstance(event, RunEnded)]
    decided = any(isinstance(event, RunDismissed) for event in told)
    return reasons[0] is EndReason.INTERRUPTED and not decided


def _later(history: History, run_id: str, unknown: list[str]) -> dict[str, Row]:
    """Return what later runs know of payments that are unknown in this one.

    The last run that did something about a payment counts. One that did not come to it knows no
    more than before.
    """
    known: dict[str, Row] = {}
    try:
        for later_id in history.planned_after(run_id, unknown):
            later = history.read(later_id)
            if isinstance(later, PastRun) and later.damage is None:
                known |= {
                    row.intent_id: row for row in later.rows if row.state is not State.NOT_SENT
                }
    except DamageError:
        _log.warning("later runs can't be searched, so what is unknown stays so", exc_info=True)
    return {intent_id: known[intent_id] for intent_id in unknown if intent_id in known}
