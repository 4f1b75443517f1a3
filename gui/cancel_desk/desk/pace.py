"""When a request may start: one after the other, evenly, and not at all for a while when told."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.events import PauseReason
from cancel_desk.dojo.problem import Kind

# Troubles that are nobody's in particular: everything waits, not just the payment that met them.
PAUSES = {
    Kind.RATE_LIMITED: PauseReason.RATE_LIMITED,
    Kind.UNAVAILABLE: PauseReason.UNAVAILABLE,
    Kind.UNREACHABLE: PauseReason.UNREACHABLE,
}
# Together, for all threads. Above 200 a second Python's lock makes the window stutter.
REQUESTS_A_SECOND = 150.0

# In seconds. A pause is as long as the server asks, or twice as long each time in a row.
_SHORTEST_HOLD = 1.0
_FIRST_HOLD = 2.0
_LONGEST_HOLD = 60.0
# Between starts after a pause. Each good answer halves it, but only down to twice what it was
# when the trouble came; the rest is regained bit by bit.
_GAP_AFTER_HOLD = 1.0
_REGAINED = 0.995


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
    What `hold` and `good` tell of is the request that the thread's last turn was for.

    Args:
        clock: whose time counts.
        control: the work's; a stop ends every wait.
        a_second: requests started per second at the most, all threads together.
        tell: called whenever the pause is another than before, with the new one or None, in the
            thread that notices, one call at a time and before anything starts. Not after a stop.
    """

    def __init__(
        self,
        clock: Clock,
        control: Control,
        a_second: float = REQUESTS_A_SECOND,
        tell: Callable[[Pause | None], None] = lambda _pause: None,
    ) -> None:
        self._clock = clock
        self._control = control
        self._tell = tell
        self._telling = threading.Lock()
        self._told: Pause | None = None
        self._started = threading.local()
        self._next = 0.0
        self._shortest_gap = self._steady_gap = self._gap = 1.0 / a_second
        self._hold: Pause | None = None
        self._held_until = 0.0
        self._holds = 0

    @property
    def holds(self) -> int:
        """How many times in a row all was held back, without a good answer between."""
        return self._holds

    def turn(self) -> bool:
        """Wait until a request may start; False where the work shall end instead."""
        while True:
            with self._control.changed:
                if self._control.stopping:
                    return False
                now = self._clock.monotonic()
                pause = self._pause(now)
                if pause == self._told:
                    if pause is None and self._next <= now:
                        self._next = now + self._gap
                        self._started.at = now
                        return True
                    self._clock.wait(self._control.changed, self._seconds_left(pause, now))
                    continue
            self._tell_change()

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
            is_new = not self._began_before_hold(now)
            if asked is not None:
                seconds = max(asked, _SHORTEST_HOLD)
            elif is_new:
                seconds = min(_FIRST_HOLD * 2.0 ** min(self._holds, 10), _LONGEST_HOLD)
            else:
                return
            if now + seconds <= self._held_until:
                return
            if is_new:
                self._slow_down()
            self._held_until = now + seconds
            self._hold = Pause(reason, self._clock.now() + timedelta(seconds=seconds))
            self._control.changed.notify_all()
        self._tell_change()

    def good(self) -> None:
        """Note an answer without trouble: a little faster again, the next pause short again."""
        with self._control.changed:
            if self._began_before_hold(self._clock.monotonic()):
                return  # no sign that the pause helped
            self._holds = 0
            if self._gap > self._steady_gap:
                self._gap = max(self._gap / 2, self._steady_gap)
            else:
                self._gap = max(self._gap * _REGAINED, self._shortest_gap)

    def _began_before_hold(self, now: float) -> bool:
        """Tell whether this thread's request started before the last hold was over."""
        started: float = getattr(self._started, "at", now)
        return started < self._held_until

    def _slow_down(self) -> None:
        if not self._holds:
            self._steady_gap = 2 * self._gap
        self._holds += 1
        self._gap = max(_GAP_AFTER_HOLD, self._shortest_gap)

    def _pause(self, now: float) -> Pause | None:
        if self._control.paused:
            return Pause(self._control.paused)
        return self._hold if now < self._held_until else None

    def _seconds_left(self, pause: Pause | None, now: float) -> float | None:
        if pause is None:
            return self._next - now
        return None if pause.until is None else self._held_until - now

    def _tell_change(self) -> None:
        # Not under the control's lock, for which the operator's click would wait.
        with self._telling:
            with self._control.changed:
                pause = self._pause(self._clock.monotonic())
                stopping = self._control.stopping
            if pause != self._told and not stopping:
                self._tell(pause)
                self._told = pause
