"""The four operations, as the published API describes them."""

import base64
import json
import re

import pytest

from cancel_desk.practice import PracticeServer, Status

PAID = [Status.AUTHORIZED, Status.CAPTURED, Status.REVERSED, Status.REFUNDED]


def test_an_unpaid_intent_is_cancelled_and_answered_whole(server, call):
    intent = server.create(1250, "EUR", "Order 7", description="Two chairs")
    reply = call.delete(intent)
    assert reply.status == 200
    assert reply.json["id"] == intent
    assert reply.json["status"] == "Canceled"
    assert reply.json["totalAmount"] == {"value": 1250, "currencyCode": "EUR"}
    assert (reply.json["reference"], reply.json["description"]) == ("Order 7", "Two chairs")
    assert server.status(intent) == "Canceled"
    assert reply.json["updatedAt"] > reply.json["createdAt"]


@pytest.mark.parametrize("refusal", [400, 404, 409])
@pytest.mark.parametrize("status", [*PAID, Status.CANCELED, "Disputed"])
def test_an_intent_that_is_not_created_stays_as_it_is(server, call, status, refusal):
    server.delete_refusal = refusal
    intent = server.create(status=status)
    assert call.delete(intent).status == refusal
    assert server.status(intent) == status
    assert (server.deletes(intent), server.effects(intent)) == (1, 0)


def test_the_second_delete_is_refused(server, call):
    intent = server.create()
    assert [call.delete(intent).status for _ in range(2)] == [200, 409]
    assert (server.deletes(intent), server.effects(intent)) == (2, 1)


def test_a_canceled_intent_is_found_only_if_asked_for(server, call):
    intent = server.create(status="Canceled")
    path = f"/payment-intents/{intent}"
    assert call.ask("GET", path).status == 404
    assert call.ask("GET", f"{path}?returnCanceled=false").status == 404
    assert call.ask("GET", f"{path}?returnCanceled=perhaps").status == 400
    assert call.ask("GET", f"{path}?returnCanceled=True").json["status"] == "Canceled"
    assert call.get(intent).json["status"] == "Canceled"


@pytest.mark.parametrize("status", [Status.CREATED, *PAID])
def test_what_a_reader_must_drop_is_there(server, call, status):
    body = call.get(server.create(status=status)).json
    assert body["clientSessionSecret"]
    assert body["customer"]["emailAddress"].endswith("@example.com")
    assert body["billingAddress"]["postcode"]
    assert body["metadata"]["location-id"]
    assert ("paymentDetails" in body) == (status in PAID)
    assert bool(body["paymentEvents"]) == (status in PAID)
    assert bool(body.get("captures")) == (status in ("Captured", "Refunded"))
    assert body["refundedAmount"] == (1000 if status == "Refunded" else 0)


def test_secrets_differ_from_intent_to_intent_and_stay(server, call):
    one, other = server.create(), server.create()
    assert call.get(one).json == call.get(one).json
    secret, others = (call.get(intent).json["clientSessionSecret"] for intent in (one, other))
    assert secret != others


@pytest.mark.parametrize("digits", range(10))
def test_times_have_as_many_digits_as_asked_for(server, call, digits):
    body = call.get(server.create(digits=digits)).json
    for name in ("createdAt", "updatedAt", "expireAt"):
        _, dot, fraction = body[name].removesuffix("Z").partition(".")
        assert len(fraction) == digits
        assert bool(dot) == (digits > 0)


def test_ages_are_counted_from_the_servers_clock(caller_class):
    moment = 1_700_000_000_123_456_789  # 2023-11-14T22:13:20.123456789Z
    with PracticeServer(clock=lambda: moment) as server:
        intent = server.create(created_ago=3600, expires_in=60.5, digits=9)
        eternal = server.create(expires_in=None)
        caller = caller_class(server)
        reply = caller.get(intent)
        assert caller.get(eternal).json["expireAt"] is None
        caller.close()
    assert reply.headers["Date"] == "Tue, 14 Nov 2023 22:13:20 GMT"
    assert reply.json["createdAt"] == "2023-11-14T21:13:20.123456789Z"
    assert reply.json["expireAt"] == "2023-11-14T22:14:20.623456789Z"


def test_what_comes_on_top_is_in_the_total(server, call):
    tips = {"tipsAmount": {"value": 150, "currencyCode": "GBP"}}
    body = call.get(server.create(1000, given=tips)).json
    assert (body["amount"]["value"], body["totalAmount"]["value"]) == (1000, 1150)


def test_an_unknown_status_is_sent_as_it_is(server, call):
    intent = server.create()
    server.set_status(intent, "Disputed")
    assert call.get(intent, garbled=True).json["status"] == "Disputed"


# Creating


def test_create_answers_201_with_an_unpaid_intent(server, call):
    reply = call.ask(
        "POST",
        "/payment-intents",
        {"amount": {"value": 1000, "currencyCode": "GBP"}, "reference": "Order 1"},
    )
    assert reply.status == 201
    assert reply.json["status"] == "Created"
    assert reply.json["description"] is None
    intent = server.intent(reply.json["id"])
    assert intent.expire_at - intent.created_at == 30 * 86_400 * 10**9
    assert call.get(intent.id).json == reply.json


def test_create_keeps_what_was_given(call):
    given = {
        "description": "Sofa",
        "captureMode": "Manual",
        "AutoExpireAction": "Capture",  # the vendor's own example writes it so
        "expireAt": "2031-01-01T00:00:00.5+01:00",
        "metadata": {"till": "3"},
        "tipsAmount": {"value": 5, "currencyCode": "EUR"},
    }
    body = {"amount": {"value": 7, "currencyCode": "EUR"}, "reference": "R", **given}
    answer = call.ask("POST", "/payment-intents", body, garbled=True).json
    assert answer["captureMode"] == "Manual"
    assert answer["autoExpireAction"] == "Capture"
    assert answer["expireAt"] == "2030-12-31T23:00:00.5000000Z"
    assert answer["metadata"] == {"till": "3"}
    assert answer["totalAmount"]["value"] == 12


GOOD = {"amount": {"value": 1, "currencyCode": "GBP"}, "reference": "R"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": None}, "amount"),
        ({"amount": 5}, "amount"),
        ({"amount": {"value": 1}}, "amount"),
        ({"amount": {"value": 0, "currencyCode": "GBP"}}, "value"),
        ({"amount": {"value": 1.5, "currencyCode": "GBP"}}, "value"),
        ({"amount": {"value": True, "currencyCode": "GBP"}}, "value"),
        ({"amount": {"value": 2**63, "currencyCode": "GBP"}}, "value"),
        ({"amount": {"value": 1, "currencyCode": "USD"}}, "currencyCode"),
        ({"amount": {"value": 1, "currencyCode": []}}, "currencyCode"),
        ({"amount": {"value": 1, "currencyCode": "GBP", "tax": 1}}, "tax"),
        ({"reference": None}, "reference"),
        ({"reference": ""}, "reference"),
        ({"reference": "x" * 61}, "reference"),
        ({"description": "x" * 4097}, "description"),
        ({"captureMode": "Later"}, "captureMode"),
        ({"expireAt": "tomorrow"}, "expireAt"),
        ({"expireAt": "2031-02-30T00:00:00Z"}, "expireAt"),
        ({"tipsAmount": {}}, "tipsAmount"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_create_refuses_what_was_not_published(server, call, changes, field):
    reply = call.ask("POST", "/payment-intents", GOOD | changes)
    assert reply.status == 400
    assert list(reply.json["errors"]) == [field]


# Who may ask, and how


def test_the_key_is_sandbox_shaped_and_new_each_time(server):
    with PracticeServer() as other:
        assert other.key != server.key
    assert re.fullmatch(r"sk_sandbox_[A-Za-z0-9_-]{80,}", server.key)
    assert server.key not in repr(server)


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Basic",
        "Basic sk_sandbox_other",
        "Bearer {key}",
        "{key}",
        "Basic {key} ",
        "Basic é",
    ],
)
def test_only_the_raw_key_after_basic_opens(server, call, authorization):
    intent = server.create()
    value = authorization and authorization.format(key=server.key)
    expected = 200 if value == f"Basic {server.key} " else 401  # HTTP strips the blank
    assert call.get(intent, headers={"Authorization": value}).status == expected


def test_a_key_in_base64_does_not_open(server, call):
    pair = base64.b64encode(f"{server.key}:".encode()).decode()
    assert call.get(server.create(), headers={"Authorization": f"Basic {pair}"}).status == 401


@pytest.mark.parametrize("version", [None, "", "2022-04-07", "2024-02-05 "])
def test_the_version_must_be_the_one(server, call, version):
    reply = call.delete(server.create(), headers={"Version": version})
    assert reply.status == (200 if version == "2024-02-05 " else 400)


def test_nothing_is_done_without_the_key(server, call):
    intent = server.create()
    assert call.delete(intent, headers={"Authorization": "Basic x"}).status == 401
    assert server.status(intent) == "Created"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/payment-intents/", 404),
        ("DELETE", "/payment-intents/", 404),
        ("DELETE", "/payment-intents/a/b", 404),
        ("DELETE", "/payment-intents/../terminals", 404),
        ("GET", "/payment-intents/pi_sandbox_AAAAAAAAAAAAAAAAAAAAAA", 404),
        ("DELETE", "/payment-intents/pi_sandbox_AAAAAAAAAAAAAAAAAAAAAA", 404),
        ("GET", "/payment-intents", 405),
        ("DELETE", "/payment-intents", 405),
        ("DELETE", "/payment-intents/search", 405),
        ("PUT", "/payment-intents/pi_sandbox_AAAAAAAAAAAAAAAAAAAAAA", 405),
    ],
)
def test_whatever_else_is_asked_is_refused(call, method, path, status):
    reply = call.ask(method, path)
    assert reply.status == status
    assert ("Allow" in reply.headers) == (status == 405)


# What is not even a request for the API


@pytest.mark.parametrize("path", ["/payment-intents", "/payment-intents/search"])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b"\xff\xfe", b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"]
)
def test_a_body_that_is_no_json_object_is_refused(call, path, body):
    assert call.ask("POST", path, body).status == 400


def test_a_body_must_say_that_it_is_json(call):
    assert call.search(b"{}", headers={"Content-Type": "text/plain"}).status == 415


def test_a_body_over_1_mib_is_refused_and_the_connection_goes_on(server, call):
    blanks = b" " * (1 << 20)
    assert call.search(blanks[:-2] + b"{}").status == 200
    assert call.search(blanks + b"{}").status == 413
    assert call.search({}).status == 200
    assert server.connections == 1


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"HELLO\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 505),
        (b"GET /\xff HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: " + b"x" * 5_000_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 101 + b"\r\n", 431),
        (b"POST /payment-intents/search HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /payment-intents/search HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
    ],
)
def test_what_is_no_request_is_turned_away(server, wire, request_bytes, status):
    wire.socket.sendall(request_bytes)
    wire.socket.shutdown(1)
    head, _, body = wire.rest().partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Connection: close" in head
    assert json.loads(body)["status"] == status
    assert server.requests == 0


@pytest.mark.parametrize("end", ["", "Authorization: Basic", "Content-Length: 5\r\n\r\nab"])
def test_a_request_that_breaks_off_has_no_effect(server, wire, end):
    intent = server.create()
    start = f"DELETE /payment-intents/{intent} HTTP/1.1\r\nVersion: 2024-02-05\r\n"
    wire.socket.sendall((start + f"Authorization: Basic {server.key}\r\n" + end).encode())
    wire.socket.shutdown(1)
    assert wire.rest() == b""
    assert (server.requests, server.status(intent)) == (0, "Created")


def test_an_answer_out_of_shape_would_not_pass_these_tests(server, call):
    intent = server.create(status="Disputed")
    with pytest.raises(AssertionError, match=r"body\.status"):
        call.get(intent)
    intent = server.create(given={"colour": "blue", "reference": None})
    with pytest.raises(AssertionError, match="colour is not published"):
        call.get(intent)
