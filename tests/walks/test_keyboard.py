"""The main job by keyboard alone, with keys as X gives them. The tree is only looked at."""

import sys

import pytest

from .atspi import State
from .program import WAYS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the keys come from X")


def tab(program):
    """Press Tab and return what has the focus then."""
    before = program.focus
    # In a date, it leads from the day to the month, to the year, and on.
    program.keys(*["Tab"] * (3 if before.role == "spin box" else 1))
    program.wait(lambda: program.focus != before, f"Tab does not lead on from {before.id};")
    return program.focus


def go_round(program):
    """Press Tab until the focus is where it was; return the stops, each seen to be marked."""
    stops = [program.focus]
    while True:
        before = program.picture()
        stop = tab(program)
        assert_marked(program, stop, before)
        if stop in stops:
            assert stop == stops[0], f"from {stops[-1].id} it goes back to {stop.id}"
            return stops
        stops.append(stop)


def assert_marked(program, stop, before):
    """See that the edges of what has the focus look unlike before, when it had not."""
    box = stop.box
    unmarked = before.edges(box)
    program.wait(
        lambda: program.picture().edges(box) != unmarked,
        f"nobody sees that {stop.id} of {program.active.id} has the focus",
    )


def check_round(program):
    """Check that Tab leads to everything that can be worked, in the order of reading."""
    stops = go_round(program)
    can_be_worked = {
        node.id
        for node in program.active.within()
        if node.has(State.FOCUSABLE | State.ENABLED)
        and node.role != "label"  # whose text can be selected with the mouse
        # Arrows lead to it from the one that is chosen.
        and not (node.role == "radio button" and not node.has(State.CHECKED))
    }
    assert {stop.id for stop in stops} == can_be_worked
    steps = zip(stops, [*stops[1:], stops[0]], strict=True)
    back = [(here.id, there.id) for here, there in steps if goes_back(here.box, there.box)]
    assert len(back) == 1, f"{program.active.id}: {back}"  # from the last to the first


def goes_back(here, there):
    """Tell whether one reads `there` before `here`: each is left, top, width, height."""
    left, top, _, height = here
    next_left, next_top, _, next_height = there
    on_one_line = next_top < top + height and top < next_top + next_height
    return next_left < left if on_one_line else next_top < top


def tab_to(program, name):
    """Press Tab until something has the focus."""
    first = program.focus
    while program.focus.id != name:
        assert tab(program) != first, f"Tab does not lead to {name}"


def focus_is(program, name):
    program.wait(lambda: program.focus.id == name, f"{name} has not got the focus")


def selection_is(program, beginning):
    label = program.window.find("selectionLabel")
    program.wait(lambda: label.name.startswith(beginning), f"{label.name}, not {beginning}")


def states(program):
    return [row["State"].name for row in program.window.find("batchTable").rows]


def test_the_main_job(program):
    focus_is(program, "intakeEdit")
    tab_to(program, "sampleButton")
    program.keys("space")
    program.wait(lambda: program.find("cancelPaymentsButton").has(State.ENABLED))
    focus_is(program, "batchTable")
    selection_is(program, "16 payments ticked")

    program.keys("ctrl+Home", "space")
    selection_is(program, "15 payments ticked")

    program.keys("alt+c")
    focus_is(program, "reasonEdit")
    program.type("T-4711")
    program.keys("Return")
    focus_is(program, "firstOneBox")
    tab_to(program, "confirmButton")
    program.keys("space")

    headline = "All 15 payments cancelled"
    program.wait(lambda: program.find("summaryHeadline").name.startswith(headline))
    focus_is(program, "copySummaryButton")
    program.keys("space")
    program.wait(lambda: program.focus.name == "Copied")
    assert sum(state.startswith("Cancelled") for state in states(program)) == 15
    program.keys("alt+F4")
    assert program.process.wait(20) == 0


def test_tab_in_the_empty_window(program):
    check_round(program)


def test_tab_in_the_full_window(program):
    program.load_samples()
    check_round(program)


def test_tab_in_every_dialog(program):
    program.load_samples()
    had_focus = program.focus
    for name in WAYS:
        program.open(name)
        check_round(program)
        program.keys("Escape")
        program.wait(lambda: program.focus == had_focus, f"the focus is not back from {name}")


def test_neither_enter_nor_escape_confirms(program):
    program.load_samples()
    before = states(program)
    had_focus = program.focus
    program.keys("alt+c")
    focus_is(program, "reasonEdit")
    program.keys("Return")
    focus_is(program, "firstOneBox")
    program.keys("shift+Tab")
    focus_is(program, "reasonEdit")
    program.keys("Escape")
    program.wait(lambda: program.focus == had_focus)
    program.keys("alt+c")
    focus_is(program, "reasonEdit")
    tab_to(program, "keepButton")
    program.keys("Return")
    program.wait(lambda: program.focus == had_focus)
    assert states(program) == before


def test_keys_of_the_list(program):
    program.load_samples()
    table = program.window.find("batchTable")
    tab_to(program, "batchTable")
    program.keys("ctrl+Home", "Down", "space", "space")
    payment = table.rows[1]["Payment"].name

    program.keys("Menu")
    program.wait(program.menu)
    program.keys("c", "Delete")
    program.wait(lambda: len(table.rows) == 24)
    program.hear("1 payment taken off this list")
    focus_is(program, "batchTable")

    program.keys("ctrl+v")
    program.wait(lambda: len(table.rows) == 25)
    assert table.rows[-1]["Payment"].name == payment
    program.wait(lambda: table.rows[-1]["State"].name == "Ready")
    focus_is(program, "batchTable")

    program.keys("ctrl+f")
    focus_is(program, "searchEdit")
    program.type(payment)
    program.wait(lambda: len(table.rows) == 1)
    program.keys("Escape")
    program.wait(lambda: len(table.rows) == 25)

    tab_to(program, "batchTable")
    program.keys("ctrl+End")
    program.wait(lambda: tells(program, "checked", 1))
    for times, keys in ((2, "F5"), (3, "alt+g")):
        program.keys(keys)
        program.wait(lambda times=times: tells(program, "checked", times))
        program.wait(lambda: program.find("checkButton").has(State.ENABLED))
        focus_is(program, "batchTable")


def tells(program, what, times):
    """Tell whether the story of the payment at hand has something so many times."""
    texts = [node.name for node in program.window.find("detailsPane").within()]
    return any(text.count(what) == times for text in texts)


def test_keys_for_files_and_help(program, tmp_path):
    program.load_samples()
    had_focus = program.focus

    def is_back():
        program.wait(lambda: program.focus == had_focus, "the focus has not come back")

    report = tmp_path / "report.xlsx"
    program.keys("ctrl+e")
    focus_is(program, "saveExportButton")
    program.keys("Return")
    focus_is(program, "fileNameEdit")
    program.keys("ctrl+a")
    program.type(str(report))
    program.keys("Return")
    program.wait(report.exists)
    program.hear("25 ")
    is_back()

    known = tmp_path / "known.txt"
    known.write_text(program.find("batchTable").rows[0]["Payment"].name)
    program.keys("ctrl+o")
    focus_is(program, "fileNameEdit")
    program.type(str(known))
    program.keys("Return")
    program.hear("0 payments added")
    is_back()

    for keys, name in (("alt+e", "saveExportButton"), ("alt+o", "fileNameEdit")):
        program.keys(keys)
        focus_is(program, name)
        program.keys("Escape")
        is_back()

    program.keys("F1")
    program.wait(lambda: program.active.id == "guideDialog" and program.focus)
    program.keys("Escape")
    is_back()
