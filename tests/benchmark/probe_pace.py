"""The engine at a server that limits: `probe_pace IN_FLIGHT`; prints {"wall": seconds}.

All but the window: the engine, a client in each of its threads, TLS, and the durable journal.
"""

import json
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.desk.facts import a_plan

from cancel_desk.desk.batch import Batch, planned_rows
from cancel_desk.desk.clock import Clock
from cancel_desk.desk.engine import Engine
from cancel_desk.desk.events import EndReason, Event
from cancel_desk.desk.intake.find_ids import Found
from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.desk.pace import Control
from cancel_desk.desk.row import State
from cancel_desk.dojo.client import Client
from cancel_desk.dojo.key import ApiKey
from cancel_desk.dojo.transport import tls_context

from .server import ROOT, Place

FOLDER = ROOT / "build"  # on a disk, as the operator's own; the system's may be in memory


class Desk:
    """Checks all payments, then cancels them, as fast as it finds out that it may."""

    def __init__(self, place: Place, journal: JournalFile, in_flight: int) -> None:
        context = tls_context()
        context.load_verify_locations(place.authority_file)
        self._clock = Clock()
        self._engine = Engine(
            lambda: Client(ApiKey(place.key), place.url, context),
            journal,
            self._take,
            self._clock,
            in_flight,
        )
        self._lock = threading.Lock()
        self._batch = Batch()
        self._batch.add([Found(intent_id, (), False) for intent_id in place.ids])

    def _take(self, event: Event) -> None:
        with self._lock:
            self._batch.apply([event])

    def work(self) -> None:
        """Do it all.

        Raises:
            RuntimeError: not every payment was cancelled.
        """
        rows = [row.intent_id for row in self._batch.rows]
        ends = [self._engine.check(rows, Control())]
        plan = a_plan(planned_rows(self._batch.ticked()), at=self._clock.now())
        ends.append(self._engine.carry_out(plan, Control()))
        if {*ends} != {EndReason.DONE} or self._batch.counts[State.CANCELLED] != len(rows):
            raise RuntimeError(f"it ended with {ends}, {+self._batch.counts}")


def main() -> None:
    place = Place.from_json(sys.stdin.read())
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=FOLDER) as folder:
        journal = JournalFile(Path(folder) / "journal.sqlite")
        desk = Desk(place, journal, int(sys.argv[1]))
        started = time.perf_counter()
        desk.work()
        wall = time.perf_counter() - started
        journal.close()
    print(json.dumps({"wall": wall}))


if __name__ == "__main__":
    main()
