"""Checks and runs on screen: the consent, the progress, and what became of it."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from cancel_desk.desk.batch import planned_rows
from cancel_desk.desk.clock import Clock
from cancel_desk.desk.effective import Effective
from cancel_desk.desk.events import EndReason, PauseReason
from cancel_desk.desk.limits import exceeded
from cancel_desk.desk.plan import Plan, PlannedRow, totals
from cancel_desk.desk.profiles import PRACTICE, Profile
from cancel_desk.desk.row import Row, State
from cancel_desk.dojo.problem import Kind
from cancel_desk.window import report_words, settings_words, words
from cancel_desk.window.batch_model import BatchModel
from cancel_desk.window.jobs import Job, JobKind, Jobs
from cancel_desk.window.listing import Listing
from cancel_desk.window.not_begun import why_not_begun
from cancel_desk.window.notice import announce, answer
from cancel_desk.window.panels import Panels
from cancel_desk.window.preferences import Preferences
from cancel_desk.window.profile_choice import ProfileChoice
from cancel_desk.window.translation import tr


class Runs(QObject):
    """Asks for consent, shows what is under way, and sums it up.

    Args:
        model: the list.
        jobs: carries out what was consented to.
        profiles: the profile in use, which stays as it is meanwhile.
        listing: is put in order after each job.
        panels: where it is shown.
        preferences: who consents, and within which limits.
        clock: whose time counts.
        parent: its owner.
    """

    journal_wanted = Signal()  # a run was asked for, and what earlier ones left is not known yet
    settled = Signal()  # a check or a run is over
    told = Signal()  # and what came of it was said

    def __init__(
        self,
        model: BatchModel,
        jobs: Jobs,
        profiles: ProfileChoice,
        listing: Listing,
        panels: Panels,
        preferences: Preferences,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.sealed = True  # the journal, by a key in the keyring
        self._model = model
        self._batch = model.batch
        self._jobs = jobs
        self._profiles = profiles
        self._listing = listing
        self._panels = panels
        self._preferences = preferences
        self._clock = clock
        self._told_strangers = False  # that practice knows only its own payments
        self._knows_past = False  # what earlier programs left is in the list
        self._asked = False  # to cancel, before that was so
        self._is_due = False  # the question, once nothing more is being checked
        panels.run.check_asked.connect(self._check_again)
        panels.run.cancel_asked.connect(self.confirm)
        panels.run.pause_asked.connect(jobs.pause)
        panels.run.stop_asked.connect(self._stop)
        panels.table.check_asked.connect(self._check_rows)
        profiles.changed.connect(self._forget)
        profiles.key_replaced.connect(self._forget)
        jobs.began.connect(self._begin)
        jobs.progressed.connect(panels.run.show_done)
        jobs.paused.connect(self._show_pause)
        jobs.resumed.connect(self._show_resumed)
        jobs.ended.connect(self._end)
        jobs.failed.connect(self._fail)

    @Slot()
    def _forget(self) -> None:
        self._told_strangers = False

    @Slot()
    def _check_again(self) -> None:
        """Check the highlighted rows, if they are several; else everything that is shown."""
        rows = self._panels.table.highlighted_rows()
        self._check_rows(rows if len(rows) > 1 else self._model.shown_rows())

    @Slot(object)
    def _check_rows(self, rows: list[Row]) -> None:
        ids = (row.intent_id for row in rows if row.may_be_checked)
        self._jobs.check(self._profiles.profile, ids)

    @Slot()
    def confirm(self) -> None:
        """Ask whether to cancel what is ticked and shown, and have it done."""
        rows = self._model.ticked_and_shown()
        if not rows or self._jobs.is_busy:
            return
        profile, planned = self._profiles.profile, planned_rows(rows)
        if profile != PRACTICE and not self._knows_past:
            self._asked = True
            self._panels.notice.say(
                tr("The journal is being opened. You are asked as soon as that is done.")
            )
            self.journal_wanted.emit()
            return
        if self._refuses(planned, profile):
            return
        from cancel_desk.window.confirm_dialog import ConfirmDialog

        needs_reason = self._preferences.effective.needs_reason(profile.environment)
        dialog = ConfirmDialog(rows, profile, needs_reason, self._panels.window())
        # What holds may have changed while the question stood there.
        if not answer(dialog) or self._refuses(planned, profile, dialog.reason):
            return
        plan = Plan(
            rows=planned,
            profile=tr("Practice") if profile == PRACTICE else profile.name,
            environment=profile.environment,
            key_hint=profile.key_hint,
            profile_id=profile.id,
            operator=self._preferences.operator,
            reason=dialog.reason,
            made_at=self._clock.now(),
            first_alone=dialog.first_alone,
        )
        self._jobs.carry_out(profile, plan)

    def _refuses(
        self, planned: Sequence[PlannedRow], profile: Profile, reason: str | None = None
    ) -> bool:
        """Tell whether such a run may not be made, and say why."""
        before = self._preferences.set_aside
        try:
            effective = self._preferences.look_again()
        except OSError as error:  # with them the limits would be gone
            self._panels.notice.say(settings_words.not_read(error))
            return True
        refusal = _refusal(effective, planned, profile)
        aside = self._preferences.set_aside
        if aside is not None and aside != before:  # and the operator's own limits with them
            refusal = refusal or settings_words.set_aside(aside)
        if reason == "" and effective.needs_reason(profile.environment):
            refusal = refusal or tr("Give a reason or a ticket number first.")
        if refusal:
            self._panels.notice.say(refusal)
        return bool(refusal)

    def know_past(self) -> None:
        """Note that what earlier programs left is in the list; ask what had to wait for it."""
        self._knows_past = True
        if self._asked:
            self.forget_asked()
            QTimer.singleShot(0, self.confirm)

    def forget_asked(self) -> None:
        """Don't ask later what could not be asked."""
        self._asked = False

    @Slot(object)
    def _begin(self, job: Job) -> None:
        running = job.kind is JobKind.RUN
        if running:
            self._panels.summary.hide()
        self._panels.notice.expire()
        if not self._is_typing():
            # Or Qt would move it from the buttons that are disabled now.
            self._panels.table.take_focus()
        self._lock(locked=True)
        verb = tr("Cancelling") if running else tr("Checking")
        self._panels.run.begin(verb, len(job.ids), _under_way(job))
        self._listing.show_selection()

    def _lock(self, locked: bool) -> None:
        self._profiles.lock(locked)
        self._panels.interrupted.setEnabled(not locked)

    def _is_typing(self) -> bool:
        return isinstance(self._panels.window().focusWidget(), QLineEdit | QPlainTextEdit)

    @Slot()
    def _stop(self) -> None:
        self._panels.run.show_stopping()
        self._jobs.stop()

    @Slot(object, object)
    def _show_pause(self, why: PauseReason, until: datetime | None) -> None:
        self._panels.run.show_pause(why, until)
        plan = self._jobs.plan
        if why is PauseReason.FIRST_ONE and plan is not None:
            self._panels.table.show_row(plan.rows[0].intent_id)
            if not self._is_typing():  # a space there would be consent here
                self._panels.run.focus_pause()
            announce(self._panels.run, words.pause(why, until))

    @Slot()
    def _show_resumed(self) -> None:
        self._panels.run.show_pause(None)

    @Slot(object, object)
    def _end(self, job: Job, why: EndReason) -> None:
        self._settle_down()
        ending = words.end(why)
        if job.plan is not None:
            self._sum_up(job.plan, ending)
        elif why is EndReason.STOPPED:
            text = tr("You stopped the check. What was not reached is as it was before.")
            self._panels.notice.say(text)
        elif ending:
            self._panels.notice.say(ending)
        else:
            self._panels.run.say_selection()
        if not self._is_typing():
            self._leave_focus(after_run=job.plan is not None)
        self._is_due = why is EndReason.DONE and (self._is_due or job.then_confirm)
        if self._is_due:
            QTimer.singleShot(0, self._confirm_due)
        self._tell_strangers()
        self.told.emit()

    @Slot()
    def _confirm_due(self) -> None:
        """Ask now, or after what is being checked by now."""
        if self._is_due and not self._jobs.is_busy:
            self._is_due = False
            self.confirm()

    def _leave_focus(self, after_run: bool) -> None:
        """Put the focus where the work goes on."""
        if after_run:
            self._panels.summary.take_focus()
        else:
            self._panels.table.take_focus()

    def _tell_strangers(self) -> None:
        """Say, once, that practice does not know real payments."""
        if self._profiles.profile != PRACTICE or self._told_strangers or not self._has_strangers():
            return
        self._told_strangers = True
        self._panels.notice.say(
            tr(
                "You are in practice, which knows only its own made-up payments. For real"
                " ones choose your profile, or add your key."
            )
        )

    def _has_strangers(self) -> bool:
        return self._batch.counts[State.NOT_FOUND] > 0 or any(
            row.problem is not None and row.problem.kind is Kind.WRONG_ENVIRONMENT
            for row in self._batch.in_state(State.COULDNT_CHECK)
        )

    @Slot(object, object)
    def _fail(self, job: Job, error: Exception) -> None:
        self._settle_down()
        text = why_not_begun(error)
        if text:
            self._panels.notice.say(text)
            return
        if job.plan is not None:
            self._sum_up(job.plan, words.end(EndReason.FAILED))
        raise error

    def _settle_down(self) -> None:
        self._panels.run.end()
        self._lock(locked=self._jobs.is_busy)
        self.settled.emit()
        self._listing.put_in_order()
        self._listing.refresh()

    def _sum_up(self, plan: Plan, ending: str) -> None:
        rows = [self._batch.row(row.intent_id) for row in plan.rows]
        headline = report_words.headline(rows)
        if not self.sealed and self._profiles.profile != PRACTICE:
            ending = " ".join(part for part in (ending, words.journal_not_sealed()) if part)
        outcome = " · ".join(part for part in (report_words.others(rows), ending) if part)
        self._panels.summary.show_summary(
            headline,
            outcome,
            report_words.summary(plan, rows, ending),
            report_words.summary_markdown(plan, rows, ending),
        )
        announce(self._panels.summary, " · ".join(part for part in (headline, outcome) if part))
        QApplication.alert(self._panels.window())


def _under_way(job: Job) -> str:
    """Return which payments a job is about."""
    if job.plan is None:
        return tr("%Ln payment(s) being looked up", "", len(job.ids))
    confirmed = tr("%Ln payment(s) confirmed", "", len(job.ids))
    return " · ".join(part for part in (confirmed, words.totals(job.plan.totals())) if part)


def _refusal(effective: Effective, planned: Sequence[PlannedRow], profile: Profile) -> str:
    """Return why no run of these may be made, and who can change that; empty where it may."""
    broken = effective.refuses_run(profile.environment)
    if broken is not None:
        return settings_words.policy_problem(broken)
    worth = totals(row.to_pay for row in planned)
    over = exceeded(len(planned), worth, effective.limits)
    return settings_words.exceeded(over) if over is not None else ""
