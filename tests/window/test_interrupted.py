"""After a crash, through the window: the truth is told, and one click goes on."""

from datetime import UTC, datetime

import pytest

from cancel_desk.desk.journals import Journals

from .driver import Driver

KEY = bytes(32)  # what the tests' keyring gives


@pytest.fixture
def start(open_window, shop):
    def opened(speed=1.0) -> Driver:
        driver = open_window(speed=speed, base_url=shop.url)
        driver.window.warm_up()
        return driver

    return opened


def test_the_truth_is_told_and_what_is_unknown_is_looked_up_without_sending(start, shop, cut_off):
    desk = start(speed=500)
    desk.wait(lambda: desk.is_shown("interruptedBar"))
    text = desk.text("interruptedText")
    assert "1 cancelled, 2 being looked up, 2 not sent." in text
    assert "Leeds" in text
    desk.wait(lambda: desk.states.get(cut_off[1]) == "Cancelled")
    assert desk.states == {cut_off[1]: "Cancelled", cut_off[2]: "Unknown"}
    assert shop.deletes_by_id() == {}


def test_going_on_looks_everything_up_and_asks_before_it_sends(start, shop, cut_off):
    shop.set_status(cut_off[2], "Canceled")
    desk = start(speed=500)
    desk.wait(lambda: desk.is_shown("interruptedBar"))
    desk.wait(lambda: desk.states == dict.fromkeys(cut_off[1:3], "Cancelled"))

    def confirm(dialog) -> None:
        assert shop.deletes_by_id() == {}
        desk.click("confirmButton", dialog)

    desk.in_dialog("confirmDialog", lambda: desk.click("goOnButton"), confirm)
    desk.wait(lambda: desk.is_shown("summaryPanel"))
    desk.wait(lambda: set(desk.states.values()) == {"Cancelled"} and len(desk.states) == 5)
    assert {shop.status(intent_id) for intent_id in cut_off} == {"Canceled"}
    assert not desk.is_shown("interruptedBar")


def test_leaving_it_is_written_down(start, shop, cut_off, path, open_window):
    desk = start()
    desk.wait(lambda: desk.is_shown("interruptedBar"))
    desk.click("leaveButton")
    assert not desk.is_shown("interruptedBar")
    desk.answer("closeDialog", desk.window.close, "Close anyway")
    desk.wait(lambda: not desk.window.isVisible())
    journals = Journals(path, lambda: KEY, lambda: datetime.now(UTC))
    assert [found.interrupted for found in journals.open().recovered] == [False]
    journals.close()
    assert shop.deletes_by_id() == {}


def test_a_damaged_journal_is_told_and_kept(start, profile, path):
    path.write_bytes(b"not a journal" * 1000)
    desk = start()
    desk.wait(lambda: desk.is_shown("notice"))
    assert "It is kept as" in desk.notice
    [aside] = path.parent.glob("journal-set-aside-*")
    assert aside.read_bytes() == b"not a journal" * 1000


def test_a_second_window_looks_but_sends_nothing_real(start, shop, profile, path):
    first = Journals(path, lambda: KEY, lambda: datetime.now(UTC))
    first.open()
    desk = start()
    desk.wait(lambda: desk.is_shown("notice"))
    assert "open in another window" in desk.notice
    first.close()


def test_an_interrupted_run_waits_for_what_is_under_way(start, shop, cut_off, gate):
    desk = start()
    desk.wait(lambda: desk.is_shown("interruptedBar"))
    desk.ready(2)
    desk.confirm()
    desk.wait(lambda: gate.held)
    assert not desk.button("goOnButton").isEnabled()
    gate.open()
    desk.wait(lambda: desk.idle)
    assert desk.button("goOnButton").isEnabled()


def test_what_is_unknown_is_not_asked_for_with_another_key(start, shop, cut_off):
    desk = start()
    desk.wait(lambda: desk.states.get(cut_off[2]) == "Unknown")
    before = desk.practice.server.requests
    desk.click("checkButton")
    desk.wait(lambda: desk.idle)
    assert desk.practice.server.requests == before
    assert desk.states[cut_off[2]] == "Unknown"


def test_what_a_damaged_journal_named_can_be_looked_up(open_shop, start, shop, cut_off, path):
    content = bytearray(path.read_bytes())
    content[:16] = bytes(16)  # no longer a database, and all its entries are still there
    path.write_bytes(content)
    desk = start()  # in practice, which knows nothing of them
    desk.wait(lambda: "5 payments from it can be looked up" in desk.notice)
    assert not desk.is_shown("noticeOfferButton")
    desk.choose("Leeds")
    desk.wait(lambda: desk.is_shown("noticeOfferButton"))
    assert desk.button("noticeOfferButton").text() == "Look up 5 payments from it"
    desk.click("noticeOfferButton")
    desk.wait(lambda: sorted(desk.states) == sorted(cut_off))
    desk.wait(lambda: set(desk.states.values()) == {"Already cancelled", "Ready"})
    assert shop.deletes_by_id() == {}
