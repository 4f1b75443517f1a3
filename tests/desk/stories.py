"""Runs as the journal knows them, and what is done to its file from outside."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cancel_desk.desk.events import (
    Answered,
    AttemptStarted,
    EndReason,
    Event,
    NotSent,
    PauseReason,
    PlanMade,
    ReadBack,
    RunClosed,
    RunEnded,
    RunPaused,
    RunResumed,
)
from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.desk.plan import Plan, PlannedRow
from cancel_desk.desk.profiles import Environment
from cancel_desk.dojo.intent import Intent, Money
from cancel_desk.dojo.problem import Kind, Problem

KEY = bytes(range(32))
NOON = datetime(2026, 5, 17, 12, 0, 0, 123456, tzinfo=UTC)
LATER = NOON + timedelta(days=1)


def an_id(number: int) -> str:
    return f"pi_{number:021}A"


def plan(run_id: str = "a", rows: int = 3, at: datetime = NOON, reason: str = "Ticket 7") -> Plan:
    return Plan(
        rows=tuple(
            PlannedRow(an_id(n), Money(100 * n, "GBP"), f"Order {n} – „é“ \u202e", at)
            for n in range(rows)
        ),
        profile="Leeds shop",
        environment=Environment.LIVE,
        key_hint="x9Rk",
        operator="sam",
        reason=reason,
        made_at=at,
        run_id=run_id,
    )


def story(run_id: str = "a", rows: int = 3, at: datetime = NOON, **of_plan: str) -> list[Event]:
    """A run with an event of every kind that an engine tells of."""
    intent = Intent(
        an_id(0),
        "Canceled",
        capture_mode="Auto",
        amount=Money(2**62, "EUR"),
        total_amount=None,
        reference="Order 0",
        created_at=at,
        read_at=at,
    )
    problem = Problem(Kind.RATE_LIMITED, 429, "Too many", "Wait", "00-ab", 1.5, "technical")
    row = {"at": at, "run_id": run_id}
    return [
        PlanMade(at=at, plan=plan(run_id, rows, at, **of_plan)),
        AttemptStarted(intent_id=an_id(0), number=1, **row),
        Answered(intent_id=an_id(0), answer=problem, **row),
        RunPaused(reason=PauseReason.RATE_LIMITED, until=at, **row),
        RunResumed(**row),
        AttemptStarted(intent_id=an_id(0), number=2, **row),
        Answered(intent_id=an_id(0), answer=intent, **row),
        ReadBack(intent_id=an_id(1), answer=Problem(Kind.NOT_FOUND, 404), **row),
        NotSent(intent_id=an_id(2), problem=problem, **row),
        RunPaused(reason=PauseReason.OPERATOR, until=None, **row),
        RunEnded(reason=EndReason.STOPPED, **row),
    ]


def closed(run_id: str = "a", **options: object) -> list[Event]:
    """The same, and nothing of it needs care any more."""
    return [*story(run_id, **options), RunClosed(at=LATER, run_id=run_id)]


def write(path: Path, *events: Event, key: bytes = KEY) -> None:
    journal = JournalFile(path, key)
    for event in events:
        journal.append(event)
    journal.close()


def change(path: Path, statement: str, *values: object) -> None:
    """Change something in the file by hand."""
    with closing(sqlite3.connect(path)) as db, db:
        assert db.execute(statement, values).rowcount > 0
