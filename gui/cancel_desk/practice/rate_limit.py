"""The brake of a gateway: so many requests a second, and no more."""

import threading
import time
from collections.abc import Callable


class TokenBucket:
    """Lets `burst` requests through at once and `per_second` more each second."""

    def __init__(
        self, per_second: float, burst: int = 1, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` gives seconds and never goes back."""
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens = float(burst)
        self._counted_at = clock()

    def take(self) -> bool:
        """Whether one more request may pass now; if so, it is counted."""
        with self._lock:
            now = self._clock()
            gained = (now - self._counted_at) * self._per_second
            self._tokens = min(self._burst, self._tokens + gained)
            self._counted_at = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True
