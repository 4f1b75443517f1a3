"""The list at the next start: all that was in no run is back, looked up afresh."""

from cancel_desk.desk.kept_list import KeptLists

from .driver import TICK


def close(desk) -> None:
    desk.window.close()
    desk.wait(lambda: not desk.window.isVisible())


def test_a_list_that_was_not_finished_comes_back_with_its_ticks(open_shop, shop):
    ids = [shop.create(reference=f"Order {n}") for n in range(3)]
    desk = open_shop()
    desk.load(ids)
    desk.click_cell(ids[1], TICK)
    close(desk)
    shop.set_status(ids[2], "Captured")

    again = open_shop()
    again.wait(lambda: len(again.ids) == 3)
    assert "3 payments from your last list are back." in again.summary
    again.wait(lambda: list(again.states.values()) == ["Ready", "Ready", "Not cancellable"])
    assert again.ticked == [ids[0]]
    assert shop.deletes_by_id() == {}


def test_what_was_cancelled_does_not_come_back_and_what_was_not_sent_does(open_shop, shop, gate):
    ids = [shop.create(reference=f"Order {n}") for n in range(3)]
    desk = open_shop()
    desk.load(ids)
    desk.click_cell(ids[2], TICK)
    desk.run()
    close(desk)
    again = open_shop()
    again.wait(lambda: again.ids == [ids[2]])


def test_the_list_of_practice_is_not_kept(open_shop, open_window, practice):
    desk = open_window()
    desk.window.warm_up()
    desk.ready(2)
    close(desk)
    again = open_shop()
    again.load([practice.server.create()])  # by then an earlier list would have come
    assert len(again.ids) == 1


def test_a_list_stays_with_the_shop_that_it_was_last_looked_up_with(open_shop, shop):
    ids = [shop.create() for _ in range(2)]
    desk = open_shop()
    desk.load(ids)
    desk.choose("Practice")
    desk.wait(lambda: desk.idle)
    close(desk)
    again = open_shop(start_in_practice=True)
    assert again.ids == []
    again.choose("Leeds")
    again.wait(lambda: again.ids == ids)
    again.wait(lambda: set(again.states.values()) == {"Ready"})


def test_a_list_that_can_not_be_kept_is_told_once(open_shop, shop, tmp_path):
    (tmp_path / "data" / "lists").write_text("in the way")
    desk = open_shop()
    desk.wait(lambda: "could not be kept" in desk.notice)
    desk.click("dismissNoticeButton")
    desk.load([shop.create()])
    assert desk.notice == ""


def test_a_payment_is_kept_under_one_profile_only(open_shop, shop, york, profile, tmp_path):
    ids = [shop.create() for _ in range(2)]
    desk = open_shop()
    desk.load(ids)
    for name in ("Practice", "York"):
        desk.choose(name)
        desk.wait(lambda: desk.idle)
    kept = KeptLists(tmp_path / "data" / "lists")
    desk.wait(lambda: [row.intent_id for row in kept.load(york.id)] == ids)
    desk.wait(lambda: kept.load(profile.id) == ())
    close(desk)
    assert [row.intent_id for row in kept.load(york.id)] == ids
