"""Plans carried out against the practice server, over real HTTP, with everything that goes wrong.

After each, what is claimed is held against what the server knows (`Bench.verify`).
"""

import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.engine import IN_FLIGHT
from cancel_desk.desk.events import (
    Answered,
    AttemptStarted,
    EndReason,
    NotSent,
    PauseReason,
    PlanMade,
    ReadBack,
    RunEnded,
    RunPaused,
    RunResumed,
)
from cancel_desk.desk.journal import JournalError
from cancel_desk.desk.plan import PlannedRow
from cancel_desk.desk.row import MAX_SENDS, IllegalTransitionError, State
from cancel_desk.dojo.client import Client
from cancel_desk.dojo.intent import Intent, Money
from cancel_desk.dojo.key import ApiKey
from cancel_desk.dojo.problem import Kind as Trouble
from cancel_desk.dojo.problem import Problem
from cancel_desk.practice import Fault, Kind, PracticeServer, Shape

from .bench import SPEED, Bench, WatchedJournal, long_ago
from .facts import a_plan, an_id

DELETE = ("DELETE",)
GET = ("GET",)


@pytest.fixture(autouse=True)
def no_thread_stays() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = set(threading.enumerate()) - before
    assert [thread for thread in left if thread.name != "name look-up"] == []


def orders(server: PracticeServer, count: int) -> list[str]:
    return [server.create() for _ in range(count)]


@pytest.fixture
def patient_bench(make_bench) -> Callable[..., Bench]:
    """For what needs no waiting: its clock is a real one, so that no look is ever old."""
    return lambda **options: make_bench(clock=Clock(), **options)


class TestChecking:
    @pytest.mark.parametrize(
        ("status", "state"),
        {
            "Created": State.READY,
            "Authorized": State.NOT_CANCELLABLE,
            "Captured": State.NOT_CANCELLABLE,
            "Canceled": State.ALREADY_CANCELLED,
            "Never heard of": State.NOT_CANCELLABLE,
        }.items(),
    )
    def test_each_status(self, server, bench, status, state):
        order = server.create(status=status)
        assert bench.check(order) is EndReason.DONE
        assert bench.state(order) is state
        bench.verify()

    def test_an_unknown_id(self, bench):
        bench.check(an_id())
        assert bench.state(an_id()) is State.NOT_FOUND

    def test_an_id_of_the_other_environment_is_refused_before_anything_is_sent(self, server, bench):
        live = "pi_" + "a" * 21 + "A"
        bench.check(live)
        assert bench.state(live) is State.COULDNT_CHECK
        assert bench.batch.row(live).problem.kind is Trouble.WRONG_ENVIRONMENT
        assert server.requests == 0

    def test_nothing_to_check(self, bench):
        assert bench.check() is EndReason.DONE

    def test_one_that_fails_stops_no_other(self, server, bench):
        ids = orders(server, 20)
        server.faults.add(Fault(Kind.REFUSE, id=ids[3], code=500))
        assert bench.check(*ids) is EndReason.DONE
        assert Counter(bench.states()) == {State.READY: 19, State.COULDNT_CHECK: 1}

    @pytest.mark.parametrize("code", [429, 503])
    def test_one_that_asks_for_patience_for_ever_stops_no_other(self, server, bench, code):
        ids = orders(server, 20)
        server.faults.add(Fault(Kind.REFUSE, id=ids[3], code=code))
        assert bench.check(*ids) is EndReason.DONE
        assert Counter(bench.states()) == {State.READY: 19, State.COULDNT_CHECK: 1}
        assert len(bench.told(RunPaused)) >= len(bench.told(RunResumed)) > 0
        bench.verify()

    @pytest.mark.parametrize("code", [429, 503])
    def test_a_short_trouble_is_waited_for(self, server, bench, code):
        ids = orders(server, 8)
        # Two: met one after the other, more of them would be a trouble that does not end.
        server.faults.add(Fault(Kind.REFUSE, code=code, times=2, retry_after="1"))
        assert bench.check(*ids) is EndReason.DONE
        assert bench.states() == [State.READY] * 8
        bench.verify()

    def test_a_trouble_that_does_not_end_ends_the_check(self, server, bench):
        ids = orders(server, 500)
        server.faults.add(Fault(Kind.REFUSE, code=503))
        assert bench.check(*ids) is EndReason.UNREACHABLE
        assert bench.states() == [State.COULDNT_CHECK] * 500
        assert server.requests < 50

    def test_no_network_ends_the_check(self, server, bench):
        ids = orders(server, 50)
        server.down()
        assert bench.check(*ids) is EndReason.UNREACHABLE
        assert bench.states() == [State.COULDNT_CHECK] * 50
        assert {row.problem.kind for row in bench.batch.rows} == {Trouble.UNREACHABLE}

    def test_a_wrong_key_ends_the_check(self, server, bench):
        ids = orders(server, 50)
        server.faults.add(Fault(Kind.REFUSE, code=401))
        assert bench.check(*ids) is EndReason.KEY_REFUSED
        assert bench.states() == [State.COULDNT_CHECK] * 50
        assert server.requests <= 2 * IN_FLIGHT

    def test_what_ended_the_check_is_what_the_rest_is_told(self, server, make_bench):
        """Not what another thread happened to meet at the same moment: here a 404."""
        ids = [*orders(server, 1), *(an_id(number) for number in range(2000))]
        bench = make_bench(in_flight=8)
        server.faults.add(Fault(Kind.REFUSE, methods=("POST",), code=401))
        server.faults.add(Fault(Kind.REFUSE, id=ids[0], code=401))
        assert bench.check(*ids) is EndReason.KEY_REFUSED
        read = Counter(record.intent_id for record in server.records)
        untouched = [row for row in bench.batch.rows if row.intent_id not in read]
        assert untouched
        assert {row.problem.kind for row in untouched} == {Trouble.KEY_REFUSED}

    def test_one_that_the_key_does_not_open_is_that_rows(self, server, bench):
        ids = orders(server, 10)
        server.faults.add(Fault(Kind.REFUSE, id=ids[0], code=403))
        assert bench.check(*ids) is EndReason.DONE
        assert Counter(bench.states()) == {State.READY: 9, State.COULDNT_CHECK: 1}

    def test_a_stop_leaves_the_rest_as_it_was(self, server, bench):
        ids = orders(server, 50)
        server.faults.add(Fault(Kind.HANG, id=ids[0]))
        with bench.under_way(lambda: bench.check(*ids)) as job:
            assert server.wait_for_requests(10)
            bench.control.stop()
            server.down()
            assert job.result(20) is EndReason.STOPPED
        assert State.CHECKING not in bench.states()
        assert bench.state(ids[0]) is State.COULDNT_CHECK

    def test_a_check_again_never_shows_a_row_as_final(self, server, bench):
        order = server.create()
        bench.check(order)
        server.set_status(order, "Canceled")
        bench.check(order)
        assert bench.state(order) is State.ALREADY_CANCELLED


class TestCarryingOut:
    def test_what_was_confirmed_is_cancelled_and_nothing_else(self, server, patient_bench):
        bench = patient_bench()
        ids = orders(server, 30)
        bench.check(*ids)
        bench.batch.tick(bench.batch.rows[20:], on=False)
        assert bench.carry_out() is EndReason.DONE
        assert bench.states() == [State.CANCELLED] * 20 + [State.READY] * 10
        assert server.deletes_by_id() == dict.fromkeys(ids[:20], 1)
        assert server.requests == 30 + 20  # what was just checked is not read again
        bench.verify()

    def test_the_events_tell_the_whole_story(self, server, patient_bench):
        order = server.create()
        bench = patient_bench()
        bench.cancel(order)
        kinds = [type(event) for event in bench.journal.events()]
        assert kinds == [PlanMade, AttemptStarted, Answered, RunEnded]
        assert bench.told(RunEnded)[0].reason is EndReason.DONE

    def test_several_are_in_flight_but_not_more(self, server, patient_bench):
        ids = orders(server, 40)
        bench = patient_bench(in_flight=4)
        bench.check(*ids)
        together = threading.Barrier(4)
        bench.when_delete_arrives = lambda count: together.wait(10)
        bench.carry_out()
        assert server.max_in_flight == 4
        bench.verify()

    def test_each_thread_keeps_its_connection(self, server, make_bench):
        bench = make_bench(in_flight=3)
        bench.cancel(*orders(server, 60))
        assert server.connections <= 6

    def test_an_old_look_is_renewed_before_the_send(self, server, bench):
        ids = orders(server, 10)
        bench.check(*ids)
        before = server.requests
        bench.carry_out(bench.plan(checked_at=long_ago(bench)))
        assert bench.states() == [State.CANCELLED] * 10
        methods = Counter(record.method for record in server.records[before:])
        assert methods == {"GET": 10, "DELETE": 10}
        bench.verify()

    def test_a_thousand_old_looks_are_each_renewed_just_before_the_send(self, server, make_bench):
        """Not all of them first: the first would be old again before the last is new."""
        ids = orders(server, 1000)
        bench = make_bench(clock=Clock(speed=50))
        bench.check(*ids)
        before = server.requests
        bench.carry_out(bench.plan(checked_at=long_ago(bench)))
        assert bench.states() == [State.CANCELLED] * 1000
        assert server.requests - before < 2100
        bench.verify()

    @pytest.mark.parametrize(
        "shown", [{"to_pay": Money(1, "GBP")}, {"to_pay": None}, {"reference": "Another"}]
    )
    def test_what_changed_since_is_not_sent(self, server, bench, shown):
        order = server.create()
        bench.check(order)
        bench.carry_out(bench.plan(checked_at=long_ago(bench), **shown))
        assert bench.state(order) is State.CHANGED
        assert server.deletes(order) == 0
        bench.verify()

    @pytest.mark.parametrize(
        ("status", "state"),
        {
            "Authorized": State.PAID_MEANWHILE,
            "Captured": State.PAID_MEANWHILE,
            "Never heard of": State.PAID_MEANWHILE,
            "Canceled": State.ALREADY_CANCELLED,
        }.items(),
    )
    def test_what_became_of_it_since_the_check_is_seen_before_the_send(
        self, server, bench, status, state
    ):
        order = server.create()
        bench.check(order)
        server.set_status(order, status)
        bench.carry_out(bench.plan(checked_at=long_ago(bench)))
        assert bench.state(order) is state
        assert server.deletes(order) == 0
        bench.verify()

    @pytest.mark.parametrize("refusal", [400, 404, 409])
    @pytest.mark.parametrize("becomes", ["Captured", "Authorized", "Canceled"])
    def test_what_became_of_it_since_the_last_look_is_read(self, server, bench, refusal, becomes):
        order = server.create()
        server.delete_refusal = refusal
        bench.check(order)
        server.faults.add(Fault(Kind.PAID, methods=DELETE, becomes=becomes))
        bench.carry_out()
        expected = State.CANCELLED if becomes == "Canceled" else State.PAID_MEANWHILE
        assert bench.state(order) is expected
        assert server.deletes(order) == 1
        bench.verify()

    def test_an_id_of_the_other_environment_is_not_sent(self, server, bench):
        order, live = server.create(), "pi_" + "a" * 21 + "A"
        bench.check(order)
        rows = [*bench.plan().rows, PlannedRow(live, None, None, bench.clock.now())]
        bench.carry_out(a_plan(rows))
        assert bench.state(order) is State.CANCELLED
        (given_up,) = bench.told(NotSent)
        assert (given_up.intent_id, given_up.problem.kind) == (live, Trouble.WRONG_ENVIRONMENT)
        assert bench.told(RunEnded)[0].reason is EndReason.DONE
        assert server.deletes(live) == 0

    def test_nothing_is_sent_where_the_plan_can_not_be_kept(self, server, make_bench):
        bench = make_bench(journal=FailingJournal({1}))
        ids = orders(server, 3)
        bench.check(*ids)
        with pytest.raises(JournalError):
            bench.carry_out()
        assert bench.states() == [State.READY] * 3
        assert server.deletes_by_id() == {}

    def test_not_found_before_and_after_the_send(self, server, patient_bench):
        bench = patient_bench()
        before, after = orders(server, 2)
        bench.check(before, after)
        server.faults.add(Fault(Kind.REFUSE, id=after, code=404))
        server.faults.add(Fault(Kind.REFUSE, id=before, methods=GET, code=404))
        bench.batch.tick([bench.batch.row(before)], on=False)
        bench.carry_out()
        assert bench.state(after) is State.NOT_FOUND
        bench.batch.tick([bench.batch.row(before)])
        bench.carry_out(bench.plan(checked_at=long_ago(bench)))
        assert bench.state(before) is State.NOT_FOUND
        assert server.deletes_by_id() == {after: 1}
        bench.verify()


# A 200 that does not say what it should, after the work was done; and what looks the same.
SPOILT = {
    "reset": Fault(Kind.RESET, methods=DELETE, after=True),
    "500": Fault(Kind.REFUSE, methods=DELETE, code=500, after=True),
    "503": Fault(Kind.REFUSE, methods=DELETE, code=503, after=True),
    "408": Fault(Kind.REFUSE, methods=DELETE, code=408, after=True),
    "409": Fault(Kind.REFUSE, methods=DELETE, code=409, after=True),
    "404": Fault(Kind.REFUSE, methods=DELETE, code=404, after=True),
    "401": Fault(Kind.REFUSE, methods=DELETE, code=401, shape=Shape.EMPTY, after=True),
    "redirect": Fault(Kind.REDIRECT, methods=DELETE, url="http://127.0.0.1:9/", after=True),
    "truncated": Fault(Kind.TRUNCATE, methods=DELETE),
    "truncated, no length": Fault(Kind.TRUNCATE, methods=DELETE, sized=False),
    "wrong id": Fault(Kind.WRONG_ID, methods=DELETE),
    "wrong status": Fault(Kind.WRONG_STATUS, methods=DELETE),
    "empty": Fault(Kind.EMPTY, methods=DELETE),
    "page": Fault(Kind.HTML, methods=DELETE),
    "list": Fault(Kind.LIST, methods=DELETE),
    "duplicate keys": Fault(Kind.DUPLICATE_KEYS, methods=DELETE),
    "huge integer": Fault(Kind.HUGE_INTEGER, methods=DELETE),
    "deep": Fault(Kind.DEEP, methods=DELETE),
    "bomb": Fault(Kind.BOMB, methods=DELETE),
    "UTF-16": Fault(Kind.UTF16, methods=DELETE),
    "no UTF-8": Fault(Kind.INVALID_UTF8, methods=DELETE),
}
# The DELETE never does its work, and nobody says so clearly.
NO_EFFECT = {
    "reset": Fault(Kind.RESET, methods=DELETE),
    "500": Fault(Kind.REFUSE, methods=DELETE, code=500),
    "503": Fault(Kind.REFUSE, methods=DELETE, code=503),
    "408": Fault(Kind.REFUSE, methods=DELETE, code=408),
    "a gateway's page": Fault(Kind.REFUSE, methods=DELETE, code=502, shape=Shape.HTML),
    "a page with 200": Fault(Kind.REFUSE, methods=DELETE, code=200, shape=Shape.HTML),
    "redirect": Fault(Kind.REDIRECT, methods=DELETE, url="http://127.0.0.1:9/"),
    "429": Fault(Kind.REFUSE, methods=DELETE, code=429),
}


def times(fault: Fault, count: int) -> Fault:
    values = {name: getattr(fault, name) for name in fault.__slots__}
    return Fault(**{**values, "times": count})


class TestAnswersThatAreNone:
    @pytest.mark.parametrize("fault", SPOILT.values(), ids=SPOILT)
    def test_what_had_effect_is_cancelled_and_sent_once(self, server, bench, fault):
        ids = orders(server, 5)
        bench.check(*ids)
        server.faults.add(times(fault, 1))
        assert bench.carry_out() is EndReason.DONE
        assert bench.states() == [State.CANCELLED] * 5
        # "No, wait" means no, whatever was done before it was said.
        assert server.deletes_by_id() == dict.fromkeys(ids, 1)
        bench.verify()

    @pytest.mark.parametrize("fault", NO_EFFECT.values(), ids=NO_EFFECT)
    def test_what_had_no_effect_is_sent_again(self, server, bench, fault):
        ids = orders(server, 5)
        bench.check(*ids)
        server.faults.add(times(fault, 1))
        assert bench.carry_out() is EndReason.DONE
        assert bench.states() == [State.CANCELLED] * 5
        assert sorted(server.deletes_by_id().values()) == [1, 1, 1, 1, 2]
        bench.verify()

    @pytest.mark.parametrize("fault", NO_EFFECT.values(), ids=NO_EFFECT)
    def test_three_sends_without_effect_are_a_refusal(self, server, bench, fault):
        order = server.create()
        bench.check(order)
        server.faults.add(fault)
        assert bench.carry_out() is EndReason.DONE
        assert bench.state(order) is State.REFUSED
        assert server.deletes(order) == MAX_SENDS
        bench.verify()

    @pytest.mark.parametrize("code", [400, 403, 404, 405, 409])
    def test_a_clear_no_is_taken_once_it_is_read_that_it_is_true(self, server, bench, code):
        ids = orders(server, 5)
        bench.check(*ids)
        fault = Fault(Kind.REFUSE, id=ids[0], methods=DELETE, code=code, detail="Because")
        server.faults.add(fault)
        assert bench.carry_out() is EndReason.DONE
        assert bench.states() == [State.REFUSED] + [State.CANCELLED] * 4
        assert bench.batch.row(ids[0]).refusal.detail == "Because"
        assert server.deletes(ids[0]) == 1
        bench.verify()

    def test_an_answer_that_does_not_come_in_time(self, server, make_bench):
        bench = make_bench(client=lambda key, url: Client(key, url, deadline=0.5))
        before, after = orders(server, 2)
        bench.check(before, after)
        server.faults.add(Fault(Kind.HANG, id=before, methods=DELETE, times=1))
        server.faults.add(Fault(Kind.HANG, id=after, methods=DELETE, times=1, after=True))
        bench.carry_out()
        assert bench.states() == [State.CANCELLED] * 2
        assert server.deletes_by_id() == {before: 2, after: 1}
        bench.verify()

    def test_an_effect_that_comes_late_is_waited_for(self, server, bench):
        order = server.create()
        bench.check(order)
        server.faults.add(Fault(Kind.LATE, methods=DELETE, seconds=3600, times=1))
        with bench.under_way(bench.carry_out) as run:
            bench.wait_for_event(ReadBack)
            assert server.land_late()
            assert run.result(20) is EndReason.DONE
        assert bench.state(order) is State.CANCELLED
        assert server.deletes(order) == 1
        bench.verify()

    def test_an_effect_that_comes_after_the_next_send(self, server, bench):
        order = server.create()
        bench.check(order)
        server.faults.add(Fault(Kind.LATE, methods=DELETE, seconds=3600, times=1))
        bench.when_delete_arrives = lambda count: count == 1 or server.land_late()
        bench.carry_out()
        assert bench.state(order) is State.CANCELLED
        assert (server.deletes(order), server.effects(order)) == (2, 1)
        bench.verify()

    def test_an_effect_that_comes_after_all_is_found_by_a_check(self, server, bench):
        order = server.create()
        bench.check(order)
        server.faults.add(Fault(Kind.LATE, methods=DELETE, seconds=3600))
        bench.carry_out()
        assert bench.state(order) is State.REFUSED
        assert server.land_late()
        bench.check(order)
        assert bench.state(order) is State.CANCELLED
        bench.verify()

    def test_one_that_can_not_be_read_again_is_unknown_until_it_can(self, server, bench):
        order = server.create()
        bench.check(order)
        server.faults.add(Fault(Kind.RESET, methods=DELETE, after=True))
        server.faults.add(Fault(Kind.REFUSE, methods=GET, code=500))
        assert bench.carry_out() is EndReason.DONE
        assert bench.state(order) is State.UNKNOWN
        assert bench.settle() is EndReason.DONE
        assert bench.state(order) is State.UNKNOWN
        server.faults.clear()
        assert bench.settle() is EndReason.DONE
        assert bench.state(order) is State.CANCELLED
        bench.verify()

    def test_what_changed_after_a_lost_attempt_is_not_sent_again(self, server, bench):
        """The server's amount is not the plan's, which shows only in the reads afterwards."""
        order = server.create(1000)
        bench.check(order)
        server.faults.add(Fault(Kind.RESET, methods=DELETE))
        bench.carry_out(bench.plan(to_pay=Money(1, "GBP")))
        assert bench.state(order) is State.CHANGED
        assert server.deletes(order) == 1
        bench.verify()

    @pytest.mark.parametrize("code", [429, 503, None])
    def test_settling_does_not_insist(self, server, patient_bench, code):
        """It comes again by itself, and nobody is kept waiting."""
        bench = patient_bench(in_flight=20)
        bench.check(*orders(server, 20))
        server.faults.add(Fault(Kind.RESET, methods=DELETE, after=True))
        together = threading.Barrier(20, action=lambda: bench.control.stop())
        bench.when_delete_arrives = lambda count: together.wait(20)
        bench.carry_out()
        assert bench.states() == [State.UNKNOWN] * 20
        server.faults.clear()
        before = server.requests
        bench.engine.in_flight = 2
        if code is None:
            server.down()
        else:
            server.faults.add(Fault(Kind.REFUSE, code=code))
        assert bench.settle() is EndReason.UNREACHABLE
        assert server.requests - before <= 2
        assert bench.states() == [State.UNKNOWN] * 20
        server.up()
        server.faults.clear()
        assert bench.settle() is EndReason.DONE
        assert bench.states() == [State.CANCELLED] * 20
        bench.verify()


class TestReads:
    """What keeps a look before the send from being had."""

    @pytest.mark.parametrize(
        "fault",
        [
            Fault(Kind.REFUSE, methods=GET, code=500),
            Fault(Kind.RESET, methods=GET),
            Fault(Kind.WRONG_ID, methods=GET),
            Fault(Kind.HTML, methods=GET),
            Fault(Kind.REFUSE, methods=GET, code=403),
            Fault(Kind.REFUSE, methods=GET, code=503),
            Fault(Kind.REFUSE, methods=GET, code=429),
        ],
        ids=lambda fault: f"{fault.kind} {fault.code or ''}",
    )
    def test_a_row_that_can_not_be_read_is_not_sent_and_stops_no_other(self, server, bench, fault):
        ids = orders(server, 10)
        bench.check(*ids)
        values = {name: getattr(fault, name) for name in fault.__slots__}
        server.faults.add(Fault(**{**values, "id": ids[0]}))
        assert bench.carry_out(bench.plan(checked_at=long_ago(bench))) is EndReason.DONE
        assert bench.states() == [State.NOT_SENT] + [State.CANCELLED] * 9
        assert bench.batch.row(ids[0]).problem is not None
        assert server.deletes(ids[0]) == 0
        bench.verify()

    @pytest.mark.parametrize("code", [429, 503])
    def test_where_nobody_is_answered_the_run_waits_as_long_as_it_takes(self, server, bench, code):
        ids = orders(server, 10)
        bench.check(*ids)
        server.faults.add(Fault(Kind.REFUSE, code=code))
        with bench.under_way(
            lambda: bench.carry_out(bench.plan(checked_at=long_ago(bench)))
        ) as run:
            bench.wait_for(lambda: len([e for e in bench.events if type(e) is RunPaused]) > 8)
            server.faults.clear()
            assert run.result(20) is EndReason.DONE
        assert bench.states() == [State.CANCELLED] * 10
        bench.verify()

    def test_a_network_that_comes_and_goes_is_no_payments_fault(self, server, make_bench):
        class Flickering(Client):
            failures = 9

            def get(self, intent_id):
                if Flickering.failures:
                    Flickering.failures -= 1
                    return Problem(Trouble.UNREACHABLE)
                return super().get(intent_id)

        order = server.create()
        bench = make_bench(client=Flickering)
        bench.take_as_checked(order)
        assert bench.carry_out(bench.plan(checked_at=long_ago(bench))) is EndReason.DONE
        assert bench.state(order) is State.CANCELLED
        bench.verify()


class TestPauses:
    def test_the_server_asks_for_time(self, server, bench):
        ids = orders(server, 20)
        bench.check(*ids)
        server.faults.add(Fault(Kind.REFUSE, methods=DELETE, code=429, retry_after="30", times=1))
        bench.carry_out()
        assert bench.states() == [State.CANCELLED] * 20
        (pause,), (_,) = bench.told(RunPaused), bench.told(RunResumed)
        assert pause.reason is PauseReason.RATE_LIMITED
        assert pause.until > pause.at
        bench.verify()

    def test_a_brake_at_the_gateway_refuses_nobody(self, server, make_bench):
        """Ten a second, and every DELETE that came too soon counts as a send.

        Not faster than this: the server's brake goes by the real clock, and a machine that is
        busy must not be what brings three requests too close together.
        """
        bench = make_bench(clock=Clock(speed=4))
        ids = orders(server, 20)
        bench.check(*ids)
        server.limit_rate(10 * 4, burst=2)
        assert bench.carry_out() is EndReason.DONE
        assert bench.states() == [State.CANCELLED] * 20
        bench.verify()

    def test_the_network_goes_and_comes_back(self, server, bench):
        ids = orders(server, 40)
        bench.check(*ids)
        bench.when_delete_arrives = lambda count: count == 10 and server.down()
        with bench.under_way(bench.carry_out) as run:
            bench.wait_for_event(RunPaused, reason=PauseReason.UNREACHABLE)
            bench.wait_for(lambda: len([e for e in bench.events if type(e) is RunPaused]) > 3)
            server.up()
            assert run.result(20) is EndReason.DONE
        assert bench.states() == [State.CANCELLED] * 40
        assert bench.told(RunResumed)
        bench.verify()

    def test_what_never_left_is_no_send(self, server, bench):
        order = server.create()
        bench.check(order)
        server.down()
        with bench.under_way(bench.carry_out) as run:
            bench.wait_for(
                lambda: len([e for e in bench.events if type(e) is AttemptStarted]) > MAX_SENDS
            )
            server.up()
            assert run.result(20) is EndReason.DONE
        assert bench.state(order) is State.CANCELLED
        assert server.deletes(order) == 1
        assert bench.batch.row(order).attempts == 1
        bench.verify()

    def test_the_operator_pauses_and_goes_on(self, server, bench):
        ids = orders(server, 40)
        bench.check(*ids)
        bench.when_delete_arrives = lambda count: count == 5 and bench.control.pause()
        with bench.under_way(bench.carry_out) as run:
            bench.wait_for_event(RunPaused, reason=PauseReason.OPERATOR)
            bench.wait_for(lambda: State.CANCELLING not in bench.states())
            sent = sum(server.deletes_by_id().values())
            assert sent < 5 + IN_FLIGHT
            bench.control.resume()
            assert run.result(20) is EndReason.DONE
        assert bench.states() == [State.CANCELLED] * 40
        assert len(bench.told(RunPaused)) == len(bench.told(RunResumed)) == 1
        bench.verify()

    def test_a_pause_can_be_stopped(self, server, bench):
        ids = orders(server, 40)
        bench.check(*ids)
        bench.when_delete_arrives = lambda count: count == 5 and bench.control.pause()
        with bench.under_way(bench.carry_out) as run:
            bench.wait_for_event(RunPaused)
            bench.control.stop()
            assert run.result(20) is EndReason.STOPPED
        assert set(bench.states()) == {State.CANCELLED, State.NOT_SENT}
        assert bench.told(RunResumed) == []
        bench.verify()


class TestStopping:
    def test_what_is_under_way_ends_and_nothing_new_begins(self, server, patient_bench):
        bench = patient_bench()
        ids = orders(server, 40)
        bench.check(*ids)
        stopped = threading.Event()
        bench.when_delete_arrives = lambda count: stopped.wait(20)
        with bench.under_way(bench.carry_out) as run:
            assert server.wait_until(lambda: sum(server.deletes_by_id().values()) == IN_FLIGHT)
            bench.control.stop()
            stopped.set()
            assert run.result(20) is EndReason.STOPPED
        assert Counter(bench.states()) == {State.CANCELLED: IN_FLIGHT, State.NOT_SENT: 36}
        assert sum(server.deletes_by_id().values()) == IN_FLIGHT
        assert bench.told(RunEnded)[0].reason is EndReason.STOPPED
        bench.verify()

    @pytest.mark.parametrize("fault", [Fault(Kind.RESET, after=True), Fault(Kind.REFUSE, code=409)])
    def test_it_takes_no_longer_than_the_requests_under_way(self, server, patient_bench, fault):
        """Nothing is read after them: what they left open is settled later."""
        bench = patient_bench()
        ids = orders(server, 10)
        bench.check(*ids)
        before = server.requests
        server.faults.add(fault)
        stopped = threading.Event()
        bench.when_delete_arrives = lambda count: stopped.wait(20)
        with bench.under_way(bench.carry_out) as run:
            assert server.wait_until(lambda: sum(server.deletes_by_id().values()) == IN_FLIGHT)
            bench.control.stop()
            stopped.set()
            assert run.result(20) is EndReason.STOPPED
        assert server.requests - before == IN_FLIGHT
        assert Counter(bench.states()) == {State.UNKNOWN: IN_FLIGHT, State.NOT_SENT: 6}
        server.faults.clear()
        bench.settle()
        settled = State.CANCELLED if fault.kind is Kind.RESET else State.REFUSED
        assert Counter(bench.states()) == {settled: IN_FLIGHT, State.NOT_SENT: 6}
        bench.verify()

    def test_a_stop_before_the_beginning(self, server, bench):
        ids = orders(server, 5)
        bench.check(*ids)
        bench.control.stop()
        assert bench.carry_out() is EndReason.STOPPED
        assert bench.states() == [State.NOT_SENT] * 5
        assert server.deletes_by_id() == {}
        bench.verify()

    def test_a_stop_after_the_end_is_none(self, server, bench):
        order = server.create()
        bench.check(order)
        bench.when_delete_arrives = lambda count: bench.control.stop()
        assert bench.carry_out() is EndReason.DONE
        assert bench.state(order) is State.CANCELLED

    def test_the_rest_can_be_planned_anew(self, server, bench):
        ids = orders(server, 20)
        bench.check(*ids)
        bench.when_delete_arrives = lambda count: count == 5 and bench.control.stop()
        bench.carry_out()
        bench.when_delete_arrives = lambda count: None
        bench.batch.tick(bench.batch.rows)
        assert bench.carry_out() is EndReason.DONE
        assert bench.states() == [State.CANCELLED] * 20
        bench.verify()


class TestKey:
    """401 and 403: the key's trouble, or one payment's?"""

    @pytest.mark.parametrize("code", [401, 403])
    def test_a_key_that_opens_nothing_ends_the_run(self, server, bench, code):
        ids = orders(server, 40)
        bench.check(*ids)

        def revoke(count: int) -> None:
            if count == 10:
                server.faults.add(Fault(Kind.REFUSE, code=code, shape=Shape.EMPTY))

        bench.when_delete_arrives = revoke
        assert bench.carry_out() is EndReason.KEY_REFUSED
        states = Counter(bench.states())
        assert states[State.NOT_SENT] >= 40 - 10 - 2 * IN_FLIGHT
        assert states[State.UNKNOWN] <= IN_FLIGHT
        assert sum(server.deletes_by_id().values()) <= 10 + 2 * IN_FLIGHT
        server.faults.clear()
        bench.settle()
        assert set(bench.states()) <= {State.CANCELLED, State.REFUSED, State.NOT_SENT}
        bench.verify()

    @pytest.mark.parametrize("code", [401, 403])
    def test_a_payment_that_the_key_does_not_open_is_that_rows(self, server, bench, code):
        ids = orders(server, 20)
        bench.check(*ids)
        server.faults.add(Fault(Kind.REFUSE, id=ids[7], methods=DELETE, code=code))
        assert bench.carry_out() is EndReason.DONE
        assert bench.state(ids[7]) is State.REFUSED
        assert Counter(bench.states())[State.CANCELLED] == 19
        bench.verify()

    def test_a_payment_that_is_shut_after_the_send_is_unknown(self, server, bench):
        ids = orders(server, 5)
        bench.check(*ids)
        server.faults.add(Fault(Kind.REFUSE, id=ids[0], code=403))
        assert bench.carry_out() is EndReason.DONE
        assert bench.states() == [State.UNKNOWN] + [State.CANCELLED] * 4
        bench.verify()

    def test_a_wrong_key_ends_settling(self, server, bench):
        ids = orders(server, 20)
        bench.check(*ids)
        server.faults.add(Fault(Kind.RESET, methods=DELETE, after=True))
        bench.when_delete_arrives = lambda count: count == 4 and bench.control.stop()
        bench.carry_out()
        server.faults.add(Fault(Kind.REFUSE, code=401))
        assert bench.settle() is EndReason.KEY_REFUSED
        server.faults.clear()
        bench.settle()
        assert State.UNKNOWN not in bench.states()
        bench.verify()


@pytest.fixture(scope="module")
def untrusted() -> ssl.SSLContext:
    """What a server has that nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


def test_a_server_that_can_not_prove_who_it_is_ends_everything(untrusted):
    with PracticeServer(tls=untrusted) as server:
        bench = Bench(server)
        ids = orders(server, 20)
        assert bench.check(*ids) is EndReason.CERTIFICATE
        assert bench.states() == [State.COULDNT_CHECK] * 20
        bench.take_as_checked(*ids)
        assert bench.carry_out() is EndReason.CERTIFICATE
        assert bench.states() == [State.NOT_SENT] * 20
        assert server.requests == 0
        assert bench.told(RunEnded)[0].reason is EndReason.CERTIFICATE
        assert not any(row.attempted for row in bench.batch.rows)


class FailingJournal(WatchedJournal):
    """Can't keep the appends of these numbers, from 1."""

    is_whole = False

    def __init__(self, failing, error: type[Exception] = JournalError) -> None:
        super().__init__()
        self._failing = failing
        self._error = error
        self._number = 0
        self._counting = threading.Lock()

    def append(self, event) -> None:
        with self._counting:
            self._number += 1
            failing = self._number in self._failing
        if failing:
            raise self._error("the disk is full")
        super().append(event)


class TestJournal:
    """Whatever can't be kept, and whenever. That no DELETE goes out unkept the bench sees to."""

    @pytest.mark.parametrize("lasting", [True, False], ids=["from then on", "once"])
    @pytest.mark.parametrize("number", range(2, 12))
    def test_a_failure_ends_the_run(self, server, patient_bench, number, lasting):
        failing = range(number, 1000) if lasting else {number}
        bench = patient_bench(journal=FailingJournal(failing), in_flight=2)
        ids = orders(server, 4)  # ten appends where all goes well
        bench.check(*ids)
        end = bench.carry_out()
        assert end is (EndReason.JOURNAL if number <= 10 else EndReason.DONE)
        assert len(bench.told(RunEnded)) == 1
        sent = sum(server.deletes_by_id().values())
        assert sent == bench.journal.attempts.total()
        assert set(bench.states()) <= {State.CANCELLED, State.NOT_SENT}
        bench.verify()

    def test_a_pause_that_can_not_be_kept(self, server, patient_bench):
        bench = patient_bench(journal=FailingJournal(range(4, 1000)), in_flight=1)
        bench.check(*orders(server, 4))
        server.faults.add(Fault(Kind.REFUSE, methods=DELETE, code=429))
        assert bench.carry_out() is EndReason.JOURNAL
        assert bench.told(RunPaused)
        assert bench.states() == [State.NOT_SENT] * 4
        bench.verify()

    @pytest.mark.parametrize("number", range(2, 7))
    def test_an_error_that_no_journal_should_raise_leaves_nothing_hanging(
        self, server, patient_bench, number
    ):
        bench = patient_bench(journal=FailingJournal(range(number, 1000), ZeroDivisionError))
        bench.check(*orders(server, 2))
        with pytest.raises(ZeroDivisionError):
            bench.carry_out()
        assert len(bench.told(RunEnded)) == 1
        bench.verify()

    def test_what_is_found_out_later_is_told_even_if_it_can_not_be_kept(
        self, server, patient_bench
    ):
        journal = FailingJournal(range(5, 1000))
        bench = patient_bench(journal=journal)
        order = server.create()
        bench.check(order)
        server.faults.add(Fault(Kind.RESET, methods=DELETE, after=True))
        bench.when_delete_arrives = lambda count: bench.control.stop()
        bench.carry_out()
        assert bench.settle() is EndReason.JOURNAL
        assert bench.state(order) is State.CANCELLED
        assert not bench.batch.row(order).recorded
        bench.verify()


class Explosive(Client):
    """Raises what no client should, after the server has done its work."""

    error: type[Exception] = RecursionError

    def cancel(self, intent_id):
        super().cancel(intent_id)
        raise self.error("no rule covers this")


class TestWhatNoRuleCovers:
    @pytest.mark.parametrize("error", [RecursionError, ValueError, UnicodeError, JournalError])
    def test_after_the_send_it_is_unknown_and_the_run_ends(self, server, make_bench, error):
        client = type("Raising", (Explosive,), {"error": error})
        bench = make_bench(client=client)
        ids = orders(server, 20)
        bench.check(*ids)
        with pytest.raises(error, match="no rule covers this"):
            bench.carry_out()
        states = Counter(bench.states())
        assert states[State.UNKNOWN] == sum(server.deletes_by_id().values()) <= IN_FLIGHT
        assert states[State.UNKNOWN] + states[State.NOT_SENT] == 20
        assert bench.told(RunEnded)[0].reason is EndReason.FAILED
        bench.settle()
        assert bench.batch.counts[State.CANCELLED] == states[State.UNKNOWN]
        bench.verify()

    def test_a_client_that_confirms_another_payment_is_not_believed(self, server, make_bench):
        class Mistaken(Client):
            def cancel(self, intent_id):
                return Intent(an_id(), "Canceled")

        bench = make_bench(client=Mistaken)
        order = server.create()
        bench.check(order)
        with pytest.raises(IllegalTransitionError, match="Answered"):
            bench.carry_out()
        assert bench.state(order) is State.UNKNOWN

    def test_where_no_connection_can_be_made_nothing_is_left_hanging(self, server, make_bench):
        allowed = threading.Event()
        allowed.set()

        def connect():
            if not allowed.is_set():
                raise LookupError("no key")
            return Client(ApiKey(server.key), server.url)

        bench = make_bench(connect=connect)
        bench.check(*orders(server, 9))
        allowed.clear()
        with pytest.raises(LookupError):
            bench.carry_out()
        assert bench.states() == [State.NOT_SENT] * 9
        with pytest.raises(LookupError):
            bench.check()
        assert bench.states() == [State.NOT_SENT] * 9
        bench.verify()

    def test_threads_that_the_system_does_not_give(self, server, bench, monkeypatch):
        ids = orders(server, 20)
        bench.check(*ids)
        begin, begun = threading.Thread.start, []

        def start(thread):
            if thread.name.startswith("engine-"):
                if begun:
                    raise RuntimeError("can't start new thread")
                begun.append(thread)
            begin(thread)

        monkeypatch.setattr(threading.Thread, "start", start)
        with pytest.raises(RuntimeError, match="new thread"):
            bench.carry_out()
        assert not begun[0].is_alive()
        bench.verify()


FAULTS = st.builds(
    lambda fault, number, chance, seed, count: (fault, number, chance, seed, count),
    st.sampled_from([*SPOILT.values(), *NO_EFFECT.values(), Fault(Kind.LATE, methods=DELETE)]),
    st.one_of(st.none(), st.integers(0, 7)),
    st.sampled_from([0.2, 0.5, 1.0]),
    st.integers(0, 9),
    st.one_of(st.none(), st.integers(1, 4)),
)
READ_FAULTS = st.builds(
    lambda code, chance, seed: Fault(
        Kind.REFUSE, methods=GET, code=code, chance=chance, seed=seed, times=12
    ),
    st.sampled_from([404, 429, 500, 503]),
    st.sampled_from([0.2, 0.5]),
    st.integers(0, 9),
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    faults=st.lists(FAULTS, max_size=3),
    read_faults=st.lists(READ_FAULTS, max_size=1),
    old=st.booleans(),
    stop_at=st.one_of(st.none(), st.integers(1, 12)),
    down_at=st.one_of(st.none(), st.integers(1, 12)),
)
def test_whatever_goes_wrong_what_is_claimed_is_true(faults, read_faults, old, stop_at, down_at):
    with PracticeServer() as server:
        bench = Bench(server, clock=Clock(speed=2 * SPEED))
        ids = orders(server, 8)
        assert bench.check(*ids) is EndReason.DONE
        for fault, number, chance, seed, count in faults:
            values = {name: getattr(fault, name) for name in fault.__slots__}
            values |= {"id": None if number is None else ids[number], "times": count}
            server.faults.add(Fault(**{**values, "chance": chance, "seed": seed}))
        for fault in read_faults:
            server.faults.add(fault)

        def arrived(count: int) -> None:
            if count == stop_at:
                bench.control.stop()
            if count == down_at:
                server.down()
                server.up()

        bench.when_delete_arrives = arrived
        bench.carry_out(bench.plan(checked_at=long_ago(bench)) if old else None)
        bench.verify(late=True)
        server.faults.clear()
        assert server.land_late()
        bench.when_delete_arrives = lambda count: None
        bench.settle()
        bench.verify(late=True)
        unknown = bench.batch.in_state(State.UNKNOWN)
        assert all(server.status(row.intent_id) == "Created" for row in unknown)
        # The operator looks again and does the rest.
        for row in bench.batch.rows:
            if row.may_be_checked:
                bench.check(row.intent_id)
        bench.verify(late=True)


def test_ten_thousand_rows(server, make_bench):
    bench = make_bench(clock=Clock(), in_flight=8)
    ids = orders(server, 10_000)
    assert bench.check(*ids) is EndReason.DONE
    assert bench.batch.counts[State.READY] == 10_000
    assert bench.carry_out() is EndReason.DONE
    assert +bench.batch.counts == {State.CANCELLED: 10_000}
    assert server.deletes_by_id() == dict.fromkeys(ids, 1) == server.effects_by_id()
    bench.verify()


def test_a_stop_of_ten_thousand_rows_is_one_fact(server, make_bench):
    """Not one for each that was not sent: each is written to a disk, and the operator waits."""
    bench = make_bench()
    ids = orders(server, 10_000)
    bench.take_as_checked(*ids)
    bench.control.stop()
    kept = len(bench.journal.events())
    assert bench.carry_out() is EndReason.STOPPED
    assert [type(event) for event in bench.journal.events()[kept:]] == [PlanMade, RunEnded]
    assert +bench.batch.counts == {State.NOT_SENT: 10_000}


def test_a_key_never_shows(server, bench):
    """In no event, whatever the server says."""
    order = server.create()
    server.faults.add(Fault(Kind.REFUSE, methods=DELETE, code=409, detail=f"bad {server.key}"))
    bench.cancel(order)
    assert server.key not in repr(bench.events)
