"""The settings dialog, through its widgets: what it saves, what it won't take, what is locked."""

import errno
import json
import os
import re
import threading

import pytest
from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
)

from cancel_desk.desk.limits import Exceeded, Limit
from cancel_desk.desk.policy import PolicyError, PolicyFault
from cancel_desk.desk.settings import ReasonRule, Settings, Speed, ThemeChoice
from cancel_desk.desk.settings_store import SettingsStore
from cancel_desk.window import settings_words, words
from cancel_desk.window.amounts import read_minor_units, read_number
from cancel_desk.window.settings_dialog import SettingsDialog
from cancel_desk.window.worker import Errands

LONG = 10_000
CHANGED = Settings(
    operator_name="Anna Ødegård",
    speed=Speed.GENTLE,
    most_payments=1500,
    most_totals={"GBP": 250050, "EUR": 100},
    retention_months=36,
    proxy="http://proxy.example:3128",
    theme=ThemeChoice.DARK,
    text_size=150,
    reason=ReasonRule.REQUIRED,
)
POLICY = """\
speed = "normal"
most_payments = 500
retention_months = 24
reason = "required"
proxy = "http://theirs.example:8080"
theme = "dark"
text_size = 125
[most_totals]
GBP = 1000000
CHF = 500
"""


class Desk:
    """Somebody who changes settings."""

    def __init__(self, bot, folder) -> None:
        self.bot = bot
        self.path = folder / "data" / "settings.json"
        self.policy = folder / "policy.toml"
        self.errands = Errands()
        self.dialogs: list[SettingsDialog] = []
        self.told: list[Settings] = []

    @property
    def stored(self) -> dict:
        return json.loads(self.path.read_text())["settings"]

    @property
    def store(self) -> SettingsStore:
        return SettingsStore(self.path, self.policy)

    @property
    def dialog(self) -> SettingsDialog:
        return self.dialogs[-1]

    def open(self, policy: str | None = None) -> SettingsDialog:
        if policy is not None:
            self.policy.write_text(policy)
        dialog = SettingsDialog(self.store, self.errands, "anna")
        dialog.changed.connect(lambda effective: self.told.append(effective.settings))
        self.dialogs.append(dialog)
        with self.bot.waitActive(dialog):
            dialog.show()
        return dialog

    def edit(self, name) -> QLineEdit:
        return self.dialog.findChild(QLineEdit, name)

    def combo(self, name) -> QComboBox:
        return self.dialog.findChild(QComboBox, name)

    def box(self) -> QCheckBox:
        return self.dialog.findChild(QCheckBox, "reasonBox")

    def text(self, name) -> str:
        label = self.dialog.findChild(QLabel, name)
        return label.text() if label.isVisible() else ""

    def type(self, name, text) -> None:
        edit = self.edit(name)
        edit.setFocus()
        edit.selectAll()
        self.bot.keyClick(edit, Qt.Key.Key_Delete)
        if text.isascii():
            self.bot.keyClicks(edit, text)
        else:
            QApplication.clipboard().setText(text)
            self.bot.keyClick(edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    def choose(self, name, text) -> None:
        """Open the list and go down to a text with the keys, as far as they lead."""
        combo = self.combo(name)
        at = next(n for n in range(combo.count()) if combo.itemText(n).startswith(text))
        combo.setFocus()
        combo.showPopup()
        view = combo.view()
        self.bot.keyClick(view, Qt.Key.Key_Home)
        for _ in range(combo.count()):
            if view.currentIndex().row() != at:
                self.bot.keyClick(view, Qt.Key.Key_Down)
        self.bot.keyClick(view, Qt.Key.Key_Return)

    def click(self, name) -> None:
        self.bot.mouseClick(self.dialog.findChild(QPushButton, name), Qt.MouseButton.LeftButton)

    def save(self) -> None:
        self.click("saveSettingsButton")

    def saved(self) -> Settings:
        """Press Save, wait for it to be done, and return what a new start finds."""
        self.save()
        self.wait(lambda: not self.dialog.isVisible())
        return self.store.effective.settings

    def wait(self, condition) -> None:
        self.bot.waitUntil(condition, timeout=LONG)

    def close(self) -> None:
        for dialog in self.dialogs:
            dialog.reject()
            dialog.deleteLater()
        self.errands.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def no_proxy_is_set(monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def desk(qtbot, looks, tmp_path):
    desk = Desk(qtbot, tmp_path)
    yield desk
    desk.close()


# --- Saving --------------------------------------------------------------------------------------


def test_all_that_can_be_changed_is_saved_and_shown_again(desk):
    desk.open()
    desk.type("operatorNameEdit", "Anna Ødegård ")
    desk.bot.mouseClick(desk.box(), Qt.MouseButton.LeftButton, pos=desk.box().rect().center() / 4)
    desk.choose("speedCombo", "Gentle")
    desk.type("mostPaymentsEdit", "1,500")
    desk.type("mostGBPEdit", "£2,500.50")
    desk.type("mostEUREdit", "1")
    desk.choose("themeCombo", "Dark")
    desk.choose("textSizeCombo", "150")
    desk.choose("proxyCombo", "Through another")
    desk.type("proxyEdit", "Proxy.Example:3128")
    desk.type("retentionEdit", "36")
    assert desk.saved() == CHANGED
    assert desk.told == [CHANGED]

    desk.open()
    assert desk.edit("operatorNameEdit").text() == "Anna Ødegård"
    assert desk.box().isChecked()
    assert desk.combo("speedCombo").currentText() == "Gentle: at most 2 at a time"
    assert desk.edit("mostPaymentsEdit").text() == "1,500"
    assert desk.edit("mostGBPEdit").text() == "£2,500.50"
    assert desk.edit("mostEUREdit").text() == "€1.00"
    assert desk.combo("themeCombo").currentText() == "Dark"
    assert desk.combo("textSizeCombo").currentText() == "150%"
    assert desk.edit("proxyEdit").text() == "http://proxy.example:3128"
    assert desk.edit("retentionEdit").text() == "36"
    assert desk.saved() == CHANGED


def test_limits_can_be_taken_away_again(desk):
    desk.store.change(Settings(), CHANGED)
    desk.open()
    for name in ("mostPaymentsEdit", "mostGBPEdit", "mostEUREdit"):
        desk.type(name, " ")
    saved = desk.saved()
    assert (saved.most_payments, saved.most_totals) == (None, {})


def test_only_what_was_changed_is_written(desk):
    desk.open()
    desk.store.change(Settings(), Settings(text_size=150))  # in another window, meanwhile
    desk.type("retentionEdit", "36")
    assert desk.saved() == Settings(text_size=150, retention_months=36)


@pytest.mark.parametrize("leave", ["button", "Esc", "window"])
def test_nothing_is_saved_without_save(desk, leave):
    dialog = desk.open()
    desk.type("retentionEdit", "36")
    if leave == "button":
        desk.click("discardSettingsButton")
    elif leave == "Esc":
        desk.bot.keyClick(dialog, Qt.Key.Key_Escape)
    else:
        dialog.close()
    assert not dialog.isVisible()
    assert not desk.path.exists()
    assert desk.told == []


def test_a_full_disk_loses_nothing_that_was_typed(desk, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    desk.open()
    desk.type("operatorNameEdit", "Anna")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        desk.save()
        desk.wait(lambda: "could not be saved" in desk.text("settingsMessage"))
    assert "No space left" in desk.text("settingsMessage")
    assert desk.dialog.isVisible()
    assert desk.edit("operatorNameEdit").text() == "Anna"
    assert desk.told == []
    assert desk.saved().operator_name == "Anna"


def test_it_stays_until_it_is_saved(desk):
    dialog = desk.open()
    held, go_on = threading.Event(), threading.Event()
    desk.errands.run(lambda: (held.set(), go_on.wait(20)), lambda _: None, lambda _: None)
    assert held.wait(10)
    desk.type("retentionEdit", "36")
    desk.save()
    assert not desk.edit("retentionEdit").isEnabled()
    dialog.close()
    dialog.reject()
    assert dialog.isVisible()
    go_on.set()
    desk.wait(lambda: not dialog.isVisible())
    assert desk.told == [Settings(retention_months=36)]


# --- What was typed wrong ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("mostPaymentsEdit", "many", "not a number of payments"),
        ("mostPaymentsEdit", "0", "not a number of payments"),
        ("mostPaymentsEdit", "-5", "not a number of payments"),
        ("mostPaymentsEdit", "5.5", "not a number of payments"),
        ("mostPaymentsEdit", "1,50", "not a number of payments"),
        ("mostPaymentsEdit", "9" * 18, "not a number of payments"),
        ("mostGBPEdit", "a lot", "Type one like £2,500.00, or nothing"),
        ("mostGBPEdit", "10.5", "not an amount"),
        ("mostGBPEdit", "1.000", "not an amount"),
        ("mostGBPEdit", "1,50", "not an amount"),
        ("mostGBPEdit", "€5", "not an amount"),
        ("mostGBPEdit", "0.00", "not an amount"),
        ("mostEUREdit", "£5", "Type one like €2,500.00"),
        ("retentionEdit", "", "from 1 to 1,200"),
        ("retentionEdit", "0", "from 1 to 1,200"),
        ("retentionEdit", "1201", "from 1 to 1,200"),
        ("operatorNameEdit", "An\u202ena", "can’t be seen"),
    ],
)
def test_what_can_t_be_used_is_said_in_place_and_kept(desk, name, typed, said):
    desk.open()
    fault = name + "Fault"
    desk.type("operatorNameEdit", "Anna")
    desk.type(name, typed)
    desk.save()
    assert said in desk.text(fault)
    assert desk.dialog.isVisible()
    assert desk.edit(name).text() == typed
    assert QApplication.focusWidget() is desk.edit(name)
    label = desk.dialog.findChild(QLabel, fault)
    assert label.visibleRegion().boundingRect().height() == label.height()
    assert said in desk.edit(name).accessibleDescription()
    assert not desk.path.exists()
    desk.bot.keyClicks(desk.edit(name), "x")
    assert desk.text(fault) == ""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type the proxy’s name"),
        (":8080", "Type the proxy’s name"),
        ("http://anna:secret@proxy:8080", "Leave out the name and password"),
        ("https://proxy:8080", "starts http://"),
        ("socks5://proxy:1080", "starts http://"),
        ("proxy:99999", "1 to 65535"),
        ("the proxy", "not an address"),
    ],
)
def test_what_is_no_proxy_s_address(desk, typed, said):
    desk.open()
    desk.choose("proxyCombo", "Through another")
    desk.type("proxyEdit", typed)
    desk.save()
    assert said in desk.text("proxyComboFault")
    assert QApplication.focusWidget() is desk.edit("proxyEdit")
    assert desk.edit("proxyEdit").text() == typed
    assert not desk.path.exists()
    # Whoever gives up on it can choose another way at once.
    desk.choose("proxyCombo", "Directly")
    assert desk.text("proxyComboFault") == ""
    assert desk.saved() == Settings()


def test_all_that_is_wrong_is_said_at_once_and_the_first_is_gone_to(desk):
    desk.open()
    desk.type("mostEUREdit", "x")
    desk.type("mostPaymentsEdit", "x")
    desk.type("retentionEdit", "x")
    desk.save()
    for name in ("mostEUREditFault", "mostPaymentsEditFault", "retentionEditFault"):
        assert desk.dialog.findChild(QLabel, name).text()
    assert QApplication.focusWidget() is desk.edit("mostPaymentsEdit")
    desk.type("mostPaymentsEdit", "5")
    desk.save()
    assert desk.text("mostPaymentsEditFault") == ""
    assert QApplication.focusWidget() is desk.edit("mostEUREdit")


def test_a_key_does_not_stay_in_any_field(desk):
    desk.open()
    for edit in desk.dialog.findChildren(QLineEdit):
        edit.setMaxLength(1000)
        edit.setText("sk_prod_CanaryCanary0001")
        assert "Canary" not in edit.text()


# --- The policy ----------------------------------------------------------------------------------


def test_what_the_organisation_has_set_is_shown_and_locked(desk):
    desk.store.change(Settings(), CHANGED)
    desk.open(POLICY)
    for name, text in {"themeCombo": "Dark", "textSizeCombo": "125%"}.items():
        assert desk.combo(name).currentText() == text
        assert not desk.combo(name).isEnabled()
        assert desk.text(f"{name}Note") == "Set by your organisation."
        assert "Set by your organisation." in desk.combo(name).accessibleDescription()
    assert desk.box().isChecked()
    assert not desk.box().isEnabled()
    assert desk.text("reasonBoxNote") == "Set by your organisation."
    assert not desk.combo("proxyCombo").isEnabled()
    assert not desk.edit("proxyEdit").isEnabled()
    assert desk.edit("proxyEdit").text() == "http://theirs.example:8080"


def test_what_it_bounds_can_be_tightened_and_not_widened(desk):
    desk.open(POLICY)
    assert desk.edit("mostPaymentsEdit").text() == "500"
    assert desk.edit("mostGBPEdit").text() == "£10,000.00"
    assert desk.edit("mostCHFEdit").text() == "5.00 CHF"
    assert desk.edit("mostEUREdit").text() == ""
    assert desk.edit("retentionEdit").text() == "24"
    assert desk.text("mostGBPEditNote") == "Your organisation allows at most £10,000.00."
    assert desk.text("retentionEditNote") == "Your organisation wants at least 24 months."
    assert desk.text("mostEUREditNote") == ""
    for name, wide, said in (
        ("mostPaymentsEdit", "501", "at most 500."),
        ("mostGBPEdit", "10,000.01", "at most £10,000.00."),
        ("mostCHFEdit", "5.01", "at most 5.00 CHF."),
        ("retentionEdit", "23", "from 24 to 1,200"),
    ):
        desk.type(name, wide)
        desk.save()
        assert said in desk.dialog.findChild(QLabel, f"{name}Fault").text()
        assert desk.dialog.isVisible()
        desk.type(name, {"retentionEdit": "25"}.get(name, "4"))
    saved = desk.saved()
    assert (saved.most_payments, saved.retention_months) == (4, 25)
    assert saved.most_totals == {"GBP": 400, "CHF": 400}


def test_a_faster_speed_can_t_be_chosen(desk):
    desk.open(POLICY)
    assert desk.text("speedComboNote") == "Your organisation allows nothing faster."
    desk.choose("speedCombo", "Fast")
    assert desk.combo("speedCombo").currentText().startswith("Normal")
    desk.combo("speedCombo").hidePopup()
    desk.choose("speedCombo", "Gentle")
    assert desk.saved().speed is Speed.GENTLE


def test_what_the_policy_made_of_a_choice_does_not_become_the_choice(desk):
    chosen = Settings(speed=Speed.FAST, most_totals={"EUR": 7}, theme=ThemeChoice.LIGHT)
    desk.store.change(Settings(), chosen)
    desk.open(POLICY)
    desk.type("operatorNameEdit", "Anna")
    desk.saved()
    desk.policy.unlink()
    assert desk.store.effective.settings.speed is Speed.FAST
    assert desk.stored == {
        "speed": "fast",
        "most_totals": {"EUR": 7},
        "theme": "light",
        "operator_name": "Anna",
    }


def test_an_empty_limit_leaves_the_organisation_s(desk):
    desk.store.change(Settings(), Settings(most_payments=40, most_totals={"GBP": 100}))
    desk.open(POLICY)
    desk.type("mostPaymentsEdit", " ")
    desk.type("mostGBPEdit", " ")
    saved = desk.saved()
    assert saved.most_payments == 500
    assert saved.most_totals["GBP"] == 1_000_000


def test_a_policy_that_can_t_be_used_is_told_of_with_its_line(desk):
    desk.open('theme = "dark"\nsped = "normal"\n')
    text = desk.text("policyProblem").replace("\u200b", "")
    assert "there is no setting called “sped”" in text
    assert f"({desk.policy}, line 2)" in text
    assert "no real payment can be cancelled" in text
    assert desk.box().isChecked()
    assert not desk.box().isEnabled()
    assert not desk.combo("speedCombo").isEnabled()
    assert not desk.edit("retentionEdit").isEnabled()
    # The rest can still be seen to.
    desk.choose("textSizeCombo", "150")
    desk.saved()
    assert desk.stored == {"text_size": 150}


# --- The system's proxy --------------------------------------------------------------------------


def system_label(desk) -> str:
    desk.choose("proxyCombo", "Through this computer’s proxy")
    desk.wait(lambda: "looked up" not in desk.text("systemProxyLabel"))
    return desk.text("systemProxyLabel")


def test_what_the_system_names_is_shown(desk, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:8080")
    desk.open()
    assert desk.text("systemProxyLabel") == ""
    assert system_label(desk) == "This computer’s proxy: http://proxy.example:8080"
    assert not desk.edit("proxyEdit").isVisible()
    assert desk.saved().proxy == "system"


def test_so_is_that_it_names_none(desk):
    desk.open()
    said = "This computer has no proxy set for Dojo, so it connects directly."
    assert system_label(desk) == said


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://anna:secret@proxy:8080", "it has a name and password in it"),
        ("socks5://proxy:1080", "it is of a kind that is not supported"),
        ("a proxy", "it can’t be understood"),
    ],
)
def test_and_one_that_can_t_be_used(desk, monkeypatch, address, said):
    monkeypatch.setenv("HTTPS_PROXY", address)
    desk.open()
    shown = system_label(desk)
    assert said in shown
    assert "secret" not in shown
    assert "Dojo can’t be reached" in shown


def test_an_answer_about_it_after_the_dialog_has_gone_is_nobody_s(desk):
    go_on = threading.Event()
    desk.errands.run(lambda: go_on.wait(20), lambda _: None, lambda _: None)
    dialog = desk.open()
    dialog.reject()
    dialog.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    desk.dialogs.clear()
    go_on.set()
    desk.wait(lambda: not desk.errands.is_busy)


# --- For everyone --------------------------------------------------------------------------------


@pytest.fixture(params=["", POLICY, "broken"], ids=["plain", "policy", "broken policy"])
def dialog(desk, request):
    return desk.open(request.param or None)


def test_everything_has_a_name_to_speak(dialog):
    for kind in (QLineEdit, QComboBox, QCheckBox, QPushButton):
        for widget in dialog.findChildren(kind):
            spoken = QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
            assert spoken.strip(), widget.objectName()
            assert "&" not in spoken


def test_no_two_things_share_a_mnemonic(dialog):
    labels = [each for each in dialog.findChildren(QLabel) if each.buddy()]
    texts = [each.text() for each in (*labels, *dialog.findChildren(QAbstractButton))]
    letters = [found[1].lower() for text in texts if (found := re.search("&(?!&)(.)", text))]
    assert len(set(letters)) == len(letters), sorted(letters)
    assert len(letters) == 12


def test_it_has_no_button_that_could_be_taken_for_our_verb(dialog):
    buttons = {each.text().replace("&", "") for each in dialog.findChildren(QPushButton)}
    assert buttons == {"Save", "Discard changes"}


def test_all_that_is_shown_is_plain_text(dialog):
    labels = dialog.findChildren(QLabel)
    assert {each.textFormat() for each in labels} == {Qt.TextFormat.PlainText}


def test_the_tab_key_goes_through_it_as_one_reads_it(desk):
    desk.open()
    order = []
    while (name := QApplication.focusWidget().objectName()) not in order:
        order.append(name)
        desk.bot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    known = [
        *("operatorNameEdit", "reasonBox", "speedCombo", "mostPaymentsEdit", "mostGBPEdit"),
        *("mostEUREdit", "themeCombo", "textSizeCombo", "proxyCombo", "retentionEdit"),
        *("discardSettingsButton", "saveSettingsButton"),
    ]
    assert [name for name in order if name in known] == known


def test_enter_in_a_field_saves(desk):
    desk.open()
    desk.type("operatorNameEdit", "Anna")
    desk.bot.keyClick(desk.edit("operatorNameEdit"), Qt.Key.Key_Return)
    desk.wait(lambda: not desk.dialog.isVisible())
    assert desk.store.effective.settings.operator_name == "Anna"


def test_an_arrow_changes_nothing_in_passing(desk):
    desk.open()
    combo = desk.combo("speedCombo")
    before = combo.currentIndex()
    combo.setFocus()
    desk.bot.keyClick(combo, Qt.Key.Key_Down)  # opens the list
    assert combo.currentIndex() == before


# --- Numbers and words ---------------------------------------------------------------------------


@pytest.fixture
def in_locale():
    before = QLocale()
    yield lambda name: QLocale.setDefault(QLocale(name))
    QLocale.setDefault(before)


@pytest.mark.parametrize("name", ["en_GB", "de_DE", "fr_FR", "en_IN", "de_CH", "pl_PL"])
@pytest.mark.parametrize("value", [1, 99, 100, 123456, 123456789])
def test_what_is_shown_can_be_read_again(looks, in_locale, name, value):
    in_locale(name)
    assert read_number(words.number(value)) == value
    assert read_minor_units(settings_words.money(value, "GBP"), "£") == value
    assert read_minor_units(settings_words.money(value, "CHF"), "CHF") == value


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("en_GB", "1,000.50", 100050),
        ("en_GB", " £ 1000 ", 100000),
        ("en_GB", "1000£", 100000),
        ("en_GB", "1.000,50", None),
        ("en_GB", "1.000", None),
        ("en_GB", "1,00", None),
        ("en_GB", "10.5", None),
        ("en_GB", "10.", None),
        ("en_GB", ".50", None),
        ("en_GB", "10. 5", None),
        ("en_GB", "10.-5", None),
        ("en_GB", "+10", None),
        ("en_GB", "-10", None),
        ("en_GB", "1e3", None),
        ("en_GB", "££", None),
        ("en_GB", "", None),
        ("de_DE", "1.000,50", 100050),
        ("de_DE", "1,000.50", None),
        ("de_DE", "1.00", None),
    ],
)
def test_amounts_are_read_as_they_are_written_here(looks, in_locale, name, text, value):
    in_locale(name)
    assert read_minor_units(text, "£") == value


def test_a_limit_that_would_be_broken_says_who_can_change_it(looks):
    assert settings_words.exceeded(Exceeded(Limit(500, by_policy=True), 1200)) == (
        "These are 1,200 payments. At most 500 may be cancelled in one run. Your organisation has"
        " set this limit: untick some, or ask who set it."
    )
    assert settings_words.exceeded(Exceeded(Limit(100000, "GBP"), 123456)) == (
        "These come to £1,234.56. At most £1,000.00 may be cancelled in one run. You have set this"
        " limit: untick some, or change it in Settings."
    )


@pytest.mark.parametrize("fault", PolicyFault)
def test_every_fault_of_a_policy_has_its_words(looks, tmp_path, fault):
    path = tmp_path / "pol\u202eicy.toml"
    text = settings_words.policy_problem(PolicyError(path, fault, 3, "spe\u202eed"))
    assert "line 3" in text
    assert "\u202e" not in text
    assert "no real payment can be cancelled" in text


def test_settings_that_were_set_aside_are_told_of(looks, tmp_path):
    assert str(tmp_path / "x.json") in settings_words.set_aside(tmp_path / "x.json")
