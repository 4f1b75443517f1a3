"""How much memory a process needs: `bare`, `rows N`, or `run PORTIONS SIZE` (Linux).

Prints one JSON object. Bytes are those that the process alone has written to: the code of Qt and
others is left out, whose share of a process depends on which others run just then.

- bare: a window with a small table. `bytes`.
- rows: the program with so many rows, checked and then cancelled by the real engine, journal and
  window; only the network is left out. `checked` and `cancelled`, in bytes.
- run: the program, with a server that is named on the standard input, does so many portions one
  after the other and forgets each. `bytes`, `threads`, `files` and `sockets` after each.
"""

import gc
import json
import os
import shutil
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from cancel_desk.__main__ import import_qt

FAST = 1e6  # requests a second: as many as there can be


def own_bytes() -> int:
    """Return the memory that this process has written to, and shares with no other."""
    gc.collect()
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty"))


def bare() -> dict[str, int]:
    """Show a window with a small table."""
    from PySide6.QtWidgets import QApplication

    from .bare import bare_window

    application = QApplication(sys.argv[:1])
    window = bare_window()
    window.show()
    for _ in range(20):
        application.processEvents()
    return {"bytes": own_bytes()}


def rows(count: int) -> dict[str, int]:
    """Look up and cancel so many payments without a network."""
    import certifi

    import cancel_desk.dojo.client
    from cancel_desk.practice.intents import make_id

    from .program import Program

    cancel_desk.dojo.client.Client = OwnAnswers
    place = SimpleNamespace(url="http://127.0.0.1:9", key=KEY, authority_file=certifi.where())
    program = Program(place, in_flight=4, a_second=FAST)
    program.add(make_id(number.to_bytes(16, "big")) for number in range(count))
    program.wait_for_check()
    checked = own_bytes()
    program.cancel_all()
    found = {"checked": checked, "cancelled": own_bytes()}
    shutil.rmtree(program.folder)
    return found


KEY = "sk_sandbox_of_the_benchmark_0123456789"


class OwnAnswers:
    """A client that makes the server's answers up itself, and reads them as it reads all."""

    def __init__(self, *_: object, **__: object) -> None:
        from .server import _Body

        self._body = _Body(1_800_000_000_000_000_000)

    def __enter__(self) -> "OwnAnswers":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def get(self, intent_id: str):
        return self._answer(intent_id, cancelled=False)

    def cancel(self, intent_id: str):
        return self._answer(intent_id, cancelled=True)

    def _answer(self, intent_id: str, cancelled: bool):
        from cancel_desk.dojo.intent import parse_intent

        number = zlib.crc32(intent_id.encode()) % 1_000_000
        body = json.loads(self._body.of(intent_id, number, cancelled))
        return parse_intent(body, datetime.now(UTC).replace(microsecond=0))


def run(portions: int, size: int) -> dict[str, list[int]]:
    """Do portion after portion, and forget each."""
    from .program import Program
    from .server import Place

    place = Place.from_json(sys.stdin.read())
    found: dict[str, list[int]] = {"bytes": [], "threads": [], "files": [], "sockets": []}
    program = Program(place, in_flight=16, a_second=FAST)
    for number in range(portions):
        program.add(place.ids[number * size : (number + 1) * size])
        program.wait_for_check()
        program.cancel_all()
        program.window.model.remove(list(program.window.batch.rows))

        found["bytes"].append(own_bytes())
        found["threads"].append(len(list(Path("/proc/self/task").iterdir())))
        links = [_link(file) for file in Path("/proc/self/fd").iterdir()]
        found["files"].append(len(links))
        found["sockets"].append(sum(link.startswith("socket:") for link in links))
    shutil.rmtree(program.folder)
    return found


def _link(file: Path) -> str:
    try:
        return str(file.readlink())
    except FileNotFoundError:  # the folder's own, which listing it had opened
        return ""


if __name__ == "__main__":
    what, *numbers = sys.argv[1:]
    if what != "bare":
        import_qt()  # as the program's own start does it
    found = {"bare": bare, "rows": rows, "run": run}[what](*map(int, numbers))
    print(json.dumps(found), flush=True)
    os._exit(0)  # what was measured is all there is to know; nothing of it is kept
