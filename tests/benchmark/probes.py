"""Measuring in a fresh process: `tests.benchmark.probe_NAME` prints JSON as its last line."""

import json
import os
import subprocess
import sys
from typing import Any

from .server import ROOT


def probe(name: str, *arguments: object, given: str = "", **variables: str) -> Any:
    """Run a probe, off-screen unless told otherwise, and return what it found.

    Args:
        name: the module's, without `probe_`.
        arguments: for its command line.
        given: what it reads from its standard input: a key, for example.
        variables: of its environment.

    Raises:
        RuntimeError: it failed; what it said is in the message.
    """
    done = subprocess.run(
        [sys.executable, "-m", f"tests.benchmark.probe_{name}", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"} | variables,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the probe {name!r} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])
