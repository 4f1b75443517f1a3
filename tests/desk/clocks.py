"""A clock that goes on only when someone waits."""

from datetime import datetime, timedelta

from cancel_desk.desk.clock import Clock

from .facts import NOON


class StandingClock(Clock):
    """Waiting takes no time here: it moves the clock. For work of one thread.

    A wait without end is given to `patience`, which has to change something.
    """

    def __init__(self, patience=None) -> None:
        super().__init__()
        self.seconds = 1000.0
        self.patience = patience
        self.waits: list[float | None] = []

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def wait(self, condition, seconds):
        self.waits.append(seconds)
        if seconds is None:
            assert self.patience is not None, "nobody would ever end this wait"
            self.patience()
        else:
            self.seconds += seconds
