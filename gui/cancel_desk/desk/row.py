"""One payment in the batch, its states, and the only transitions there are.

The batch shows rows and the engine decides by rows, both through `Row.apply`: what the operator
sees and what is done next can't come apart.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from cancel_desk.desk.events import (
    Answered,
    AttemptStarted,
    Checked,
    CheckStarted,
    Event,
    FoundElsewhere,
    NotRecorded,
    NotSent,
    PlanMade,
    ReadBack,
    RowEvent,
    RunEnded,
)
from cancel_desk.desk.intake.readers import Place
from cancel_desk.desk.plan import Plan, PlannedRow
from cancel_desk.dojo.intent import Intent, Status
from cancel_desk.dojo.problem import Kind, Problem

MAX_SENDS = 3
FRESH_FOR = timedelta(seconds=60)
READS_APART = timedelta(seconds=10)


class State(StrEnum):
    """Where a payment stands. The values are stable names, not what is on screen."""

    ADDED = "Added"
    CHECKING = "Checking"
    READY = "Ready"
    NOT_CANCELLABLE = "Not cancellable"
    ALREADY_CANCELLED = "Already cancelled"
    NOT_FOUND = "Not found"
    COULDNT_CHECK = "Couldn't check"
    WAITING = "Waiting"
    CHANGED = "Changed"
    CANCELLING = "Cancelling"
    UNKNOWN = "Unknown"
    CANCELLED = "Cancelled"
    REFUSED = "Refused"
    PAID_MEANWHILE = "Paid meanwhile"
    NOT_SENT = "Not sent"

    __hash__ = str.__hash__  # that of an Enum takes its time, and lists are long


_CHECKED = {
    State.READY,
    State.NOT_CANCELLABLE,
    State.ALREADY_CANCELLED,
    State.NOT_FOUND,
    State.COULDNT_CHECK,
}
_SETTLED = {State.CANCELLED, State.PAID_MEANWHILE, State.REFUSED, State.NOT_FOUND, State.WAITING}

# A row that was sent for, and whose last send's fate is not known, is not done with: where a read
# says Canceled it was our doing, so it becomes Cancelled, in a check (Checking) and before another
# send (Waiting) too. A check that does not tell leaves it Unknown. And once its run is over it may
# be checked, like all that is neither final nor in a run: how else could it be planned anew?
MAY_BECOME: dict[State, frozenset[State]] = {
    State.ADDED: frozenset({State.CHECKING}),
    State.CHECKING: frozenset(_CHECKED | {State.CANCELLED, State.UNKNOWN}),
    State.READY: frozenset({State.CHECKING, State.WAITING}),
    State.NOT_CANCELLABLE: frozenset({State.CHECKING}),
    State.ALREADY_CANCELLED: frozenset({State.CHECKING}),
    State.NOT_FOUND: frozenset({State.CHECKING}),
    State.COULDNT_CHECK: frozenset({State.CHECKING}),
    State.WAITING: frozenset(
        {
            State.CANCELLING,
            State.CHANGED,
            State.PAID_MEANWHILE,
            State.ALREADY_CANCELLED,
            State.CANCELLED,
            State.NOT_FOUND,
            State.NOT_SENT,
        }
    ),
    State.CHANGED: frozenset({State.CHECKING}),
    State.CANCELLING: frozenset(_SETTLED | {State.UNKNOWN}),
    State.UNKNOWN: frozenset(_SETTLED | {State.CHECKING}),
    State.CANCELLED: frozenset(),
    State.REFUSED: frozenset({State.CHECKING}),
    State.PAID_MEANWHILE: frozenset({State.CHECKING}),
    State.NOT_SENT: frozenset({State.CHECKING, State.WAITING}),
}

_MAY_BE_CHECKED = frozenset(state for state in State if State.CHECKING in MAY_BECOME[state])
_OF_A_RUN = AttemptStarted | Answered | ReadBack | NotRecorded | NotSent | RunEnded
_IN_RUN = {State.WAITING, State.CANCELLING, State.UNKNOWN}
PLANNABLE = frozenset({State.READY, State.NOT_SENT})


class IllegalTransitionError(Exception):
    """An event that can't happen to a row in its state: a defect, never bad luck."""


class Row:
    """One payment: where it came from, what is known of it, what was done.

    `intent` is the last description the server gave, `read_at` this computer's time of it, and
    `problem` what went wrong since. `run_id` is the run it is in (`in_run`) or was in last;
    `recorded` tells whether the journal has kept the last that was learnt in it. `known_to` names
    the profile whose key knows a payment that is not found with this one.

    Counted are `attempts`, the DELETEs that left or may have left, in all runs; `sends`, the same
    in the last run; and `reads` for that run since the last of them, a network that is down being
    no read.
    """

    __slots__ = (
        "_as_confirmed",
        "_created_since",
        "_open",
        "_said_no",
        "added_at",
        "attempts",
        "events",
        "in_run",
        "intent",
        "intent_id",
        "known_to",
        "may_be_cut",
        "places",
        "planned",
        "problem",
        "read_at",
        "reads",
        "recorded",
        "run_id",
        "sends",
        "state",
    )

    def __init__(
        self,
        intent_id: str,
        places: tuple[Place, ...] = (),
        may_be_cut: bool = False,
        added_at: datetime | None = None,
    ) -> None:
        self.intent_id = intent_id
        self.places = places
        self.may_be_cut = may_be_cut
        self.added_at = added_at
        self.state = State.ADDED
        self.intent: Intent | None = None
        self.problem: Problem | None = None
        self.read_at: datetime | None = None
        self.events: tuple[Event, ...] = ()
        self.planned: PlannedRow | None = None
        self.run_id = ""
        self.in_run = False
        self.recorded = True
        self.known_to = ""
        self.attempts = self.sends = self.reads = 0
        self._as_confirmed = False  # the last description is what the operator confirmed
        self._open = False  # what became of the last attempt is not known
        self._said_no = False  # the last attempt got a clear no
        self._created_since: datetime | None = None  # first read after the attempt: Created

    def __copy__(self) -> Self:
        twin = object.__new__(type(self))
        for name in Row.__slots__:
            setattr(twin, name, getattr(self, name))
        return twin

    @classmethod
    def of_plan(cls, planned: PlannedRow, event: PlanMade) -> Self:
        """Return a row that waits in the run that `event` begins."""
        row = cls(planned.intent_id)
        row.state = State.READY
        row.put_in_plan(planned, event)
        return row

    @property
    def refusal(self) -> Problem | None:
        """What the server said to the last attempt, where that was no cancel."""
        for event in reversed(self.events):
            if isinstance(event, Answered) and isinstance(event.answer, Problem):
                return event.answer
        return None

    @property
    def plan(self) -> Plan | None:
        """The plan that the row is, or was last, part of."""
        for event in reversed(self.events):
            if isinstance(event, PlanMade):
                return event.plan
        return None

    @property
    def attempted(self) -> bool:
        """Tell whether a DELETE for it left, or may have left, in any run."""
        return self.attempts > 0

    @property
    def may_be_checked(self) -> bool:
        """Tell whether a check is allowed: the row is neither final nor in a run."""
        return self.state in _MAY_BE_CHECKED and not self.in_run

    def may_be_checked_with(self, profile_id: str) -> bool:
        """Tell whether a check with this profile's key is allowed, and can tell anything.

        Of an attempt whose fate is not known only the key it was made with can.
        """
        if self.state is State.UNKNOWN and not self._was_sent_with(profile_id):
            return False
        return self.state in _MAY_BE_CHECKED and not self.in_run

    def _was_sent_with(self, profile_id: str) -> bool:
        return self.plan is not None and self.plan.profile_id == profile_id

    @property
    def may_be_planned(self) -> bool:
        """Tell whether the operator may consent to cancel it now."""
        return self.state in PLANNABLE and self.intent is not None

    @property
    def changed_lately(self) -> bool:
        """Tell whether it could be cancelled, but something happened to it just now."""
        if self.state is not State.READY or self.intent is None:
            return False
        return self.intent.changed_lately

    def needs_look(self, now: datetime) -> bool:
        """Tell whether the payment has to be read again before a DELETE may be sent."""
        return (
            not self._as_confirmed
            or self.read_at is None
            or not timedelta(0) <= now - self.read_at <= FRESH_FOR
        )

    def void(self) -> None:
        """Begin anew, with another key; what was done stays in the row's story.

        No transition: nothing happened to the payment, only what is known of it no longer counts.

        Raises:
            IllegalTransitionError: the row is final, being checked or in a run, or what became of
                an attempt is not known.
        """
        if not self.may_be_checked or self.state is State.UNKNOWN:
            raise IllegalTransitionError(f"a row can't be voided in state {self.state}")
        self.state = State.ADDED
        self.intent = self.problem = self.read_at = self.planned = None
        self.known_to = ""

    def put_in_plan(self, planned: PlannedRow, event: PlanMade) -> None:
        """Take the row into the run that `event` begins.

        Raises:
            IllegalTransitionError: the row can't be cancelled now, or another payment is meant.
        """
        self._require(self.state in PLANNABLE and planned.intent_id == self.intent_id, event)
        self._become(State.WAITING)
        self.events += (event,)
        self.planned = planned
        self.read_at = planned.checked_at
        self.run_id = event.plan.run_id
        self.in_run = self._as_confirmed = True
        self.problem = None
        self.sends = self.reads = 0

    def apply(self, event: Event) -> None:
        """Let a fact take its effect.

        Raises:
            IllegalTransitionError: the fact can't happen in this state, or is about another
                payment or run; the row is as before.
        """
        self._require_its_own(event)
        match event:
            case CheckStarted():
                self._require(self.may_be_checked, event)
                self._become(State.CHECKING)
                return  # not worth a line in the timeline
            case Checked(answer=answer):
                self._require(self.state is State.CHECKING, event)
                self._learn(answer, event.at)
                self._become(self._after_check(answer, event.at))
            case FoundElsewhere(profile=profile):
                self._require(self.state is State.NOT_FOUND, event)
                self.known_to = profile
            case AttemptStarted(at=now):
                self._require(self.state is State.WAITING and self.sends < MAX_SENDS, event)
                self._require(not self.needs_look(now), event)
                self._count_attempt(1)
                self.reads = 0
                self._said_no = False
                self._created_since = None
                self._become(State.CANCELLING)
            case Answered(answer=answer):
                self._require(self.state is State.CANCELLING and not self._said_no, event)
                self._require(
                    isinstance(answer, Problem) or answer.status == Status.CANCELED, event
                )
                self._learn(answer, event.at)
                self.recorded = True
                self._become(self._after_answer(answer))
            case ReadBack(answer=answer):
                self._require(self._is_read_back(), event)
                self._learn(answer, event.at)
                self.recorded = True
                self.reads += not (isinstance(answer, Problem) and answer.kind is Kind.UNREACHABLE)
                self._become(self._after_read(answer, event.at))
            case NotRecorded():
                self.recorded = not self.attempted  # what never left need not be
            case NotSent(problem=problem):
                self._require(self.state is State.WAITING, event)
                self.problem = problem
                self._become(State.NOT_SENT)
            case RunEnded():
                self._require(self.in_run, event)
                if not self._end_run():
                    return  # nothing about this payment
            case _:
                raise IllegalTransitionError(f"{type(event).__name__} is no event of a row")
        self.events += (event,)

    def _after_check(self, answer: Intent | Problem, at: datetime) -> State:
        match answer:
            case Intent(status=Status.CREATED):
                # The rule for sending again holds for a new plan too.
                on_its_way = self._open and not self._said_no and not self._stays_created(at)
                return State.UNKNOWN if on_its_way else State.READY
            case Intent(status=Status.CANCELED):
                return State.CANCELLED if self.attempted else State.ALREADY_CANCELLED
            case Intent():
                return State.NOT_CANCELLABLE
            case Problem(kind=Kind.NOT_FOUND):
                return State.NOT_FOUND
        # The story of an attempt without an answer is not over because a read failed.
        return State.UNKNOWN if self._open else State.COULDNT_CHECK

    def _after_answer(self, answer: Intent | Problem) -> State:
        match answer:
            case Intent():
                return State.CANCELLED
            case Problem(kind=Kind.UNREACHABLE | Kind.WRONG_ENVIRONMENT | Kind.CERTIFICATE):
                self._count_attempt(-1)  # it never left, so it was none
                return State.WAITING
            case Problem(kind=Kind.RATE_LIMITED) if self.sends < MAX_SENDS:
                return State.WAITING
            case Problem(kind=Kind.REFUSED | Kind.NOT_FOUND | Kind.KEY_REFUSED | Kind.RATE_LIMITED):
                self._said_no = True
                return State.CANCELLING  # a read has to tell what is true
        return State.UNKNOWN

    def _after_read(self, answer: Intent | Problem, at: datetime) -> State:
        match answer:
            case Intent(status=Status.CANCELED):
                return State.CANCELLED if self.attempted else State.ALREADY_CANCELLED
            case Intent(status=Status.CREATED):
                return self._still_created(at)
            case Intent():
                return State.PAID_MEANWHILE
            case Problem(kind=Kind.NOT_FOUND):
                return State.NOT_FOUND
        return State.WAITING if self.state is State.WAITING else State.UNKNOWN

    def _still_created(self, at: datetime) -> State:
        if self.state is State.WAITING:
            return State.WAITING if self._as_confirmed else State.CHANGED
        if self._said_no:
            return State.REFUSED
        if not self._stays_created(at):
            return State.UNKNOWN
        if self.sends >= MAX_SENDS:
            return State.REFUSED
        return State.WAITING if self.in_run else State.UNKNOWN

    def _stays_created(self, at: datetime) -> bool:
        """Note that a read says Created; tell whether one long enough ago said so, too.

        A DELETE without an answer may still take effect late, so one such read proves nothing.
        """
        if self._created_since is None or at < self._created_since:  # the clock was set back
            self._created_since = at
        return at - self._created_since >= READS_APART

    def _end_run(self) -> bool:
        """Leave the run, and what a run alone can go on with; tell whether that was anything."""
        ends_in = {State.WAITING: State.NOT_SENT, State.CANCELLING: State.UNKNOWN}
        if self.state is State.WAITING:
            self.problem = None  # it is not what kept the row from being sent
        changed = self.state in ends_in
        self._become(ends_in.get(self.state, self.state))
        self.in_run = False
        return changed

    def _learn(self, answer: Intent | Problem, at: datetime) -> None:
        if isinstance(answer, Problem):
            self.problem = answer
            return
        self.intent, self.read_at, self.problem = answer, at, None
        self._as_confirmed = self.planned is not None and (
            (self.planned.to_pay, self.planned.reference) == (answer.to_pay, answer.reference)
        )

    def _count_attempt(self, one: int) -> None:
        self.sends += one
        self.attempts += one

    def _become(self, state: State) -> None:
        if state is not self.state and state not in MAY_BECOME[self.state]:
            raise IllegalTransitionError(f"{self.state} can't become {state}")
        self.state = state
        if state not in _IN_RUN:
            self.in_run = False
        if state is not State.CHECKING:
            self._open = state is State.UNKNOWN

    def _is_read_back(self) -> bool:
        """Tell whether a read for a run may come now: not while an answer is awaited."""
        return self.state in {State.WAITING, State.UNKNOWN} or (
            self.state is State.CANCELLING and self._said_no
        )

    def _require_its_own(self, event: Event) -> None:
        if isinstance(event, RowEvent):
            self._require(event.intent_id == self.intent_id, event)
        if isinstance(event, _OF_A_RUN):
            self._require(event.run_id == self.run_id, event)
        if isinstance(event, Checked | Answered | ReadBack) and isinstance(event.answer, Intent):
            self._require(event.answer.id == self.intent_id, event)

    def _require(self, allowed: bool, event: Event) -> None:
        if not allowed:
            raise IllegalTransitionError(f"{type(event).__name__} in state {self.state}")
