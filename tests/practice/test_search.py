"""Searching: filters, and pages that go from new to old and back."""

from itertools import chain

import pytest

HOUR = 3600.0


@pytest.fixture
def ages(server):
    """Ten intents, one an hour, by age in hours."""
    return {
        age: server.create(created_ago=age * HOUR, digits=9)
        for age in (5, 1, 9, 3, 7, 2, 8, 4, 6, 0)
    }


def found(reply):
    assert reply.status == 200
    return [intent["id"] for intent in reply.json["data"]]


def test_everything_newest_first(call, ages):
    reply = call.search({})
    assert found(reply) == [ages[age] for age in range(10)]
    assert reply.json["before"] is None
    assert reply.json["after"] is None


@pytest.mark.parametrize("limit", [1, 3, 5, 10, 100])
def test_pages_there_and_back(call, ages, limit):
    expected = [ages[age] for age in range(10)]
    forth, pages, cursor = [], [], {"limit": limit}
    while True:
        page = call.search({"cursor": cursor})
        forth += found(page)
        pages.append(found(page))
        if page.json["after"] is None:
            break
        cursor = {"limit": limit, "after": page.json["after"]}
    assert forth == expected
    assert all(len(page) == limit for page in pages[:-1])
    back = [found(page)]
    while (before := page.json["before"]) is not None:
        page = call.search({"cursor": {"limit": limit, "before": before}})
        back.insert(0, found(page))
    assert [*chain(*back)] == expected


def test_a_page_is_not_disturbed_by_what_comes_meanwhile(server, call, ages):
    first = call.search({"cursor": {"limit": 4}})
    newest = server.create(created_ago=0)
    second = call.search({"cursor": {"limit": 4, "after": first.json["after"]}})
    assert found(second) == [ages[age] for age in range(4, 8)]
    before_first = call.search({"cursor": {"before": second.json["before"]}})
    assert found(before_first) == [newest, *(ages[age] for age in range(4))]


def test_fifty_is_the_usual_page(server, call):
    for _ in range(51):
        server.create()
    page = call.search({})
    assert len(found(page)) == 50
    assert len(found(call.search({"cursor": {"after": page.json["after"]}}))) == 1


def test_by_status(server, call, ages):
    server.set_status(ages[2], "Captured")
    server.set_status(ages[5], "Canceled")
    assert found(call.search({"statuses": ["Captured", "Canceled"]})) == [ages[2], ages[5]]
    assert len(found(call.search({"statuses": ["Created"], "cursor": None}))) == 8
    assert found(call.search({"statuses": ["Refunded"]})) == []
    assert len(found(call.search({"statuses": []}))) == 10


def test_by_date_of_creation_both_ends_included(call, ages):
    created = {age: call.get(ages[age]).json["createdAt"] for age in (3, 6)}
    assert found(call.search({"startDate": created[3]})) == [ages[age] for age in range(4)]
    assert found(call.search({"endDate": created[6]})) == [ages[age] for age in range(6, 10)]
    between = call.search({"startDate": created[6], "endDate": created[3], "cursor": {"limit": 2}})
    assert found(between) == [ages[3], ages[4]]
    body = {"startDate": created[6], "cursor": {"after": between.json["after"]}}
    assert found(call.search(body)) == [ages[5], ages[6]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"statuses": "Created"}, "statuses"),
        ({"statuses": ["Paid"]}, "statuses"),
        ({"statuses": [[]]}, "statuses"),
        ({"startDate": "yesterday"}, "startDate"),
        ({"endDate": 5}, "endDate"),
        ({"cursor": 5}, "cursor"),
        ({"cursor": {"limit": 0}}, "limit"),
        ({"cursor": {"limit": 101}}, "limit"),
        ({"cursor": {"limit": "5"}}, "limit"),
        ({"cursor": {"after": "elsewhere"}}, "after"),
        ({"cursor": {"after": "e30="}}, "after"),
        ({"cursor": {"before": "é"}}, "before"),
        ({"cursor": {"page": 2}}, "page"),
        ({"reference": "Order 1"}, "reference"),
    ],
)
def test_what_was_not_published_is_refused(call, body, field):
    reply = call.search(body)
    assert reply.status == 400
    assert list(reply.json["errors"]) == [field]


def test_before_and_after_exclude_each_other(call, ages):
    after = call.search({"cursor": {"limit": 1}}).json["after"]
    reply = call.search({"cursor": {"before": after, "after": after}})
    assert list(reply.json["errors"]) == ["cursor"]
