"""After a crash: what the journal tells, and that nothing is claimed or lost."""

import stat
import subprocess
import sys
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
    RunDismissed,
    RunEnded,
)
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

LIVE = Profile("a" * 32, "Leeds", Environment.LIVE, "x9Rk", verified=True)
LATER = NOON + timedelta(hours=1)
KEY = bytes(32)


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

    yield journals
    for each in made:
        each.close()


def write(path, *events):
    journal = JournalFile(path, KEY)
    for event in events:
        journal.append(event)
    journal.close()


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


def test_practice_is_not_written_down(path, make):
    journals = make()
    journals.of(PRACTICE).append(plan_made())
    assert not path.exists()
    journals.of(LIVE).append(plan_made())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


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
