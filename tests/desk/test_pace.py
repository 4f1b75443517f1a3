"""When requests may start, and what is told of pauses."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.events import PauseReason
from cancel_desk.desk.pace import Control, Pace, Pause
from cancel_desk.desk.throttle import Throttle

from .clocks import StandingClock

LIMITED, DOWN = PauseReason.RATE_LIMITED, PauseReason.UNREACHABLE


class Track:
    """One thread's way through a pace, on a clock that stands still while nobody waits."""

    def __init__(self, a_second: float = 10.0, patience=None) -> None:
        self.clock = StandingClock(patience)
        self.control = Control()
        self.told: list[Pause | None] = []
        self.pace = Pace(self.clock, self.control, a_second, self.told.append, in_flight=4)

    def starts(self, count: int, after_each=None) -> list[float]:
        """Seconds of the clock at which so many requests may start."""
        moments = []
        for _ in range(count):
            assert self.pace.turn()
            moments.append(self.clock.seconds)
            if after_each is not None:
                after_each()
        return moments

    def gaps(self, count: int, after_each=None) -> list[float]:
        return [late - soon for soon, late in pairwise(self.starts(count + 1, after_each))]

    def reasons(self) -> list[PauseReason | None]:
        return [pause and pause.reason for pause in self.told]


class TestSpacing:
    def test_the_first_need_not_wait(self):
        track = Track()
        track.starts(1)
        assert track.clock.waits == []

    def test_starts_are_even(self):
        assert Track(a_second=10).gaps(50) == pytest.approx([0.1] * 50)

    def test_of_time_lost_one_gap_is_made_up_for(self):
        """After a standstill two requests come at once, and not all."""
        track = Track(a_second=10)
        track.starts(1)
        track.clock.seconds += 60
        assert track.gaps(5) == pytest.approx([0, 0.1, 0.1, 0.1, 0.1])

    def test_threads_share_one_pace(self):
        clock = Clock(speed=1000)
        pace = Pace(clock, Control(), a_second=2, in_flight=4)

        def request(_number: int) -> bool:
            may_start = pace.turn()
            pace.over()
            return may_start

        began = clock.monotonic()
        with ThreadPoolExecutor(4) as pool:
            turns = list(pool.map(request, range(40)))
        assert turns == [True] * 40
        assert clock.monotonic() - began >= 39 * 0.5


class TestPlaces:
    def test_no_more_are_under_way_than_may_be(self):
        clock, waiting = Clock(), threading.Event()
        clock.wait = lambda condition, seconds: (waiting.set(), condition.wait(seconds))
        pace = Pace(clock, Control(), a_second=1e6, in_flight=2)
        assert pace.turn()
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(pace.turn).result(10)
            waiting.clear()
            third = threading.Thread(target=pace.turn)
            third.start()
            assert waiting.wait(10)
            assert third.is_alive()
            pace.over()
            third.join(10)
            assert not third.is_alive()

    def test_a_thread_has_one_request_at_a_time(self):
        """Its next turn says that its last request is over."""
        assert len(Track().starts(20)) == 20

    def test_time_outs_leave_room_for_fewer_but_are_no_pause(self):
        track = Track()
        track.starts(1, after_each=track.pace.timed_out)
        assert track.pace.in_flight == 2
        assert track.gaps(1) == pytest.approx([0.1])
        assert track.told == []

    def test_what_was_learnt_serves_the_next_job(self):
        clock, throttle = StandingClock(), Throttle()
        first = Pace(clock, Control(), in_flight=16, throttle=throttle)
        for _ in range(40):
            assert first.turn()
            first.good()
        assert first.in_flight == 16
        assert Pace(clock, Control(), in_flight=16, throttle=throttle).in_flight == 16
        assert Pace(clock, Control(), in_flight=2, throttle=throttle).in_flight == 2


class TestPauses:
    def test_a_pause_is_told_when_it_begins_and_when_it_ends(self):
        track = Track()
        track.pace.hold(LIMITED, 7)
        end = track.clock.now() + timedelta(seconds=7)
        assert track.told == [Pause(LIMITED, end)]
        track.starts(1)
        assert track.clock.now() >= end
        assert track.told == [Pause(LIMITED, end), None]

    def test_one_trouble_met_by_many_is_one_pause(self):
        track = Track()
        for _ in range(4):
            track.pace.hold(DOWN)
        assert track.reasons() == [DOWN]
        assert track.pace.holds == 1

    def test_nor_is_it_two_when_the_last_answer_comes_after_the_pause(self):
        track = Track()
        track.starts(1)
        with ThreadPoolExecutor(1) as other:
            assert other.submit(track.pace.turn).result()
            track.pace.hold(DOWN)
            track.starts(1)
            other.submit(track.pace.hold, DOWN).result()
            assert (track.reasons(), track.pace.holds) == ([DOWN, None], 1)
            other.submit(track.pace.good).result()
            assert track.pace.holds == 1

    def test_who_asks_for_more_time_gets_it(self):
        track = Track()
        began = track.clock.seconds
        track.pace.hold(LIMITED)
        track.pace.hold(LIMITED, 60)
        track.pace.hold(LIMITED, 30)
        assert len(track.told) == 2
        assert track.starts(1) == [began + 60]
        assert track.reasons() == [LIMITED, LIMITED, None]

    def test_pauses_in_a_row_grow_up_to_a_minute(self):
        track = Track()
        lengths = []
        for _ in range(8):
            began = track.clock.seconds
            track.pace.hold(DOWN)
            lengths.append(track.starts(1)[0] - began)
        assert lengths == pytest.approx([2, 4, 8, 16, 32, 60, 60, 60])

    def test_a_limit_without_a_time_is_given_a_second(self):
        track = Track()
        began = track.clock.seconds
        track.pace.hold(LIMITED)
        assert track.starts(1) == [began + 1]

    def test_days_without_network_are_survived(self):
        track = Track()
        for _ in range(2000):
            track.pace.hold(DOWN)
            track.starts(1)
        assert track.pace.holds == 2000

    def test_a_good_answer_makes_the_next_pause_short_again(self):
        track = Track()
        for _ in range(3):
            track.pace.hold(DOWN)
            track.starts(1)
        track.pace.good()
        assert track.pace.holds == 0
        began = track.clock.seconds
        track.pace.hold(DOWN)
        assert track.starts(1)[0] - began == pytest.approx(2)

    def test_an_answer_from_before_the_pause_is_no_sign(self):
        track = Track()
        track.pace.hold(DOWN)
        track.pace.good()
        assert track.pace.holds == 1

    def test_to_be_asked_for_no_time_at_all_is_a_pause_too(self):
        track = Track()
        began = track.clock.seconds
        track.pace.hold(LIMITED, 0)
        assert track.starts(1)[0] > began
        assert track.reasons() == [LIMITED, None]


class TestAfterAPause:
    def test_it_begins_below_what_was_too_much_and_gains_with_time(self):
        track = Track(a_second=100)
        track.starts(200, after_each=track.pace.good)
        track.pace.hold(LIMITED)
        gaps = track.gaps(20_000, after_each=track.pace.good)
        assert gaps[0] > 0.01
        assert all(later <= sooner + 1e-9 for sooner, later in pairwise(gaps))
        assert gaps[-1] == pytest.approx(0.01)

    def test_half_as_many_are_under_way(self):
        track = Track()
        track.pace.hold(LIMITED)
        assert track.pace.in_flight == 2


class TestOperator:
    def test_nothing_starts_until_it_goes_on(self):
        track = Track()
        track.clock.patience = track.control.resume
        track.control.pause()
        track.starts(1)
        assert track.told == [Pause(PauseReason.OPERATOR), None]

    def test_a_trouble_under_the_operators_pause_is_told_after_it(self):
        track = Track()
        track.control.pause()

        def patience():
            track.pace.hold(DOWN, 5)
            track.control.resume()

        track.clock.patience = patience
        track.starts(1)
        assert track.reasons() == [PauseReason.OPERATOR, DOWN, None]

    def test_the_operators_pause_outlives_a_trouble(self):
        track = Track()

        def patience():
            track.clock.seconds += 60
            track.control.resume()

        track.pace.hold(DOWN, 5)
        track.control.pause()
        track.clock.patience = patience
        track.starts(1)
        assert track.reasons() == [DOWN, PauseReason.OPERATOR, None]

    def test_going_on_under_a_trouble_waits_for_its_end(self):
        track = Track()
        began = track.clock.seconds
        track.pace.hold(DOWN, 5)
        track.control.pause()
        track.clock.patience = track.control.resume
        assert track.starts(1) == [began + 5]
        assert track.reasons() == [DOWN, PauseReason.OPERATOR, DOWN, None]

    def test_a_pause_that_held_nothing_up_is_not_told(self):
        track = Track()
        track.control.pause()
        track.control.resume()
        track.starts(1)
        assert track.told == []


class TestStop:
    @pytest.mark.parametrize("why", ["gap", "place", "hold", "operator"])
    def test_it_ends_every_wait(self, why):
        clock, control, told = Clock(), Control(), []
        waiting = threading.Event()
        clock.wait = lambda condition, seconds: (waiting.set(), condition.wait(seconds))
        pace = Pace(
            clock, control, a_second=0.001, tell=told.append, in_flight=1 + (why != "place")
        )
        assert pace.turn()
        if why == "hold":
            pace.hold(DOWN, 120)
        elif why == "operator":
            control.pause()
        with ThreadPoolExecutor(4) as pool:
            turns = [pool.submit(pace.turn) for _ in range(4)]
            assert waiting.wait(10)
            control.stop()
            assert [turn.result(10) for turn in turns] == [False] * 4
        assert None not in told  # it does not go on

    def test_after_it_nothing_starts_and_nothing_is_told(self):
        track = Track()
        track.control.stop()
        track.pace.hold(DOWN)
        track.control.pause()
        assert not track.pace.turn()
        assert track.told == []

    def test_there_is_no_way_back(self):
        control = Control()
        control.stop()
        control.resume()
        assert control.stopping


def test_changes_are_told_one_at_a_time_and_before_anything_starts():
    """Four threads wait for the same pause to end: it is told once, and before the first goes."""
    clock, control = Clock(speed=1000), Control()
    log: list[object] = []
    pace = Pace(clock, control, a_second=1e6, tell=log.append, in_flight=4)

    def starts() -> None:
        assert pace.turn()
        log.append("start")
        pace.over()

    for _ in range(20):
        pace.hold(LIMITED, 10)
        with ThreadPoolExecutor(4) as pool:
            for future in [pool.submit(starts) for _ in range(4)]:
                future.result()
        assert [type(entry) for entry in log] == [Pause, type(None), str, str, str, str]
        log.clear()


def test_the_operators_click_does_not_wait_for_what_is_told():
    """Telling writes to a disk, and pausing is a click in a window."""
    control = Control()
    telling, clicked = threading.Event(), threading.Event()

    def tell(pause):
        telling.set()
        assert clicked.wait(10)

    pace = Pace(Clock(speed=1000), control, tell=tell)
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(pace.hold, LIMITED)
        assert telling.wait(10)
        control.pause()
        control.resume()
        clicked.set()
        held.result(10)
