"""Everything that can go wrong, mixed at random, over the engine, a journal file and a server.

At every DELETE, and after every step, what was sent, kept and claimed is held against what the
server knows; and the key, which troubles repeat wherever they can, must be nowhere.
"""

import io
import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import trustme
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cancel_desk.desk.report import ReportRow, report_row, write_csv
from cancel_desk.desk.row import State
from cancel_desk.practice import Kind, PracticeServer

from .detours import DETOURS, Network, nameless
from .life import Program
from .oracle import Oracle
from .troubles import LIES, TROUBLES

PAYMENTS = 6


@contextmanager
def unredacted_log() -> Iterator[io.StringIO]:
    """All that any logger says, as it says it."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


class Desk:
    """A program with a journal in a file, its server, and whoever is not to be spoken to."""

    def __init__(self) -> None:
        with ExitStack() as stack:
            self.folder = Path(stack.enter_context(TemporaryDirectory()))
            self.server = stack.enter_context(PracticeServer())
            self.strangers = [
                stack.enter_context(PracticeServer()),
                stack.enter_context(PracticeServer(tls=_untrusted())),
            ]
            closed = stack.enter_context(socket.socket())
            closed.bind(("127.0.0.1", 0))
            addresses = [
                self.strangers[1].url,
                "http://localhost:9",
                f"http://127.0.0.1:{closed.getsockname()[1]}",
            ]
            self.network = Network(self.server, dict(zip(DETOURS, addresses, strict=True)))
            stack.enter_context(nameless("localhost"))
            self._log = stack.enter_context(unredacted_log())
            path = self.folder / "journal" / "journal.sqlite"
            self.oracle = Oracle(self.server, path)
            self.ids = [self.server.create(reference=f"Order {n}") for n in range(PAYMENTS)]
            self._path = path
            self.program = Program(path, self.network.connect)
            self.program.add(self.ids)
            self._stack = stack.pop_all()

    def trouble(self, name: str, **narrowed: object) -> None:
        fault = TROUBLES[name]
        if fault.kind is Kind.REFUSE:
            narrowed["detail"] = f"The key is {self.server.key} or Basic {self.server.key}"
        if fault.kind is Kind.REDIRECT:
            narrowed["url"] = f"{self.strangers[0].url}/{self.server.key}"
        if name in LIES:
            narrowed["methods"] = ("DELETE",)
        self.server.faults.add(replace(fault, **narrowed))

    def restart(self) -> None:
        self.search_for_key()
        self.program.close()
        self.program = Program(self._path, self.network.connect)
        self.program.go_on()
        self.program.add(self.ids)

    def judge(self) -> None:
        self.oracle.note_late()
        for row in self.program.batch.rows:
            self.oracle.judge(row.intent_id, row.state)
        self.oracle.audit()
        assert [stranger.requests for stranger in self.strangers] == [0, 0]

    def search_for_key(self) -> None:
        rows = [
            report_row(row, row.state, row.problem.words if row.problem else "", "", "", row.plan)
            for row in self.program.batch.rows
        ]
        header = [field.name for field in fields(ReportRow)]
        write_csv(self.folder / "journal" / "report.csv", header, rows)
        said = self._log.getvalue().encode()
        self.oracle.search_for_key(said, repr(self.program.events).encode())
        for row in self.program.batch.rows:
            assert self.server.key not in repr((row.problem, row.intent))

    def lift(self) -> None:
        self.server.faults.clear()
        self.network.detours.clear()

    def finish(self) -> None:
        """Nothing is in the way any more: in the end everything is done, and said to be."""
        self.lift()
        assert self.server.land_late()
        self.oracle.late.clear()
        self.oracle.when_delete_arrives = lambda count: None
        for _ in range(4):
            self.program.settle()
            self.program.check()
            self.program.carry_out()
        assert "Created" not in {self.server.status(intent_id) for intent_id in self.ids}
        for row in self.program.batch.rows:
            cancelled = row.state in {State.CANCELLED, State.ALREADY_CANCELLED}
            assert cancelled == (self.server.status(row.intent_id) == "Canceled")
        for row in self.program.batch.rows:
            self.oracle.judge(row.intent_id, row.state)
        self.oracle.audit()

    def close(self) -> None:
        with self._stack:
            self.search_for_key()
            self.program.close()


def _untrusted() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


TROUBLE = st.tuples(
    st.sampled_from(sorted(TROUBLES)),
    st.one_of(st.none(), st.integers(0, PAYMENTS - 1)),
    st.fixed_dictionaries(
        {
            "methods": st.sampled_from([("DELETE",), ("DELETE",), ("GET",), ("POST",), ()]),
            "times": st.integers(1, 5),
            "chance": st.sampled_from([0.3, 0.7, 1.0]),
            "seed": st.integers(0, 9),
        }
    ),
)


class Day(RuleBasedStateMachine):
    """What may come to an operator and to a server, in any order."""

    @initialize()
    def begin(self) -> None:
        self.desk = Desk()
        self.desk.program.check()

    @rule(troubles=st.lists(TROUBLE, min_size=1, max_size=4))
    def trouble(self, troubles):
        for name, payment, narrowed in troubles:
            intent_id = None if payment is None else self.desk.ids[payment]
            self.desk.trouble(name, id=intent_id, **narrowed)

    @rule(way=st.sampled_from(DETOURS), after=st.integers(0, 6), times=st.integers(1, 5))
    def detour(self, way, times, after):
        self.desk.network.detours.extend([None] * after + [way] * times)

    @rule()
    def lift(self):
        self.desk.lift()

    @rule(
        fresh=st.booleans(),
        stop_at=st.one_of(st.none(), st.integers(1, 8)),
        down_at=st.one_of(st.none(), st.integers(1, 8)),
    )
    def run(self, fresh, stop_at, down_at):
        program, server = self.desk.program, self.desk.server
        if fresh:
            program.check()
        begun = self.desk.oracle.arrived

        def arrived(count: int) -> None:
            if count - begun == stop_at:
                program.control.stop()
            if count - begun == down_at:
                server.down()
                server.up()

        self.desk.oracle.when_delete_arrives = arrived
        program.carry_out()

    @rule()
    def time_passes(self):
        """So that what was looked at has to be looked at again."""
        program = self.desk.program
        with program.control.changed:
            program.clock.wait(program.control.changed, 70.0)

    @rule(reads=st.integers(1, 3))
    def settle(self, reads):
        self.desk.program.settle(reads)

    @rule()
    def check(self):
        self.desk.program.check()

    @rule(payment=st.integers(0, PAYMENTS - 1))
    def customer_pays(self, payment):
        intent_id = self.desk.ids[payment]
        if self.desk.server.status(intent_id) == "Created":
            self.desk.server.set_status(intent_id, "Captured")

    @rule()
    def late_effects_come(self):
        self.desk.oracle.note_late()
        assert self.desk.server.land_late()

    @rule()
    def restart(self):
        self.desk.restart()

    @invariant()
    @precondition(lambda self: hasattr(self, "desk"))
    def nothing_is_claimed_that_is_not_so(self):
        self.desk.judge()

    def teardown(self):
        if hasattr(self, "desk"):
            try:
                self.desk.finish()
            finally:
                self.desk.close()


TestDay = Day.TestCase
TestDay.settings = settings(
    max_examples=settings.default.max_examples // 4,
    stateful_step_count=15,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


@pytest.mark.parametrize("name", sorted(TROUBLES))
def test_a_trouble_that_every_payment_meets(desk, name):
    """In the checks, in the sends and in the reads after them."""
    desk.trouble(name, times=2)
    desk.program.check()
    desk.judge()
    desk.trouble(name, methods=("DELETE",), times=3)
    desk.trouble(name, methods=("GET",), times=2)
    desk.program.carry_out()
    desk.judge()
    desk.restart()
    desk.judge()
    desk.finish()


@pytest.mark.parametrize("way", DETOURS)
def test_a_way_that_leads_nowhere(desk, way):
    desk.program.check()
    desk.network.detours.extend([way] * 5)
    desk.program.carry_out()
    desk.judge()
    desk.finish()
    assert set(desk.server.effects_by_id()) == set(desk.ids)
    assert desk.server.deletes_by_id() == dict.fromkeys(desk.ids, 1)
