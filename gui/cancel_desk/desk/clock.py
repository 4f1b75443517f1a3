"""Time, as the work counts it: one place to ask, so that tests can let it pass faster."""

import threading
import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Wall clock, monotonic clock and waiting, all at one speed.

    Args:
        speed: seconds that pass here for each real one. 1 in the program; a test of rules that
            speak of minutes takes thousands and changes no rule.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._born = datetime.now(UTC)
        self._zero = time.monotonic()

    def now(self) -> datetime:
        """Return the time of day, UTC, for people and for the journal."""
        if self._speed == 1.0:
            return datetime.now(UTC)
        return self._born + timedelta(seconds=self.monotonic() - self._zero)

    def monotonic(self) -> float:
        """Return seconds from some fixed moment, for measuring: never set back."""
        return self._zero + (time.monotonic() - self._zero) * self._speed

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        """Wait on a condition that is held, at most `seconds`; for ever where None."""
        condition.wait(None if seconds is None else max(seconds, 0.0) / self._speed)
