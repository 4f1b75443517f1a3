"""Starting, going down, coming back, closing; and how connections are kept."""

import http.client
import ssl
import threading

import pytest
import trustme

from cancel_desk.practice import Fault, Kind, PracticeServer
from cancel_desk.practice import server as server_module


def practice_threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("practice ")]


def test_a_connection_is_kept(server, call):
    intent = server.create()
    for _ in range(5):
        call.get(intent)
        call.get("unknown")
        call.search(b"not json")
    assert server.connections == 1


@pytest.mark.parametrize(
    ("version", "header", "kept"),
    [
        ("HTTP/1.1", "", True),
        ("HTTP/1.1", "Connection: close\r\n", False),
        ("HTTP/1.0", "", False),
        ("HTTP/1.0", "Connection: keep-alive\r\n", True),
    ],
)
def test_a_connection_ends_when_the_caller_says_so(server, wire, version, header, kept):
    wire.socket.sendall(f"GET / {version}\r\n{header}\r\n".encode())
    head = wire.until(b"\r\n\r\n")
    assert (b"Connection: close" in head) == (not kept)
    if kept:
        wire.socket.sendall(f"GET / {version}\r\nConnection: close\r\n\r\n".encode())
    assert wire.rest().endswith(b"}")
    assert server.requests == 1 + kept


def test_requests_may_come_all_at_once(server, wire):
    wire.send("GET", "/1")
    wire.send("POST", "/payment-intents/search", "Content-Type: application/json", body=b"{}")
    wire.send("GET", "/2", "Connection: close")
    answers = wire.rest().split(b"HTTP/1.1 ")[1:]
    assert [answer[:3] for answer in answers] == [b"404", b"200", b"404"]


def test_an_answer_to_head_has_no_body(server, wire):
    wire.send("HEAD", "/", "Connection: close")
    head, end, body = wire.rest().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404 ")
    assert (end, body) == (b"\r\n\r\n", b"")


def test_down_refuses_and_up_comes_back_on_the_same_port(server, call, new_caller):
    intent, url = server.create(), server.url
    call.get(intent)
    server.down()
    server.down()
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        call.get(intent)
    with pytest.raises(ConnectionRefusedError):
        new_caller().get(intent)
    server.up()
    server.up()
    assert server.url == url
    assert new_caller().get(intent).status == 200
    assert server.connections == 2


def test_down_and_up_again_and_again(server, new_caller):
    intent = server.create()
    for _ in range(20):
        server.down()
        server.up()
        assert new_caller().get(intent).status == 200


def test_a_held_request_is_let_go_when_the_server_goes_down(server, wire):
    server.faults.add(Fault(Kind.HANG))
    wire.send("GET", "/")
    assert server.wait_for_requests(1)
    server.down()
    assert wire.rest() == b""


def test_close_leaves_nothing(new_wire, recwarn):
    server = PracticeServer()
    wires = [new_wire(server) for _ in range(5)]
    server.faults.add(Fault(Kind.HANG, methods=("GET",)), Fault(Kind.LATE, methods=("DELETE",)))
    wires[0].send("GET", "/")
    wires[1].send("DELETE", "/payment-intents/x")
    wires[2].send("PUT", "/")
    wires[2].until(b"}")
    wires[3].socket.sendall(b"GET / HT")
    assert server.wait_for_requests(3)
    server.close()
    assert practice_threads() == []
    with pytest.raises(ConnectionRefusedError):
        new_wire(server)
    with pytest.raises(RuntimeError):
        server.up()
    server.close()
    server.down()


def test_close_ends_a_server_that_is_down():
    with PracticeServer() as server:
        server.down()
    assert practice_threads() == []


def test_close_says_when_a_hook_does_not_end(new_wire, monkeypatch):
    monkeypatch.setattr(server_module, "_CLOSE_LIMIT", 0.001)
    arrived, release = threading.Event(), threading.Event()

    def hook(_):
        arrived.set()
        release.wait(20)

    server = PracticeServer(on_delete=hook)
    new_wire(server).send("DELETE", "/payment-intents/x")
    assert arrived.wait(20)
    with pytest.raises(TimeoutError):
        server.close()
    release.set()
    monkeypatch.undo()
    server.close()
    assert practice_threads() == []


def test_what_the_block_raises_is_not_hidden():
    with pytest.raises(ZeroDivisionError), PracticeServer():
        _ = 1 / 0
    assert practice_threads() == []


def test_intents_may_be_asked_for_after_the_end():
    with PracticeServer() as server:
        intent = server.create()
    assert server.status(intent) == "Created"
    assert server.records == ()


def test_an_id_can_be_given_but_once(server):
    intent = server.create(id="pi_sandbox_AAAAAAAAAAAAAAAAAAAAAA")
    with pytest.raises(ValueError, match=intent):
        server.create(id=intent)
    for unknown in (server.status, server.intent, lambda name: server.set_status(name, "Captured")):
        with pytest.raises(KeyError):
            unknown("pi_sandbox_other")


def test_it_prints_nothing(server, call, wire, capfd):
    call.get(server.create())
    wire.socket.sendall(b"nonsense\r\n\r\n")
    wire.socket.shutdown(1)
    wire.rest()
    server.faults.add(Fault(Kind.RESET))
    with pytest.raises(ConnectionError):
        call.get("x")
    server.close()
    assert capfd.readouterr() == ("", "")


# TLS


@pytest.fixture(scope="module")
def contexts():
    """A server's context with a certificate of its own, and a client's that trusts it."""
    authority = trustme.CA()
    serving, trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(serving)
    authority.configure_trust(trusting)
    return serving, trusting


@pytest.fixture
def secure_server(contexts):
    with PracticeServer(tls=contexts[0]) as server:
        yield server
    assert practice_threads() == []


@pytest.fixture
def secure_call(secure_server, contexts, caller_class):
    caller = caller_class(secure_server, contexts[1])
    yield caller
    caller.close()


def test_tls(secure_server, secure_call):
    intent = secure_server.create()
    assert secure_server.url.startswith("https://127.0.0.1:")
    assert secure_call.get(intent).json["status"] == "Created"
    assert secure_call.delete(intent).json["status"] == "Canceled"
    assert secure_server.connections == 1


def test_tls_goes_on_when_a_caller_distrusts_it(secure_server, secure_call, caller_class):
    distrusting = caller_class(secure_server, ssl.create_default_context())
    with pytest.raises(ssl.SSLCertVerificationError):
        distrusting.get("x")
    distrusting.close()
    plain = caller_class(secure_server)
    with pytest.raises((http.client.HTTPException, OSError)):
        plain.get("x")
    plain.close()
    assert secure_server.requests == 0
    assert secure_call.get(secure_server.create()).status == 200


def test_tls_connections_are_cut_and_reset(secure_server, secure_call):
    intent = secure_server.create()
    secure_call.get(intent)
    secure_server.down()
    secure_server.up()
    with pytest.raises((http.client.HTTPException, OSError)):
        secure_call.get(intent)
    secure_call.close()
    secure_server.faults.add(Fault(Kind.RESET, after=True))
    with pytest.raises((http.client.HTTPException, OSError)):
        secure_call.delete(intent)
    assert secure_server.status(intent) == "Canceled"


def test_a_handshake_that_never_ends_does_not_hold_the_others_or_the_close(
    secure_server, secure_call, new_wire
):
    new_wire(secure_server)
    assert secure_call.get(secure_server.create()).status == 200
