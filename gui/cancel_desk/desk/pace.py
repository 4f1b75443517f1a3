"""When a request may start: one after the other, evenly, and not at all for a while when told."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.events import PauseReason
from cancel_desk.desk.throttle import Throttle
from cancel_desk.dojo.problem import Kind

# Troubles that are nobody's in particular: everything waits, not just the payment that met them.
PAUSES = {
    Kind.RATE_LIMITED: PauseReason.RATE_LIMITED,
    Kind.UNAVAILABLE: PauseReason.UNAVAILABLE,
    Kind.UNREACHABLE: PauseReason.UNREACHABLE,
}
# Together, for all threads. Above 200 a second Python's lock makes the window stutter.
REQUESTS_A_SECOND = 150.0

# In seconds. A pause is as long as the server asks, or twice as long each time in a row. One that
# is only asked for fewer requests a second has rested enough in one.
_SHORTEST_HOLD = 1.0
_FIRST_HOLD = {
    PauseReason.RATE_LIMITED: 1.0,
    PauseReason.UNAVAILABLE: 2.0,
    PauseReason.UNREACHABLE: 2.0,
}
_LONGEST_HOLD = 60.0


class Control:
    """What the operator may do to work that is under way. For any thread."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self._stopping = False
        self._pause: PauseReason | None = None

    @property
    def stopping(self) -> bool:
        """True once the work shall end: what is under way ends, nothing new begins."""
        return self._stopping

    @property
    def paused(self) -> PauseReason | None:
        """Why the work waits until `resume`; None while it does not."""
        return self._pause

    def stop(self) -> None:
        """End the work; there is no way back."""
        with self.changed:
            self._stopping = True
            self.changed.notify_all()

    def pause(self, reason: PauseReason = PauseReason.OPERATOR) -> None:
        """Let nothing begin until `resume`."""
        with self.changed:
            self._pause = reason
            self.changed.notify_all()

    def resume(self) -> None:
        """Go on."""
        with self.changed:
            self._pause = None
            self.changed.notify_all()


@dataclass(frozen=True, slots=True)
class Pause:
    """Why nothing starts, and until when (UTC); None: until the operator resumes."""

    reason: PauseReason
    until: datetime | None = None


class Pace:
    """Spaces the starts of requests, and holds all of them back when the far side asks for it.

    There is one pause at a time, or none: the operator's where that is on, else the far side's.
    A thread has one request under way at a time, from its turn until `over` or its next turn;
    what `good`, `hold` and `timed_out` tell of is the one that its last turn was for.

    Args:
        clock: whose time counts.
        control: the work's; a stop ends every wait.
        a_second: requests started per second at the most, all threads together.
        tell: called whenever the pause is another than before, with the new one or None, in the
            thread that notices, one call at a time and before anything starts. Not after a stop.
        in_flight: requests under way at once, at the most.
        throttle: what is known of the server already.
    """

    def __init__(
        self,
        clock: Clock,
        control: Control,
        a_second: float = REQUESTS_A_SECOND,
        tell: Callable[[Pause | None], None] = lambda _pause: None,
        in_flight: int = 1,
        throttle: Throttle | None = None,
    ) -> None:
        self._clock = clock
        self._control = control
        self._tell = tell
        self._telling = threading.Lock()
        self._told: Pause | None = None
        self._throttle = throttle or Throttle()
        self._next = self._throttle.begin(clock.monotonic(), in_flight, a_second)
        # Who is in the doorway watches the clock; the others wait for it to be free.
        self._doorway = threading.Lock()
        self._is_place_wanted = False
        self._under_way = 0
        self._mine = _Mine()
        self._hold: Pause | None = None
        self._held_until = 0.0
        self._holds = 0

    @property
    def in_flight(self) -> int:
        """How many requests may be under way now."""
        return self._throttle.in_flight

    @property
    def holds(self) -> int:
        """How many times in a row all was held back, without a good answer between."""
        return self._holds

    def turn(self) -> bool:
        """Wait until a request may start; False where the work shall end instead."""
        self.over()
        with self._doorway:
            while True:
                with self._control.changed:
                    if self._control.stopping:
                        return False
                    now = self._clock.monotonic()
                    pause = self._pause(now)
                    if pause == self._told:
                        wait = self._seconds_left(pause, now)
                        if wait is not None and wait <= 0:
                            self._start(now)
                            return True
                        self._clock.wait(self._control.changed, wait)
                        continue
                self._tell_change()

    def over(self) -> None:
        """Note that the thread's request is not under way any more, however it ended."""
        if not self._mine.is_under_way:
            return
        with self._control.changed:
            self._mine.is_under_way = False
            self._under_way -= 1
            if self._is_place_wanted:
                self._control.changed.notify_all()

    def hold(self, reason: PauseReason, asked: float | None = None) -> None:
        """Let nothing start for a while: as long as asked, or longer each time in a row.

        Requests that were under way when it began tell of one and the same trouble, which counts
        once; who asks for more time than that gets it.

        Args:
            reason: what the trouble is.
            asked: seconds, where the server named them.
        """
        with self._control.changed:
            now = self._clock.monotonic()
            started = self._started(now)
            self._throttle.refuse(started, now)
            is_new = started >= self._held_until
            if asked is not None:
                seconds = max(asked, _SHORTEST_HOLD)
            elif is_new:
                first = _FIRST_HOLD[reason]
                seconds = min(first * 2.0 ** min(self._holds, 10), _LONGEST_HOLD)
            else:
                return
            if now + seconds <= self._held_until:
                return
            self._holds += is_new
            self._held_until = now + seconds
            self._hold = Pause(reason, self._clock.now() + timedelta(seconds=seconds))
            self._control.changed.notify_all()
        self._tell_change()

    def good(self) -> None:
        """Note an answer without trouble: the next pause is short again."""
        with self._control.changed:
            started = self._started(self._clock.monotonic())
            if started < self._held_until:
                return  # no sign that the pause helped
            self._holds = 0
            self._throttle.good(started, self._under_way)

    def timed_out(self) -> None:
        """Note that no answer came: fewer at once, but no pause."""
        with self._control.changed:
            now = self._clock.monotonic()
            self._throttle.slow(self._started(now), now)

    def _start(self, now: float) -> None:
        self._next = self._throttle.start(now)
        self._under_way += 1
        self._mine.started, self._mine.is_under_way = now, True

    def _started(self, now: float) -> float:
        """Return when this thread's request started."""
        return now if self._mine.started is None else self._mine.started

    def _pause(self, now: float) -> Pause | None:
        if self._control.paused:
            return Pause(self._control.paused)
        return self._hold if now < self._held_until else None

    def _seconds_left(self, pause: Pause | None, now: float) -> float | None:
        """Return how long nothing starts, if nobody changes it; None: until somebody does."""
        self._is_place_wanted = False
        if pause is not None:
            return None if pause.until is None else self._held_until - now
        self._is_place_wanted = self._under_way >= self._throttle.in_flight
        return None if self._is_place_wanted else self._next - now

    def _tell_change(self) -> None:
        # Not under the control's lock, for which the operator's click would wait.
        with self._telling:
            with self._control.changed:
                pause = self._pause(self._clock.monotonic())
                stopping = self._control.stopping
            if pause != self._told and not stopping:
                self._tell(pause)
                self._told = pause


class _Mine(threading.local):
    """A thread's own request."""

    started: float | None = None
    is_under_way = False
