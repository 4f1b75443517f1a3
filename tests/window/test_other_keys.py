"""Payments of another shop: looked for with the other keys of the same environment, on request."""

NOT_OURS = "pi_sandbox_" + "x" * 21 + "A"


def test_it_is_offered_and_says_who_knows_them(open_shop, york, shop, monkeypatch):
    from cancel_desk.dojo.client import Client
    from cancel_desk.dojo.intent import Intent

    asked = []
    get = Client.get

    def one_shop_each(client, intent_id):
        # One server stands for Dojo, which tells shops apart by their keys.
        if client._key.hint == york.key_hint:
            asked.append(intent_id)
            return Intent(intent_id, "Created")
        return get(client, intent_id)

    desk = open_shop()
    desk.load([shop.create(), NOT_OURS])
    desk.wait(lambda: desk.is_shown("noticeOfferButton"))
    assert "1 payment not known with this key" in desk.notice
    assert asked == []
    monkeypatch.setattr(Client, "get", one_shop_each)
    desk.click("noticeOfferButton")
    desk.wait(lambda: "“York” knows 1 of them" in desk.notice)
    assert asked == [NOT_OURS]
    assert desk.states[NOT_OURS] == "Not found"
    desk.highlight(NOT_OURS)
    assert "Choose the profile “York”." in desk.details
    assert shop.deletes_by_id() == {}


def test_a_key_that_is_refused_is_told(open_shop, york, shop):
    desk = open_shop()  # the server does not take York's key
    desk.load([NOT_OURS])
    desk.wait(lambda: desk.is_shown("noticeOfferButton"))
    desk.click("noticeOfferButton")
    desk.wait(lambda: "“York” could not be asked." in desk.notice)
    assert "1 payment not known with any of your keys" in desk.notice


def test_it_is_not_offered_where_there_is_no_other_key(open_shop):
    desk = open_shop()
    desk.load([NOT_OURS])
    assert not desk.is_shown("noticeOfferButton")


def test_it_is_offered_once(open_shop, york):
    desk = open_shop()
    desk.load([NOT_OURS])
    desk.wait(lambda: desk.is_shown("noticeOfferButton"))
    desk.click("dismissNoticeButton")
    desk.click("checkButton")
    desk.wait(lambda: desk.idle)
    assert desk.notice == ""
