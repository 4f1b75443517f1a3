"""Carries work out: reads payments, cancels what a plan holds, and says what happens as events.

A few plain threads pull rows from one schedule; each has a connection of its own. What is done
next with a row follows from its state, and its state from the events: there is no second book.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import partial
from http import HTTPStatus

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.crew import Crew
from cancel_desk.desk.events import (
    Answered,
    AttemptStarted,
    Checked,
    CheckStarted,
    EndReason,
    Event,
    NotRecorded,
    NotSent,
    PauseReason,
    PlanMade,
    ReadBack,
    RowEvent,
    RunEnded,
    RunPaused,
    RunResumed,
)
from cancel_desk.desk.journal import Journal, JournalError
from cancel_desk.desk.pace import PAUSES, REQUESTS_A_SECOND, Control, Pace, Pause
from cancel_desk.desk.plan import Plan
from cancel_desk.desk.row import Row, State
from cancel_desk.desk.schedule import Schedule
from cancel_desk.desk.settle import is_patience_over, wait_before
from cancel_desk.desk.throttle import Throttle
from cancel_desk.desk.unhurried import unhurried
from cancel_desk.dojo.client import Client, WrongEnvironmentError
from cancel_desk.dojo.intent import Intent
from cancel_desk.dojo.problem import Kind, Problem

IN_FLIGHT = 4
# How often a payment may meet trouble, or all in a row, before it is asked whose trouble it is.
MAX_FAILURES = 3

_CUT_SHORT = Problem(Kind.NO_ANSWER, technical="the work ended before the payment was read")

_log = logging.getLogger(__name__)


class Engine:
    """Works on payments under one key.

    Args:
        connect: makes a client; called once in each thread.
        journal: where each event of a run is kept before it counts.
        sink: takes each event, from any thread, after the journal.
        clock: whose time counts.
        in_flight: requests under way at once, at the most.
        a_second: requests started per second, at the most.
        throttle: what is known of the server already, and will be afterwards.
    """

    def __init__(
        self,
        connect: Callable[[], Client],
        journal: Journal,
        sink: Callable[[Event], None],
        clock: Clock | None = None,
        in_flight: int = IN_FLIGHT,
        a_second: float = REQUESTS_A_SECOND,
        throttle: Throttle | None = None,
    ) -> None:
        self.connect = connect
        self.journal = journal
        self.sink = sink
        self.clock = clock or Clock()
        self.in_flight = in_flight
        self.a_second = a_second
        self.throttle = throttle or Throttle()

    def check(self, intent_ids: Iterable[str], control: Control) -> EndReason:
        """Read each intent once and say what it is.

        Where none can be read any more (wrong key, no network), all that are left get that for
        an answer. After a stop those not begun stay as they were.
        """
        return _Check(self, control).work([Row(intent_id) for intent_id in unhurried(intent_ids)])

    def carry_out(self, plan: Plan, control: Control) -> EndReason:
        """Cancel what the plan holds, and nothing else.

        Returns when each payment's fate is known, or can't be learnt in the time a run has, or
        after a stop. What was not sent is said to be so.

        Raises:
            JournalError: the plan could not be kept; nothing was sent.
        """
        return _Run(self, control, plan).work()

    def read_back(self, run_of: Mapping[str, str], control: Control) -> EndReason:
        """Read, once, intents that are unknown although their run is over.

        Args:
            run_of: the run of each intent, by intent id.
            control: to stop it.
        """
        return _ReadBack(self, control, run_of).work()


class _Work:
    """What all work has in common: threads, turns, pauses, one end."""

    def __init__(self, engine: Engine, control: Control, run_id: str = "") -> None:
        self._engine = engine
        self._clock = engine.clock
        self._control = control
        self._pace = Pace(
            engine.clock,
            control,
            engine.a_second,
            self._tell_pause,
            engine.in_flight,
            engine.throttle,
        )
        self._run_id = run_id
        self._lock = threading.Lock()
        self._end: EndReason | None = None
        self._why: Problem | None = None
        self._error: Exception | None = None
        self._failures: Counter[str] = Counter()

    def _step(self, client: Client, row: Row) -> float | None:
        """Send the one request that is next for a row, when it is its turn.

        Returns:
            Seconds until the row's next step; None where it needs no more.
        """
        raise NotImplementedError

    def _work_off(self, rows: list[Row]) -> None:
        """Step through all rows with a few threads, until all are done or the work is to end."""
        schedule = Schedule(rows, self._clock, self._control)
        crew = Crew(partial(self._thread, schedule), min(self._engine.in_flight, len(rows)))
        try:
            crew.grow_to(self._pace.in_flight)
        except RuntimeError as error:  # the system has no thread left
            self._fail(error)
        crew.join()
        if not schedule.is_done:
            self._finish(EndReason.STOPPED)

    def _thread(self, schedule: Schedule, crew: Crew) -> None:
        try:
            with self._engine.connect() as client:
                while (row := schedule.take()) is not None:
                    crew.grow_to(self._pace.in_flight)
                    wait = self._step(client, row)
                    self._pace.over()
                    if wait is None:
                        schedule.finish()
                    else:
                        schedule.put_back(row, wait)
        except Exception as error:  # noqa: BLE001 - the border of the thread: raised by its starter
            self._fail(error)

    def _finish(self, reason: EndReason, why: Problem | None = None) -> None:
        """End the work early; the first reason is the one that counts."""
        with self._lock:
            if self._end is None:
                self._end, self._why = reason, why
        self._control.stop()

    def _fail(self, error: Exception) -> None:
        """End the work for what no rule covers."""
        with self._lock:
            first = self._error is None
            self._error = self._error or error
        if not first:
            _log.error("another error while the work was ending", exc_info=error)
        self._finish(EndReason.FAILED)

    def _result(self) -> EndReason:
        """Return why the work is over.

        Raises:
            Exception: the first thing that no rule covered.
        """
        if self._error is not None:
            raise self._error
        return self._end or EndReason.DONE

    def _ask(self, call: Callable[[str], Intent | Problem], intent_id: str) -> Intent | Problem:
        try:
            return call(intent_id)
        except WrongEnvironmentError as error:
            return Problem(Kind.WRONG_ENVIRONMENT, technical=str(error))

    def _heed(self, client: Client, answer: Intent | Problem) -> None:
        """Slow down, or end, where an answer tells of something that concerns every row."""
        match answer:
            case Intent() | Problem(kind=Kind.REFUSED | Kind.NOT_FOUND):
                self._pace.good()
            case Problem(kind=kind, retry_after=asked) if kind in PAUSES:
                self._pace.hold(PAUSES[kind], asked)
            case Problem(kind=Kind.NO_ANSWER) | Problem(http_status=HTTPStatus.GATEWAY_TIMEOUT):
                self._pace.timed_out()
            case Problem(kind=Kind.CERTIFICATE):
                self._finish(EndReason.CERTIFICATE, answer)
            case Problem(kind=Kind.KEY_REFUSED):
                if self._is_everyones(client, {Kind.KEY_REFUSED}):
                    self._finish(EndReason.KEY_REFUSED, answer)

    def _is_everyones(self, client: Client, kinds: Collection[Kind]) -> bool:
        """Tell a trouble that all requests meet from one payment's own: ask about no payment."""
        if not self._pace.turn():
            return False
        answer = client.search(limit=1)
        if not isinstance(answer, Problem):
            self._pace.good()
        elif answer.kind in PAUSES:
            self._pace.hold(PAUSES[answer.kind], answer.retry_after)
        return isinstance(answer, Problem) and answer.kind in kinds

    def _is_its_own(self, client: Client, row: Row, problem: Problem) -> bool:
        """Tell that a row can't be read, or sent, although others can: it is to be given up."""
        if problem.kind is Kind.UNREACHABLE:
            return False
        self._failures[row.intent_id] += 1
        if self._failures[row.intent_id] < MAX_FAILURES:
            return False
        # To fail when others do proves nothing: only one more time, after others did not, does.
        if self._failures[row.intent_id] == MAX_FAILURES:
            if problem.kind in PAUSES and self._is_everyones(client, PAUSES):
                self._failures[row.intent_id] -= 1
            return False
        return True

    def _tell_pause(self, pause: Pause | None) -> None:
        now = self._clock.now()
        if pause is None:
            self._emit(RunResumed(at=now, run_id=self._run_id))
        else:
            self._emit(
                RunPaused(at=now, run_id=self._run_id, reason=pause.reason, until=pause.until)
            )

    def _tell(self, row: Row, event: RowEvent) -> None:
        row.apply(event)
        self._emit(event)

    def _emit(self, event: Event) -> None:
        self._engine.sink(event)


class _Check(_Work):
    """Reads rows outside a run."""

    def work(self, rows: list[Row]) -> EndReason:
        self._work_off(rows)
        for row in rows:
            self._leave(row)
        return self._result()

    def _step(self, client: Client, row: Row) -> float | None:
        if not self._pace.turn():
            return 0.0
        if row.state is State.ADDED:
            self._tell(row, CheckStarted(at=self._clock.now(), intent_id=row.intent_id))
        answer = self._ask(client.get, row.intent_id)
        self._heed(client, answer)
        if isinstance(answer, Problem) and answer.kind in PAUSES:
            if self._pace.holds >= MAX_FAILURES and self._is_everyones(client, PAUSES):
                self._finish(EndReason.UNREACHABLE, answer)
            elif not self._is_its_own(client, row, answer):
                return 0.0
        self._tell_checked(row, answer)
        return None

    def _leave(self, row: Row) -> None:
        """Give a row that was not read to its end the answer that ended the check."""
        if self._why is not None and row.state is State.ADDED:
            self._tell(row, CheckStarted(at=self._clock.now(), intent_id=row.intent_id))
        if row.state is State.CHECKING:
            self._tell_checked(row, self._why or _CUT_SHORT)

    def _tell_checked(self, row: Row, answer: Intent | Problem) -> None:
        self._tell(row, Checked(at=self._clock.now(), intent_id=row.intent_id, answer=answer))


class _RecordedWork(_Work):
    """Work on runs: what happens is kept in the journal before it is told."""

    def _emit(self, event: Event) -> None:
        kept = False
        try:
            self._engine.journal.append(event)
            kept = True
        except JournalError:
            _log.exception("the journal can't be written")
            self._finish(EndReason.JOURNAL)
        finally:
            # It has happened all the same: the operator is told, only nothing more is begun.
            super()._emit(event)
            if not kept and isinstance(event, Answered | ReadBack):
                super()._emit(
                    NotRecorded(at=event.at, intent_id=event.intent_id, run_id=event.run_id)
                )

    def _read_back(self, client: Client, row: Row, run_id: str) -> ReadBack:
        answer = self._ask(client.get, row.intent_id)
        return ReadBack(at=self._clock.now(), intent_id=row.intent_id, run_id=run_id, answer=answer)


class _Run(_RecordedWork):
    """Carries one plan out."""

    def __init__(self, engine: Engine, control: Control, plan: Plan) -> None:
        super().__init__(engine, control, plan.run_id)
        self._plan = plan

    def work(self) -> EndReason:
        event = PlanMade(at=self._clock.now(), plan=self._plan)
        self._engine.journal.append(event)
        self._engine.sink(event)
        rows = [Row.of_plan(planned, event) for planned in self._plan.rows]
        if self._plan.first_alone:
            self._work_off(rows[:1])
            self._control.pause(PauseReason.FIRST_ONE)
            self._work_off(rows[1:])
        else:
            self._work_off(rows)
        reason = self._end or EndReason.DONE
        self._emit(RunEnded(at=self._clock.now(), run_id=self._run_id, reason=reason))
        return self._result()

    def _step(self, client: Client, row: Row) -> float | None:
        if not self._pace.turn():
            return 0.0
        now = self._clock.now()
        if row.state is State.WAITING and not row.needs_look(now):
            answer = self._attempt(client, row, now)
        else:
            answer = self._look(client, row)
        if row.state is State.WAITING and isinstance(answer, Problem):
            self._wait_or_give_up(client, row, answer)
        return self._seconds_to_next(row)

    def _attempt(self, client: Client, row: Row, now: datetime) -> Intent | Problem | None:
        """Cancel a row; None where not even the attempt could be kept."""
        started = AttemptStarted(
            at=now, intent_id=row.intent_id, run_id=self._run_id, number=row.sends + 1
        )
        try:
            self._engine.journal.append(started)
        except JournalError:
            _log.exception("the journal can't be written, so nothing is sent")
            self._finish(EndReason.JOURNAL)
            return None
        row.apply(started)
        self._engine.sink(started)
        answer = self._ask(client.cancel, row.intent_id)
        self._tell(
            row,
            Answered(
                at=self._clock.now(), intent_id=row.intent_id, run_id=self._run_id, answer=answer
            ),
        )
        self._heed(client, answer)
        return answer

    def _look(self, client: Client, row: Row) -> Intent | Problem:
        event = self._read_back(client, row, self._run_id)
        self._tell(row, event)
        self._heed(client, event.answer)
        return event.answer

    def _wait_or_give_up(self, client: Client, row: Row, problem: Problem) -> None:
        if self._is_its_own(client, row, problem):
            self._tell(
                row,
                NotSent(
                    at=self._clock.now(),
                    intent_id=row.intent_id,
                    run_id=self._run_id,
                    problem=problem,
                ),
            )

    def _seconds_to_next(self, row: Row) -> float | None:
        match row.state:
            case State.WAITING | State.CANCELLING:
                return 0.0
            case State.UNKNOWN if not is_patience_over(row.reads):
                return wait_before(row.reads)
        return None


class _ReadBack(_RecordedWork):
    """Reads intents of runs that are over, once each, and gives up quietly."""

    def __init__(self, engine: Engine, control: Control, run_of: Mapping[str, str]) -> None:
        super().__init__(engine, control)
        self._run_of = run_of

    def _tell_pause(self, pause: Pause | None) -> None:
        """Tell nobody: no run pauses, and nobody waits for this."""

    def work(self) -> EndReason:
        self._work_off([Row(intent_id) for intent_id in self._run_of])
        return self._result()

    def _step(self, client: Client, row: Row) -> float | None:
        if not self._pace.turn():
            return 0.0
        event = self._read_back(client, row, self._run_of[row.intent_id])
        self._emit(event)
        if isinstance(event.answer, Problem) and event.answer.kind in PAUSES:
            # Nobody waits for this, so it need not insist: the next time is soon enough.
            self._finish(EndReason.UNREACHABLE, event.answer)
        else:
            self._heed(client, event.answer)
        return None
