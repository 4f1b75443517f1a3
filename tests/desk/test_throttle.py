"""How fast, and how many at once: against a server that is simulated, in time that is too."""

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import pytest

from cancel_desk.desk.throttle import Throttle

LATENCY, JITTER = 0.1, 0.02
PAUSE = 1.0
FASTEST = 150.0


@dataclass
class Server:
    """Refuses what a token bucket refuses, and everything while it is down."""

    rate: float = math.inf
    burst: float = 1.0
    is_down: Callable[[float], bool] = lambda now: False
    _tokens: float = math.inf
    _at: float = 0.0

    def takes(self, now: float) -> bool:
        if self.rate == math.inf:
            return not self.is_down(now)
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate)
        self._at = now
        if self.is_down(now) or self._tokens < 1 - 1e-9:
            return False
        self._tokens -= 1
        return True


@dataclass
class Run:
    """Requests to a server, as Pace would let them start; answers come out of order."""

    server: Server
    in_flight: int = 16
    throttle: Throttle = field(default_factory=Throttle)
    now: float = 0.0
    starts: list[float] = field(default_factory=list)
    good: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    most_under_way: int = 0

    def __post_init__(self) -> None:
        self._next = self.throttle.begin(self.now, self.in_flight, FASTEST)
        self._held_until = 0.0
        self._random = Random(1)
        self._under_way: list[tuple[float, float, bool]] = []

    def until(self, is_over: Callable[["Run"], bool]) -> "Run":
        while not is_over(self):
            may_start = max(self._next, self._held_until, self.now)
            if len(self._under_way) >= self.throttle.in_flight:
                may_start = math.inf
            if not self._under_way or may_start <= self._under_way[0][0]:
                self._start(may_start)
            else:
                self._answer()
        return self

    def seconds(self, count: float) -> "Run":
        end = self.now + count
        return self.until(lambda run: run.now >= end)

    def _start(self, now: float) -> None:
        self.now = now
        self._next = self.throttle.start(now)
        self.starts.append(now)
        answered = now + LATENCY + self._random.uniform(-JITTER, JITTER)
        heapq.heappush(self._under_way, (answered, now, self.server.takes(now)))
        self.most_under_way = max(self.most_under_way, len(self._under_way))

    def _answer(self) -> None:
        self.now, started, is_good = self._under_way[0]
        if is_good:
            self.good.append(self.now)
            if started >= self._held_until:
                self.throttle.good(started, len(self._under_way))
        else:
            self.refused.append(self.now)
            self.throttle.refuse(started, self.now)
            self._held_until = max(self._held_until, self.now + PAUSE)
        heapq.heappop(self._under_way)

    def used(self, since: float = 0.0) -> float:
        """The share of what the server allows."""
        answers = sum(answered > since for answered in self.good)
        return answers / (self.now - since) / self.server.rate

    def share_refused(self) -> float:
        return len(self.refused) / (len(self.refused) + len(self.good))


def limits() -> list[tuple[int, int, int]]:
    return [
        (rate, burst, in_flight)
        for rate in (5, 20, 80)
        for burst in sorted({1, 2, rate // 2, rate})
        for in_flight in (8, 16)
        if in_flight / LATENCY > rate  # else it is not the server that limits
    ]


class TestLimits:
    @pytest.mark.parametrize(("rate", "burst", "in_flight"), limits())
    def test_a_limit_is_made_use_of_and_seldom_met(self, rate, burst, in_flight):
        run = Run(Server(rate, burst, _tokens=burst), in_flight)
        run.until(lambda run: len(run.good) == 70 * rate)
        assert run.used() >= 0.85
        assert run.share_refused() <= 0.02

    @pytest.mark.parametrize("rate", [5, 20, 80])
    def test_one_that_is_lowered_is_found_again(self, rate):
        run = Run(Server(4 * rate, rate, _tokens=rate)).seconds(60)
        run.server.rate = rate
        run.seconds(30)
        settled = run.now
        run.seconds(60)
        assert run.used(since=settled) >= 0.85

    @pytest.mark.parametrize("rate", [5, 20])
    def test_one_that_is_raised_is_noticed(self, rate):
        run = Run(Server(rate, rate, _tokens=rate)).seconds(120)
        run.server.rate = run.server.burst = 4 * rate
        run.seconds(180)
        settled = run.now
        run.seconds(60)
        assert run.used(since=settled) >= 0.85

    def test_one_that_is_lifted_is_noticed(self):
        run = Run(Server(5, 5, _tokens=5)).seconds(60)
        run.server.rate = math.inf
        run.seconds(300)
        before = len(run.starts)
        run.seconds(10)
        assert len(run.starts) - before > 10 * 0.9 * FASTEST

    def test_starts_are_even(self):
        run = Run(Server(20, 5, _tokens=5)).seconds(60)
        settled = [start for start in run.starts if start > run.refused[-1] + PAUSE]
        gaps = [later - sooner for sooner, later in pairwise(settled)]
        assert len(gaps) > 100
        assert max(gaps) < 1.2 * min(gaps)

    def test_a_bucket_that_was_empty_is_no_riddle(self):
        """Another program has used it up: the first request of all is refused."""
        run = Run(Server(20, 20, _tokens=0.0)).seconds(90)
        assert run.used(since=30) >= 0.85


class TestInFlight:
    def test_it_begins_with_four(self):
        run = Run(Server()).seconds(LATENCY - JITTER - 0.001)
        assert len(run.starts) == 4

    @pytest.mark.parametrize("limit", [1, 2, 3])
    def test_or_with_fewer_where_that_is_the_limit(self, limit):
        assert Run(Server(), limit).seconds(5).most_under_way == limit

    @pytest.mark.parametrize("limit", [8, 16])
    def test_it_rises_to_the_limit_within_a_few_round_trips(self, limit):
        run = Run(Server(), limit).seconds(3.5 * (LATENCY + JITTER))
        assert run.throttle.in_flight == limit
        assert run.seconds(10).most_under_way <= limit

    def test_nothing_is_faster_than_it_may_be(self):
        run = Run(Server()).seconds(20)
        a_second_apart = zip(run.starts, run.starts[int(FASTEST) + 1 :], strict=False)
        assert all(later - sooner > 0.999 for sooner, later in a_second_apart)
        assert len(run.starts) > 0.95 * 20 * FASTEST

    def test_being_late_is_made_up_for_by_one_gap_at_the_most(self):
        throttle = Throttle()
        throttle.begin(0.0, 16, a_second=10)
        assert throttle.start(0.0) == pytest.approx(0.1)
        assert throttle.start(0.13) == pytest.approx(0.2)
        assert throttle.start(0.7) == pytest.approx(0.7)
        assert throttle.start(0.7) == pytest.approx(0.8)

    def test_a_trouble_that_many_meet_halves_it_once(self):
        run = Run(Server(is_down=lambda now: now > 5)).until(lambda run: len(run.refused) == 12)
        assert run.throttle.in_flight == 8

    def test_so_do_time_outs(self):
        run = Run(Server()).seconds(5)
        together = run.starts[-16:]
        for start in together:
            run.throttle.slow(start, run.now)
        assert run.throttle.in_flight == 8
        run.throttle.slow(run.now + 1, run.now + 2)
        assert run.throttle.in_flight == 4

    def test_trouble_after_trouble_leaves_one(self):
        run = Run(Server(is_down=lambda now: 5 < now < 30)).seconds(29)
        assert run.throttle.in_flight == 1

    def test_all_is_as_before_soon_after_a_bad_spell(self):
        run = Run(Server(is_down=lambda now: 20 < now < 50)).seconds(60)
        before = len(run.starts)
        run.seconds(10)
        assert run.throttle.in_flight > 12
        assert len(run.starts) - before > 10 * 0.8 * FASTEST

    def test_places_that_nobody_needs_do_not_grow(self):
        """At a few requests a second one or two connections do."""
        run = Run(Server(5, 1, _tokens=1)).seconds(60)
        assert run.throttle.in_flight <= 4


class TestFromJobToJob:
    def test_the_next_job_knows_the_limit(self):
        first = Run(Server(20, 5, _tokens=5)).seconds(30)
        second = Run(first.server, throttle=first.throttle, now=first.now + 60).seconds(10)
        assert second.refused == []
        assert len(second.good) >= 0.85 * 10 * 20

    def test_the_first_request_keeps_its_distance_from_the_last(self):
        first = Run(Server(5, 1, _tokens=1)).seconds(30)
        second = Run(first.server, throttle=first.throttle, now=first.starts[-1] + 0.01).seconds(5)
        assert second.starts[0] - first.starts[-1] > 1 / 5
        assert second.refused == []

    def test_nothing_is_known_of_a_server_that_was_not_asked_for_long(self):
        first = Run(Server(20, 5, _tokens=5)).seconds(30)
        second = Run(Server(), throttle=first.throttle, now=first.now + 3600)
        assert second.throttle.in_flight == 4
        assert len(second.seconds(10).good) > 0.9 * 10 * FASTEST
