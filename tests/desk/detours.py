"""Requests that never get to the server they are for: each takes a detour of its own."""

import socket
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from cancel_desk.dojo.client import Client
from cancel_desk.dojo.intent import Intent
from cancel_desk.dojo.key import ApiKey
from cancel_desk.dojo.problem import Problem
from cancel_desk.practice import PracticeServer

from .life import DEADLINE

DETOURS = ("TLS failure", "DNS failure", "connection refused")


class Network:
    """The way to a server, and where the next requests go instead: one detour for each."""

    def __init__(self, server: PracticeServer, addresses: dict[str, str]) -> None:
        self._server = server
        self._addresses = addresses
        self.detours: deque[str] = deque()

    def connect(self) -> Client:
        return _Traveller(self)

    def client(self, way: str | None = None) -> Client:
        url = self._addresses[way] if way else self._server.url
        return Client(ApiKey(self._server.key), url, deadline=DEADLINE)

    def ask(self, home: Client, call: Callable[[Client], object]) -> object:
        try:
            way = self.detours.popleft()
        except IndexError:
            return call(home)
        with self.client(way) as client:
            return call(client)


class _Traveller:
    """A client, some of whose requests take another way."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._home = network.client()

    def get(self, intent_id: str) -> Intent | Problem:
        return self._network.ask(self._home, lambda client: client.get(intent_id))

    def cancel(self, intent_id: str) -> Intent | Problem:
        return self._network.ask(self._home, lambda client: client.cancel(intent_id))

    def search(self, **options: object) -> object:
        return self._network.ask(self._home, lambda client: client.search(**options))

    def __enter__(self) -> "_Traveller":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._home.close()


@contextmanager
def nameless(host: str) -> Iterator[None]:
    """A machine on which nobody knows the name."""
    look_up = socket.getaddrinfo

    def stand_in(name: str, *args: object, **options: object) -> object:
        if name == host:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(name, *args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", stand_in)
        yield
