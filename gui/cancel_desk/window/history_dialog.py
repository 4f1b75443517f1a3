"""History: every past run, to look at, to search, to verify, to export and, when old, to remove."""

import functools
from collections.abc import Sequence

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QProgressBar, QPushButton, QVBoxLayout, QWidget

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.history import History, PastRun, RemovedRun, UnreadableRun
from cancel_desk.desk.journals import Journals
from cancel_desk.desk.profiles import PRACTICE, Profile
from cancel_desk.window import history_words
from cancel_desk.window.asking import Asking
from cancel_desk.window.form_dialog import FormDialog
from cancel_desk.window.history_export import HistoryExporter
from cancel_desk.window.history_filter import HistoryFilter
from cancel_desk.window.history_reading import HistoryReading, Wanted
from cancel_desk.window.notice import Notice, announce
from cancel_desk.window.plain import plain_label
from cancel_desk.window.preferences import Preferences
from cancel_desk.window.retention import Retention, RetentionBar
from cancel_desk.window.run_dialog import RunDialog
from cancel_desk.window.run_lines import BriefRun, RunLine, in_brief
from cancel_desk.window.runs_model import RunsModel
from cancel_desk.window.runs_table import RunsTable
from cancel_desk.window.translation import tr
from cancel_desk.window.verify_bar import VerifyBar
from cancel_desk.window.worker import Errands


class HistoryDialog(FormDialog):
    """Shows the runs of one journal: that of practice, or that of all real profiles.

    It may stay open beside the window: it only reads, until the operator removes old runs.

    Args:
        journals: where the journal is.
        profile: any of those whose runs are in it.
        preferences: who is at the window, and how long runs are kept.
        clock: whose time counts.
        reading: errands to read runs in.
        working: errands for what takes longer. Both outlive the dialog, which may be closed while
            they are at it.
        parent: the window.
    """

    def __init__(
        self,
        journals: Journals,
        profile: Profile,
        preferences: Preferences,
        clock: Clock,
        reading: Errands,
        working: Errands,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("historyDialog")
        practice = profile == PRACTICE
        self.setWindowTitle(tr("History of practice") if practice else tr("History"))
        self.resize(QSize(1280, 680).boundedTo(self.screen().availableSize()))
        self._ids: Sequence[str] = ()  # of all runs that are wanted, read or not
        self._wanted = Wanted()

        @functools.cache  # or each errand would ask anew a keyring that gives no key
        def open_history() -> History:
            return journals.history_of(profile)

        self._open_history = open_history
        self._opening, self._working = Asking(reading), Asking(working)
        self._reading = HistoryReading(open_history, reading, self)
        self._exporter = HistoryExporter(open_history, self._working, self)
        self._retention_bar = RetentionBar()
        self._retention = Retention(
            self._retention_bar,
            open_history,
            functools.partial(journals.of, profile),
            preferences,
            clock,
            self._working,
            self,
        )
        self._filter = HistoryFilter(clock.now)
        self._notice = Notice()
        self._notice.setObjectName("historyNotice")
        self._model = RunsModel(self)
        self._table = RunsTable(self._model)
        self._verify = VerifyBar(open_history, self._working)
        self._lay_out(practice)
        self._connect()
        self._show_chosen()
        self._table.setFocus()
        self._filter.tell()
        self._retention.look()

    def _lay_out(self, practice: bool) -> None:
        intro = plain_label(
            tr("Runs with made-up payments. They are forgotten when Cancel Desk is closed.")
            if practice
            else tr("Runs of all profiles with real keys, on this computer, the newest first."),
            wrap=True,
        )
        intro.setProperty("muted", True)
        self._count = plain_label()
        self._count.setObjectName("runsLabel")
        self._count.setProperty("strong", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        for widget in (intro, self._filter, self._retention_bar, self._notice):
            column.addWidget(widget)
        column.addWidget(self._table, 1)
        column.addWidget(self._verify)
        column.addLayout(self._bottom())

    def _bottom(self) -> QHBoxLayout:
        self._open = QPushButton(tr("&Open"))
        self._open.setObjectName("openRunButton")
        self._export = QPushButton()
        self._export.setObjectName("exportRunsButton")
        menu = QMenu(self._export)
        menu.addAction(tr("&Payments, for spreadsheets (CSV)…"), self._export_csv).setObjectName(
            "exportCsvAction"
        )
        menu.addAction(tr("&Every entry (JSON lines)…"), self._export_lines).setObjectName(
            "exportLinesAction"
        )
        self._export.setMenu(menu)
        self._exporting = QProgressBar()
        self._exporting.setObjectName("exportProgress")
        self._exporting.setAccessibleName(tr("Export"))
        self._exporting.setTextVisible(False)
        self._exporting.hide()
        self._close = QPushButton(tr("C&lose"))
        self._close.setObjectName("closeHistoryButton")
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._count, 1)
        row.addWidget(self._exporting, 1)
        for button in (self._open, self._export, self._close):
            row.addWidget(button)
        return row

    def _connect(self) -> None:
        self._filter.changed.connect(self._list)
        self._reading.listed.connect(self._begin)
        self._reading.read.connect(self._take)
        self._reading.ended.connect(self._end)
        self._reading.failed.connect(self._not_listed)
        self._table.chosen.connect(self._show_chosen)
        self._table.open_asked.connect(self._open_run)
        self._open.clicked.connect(self._table.open_at_hand)
        self._exporter.progressed.connect(self._show_export)
        self._exporter.said.connect(self._say)
        self._exporter.failed.connect(self._fail)
        self._retention.said.connect(self._say)
        self._retention.failed.connect(self._not_removed)
        self._retention.removed.connect(self._filter.tell)
        self._close.clicked.connect(self.reject)

    # The list

    @Slot(object)
    def _list(self, wanted: Wanted) -> None:
        """List the runs that are wanted now; those shown stay until it is known which they are."""
        self._wanted = wanted
        self._table.say_when_empty(tr("Reading…"))
        self._reading.start(wanted)

    @Slot(object)
    def _begin(self, ids: Sequence[str]) -> None:
        self._ids = ids
        self._model.clear()
        self._show_chosen()

    @Slot(object)
    def _take(self, lines: tuple[RunLine, ...]) -> None:
        self._model.add(lines)
        self._show_count()

    @Slot()
    def _end(self) -> None:
        everything = self._wanted == Wanted()
        self._table.say_when_empty(
            tr("No run yet. What you cancel is listed here, run by run.")
            if everything
            else tr("No run matches.")
        )
        self._show_count()
        announce(self._table, self._count.text())

    @Slot(object)
    def _not_listed(self, error: Exception) -> None:
        self._table.say_when_empty("")
        self._fail(error)

    @Slot()
    def _show_chosen(self) -> None:
        self._show_count()
        chosen = self._table.highlighted()
        self._open.setEnabled(len(chosen) == 1)
        count = len(chosen) or len(self._ids)
        self._export.setText(
            tr("&Export %Ln chosen run(s)", "", count)
            if chosen
            else tr("&Export %Ln run(s)", "", count)
        )
        self._export.setEnabled(count > 0 and self._exporting.isHidden())

    def _show_count(self) -> None:
        total, shown = len(self._ids), self._model.rowCount()
        text = tr("%Ln run(s)", "", total)
        if shown < total:
            text += " · " + tr("reading: %Ln so far", "", shown)
        self._count.setText(text)

    # One run

    @Slot(object)
    def _open_run(self, line: RunLine) -> None:
        """Read a run anew, since it may be under way, and show it."""
        if not isinstance(line, BriefRun):
            self._say(history_words.in_full(line))
            return
        run_id = line.run_id
        self._opening.run(lambda: self._open_history().read(run_id), self._show_run, self._fail)

    def _show_run(self, run: PastRun | RemovedRun | UnreadableRun) -> None:
        line = in_brief(run)
        self._model.renew(line)
        if not isinstance(run, PastRun):
            self._say(history_words.in_full(line))
            return
        for older in self.findChildren(RunDialog):
            if older.run_id == line.run_id:
                older.close()
        RunDialog(run, self).show()

    # Files

    def _chosen_ids(self) -> list[str]:
        """Return the runs that are highlighted; all that are wanted where none is."""
        return [line.run_id for line in self._table.highlighted()] or list(self._ids)

    @Slot()
    def _export_csv(self) -> None:
        self._exporter.as_csv(self._chosen_ids())

    @Slot()
    def _export_lines(self) -> None:
        self._exporter.as_lines(self._chosen_ids())

    @Slot(int, int)
    def _show_export(self, done: int, steps: int) -> None:
        if steps and self._exporting.isHidden():
            self._notice.hide()
            self._table.setFocus()  # the button is about to be disabled
        self._exporting.setRange(0, max(steps, 1))
        self._exporting.setValue(done)
        self._exporting.setVisible(steps > 0)
        self._show_chosen()

    # What is told, and the end

    @Slot(str)
    def _say(self, text: str) -> None:
        self._notice.say(text)

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        text = history_words.trouble(error)
        if not text:
            raise error
        self._notice.say(text)

    @Slot(object)
    def _not_removed(self, error: Exception) -> None:
        text = history_words.trouble(error)
        self._notice.say(f"{tr('Nothing was removed.')} {text}".strip())
        if not text:
            raise error

    def done(self, result: int) -> None:
        """Close, in the middle of anything: what only reads ends soon, and nobody is told."""
        self._reading.abandon()
        self._opening.drop()
        self._working.drop()
        self._verify.stop()
        super().done(result)
