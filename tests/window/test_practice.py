"""Practice can be begun anew, when nothing is left in it to practise on."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cancel_desk.practice import Fault, Kind

from .driver import PAYMENT


def test_one_click_begins_it_afresh(desk):
    button = desk.button("practiseAfreshButton")
    desk.click("sampleButton")
    desk.wait(lambda: desk.selection.startswith("16 payments ticked"))
    assert not button.isVisible()
    before = desk.ids
    desk.run()
    assert button.isVisible()
    desk.click(button)
    desk.wait(lambda: desk.selection.startswith("16 payments ticked"))
    assert len(desk.ids) == 25
    assert not set(desk.ids) & set(before)
    assert not button.isVisible()
    assert not desk.is_shown("summaryPanel")
    desk.run()
    assert desk.text("summaryHeadline").startswith("All 16 payments cancelled")


def test_it_is_there_as_long_as_nothing_is_ticked_and_by_keyboard(desk):
    desk.ready(2)
    button = desk.button("practiseAfreshButton")
    desk.run()
    desk.click("hideSummaryButton")
    assert button.isVisible()
    desk.narrow("cancelled")
    assert button.isVisible()
    desk.focus(button)
    desk.press(Qt.Key.Key_Space, widget=button)
    desk.wait(lambda: desk.selection.startswith("16 payments ticked"))
    assert len(desk.ids) == 25  # and not behind the filter


def test_what_is_still_being_looked_up_stays(desk):
    lost, done = desk.ready(2)
    desk.server.faults.add(Fault(Kind.RESET, methods=("DELETE",), id=lost))
    desk.server.faults.add(Fault(Kind.RESET, methods=("GET",), id=lost))
    desk.confirm()
    desk.wait(lambda: desk.states[done] == "Cancelled")
    desk.click("stopButton")
    desk.wait(lambda: desk.idle and desk.button("practiseAfreshButton").isVisible())
    for _ in range(2):
        desk.click("practiseAfreshButton")  # a double click asks once
    desk.wait(lambda: len(desk.ids) > 1 and desk.idle and len(desk.ticked) == 16)
    assert lost in desk.ids
    assert done not in desk.ids
    assert len(desk.ids) == 26


def test_real_payments_are_left_alone(open_shop, shop):
    desk = open_shop()
    desk.load([shop.create(1000)])
    desk.click_cell(desk.ids[0], PAYMENT)
    desk.run("SUP-1")
    assert not desk.find(QWidget, "practiseAfreshButton").isVisible()
