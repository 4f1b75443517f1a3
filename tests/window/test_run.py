"""A run as the operator sees it: progress, pause, stop, trouble, the unknown, and the outcome."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QProgressBar, QPushButton

from cancel_desk.practice import Fault, Kind

from .driver import PAYMENT


@pytest.fixture
def desk(open_window, gate):
    """Windows close before the gate goes: whatever hangs there is let go first."""
    yield open_window(in_flight=2)
    gate.open()


def bar(desk) -> QProgressBar:
    return desk.find(QProgressBar, "progressBar")


def progress(desk) -> str:
    return desk.text("progressLabel")


def is_amber(desk) -> bool:
    return bar(desk).property("paused") is True


# --- Progress, pause, stop -----------------------------------------------------------------------


def test_progress_is_determinate_never_goes_back_and_has_words(desk, gate):
    gate.open()
    ids = desk.create(40)
    desk.server.faults.add(Fault(Kind.RESET, methods=("DELETE",), chance=0.2, seed=7, after=True))
    desk.load(ids)
    seen, said = [], []
    bar(desk).valueChanged.connect(seen.append)
    bar(desk).valueChanged.connect(lambda done: said.append((done, progress(desk))))
    ranges = []
    desk.table.model().dataChanged.connect(
        lambda *_: ranges.append((bar(desk).minimum(), bar(desk).maximum()))
    )
    desk.confirm()
    desk.wait(lambda: seen and seen[-1] == 40)
    desk.wait(lambda: desk.idle)
    after_start = seen[seen.index(0) :] if 0 in seen else seen
    assert after_start == sorted(after_start)
    assert set(ranges) == {(0, 40)}
    assert progress(desk).startswith("Cancelling 40 of 40")
    assert all(text.startswith("Cancelling") for done, text in said if done)


def test_the_buttons_are_those_of_a_run_while_it_runs(desk, gate):
    desk.ready(3)
    desk.confirm()
    desk.wait(lambda: gate.held)
    desk.wait(lambda: desk.states and "Cancelling" in desk.states.values())
    assert not desk.button("cancelPaymentsButton").isEnabled()
    assert not desk.button("checkButton").isEnabled()
    assert desk.button("exportButton").isEnabled()
    assert desk.button("pauseButton").isVisible()
    assert desk.button("stopButton").isVisible()
    assert not desk.find(QComboBox, "profileCombo").isEnabled()
    assert not desk.button("keysButton").isEnabled()
    gate.open()
    desk.wait(lambda: desk.idle)
    assert desk.find(QComboBox, "profileCombo").isEnabled()
    assert desk.button("keysButton").isEnabled()
    assert not desk.button("pauseButton").isVisible()


def test_the_line_of_the_selection_tells_what_is_under_way(desk, gate):
    ids = desk.create(2)
    desk.server.faults.add(Fault(Kind.SLOW, methods=("GET",), seconds=0.1))
    desk.add("\n".join(ids))
    desk.wait(lambda: not desk.idle)
    assert desk.selection == "2 payments being looked up"
    desk.wait_for(2, "Ready")
    assert desk.selection == "2 payments ticked · £21.00"
    desk.confirm()
    assert desk.selection == "2 payments confirmed · £21.00"
    desk.wait(lambda: gate.held)
    assert desk.selection == "2 payments confirmed · £21.00"
    gate.open()
    desk.wait(lambda: desk.idle)
    assert desk.selection == "Nothing ticked"


def test_pause_is_amber_and_sends_nothing_until_it_goes_on(desk, gate):
    ids = desk.ready(8)
    desk.confirm()
    desk.wait(lambda: len(gate.held) == 2)
    desk.click("pauseButton")
    assert is_amber(desk)
    assert "Paused by you" in progress(desk)
    assert desk.button("pauseButton").text() == "Res&ume"
    gate.open()
    desk.wait(lambda: list(desk.states.values()).count("Cancelled") == 2)
    assert not desk.server.wait_until(lambda: len(gate.held) > 2, timeout=0.3)
    assert "Paused by you" in progress(desk)
    desk.click("pauseButton")
    assert not is_amber(desk)
    assert desk.button("pauseButton").text() == "Pa&use"
    desk.wait_for(8, "Cancelled")
    assert desk.server.deletes_by_id() == dict.fromkeys(ids, 1)


def test_stop_leaves_what_is_done_and_says_how_many_were_not_sent(desk, gate):
    ids = desk.ready(7)
    desk.confirm()
    desk.wait(lambda: len(gate.held) == 2)
    desk.click("stopButton")
    assert "stopping" in progress(desk)
    assert not desk.button("stopButton").isEnabled()
    gate.open()
    desk.wait(lambda: desk.idle)
    assert desk.text("summaryHeadline") == "2 of 7 payments cancelled · £21.00"
    assert desk.text("summaryOthers") == "Not sent: 5 · You stopped it."
    assert len(desk.server.deletes_by_id()) == 2
    not_sent = [each for each in ids if desk.states[each] == "Not sent"]
    assert len(not_sent) == 5
    desk.click_cell(not_sent[0], PAYMENT)
    assert "Nothing was sent for it." in desk.details


def test_what_was_not_sent_can_be_ticked_and_sent(desk, gate):
    ids = desk.ready(4)
    desk.confirm()
    desk.wait(lambda: len(gate.held) == 2)
    desk.click("stopButton")
    gate.open()
    desk.wait(lambda: desk.idle)
    left = [each for each in ids if desk.states[each] == "Not sent"]
    for intent_id in left:
        if not desk.is_ticked(intent_id):
            desk.click_cell(intent_id, 0)
    desk.run()
    assert set(desk.states.values()) == {"Cancelled"}
    assert desk.server.deletes_by_id() == dict.fromkeys(ids, 1)


def test_stopping_while_paused(desk, gate):
    desk.ready(5)
    desk.confirm()
    desk.wait(lambda: len(gate.held) == 2)
    desk.click("pauseButton")
    gate.open()
    desk.wait(lambda: list(desk.states.values()).count("Cancelled") == 2)
    desk.click("stopButton")
    desk.wait(lambda: desk.idle)
    assert "Not sent: 3" in desk.text("summaryOthers")
    desk.ready(1)  # and the next work is not paused
    assert desk.button("pauseButton").text() == "Pa&use"


def test_a_check_can_be_stopped(desk):
    ids = desk.create(30)
    desk.server.faults.add(Fault(Kind.SLOW, methods=("GET",), seconds=0.1))
    desk.add("\n".join(ids))
    desk.wait(lambda: "Checking" in desk.states.values() or "Ready" in desk.states.values())
    assert progress(desk).startswith("Checking")
    desk.click("stopButton")
    desk.wait(lambda: desk.idle)
    assert "Added" in desk.states.values()
    assert "Checking" not in desk.states.values()
    desk.server.faults.clear()
    desk.click("checkButton")
    desk.wait_for(30, "Ready")


def test_rows_at_work_stay_on_the_list(desk, gate):
    ids = desk.ready(4)
    desk.confirm()
    desk.wait(lambda: len(gate.held) == 2)
    desk.wait(lambda: "Cancelling" in desk.states.values())
    desk.highlight(*ids)
    desk.press(Qt.Key.Key_Delete, widget=desk.table)
    assert desk.ids == ids
    assert "4 still at work stayed." in desk.summary
    gate.open()
    desk.wait_for(4, "Cancelled")


def test_rows_that_wait_for_their_check_stay_on_the_list(desk):
    ids = desk.create(12)
    desk.server.faults.add(Fault(Kind.SLOW, methods=("GET",), seconds=0.05))
    desk.add("\n".join(ids))
    desk.wait(lambda: len(desk.ids) == 12 and not desk.idle)
    desk.highlight(*ids[6:])
    desk.press(Qt.Key.Key_Delete, widget=desk.table)
    assert desk.ids == ids
    desk.wait_for(12, "Ready")


def test_more_can_be_pasted_while_a_run_goes_on(desk, gate):
    first = desk.ready(3)
    desk.confirm()
    desk.wait(lambda: len(gate.held) == 2)
    second = desk.create(2)
    desk.add("\n".join(second))
    desk.wait(lambda: len(desk.ids) == 5)
    assert {desk.states[each] for each in second} == {"Added"}
    gate.open()
    desk.wait(lambda: desk.idle and {desk.states[each] for each in second} == {"Ready"})
    assert {desk.states[each] for each in first} == {"Cancelled"}
    assert desk.server.deletes_by_id() == dict.fromkeys(first, 1)


# --- Trouble -------------------------------------------------------------------------------------


@pytest.fixture
def brisk(open_window):
    """A window in whose engine a second is a twentieth of one."""
    return open_window(speed=20, in_flight=2)


def test_too_many_requests_pause_the_run_and_it_goes_on_by_itself(brisk):
    ids = brisk.ready(4)
    slower = Fault(Kind.REFUSE, methods=("DELETE",), code=429, retry_after="20", times=1)
    brisk.server.faults.add(slower)
    brisk.confirm()
    brisk.wait(lambda: "Paused: Dojo asked to go slower" in progress(brisk))
    assert "goes on in about" in progress(brisk)
    assert is_amber(brisk)
    brisk.wait_for(4, "Cancelled")
    assert brisk.server.effects_by_id() == dict.fromkeys(ids, 1)
    assert not is_amber(brisk)


@pytest.mark.parametrize("what", ["run", "check"])
def test_a_network_that_is_down_pauses_and_it_goes_on_when_it_is_back(brisk, what):
    ids = brisk.ready(4)
    brisk.server.down()
    brisk.confirm() if what == "run" else brisk.click("checkButton")
    brisk.wait(lambda: "Paused: Dojo can’t be reached" in progress(brisk))
    assert is_amber(brisk)
    brisk.server.up()
    if what == "run":
        brisk.wait_for(4, "Cancelled")
        assert brisk.server.effects_by_id() == dict.fromkeys(ids, 1)
    else:
        brisk.wait_for(4, "Ready")


def test_a_check_gives_up_when_the_network_stays_down_and_says_so(quick):
    ids = quick.ready(3)
    quick.server.down()
    quick.click("checkButton")
    quick.wait(lambda: quick.notice)
    assert quick.notice == (
        "It ended early: Dojo could not be reached. Check again when the network works."
    )
    assert set(quick.states.values()) == {"Couldn't check"}
    quick.server.up()
    quick.click("checkButton")
    quick.wait_for(3, "Ready")
    assert quick.notice == ""
    assert quick.ticked == ids


def test_an_answer_that_is_lost_is_unknown_until_it_is_known(open_window):
    desk = open_window(speed=4)
    ids = desk.ready(3)
    lost = Fault(Kind.RESET, methods=("DELETE",), id=ids[1], times=1, after=True)
    desk.server.faults.add(lost)
    desk.confirm()
    desk.wait(lambda: desk.states[ids[1]] == "Unknown")
    desk.click_cell(ids[1], PAYMENT)
    assert "no clear answer came" in desk.details
    assert "Don’t cancel elsewhere" in desk.details
    desk.wait_for(3, "Cancelled")
    assert desk.server.deletes(ids[1]) == 1


def test_what_is_unknown_when_the_run_ends_is_looked_up_on(quick):
    ids = quick.ready(2)
    quick.server.faults.add(Fault(Kind.RESET, methods=("DELETE",), id=ids[0], after=True))
    unread = Fault(Kind.REFUSE, methods=("GET",), id=ids[0], code=500)
    # From then on only: a machine that is busy may need a look before it sends.
    quick.server.on_delete = lambda _: quick.server.faults.add(unread)
    quick.run()
    assert quick.states == {ids[0]: "Unknown", ids[1]: "Cancelled"}
    assert "Checking what happened: 1" in quick.text("summaryOthers")
    quick.highlight(ids[0])
    quick.press(Qt.Key.Key_Delete, widget=quick.table)
    assert quick.ids == ids
    quick.server.on_delete = None
    quick.server.faults.clear()
    quick.wait(lambda: quick.states[ids[0]] == "Cancelled")
    assert quick.server.deletes(ids[0]) == 1


@pytest.mark.parametrize("code", [400, 409])
def test_a_refusal_is_told_in_the_server_s_words(quick, code):
    ids = quick.ready(2)
    said = "The till is being counted"
    refusal = Fault(Kind.REFUSE, methods=("DELETE",), id=ids[0], code=code, detail=said)
    quick.server.faults.add(refusal)
    quick.run()
    assert quick.states == {ids[0]: "Refused", ids[1]: "Cancelled"}
    quick.click_cell(ids[0], PAYMENT)
    assert f"{said}" in quick.details
    assert "can still be paid" in quick.details
    assert "What to do: Check it again" in quick.details


def test_a_key_that_is_refused_in_mid_run_ends_it_with_the_rest_untouched(quick):
    ids = quick.ready(5)
    quick.server.faults.add(Fault(Kind.REFUSE, code=401))
    quick.run()
    assert "Dojo refuses the key" in quick.text("summaryOthers")
    assert quick.server.effects_by_id() == {}
    assert "Cancelled" not in quick.states.values()
    quick.server.faults.clear()
    quick.click("checkButton")
    quick.wait(lambda: quick.idle and set(quick.states.values()) == {"Ready"})
    assert len(quick.ids) == len(ids)


# --- The outcome ---------------------------------------------------------------------------------


def test_the_summary_goes_into_the_ticket(quick):
    ids = quick.create(3)
    quick.load(ids)
    quick.server.set_status(ids[2], "Captured")
    quick.run("SUP-2214")
    assert quick.text("summaryHeadline") == "2 of 3 payments cancelled · £21.00"
    quick.click("copySummaryButton")
    assert quick.button("copySummaryButton").text() == "Copied"
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Cancel Desk · PRACTICE · Practice"
    advice = "Refund it in the Dojo portal."
    assert lines[2:] == [
        "Reason: SUP-2214",
        "",
        "2 of 3 payments cancelled · £21.00",
        "",
        "Not cancelled:",
        f"- {ids[2]} · £12.00 · Order 3 · Paid meanwhile: refund it · {advice}",
        "",
        "Cancelled:",
        f"- {ids[0]} · £10.00 · Order 1 · Cancelled",
        f"- {ids[1]} · £11.00 · Order 2 · Cancelled",
    ]
    quick.click("hideSummaryButton")
    assert not quick.button("copySummaryButton").isVisible()


@pytest.mark.parametrize(
    ("count", "said"), [(1, "1 of 1 payment cancelled"), (3, "All 3 payments cancelled")]
)
def test_a_run_in_which_all_went_well(desk, gate, count, said):
    gate.open()
    desk.ready(count)
    desk.run()
    assert desk.text("summaryHeadline").startswith(said)
    assert desk.text("summaryOthers") == ""


def test_a_summary_cuts_a_long_list_of_exceptions(desk, gate):
    gate.open()
    ids = desk.ready(35)
    for intent_id in ids:
        desk.server.set_status(intent_id, "Captured")
    desk.run()
    desk.click("copySummaryButton")
    copied = QGuiApplication.clipboard().text()
    assert copied.count("\n- ") == 30
    assert copied.endswith("… and 5 more (see the report)")


def test_a_second_run_has_a_summary_of_its_own(desk, gate):
    gate.open()
    desk.ready(2)
    desk.run()
    desk.ready(1)
    assert desk.text("summaryHeadline").startswith("All 2")
    desk.run()
    assert desk.text("summaryHeadline").startswith("1 of 1")
    assert desk.find(QPushButton, "copySummaryButton").text() == "Copy summary for the &ticket"


def test_a_finished_row_stays_while_its_run_goes_on(desk, gate):
    ids = desk.ready(5)
    desk.confirm()
    desk.wait(lambda: len(gate.held) == 2)
    desk.click("pauseButton")
    gate.open()
    desk.wait(lambda: list(desk.states.values()).count("Cancelled") == 2)
    done = next(each for each in ids if desk.states[each] == "Cancelled")
    desk.highlight(done)
    desk.press(Qt.Key.Key_Delete, widget=desk.table)
    assert done in desk.ids
    assert "1 still at work stayed." in desk.summary
    desk.click("pauseButton")
    desk.wait(lambda: desk.idle)
    assert desk.text("summaryHeadline").startswith("All 5 payments cancelled")
