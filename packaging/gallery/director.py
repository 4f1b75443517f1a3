"""Goes through a script: does a step, waits until it has come to be, does the next."""

import sys
import time
from collections.abc import Callable, Iterator
from types import TracebackType

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

_LIMIT = 40.0  # seconds for one scene
_LOOK_EVERY = 10  # milliseconds

Step = Callable[[], object]
Script = Iterator[Step]


class SceneError(Exception):
    """A scene could not be played to its end."""


class Director(QObject):
    """Carries out scripts. It works from a timer, so it goes on inside the loops of dialogs, too.

    Args:
        strike: the script that clears the stage, whatever has happened on it.
    """

    def __init__(self, strike: Callable[[], Script]) -> None:
        super().__init__()
        self._strike = strike
        self._script: Script = iter(())
        self._ready: Step = lambda: True
        self._ends = 0.0
        self._error: BaseException | None = None
        self._loop = QEventLoop(self)
        self._timer = QTimer(self, interval=_LOOK_EVERY)
        self._timer.timeout.connect(self._go_on)

    def carry_out(self, script: Script) -> None:
        """Carry out a script, then clear the stage.

        Raises:
            SceneError: something in it did not come to be.
            Exception: what the script, or a slot of the program, raised.
        """
        self._error = None
        self._begin(self._whole(script))
        self._timer.start()
        hook, sys.excepthook = sys.excepthook, self._fail
        try:
            self._loop.exec()
        finally:
            sys.excepthook = hook
            self._timer.stop()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        if self._error is not None:
            raise self._error

    def _begin(self, script: Script) -> None:
        self._script = script
        self._ready = lambda: True
        self._ends = time.monotonic() + _LIMIT

    def _whole(self, script: Script) -> Script:
        yield from script
        yield from self._strike()

    @Slot()
    def _go_on(self) -> None:
        try:
            if self._ready():
                self._ready = next(self._script)
            else:
                self._check_time()
        except StopIteration:
            self._end()
        except Exception as error:  # noqa: BLE001 - the border: raised by `carry_out`
            self._fail(type(error), error, error.__traceback__)

    def _check_time(self) -> None:
        if time.monotonic() > self._ends:
            code = getattr(self._ready, "__code__", None)
            where = f"{code.co_filename}:{code.co_firstlineno}" if code else repr(self._ready)
            raise SceneError(f"waited too long at {where}")

    def _fail(
        self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        """End the script because of an exception, its own or one that nobody caught."""
        if self._error is not None:
            self._end()  # while clearing the stage: nothing more can be done
            return
        self._error = error
        self._begin(self._strike())

    def _end(self) -> None:
        self._timer.stop()
        self._loop.quit()
