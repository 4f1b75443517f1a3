"""Threads that do the same work, started when there is need of one more."""

import itertools
import threading
from collections.abc import Callable


class Crew:
    """The threads of one piece of work.

    Args:
        work: what each of them does, until there is no more to do; given the crew.
        most: how many there may be.
    """

    def __init__(self, work: Callable[["Crew"], None], most: int) -> None:
        self._work = work
        self._most = most
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()

    def grow_to(self, count: int) -> None:
        """Have so many threads; from the work itself, or before it.

        Raises:
            RuntimeError: the system has no thread left.
        """
        count = min(count, self._most)
        if len(self._threads) >= count:
            return
        with self._starting:
            for number in range(len(self._threads), count):
                thread = threading.Thread(target=self._work, args=(self,), name=f"engine-{number}")
                thread.start()
                self._threads.append(thread)

    def join(self) -> None:
        """Wait until all have ended, those too that are started meanwhile."""
        for place in itertools.count():
            # Whoever starts one is still at work then, so none is missed.
            if place >= len(self._threads):
                return
            self._threads[place].join()
