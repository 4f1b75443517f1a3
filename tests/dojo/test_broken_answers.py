"""Answers that break off, lie, swell or take for ever, from real servers."""

import threading
import time
import tracemalloc

import pytest

from cancel_desk.dojo.intent import Intent
from cancel_desk.dojo.problem import Kind as Failure
from cancel_desk.practice import Fault, Kind

from .servers import answering, read_request, reset, silent

ID = "pi_sandbox_1"
# Far above what a deadline of 0.4 s takes, far below what the servers here would take.
HELD = 2.5
DEADLINE = 0.4

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
CANCELED = b'{"id":"pi_sandbox_1","status":"Canceled"}'


class TestLies:
    @pytest.mark.parametrize(
        "kind",
        [
            Kind.WRONG_ID,
            Kind.EMPTY,
            Kind.HTML,
            Kind.LIST,
            Kind.DUPLICATE_KEYS,
            Kind.HUGE_INTEGER,
            Kind.DEEP,
            Kind.INVALID_UTF8,
            Kind.BOMB,
        ],
    )
    def test_a_200_that_is_no_answer(self, server, client, ask_for_one, kind):
        intent_id = server.create()
        server.faults.add(Fault(kind))
        problem = ask_for_one(client, intent_id)
        assert (problem.kind, problem.http_status) == (Failure.UNCLEAR, 200)

    @pytest.mark.parametrize("becomes", ["Created", "Captured", "canceled"])
    def test_a_cancel_with_another_status(self, server, client, becomes):
        intent_id = server.create()
        server.faults.add(Fault(Kind.WRONG_STATUS, becomes=becomes))
        assert client.cancel(intent_id).kind == Failure.UNCLEAR

    def test_a_bomb_is_not_unpacked(self, server, client):
        intent_id = server.create()
        server.faults.add(Fault(Kind.BOMB))
        client.get(intent_id)  # the server makes it once
        tracemalloc.start()
        try:
            client.get(intent_id)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert most < 20 << 20


class TestTruncation:
    def test_with_a_length(self, server, client, ask):
        intent_id = server.create()
        server.faults.add(Fault(Kind.TRUNCATE, sized=True))
        assert ask(client, intent_id).kind == Failure.NO_ANSWER

    def test_without_a_length(self, server, client, ask):
        intent_id = server.create()
        server.faults.add(Fault(Kind.TRUNCATE, sized=False))
        assert ask(client, intent_id).kind == Failure.UNCLEAR

    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"HTTP/1.1 2",
            b"HTTP/1.1 200 OK\r\nContent-Length: 3",
            # Whole objects, but the server said that there is more.
            HEAD + b"Content-Length: 99\r\n\r\n" + CANCELED,
            CHUNKED + b"%x\r\n%b\r\n" % (len(CANCELED), CANCELED),
            CHUNKED + b"zz\r\n" + CANCELED,
            b"\x15\x03\x01\x00\x02\x02\x46",
            b"SSH-2.0-OpenSSH_9.2\r\n",
        ],
    )
    def test_what_is_no_whole_answer(self, serve, connect, answer):
        problem = connect(serve(answering(answer)).url).cancel(ID)
        assert (problem.kind, problem.http_status) == (Failure.NO_ANSWER, None)


class TestSize:
    @pytest.mark.parametrize(
        ("head", "endless"),
        [
            (HEAD + b"\r\n", b" " * 65536),
            (HEAD + b"Content-Length: 999999999999\r\n\r\n", b" " * 65536),
            (CHUNKED, b"1000\r\n" + b" " * 4096 + b"\r\n"),
            (b"HTTP/1.1 500 Odd\r\n\r\n", b" " * 65536),
        ],
    )
    def test_a_body_is_read_up_to_a_size(self, serve, connect, ask, head, endless):
        problem = ask(connect(serve(answering(head, last_for=endless)).url), ID)
        assert problem.kind == Failure.NO_ANSWER
        assert "1048576 bytes" in problem.technical

    def test_the_largest_body_is_read(self, serve, connect):
        answer = HEAD + b"Content-Length: %d\r\n\r\n" % (1 << 20) + CANCELED.ljust(1 << 20)
        assert isinstance(connect(serve(answering(answer)).url).get(ID), Intent)

    @pytest.mark.parametrize("endless", [b"X: 1\r\n" * 1000, b"x" * 65536])
    def test_headers_have_an_end(self, serve, connect, endless):
        client = connect(serve(answering(HEAD, last_for=endless)).url)
        assert client.cancel(ID).kind == Failure.NO_ANSWER


class TestDeadline:
    """It covers the whole request, however the time is spent."""

    @pytest.mark.parametrize("kind", [Kind.DRIP_HEADERS, Kind.DRIP_BODY])
    @pytest.mark.parametrize("kept", [False, True])
    def test_a_server_that_drips(self, server, connect, kind, kept):
        intent_id = server.create()
        client = connect(deadline=DEADLINE)
        if kept:
            assert isinstance(client.get(intent_id), Intent)
        server.faults.add(Fault(kind, seconds=0.1))
        started = time.monotonic()
        problem = client.cancel(intent_id)
        assert time.monotonic() - started < HELD
        assert problem.kind == Failure.NO_ANSWER
        assert (server.connections, server.deletes(intent_id)) == (1, 1)

    def test_a_server_that_hangs(self, server, connect, ask):
        intent_id = server.create()
        server.faults.add(Fault(Kind.HANG))
        started = time.monotonic()
        problem = ask(connect(deadline=DEADLINE), intent_id)
        assert time.monotonic() - started < HELD
        assert problem.kind == Failure.NO_ANSWER
        assert server.requests == 1

    @pytest.mark.parametrize(
        ("head", "endless"), [(CHUNKED, b"1\r\n \r\n"), (b"", b"HTTP/1.1 100 Continue\r\n\r\n")]
    )
    def test_a_server_that_never_pauses(self, serve, connect, head, endless):
        """There is always something to read, so that no wait ever runs out."""
        client = connect(serve(answering(head, last_for=endless)).url, deadline=DEADLINE)
        started = time.monotonic()
        problem = client.cancel(ID)
        assert time.monotonic() - started < HELD
        assert problem.kind == Failure.NO_ANSWER

    def test_the_next_request_has_its_own(self, server, connect):
        intent_id = server.create()
        client = connect(deadline=1.0)
        server.faults.add(Fault(Kind.SLOW, seconds=0.6))
        assert isinstance(client.get(intent_id), Intent)
        assert isinstance(client.get(intent_id), Intent)
        assert server.connections == 1

    def test_the_next_request_gets_another_connection(self, server, connect):
        """A late answer must never be taken for that of the next request."""
        ids = [server.create() for _ in range(2)]
        client = connect(deadline=DEADLINE)
        server.faults.add(Fault(Kind.HANG, id=ids[0], after=True))
        assert client.cancel(ids[0]).kind == Failure.NO_ANSWER
        assert client.cancel(ids[1]).id == ids[1]
        assert server.connections == 2


class TestKeptConnection:
    def test_an_answer_nobody_asked_for_is_never_used(self, serve, connect):
        """It lies ready when the next request is made, but it is not about that one."""
        answer = HEAD + b"Content-Length: %d\r\n\r\n" % len(CANCELED) + CANCELED
        awaited, ready = threading.Event(), threading.Event()

        def talk(connection):
            if server.connections == 1:
                read_request(connection)
                connection.sendall(NOT_FOUND)
                awaited.wait(5)
                connection.sendall(answer)
                ready.set()
            silent(connection)

        server = serve(talk)
        client = connect(server.url, deadline=DEADLINE)
        assert client.get(ID).kind == Failure.NOT_FOUND
        awaited.set()
        assert ready.wait(5)
        assert client.cancel(ID).kind == Failure.NO_ANSWER
        assert server.connections == 2

    @pytest.mark.parametrize("end", [reset, lambda connection: connection.close()])
    def test_one_that_ends_when_it_is_used_again(self, serve, connect, end):
        """The request may have been carried out before the end."""
        arrived = []

        def talk(connection):
            arrived.append(read_request(connection))
            connection.sendall(NOT_FOUND)
            arrived.append(read_request(connection))
            end(connection)

        server = serve(talk)
        client = connect(server.url)
        assert client.get(ID).kind == Failure.NOT_FOUND
        assert client.cancel(ID).kind == Failure.NO_ANSWER
        assert [request.split(b" ")[0] for request in arrived] == [b"GET", b"DELETE"]
        assert server.connections == 1
