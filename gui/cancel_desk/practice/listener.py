"""A port on this machine and the connections to it."""

import contextlib
import os
import selectors
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable

HOST = "127.0.0.1"

_BACKLOG = 512
_LINGER = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)

Serve = Callable[[socket.socket, threading.Event], None]
"""Serves one connection until it ends or the event is set; runs in the connection's thread."""


class Listener:
    """Listens from its making until it is stopped; each connection is served by its own thread.

    Attributes:
        port: The port that is listened on.
        accepted: How many connections there have been.
    """

    def __init__(self, serve: Serve, *, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        """Listens on `port` (0: any free one), with TLS if a context is given.

        Raises:
            OSError: The port is taken.
        """
        self._serve = serve
        self._tls = tls
        self._listening = socket.create_server((HOST, port), backlog=_BACKLOG)
        self._listening.setblocking(False)
        self.port: int = self._listening.getsockname()[1]
        self.accepted = 0
        self._stopping = threading.Event()
        self._wake, self._woken = socket.socketpair()
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(
            target=self._accept, name="practice listener", daemon=True
        )
        self._acceptor.start()

    def stop(self) -> None:
        """Closes the port and cuts every connection. The threads that served them end soon."""
        self._stopping.set()
        self._wake.close()
        self._acceptor.join()
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    # Not SSLSocket.shutdown: it pulls TLS away from under the serving thread.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def join(self, timeout: float) -> None:
        """Waits until the threads of a stopped listener have ended.

        Raises:
            TimeoutError: One has not, within `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
                if thread.is_alive():
                    raise TimeoutError("a request is still held by a hook")

    def _accept(self) -> None:
        with self._listening, self._woken, selectors.DefaultSelector() as selector:
            selector.register(self._listening, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while True:
                selector.select()
                if self._stopping.is_set():
                    return
                try:
                    connection = self._connection()
                except OSError:
                    # The caller has gone again, or there are too many files open: go on.
                    self._stopping.wait(0.01)
                else:
                    self._start(connection)

    def _connection(self) -> socket.socket:
        connection, _ = self._listening.accept()
        try:
            connection.setblocking(True)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is None:
                return connection
            return self._tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        except OSError:
            connection.close()
            raise

    def _start(self, connection: socket.socket) -> None:
        thread = threading.Thread(
            target=self._run, args=(connection,), name="practice connection", daemon=True
        )
        with self._lock:
            self.accepted += 1
            self._connections.add(connection)
        self._threads = [*filter(threading.Thread.is_alive, self._threads), thread]
        thread.start()

    def _run(self, connection: socket.socket) -> None:
        try:
            with connection:
                if isinstance(connection, ssl.SSLSocket):
                    connection.do_handshake()
                self._serve(connection, self._stopping)
        except OSError:
            pass  # The other side has gone, refused the certificate, or was cut off.
        finally:
            with self._lock:
                self._connections.discard(connection)


def reset_on_close(connection: socket.socket) -> None:
    """Makes closing the connection a TCP reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
