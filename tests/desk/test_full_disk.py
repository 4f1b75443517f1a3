"""A disk that is full, at every write there is: what was acknowledged stays, and nothing half.

A limit on the size of files is, to SQLite, a disk that is full. The life of a journal (brought to
this format, or opened; a run, its end; its removal; closed) is lived again and again, and each
time the disk is full before another step, with room for another number of bytes.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

PROGRAM = """
import json, resource, signal, sys, tempfile
from collections import Counter
from functools import partial
from pathlib import Path
from cancel_desk.desk.history import History, RemovedRun
from cancel_desk.desk.journal import JournalError
from cancel_desk.desk.journal_file import JournalFile
from tests.desk.stories import KEY, LATER, closed
from tests.desk.test_migration import make_format_1

OLD, NEW = closed("old"), closed("new", rows=60)
ROOM = [0, 25, 4096, 4121, 8300, 20_000]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def limit(size=resource.RLIM_INFINITY):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


class Life:
    def __init__(self, path):
        self.path = path
        self.history = History(path, KEY)
        self.told = []
        self.steps = [self.open, *(partial(self.append, event) for event in NEW)]
        self.steps += [self.remove, self.close]

    def sizes(self):
        files = [self.path.with_name(self.path.name + ending) for ending in ("", "-wal")]
        return [file.stat().st_size for file in files if file.exists()]

    def open(self):
        self.journal = JournalFile(self.path, KEY)

    def append(self, event):
        self.journal.append(event)
        self.told.append(event)

    def remove(self):
        self.journal.remove(["new"], "sam", LATER)
        self.told.append("removed")

    def close(self):
        self.journal.close()

    def check(self):
        assert self.history.verify().damage is None
        assert self.history.read("old").events == tuple(OLD)
        if "removed" in self.told:
            assert isinstance(self.history.read("new"), RemovedRun)
        elif self.told:
            assert self.history.read("new").events == tuple(self.told)
        else:
            assert self.history.run_ids() == ["old"]

    def live(self, full_before, room):
        "Meet a full disk; when there is room again, go on. Return what failed."
        failed = None
        for number, step in enumerate(self.steps):
            if number == full_before:
                # None: the last room there is is in the file beside, so only that can grow.
                limit(min(self.sizes()) if room is None else max(self.sizes()) + room)
            try:
                step()
            except JournalError:
                failed = getattr(step, "func", step).__name__
                limit()
                if failed != "open":
                    self.check()
                step()
        limit()
        self.check()
        assert b"Order 59" not in self.path.read_bytes()
        return failed


seen = Counter()
for old_format in (True, False):
    for full_before in range(len(NEW) + 3):
        for room in [None, *ROOM]:
            with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder:
                path = Path(folder) / "journal.sqlite"
                make_format_1(path, OLD)
                if not old_format:
                    JournalFile(path, KEY).close()
                seen[Life(path).live(full_before, room)] += 1
print(json.dumps(seen))
"""


def test_a_full_disk_at_each_write_loses_nothing_and_leaves_nothing_half(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    failed = json.loads(done.stdout)
    assert min(failed[step] for step in ("open", "append", "remove")) > 5
