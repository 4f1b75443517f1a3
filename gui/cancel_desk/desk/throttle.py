"""How fast requests may start, and how many may be under way, judged by how they are answered.

The number under way is what protects a server that is ill: it halves with each trouble and grows
again with the good answers. The rate is what a limit is about: after a trouble it begins somewhat
below what was let through, stays there the longer the longer that went well before, and only
then feels its way up, so that a limit is met seldom and one that was lifted is noticed.
"""

from collections import deque

from cancel_desk.desk.allowance import Allowance

# Under way at the start, and the good answers until there may be more: one round and one. Where a
# limit is met so early, all that are under way are refused.
_FIRST = 4
_SOUNDINGS = 5
# What a rate begins with, of that which was let through before.
_BELOW = 0.9
# How long it stays below, in seconds and as a multiple of the time that went well.
_SHORTEST_STAY, _LONGEST_STAY = 1.0, 60.0
_STAY = 4.0
# How much sooner than it came near the rate departs from it.
_HASTE = 0.7
# Starts that are remembered to judge by, seconds after which nothing learnt counts any more.
_MEMORY = 2000
_FORGOTTEN_AFTER = 600.0


class Throttle:
    """What is known of one server's patience. Lasts longer than a job, as the server does.

    Has no clock, and no lock: all moments are seconds of one clock, and one thread calls at a time.
    """

    def __init__(self) -> None:
        self._limit, self._fastest = _FIRST, 1.0
        self._last = self._next = 0.0
        self._forget()

    def _forget(self) -> None:
        self._allowance = Allowance()
        self._rate: float | None = None  # requests a second it was judged to allow
        self._stay = _SHORTEST_STAY
        self._since = 0.0  # when the stretch without trouble began
        self._starts: deque[float] = deque(maxlen=_MEMORY)
        self._places = float(_FIRST)
        self._steep_below = float("inf")
        self._good = 0
        self._slowed = float("-inf")
        self._refused: float | None = None

    def begin(self, now: float, in_flight: int, a_second: float) -> float:
        """Begin a job; return when its first request may start.

        What was learnt is kept, as if no time had passed, unless it was long ago.

        Args:
            now: the moment.
            in_flight: requests under way at once, at the most.
            a_second: requests started per second, at the most.
        """
        if now - self._last > _FORGOTTEN_AFTER:
            self._forget()
            self._next = now
        self._since += now - self._last
        self._last = now
        self._limit, self._fastest = in_flight, a_second
        self._places = min(self._places, float(in_flight))
        return self._next

    @property
    def in_flight(self) -> int:
        """How many requests may be under way now."""
        return int(self._places)

    def start(self, now: float) -> float:
        """Note that a request starts; return when the next one may."""
        if self._refused is not None:
            self._learn(self._refused)
            self._refused = None
            self._starts.clear()
            self._since = now
        self._starts.append(now)
        self._last = now
        gap = 1.0 / self._speed(now)
        # Threads come late, which adds up, so that a gap is made up for, and no more: requests
        # are not to come in bursts. But a server that limits counts each gap.
        made_up = gap if self._rate is None else 0.0
        self._next = max(self._next, now - made_up) + gap
        return self._next

    def good(self, start: float, under_way: int) -> None:
        """Note an answer without trouble.

        Args:
            start: when its request began.
            under_way: how many requests are, this one too. Places that nobody needs don't grow.
        """
        if start <= self._slowed:
            return
        self._good += 1
        if self._rate is None and self._good <= _SOUNDINGS:
            return
        if self._rate is None or 2 * under_way >= self._places:
            grown = 1.0 if self._places < self._steep_below else 1.0 / self._places
            self._places = min(self._places + grown, float(self._limit))

    def slow(self, start: float, now: float) -> None:
        """Halve what may be under way: a request that began at `start` met trouble.

        What was under way together meets one and the same trouble, which counts once.
        """
        if start > self._slowed:
            self._places = self._steep_below = max(self._places / 2, 1.0)
            self._slowed = now

    def refuse(self, start: float, now: float) -> None:
        """Slow down, and judge the rate before the next start: this was too fast for the server."""
        if self._refused is None or start < self._refused:
            self._refused = start  # answers don't come in the order of their requests
        self.slow(start, now)

    def _learn(self, refused: float) -> None:
        if self._rate is not None and refused <= self._since:
            return  # not one was let through: nothing new of what it allows
        is_first = self._rate is None
        self._rate = min(self._allowance.judge(self._starts, refused), self._speed(refused))
        went_well = refused - self._since
        # One stretch alone is little to go by.
        stay = _SHORTEST_STAY if is_first else _STAY * went_well
        self._stay = min(max(stay, _SHORTEST_STAY), _LONGEST_STAY)

    def _speed(self, now: float) -> float:
        """Return the rate: nears what was judged, rests there, and departs from it.

        The curve is that of CUBIC (RFC 9438), for the same reason.
        """
        if self._rate is None:
            return self._fastest
        away = now - self._since - self._stay
        away /= self._stay if away < 0 else self._stay * _HASTE
        return min(self._rate * (1 + (1 - _BELOW) * away**3), self._fastest)
