"""Which row is next, and when there are no more."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.pace import Control
from cancel_desk.desk.row import Row
from cancel_desk.desk.schedule import Schedule

from .clocks import StandingClock
from .facts import an_id


@pytest.fixture
def rows() -> list[Row]:
    return [Row(an_id(number)) for number in range(3)]


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def schedule(rows, clock) -> Schedule:
    return Schedule(rows, clock, Control())


def test_rows_come_in_order(schedule, rows):
    assert [schedule.take() for _ in rows] == rows


def test_none_comes_twice_and_the_end_is_when_all_are_finished(schedule, rows):
    for _ in rows:
        assert not schedule.is_done
        schedule.take()
        schedule.finish()
    assert schedule.is_done
    assert schedule.take() is None


def test_nothing_to_do_is_over_at_once(clock):
    schedule = Schedule([], clock, Control())
    assert schedule.is_done
    assert schedule.take() is None


def test_what_was_begun_goes_on_before_anything_new(schedule, rows):
    first = schedule.take()
    schedule.put_back(first, 0)
    assert schedule.take() is first
    assert schedule.take() is rows[1]


def test_what_is_due_later_lets_others_go_first(schedule, rows, clock):
    first = schedule.take()
    schedule.put_back(first, 5)
    assert schedule.take() is rows[1]
    clock.seconds += 5
    assert schedule.take() is first
    assert schedule.take() is rows[2]


def test_due_times_are_kept(schedule, rows, clock):
    for row, wait in zip([schedule.take() for _ in rows], (30, 10, 20), strict=True):
        schedule.put_back(row, wait)
    began = clock.seconds
    came = []
    for _ in rows:
        came.append((schedule.take(), clock.seconds - began))
        schedule.finish()
    assert came == [(rows[1], 10), (rows[2], 20), (rows[0], 30)]


def test_a_stop_ends_it_with_rows_left(rows, clock):
    control = Control()
    schedule = Schedule(rows, clock, control)
    schedule.take()
    control.stop()
    assert schedule.take() is None
    assert not schedule.is_done


@pytest.mark.parametrize("how", ["stop", "finish"])
def test_those_who_wait_are_woken(how):
    control = Control()
    schedule = Schedule([Row(an_id())], Clock(), control)
    row = schedule.take()
    with ThreadPoolExecutor(3) as pool:
        takers = [pool.submit(schedule.take) for _ in range(3)]
        if how == "stop":
            schedule.put_back(row, 3600)
            control.stop()
        else:
            schedule.finish()
        assert [taker.result(10) for taker in takers] == [None] * 3


def test_many_threads_work_everything_off():
    rows = [Row(an_id(number)) for number in range(500)]
    schedule = Schedule(rows, Clock(speed=1000), Control())
    steps: Counter[str] = Counter()
    at_hand: set[str] = set()
    lock = threading.Lock()

    def work() -> None:
        while (row := schedule.take()) is not None:
            with lock:
                assert row.intent_id not in at_hand
                at_hand.add(row.intent_id)
                steps[row.intent_id] += 1
                last = steps[row.intent_id] == 3
                at_hand.discard(row.intent_id)
            if last:
                schedule.finish()
            else:
                schedule.put_back(row, steps[row.intent_id] % 2)

    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(work) for _ in range(8)]:
            future.result(30)
    assert steps == {row.intent_id: 3 for row in rows}
