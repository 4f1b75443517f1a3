"""What is under way: jobs one after the other, their progress, and what is still unknown.

Stands between the window's panels and the worker, and has no widget of its own.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.events import (
    Checked,
    EndReason,
    Event,
    RunPaused,
    RunResumed,
)
from cancel_desk.desk.plan import Plan
from cancel_desk.desk.profiles import Profile
from cancel_desk.desk.row import Row, State
from cancel_desk.desk.settle import wait_before
from cancel_desk.window.batch_model import BatchModel
from cancel_desk.window.worker import Work

_LOOK_FOR_UNKNOWN_EVERY = 1000  # milliseconds
# After a look that failed before it could ask Dojo (no key, say), for that profile alone.
_LOOK_AFTER_FAILURE = timedelta(seconds=60)


class JobKind(StrEnum):
    """What a job does."""

    CHECK = "check"
    RUN = "run"
    SETTLE = "settle"


@dataclass(slots=True)
class Job:
    """A job that waits or is under way. Settling goes on in the background, unannounced."""

    kind: JobKind
    profile: Profile
    start: "Callable[[Job], None]"
    ids: tuple[str, ...] = ()
    plan: Plan | None = None
    then_confirm: bool = False  # the operator went on with a run, and is asked when it is checked
    done: int = 0


class Activity(QObject):
    """Runs jobs for the batch behind a model.

    Args:
        work: the worker.
        model: gets every event.
        clock: whose time counts.
        parent: its owner.
    """

    began = Signal(object)  # Job, a check or a run
    progressed = Signal(int)  # how many of the job's rows are done
    paused = Signal(object, object)  # PauseReason, until (None: no end known)
    resumed = Signal()
    ended = Signal(object, object)  # Job, EndReason
    failed = Signal(object, object)  # Job, the exception that kept it from working
    applied = Signal()  # events have reached the batch

    def __init__(
        self, work: Work, model: BatchModel, clock: Clock, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._work = work
        self._model = model
        self._clock = clock
        self._queue: deque[Job] = deque()
        self._job: Job | None = None
        self._profile_of_run: dict[str, Profile] = {}
        self._not_before: dict[str, datetime] = {}  # by profile id
        self._closed = False
        work.happened.connect(self._apply)
        work.ended.connect(self._end)
        self._unknown = QTimer(self, interval=_LOOK_FOR_UNKNOWN_EVERY)
        self._unknown.timeout.connect(self._settle)

    @property
    def is_busy(self) -> bool:
        """Tell whether a check or a run is under way or waits."""
        jobs = [self._job, *self._queue]
        return any(job is not None and job.kind is not JobKind.SETTLE for job in jobs)

    @property
    def is_running(self) -> bool:
        """Tell whether payments are being cancelled."""
        return self._job is not None and self._job.kind is JobKind.RUN

    def check(self, profile: Profile, ids: Iterable[str], then_confirm: bool = False) -> None:
        """Read intents; after what is under way, where there is anything."""
        wanted = tuple(i for i in ids if self._may_be_checked(i, profile))
        if wanted:
            job = Job(JobKind.CHECK, profile, self._start_check, wanted, then_confirm=then_confirm)
            self._add(job)

    def _start_check(self, job: Job) -> None:
        self._work.check(job.profile, job.ids)

    def _freshen_queue(self) -> None:
        """Let go of what was taken off the list, or became final, while its check waited."""
        for job in self._queue:
            if job.kind is JobKind.CHECK:
                job.ids = tuple(i for i in job.ids if self._may_be_checked(i, job.profile))
        self._queue = deque(job for job in self._queue if job.ids or job.kind is JobKind.SETTLE)

    def _may_be_checked(self, intent_id: str, profile: Profile) -> bool:
        """Tell whether a check may be sent; of an attempt only its own profile can tell."""
        batch = self._model.batch
        if intent_id not in batch:
            return False
        row = batch.row(intent_id)
        its_own = row.state is not State.UNKNOWN or self._is_of(row, profile)
        return row.may_be_checked and its_own

    def _is_of(self, row: Row, profile: Profile) -> bool:
        known = self._profile_of_run.get(row.run_id)
        return known is not None and known.id == profile.id

    def holds(self, row: Row) -> bool:
        """Tell whether a row is part of a job that has not ended, so that it has to stay."""
        return any(row.intent_id in job.ids for job in (self._job, *self._queue) if job is not None)

    def carry_out(self, profile: Profile, plan: Plan) -> None:
        """Cancel what the plan holds."""
        self._profile_of_run[plan.run_id] = profile
        ids = tuple(row.intent_id for row in plan.rows)
        start = lambda _: self._work.carry_out(profile, plan)  # noqa: E731
        self._add(Job(JobKind.RUN, profile, start, ids, plan))

    def adopt(self, plan: Plan, profile: Profile) -> None:
        """Take over a run of an earlier program: go on looking up what is unknown of it."""
        self._profile_of_run[plan.run_id] = profile
        self._unknown.start()

    def renew(self, profile: Profile) -> None:
        """Take note that a profile has another key."""
        self._not_before.pop(profile.id, None)
        for run_id, known in self._profile_of_run.items():
            if known.id == profile.id:
                self._profile_of_run[run_id] = profile

    def pause(self, on: bool) -> None:
        """Let the work under way wait, or go on."""
        control = self._work.control
        if control is not None:
            control.pause() if on else control.resume()

    def stop(self) -> None:
        """End the work under way and forget what waits behind it."""
        self._queue.clear()
        self._work.stop()

    def close(self) -> None:
        """End the work under way, and begin nothing more."""
        self._closed = True
        self._unknown.stop()
        self.stop()

    def _add(self, job: Job) -> None:
        if self._closed:
            return
        self._queue.append(job)
        if self._job is not None and self._job.kind is JobKind.SETTLE:
            self._work.stop()  # it comes again by itself; the operator should not wait for it
        self._next()

    def _next(self) -> None:
        if self._job is not None or not self._queue:
            return
        self._job = job = self._queue.popleft()
        if job.kind is not JobKind.SETTLE:
            self.began.emit(job)
        job.start(job)

    @Slot(object)
    def _apply(self, events: tuple[Event, ...]) -> None:
        self._model.apply(events)
        job = self._job
        if job is not None and job.kind is not JobKind.SETTLE:
            self._tell_progress(job, events)
        self.applied.emit()

    def _tell_progress(self, job: Job, events: tuple[Event, ...]) -> None:
        for event in events:
            match event:
                case RunPaused(reason=reason, until=until):
                    self.paused.emit(reason, until)
                case RunResumed():
                    self.resumed.emit()
        if job.kind is JobKind.CHECK:
            job.done += sum(isinstance(event, Checked) for event in events)
        else:
            job.done = len(job.ids) - self._model.batch.in_run()
        self.progressed.emit(job.done)

    @Slot(object)
    def _end(self, outcome: object) -> None:
        job, self._job = self._job, None
        if job is None:
            return
        self._freshen_queue()
        if job.kind is JobKind.SETTLE and isinstance(outcome, Exception):
            self._not_before[job.profile.id] = self._clock.now() + _LOOK_AFTER_FAILURE
        if job.kind is not JobKind.SETTLE:
            if isinstance(outcome, EndReason):
                self.ended.emit(job, outcome)
            else:
                self.failed.emit(job, outcome)
        if self._model.batch.counts[State.UNKNOWN] and not self._closed:
            self._unknown.start()
        self._next()

    @Slot()
    def _settle(self) -> None:
        """Read again what is unknown and due, each with the profile of its run."""
        unknown = self._model.batch.in_state(State.UNKNOWN)
        if not unknown:
            self._unknown.stop()
        if self._job is not None:
            return
        for row in unknown:
            if not row.in_run and self._is_due(row):
                self._read_back(row, unknown)
                return

    def _read_back(self, first: Row, unknown: list[Row]) -> None:
        profile = self._profile_of_run[first.run_id]
        run_of = {
            row.intent_id: row.run_id
            for row in unknown
            if self._is_due(row) and self._profile_of_run[row.run_id] == profile
        }
        start = lambda _: self._work.read_back(profile, run_of)  # noqa: E731
        self._add(Job(JobKind.SETTLE, profile, start))

    def _is_due(self, row: Row) -> bool:
        profile = self._profile_of_run.get(row.run_id)
        if profile is None:
            return False  # it is gone, and the key with it
        now = self._clock.now()
        waited = (now - row.events[-1].at).total_seconds()
        may_try = now >= self._not_before.get(profile.id, now)
        return may_try and waited >= wait_before(row.reads)
