"""Where one subject of the window meets another at an unlucky moment."""

import threading
from datetime import UTC, datetime
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit

from cancel_desk.desk.events import PauseReason
from cancel_desk.desk.journals import Journals
from cancel_desk.desk.kept_list import KeptLists, Listed
from cancel_desk.desk.settings import Settings
from cancel_desk.desk.settings_store import SettingsStore

KEY = bytes(32)  # what the tests' keyring gives


def first_alone(desk) -> None:
    def act(dialog) -> None:
        desk.find(QCheckBox, "firstOneBox", dialog).click()
        desk.click("confirmButton", dialog)

    desk.in_dialog("confirmDialog", partial(desk.click, "cancelPaymentsButton"), act)


def looks_at_the_first(desk) -> bool:
    return "look at it" in desk.text("progressLabel")


# --- The first one alone ------------------------------------------------------------


def test_who_is_typing_does_not_consent_to_the_rest(desk, gate):
    ids = desk.ready(12)
    first_alone(desk)
    desk.wait(lambda: gate.held)
    search = desk.find(QLineEdit, "searchEdit")
    desk.focus(search)
    gate.open()
    desk.wait(lambda: looks_at_the_first(desk))
    assert search.hasFocus()
    desk.press(Qt.Key.Key_Space)
    assert looks_at_the_first(desk)
    assert desk.server.deletes_by_id() == {ids[0]: 1}


def test_a_resume_that_comes_too_early_does_not_consent_to_the_rest(desk, gate):
    ids = desk.ready(12)
    first_alone(desk)
    desk.wait(lambda: gate.held)
    desk.click("pauseButton")
    control = desk.window._work.control
    gate.open()
    with control.changed:  # the window is busy meanwhile, and has not been told
        assert control.changed.wait_for(lambda: control.paused is PauseReason.FIRST_ONE, 20)
    desk.button("pauseButton").click()
    desk.wait(lambda: looks_at_the_first(desk))
    assert desk.server.deletes_by_id() == {ids[0]: 1}
    desk.click("pauseButton")
    desk.wait_for(12, "Cancelled")


# --- What earlier programs left ------------------------------------------------------------


def test_nothing_real_is_sent_before_it_is_known_what_earlier_runs_left(
    open_shop, cut_off, shop, drawer
):
    unlocked = threading.Event()
    given = drawer.seal_key
    drawer.seal_key = lambda: (unlocked.wait(20), given())[1]
    desk = open_shop()
    desk.load(cut_off)

    def ask() -> None:
        desk.click("cancelPaymentsButton")
        assert "journal is being opened" in desk.notice
        unlocked.set()

    desk.in_dialog("confirmDialog", ask, lambda dialog: desk.click("confirmButton", dialog))
    desk.wait(lambda: desk.is_shown("summaryPanel"))
    assert desk.states[cut_off[2]] == "Unknown"  # its fate is not known, so it is not sent
    assert shop.deletes_by_id() == dict.fromkeys(cut_off[3:], 1)


def test_a_journal_that_is_free_only_later_is_taken_up_all_the_same(
    open_shop, cut_off, shop, tmp_path
):
    path = tmp_path / "data" / "journal.sqlite"
    other = Journals(path, lambda: KEY, lambda: datetime.now(UTC))
    other.open()
    desk = open_shop()
    desk.wait(lambda: "another window" in desk.notice)
    other.close()
    desk.load([shop.create()])
    desk.run()
    assert desk.is_shown("interruptedBar")
    assert cut_off[2] in desk.states


def test_a_list_that_comes_late_stays_with_its_shop(
    open_shop, shop, profile, tmp_path, monkeypatch
):
    lists = KeptLists(tmp_path / "data" / "lists")
    ids = [shop.create() for _ in range(2)]
    lists.save(profile.id, [Listed(i, (), False, False) for i in ids])
    asked, go_on, load = threading.Event(), threading.Event(), KeptLists.load

    def slowly(*arguments):
        asked.set()
        assert go_on.wait(20)
        return load(*arguments)

    monkeypatch.setattr(KeptLists, "load", slowly)
    desk = open_shop()
    desk.wait(asked.is_set)
    desk.choose("Practice")
    go_on.set()
    own = [desk.practice.server.create()]
    desk.load(own)
    assert desk.ids == own
    desk.choose("Leeds")
    desk.wait(lambda: set(ids) <= set(desk.ids))


def test_going_on_asks_although_something_is_pasted_meanwhile(open_shop, shop, cut_off):
    desk = open_shop()
    desk.wait(lambda: desk.is_shown("interruptedBar"))

    def go_on() -> None:
        desk.click("goOnButton")
        desk.window._intake.take_text(shop.create())

    desk.in_dialog("confirmDialog", go_on, lambda dialog: desk.click("keepButton", dialog))


# --- Limits ------------------------------------------------------------


def test_a_policy_that_comes_while_the_question_is_open_counts(open_window, tmp_path):
    desk = open_window()
    desk.ready(3)

    def act(dialog) -> None:
        (tmp_path / "policy.toml").write_text("most_payments = 1")
        desk.click("confirmButton", dialog)

    desk.in_dialog("confirmDialog", partial(desk.click, "cancelPaymentsButton"), act)
    assert "organisation" in desk.notice
    assert desk.server.deletes_by_id() == {}


@pytest.mark.parametrize("broken", ["a folder", "rubbish"])
def test_the_operator_s_limits_do_not_vanish_without_a_word(open_window, tmp_path, broken):
    path = tmp_path / "data" / "settings.json"
    store = SettingsStore(path, tmp_path / "policy.toml")
    store.change(Settings(), Settings(most_payments=1))
    desk = open_window()
    desk.ready(3)
    path.unlink()
    if broken == "a folder":
        path.mkdir()
    else:
        path.write_text("{")
    desk.click("cancelPaymentsButton")
    assert "could not be read" in desk.notice
    assert desk.dialog("confirmDialog") is None
    assert desk.server.deletes_by_id() == {}
