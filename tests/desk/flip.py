"""Bytes of a journal that change by themselves: what is read is what was written, or damage shows.

Run as a program (python -m tests.desk.flip FLIPS SEED) it says how many of them showed as what.
"""

import random
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from cancel_desk.desk.history import History, PastRun, RemovedRun, UnreadableRun
from cancel_desk.desk.journal import DamageError
from cancel_desk.desk.journal_file import JournalFile

from .stories import KEY, LATER, closed, story, write


class Flips:
    """A journal with closed, removed and open runs, and the truth about it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "journal.sqlite"
        self._told = {
            "closed": closed("closed"),
            "long": closed("long", rows=40),
            "removed": closed("removed"),
            "open": story("open", rows=20),
            "begun": story("begun")[:7],
        }
        for told in self._told.values():
            write(self._path, *told)
        journal = JournalFile(self._path, KEY)
        journal.remove(["removed"], "sam", LATER)
        journal.close()
        self._whole = self._path.read_bytes()
        self._removed = History(self._path, KEY).read("removed")
        self.seen: Counter[str] = Counter()

    def flip(self, chance: random.Random) -> None:
        """Let one byte become another."""
        content = bytearray(self._whole)
        content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
        for ending in ("-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        self._path.write_bytes(content)
        history = History(self._path, KEY)
        intact = [self._read(history, run) for run in self._told]
        verdict = history.verify()
        if verdict.damage is None:
            assert all(intact)
            assert history.run_ids() == list(reversed(self._told))
            assert (verdict.runs, verdict.removed, verdict.unverified) == (5, 1, 0)
            assert verdict.entries == 1 + sum(map(len, self._told.values())) - 12
            self.seen["no damage"] += 1
        self.seen["damage in a run"] += not all(intact)
        self._open()

    def _read(self, history: History, run: str) -> bool:
        told = tuple(self._told[run])
        match history.read(run):
            case PastRun(damage=None, plan=plan, events=events):
                assert run != "removed"
                assert (plan, events) == (told[0].plan, told)
                return True
            case PastRun(plan=plan, events=events):
                assert (plan, events) == (told[0].plan, told[: len(events)])
            case RemovedRun() as gone:
                assert gone == self._removed
                return True
            case UnreadableRun(damage=damage):
                assert damage is not None
        return False

    def _open(self) -> None:
        try:
            journal = JournalFile(self._path, KEY)
        except DamageError:
            self.seen["set aside"] += 1
            return
        journal.close()
        found = {run.run_id: list(run.events) for run in journal.runs}
        assert found == {run: self._told[run] for run in ("open", "begun")}
        self.seen["opened"] += 1


def main(flips: int, seed: int) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        journal, chance = Flips(folder), random.Random(seed)
        for _ in range(flips):
            journal.flip(chance)
        print(*(f"{count:,} {what}" for what, count in journal.seen.items()), sep=", ")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
