"""The list as a file: a look at it first, then where to, then written off the window's thread."""

import errno
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, QTimer, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from cancel_desk.desk.profiles import Environment
from cancel_desk.desk.report import write_csv
from cancel_desk.desk.row import Row
from cancel_desk.desk.unhurried import unhurried
from cancel_desk.desk.workbook import write_workbook
from cancel_desk.window import report_words, words
from cancel_desk.window.batch_model import BatchModel
from cancel_desk.window.export_dialog import ExportDialog, Format
from cancel_desk.window.notice import Notice, answer, ask
from cancel_desk.window.plain import visible
from cancel_desk.window.remembered import Remembered
from cancel_desk.window.translation import tr
from cancel_desk.window.worker import DELIVER_EVERY, Errands


class Exporter(QObject):
    """Shows what a file would hold, asks where to, and writes it, one at a time.

    Args:
        errands: to write them; best ones of its own, because a long list takes its time.
        notice: for what went wrong when no dialog is open.
        remembered: knows the last folder.
        parent: its owner.
    """

    done = Signal(str)  # what to say

    def __init__(
        self,
        errands: Errands,
        notice: Notice,
        remembered: Remembered,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._errands = errands
        self._notice = notice
        self._remembered = remembered
        self._format = Format.EXCEL
        self._dialog: ExportDialog | None = None
        self._written = self._of = 0  # rows; the first is counted in the errands' thread
        self._timer = QTimer(self, interval=DELIVER_EVERY)
        self._timer.timeout.connect(self._tell_progress)

    def ask(
        self,
        window: QWidget,
        model: BatchModel,
        highlighted: Sequence[Row],
        environment: Environment,
    ) -> None:
        """Show the dialog until it is closed, or a file has been written."""
        dialog = ExportDialog(model, highlighted, self._format, window)
        dialog.save_asked.connect(lambda: self._save(dialog, environment))
        dialog.show_progress(self._written, self._of)
        self._dialog = dialog
        try:
            answer(dialog)
        finally:
            self._dialog = None
            self._format = dialog.format

    def _save(self, dialog: ExportDialog, environment: Environment) -> None:
        path = self._ask_where(dialog, dialog.format, environment)
        if path is not None:
            self._remembered.keep_export_folder(path.parent)
            self.write(path, dialog.rows())

    def _ask_where(self, window: QWidget, kind: Format, environment: Environment) -> Path | None:
        """Have the operator choose a file; None if they don't."""
        word = words.short_environment(environment)
        name = f"cancel-desk-{word}-{datetime.now():%Y-%m-%d-%H%M}{kind.ending}"  # noqa: DTZ005
        chosen, _ = QFileDialog.getSaveFileName(
            window, tr("Export the list"), str(self._folder() / name), kind.described()
        )
        if not chosen:
            return None
        path = Path(chosen)
        if path.suffix.lower() == kind.ending:
            return path
        path = path.with_name(path.name + kind.ending)
        return path if not path.exists() or _may_replace(window, path) else None

    def _folder(self) -> Path:
        last = self._remembered.export_folder
        if last is not None and last.is_dir():
            return last
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        return Path(QStandardPaths.writableLocation(documents))

    def write(self, path: Path, rows: Sequence[Row]) -> None:
        """Write rows, as they are now: a workbook where the file is called so, else CSV."""
        now = tuple(rows)  # none of which changes in mid-writing: the batch puts others there
        self._written, self._of = 0, len(now)

        def write() -> Path:
            reported = report_words.each_report_row(self._counted(now))
            if path.suffix.lower() == Format.EXCEL.ending:
                write_workbook(path, report_words.report_sheets(now, reported))
            else:
                write_csv(path, report_words.report_header(), reported)
            return path

        self._timer.start()
        self._tell_progress()
        self._errands.run(write, self._exported, self._not_exported)

    def _counted(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in unhurried(rows):
            yield row
            self._written += 1

    @Slot()
    def _tell_progress(self) -> None:
        if self._dialog is not None:
            self._dialog.show_progress(self._written, self._of)

    def _exported(self, path: Path) -> None:
        self._stop()
        if self._dialog is not None:
            self._dialog.accept()
        self.done.emit(tr("Exported to %1").replace("%1", visible(str(path))))

    def _not_exported(self, error: Exception) -> None:
        self._stop()
        if not isinstance(error, OSError):
            raise error
        notice = self._notice if self._dialog is None else self._dialog.notice
        notice.say(not_written(error))

    def _stop(self) -> None:
        self._timer.stop()
        self._written = self._of = 0
        self._tell_progress()


def not_written(error: OSError) -> str:
    """Return why a file could not be written, and what to do."""
    if isinstance(error, PermissionError):
        return tr(
            "The file could not be written: you may not write there, or it is open in another"
            " program. Close it there, or choose another name or folder."
        )
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return tr("The file could not be written: the disk is full. Choose another folder.")
    return tr("The file could not be written: %1. Choose another folder.").replace(
        "%1", visible(error.strerror or str(error))
    )


def _may_replace(window: QWidget, path: Path) -> bool:
    return ask(
        window,
        "replaceFileDialog",
        tr("Replace the file?"),
        tr("A file called %1 is there already. What is in it would be lost.").replace(
            "%1", visible(path.name)
        ),
        tr("Replace it"),
        tr("Keep it"),
    )
