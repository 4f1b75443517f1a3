"""What is under way: checks and runs, one after the other, and their progress.

Stands between the window's panels and the worker, and has no widget of its own.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal, Slot

from cancel_desk.desk.events import Checked, EndReason, Event, PauseReason, RunPaused, RunResumed
from cancel_desk.desk.plan import Plan
from cancel_desk.desk.profiles import Profile
from cancel_desk.window.batch_model import BatchModel
from cancel_desk.window.worker import Work


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


class Jobs(QObject):
    """Runs jobs for the batch behind a model.

    Args:
        work: the worker.
        model: gets every event.
        parent: its owner.
    """

    began = Signal(object)  # Job, a check or a run
    progressed = Signal(int)  # how many of the job's rows are done
    paused = Signal(object, object)  # PauseReason, until (None: no end known)
    resumed = Signal()
    ended = Signal(object, object)  # Job, EndReason
    failed = Signal(object, object)  # Job, the exception that kept it from working
    settled = Signal(object, object)  # Profile, EndReason or exception: a look at what is unknown
    applied = Signal()  # events have reached the batch

    def __init__(self, work: Work, model: BatchModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._model = model
        self._queue: deque[Job] = deque()
        self._job: Job | None = None
        self._closed = False
        self._told: PauseReason | None = None  # why the work is paused, as last told
        work.happened.connect(self._apply)
        work.ended.connect(self._end)

    @property
    def is_busy(self) -> bool:
        """Tell whether a check or a run is under way or waits."""
        jobs = [self._job, *self._queue]
        return any(job is not None and job.kind is not JobKind.SETTLE for job in jobs)

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing at all is under way."""
        return self._job is None

    @property
    def is_running(self) -> bool:
        """Tell whether payments are being cancelled."""
        return self._job is not None and self._job.kind is JobKind.RUN

    @property
    def plan(self) -> Plan | None:
        """What is being carried out; None where that is no run."""
        return self._job.plan if self._job is not None else None

    def check(self, profile: Profile, ids: Iterable[str], then_confirm: bool = False) -> None:
        """Read intents; after what is under way, where there is anything."""
        wanted = self._checkable(ids, profile)
        if wanted:
            start = lambda job: self._work.check(job.profile, job.ids)  # noqa: E731
            self._add(Job(JobKind.CHECK, profile, start, wanted, then_confirm=then_confirm))

    def carry_out(self, profile: Profile, plan: Plan) -> None:
        """Cancel what the plan holds."""
        ids = tuple(row.intent_id for row in plan.rows)
        start = lambda _: self._work.carry_out(profile, plan)  # noqa: E731
        self._add(Job(JobKind.RUN, profile, start, ids, plan))

    def read_back(self, profile: Profile, run_of: Mapping[str, str]) -> None:
        """Read, in the background, intents whose run is over and whose fate is not known."""
        start = lambda _: self._work.read_back(profile, run_of)  # noqa: E731
        self._add(Job(JobKind.SETTLE, profile, start))

    def _checkable(self, ids: Iterable[str], profile: Profile) -> tuple[str, ...]:
        rows = self._model.batch.rows_with(ids)
        return tuple([row.intent_id for row in rows if row.may_be_checked_with(profile.id)])

    @property
    def ids(self) -> set[str]:
        """The payments of the jobs that have not ended, which have to stay."""
        return {i for job in (self._job, *self._queue) if job is not None for i in job.ids}

    def pause(self, on: bool) -> None:
        """Let the work under way wait, or go on."""
        control = self._work.control
        if control is not None:
            if on:
                control.pause()
            elif self._told is PauseReason.FIRST_ONE or control.paused is not PauseReason.FIRST_ONE:
                control.resume()  # but not a pause that the operator was not told of yet

    def stop(self) -> None:
        """End the work under way and forget what waits behind it."""
        self._queue.clear()
        self._work.stop()

    def close(self) -> None:
        """End the work under way, and begin nothing more."""
        self._closed = True
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
        self._told = None
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
                    self._told = reason
                    self.paused.emit(reason, until)
                case RunResumed():
                    self._told = None
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
        if job.kind is JobKind.SETTLE:
            self.settled.emit(job.profile, outcome)
        elif isinstance(outcome, EndReason):
            self.ended.emit(job, outcome)
        else:
            self.failed.emit(job, outcome)
        self._next()

    def _freshen_queue(self) -> None:
        """Let go of what was taken off the list, or became final, while its check waited."""
        for job in self._queue:
            if job.kind is JobKind.CHECK:
                job.ids = self._checkable(job.ids, job.profile)
        self._queue = deque(job for job in self._queue if job.ids or job.kind is JobKind.SETTLE)
