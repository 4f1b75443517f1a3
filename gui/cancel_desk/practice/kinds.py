"""What can go wrong between a program and the API: the one vocabulary of faults.

What a kind of fault does is one function in `BEHAVIOURS`, wrapped around the handling of the
request it strikes: it may wait, change something, call `proceed` (which does the request's
work) or not, and alter the answer.
"""

import gzip
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum, auto
from functools import cache
from typing import Protocol

from cancel_desk.practice.bodies import encode
from cancel_desk.practice.intents import Status, make_id
from cancel_desk.practice.problems import problem_body
from cancel_desk.practice.wire import PROBLEM_JSON, Answer, phrase


class Kind(StrEnum):
    """What goes wrong. Each has its parameters, and their defaults, from its function below."""

    SLOW = auto()
    HANG = auto()
    DRIP_HEADERS = auto()
    DRIP_BODY = auto()
    REFUSE = auto()
    REDIRECT = auto()
    RESET = auto()
    LATE = auto()
    PAID = auto()
    TRUNCATE = auto()
    WRONG_ID = auto()
    WRONG_STATUS = auto()
    EMPTY = auto()
    HTML = auto()
    LIST = auto()
    DUPLICATE_KEYS = auto()
    HUGE_INTEGER = auto()
    DEEP = auto()
    BOMB = auto()
    UTF16 = auto()
    INVALID_UTF8 = auto()
    COOKIE = auto()


class Shape(StrEnum):
    """The body of a refusal: as published, or as seen in the field."""

    PROBLEM = auto()
    CAPITALS = auto()
    EMPTY = auto()
    HTML = auto()


class DroppedError(Exception):
    """The connection is to end in a TCP reset, without an answer."""


class Exchange(Protocol):
    """What a fault can do to the request it strikes."""

    def proceed(self) -> Answer:
        """Does what would have been done without this fault."""

    def proceed_later(self, seconds: float) -> None:
        """Does the same in so many seconds, when nobody waits for the answer any more."""

    def wait(self, seconds: float | None) -> None:
        """Holds the request for so long (None: for ever).

        Raises:
            DroppedError: The server went down meanwhile.
        """

    def pay(self, status: str) -> None:
        """The customer pays the intent that the request is about."""


def _beside(exchange: Exchange, act: Callable[[], None], after: bool) -> Answer:
    """Acts before or after the request is handled."""
    if not after:
        act()
    answer = exchange.proceed()
    if after:
        act()
    return answer


def _instead(exchange: Exchange, answer: Answer, after: bool) -> Answer:
    """Gives another answer, instead of handling the request or after it."""
    if after:
        exchange.proceed()
    return answer


def _garble(exchange: Exchange, change: Callable[[bytes], bytes]) -> Answer:
    """Handles the request and answers 200 with a changed body."""
    answer = exchange.proceed()
    return replace(answer, status=200, body=change(answer.body))


def _led_by(body: bytes, member: bytes) -> bytes:
    """The JSON object with one more member, at its beginning."""
    return body.replace(b"{", b"{" + member + b",", 1)


def _refusal(code: int, shape: Shape, detail: str) -> Answer:
    body = problem_body(code, detail)
    match shape:
        case Shape.PROBLEM:
            return Answer(code, encode(body), PROBLEM_JSON)
        case Shape.CAPITALS:
            capitals = {name[0].upper() + name[1:]: value for name, value in body.items()}
            return Answer(code, encode(capitals), PROBLEM_JSON)
        case Shape.EMPTY:
            return Answer(code, b"", None)
        case Shape.HTML:
            return Answer(code, _page(phrase(code)), "text/html")


def _page(title: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head></html>".encode()


@cache
def _packed_blanks() -> bytes:
    """What unpacks to 200 MiB of blanks, which JSON allows around a value."""
    blanks = b" " * (1 << 20)
    packer = zlib.compressobj(wbits=31)
    return b"".join(packer.compress(blanks) for _ in range(200)) + packer.flush()


def _drop() -> None:
    raise DroppedError


def _slow(exchange: Exchange, seconds: float = 0.1, after: bool = False) -> Answer:
    return _beside(exchange, lambda: exchange.wait(seconds), after)


def _hang(exchange: Exchange, after: bool = False) -> Answer:
    return _beside(exchange, lambda: exchange.wait(None), after)


def _reset(exchange: Exchange, after: bool = False) -> Answer:
    return _beside(exchange, _drop, after)


def _paid(exchange: Exchange, becomes: str = Status.CAPTURED, after: bool = False) -> Answer:
    return _beside(exchange, lambda: exchange.pay(becomes), after)


def _late(exchange: Exchange, seconds: float = 0.1) -> Answer:
    exchange.proceed_later(seconds)
    raise DroppedError


def _refuse(
    exchange: Exchange,
    code: int = 500,
    shape: Shape = Shape.PROBLEM,
    detail: str = "The practice server was told to refuse this.",
    retry_after: str | None = None,
    after: bool = False,
) -> Answer:
    refusal = _refusal(code, shape, detail)
    if retry_after is not None:
        refusal = replace(refusal, headers=(("Retry-After", retry_after),))
    return _instead(exchange, refusal, after)


def _redirect(exchange: Exchange, url: str, code: int = 307, after: bool = False) -> Answer:
    return _instead(exchange, Answer(code, b"", None, (("Location", url),)), after)


def _drip_headers(exchange: Exchange, seconds: float = 0.01) -> Answer:
    return replace(exchange.proceed(), head_gap=seconds)


def _drip_body(exchange: Exchange, seconds: float = 0.01) -> Answer:
    return replace(exchange.proceed(), body_gap=seconds)


def _truncate(exchange: Exchange, sized: bool = True) -> Answer:
    answer = exchange.proceed()
    return replace(answer, cut=len(answer.body) // 2, sized=sized)


def _wrong_id(exchange: Exchange) -> Answer:
    other = f'"id":"{make_id(bytes(16))}"'.encode()
    return _garble(exchange, lambda body: re.sub(rb'"id":"[^"]*"', other, body, count=1))


def _wrong_status(exchange: Exchange, becomes: str = Status.CREATED) -> Answer:
    other = b'"status":' + encode(becomes)
    return _garble(
        exchange, lambda body: re.sub(rb'"status":"[^"]*"', lambda _: other, body, count=1)
    )


def _empty(exchange: Exchange) -> Answer:
    return replace(_garble(exchange, lambda _: b""), content_type=None)


def _html(exchange: Exchange) -> Answer:
    return replace(_garble(exchange, lambda _: _page("Welcome")), content_type="text/html")


def _list(exchange: Exchange) -> Answer:
    return _garble(exchange, lambda body: b"[" + body + b"]")


def _duplicate_keys(exchange: Exchange) -> Answer:
    return _garble(exchange, lambda body: _led_by(body, b'"id":"","status":"Created"'))


def _huge_integer(exchange: Exchange) -> Answer:
    huge = b'"cashbackAmount":{"value":' + b"9" * 5_000 + b',"currencyCode":"GBP"}'
    return _garble(exchange, lambda body: _led_by(body, huge))


def _deep(exchange: Exchange) -> Answer:
    deep = b'"orderDetails":' + b"[" * 100_000 + b"]" * 100_000
    return _garble(exchange, lambda body: _led_by(body, deep))


def _bomb(exchange: Exchange) -> Answer:
    # A valid body follows the blanks, so that a reader who unpacks it all finds nothing wrong.
    answer = _garble(exchange, lambda body: _packed_blanks() + gzip.compress(body))
    return replace(answer, headers=(*answer.headers, ("Content-Encoding", "gzip")))


def _utf16(exchange: Exchange) -> Answer:
    answer = _garble(exchange, lambda body: body.decode(errors="replace").encode("utf-16"))
    return replace(answer, content_type="application/json; charset=utf-16")


def _invalid_utf8(exchange: Exchange) -> Answer:
    return _garble(exchange, lambda body: _led_by(body, b'"setupIntentId":"\xff\xc3("'))


def _cookie(exchange: Exchange) -> Answer:
    answer = exchange.proceed()
    cookie = ("Set-Cookie", "practice=one-key-only; Path=/")
    return replace(answer, headers=(*answer.headers, cookie))


BEHAVIOURS: Mapping[Kind, Callable[..., Answer]] = {
    Kind.SLOW: _slow,
    Kind.HANG: _hang,
    Kind.DRIP_HEADERS: _drip_headers,
    Kind.DRIP_BODY: _drip_body,
    Kind.REFUSE: _refuse,
    Kind.REDIRECT: _redirect,
    Kind.RESET: _reset,
    Kind.LATE: _late,
    Kind.PAID: _paid,
    Kind.TRUNCATE: _truncate,
    Kind.WRONG_ID: _wrong_id,
    Kind.WRONG_STATUS: _wrong_status,
    Kind.EMPTY: _empty,
    Kind.HTML: _html,
    Kind.LIST: _list,
    Kind.DUPLICATE_KEYS: _duplicate_keys,
    Kind.HUGE_INTEGER: _huge_integer,
    Kind.DEEP: _deep,
    Kind.BOMB: _bomb,
    Kind.UTF16: _utf16,
    Kind.INVALID_UTF8: _invalid_utf8,
    Kind.COOKIE: _cookie,
}
