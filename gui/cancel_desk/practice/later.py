"""Effects that come after their answer was lost."""

import heapq
import itertools
import math
import threading
import time
from collections.abc import Callable


class Later:
    """Does things when their time has come, one after another, on a thread of its own."""

    def __init__(self) -> None:
        """No thread is started before there is something to do."""
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._busy = False
        self._closed = False

    def call(self, seconds: float, action: Callable[[], None]) -> None:
        """Has `action` done in so many seconds, unless this is closed before."""
        with self._changed:
            if self._closed:
                return
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._numbers), action))
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name="practice late effects", daemon=True
                )
                self._thread.start()
            self._changed.notify_all()

    def hurry(self) -> None:
        """Has everything that is pending done now, in its order."""
        with self._changed:
            in_order = enumerate(sorted(self._due))
            self._due = [(-math.inf, number, action) for number, (_, _, action) in in_order]
            self._changed.notify_all()

    def wait(self, timeout: float) -> bool:
        """Whether nothing is pending any more, within `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._due and not self._busy, timeout)

    def close(self) -> None:
        """Drops what is pending and ends the thread."""
        with self._changed:
            self._closed = True
            self._due.clear()
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                while not self._closed and not (self._due and self._wait_time() <= 0):
                    self._changed.wait(self._wait_time() if self._due else None)
                if self._closed:
                    return
                _, _, action = heapq.heappop(self._due)
                self._busy = True
            action()

    def _wait_time(self) -> float:
        return self._due[0][0] - time.monotonic()
