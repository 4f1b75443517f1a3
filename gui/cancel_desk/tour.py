"""The whole job, done by itself through the real window against the practice server.

It is the demonstration, the source of the pictures in the README, and the test that a packaged
program works: it ends well only if every row ended as the practice server says.
"""

import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from types import TracebackType
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QWidget

from cancel_desk.app import Practice, dress, make_window
from cancel_desk.desk.row import State
from cancel_desk.window.batch_model import Column, Role
from cancel_desk.window.batch_table import BatchTable
from cancel_desk.window.main_window import MainWindow

_LIMIT = 120.0  # seconds for the whole
_LOOK_EVERY = 20  # milliseconds

# What the practice server may say of a row in each final state.
_TRUTH = {
    State.CANCELLED: {"Canceled"},
    State.ALREADY_CANCELLED: {"Canceled"},
    State.NOT_CANCELLABLE: {"Authorized", "Captured", "Reversed", "Refunded"},
    State.PAID_MEANWHILE: {"Authorized", "Captured"},
}

Step = Callable[[], bool]
_W = TypeVar("_W", bound=QWidget)


def _soon() -> Step:
    """Return what becomes true when the window has had time to draw what was just changed."""
    then = time.monotonic() + 0.15
    return lambda: time.monotonic() > then


class TourError(Exception):
    """Something in the tour is not as it should be."""


def take_tour(folder: Path) -> int:
    """Take the tour; return 0 if all went as it should.

    Args:
        folder: gets a picture for each step, and the report; made if need be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)  # noqa: S101 - for the type checker
    looks = dress(application)
    practice = Practice()
    with tempfile.TemporaryDirectory() as data:
        window = make_window(
            looks,
            practice,
            Path(data),
            folder / "cancel-desk.log",
            start_in_practice=True,
            policy=Path(data) / "no-policy.toml",
        )
        tour = _Tour(window, practice, folder)
        window.show()
        hook, sys.excepthook = sys.excepthook, tour.fail
        tour.start()
        application.exec()
        sys.excepthook = hook
        practice.close()
    if tour.error is not None:
        print(f"The tour failed: {tour.error}", file=sys.stderr)
        return 1
    return 0


class _Tour(QObject):
    """Goes from step to step as the window becomes ready for each, dialogs included."""

    def __init__(self, window: MainWindow, practice: Practice, folder: Path) -> None:
        super().__init__(window)
        self.error: BaseException | None = None
        self._window = window
        self._practice = practice
        self._folder = folder
        self._pictures = 0
        self._script = self._steps()
        self._ready: Step = lambda: True
        self._ends = 0.0
        self._timer = QTimer(self, interval=_LOOK_EVERY)
        self._timer.timeout.connect(self._go_on)

    def start(self) -> None:
        self._ends = time.monotonic() + _LIMIT
        self._timer.start()

    @Slot()
    def _go_on(self) -> None:
        try:
            if self._ready():
                self._ready = next(self._script)
            else:
                self._check_time()
        except StopIteration:
            self._end()
        except Exception as error:  # noqa: BLE001 - the border of the tour: told by its exit code
            self.fail(type(error), error, error.__traceback__)

    def fail(
        self, _kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """End the tour because of an exception, its own or one that nobody caught."""
        traceback.print_exception(error.with_traceback(trace))
        self.error = error
        self._end()

    def _check_time(self) -> None:
        if time.monotonic() > self._ends:
            raise TourError(f"not done after {_LIMIT:g} s")

    def _end(self) -> None:
        self._timer.stop()
        for dialog in QApplication.topLevelWidgets():
            if dialog is not self._window:
                dialog.close()
        self._window.shut_down()  # the last window closed ends the application

    def _steps(self) -> Iterator[Step]:
        """Do the job; yield what has to be so before the next step."""
        yield self._window.isVisible
        self._picture("welcome", "The window opens in practice: nothing here is real.")

        text = self._prepare()
        QGuiApplication.clipboard().setText(text)
        self._find(QPlainTextEdit, "intakeEdit").paste()
        yield lambda: bool(self._find(QPlainTextEdit, "intakeEdit").toPlainText())
        self._picture("pasted", "An e-mail with 25 payments is pasted as it is.")

        self._button("addButton").click()
        yield lambda: self._all_checked(25)
        yield _soon()
        self._picture("checked", "Each payment has been looked up.")

        self._button("cantChip").click()
        yield lambda: self._shown() < len(self._window.batch)
        self._highlight(State.NOT_CANCELLABLE)
        yield _soon()
        self._picture("review", "What can't be cancelled says why, and what to do instead.")

        self._button("allChip").click()
        yield lambda: self._shown() == len(self._window.batch)
        yield self._button("cancelPaymentsButton").isEnabled
        QTimer.singleShot(0, self._button("cancelPaymentsButton").click)
        yield lambda: self._dialog("confirmDialog") is not None
        self._picture("confirm", "The last look before anything is sent.", "confirmDialog")

        self._button("confirmButton", self._dialog("confirmDialog")).click()
        yield lambda: self._count(State.CANCELLED) >= 3
        self._picture("cancelling", "Payments are being cancelled, and the window shows how far.")

        yield lambda: self._count(State.UNKNOWN) == 1 and self._count(State.WAITING) == 0
        self._highlight(State.UNKNOWN)
        yield _soon()
        self._picture("unknown", "One answer was lost, so that payment is looked up again.")

        yield lambda: self._button("copySummaryButton").isVisible()
        yield _soon()
        self._picture("done", "The run is over, and the summary can go into the ticket.")

        report = self._folder / "report.csv"
        self._window.export_to(report)
        yield report.exists
        self._say("The report is in report.csv.")
        self._compare()

    def _prepare(self) -> str:
        """Make payments, and the trouble they will meet; return an e-mail that names them."""
        from cancel_desk.practice import Fault, Kind, samples

        server = self._practice.server
        intents = server.add_samples(1)
        open_ones = [intent.id for intent in intents if server.status(intent.id) == "Created"]
        faults = [
            Fault(Kind.SLOW, methods=("DELETE",), seconds=0.25),
            Fault(Kind.PAID, methods=("DELETE",), id=open_ones[1], times=1),
            Fault(Kind.RESET, methods=("DELETE",), id=open_ones[4], times=1, after=True),
        ]
        for fault in faults:
            server.faults.add(fault)
        return samples.email(Random(1), intents).text  # noqa: S311 - play money

    def _compare(self) -> None:
        """Hold what the window says against what the server says."""
        server = self._practice.server
        wrong = [
            f"{row.intent_id} is shown as {row.state}, and is {server.status(row.intent_id)}"
            for row in self._window.batch.rows
            if server.status(row.intent_id) not in _TRUTH.get(row.state, set())
        ]
        if wrong:
            raise TourError("; ".join(wrong))
        self._say(f"All {len(self._window.batch)} rows are as the practice server says.")

    # What the steps are made of

    def _find(self, kind: type[_W], name: str, parent: QWidget | None = None) -> _W:
        found = (parent or self._window).findChild(kind, name)
        if found is None:
            raise TourError(f"there is no {name}")
        return found

    def _button(self, name: str, parent: QWidget | None = None) -> QPushButton:
        return self._find(QPushButton, name, parent)

    def _dialog(self, name: str) -> QWidget | None:
        found = self._window.findChild(QWidget, name)
        return found if isinstance(found, QWidget) and found.isVisible() else None

    def _count(self, state: State) -> int:
        return self._window.batch.counts[state]

    def _all_checked(self, rows: int) -> bool:
        pending = self._count(State.ADDED) + self._count(State.CHECKING)
        return len(self._window.batch) == rows and not pending

    def _shown(self) -> int:
        return self._window.model.rowCount()

    def _highlight(self, state: State) -> None:
        table = self._find(BatchTable, "batchTable")
        model = self._window.model
        for position in range(model.rowCount()):
            index = model.index(position, Column.PAYMENT)
            if index.data(Role.STATE) == state.value:
                table.setCurrentIndex(index)
                return
        raise TourError(f"no row is {state}")

    def _picture(self, name: str, what: str, dialog: str = "") -> None:
        self._pictures += 1
        widget = (self._dialog(dialog) if dialog else None) or self._window
        path = self._folder / f"{self._pictures}-{name}.png"
        if not widget.grab().save(str(path)):
            raise TourError(f"{path} could not be written")
        self._say(f"{what} ({path.name})")

    def _say(self, what: str) -> None:
        print(what, flush=True)
