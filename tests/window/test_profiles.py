"""Keys and profiles, against the practice server as the API: its key is a sandbox key."""

import stat
import time
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit

from cancel_desk.desk.keychain import Reason, SessionKeys
from cancel_desk.desk.profiles import Environment, ProfileError, Profiles, Refusal
from cancel_desk.dojo.key import ApiKey
from cancel_desk.practice import Fault, Kind, PracticeServer
from cancel_desk.window.key_dialog import KeyDialog, Keys
from cancel_desk.window.worker import Errands

from .driver import CREATED, Driver, assert_asks

LIVE_KEY = "sk_prod_CanaryCanaryCanary0001"
OTHER_KEY = "sk_sandbox_OtherOtherOther0002"


class Operator(Driver):
    """Somebody with a shop, whose server is `shop`."""

    def __init__(self, driver, shop) -> None:
        super().__init__(driver.window, driver.bot, driver.practice)
        self.shop = shop

    @property
    def server(self):
        return self.shop

    @property
    def hint(self) -> str:
        return self.text("keyHintLabel")

    def message(self, dialog) -> str:
        return self.text("keyMessage", dialog)

    def fill(self, dialog, name, key) -> None:
        self.find(QLineEdit, "profileNameEdit", dialog).setText(name)
        self.paste(key, self.find(QLineEdit, "keyEdit", dialog))

    def key_dialog(self, act) -> None:
        self.in_dialog("keyDialog", partial(self.menu, "keysButton", "addKeyAction"), act)

    def add_profile(self, name="Leeds") -> None:
        def act(dialog) -> None:
            self.fill(dialog, name, self.shop.key)
            self.click("saveKeyButton", dialog)

        self.key_dialog(act)


@pytest.fixture
def shop():
    with PracticeServer() as server:
        yield server


@pytest.fixture
def desk(open_window, shop) -> Operator:
    return Operator(open_window(base_url=shop.url), shop)


# --- Adding a key --------------------------------------------------------------------------------


def test_a_key_that_dojo_accepts_is_kept_in_the_keyring_alone(desk, drawer, tmp_path, caplog):
    desk.add_profile("Leeds shop")
    assert [each.secret for each in drawer.keys.values()] == [desk.shop.key]
    assert desk.combo.currentText() == "Leeds shop"
    assert desk.text("environmentLabel") == "SANDBOX: test payments"
    assert desk.window.windowTitle() == "Cancel Desk: SANDBOX, Leeds shop"
    assert desk.hint == f"key …{desk.shop.key[-4:]}"
    stored = (tmp_path / "data" / "profiles.json").read_text()
    assert "Leeds shop" in stored
    assert desk.shop.key not in stored + caplog.text
    [record] = desk.shop.records
    assert (record.method, record.target) == ("POST", "/payment-intents/search")
    ids = desk.ready(2)
    desk.run()
    assert desk.shop.effects_by_id() == dict.fromkeys(ids, 1)


def test_the_first_window_leads_to_the_key(desk):
    desk.in_dialog(
        "keyDialog", partial(desk.click, "welcomeKeyButton"), lambda dialog: dialog.reject()
    )
    assert desk.combo.count() == 1


def test_the_key_is_masked_until_it_is_asked_for_and_its_environment_is_named(desk):
    def look(dialog) -> None:
        edit = desk.find(QLineEdit, "keyEdit", dialog)
        badge = desk.find(QLabel, "environmentLabel", dialog)
        assert not badge.isVisible()
        assert edit.echoMode() is QLineEdit.EchoMode.Password
        edit.setText(f"  {OTHER_KEY}\n")
        assert badge.isVisible()
        assert badge.text() == "SANDBOX: test payments"
        edit.setText(LIVE_KEY)
        assert badge.text() == "LIVE: real payments"
        reveal = desk.find(QCheckBox, "revealBox", dialog)
        reveal.click()
        assert edit.echoMode() is QLineEdit.EchoMode.Normal
        reveal.click()
        assert edit.echoMode() is QLineEdit.EchoMode.Password
        dialog.reject()
        assert edit.text() == ""

    desk.key_dialog(look)


@pytest.mark.parametrize("typed", ["x", "sk_live_abc", "sk_prod_", "sk_sandbox_with space inside1"])
def test_what_is_no_key_is_not_sent_anywhere(desk, typed):
    def look(dialog) -> None:
        desk.fill(dialog, "Leeds", typed)
        assert not desk.button("saveKeyButton", dialog).isEnabled()
        assert "not a complete Dojo key" in desk.message(dialog)
        dialog.reject()

    desk.key_dialog(look)
    assert desk.shop.requests == 0


def test_a_name_is_needed(desk):
    def look(dialog) -> None:
        desk.fill(dialog, " ", desk.shop.key)
        assert not desk.button("saveKeyButton", dialog).isEnabled()
        dialog.reject()

    desk.key_dialog(look)


@pytest.mark.parametrize("name", ["Practice", "LEEDS", "sk_prod_abcdefgh", "a\u202eb"])
def test_a_name_that_can_t_be_used_says_why_and_nothing_is_kept(desk, drawer, name):
    desk.add_profile("Leeds")
    kept = dict(drawer.keys)

    def act(dialog) -> None:
        desk.fill(dialog, name, desk.shop.key)
        desk.click("saveKeyButton", dialog)
        desk.wait(lambda: desk.message(dialog).strip("…") and "…" not in desk.message(dialog))
        assert "name" in desk.message(dialog).lower()
        assert desk.find(QLineEdit, "keyEdit", dialog).text() == desk.shop.key
        dialog.reject()

    desk.key_dialog(act)
    assert drawer.keys == kept
    assert desk.combo.count() == 2


def test_a_key_that_dojo_refuses_is_not_kept(desk, drawer):
    def act(dialog) -> None:
        desk.fill(dialog, "Leeds", OTHER_KEY)
        desk.click("saveKeyButton", dialog)
        desk.wait(lambda: "does not accept this key" in desk.message(dialog))
        assert not desk.button("saveUncheckedButton", dialog).isVisible()
        desk.click("leaveKeyButton", dialog)

    desk.key_dialog(act)
    assert drawer.keys == {}
    assert desk.combo.count() == 1


def test_offline_it_can_be_kept_without_checking_and_that_shows(desk, drawer):
    def act(dialog) -> None:
        desk.shop.down()
        desk.fill(dialog, "Leeds", desk.shop.key)
        desk.click("saveKeyButton", dialog)
        desk.wait(lambda: "could not be reached" in desk.message(dialog))
        desk.click("saveUncheckedButton", dialog)

    desk.key_dialog(act)
    assert desk.hint == f"key …{desk.shop.key[-4:]} · not verified"
    assert [each.secret for each in drawer.keys.values()] == [desk.shop.key]
    desk.shop.up()


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (Reason.UNAVAILABLE, "no keyring that works"),
        (Reason.LOCKED, "The keyring is locked."),
        (Reason.NOT_ALLOWED, "where others can read them"),
        (Reason.NOT_KEPT, "did not keep the key"),
        (Reason.NO_ANSWER, "did not answer"),
    ],
)
def test_where_the_keyring_fails_the_key_can_be_kept_for_this_session(desk, drawer, trouble, said):
    drawer.trouble = trouble

    def act(dialog) -> None:
        desk.fill(dialog, "Leeds", desk.shop.key)
        assert not desk.button("sessionOnlyButton", dialog).isVisible()
        desk.click("saveKeyButton", dialog)
        desk.wait(lambda: said in desk.message(dialog))
        desk.click("sessionOnlyButton", dialog)

    desk.key_dialog(act)
    assert drawer.keys == {}
    assert desk.hint == f"key …{desk.shop.key[-4:]}"
    desk.ready(1)


def test_when_it_is_not_kept_after_all_no_profile_stays(desk, drawer):
    drawer.trouble = Reason.UNAVAILABLE

    def act(dialog) -> None:
        desk.fill(dialog, "Leeds", desk.shop.key)
        desk.click("saveKeyButton", dialog)
        desk.wait(desk.button("sessionOnlyButton", dialog).isVisible)
        desk.click("leaveKeyButton", dialog)

    desk.key_dialog(act)
    assert desk.combo.count() == 1


def test_a_live_key_is_refused_while_the_api_is_a_loopback_address(desk, drawer):
    def act(dialog) -> None:
        desk.fill(dialog, "Leeds", LIVE_KEY)
        desk.click("saveKeyButton", dialog)
        desk.wait(lambda: "CANCEL_DESK_API_URL" in desk.message(dialog))
        assert "real payments" in desk.message(dialog)
        assert not desk.button("saveUncheckedButton", dialog).isVisible()
        desk.press(Qt.Key.Key_Escape)

    desk.key_dialog(act)
    assert desk.shop.requests == 0
    assert drawer.keys == {}


def test_a_live_profile_is_not_used_at_a_loopback_address(open_window, shop, drawer, tmp_path):
    stored(tmp_path, drawer, "Leeds", LIVE_KEY)
    desk = Operator(open_window(base_url=shop.url, start_in_practice=False), shop)
    assert desk.window.windowTitle() == "Cancel Desk: LIVE, Leeds"
    desk.add("pi_vpwd4ooAPEqyNAQe4z89WQ")
    desk.wait(lambda: desk.notice)
    assert "CANCEL_DESK_API_URL" in desk.notice
    assert shop.requests == 0


def test_the_dialog_stays_while_dojo_is_being_asked(desk):
    def act(dialog) -> None:
        desk.shop.faults.add(Fault(Kind.HANG))
        desk.fill(dialog, "Leeds", desk.shop.key)
        desk.click("saveKeyButton", dialog)
        assert desk.shop.wait_for_requests(1)
        desk.press(Qt.Key.Key_Escape, widget=dialog)
        dialog.close()
        assert dialog.isVisible()
        desk.shop.down()
        desk.wait(desk.button("saveUncheckedButton", dialog).isVisible)
        dialog.close()
        assert desk.find(QLineEdit, "keyEdit", dialog).text() == ""

    desk.key_dialog(act)
    desk.shop.up()
    desk.shop.faults.clear()


def test_a_key_saved_while_a_check_began_is_used_when_that_has_ended(desk):
    desk.edit.setPlainText("\n".join(desk.practice.server.create() for _ in range(40)))
    slow = Fault(Kind.SLOW, methods=("GET",), seconds=0.2)
    desk.practice.server.faults.add(slow)

    def act(dialog) -> None:
        desk.button("addButton").click()  # as what was being read meanwhile would begin a check
        desk.wait(lambda: desk.is_shown("pauseButton"))
        desk.button("pauseButton").click()
        desk.fill(dialog, "Leeds", desk.shop.key)
        desk.click("saveKeyButton", dialog)

    desk.key_dialog(act)
    assert desk.combo.currentText() == "Practice"
    assert desk.combo.findText("Leeds") >= 0
    assert desk.notice == (
        "“Leeds” is saved, and will be chosen when the work under way has ended."
    )
    desk.practice.server.faults.clear()
    desk.click("pauseButton")
    desk.wait(lambda: desk.combo.currentText() == "Leeds")
    assert desk.window.windowTitle() == "Cancel Desk: SANDBOX, Leeds"
    assert desk.notice == ""


# --- Several profiles ----------------------------------------------------------------------------


def stored(tmp_path, drawer, name, key, last=True):
    """A profile from an earlier day."""
    profiles = Profiles(tmp_path / "data" / "profiles.json")
    profile = profiles.add(name, ApiKey(key), verified=True)
    drawer.keys[profile.id] = ApiKey(key)
    if last:
        profiles.use(profile.id)
    return profile


def test_the_profile_used_last_is_there_again(open_window, shop, drawer, tmp_path):
    stored(tmp_path, drawer, "Leeds", shop.key)
    desk = Operator(open_window(base_url=shop.url, start_in_practice=False), shop)
    assert desk.combo.currentText() == "Leeds"
    assert desk.text("environmentLabel") == "SANDBOX: test payments"
    desk.ready(1)


def test_another_profile_voids_every_check(desk):
    desk.add_profile()
    ids = desk.ready(3)
    desk.choose("Practice")
    assert desk.text("environmentLabel") == "PRACTICE: no real payments"
    assert desk.window.windowTitle() == "Cancel Desk: PRACTICE"
    desk.wait_for(3, "Not found")  # the practice server has never heard of them
    assert desk.ticked == []
    assert "practice, which knows only its own" in desk.notice
    desk.choose("Leeds")
    desk.wait_for(3, "Ready")
    assert desk.notice == ""
    assert desk.ticked == ids


def test_what_was_cancelled_does_not_stand_under_another_profile(desk):
    desk.add_profile()
    desk.ready(2)
    left = desk.create(1, status="Captured")
    desk.load(left)
    desk.run()
    desk.choose("Practice")
    desk.wait_for(1, "Not found")
    assert desk.ids == left
    assert not desk.button("copySummaryButton").isVisible()


def test_the_arrows_alone_choose_no_profile(desk):
    desk.add_profile()
    desk.focus(desk.combo)
    desk.press(Qt.Key.Key_Up, widget=desk.combo)
    desk.wait(desk.combo.view().isVisible)
    desk.press(Qt.Key.Key_Up, widget=desk.combo.view())
    desk.press(Qt.Key.Key_Escape, widget=desk.combo.view())
    assert desk.combo.currentText() == "Leeds"
    assert desk.text("environmentLabel") == "SANDBOX: test payments"


def test_the_wheel_changes_no_profile(desk):
    desk.add_profile()
    place = QPointF(5, 5)
    for turn in (120, -120):
        wheel = QWheelEvent(
            place,
            desk.combo.mapToGlobal(place),
            QPoint(),
            QPoint(0, turn),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(desk.combo, wheel)
        assert desk.combo.currentText() == "Leeds"


def test_a_profile_deleted_in_another_window_is_not_used(desk, tmp_path):
    desk.add_profile()
    desk.choose("Practice")
    elsewhere = Profiles(tmp_path / "data" / "profiles.json")
    elsewhere.delete(list(elsewhere)[1].id)
    desk.choose("Leeds")
    assert "deleted in another window" in desk.notice
    assert desk.combo.currentText() == "Practice"
    assert desk.text("environmentLabel") == "PRACTICE: no real payments"


def test_a_choice_that_can_t_be_remembered_is_made_all_the_same(desk, tmp_path):
    desk.add_profile()
    (tmp_path / "data" / "profiles.json").unlink()
    (tmp_path / "data").rmdir()
    (tmp_path / "data").write_text("a file where the folder was")
    desk.choose("Practice")
    assert desk.text("environmentLabel") == "PRACTICE: no real payments"
    assert desk.combo.currentText() == "Practice"
    assert "could not be written" in desk.notice


def test_a_list_of_profiles_that_is_broken_is_kept_and_told(open_window, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "profiles.json").write_text("{")
    desk = open_window(start_in_practice=False)
    assert "could not be read" in desk.notice
    assert "profiles-set-aside-" in desk.notice
    [kept] = (tmp_path / "data").glob("profiles-set-aside-*.json")
    assert kept.read_text() == "{"


def test_a_key_that_is_gone_from_the_keyring_is_told(open_window, shop, drawer, tmp_path):
    stored(tmp_path, drawer, "Leeds", shop.key)
    drawer.keys.clear()
    desk = Operator(open_window(base_url=shop.url, start_in_practice=False), shop)
    desk.add("\n".join(desk.create(2)))
    desk.wait(lambda: desk.notice)
    assert "The key of this profile is not on this computer any more." in desk.notice
    assert set(desk.states.values()) == {"Added"}
    assert desk.idle


def test_a_profile_with_the_key_of_another_environment_is_not_used(
    open_window, shop, drawer, tmp_path
):
    profile = stored(tmp_path, drawer, "Leeds", shop.key)
    drawer.keys[profile.id] = ApiKey(LIVE_KEY)
    desk = Operator(open_window(base_url=shop.url, start_in_practice=False), shop)
    desk.add("\n".join(desk.create(1)))
    desk.wait(lambda: desk.notice)
    assert "another key than this profile’s" in desk.notice
    assert shop.requests == 0


def test_ages_are_counted_by_the_server_s_clock(open_window, drawer, tmp_path):
    late = 5 * 24 * 3600 * 10**9
    with PracticeServer(clock=lambda: time.time_ns() - late) as shop:
        stored(tmp_path, drawer, "Leeds", shop.key)
        desk = Operator(open_window(base_url=shop.url, start_in_practice=False), shop)
        intent_id = shop.create(100, created_ago=2 * 3600 + 60)
        desk.load([intent_id])
        assert desk.cell(0, CREATED).data() == "2 h ago"


# --- Replacing and deleting ----------------------------------------------------------------------


def test_a_key_is_replaced_and_everything_checked_again(open_window, shop, drawer, tmp_path):
    profile = stored(tmp_path, drawer, "Leeds", OTHER_KEY)
    desk = Operator(open_window(base_url=shop.url, start_in_practice=False), shop)
    desk.add("\n".join(desk.create(2)))
    desk.wait_for(2, "Couldn't check", "Added")

    def act(dialog) -> None:
        name = desk.find(QLineEdit, "profileNameEdit", dialog)
        assert name.text() == "Leeds"
        assert name.isReadOnly()
        desk.paste(desk.shop.key, desk.find(QLineEdit, "keyEdit", dialog))
        desk.click("saveKeyButton", dialog)

    desk.in_dialog("keyDialog", partial(desk.menu, "keysButton", "replaceKeyAction"), act)
    desk.wait_for(2, "Ready")
    assert drawer.keys == {profile.id: ApiKey(shop.key)}
    assert desk.hint == f"key …{shop.key[-4:]}"


def test_a_sandbox_profile_never_gets_a_live_key(qtbot, looks, drawer, tmp_path):
    profile = stored(tmp_path, drawer, "Leeds", OTHER_KEY)
    profiles = Profiles(tmp_path / "data" / "profiles.json")
    errands = Errands()
    keys = Keys(profiles, SessionKeys(drawer), verify=lambda _key: None)
    dialog = KeyDialog(keys, errands, replace=profile)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.findChild(QLineEdit, "keyEdit").setText(LIVE_KEY)
    dialog.findChild(object, "saveKeyButton").click()
    message = dialog.findChild(QLabel, "keyMessage")
    qtbot.waitUntil(lambda: "another environment" in message.text())
    errands.close()
    assert drawer.keys == {profile.id: ApiKey(OTHER_KEY)}
    assert list(Profiles(tmp_path / "data" / "profiles.json"))[1] == profile
    with pytest.raises(ProfileError) as refused:
        profiles.replace_key(profile.id, ApiKey(LIVE_KEY), verified=True)
    assert refused.value.reason is Refusal.OTHER_ENVIRONMENT
    assert profile.environment is Environment.SANDBOX


def test_practice_can_be_neither_replaced_nor_deleted(desk):
    entries = {each.objectName(): each for each in desk.button("keysButton").menu().actions()}
    assert entries["addKeyAction"].isEnabled()
    assert not entries["replaceKeyAction"].isEnabled()
    assert not entries["deleteProfileAction"].isEnabled()


def test_a_profile_is_deleted_with_its_key_and_only_when_asked_twice(desk, drawer):
    desk.add_profile()
    delete = partial(desk.menu, "keysButton", "deleteProfileAction")
    desk.answer("deleteProfileDialog", delete, "Keep it")
    assert desk.combo.currentText() == "Leeds"
    desk.answer("deleteProfileDialog", delete, "Delete it")
    assert desk.combo.currentText() == "Practice"
    assert desk.combo.count() == 1
    desk.wait(lambda: drawer.keys == {})


def test_a_key_that_can_t_be_deleted_is_told(desk, drawer):
    desk.add_profile()
    drawer.trouble = Reason.NOT_DELETED
    delete = partial(desk.menu, "keysButton", "deleteProfileAction")
    desk.answer("deleteProfileDialog", delete, "Delete it")
    desk.wait(lambda: desk.notice)
    assert "its key could not be deleted" in desk.notice
    assert "Delete it there" in desk.notice


def test_a_profile_with_unknown_payments_says_so_before_it_goes(open_window, shop, drawer):
    desk = Operator(open_window(speed=500, base_url=shop.url), shop)
    desk.add_profile()
    [intent_id] = desk.ready(1)
    shop.faults.add(Fault(Kind.RESET, methods=("DELETE",), after=True))
    unread = Fault(Kind.REFUSE, methods=("GET",), code=500)
    shop.on_delete = lambda _: shop.faults.add(unread)  # not before the send
    desk.run()
    assert desk.states == {intent_id: "Unknown"}

    def look(dialog) -> None:
        question = desk.text("questionText", dialog)
        assert "not known yet what became of some of its payments" in question
        assert_asks(dialog, leave="Keep it", do="Delete it")
        desk.press(Qt.Key.Key_Escape, widget=dialog)

    delete = partial(desk.menu, "keysButton", "deleteProfileAction")
    desk.in_dialog("deleteProfileDialog", delete, look)
    assert desk.combo.currentText() == "Leeds"
    shop.faults.clear()
    desk.wait(lambda: desk.states == {intent_id: "Cancelled"})


def test_the_files_are_for_this_user_alone(desk, tmp_path):
    desk.add_profile()
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / "profiles.json").stat().st_mode) == 0o600
