"""What the server says about what arrived: tests elsewhere are judged by it."""

import threading
from itertools import chain

import pytest

from cancel_desk.practice import Fault, Kind, PracticeServer


def test_records_tell_of_every_request(server, call, wire):
    intent = server.create()
    call.get(intent)
    call.delete(intent, headers={"Cookie": "a=b"})
    call.search({})
    server.faults.add(Fault(Kind.RESET))
    wire.send("DELETE", "/payment-intents/%2e%2e/x?y#z")
    with pytest.raises(ConnectionResetError):
        wire.rest()
    told = [(r.method, r.target, r.intent_id, r.status, r.faults) for r in server.records]
    assert told == [
        ("GET", f"/payment-intents/{intent}?returnCanceled=true", intent, 200, ()),
        ("DELETE", f"/payment-intents/{intent}", intent, 200, ()),
        ("POST", "/payment-intents/search", None, 200, ()),
        ("DELETE", "/payment-intents/%2e%2e/x?y#z", None, None, ("reset",)),
    ]
    assert {"Authorization", "Version", "Cookie"} < {*server.records[1].header_names}
    assert "Cookie" not in server.records[0].header_names
    times = [record.arrived for record in server.records]
    assert times == sorted(times)
    assert server.requests == 4


def test_records_hold_no_key(server, call):
    call.get(server.create())
    assert server.key not in repr(server.records)


def test_a_record_once_handed_out_stays(server, call):
    seen = []
    server.on_delete = lambda _: seen.extend(server.records)
    call.delete(server.create())
    assert [record.status for record in seen] == [None]
    assert [record.status for record in server.records] == [200]


def test_counts_by_id(server, call):
    one, other, third = (server.create() for _ in range(3))
    for intent in (one, other, one):
        call.delete(intent)
    call.get(third)
    assert server.deletes_by_id() == {one: 2, other: 1}
    assert server.effects_by_id() == {one: 1, other: 1}
    assert (server.deletes(one), server.deletes(third), server.effects(third)) == (2, 0, 0)


def test_most_in_flight(server, new_caller, in_thread):
    assert server.max_in_flight == 0
    together = threading.Barrier(4)
    server.on_delete = lambda _: together.wait(20)
    for _ in range(4):
        in_thread(new_caller().delete, server.create())
    assert server.wait_until(lambda: len(server.effects_by_id()) == 4)
    assert server.max_in_flight == 4


def test_one_after_another_is_one_in_flight(server, call, new_caller):
    intent = server.create()
    for _ in range(50):
        call.get(intent)
        new_caller().get(intent)
    assert server.max_in_flight == 1


def test_waiting_for_what_does_not_come_ends(server):
    assert not server.wait_for_requests(1, timeout=0.001)
    assert server.wait_for_requests(0)


def test_only_one_of_many_deletes_takes_effect(server, new_caller, in_thread):
    intent = server.create()
    together = threading.Barrier(8)
    server.on_delete = lambda _: together.wait(20)
    statuses = []

    def work():
        statuses.append(new_caller().delete(intent).status)

    threads = [in_thread(work) for _ in range(8)]
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 7
    assert (server.deletes(intent), server.effects(intent)) == (8, 1)


def test_counts_are_exact_when_many_ask(server, new_caller, in_thread):
    intents = [[server.create() for _ in range(50)] for _ in range(8)]

    def work(mine):
        caller = new_caller()
        for intent in mine:
            assert caller.get(intent).json["status"] == "Created"
            assert caller.delete(intent).json["status"] == "Canceled"

    threads = [in_thread(work, mine) for mine in intents]
    for thread in threads:
        thread.join()
    assert server.requests == len(server.records) == 800
    assert server.connections == 8
    assert server.effects_by_id() == dict.fromkeys(chain(*intents), 1)


# The hook


FAULTS = [
    None,
    Fault(Kind.REFUSE),
    Fault(Kind.RESET),
    Fault(Kind.RESET, after=True),
    Fault(Kind.LATE, seconds=0.0),
    Fault(Kind.PAID),
]


@pytest.mark.parametrize("fault", FAULTS)
def test_the_hook_comes_before_everything_else(server, wire, fault):
    seen = []
    server.on_delete = lambda intent: seen.append((intent, server.status(intent)))
    if fault is not None:
        server.faults.add(fault)
    intent = server.create()
    wire.send("DELETE", f"/payment-intents/{intent}", "Connection: close")
    try:
        wire.rest()
    except ConnectionResetError:
        assert fault.kind in (Kind.RESET, Kind.LATE)
    assert server.wait_late()
    assert seen == [(intent, "Created")]


def test_the_hook_is_only_for_deletes(server, call):
    seen = []
    server.on_delete = seen.append
    call.get(server.create())
    call.search({})
    assert seen == []


def test_the_hook_may_use_the_server(server, wire, call):
    intent = server.create()

    def hook(_):
        server.down()
        server.up()

    server.on_delete = hook
    wire.send("DELETE", f"/payment-intents/{intent}")
    assert wire.rest() == b""
    assert server.wait_until(lambda: server.effects(intent) == 1)
    assert call.get(intent).json["status"] == "Canceled"


@pytest.mark.parametrize("error", [AssertionError("not in the journal"), FileNotFoundError("gone")])
def test_what_the_hook_raises_is_raised_by_close(new_wire, error):
    server = PracticeServer()
    intent = server.create()

    def hook(_):
        raise error

    server.on_delete = hook
    wire = new_wire(server)
    wire.send("DELETE", f"/payment-intents/{intent}")
    with pytest.raises(ConnectionResetError):
        wire.rest()
    assert (server.status(intent), server.deletes(intent)) == ("Created", 1)
    with pytest.raises(ExceptionGroup) as caught:
        server.close()
    assert caught.value.exceptions == (error,)
    server.close()
