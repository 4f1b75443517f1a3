"""Clients of a real server. Everything opened is closed again, and no thread stays behind."""

import ssl
import threading
from collections.abc import Callable, Iterator

import pytest
import trustme

from cancel_desk.dojo.client import Client
from cancel_desk.dojo.intent import Intent
from cancel_desk.dojo.key import ApiKey
from cancel_desk.practice import PracticeServer

from .servers import RawServer

CALLS: dict[str, Callable[[Client, str], object]] = {
    "get": lambda client, intent_id: client.get(intent_id),
    "cancel": lambda client, intent_id: client.cancel(intent_id),
    "search": lambda client, _: client.search(),
}


@pytest.fixture(autouse=True)
def no_thread_stays() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    # A name look-up that was given up ends by itself; nothing else may be left.
    left = set(threading.enumerate()) - before
    assert [thread for thread in left if thread.name != "name look-up"] == []


@pytest.fixture
def server() -> Iterator[PracticeServer]:
    with PracticeServer() as server:
        yield server


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    """Makes servers that do with a connection what a function says."""
    servers: list[RawServer] = []

    def make(talk, **options) -> RawServer:
        servers.append(RawServer(talk, **options))
        return servers[-1]

    yield make
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority that no system trusts."""
    return trustme.CA()


@pytest.fixture
def trusting(authority) -> ssl.SSLContext:
    """Trusts that authority alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    return context


@pytest.fixture
def certified(authority) -> Callable[[str], ssl.SSLContext]:
    """Makes what a server needs to prove that it has a name, to whom trusts the authority."""

    def make(name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        return context

    return make


@pytest.fixture
def tls_server(certified) -> Iterator[PracticeServer]:
    with PracticeServer(tls=certified("127.0.0.1")) as server:
        yield server


@pytest.fixture
def connect(server) -> Iterator[Callable[..., Client]]:
    """Makes clients, of the practice server unless told otherwise."""
    clients: list[Client] = []

    def make(base_url: str | None = None, key: str | None = None, **options) -> Client:
        client = Client(ApiKey(key or server.key), base_url or server.url, **options)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(connect) -> Client:
    return connect()


@pytest.fixture(params=CALLS)
def ask(request) -> Callable[[Client, str], object]:
    """Each of the client's calls in turn: a function of a client and an id."""
    return CALLS[request.param]


@pytest.fixture(params=["get", "cancel"])
def ask_for_one(request) -> Callable[[Client, str], Intent]:
    """Each call that is about one intent in turn."""
    return CALLS[request.param]
