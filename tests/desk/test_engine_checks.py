"""Checks against the practice server, over real HTTP: nothing is sent, much is learnt."""

from collections import Counter

import pytest

from cancel_desk.desk.engine import IN_FLIGHT
from cancel_desk.desk.events import (
    EndReason,
    RunPaused,
    RunResumed,
)
from cancel_desk.desk.row import State
from cancel_desk.dojo.problem import Kind as Trouble
from cancel_desk.practice import Fault, Kind

from .bench import orders
from .facts import an_id

pytestmark = pytest.mark.usefixtures("no_thread_stays")


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
