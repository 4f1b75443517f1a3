"""The journal's file: its tables, how it is opened, and the way from older formats to this one."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cancel_desk.desk.journal import DamageError, JournalError
from cancel_desk.desk.seals import Seals

# What is no fault of the file: the disk is full or fails, or another program is in the way.
_TROUBLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
}


@contextmanager
def telling_damage() -> Iterator[None]:
    """Turn what SQLite raises into what it means.

    Raises:
        DamageError: the file is not what was written.
        JournalError: it can't be read or written now.
    """
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        # Where a message quotes what is broken the library fails at that, with no code.
        code = getattr(error, "sqlite_errorcode", None)
        if code is not None and code & 0xFF in _TROUBLE:
            raise JournalError(str(error)) from error
        raise DamageError(str(error)) from error


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Keep all that is written inside, or nothing of it."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:  # not kept; a full disk may have rolled it back already
            db.execute("ROLLBACK")


def connect(path: Path) -> sqlite3.Connection:
    """Open the file for writing, in a way that what is committed has reached the disk.

    Raises:
        DamageError, JournalError: as `telling_damage`.
    """
    with telling_damage():
        db = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
        try:
            # NORMAL would let a DELETE leave before its entry has reached the disk.
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA secure_delete = ON")  # what is removed can't be read any more
        except BaseException:
            db.close()
            raise
    return db


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open the file to read it as it is at this moment, while a writer may go on.

    Raises:
        DamageError, JournalError: as `telling_damage`; the first for another format, too.
    """
    with telling_damage():
        address = f"{path.absolute().as_uri()}?mode=ro"
        db = sqlite3.connect(address, uri=True, timeout=5.0, isolation_level=None)
        try:
            db.execute("BEGIN")
            _require_this_format(db)
        except BaseException:
            db.close()
            raise
    return db


def migrate(db: sqlite3.Connection, seals: Seals) -> None:
    """Bring the file to this program's format, wholly or not at all.

    Raises:
        DamageError, JournalError: as `telling_damage`; the first for a newer format, too.
    """
    with telling_damage():
        found = _format(db)
        if found not in range(FORMAT + 1):
            raise DamageError(f"format {found} is newer than this program")
        if found < FORMAT:
            with transaction(db):
                for step in _STEPS[found:]:
                    step(db, seals)
                db.execute(f"PRAGMA user_version = {FORMAT}")


def _require_this_format(db: sqlite3.Connection) -> None:
    found = _format(db)
    if found != FORMAT:
        raise DamageError(f"format {found} is not the one of this program")


def _format(db: sqlite3.Connection) -> int:
    (found,) = db.execute("PRAGMA user_version").fetchone()
    return int(found)


def _begin(db: sqlite3.Connection, _: Seals) -> None:
    """Format 1: `seal` is an HMAC over the event and the seal before it in its run.

    `keyed` tells whether its key came from a keyring. `heads` says of each run how many events it
    has and what the last seal is: a chain that ends early looks like a whole one.
    """
    db.execute(
        "CREATE TABLE events ("
        " place INTEGER PRIMARY KEY, run TEXT NOT NULL, number INTEGER NOT NULL,"
        " body BLOB NOT NULL, keyed INTEGER NOT NULL, seal BLOB NOT NULL,"
        " UNIQUE (run, number)) STRICT"
    )
    db.execute(
        "CREATE TABLE heads ("
        " run TEXT PRIMARY KEY, length INTEGER NOT NULL, seal BLOB NOT NULL) STRICT"
    )


def _list_runs(db: sqlite3.Connection, seals: Seals) -> None:
    """Format 2: `runs` lists them in the order they began, each line with a seal of its own.

    What is `closed` needs no care, and is not read until someone wants to see it. No entry is
    verified or changed here: what was damaged before shows when it is read.
    """
    db.execute(
        "CREATE TABLE runs ("
        " position INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE, length INTEGER NOT NULL,"
        " closed INTEGER NOT NULL, keyed INTEGER NOT NULL, seal BLOB NOT NULL) STRICT"
    )
    lengths = dict(db.execute("SELECT run, length FROM heads"))
    begun = [
        run for (run,) in db.execute("SELECT run FROM events GROUP BY run ORDER BY min(place)")
    ]
    if lengths.keys() != set(begun):
        raise DamageError("entries are missing", next(iter(lengths.keys() ^ set(begun))), 0)
    for position, run in enumerate(begun, start=1):
        seal = seals.of_line(position, run, lengths[run], closed=False)
        line = (position, run, lengths[run], False, seals.keyed, seal)
        db.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", line)
    db.execute("DROP TABLE heads")


_STEPS: tuple[Callable[[sqlite3.Connection, Seals], None], ...] = (_begin, _list_runs)
FORMAT = len(_STEPS)  # PRAGMA user_version
