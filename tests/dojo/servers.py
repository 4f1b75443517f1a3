"""Servers for what the practice server is too well-behaved to do."""

import contextlib
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable


class RawServer:
    """Listens on 127.0.0.1 and gives each connection to `talk`, in a thread of its own.

    The connection is closed after `talk`; that the other side went away is no failure.
    """

    def __init__(
        self, talk: Callable[[socket.socket], None], *, tls: ssl.SSLContext | None = None
    ) -> None:
        self.connections = 0
        self._failures: list[BaseException] = []
        counter = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                counter.connections += 1
                try:
                    if tls is None:
                        talk(self.request)
                    else:
                        with tls.wrap_socket(self.request, server_side=True) as wrapped:
                            talk(wrapped)
                except OSError:
                    pass
                except Exception as error:  # noqa: BLE001 - raised again by close()
                    counter._failures.append(error)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        scheme = "http" if tls is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        if self._failures:
            raise ExceptionGroup("raised in a server", self._failures)


def read_request(connection: socket.socket) -> bytes:
    """A request's line and headers, or what came before the other side went away."""
    request = b""
    while not request.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            break
        request += byte
    return request


def answering(*pieces: bytes, last_for: bytes = b"") -> Callable[[socket.socket], None]:
    """Reads a request, sends the pieces, then `last_for` until the other side has enough."""

    def talk(connection: socket.socket) -> None:
        read_request(connection)
        for piece in pieces:
            connection.sendall(piece)
        while last_for:
            connection.sendall(last_for)

    return talk


def silent(connection: socket.socket) -> None:
    """Says nothing, until the other side goes away."""
    while connection.recv(65536):
        pass


def reset(connection: socket.socket) -> None:
    """Ends a connection with a TCP reset instead of a farewell."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@contextlib.contextmanager
def free_port():
    """A port of 127.0.0.1 at which nobody listens."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@contextlib.contextmanager
def swallowing_address():
    """An address that neither takes nor refuses a connection."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        # Those that fill the queue of connections that wait to be accepted.
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(listener.getsockname())
        yield listener.getsockname()
