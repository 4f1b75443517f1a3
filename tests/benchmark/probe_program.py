"""Cancel Desk doing the job in its window: `probe_program IN_FLIGHT [--unrecorded]`."""

import json
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from functools import wraps

from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.desk.row import State

from .program import Program
from .server import Place


class Waiting:
    """Adds up what the engine's threads wait for the journal, in seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._lock = threading.Lock()

    def timed(self, append: Callable[..., None]) -> Callable[..., None]:
        @wraps(append)
        def timed_append(*arguments: object) -> None:
            started = time.perf_counter()
            try:
                append(*arguments)
            finally:
                seconds = time.perf_counter() - started
                with self._lock:
                    self.seconds += seconds

        return timed_append


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("in_flight", type=int)
    parser.add_argument("--unrecorded", action="store_true")
    options = parser.parse_args()
    place = Place.from_json(sys.stdin.read())
    waiting = Waiting()
    with Program(place, in_flight=options.in_flight) as program:
        if options.unrecorded:
            JournalFile.append = lambda _self, _event: None
        else:
            JournalFile.append = waiting.timed(JournalFile.append)
        started, cpu = time.perf_counter(), time.process_time()
        program.add(place.ids)
        program.wait_for_check()
        program.cancel_all()
        took = {
            "wall": time.perf_counter() - started,
            "cpu": time.process_time() - cpu,
            "waited": waiting.seconds,
        }
        if program.counts[State.CANCELLED] != len(place.ids):
            sys.exit(f"not all were cancelled: {dict(program.counts)}")
    print(json.dumps(took))


if __name__ == "__main__":
    main()
