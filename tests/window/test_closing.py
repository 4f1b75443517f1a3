"""The end: of the window, with work under way or without, and of what should not have happened."""

import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cancel_desk.practice import Fault, Kind

from .driver import assert_asks

KEY = "sk_prod_CanaryCanaryCanary0001"


@pytest.fixture
def desk(open_window, gate):
    yield open_window(in_flight=2)
    gate.open()


def test_an_idle_window_closes_without_a_question(desk):
    desk.ready(3)
    assert desk.window.close()
    assert not desk.window.isVisible()


def test_an_unused_window_closes_without_a_question(desk):
    assert desk.window.close()


def test_closing_in_mid_run_asks_and_the_safe_answer_goes_on(desk, gate):
    desk.ready(5)
    desk.confirm()
    desk.wait(lambda: len(gate.held) == 2)

    def look(dialog) -> None:
        assert_asks(dialog, leave="Go on cancelling", do="Stop and close")
        desk.press(Qt.Key.Key_Escape, widget=dialog)

    desk.in_dialog("closeDialog", desk.window.close, look)
    assert desk.window.isVisible()
    gate.open()
    desk.wait_for(5, "Cancelled")


def test_closing_in_mid_run_stops_and_then_closes(desk, gate):
    ids = desk.ready(6)
    desk.confirm()
    desk.wait(lambda: len(gate.held) == 2)
    desk.answer("closeDialog", desk.window.close, "Stop and close")
    assert desk.window.isVisible()  # until what is on its way has its answer
    assert "stopping" in desk.text("progressLabel")
    gate.open()
    desk.wait(lambda: not desk.window.isVisible())
    assert desk.server.deletes_by_id() == dict.fromkeys(gate.held, 1)
    assert len(gate.held) == 2
    sent = {each for each in ids if desk.server.status(each) == "Canceled"}
    assert sent == set(gate.held)


def test_closing_while_something_is_checked_needs_no_question(desk):
    desk.server.faults.add(Fault(Kind.SLOW, methods=("GET",), seconds=0.05))
    desk.add("\n".join(desk.create(20)))
    desk.wait(lambda: "Ready" in desk.states.values())
    desk.window.close()
    desk.wait(lambda: not desk.window.isVisible())
    assert desk.server.requests < 20


def test_closing_while_a_paste_is_read_begins_nothing_more(desk):
    desk.add("\n".join(desk.create(5)))
    desk.window.close()
    desk.wait(lambda: not desk.window.isVisible())
    assert desk.server.requests == 0


def test_closing_with_unknown_payments_asks(open_window, gate):
    gate.open()
    desk = open_window(speed=500)
    [intent_id] = desk.ready(1)
    desk.server.faults.add(Fault(Kind.RESET, methods=("DELETE",), after=True))
    unread = Fault(Kind.REFUSE, methods=("GET",), code=500)
    desk.server.on_delete = lambda _: desk.server.faults.add(unread)  # not before the send
    desk.run()
    assert desk.states == {intent_id: "Unknown"}

    def look(dialog) -> None:
        assert "what became of 1 payment" in desk.text("questionText", dialog)
        assert_asks(dialog, leave="Keep it open", do="Close anyway")
        desk.press(Qt.Key.Key_Escape, widget=dialog)

    desk.in_dialog("closeDialog", desk.window.close, look)
    assert desk.window.isVisible()
    desk.answer("closeDialog", desk.window.close, "Close anyway")
    desk.wait(lambda: not desk.window.isVisible())


def test_closing_goes_by_the_window_s_own_button_too(desk, gate):
    gate.open()
    desk.ready(1)
    desk.run()
    desk.find(QWidget, "summaryPanel")
    assert desk.window.close()


def test_dialogs_close_with_the_window_behind_them(desk, gate):
    gate.open()
    busy = Fault(Kind.REFUSE, methods=("POST",), code=503, retry_after="120")
    desk.server.faults.add(busy)

    def begin(dialog) -> None:
        desk.click("startFindButton", dialog)
        desk.wait(lambda: "Paused" in desk.text("findProgress", dialog))
        desk.window.shut_down()
        assert not dialog.isVisible()

    desk.in_dialog("findDialog", lambda: desk.click("findButton"), begin)
    desk.wait(lambda: not desk.window.isVisible())


# --- What nobody foresaw -------------------------------------------------------------------------

CRASH = f"""
import logging, sys, threading
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton
from cancel_desk.app import dress
from cancel_desk.log import start_log
from cancel_desk.window.crash import CrashReporter

application = QApplication([])
dress(application)
start_log(Path(sys.argv[1]))
CrashReporter(application).install()


def fail():
    if sys.argv[2] == "slot":
        raise RuntimeError("went wrong with {KEY}")
    thread = threading.Thread(target=lambda: 1 / 0, name="{KEY}")
    thread.start()
    thread.join()


def look():
    shown = [each for each in application.topLevelWidgets() if each.objectName() == "crashDialog"]
    if not shown or not shown[0].isVisible():
        return
    timer.stop()
    dialog = shown[0]
    assert all(each.textFormat().name == "PlainText" for each in dialog.findChildren(QLabel))
    dialog.findChild(QPushButton, "copyCrashButton").click()
    copied = QGuiApplication.clipboard().text()
    assert copied == dialog.findChild(QPlainTextEdit, "crashDetails").toPlainText()
    print(copied)
    dialog.accept()
    application.exit(7)


timer = QTimer(interval=5)
timer.timeout.connect(look)
timer.start()
QTimer.singleShot(0, fail)
code = application.exec()
logging.shutdown()
sys.exit(code)
"""


@pytest.mark.parametrize(
    ("where", "said"),
    [("slot", "RuntimeError: went wrong with [key removed]"), ("thread", "ZeroDivisionError")],
)
def test_what_nobody_caught_is_told_logged_and_can_be_copied_without_keys(tmp_path, where, said):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CRASH, tmp_path / "logs", where],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 7, done.stderr
    assert "Traceback" in done.stdout
    assert said in done.stdout
    logged = (tmp_path / "logs" / "cancel-desk.log").read_text()
    assert said in logged
    assert "Canary" not in done.stdout + done.stderr + logged
