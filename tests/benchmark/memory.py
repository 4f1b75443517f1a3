"""Memory: beside a bare window, for each further row, and whether a long run leaves any (Linux)."""

import sys

from .figures import Figure
from .probes import probe
from .server import serving

MOST = 40  # MB above the bare window
MOST_A_ROW = 1000  # bytes
MOST_LEFT = 5  # % that the last portion of a long run may leave above the second
ROWS, MANY, MANY_QUICK = 10_000, 100_000, 2_000
PORTIONS, SIZE, SIZE_QUICK = 10, 10_000, 100


def measure(rounds: int, quick: bool) -> list[Figure]:
    """Fill the list, in turn with the bare window; then one long run, in portions."""
    if sys.platform != "linux":
        return []  # nowhere else is it written down what is a process's own
    few, many = (MANY_QUICK // 4, MANY_QUICK) if quick else (ROWS, MANY)
    bare, small, large = [], [], []
    for _ in range(rounds):
        bare.append(probe("memory", "bare")["bytes"])
        small.append(probe("memory", "rows", few))
        large.append(probe("memory", "rows", many))
    above = [(rows["checked"] - window) / 1e6 for rows, window in zip(small, bare, strict=True)]
    figures = [
        Figure("memory", "Bare window with a table", "MB", tuple(one / 1e6 for one in bare)),
        Figure("memory", f"Above it, with {few:,} payments checked", "MB", tuple(above), bar=MOST),
    ]
    for state in ("checked", "cancelled"):
        each = tuple(
            (more[state] - less[state]) / (many - few)
            for less, more in zip(small, large, strict=True)
        )
        name = f"For each further payment that is {state}"
        figures.append(Figure("memory", name, "bytes", each, bar=MOST_A_ROW))
    return figures + _long_run(quick)


def _long_run(quick: bool) -> list[Figure]:
    size = SIZE_QUICK if quick else SIZE
    with serving(0, 0, PORTIONS * size, tls=False) as server:
        found = probe("memory", "run", PORTIONS, size, given=server.place.to_json())
        cancelled = server.counts()["cancelled"]
    if cancelled != PORTIONS * size:
        raise RuntimeError(f"the server counted {cancelled} cancelled, not {PORTIONS * size}")
    name = f"Left by {PORTIONS * size:,} payments in {PORTIONS} portions: "
    left = 100 * (found["bytes"][-1] / found["bytes"][1] - 1)
    return [
        Figure("memory", name + "memory", "%", (left,), bar=MOST_LEFT),
        *(
            Figure("memory", name + what, "more", (found[what][-1] - found[what][1],), bar=0)
            for what in ("threads", "files", "sockets")
        ),
    ]
