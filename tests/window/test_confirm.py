"""The last look: what it says, what it asks, and that nothing but its red button sends."""

from datetime import UTC, datetime
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPolygon
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
)

from cancel_desk.desk.events import Checked, CheckStarted
from cancel_desk.desk.profiles import PRACTICE, Environment, Profile
from cancel_desk.desk.row import Row
from cancel_desk.dojo.intent import Intent, Money
from cancel_desk.window import confirm_dialog
from cancel_desk.window.confirm_dialog import ConfirmDialog
from cancel_desk.window.theme import current_theme

from .driver import of

LIVE = Profile("1" * 32, "Leeds shop", Environment.LIVE, "x9Rk", verified=True)
SANDBOX = Profile("2" * 32, "Trials", Environment.SANDBOX, "abcd", verified=True)


def texts(dialog, kind=QLabel) -> list[str]:
    return [each.text() for each in of(dialog, kind) if each.isVisible() and each.text()]


@pytest.fixture
def opened(desk):
    """Opens the dialog in practice by the red button, and acts on it."""
    return lambda act: desk.in_dialog(
        "confirmDialog", partial(desk.click, "cancelPaymentsButton"), act
    )


@pytest.fixture
def ask(qtbot, looks):
    """Makes the dialog for any profile: a live key can't be had against a practice server."""

    def make(count, profile=LIVE, currency="GBP") -> ConfirmDialog:
        rows = []
        now = datetime.now(UTC)
        for number in range(count):
            row = Row(f"pi_{number:022}")
            intent = Intent(
                row.intent_id,
                "Created",
                amount=Money(100, currency),
                reference=f"Order {number}",
                created_at=now,
            )
            row.apply(CheckStarted(at=now, intent_id=row.intent_id))
            row.apply(Checked(at=now, intent_id=row.intent_id, answer=intent))
            rows.append(row)
        dialog = ConfirmDialog(rows, profile, needs_reason=profile == LIVE)
        qtbot.addWidget(dialog)
        with qtbot.waitActive(dialog):
            dialog.show()
        return dialog

    return make


def field(dialog, name) -> QLineEdit:
    return dialog.findChild(QLineEdit, name)


def red(dialog) -> QPushButton:
    return dialog.findChild(QPushButton, "confirmButton")


# --- In practice, from the window ----------------------------------------------------------------


def test_it_says_how_many_how_much_where_and_since_when(desk, opened):
    ids = [desk.server.create(431000), desk.server.create(50), desk.server.create(999, "EUR")]
    desk.load(ids)

    def look(dialog) -> None:
        said = texts(dialog)
        assert "Cancel 3 payments permanently?" in said
        assert "£4,310.50 and €9.99" in said
        assert "PRACTICE: no real payments" in said
        assert "Practice" in said
        assert any("can’t be undone" in text for text in said)
        assert any(" to " in text for text in said)
        assert dialog.windowTitle() == "PRACTICE: Cancel 3 payments?"
        listed = dialog.findChild(QTableWidget, "confirmList")
        assert [listed.item(row, 2).text() for row in range(listed.rowCount())] == ids
        dialog.reject()

    opened(look)


def test_its_buttons_say_what_they_do_and_the_safe_one_is_the_default(desk, opened):
    desk.ready(2)

    def look(dialog) -> None:
        buttons = {each.objectName(): each for each in of(dialog, QPushButton)}
        assert set(buttons) == {"confirmButton", "keepButton"}
        assert buttons["confirmButton"].text() == "&Cancel 2 payments permanently"
        assert buttons["keepButton"].text() == "&Keep them"
        assert buttons["keepButton"].isDefault()
        assert not buttons["confirmButton"].isDefault()
        assert not buttons["confirmButton"].autoDefault()
        dialog.reject()

    opened(look)


@pytest.mark.parametrize("how", ["button", "Esc", "close", "Enter"])
def test_nothing_is_sent_when_they_are_kept(desk, opened, how):
    ids = desk.ready(3)
    asked = desk.server.requests

    def keep(dialog) -> None:
        match how:
            case "button":
                desk.click("keepButton", dialog)
            case "Esc":
                desk.press(Qt.Key.Key_Escape)
            case "close":
                dialog.close()
            case "Enter":
                desk.focus(dialog.findChild(QPushButton, "keepButton"))
                desk.press(Qt.Key.Key_Return)

    opened(keep)
    assert set(desk.states.values()) == {"Ready"}
    assert desk.ticked == ids
    desk.click("checkButton")  # whatever comes next, no cancel had been on its way
    desk.wait(lambda: desk.idle and desk.server.requests == asked + 3)
    assert desk.server.deletes_by_id() == {}


def test_enter_in_the_reason_moves_on_and_answers_nothing(desk, opened):
    desk.ready(1)

    def press(dialog) -> None:
        reason = field(dialog, "reasonEdit")
        desk.focus(reason)
        desk.press(Qt.Key.Key_Return)
        assert dialog.isVisible()
        assert QApplication.focusWidget() is not reason
        desk.focus(reason)
        desk.press(Qt.Key.Key_Enter)
        assert dialog.isVisible()
        dialog.reject()

    opened(press)
    assert desk.server.deletes_by_id() == {}


def test_exactly_what_was_confirmed_is_sent(desk):
    created = desk.create(6)
    paid = desk.server.create(7, status="Captured")
    gone = desk.server.create(8, status="Canceled")
    desk.load([*created, paid, gone])
    desk.click_cell(created[1], 0)
    desk.click_cell(created[4], 0)
    desk.run("SUP-2214")
    sent = [created[0], created[2], created[3], created[5]]
    assert desk.server.deletes_by_id() == dict.fromkeys(sent, 1)
    assert desk.server.effects_by_id() == dict.fromkeys(sent, 1)
    assert [desk.states[intent_id] for intent_id in sent] == ["Cancelled"] * 4
    assert desk.states[created[1]] == "Ready"


def test_a_payment_that_was_paid_behind_the_dialog_is_not_cancelled(desk, opened):
    paid, other = desk.ready(2)

    def pay_and_confirm(dialog) -> None:
        desk.server.set_status(paid, "Captured")
        desk.click("confirmButton", dialog)

    opened(pay_and_confirm)
    desk.wait(lambda: desk.idle and desk.states[other] == "Cancelled")
    assert desk.states[paid] == "Paid meanwhile"
    assert desk.server.effects(paid) == 0


def test_in_practice_the_reason_is_offered_only(desk, opened):
    desk.ready(12)

    def look(dialog) -> None:
        assert red(dialog).isEnabled()
        assert field(dialog, "reasonEdit").isVisible()
        assert not field(dialog, "countEdit").isVisible()
        assert any("optional" in text for text in texts(dialog))
        dialog.reject()

    opened(look)


def test_a_key_or_card_in_the_reason_does_not_stay(desk, opened):
    desk.ready(1)

    def paste(dialog) -> None:
        reason = field(dialog, "reasonEdit")
        desk.paste("SUP-1 sk_prod_CanaryCanaryCanary 4111 1111 1111 1111", reason)
        assert reason.text().startswith("SUP-1 ")
        assert "Canary" not in reason.text()
        assert "1111" not in reason.text()
        desk.click("confirmButton", dialog)

    opened(paste)
    desk.wait(lambda: desk.idle and set(desk.states.values()) == {"Cancelled"})


# --- On live and sandbox -------------------------------------------------------------------------


def test_on_live_a_reason_is_needed(ask):
    dialog = ask(3)
    assert not red(dialog).isEnabled()
    field(dialog, "reasonEdit").setText("   ")
    assert not red(dialog).isEnabled()
    assert "Give a reason or a ticket number first." in texts(dialog)
    field(dialog, "reasonEdit").setText(" SUP-1 ")
    assert red(dialog).isEnabled()
    assert dialog.reason == "SUP-1"


def test_what_is_missing_is_said_aloud_when_it_changes(ask, monkeypatch):
    heard = []
    monkeypatch.setattr(confirm_dialog, "announce", lambda _, text: heard.append(text))
    dialog = ask(11)
    assert heard == []  # it opened with it
    field(dialog, "reasonEdit").setText("Ticket 7")
    field(dialog, "countEdit").setText("1")
    field(dialog, "countEdit").setText("11")
    field(dialog, "reasonEdit").setText(" ")
    assert heard == [
        "Type 11 in the field above first.",
        "Nothing is missing any more.",
        "Give a reason or a ticket number first.",
    ]


def test_tab_goes_through_the_questions_to_the_safe_button_and_then_the_red_one(ask, qtbot):
    dialog = ask(11)
    field(dialog, "reasonEdit").setText("Ticket 7")
    field(dialog, "countEdit").setText("11")
    order = []
    while (name := QApplication.focusWidget().objectName()) not in order:
        order.append(name)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert order == [
        *("reasonEdit", "countEdit", "firstOneBox", "keepButton", "confirmButton", "confirmList")
    ]


@pytest.mark.parametrize("ticked", [False, True])
def test_the_keyboard_is_seen_all_around_the_words_of_a_tick_box(ask, ticked):
    dialog = ask(11)
    box = dialog.findChild(QCheckBox, "firstOneBox")
    box.setChecked(ticked)
    before = box.grab().toImage()
    box.setFocus()
    after = box.grab().toImage()
    accent = QColor(current_theme().accent)
    places = [
        QPoint(x, y)
        for x in range(after.width())
        for y in range(after.height())
        if after.pixelColor(x, y) == accent != before.pixelColor(x, y)
    ]
    ring = QPolygon(places).boundingRect()
    assert ring.height() >= box.height() - 4
    assert box.fontMetrics().horizontalAdvance(box.text()) <= ring.width()
    assert ring.right() <= box.width() - 1


@pytest.mark.parametrize(("count", "asked"), [(10, False), (11, True), (1200, True)])
def test_on_live_more_than_ten_need_their_number_typed(ask, count, asked):
    dialog = ask(count)
    field(dialog, "reasonEdit").setText("SUP-1")
    assert field(dialog, "countEdit").isVisible() is asked
    assert red(dialog).isEnabled() is not asked


@pytest.mark.parametrize("typed", ["1200", "1,200", "1.200", "1 200", " 12\u00a000 ", "1’200"])
def test_separators_in_the_number_are_ignored(ask, typed):
    dialog = ask(1200)
    field(dialog, "reasonEdit").setText("SUP-1")
    field(dialog, "countEdit").setText(typed)
    assert red(dialog).isEnabled()


@pytest.mark.parametrize("typed", ["", "1199", "12000", "120", "yes", "١٢٠٠"])
def test_another_number_is_not_enough(ask, typed):
    dialog = ask(1200)
    field(dialog, "reasonEdit").setText("SUP-1")
    field(dialog, "countEdit").setText(typed)
    assert not red(dialog).isEnabled()
    assert "Type 1,200 in the field above first." in texts(dialog)


def test_enter_in_the_number_answers_nothing(ask, qtbot):
    dialog = ask(11)
    field(dialog, "reasonEdit").setText("SUP-1")
    field(dialog, "countEdit").setText("11")
    field(dialog, "countEdit").setFocus()
    qtbot.keyClick(field(dialog, "countEdit"), Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert QApplication.focusWidget() is not field(dialog, "countEdit")


def test_live_looks_like_live(ask):
    dialog = ask(2)
    assert dialog.windowTitle() == "LIVE: Cancel 2 payments?"
    assert "LIVE: real payments" in texts(dialog)
    assert "Leeds shop · key ending x9Rk" in texts(dialog)


def test_sandbox_asks_for_nothing(ask):
    dialog = ask(50, SANDBOX)
    assert red(dialog).isEnabled()
    assert dialog.windowTitle() == "SANDBOX: Cancel 50 payments?"
    assert "SANDBOX: test payments" in texts(dialog)


@pytest.mark.parametrize(("count", "listed"), [(1, 1), (30, 30), (31, 31), (500, 31)])
def test_the_list_is_cut_at_thirty(ask, count, listed):
    dialog = ask(count, PRACTICE)
    table = dialog.findChild(QTableWidget, "confirmList")
    assert table.rowCount() == listed
    if count > 30:
        assert table.item(30, 1).text() == f"… and {count - 30} more"


def test_one_payment_is_one_payment(ask):
    dialog = ask(1, PRACTICE)
    assert "Cancel 1 payment permanently?" in texts(dialog)
    assert red(dialog).text() == "&Cancel 1 payment permanently"
