"""The journal on disk: what was acknowledged is there, and what is there is what was written."""

import random
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from cancel_desk.desk.events import AttemptStarted, Checked, PlanMade
from cancel_desk.desk.history import History
from cancel_desk.desk.journal import DamageError, JournalError
from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.desk.journal_format import FORMAT
from cancel_desk.dojo.problem import Kind, Problem

from .flip import Flips
from .stories import KEY, LATER, NOON, change, closed, plan, story, write

ROOT = Path(__file__).parents[2]
FLIPS = 1_000  # with each seed; flip.py does as many as are wanted


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "journal.sqlite"


def read(path, key=KEY):
    journal = JournalFile(path, key)
    journal.close()
    return journal.runs


def events(path, key=KEY):
    return [event for run in read(path, key) for event in run.events]


def test_every_event_of_a_run_comes_back_as_it_was(path):
    write(path, *story())
    assert events(path) == story()


def test_runs_are_told_apart_and_in_the_order_they_began(path):
    mixed = [event for pair in zip(story("b"), story("a"), strict=True) for event in pair]
    write(path, *mixed)
    assert [(run.run_id, list(run.events)) for run in read(path)] == [
        ("b", story("b")),
        ("a", story("a")),
    ]


def test_a_run_goes_on_where_an_earlier_program_left_it(path):
    *begun, end = story()
    write(path, *begun)
    assert [run.ended for run in read(path)] == [False]
    write(path, end)
    assert [run.ended for run in read(path)] == [True]
    assert events(path) == story()


def test_what_was_acknowledged_can_be_read_by_another_program_at_once(path):
    journal = JournalFile(path, KEY)
    for count, event in enumerate(story(), start=1):
        journal.append(event)
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as other:
            assert other.execute("SELECT count(*) FROM events").fetchone() == (count,)
        other.close()
    journal.close()


def test_many_threads_write_and_nothing_is_lost_or_mixed(path):
    journal = JournalFile(path, KEY)
    journal.append(story()[0])

    def attempts(first):
        for number in range(first, first + 50):
            journal.append(AttemptStarted(at=NOON, run_id="a", intent_id="pi_x", number=number))

    threads = [threading.Thread(target=attempts, args=(1000 * n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    numbers = [event.number for event in events(path)[1:]]
    assert sorted(numbers) == sorted(1000 * n + m for n in range(8) for m in range(50))
    for n in range(8):
        mine = [number for number in numbers if number // 1000 == n]
        assert mine == sorted(mine)


def test_what_is_no_event_of_a_run_is_refused_and_the_journal_goes_on(path):
    journal = JournalFile(path, KEY)
    with pytest.raises(TypeError):
        journal.append(Checked(at=NOON, intent_id="pi_x", answer=Problem(Kind.NO_ANSWER)))
    for event in story():
        journal.append(event)
    journal.close()
    assert events(path) == story()


def test_only_this_user_may_read_it(path):
    journal = JournalFile(path, KEY)
    journal.append(story()[0])
    files = list(path.parent.iterdir())
    assert len(files) >= 2  # the file, and what SQLite keeps beside it
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700
    journal.close()


def test_what_is_closed_is_not_read_and_takes_nothing_more(path):
    write(path, *closed("a"), *story("b"))
    journal = JournalFile(path, KEY)
    assert [run.run_id for run in journal.runs] == ["b"]
    attempt = AttemptStarted(at=NOON, run_id="a", intent_id="pi_x", number=1)
    for event in (attempt, PlanMade(at=NOON, plan=plan("a"))):
        with pytest.raises(JournalError):
            journal.append(event)
    journal.close()
    assert History(path, KEY).read("a").events == tuple(closed("a"))


def test_a_run_begins_with_its_plan_and_once(path):
    journal = JournalFile(path, KEY)
    begun, attempt, *_ = story()
    with pytest.raises(JournalError):
        journal.append(attempt)
    journal.append(begun)
    with pytest.raises(JournalError):
        journal.append(begun)
    journal.append(attempt)
    journal.close()
    assert events(path) == [begun, attempt]


def test_nothing_is_taken_after_the_end(path):
    journal = JournalFile(path, KEY)
    journal.close()
    with pytest.raises(JournalError):
        journal.append(story()[0])
    with pytest.raises(JournalError):
        journal.remove([], "sam", LATER)


class TestDamage:
    @pytest.fixture
    def written(self, path):
        write(path, *story("a"), *story("b", rows=40), *story("c"))
        return path

    def damage(self, path, key=KEY):
        with pytest.raises(DamageError) as caught:
            JournalFile(path, key)
        return caught.value

    def test_an_edited_entry(self, written):
        change(
            written,
            "UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'Canceled', 'Created') "
            "AS BLOB) WHERE run = 'b'",
        )
        damage = self.damage(written)
        assert (damage.run, damage.number) == ("b", 6)

    @pytest.mark.parametrize("number", [0, 5, 10])
    def test_a_removed_entry(self, written, number):
        change(written, "DELETE FROM events WHERE run = 'b' AND number = ?", number)
        damage = self.damage(written)
        assert (damage.run, damage.number) == ("b", number)

    def test_removed_entries_of_a_run(self, written):
        change(written, "DELETE FROM events WHERE run = 'b'")
        assert self.damage(written).run == "b"

    def test_an_end_that_was_cut_off_even_where_the_list_says_so(self, written):
        change(written, "DELETE FROM events WHERE run = 'b' AND number > 7")
        change(written, "UPDATE runs SET length = 8 WHERE run = 'b'")
        damage = self.damage(written)
        assert (damage.run, damage.number) == ("b", 8)

    def test_a_run_that_is_said_to_be_closed(self, written):
        change(written, "UPDATE runs SET closed = 1 WHERE run = 'b'")
        assert self.damage(written).run == "b"

    @pytest.mark.parametrize("run", ["a", "b"])
    def test_a_run_that_was_taken_out_whole(self, written, run):
        change(written, "DELETE FROM events WHERE run = ?", run)
        change(written, "DELETE FROM runs WHERE run = ?", run)
        assert "missing" in str(self.damage(written))

    def test_a_run_that_was_taken_out_and_the_others_moved_up(self, written):
        change(written, "DELETE FROM events WHERE run = 'a'")
        change(written, "DELETE FROM runs WHERE run = 'a'")
        change(written, "UPDATE runs SET position = position - 1")
        assert self.damage(written).run == "b"

    def test_the_last_run_gone_from_the_list_alone(self, written):
        change(written, "DELETE FROM runs WHERE run = 'c'")
        assert self.damage(written).run == "c"

    def test_runs_that_changed_places(self, written):
        change(written, "UPDATE runs SET position = 9 WHERE run = 'b'")
        change(written, "UPDATE runs SET position = 2 WHERE run = 'c'")
        change(written, "UPDATE runs SET position = 3 WHERE run = 'b'")
        assert self.damage(written).run == "c"

    def test_entries_that_changed_places(self, written):
        change(written, "UPDATE events SET number = 99 WHERE run = 'b' AND number = 3")
        change(written, "UPDATE events SET number = 3 WHERE run = 'b' AND number = 4")
        change(written, "UPDATE events SET number = 4 WHERE run = 'b' AND number = 99")
        damage = self.damage(written)
        assert (damage.run, damage.number) == ("b", 3)

    def test_another_key(self, written):
        assert (self.damage(written, b"another").run) == "a"

    def test_a_newer_format(self, written):
        change_format(written, FORMAT + 1)
        assert "newer" in str(self.damage(written))

    def test_what_is_closed_may_be_damaged_without_harm_to_the_rest(self, path):
        write(path, *closed("a"), *story("b"))
        change(path, "UPDATE events SET body = x'00' WHERE run = 'a' AND number > 2")
        assert events(path) == story("b")

    @pytest.mark.parametrize("content", [b"no database at all" * 300, b"SQLite format 3\0" * 64])
    def test_no_journal(self, path, content):
        path.parent.mkdir()
        path.write_bytes(content)
        self.damage(path)
        assert path.read_bytes() == content

    @pytest.mark.parametrize("seed", [20260517, 20260518])
    def test_a_byte_that_changed_never_changes_what_is_read(self, tmp_path, seed):
        journal, chance = Flips(tmp_path), random.Random(seed)
        for _ in range(FLIPS):
            journal.flip(chance)
        # All were met, so all are tested.
        assert min(journal.seen.values()) > 20
        assert len(journal.seen) == 4


def change_format(path, number):
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(f"PRAGMA user_version = {number}")


def test_without_a_key_damage_shows_and_a_later_key_changes_nothing(path):
    first, *rest = story()
    write(path, first, key=b"")
    write(path, *rest, key=KEY)
    assert events(path, KEY) == story()


def test_without_the_key_it_is_read_and_said_how_much_was_not_verified(path):
    first, *rest = story()
    write(path, first, key=b"")
    write(path, *rest, key=KEY)
    assert events(path, b"") == story()
    assert History(path, b"").verify().unverified == len(rest)
    assert History(path, KEY).verify().unverified == 1


@pytest.mark.parametrize("lines", [1, 2, 7, 40, 150])
def test_a_kill_loses_nothing_that_was_acknowledged(path, lines):
    program = f"""
from tests.desk.stories import *
from cancel_desk.desk.journal_file import JournalFile
journal = JournalFile(Path({str(path)!r}), KEY)
for n in range(100_000):
    journal.append(PlanMade(at=NOON, plan=plan(str(n))))
    print(n, flush=True)
"""
    child = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE)
    acknowledged = [int(child.stdout.readline()) for _ in range(lines)]
    child.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in child.stdout.read().split()]
    child.wait()
    child.stdout.close()
    found = [int(run.run_id) for run in read(path)]
    assert found[: len(acknowledged)] == acknowledged
    assert found == list(range(len(found)))
