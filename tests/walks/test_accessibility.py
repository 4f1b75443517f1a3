"""The main job through the accessibility tree alone, as a screen reader's user does it."""

import sys
from collections import Counter

import pytest

from .atspi import State
from .program import WAYS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is Linux’s")

# What a screen reader calls the things that can be worked. "filler" is all that Qt has for an
# area that scrolls; then the name has to say what it is.
ROLES = {
    "button menu",
    "check box",
    "combo box",
    "filler",
    "push button",
    "radio button",
    "spin box",
    "table",
    "text",
}
# Names that those who write tests and scripts for the window rely on.
NAMES = """
    profileCombo environmentLabel intakeEdit addButton openFileButton findButton intakeSummary
    filterBar searchEdit batchTable selectionLabel checkButton cancelPaymentsButton progressBar
    progressLabel pauseButton stopButton detailsPane historyButton settingsButton summaryPanel
    copySummaryButton exportButton interruptedBar goOnButton leaveButton
"""
# What the buttons are called that leave things as they are.
LEAVE = {"Keep them", "Close", "Don’t save", "Discard changes"}


def everything(node):
    """Yield all that is in the tree, hidden or not."""
    yield node
    if node.role != "table":
        for child in node.children:
            yield from everything(child)


def faults(window):
    """Tell what a screen reader could not tell its user about what is shown."""
    found, spoken = [], Counter()
    for node in window.within():
        text = f"{node.label} {node.name}".strip()
        if not all(char.isprintable() or char == "\n" for char in text):
            found.append(f"{node.id} is called {text!r}")
        if node.has(State.FOCUSABLE) and node.role != "label":
            if not text:
                found.append(f"{node.id} has no name")
            if node.role not in ROLES:
                found.append(f"{node.id} is a {node.role}")
            spoken[node.role, text] += 1
    return found + [f"{count} are called {what}" for what, count in spoken.items() if count > 1]


def rows(table):
    """Return what a table says, one dictionary a row."""
    return [{head: cell.name for head, cell in row.items()} for row in table.rows]


def test_the_main_job(program):
    window = program.window
    assert window.name == "Cancel Desk: PRACTICE"
    assert faults(window) == []
    program.load_samples()
    program.hear("25 payments added")
    program.hear("16 payments ticked")

    assert {window.find(f"{chip}Chip").role for chip in ("all", "ready", "cant")} == {
        "radio button"
    }
    table = window.find("batchTable")
    assert table.name == "Payments"
    before = rows(table)
    assert len(before) == 25
    assert all(all(row.values()) for row in before)
    chosen = [row for row in before if row["Chosen for cancelling"] == "chosen"]
    assert chosen == [row for row in before if row["State"].startswith("Ready")]
    assert faults(window) == []

    left, *others = chosen
    untick(program, left["Payment"])
    count = len(others)
    program.wait(lambda: window.find("selectionLabel").name.startswith(f"{count} payments ticked"))
    [row] = [row for row in table.rows if row["Payment"].name == left["Payment"]]
    assert row["Chosen for cancelling"].name == "not chosen"
    assert not row["Chosen for cancelling"].has(State.CHECKED)

    assert window.find("cancelPaymentsButton").name == f"Cancel {count} payments…"
    program.press("cancelPaymentsButton")
    dialog = program.find("confirmDialog")
    assert dialog.name.startswith(f"PRACTICE: Cancel {count} payments?")
    assert [row["Payment"] for row in rows(dialog.find("confirmList"))] == [
        row["Payment"] for row in others
    ]
    dialog.find("reasonEdit").write("T-4711")
    program.wait(lambda: dialog.find("reasonEdit").text == "T-4711")
    dialog.find("confirmButton").do("Press")

    headline = f"All {count} payments cancelled"
    program.wait(lambda: window.find("summaryHeadline").name.startswith(headline))
    program.hear(headline)
    assert program.wait(lambda: program.focus)
    assert faults(window) == []
    after = {row["Payment"]: row["State"] for row in rows(table)}
    for row in before:
        if row in others:
            assert after[row["Payment"]].startswith("Cancelled")
        else:
            assert after[row["Payment"]] == row["State"]


def untick(program, payment):
    """Search for a payment, untick what is shown, and show everything again."""
    search = program.find("searchEdit")
    table = program.find("batchTable")
    everything_shown = len(table.rows)
    search.write(payment)
    program.wait(lambda: len(table.rows) == 1)
    program.choose("tickButton", "tickNoneAction")
    search.write("")
    program.wait(lambda: len(table.rows) == everything_shown)


def test_the_window_keeps_to_its_names(program):
    assert {node.id for node in everything(program.window)} >= set(NAMES.split())


def test_every_dialog(program):
    program.load_samples()
    found = []
    for name in WAYS:
        had_focus = program.focus
        dialog = program.open(name)
        found += [f"{name}: {fault}" for fault in faults(dialog)]
        leave = next(node for node in dialog.within() if node.name in LEAVE)
        leave.do("Press")
        program.wait_until_gone(name)
        program.wait(lambda had=had_focus: program.focus == had, "the focus has not come back")
    assert found == []


def test_a_key_is_not_read_out(program):
    dialog = program.open("keyDialog")
    edit = dialog.find("keyEdit")
    edit.write("sk_sandbox_CanaryCanaryCanary0001")
    program.wait(lambda: dialog.find("environmentLabel").name.startswith("SANDBOX"))
    said = [text for node in dialog.within() for text in (node.name, node.description)]
    assert "Canary" not in edit.text + " ".join(said)


def test_details_are_read_in_the_order_in_which_they_stand(program):
    program.load_samples()
    table = program.window.find("batchTable")
    table.do("SetFocus")
    program.wait(lambda: program.focus == table)
    program.keys("ctrl+Home")
    payment = table.rows[0]["Payment"].name
    details = program.find("detailsPane")
    program.wait(lambda: any(node.name == payment for node in details.within()))
    tops = [node.box[1] for node in details.within() if node.role in {"label", "push button"}]
    assert tops == sorted(tops)
