"""A journal with one finished run, for the test of the package: a_journal.py write|read FILE."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from cancel_desk.desk.events import EndReason, PlanMade, RunClosed, RunEnded
from cancel_desk.desk.history import History, PastRun
from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.desk.plan import Plan, PlannedRow
from cancel_desk.desk.profiles import Environment
from cancel_desk.dojo.intent import Money

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
ROW = PlannedRow("pi_sandbox_0000000000000000000001", Money(1000, "GBP"), "Order 1", NOW)
PLAN = Plan(
    (ROW,), "Leeds shop", Environment.SANDBOX, "abcd", "Sam", "ticket 7", NOW, run_id="the run"
)


def write(path: Path) -> None:
    path.unlink(missing_ok=True)
    journal = JournalFile(path)
    journal.append(PlanMade(at=NOW, plan=PLAN))
    journal.append(RunEnded(at=NOW, run_id=PLAN.run_id, reason=EndReason.DONE))
    journal.append(RunClosed(at=NOW, run_id=PLAN.run_id))
    journal.close()


def read(path: Path) -> None:
    """Fail unless the run is there as it was written."""
    past = History(path).read(PLAN.run_id)
    if not isinstance(past, PastRun) or past.damage is not None or past.plan != PLAN:
        sys.exit(f"The run is not as it was written: {past}")


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]](Path(sys.argv[2]))
