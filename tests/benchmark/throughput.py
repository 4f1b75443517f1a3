"""The whole job, by Cancel Desk and by its peers in turn: how long it takes, and how much work.

Payments are looked at and then cancelled, over TLS, each answer after 100 ms give or take 20.
Each contestant gets a server of its own, new, whose counters have to say afterwards that every
payment was cancelled once. Contestants take turns within a round, in another order each time, and
are compared within their round alone: what else the machine does hits neighbours alike.
"""

import sys
from collections.abc import Callable, Sequence

from . import peers
from .figures import Figure, ratios
from .peers import Contestant, Outcome, contestants
from .probes import probe
from .server import serving

LATENCY, JITTER = 0.1, 0.02  # seconds
INTENTS, INTENTS_QUICK = 500, 100
SLOW, SLOW_QUICK = 25, 5  # payments of those that do one after the other
SHARES = {8: (1.10, 10.0), 16: (1.12, 16.0)}  # of curl's time; how often into the vendor's loop

# Enough to keep the server busy.
_LOAD = (400, 3)  # connections, seconds
_ASKED = 16 / LATENCY  # requests a second, by the fastest of the contestants

# One contestant's outcomes, one for each round.
Outcomes = Sequence[Outcome]


def measure(rounds: int, quick: bool) -> list[Figure]:
    """Let all do the job, so many times, and compare.

    Raises:
        RuntimeError: a contestant failed, or did not do the whole job.
    """
    intents = INTENTS_QUICK if quick else INTENTS
    slow = SLOW_QUICK if quick else SLOW
    found = [each for each in contestants() if not (quick and each.only_informs)]
    outcomes: dict[str, list[Outcome]] = {each.name: [] for each in found}
    for number in range(rounds):
        for each in _turned(found, number):
            outcome = let_work(each, slow if each.is_slow else intents)
            outcome = outcome.scaled(intents / slow) if each.is_slow else outcome
            outcomes[each.name].append(outcome)
            print(f"  round {number + 1}: {each.name}, {outcome.wall:.1f} s", file=sys.stderr)
    reckoned = {each.name: f", reckoned from {slow}" if each.is_slow else "" for each in found}
    times = [
        Figure(
            "throughput",
            f"{intents} payments: {name}{reckoned[name]}",
            "s",
            _each(outcomes[name], _wall),
        )
        for name in outcomes
    ]
    return [_server(quick), *times, *_comparisons(outcomes), *_work(outcomes)]


def _turned(found: list[Contestant], number: int) -> list[Contestant]:
    """Return them beginning with another each time, neighbours staying neighbours."""
    first = number * 3 % len(found)
    return found[first:] + found[:first]


def let_work(
    contestant: Contestant, intents: int, latency: float = LATENCY, jitter: float = JITTER
) -> Outcome:
    """Have a contestant read and cancel payments at a new server.

    Raises:
        RuntimeError: it failed, or the server did not see each read and cancelled once.
    """
    with serving(latency, jitter, intents) as server:
        outcome = contestant.run(server.place)
        counts = server.counts()
    expected = {
        "cancelled": intents,
        "deletes_per_id_max": 1,
        "deletes_per_id_min": 1,
        "requests": 2 * intents,
    }
    counted = {name: counts[name] for name in expected}
    if counted != expected:
        raise RuntimeError(f"{contestant.name}: the server counted {counted}, not {expected}")
    return outcome


def _server(quick: bool) -> Figure:
    """Show that what is measured are the contestants and not the server."""
    values = []
    for _ in range(1 if quick else 3):
        with serving(LATENCY, JITTER, INTENTS) as server:
            values.append(probe("load", *_LOAD, given=server.place.to_json()) / _ASKED)
    name = f"What the server can serve, beside the {_ASKED:.0f} requests a second asked of it"
    return Figure("throughput", name, "x", tuple(values), bar=5, at_least=True)


def _comparisons(outcomes: dict[str, Outcomes]) -> list[Figure]:
    figures = []
    for number, (most, least) in SHARES.items():
        own = outcomes[peers.PROGRAM.format(number)]
        curl = outcomes[peers.CURL.format(number)]
        loop = outcomes[peers.VENDOR_LOOP]
        figures += [
            Figure(
                "throughput",
                f"Cancel Desk’s time beside that of curl --parallel, {number} at once",
                "x",
                ratios(_each(own, _wall), _each(curl, _wall)),
                bar=most,
            ),
            Figure(
                "throughput",
                f"Times faster than the vendor’s curl sample in a loop, {number} in flight",
                "x",
                ratios(_each(loop, _wall), _each(own, _wall)),
                bar=least,
                at_least=True,
            ),
            Figure(
                "throughput",
                f"Share of its time in which its threads wait for the journal, {number} in flight",
                "%",
                _each(own, lambda outcome, number=number: _share_waited(outcome, number)),
                bar=3,
            ),
        ]
        unrecorded = outcomes.get(peers.UNRECORDED.format(number))
        if unrecorded:
            figures.append(
                Figure(
                    "throughput",
                    f"Its time beside that with a journal that keeps nothing, {number} in flight",
                    "x",
                    ratios(_each(own, _wall), _each(unrecorded, _wall)),
                )
            )
    return figures


def _work(outcomes: dict[str, Outcomes]) -> list[Figure]:
    """Compare what the processor had to do for the same job."""
    figures = []
    for number in SHARES:
        names = [pattern.format(number) for pattern in (peers.CURL, peers.THREADS, peers.PROGRAM)]
        figures += [
            Figure("throughput", f"Processor’s time: {name}", "s", _each(outcomes[name], _cpu))
            for name in names
        ]
        _, threads, own = names
        figures.append(
            Figure(
                "throughput",
                f"Processor’s time: the whole of Cancel Desk beside plain requests, {number}",
                "x",
                ratios(_each(outcomes[own], _cpu), _each(outcomes[threads], _cpu)),
                bar=0.9,
            )
        )
    return figures


def _each(found: Outcomes, value: Callable[[Outcome], float]) -> tuple[float, ...]:
    return tuple(map(value, found))


def _wall(outcome: Outcome) -> float:
    return outcome.wall


def _cpu(outcome: Outcome) -> float:
    return outcome.cpu


def _share_waited(outcome: Outcome, in_flight: int) -> float:
    """Return percent.

    The engine's threads are what is scarce: what they all wait for the journal, a thread's share
    of it, is the time by which the job is longer. The job's time with a journal that keeps nothing
    would say the same if two jobs ever took the same time: the jitter alone is as much as 3 %.
    """
    return 100 * outcome.waited / in_flight / outcome.wall
