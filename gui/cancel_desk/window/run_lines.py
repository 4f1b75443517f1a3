"""A past run as a line of History: all that the list shows, without the payments."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from cancel_desk.desk.events import EndReason, RunClosed
from cancel_desk.desk.history import PastRun, RemovedRun, UnreadableRun
from cancel_desk.desk.journal import DamageError
from cancel_desk.desk.profiles import Environment
from cancel_desk.desk.row import State


@dataclass(frozen=True, slots=True)
class BriefRun:
    """A run that can be opened.

    `end` is None while it is under way. `closed` means that nothing about it is looked up any
    more. With `damage` the rest is what came before that.
    """

    run_id: str
    began: datetime
    profile: str
    environment: Environment
    operator: str
    reason: str
    counts: Counter[State]
    cancelled: dict[str, int]
    end: EndReason | None
    closed: bool
    damage: DamageError | None

    @property
    def unknown(self) -> int:
        """Of how many payments the fate is not known; of none where another run cleared it up."""
        return 0 if self.closed else self.counts[State.UNKNOWN]


RunLine = BriefRun | RemovedRun | UnreadableRun


def in_brief(run: PastRun | RemovedRun | UnreadableRun) -> RunLine:
    """Return a run's line; it holds on to nothing else of the run."""
    if not isinstance(run, PastRun):
        return run
    return BriefRun(
        run_id=run.plan.run_id,
        began=run.began,
        profile=run.plan.profile,
        environment=run.plan.environment,
        operator=run.plan.operator,
        reason=run.plan.reason,
        counts=run.counts,
        cancelled=run.cancelled,
        end=run.ended.reason if run.ended else None,
        closed=any(isinstance(event, RunClosed) for event in run.events),
        damage=run.damage,
    )


def is_damaged(run: PastRun | RunLine) -> bool:
    """Tell whether a run, or some of it, is not what was written."""
    return isinstance(run, UnreadableRun) or (
        not isinstance(run, RemovedRun) and run.damage is not None
    )
