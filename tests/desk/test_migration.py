"""A journal of an earlier format comes over whole, or stays as it was."""

import hmac
import sqlite3
from contextlib import closing

import pytest

from cancel_desk.desk import journal_format
from cancel_desk.desk.history import History
from cancel_desk.desk.journal import DamageError
from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.desk.records import run_of, to_bytes

from .stories import KEY, change, closed, story

# What version 0.1 made.
FORMAT_1 = """
CREATE TABLE events (
    place INTEGER PRIMARY KEY, run TEXT NOT NULL, number INTEGER NOT NULL, body BLOB NOT NULL,
    keyed INTEGER NOT NULL, seal BLOB NOT NULL, UNIQUE (run, number)) STRICT;
CREATE TABLE heads (
    run TEXT PRIMARY KEY, length INTEGER NOT NULL, seal BLOB NOT NULL) STRICT;
PRAGMA user_version = 1;
"""


def make_format_1(path, events, key=KEY):
    """Write a journal the way version 0.1 did."""
    heads = {}
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(FORMAT_1)
        for event in events:
            run, body = run_of(event), to_bytes(event)
            number, before = heads.get(run, (0, b""))
            seal = hmac.digest(key, before + f"{run}/{number}/".encode() + body, "sha256")
            entry = (run, number, body, bool(key), seal)
            db.execute("INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?)", entry)
            heads[run] = number + 1, seal
        for run, head in heads.items():
            db.execute("INSERT INTO heads VALUES (?, ?, ?)", (run, *head))


def content(path):
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump()), db.execute("PRAGMA user_version").fetchone()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.sqlite"


@pytest.fixture
def mixed():
    """Two runs at once, the one that is second in the alphabet first."""
    pairs = zip(story("b", rows=50), story("a"), strict=True)
    return [event for pair in pairs for event in pair]


@pytest.mark.parametrize("key", [KEY, b""], ids=["sealed", "not sealed"])
def test_everything_comes_over_in_its_order(path, mixed, key):
    make_format_1(path, mixed, key)
    journal = JournalFile(path, key)
    journal.close()
    assert [(run.run_id, list(run.events)) for run in journal.runs] == [
        ("b", story("b", rows=50)),
        ("a", story("a")),
    ]
    verdict = History(path, key).verify()
    assert (verdict.runs, verdict.entries, verdict.unverified) == (2, len(mixed), 0)
    assert verdict.damage is None


def test_a_run_goes_on_after_it(path):
    *begun, end = closed()
    make_format_1(path, begun)
    journal = JournalFile(path, KEY)
    journal.append(end)
    journal.close()
    assert History(path, KEY).read("a").events == tuple(closed())


def test_while_the_keyring_is_locked_it_comes_over_and_the_last_entries_are_counted(path, mixed):
    make_format_1(path, mixed)
    JournalFile(path, b"").close()
    verdict = History(path, KEY).verify()
    assert (verdict.unverified, verdict.damage) == (2, None)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM events WHERE run = 'b' AND number = 10",
        "DELETE FROM events WHERE run = 'b'",
        "DELETE FROM heads WHERE run = 'b'",
        "UPDATE events SET body = x'00' WHERE run = 'b' AND number = 4",
    ],
)
def test_damage_does_not_become_truth_by_it(path, mixed, statement):
    make_format_1(path, mixed)
    change(path, statement)
    with pytest.raises(DamageError) as damage:
        JournalFile(path, KEY)
    assert damage.value.run == "b"


def test_one_that_fails_half_way_leaves_all_as_it_was(path, mixed, monkeypatch):
    make_format_1(path, mixed)
    before = content(path)

    def fail(db, seals):
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (2,)
        raise MemoryError

    steps = (*journal_format._STEPS, fail)
    with monkeypatch.context() as patch:
        patch.setattr(journal_format, "_STEPS", steps)
        patch.setattr(journal_format, "FORMAT", len(steps))
        with pytest.raises(MemoryError):
            JournalFile(path, KEY)
    assert content(path) == before
    journal = JournalFile(path, KEY)
    journal.close()
    assert [run.run_id for run in journal.runs] == ["b", "a"]


def test_a_reader_of_this_program_does_not_guess_at_another_format(path, mixed):
    make_format_1(path, mixed)
    with pytest.raises(DamageError):
        History(path, KEY).run_ids()
