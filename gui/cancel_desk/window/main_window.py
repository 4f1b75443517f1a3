"""The window: its panels, and how what happens in one reaches the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.desk.batch import Batch, planned_rows, to_pay
from cancel_desk.desk.clock import Clock
from cancel_desk.desk.events import EndReason, PauseReason
from cancel_desk.desk.intake.find_ids import Findings, Found
from cancel_desk.desk.journal import JournalError
from cancel_desk.desk.journals import Journals, Opened
from cancel_desk.desk.kept_list import KeptLists, Listed
from cancel_desk.desk.keychain import KeychainError
from cancel_desk.desk.plan import Plan, totals
from cancel_desk.desk.profiles import PRACTICE, Profile, Refusal
from cancel_desk.desk.recovery import Recovered
from cancel_desk.desk.row import Row, State
from cancel_desk.dojo.problem import Kind
from cancel_desk.window import report_words, words
from cancel_desk.window.batch_model import BatchModel
from cancel_desk.window.batch_table import BatchTable
from cancel_desk.window.confirm_dialog import ConfirmDialog
from cancel_desk.window.details_pane import DetailsPane
from cancel_desk.window.exporting import Exporter
from cancel_desk.window.filter_bar import FilterBar, Ticking
from cancel_desk.window.filters import STATES, Filter
from cancel_desk.window.find_dialog import FindDialog
from cancel_desk.window.header import Header
from cancel_desk.window.help_dialog import AboutDialog, HelpDialog
from cancel_desk.window.histories import Histories
from cancel_desk.window.intake import Intake
from cancel_desk.window.intake_panel import IntakePanel
from cancel_desk.window.interrupted import Interrupted
from cancel_desk.window.interrupted_bar import InterruptedBar
from cancel_desk.window.jobs import Job, JobKind, Jobs
from cancel_desk.window.key_dialog import Keys
from cancel_desk.window.list_keeper import ListKeeper
from cancel_desk.window.notice import Notice, announce, answer, ask
from cancel_desk.window.plain import visible
from cancel_desk.window.profile_choice import ProfileChoice
from cancel_desk.window.remembered import Remembered
from cancel_desk.window.run_panel import RunPanel
from cancel_desk.window.salvaging import Salvaging
from cancel_desk.window.settling import Settler
from cancel_desk.window.summary_panel import SummaryPanel
from cancel_desk.window.theme import Looks
from cancel_desk.window.translation import tr
from cancel_desk.window.welcome import Welcome
from cancel_desk.window.worker import Connect, Errands, Work

# A row in one of these has work under way that will come back to it.
_AT_WORK = {State.CHECKING, State.WAITING, State.CANCELLING, State.UNKNOWN}

_AGES_EVERY = 60_000  # milliseconds
_COUNT_AFTER = 100  # milliseconds
_CLOSE_AGAIN_AFTER = 50  # milliseconds


@dataclass(frozen=True, slots=True)
class Parts:
    """What the window works with, put together by the composition root."""

    keys: Keys
    connect: Connect
    journals: Journals
    kept_lists: KeptLists
    remembered: Remembered
    sample: Callable[[], str]  # text with made-up payments, which practice then knows
    operator: str
    log: Path
    profile: Profile  # the one to start with
    looks: Looks
    clock: Clock
    engine_options: dict[str, object]


class MainWindow(QMainWindow):
    """Cancel Desk."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._closing = False
        self._sealed = True  # the journal, by a key in the keyring
        self._is_first = False  # of the programs that may be open: the one with the journal
        self._too_early: list[Row] = []  # of an earlier program, while they are being checked
        self._told_strangers = False  # that practice knows only its own payments
        self.batch = Batch()
        self.model = BatchModel(self.batch, self)
        self._work = Work(parts.connect, parts.journals.of, self, **parts.engine_options)
        self._errands = Errands(self)
        self._slow_errands = Errands(self)  # what may wait for the keyring's password
        self._searches = Errands(self)
        self._histories = Histories(parts.journals, parts.operator, parts.clock, self)
        self._threads = (
            self._work,
            self._errands,
            self._slow_errands,
            self._searches,
            self._histories,
        )
        self._lay_out()
        self._appoint(parts)
        self._connect()
        self._start_timers()
        self._show_profile(parts.profile)
        self._profiles.tell_set_aside()
        self._intake_panel.edit.setFocus()
        self.resize(1180, 780)
        self.setMinimumSize(900, 560)
        parts.remembered.restore(self, self._splitter, self._table.columns)

    def _lay_out(self) -> None:
        self._header = Header()
        self._notice = Notice()
        self._interrupted_bar = InterruptedBar()
        self._intake_panel = IntakePanel()
        self._filter = FilterBar(self._worth_of)
        self._table = BatchTable(self.model)
        self._details = DetailsPane()
        self._welcome = Welcome()
        self._summary = SummaryPanel()
        self._run = RunPanel()
        list_and_details = QSplitter(Qt.Orientation.Horizontal)
        list_and_details.setChildrenCollapsible(False)
        list_and_details.setHandleWidth(12)
        list_and_details.addWidget(self._table)
        list_and_details.addWidget(self._details)
        list_and_details.setStretchFactor(0, 3)
        list_and_details.setStretchFactor(1, 1)
        list_and_details.setSizes([800, 340])
        self._splitter = list_and_details
        self._body = QStackedWidget()
        self._body.addWidget(self._welcome)
        self._body.addWidget(list_and_details)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(12)
        above = (
            self._header,
            self._notice,
            self._interrupted_bar,
            self._intake_panel,
            self._filter,
        )
        for panel in above:
            column.addWidget(panel)
        column.addWidget(self._body, 1)
        column.addWidget(self._summary)
        column.addWidget(self._run)
        self.setCentralWidget(central)

    def _appoint(self, parts: Parts) -> None:
        """Give each subject its own object; the window is what they have in common."""
        self._jobs = Jobs(self._work, self.model, self)
        self._intake = Intake(self._intake_panel, self._notice, self._errands, self)
        self._profiles = ProfileChoice(
            parts.profile,
            parts.keys,
            self._header,
            self._notice,
            self._errands,
            self._is_unfinished,
            self,
        )
        self._settler = Settler(self._jobs, self.model, self._profiles.get, parts.clock, self)
        self._interrupted = Interrupted(
            self._interrupted_bar, parts.journals, self._slow_errands, parts.clock, self
        )
        self._exporter = Exporter(self._errands, self._notice, self)
        self._salvaging = Salvaging(self._notice, self._errands, self)
        self._list_keeper = ListKeeper(parts.kept_lists, self.model, self._errands, self)

    def _connect(self) -> None:
        self._header.history_asked.connect(self._show_history)
        self._header.help_asked.connect(self._show_help)
        self._header.about_asked.connect(self._show_about)
        self._profiles.changed.connect(self._change_profile)
        self._profiles.changed.connect(self._salvaging.use)
        self._salvaging.wanted.connect(self._add_found)
        self._profiles.key_replaced.connect(self._renew_profile)
        self._profiles.deleted.connect(self._list_keeper.forget)
        self._intake.found.connect(self._add)
        self._intake_panel.find_asked.connect(self._find)
        self._filter.changed.connect(self._narrow)
        self._filter.tick_asked.connect(self._tick)
        self._table.row_at_hand.connect(self._details.show_row)
        self._table.remove_asked.connect(self._remove)
        self._table.check_asked.connect(self._check_rows)
        self._interrupted.go_on_asked.connect(self._go_on)
        self._interrupted.not_written.connect(self._journal_not_opened)
        self._welcome.sample_asked.connect(self._load_sample)
        self._welcome.add_key_asked.connect(self._profiles.add_key)
        self._run.check_asked.connect(self._check_again)
        self._run.cancel_asked.connect(self._confirm)
        self._run.export_asked.connect(self._export)
        self._run.pause_asked.connect(self._jobs.pause)
        self._run.stop_asked.connect(self._stop)
        self._exporter.done.connect(self._tell)
        self._list_keeper.came_back.connect(self._bring_list_back)
        self._list_keeper.failed.connect(self._list_not_kept)
        self._jobs.began.connect(self._begin)
        self._jobs.progressed.connect(self._run.show_done)
        self._jobs.paused.connect(self._show_pause)
        self._jobs.resumed.connect(self._show_resumed)
        self._jobs.ended.connect(self._end)
        self._jobs.failed.connect(self._fail)
        self._jobs.applied.connect(self._refresh)
        self.model.dataChanged.connect(self._refresh_selection)
        self._parts.looks.changed.connect(self._header.badge.refresh)
        paste = QShortcut(QKeySequence.StandardKey.Paste, self)
        paste.setContext(Qt.ShortcutContext.WindowShortcut)
        paste.activated.connect(self._intake.paste)
        QShortcut(QKeySequence.StandardKey.HelpContents, self).activated.connect(self._show_help)

    def _start_timers(self) -> None:
        self._selection = QTimer(self, singleShot=True, interval=_COUNT_AFTER)
        self._selection.timeout.connect(self._show_selection)
        self._ages = QTimer(self, interval=_AGES_EVERY)
        self._ages.timeout.connect(self.model.repaint_ages)
        self._ages.start()

    def warm_up(self) -> None:
        """Do what can wait until the window is there: what checks need, and the journal."""
        self._errands.run(_import_the_heavy, lambda _: None, self._raise)
        self._slow_errands.run(self._parts.journals.open, self._take_up, self._journal_not_opened)

    # What an earlier program left

    def _take_up(self, opened: Opened) -> None:
        """Show what was interrupted, and go on looking up what is unknown."""
        self._sealed = opened.keyed
        self._is_first = True
        if opened.set_aside is not None:
            self._salvaging.begin(opened.set_aside, self._profile)
        unknown = [
            row for found in opened.recovered for row in found.rows if row.state is State.UNKNOWN
        ]
        self._too_early = self.model.restore(unknown)
        self._interrupted.offer([found for found in opened.recovered if found.interrupted])
        self._list_keeper.use(self._profile)
        self._refresh()

    @Slot(object)
    def _bring_list_back(self, rows: tuple[Listed, ...]) -> None:
        """Put back what was in the list and in no run, to be looked up afresh."""
        back = [row for row in rows if not self._interrupted.holds(row.intent_id)]
        new = self.model.add(Found(row.intent_id, row.places, row.may_be_cut) for row in back)
        self.batch.leave_unticked(row.intent_id for row in back if row.unticked)
        if new:
            text = tr("%Ln payment(s) from your last list are back.", "", len(new))
            self._intake_panel.show_outcome(text, has_pieces=False)
        self._check(new)
        self._refresh()

    @Slot(object)
    def _list_not_kept(self, error: OSError) -> None:
        self._notice.say(words.list_not_kept(error))

    @Slot(object)
    def _go_on(self, found: Recovered) -> None:
        """Take the run's rows into the list under its profile, and look them up afresh."""
        if self._jobs.is_busy:
            return
        profile = self._profiles.get(found.plan.profile_id)
        if profile is None:
            self._notice.say(words.profile_refusal(Refusal.UNKNOWN))
            return
        self._profiles.choose(profile)
        if self._profile != profile:
            return  # it could not be used, and that was said
        self._interrupted.decide(found)
        self.model.restore(found.rows)
        self._refresh()
        self._jobs.check(profile, [row.intent_id for row in found.rows], then_confirm=True)

    @Slot(object)
    def _journal_not_opened(self, error: Exception) -> None:
        if not isinstance(error, JournalError):
            raise error
        self._notice.say(words.journal_problem(error), stays=True)

    # Profiles

    @property
    def _profile(self) -> Profile:
        return self._profiles.profile

    def _is_unfinished(self, profile: Profile) -> bool:
        """Tell whether the fate of payments depends on a profile's key."""
        return self._interrupted.holds_one_of(profile) or any(
            row.plan is not None and row.plan.profile_id == profile.id
            for row in self.batch.in_state(State.UNKNOWN)
        )

    def _show_profile(self, profile: Profile) -> None:
        self._welcome.show_for(profile.environment)
        word = words.short_environment(profile.environment)
        name = "" if profile == PRACTICE else f", {visible(profile.name)}"
        self.setWindowTitle(f"Cancel Desk: {word}{name}")
        self._refresh()

    @Slot(object)
    def _change_profile(self, profile: Profile) -> None:
        # What was cancelled under one profile must not stand under the name of another.
        self._summary.hide()
        self.model.remove(self.batch.in_state(State.CANCELLED))
        self._look_up_afresh(profile)

    @Slot(object)
    def _renew_profile(self, profile: Profile) -> None:
        self._settler.retry(profile)
        self._look_up_afresh(profile)

    def _look_up_afresh(self, profile: Profile) -> None:
        """Forget what another key said, and look everything up again."""
        self._told_strangers = False
        if self._is_first:
            self._list_keeper.use(profile)
        self.model.void_checks()
        self._show_profile(profile)
        self._check(row.intent_id for row in self.batch.in_state(State.ADDED))

    # What comes in

    @Slot(object, object)
    def _add(self, found: tuple[Found, ...], findings: Findings) -> None:
        new = self.model.add(found)
        self._intake.tell_outcome(findings, len(new))
        if new and self.model.rowCount() < len(self.batch):
            self._filter.reset()  # what was just added must not be hidden by an older filter
        self._check(new)
        self._refresh()

    @Slot(object)
    def _add_found(self, found: tuple[Found, ...]) -> None:
        self._add(found, Findings(found=found))

    @Slot()
    def _find(self) -> None:
        dialog = FindDialog(
            self._profile,
            self._parts.connect,
            self._searches,
            {row.intent_id for row in self.batch.rows},
            self,
            clock=self._parts.clock,
        )
        dialog.add_asked.connect(self._add_found)
        answer(dialog)

    @Slot()
    def _load_sample(self) -> None:
        self._welcome.setEnabled(False)  # a double click asks once
        self._errands.run(self._parts.sample, self._take_sample, self._no_sample)

    def _no_sample(self, error: Exception) -> None:
        self._welcome.setEnabled(True)
        raise error

    def _take_sample(self, text: str) -> None:
        self._welcome.setEnabled(True)
        self._intake.take_text(text)

    def _raise(self, error: Exception) -> None:
        raise error

    @Slot(object)
    def _remove(self, rows: list[Row]) -> None:
        """Take highlighted rows off the list; at Dojo nothing happens to them."""
        gone = self.model.remove(
            row for row in rows if row.state not in _AT_WORK and not self._jobs.holds(row)
        )
        staying = len(rows) - gone
        text = tr("%Ln payment(s) taken off this list. Nothing was cancelled at Dojo.", "", gone)
        if staying:
            text += " " + tr("%Ln still at work stayed.", "", staying)
        self._intake_panel.show_outcome(text, has_pieces=False)
        self._refresh()

    # Checks and runs

    def _check(self, ids: Iterable[str]) -> None:
        self._jobs.check(self._profile, ids)

    @Slot()
    def _check_again(self) -> None:
        """Check the highlighted rows, if they are several; else everything that is shown."""
        rows = self._table.highlighted_rows()
        if len(rows) < 2:
            rows = self.model.shown_rows()
        self._check_rows(rows)

    @Slot(object)
    def _check_rows(self, rows: list[Row]) -> None:
        self._check(row.intent_id for row in rows if row.may_be_checked)

    @Slot()
    def _confirm(self) -> None:
        rows = self.model.ticked_and_shown()
        if not rows or self._jobs.is_busy:
            return
        planned = planned_rows(rows)
        dialog = ConfirmDialog(rows, self._profile, self)
        if not answer(dialog):
            return
        plan = Plan(
            rows=planned,
            profile=tr("Practice") if self._profile == PRACTICE else self._profile.name,
            environment=self._profile.environment,
            key_hint=self._profile.key_hint,
            profile_id=self._profile.id,
            operator=self._parts.operator,
            reason=dialog.reason,
            made_at=self._parts.clock.now(),
            first_alone=dialog.first_alone,
        )
        self._jobs.carry_out(self._profile, plan)

    @Slot(object)
    def _begin(self, job: Job) -> None:
        running = job.kind is JobKind.RUN
        if running:
            self._summary.hide()
        self._notice.expire()
        if not isinstance(self.focusWidget(), QLineEdit | QPlainTextEdit):
            self._table.setFocus()  # or Qt would move it from the buttons that are disabled now
        self._lock(locked=True)
        self._run.begin(tr("Cancelling") if running else tr("Checking"), len(job.ids))
        self._show_selection()

    def _lock(self, locked: bool) -> None:
        self._profiles.lock(locked)
        self._interrupted.lock(locked)

    @Slot()
    def _stop(self) -> None:
        self._run.show_stopping()
        self._jobs.stop()

    @Slot(object, object)
    def _show_pause(self, why: PauseReason, until: datetime | None) -> None:
        self._run.show_pause(why, until)
        plan = self._jobs.plan
        if why is PauseReason.FIRST_ONE and plan is not None:
            self._table.show_row(plan.rows[0].intent_id)
            announce(self._run, words.pause(why, until))

    @Slot()
    def _show_resumed(self) -> None:
        self._run.show_pause(None)

    @Slot(object, object)
    def _end(self, job: Job, why: EndReason) -> None:
        self._settle_down()
        ending = words.end(why)
        if job.plan is not None:
            self._sum_up(job.plan, ending)
        elif why is EndReason.STOPPED:
            self._notice.say(tr("You stopped the check. What was not reached is as it was before."))
        elif ending:
            self._notice.say(ending)
        self._leave_focus(after_run=job.plan is not None)
        if job.then_confirm and why is EndReason.DONE:
            QTimer.singleShot(0, self._confirm)
        if self._profile == PRACTICE and self._has_strangers() and not self._told_strangers:
            self._told_strangers = True
            self._notice.say(
                tr(
                    "You are in practice, which knows only its own made-up payments. For real"
                    " ones choose your profile, or add your key."
                )
            )

    def _leave_focus(self, after_run: bool) -> None:
        """Put the focus where the work goes on, unless someone is typing."""
        if isinstance(self.focusWidget(), QLineEdit | QPlainTextEdit):
            return
        if after_run:
            self._summary.take_focus()
        else:
            self._table.setFocus()

    def _has_strangers(self) -> bool:
        return self.batch.counts[State.NOT_FOUND] > 0 or any(
            row.problem is not None and row.problem.kind is Kind.WRONG_ENVIRONMENT
            for row in self.batch.in_state(State.COULDNT_CHECK)
        )

    @Slot(object, object)
    def _fail(self, job: Job, error: Exception) -> None:
        self._settle_down()
        if isinstance(error, KeychainError):
            self._notice.say(words.key_not_had(error))
            return
        if isinstance(error, JournalError):
            self._notice.say(words.journal_problem(error))
            return
        from cancel_desk.dojo.client import WrongEnvironmentError  # here, it is imported already

        if isinstance(error, WrongEnvironmentError):
            self._notice.say(words.live_key_refused())
            return
        if job.plan is not None:
            self._sum_up(job.plan, words.end(EndReason.FAILED))
        raise error

    def _settle_down(self) -> None:
        self._run.end()
        self._lock(locked=self._jobs.is_busy)
        if self._too_early:
            self._too_early = self.model.restore(self._too_early)
        self._list_keeper.note_change()
        self._table_order()
        self._refresh()

    def _table_order(self) -> None:
        """Make filter and order true again, now that rows no longer change under the pointer."""
        at_hand = self._table.row_at_hand_id()
        self.model.refresh()
        self._show_worth()
        if at_hand is not None:
            self._table.show_row(at_hand)

    def _sum_up(self, plan: Plan, ending: str) -> None:
        rows = [self.batch.row(row.intent_id) for row in plan.rows]
        headline = report_words.headline(rows)
        if not self._sealed and self._profile != PRACTICE:
            ending = " ".join(part for part in (ending, words.journal_not_sealed()) if part)
        self._summary.show_summary(
            headline,
            " · ".join(part for part in (report_words.others(rows), ending) if part),
            report_words.summary(plan, rows, ending),
        )
        announce(self._summary, headline)
        QApplication.alert(self)

    # The list

    @Slot(object, str)
    def _narrow(self, which: Filter, search: str) -> None:
        self.model.narrow(which, search)
        self._show_worth()
        self._refresh_selection()

    def _worth_of(self, which: Filter) -> str:
        rows = [row for row in self.batch.rows if row.state in STATES[which]]
        return words.count_and_worth(rows)

    def _show_worth(self) -> None:
        """Say what is shown, while that is not all."""
        rows = self.model.shown_rows()
        narrowed = 0 < len(rows) < len(self.batch)
        self._filter.show_shown(words.count_and_worth(rows) if narrowed else "")

    @Slot(object)
    def _tick(self, how: Ticking) -> None:
        """Tick or untick what is shown; what can't be chosen stays as it is."""
        rows = self.model.shown_rows()
        if how is Ticking.INVERT:
            ticked = [row for row in rows if self.batch.is_ticked(row)]
            self.model.tick(rows, on=True)
            self.model.tick(ticked, on=False)
        else:
            self.model.tick(rows, on=how is Ticking.ALL)

    @Slot()
    def _refresh(self) -> None:
        self._body.setCurrentIndex(1 if len(self.batch) else 0)
        self._filter.setVisible(len(self.batch) > 0)
        self._run.setVisible(len(self.batch) > 0)
        self._filter.show_counts(self.batch.counts)
        self._refresh_selection()

    @Slot()
    def _refresh_selection(self, *_: object) -> None:
        if not self._jobs.is_busy:
            self._show_selection()
        elif not self._selection.isActive():
            self._selection.start()  # events come in handfuls, and counting takes its time

    @Slot()
    def _show_selection(self) -> None:
        shown = self.model.ticked_and_shown()
        hidden = len(self.batch.ticked()) - len(shown)
        self._run.show_selection(
            ticked=len(shown),
            worth=words.totals(totals(to_pay(row) for row in shown)),
            hidden=hidden,
            busy=self._jobs.is_busy,
            rows=len(self.batch),
        )

    @Slot()
    def _export(self) -> None:
        path = self._exporter.ask_where(self, self._profile.environment)
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write the whole list as CSV, and say so."""
        self._exporter.write(path, self.batch.rows)

    @Slot(str)
    def _tell(self, text: str) -> None:
        self._run.say(text)
        announce(self._run, text)

    # History, help, and the end

    @Slot()
    def _show_history(self) -> None:
        self._histories.show(self._profile)

    @Slot()
    def _show_help(self) -> None:
        answer(HelpDialog(self))

    @Slot()
    def _show_about(self) -> None:
        answer(AboutDialog(self._parts.log, self._parts.journals.path, self))

    def shut_down(self) -> None:
        """Close without a question, once what is under way has ended."""
        self._closing = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask where something would be lost, stop, and close once everything has ended."""
        if not self._closing and not self._may_stop():
            event.ignore()
            return
        self._closing = True
        self._run.show_stopping()
        self._intake.close()
        self._settler.close()
        self._list_keeper.save()
        self._histories.stop()
        self._jobs.close()
        if any(thread.is_busy for thread in self._threads):
            event.ignore()
            QTimer.singleShot(_CLOSE_AGAIN_AFTER, self.close)
            return
        for thread in self._threads:
            thread.close()
        self._parts.remembered.keep(self, self._splitter, self._table.columns)
        self._parts.journals.close()
        event.accept()

    def _may_stop(self) -> bool:
        if not self._jobs.is_running:
            return self._may_leave_unknown()
        if self._profile == PRACTICE:
            later = tr("Practice forgets the list.")
        else:
            later = tr("The rest of the list comes back when you open Cancel Desk again.")
        return ask(
            self,
            "closeDialog",
            tr("Payments are being cancelled"),
            tr("What is on its way will end, the rest will not be sent.") + " " + later,
            tr("Stop and close"),
            tr("Go on cancelling"),
        )

    def _may_leave_unknown(self) -> bool:
        unknown = len(self.batch.in_state(State.UNKNOWN))
        if not unknown:
            return True
        text = tr("It is still being looked up what became of %Ln payment(s).", "", unknown)
        if self._profile == PRACTICE:
            later = tr("If you close now, practice forgets about it.")
        else:
            later = tr("If you close now, that goes on when you open Cancel Desk again.")
        return ask(
            self,
            "closeDialog",
            tr("Not everything is known yet"),
            f"{text} {later}",
            tr("Close all the same"),
            tr("Stay"),
        )


def _import_the_heavy() -> None:
    import keyring  # noqa: F401

    import cancel_desk.desk.engine  # noqa: F401
