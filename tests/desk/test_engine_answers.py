"""A run that gets no answer, or none that can be believed, to a send or to a read."""

import threading
from dataclasses import replace

import pytest

from cancel_desk.desk.events import (
    EndReason,
    ReadBack,
    RunPaused,
)
from cancel_desk.desk.row import State
from cancel_desk.dojo.client import Client
from cancel_desk.dojo.intent import Money
from cancel_desk.dojo.problem import Kind as Trouble
from cancel_desk.dojo.problem import Problem
from cancel_desk.practice import Fault, Kind

from .bench import long_ago, orders
from .troubles import NO_EFFECT, SPOILT

pytestmark = pytest.mark.usefixtures("no_thread_stays")

DELETE = ("DELETE",)
GET = ("GET",)


class TestAnswersThatAreNone:
    @pytest.mark.parametrize("fault", SPOILT.values(), ids=SPOILT)
    def test_what_had_effect_is_cancelled_and_sent_once(self, server, bench, fault):
        ids = orders(server, 5)
        bench.check(*ids)
        server.faults.add(replace(fault, methods=DELETE, times=1))
        assert bench.carry_out() is EndReason.DONE
        assert bench.states() == [State.CANCELLED] * 5
        # "No, wait" means no, whatever was done before it was said.
        assert server.deletes_by_id() == dict.fromkeys(ids, 1)
        bench.verify()

    @pytest.mark.parametrize("fault", NO_EFFECT.values(), ids=NO_EFFECT)
    def test_what_had_no_effect_is_sent_again(self, server, bench, fault):
        ids = orders(server, 5)
        bench.check(*ids)
        server.faults.add(replace(fault, methods=DELETE, times=1))
        assert bench.carry_out() is EndReason.DONE
        assert bench.states() == [State.CANCELLED] * 5
        assert sorted(server.deletes_by_id().values()) == [1, 1, 1, 1, 2]
        bench.verify()

    @pytest.mark.parametrize("fault", NO_EFFECT.values(), ids=NO_EFFECT)
    def test_three_sends_without_effect_are_a_refusal(self, server, bench, fault):
        order = server.create()
        bench.check(order)
        server.faults.add(replace(fault, methods=DELETE))
        assert bench.carry_out() is EndReason.DONE
        assert bench.state(order) is State.REFUSED
        assert server.deletes(order) == 3
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
        bench = patient_bench(in_flight=4)
        bench.check(*orders(server, 4))
        server.faults.add(Fault(Kind.RESET, methods=DELETE, after=True))
        together = threading.Barrier(4, action=lambda: bench.control.stop())
        bench.when_delete_arrives = lambda count: together.wait(20)
        bench.carry_out()
        assert bench.states() == [State.UNKNOWN] * 4
        server.faults.clear()
        before = server.requests
        bench.engine.in_flight = 2
        if code is None:
            server.down()
        else:
            server.faults.add(Fault(Kind.REFUSE, code=code))
        assert bench.settle() is EndReason.UNREACHABLE
        assert server.requests - before <= 2
        assert bench.states() == [State.UNKNOWN] * 4
        server.up()
        server.faults.clear()
        assert bench.settle() is EndReason.DONE
        assert bench.states() == [State.CANCELLED] * 4
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
        server.faults.add(replace(fault, id=ids[0]))
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
