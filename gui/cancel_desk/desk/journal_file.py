"""The journal as a file that outlives the program: SQLite, one writer thread.

`append` returns when its event has been synced to the disk. Events that wait together are synced
together, which is what makes it fast. Each event carries a seal over itself and the one before it
in its run: edits and damage show, though nothing here can prevent them.
"""

import hmac
import queue
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cancel_desk.desk.events import Event, PlanMade, RunEnded
from cancel_desk.desk.files import make_private
from cancel_desk.desk.journal import JournalError
from cancel_desk.desk.records import RecordError, from_bytes, run_of, to_bytes

FORMAT = 1  # PRAGMA user_version

# `seal` is an HMAC over the event and the seal before it in its run; `keyed` tells whether its key
# came from a keyring. `heads` says of each run how many events it has and what the last seal is: a
# damaged page can lose the last ones, and a chain that ends early looks like a whole one.
_TABLES = (
    """CREATE TABLE events (
    place INTEGER PRIMARY KEY, run TEXT NOT NULL, number INTEGER NOT NULL, body BLOB NOT NULL,
    keyed INTEGER NOT NULL, seal BLOB NOT NULL, UNIQUE (run, number)) STRICT""",
    """CREATE TABLE heads (
    run TEXT PRIMARY KEY, length INTEGER NOT NULL, seal BLOB NOT NULL) STRICT""",
)
# The library's own messages may quote what is broken, and fail at that.
_BROKEN = (sqlite3.Error, UnicodeDecodeError)

_ADD_EVENT = "INSERT INTO events (run, number, body, keyed, seal) VALUES (?, ?, ?, ?, ?)"
_SET_HEAD = "INSERT OR REPLACE INTO heads (run, length, seal) VALUES (?, ?, ?)"
_EVENTS = "SELECT run, number, body, keyed, seal FROM events ORDER BY place"
_HEADS = "SELECT run, length, seal FROM heads"


class DamageError(Exception):
    """What is in the file is not what was written: broken, edited, or of a newer format.

    `run` and `number` name the first entry that is wrong, where that is known.
    """

    def __init__(self, what: str, run: str = "", number: int | None = None) -> None:
        super().__init__(what)
        self.run = run
        self.number = number


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the journal has it, from its PlanMade on."""

    run_id: str
    events: tuple[Event, ...]

    @property
    def ended(self) -> bool:
        """Whether the program lived to end it."""
        return isinstance(self.events[-1], RunEnded)


@dataclass(frozen=True, slots=True)
class _Entry:
    run: str
    body: bytes
    kept: "Future[None]"


@dataclass(frozen=True, slots=True)
class _Head:
    """How far a run's chain has come: what its next event is linked to."""

    length: int = 0
    seal: bytes = b""

    def seal_of(self, key: bytes, run: str, body: bytes) -> bytes:
        """Return the seal of the event that comes next."""
        place = f"{run}/{self.length}/".encode()
        return hmac.digest(key, self.seal + place + body, "sha256")


class JournalFile:
    """The journal in one file, for one process at a time.

    Args:
        path: the file; it and its folder are made if need be, for this user only.
        key: what seals are made with. Empty where no keyring could hold one: then they show
            damage, but not an edit by someone who knows this program, and what was sealed with
            a key can't be verified.

    Raises:
        DamageError: the file is broken, edited, or of a newer format.
        OSError: the file can't be made or opened.
    """

    def __init__(self, path: Path, key: bytes = b"") -> None:
        self._path = path
        self._key = key
        self._heads: dict[str, _Head] = {}
        self.unverified = 0  # events that no key at hand vouches for
        make_private(path)
        with closing(self._connect()) as db:
            self._prepare(db)
            self._runs = tuple(self._read(db))
        self._closed = False
        self._db = self._connect()
        self._queue: queue.SimpleQueue[_Entry | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="journal", daemon=True)
        self._writer.start()

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs that were in the file when it was opened, oldest first."""
        return self._runs

    def append(self, event: Event) -> None:
        """Keep an event of a run; return when it is on the disk. For any thread.

        Raises:
            JournalError: it could not be kept.
            TypeError: it is no event of a run.
        """
        if self._closed:
            raise JournalError("the journal is closed")
        entry = _Entry(run_of(event), to_bytes(event), Future())
        self._queue.put(entry)
        entry.kept.result()

    def close(self) -> None:
        """Write what waits, and end."""
        self._closed = True
        self._queue.put(None)
        self._writer.join()

    # The file

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=5.0, isolation_level=None, check_same_thread=False)
        try:
            # NORMAL would let a DELETE leave before its entry has reached the disk.
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
        except _BROKEN as error:
            db.close()
            raise DamageError(str(error)) from error
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        try:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version == 0:
                with _transaction(db):
                    for table in _TABLES:
                        db.execute(table)
                    db.execute(f"PRAGMA user_version = {FORMAT}")
            elif version != FORMAT:
                raise DamageError(f"format {version} is newer than this program")
        except _BROKEN as error:
            raise DamageError(str(error)) from error

    def _read(self, db: sqlite3.Connection) -> Iterator[Run]:
        """Read and verify everything.

        Raises:
            DamageError: an entry is not what was written.
        """
        events: dict[str, list[Event]] = {}
        try:
            heads = {run: _Head(length, seal) for run, length, seal in db.execute(_HEADS)}
            for entry in db.execute(_EVENTS):
                run, event = self._verify(entry)
                events.setdefault(run, []).append(event)
        except _BROKEN as error:
            raise DamageError(str(error)) from error
        if self._heads != heads:
            run = next(run for run, _ in self._heads.items() ^ heads.items())
            raise DamageError("entries are missing", run, self._heads.get(run, _Head()).length)
        for run, told in events.items():
            if not isinstance(told[0], PlanMade):
                raise DamageError("a run without its plan", run, 0)
            yield Run(run, tuple(told))

    def _verify(self, entry: tuple[object, ...]) -> tuple[str, Event]:
        match entry:
            case (str(run), int(number), bytes(body), 0 | 1 as keyed, bytes(seal)):
                head = self._heads.get(run, _Head())
                self.unverified += bool(keyed) != bool(self._key)
                if keyed and not self._key:
                    sealed = True
                else:
                    right = head.seal_of(self._key if keyed else b"", run, body)
                    sealed = hmac.compare_digest(seal, right)
                if number != head.length or not sealed:
                    raise DamageError("the seal is broken", run, number)
                self._heads[run] = _Head(number + 1, seal)
                try:
                    return run, from_bytes(body)
                except RecordError as error:
                    raise DamageError(str(error), run, number) from error
        raise DamageError("an entry is none")

    # Writing, in a thread of its own

    def _write(self) -> None:
        with closing(self._db) as db:
            for entries in self._handfuls():
                try:
                    self._keep(db, entries)
                except Exception as error:  # noqa: BLE001 - the border of the thread: all waiters get it
                    for entry in entries:
                        entry.kept.set_exception(JournalError(str(error)))
                else:
                    for entry in entries:
                        entry.kept.set_result(None)

    def _handfuls(self) -> Iterator[list[_Entry]]:
        """Yield what waits, all there is at a time, until the end is asked for."""
        while (entry := self._queue.get()) is not None:
            entries = [entry]
            while not self._queue.empty():
                entry = self._queue.get()
                if entry is None:
                    yield entries
                    return
                entries.append(entry)
            yield entries

    def _keep(self, db: sqlite3.Connection, entries: list[_Entry]) -> None:
        heads: dict[str, _Head] = {}
        rows = []
        for entry in entries:
            run = entry.run
            head = heads.get(run) or self._heads.get(run, _Head())
            seal = head.seal_of(self._key, run, entry.body)
            rows.append((run, head.length, entry.body, bool(self._key), seal))
            heads[run] = _Head(head.length + 1, seal)
        with _transaction(db):
            db.executemany(_ADD_EVENT, rows)
            db.executemany(_SET_HEAD, [(run, h.length, h.seal) for run, h in heads.items()])
        self._heads |= heads  # only now: what was not kept is no link


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:  # not kept; a full disk may have rolled it back already
            db.execute("ROLLBACK")
