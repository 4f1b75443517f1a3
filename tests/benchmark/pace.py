"""A server that allows only so many requests a second: how well it is used, how often it refuses.

The limits are measured side by side, each with a server and a program of its own: both have
little to do, and the time is what the job takes at that limit, about a minute each.
"""

from concurrent.futures import ThreadPoolExecutor

from .figures import Figure
from .probes import probe
from .server import serving

LATENCY, JITTER = 0.1, 0.02  # seconds
IN_FLIGHT = 16
LIMITS, LIMITS_QUICK = (5, 20, 80), (20, 80)  # requests a second
SECONDS, SECONDS_QUICK = 70, 15
LEAST_USED, MOST_REFUSED = 85, 2  # percent

# How much of a second's requests may come at once, and what a refusal names: a round each.
_KINDS = ((1.0, 1), (0.2, None), (0.5, 1), (0.2, 1), (1.0, None))


def measure(rounds: int, quick: bool) -> list[Figure]:
    """Check and cancel as many payments as a limit lets through in the time.

    Raises:
        RuntimeError: not every payment was cancelled, and once.
    """
    limits = LIMITS_QUICK if quick else LIMITS
    seconds = SECONDS_QUICK if quick else SECONDS
    used: dict[int, list[float]] = {limit: [] for limit in limits}
    refused: dict[int, list[float]] = {limit: [] for limit in limits}
    for number in range(rounds):
        burst, retry_after = _KINDS[number % len(_KINDS)]

        def one(limit: int, burst: float = burst, retry_after: int | None = retry_after):
            return _share_used_and_refused(limit, seconds, max(1, int(limit * burst)), retry_after)

        with ThreadPoolExecutor(len(limits)) as pool:
            for limit, shares in zip(limits, pool.map(one, limits), strict=True):
                used[limit].append(shares[0])
                refused[limit].append(shares[1])
    figures = []
    for limit in limits:
        at = f"at a limit of {limit} requests a second"
        least, most = (None, None) if quick else (LEAST_USED, MOST_REFUSED)
        figures += [
            Figure("pace", f"Used {at}", "%", tuple(used[limit]), bar=least, at_least=True),
            Figure("pace", f"Answered 429 {at}", "%", tuple(refused[limit]), bar=most),
        ]
    return figures


def _share_used_and_refused(
    limit: int, seconds: int, burst: int, retry_after: int | None
) -> tuple[float, float]:
    """Return percent of what was allowed, and of what was asked."""
    intents = limit * seconds // 2  # each is read, and cancelled
    with serving(
        LATENCY, JITTER, intents, rate=limit, burst=burst, retry_after=retry_after
    ) as server:
        wall = probe("pace", IN_FLIGHT, given=server.place.to_json())["wall"]
        counts = server.counts()
    deletes = {counts["deletes_per_id_max"], counts["deletes_per_id_min"]}
    if deletes != {1} or counts["cancelled"] != intents:
        raise RuntimeError(f"not every payment was cancelled once: {counts}")
    answered = counts["requests"] - counts["refused_429"]
    return 100 * answered / (limit * wall), 100 * counts["refused_429"] / counts["requests"]
