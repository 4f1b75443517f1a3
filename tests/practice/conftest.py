"""Real HTTP to a real practice server; every answer is checked against the published shape."""

import gc
import http.client
import json
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from cancel_desk.practice import PracticeServer

# The shapes, in a small language: a type; a pattern for a text; a set of allowed values; Null(…)
# where null is allowed too; a list with the shape of its elements; a dict with the shapes of the
# members, those with a question mark may be missing, and no others are allowed.


@dataclass(frozen=True)
class Null:
    shape: object


TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
STATUSES = {"Created", "Authorized", "Captured", "Reversed", "Refunded", "Canceled"}
MONEY = {"value": int, "currencyCode": {"GBP", "EUR"}}
ADDRESS = {
    **dict.fromkeys(("address1", "address2", "address3", "address4"), str),
    **dict.fromkeys(("city", "state", "postcode", "countryCode"), str),
}
CARD = {
    "cardNumber": re.compile(r"\d{8}\*{4}\d{4}"),
    **dict.fromkeys(("cardName", "expiryDate", "cardType", "cardFundingType"), str),
    **dict.fromkeys(("entryMode", "verificationMethod"), str),
}
PAYMENT = {
    "transactionId": str,
    "transactionDateTime": TIME,
    "message": str,
    "authCode": re.compile(r"\d{6}"),
    "card": CARD,
}
EVENT = {
    "transactionDateTime": TIME,
    **dict.fromkeys(("transactionId", "eventType", "authCode", "cardNumber", "expiryDate"), str),
    **dict.fromkeys(("cardType", "cardholderName", "paymentMethodId"), str),
}
CAPTURE = {
    "id": str,
    "amount": int,
    "tipsAmount": Null(int),
    "status": {"Successful"},
    "createdAt": TIME,
}
INTENT = {
    "id": re.compile(r"pi_sandbox_[A-Za-z0-9_-]{21}[AQgw]"),
    "captureMode": {"Auto", "Manual"},
    "cardHolderNotPresent": bool,
    "clientSessionSecret": re.compile(r".{100,}"),
    "clientSessionSecretExpirationDate": TIME,
    "status": STATUSES,
    "paymentMethods": [str],
    "amount": MONEY,
    "tipsAmount?": MONEY,
    "totalAmount": MONEY,
    "refundedAmount": int,
    "customer": dict.fromkeys(("id", "emailAddress", "phoneNumber"), str),
    "billingAddress": ADDRESS,
    "shippingDetails": {"name": str, "address": ADDRESS},
    "createdAt": TIME,
    "updatedAt": TIME,
    "reference": str,
    "description": Null(str),
    "itemLines": list,
    "taxLines": list,
    "merchantConfig": {"supportedPaymentMethods": {"cardSchemes": [str], "wallets": [str]}},
    "config": dict,
    "paymentSource": {"api"},
    "expireAt": Null(TIME),
    "metadata": dict,
    "paymentEvents": [EVENT],
    "paymentLink": re.compile(r"https://pay\.dojo\.tech:443/checkout/pi_sandbox_.{22}"),
    "terminalSessionHistory": list,
    "paymentDetails?": PAYMENT,
    "captures?": [CAPTURE],
}
PAGE = {"data": [INTENT], "before": Null(str), "after": Null(str)}
PROBLEM = {
    "type": str,
    "title": str,
    "status": int,
    "detail": str,
    "traceId": re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-00"),
    "errors?": dict,
}


def misfits(value: object, shape: object, place: str = "body") -> Iterator[str]:
    """What is wrong with the value, one text each."""
    match shape:
        case Null(inner):
            if value is not None:
                yield from misfits(value, inner, place)
        case type():
            if type(value) is not shape:
                yield f"{place} is {value!r}, not {shape.__name__}"
        case re.Pattern():
            if not (isinstance(value, str) and shape.fullmatch(value)):
                yield f"{place} is {value!r}, not {shape.pattern}"
        case set():
            if value not in shape:
                yield f"{place} is {value!r}, not one of {shape}"
        case [inner]:
            if not isinstance(value, list):
                yield f"{place} is no list"
            else:
                for index, element in enumerate(value):
                    yield from misfits(element, inner, f"{place}[{index}]")
        case dict():
            if not isinstance(value, dict):
                yield f"{place} is no object"
                return
            names = {name.rstrip("?"): inner for name, inner in shape.items()}
            yield from (
                f"{place}.{name} is missing" for name in {*shape} - {*value} if name[-1] != "?"
            )
            yield from (f"{place}.{name} is not published" for name in {*value} - {*names})
            for name in {*value} & {*names}:
                yield from misfits(value[name], names[name], f"{place}.{name}")


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Caller:
    """A client with one kept connection and the right headers."""

    def __init__(self, server: PracticeServer, context: ssl.SSLContext | None = None) -> None:
        self.headers = {"Authorization": f"Basic {server.key}", "Version": "2024-02-05"}
        address = urlsplit(server.url)
        if context is None:
            self._connection = http.client.HTTPConnection(address.netloc, timeout=20)
        else:
            self._connection = http.client.HTTPSConnection(
                address.netloc, timeout=20, context=context
            )

    def ask(self, method, path, body=None, *, headers=None, garbled=False) -> Reply:
        """Sends a request. `body` is JSON or, as bytes, whatever it is."""
        headers = self.headers | (headers or {})
        if body is not None:
            headers = {"Content-Type": "application/json"} | headers
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {name: value for name, value in headers.items() if value is not None}
        self._connection.request(method, path, body=body, headers=headers)
        response = self._connection.getresponse()
        reply = Reply(response.status, response.headers, response.read())
        assert reply.headers["Date"]
        if not garbled:
            self._check(path, reply)
        return reply

    def get(self, intent_id, **kwargs) -> Reply:
        return self.ask("GET", f"/payment-intents/{intent_id}?returnCanceled=true", **kwargs)

    def delete(self, intent_id, **kwargs) -> Reply:
        return self.ask("DELETE", f"/payment-intents/{intent_id}", **kwargs)

    def search(self, body, **kwargs) -> Reply:
        return self.ask("POST", "/payment-intents/search", body, **kwargs)

    def close(self) -> None:
        self._connection.close()

    @staticmethod
    def _check(path: str, reply: Reply) -> None:
        assert int(reply.headers["Content-Length"]) == len(reply.body)
        if reply.status >= 400:
            assert reply.headers["Content-Type"] == "application/problem+json; charset=utf-8"
            assert reply.json["status"] == reply.status
            shape = PROBLEM
        else:
            assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
            shape = PAGE if path.endswith("/search") else INTENT
        assert list(misfits(reply.json, shape)) == []


class Wire:
    """A bare connection, to say and see every byte."""

    def __init__(self, server: PracticeServer) -> None:
        address = urlsplit(server.url)
        self.socket = socket.create_connection((address.hostname, address.port), timeout=20)
        self.key = server.key

    def send(self, method: str, path: str, *extra: str, body: bytes = b"") -> None:
        lines = [f"{method} {path} HTTP/1.1", f"Authorization: Basic {self.key}"]
        lines += ["Version: 2024-02-05", f"Content-Length: {len(body)}", *extra, "", ""]
        self.socket.sendall("\r\n".join(lines).encode() + body)

    def until(self, end: bytes) -> bytes:
        """What comes up to and including these bytes."""
        seen = b""
        while not seen.endswith(end):
            byte = self.socket.recv(1)
            assert byte, f"the connection ended after {seen!r}"
            seen += byte
        return seen

    def rest(self) -> bytes:
        """All that comes until the connection ends."""
        return b"".join(iter(lambda: self.socket.recv(65536), b""))


@pytest.fixture
def server() -> Iterator[PracticeServer]:
    """A running server; when it is closed nothing of it is left."""
    with PracticeServer() as server:
        yield server
    gc.collect()
    assert [t for t in threading.enumerate() if t.name.startswith("practice ")] == []


@pytest.fixture
def call(server: PracticeServer) -> Iterator[Caller]:
    """A client of `server`."""
    caller = Caller(server)
    yield caller
    caller.close()


@pytest.fixture
def new_caller(server: PracticeServer):
    """Makes further clients of `server`."""
    callers = []

    def make() -> Caller:
        callers.append(Caller(server))
        return callers[-1]

    yield make
    for caller in callers:
        caller.close()


@pytest.fixture
def wire(server: PracticeServer) -> Iterator[Wire]:
    """A bare connection to `server`."""
    wire = Wire(server)
    with wire.socket:
        yield wire


@pytest.fixture
def new_wire():
    """Makes bare connections to any server."""
    wires = []

    def make(server: PracticeServer) -> Wire:
        wires.append(Wire(server))
        return wires[-1]

    yield make
    for wire in wires:
        wire.socket.close()


@pytest.fixture
def caller_class():
    """For clients of servers other than `server`."""
    return Caller


@pytest.fixture
def in_thread():
    """Runs functions beside the test; they are joined, and what they raise is raised."""
    threads, failures = [], []

    def run(function, *arguments) -> threading.Thread:
        def guarded() -> None:
            try:
                function(*arguments)
            except Exception as error:  # noqa: BLE001 - raised again below
                failures.append(error)

        thread = threading.Thread(target=guarded)
        threads.append(thread)
        thread.start()
        return thread

    yield run
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    if failures:
        raise ExceptionGroup("raised beside the test", failures)
