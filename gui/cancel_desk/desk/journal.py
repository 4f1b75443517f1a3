"""The list of what happened in all runs: what it does, how it fails, and one in memory."""

import threading
from collections.abc import Sequence
from typing import Protocol

from cancel_desk.desk.events import Event


class JournalError(Exception):
    """An event could not be kept. What it announces must not be done."""


class DamageError(Exception):
    """What is in the journal is not what was written: broken, edited, or of a newer format.

    `run` and `number` name the first entry that is wrong, where that is known.
    """

    def __init__(self, what: str, run: str = "", number: int | None = None) -> None:
        super().__init__(what)
        self.run = run
        self.number = number


class Journal(Protocol):
    """Where the engine writes before it acts."""

    def append(self, event: Event) -> None:
        """Keep an event; return when it is safe. May be called from any thread.

        Raises:
            JournalError: it could not be kept.
        """


class MemoryJournal:
    """A journal that ends with the program."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._lock = threading.Lock()

    def append(self, event: Event) -> None:
        """Keep an event."""
        with self._lock:
            self._events.append(event)

    def events(self) -> Sequence[Event]:
        """Return everything kept, in order."""
        with self._lock:
            return tuple(self._events)
