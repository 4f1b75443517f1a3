"""When to look again at what is unknown, after its run and whatever else is going on."""

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Slot

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.events import EndReason
from cancel_desk.desk.profiles import Profile
from cancel_desk.desk.row import Row, State
from cancel_desk.desk.settle import wait_before
from cancel_desk.window.batch_model import BatchModel
from cancel_desk.window.jobs import Jobs

_LOOK_EVERY = 1000  # milliseconds
# After a look that could not even ask Dojo: it may have made the keyring ask for its password.
_WAIT_AFTER_FAILURE = timedelta(seconds=60)


class Settler(QObject):
    """Has payments read again until their fate is known, each with the profile of its run.

    Args:
        jobs: gets the looks, and tells what came of them.
        model: tells what is unknown.
        profile_of: finds a profile by its id; None where it is gone, and the key with it.
        clock: whose time counts.
        parent: its owner.
    """

    def __init__(
        self,
        jobs: Jobs,
        model: BatchModel,
        profile_of: Callable[[str], Profile | None],
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._batch = model.batch
        self._profile_of = profile_of
        self._clock = clock
        self._not_before: dict[str, datetime] = {}  # by profile id, like `_in_vain`
        self._in_vain: dict[str, int] = {}  # looks in a row that reached nobody
        self._closed = False
        self._timer = QTimer(self, interval=_LOOK_EVERY)
        self._timer.timeout.connect(self._look)
        jobs.applied.connect(self._begin)
        jobs.settled.connect(self._note)
        model.modelReset.connect(self._begin)

    def retry(self, profile: Profile) -> None:
        """Look at once at what waits for a profile: it has another key."""
        self._not_before.pop(profile.id, None)

    def close(self) -> None:
        """Begin no more looks."""
        self._closed = True
        self._timer.stop()

    @Slot()
    def _begin(self) -> None:
        if self._batch.counts[State.UNKNOWN] and not self._closed and not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _look(self) -> None:
        unknown = self._batch.in_state(State.UNKNOWN)
        if not unknown:
            self._timer.stop()
        if not self._jobs.is_idle:
            return
        due = [(row, profile) for row in unknown if (profile := self._due_with(row))]
        if due:
            _, first = due[0]
            run_of = {row.intent_id: row.run_id for row, profile in due if profile == first}
            self._jobs.read_back(first, run_of)

    def _due_with(self, row: Row) -> Profile | None:
        """Return the profile to read a row with, if it is time to."""
        if row.in_run or row.plan is None:
            return None
        profile = self._profile_of(row.plan.profile_id)
        if profile is None:
            return None
        now = self._clock.now()
        waited = (now - row.events[-1].at).total_seconds()
        may_ask = now >= self._not_before.get(profile.id, now)
        return profile if may_ask and waited >= wait_before(row.reads) else None

    @Slot(object, object)
    def _note(self, profile: Profile, outcome: object) -> None:
        """Wait longer, for a profile, each time that a look reached nobody."""
        if outcome in {EndReason.DONE, EndReason.STOPPED}:
            self._not_before.pop(profile.id, None)
            self._in_vain.pop(profile.id, None)
            return
        in_vain = self._in_vain.get(profile.id, 0)
        wait = timedelta(seconds=wait_before(in_vain))
        if isinstance(outcome, Exception):
            wait = max(wait, _WAIT_AFTER_FAILURE)
        self._not_before[profile.id] = self._clock.now() + wait
        self._in_vain[profile.id] = in_vain + 1
