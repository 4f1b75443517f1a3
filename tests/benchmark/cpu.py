"""What a call costs the processor, beside the same call with plain requests.

One thread, one kept connection over TLS, a server that answers at once. For the whole program see
`throughput`, which counts the processor's time of the same jobs.
"""

from .figures import Figure, ratios
from .probes import probe
from .server import serving

CALLS, CALLS_QUICK = 1000, 300


def measure(rounds: int, quick: bool) -> list[Figure]:
    """Make both kinds of call in turn."""
    with serving(latency=0, jitter=0, intents=100) as server:
        calls = CALLS_QUICK if quick else CALLS
        took = probe(
            "client", rounds, calls, given=server.place.to_json(), REQUESTS_CA_BUNDLE=server.ca_file
        )
    own, plain = tuple(took["client"]), tuple(took["session"])
    return [
        Figure("cpu", "A call: Session.get(…).json() of plain requests", "ms", plain),
        Figure("cpu", "A call: the client’s get", "ms", own),
        Figure("cpu", "The client beside Session.get(…).json()", "x", ratios(own, plain), bar=0.6),
    ]
