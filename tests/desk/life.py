"""The life of a program: everything there is but the window, from its start to its end.

Run as a program, this is where lives begin that are to be killed: it imports everything once and
forks for each job that it reads (a line of JSON), so that a life costs milliseconds.
"""

import gc
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from cancel_desk.desk.batch import Batch, planned_rows
from cancel_desk.desk.clock import Clock
from cancel_desk.desk.engine import Engine
from cancel_desk.desk.events import EndReason, Event, RunDismissed
from cancel_desk.desk.intake.find_ids import Found
from cancel_desk.desk.journal import Journal
from cancel_desk.desk.journals import Journals
from cancel_desk.desk.pace import Control
from cancel_desk.desk.plan import Plan
from cancel_desk.desk.profiles import Environment, Profile
from cancel_desk.desk.row import State
from cancel_desk.desk.settle import wait_before
from cancel_desk.dojo.client import Client
from cancel_desk.dojo.intent import Intent
from cancel_desk.dojo.key import ApiKey
from cancel_desk.dojo.problem import Problem
from cancel_desk.log import start_log

SHOP = Profile("b" * 32, "Shop", Environment.SANDBOX, "abcd", verified=True)
SEAL_KEY = bytes(range(32))
SPEED = 400.0  # a minute is 150 ms
DEADLINE = 0.8  # for a whole request, in real seconds
READS = 3  # looks at what is unknown before the operator is asked

Step = Callable[[str], None]


class Program:
    """What the window works with, put together as it does that.

    Args:
        path: the journal's file.
        connect: opens the API; called in each thread.
        step: called with a name before and after everything that is kept.
        in_flight: requests under way at once.
        speed: of the clock.
    """

    def __init__(
        self,
        path: Path,
        connect: Callable[[], Client],
        step: Step = lambda name: None,
        in_flight: int = 4,
        speed: float = SPEED,
    ) -> None:
        self._journals = Journals(path, lambda: SEAL_KEY, lambda: datetime.now(UTC))
        opened = self._journals.open()
        if opened.damage is not None:
            raise opened.damage
        self.recovered = opened.recovered
        self.control = Control()
        self.clock = Clock(speed)
        self.batch = Batch()
        self.events: list[Event] = []
        self._taking = threading.Lock()
        self._journal = _Watched(self._journals.of(SHOP), step)
        self._engine = Engine(connect, self._journal, self._take, self.clock, in_flight, 1e9)
        for found in self.recovered:
            self.batch.restore(row for row in found.rows if row.state is State.UNKNOWN)

    def _take(self, event: Event) -> None:
        with self._taking:
            self.events.append(event)
            self.batch.apply([event])

    def _work(self, work: Callable[[Control], EndReason]) -> EndReason:
        try:
            return work(self.control)
        finally:
            self.control = Control()

    # What it does by itself

    def settle(self, reads: int = READS) -> None:
        """Read what is unknown, a few times, as long apart as it is done by itself."""
        for read in range(reads):
            unknown = self.batch.in_state(State.UNKNOWN)
            if not unknown:
                return
            with self.control.changed:
                self.clock.wait(self.control.changed, wait_before(read))
            run_of = {row.intent_id: row.run_id for row in unknown}
            self._work(lambda control, run_of=run_of: self._engine.read_back(run_of, control))

    # What the operator does

    def go_on(self) -> None:
        """Have all that was interrupted back in the list."""
        for found in self.recovered:
            if found.interrupted:
                self._journal.append(RunDismissed(at=self.clock.now(), run_id=found.plan.run_id))
                self.batch.restore(found.rows)
        self.recovered = ()

    def add(self, ids: Iterable[str]) -> None:
        self.batch.add([Found(intent_id, (), False) for intent_id in ids])

    def check(self) -> EndReason:
        """Look at every payment that may be looked at."""
        ids = [row.intent_id for row in self.batch.rows if row.may_be_checked]
        return self._work(lambda control: self._engine.check(ids, control))

    def carry_out(self) -> EndReason | None:
        """Confirm what is ticked and cancel it; None where nothing is."""
        rows = planned_rows(self.batch.ticked())
        if not rows:
            return None
        plan = Plan(
            rows=rows,
            profile=SHOP.name,
            environment=SHOP.environment,
            key_hint=SHOP.key_hint,
            operator="sam",
            reason="Ticket 7",
            made_at=self.clock.now(),
            profile_id=SHOP.id,
        )
        return self._work(lambda control: self._engine.carry_out(plan, control))

    def close(self) -> None:
        self._journals.close()


class _Watched:
    """A journal that says when it keeps something."""

    def __init__(self, journal: Journal, step: Step) -> None:
        self._journal = journal
        self._step = step

    def append(self, event: Event) -> None:
        name = type(event).__name__
        self._step(f"before {name}")
        self._journal.append(event)
        self._step(f"after {name}")


class _WatchedClient(Client):
    """A client that says when it sends something."""

    step: Step

    def get(self, intent_id: str) -> Intent | Problem:
        self.step("before a read")
        answer = super().get(intent_id)
        self.step("after a read")
        return answer

    def cancel(self, intent_id: str) -> Intent | Problem:
        self.step("before the send")
        answer = super().cancel(intent_id)
        self.step("after the send")
        return answer


class _Scythe:
    """Kills this very process at one of its steps, counted from 1; 0 spares it."""

    def __init__(self, kill_at: int) -> None:
        self._left = kill_at
        self._lock = threading.Lock()

    def __call__(self, name: str) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.write(sys.stdout.fileno(), f"killed {name}\n".encode())
                os.kill(os.getpid(), signal.SIGKILL)


def live(job: dict) -> None:
    """Start, find out what became of what an earlier life left, do the rest, and say what is."""
    folder = Path(job["folder"])
    start_log(folder)
    step = _Scythe(job["kill_at"])
    client = type("Client", (_WatchedClient,), {"step": staticmethod(step)})
    program = Program(
        folder / "journal.sqlite",
        lambda: client(ApiKey(job["key"]), job["url"], deadline=job["deadline"]),
        step,
        job["in_flight"],
        job["speed"],
    )
    program.settle()
    program.go_on()
    program.add(job["ids"])
    program.check()
    program.carry_out()
    program.settle()
    program.close()
    states = {row.intent_id: row.state.value for row in program.batch.rows}
    (folder / "claims.json").write_text(json.dumps(states))


def _begin(job: dict) -> int:
    """Begin a life in a process of its own; return the process's id."""
    child = os.fork()
    if child == 0:
        sys.stdin.close()
        code = 1
        try:
            live(job)
            code = 0
        except BaseException:  # noqa: BLE001 - the border of the process: told by its parent
            (Path(job["folder"]) / "error.txt").write_text(traceback.format_exc())
        finally:
            os._exit(code)
    return child


def main() -> None:
    """Begin a life for each job and say its process's id, then how it ended.

    The dead are buried only when the next job comes: until then nobody else gets their number.
    """
    gc.freeze()
    child = 0
    for line in sys.stdin:
        if child:
            os.waitpid(child, 0)
        child = _begin(json.loads(line))
        print("begun", child, flush=True)
        ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        killed = ended.si_code == os.CLD_KILLED
        print("ended", -ended.si_status if killed else ended.si_status, flush=True)
    if child:
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
