"""Scenes of the dialogs: each public function is one, reached as an operator would reach it."""

from datetime import timedelta

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QTableView, QWidget

from cancel_desk.desk.keychain import Reason
from cancel_desk.desk.profiles import Profile
from cancel_desk.desk.row import State
from cancel_desk.practice import Fault, Kind
from cancel_desk.window.confirm_dialog import ConfirmDialog
from cancel_desk.window.guide_dialog import GuideDialog
from cancel_desk.window.notice import answer
from gallery.director import Script
from gallery.made_up import Past, ready_rows
from gallery.stage import Stage
from gallery.still_world import LIVE_KEY

_POST = ("POST",)
_POLICY = """\
speed = "normal"
most_payments = 500
reason = "required"
[most_totals]
GBP = 1000000
"""


def confirm_practice(stage: Stage) -> Script:
    yield stage.open()
    yield from stage.load_samples()
    stage.click("cancelPaymentsButton")
    yield from stage.shoot_dialog("confirm-practice", "confirmDialog")


def _confirm(stage: Stage, profile: Profile, count: int) -> None:
    live = profile == stage.leeds
    dialog = ConfirmDialog(ready_rows(count, live), profile, live, stage.window)
    QTimer.singleShot(0, stage.window, lambda: answer(dialog))


def confirm_sandbox(stage: Stage) -> Script:
    yield stage.open(stage.york)
    _confirm(stage, stage.york, 3)
    yield from stage.shoot_dialog("confirm-sandbox", "confirmDialog")


def confirm_live(stage: Stage) -> Script:
    yield stage.open(stage.leeds)
    _confirm(stage, stage.leeds, 12)
    yield stage.is_open("confirmDialog")
    dialog = stage.dialog("confirmDialog")
    stage.shoot("confirm-live", dialog)
    stage.write("reasonEdit", "SUP-2214", dialog)
    yield stage.drawn()
    stage.shoot("confirm-live-count", dialog)
    stage.write("countEdit", "12", dialog)
    yield stage.drawn()
    stage.shoot("confirm-live-ready", dialog)


def pieces(stage: Stage) -> Script:
    yield stage.open()
    yield from stage.load_samples()
    stage.click("showPiecesButton")
    yield from stage.shoot_dialog("pieces", "piecesDialog")


def key(stage: Stage) -> Script:
    yield stage.open()
    stage.choose("keysButton", "addKeyAction")
    yield stage.is_open("keyDialog")
    dialog = stage.dialog("keyDialog")
    stage.shoot("key-empty", dialog)
    stage.write("keyEdit", "sk_prod_cut", dialog)
    yield stage.drawn()
    stage.shoot("key-wrong", dialog)
    stage.write("profileNameEdit", "Bath shop", dialog)
    stage.write("keyEdit", LIVE_KEY.secret, dialog)
    yield stage.drawn()
    stage.shoot("key-live", dialog)
    stage.write("keyEdit", "sk_sandbox_" + "not-known-here-" * 3, dialog)
    yield stage.drawn()
    stage.shoot("key-sandbox", dialog)
    stage.click("saveKeyButton", dialog)
    yield lambda: "portal" in stage.text("keyMessage", dialog) or not _is_busy(dialog)
    yield stage.drawn()
    stage.shoot("key-refused", dialog)


def _is_busy(dialog: QWidget) -> bool:
    button = dialog.findChild(QPushButton, "leaveKeyButton")
    return button is not None and not button.isEnabled()


def key_not_kept(stage: Stage) -> Script:
    yield stage.open()
    stage.keyring.trouble = Reason.UNAVAILABLE
    stage.choose("keysButton", "addKeyAction")
    yield stage.is_open("keyDialog")
    dialog = stage.dialog("keyDialog")
    stage.write("profileNameEdit", "Bath, tests", dialog)
    stage.write("keyEdit", stage.shop.key, dialog)
    stage.click("saveKeyButton", dialog)
    yield stage.is_shown("sessionOnlyButton", dialog)
    yield stage.drawn()
    stage.shoot("key-not-kept", dialog)


def key_replaced(stage: Stage) -> Script:
    yield stage.open(stage.york)
    stage.choose("keysButton", "replaceKeyAction")
    yield from stage.shoot_dialog("key-replaced", "keyDialog")


def delete_profile(stage: Stage) -> Script:
    yield stage.open(stage.york)
    stage.choose("keysButton", "deleteProfileAction")
    yield from stage.shoot_dialog("delete-profile", "deleteProfileDialog")


def delete_profile_unfinished(stage: Stage) -> Script:
    past = Past(stage.folder / "journal.sqlite", stage.york)
    past.run("cccuu", timedelta(hours=15), end=None)
    past.close()
    yield stage.open(stage.york)
    stage.shop.faults.add(Fault(Kind.REFUSE, methods=("GET",), code=503))
    stage.window.warm_up()
    yield stage.is_shown("interruptedBar")
    stage.choose("keysButton", "deleteProfileAction")
    yield from stage.shoot_dialog("delete-profile-unfinished", "deleteProfileDialog")


def close_in_mid_run_of_a_shop(stage: Stage) -> Script:
    yield stage.open(stage.york)
    stage.hold_after(1)
    stage.add(" ".join(stage.shop.create() for _ in range(3)))
    yield lambda: stage.count(State.READY) == 3 and stage.is_idle()
    yield from stage.confirm()
    yield lambda: stage.count(State.CANCELLED) == 1
    QTimer.singleShot(0, stage.window, stage.window.close)
    yield from stage.shoot_dialog("close-in-mid-run-of-a-shop", "closeDialog")


def find(stage: Stage) -> Script:
    stage.practice.server.add_samples(1)
    stage.practice.server.faults.add(Fault(Kind.SLOW, methods=_POST, seconds=0.4))
    yield stage.open()
    stage.click("findButton")
    yield stage.is_open("findDialog")
    dialog = stage.dialog("findDialog")
    stage.shoot("find-empty", dialog)
    stage.click("startFindButton", dialog)
    yield stage.is_shown("stopFindButton", dialog)
    yield stage.drawn()
    stage.shoot("find-searching", dialog)
    yield lambda: not stage.is_shown("stopFindButton", dialog)()
    stage.click("tickAllButton", dialog)
    yield stage.drawn()
    stage.shoot("find-found", dialog)
    stage.write("referenceContainsEdit", "Order 7", dialog)
    yield lambda: not stage.find(QPushButton, "tickAllButton", dialog).isEnabled()
    yield stage.drawn()
    stage.shoot("find-none-like-that", dialog)
    stage.write("referenceContainsEdit", "", dialog)
    stage.find(QPlainTextEdit, "referencesEdit", dialog).setPlainText(
        "Order 48211\norder 48213\nBooking 5531\nOrder 99999\nOrder 48150\n"
    )
    yield stage.is_shown("showNotFoundButton", dialog)
    yield stage.drawn()
    stage.shoot("find-references", dialog)
    stage.click("showNotFoundButton", dialog)
    yield from stage.shoot_dialog("find-not-found", "notFoundDialog")


def help_and_about(stage: Stage) -> Script:
    yield stage.open()
    for name in ("help", "about"):
        stage.choose("helpButton", f"{name}Action")
        yield stage.is_open(f"{name}Dialog")
        stage.shoot(name, stage.dialog(f"{name}Dialog"))
        yield stage.close(f"{name}Dialog")


def new_version(stage: Stage) -> Script:
    for name, policy in (
        ("new-version", 'releases_page = "https://it.example/programs/cancel-desk"'),
        ("new-version-unknown", ""),
    ):
        yield stage.open(policy=policy)
        stage.choose("helpButton", "newVersionAction")
        yield stage.is_open("newVersionDialog")
        stage.shoot(name, stage.dialog("newVersionDialog"))
        yield stage.close("newVersionDialog")


def history(stage: Stage) -> Script:
    past = Past(stage.folder / "journal.sqlite", stage.york)
    past.run("c" * 9, timedelta(days=800))
    past.run("ccccp", timedelta(days=9))
    past.run("c" * 30 + "pp", timedelta(days=2))
    past.run("ccpu", timedelta(hours=3))
    past.close()
    yield stage.open(stage.york)
    stage.click("historyButton")
    yield stage.is_open("historyDialog")
    dialog = stage.dialog("historyDialog")
    dialog.resize(1280, 680)
    table = stage.find(QTableView, "runsTable", dialog)
    yield lambda: table.model().rowCount() == 4
    yield stage.drawn()
    table.selectRow(0)
    yield stage.drawn()
    stage.shoot("history", dialog)
    stage.shoot_menu("menu-export-runs", stage.find(QPushButton, "exportRunsButton", dialog).menu())
    stage.click("verifyButton", dialog)
    yield (
        lambda: (
            stage.text("verifyLabel", dialog)
            and stage.find(QPushButton, "verifyButton", dialog).isEnabled()
        )
    )
    yield stage.drawn()
    stage.shoot("history-verified", dialog)
    stage.click("openRunButton", dialog)
    yield from stage.shoot_dialog("history-run", "runDialog")


def history_empty(stage: Stage) -> Script:
    yield stage.open()
    stage.click("historyButton")
    yield from stage.shoot_dialog("history-empty", "historyDialog")


def guide(stage: Stage) -> Script:
    yield stage.open()
    GuideDialog(stage.window).show()
    yield from stage.shoot_dialog("guide", "guideDialog")


def settings(stage: Stage) -> Script:
    yield stage.open()
    stage.click("settingsButton")
    yield from stage.shoot_dialog("settings", "settingsDialog")


def settings_under_policy(stage: Stage) -> Script:
    yield stage.open(policy=_POLICY)
    stage.click("settingsButton")
    yield from stage.shoot_dialog("settings-under-policy", "settingsDialog")
