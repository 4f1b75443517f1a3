"""How long the window holds still at its hardest work. A process of its own; prints JSON.

One window, one list: pasted, looked up, sorted and ticked, being cancelled, exported. What comes
before a measurement is in the list and in the memory as it would be for an operator.
"""

import argparse
import json
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
)
from tests.benchmark.program import Program
from tests.benchmark.server import Serving, serving

from cancel_desk.desk.events import Checked, CheckStarted, EndReason, Event
from cancel_desk.desk.pace import Control
from cancel_desk.dojo.intent import Intent, Money
from cancel_desk.window.batch_model import Column
from cancel_desk.window.jobs import Job, JobKind

IN_FLIGHT = 16
LATENCY = 0.1  # seconds
KNOWN = 4_000  # payments that the server has: more than a run gets to here
BEAT = 5  # milliseconds
SCROLL_EVERY = 33  # milliseconds
A_SECOND = 1_000  # made-up results
ON_SCREEN = 20  # rows that are sure to be, of which every twentieth result is
KEPT_AFTER = 2.5  # seconds from a change of the list until it has been kept, at the latest
LONGEST_WAIT = 60.0  # seconds

Gaps = dict[str, float]


class Heartbeat(QObject):
    """Beats in the window's thread, and knows the longest that it was kept from it."""

    def __init__(self) -> None:
        super().__init__()
        self._last = time.perf_counter()
        self._worst = 0.0
        self._timer = QTimer(self, interval=BEAT, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self._worst = max(self._worst, now - self._last)
        self._last = now

    @contextmanager
    def watching(self, gaps: Gaps, name: str) -> Iterator[None]:
        """Note the longest time between two beats, in milliseconds, as `name`."""
        self._beat()
        self._worst = 0.0
        yield
        self._beat()
        gaps[name] = 1000 * self._worst


class Desk:
    """The whole program, and an operator in a hurry."""

    def __init__(self, server: Serving, rows: int) -> None:
        made_up = (f"pi_sandbox_{number:021}A" for number in range(rows))
        known = server.ids[:KNOWN]
        self.ids = [*known, *made_up][:rows]
        self.program = Program(server, in_flight=IN_FLIGHT)
        self.window = window = self.program.window
        self.model = window.model
        self.heart = Heartbeat()
        self.gaps: Gaps = {}
        self.times: Gaps = {}
        self.table = window.findChild(QTableView, "batchTable")
        self.spin(0.5)

    # Waiting

    def spin(self, seconds: float) -> None:
        """Let the window work for a while."""
        loop = QEventLoop()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Let the window work until something is so.

        Raises:
            TimeoutError: it takes too long.
        """
        end = time.monotonic() + LONGEST_WAIT
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("the window does not get there")
            self.spin(0.02)

    def time(self, name: str, act: Callable[[], object]) -> None:
        """Note how long something takes until it is on screen, in milliseconds."""
        self.spin(0.05)
        began = time.perf_counter()
        act()
        QApplication.processEvents()
        self.times[name] = 1000 * (time.perf_counter() - began)

    def button(self, name: str) -> QPushButton:
        return self.window.findChild(QPushButton, name)

    # Measuring

    def paste(self) -> None:
        """Paste all ids, and go on for as long as it takes until the list has been kept.

        They are checked meanwhile, as they always are: until the rows are on screen that is the
        start of the threads, afterwards it is what the gap of a paste includes.
        """
        QGuiApplication.clipboard().setText("\n".join(self.ids))
        edit = self.window.findChild(QPlainTextEdit, "intakeEdit")
        edit.setFocus()
        painted = _Painted(self.table, lambda: self.model.rowCount() > 0)
        with self.heart.watching(self.gaps, "paste"):
            self.spin(0.1)
            began = time.perf_counter()
            QTest.keyClick(edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
            self.wait(lambda: painted.at is not None)
            self.spin(KEPT_AFTER)
        self.times["paste"] = 1000 * (painted.at - began)
        self.window._jobs.stop()
        self.wait(lambda: self.window._jobs.is_idle)

    def look_up(self) -> None:
        """Have every payment looked up, by a source that makes the answers up."""
        now = datetime.now(UTC)
        rows = [row for row in self.window.batch.rows if row.may_be_checked]
        events: list[Event] = []
        for number, row in enumerate(rows):
            events += _looked_up(row.intent_id, number, now)
        self.window._work.happened.emit(tuple(events))
        self.wait(lambda: self.window.batch.ticked_count == len(self.ids))

    def run(self, seconds: float) -> None:
        """Cancel everything, and stop after a while."""
        QTimer.singleShot(100, self._confirm)
        with self.heart.watching(self.gaps, "ask and begin a run"):
            self.button("cancelPaymentsButton").click()
            self.wait(lambda: self.window._jobs.is_running)
            self.spin(1.5)
        with self.heart.watching(self.gaps, "run"):
            self.spin(seconds)
        with self._scrolling(), self.heart.watching(self.gaps, "run, scrolling"):
            self.spin(seconds)
        cancelled = self.button("cancelledChip").text()
        with self.heart.watching(self.gaps, "stop a run"):
            self.button("stopButton").click()
            self.wait(lambda: not self.window._jobs.is_busy)
            self.spin(0.5)
        if cancelled == "Cancelled 0":
            raise RuntimeError("nothing was cancelled")

    def _confirm(self) -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        dialog.findChild(QLineEdit, "reasonEdit").setText("BENCH-1")
        dialog.findChild(QPushButton, "confirmButton").click()

    def made_up(self, seconds: float) -> None:
        """Get a thousand results a second, from all over the list and from what is on screen."""
        ids = [row.intent_id for row in self.window.batch.rows if row.may_be_checked]
        source = _Source(ids, self.window._work._collector.put)
        job = Job(JobKind.CHECK, self.window._profile, self._start(source), tuple(ids))
        self.window._jobs._add(job)
        self.wait(lambda: source.told > 0)
        self.spin(0.5)
        with self.heart.watching(self.gaps, "made-up results"):
            self.spin(seconds)
        with self._scrolling(), self.heart.watching(self.gaps, "made-up results, scrolling"):
            self.spin(seconds)
        self.times["made-up results a second"] = source.a_second
        self.window._jobs.stop()
        self.wait(lambda: self.window._jobs.is_idle)
        self.spin(0.3)

    def _start(self, source: "_Source") -> Callable[[Job], None]:
        """Return what starts a job in the worker's thread, with a source in the engine's place."""
        return lambda job: self.window._work._begin(
            job.profile, lambda _, control: source.work(control), recorded=False
        )

    @contextmanager
    def _scrolling(self) -> Iterator[None]:
        """Scroll as a wheel does, down and up again."""
        bar = self.table.verticalScrollBar()
        step = [3 * self.table.rowHeight(0)]

        def scroll() -> None:
            bar.setValue(bar.value() + step[0])
            if bar.value() in (bar.minimum(), bar.maximum()):
                step[0] = -step[0]

        timer = QTimer(interval=SCROLL_EVERY, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(scroll)
        timer.start()
        yield
        timer.stop()
        bar.setValue(0)

    def deeds(self) -> None:
        """Sort, filter and tick."""
        for column in Column:
            if column is not Column.TICK:
                for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
                    head = self.table.horizontalHeader()
                    self.time(
                        f"sort by {column.name.lower()}, {order.name[:-5].lower()}",
                        lambda head=head, column=column, order=order: head.setSortIndicator(
                            column, order
                        ),
                    )
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        search = self.window.findChild(QLineEdit, "searchEdit")
        for text in ("o", "or", "order 1", "order 12", "£1", "zzz", ""):
            search.setText(text)
            self.time(f"filter by “{text}”", lambda: QTest.keyClick(search, Qt.Key.Key_Return))
        for which in ("Ready", "All"):
            self.time(f"filter by {which}", self.button(f"{which.lower()}Chip").click)
        actions = {
            action.objectName(): action for action in self.button("tickButton").menu().actions()
        }
        for which in ("None", "All", "Invert", "All"):
            self.time(f"tick {which.lower()}", actions[f"tick{which}Action"].trigger)
        self.time("select all", self.table.selectAll)
        self.time("select none", self.table.clearSelection)
        self.spin(KEPT_AFTER)

    def export(self, folder: Path) -> None:
        """Write the list, in both formats."""
        for ending in ("csv", "xlsx"):
            self.spin(0.3)
            done: list[str] = []
            self.window._exporter.done.connect(done.append)
            with self.heart.watching(self.gaps, f"export {ending}"):
                began = time.perf_counter()
                self.window.export_to(folder / f"list.{ending}")
                self.wait(lambda done=done: bool(done))
                self.times[f"export {ending}"] = 1000 * (time.perf_counter() - began)
            assert (folder / f"list.{ending}").stat().st_size > 100 * len(self.ids) / 10


class _Painted(QObject):
    """When a table was painted first with something so."""

    def __init__(self, table: QTableView, condition: Callable[[], bool]) -> None:
        super().__init__(table)
        self._condition = condition
        self.at: float | None = None
        table.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.at is None and event.type() == QEvent.Type.Paint and self._condition():
            QTimer.singleShot(0, self._note)
        return False

    def _note(self) -> None:
        self.at = self.at or time.perf_counter()


class _Source:
    """Makes up a thousand results a second, in the place of the engine."""

    def __init__(self, ids: list[str], put: Callable[[Event], None]) -> None:
        self._ids = ids
        self._put = put
        self.told = 0
        self._began = 0.0

    @property
    def a_second(self) -> float:
        return self.told / (time.monotonic() - self._began)

    def work(self, control: Control) -> EndReason:
        """Tell of results, evenly, until it is stopped; called in the worker's thread."""
        order = random.Random(1).sample(range(len(self._ids)), len(self._ids))
        pause = threading.Event()
        self._began = time.monotonic()
        while not control.stopping:
            due = (time.monotonic() - self._began) * A_SECOND
            while self.told < due:
                on_screen = self.told % ON_SCREEN == 0
                place = self.told // ON_SCREEN % ON_SCREEN if on_screen else order[self.told]
                for event in _looked_up(self._ids[place], place, datetime.now(UTC)):
                    self._put(event)
                self.told += 1
            pause.wait(0.001)
        return EndReason.STOPPED


def _looked_up(intent_id: str, number: int, now: datetime) -> tuple[Event, Event]:
    created = now - timedelta(hours=number % 700, minutes=5)
    intent = Intent(
        intent_id,
        "Created",
        amount=Money(1000 + number * 7919 % 90_000, "GBP" if number % 10 else "EUR"),
        reference=f"Order {number * 7919 % 100_000}",
        description=f"Table {number % 40}, {number % 7} guests",
        created_at=created,
        updated_at=created,
        expire_at=created + timedelta(days=30),
        read_at=now,
    )
    return CheckStarted(intent_id=intent_id, at=now), Checked(
        intent_id=intent_id, at=now, answer=intent
    )


def measure(rows: int, seconds: float) -> dict[str, Gaps]:
    """Return the worst gaps and the times, in milliseconds, in a list of so many payments."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(latency=LATENCY, jitter=0.0, intents=min(rows, KNOWN)) as server,
    ):
        desk = Desk(server, rows)
        desk.paste()
        desk.look_up()
        desk.deeds()
        desk.made_up(seconds)
        desk.run(seconds)
        desk.export(Path(folder))
        desk.program.close()
    return {"gaps": desk.gaps, "times": desk.times}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=4.0)
    options = parser.parse_args()
    print(json.dumps(measure(options.rows, options.seconds)))
