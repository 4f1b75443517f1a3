"""Every fault, seen from the other end of the connection."""

import http.client
import json
import zlib

import pytest

from cancel_desk.practice import Fault, Kind, PracticeServer, Shape, Status
from cancel_desk.practice.rate_limit import TokenBucket

HOUR = 3600.0


def only_record(server):
    assert server.wait_for_requests(1)
    (record,) = server.records
    return record


# Time


def test_slow_waits_before_the_work(server, wire):
    intent = server.create()
    server.faults.add(Fault(Kind.SLOW, seconds=HOUR))
    wire.send("DELETE", f"/payment-intents/{intent}")
    assert server.wait_until(lambda: only_record(server).faults == ("slow",))
    server.down()
    assert wire.rest() == b""
    assert server.status(intent) == "Created"
    assert only_record(server).status is None


def test_slow_can_wait_after_the_work(server, wire):
    intent = server.create()
    server.faults.add(Fault(Kind.SLOW, seconds=HOUR, after=True))
    wire.send("DELETE", f"/payment-intents/{intent}")
    assert server.wait_until(lambda: server.effects(intent) == 1)
    server.down()
    assert wire.rest() == b""
    assert server.status(intent) == "Canceled"


@pytest.mark.parametrize("after", [False, True])
def test_slow_answers_in_the_end(server, call, after):
    server.faults.add(Fault(Kind.SLOW, seconds=0.001, after=after))
    assert call.delete(server.create()).json["status"] == "Canceled"


@pytest.mark.parametrize(("after", "status"), [(False, "Created"), (True, "Canceled")])
def test_hang_holds_until_the_server_closes(after, status, new_wire):
    server = PracticeServer()
    intent = server.create()
    server.faults.add(Fault(Kind.HANG, after=after))
    wire = new_wire(server)
    wire.send("DELETE", f"/payment-intents/{intent}")
    assert server.wait_until(lambda: server.effects(intent) == 1 if after else server.requests == 1)
    server.close()
    assert wire.rest() == b""
    assert server.status(intent) == status


def test_dripped_answers_are_whole_in_the_end(server, call):
    server.faults.add(Fault(Kind.DRIP_HEADERS, seconds=1e-6), Fault(Kind.DRIP_BODY, seconds=1e-6))
    assert call.delete(server.create()).json["status"] == "Canceled"
    assert only_record(server).faults == ("drip_headers", "drip_body")
    server.faults.clear()
    assert call.search({}).status == 200


def test_dripping_headers_come_byte_by_byte(server, wire):
    server.faults.add(Fault(Kind.DRIP_HEADERS, seconds=HOUR))
    wire.send("GET", "/")
    assert server.wait_until(lambda: only_record(server).status == 404)
    server.down()
    assert wire.rest() == b""


def test_a_dripping_body_comes_after_its_headers(server, wire):
    server.faults.add(Fault(Kind.DRIP_BODY, seconds=HOUR))
    wire.send("GET", "/")
    wire.until(b"\r\n\r\n")
    server.down()
    assert wire.rest() == b""


# Other answers


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("code", [200, 400, 401, 403, 404, 409, 429, 500, 502, 503, 504, 520])
def test_refuse_with_problem_details(server, call, code, after):
    intent = server.create()
    server.faults.add(Fault(Kind.REFUSE, code=code, after=after, detail="No \u202ereason"))
    reply = call.delete(intent, garbled=code == 200)
    assert (reply.status, reply.json["status"]) == (code, code)
    assert reply.json["detail"] == "No \u202ereason"
    assert "Retry-After" not in reply.headers
    assert server.status(intent) == ("Canceled" if after else "Created")


@pytest.mark.parametrize("retry_after", ["5", "-1", "1e3", "Wed, 21 Oct 2037 07:28:00 GMT", "soon"])
@pytest.mark.parametrize("code", [429, 503])
def test_refuse_with_any_retry_after(server, call, code, retry_after):
    server.faults.add(Fault(Kind.REFUSE, code=code, retry_after=retry_after))
    reply = call.get(server.create())
    assert (reply.status, reply.headers["Retry-After"]) == (code, retry_after)


def test_refuse_in_capitals(server, call):
    server.faults.add(Fault(Kind.REFUSE, code=400, shape=Shape.CAPITALS, detail="No"))
    reply = call.get(server.create(), garbled=True)
    assert (reply.json["Detail"], reply.json["Status"]) == ("No", 400)
    assert "detail" not in reply.json


def test_refuse_with_nothing(server, call):
    server.faults.add(Fault(Kind.REFUSE, code=401, shape=Shape.EMPTY))
    reply = call.get(server.create(), garbled=True)
    assert (reply.status, reply.body, reply.headers["Content-Type"]) == (401, b"", None)


def test_refuse_with_a_page(server, call):
    server.faults.add(Fault(Kind.REFUSE, code=502, shape=Shape.HTML))
    reply = call.get(server.create(), garbled=True)
    assert (reply.status, reply.headers["Content-Type"]) == (502, "text/html")
    assert b"<title>Bad Gateway</title>" in reply.body


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirect(server, call, code, after):
    intent = server.create()
    server.faults.add(Fault(Kind.REDIRECT, code=code, url="http://127.0.0.1:9/x", after=after))
    reply = call.delete(intent, garbled=True)
    assert (reply.status, reply.headers["Location"]) == (code, "http://127.0.0.1:9/x")
    assert server.status(intent) == ("Canceled" if after else "Created")


def test_cookie(server, call):
    server.faults.add(Fault(Kind.COOKIE))
    assert call.get(server.create()).headers["Set-Cookie"].startswith("practice=")


# No answer


@pytest.mark.parametrize("after", [False, True])
def test_reset(server, wire, after):
    intent = server.create()
    server.faults.add(Fault(Kind.RESET, after=after))
    wire.send("DELETE", f"/payment-intents/{intent}")
    with pytest.raises(ConnectionResetError):
        wire.rest()
    assert server.status(intent) == ("Canceled" if after else "Created")
    assert only_record(server).status is None
    assert only_record(server).faults == ("reset",)


def test_late_takes_effect_after_the_answer_was_lost(server, wire, call):
    intent = server.create()
    server.faults.add(Fault(Kind.LATE, methods=("DELETE",), seconds=HOUR))
    wire.send("DELETE", f"/payment-intents/{intent}")
    with pytest.raises(ConnectionResetError):
        wire.rest()
    assert not server.wait_late(0)
    assert call.get(intent).json["status"] == "Created"
    assert server.land_late()
    assert call.get(intent).json["status"] == "Canceled"
    assert (server.deletes(intent), server.effects(intent)) == (1, 1)


def test_late_comes_by_itself(server, wire):
    intent = server.create()
    server.faults.add(Fault(Kind.LATE, seconds=0.001))
    wire.send("DELETE", f"/payment-intents/{intent}")
    with pytest.raises(ConnectionResetError):
        wire.rest()
    assert server.wait_late()
    assert server.status(intent) == "Canceled"


def test_late_effects_come_in_the_order_they_are_due(server, new_wire):
    seen = []
    intents = [server.create() for _ in range(4)]
    for intent, seconds in zip(intents, (4 * HOUR, 2 * HOUR, HOUR, 3 * HOUR), strict=True):
        server.faults.add(Fault(Kind.LATE, id=intent, seconds=seconds))
        wire = new_wire(server)
        wire.send("DELETE", f"/payment-intents/{intent}")
        with pytest.raises(ConnectionResetError):
            wire.rest()
    assert server.land_late()
    seen = sorted(intents, key=lambda intent: server.intent(intent).updated_at)
    assert seen == [intents[2], intents[1], intents[3], intents[0]]


def test_late_effects_come_while_the_server_is_down_but_not_once_it_is_closed(new_wire):
    server = PracticeServer()
    intents = [server.create() for _ in range(2)]
    server.faults.add(Fault(Kind.LATE, seconds=HOUR))
    wire = new_wire(server)
    wire.send("DELETE", f"/payment-intents/{intents[0]}")
    with pytest.raises(ConnectionResetError):
        wire.rest()
    server.down()
    assert server.land_late()
    server.up()
    wire = new_wire(server)
    wire.send("DELETE", f"/payment-intents/{intents[1]}")
    with pytest.raises(ConnectionResetError):
        wire.rest()
    server.close()
    assert server.wait_late(0)
    assert [server.status(intent) for intent in intents] == ["Canceled", "Created"]


def test_a_late_effect_that_is_held_has_not_come_yet(new_wire):
    with PracticeServer() as server:
        server.faults.add(Fault(Kind.LATE, seconds=0.0), Fault(Kind.HANG, after=True))
        intent = server.create()
        wire = new_wire(server)
        wire.send("DELETE", f"/payment-intents/{intent}")
        with pytest.raises(ConnectionResetError):
            wire.rest()
        assert server.wait_until(lambda: server.effects(intent) == 1)
        assert not server.wait_late(0)


@pytest.mark.parametrize("sized", [False, True])
def test_truncate(server, call, sized):
    intent = server.create()
    whole = call.get(intent).body
    server.faults.add(Fault(Kind.TRUNCATE, sized=sized))
    if sized:
        with pytest.raises(http.client.IncompleteRead) as caught:
            call.get(intent)
        assert caught.value.partial == whole[: len(whole) // 2]
        assert caught.value.expected == len(whole) - len(whole) // 2
    else:
        reply = call.get(intent, garbled=True)
        assert (reply.status, reply.body) == (200, whole[: len(whole) // 2])
        assert "Content-Length" not in reply.headers


# The customer pays


@pytest.mark.parametrize("becomes", [Status.AUTHORIZED, Status.CAPTURED])
def test_paid_just_before_the_delete(server, call, becomes):
    intent = server.create()
    server.faults.add(Fault(Kind.PAID, methods=("DELETE",), becomes=becomes))
    assert call.get(intent).json["status"] == "Created"
    assert call.delete(intent).status == 409
    assert call.get(intent).json["status"] == becomes
    assert server.effects(intent) == 0


def test_paid_just_after_it_was_read(server, call):
    intent = server.create()
    server.faults.add(Fault(Kind.PAID, methods=("GET",), after=True))
    assert call.get(intent).json["status"] == "Created"
    assert server.status(intent) == "Captured"


def test_a_cancelled_intent_is_not_paid(server, call):
    intent = server.create()
    server.faults.add(Fault(Kind.PAID, after=True))
    assert call.delete(intent).status == 200
    assert server.status(intent) == "Canceled"
    assert call.search({}).status == 200
    assert call.get("pi_sandbox_AAAAAAAAAAAAAAAAAAAAAA").status == 404


# Answers that can't be taken at their word: always 200, and the work was done


def garbled(server, call, kind, **parameters):
    intent = server.create()
    server.faults.add(Fault(kind, **parameters))
    reply = call.delete(intent, garbled=True)
    assert reply.status == 200
    assert only_record(server).faults == (kind,)
    assert server.status(intent) == "Canceled"
    return intent, reply


def test_wrong_id(server, call):
    intent, reply = garbled(server, call, Kind.WRONG_ID)
    assert reply.json["id"] != intent
    assert len(reply.json["id"]) == len(intent)
    assert reply.json["status"] == "Canceled"


@pytest.mark.parametrize("becomes", ["Created", "Captured", 'Odd"\\1'])
def test_wrong_status(server, call, becomes):
    intent, reply = garbled(server, call, Kind.WRONG_STATUS, becomes=becomes)
    assert (reply.json["id"], reply.json["status"]) == (intent, becomes)


def test_empty(server, call):
    _, reply = garbled(server, call, Kind.EMPTY)
    assert (reply.body, reply.headers["Content-Type"]) == (b"", None)


def test_html(server, call):
    _, reply = garbled(server, call, Kind.HTML)
    assert reply.headers["Content-Type"] == "text/html"
    assert b"<html>" in reply.body


def test_list(server, call):
    intent, reply = garbled(server, call, Kind.LIST)
    assert [element["id"] for element in reply.json] == [intent]


def test_duplicate_keys(server, call):
    intent, reply = garbled(server, call, Kind.DUPLICATE_KEYS)
    members = json.loads(reply.body, object_pairs_hook=list)
    assert [value for name, value in members if name == "status"] == ["Created", "Canceled"]
    assert [value for name, value in members if name == "id"] == ["", intent]


def test_huge_integer(server, call):
    _, reply = garbled(server, call, Kind.HUGE_INTEGER)
    with pytest.raises(ValueError, match="digits"):
        _ = reply.json
    assert json.loads(reply.body, parse_int=len)["cashbackAmount"]["value"] == 5000


def test_deep(server, call):
    _, reply = garbled(server, call, Kind.DEEP)
    assert len(reply.body) < 1 << 20
    with pytest.raises(RecursionError):
        _ = reply.json


def test_bomb(server, call):
    intent, reply = garbled(server, call, Kind.BOMB)
    assert reply.headers["Content-Encoding"] == "gzip"
    assert len(reply.body) < 1 << 20
    size, packed = 0, reply.body
    while packed:
        unpacker = zlib.decompressobj(wbits=31)
        while not unpacker.eof:
            piece = unpacker.decompress(packed, 1 << 20)
            packed = unpacker.unconsumed_tail or unpacker.unused_data
            size += len(piece)
            last = piece
    assert size > 200 << 20
    assert json.loads(last)["id"] == intent


def test_utf16(server, call):
    intent, reply = garbled(server, call, Kind.UTF16)
    assert json.loads(reply.body.decode("utf-16"))["id"] == intent
    with pytest.raises(UnicodeDecodeError):
        reply.body.decode()


def test_invalid_utf8(server, call):
    _, reply = garbled(server, call, Kind.INVALID_UTF8)
    with pytest.raises(UnicodeDecodeError):
        reply.body.decode()


def test_a_refusal_is_garbled_into_a_200(server, call):
    intent = server.create(status="Captured")
    server.faults.add(Fault(Kind.WRONG_STATUS, becomes="Canceled"))
    assert call.delete(intent, garbled=True).status == 200
    assert server.status(intent) == "Captured"


# When


def test_methods_ids_and_times(server, call):
    one, other = server.create(), server.create()
    server.faults.add(Fault(Kind.REFUSE, methods=("GET", "POST"), id=one, times=2, code=503))
    assert [call.get(other).status, call.search({}).status] == [200, 200]
    assert [call.get(one).status for _ in range(3)] == [503, 503, 200]
    assert call.delete(one).status == 200


def test_any_request_is_struck_if_nothing_is_named(server, call):
    server.faults.add(Fault(Kind.REFUSE))
    assert [call.search({}).status, call.get("x").status, call.ask("PUT", "/").status] == [500] * 3


def test_chance_is_drawn_from_the_seed(server, call):
    intent = server.create()

    def strikes(seed):
        server.faults.clear()
        server.faults.add(Fault(Kind.REFUSE, chance=0.3, seed=seed))
        return [call.get(intent).status == 500 for _ in range(60)]

    first = strikes(1)
    assert first == strikes(1)
    assert first != strikes(2)
    assert 5 < sum(first) < 35


def test_faults_wrap_one_another(server, call):
    intent = server.create()
    server.faults.add(
        Fault(Kind.COOKIE),
        Fault(Kind.REFUSE, code=503, times=1),
        Fault(Kind.PAID, times=1),
    )
    reply = call.delete(intent)
    assert reply.status == 503
    assert "Set-Cookie" in reply.headers
    assert server.status(intent) == "Created"  # what is inside a refusal is not reached
    assert call.delete(intent).status == 409
    assert [record.faults for record in server.records] == [
        ("cookie", "refuse"),
        ("cookie", "paid"),
    ]


@pytest.mark.parametrize(
    "parameters",
    [
        {"kind": Kind.RESET, "seconds": 1.0},
        {"kind": Kind.SLOW, "code": 500},
        {"kind": Kind.EMPTY, "after": True},
        {"kind": Kind.REDIRECT, "code": 301},
    ],
)
def test_parameters_that_would_do_nothing_are_refused(parameters):
    with pytest.raises(TypeError, match=parameters["kind"]):
        Fault(**parameters)


def test_every_kind_can_be_made():
    needed = {Kind.REDIRECT: {"url": "http://127.0.0.1:9/"}}
    for kind in Kind:
        assert Fault(kind, **needed.get(kind, {})).kind == kind


def test_a_fault_strikes_whoever_asks(server, call):
    server.faults.add(Fault(Kind.COOKIE))
    reply = call.get("x", headers={"Authorization": None})
    assert reply.status == 401
    assert "Set-Cookie" in reply.headers


# Too fast


def test_what_comes_too_fast_is_refused(server, call):
    intent = server.create()
    server.limit_rate(1e-9, burst=3, retry_after="7")
    assert [call.get(intent).status for _ in range(3)] == [200] * 3
    reply = call.delete(intent)
    assert (reply.status, reply.headers["Retry-After"]) == (429, "7")
    assert (server.status(intent), server.records[-1].faults) == ("Created", ("rate limit",))
    server.limit_rate(None)
    assert call.delete(intent).status == 200


def test_tokens_come_back_with_time_but_never_more_than_a_burst():
    now = 0.0
    bucket = TokenBucket(4, burst=2, clock=lambda: now)
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    now = 0.25
    assert [bucket.take() for _ in range(2)] == [True, False]
    now = 1000.0
    assert [bucket.take() for _ in range(3)] == [True, True, False]
