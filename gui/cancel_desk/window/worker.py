"""Work off the window's thread: the only code that touches both threads and Qt.

`Work` runs the engine on one QThread, `Errands` runs anything else that may take its time
(the keyring, reading a paste, writing a file) on another. Both live in the window's thread and
talk to it by signals alone; what they run knows nothing of Qt.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from cancel_desk.desk.events import EndReason, Event
from cancel_desk.desk.journal import Journal, MemoryJournal
from cancel_desk.desk.pace import Control
from cancel_desk.desk.plan import Plan
from cancel_desk.desk.profiles import Profile
from cancel_desk.desk.throttle import Throttle

if TYPE_CHECKING:
    # Not at run time: it brings in requests, which can wait until the window is there.
    from cancel_desk.desk.engine import Engine
    from cancel_desk.dojo.client import Client

DELIVER_EVERY = 100  # milliseconds; half the work of 50, and as lively to the eye

_log = logging.getLogger(__name__)

MakeClient = Callable[[], "Client"]
# Opens the API for a profile; may take its time (the keyring) and raise what that raises.
Connect = Callable[[Profile], MakeClient]
# Opens the journal of a profile's runs; may take its time and raise JournalError.
JournalOf = Callable[[Profile], Journal]


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work for the engine: `what` is called with it in the worker's thread."""

    profile: Profile
    control: Control
    what: "Callable[[Engine, Control], EndReason]"
    recorded: bool  # in the journal, because it is part of a run


class _Collector:
    """Takes events from any thread and gives them away in handfuls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []

    def put(self, event: Event) -> None:
        with self._lock:
            self._events.append(event)

    def take(self) -> tuple[Event, ...]:
        with self._lock:
            events, self._events = self._events, []
        return tuple(events)


class _Engineer(QObject):
    """Lives in the worker's thread and works one job off after the other."""

    ended = Signal(object)  # an EndReason, or the exception that ended it

    def __init__(
        self,
        connect: Connect,
        journal_of: JournalOf,
        sink: Callable[[Event], None],
        in_flight: Callable[[], int],
        options: Mapping[str, Any],
    ) -> None:
        super().__init__()
        self._connect = connect
        self._journal_of = journal_of
        self._sink = sink
        self._in_flight = in_flight
        self._options = options
        # A check is followed by a run: what the one learnt of the server, the other need not.
        self._throttles: defaultdict[str, Throttle] = defaultdict(Throttle)  # by profile id

    @Slot(object)
    def work(self, job: Job) -> None:
        try:
            from cancel_desk.desk.engine import Engine

            # A check needs no journal, so it works beside another program that has it.
            journal = self._journal_of(job.profile) if job.recorded else MemoryJournal()
            engine = Engine(
                self._connect(job.profile),
                journal,
                self._sink,
                in_flight=self._in_flight(),
                throttle=self._throttles[job.profile.id],
                **self._options,
            )
            end: object = job.what(engine, job.control)
        except Exception as error:  # noqa: BLE001 - the border of the thread: reported, not raised
            _log.error("the work ended in an error", exc_info=True)
            end = error
        self.ended.emit(end)


class Work(QObject):
    """The engine as the window knows it: one job at a time, events in handfuls.

    Args:
        connect: opens the API for a profile; called in the worker's thread.
        journal_of: opens the journal of a profile's runs; called in the worker's thread.
        in_flight: tells, at the start of each job, how many requests may be under way at once.
        parent: its owner.
        options: for the engine (clock, a_second).
    """

    happened = Signal(object)  # tuple of events, at most ten times a second
    ended = Signal(object)  # EndReason or the exception; all events came before it
    _start = Signal(object)

    def __init__(
        self,
        connect: Connect,
        journal_of: JournalOf,
        in_flight: Callable[[], int],
        parent: QObject | None = None,
        **options: Any,
    ) -> None:
        super().__init__(parent)
        self.control: Control | None = None
        self._collector = _Collector()
        self._thread = QThread(self)
        self._engineer = _Engineer(connect, journal_of, self._collector.put, in_flight, options)
        self._engineer.moveToThread(self._thread)
        self._start.connect(self._engineer.work)
        self._engineer.ended.connect(self._finish)
        self._timer = QTimer(self, interval=DELIVER_EVERY)
        self._timer.timeout.connect(self._deliver)

    @property
    def is_busy(self) -> bool:
        """Tell whether a job is under way."""
        return self.control is not None

    def check(self, profile: Profile, intent_ids: Iterable[str]) -> None:
        """Read intents."""
        ids = tuple(intent_ids)
        self._begin(profile, lambda engine, control: engine.check(ids, control), recorded=False)

    def carry_out(self, profile: Profile, plan: Plan) -> None:
        """Cancel what a plan holds."""
        self._begin(profile, lambda engine, control: engine.carry_out(plan, control))

    def read_back(self, profile: Profile, run_of: Mapping[str, str]) -> None:
        """Read intents whose fate is not known though their run is over (run by intent id)."""
        runs = dict(run_of)
        self._begin(profile, lambda engine, control: engine.read_back(runs, control))

    def _begin(
        self,
        profile: Profile,
        what: "Callable[[Engine, Control], EndReason]",
        recorded: bool = True,
    ) -> None:
        if self.is_busy:
            raise RuntimeError("one job at a time")
        self.control = Control()
        if not self._thread.isRunning():
            self._thread.start()
        self._timer.start()
        self._start.emit(Job(profile, self.control, what, recorded))

    def stop(self) -> None:
        """Let nothing new begin; `ended` comes when what is under way has ended."""
        if self.control is not None:
            self.control.stop()

    @Slot()
    def _deliver(self) -> None:
        events = self._collector.take()
        if events:
            self.happened.emit(events)

    @Slot(object)
    def _finish(self, end: object) -> None:
        self._timer.stop()
        self._deliver()
        self.control = None
        self.ended.emit(end)

    def close(self) -> None:
        """Stop and wait for the thread; to be called when no job is under way."""
        self.stop()
        _end_thread(self._thread)


@dataclass(frozen=True, slots=True)
class _Errand:
    do: Callable[[], Any]
    then: Callable[[Any], None]
    failed: Callable[[Exception], None]


class _Runner(QObject):
    """Lives in a thread and runs errands."""

    done = Signal(object, object, object)  # errand, result, exception

    @Slot(object)
    def run(self, errand: _Errand) -> None:
        try:
            result, error = errand.do(), None
        except Exception as problem:  # noqa: BLE001 - the border of the thread: handed over
            result, error = None, problem
        self.done.emit(errand, result, error)


class Errands(QObject):
    """Runs plain functions off the window's thread, one after the other.

    What comes out is handed over in the window's thread, whatever kind of callable takes it.
    """

    _start = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._under_way = 0
        self._thread = QThread(self)
        self._runner = _Runner()
        self._runner.moveToThread(self._thread)
        self._start.connect(self._runner.run)
        self._runner.done.connect(self._hand_over)

    @property
    def is_busy(self) -> bool:
        """Tell whether an errand is under way."""
        return self._under_way > 0

    def run(
        self,
        do: Callable[[], Any],
        then: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Call `do` in the thread, then `then` with its result or `failed` with its exception."""
        self._under_way += 1
        if not self._thread.isRunning():
            self._thread.start()
        self._start.emit(_Errand(do, then, failed))

    @Slot(object, object, object)
    def _hand_over(self, errand: _Errand, result: Any, error: Exception | None) -> None:
        self._under_way -= 1
        if error is None:
            errand.then(result)
        else:
            errand.failed(error)

    def close(self) -> None:
        """Wait for the thread to end."""
        _end_thread(self._thread)


def _end_thread(thread: QThread) -> None:
    thread.quit()
    thread.wait()
