"""Scenes of the window: each public function is one, reached as an operator would reach it."""

from datetime import timedelta
from itertools import count

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QScrollArea, QWidget

from cancel_desk.desk.row import State
from cancel_desk.practice import Fault, Kind
from cancel_desk.window.crash import CrashDialog
from gallery.director import Script
from gallery.made_up import Past, ready_rows, row_in, rows_in_all_states
from gallery.stage import Stage
from gallery.still_world import LIVE_KEY

_DELETE = ("DELETE",)


# --- The window ----------------------------------------------------------------------------------


def welcome(stage: Stage) -> Script:
    yield stage.open()
    stage.shoot("welcome", stage.window)


def welcome_live(stage: Stage) -> Script:
    yield stage.open(stage.leeds)
    stage.shoot("welcome-live", stage.window)


def pasted(stage: Stage) -> Script:
    yield stage.open()
    text = stage.practice.sample()
    stage.find(QPlainTextEdit, "intakeEdit").setPlainText(text)
    yield stage.drawn()
    stage.shoot("pasted", stage.window)


def checking(stage: Stage) -> Script:
    stage.practice.server.faults.add(Fault(Kind.SLOW, methods=("GET",), seconds=0.3))
    yield stage.open()
    stage.click("sampleButton")
    yield lambda: stage.count(State.READY) > 3
    yield stage.drawn()
    stage.shoot("checking", stage.window)


def checked(stage: Stage) -> Script:
    yield stage.open()
    yield from stage.load_samples()
    stage.shoot("checked", stage.window)
    stage.click("cantChip")
    yield stage.drawn()
    stage.highlight(State.NOT_CANCELLABLE)
    yield stage.drawn()
    stage.shoot("review", stage.window)
    stage.click("allChip")
    stage.write("searchEdit", "Order 482")
    yield lambda: stage.window.model.rowCount() < 12
    yield stage.drawn()
    stage.shoot("searched", stage.window)
    stage.write("searchEdit", "nothing like it")
    yield lambda: stage.window.model.rowCount() == 0
    yield stage.drawn()
    stage.shoot("searched-in-vain", stage.window)


def all_states(stage: Stage) -> Script:
    yield stage.open()
    yield stage.put(rows_in_all_states())
    stage.shoot("all-states", stage.window)


def live(stage: Stage) -> Script:
    yield stage.open(stage.leeds)
    yield stage.put(rows_in_all_states(live=True))
    stage.highlight(State.READY)
    yield stage.drawn()
    stage.shoot("live", stage.window)


def sandbox(stage: Stage) -> Script:
    yield stage.open(stage.york)
    yield stage.put(ready_rows(5))
    stage.shoot("sandbox", stage.window)


def details(stage: Stage) -> Script:
    yield stage.open()
    yield stage.put(rows_in_all_states())
    for state in State:
        stage.highlight(state)
        yield stage.drawn()
        name = state.name.lower().replace("_", "-")
        stage.shoot(f"details-{name}", stage.find(QScrollArea, "detailsPane"))


def menus(stage: Stage) -> Script:
    yield stage.open(stage.leeds)
    for name in ("keysButton", "helpButton"):
        menu = stage.find(QPushButton, name).menu()
        stage.shoot_menu(f"menu-{name.removesuffix('Button')}", menu)


# --- A run ---------------------------------------------------------------------------------------


def running(stage: Stage) -> Script:
    yield stage.open()
    yield from stage.load_samples()
    stage.hold_after(6)
    yield from stage.confirm("SUP-2214")
    yield lambda: stage.count(State.CANCELLED) == 6 and stage.count(State.CANCELLING) > 0
    yield stage.drawn()
    stage.shoot("running", stage.window)
    stage.click("pauseButton")
    yield lambda: "Paused" in stage.text("progressLabel") or "·" in stage.text("progressLabel")
    yield stage.drawn()
    stage.shoot("paused-by-you", stage.window)
    QTimer.singleShot(0, stage.window, stage.window.close)
    yield from stage.shoot_dialog("close-in-mid-run", "closeDialog")
    yield stage.close("closeDialog")
    stage.click("stopButton")
    yield stage.drawn()
    stage.shoot("stopping", stage.window)
    stage.let_go()
    yield stage.is_shown("summaryPanel")
    yield stage.drawn()
    stage.shoot("stopped", stage.window)


def paused_by_dojo(stage: Stage) -> Script:
    yield stage.open(in_flight=1)
    yield from stage.load_samples()
    slower = Fault(Kind.REFUSE, methods=_DELETE, code=429, retry_after="60")
    calls = count(1)
    server = stage.practice.server
    server.on_delete = lambda _: server.faults.add(slower) if next(calls) == 4 else None
    yield from stage.confirm("SUP-2214")
    yield lambda: stage.find(QWidget, "progressBar").property("paused")
    yield stage.drawn()
    stage.shoot("paused-by-dojo", stage.window)


def paused_without_network(stage: Stage) -> Script:
    yield stage.open(stage.york)
    ids = [stage.shop.create(1250 + 100 * n, reference=f"Order {48230 + n}") for n in range(9)]
    stage.add("\n".join(ids))
    yield lambda: stage.count(State.READY) == 9
    stage.hold_after(3)
    yield from stage.confirm("SUP-2214")
    yield lambda: stage.count(State.CANCELLED) == 3
    stage.shop.down()
    stage.let_go()
    yield lambda: stage.find(QWidget, "progressBar").property("paused")
    yield stage.drawn()
    stage.shoot("paused-without-network", stage.window)


def paused_after_the_first_one(stage: Stage) -> Script:
    yield stage.open()
    yield from stage.load_samples()
    yield from stage.confirm("SUP-2214", first_alone=True)
    yield lambda: stage.find(QWidget, "progressBar").property("paused")
    yield stage.drawn()
    stage.shoot("paused-after-the-first-one", stage.window)


def done(stage: Stage) -> Script:
    server = stage.practice.server
    yield stage.open()
    yield from stage.load_samples()
    ready = [row.intent_id for row in stage.window.batch.in_state(State.READY)]
    server.faults.add(
        Fault(Kind.PAID, methods=_DELETE, id=ready[1], times=1),
        Fault(Kind.REFUSE, methods=_DELETE, id=ready[2], code=409, detail="Locked at the till"),
    )
    yield from stage.confirm("SUP-2214")
    yield stage.is_shown("summaryPanel")
    yield stage.drawn()
    stage.shoot("done", stage.window)


def unknown(stage: Stage) -> Script:
    server = stage.practice.server
    yield stage.open()
    yield from stage.load_samples()
    ready = [row.intent_id for row in stage.window.batch.in_state(State.READY)]
    server.faults.add(Fault(Kind.RESET, methods=_DELETE, id=ready[3]))
    yield from stage.confirm("SUP-2214")
    yield lambda: stage.count(State.UNKNOWN) == 1 and stage.count(State.WAITING) == 0
    stage.highlight(State.UNKNOWN)
    yield stage.drawn()
    stage.shoot("unknown", stage.window)


def close_with_unknown(stage: Stage) -> Script:
    yield stage.open()
    yield stage.put([row_in(State.UNKNOWN)])
    QTimer.singleShot(0, stage.window, stage.window.close)
    yield from stage.shoot_dialog("close-with-unknown", "closeDialog")


# --- What must not be overlooked -----------------------------------------------------------------


def interrupted(stage: Stage) -> Script:
    past = Past(stage.folder / "journal.sqlite", stage.york)
    past.run("cccuuwwww", timedelta(hours=15), end=None)
    past.close()
    yield stage.open(stage.york)
    stage.shop.faults.add(Fault(Kind.REFUSE, methods=("GET",), code=503))
    stage.window.warm_up()
    yield stage.is_shown("interruptedBar")
    yield stage.drawn()
    stage.shoot("interrupted", stage.window)


def practice_knows_only_its_own(stage: Stage) -> Script:
    yield stage.open()
    stage.add("\n".join(row.intent_id for row in ready_rows(3, live=True)))
    yield stage.is_shown("notice")
    yield stage.drawn()
    stage.shoot("practice-knows-only-its-own", stage.window)


def damaged_journal(stage: Stage) -> Script:
    path = stage.folder / "journal.sqlite"
    past = Past(path, stage.york)
    past.run("cccuuwwww", timedelta(hours=15), end=None)
    past.close()
    content = bytearray(path.read_bytes())
    content[:16] = bytes(16)
    path.write_bytes(content)
    yield stage.open(stage.york)
    stage.window.warm_up()
    yield stage.is_shown("notice")
    yield stage.drawn()
    stage.shoot("damaged-journal", stage.window)


def secrets_dropped(stage: Stage) -> Script:
    yield stage.open()
    stage.add(f"{LIVE_KEY.secret}\n4111 1111 1111 1111")
    yield stage.is_shown("notice")
    yield stage.drawn()
    stage.shoot("secrets-dropped", stage.window)


def crash(stage: Stage) -> Script:
    yield stage.open()
    details = (
        "Traceback (most recent call last):\n"
        '  File "cancel_desk/window/main_window.py", line 330, in _add\n'
        "ValueError: what nobody thought of\n"
    )
    CrashDialog(details, stage.window).show()
    yield from stage.shoot_dialog("crash", "crashDialog")
