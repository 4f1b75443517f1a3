"""HTTP/1.1 on a socket, as much of it as the practice server speaks.

Written out rather than taken from `http.server`, because the faults need every byte: answers
that lie about their length, stop half-way or come one byte at a time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import BinaryIO
from urllib.parse import parse_qs

MAX_BODY = 1 << 20
"""Longest body of a request, in bytes, that is looked at."""

_MAX_LINE = 1 << 16
_MAX_HEADERS = 100
_MAX_SKIPPED = 64 << 20

JSON = "application/json; charset=utf-8"
PROBLEM_JSON = "application/problem+json; charset=utf-8"


class MalformedError(Exception):
    """The bytes are not a request that can be answered on a connection that goes on.

    Attributes:
        status: The HTTP status that says so.
    """

    def __init__(self, status: int, detail: str) -> None:
        """`detail` is the sentence for the problem details."""
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it arrived. `headers` has lower-case names; `target` is raw."""

    method: str
    target: str
    header_names: tuple[str, ...]
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    oversize: bool = False
    keep_alive: bool = True

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> Mapping[str, list[str]]:
        """The query's values by name."""
        return parse_qs(self.target.partition("?")[2], keep_blank_values=True)

    @property
    def intent_id(self) -> str | None:
        """The path's part that names an intent, as it stands there, or None."""
        match self.path.split("/"):
            case ["", "payment-intents", name] if name not in ("", "search"):
                return name
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer and the way its bytes go out.

    `head_gap` and `body_gap` are seconds between single bytes (0: all at once). `cut` is
    how many bytes of the body are sent before the connection ends (None: all). Without
    `sized` there is no Content-Length, and the end of the connection ends the body.
    """

    status: int
    body: bytes
    content_type: str | None = JSON
    headers: tuple[tuple[str, str], ...] = ()
    head_gap: float = 0.0
    body_gap: float = 0.0
    cut: int | None = None
    sized: bool = True

    @property
    def ends_connection(self) -> bool:
        """Whether nothing can follow this answer on its connection."""
        return self.cut is not None or not self.sized

    def pieces(
        self, *, now: int, keep_alive: bool, bodiless: bool
    ) -> Iterator[tuple[float, bytes]]:
        """What to send: seconds to wait, then bytes. `now` is for `Date` (nanoseconds)."""
        lines = [
            f"HTTP/1.1 {self.status} {phrase(self.status)}",
            f"Date: {formatdate(now // 1_000_000_000, usegmt=True)}",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        if self.content_type is not None:
            lines.append(f"Content-Type: {self.content_type}")
        if self.sized:
            lines.append(f"Content-Length: {len(self.body)}")
        if not keep_alive:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        body = b"" if bodiless else self.body[: self.cut]
        if not self.head_gap and not self.body_gap:
            yield 0.0, head + body
            return
        yield from _dripped(head, self.head_gap)
        yield from _dripped(body, self.body_gap)


def read_request(stream: BinaryIO) -> Request | None:
    """The next request of a connection, or None at its end.

    Raises:
        MalformedError: What came is no request; the connection can't go on.
        OSError: The connection broke.
    """
    line = _line(stream)
    if line is None:
        return None
    try:
        method, target, version = line.decode("ascii").split(" ")
    except ValueError as error:
        raise MalformedError(400, "The request line is not understood.") from error
    if version not in ("HTTP/1.1", "HTTP/1.0"):
        raise MalformedError(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.")
    names: list[str] = []
    headers: dict[str, str] = {}
    while header := _line(stream):
        name, colon, value = header.decode("latin-1").partition(":")
        if not colon or not name or name != name.strip():
            raise MalformedError(400, "A header line is not understood.")
        if len(names) == _MAX_HEADERS:
            raise MalformedError(431, "There are too many header lines.")
        names.append(name)
        key, value = name.lower(), value.strip()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    if header is None:
        raise ConnectionError("the connection ended within the headers")
    body, oversize = _body(stream, headers)
    connection = headers.get("connection", "").lower()
    keep_alive = connection != "close" if version == "HTTP/1.1" else connection == "keep-alive"
    return Request(method, target, tuple(names), headers, body, oversize, keep_alive)


def _line(stream: BinaryIO) -> bytes | None:
    """A line without its end, or None where the stream ends before any byte of it."""
    line = stream.readline(_MAX_LINE + 1)
    if len(line) > _MAX_LINE:
        raise MalformedError(431, "A line is too long.")
    if not line:
        return None
    if not line.endswith(b"\n"):
        raise ConnectionError("the connection ended within a line")
    return line.rstrip(b"\r\n")


def _body(stream: BinaryIO, headers: Mapping[str, str]) -> tuple[bytes, bool]:
    """The body and whether it was too large; one that is too large is read past, not kept."""
    if "transfer-encoding" in headers:
        raise MalformedError(411, "A body needs a Content-Length.")
    declared = headers.get("content-length", "0")
    if not (declared.isascii() and declared.isdigit() and len(declared) < 20):
        raise MalformedError(400, "The Content-Length is not understood.")
    length = int(declared)
    if length <= MAX_BODY:
        body = stream.read(length)
        if len(body) < length:
            raise ConnectionError("the connection ended within a body")
        return body, False
    if length > _MAX_SKIPPED:
        raise MalformedError(413, "The body is far too large.")
    while length and (skipped := stream.read(min(length, MAX_BODY))):
        length -= len(skipped)
    return b"", True


def _dripped(data: bytes, gap: float) -> Iterator[tuple[float, bytes]]:
    if gap:
        yield from ((gap, bytes((byte,))) for byte in data)
    elif data:
        yield 0.0, data


def phrase(status: int) -> str:
    """The words that go with a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
