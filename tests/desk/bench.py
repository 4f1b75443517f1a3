"""A batch and an engine on a real practice server, put together as the window does it."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime

from cancel_desk.desk.batch import Batch, planned_rows
from cancel_desk.desk.clock import Clock
from cancel_desk.desk.engine import Engine
from cancel_desk.desk.events import (
    AttemptStarted,
    Checked,
    CheckStarted,
    EndReason,
    Event,
    PlanMade,
    RowEvent,
    RunEnded,
    RunPaused,
    RunResumed,
)
from cancel_desk.desk.intake.find_ids import Found
from cancel_desk.desk.journal import MemoryJournal
from cancel_desk.desk.pace import Control
from cancel_desk.desk.plan import Plan, PlannedRow
from cancel_desk.desk.row import MAX_SENDS, State
from cancel_desk.dojo.client import Client
from cancel_desk.dojo.intent import Intent, Money
from cancel_desk.dojo.key import ApiKey
from cancel_desk.practice import PracticeServer

from .facts import a_plan

# Fast enough for minutes, slow enough that a request's milliseconds do not become minutes.
SPEED = 200.0


class WatchedJournal(MemoryJournal):
    """Knows at once how many attempts it has kept for a payment."""

    is_whole = True

    def __init__(self) -> None:
        super().__init__()
        self.attempts: Counter[str] = Counter()

    def append(self, event: Event) -> None:
        super().append(event)
        if isinstance(event, AttemptStarted):
            self.attempts[event.intent_id] += 1


class Bench:
    """Everything there is but the window. Facts are applied to the batch as they come.

    `client` makes a client from a key and an address, `connect` replaces all of that.
    """

    def __init__(
        self,
        server: PracticeServer,
        *,
        journal: WatchedJournal | None = None,
        clock: Clock | None = None,
        client: Callable[..., Client] = Client,
        connect: Callable[[], Client] | None = None,
        in_flight: int = 4,
        a_second: float = 1e9,
    ) -> None:
        self.server = server
        self.batch = Batch()
        self.journal = journal or WatchedJournal()
        self.clock = clock or Clock(SPEED)
        self.control = Control()
        self.events: list[Event] = []
        self.added: list[Found] = []
        self.planned: set[str] = set()
        self._changed = threading.Condition()
        self._arrived: Counter[str] = Counter()
        self.engine = Engine(
            connect or (lambda: client(ApiKey(server.key), server.url)),
            self.journal,
            self._take,
            self.clock,
            in_flight,
            a_second,
        )
        self.when_delete_arrives: Callable[[int], object] = lambda count: None
        server.on_delete = self._on_delete

    def _take(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self.batch.apply([event])
            self._changed.notify_all()

    def _on_delete(self, intent_id: str) -> None:
        """Runs in the server, for every DELETE that arrives."""
        with self._changed:
            self._arrived[intent_id] += 1
            count = self._arrived.total()
            kept = self.journal.attempts[intent_id]
            assert kept >= self._arrived[intent_id], "sent before it was in the journal"
        self.when_delete_arrives(count)

    # What an operator does

    def add(self, *ids: str) -> None:
        found = [Found(intent_id, (), False) for intent_id in ids]
        self.added += found
        self.batch.add(found)

    def check(self, *ids: str) -> EndReason:
        """Check these, or all; those that are new are added."""
        self.add(*(intent_id for intent_id in ids if intent_id not in self.batch))
        wanted = ids or tuple(row.intent_id for row in self.batch.rows)
        return self._work(lambda control: self.engine.check(wanted, control))

    def take_as_checked(self, *ids: str) -> None:
        """Have checks that went well, without asking the server."""
        self.add(*(intent_id for intent_id in ids if intent_id not in self.batch))
        for intent_id in ids:
            known = self.server.intent(intent_id)
            money = Money(known.amount, known.currency)
            answer = Intent(intent_id, "Created", amount=money, reference=known.reference)
            now = self.clock.now()
            self._take(CheckStarted(at=now, intent_id=intent_id))
            self._take(Checked(at=now, intent_id=intent_id, answer=answer))

    def plan(self, **changes: object) -> Plan:
        """What is ticked, or with `checked_at` as if it had been looked at then."""
        rows = planned_rows(self.batch.ticked())
        if changes:
            values = [{name: getattr(row, name) for name in PlannedRow.__slots__} for row in rows]
            rows = tuple(PlannedRow(**{**value, **changes}) for value in values)
        return a_plan(rows, f"run {len(self.planned)} {len(self.events)}", self.clock.now())

    def carry_out(self, plan: Plan | None = None) -> EndReason:
        plan = plan or self.plan()
        self.planned |= {row.intent_id for row in plan.rows}
        return self._work(lambda control: self.engine.carry_out(plan, control))

    def cancel(self, *ids: str) -> EndReason:
        """Check and cancel."""
        assert self.check(*ids) is EndReason.DONE
        return self.carry_out()

    def settle(self) -> EndReason:
        run_of = {row.intent_id: row.run_id for row in self.batch.in_state(State.UNKNOWN)}
        return self._work(lambda control: self.engine.read_back(run_of, control))

    def _work(self, work: Callable[[Control], EndReason]) -> EndReason:
        try:
            return work(self.control)
        finally:
            self.control = Control()

    @contextmanager
    def under_way(self, work: Callable[[], EndReason]) -> Iterator[Future[EndReason]]:
        """Do it in another thread; whatever happens here, it ends."""
        control = self.control
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(work)
            try:
                yield future
                future.exception(30)
            finally:
                control.stop()

    # What can be seen

    def state(self, intent_id: str) -> State:
        return self.batch.row(intent_id).state

    def states(self) -> list[State]:
        return [row.state for row in self.batch.rows]

    def told(self, kind: type[Event]) -> list[Event]:
        with self._changed:
            return [event for event in self.events if isinstance(event, kind)]

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until events have made it true."""
        with self._changed:
            assert self._changed.wait_for(condition, 20), "it did not come true"

    def wait_for_event(self, kind: type[Event], **facts: object) -> None:
        self.wait_for(
            lambda: any(
                isinstance(event, kind)
                and all(getattr(event, name) == value for name, value in facts.items())
                for event in self.events
            )
        )

    # What must hold after whatever happened

    def verify(self, *, late: bool = False) -> None:
        """Hold what is claimed against what the server knows.

        Args:
            late: effects may still have come after the last look.
        """
        for row in self.batch.rows:
            self._verify_claim(row.intent_id, row.state, late)
            assert not row.in_run
        arrived = self.server.deletes_by_id()
        assert set(arrived) <= self.planned
        runs = len(self.told(PlanMade))
        assert all(count <= MAX_SENDS * runs for count in arrived.values())
        self._verify_events()

    def _verify_claim(self, intent_id: str, state: State, late: bool) -> None:
        known = self.server.status(intent_id)
        assert state not in {State.CHECKING, State.WAITING, State.CANCELLING}
        if state in {State.CANCELLED, State.ALREADY_CANCELLED}:
            assert known == "Canceled"
        if state is State.CANCELLED:
            assert self.server.deletes(intent_id)
        if state is State.PAID_MEANWHILE:
            assert known not in {"Created", "Canceled"}
        if state in {State.REFUSED, State.NOT_SENT, State.CHANGED} and not late:
            assert not self.server.effects(intent_id)
        if known == "Canceled" and self.server.effects(intent_id) and not late:
            assert state in {State.CANCELLED, State.UNKNOWN, State.NOT_FOUND}

    def _verify_events(self) -> None:
        again = Batch()
        again.add(self.added)
        again.apply(self.events)
        assert [row.state for row in again.rows] == self.states()
        assert +again.counts == +self.batch.counts == Counter(self.states())
        paused = False
        for event in self.events:
            if isinstance(event, RunResumed):
                assert paused, "resumed what was not paused"
            paused = isinstance(event, RunPaused) or (
                paused and not isinstance(event, RunResumed | RunEnded | CheckStarted)
            )
        self._verify_journal()

    def _verify_journal(self) -> None:
        """What was told of a row's runs is what was kept, in the same order."""
        if not self.journal.is_whole:
            return
        kept, told = ({}, {})
        for events, by_row in ((self.journal.events(), kept), (self.events, told)):
            for event in events:
                if isinstance(event, RowEvent) and hasattr(event, "run_id"):
                    by_row.setdefault(event.intent_id, []).append(event)
        assert kept == told


def orders(server: PracticeServer, count: int) -> list[str]:
    return [server.create() for _ in range(count)]


def long_ago(bench: Bench) -> datetime:
    """A time of a check that is no leave to send without another look."""
    return bench.clock.now().replace(year=2020)
