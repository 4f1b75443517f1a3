"""Which row is next: those that come again when they are due, then those not begun, in order."""

import heapq
import itertools
from collections import deque
from collections.abc import Iterable

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.pace import Control
from cancel_desk.desk.row import Row


class Schedule:
    """Hands each row to one thread at a time.

    Shared by the threads of one piece of work. Over when every row was finished, or on a stop.
    A row that was begun goes before those that were not, so that what was read is still fresh
    when it is acted on, and what is unknown is looked up in time, however long the list.
    """

    def __init__(self, rows: Iterable[Row], clock: Clock, control: Control) -> None:
        self._clock = clock
        self._control = control
        self._new = deque(rows)
        self._again: list[tuple[float, int, Row]] = []  # a heap by due time
        self._count = itertools.count()
        self._unfinished = len(self._new)

    @property
    def is_done(self) -> bool:
        """Tell whether every row was finished."""
        return not self._unfinished

    def take(self) -> Row | None:
        """Wait for a row that is due and take it; None when there will be no more."""
        with self._control.changed:
            while self._unfinished and not self._control.stopping:
                now = self._clock.monotonic()
                if self._again and self._again[0][0] <= now:
                    return heapq.heappop(self._again)[2]
                if self._new:
                    return self._new.popleft()
                wait = self._again[0][0] - now if self._again else None
                self._clock.wait(self._control.changed, wait)
        return None

    def put_back(self, row: Row, seconds: float) -> None:
        """Let the row come again, so many seconds from now."""
        with self._control.changed:
            due = self._clock.monotonic() + seconds
            heapq.heappush(self._again, (due, next(self._count), row))
            self._control.changed.notify_all()

    def finish(self) -> None:
        """Note that a row that was taken won't come again."""
        with self._control.changed:
            self._unfinished -= 1
            if not self._unfinished:
                self._control.changed.notify_all()
