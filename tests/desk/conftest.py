"""A practice server, and benches on it; nothing is left behind."""

import threading
from collections.abc import Callable, Iterator

import pytest

from cancel_desk.desk.clock import Clock
from cancel_desk.practice import PracticeServer

from .bench import Bench


@pytest.fixture
def server() -> Iterator[PracticeServer]:
    with PracticeServer() as server:
        yield server


@pytest.fixture
def make_bench(server) -> Callable[..., Bench]:
    return lambda **options: Bench(server, **options)


@pytest.fixture
def bench(make_bench) -> Bench:
    return make_bench()


@pytest.fixture
def patient_bench(make_bench) -> Callable[..., Bench]:
    """For what needs no waiting: its clock is a real one, so that no look is ever old."""
    return lambda **options: make_bench(clock=Clock(), **options)


@pytest.fixture
def no_thread_stays() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = set(threading.enumerate()) - before
    assert [thread for thread in left if thread.name != "name look-up"] == []
