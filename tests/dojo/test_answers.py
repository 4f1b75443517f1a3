"""What the client makes of each answer it can get."""

import json
from datetime import UTC, datetime

import pytest
import requests
import responses

from cancel_desk.dojo.client import Client, Page, WrongEnvironmentError
from cancel_desk.dojo.intent import Intent, Money
from cancel_desk.dojo.key import ApiKey
from cancel_desk.dojo.problem import Kind, Problem

from .bodies import INTENT_ID, SECRETS, intent_body

API = "https://api.dojo.tech"
LIVE_ID = "pi_vpwd4ooAPEqyNAQe4z89WQ"
KEY = "sk_sandbox_Canary7xQ9Rk"
DATE = "Mon, 05 Feb 2024 12:00:00 GMT"
PATHS = {
    "GET": f"/payment-intents/{INTENT_ID}?returnCanceled=true",
    "DELETE": f"/payment-intents/{INTENT_ID}",
    "POST": "/payment-intents/search",
}


@pytest.fixture
def api():
    """The API's own address, without a network: answers are put in, requests come out."""
    with responses.RequestsMock() as api:
        yield api


@pytest.fixture
def client():
    with Client(ApiKey(KEY)) as client:
        yield client


def answer(api, status=200, body=b"", headers=None, methods=tuple(PATHS)) -> None:
    """Every one of these calls gets this answer."""
    api.assert_all_requests_are_fired = False
    content = body if isinstance(body, bytes | Exception) else json.dumps(body).encode()
    for method in methods:
        api.add(method, API + PATHS[method], content, headers=headers, status=status)


class TestRequests:
    def test_a_read_asks_for_cancelled_ones_too(self, api, client):
        answer(api, body=intent_body())
        client.get(INTENT_ID)
        [call] = api.calls
        assert (call.request.method, call.request.url) == ("GET", API + PATHS["GET"])
        assert call.request.body is None

    def test_a_cancel_has_no_body(self, api, client):
        answer(api, body=intent_body(status="Canceled"))
        client.cancel(INTENT_ID)
        [call] = api.calls
        assert (call.request.method, call.request.url) == ("DELETE", API + PATHS["DELETE"])
        assert call.request.body is None

    def test_a_search_sends_only_what_is_asked_for(self, api, client):
        answer(api, body={"data": []})
        client.search()
        client.search(limit=1)
        client.search(("Created", "Captured"), datetime(2024, 2, 5, tzinfo=UTC), 100, "next")
        assert {call.request.url for call in api.calls} == {API + PATHS["POST"]}
        assert [json.loads(call.request.body) for call in api.calls] == [
            {"cursor": {"limit": 50}},
            {"cursor": {"limit": 1}},
            {
                "statuses": ["Created", "Captured"],
                "startDate": "2024-02-05T00:00:00Z",
                "cursor": {"limit": 100, "after": "next"},
            },
        ]
        assert api.calls[0].request.headers["Content-Type"] == "application/json"

    def test_the_key_is_sent_raw_and_the_version_is_pinned(self, api, client, ask):
        answer(api)
        ask(client, INTENT_ID)
        headers = api.calls[0].request.headers
        assert headers["Authorization"] == f"Basic {KEY}"
        assert headers["Version"] == "2024-02-05"
        assert headers["Accept-Encoding"] == "identity"
        assert "Cookie" not in headers
        assert "software-house-id" not in headers

    def test_a_live_key_reads_and_cancels_live_payments(self, api):
        body = intent_body(id=LIVE_ID, status="Canceled")
        api.add("GET", f"{API}/payment-intents/{LIVE_ID}?returnCanceled=true", json=body)
        api.add("DELETE", f"{API}/payment-intents/{LIVE_ID}", json=body)
        with Client(ApiKey("sk_prod_Canary7xQ9Rk")) as client:
            assert client.get(LIVE_ID).id == client.cancel(LIVE_ID).id == LIVE_ID

    @pytest.mark.parametrize(
        ("key", "intent_id"),
        [(KEY, LIVE_ID), ("sk_prod_Canary7xQ9Rk", INTENT_ID), ("sk_prod_Canary7xQ9Rk", "")],
    )
    def test_key_and_id_of_two_environments_are_never_sent(self, api, ask_for_one, key, intent_id):
        with Client(ApiKey(key)) as client, pytest.raises(WrongEnvironmentError):
            ask_for_one(client, intent_id)
        assert len(api.calls) == 0


class TestSuccess:
    def test_an_intent_that_was_read(self, api, client):
        answer(api, body=intent_body(), headers={"date": DATE})
        intent = client.get(INTENT_ID)
        assert isinstance(intent, Intent)
        assert (intent.id, intent.status) == (INTENT_ID, "Created")
        assert intent.to_pay == Money(1350, "GBP")
        assert intent.read_at == datetime(2024, 2, 5, 12, tzinfo=UTC)
        assert [secret for secret in SECRETS if secret in repr(intent)] == []

    @pytest.mark.parametrize("status", ["Captured", "Canceled", "Disputed"])
    def test_an_intent_is_read_in_any_status(self, api, client, status):
        answer(api, body=intent_body(status=status))
        assert client.get(INTENT_ID).status == status

    def test_a_cancel_that_the_server_confirms(self, api, client):
        answer(api, body=intent_body(status="Canceled"))
        intent = client.cancel(INTENT_ID)
        assert isinstance(intent, Intent)
        assert (intent.id, intent.status) == (INTENT_ID, "Canceled")

    def test_a_page(self, api, client):
        others = [intent_body(id="pi_sandbox_2", status="Disputed"), {"id": 7}, None]
        body = {"data": [intent_body(), *others], "before": None, "after": "next"}
        answer(api, body=body, headers={"Date": DATE})
        page = client.search()
        assert isinstance(page, Page)
        assert [(one.id, one.status) for one in page.intents] == [
            (INTENT_ID, "Created"),
            ("pi_sandbox_2", "Disputed"),
        ]
        assert (page.before, page.after, page.unreadable) == (None, "next", 2)
        assert {one.read_at for one in page.intents} == {datetime(2024, 2, 5, 12, tzinfo=UTC)}
        assert [secret for secret in SECRETS if secret in repr(page)] == []

    @pytest.mark.parametrize("cursor", [None, "", 7, ["next"]])
    def test_the_last_page(self, api, client, cursor):
        answer(api, body={"data": [], "after": cursor})
        assert client.search() == Page(())


class TestUnclear:
    """A 200 that is not what was asked for."""

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b" ",
            b"null",
            b"true",
            b'"Canceled"',
            b"<!DOCTYPE html><html>Welcome</html>",
            b"{}",
            json.dumps(intent_body(status="Canceled")).encode()[:-1],
            json.dumps(intent_body(status="Canceled")).encode() + b"}",
            json.dumps(intent_body(status="Canceled")).encode()[:-1] + b', "status": "Canceled"}',
            json.dumps(intent_body(status="Canceled")).encode()[:-1] + b', "metadata": {}}',
            json.dumps(intent_body(status="Canceled", x=float("nan"))).encode(),
            json.dumps(intent_body(status="Canceled", x="X")).encode().replace(b"X", b"\xff"),
            json.dumps([intent_body(status="Canceled")]).encode(),
            json.dumps({"data": intent_body(status="Canceled")}).encode(),
            json.dumps({"paymentIntent": intent_body(status="Canceled")}).encode(),
            json.dumps(intent_body(status="Canceled", id="pi_sandbox_other")).encode(),
            json.dumps(intent_body(status="Canceled", id=INTENT_ID.lower())).encode(),
            json.dumps(intent_body(status="Canceled", id=None)).encode(),
            json.dumps(intent_body(status=None)).encode(),
            b"[" * 100_000,
            b'{"id": ' + b"9" * 10_000 + b"}",
        ],
    )
    def test_bodies(self, api, client, ask, body):
        answer(api, body=body)
        problem = ask(client, INTENT_ID)
        assert isinstance(problem, Problem)
        assert (problem.kind, problem.http_status) == (Kind.UNCLEAR, 200)
        assert problem.technical

    @pytest.mark.parametrize("status", ["Created", "Captured", "canceled", "Cancelled", "Disputed"])
    def test_a_cancel_that_left_another_status(self, api, client, status):
        answer(api, body=intent_body(status=status))
        problem = client.cancel(INTENT_ID)
        assert (problem.kind, problem.http_status) == (Kind.UNCLEAR, 200)
        assert status in problem.technical

    @pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "utf-8"])
    def test_a_packed_body_is_not_unpacked(self, api, client, ask, encoding):
        body = intent_body(status="Canceled") | {"data": []}
        answer(api, body=body, headers={"Content-Encoding": encoding})
        assert ask(client, INTENT_ID).kind == Kind.UNCLEAR

    @pytest.mark.parametrize("body", [{"data": None}, {"data": {}}, {"data": "x"}, {"before": "x"}])
    def test_pages(self, api, client, body):
        answer(api, body=body)
        assert client.search().kind == Kind.UNCLEAR

    @pytest.mark.parametrize("status", [201, 202, 204, 206, 300, 304, 399])
    def test_other_statuses_of_success_are_none(self, api, client, ask, status):
        bodiless = status in (204, 304)
        answer(api, status, b"" if bodiless else intent_body(status="Canceled") | {"data": []})
        problem = ask(client, INTENT_ID)
        assert (problem.kind, problem.http_status) == (Kind.UNCLEAR, status)


DECLARED = [
    (400, Kind.REFUSED),
    (401, Kind.KEY_REFUSED),
    (403, Kind.KEY_REFUSED),
    (404, Kind.NOT_FOUND),
    (405, Kind.REFUSED),
    (408, Kind.UNCLEAR),
    (409, Kind.REFUSED),
    (429, Kind.RATE_LIMITED),
    (500, Kind.SERVER_ERROR),
    (502, Kind.SERVER_ERROR),
    (503, Kind.UNAVAILABLE),
    (504, Kind.SERVER_ERROR),
]


@pytest.mark.parametrize(("status", "kind"), DECLARED)
class TestRefusals:
    @pytest.mark.parametrize("change", [str, str.upper, str.capitalize])
    def test_problem_details_in_any_case(self, api, client, ask, status, kind, change):
        body = {
            "type": "https://tools.ietf.org/html/rfc7807",
            "title": "Not this time",
            "status": 999,
            "detail": "The reason.",
            "traceId": "00-1-2-00",
            "errors": {"id": ["odd", "short"]},
        }
        answer(api, status, {change(name): value for name, value in body.items()})
        assert ask(client, INTENT_ID) == Problem(
            kind,
            http_status=status,
            title="Not this time",
            detail="The reason.; id: odd, short",
            trace_id="00-1-2-00",
        )

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html><body><h1>Bad gateway</h1></body></html>",
            b'{"title": "Not th',
            b'{"title": "one", "title": "two"}',
            b"[]",
            b"null",
            b"\xff\xfe\x00",
            b"[" * 100_000,
            b'{"title": 7, "detail": [], "traceId": {}, "errors": 1}',
        ],
    )
    def test_bodies_that_say_nothing(self, api, client, ask, status, kind, body):
        answer(api, status, body)
        assert ask(client, INTENT_ID) == Problem(kind, http_status=status)

    def test_a_cancelled_intent_in_the_body_changes_nothing(
        self, api, client, ask_for_one, status, kind
    ):
        answer(api, status, intent_body(status="Canceled"))
        assert ask_for_one(client, INTENT_ID).kind == kind

    def test_when_to_come_back(self, api, client, ask, status, kind):
        answer(api, status, headers={"retry-after": "7"})
        assert ask(client, INTENT_ID).retry_after == 7


@pytest.mark.parametrize(
    "error",
    [
        RecursionError("too deep"),
        ValueError("odd"),
        UnicodeEncodeError("ascii", "x", 0, 1, "odd"),
        MemoryError(),
        OSError("gone"),
        AssertionError(),
        requests.exceptions.ConnectionError("gone"),
        requests.exceptions.ConnectTimeout("slow"),
        requests.exceptions.SSLError("odd"),
        requests.exceptions.InvalidHeader("odd"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_is_raised_on_the_way_may_have_been_sent(api, client, ask, error):
    answer(api, body=error)
    problem = ask(client, INTENT_ID)
    assert (problem.kind, problem.http_status) == (Kind.NO_ANSWER, None)
    assert type(error).__name__ in problem.technical
