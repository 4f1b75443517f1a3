"""What a check shows: states in words, what to do next, every field; strangers' text as text."""

from datetime import UTC, datetime
from functools import partial

import pytest
from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget

from cancel_desk.desk.row import State
from cancel_desk.practice import Fault, Kind
from cancel_desk.window import words
from cancel_desk.window.icons import STATE_LOOKS

from .driver import AMOUNT, PAYMENT, REFERENCE, STATE_COLUMN

OVER = "Nothing, it can’t be paid any more."
# How each status of the API reads: state, chip, what to do.
STATUSES = {
    "Created": ("Ready", "Ready", "The red button cancels it if it is ticked."),
    "Authorized": ("Not cancellable", "Authorised: reverse it", "Reverse it in the Dojo portal."),
    "Captured": ("Not cancellable", "Paid: refund it", "Refund it in the Dojo portal."),
    "Reversed": ("Not cancellable", "Reversed already", OVER),
    "Refunded": ("Not cancellable", "Refunded already", OVER),
    "Canceled": ("Already cancelled", "Already cancelled", OVER),
    "OnHold": ("Not cancellable", "Can’t be cancelled (OnHold)", "Look it up in the Dojo portal."),
}
# Nothing can, or need, be done about these.
NOTHING_TO_DO = {
    State.ADDED,
    State.CHECKING,
    State.ALREADY_CANCELLED,
    State.WAITING,
    State.CANCELLING,
    State.CANCELLED,
}


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_has_its_state_its_chip_and_its_advice(desk, status):
    state, chip, advice = STATUSES[status]
    [intent_id] = desk.create(1, status=status)
    desk.load([intent_id])
    assert desk.states == {intent_id: state}
    assert desk.cell(0, STATE_COLUMN).data() == chip
    desk.click_cell(intent_id, PAYMENT)
    assert f"What to do: {advice}" in desk.details


def test_a_payment_the_key_does_not_know(desk):
    stranger = "pi_sandbox_" + "A" * 22
    desk.load([stranger])
    assert desk.states == {stranger: "Not found"}
    desk.click_cell(stranger, PAYMENT)
    assert "Dojo knows no such payment with this key." in desk.details
    assert "another shop" in desk.details


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault(Kind.REFUSE, code=500, detail="The tills are on fire"), "Something went wrong"),
        (Fault(Kind.REFUSE, code=418), "Dojo said: “"),
        (Fault(Kind.HTML), "could not be understood"),
        (Fault(Kind.RESET), "No answer came"),
    ],
    ids=["500", "418", "a page", "cut off"],
)
def test_a_check_that_fails_says_why_and_what_to_do(desk, fault, why):
    [intent_id] = desk.create(1)
    desk.server.faults.add(fault)
    desk.load([intent_id])
    assert desk.states == {intent_id: "Couldn't check"}
    desk.click_cell(intent_id, PAYMENT)
    assert why in desk.details
    assert "What to do: Wait a minute, then check it again." in desk.details
    desk.server.faults.clear()
    desk.press(Qt.Key.Key_F5)
    desk.wait_for(1, "Ready")


def test_the_server_s_words_and_trace_are_in_the_details(desk):
    [intent_id] = desk.create(1)
    desk.server.faults.add(Fault(Kind.REFUSE, code=500, detail="The tills are on fire"))
    desk.load([intent_id])
    desk.click_cell(intent_id, PAYMENT)
    details = desk.details.replace("\u200b", "")
    assert "The tills are on fire" in details
    assert "HTTP 500" in details
    assert "traceId 00-" in details


def test_the_check_that_is_highlighted_or_all_that_is_shown(desk):
    ids = desk.ready(4)
    asked = desk.server.requests
    desk.highlight(ids[0], ids[1])
    desk.click("checkButton")
    desk.wait(lambda: desk.idle and desk.server.requests == asked + 2)
    desk.search("10.00")
    desk.click("checkButton")
    desk.wait(lambda: desk.idle and desk.server.requests == asked + 3)


@pytest.mark.parametrize("state", State)
def test_each_state_has_a_name_a_meaning_a_shape_and_advice_where_there_is_any(looks, state):
    assert words.state_name(state)
    meaning, advice = words.meaning(state)
    assert meaning
    assert bool(advice) is (state not in NOTHING_TO_DO)
    assert STATE_LOOKS[state]


def test_states_that_ask_for_different_things_look_different():
    alike = {State.NOT_CANCELLABLE, State.PAID_MEANWHILE}  # the same advice
    shapes = [shape for state, (shape, _) in STATE_LOOKS.items() if state not in alike]
    assert len(set(shapes)) == len(shapes)


def test_the_help_explains_every_state(desk):
    def look(dialog) -> None:
        said = {label.text() for label in dialog.findChildren(QLabel)}
        for state in State:
            assert words.state_name(state) in said
            assert words.meaning(state)[0] in said
        assert "" not in {label.text() for label in dialog.findChildren(QLabel) if label.text()}
        dialog.accept()

    desk.in_dialog("helpDialog", partial(desk.menu, "helpButton", "helpAction"), look)


# --- The details ---------------------------------------------------------------------------------


def moment(nanoseconds: int) -> str:
    local = QDateTime.fromSecsSinceEpoch(nanoseconds // 10**9)
    return QLocale().toString(local, QLocale.FormatType.ShortFormat)


def test_the_details_hold_every_field_and_copy_as_text(desk):
    intent_id = desk.server.create(
        123456,
        "EUR",
        "Order 7",
        description="Corner sofa",
        created_ago=3 * 3600 + 60,
        capture_mode="Manual",
        given={"totalAmount": {"value": 123956, "currencyCode": "EUR"}},
    )
    desk.load([intent_id])
    desk.click_cell(intent_id, REFERENCE)
    made = desk.server.intent(intent_id)
    desk.click("copyDetailsButton")
    for text in (desk.details.replace("\u200b", ""), QGuiApplication.clipboard().text()):
        for part in (
            "€1,239.56 · Order 7",
            intent_id,
            "Created",
            "€1,234.56",
            "€1,239.56",
            "Order 7",
            "Corner sofa",
            f"{moment(made.created_at)} (3 h ago)",
            moment(made.updated_at),
            moment(made.expire_at),
            "the card is only authorised; the money is taken later",
            "Pasted text, line 1",
            "checked: not paid yet",
        ):
            assert part in text


def test_how_the_money_is_taken_is_told_only_where_it_is_unusual(desk):
    usual = desk.server.create(100, capture_mode="Auto")
    desk.load([usual])
    desk.click_cell(usual, REFERENCE)
    assert "Once paid" not in desk.details
    assert "Auto" not in desk.details


def test_advice_is_loud_only_where_something_is_wrong(desk):
    ready = desk.server.create(100)
    paid = desk.server.create(200, status="Captured")
    lately = desk.server.create(300, created_ago=3600)
    desk.server.set_status(lately, "Created")  # something happened to it, now
    gone = desk.server.create(400, status="Canceled")
    desk.load([ready, paid, lately, gone])
    loud = {}
    for intent_id in (ready, paid, lately, gone):
        desk.click_cell(intent_id, REFERENCE)
        label = desk.find(QLabel, "adviceLabel")
        assert label.text().startswith("What to do: ")
        loud[intent_id] = label.font().weight() > QFont.Weight.Normal
    assert loud == {ready: False, paid: True, lately: True, gone: False}


def test_what_has_no_value_is_left_out_and_the_expiry_is_explained(desk):
    intent_id = desk.server.create(100, description=None, expires_in=None)
    desk.load([intent_id])
    desk.click_cell(intent_id, REFERENCE)
    desk.click("copyDetailsButton")
    copied = QGuiApplication.clipboard().text()
    assert "Description" not in copied
    assert "Expires: 30 days after it was created" in copied


def test_the_timeline_grows_with_what_happens(desk):
    [intent_id] = desk.ready(1)
    desk.click_cell(intent_id, PAYMENT)
    desk.run()
    lines = desk.details.splitlines()
    told = [line[10:] for line in lines if line[2:3] == ":" and line[5:6] == ":"]
    assert told == [
        "added",
        "checked: not paid yet",
        "confirmed",
        "cancel sent (try 1)",
        "answer: cancelled",
    ]
    now = datetime.now(UTC).astimezone()
    assert desk.cell(0, STATE_COLUMN).data() in {
        f"Cancelled {now:%H:%M}",
        f"Cancelled {now.replace(minute=(now.minute - 1) % 60):%H:%M}",
    }


def test_the_details_fit_their_width(desk):
    intent_id = desk.server.create(100, reference="W" * 300, description="M" * 300)
    desk.load([intent_id])
    desk.click_cell(intent_id, PAYMENT)
    pane = desk.find(QScrollArea, "detailsPane")
    desk.wait(lambda: pane.widget().width() <= pane.viewport().width())
    for label in pane.findChildren(QLabel):
        if label.isVisible():
            right = label.mapTo(pane.viewport(), label.rect().topRight()).x()
            assert right <= pane.viewport().width()


# --- Text from strangers -------------------------------------------------------------------------

HOSTILE = {
    "html": "<b>bold</b><img src='file:///etc/passwd' width=4000 height=3000>",
    "link": "<a href='https://example.org'>click</a> &amp; &lt;",
    "rich": "<qt><h1>Big</h1></qt>",
    "bidi": "Order \u202e00.01£ yap\u202c \u2066x\u2069",
    "control": "one\ttwo\x07\x1b[31m",
    "invisible": "zero\u200bwidth\u00ad\ufeff",
    "long": "X" * 1000,
    "mnemonic": "Bright & Sons %1 %2 %n",
}
NEVER_SHOWN = "\u202e\u202c\u2066\u2069\x07\x1b\ufeff\u00ad"


def look_everywhere() -> None:
    """Every text on screen is plain, and shows what would hide."""
    for widget in QApplication.allWidgets():
        if isinstance(widget, QLabel) and widget.text():
            assert widget.textFormat() is Qt.TextFormat.PlainText, widget.text()
            assert not set(widget.text()) & set(NEVER_SHOWN)
        assert "<img" not in widget.toolTip()
        assert widget.width() < 4000
        assert widget.height() < 4000


@pytest.mark.parametrize("kind", HOSTILE)
def test_strangers_text_is_text_everywhere(desk, kind):
    hostile = HOSTILE[kind]
    ids = [
        desk.server.create(1, reference=hostile, description=hostile),
        desk.server.create(2, reference=hostile, status="Captured"),
        desk.server.create(3, reference=hostile),
    ]
    desk.server.set_status(ids[2], hostile[:60])
    desk.load(ids)
    for row in range(3):
        for column in range(desk.table.model().columnCount()):
            cell = desk.cell(row, column)
            assert not set(str(cell.data() or "")) & set(NEVER_SHOWN)
            tip = cell.data(Qt.ItemDataRole.ToolTipRole) or ""
            inside = tip.removeprefix("<qt>").removesuffix("</qt>")
            assert "<" not in inside
        desk.click_cell(ids[row], REFERENCE)
        look_everywhere()
    assert desk.table.grab().width() < 4000

    def look(dialog) -> None:
        look_everywhere()
        assert dialog.width() < 2000
        desk.click("confirmButton", dialog)

    refusal = Fault(Kind.REFUSE, code=400, methods=("DELETE",), detail=hostile)
    desk.server.faults.add(refusal)
    desk.in_dialog("confirmDialog", partial(desk.click, "cancelPaymentsButton"), look)
    desk.wait(lambda: desk.states[ids[0]] == "Refused" and desk.idle)
    desk.click_cell(ids[0], AMOUNT)
    look_everywhere()
    desk.click("copySummaryButton")
    assert not set(QGuiApplication.clipboard().text()) & set(NEVER_SHOWN)


def test_a_reference_is_shown_as_it_is(desk):
    ids = [
        desk.server.create(1, reference="Bright & Sons <kitchen> %1 %n"),
        desk.server.create(2, reference="a\u202eb"),
    ]
    desk.load(ids)
    assert desk.cell(0, REFERENCE).data() == "Bright & Sons <kitchen> %1 %n"
    assert desk.cell(1, REFERENCE).data() == "a\\u{202E}b"
    desk.click_cell(ids[0], PAYMENT)
    assert "Bright & Sons <kitchen> %1 %n" in desk.details.replace("\u200b", "")


@pytest.mark.parametrize("placeholder", ["%1", "%2", "%n"])
def test_a_placeholder_in_a_stranger_s_text_is_not_filled_in(desk, placeholder):
    [intent_id] = desk.create(1)
    desk.server.set_status(intent_id, f"Held {placeholder}")
    desk.load([intent_id])
    assert desk.cell(0, STATE_COLUMN).data() == f"Can’t be cancelled (Held {placeholder})"
    desk.click_cell(intent_id, PAYMENT)
    assert f"“Held {placeholder}”" in desk.details
    assert desk.find(QWidget, "detailsPane").isVisible()
