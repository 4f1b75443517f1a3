"""What is set holds: limits, reason, name, colours and size, and the organisation's policy."""

import json

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit

from cancel_desk.desk.settings import Settings, ThemeChoice
from cancel_desk.desk.settings_store import SettingsStore
from cancel_desk.window.theme import DARK, LIGHT


@pytest.fixture
def choose(tmp_path):
    """Sets something before the program starts."""

    def chosen(**values) -> None:
        store = SettingsStore(tmp_path / "data" / "settings.json", tmp_path / "policy.toml")
        store.change(Settings(), Settings(**values))

    return chosen


@pytest.fixture
def policy(tmp_path):
    return lambda text: (tmp_path / "policy.toml").write_text(text)


@pytest.fixture(autouse=True)
def as_before(looks):
    yield
    looks.choose(ThemeChoice.SYSTEM, 100)


def test_a_run_above_the_policy_s_limit_is_not_offered(open_window, policy):
    policy("most_payments = 2")
    desk = open_window()
    desk.ready(3)
    desk.click("cancelPaymentsButton")
    assert desk.dialog("confirmDialog") is None
    assert "2" in desk.notice
    assert "organisation" in desk.notice
    assert desk.server.deletes_by_id() == {}
    desk.click("dismissNoticeButton")
    desk.click_cell(desk.ids[0], 0)
    desk.run()
    assert sum(desk.server.deletes_by_id().values()) == 2


def test_a_run_above_the_operator_s_own_total_is_not_offered(open_window, choose):
    choose(most_totals={"GBP": 2000})
    desk = open_window()
    desk.ready(2)  # 10.00 and 11.00
    desk.click("cancelPaymentsButton")
    assert desk.dialog("confirmDialog") is None
    assert "£20.00" in desk.notice
    assert "Settings" in desk.notice


def test_a_policy_that_appears_while_the_window_is_open_counts(open_window, policy):
    desk = open_window()
    desk.ready(2)
    policy("most_payments = 1")
    desk.click("cancelPaymentsButton")
    assert desk.dialog("confirmDialog") is None


def test_a_reason_is_asked_for_where_it_is_required(open_window, choose):
    choose(reason="required")
    desk = open_window()
    desk.ready(1)

    def act(dialog) -> None:
        assert not desk.button("confirmButton", dialog).isEnabled()
        desk.find(QLineEdit, "reasonEdit", dialog).setText("Ticket 1")
        desk.click("confirmButton", dialog)

    desk.in_dialog("confirmDialog", lambda: desk.click("cancelPaymentsButton"), act)
    desk.wait_for(1, "Cancelled")


def test_the_operator_s_name_stands_in_the_summary(open_window, choose):
    choose(operator_name="Robin Hale")
    desk = open_window()
    desk.ready(1)
    desk.run()
    desk.click("copySummaryButton")
    assert "Robin Hale" in QApplication.clipboard().text()


def test_a_policy_that_can_not_be_understood_is_told_and_stops_no_practice(open_window, policy):
    policy("most_payment = 2")
    desk = open_window()
    assert "policy" in desk.notice
    desk.ready(1)
    desk.answer("confirmDialog", lambda: desk.click("cancelPaymentsButton"), "keepButton")


def test_colours_and_size_are_worn_at_once_and_at_the_next_start(open_window, looks, tmp_path):
    desk = open_window()
    desk.ready(1)
    small, low = desk.window.fontMetrics().height(), desk.table.rowHeight(0)

    def act(dialog) -> None:
        store = SettingsStore(tmp_path / "data" / "settings.json", tmp_path / "policy.toml")
        chosen = Settings(theme=ThemeChoice.DARK, text_size=200)
        dialog.changed.emit(store.change(Settings(), chosen))
        dialog.reject()

    desk.in_dialog("settingsDialog", lambda: desk.click("settingsButton"), act)
    assert looks.theme is DARK
    assert desk.window.fontMetrics().height() > 1.6 * small
    assert desk.button("addButton").fontMetrics().height() > 1.6 * small
    assert desk.table.rowHeight(0) > low
    desk.window.close()
    looks.choose(ThemeChoice.SYSTEM, 100)
    assert looks.theme is LIGHT
    again = open_window()
    assert looks.theme is DARK
    assert again.window.fontMetrics().height() > 1.6 * small


def test_settings_that_can_not_be_read_are_told_and_kept(open_window, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "settings.json").write_text(json.dumps({"version": 99}))
    desk = open_window()
    assert "settings" in desk.notice.lower()
    assert list((tmp_path / "data").glob("settings-set-aside-*"))
