"""The window: its panels, and how what happens in one reaches the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow

from cancel_desk.desk.batch import Batch, rows_of
from cancel_desk.desk.clock import Clock
from cancel_desk.desk.intake.find_ids import Findings, Found
from cancel_desk.desk.journal import JournalError
from cancel_desk.desk.journals import Journals, Opened
from cancel_desk.desk.kept_list import KeptLists, Listed
from cancel_desk.desk.profiles import PRACTICE, Profile, Refusal
from cancel_desk.desk.recovery import Recovered
from cancel_desk.desk.row import Row, State
from cancel_desk.desk.settings_store import SettingsStore
from cancel_desk.window import words
from cancel_desk.window.batch_model import BatchModel
from cancel_desk.window.exporting import Exporter
from cancel_desk.window.filters import STATES, Filter
from cancel_desk.window.histories import Histories
from cancel_desk.window.housekeeping import Housekeeping
from cancel_desk.window.intake import Intake
from cancel_desk.window.interrupted import Interrupted
from cancel_desk.window.jobs import Jobs
from cancel_desk.window.key_dialog import Keys
from cancel_desk.window.leaving import may_leave_unknown, may_stop
from cancel_desk.window.list_keeper import ListKeeper
from cancel_desk.window.listing import Listing
from cancel_desk.window.notice import announce, answer, close_dialogs
from cancel_desk.window.other_keys import OtherKeys
from cancel_desk.window.panels import Panels
from cancel_desk.window.plain import visible
from cancel_desk.window.preferences import Preferences
from cancel_desk.window.profile_choice import ProfileChoice
from cancel_desk.window.remembered import Remembered
from cancel_desk.window.runs import Runs
from cancel_desk.window.salvaging import Salvaging
from cancel_desk.window.settling import Settler
from cancel_desk.window.theme import Looks
from cancel_desk.window.translation import tr
from cancel_desk.window.worker import Connect, Errands, Work

# A row in one of these has work under way that will come back to it.
_AT_WORK = {State.CHECKING, State.WAITING, State.CANCELLING, State.UNKNOWN}

_CLOSE_AGAIN_AFTER = 50  # milliseconds
_CHECK_AFTER = 20  # milliseconds, in which what was added is painted


@dataclass(frozen=True, slots=True)
class Parts:
    """What the window works with, put together by the composition root."""

    keys: Keys
    connect: Connect
    journals: Journals
    kept_lists: KeptLists
    remembered: Remembered
    sample: Callable[[], str]  # text with made-up payments, which practice then knows
    settings: SettingsStore
    account: str  # the name on the computer's account
    log: Path
    profile: Profile  # the one to start with
    looks: Looks
    clock: Clock
    in_flight: Callable[[], int]  # requests under way at once, as it is set now
    engine_options: dict[str, object]


class MainWindow(QMainWindow):
    """Cancel Desk."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._closing = False
        self._is_first = False  # of the programs that may be open: the one with the journal
        self._too_early: list[Row] = []  # of an earlier program, while they are being checked
        self.batch = Batch()
        self.model = BatchModel(self.batch, self)
        self._work = Work(
            parts.connect, parts.journals.of, parts.in_flight, self, **parts.engine_options
        )
        self._errands = Errands(self)
        self._slow_errands = Errands(self)  # what may wait for the keyring's password
        self._searches = Errands(self)
        self._exports = Errands(self)
        self._panels = Panels(self.model, self._worth_of)
        self.setCentralWidget(self._panels)
        self._preferences = Preferences(
            parts.settings, parts.account, parts.looks, self._panels.notice, self._errands, self
        )
        self._histories = Histories(parts.journals, self._preferences, parts.clock, self)
        self._threads = (
            self._work,
            self._errands,
            self._slow_errands,
            self._searches,
            self._exports,
            self._histories,
        )
        self._appoint(parts)
        self._connect()
        self._show_profile(parts.profile)
        self._profiles.tell_set_aside()
        self._preferences.tell_problems()
        self._panels.intake.edit.setFocus()
        self.resize(1180, 780)
        self.setAcceptDrops(True)
        self.setMinimumSize(900, 480)
        parts.remembered.restore(self, self._panels.splitter, self._panels.table.columns)

    def _appoint(self, parts: Parts) -> None:
        """Give each subject its own object; the window is what they have in common."""
        panels, notice, errands = self._panels, self._panels.notice, self._errands
        self._jobs = Jobs(self._work, self.model, self)
        self._housekeeping = Housekeeping(self.model, self)
        self._intake = Intake(panels.intake, notice, errands, self)
        self._profiles = ProfileChoice(
            parts.profile, parts.keys, panels.header, notice, errands, self._is_unfinished, self
        )
        self._settler = Settler(self._jobs, self.model, self._profiles.get, parts.clock, self)
        self._interrupted = Interrupted(
            panels.interrupted, parts.journals, self._slow_errands, parts.clock, self
        )
        self._listing = Listing(self.model, self._jobs, panels, self)
        self._runs = Runs(
            self.model,
            self._jobs,
            self._profiles,
            self._listing,
            panels,
            self._preferences,
            parts.clock,
            self,
        )
        self._exporter = Exporter(self._exports, notice, parts.remembered, self)
        self._other_keys = OtherKeys(
            self.model,
            self._profiles,
            parts.keys.profiles,
            parts.connect,
            self._searches,
            notice,
            parts.clock,
            self,
        )
        self._salvaging = Salvaging(notice, errands, self)
        self._list_keeper = ListKeeper(parts.kept_lists, self.model, errands, self)

    def _connect(self) -> None:
        panels = self._panels
        panels.header.history_asked.connect(self._show_history)
        panels.header.settings_asked.connect(self._preferences.open)
        panels.header.guide_asked.connect(self._show_guide)
        panels.header.help_asked.connect(self._show_help)
        panels.header.new_version_asked.connect(self._check_for_new_version)
        panels.header.about_asked.connect(self._show_about)
        panels.intake.find_asked.connect(self._find)
        panels.table.remove_asked.connect(self._remove)
        panels.welcome.sample_asked.connect(self._load_sample)
        panels.welcome.add_key_asked.connect(self._profiles.add_key)
        panels.welcome.guide_asked.connect(self._show_guide)
        panels.run.export_asked.connect(self._export)
        panels.run.practice_asked.connect(self._practise_afresh)
        self._profiles.changed.connect(self._change_profile)
        self._profiles.changed.connect(self._salvaging.use)
        self._profiles.key_replaced.connect(self._renew_profile)
        self._profiles.deleted.connect(self._list_keeper.forget)
        self._intake.found.connect(self._add)
        self._salvaging.wanted.connect(self._add_found)
        self._interrupted.go_on_asked.connect(self._go_on)
        self._interrupted.not_written.connect(self._journal_not_opened)
        self._exporter.done.connect(self._tell)
        self._list_keeper.came_back.connect(self._bring_list_back)
        self._list_keeper.failed.connect(self._list_not_kept)
        self._runs.settled.connect(self._settle_down)
        self._runs.journal_wanted.connect(self._open_journal)
        self._runs.told.connect(self._other_keys.offer)
        self._profiles.changed.connect(self._other_keys.forget)
        self._profiles.key_replaced.connect(self._other_keys.forget)
        self._parts.looks.changed.connect(panels.header.badge.refresh)
        paste = QShortcut(QKeySequence.StandardKey.Paste, self)
        paste.setContext(Qt.ShortcutContext.WindowShortcut)
        paste.activated.connect(self._intake.paste)
        QShortcut(QKeySequence.StandardKey.HelpContents, self).activated.connect(self._show_guide)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and text that are dropped anywhere."""
        data = event.mimeData()
        if data.hasUrls() or data.hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read what was dropped."""
        event.acceptProposedAction()
        self._intake.take(event.mimeData())

    def warm_up(self) -> None:
        """Do what can wait until the window is there: what checks need, and the journal."""
        self._errands.run(_import_the_heavy, lambda _: None, self._raise)
        self._open_journal()

    @Slot()
    def _open_journal(self) -> None:
        self._slow_errands.run(self._parts.journals.open, self._take_up, self._journal_not_opened)

    # What an earlier program left

    def _take_up(self, opened: Opened) -> None:
        """Show what was interrupted, and go on looking up what is unknown."""
        if self._is_first:
            return  # it was asked for again meanwhile
        self._runs.sealed = opened.keyed
        self._is_first = True
        if opened.set_aside is not None:
            self._salvaging.begin(opened.set_aside, self._profile)
        unknown = [
            row for found in opened.recovered for row in found.rows if row.state is State.UNKNOWN
        ]
        self._too_early = self.model.restore(unknown)
        self._interrupted.offer([found for found in opened.recovered if found.interrupted])
        self._list_keeper.use(self._profile)
        self._listing.refresh()
        self._runs.know_past()

    @Slot(object)
    def _bring_list_back(self, rows: tuple[Listed, ...]) -> None:
        """Put back what was in the list and in no run, to be looked up afresh."""
        elsewhere = self._interrupted.ids
        back = [row for row in rows if row.intent_id not in elsewhere]
        new = self.model.add(Found(row.intent_id, row.places, row.may_be_cut) for row in back)
        self.batch.leave_unticked(row.intent_id for row in back if row.unticked)
        if new:
            text = tr("%Ln payment(s) from your last list are back.", "", len(new))
            self._panels.intake.show_outcome(text, has_pieces=False)
        self._check(new)
        self._listing.refresh()

    @Slot(object)
    def _list_not_kept(self, error: OSError) -> None:
        self._panels.notice.say(words.list_not_kept(error))

    @Slot(object)
    def _go_on(self, found: Recovered) -> None:
        """Take the run's rows into the list under its profile, and look them up afresh."""
        if self._jobs.is_busy:
            return
        profile = self._profiles.get(found.plan.profile_id)
        if profile is None:
            self._panels.notice.say(words.profile_refusal(Refusal.UNKNOWN))
            return
        self._profiles.choose(profile)
        if self._profile != profile:
            return  # it could not be used, and that was said
        self._interrupted.decide(found)
        self.model.restore(found.rows)
        self._listing.refresh()
        self._jobs.check(profile, [row.intent_id for row in found.rows], then_confirm=True)

    @Slot(object)
    def _journal_not_opened(self, error: Exception) -> None:
        self._runs.forget_asked()
        if not isinstance(error, JournalError):
            raise error
        self._panels.notice.say(words.journal_problem(error), stays=True)

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
        self._panels.welcome.show_for(profile.environment)
        self._panels.run.show_for(profile.environment)
        word = words.short_environment(profile.environment)
        name = "" if profile == PRACTICE else f", {visible(profile.name)}"
        self.setWindowTitle(f"Cancel Desk: {word}{name}")
        self._listing.refresh()

    @Slot(object)
    def _change_profile(self, profile: Profile) -> None:
        # What was cancelled under one profile must not stand under the name of another.
        self._panels.summary.hide()
        self.model.remove(self.batch.in_state(State.CANCELLED))
        self._look_up_afresh(profile)

    @Slot(object)
    def _renew_profile(self, profile: Profile) -> None:
        self._settler.retry(profile)
        self._look_up_afresh(profile)

    def _look_up_afresh(self, profile: Profile) -> None:
        """Forget what another key said, and look everything up again."""
        if self._is_first:
            self._list_keeper.use(profile)
        self.model.void_checks()
        self._show_profile(profile)
        self._check(row.intent_id for row in self.batch.in_state(State.ADDED))

    # What comes in

    @Slot(object, object)
    def _add(self, rows: list[Row], findings: Findings) -> None:
        new = self.model.take(rows)
        self._intake.tell_outcome(findings, len(new))
        if new and self.model.rowCount() < len(self.batch):
            self._panels.filter.reset()  # what was just added must not be hidden by an older filter
        self._listing.refresh()
        QTimer.singleShot(_CHECK_AFTER, lambda: self._check(new))

    @Slot(object)
    def _add_found(self, found: tuple[Found, ...]) -> None:
        self._add(rows_of(found), Findings(found=found))

    @Slot()
    def _find(self) -> None:
        from cancel_desk.window.find_dialog import FindDialog

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
        if not self._panels.welcome.isEnabled():
            return  # a double click asks once
        self._panels.welcome.setEnabled(False)
        self._errands.run(self._parts.sample, self._take_sample, self._no_sample)

    @Slot()
    def _practise_afresh(self) -> None:
        """Empty the list, whose payments are made up, and begin anew."""
        self._panels.summary.hide()
        self._remove(list(self.batch.rows))
        self._load_sample()

    def _no_sample(self, error: Exception) -> None:
        self._panels.welcome.setEnabled(True)
        raise error

    def _take_sample(self, text: str) -> None:
        self._panels.welcome.setEnabled(True)
        self._intake.take_text(text)

    def _raise(self, error: Exception) -> None:
        raise error

    @Slot(object)
    def _remove(self, rows: list[Row]) -> None:
        """Take highlighted rows off the list; at Dojo nothing happens to them."""
        held = self._jobs.ids
        gone = self.model.remove(
            row for row in rows if row.state not in _AT_WORK and row.intent_id not in held
        )
        staying = len(rows) - gone
        text = tr("%Ln payment(s) taken off this list. Nothing was cancelled at Dojo.", "", gone)
        if staying:
            text += " " + tr("%Ln still at work stayed.", "", staying)
        self._panels.intake.show_outcome(text, has_pieces=False)
        self._listing.refresh()

    def _check(self, ids: Iterable[str]) -> None:
        self._jobs.check(self._profile, ids)

    @Slot()
    def _settle_down(self) -> None:
        """Do what had to wait for the end of a check or a run."""
        if self._too_early:
            self._too_early = self.model.restore(self._too_early)
        self._list_keeper.note_change()

    def _worth_of(self, which: Filter) -> str:
        return words.count_and_worth([row for row in self.batch.rows if row.state in STATES[which]])

    @Slot()
    def _export(self) -> None:
        self._exporter.ask(
            self, self.model, self._panels.table.highlighted_rows(), self._profile.environment
        )

    def export_to(self, path: Path) -> None:
        """Write the whole list as CSV, or as a workbook where the file is called so."""
        self._exporter.write(path, self.batch.rows)

    @Slot(str)
    def _tell(self, text: str) -> None:
        self._panels.run.say(text)
        announce(self._panels.run, text)

    # History, help, and the end

    @Slot()
    def _show_history(self) -> None:
        self._histories.show(self._profile)

    @Slot()
    def _show_guide(self) -> None:
        """Show the guide beside the window; in front, where it is open already."""
        from cancel_desk.window.guide_dialog import GuideDialog

        guide = self.findChild(GuideDialog)
        if guide is None:
            guide = GuideDialog(self)
            guide.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            guide.states_asked.connect(self._show_help)
        guide.show()
        guide.raise_()
        guide.activateWindow()

    @Slot()
    def _show_help(self) -> None:
        from cancel_desk.window.help_dialog import HelpDialog

        answer(HelpDialog(self))

    @Slot()
    def _check_for_new_version(self) -> None:
        from cancel_desk.window.new_version import NewVersionDialog, releases_page

        page = releases_page(self._preferences.effective.policy)
        answer(NewVersionDialog(page, self))

    @Slot()
    def _show_about(self) -> None:
        from cancel_desk.window.help_dialog import AboutDialog

        answer(AboutDialog(self._parts.log, self._parts.journals.path, self))

    def shut_down(self) -> None:
        """Close without a question, once what is under way has ended."""
        self._closing = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask where something would be lost, stop, and close once everything has ended."""
        if not self._closing and not self._may_close():
            event.ignore()
            return
        self._closing = True
        close_dialogs(self)  # a search in one would hold everything up
        self._panels.run.show_stopping()
        self._intake.close()
        self._settler.close()
        self._other_keys.stop()
        self._list_keeper.save()
        self._histories.stop()
        self._jobs.close()
        if any(thread.is_busy for thread in self._threads):
            event.ignore()
            QTimer.singleShot(_CLOSE_AGAIN_AFTER, self.close)
            return
        for thread in self._threads:
            thread.close()
        self._parts.remembered.keep(self, self._panels.splitter, self._panels.table.columns)
        self._parts.journals.close()
        event.accept()

    def _may_close(self) -> bool:
        in_practice = self._profile == PRACTICE
        if self._jobs.is_running:
            return may_stop(self, in_practice)
        unknown = self.batch.counts[State.UNKNOWN]
        return not unknown or may_leave_unknown(self, unknown, in_practice)


def _import_the_heavy() -> None:
    # Not the keyring library, which the journal needs at the same time: two threads that import
    # parts of one package at once can find it half done.
    import cancel_desk.desk.engine  # noqa: F401
    from cancel_desk.desk import records

    records.prepare()
