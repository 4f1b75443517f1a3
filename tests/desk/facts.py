"""Facts about made-up payments, for tests that need no server."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from cancel_desk.desk.events import (
    Answered,
    AttemptStarted,
    Checked,
    CheckStarted,
    EndReason,
    NotSent,
    PlanMade,
    ReadBack,
    RunEnded,
)
from cancel_desk.desk.plan import Plan, PlannedRow
from cancel_desk.desk.profiles import Environment
from cancel_desk.desk.row import Row
from cancel_desk.dojo.intent import Intent, Money
from cancel_desk.dojo.problem import Kind, Problem

NOON = datetime(2024, 5, 17, 12, tzinfo=UTC)
RUN = "the run"

# What a DELETE that brought no cancel says about itself.
NEVER_LEFT = [Kind.UNREACHABLE, Kind.WRONG_ENVIRONMENT, Kind.CERTIFICATE]
CLEAR_NO = [Kind.REFUSED, Kind.NOT_FOUND, Kind.KEY_REFUSED]
NO_CLEAR_ANSWER = [Kind.UNAVAILABLE, Kind.SERVER_ERROR, Kind.UNCLEAR, Kind.NO_ANSWER]
# What a read that brought no description of the payment says, 404 apart.
FAILED_READ = [kind for kind in Kind if kind is not Kind.NOT_FOUND]


def an_id(number: int = 1) -> str:
    return f"pi_sandbox_{number:021}A"


def intent(
    status: str = "Created",
    *,
    intent_id: str | None = None,
    amount: int = 1000,
    reference: str | None = "Order 1",
) -> Intent:
    return Intent(
        id=intent_id or an_id(),
        status=status,
        amount=Money(amount, "GBP"),
        total_amount=Money(amount, "GBP"),
        reference=reference,
    )


def a_plan(rows: Iterable[PlannedRow], run_id: str = RUN, at: datetime = NOON) -> Plan:
    return Plan(
        rows=tuple(rows),
        profile="practice",
        environment=Environment.PRACTICE,
        key_hint="abcd",
        operator="Sam",
        reason="Ticket 1",
        made_at=at,
        run_id=run_id,
    )


class Story:
    """What happens to one row, a step a method; `after` is in seconds since the step before."""

    def __init__(self, run_id: str = RUN) -> None:
        self.row = Row(an_id())
        self.now = NOON
        self.run_id = run_id

    def _wait(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now

    def begin_check(self, after: float = 0.0) -> None:
        self.row.apply(CheckStarted(at=self._wait(after), intent_id=self.row.intent_id))

    def end_check(self, answer: Intent | Problem, after: float = 0.0) -> None:
        at = self._wait(after)
        self.row.apply(Checked(at=at, intent_id=self.row.intent_id, answer=answer))

    def check(self, answer: Intent | Problem, after: float = 0.0) -> None:
        self.begin_check(after)
        self.end_check(answer)

    def plan(self, after: float = 0.0, run_id: str | None = None) -> None:
        at = self._wait(after)
        if run_id is not None:
            self.run_id = run_id
        shown = self.row.intent
        assert shown is not None
        assert self.row.read_at is not None
        planned = PlannedRow(self.row.intent_id, shown.to_pay, shown.reference, self.row.read_at)
        plan = a_plan([planned], self.run_id, at)
        self.row.put_in_plan(planned, PlanMade(at=at, plan=plan))

    def attempt(self, after: float = 0.0) -> None:
        self.row.apply(
            AttemptStarted(
                at=self._wait(after),
                intent_id=self.row.intent_id,
                run_id=self.run_id,
                number=self.row.sends + 1,
            )
        )

    def answer(self, answer: Intent | Problem | Kind, after: float = 0.0) -> None:
        at = self._wait(after)
        answer = Problem(answer) if isinstance(answer, Kind) else answer
        self.row.apply(
            Answered(at=at, intent_id=self.row.intent_id, run_id=self.run_id, answer=answer)
        )

    def read(self, answer: Intent | Problem | Kind, after: float = 0.0) -> None:
        at = self._wait(after)
        answer = Problem(answer) if isinstance(answer, Kind) else answer
        self.row.apply(
            ReadBack(at=at, intent_id=self.row.intent_id, run_id=self.run_id, answer=answer)
        )

    def not_sent(self, kind: Kind = Kind.SERVER_ERROR) -> None:
        self.row.apply(
            NotSent(
                at=self.now,
                intent_id=self.row.intent_id,
                run_id=self.run_id,
                problem=Problem(kind),
            )
        )

    def end(self, reason: EndReason = EndReason.STOPPED) -> None:
        self.row.apply(RunEnded(at=self.now, run_id=self.run_id, reason=reason))

    # Beginnings that many stories share.

    def ready(self) -> "Story":
        self.check(intent())
        return self

    def waiting(self) -> "Story":
        self.ready().plan()
        return self

    def cancelling(self) -> "Story":
        self.waiting().attempt()
        return self

    def unknown(self) -> "Story":
        self.cancelling().answer(Kind.NO_ANSWER)
        return self

    def told_no(self) -> "Story":
        self.cancelling().answer(Kind.REFUSED)
        return self

    def without_effect(self) -> "Story":
        """An attempt is known not to have been applied, so the row waits once more."""
        self.unknown().read(intent(), after=2)
        self.read(intent(), after=10)
        return self
