"""After a crash: what the journal tells, and that nothing is claimed or lost."""

import stat
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cancel_desk.desk.engine import Engine
from cancel_desk.desk.events import (
    Answered,
    AttemptStarted,
    EndReason,
    PlanMade,
    ReadBack,
    RunClosed,
    RunDismissed,
    RunEnded,
)
from cancel_desk.desk.history import History
from cancel_desk.desk.journal import JournalError
from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.desk.journals import InUseError, Journals
from cancel_desk.desk.keychain import KeychainError, Reason
from cancel_desk.desk.pace import Control
from cancel_desk.desk.plan import Plan, PlannedRow
from cancel_desk.desk.profiles import PRACTICE, Environment, Profile
from cancel_desk.desk.row import State
from cancel_desk.dojo.client import Client
from cancel_desk.dojo.intent import Intent, Money
from cancel_desk.dojo.key import ApiKey
from cancel_desk.dojo.problem import Kind, Problem
from cancel_desk.practice import Fault, PracticeServer
from cancel_desk.practice import Kind as FaultKind

from .facts import NOON, an_id
from .stories import KEY, change, write

LIVE = Profile("a" * 32, "Leeds", Environment.LIVE, "x9Rk", verified=True)
LATER = NOON + timedelta(hours=1)


def intent(number, status="Canceled"):
    return Intent(an_id(number), status, amount=Money(100, "GBP"), reference="Order")


def plan_made(rows=4, run_id="r"):
    planned = tuple(
        PlannedRow(an_id(n), Money(100, "GBP"), "Order", NOON) for n in range(1, rows + 1)
    )
    plan = Plan(
        rows=planned,
        profile="Leeds",
        environment=Environment.LIVE,
        key_hint="x9Rk",
        operator="sam",
        reason="Ticket",
        made_at=NOON,
        run_id=run_id,
        profile_id=LIVE.id,
    )
    return PlanMade(at=NOON, plan=plan)


def started(number):
    return AttemptStarted(at=NOON, run_id="r", intent_id=an_id(number), number=1)


def answered(number, answer):
    return Answered(at=NOON, run_id="r", intent_id=an_id(number), answer=answer)


def read_back(number, answer):
    return ReadBack(at=NOON, run_id="r", intent_id=an_id(number), answer=answer)


LOST = Problem(Kind.NO_ANSWER)
CUT_OFF = [
    plan_made(),
    started(1),
    answered(1, intent(1)),
    started(2),  # under way when the power went
    started(3),
    answered(3, LOST),
]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.sqlite"


@pytest.fixture
def make(path):
    made = []

    def journals(seal_key=lambda: KEY):
        made.append(Journals(path, seal_key, lambda: LATER))
        return made[-1]

    def close():
        for each in made:
            each.close()

    journals.close = close
    yield journals
    close()


def states(recovered):
    return [row.state for row in recovered.rows]


def test_an_interrupted_run_comes_back_with_the_truth_about_every_row(path, make):
    write(path, *CUT_OFF)
    (found,) = make().open().recovered
    assert found.interrupted
    assert found.plan == plan_made().plan
    assert states(found) == [State.CANCELLED, State.UNKNOWN, State.UNKNOWN, State.NOT_SENT]
    assert not any(row.in_run for row in found.rows)


def test_it_comes_back_until_the_operator_has_decided(path, make):
    write(path, *CUT_OFF)
    for _ in range(2):
        journals = make()
        (found,) = journals.open().recovered
        assert found.interrupted
        journals.close()
    last = make()
    journal = last.open().journal
    journal.append(RunDismissed(at=LATER, run_id="r"))
    for number in (2, 3):
        read = ReadBack(at=LATER, run_id="r", intent_id=an_id(number), answer=intent(number))
        journal.append(read)
    last.close()
    assert make().open().recovered == ()


def test_what_is_unknown_comes_back_even_when_the_run_was_ended_and_decided(path, make):
    end = RunEnded(at=NOON, run_id="r", reason=EndReason.STOPPED)
    write(path, *CUT_OFF, answered(2, LOST), end)
    (found,) = make().open().recovered
    assert not found.interrupted
    assert [row.intent_id for row in found.rows] == [an_id(2), an_id(3)]
    assert set(states(found)) == {State.UNKNOWN}


def test_a_read_of_an_earlier_start_counts(path, make):
    write(path, *CUT_OFF)
    first = make()
    read = ReadBack(at=LATER, run_id="r", intent_id=an_id(2), answer=intent(2))
    first.open().journal.append(read)
    first.close()
    (found,) = make().open().recovered
    assert states(found)[1] is State.CANCELLED


def test_a_run_that_ended_well_does_not_come_back(path, make):
    done = [plan_made(rows=1), started(1), answered(1, intent(1))]
    write(path, *done, RunEnded(at=NOON, run_id="r", reason=EndReason.DONE))
    assert make().open().recovered == ()


def test_practice_has_a_journal_that_starts_empty_and_ends_with_the_program(
    path, make, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    journals = make()
    journals.of(PRACTICE).append(plan_made())
    history = journals.history_of(PRACTICE)
    assert history.read("r").plan == plan_made().plan
    assert history.verify().unverified == 0
    (file,) = Path(tempfile.gettempdir()).glob("cancel-desk-practice-*/journal.sqlite")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert not path.exists()
    journals.of(LIVE).append(plan_made())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    journals.close()
    assert not file.parent.exists()
    assert make().history_of(PRACTICE).run_ids() == []


def test_history_can_be_read_beside_the_program_that_has_the_journal(path, make):
    first, second = make(), make()
    first.of(LIVE).append(plan_made())
    with pytest.raises(InUseError):
        second.of(LIVE)
    history = second.history_of(LIVE)
    assert history.read("r").plan == plan_made().plan
    first.of(LIVE).append(started(1))
    assert len(history.read("r").events) == 2
    assert history.verify().unverified == 0


def test_history_asks_again_for_a_key_that_could_not_be_had(path, make):
    answers = [KeychainError(Reason.LOCKED), KeychainError(Reason.LOCKED), KEY]

    def seal_key():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    write(path, plan_made())
    journals = make(seal_key)
    assert not journals.open().keyed
    assert journals.history_of(LIVE).verify().unverified == 1  # without its key
    assert journals.history_of(LIVE).verify().unverified == 1  # the end, sealed without one
    assert answers == []
    assert journals.history_of(LIVE).verify().damage is None


class TestClosing:
    """What needs no care any more is closed at the next start, and not read after that."""

    DONE = RunEnded(at=NOON, run_id="r", reason=EndReason.DONE)

    def left(self, path, make):
        make().open()
        make.close()
        journal = JournalFile(path, KEY)
        journal.close()
        return [run.run_id for run in journal.runs]

    def test_a_run_that_ended_and_is_known(self, path, make):
        write(path, plan_made(rows=1), started(1), answered(1, intent(1)), self.DONE)
        assert self.left(path, make) == []
        told = History(path, KEY).read("r").events
        assert told[-1] == RunClosed(at=LATER, run_id="r")

    def test_one_that_was_interrupted_once_it_is_decided(self, path, make):
        write(path, plan_made(rows=1), started(1), answered(1, intent(1)))
        assert self.left(path, make) == ["r"]
        write(path, RunDismissed(at=LATER, run_id="r"))
        assert self.left(path, make) == []

    def test_one_with_an_unknown_payment_stays_open_until_that_is_known(self, path, make):
        write(path, plan_made(rows=1), started(1), answered(1, LOST), self.DONE)
        assert self.left(path, make) == ["r"]
        write(path, ReadBack(at=LATER, run_id="r", intent_id=an_id(1), answer=intent(1)))
        assert self.left(path, make) == []

    def test_damage_in_what_is_closed_stops_nobody(self, path, make):
        write(path, plan_made(rows=1), started(1), answered(1, intent(1)), self.DONE)
        assert self.left(path, make) == []
        write(path, plan_made(run_id="q"))
        change(path, "UPDATE events SET body = x'00' WHERE run = 'r' AND number = 2")
        journals = make()
        opened = journals.open()
        assert opened.damage is None
        assert [found.plan.run_id for found in opened.recovered] == ["q"]
        assert journals.history_of(LIVE).verify().damage.run == "r"


class TestLaterRuns:
    """A payment that is unknown in one run may have been confirmed again in a later one."""

    @pytest.fixture
    def unknown(self, path):
        end = RunEnded(at=NOON, run_id="r", reason=EndReason.STOPPED)
        write(path, plan_made(rows=2), started(1), started(2), end)

    def later(self, path, *events, rows=1):
        end = RunEnded(at=NOON, run_id="later", reason=EndReason.DONE)
        told = (replace(event, run_id="later") for event in events)
        write(path, plan_made(rows=rows, run_id="later"), *told, end)

    def unknown_at_start(self, make):
        found = make().open().recovered
        make.close()
        return {row.intent_id: row.run_id for each in found for row in each.rows}

    def test_what_the_later_run_knows_counts(self, unknown, path, make):
        self.later(path, started(1), answered(1, intent(1)))
        assert self.unknown_at_start(make) == {an_id(2): "r"}

    def test_also_when_the_later_run_is_closed_and_not_read(self, unknown, path, make):
        self.later(path, started(1), answered(1, intent(1)))
        for _ in range(3):
            assert self.unknown_at_start(make) == {an_id(2): "r"}
        assert History(path, KEY).read("later").events[-1] == RunClosed(at=LATER, run_id="later")

    def test_one_that_knows_all_of_it_closes_the_earlier_one(self, unknown, path, make):
        paid = intent(2, "Captured")
        self.later(path, started(1), answered(1, intent(1)), read_back(2, paid), rows=2)
        assert self.unknown_at_start(make) == {}
        assert isinstance(History(path, KEY).read("r").events[-1], RunClosed)

    def test_one_that_did_not_come_to_it_knows_nothing(self, unknown, path, make):
        self.later(path, rows=2)
        assert self.unknown_at_start(make) == {an_id(1): "r", an_id(2): "r"}

    def test_where_it_is_unknown_again_it_comes_back_once(self, unknown, path, make):
        self.later(path, started(1), answered(1, LOST))
        found = make().open().recovered
        rows = [(row.intent_id, row.run_id) for each in found for row in each.rows]
        assert rows == [(an_id(2), "r"), (an_id(1), "later")]

    def test_an_earlier_run_knows_nothing_of_a_later_attempt(self, path, make):
        self.later(path, started(1), answered(1, intent(1)))
        end = RunEnded(at=NOON, run_id="r", reason=EndReason.STOPPED)
        write(path, plan_made(rows=1), started(1), end)
        assert self.unknown_at_start(make) == {an_id(1): "r"}

    def test_an_interrupted_run_is_told_with_what_is_known_by_now(self, path, make):
        write(path, plan_made(rows=2), started(1))
        self.later(path, started(1), answered(1, intent(1)))
        (found,) = make().open().recovered
        assert found.interrupted
        assert states(found) == [State.CANCELLED, State.NOT_SENT]

    def test_where_the_later_run_is_damaged_it_stays_unknown(self, unknown, path, make):
        self.later(path, started(1), answered(1, intent(1)))
        assert self.unknown_at_start(make) == {an_id(2): "r"}
        change(path, "UPDATE events SET body = x'00' WHERE run = 'later' AND number = 2")
        assert self.unknown_at_start(make) == {an_id(1): "r", an_id(2): "r"}


def test_a_damaged_journal_is_set_aside_whole_and_a_new_one_begun(path, make):
    content = b"this was a journal once" * 1000
    path.write_bytes(content)
    opened = make().open()
    assert opened.damage is not None
    assert opened.set_aside is not None
    assert opened.set_aside.read_bytes() == content
    opened.journal.append(plan_made())
    assert opened.recovered == ()


def test_without_a_keyring_it_goes_on_unsealed_and_says_so(path, make):
    def locked():
        raise KeychainError(Reason.LOCKED)

    opened = make(locked).open()
    assert not opened.keyed
    opened.journal.append(plan_made())


def test_only_one_program_has_the_journal(path, make):
    program = """
import sys
import tempfile
from dataclasses import replace
from datetime import datetime, UTC
from pathlib import Path
from cancel_desk.desk.journals import Journals
journals = Journals(Path(sys.argv[1]), bytes, lambda: datetime.now(UTC))
journals.open()
print("open", flush=True)
sys.stdin.read()
"""
    other = subprocess.Popen(
        [sys.executable, "-c", program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout.readline() == b"open\n"
    journals = make()
    with pytest.raises(InUseError):
        journals.open()
    other.kill()
    other.communicate()
    journals.open().journal.append(plan_made())  # a kill has let it go


def test_a_place_that_cannot_be_written_is_an_error_of_the_journal(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    journals = Journals(Path(tmp_path / "file" / "journal.sqlite"), bytes, lambda: LATER)
    with pytest.raises(JournalError):
        journals.open()
    journals.close()


def test_what_could_not_be_kept_makes_it_claim_less_and_stop_nobody(path, make):
    """A full disk lost the answer and the end; a read of a later start was kept again."""
    read = ReadBack(at=LATER, run_id="r", intent_id=an_id(1), answer=intent(1))
    write(path, plan_made(rows=2), started(1), read)
    (found,) = make().open().recovered
    assert states(found) == [State.UNKNOWN, State.NOT_SENT]


def test_a_settling_that_is_asked_to_wait_leaves_a_journal_that_can_be_read(path, make):
    write(path, *CUT_OFF)
    journals = make()
    with PracticeServer() as server:
        server.faults.add(Fault(FaultKind.REFUSE, code=429, retry_after="1"))
        engine = Engine(
            lambda: Client(ApiKey(server.key), server.url), journals.of(LIVE), lambda event: None
        )
        engine.read_back({an_id(2): "r"}, Control())
    journals.close()
    (found,) = make().open().recovered
    assert states(found)[1] is State.UNKNOWN


def test_a_try_after_a_failed_one_can_succeed(tmp_path):
    folder = tmp_path / "data"
    folder.write_text("in the way")
    journals = Journals(folder / "journal.sqlite", bytes, lambda: LATER)
    with pytest.raises(JournalError):
        journals.open()
    folder.unlink()
    journals.open().journal.append(plan_made())
    journals.close()
