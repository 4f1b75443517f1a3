"""The journal on disk: what was acknowledged is there, and what is there is what was written."""

import random
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cancel_desk.desk.events import (
    Answered,
    AttemptStarted,
    Checked,
    EndReason,
    NotSent,
    PauseReason,
    PlanMade,
    ReadBack,
    RunEnded,
    RunPaused,
    RunResumed,
)
from cancel_desk.desk.journal_file import DamageError, JournalFile
from cancel_desk.desk.plan import Plan, PlannedRow
from cancel_desk.desk.profiles import Environment
from cancel_desk.dojo.intent import Intent, Money
from cancel_desk.dojo.problem import Kind, Problem

KEY = bytes(range(32))
NOON = datetime(2026, 5, 17, 12, 0, 0, 123456, tzinfo=UTC)
FLIPS = 600


def an_id(number):
    return f"pi_{number:021}A"


def plan(run_id="a", rows=3):
    return Plan(
        rows=tuple(
            PlannedRow(an_id(n), Money(100 * n, "GBP"), f"Order {n} – „é“ \u202e", NOON)
            for n in range(rows)
        ),
        profile="Leeds shop",
        environment=Environment.LIVE,
        key_hint="x9Rk",
        operator="sam",
        reason="Ticket 7",
        made_at=NOON,
        run_id=run_id,
    )


def story(run_id="a", rows=3):
    """A run with an event of every kind."""
    intent = Intent(
        an_id(0),
        "Canceled",
        capture_mode="Auto",
        amount=Money(2**62, "EUR"),
        total_amount=None,
        reference="Order 0",
        created_at=NOON,
        read_at=NOON,
    )
    problem = Problem(Kind.RATE_LIMITED, 429, "Too many", "Wait", "00-ab", 1.5, "technical")
    row = {"at": NOON, "run_id": run_id}
    return [
        PlanMade(at=NOON, plan=plan(run_id, rows)),
        AttemptStarted(intent_id=an_id(0), number=1, **row),
        Answered(intent_id=an_id(0), answer=problem, **row),
        RunPaused(reason=PauseReason.RATE_LIMITED, until=NOON, **row),
        RunResumed(**row),
        AttemptStarted(intent_id=an_id(0), number=2, **row),
        Answered(intent_id=an_id(0), answer=intent, **row),
        ReadBack(intent_id=an_id(1), answer=Problem(Kind.NOT_FOUND, 404), **row),
        NotSent(intent_id=an_id(2), problem=problem, **row),
        RunPaused(reason=PauseReason.OPERATOR, until=None, **row),
        RunEnded(reason=EndReason.STOPPED, **row),
    ]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "journal.sqlite"


def write(path, *events, key=KEY):
    journal = JournalFile(path, key)
    for event in events:
        journal.append(event)
    journal.close()


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


class TestDamage:
    @pytest.fixture
    def written(self, path):
        write(path, *story("a"), *story("b", rows=40), *story("c"))
        return path

    def change(self, path, statement, *values):
        with sqlite3.connect(path) as db:
            assert db.execute(statement, values).rowcount > 0
        db.close()

    def damage(self, path, key=KEY):
        with pytest.raises(DamageError) as caught:
            JournalFile(path, key)
        return caught.value

    def test_an_edited_entry(self, written):
        self.change(
            written,
            "UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'Canceled', 'Created') "
            "AS BLOB) WHERE run = 'b'",
        )
        damage = self.damage(written)
        assert (damage.run, damage.number) == ("b", 6)

    @pytest.mark.parametrize("number", [0, 5, 10])
    def test_a_removed_entry(self, written, number):
        self.change(written, "DELETE FROM events WHERE run = 'b' AND number = ?", number)
        assert self.damage(written).run == "b"

    def test_a_removed_run(self, written):
        self.change(written, "DELETE FROM events WHERE run = 'b'")
        assert self.damage(written).run == "b"

    def test_entries_that_changed_places(self, written):
        self.change(written, "UPDATE events SET number = 99 WHERE run = 'b' AND number = 3")
        self.change(written, "UPDATE events SET number = 3 WHERE run = 'b' AND number = 4")
        self.change(written, "UPDATE events SET number = 4 WHERE run = 'b' AND number = 99")
        damage = self.damage(written)
        assert (damage.run, damage.number) == ("b", 4)

    def test_another_key(self, written):
        assert (self.damage(written, b"another").run) == "a"

    def test_a_newer_format(self, written):
        with sqlite3.connect(written) as db:
            db.execute("PRAGMA user_version = 2")
        db.close()
        assert "newer" in str(self.damage(written))

    @pytest.mark.parametrize("content", [b"no database at all" * 300, b"SQLite format 3\0" * 64])
    def test_no_journal(self, path, content):
        path.parent.mkdir()
        path.write_bytes(content)
        self.damage(path)
        assert path.read_bytes() == content

    def test_random_bits_never_change_what_is_read(self, written, tmp_path):
        whole, truth = written.read_bytes(), read(written)
        chance = random.Random(20260517)
        seen = {"same": 0, "damage": 0}
        for flip in range(FLIPS):
            content = bytearray(whole)
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            copy = tmp_path / str(flip) / "journal.sqlite"
            copy.parent.mkdir()
            copy.write_bytes(content)
            try:
                assert read(copy) == truth
                seen["same"] += 1
            except DamageError:
                seen["damage"] += 1
        assert min(seen.values()) > 20  # both were met, so both are tested


def test_without_a_key_damage_shows_and_a_later_key_changes_nothing(path):
    first, *rest = story()
    write(path, first, key=b"")
    write(path, *rest, key=KEY)
    assert events(path, KEY) == story()


def test_without_the_key_it_is_read_and_said_how_much_was_not_verified(path):
    first, *rest = story()
    write(path, first, key=b"")
    write(path, *rest, key=KEY)
    journal = JournalFile(path, b"")
    journal.close()
    assert [event for run in journal.runs for event in run.events] == story()
    assert journal.unverified == len(rest)


def test_a_disk_that_is_full_is_an_error_and_nothing_half_written_stays(path):
    """Run with a limit on the size of files, which to SQLite is a disk that is full."""
    program = f"""
import resource, signal, sys
from test_journal_file import *
from cancel_desk.desk.journal import JournalError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = JournalFile(Path({str(path)!r}), KEY)
kept = []
resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))
for n in range(10_000):
    event = PlanMade(at=NOON, plan=plan(f"run {{n}}", rows=20))
    try:
        journal.append(event)
    except JournalError:
        break
    kept.append(event.plan.run_id)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
journal.append(PlanMade(at=NOON, plan=plan("when there is room again")))
journal.close()
print(len(kept))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(__file__).parent, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    kept = int(done.stdout)
    assert 3 < kept < 10_000
    wanted = [*(f"run {n}" for n in range(kept)), "when there is room again"]
    assert [run.run_id for run in read(path)] == wanted


@pytest.mark.parametrize("lines", [1, 2, 7, 40, 150])
def test_a_kill_loses_nothing_that_was_acknowledged(path, lines):
    program = f"""
from test_journal_file import *
from cancel_desk.desk.journal import JournalError
journal = JournalFile(Path({str(path)!r}), KEY)
for n in range(100_000):
    journal.append(PlanMade(at=NOON, plan=plan(str(n))))
    print(n, flush=True)
"""
    child = subprocess.Popen(
        [sys.executable, "-c", program], cwd=Path(__file__).parent, stdout=subprocess.PIPE
    )
    acknowledged = [int(child.stdout.readline()) for _ in range(lines)]
    child.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in child.stdout.read().split()]
    child.wait()
    child.stdout.close()
    found = [int(run.run_id) for run in read(path)]
    assert found[: len(acknowledged)] == acknowledged
    assert found == list(range(len(found)))
