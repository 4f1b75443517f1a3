"""The first one alone, a look at it, then the rest under the same consent."""

from functools import partial

import pytest
from PySide6.QtWidgets import QCheckBox


@pytest.fixture
def paused(desk):
    """Twelve payments of which the first one is done."""
    ids = desk.ready(12)

    def act(dialog) -> None:
        desk.find(QCheckBox, "firstOneBox", dialog).click()
        desk.click("confirmButton", dialog)

    desk.in_dialog("confirmDialog", partial(desk.click, "cancelPaymentsButton"), act)
    desk.wait(lambda: "look at it" in desk.text("progressLabel"))
    return desk, ids


def test_only_the_first_is_sent_and_shown(paused):
    desk, ids = paused
    assert desk.server.deletes_by_id() == {ids[0]: 1}
    assert desk.states[ids[0]] == "Cancelled"
    assert desk.table.currentIndex().row() == 0
    assert "answer: cancelled" in desk.details
    assert desk.button("pauseButton").text() == "Go on with the other 11"


def test_the_rest_goes_on_without_another_question(paused):
    desk, ids = paused
    desk.click("pauseButton")
    desk.wait_for(12, "Cancelled")
    assert desk.server.deletes_by_id() == dict.fromkeys(ids, 1)
    desk.wait(lambda: desk.is_shown("summaryPanel"))


def test_stopping_sends_nothing_more(paused):
    desk, ids = paused
    desk.click("stopButton")
    desk.wait(lambda: desk.is_shown("summaryPanel"))
    assert list(desk.states.values()) == ["Cancelled"] + ["Not sent"] * 11
    assert desk.server.deletes_by_id() == {ids[0]: 1}


def test_the_window_can_be_closed_while_it_waits(paused):
    desk, ids = paused
    desk.answer("closeDialog", desk.window.close, "Stop and close")
    desk.wait(lambda: not desk.window.isVisible())
    assert desk.server.deletes_by_id() == {ids[0]: 1}


@pytest.mark.parametrize(("count", "offered"), [(10, False), (11, True)])
def test_it_is_offered_for_more_than_ten(desk, count, offered):
    desk.ready(count)

    def act(dialog) -> None:
        assert desk.find(QCheckBox, "firstOneBox", dialog).isVisible() is offered
        desk.click("keepButton", dialog)

    desk.in_dialog("confirmDialog", partial(desk.click, "cancelPaymentsButton"), act)
