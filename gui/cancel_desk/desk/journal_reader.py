"""Reading the journal: whatever is handed out was verified, or damage is reported."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from cancel_desk.desk.events import Event, RunClosed, RunRemoved
from cancel_desk.desk.journal import DamageError
from cancel_desk.desk.journal_format import telling_damage
from cancel_desk.desk.records import RecordError, from_bytes
from cancel_desk.desk.seals import Seals

_RUNS = "SELECT position, run, length, closed, keyed, seal FROM runs"
_ENTRIES = "SELECT number, body, keyed, seal FROM events WHERE run = ? ORDER BY number"


@dataclass(frozen=True, slots=True)
class Line:
    """A run's line in the list of runs; `intact` unless its seal is broken."""

    position: int
    run: str
    length: int
    closed: bool
    keyed: bool
    intact: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it is kept. `vouched` tells whether the key at hand stands for it."""

    number: int
    body: bytes
    keyed: bool
    seal: bytes
    vouched: bool


def decoded(run: str, entry: Entry) -> Event:
    """Return an entry's event.

    Raises:
        DamageError: it has none that this program knows.
    """
    try:
        return from_bytes(entry.body)
    except RecordError as error:
        raise DamageError(str(error), run, entry.number) from error


class Reader:
    """Reads a journal over an open connection. All of it raises DamageError and JournalError."""

    def __init__(self, db: sqlite3.Connection, seals: Seals) -> None:
        self._db = db
        self._seals = seals

    def runs(self) -> list[Line]:
        """Return the list of runs in the order they began, whether intact or not."""
        with telling_damage():
            return [self._line(row) for row in self._db.execute(f"{_RUNS} ORDER BY position")]

    def run(self, run: str) -> Line:
        """Return a run's line."""
        with telling_damage():
            row = self._db.execute(f"{_RUNS} WHERE run = ?", (run,)).fetchone()
        if row is None:
            raise DamageError("the run is not in the list", run)
        return self._line(row)

    def entries(self, line: Line) -> Iterator[Entry]:
        """Yield a run's entries, each verified, up to the first that is not what was written."""
        number, last = 0, None
        with telling_damage():
            for row in self._db.execute(_ENTRIES, (line.run,)):
                last = self._entry(line, row, number, last.seal if last else b"")
                yield last
                number += 1
        if last is None or number != line.length:
            raise DamageError("entries are missing", line.run, number)
        if not line.intact:
            raise DamageError("the seal of the run is broken", line.run, number)
        if line.closed and not isinstance(decoded(line.run, last), RunClosed | RunRemoved):
            raise DamageError("the run is not closed", line.run, number)

    def events(self, line: Line) -> Iterator[Event]:
        """Yield what `entries` does, as events."""
        for entry in self.entries(line):
            yield decoded(line.run, entry)

    def query(self, statement: str, *values: str) -> list[tuple[object, ...]]:
        """Return what is found in the file as it is: nothing of it is verified."""
        with telling_damage():
            return self._db.execute(statement, values).fetchall()

    def check_list(self, lines: list[Line]) -> None:
        """Make sure that no run is missing from the list.

        Runs are numbered without a gap and their numbers sealed, so only one at the end could go
        unseen: the newest entry tells of it, or the structure of the table.
        """
        for position, line in enumerate(lines, start=1):
            if line.position != position:
                raise DamageError(f"run {position} is missing")
        with telling_damage():
            (state,) = self._db.execute("PRAGMA quick_check(runs)").fetchone()
            newest = self._db.execute(
                "SELECT run FROM events ORDER BY place DESC LIMIT 1"
            ).fetchone()
        if state != "ok":
            raise DamageError(str(state))
        if newest is not None and newest[0] not in {line.run for line in lines}:
            raise DamageError("the run is not in the list", str(newest[0]))

    def check_structure(self, length: int) -> None:
        """Make sure that SQLite finds its own structures whole, and no entry besides `length`."""
        with telling_damage():
            (count,) = self._db.execute("SELECT count(*) FROM events NOT INDEXED").fetchone()
            if count != length:
                raise DamageError(f"{count - length:+} entries that belong to no run")
            (state,) = self._db.execute("PRAGMA integrity_check(1)").fetchone()
        if state != "ok":
            raise DamageError(str(state))

    def _entry(self, line: Line, row: tuple[object, ...], number: int, before: bytes) -> Entry:
        """Return the `number`th entry of a run, verified."""
        match row:
            case (int(found), bytes(body), 0 | 1 as keyed, bytes(seal)):
                if found != number or number >= line.length:
                    raise DamageError("an entry is not where it belongs", line.run, number)
                if not self._seals.fits_entry(seal, bool(keyed), before, line.run, number, body):
                    raise DamageError("the seal is broken", line.run, number)
                vouched = self._vouches(keyed)
                if number == line.length - 1:  # that there is no more is in the run's line
                    vouched = vouched and self._vouches(line.keyed)
                return Entry(number, body, bool(keyed), seal, vouched)
        raise DamageError("an entry is none", line.run, number)

    def _vouches(self, keyed: int) -> bool:
        return bool(keyed) == self._seals.keyed

    def _line(self, row: tuple[object, ...]) -> Line:
        match row:
            case (int(position), str(run), int(length), 0 | 1 as closed, 0 | 1 as keyed, seal) if (
                isinstance(seal, bytes) and length > 0
            ):
                sealed = position, run, length, bool(closed)
                intact = self._seals.fits_line(seal, bool(keyed), *sealed)
                return Line(*sealed, bool(keyed), intact)
        raise DamageError("a line in the list of runs is none")
