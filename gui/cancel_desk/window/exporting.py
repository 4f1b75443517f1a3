"""The list as a file."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from cancel_desk.desk.profiles import Environment
from cancel_desk.desk.report import write_csv
from cancel_desk.desk.row import Row
from cancel_desk.window import report_words, words
from cancel_desk.window.notice import Notice
from cancel_desk.window.plain import visible
from cancel_desk.window.translation import tr
from cancel_desk.window.worker import Errands


class Exporter(QObject):
    """Writes rows to files, off the window's thread.

    Args:
        errands: to write them.
        notice: for what went wrong.
        parent: its owner.
    """

    done = Signal(str)  # what to say

    def __init__(self, errands: Errands, notice: Notice, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._notice = notice

    def ask_where(self, window: QWidget, environment: Environment) -> Path | None:
        """Have the operator choose a file; None if they don't."""
        word = words.short_environment(environment)
        name = f"cancel-desk-{word}-{datetime.now():%Y-%m-%d-%H%M}.csv"  # noqa: DTZ005 - local
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = Path(QStandardPaths.writableLocation(documents))
        chosen, _ = QFileDialog.getSaveFileName(
            window, tr("Export the list"), str(folder / name), tr("CSV for spreadsheets (*.csv)")
        )
        return Path(chosen) if chosen else None

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        """Write rows, as they are now, as CSV."""
        header, report = report_words.report_header(), report_words.report_rows(rows)

        def write() -> Path:
            write_csv(path, header, report)
            return path

        self._errands.run(write, self._exported, self._not_exported)

    def _exported(self, path: Path) -> None:
        self.done.emit(tr("Exported to %1").replace("%1", visible(str(path))))

    def _not_exported(self, error: Exception) -> None:
        if not isinstance(error, OSError):
            raise error
        self._notice.say(
            tr("The file could not be written: %1. Choose another folder.").replace(
                "%1", error.strerror or str(error)
            )
        )
