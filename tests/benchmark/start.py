"""The start: how long until the first window is painted, beside a bare window with a table.

The program is started by its own command, in practice, with nothing of an earlier use. Bytecode
is there, as it is in an installed program: the first start of each, which makes it, counts not.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .figures import Figure, ratios
from .probes import probe

MOST = 1.3  # times the bare window
LATE = 0.5  # seconds that a first check may take longer because of what it has to import


def measure(rounds: int, quick: bool) -> list[Figure]:
    """Start bare window and program in turn, so many times."""
    with tempfile.TemporaryDirectory(prefix="benchmark-bytecode-") as bytecode:
        figures = _paints("off-screen", rounds, bytecode, QT_QPA_PLATFORM="offscreen")
        if shutil.which("Xvfb") and not quick:
            with screen() as display:
                figures += _paints(
                    "under X11", rounds, bytecode, QT_QPA_PLATFORM="xcb", DISPLAY=display
                )
        return figures + _first_checks(rounds, bytecode)


def _paints(where: str, rounds: int, bytecode: str, **variables: str) -> list[Figure]:
    whats = ("bare", "program")
    took: dict[str, list[float]] = {what: [] for what in whats}
    for number in range(rounds + 1):
        for what in whats:
            began = time.monotonic()
            seconds = _start(what, bytecode=bytecode, **variables)["painted"] - began
            if number:
                took[what].append(seconds)
    bare, program = (tuple(took[what]) for what in whats)
    return [
        Figure("start", f"Bare window with a table, {where}", "s", bare),
        Figure("start", f"Cancel Desk, {where}", "s", program),
        Figure(
            "start",
            f"Cancel Desk’s first window beside the bare one, {where}",
            "x",
            ratios(program, bare),
            bar=MOST,
        ),
    ]


def _first_checks(rounds: int, bytecode: str) -> list[Figure]:
    """Compare a check right after the first paint with one that finds everything imported."""
    late = _start("program", "--check", bytecode=bytecode)["late"]
    cold, warm = [], []
    for _ in range(rounds):
        cold.append(_start("program", "--check", bytecode=bytecode)["checked"])
        given = ["program", "--check", "--first", ",".join(late)]
        warm.append(_start(*given, bytecode=bytecode)["checked"])
    slower = tuple(one - other for one, other in zip(cold, warm, strict=True))
    return [
        Figure("start", "First check, right after the first paint", "s", tuple(cold)),
        Figure("start", "The same with everything imported before", "s", tuple(warm)),
        Figure("start", "Slower for the late imports", "s", slower, bar=LATE),
    ]


def _start(*arguments: str, bytecode: str, **variables: str):
    """Start in a home of its own, and away from the operator's keyring."""
    with tempfile.TemporaryDirectory(prefix="benchmark-home-") as home:
        folders = {f"XDG_{name}_HOME": home for name in ("DATA", "STATE", "CACHE", "CONFIG")}
        return probe(
            "start",
            *arguments,
            HOME=home,
            DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent",
            PYTHONDONTWRITEBYTECODE="",
            PYTHONPYCACHEPREFIX=bytecode,
            **folders,
            **variables,
        )


@contextmanager
def screen() -> Iterator[str]:
    """Run an X server that draws nowhere; yield its display."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait()
