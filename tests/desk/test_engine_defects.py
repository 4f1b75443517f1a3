"""A run whose journal fails, or that meets what no rule covers."""

import threading
from collections import Counter

import pytest

from cancel_desk.desk.engine import IN_FLIGHT
from cancel_desk.desk.events import (
    EndReason,
    RunEnded,
    RunPaused,
)
from cancel_desk.desk.journal import JournalError
from cancel_desk.desk.row import IllegalTransitionError, State
from cancel_desk.dojo.client import Client
from cancel_desk.dojo.intent import Intent
from cancel_desk.dojo.key import ApiKey
from cancel_desk.practice import Fault, Kind

from .bench import WatchedJournal, orders
from .facts import an_id

pytestmark = pytest.mark.usefixtures("no_thread_stays")

DELETE = ("DELETE",)


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

    def test_nothing_is_sent_where_the_plan_can_not_be_kept(self, server, make_bench):
        bench = make_bench(journal=FailingJournal({1}))
        ids = orders(server, 3)
        bench.check(*ids)
        with pytest.raises(JournalError):
            bench.carry_out()
        assert bench.states() == [State.READY] * 3
        assert server.deletes_by_id() == {}


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
