"""The API's stand-in for measuring: a process of its own, which is fast, counts, and is never late.

    with serving(latency=0.1, jitter=0.02, intents=500) as server:
        ...  # requests to server.url, trusting server.ca_file
        assert server.counts()["deletes_per_id_max"] == 1

The practice server answers in one thread for each connection, and would take a good part of the
processor that is being measured. This one holds its connections in one loop, has its bodies
nearly ready, and answers each request `latency` seconds after it came, give or take the jitter.
A connection is opened without delay.
"""

import asyncio
import json
import random
import secrets
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

import certifi
import trustme

from cancel_desk.practice.bodies import encode, intent_body
from cancel_desk.practice.intents import Intent, make_id
from cancel_desk.practice.rate_limit import TokenBucket
from cancel_desk.practice.times import DAY

ROOT = Path(__file__).parents[2]
GET, DELETE, POST = "GET", "DELETE", "POST"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server is, for whoever sends to it; can be written down as JSON for a process.

    `ca_file` is what a colleague's tools read at their start: all the authorities that requests
    brings along, and this server's own, which `authority_file` holds alone.
    """

    url: str
    key: str = field(repr=False)
    ids: list[str] = field(repr=False)
    ca_file: str
    authority_file: str

    def to_json(self) -> str:
        """Write it down, the key with it: for a pipe, never for a command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Place":
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))


class Serving:
    """A server that runs, as seen from the process that started it."""

    def __init__(self, process: subprocess.Popen[str], place: Place) -> None:
        self._process = process
        self._asking = threading.Lock()
        self.place = place
        self.url, self.key, self.ids = place.url, place.key, place.ids
        self.ca_file, self.authority_file = place.ca_file, place.authority_file

    def counts(self) -> dict[str, float]:
        """Return what it counted so far.

        `requests` (answered ones, 429 included), `refused_429`, `unknown` (404, 401 ...),
        `cancelled` (ids), `deletes_per_id_max` and `deletes_per_id_min` (those that were not
        answered 429; over all ids), `connections`, `cpu` (seconds its process took), and how late
        its answers left, in milliseconds: `late_ms_median`, `late_ms_worst`.
        """
        return self._ask("counts")

    def arrivals(self) -> list[float]:
        """Return when each request came, in seconds of time.monotonic(), in their order."""
        return self._ask("arrivals")

    def forget(self) -> None:
        """Let every intent be as it was at the start, and count from nothing."""
        self._ask("forget")

    def close(self) -> None:
        """End the process."""
        if self._process.poll() is None:
            self._process.stdin.close()
            self._process.wait()
        self._process.stdout.close()

    def _ask(self, question: str):
        with self._asking:
            self._process.stdin.write(question + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())


@contextmanager
def serving(
    latency: float,
    jitter: float,
    intents: int,
    rate: float | None = None,
    tls: bool = True,
    burst: int = 1,
    retry_after: int | None = None,
) -> Iterator[Serving]:
    """Serve `intents` payments in the state Created until the end of the block.

    Args:
        latency: seconds from a request to its answer, in the middle.
        jitter: seconds by which that may be more or less, evenly spread.
        intents: how many.
        rate: requests a second that are let through, the rest is answered 429; None for all.
        tls: whether https.
        burst: how many of them may come at once.
        retry_after: seconds that a 429 names.
    """
    options = {
        "latency": latency,
        "jitter": jitter,
        "intents": intents,
        "rate": rate,
        "burst": burst,
        "retry_after": retry_after,
    }
    with tempfile.TemporaryDirectory(prefix="benchmark-server-") as folder:
        command = [sys.executable, "-m", "tests.benchmark.server", "--folder", folder]
        command += ["--options", json.dumps(options)] + ["--tls"] * tls
        process = subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("the benchmark's server did not start")
        server = Serving(process, Place.from_json(line))
        try:
            yield server
        finally:
            server.close()


# --- Inside its process ---------------------------------------------------------------------------


class Book:
    """The intents, and what was counted."""

    def __init__(self, count: int) -> None:
        self.ids = [make_id(sha256(f"payment {n}".encode()).digest()[:16]) for n in range(count)]
        self._number = {intent_id: number for number, intent_id in enumerate(self.ids)}
        now = time.time_ns()
        self._body = _Body(now)
        self._now = now
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.deletes = array("L", bytes(array("L").itemsize * len(self.ids)))
        self.arrivals = array("d")
        self.late = array("d")
        self.requests = self.refused = self.unknown = self.connections = 0

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        """Do what a request asks for; return status and body."""
        path, _, query = target.partition("?")
        name = path.removeprefix("/payment-intents/")
        if method == POST and name == "search":
            limit = json.loads(body or b"{}").get("cursor", {}).get("limit", 50)
            return 200, self._page(limit)
        number = self._number.get(name)
        if number is None:
            return self._problem(404)
        if method == GET:
            cancelled = self.deletes[number] > 0
            if cancelled and query != "returnCanceled=true":
                return self._problem(404)
            return 200, self._body.of(name, number, cancelled)
        if method == DELETE:
            self.deletes[number] += 1
            if self.deletes[number] > 1:
                return self._problem(409)
            return 200, self._body.of(name, number, cancelled=True)
        return self._problem(405)

    def counts(self) -> dict[str, float]:
        """Return what `Serving.counts` tells."""
        late = sorted(self.late) or [0.0]
        return {
            "requests": self.requests,
            "refused_429": self.refused,
            "unknown": self.unknown,
            "cancelled": sum(each > 0 for each in self.deletes),
            "deletes_per_id_max": max(self.deletes, default=0),
            "deletes_per_id_min": min(self.deletes, default=0),
            "connections": self.connections,
            "cpu": time.process_time(),
            "late_ms_median": 1000 * late[len(late) // 2],
            "late_ms_worst": 1000 * late[-1],
        }

    def _page(self, limit: int) -> bytes:
        first = enumerate(self.ids[:limit])
        bodies = [self._body.of(name, number, self.deletes[number] > 0) for number, name in first]
        return b'{"data":[' + b",".join(bodies) + b'],"before":null,"after":null}'

    def _problem(self, status: int) -> tuple[int, bytes]:
        self.unknown += 1
        return status, encode({"status": status, "title": "Not as asked", "traceId": "0"})


# What a real intent of a web shop has, too: with it a body has about 2.5 kB.
_BASKET = [
    {
        "id": f"line-{number}",
        "quantity": 2,
        "caption": caption,
        "amountTotal": {"value": 4000 + number, "currencyCode": "GBP"},
        "itemLines": [],
    }
    for number, caption in enumerate(
        [
            "Dining chair, oak, with a seat of woven paper cord",
            "Dining table, oak, 180 by 90 centimetres, two leaves",
            "Delivery to the room of choice, on a weekday",
            "Assembly, and taking the packaging away again",
            "Care set for oiled wood: soap, oil and two cloths",
        ]
    )
]


class _Body:
    """The body that the practice server gives, made once, with places for what differs."""

    def __init__(self, now: int) -> None:
        self._id, amount = make_id(bytes(16)), 123_456_789
        model = Intent(
            id=self._id,
            amount=amount,
            currency="GBP",
            reference="REFERENCE",
            description="Two chairs and a table, to be collected from the shop in the high street",
            status="STATUS",
            created_at=now - DAY,
            updated_at=now - DAY,
            expire_at=now + 29 * DAY,
            given={"itemLines": _BASKET},
        )
        text = encode(intent_body(model)).replace(b"%", b"%%")
        for mark, place in (
            (self._id.encode(), b"%(id)b"),
            (str(amount).encode(), b"%(amount)d"),
            (b"REFERENCE", b"Order %(number)d"),
            (b"STATUS", b"%(status)b"),
        ):
            text = text.replace(mark, place)
        self._text = text

    def of(self, intent_id: str, number: int, cancelled: bool) -> bytes:
        return self._text % {
            b"id": intent_id.encode(),
            b"amount": 1000 + 7 * number % 90_000,
            b"number": number,
            b"status": b"Canceled" if cancelled else b"Created",
        }


class Connection(asyncio.Protocol):
    """One kept connection: requests come one after the other, and each answer in its time."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        self._received = b""

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._desk.book.connections += 1

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (request := self._next_request()) is not None:
            self._desk.take(*request, self._transport)

    def _next_request(self) -> tuple[str, str, bytes, bytes] | None:
        """Take a whole request off what was received: method, target, head and body."""
        head, end, rest = self._received.partition(b"\r\n\r\n")
        if not end:
            return None
        length = 0
        if head.startswith(b"POST"):
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or b"0")
        if len(rest) < length:
            return None
        self._received = rest[length:]
        method, target, _ = head[: head.index(b"\r\n")].decode("latin-1").split(" ")
        return method, target, head, rest[:length]


class Desk:
    """Answers requests, each in its time."""

    def __init__(self, book: Book, key: str, options: dict[str, float]) -> None:
        self.book = book
        self._key = f"authorization: basic {key}".lower().encode()
        self._latency, self._jitter = options["latency"], options["jitter"]
        self._retry_after = options["retry_after"]
        rate = options["rate"]
        self._bucket = None if rate is None else TokenBucket(rate, int(options["burst"]))
        self._random = random.Random(20240205)
        self._loop = asyncio.get_running_loop()
        self._date = (0, b"")

    def take(self, method: str, target: str, head: bytes, body: bytes, transport) -> None:
        """Do at once what is asked; the answer leaves later."""
        book = self.book
        now = self._loop.time()
        book.arrivals.append(now)
        book.requests += 1
        extra = b""
        if self._bucket is not None and not self._bucket.take():
            book.refused += 1
            status, answer = 429, b'{"status":429,"title":"Too many requests"}'
            if self._retry_after is not None:
                extra = b"Retry-After: %d\r\n" % self._retry_after
        elif self._key not in head.lower():
            book.unknown += 1
            status, answer = 401, b""
        else:
            status, answer = book.answer(method, target, body)
        wire = b"HTTP/1.1 %d %b\r\nDate: %b\r\n%bContent-Type: application/json; charset=utf-8\r\n"
        wire += b"Content-Length: %d\r\n\r\n%b"
        wire %= (status, _PHRASES.get(status, b"No"), self._now(), extra, len(answer), answer)
        wait = self._latency + self._jitter * self._random.uniform(-1, 1)
        if wait > 0:
            self._loop.call_at(now + wait, self._send, transport, wire, now + wait)
        else:
            transport.write(wire)

    def _send(self, transport, wire: bytes, due: float) -> None:
        transport.write(wire)
        self.book.late.append(self._loop.time() - due)

    def _now(self) -> bytes:
        second = int(time.time())
        if second != self._date[0]:
            text = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(second))
            self._date = (second, text.encode())
        return self._date[1]


_PHRASES = {200: b"OK", 401: b"Unauthorized", 404: b"Not Found", 429: b"Too Many Requests"}


async def _serve(folder: Path, options: dict[str, float], tls: bool) -> None:
    authority = trustme.CA()
    authority_file, ca_file = folder / "authority.pem", folder / "authorities.pem"
    authority.cert_pem.write_to_path(authority_file)
    ca_file.write_bytes(Path(certifi.where()).read_bytes() + authority_file.read_bytes())
    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
    book = Book(int(options["intents"]))
    key = f"sk_sandbox_{secrets.token_urlsafe(24)}"
    desk = Desk(book, key, options)
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(
        lambda: Connection(desk), "127.0.0.1", 0, ssl=context, backlog=512
    )
    port = listener.sockets[0].getsockname()[1]
    place = Place(
        url=f"{'https' if tls else 'http'}://127.0.0.1:{port}",
        key=key,
        ids=book.ids,
        ca_file=str(ca_file),
        authority_file=str(authority_file),
    )
    print(place.to_json(), flush=True)
    async with listener:
        await _obey(book)


async def _obey(book: Book) -> None:
    """Answer what the process that started this one asks, until it is gone."""
    loop = asyncio.get_running_loop()
    questions = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(questions), sys.stdin)
    while question := (await questions.readline()).decode().strip():
        match question:
            case "counts":
                answer: object = book.counts()
            case "arrivals":
                answer = list(book.arrivals)
            case _:
                answer = book.forget()
        print(json.dumps(answer), flush=True)


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--options", type=json.loads, required=True)
    parser.add_argument("--tls", action="store_true")
    options = parser.parse_args()
    asyncio.run(_serve(options.folder, options.options, options.tls))


if __name__ == "__main__":
    main()
