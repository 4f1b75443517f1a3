"""Connections that keep to one deadline for each request, and know whether it has left.

The libraries' own time-outs start anew with every byte received and every address tried, and
there is none for looking up a name. Their layers carry nothing of ours through to the connection
either, so the request under way stands in a context variable.
"""

import io
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection


@dataclass(slots=True)
class Call:
    """One request under way in this thread."""

    ends: float  # by time.monotonic()
    connecting: bool = False  # a new connection was begun for it
    distrusted: bool = False  # the server's certificate was refused
    sending: bool = False  # its own first byte was handed to the system

    @property
    def never_left(self) -> bool:
        """Whether it is certain that no byte of the request has left this computer."""
        return self.connecting and not self.sending

    def remaining(self) -> float:
        """Return the seconds left.

        Raises:
            TimeoutError: there are none.
        """
        seconds = self.ends - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the time for this request is over")
        return seconds


_current: ContextVar[Call] = ContextVar("call")


@contextmanager
def call_within(seconds: float) -> Iterator[Call]:
    """Give whatever this thread sends inside the `with` so many seconds in all."""
    call = Call(time.monotonic() + seconds)
    token = _current.set(call)
    try:
        yield call
    finally:
        _current.reset(token)


class Adapter(HTTPAdapter):
    """Sends through one kept connection, once; to be used inside `call_within`.

    All that is sent goes to one server, by one way.

    Args:
        context: the one thing that decides whom to trust.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._pool: ConnectionPool | None = None
        # Zero is the whole point: the library never sends anything again.
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Put the context and the connections below in place of the library's own."""
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Do the same for connections that go through a proxy."""
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> ConnectionPool:
        """Look for the way to the server once: for each request that is a tenth of its work."""
        if self._pool is None:
            self._pool = super().get_connection_with_tls_context(*args, **kwargs)
        return self._pool

    def request_url(self, request: PreparedRequest, _proxies: object) -> str:
        """Return path and query: a proxy that is asked for more than a tunnel is never used."""
        return request.path_url

    def build_response(self, req: PreparedRequest, resp: Any) -> Response:
        """Pass on what came, without a look for cookies."""
        response = Response()
        response.request, response.url = req, str(req.url)
        response.status_code, response.headers, response.raw = resp.status, resp.headers, resp
        return response

    def close(self) -> None:
        """Close the kept connection: the library leaves that to the garbage collection."""
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for pool in map(manager.pools.get, manager.pools.keys()):
                pool.close()
        super().close()

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Leave the context alone: it checks certificate and name.

        The inherited method would have it trust the bundle that requests brings along, too.
        """


class _DeadlineReader(io.RawIOBase):
    """Reads from a socket, each time with just the call's remaining seconds as the time-out."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_current.get().remaining())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_DeadlineReader(self.fp.detach(), sock))


class _Wire(HTTPConnection):
    response_class = _Response
    _ready = False  # what is sent is a request, no longer what opens a way through a proxy

    def connect(self) -> None:
        self._ready = False
        _current.get().connecting = True
        super().connect()
        self._ready = True

    def _new_conn(self) -> socket.socket:
        call = _current.get()
        host = self.host.strip("[]")  # a proxy's IPv6 address comes with its brackets
        try:
            return _connect(_look_up(host, self.port, call), self.socket_options, call)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except OSError as error:
            raise NewConnectionError(self, f"no connection to {self.host}: {error}") from error

    def _tunnel(self) -> None:
        super()._tunnel()
        # The TLS handshake that follows gets what is left by now.
        self.sock.settimeout(_current.get().remaining())

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        call = _current.get()
        self.sock.settimeout(call.remaining())
        if self._ready:
            call.sending = True
        super().send(data)


class _TlsWire(_Wire, HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except ssl.SSLCertVerificationError:
            _current.get().distrusted = True
            raise


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Wire


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsWire


_POOLS = {"http": _HttpPool, "https": _HttpsPool}


def _look_up(host: str, port: int, call: Call) -> list[Any]:
    """Return the host's socket addresses.

    In a thread of its own: the system's look-up takes no time-out, and where a network is half up
    it can hold for minutes.
    """
    found: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.put([address for *_, address in entries])
        except Exception as error:  # noqa: BLE001 (raised again below)
            found.put(error)

    threading.Thread(target=look_up, name="name look-up", daemon=True).start()
    try:
        outcome = found.get(timeout=call.remaining())
    except queue.Empty:
        raise TimeoutError("the name could not be looked up in time") from None
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _connect(addresses: list[Any], options: Any, call: Call) -> socket.socket:
    """Connect to the first address that answers, each with its share of the time that is left.

    Without shares, one address that swallows packets would leave no time for the others.
    """
    failure = OSError("the name has no address")
    for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        try:
            share = call.remaining() / left
            sock = create_connection(address[:2], share, socket_options=options)
        except OSError as error:
            failure = error
        else:
            # The TLS handshake that may follow gets what is left by now.
            sock.settimeout(max(call.ends - time.monotonic(), 0.001))
            return sock
    raise failure
