"""History, by hand and eye: real journal files, the dialog, and what it writes."""

import csv
import json
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QDate, QEvent, QItemSelectionModel, QLocale, Qt
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDateEdit,
    QFileDialog,
    QLabel,
    QLineEdit,
    QTableView,
    QWidget,
)

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.events import (
    Answered,
    AttemptStarted,
    EndReason,
    PlanMade,
    ReadBack,
    RunClosed,
    RunEnded,
)
from cancel_desk.desk.history import History, PastRun
from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.desk.journals import Journals
from cancel_desk.desk.plan import Plan, PlannedRow
from cancel_desk.desk.profiles import PRACTICE, Environment, Profile
from cancel_desk.dojo.intent import Intent, Money
from cancel_desk.dojo.problem import Kind, Problem
from cancel_desk.window import history_reading, words
from cancel_desk.window.chips import AROUND
from cancel_desk.window.histories import Histories
from cancel_desk.window.runs_model import RunColumn

from .driver import Driver, assert_asks, of

KEY = bytes(32)
ROBIN = SimpleNamespace(operator="robin", retention_months=12)  # all that it asks of the settings
NOW = datetime.now(UTC).replace(microsecond=0)
LEEDS = Profile("1" * 32, "Leeds", Environment.LIVE, "abcd", verified=True)
YORK = Profile("2" * 32, "York", Environment.SANDBOX, "wxyz", verified=True)


class Scribe:
    """Writes runs as the engine would have."""

    def __init__(self, path) -> None:
        self.path = path
        self._numbers = count(1)

    def write(
        self,
        outcomes: str,
        at: datetime = NOW - timedelta(hours=1),
        *,
        profile: Profile = LEEDS,
        reason: str = "Ticket 7",
        reference: str = "",
        end: EndReason | None = EndReason.DONE,
        key: bytes = KEY,
    ) -> Plan:
        """Write a run: for each payment c(ancelled), p(aid), u(nknown) or n(ot sent)."""
        prefix = "pi_" if profile.environment is Environment.LIVE else "pi_sandbox_"
        rows = []
        for number in (next(self._numbers) for _ in outcomes):
            shown = reference or f"Order {number}"
            money = Money(1000, "GBP")
            rows.append(PlannedRow(f"{prefix}{number:021}A", money, shown, at))
        plan = Plan(
            rows=tuple(rows),
            profile=profile.name,
            environment=profile.environment,
            key_hint=profile.key_hint,
            operator="sam",
            reason=reason,
            made_at=at,
            profile_id=profile.id,
        )
        journal = JournalFile(self.path, key)
        journal.append(PlanMade(at=at, plan=plan))
        for row, outcome in zip(rows, outcomes, strict=True):
            journal.append_all(_story(plan.run_id, row, outcome, at))
        if end is not None:
            journal.append(RunEnded(at=at, run_id=plan.run_id, reason=end))
            if "u" not in outcomes:
                journal.append(RunClosed(at=at, run_id=plan.run_id))
        journal.close()
        return plan

    def spoil(self, plan: Plan, number: int) -> None:
        """Edit an entry behind the program's back: capitals for small letters."""
        db = sqlite3.connect(self.path)
        with db:
            db.execute(
                "UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'a', 'A') AS BLOB)"
                " WHERE run = ? AND number = ?",
                (plan.run_id, number),
            )
        db.close()

    @property
    def history(self) -> History:
        return History(self.path, KEY)


def _story(run_id: str, row: PlannedRow, outcome: str, at: datetime) -> list:
    about = {"at": at, "run_id": run_id, "intent_id": row.intent_id}
    intent = partial(Intent, row.intent_id, amount=row.to_pay, reference=row.reference)
    sent = AttemptStarted(number=1, **about)
    return {
        "c": [sent, Answered(answer=intent("Canceled"), **about)],
        "p": [ReadBack(answer=intent("Captured"), **about)],
        "u": [sent, Answered(answer=Problem(Kind.NO_ANSWER), **about)],
        "n": [],
    }[outcome]


@pytest.fixture
def scribe(tmp_path) -> Scribe:
    return Scribe(tmp_path / "data" / "journal.sqlite")


@pytest.fixture
def journals(scribe) -> Iterator[Journals]:
    journals = Journals(scribe.path, lambda: KEY, lambda: NOW)
    yield journals
    journals.close()


class Reader(Driver):
    """An operator who has History open."""

    @property
    def dialog_shown(self) -> QWidget:
        return self.dialog("historyDialog")

    @property
    def runs(self) -> QTableView:
        return self.find(QTableView, "runsTable")

    def column(self, column: RunColumn) -> list[str]:
        model = self.runs.model()
        return [model.index(row, column).data() for row in range(model.rowCount())]

    @property
    def told(self) -> str:
        shown = self.find(QWidget, "historyNotice").isVisible()
        return self.text("noticeText", self.find(QWidget, "historyNotice")) if shown else ""

    def wait_until_read(self, runs: int) -> None:
        wanted = f"{runs} run" if runs == 1 else f"{runs} runs"
        self.wait(lambda: self.text("runsLabel") == wanted and self.model_size == runs)

    @property
    def model_size(self) -> int:
        return self.runs.model().rowCount()

    def choose_runs(self, *positions: int) -> None:
        self.runs.clearSelection()
        how = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for position in positions:
            index = self.runs.model().index(position, 0)
            self.runs.selectionModel().setCurrentIndex(index, how)

    def verify(self) -> str:
        self.click("verifyButton")
        self.wait(self.button("verifyButton").isVisible)
        return self.text("verifyLabel")

    def open_run(self, position: int) -> QWidget:
        self.choose_runs(position)
        self.focus(self.runs)
        self.press(Qt.Key.Key_Return, widget=self.runs)
        self.wait(lambda: self.dialog("runDialog"))
        return self.dialog("runDialog")

    def export(self, action: str) -> str:
        self.menu("exportRunsButton", action)
        self.wait(lambda: self.told)
        return self.told


@pytest.fixture
def open_history(qtbot, looks, journals, scribe) -> Iterator[Callable[..., Reader]]:
    opened = []

    def show(profile=LEEDS, kept_in=journals, recover=True) -> Reader:
        if recover and profile != PRACTICE:
            kept_in.open()
        window = QWidget()
        window.resize(400, 300)
        histories = Histories(kept_in, ROBIN, Clock(), window)
        with qtbot.waitActive(window):
            window.show()
        histories.show(profile)
        reader = Reader(window, qtbot, None)
        reader.histories = histories
        opened.append((window, histories))
        reader.wait(lambda: reader.dialog_shown is not None)
        return reader

    yield show
    for window, histories in opened:
        histories.stop()
        qtbot.waitUntil(lambda histories=histories: not histories.is_busy, timeout=10_000)
        histories.close()
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def file(monkeypatch, tmp_path):
    """The file that the operator chooses, whenever one is asked for."""
    path = tmp_path / "export"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    return path


# --- The list ------------------------------------------------------------------------------------


def test_every_run_is_listed_the_newest_first(open_history, scribe):
    scribe.write("ccp", NOW - timedelta(days=2), reason="Ticket 1")
    scribe.write("n", NOW - timedelta(days=1), profile=YORK, end=EndReason.STOPPED)
    desk = open_history()
    desk.wait_until_read(2)
    assert desk.column(RunColumn.PROFILE) == ["SANDBOX · York", "LIVE · Leeds"]
    assert desk.column(RunColumn.REASON) == ["Ticket 7", "Ticket 1"]
    assert desk.column(RunColumn.OPERATOR) == ["sam", "sam"]
    assert desk.column(RunColumn.PAYMENTS) == ["1", "3"]
    assert desk.column(RunColumn.CANCELLED) == ["–", "£20.00"]
    assert desk.column(RunColumn.END) == ["Stopped", "Finished"]
    assert desk.column(RunColumn.OUTCOME) == ["1 not sent", "2 cancelled, 1 paid meanwhile"]
    shown = desk.column(RunColumn.BEGAN)[1]
    assert shown == QLocale().toString(
        (NOW - timedelta(days=2)).astimezone().replace(tzinfo=None), QLocale.FormatType.ShortFormat
    )


def test_practice_has_a_history_of_its_own(open_history, scribe):
    scribe.write("c")
    desk = open_history(PRACTICE)
    desk.wait(lambda: desk.text("runsLabel") == "0 runs")
    assert desk.model_size == 0
    assert not desk.button("exportRunsButton").isEnabled()


def test_a_run_that_goes_on_is_under_way_and_opening_it_reads_it_anew(
    open_history, scribe, journals
):
    desk_journal = journals.open().journal
    plan = Plan(
        rows=(PlannedRow("pi_" + "0" * 21 + "A", Money(1000, "GBP"), "Order 1", NOW),),
        profile="Leeds",
        environment=Environment.LIVE,
        key_hint="abcd",
        operator="sam",
        reason="",
        made_at=NOW,
    )
    desk_journal.append(PlanMade(at=NOW, plan=plan))
    desk = open_history()
    desk.wait_until_read(1)
    assert desk.column(RunColumn.END) == ["Under way"]
    assert desk.column(RunColumn.OUTCOME) == ["1 waiting"]
    desk_journal.append_all(_story(plan.run_id, plan.rows[0], "c", NOW))
    desk_journal.append(RunEnded(at=NOW, run_id=plan.run_id, reason=EndReason.DONE))
    run = desk.open_run(0)
    assert "Cancelled" in run.findChild(QTableView, "runTable").model().index(0, 5).data()
    assert desk.column(RunColumn.END) == ["Finished"]


def test_what_is_unknown_is_being_looked_up_and_the_run_does_not_pass_for_finished(
    open_history, scribe
):
    scribe.write("cu")
    scribe.write("uun", end=EndReason.STOPPED)
    desk = open_history()
    desk.wait_until_read(2)
    assert desk.column(RunColumn.END) == ["Stopped; 2 not known yet", "Finished; 1 not known yet"]
    assert desk.column(RunColumn.OUTCOME) == [
        "2 being looked up, 1 not sent",
        "1 cancelled, 1 being looked up",
    ]


def test_the_longest_of_usual_texts_is_not_cut_off(open_history, scribe):
    scribe.write("cuu", profile=replace(YORK, name="Leeds shop"))
    desk = open_history()
    desk.wait_until_read(1)
    letters = QFont(desk.runs.font())
    letters.setWeight(QFont.Weight.DemiBold)
    for column in (RunColumn.PROFILE, RunColumn.END):
        (text,) = desk.column(column)
        needed = QFontMetrics(letters).horizontalAdvance(text) + AROUND
        assert desk.runs.columnWidth(column) >= needed


def test_the_fate_that_a_later_run_has_cleared_up_is_known(open_history, scribe):
    plan = scribe.write("cu")
    journal = JournalFile(scribe.path, KEY)
    journal.append(RunClosed(at=NOW, run_id=plan.run_id))
    journal.close()
    desk = open_history()
    desk.wait_until_read(1)
    assert desk.column(RunColumn.END) == ["Finished"]
    assert desk.column(RunColumn.OUTCOME) == ["1 cancelled, 1 cleared up in a later run"]


def test_a_damaged_run_says_from_where_on_and_the_others_are_whole(open_history, scribe):
    scribe.write("cc", NOW - timedelta(days=3), reason="whole")
    spoilt = scribe.write("cc", NOW - timedelta(days=2), reason="spoilt later")
    lost = scribe.write("cc", NOW - timedelta(days=1), reason="lost")
    scribe.spoil(spoilt, 3)
    scribe.spoil(lost, 0)
    desk = open_history()
    desk.wait_until_read(3)
    assert desk.column(RunColumn.END) == [
        "Damaged",
        "Damaged",
        "Finished",
    ]
    assert desk.column(RunColumn.OUTCOME) == [
        "nothing in it can be trusted",
        "from entry 4 on; before that: 1 cancelled, 1 waiting",
        "2 cancelled",
    ]
    run = desk.open_run(1)
    assert "from entry 4 on nothing in it can be trusted" in desk.text("runEnding", run)
    run.close()
    desk.choose_runs(0)
    desk.click("openRunButton")
    desk.wait(lambda: "from entry 1 on nothing" in desk.told)


def test_the_list_of_runs_itself_may_be_damaged(open_history, scribe, journals):
    scribe.write("c")
    journals.open()
    db = sqlite3.connect(scribe.path)
    with db:
        db.execute("UPDATE runs SET length = 0")
    db.close()
    desk = open_history(recover=False)
    desk.wait(lambda: "The journal is damaged" in desk.told)
    assert "Not intact: the list of runs" in desk.verify()


# --- Narrowing it down ---------------------------------------------------------------------------


@pytest.fixture
def three(open_history, scribe) -> tuple[Reader, list[Plan]]:
    plans = [
        scribe.write("c", NOW - timedelta(days=40), reason="Ticket 1", reference="Sofa"),
        scribe.write("c", NOW - timedelta(days=10), reason="Ticket 2", reference="Table"),
        scribe.write("c", NOW - timedelta(minutes=1), reason="Fraud", reference="Chair"),
    ]
    desk = open_history()
    desk.wait_until_read(3)
    return desk, plans


def test_narrowing_down_by_reason_reference_and_payment(three):
    desk, plans = three
    field = desk.find(QLineEdit, "historySearchEdit")
    for text, reasons in {
        "ticket": ["Ticket 2", "Ticket 1"],
        "CHAIR": ["Fraud"],
        plans[1].rows[0].intent_id: ["Ticket 2"],
        "nothing like that": [],
        "": ["Fraud", "Ticket 2", "Ticket 1"],
    }.items():
        field.setText(text)
        desk.wait(lambda reasons=reasons: desk.column(RunColumn.REASON) == reasons)
        desk.wait_until_read(len(reasons))


def test_narrowing_down_by_days(three):
    desk, _ = three
    period = desk.find(QComboBox, "periodCombo")
    period.setCurrentIndex(3)
    desk.wait_until_read(2)
    period.setCurrentIndex(4)
    first, last = (desk.find(QDateEdit, name) for name in ("firstDayEdit", "lastDayEdit"))
    assert first.isVisible()
    today = QDate.currentDate()
    first.setDate(today.addDays(-45))
    last.setDate(today.addDays(-20))
    desk.wait_until_read(1)
    assert desk.column(RunColumn.REASON) == ["Ticket 1"]
    first.setDate(today)
    assert last.date() == today
    period.setCurrentIndex(0)
    desk.wait_until_read(3)


def test_an_api_key_does_not_stay_in_the_search_field(three):
    desk, _ = three
    field = desk.find(QLineEdit, "historySearchEdit")
    field.setText("sk_prod_" + "a" * 40)
    assert "aaaa" not in field.text()


# --- One run -------------------------------------------------------------------------------------


def test_a_run_is_opened_with_its_payments_and_each_attempt(open_history, scribe):
    plan = scribe.write("cpn", end=EndReason.STOPPED)
    desk = open_history()
    desk.wait_until_read(1)
    run = desk.open_run(0)
    table = run.findChild(QTableView, "runTable")
    model = table.model()
    assert [model.index(row, 1).data() for row in range(3)] == [r.intent_id for r in plan.rows]
    assert [model.index(row, 3).data() for row in range(3)] == [r.reference for r in plan.rows]
    states = [model.index(row, 5).data() for row in range(3)]
    assert states[0].startswith("Cancelled ")
    assert states[1:] == ["Paid meanwhile: refund it", "Not sent"]
    pane = run.findChild(QWidget, "runDetailsPane")
    said = "\n".join(label.text() for label in pane.findChildren(QLabel) if label.isVisible())
    at = words.to_the_second(plan.made_at, datetime.now(UTC))
    assert f"{at}  cancel sent (try 1)" in said
    assert f"{at}  answer: cancelled" in said
    assert "Leeds (key …abcd) · sam" in desk.text("runFacts", run)
    assert "Reason: Ticket 7" in desk.text("runFacts", run)
    assert "It was stopped by the operator." in desk.text("runEnding", run)


def test_a_double_click_opens_and_the_payments_can_only_be_looked_at(open_history, scribe):
    scribe.write("n", end=EndReason.STOPPED)
    desk = open_history()
    desk.wait_until_read(1)
    place = desk.runs.visualRect(desk.runs.model().index(0, 0)).center()
    desk.bot.mouseClick(desk.runs.viewport(), Qt.MouseButton.LeftButton, pos=place)
    desk.bot.mouseDClick(desk.runs.viewport(), Qt.MouseButton.LeftButton, pos=place)
    desk.wait(lambda: desk.dialog("runDialog"))
    run = desk.dialog("runDialog")
    table = run.findChild(QTableView, "runTable")
    desk.focus(table)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_Return):
        desk.press(key, widget=table)
    assert table.model().rowCount() == 1
    assert not table.model().batch.ticked()
    assert run.isVisible()
    desk.press(Qt.Key.Key_Escape, widget=table)
    desk.wait(lambda: desk.dialog("runDialog") is None)
    assert desk.dialog_shown.isVisible()


def test_the_summary_can_be_copied_for_a_ticket(open_history, scribe):
    plan = scribe.write("cn", end=EndReason.STOPPED)
    desk = open_history()
    desk.wait_until_read(1)
    run = desk.open_run(0)
    desk.click("copyRunSummaryButton", run)
    text = QGuiApplication.clipboard().text()
    assert "LIVE · Leeds (key …abcd)" in text
    assert "Reason: Ticket 7" in text
    assert "1 of 2 payments cancelled" in text
    assert "It was stopped by the operator." in text
    assert all(row.intent_id in text for row in plan.rows)


def test_what_strangers_wrote_is_shown_as_it_is(open_history, scribe):
    hostile = "<img src=x>\u202egnp.exe <b>=1+1</b>"
    scribe.write("c", reason=hostile, reference=hostile)
    desk = open_history()
    desk.wait_until_read(1)
    shown = "<img src=x>\\u{202E}gnp.exe <b>=1+1</b>"
    assert desk.column(RunColumn.REASON) == [shown]
    reason = desk.runs.model().index(0, RunColumn.REASON)
    assert "<img" not in reason.data(Qt.ItemDataRole.ToolTipRole)
    run = desk.open_run(0)
    assert run.findChild(QTableView, "runTable").model().index(0, 3).data() == shown
    for label in run.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText or not label.text()
        assert "\u202e" not in label.text()


# --- Verify --------------------------------------------------------------------------------------


def test_an_intact_journal(open_history, scribe):
    scribe.write("cc")
    scribe.write("n")
    desk = open_history()
    assert desk.verify() == "All 10 entries are intact. Runs: 2."


def test_the_first_entry_that_was_edited_is_named(open_history, scribe):
    scribe.write("c", NOW - timedelta(days=3))
    plan = scribe.write("cc", NOW - timedelta(days=2))
    scribe.spoil(plan, 2)
    desk = open_history()
    said = desk.verify()
    began = QLocale().toString(
        plan.made_at.astimezone().replace(tzinfo=None), QLocale.FormatType.ShortFormat
    )
    assert f"Not intact: entry 3 of the run that began on {began}" in said
    assert "Before it, 7 entries are intact." in said
    assert "tell your IT team" in said


def test_what_the_key_at_hand_cannot_vouch_for_is_told(open_history, scribe):
    scribe.write("c", key=b"")
    scribe.write("c")
    desk = open_history()
    said = desk.verify()
    assert said.startswith("All 10 entries are intact. Runs: 2.")
    assert "can’t vouch for 5 entries of them" in said


def test_verifying_can_be_stopped(open_history, scribe):
    scribe.write("c")
    unlocked = threading.Event()

    def slow_keyring() -> bytes:
        assert unlocked.wait(20)
        return KEY

    waiting = Journals(scribe.path, slow_keyring, lambda: NOW)
    desk = open_history(kept_in=waiting, recover=False)
    desk.click("verifyButton")
    desk.click("stopVerifyButton")
    unlocked.set()
    desk.wait(desk.button("verifyButton").isVisible)
    assert desk.text("verifyLabel").startswith("You stopped it. The first 5 entries are intact;")
    assert desk.verify() == "All 5 entries are intact. Runs: 1."
    waiting.close()


def test_nothing_to_verify(open_history):
    desk = open_history()
    assert desk.verify() == "There is nothing to verify yet: the journal is empty."


def test_closing_while_it_verifies_and_reads(open_history, scribe):
    for _ in range(30):
        scribe.write("c" * 20)
    desk = open_history()
    desk.click("verifyButton")
    desk.press(Qt.Key.Key_Escape, widget=desk.dialog_shown)
    desk.wait(lambda: desk.dialog_shown is None and not desk.histories.is_busy)


# --- Export --------------------------------------------------------------------------------------


def lines_of(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_payments_are_exported_for_spreadsheets(open_history, scribe, file):
    plan = scribe.write("cp", reason="=1+1", reference="@SUM(A1)")
    desk = open_history()
    desk.wait_until_read(1)
    assert desk.button("exportRunsButton").text() == "&Export 1 run"
    assert desk.export("exportCsvAction") == f"2 payments exported to {file}."
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    assert [row["Payment"] for row in rows] == [row.intent_id for row in plan.rows]
    assert {row["Reason"] for row in rows} == {"'=1+1"}
    assert {row["Run"] for row in rows} == {plan.run_id}
    assert {row["Confirmed (UTC)"] for row in rows} == {f"{plan.made_at:%Y-%m-%d %H:%M:%S}"}
    assert {row["Reference"] for row in rows} == {"'@SUM(A1)"}
    assert [row["State"] for row in rows] == ["Cancelled", "Paid meanwhile: refund it"]


def test_every_entry_of_the_chosen_runs_is_exported_as_json_lines(open_history, scribe, file):
    scribe.write("c")
    chosen = scribe.write("cu", reason="this one")
    desk = open_history()
    desk.wait_until_read(2)
    desk.choose_runs(0)
    assert desk.button("exportRunsButton").text() == "&Export 1 chosen run"
    assert "1 run exported" in desk.export("exportLinesAction")
    lines = lines_of(file)
    assert {line["run"] for line in lines} == {chosen.run_id}
    assert [line["number"] for line in lines] == list(range(len(lines)))
    kinds = [line["event"]["_type"] for line in lines]
    assert kinds[0] == "PlanMade"
    assert kinds.count("AttemptStarted") == 2
    assert kinds[-1] == "RunEnded"


def test_an_export_says_that_of_damaged_runs_there_is_only_a_part_in_it(open_history, scribe, file):
    spoilt = scribe.write("cc", NOW - timedelta(days=2))
    whole = scribe.write("c")
    scribe.spoil(spoilt, 3)
    desk = open_history()
    desk.wait_until_read(2)
    said = desk.export("exportLinesAction")
    assert "2 runs exported" in said
    assert "1 damaged run: what came before the damage is in it." in said
    marks = [line for line in lines_of(file) if "damaged" in line]
    assert [(line["run"], line["number"]) for line in marks] == [(spoilt.run_id, 3)]
    assert {line["run"] for line in lines_of(file)} == {spoilt.run_id, whole.run_id}
    desk.click("dismissNoticeButton", desk.dialog_shown)
    said = desk.export("exportCsvAction")
    assert "3 payments exported" in said
    assert "1 damaged run: what came before the damage is in it." in said


def test_an_export_that_fails_leaves_the_file_as_it_was(
    open_history, scribe, monkeypatch, tmp_path
):
    scribe.write("c")
    nowhere = tmp_path / "no such folder" / "export"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(nowhere), ""))
    desk = open_history()
    desk.wait_until_read(1)
    for action in ("exportCsvAction", "exportLinesAction"):
        assert "The file could not be written: No such file" in desk.export(action)
        desk.click("dismissNoticeButton", desk.dialog_shown)


# --- Old runs ------------------------------------------------------------------------------------

LONG_AGO = NOW - timedelta(days=400)


@pytest.fixture
def old(open_history, scribe) -> tuple[Reader, Plan, Plan]:
    before = scribe.write("cc", LONG_AGO, reason="long ago")
    young = scribe.write("c")
    desk = open_history()
    desk.wait(lambda: desk.is_shown("retentionBar"))
    desk.wait_until_read(2)
    return desk, before, young


def ask_to_remove(desk: Reader, button: str) -> str:
    """Ask for old runs to be removed, and answer the question."""
    asked = []

    def act(box) -> None:
        asked.append(desk.text("questionText", box))
        assert_asks(box, leave="Keep them", do="Remove 1 run")
        desk.click(next(each for each in of(box, QAbstractButton) if each.text() == button))

    desk.in_dialog("removeRunsDialog", lambda: desk.click("exportAndRemoveButton"), act)
    desk.wait(lambda: desk.told)
    return asked[0]


def test_old_runs_are_exported_and_removed_and_a_marker_stands_for_them(old, scribe, file):
    desk, before, young = old
    assert desk.text("retentionText") == "Older than 12 months: 1 run."
    asked = ask_to_remove(desk, "Remove 1 run")
    assert "That can’t be undone" in asked
    assert desk.told == f"1 run removed. The file has them: {file}"
    assert {line["run"] for line in lines_of(file)} == {before.run_id}
    desk.wait(lambda: not desk.is_shown("retentionBar"))
    desk.wait(lambda: desk.column(RunColumn.END)[1:] == ["Removed"])
    assert desk.column(RunColumn.OUTCOME)[1].startswith("on ")
    assert desk.column(RunColumn.OUTCOME)[1].endswith(" by robin, 7 entries")
    assert desk.column(RunColumn.PROFILE)[1] == "Leeds"
    assert "long ago" not in scribe.path.read_bytes().decode("latin-1")
    said = desk.verify()
    assert said.startswith("All 6 entries are intact. Runs: 2.")
    assert "Removed with Cancel Desk, with a marker in its place: 1 run." in said
    assert isinstance(scribe.history.read(young.run_id), PastRun)


def test_nothing_is_removed_when_the_operator_keeps_them(old, scribe, file):
    desk, before, _ = old
    ask_to_remove(desk, "Keep them")
    assert desk.told == f"Nothing was removed. The exported file stays: {file}"
    assert scribe.history.older_than(NOW) == [before.run_id]
    assert desk.button("exportAndRemoveButton").isEnabled()


def test_nothing_is_removed_without_a_file(old, scribe, monkeypatch, tmp_path):
    desk, before, _ = old
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    desk.click("exportAndRemoveButton")
    desk.wait(lambda: desk.button("exportAndRemoveButton").isEnabled())
    nowhere = tmp_path / "no such folder" / "export"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(nowhere), ""))
    desk.click("exportAndRemoveButton")
    desk.wait(lambda: "could not be written" in desk.told)
    assert desk.dialog("removeRunsDialog") is None
    assert scribe.history.older_than(NOW) == [before.run_id]


def test_a_damaged_old_run_stays(open_history, scribe, file):
    spoilt = scribe.write("cc", LONG_AGO)
    scribe.write("cc", LONG_AGO)
    scribe.spoil(spoilt, 3)
    desk = open_history()
    desk.wait(lambda: desk.is_shown("retentionBar"))
    asked = ask_to_remove(desk, "Remove 1 run")
    assert "1 damaged run left out" in asked
    assert scribe.history.older_than(NOW) == [spoilt.run_id]
    desk.click("dismissNoticeButton", desk.dialog_shown)
    desk.click("exportAndRemoveButton")
    desk.wait(lambda: "removing them would hide that" in desk.told)
    assert "Not intact" in desk.verify()


def test_beside_another_program_one_can_look_verify_and_export_but_not_remove(
    open_history, scribe, journals, file
):
    before = scribe.write("cc", LONG_AGO)
    journals.open()
    second = Journals(scribe.path, lambda: KEY, lambda: NOW)
    desk = open_history(kept_in=second, recover=False)
    desk.wait_until_read(1)
    desk.wait(lambda: desk.is_shown("retentionBar"))
    assert desk.verify() == "All 7 entries are intact. Runs: 1."
    assert "exported" in desk.export("exportLinesAction")
    file.unlink()
    desk.click("dismissNoticeButton", desk.dialog_shown)
    desk.click("exportAndRemoveButton")
    desk.wait(lambda: "Cancel Desk is open in another window" in desk.told)
    assert "look, verify and export" in desk.told
    assert not file.exists()
    assert scribe.history.older_than(NOW) == [before.run_id]
    second.close()


# --- The dialog ----------------------------------------------------------------------------------


def test_one_history_is_open_at_a_time(open_history, scribe):
    scribe.write("c")
    desk = open_history()
    desk.wait_until_read(1)
    first = desk.dialog_shown
    desk.histories.show(YORK)
    assert desk.dialog_shown is first
    desk.histories.show(PRACTICE)
    desk.wait(lambda: desk.text("runsLabel") == "0 runs")
    assert desk.dialog_shown.windowTitle() == "History of practice"


def test_runs_are_shown_while_others_are_read(open_history, scribe, monkeypatch):
    ticks = count()
    monkeypatch.setattr(history_reading, "monotonic", lambda: next(ticks))  # each run takes long
    for _ in range(3):
        scribe.write("c")
    desk = open_history()
    grown = []
    desk.runs.model().rowsInserted.connect(lambda _, first, last: grown.append((first, last)))
    desk.wait_until_read(3)
    assert grown == [(0, 0), (1, 1), (2, 2)]


def test_it_can_be_worked_by_keyboard_and_heard(three):
    desk, _ = three
    dialog = desk.dialog_shown
    desk.focus(desk.runs)
    names = []
    while (name := QApplication.focusWidget().objectName()) not in names:
        names.append(name)
        assert QApplication.focusWidget().accessibleName() or QApplication.focusWidget().text()
        desk.press(Qt.Key.Key_Tab)
    for name in (
        *("periodCombo", "historySearchEdit", "refreshButton", "runsTable", "verifyButton"),
        *("exportRunsButton", "closeHistoryButton"),
    ):
        assert name in names
    letters = [
        letter.lower()
        for widget in (*of(dialog, QAbstractButton), *of(dialog, QLabel))
        for letter in re.findall("&(?!&)(.)", widget.text())
    ]
    assert len(set(letters)) == len(letters) > 6, letters
    field = desk.find(QLineEdit, "historySearchEdit")
    desk.focus(field)
    desk.press(Qt.Key.Key_Return, widget=field)
    assert dialog.isVisible()
    desk.press(Qt.Key.Key_Escape, widget=field)
    desk.wait(lambda: desk.dialog_shown is None)
