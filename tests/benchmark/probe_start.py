"""One start of a window in a process of its own: `bare`, or the `program` as the command starts it.

Prints one JSON object: `painted`, when the first window had been painted (seconds of the clock of
`time.monotonic`, which all processes share), and with `--check` also `checked`, the seconds from
then until the first payments had been looked up, and `late`, the modules that this imported.
"""

import argparse
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Qt is part of what is measured, and the program has its own way to load it.
    from PySide6.QtWidgets import QMainWindow, QWidget


def call_when_painted(widget: "QWidget", then: Callable[[], None]) -> None:
    """Call `then` once after a widget's window has been painted for the first time."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Watch(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Paint:
                widget.removeEventFilter(self)
                QTimer.singleShot(0, then)  # all of the window is painted before that
            return False

    widget.installEventFilter(Watch(widget))


def start_bare() -> None:
    """Show what any program with a table has to show at the least."""
    from PySide6.QtWidgets import QApplication

    from .bare import bare_window

    application = QApplication(sys.argv[:1])
    window = bare_window()
    window.show()
    call_when_painted(window.centralWidget(), lambda: _report(window))
    application.exec()


def start_program(check: bool, first: list[str]) -> None:
    """Start the program as its command does, in practice, which needs no key and no network.

    Args:
        check: have sample payments looked up as soon as the window is there.
        first: modules to import before.
    """
    from cancel_desk.__main__ import import_qt, main

    import_qt()
    from PySide6.QtWidgets import QApplication, QMainWindow

    for name in first:
        with suppress(ImportError):
            importlib.import_module(name)
    event_loop = QApplication.exec

    def watched_loop(*_: object) -> int:
        [window] = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMainWindow)]
        then = _check if check else _report
        call_when_painted(window.centralWidget(), lambda: then(window))
        return event_loop()

    QApplication.exec = watched_loop
    sys.exit(main(["--practice"]))


def _report(window: "QMainWindow", **more: object) -> None:
    painted = time.monotonic()
    if not window.windowHandle().isExposed():
        raise RuntimeError("painted, but not on any screen")
    print(json.dumps({"painted": painted, **more}), flush=True)
    os._exit(0)


def _check(window: "QMainWindow") -> None:
    """Do the first thing that a new operator does: have 25 sample payments looked up."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QPushButton

    began, there = time.monotonic(), set(sys.modules)
    window.findChild(QPushButton, "sampleButton").click()

    def look() -> None:
        rows = window.batch.rows
        if rows and all(row.read_at or row.problem for row in rows):
            late = [name for name in sys.modules if name not in there]
            _report(window, checked=time.monotonic() - began, late=late)

    timer = QTimer(window, interval=5)
    timer.timeout.connect(look)
    timer.start()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["bare", "program"])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--first", default="", help="modules to import before, with commas between")
    options = parser.parse_args()
    if options.what == "bare":
        start_bare()
    else:
        start_program(options.check, options.first.split(",") if options.first else [])
