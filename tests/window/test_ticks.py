"""What is ticked and visible is what is sent: nothing else ticks, nothing else is sent."""

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from .driver import PAYMENT, STATE_COLUMN, TICK


def test_what_is_ready_is_ticked_and_nothing_else_can_be(desk):
    ready = desk.create(2)
    paid = desk.server.create(10, status="Captured")
    desk.load([*ready, paid])
    assert desk.ticked == ready
    desk.click_cell(paid, TICK)
    desk.highlight(paid)
    desk.press(Qt.Key.Key_Space, widget=desk.table)
    assert desk.ticked == ready


def test_a_click_in_its_cell_ticks(desk):
    ids = desk.ready(3)
    desk.click_cell(ids[1], TICK)
    assert desk.ticked == [ids[0], ids[2]]
    assert desk.selection.startswith("2 payments ticked")
    assert desk.button("cancelPaymentsButton").text() == "&Cancel 2 payments…"
    desk.click_cell(ids[1], TICK)
    assert desk.ticked == ids


def test_space_ticks_all_that_is_highlighted(desk):
    ids = desk.ready(4)
    desk.highlight(ids[0], ids[2])
    desk.press(Qt.Key.Key_Space, widget=desk.table)
    assert desk.ticked == [ids[1], ids[3]]
    desk.highlight(*ids[:3])
    desk.press(Qt.Key.Key_Space, widget=desk.table)
    assert desk.ticked == ids


def test_the_header_ticks_all_that_is_shown(desk):
    ids = desk.ready(3)
    desk.click_header(TICK)
    assert desk.ticked == []
    assert desk.selection == "Nothing ticked"
    assert not desk.button("cancelPaymentsButton").isEnabled()
    desk.search("10.00")
    desk.click_header(TICK)
    desk.search("")
    assert desk.ticked == ids[:1]


def test_nothing_else_ticks(desk):
    ids = desk.ready(3)
    desk.click_header(TICK)
    for column in range(PAYMENT, STATE_COLUMN + 1):
        desk.click_cell(ids[0], column)
        desk.bot.mouseDClick(
            desk.table.viewport(), Qt.MouseButton.LeftButton, pos=desk.middle(1, column)
        )
    for key in (Qt.Key.Key_Return, Qt.Key.Key_A, Qt.Key.Key_Down, Qt.Key.Key_F2):
        desk.press(key, widget=desk.table)
    desk.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier, desk.table)
    assert desk.table.selectionModel().selectedRows()
    assert desk.ticked == []


def test_ticked_rows_that_the_filter_hides_are_named_and_not_sent(desk):
    ids = desk.ready(3)
    desk.search("10.00")
    assert desk.ids == ids[:1]
    assert desk.selection == (
        "1 payment ticked · £10.00\n2 more ticked rows, hidden by the filter, will not be sent."
    )
    assert desk.button("cancelPaymentsButton").text() == "&Cancel 1 payment…"
    desk.run()
    assert desk.server.deletes_by_id() == {ids[0]: 1}
    desk.search("")
    assert desk.ticked == ids[1:]


def test_where_all_ticked_rows_are_hidden_nothing_can_be_sent(desk):
    desk.ready(1)
    desk.search("no such thing")
    assert desk.selection == "1 ticked row, hidden by the filter, will not be sent."
    assert not desk.button("cancelPaymentsButton").isEnabled()


def test_totals_are_by_currency(desk):
    ids = [desk.server.create(123456), desk.server.create(1), desk.server.create(500, "EUR")]
    desk.load(ids)
    assert desk.selection == "3 payments ticked · £1,234.57 and €5.00"


def test_a_check_leaves_the_ticks_as_the_operator_has_put_them(desk):
    ids = desk.ready(2)
    desk.click_cell(ids[0], TICK)
    before = desk.server.requests
    desk.click("checkButton")
    desk.wait(lambda: desk.server.requests == before + 2 and desk.idle)
    assert desk.ticked == [ids[1]]


def test_what_changed_a_moment_ago_is_left_unticked_and_says_so(desk):
    calm, lively = (desk.server.create(created_ago=3600) for _ in range(2))
    desk.server.set_status(lively, "Created")  # something happened to it, now
    desk.load([calm, lively])
    assert desk.ticked == [calm]
    assert desk.cell(1, STATE_COLUMN).data() == "Ready, just changed"
    desk.highlight(lively)
    assert "someone may be paying it now" in desk.details
    desk.click_cell(lively, TICK)
    assert desk.ticked == [calm, lively]


def test_what_ends_by_itself_within_a_day_says_so(desk):
    soon, later = (
        desk.server.create(expires_in=5 * 3600 + 60),
        desk.server.create(expires_in=90_000),
    )
    desk.load([soon, later])
    assert [desk.cell(row, STATE_COLUMN).data() for row in (0, 1)] == [
        "Ready, ends in 5 h",
        "Ready",
    ]
    desk.highlight(soon)
    assert "It ends by itself in 5 h" in desk.details


def choose_ticks(desk, which) -> None:
    desk.menu("tickButton", f"tick{which}Action")


def test_all_none_and_the_other_way_round(desk):
    ids = desk.ready(3)
    paid = desk.server.create(status="Captured")
    desk.load([paid])
    choose_ticks(desk, "None")
    assert desk.ticked == []
    choose_ticks(desk, "All")
    assert desk.ticked == ids
    desk.click_cell(ids[1], TICK)
    choose_ticks(desk, "Invert")
    assert desk.ticked == [ids[1]]


def test_they_mean_only_what_is_shown(desk):
    ids = desk.ready(2, reference="Table")
    others = desk.ready(2, reference="Chair")
    desk.search("chair")
    desk.wait(lambda: desk.ids == others)
    choose_ticks(desk, "None")
    desk.search("")
    desk.wait(lambda: len(desk.ids) == 4)
    assert desk.ticked == ids


def test_what_is_shown_is_added_up_while_it_is_not_all(desk):
    desk.load([desk.server.create(1000, reference="Table"), desk.server.create(250, "EUR")])
    assert desk.text("shownLabel") == ""
    desk.search("table")
    desk.wait(lambda: desk.text("shownLabel") == "1 payment · £10.00")
    desk.search("")
    desk.wait(lambda: desk.text("shownLabel") == "")


def test_a_chip_tells_what_its_payments_come_to(desk):
    desk.load([desk.server.create(1000), desk.server.create(250, "EUR")])
    chip = desk.button("readyChip")
    event = QHelpEvent(QEvent.Type.ToolTip, QPoint(), chip.mapToGlobal(QPoint()))
    QApplication.sendEvent(chip, event)
    desk.wait(lambda: "2 payments · £10.00 and €2.50" in QToolTip.text())
    QToolTip.hideText()
