"""The key appears in the Authorization header and nowhere else."""

import io
import logging
import traceback

import pytest
import responses

from cancel_desk.dojo.client import Client, WrongEnvironmentError
from cancel_desk.dojo.intent import Intent
from cancel_desk.dojo.key import ApiKey
from cancel_desk.dojo.problem import Problem
from cancel_desk.practice import Fault, Kind

from .servers import free_port, read_request

CANARY = "CanaryQ7xVbn3"
KEY = f"sk_sandbox_{CANARY}"
ID = "pi_sandbox_1"


def echo(head: bytes):
    """Answers with `head` and all of the request, the key included, in place of `%b`."""

    def talk(connection):
        line = read_request(connection).replace(b"\r\n", b" ")
        assert CANARY.encode() in line
        connection.sendall(head.replace(b"%b", line))

    return talk


ECHOES = {
    "status line": echo(b"%b\r\n\r\n"),
    "reason": echo(b"HTTP/1.1 400 %b\r\nContent-Length: 0\r\n\r\n"),
    "problem": echo(b'HTTP/1.1 401 No\r\n\r\n{"title": "%b", "detail": "%b", "traceId": "%b"}'),
    "errors": echo(b'HTTP/1.1 400 No\r\n\r\n{"errors": {"%b": ["%b"]}}'),
    "page": echo(b"HTTP/1.1 502 No\r\n\r\n<html>%b</html>"),
    "status": echo(b'HTTP/1.1 200 OK\r\n\r\n{"id": "pi_sandbox_1", "status": "%b"}'),
    "texts": echo(
        b'HTTP/1.1 200 OK\r\n\r\n{"id": "pi_sandbox_1", "status": "Canceled",'
        b' "reference": "%b", "description": "%b", "captureMode": "%b"}'
    ),
    "encoding": echo(b"HTTP/1.1 200 OK\r\nContent-Encoding: %b\r\n\r\n{}"),
    "redirect": echo(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/%b\r\n\r\n"),
    "chunk": echo(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%b\r\n"),
    "retry": echo(b"HTTP/1.1 503 No\r\nRetry-After: %b\r\nDate: %b\r\n\r\n"),
}


@pytest.fixture
def everything_logged(caplog):
    """All that any logger says at its most talkative, with the tracebacks."""
    caplog.set_level(logging.DEBUG)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream.getvalue
    root.removeHandler(handler)


@pytest.mark.parametrize("talk", ECHOES.values(), ids=ECHOES)
def test_a_server_that_repeats_it(serve, connect, ask, everything_logged, capfd, talk):
    outcome = ask(connect(serve(talk).url, KEY), ID)
    assert "urllib3.connectionpool" in everything_logged()
    assert CANARY not in everything_logged()
    assert CANARY not in repr(outcome)
    if isinstance(outcome, Problem):
        assert CANARY not in outcome.words
    assert CANARY not in "".join(capfd.readouterr())


@pytest.mark.parametrize("kind", [Kind.RESET, Kind.TRUNCATE, Kind.REFUSE, Kind.COOKIE])
def test_a_server_that_fails(server, connect, ask, everything_logged, kind):
    server.faults.add(Fault(kind))
    secret = server.key.removeprefix("sk_sandbox_")
    outcome = ask(connect(), server.create())
    assert secret not in everything_logged() + repr(outcome)


def test_a_server_that_is_not_there(connect, ask, everything_logged):
    with free_port() as port:
        problem = ask(connect(f"http://127.0.0.1:{port}", KEY), ID)
    assert CANARY not in everything_logged() + repr(problem)


def test_an_error_that_names_it(ask, everything_logged):
    """As the library's do, where it finds a header that it can't send."""
    with (
        responses.RequestsMock(assert_all_requests_are_fired=False) as api,
        Client(ApiKey(KEY)) as client,
    ):
        for method in ("GET", "DELETE", "POST"):
            url = f"https://api.dojo.tech/payment-intents/{'search' if method == 'POST' else ID}"
            api.add(method, url, ValueError(f"Invalid header value b'Basic {KEY}'"))
        problem = ask(client, ID)
    assert problem.technical == "ValueError: Invalid header value b'Basic [key removed]'"
    assert CANARY not in everything_logged() + repr(problem)


def test_what_a_debugger_shows(server, client):
    assert isinstance(client.get(server.create()), Intent)
    secret = server.key.removeprefix("sk_sandbox_")
    transport = client._transport
    for thing in (client, transport, vars(client), vars(transport), vars(transport._auth)):
        assert secret not in repr(thing)


@pytest.mark.parametrize("key", [KEY, KEY.replace("sandbox", "prod")])
def test_a_refused_combination(key):
    with pytest.raises(WrongEnvironmentError) as refusal:
        Client(ApiKey(key), "http://127.0.0.1:1/x")
    assert CANARY not in "".join(traceback.format_exception(refusal.value))
