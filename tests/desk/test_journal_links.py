"""Each entry is sealed together with the one before, so no true entry fits into another story."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from cancel_desk.desk.events import Answered, AttemptStarted, PlanMade
from cancel_desk.desk.journal import DamageError
from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.desk.plan import PlannedRow
from cancel_desk.dojo.problem import Kind, Problem

from .facts import NOON, RUN, a_plan, an_id, intent

KEY = bytes(range(32))


def write(path, *events):
    journal = JournalFile(path, KEY)
    for event in events:
        journal.append(event)
    journal.close()


def answered(answer):
    return Answered(at=NOON, run_id=RUN, intent_id=an_id(), answer=answer)


def test_an_entry_of_another_story_of_the_same_run_is_out_of_place(tmp_path):
    """Its run, its number and its own seal are right: only what comes after it tells."""
    path, other = tmp_path / "journal.sqlite", tmp_path / "other.sqlite"
    again = AttemptStarted(at=NOON, run_id=RUN, intent_id=an_id(), number=2)
    write(
        path,
        PlanMade(at=NOON, plan=a_plan([PlannedRow(an_id(), None, None, NOON)])),
        AttemptStarted(at=NOON, run_id=RUN, intent_id=an_id(), number=1),
    )
    shutil.copy(path, other)
    write(path, answered(Problem(Kind.RATE_LIMITED)), again)
    write(other, answered(intent("Canceled")), again)
    entry = "FROM events WHERE run = ? AND number = 2"
    with closing(sqlite3.connect(other)) as db:
        body, seal = db.execute(f"SELECT body, seal {entry}", [RUN]).fetchone()
    with closing(sqlite3.connect(path)) as db, db:
        place = "WHERE run = ? AND number = 2"
        db.execute(f"UPDATE events SET body = ?, seal = ? {place}", [body, seal, RUN])
    with pytest.raises(DamageError) as damage:
        JournalFile(path, KEY)
    assert (damage.value.run, damage.value.number) == (RUN, 3)
