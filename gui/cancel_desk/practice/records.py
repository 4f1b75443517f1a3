"""What arrived and what came of it: the oracle that tests compare a program's story with."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from cancel_desk.practice.wire import Request


@dataclass(slots=True)
class Record:
    """One request. Header values and bodies are not kept: they hold keys and personal data.

    `target` is the raw path and query, `intent_id` the raw part of the path that names an
    intent, `arrived` is in seconds of the monotonic clock. `status` is None while there is
    no answer and for ever if none was sent. `faults` names what struck it, outermost first.
    """

    method: str
    target: str
    intent_id: str | None
    header_names: tuple[str, ...]
    arrived: float
    status: int | None = None
    faults: tuple[str, ...] = ()


class Ledger:
    """Counters that are exact, and the newest records. Safe to use from any thread."""

    _KEPT = 100_000

    def __init__(self) -> None:
        """Starts empty."""
        self._changed = threading.Condition()
        self._records: deque[Record] = deque(maxlen=self._KEPT)
        self._header_names: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._deletes: Counter[str] = Counter()
        self._effects: Counter[str] = Counter()
        self._requests = 0
        self._in_flight = 0
        self._max_in_flight = 0

    def arrive(self, request: Request) -> Record:
        """Notes a request; each must `leave` again."""
        with self._changed:
            names = self._header_names.setdefault(request.header_names, request.header_names)
            intent_id = request.intent_id
            record = Record(request.method, request.target, intent_id, names, time.monotonic())
            self._records.append(record)
            if request.method == "DELETE" and intent_id is not None:
                self._deletes[intent_id] += 1
            self._requests += 1
            self._in_flight += 1
            self._max_in_flight = max(self._max_in_flight, self._in_flight)
            self._changed.notify_all()
            return record

    def strike(self, record: Record, fault: str) -> None:
        """Notes that a fault struck the request."""
        with self._changed:
            record.faults += (fault,)
            self._changed.notify_all()

    def took_effect(self, intent_id: str) -> None:
        """Notes that a DELETE cancelled the intent."""
        with self._changed:
            self._effects[intent_id] += 1
            self._changed.notify_all()

    def answer(self, record: Record, status: int) -> None:
        """Notes the status that is about to be sent."""
        with self._changed:
            record.status = status
            self._changed.notify_all()

    def leave(self) -> None:
        """Notes that one request is no longer in flight."""
        with self._changed:
            self._in_flight -= 1
            self._changed.notify_all()

    @property
    def records(self) -> tuple[Record, ...]:
        """The newest 100,000, oldest first, as they are now."""
        with self._changed:
            return tuple(replace(record) for record in self._records)

    @property
    def requests(self) -> int:
        """How many have arrived."""
        with self._changed:
            return self._requests

    @property
    def max_in_flight(self) -> int:
        """How many were being handled at once, at most."""
        with self._changed:
            return self._max_in_flight

    def deletes(self, intent_id: str) -> int:
        """How many DELETEs have arrived for the intent."""
        with self._changed:
            return self._deletes[intent_id]

    def effects(self, intent_id: str) -> int:
        """How many DELETEs have cancelled the intent."""
        with self._changed:
            return self._effects[intent_id]

    def deletes_by_id(self) -> dict[str, int]:
        """How many DELETEs have arrived, by id."""
        with self._changed:
            return dict(self._deletes)

    def effects_by_id(self) -> dict[str, int]:
        """How many DELETEs have cancelled something, by id."""
        with self._changed:
            return dict(self._effects)

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Whether the condition came true within `timeout` seconds.

        It is looked at whenever something is noted here.
        """
        with self._changed:
            return self._changed.wait_for(condition, timeout)
