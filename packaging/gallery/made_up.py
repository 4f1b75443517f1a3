"""Made-up payments in every state, and made-up runs: what happens to them is told by events."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from cancel_desk.desk.events import (
    Answered,
    AttemptStarted,
    Checked,
    CheckStarted,
    EndReason,
    Event,
    NotSent,
    PlanMade,
    ReadBack,
    RunClosed,
    RunEnded,
)
from cancel_desk.desk.intake.readers import Place
from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.desk.plan import Plan, PlannedRow
from cancel_desk.desk.profiles import Profile
from cancel_desk.desk.row import Row, State
from cancel_desk.dojo.intent import Intent, Money, Status
from cancel_desk.dojo.problem import Kind, Problem
from cancel_desk.practice.intents import make_id
from gallery.still_world import MOMENT, SEAL_KEY

_GOODS = (
    (4250, "GBP", "Order 48211", "2 × oak bedside table"),
    (1899, "GBP", "Order 48213", "Lamp shade, linen"),
    (129900, "GBP", "Order 48190", "Corner sofa, made to order"),
    (25000, "GBP", "DEP-0771", "Deposit: kitchen fitting, O'Neill"),
    (950, "GBP", "Order 48222", "Gift wrapping & card"),
    (3600, "EUR", "INV-2207 Dublin", "Café Grán, coffee beans 6 kg"),
    (11880, "EUR", "INV-2208 Dublin", "Café Grán, grinder service"),
    (6000, "GBP", "Booking 5531", "Table for 6, no-show fee"),
    (45000, "GBP", "Booking 5540", "Private room, 14 guests"),
    (2199, "GBP", "Phone order 118", None),
    (3350, "GBP", "Order 47980", "Rug 120 × 170, returned"),
    (8999, "GBP", "Order 48102", "Mirror, out of stock"),
    (15750, "GBP", "Order 48150", "Delivery to Harrogate, 2 people"),
    (52000, "GBP", "Trade acct Bright & Sons", "May order"),
    (8800, "GBP", "Order 48218", "Curtains, hemmed twice"),
)
_REFUSAL = Problem(
    Kind.REFUSED,
    http_status=409,
    title="Conflict",
    detail="The payment intent is locked by another request",
    trace_id="00-4bf92f3577b34da6a3ce929d0e0e4736-00",
)
_NO_ANSWER = Problem(Kind.NO_ANSWER, technical="ConnectionResetError: 104")
_UNREACHABLE = Problem(Kind.UNREACHABLE, technical="NameResolutionError: api.dojo.tech")


def row_in(state: State, number: int = 0, live: bool = False) -> Row:
    """Return a payment with a life that has led it into a state."""
    return _Life(number, live).lead_to(state)


def rows_in_all_states(live: bool = False) -> list[Row]:
    """Return a payment in each state, in the states' order."""
    return [row_in(state, number, live) for number, state in enumerate(State)]


def ready_rows(count: int, live: bool = False) -> list[Row]:
    """Return payments that can be cancelled."""
    return [row_in(State.READY, number, live) for number in range(count)]


class _Life:
    """What happens to one payment, up to now."""

    def __init__(self, number: int, live: bool) -> None:
        random = Random(number)  # noqa: S311 - repeatable, not secret
        intent_id = make_id(random.randbytes(16))
        if live:
            intent_id = intent_id.replace("sandbox_", "")
        amount, currency, reference, description = _GOODS[number % len(_GOODS)]
        self._random = random
        self._intent = Intent(
            intent_id,
            Status.CREATED,
            capture_mode="Auto",
            amount=Money(amount, currency),
            total_amount=Money(amount, currency),
            reference=reference,
            description=description,
            created_at=MOMENT - timedelta(hours=2 + 3 * number, minutes=7 * number),
            updated_at=MOMENT - timedelta(hours=2 + 3 * number, minutes=7 * number),
            expire_at=MOMENT + timedelta(days=30),
            read_at=MOMENT - timedelta(seconds=40),
        )
        self._now = MOMENT - timedelta(seconds=55)
        place = Place("Returns week 20.csv", number + 2, 3)
        self.row = Row(intent_id, (place,), added_at=self._now)
        self._run = f"run {number}"

    def _later(self) -> datetime:
        self._now += timedelta(seconds=3)
        return self._now

    def _as(self, status: Status) -> Intent:
        intent = self._intent
        changed = intent.updated_at if status is Status.CREATED else MOMENT - timedelta(minutes=9)
        return Intent(
            **{name: getattr(intent, name) for name in Intent.__slots__}
            | {"status": status, "updated_at": changed}
        )

    def lead_to(self, state: State) -> Row:
        if state is not State.ADDED:
            self._be_checked(state)
        if state not in _SEEN_BY_A_CHECK:
            self._be_confirmed()
            self._be_in_a_run(state)
        return self.row

    def _be_checked(self, state: State) -> None:
        row = self.row
        row.apply(CheckStarted(at=self._later(), intent_id=row.intent_id))
        if state is State.CHECKING:
            return
        answers: dict[State, Intent | Problem] = {
            State.NOT_CANCELLABLE: self._as(Status.CAPTURED),
            State.ALREADY_CANCELLED: self._as(Status.CANCELED),
            State.NOT_FOUND: Problem(Kind.NOT_FOUND, http_status=404, title="Not Found"),
            State.COULDNT_CHECK: _UNREACHABLE,
        }
        answer = answers.get(state, self._intent)
        row.apply(Checked(at=self._later(), intent_id=row.intent_id, answer=answer))

    def _be_confirmed(self) -> None:
        row = self.row
        planned = PlannedRow(
            row.intent_id, self._intent.to_pay, self._intent.reference, row.read_at or self._now
        )
        plan = plan_of([planned], None, self._later(), run_id=self._run)
        row.put_in_plan(planned, PlanMade(at=plan.made_at, plan=plan))

    def _be_in_a_run(self, state: State) -> None:
        about = {"intent_id": self.row.intent_id, "run_id": self._run}
        sent = AttemptStarted(at=self._later(), number=1, **about)
        other = Money(4750, "GBP")
        changed = Intent(
            **{name: getattr(self._intent, name) for name in Intent.__slots__}
            | {"amount": other, "total_amount": other}
        )
        happens: dict[State, list[Event]] = {
            State.WAITING: [],
            State.CHANGED: [ReadBack(at=self._later(), answer=changed, **about)],
            State.CANCELLING: [sent],
            State.UNKNOWN: [sent, Answered(at=self._later(), answer=_NO_ANSWER, **about)],
            State.CANCELLED: [
                sent,
                Answered(at=self._later(), answer=self._as(Status.CANCELED), **about),
            ],
            State.REFUSED: [
                sent,
                Answered(at=self._later(), answer=_REFUSAL, **about),
                ReadBack(at=self._later(), answer=self._intent, **about),
            ],
            State.PAID_MEANWHILE: [
                sent,
                Answered(at=self._later(), answer=_REFUSAL, **about),
                ReadBack(at=self._later(), answer=self._as(Status.CAPTURED), **about),
            ],
            State.NOT_SENT: [NotSent(at=self._later(), problem=_UNREACHABLE, **about)],
        }
        for event in happens[state]:
            self.row.apply(event)


_SEEN_BY_A_CHECK = {
    State.ADDED,
    State.CHECKING,
    State.READY,
    State.NOT_CANCELLABLE,
    State.ALREADY_CANCELLED,
    State.NOT_FOUND,
    State.COULDNT_CHECK,
}


def plan_of(rows: Sequence[PlannedRow], profile: Profile | None, at: datetime, run_id: str) -> Plan:
    """Return a plan that Sam has confirmed, in practice where there is no profile."""
    from cancel_desk.desk.profiles import PRACTICE

    profile = profile or PRACTICE
    return Plan(
        rows=tuple(rows),
        profile=profile.name,
        environment=profile.environment,
        key_hint=profile.key_hint,
        operator="sam",
        reason="SUP-2214",
        made_at=at,
        profile_id=profile.id,
        run_id=run_id,
    )


class Past:
    """Runs of earlier days, written to a journal as the engine would have."""

    def __init__(self, path: Path, profile: Profile) -> None:
        self._journal = JournalFile(path, SEAL_KEY)
        self._profile = profile
        self._numbers = iter(range(10_000))

    def run(
        self, outcomes: str, ago: timedelta, end: EndReason | None = EndReason.DONE
    ) -> tuple[str, ...]:
        """Write a run, and return the ids of its payments.

        Args:
            outcomes: for each payment c(ancelled), p(aid), u(nknown) or w(aiting).
            ago: how long ago.
            end: why it ended; None for a run that was cut off.
        """
        at = MOMENT - ago
        rows = []
        for number in (next(self._numbers) for _ in outcomes):
            amount, currency, reference, _ = _GOODS[number % len(_GOODS)]
            random = Random(1000 + number)  # noqa: S311 - repeatable, not secret
            rows.append(
                PlannedRow(make_id(random.randbytes(16)), Money(amount, currency), reference, at)
            )
        plan = plan_of(rows, self._profile, at, run_id=f"{int(at.timestamp()):032x}")
        self._journal.append(PlanMade(at=at, plan=plan))
        for row, outcome in zip(rows, outcomes, strict=True):
            self._journal.append_all(list(_story(plan.run_id, row, outcome, at)))
        if end is not None:
            self._journal.append(RunEnded(at=at, run_id=plan.run_id, reason=end))
            if "u" not in outcomes:
                self._journal.append(RunClosed(at=at, run_id=plan.run_id))
        return tuple(row.intent_id for row in rows)

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()


def _story(run_id: str, row: PlannedRow, outcome: str, at: datetime) -> Iterator[Event]:
    about = {"intent_id": row.intent_id, "run_id": run_id}

    def now(status: Status) -> Intent:
        return Intent(row.intent_id, status, amount=row.to_pay, reference=row.reference)

    if outcome in "cu":
        yield AttemptStarted(at=at, number=1, **about)
    if outcome == "c":
        yield Answered(at=at + timedelta(seconds=1), answer=now(Status.CANCELED), **about)
    if outcome == "u":
        yield Answered(at=at + timedelta(seconds=30), answer=_NO_ANSWER, **about)
    if outcome == "p":
        yield ReadBack(at=at + timedelta(seconds=1), answer=now(Status.CAPTURED), **about)
