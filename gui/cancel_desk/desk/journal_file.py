"""The journal as a file that outlives the program: SQLite, written to by one thread at a time.

`append` returns when its event has been synced to the disk. Who comes first writes what all bring
that wait meanwhile, synced together, which is what makes it fast.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cancel_desk.desk.events import Event, PlanMade, RunClosed, RunEnded, RunRemoved
from cancel_desk.desk.files import make_private
from cancel_desk.desk.journal import DamageError, JournalError
from cancel_desk.desk.journal_format import connect, migrate, telling_damage, transaction
from cancel_desk.desk.journal_reader import Line, Reader, decoded
from cancel_desk.desk.records import run_of, to_bytes
from cancel_desk.desk.seals import Seals

_ADD_ENTRY = "INSERT INTO events (run, number, body, keyed, seal) VALUES (?, ?, ?, ?, ?)"
_SET_LINE = (
    "INSERT INTO runs (position, run, length, closed, keyed, seal) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (position) DO UPDATE SET length = excluded.length, closed = excluded.closed,"
    " keyed = excluded.keyed, seal = excluded.seal"
)
_EMPTY = "DELETE FROM events WHERE run = ? AND number > 0"
_PUT_MARKER = "UPDATE events SET body = ?, keyed = ?, seal = ? WHERE run = ? AND number = 0"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the journal has it, from its PlanMade on."""

    run_id: str
    events: tuple[Event, ...]

    @property
    def ended(self) -> bool:
        """Whether the program lived to end it."""
        return any(isinstance(event, RunEnded) for event in self.events)


@dataclass(slots=True)
class _Entry:
    """An event on its way to the disk, and what became of it."""

    event: Event
    run: str
    body: bytes
    kept: bool = False
    trouble: str = "it was not written"


@dataclass(frozen=True, slots=True)
class _Head:
    """How far a run's chain has come: what its next entry is linked to."""

    position: int
    length: int = 0
    seal: bytes = b""
    closed: bool = False


class JournalFile:
    """The journal in one file, for one process at a time.

    Of the runs in it only those are read, and have to be whole, that are not closed.

    Args:
        path: the file; it and its folder are made if need be, for this user only.
        key: what seals are made with; empty where no keyring could hold one.

    Raises:
        DamageError: the file is broken, edited, or of a newer format.
        JournalError: it can't be read or written now.
        OSError: the file can't be made or opened.
    """

    def __init__(self, path: Path, key: bytes = b"") -> None:
        self._seals = Seals(key)
        self._heads: dict[str, _Head] = {}  # of the runs that are not closed
        make_private(path)
        self._db = connect(path)
        try:
            migrate(self._db, self._seals)
            lines, self._runs = self._read()
        except BaseException:
            self._db.close()
            raise
        self._last_position = len(lines)
        self._closed = False
        self._entering = threading.Lock()
        self._writing = threading.Lock()
        self._waiting: list[_Entry] = []

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs that were not closed when the file was opened, oldest first."""
        return self._runs

    def append(self, event: Event) -> None:
        """Keep an event of a run; return when it is on the disk. For any thread.

        Raises:
            JournalError: it could not be kept, or its run has not begun or is closed.
            TypeError: it is no event of a run.
        """
        self.append_all([event])

    def append_all(self, events: Iterable[Event]) -> None:
        """Keep events of runs that have begun, together; return when all are on the disk.

        Raises:
            JournalError, TypeError: as `append`; some of them may have been kept.
        """
        entries = [self._entry(event) for event in events]
        with self._entering:
            if self._closed:
                raise JournalError("the journal is closed")
            self._waiting += entries
        with self._writing:
            if not all(entry.kept for entry in entries):  # by who was there before
                self._write()
        for entry in entries:
            if not entry.kept:
                raise JournalError(entry.trouble)

    def _entry(self, event: Event) -> _Entry:
        run = run_of(event)
        head = self._heads.get(run)
        if (head is None) != isinstance(event, PlanMade) or (head and head.closed):
            raise JournalError("the run has begun already, has not begun, or is closed")
        return _Entry(event, run, to_bytes(event))

    def remove(self, runs: Iterable[str], by: str, at: datetime) -> None:
        """Put a marker in the place of all entries of each run, all runs or none of them.

        Afterwards their texts can't be read in the file any more, and its space is given back.

        Args:
            runs: closed runs.
            by: who wants it.
            at: the time, UTC.

        Raises:
            DamageError: one is not what was written: a removal would hide it.
            JournalError: one is not closed, or it could not be written.
        """
        with self._writing:
            if self._closed:
                raise JournalError("the journal is closed")
            with telling_damage(), transaction(self._db):
                for run in runs:
                    self._remove(run, by, at)
            self._give_space_back()

    def close(self) -> None:
        """Write what waits, and end."""
        with self._entering:
            self._closed = True
        with self._writing:
            self._write()
            self._db.close()

    def _read(self) -> tuple[list[Line], tuple[Run, ...]]:
        reader = Reader(self._db, self._seals)
        lines = reader.runs()
        reader.check_list(lines)
        unclosed = [line for line in lines if not (line.closed and line.intact)]
        return lines, tuple(self._take_up(reader, line) for line in unclosed)

    def _take_up(self, reader: Reader, line: Line) -> Run:
        """Read a run that may go on, and what its next entry will be linked to."""
        events, last = [], b""
        for entry in reader.entries(line):
            events.append(decoded(line.run, entry))
            last = entry.seal
        if not isinstance(events[0], PlanMade):
            raise DamageError("a run without its plan", line.run, 0)
        self._heads[line.run] = _Head(line.position, line.length, last)
        return Run(line.run, tuple(events))

    # Writing: whoever does it has `_writing`

    def _write(self) -> None:
        """Write all that waits, or tell each why not."""
        with self._entering:
            entries, self._waiting = self._waiting, []
        try:
            if entries:
                self._keep(entries)
        except Exception as error:  # noqa: BLE001 - not only the writer's own: all of them get it
            for entry in entries:
                entry.trouble = str(error)
        else:
            for entry in entries:
                entry.kept = True

    def _keep(self, entries: list[_Entry]) -> None:
        heads: dict[str, _Head] = {}
        last_position = self._last_position
        rows = []
        for entry in entries:
            run = entry.run
            head = heads.get(run) or self._heads.get(run)
            if head is None:
                last_position += 1
                head = _Head(last_position)
            seal = self._seals.of_entry(head.seal, run, head.length, entry.body)
            rows.append((run, head.length, entry.body, self._seals.keyed, seal))
            closed = isinstance(entry.event, RunClosed)
            heads[run] = _Head(head.position, head.length + 1, seal, closed)
        with transaction(self._db):
            self._db.executemany(_ADD_ENTRY, rows)
            self._db.executemany(_SET_LINE, (self._line(run, head) for run, head in heads.items()))
        self._heads |= heads  # only now: what was not kept is no link
        self._last_position = last_position

    def _line(self, run: str, head: _Head) -> tuple[int, str, int, bool, bool, bytes]:
        seal = self._seals.of_line(head.position, run, head.length, head.closed)
        return head.position, run, head.length, head.closed, self._seals.keyed, seal

    # Removing

    def _remove(self, run: str, by: str, at: datetime) -> None:
        reader = Reader(self._db, self._seals)
        line = reader.run(run)
        entries = list(reader.entries(line))
        begun = decoded(run, entries[0])
        if not line.closed or not isinstance(begun, PlanMade):
            raise JournalError("only a run that is closed can be removed")
        marker = to_bytes(
            RunRemoved(
                at=at,
                run_id=run,
                by=by,
                began=begun.plan.made_at,
                profile=begun.plan.profile,
                entries=line.length,
            )
        )
        seal = self._seals.of_entry(b"", run, 0, marker)
        self._db.execute(_EMPTY, (run,))
        self._db.execute(_PUT_MARKER, (marker, self._seals.keyed, seal, run))
        self._db.execute(_SET_LINE, self._line(run, _Head(line.position, 1, seal, closed=True)))

    def _give_space_back(self) -> None:
        """Shrink the file, and empty what SQLite keeps beside it."""
        try:
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error:
            # A reader in between, or no space: the runs are removed, and closing does the rest.
            _log.warning("the journal could not be shrunk", exc_info=True)
