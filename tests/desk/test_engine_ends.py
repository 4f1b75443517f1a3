"""A run that waits, or that ends early: pauses, stops, keys and servers not to be used."""

import ssl
import threading
from collections import Counter

import pytest
import trustme

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.engine import IN_FLIGHT
from cancel_desk.desk.events import (
    AttemptStarted,
    EndReason,
    PauseReason,
    RunEnded,
    RunPaused,
    RunResumed,
)
from cancel_desk.desk.row import MAX_SENDS, State
from cancel_desk.practice import Fault, Kind, PracticeServer, Shape

from .bench import Bench, orders

pytestmark = pytest.mark.usefixtures("no_thread_stays")

DELETE = ("DELETE",)


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
