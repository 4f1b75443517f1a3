"""Past runs as files: payments for spreadsheets, or every entry as JSON lines."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, QTimer, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from cancel_desk.desk.history import History, PastRun, RemovedRun, UnreadableRun
from cancel_desk.desk.report import ReportRow, write_csv
from cancel_desk.window import history_words, report_words
from cancel_desk.window.asking import Asking
from cancel_desk.window.history_reading import OpenHistory
from cancel_desk.window.run_lines import is_damaged
from cancel_desk.window.translation import tr
from cancel_desk.window.worker import DELIVER_EVERY


class HistoryExporter(QObject):
    """Asks where to, and writes off the window's thread, one file at a time.

    Args:
        open_history: called in the errands' thread.
        asking: the errands.
        window: what the question for the file stands before.
    """

    progressed = Signal(int, int)  # steps done, and of how many; 0 of 0 when it is over
    said = Signal(str)  # what was written
    failed = Signal(object)  # the exception: nothing was written

    def __init__(self, open_history: OpenHistory, asking: Asking, window: QWidget) -> None:
        super().__init__(window)
        self._open_history = open_history
        self._asking = asking
        self._window = window
        self._done = self._steps = 0  # the first is counted in the errands' thread
        self._timer = QTimer(self, interval=DELIVER_EVERY)
        self._timer.timeout.connect(self._tell_progress)

    def as_csv(self, run_ids: Sequence[str]) -> None:
        """Write the payments of runs, one a line."""
        path = ask_where(self._window, ".csv", tr("CSV for spreadsheets (*.csv)"))
        if path is None:
            return
        header = report_words.report_header()

        def write() -> str:
            told = Counter[str]()
            rows = _report(self._open_history(), self._counted(run_ids), told)
            write_csv(path, header, rows)
            return history_words.exported_payments(path, told)

        self._begin(write, len(run_ids))

    def as_lines(self, run_ids: Sequence[str]) -> None:
        """Write the entries of runs as JSON lines; of damaged ones those before the damage."""
        path = ask_where_lines(self._window)
        if path is None:
            return

        def write() -> str:
            damaged = self._open_history().export_lines(path, self._counted(run_ids))
            return history_words.exported_runs(path, len(run_ids), len(damaged))

        self._begin(write, len(run_ids))

    def _begin(self, write: Callable[[], str], steps: int) -> None:
        self._done, self._steps = 0, steps
        self._timer.start()
        self._tell_progress()
        self._asking.run(write, self._end, self._fail)

    def _counted(self, run_ids: Iterable[str]) -> Iterator[str]:
        for run_id in run_ids:
            yield run_id
            self._done += 1

    @Slot()
    def _tell_progress(self) -> None:
        self.progressed.emit(self._done, self._steps)

    def _end(self, text: str) -> None:
        self._stop()
        self.said.emit(text)

    def _fail(self, error: Exception) -> None:
        self._stop()
        self.failed.emit(error)

    def _stop(self) -> None:
        self._timer.stop()
        self.progressed.emit(0, 0)


def ask_where_lines(window: QWidget) -> Path | None:
    """Have the operator choose a file for JSON lines; None if they don't."""
    return ask_where(window, ".jsonl", tr("JSON lines, every entry (*.jsonl)"))


def ask_where(window: QWidget, ending: str, kind: str) -> Path | None:
    """Have the operator choose a file; None if they don't."""
    name = f"cancel-desk-history-{datetime.now():%Y-%m-%d-%H%M}{ending}"  # noqa: DTZ005 - local
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    folder = Path(QStandardPaths.writableLocation(documents))
    chosen, _ = QFileDialog.getSaveFileName(window, tr("Export runs"), str(folder / name), kind)
    return Path(chosen) if chosen else None


def _report(history: History, run_ids: Iterable[str], told: Counter[str]) -> Iterator[ReportRow]:
    """Yield the payments of runs, one run in memory at a time; count what there was."""
    for run_id in run_ids:
        run = history.read(run_id)
        told["damaged"] += is_damaged(run)
        match run:
            case PastRun():
                told["payments"] += len(run.rows)
                yield from report_words.report_rows(run.rows)
            case RemovedRun():
                told["removed"] += 1
            case UnreadableRun():
                pass
