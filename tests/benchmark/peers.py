"""What a colleague would use instead of Cancel Desk, each written the simplest natural way.

Everyone does the same job: look at every payment, then cancel it (GET, then DELETE). The key is
handed over in a file for this user alone, or by a pipe: a command line can be read by others.

What is timed: curl from the first command to the end of the last; what is in Python from where its
work begins, so that neither the interpreter's start nor its imports count, nor the program's own.
The processor's time is that of the client's processes, user and system, in just that span.
"""

import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .probes import probe
from .server import Place

VERSION = "2024-02-05"

VENDOR_LOOP = "the vendor’s curl sample in a loop"
VENDOR_PYTHON = "the vendor’s Python sample in a loop"
XARGS = "xargs -P 8 curl"
CURL = "curl --parallel, {} at once"
CURL_IN_ONE = "curl --parallel, {} at once, one process for all"
THREADS = "plain requests, {} threads with a session each"
PROGRAM = "Cancel Desk, {} in flight"
UNRECORDED = "Cancel Desk, {} in flight, with a journal that keeps nothing"

# As the vendor's reference has it: a process for each request. Only the key is in a file instead.
_LOOP = """
while read id; do
    curl -K "$1" "$2/payment-intents/$id?returnCanceled=true" || exit
    curl -K "$1" -X DELETE "$2/payment-intents/$id" || exit
done < "$3"
"""
_XARGS = """
xargs -P 8 -I ID curl -K "$1" "$2/payment-intents/ID?returnCanceled=true" < "$3" &&
xargs -P 8 -I ID curl -K "$1" -X DELETE "$2/payment-intents/ID" < "$3"
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job took, in seconds; `waited`: what all its attempts waited for the journal."""

    wall: float
    cpu: float
    waited: float = 0.0

    def scaled(self, factor: float) -> "Outcome":
        """Return what so many times the job would take."""
        return Outcome(self.wall * factor, self.cpu * factor, self.waited * factor)


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to do the job.

    Attributes:
        name: what the table calls it.
        run: does the job.
        is_slow: a few payments have to speak for all.
        only_informs: no bar depends on it.
    """

    name: str
    run: Callable[[Place], Outcome]
    is_slow: bool = False
    only_informs: bool = False


def contestants() -> list[Contestant]:
    """Return every way to do the job, Cancel Desk among them."""
    found = [
        Contestant(VENDOR_LOOP, partial(by_shell, _LOOP), is_slow=True),
        Contestant(VENDOR_PYTHON, partial(by_probe, "sample", []), is_slow=True, only_informs=True),
        Contestant(XARGS, partial(by_shell, _XARGS), only_informs=True),
    ]
    for number in (8, 16):
        unrecorded = partial(by_probe, "program", [number, "--unrecorded"])
        found += [
            Contestant(CURL.format(number), partial(by_curl, number)),
            Contestant(PROGRAM.format(number), partial(by_probe, "program", [number])),
            Contestant(THREADS.format(number), partial(by_probe, "threads", [number])),
            Contestant(UNRECORDED.format(number), unrecorded, only_informs=True),
            Contestant(CURL_IN_ONE.format(number), partial(by_one_curl, number), only_informs=True),
        ]
    return found


def by_shell(script: str, place: Place) -> Outcome:
    """Run a script with the options of curl in $1, the address in $2 and a file of ids in $3."""
    with tempfile.TemporaryDirectory() as folder:
        options = _write(folder, "options", _options(place))
        ids = _write(folder, "ids", place.ids)
        return _timed(["sh", "-c", script, "sh", options, place.url, ids])


def by_curl(at_once: int, place: Place) -> Outcome:
    """Read all with one curl, then cancel all with another; each keeps its connections."""
    with tempfile.TemporaryDirectory() as folder:
        reading = _write(folder, "reading", [*_parallel(at_once), *_transfers(place, "GET")])
        ending = _write(folder, "ending", [*_parallel(at_once), *_transfers(place, "DELETE")])
        return _timed(["sh", "-c", 'curl -K "$1" && curl -K "$2"', "sh", reading, ending])


def by_one_curl(at_once: int, place: Place) -> Outcome:
    """Do the same with a single curl: it cancels the first while it still reads the last."""
    with tempfile.TemporaryDirectory() as folder:
        transfers = [*_transfers(place, "GET"), "next", *_transfers(place, "DELETE")]
        everything = _write(folder, "everything", [*_parallel(at_once), *transfers])
        return _timed(["curl", "-K", everything])


def by_probe(name: str, arguments: list[object], place: Place) -> Outcome:
    """Have a Python process of its own do it, which says itself what its work took."""
    found = probe(name, *arguments, given=place.to_json(), REQUESTS_CA_BUNDLE=place.ca_file)
    return Outcome(**found)


def _parallel(at_once: int) -> list[str]:
    return ["no-progress-meter", "parallel", f"parallel-max = {at_once}"]


def _options(place: Place) -> list[str]:
    return [
        "silent",
        "fail",
        f'cacert = "{place.ca_file}"',
        f'header = "Version: {VERSION}"',
        f'header = "Authorization: Basic {place.key}"',
    ]


def _transfers(place: Place, method: str) -> list[str]:
    query = "?returnCanceled=true" if method == "GET" else ""
    lines = [*_options(place), f"request = {method}"]
    for intent_id in place.ids:
        lines += [f'url = "{place.url}/payment-intents/{intent_id}{query}"', 'output = "/dev/null"']
    return lines


def _write(folder: str, name: str, lines: list[str]) -> str:
    """Write a file in a folder that only this user can open."""
    path = Path(folder) / name
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def _timed(command: list[str]) -> Outcome:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Outcome(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
