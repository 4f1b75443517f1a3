"""Told apart for certain: what never left this computer, and what may have arrived."""

import errno
import socket
import threading
import time

import pytest

from cancel_desk.dojo.intent import Intent
from cancel_desk.dojo.problem import Kind
from cancel_desk.practice import Fault
from cancel_desk.practice import Kind as Wrong

from .servers import answering, free_port, reset, silent, swallowing_address

ID = "pi_sandbox_1"
DEADLINE = 0.4
# Far above what a deadline of 0.4 s takes, far below what waiting for its end would.
HELD = 2.5


@pytest.fixture
def names(monkeypatch):
    """A table of names: what the system's look-up says about localhost, or what it does."""
    table: dict[str, object] = {}
    look_up = socket.getaddrinfo

    def stand_in(host, port, *args, **kwargs):
        outcome = table.get(host)
        if outcome is None:
            return look_up(host, port, *args, **kwargs)
        if callable(outcome):
            return outcome()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in outcome]

    monkeypatch.setattr(socket, "getaddrinfo", stand_in)
    return table


class TestNeverLeft:
    def test_nobody_listens(self, connect, ask):
        with free_port() as port:
            problem = ask(connect(f"http://127.0.0.1:{port}"), ID)
        assert (problem.kind, problem.http_status) == (Kind.UNREACHABLE, None)
        assert problem.technical

    @pytest.mark.parametrize(
        "error",
        [
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
            OSError(errno.EMFILE, "Too many open files"),
            UnicodeError("label too long"),
        ],
    )
    def test_the_name_is_not_found(self, connect, ask, names, error):
        def fail():
            raise error

        names["localhost"] = fail
        assert ask(connect("http://localhost:9"), ID).kind == Kind.UNREACHABLE

    def test_the_name_has_no_address(self, connect, names):
        names["localhost"] = ()
        assert connect("http://localhost:9").cancel(ID).kind == Kind.UNREACHABLE

    def test_the_look_up_takes_for_ever(self, connect, names):
        over = threading.Event()
        names["localhost"] = lambda: over.wait(20)
        started = time.monotonic()
        problem = connect("http://localhost:9", deadline=DEADLINE).cancel(ID)
        held = time.monotonic() - started
        over.set()
        assert problem.kind == Kind.UNREACHABLE
        assert held < HELD

    def test_no_address_answers(self, connect, names):
        """The usual time-out would start anew with each of them."""
        with swallowing_address() as address:
            names["localhost"] = [address] * 8
            started = time.monotonic()
            problem = connect("http://localhost:9", deadline=DEADLINE).cancel(ID)
            assert time.monotonic() - started < HELD
        assert problem.kind == Kind.UNREACHABLE

    def test_the_server_is_gone(self, server, client, ask):
        """The kept connection was seen to be closed, and there is no other."""
        intent_id = server.create()
        assert isinstance(client.get(intent_id), Intent)
        server.down()
        assert ask(client, intent_id).kind == Kind.UNREACHABLE
        assert server.requests == 1

    @pytest.mark.parametrize(
        "talk",
        [
            silent,
            lambda connection: (connection.recv(1), reset(connection)),
            lambda connection: None,
            lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
            lambda connection: connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28"),
        ],
        ids=["silence", "reset", "end", "no TLS", "alert"],
    )
    def test_no_tls_comes_about(self, serve, connect, talk):
        url = serve(talk).url.replace("http:", "https:")
        started = time.monotonic()
        problem = connect(url, deadline=DEADLINE).cancel(ID)
        assert time.monotonic() - started < HELD
        assert problem.kind == Kind.UNREACHABLE

    def test_a_handshake_that_drips(self, serve, connect):
        def talk(connection):
            connection.sendall(b"\x16\x03\x03\x40\x00")
            while True:
                connection.sendall(b"\x00")
                time.sleep(0.05)

        url = serve(talk).url.replace("http:", "https:")
        started = time.monotonic()
        problem = connect(url, deadline=DEADLINE).cancel(ID)
        assert time.monotonic() - started < HELD
        assert problem.kind == Kind.UNREACHABLE


class TestMayHaveArrived:
    @pytest.mark.parametrize("after", [False, True])
    def test_a_reset_before_any_byte_of_an_answer(self, server, client, ask, after):
        server.faults.add(Fault(Wrong.RESET, after=after))
        assert ask(client, server.create()).kind == Kind.NO_ANSWER

    @pytest.mark.parametrize("talk", [lambda connection: None, answering(), answering(b"H")])
    def test_the_server_ends_a_new_connection(self, serve, connect, ask, talk):
        """Also one that ends at once: by then the request was on its way."""
        assert ask(connect(serve(talk).url), ID).kind == Kind.NO_ANSWER

    def test_a_kept_connection_is_reset(self, server, client, ask):
        intent_id = server.create()
        assert isinstance(client.get(intent_id), Intent)
        server.faults.add(Fault(Wrong.RESET))
        assert ask(client, intent_id).kind == Kind.NO_ANSWER
        assert (server.connections, server.requests) == (1, 2)

    @pytest.mark.parametrize("talk", [lambda connection: None, silent], ids=["end", "silence"])
    def test_after_the_handshake(self, serve, connect, certified, trusting, talk):
        server = serve(talk, tls=certified("127.0.0.1"))
        client = connect(server.url, context=trusting, deadline=DEADLINE)
        assert client.cancel(ID).kind == Kind.NO_ANSWER


class TestWhichAddress:
    def test_the_next_one_is_tried(self, server, connect, names):
        port = int(server.url.rpartition(":")[2])
        with free_port() as unused, swallowing_address() as swallowing:
            names["localhost"] = [("127.0.0.1", unused), swallowing, ("127.0.0.1", port)]
            client = connect(f"http://localhost:{port}", deadline=1.5)
            assert isinstance(client.get(server.create()), Intent)
        assert server.connections == 1

    def test_an_ipv6_address(self, server, connect, names):
        """It stands in brackets in an address, and without them everywhere else."""
        port = int(server.url.rpartition(":")[2])
        names["::1"] = [("127.0.0.1", port)]
        assert isinstance(connect(f"http://[::1]:{port}").get(server.create()), Intent)
        assert server.connections == 1
