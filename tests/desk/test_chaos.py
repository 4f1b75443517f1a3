"""A program that is killed at any moment: nothing is lost, nothing is claimed that is not so."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from cancel_desk.practice import PracticeServer

from .chaos import Death, Nursery, Story, play
from .troubles import TROUBLES


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture(scope="module")
def totals(request) -> Iterator[Counter[str]]:
    """What all rounds came to, said at the end of a run that was asked for them."""
    counts: Counter[str] = Counter()
    yield counts
    if request.config.getoption("rounds") or request.config.getoption("seed"):
        with request.config.pluginmanager.get_plugin(
            "capturemanager"
        ).global_and_fixture_disabled():
            print("\n" + "\n".join(f"{count:8}  {name}" for name, count in counts.most_common()))


def pytest_generate_tests(metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        rounds, first = (metafunc.config.getoption(name) for name in ("rounds", "seed"))
        rounds = rounds or (1 if first is not None else 50)
        metafunc.parametrize("seed", range(first or 1, (first or 1) + rounds))


def test_a_round_of_troubles_and_kills(seed, tmp_path, nursery, totals):
    """To see one again: make chaos SEED=…, the number in the name of the test that failed."""
    totals += play(seed, tmp_path, nursery)
    totals["rounds"] += 1


@pytest.mark.parametrize("trouble", [None, "reset", "409"])
def test_a_kill_at_every_step(tmp_path, nursery, trouble):
    """One payment after the other and time to spare, so that the steps are the same each time."""
    payments = 2 if trouble is None else 1
    met = Counter()
    step = 0
    alive = False
    while not alive:
        step += 1
        folder = tmp_path / str(step)
        folder.mkdir()
        with PracticeServer() as server:
            story = Story(server, folder, nursery, [server.create() for _ in range(payments)])
            if trouble is not None:
                server.faults.add(replace(TROUBLES[trouble], methods=("DELETE",), times=1))
            alive = story.live(Death(step=step), in_flight=1, speed=50.0, deadline=10.0)
            story.finish()
        met += story.counts
    assert {
        *(
            f"killed {when} {what}"
            for when in ("before", "after")
            for what in ("PlanMade", "AttemptStarted", "the send", "Answered", "RunEnded", "a read")
        ),
    } <= met.keys()
    if trouble is not None:
        assert {"killed before ReadBack", "killed after ReadBack"} <= met.keys()


@pytest.mark.parametrize("arrival", [1, 2, 3])
def test_a_kill_between_the_send_and_its_effect_that_comes_late(tmp_path, nursery, arrival):
    """Nobody is left who could have learnt of it, but for the journal."""
    with PracticeServer() as server:
        story = Story(server, tmp_path, nursery, [server.create() for _ in range(3)])
        server.faults.add(replace(TROUBLES["late effect"], methods=("DELETE",)))
        assert not story.live(Death(arrival=arrival), in_flight=1)
        assert server.effects_by_id() == {}
        story.finish()
        assert all(count <= 1 for count in server.effects_by_id().values())
