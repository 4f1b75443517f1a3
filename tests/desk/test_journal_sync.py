"""What is acknowledged is on the disk: each transaction of the journal is synced as it ends.

No test can cut the power. This one asks SQLite, on the very connection that writes and at the
moment of each commit, how it is going to keep what it was given.
"""

import sqlite3
from functools import partial

from cancel_desk.desk.events import AttemptStarted, PlanMade
from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.desk.plan import PlannedRow

from .facts import NOON, RUN, a_plan, an_id

FULL = 2  # what SQLite calls it; EXTRA is 3, NORMAL 1


def test_every_commit_waits_for_the_disk(tmp_path, monkeypatch):
    commits = []

    class Witness(sqlite3.Connection):
        def execute(self, statement, *values):
            if statement == "COMMIT":
                commits.extend(super().execute("PRAGMA synchronous").fetchone())
            return super().execute(statement, *values)

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Witness))
    journal = JournalFile(tmp_path / "journal.sqlite")
    commits.clear()
    journal.append(PlanMade(at=NOON, plan=a_plan([PlannedRow(an_id(), None, None, NOON)])))
    for number in range(1, 4):
        journal.append(AttemptStarted(at=NOON, run_id=RUN, intent_id=an_id(), number=number))
        assert len(commits) == 1 + number
    journal.close()
    assert min(commits) >= FULL
