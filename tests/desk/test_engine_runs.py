"""Plans carried out against the practice server, over real HTTP.

After each, what is claimed is held against what the server knows (`Bench.verify`).
"""

import threading
from collections import Counter

import pytest

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.events import (
    Answered,
    AttemptStarted,
    EndReason,
    NotSent,
    PlanMade,
    RunEnded,
)
from cancel_desk.desk.plan import PlannedRow
from cancel_desk.desk.row import State
from cancel_desk.dojo.client import Client
from cancel_desk.dojo.intent import Money
from cancel_desk.dojo.problem import Kind as Trouble
from cancel_desk.practice import Fault, Kind

from .bench import long_ago, orders
from .facts import a_plan

pytestmark = pytest.mark.usefixtures("no_thread_stays")

DELETE = ("DELETE",)
GET = ("GET",)


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

    def test_they_are_few_at_first_and_more_with_the_good_answers(self, server, patient_bench):
        bench = patient_bench(in_flight=8)
        bench.take_as_checked(*orders(server, 40))
        at_first: list[int] = []
        four = threading.Barrier(4, action=lambda: at_first.append(server.connections))
        eight = threading.Barrier(8)

        def meet(count: int) -> None:
            if count <= 4:
                four.wait(10)
            elif 20 < count <= 28:
                eight.wait(10)

        bench.when_delete_arrives = meet
        assert bench.carry_out() is EndReason.DONE
        assert at_first == [4]
        assert server.max_in_flight == 8
        bench.verify()

    def test_time_outs_make_them_fewer(self, server, patient_bench):
        bench = patient_bench(in_flight=4, client=lambda key, url: Client(key, url, deadline=0.5))
        ids = orders(server, 4)
        server.faults.add(Fault(Kind.HANG, times=4))
        bench.check(*ids)
        assert bench.engine.throttle.in_flight == 2

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
