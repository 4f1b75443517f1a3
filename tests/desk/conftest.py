"""A practice server, and benches on it; nothing is left behind."""

from collections.abc import Callable, Iterator

import pytest

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
