"""Past runs: what is handed out was verified, what is removed is gone and is said to be."""

import json
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from cancel_desk.desk.events import RunRemoved
from cancel_desk.desk.history import History, PastRun, RemovedRun, UnreadableRun
from cancel_desk.desk.journal import DamageError, JournalError
from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.desk.records import from_bytes
from cancel_desk.desk.row import State
from cancel_desk.desk.seals import Seals

from .stories import KEY, LATER, NOON, an_id, change, closed, plan, story, write


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "journal.sqlite"


@pytest.fixture
def history(path):
    return History(path, KEY)


@pytest.fixture
def three(path):
    """Two closed runs and one that goes on."""
    write(path, *closed("a"), *closed("b", rows=40), *story("c")[:7])


def remove(path, *runs, key=KEY):
    journal = JournalFile(path, key)
    try:
        journal.remove(runs, "kim", LATER)
    finally:
        journal.close()


class TestReading:
    def test_a_run_is_read_as_it_happened(self, three, history):
        run = history.read("b")
        assert run.plan == plan("b", rows=40)
        assert run.events == tuple(closed("b", rows=40))
        assert run.began == NOON
        assert run.ended == story("b")[-1]
        assert run.damage is None
        assert [row.intent_id for row in run.rows] == [an_id(n) for n in range(40)]
        assert run.counts == {State.CANCELLED: 1, State.NOT_FOUND: 1, State.NOT_SENT: 38}
        assert run.cancelled == {"EUR": 2**62}
        assert run.rows[0].attempts == 1 + 1  # a 429 counts as a send
        assert run.rows[0].plan == run.plan

    def test_the_newest_is_the_first(self, three, history):
        assert history.run_ids() == ["c", "b", "a"]

    def test_one_that_goes_on_is_shown_as_far_as_it_is_beside_the_writer(self, path, history):
        journal = JournalFile(path, KEY)
        told = story()
        for count, event in enumerate(told, start=1):
            journal.append(event)
            run = history.read("a")
            assert run.events == tuple(told[:count])
            assert (run.ended is None) == (count < len(told))
            if count == 2:
                assert run.rows[0].state is State.CANCELLING
        journal.close()

    def test_it_reads_while_many_threads_write(self, path, history):
        journal = JournalFile(path, KEY)
        runs = [f"run {n}" for n in range(8)]

        def live(run):
            for event in closed(run):
                journal.append(event)

        threads = [threading.Thread(target=live, args=(run,)) for run in runs]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            assert history.verify().damage is None
            for run in history.run_ids():
                assert history.read(run).damage is None
        journal.close()
        assert sorted(history.run_ids()) == runs

    def test_an_empty_journal_has_no_runs(self, path, history):
        write(path)
        assert history.run_ids() == []
        assert history.older_than(NOON) == []
        assert history.verify().entries == 0

    def test_without_a_file_it_says_so_and_makes_none(self, path, history):
        for ask in (history.run_ids, history.verify, lambda: history.read("a")):
            with pytest.raises(JournalError):
                ask()
        assert not path.exists()

    def test_up_to_the_damage_it_is_shown(self, three, path, history):
        change(path, "UPDATE events SET body = x'7b7d' WHERE run = 'b' AND number = 7")
        run = history.read("b")
        assert isinstance(run, PastRun)
        assert run.events == tuple(closed("b", rows=40)[:7])
        assert (run.damage.run, run.damage.number) == ("b", 7)
        assert history.read("a").damage is None

    def test_without_its_plan_nothing_of_a_run_is_shown(self, three, path, history):
        change(path, "UPDATE events SET seal = zeroblob(32) WHERE run = 'a' AND number = 0")
        run = history.read("a")
        assert isinstance(run, UnreadableRun)
        assert (run.damage.run, run.damage.number) == ("a", 0)

    def test_a_file_that_is_none(self, path, history):
        path.parent.mkdir()
        path.write_bytes(b"not a journal" * 1000)
        assert isinstance(history.verify().damage, DamageError)
        assert isinstance(history.read("a"), UnreadableRun)
        with pytest.raises(DamageError):
            history.run_ids()


class TestSearching:
    @pytest.fixture
    def searched(self, path):
        write(path, *closed("a", reason="Ticket 81: “Ölwechsel” 100%_"), *closed("b", rows=40))
        write(path, *story("c", at=LATER)[:7])
        return History(path, KEY)

    @pytest.mark.parametrize(
        ("text", "runs"),
        [
            (an_id(2), {"a", "b", "c"}),
            (an_id(39), {"b"}),
            (an_id(39)[8:], {"b"}),
            ("ORDER 39 – „é“", {"b"}),
            ("ticket 81", {"a"}),
            ("Ölw", {"a"}),
            ('"', set()),
            ("0%_", {"a"}),
            ("\u202e", {"a", "b", "c"}),
            ("intent_id", set()),
            ("Leeds", set()),
        ],
    )
    def test_it_finds_payments_references_and_reasons(self, searched, text, runs):
        assert searched.mentioning(text) == runs

    def test_by_date(self, searched):
        moment = timedelta(microseconds=1)
        assert searched.run_ids(since=LATER) == ["c"]
        assert searched.run_ids(since=LATER + moment) == []
        assert searched.run_ids(until=LATER) == ["b", "a"]
        assert searched.run_ids(since=NOON, until=NOON + moment) == ["b", "a"]

    def test_what_is_broken_is_not_hidden_by_a_date_and_stops_no_search(self, searched, path):
        change(path, "UPDATE events SET body = x'ff00' WHERE run = 'a' AND number = 0")
        assert searched.run_ids(since=LATER) == ["c", "a"]
        assert searched.mentioning(an_id(39)) == {"b"}


class TestVerifying:
    def test_all_is_counted(self, three, path, history):
        remove(path, "a")
        verdict = history.verify()
        assert verdict.entries == 1 + 12 + 7
        assert (verdict.runs, verdict.removed, verdict.unverified) == (3, 1, 0)
        assert (verdict.damage, verdict.stopped) == (None, False)

    def test_the_first_damage_is_named(self, three, path, history):
        change(path, "UPDATE events SET body = x'7b7d' WHERE run = 'b' AND number = 7")
        verdict = history.verify()
        assert (verdict.damage.run, verdict.damage.number) == ("b", 7)
        assert verdict.began == NOON
        assert (verdict.runs, verdict.entries) == (1, 12 + 7)

    def test_where_its_plan_is_damaged_too_nobody_knows_when_it_began(self, three, path, history):
        change(path, "UPDATE events SET body = x'7b7d' WHERE run = 'b' AND number = 0")
        verdict = history.verify()
        assert (verdict.damage.run, verdict.damage.number) == ("b", 0)
        assert verdict.began is None

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM runs WHERE run = 'b'",
            "DELETE FROM runs WHERE run = 'c'",
            "UPDATE runs SET closed = 0 WHERE run = 'b'",
            "UPDATE runs SET closed = 1 WHERE run = 'c'",
            "UPDATE runs SET length = 13 WHERE run = 'b'",
            "UPDATE runs SET keyed = 0 WHERE run = 'b'",
            "UPDATE events SET keyed = 0 WHERE run = 'b' AND number = 3",
            "DELETE FROM events WHERE run = 'b' AND number = 11",
            "INSERT INTO events VALUES (NULL, 'd', 0, x'7b7d', 1, x'00')",
            "INSERT INTO events VALUES (NULL, 'b', 12, x'7b7d', 1, x'00')",
        ],
    )
    def test_what_was_done_by_hand_shows(self, three, path, history, statement):
        change(path, statement)
        assert history.verify().damage is not None

    def test_newest_runs_taken_away_whole_can_not_show(self, three, path, history):
        """The one thing that nothing in the file can tell."""
        change(path, "DELETE FROM runs WHERE run = 'c'")
        change(path, "DELETE FROM events WHERE run = 'c'")
        assert history.verify().damage is None

    def test_who_seals_anew_without_the_key_is_counted(self, three, path, history):
        """Someone who knows the program, but not the key, cuts off the end of an open run."""
        seals = Seals(b"")
        change(path, "DELETE FROM events WHERE run = 'c' AND number = 6")
        change(
            path,
            "UPDATE runs SET length = 6, keyed = 0, seal = ? WHERE run = 'c'",
            seals.of_line(3, "c", 6, closed=False),
        )
        verdict = history.verify()
        assert (verdict.unverified, verdict.damage) == (1, None)

    def test_damage_to_what_sqlite_keeps_for_itself_shows(self, three, path, history):
        with closing(sqlite3.connect(path)) as db:
            (page,) = db.execute("PRAGMA page_size").fetchone()
            root = db.execute(
                "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_runs_1'"
            )
            (number,) = root.fetchone()
        content = bytearray(path.read_bytes())
        place = content.index(b"b", (number - 1) * page + page // 2)
        content[place] ^= 1
        path.write_bytes(content)
        assert history.verify().damage is not None

    def test_it_can_be_stopped_and_tells_how_far_it_is(self, path):
        write(path, *(event for n in range(400) for event in closed(f"run {n}")), key=b"")
        history = History(path)
        told = []
        verdict = history.verify(progress=lambda *far: told.append(far))
        assert told == [(2000, 4800), (4000, 4800), (4800, 4800)]
        assert verdict.entries == 4800
        verdict = history.verify(stop=lambda: True)
        assert (verdict.entries, verdict.stopped) == (2000, True)


class TestExporting:
    def test_every_entry_is_a_line_with_all_that_its_seal_stands_for(
        self, three, tmp_path, history
    ):
        file = tmp_path / "export.jsonl"
        history.export_lines(file, ["b", "c"])
        lines = [json.loads(line) for line in file.read_text("ascii").splitlines()]
        assert [line["run"] for line in lines] == ["b"] * 12 + ["c"] * 7
        assert [line["number"] for line in lines] == [*range(12), *range(7)]
        assert all(line["keyed"] for line in lines)
        told = [from_bytes(json.dumps(line["event"]).encode()) for line in lines]
        assert told == [*closed("b", rows=40), *story("c")[:7]]
        body = json.dumps(lines[0]["event"], separators=(",", ":")).encode()
        assert Seals(KEY).of_entry(b"", "b", 0, body).hex() == lines[0]["seal"]

    def test_of_a_damaged_run_there_is_what_comes_before_and_a_line_that_says_so(
        self, three, path, tmp_path, history
    ):
        change(path, "UPDATE events SET body = x'7b7d' WHERE run = 'b' AND number = 7")
        file = tmp_path / "export.jsonl"
        assert history.export_lines(file, ["b", "c"]) == ["b"]
        lines = [json.loads(line) for line in file.read_text("ascii").splitlines()]
        assert [line["run"] for line in lines] == ["b"] * 8 + ["c"] * 7
        assert lines[7] == {"run": "b", "number": 7, "damaged": "the seal is broken"}
        assert [each["number"] for each in lines if "event" in each] == [*range(7), *range(7)]

    def test_a_run_of_which_nothing_can_be_read_is_in_it_too(self, three, path, tmp_path, history):
        change(path, "DELETE FROM events WHERE run = 'a'")
        file = tmp_path / "export.jsonl"
        assert history.export_lines(file, ["a"]) == ["a"]
        (line,) = file.read_text("ascii").splitlines()
        assert json.loads(line) == {"run": "a", "number": 0, "damaged": "entries are missing"}

    def test_where_it_can_not_be_written(self, three, tmp_path, history):
        with pytest.raises(OSError, match="No such file"):
            history.export_lines(tmp_path / "no folder" / "export.jsonl", ["a"])


class TestRetention:
    @pytest.mark.parametrize(
        ("now", "old"),
        [
            (datetime(2027, 5, 17, 12, tzinfo=UTC), []),
            (datetime(2027, 5, 17, 13, tzinfo=UTC), ["a"]),
            (datetime(2027, 6, 1, tzinfo=UTC), ["b", "a"]),
        ],
    )
    def test_closed_runs_are_offered_a_year_after_they_began(self, path, now, old):
        write(path, *closed("a"), *closed("b", at=LATER), *story("open"))
        assert History(path, KEY).older_than(now) == old

    def test_a_month_that_is_shorter_ends_earlier(self, path):
        write(path, *closed("a", at=datetime(2026, 2, 28, 11, tzinfo=UTC)))
        may = datetime(2026, 5, 31, 12, tzinfo=UTC)
        assert History(path, KEY).older_than(may, months=3) == ["a"]

    def test_a_marker_stands_in_its_place(self, three, path, history):
        remove(path, "a")
        assert history.read("a") == RemovedRun("a", NOON, "Leeds shop", 12, LATER, "kim")
        assert history.run_ids() == ["c", "b", "a"]
        assert history.read("b").events == tuple(closed("b", rows=40))
        assert history.older_than(NOON + timedelta(days=4000)) == ["b"]
        assert history.run_ids(until=NOON) == []
        assert history.mentioning("Order") == {"b", "c"}
        assert history.verify().damage is None

    def test_what_was_removed_can_not_be_read_in_the_file(self, path):
        write(path, *closed("a", reason="a very old ticket", rows=500), *story("b"))
        assert b"Order 499" in path.read_bytes()
        size = path.stat().st_size
        journal = JournalFile(path, KEY)
        journal.append(story("b")[1])  # the WAL is in use
        journal.remove(["a"], "kim", LATER)
        files = [file.read_bytes() for file in path.parent.iterdir()]
        assert not any(b"Order 499" in file or b"a very old" in file for file in files)
        assert path.stat().st_size < size / 2
        journal.append(story("b")[2])
        journal.close()
        assert History(path, KEY).verify().damage is None

    @pytest.mark.parametrize("run", ["c", "removed", "never there"])
    def test_only_closed_runs_and_all_or_none(self, three, path, history, run):
        write(path, *closed("removed"))
        remove(path, "removed")
        with pytest.raises((JournalError, DamageError)):
            remove(path, "a", run)
        assert history.read("a").events == tuple(closed("a"))
        assert history.verify().removed == 1

    def test_a_damaged_run_is_not_swept_away(self, three, path, history):
        change(path, "UPDATE events SET body = x'7b7d' WHERE run = 'b' AND number = 7")
        with pytest.raises(DamageError):
            remove(path, "a", "b")
        assert history.read("a").damage is None
        assert history.verify().damage.run == "b"

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM events WHERE run = 'b'",
            "DELETE FROM runs WHERE run = 'b'",
            "UPDATE events SET body = CAST(replace(body, 'kim', 'sam') AS BLOB) WHERE run = 'b'",
            "UPDATE runs SET length = 2 WHERE run = 'b'",
        ],
    )
    def test_a_marker_is_as_hard_to_change_as_an_entry(self, three, path, history, statement):
        remove(path, "b")
        change(path, statement)
        assert history.verify().damage is not None

    def test_a_marker_made_by_hand_shows(self, three, path, history):
        remove(path, "b")
        marker = "SELECT body, seal FROM events WHERE run = 'b'"
        with closing(sqlite3.connect(path)) as db:
            body, seal = db.execute(marker).fetchone()
        change(path, "DELETE FROM events WHERE run = 'a' AND number > 0")
        body = body.replace(b'"run_id":"b"', b'"run_id":"a"')
        assert isinstance(from_bytes(body), RunRemoved)
        change(path, "UPDATE events SET body = ?, seal = ? WHERE run = 'a'", body, seal)
        change(path, "UPDATE runs SET length = 1 WHERE run = 'a'")
        assert history.verify().damage.run == "a"
        assert isinstance(history.read("a"), UnreadableRun)

    def test_without_the_key_a_removal_is_counted_as_not_verified(self, three, path, history):
        remove(path, "b", key=b"")
        verdict = history.verify()
        assert (verdict.removed, verdict.unverified, verdict.damage) == (1, 1, None)
