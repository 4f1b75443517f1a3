"""The vocabulary: everything that happens, each fact as plain frozen data.

The journal appends events, the batch applies them, the window shows the batch, a restart replays
them. Reasons are codes; the window has the sentences.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cancel_desk.desk.plan import Plan
from cancel_desk.dojo.intent import Intent
from cancel_desk.dojo.problem import Problem


class PauseReason(StrEnum):
    """Why nothing is sent for a while."""

    OPERATOR = "operator"
    FIRST_ONE = "first one"  # the operator looks at it before the rest is sent
    RATE_LIMITED = "rate limited"
    UNAVAILABLE = "unavailable"
    UNREACHABLE = "unreachable"


class EndReason(StrEnum):
    """Why a run or a check is over."""

    DONE = "done"
    STOPPED = "stopped"
    KEY_REFUSED = "key refused"
    CERTIFICATE = "certificate"
    UNREACHABLE = "unreachable"
    JOURNAL = "journal"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact; `at` is this computer's time, UTC."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RowEvent(Event):
    """A fact about one payment."""

    intent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStarted(RowEvent):
    """The payment is being read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked(RowEvent):
    """What a check brought, outside a run."""

    answer: Intent | Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundElsewhere(RowEvent):
    """A payment that is not known with one key is known with that of the `profile` of this name."""

    profile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptStarted(RowEvent):
    """A DELETE is about to leave: the `number`th for this payment in this run, from 1."""

    run_id: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(RowEvent):
    """What the attempt brought. An `Intent` means a cancel confirmed for this very payment."""

    run_id: str
    answer: Intent | Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack(RowEvent):
    """What a read for a run brought: before a send, or to learn what became of an attempt."""

    run_id: str
    answer: Intent | Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent(RowEvent):
    """The run goes on without this payment: for `problem` it can't be sent."""

    run_id: str
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRecorded(RowEvent):
    """What was told last of this payment has happened, and the journal could not keep it."""

    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade(Event):
    """The operator consented."""

    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPaused(Event):
    """Nothing is sent until `until` (by itself), or until the operator resumes (None).

    It takes the place of a pause that is on, and lasts until a RunResumed or until the work is
    over. `run_id` is empty where it is a check that waits.
    """

    run_id: str
    reason: PauseReason
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResumed(Event):
    """No pause is on any more."""

    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded(Event):
    """The run is over for every payment in it.

    Those that wait are not sent, those being cancelled are unknown, and the unknown go on being
    read.
    """

    run_id: str
    reason: EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDismissed(Event):
    """The operator has seen what became of an interrupted run, and goes on or leaves it."""

    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunClosed(Event):
    """Nothing about the run is unknown or undecided any more: it is its last entry."""

    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRemoved(Event):
    """Stands in the place of all of a run's entries, so many of them, that `by` had removed."""

    run_id: str
    by: str
    began: datetime
    profile: str
    entries: int
