"""The work on the payments of a server that is named on the standard input.

Prints one JSON object: `wall`, the seconds that checking and cancelling take in engine, journal,
worker and window, and `cpu`, those of them in which this process was at work. The first `FIRST`
payments are not counted: with them everything is done once that is done only once.

By the time a great many have been checked, the first of them have been checked too long ago to be
cancelled without another look. So that few and many do the same work, an hour passes before each
run, however many they are: each payment takes two reads and one cancel.
"""

import json
import os
import shutil
import sys
import time
from datetime import datetime, timedelta

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.row import State
from cancel_desk.window.jobs import Jobs

from .program import Program
from .server import Place

FAST = 1e6  # requests a second: as many as there can be
IN_FLIGHT = 16
FIRST = 50


class LaterClock(Clock):
    """A clock that can be put forward."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the time of day, UTC."""
        return super().now() + self.ahead


class Stopwatch:
    """Adds up how long jobs are under way."""

    def __init__(self, jobs: Jobs) -> None:
        self.wall = self.cpu = 0.0
        jobs.began.connect(self._start)
        jobs.ended.connect(self._stop)

    def _start(self, _job: object) -> None:
        self.wall -= time.perf_counter()
        self.cpu -= time.process_time()

    def _stop(self, _job: object, _reason: object) -> None:
        self.wall += time.perf_counter()
        self.cpu += time.process_time()


def main() -> None:
    place = Place.from_json(sys.stdin.read())
    clock = LaterClock()
    program = Program(place, in_flight=IN_FLIGHT, clock=clock, a_second=FAST)
    _do(program, clock, place.ids[:FIRST])
    program.window.model.remove(list(program.window.batch.rows))
    watch = Stopwatch(program.window.findChild(Jobs))
    _do(program, clock, place.ids[FIRST:])
    shutil.rmtree(program.folder, ignore_errors=True)
    print(json.dumps({"wall": watch.wall, "cpu": watch.cpu}), flush=True)


def _do(program: Program, clock: LaterClock, ids: list[str]) -> None:
    program.add(ids)
    program.wait_for_check()
    clock.ahead += timedelta(hours=1)
    program.cancel_all()
    if program.counts[State.CANCELLED] != len(ids):
        sys.exit(f"not all were cancelled: {dict(program.counts)}")


if __name__ == "__main__":
    main()
    os._exit(0)
