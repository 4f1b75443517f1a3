"""The window: how long it holds still at its hardest work, and how long its own work takes.

A beat every 5 ms in the window's thread tells; the longest time between two beats is a gap. Each
round is a process of its own, for a list of each length, off-screen and under X11.
"""

import shutil
from collections.abc import Iterator

from .figures import Figure
from .probes import probe
from .start import screen

LENGTHS = 20_000, 100_000
PASTED = 100_000
# Milliseconds. Gaps have a bar where they are said to here, the others only inform.
GAPS = {
    "run": 25,
    "run, scrolling": 50,
    "made-up results": 25,
    "made-up results, scrolling": 50,
    "paste": 50,
    "export csv": 50,
    "export xlsx": 50,
}
PASTE = 300
DEED = 150
DEEDS = "sort", "filter", "tick", "select"
QUICK_SECONDS = 1.5

Found = dict[str, dict[str, float]]  # by "gaps" and "times", then by name; milliseconds


def measure(rounds: int, quick: bool) -> list[Figure]:
    """Work in a window so many times with each length of list; quick: the shorter, off-screen."""
    if quick:
        return _figures(LENGTHS[0], "off-screen", _rounds(rounds, LENGTHS[0], QUICK_SECONDS))
    figures: list[Figure] = []
    for rows in LENGTHS:
        figures += _figures(rows, "off-screen", _rounds(rounds, rows))
    if shutil.which("Xvfb"):
        with screen() as display:
            for rows in LENGTHS:
                found = _rounds(rounds, rows, QT_QPA_PLATFORM="xcb", DISPLAY=display)
                figures += _figures(rows, "under X11", found)
    return figures


def _rounds(rounds: int, rows: int, seconds: float = 4.0, **variables: str) -> list[Found]:
    options = "--rows", rows, "--seconds", seconds
    return [probe("window", *options, **variables) for _ in range(rounds)]


def _figures(rows: int, where: str, rounds: list[Found]) -> Iterator[Figure]:
    """Yield the figures of one length of list; of what is done at once, the longest of a round."""
    at = f"{rows:,} rows, {where}"
    for name in rounds[0]["gaps"]:
        values = tuple(found["gaps"][name] for found in rounds)
        yield Figure("window", f"Gap: {name}, {at}", "ms", values, bar=_bar(name, rows))
    pasting = tuple(found["times"]["paste"] for found in rounds)
    bar = PASTE if rows == PASTED else None
    yield Figure("window", f"Pasting {at}", "ms", pasting, bar=bar)
    for deed in DEEDS:
        values = tuple(
            max(time for name, time in found["times"].items() if name.startswith(deed))
            for found in rounds
        )
        yield Figure("window", f"To {deed}, the longest, {at}", "ms", values, bar=DEED)
    for ending in ("csv", "xlsx"):
        values = tuple(found["times"][f"export {ending}"] / 1000 for found in rounds)
        yield Figure("window", f"Export as {ending}, {at}", "s", values)
    made_up = tuple(found["times"]["made-up results a second"] for found in rounds)
    yield Figure("window", f"Made-up results, {at}", "1/s", made_up)


def _bar(gap: str, rows: int) -> float | None:
    """Return the bar of a gap; pasting and exporting are measured with the longer list."""
    if gap in {"paste", "export csv", "export xlsx"} and rows != PASTED:
        return None
    return GAPS.get(gap)
