"""The calls this product makes: one HTTP request each, an answer that can be decided on."""

import json
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from cancel_desk.dojo.endpoint import API_URL, is_loopback
from cancel_desk.dojo.intent import (
    Intent,
    IntentFormatError,
    Status,
    is_intent_id,
    is_sandbox_id,
    parse_intent,
)
from cancel_desk.dojo.key import ApiKey
from cancel_desk.dojo.problem import Kind, Problem, problem_of, server_date
from cancel_desk.dojo.text import plain
from cancel_desk.dojo.transport import (
    DEADLINE,
    Answer,
    CertificateRefusedError,
    NotSentError,
    Transport,
)

VERSION = "2024-02-05"

_log = logging.getLogger(__name__)


class WrongEnvironmentError(ValueError):
    """The key, the id and the address don't belong together; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a search. `unreadable` counts entries that were no usable intent."""

    intents: tuple[Intent, ...]
    before: str | None = None
    after: str | None = None
    unreadable: int = 0


class Client:
    """The API under one key. Belongs to one thread; nothing is ever sent twice.

    Every call returns what was asked for or a `Problem`; none raises for anything that a server
    or a network can do.

    Args:
        key: decides the environment; a live key is only ever sent to the API's own address.
        base_url: the API, or a loopback address.
        context: whom to trust over TLS, the system's choice by default.
        deadline: seconds for a whole request.
        proxy: by way of which to reach the API, `http://host:port`; None goes straight there.

    Raises:
        WrongEnvironmentError: the address may not be used with this key.
        ProxyAddressError: the proxy's can't be used at all.
    """

    def __init__(
        self,
        key: ApiKey,
        base_url: str = API_URL,
        context: ssl.SSLContext | None = None,
        deadline: float = DEADLINE,
        proxy: str | None = None,
    ) -> None:
        if base_url != API_URL and (key.live or not is_loopback(base_url)):
            raise WrongEnvironmentError(f"this key is not sent to {base_url}")
        self._key = key
        self._transport = Transport(base_url, key, {"Version": VERSION}, context, deadline, proxy)

    def get(self, intent_id: str) -> Intent | Problem:
        """Read an intent, a canceled one included (which the API hides unless asked).

        Raises:
            WrongEnvironmentError: the id is unusable, or of the other environment than the key.
        """
        answer = self._send("GET", self._path(intent_id) + "?returnCanceled=true")
        if isinstance(answer, Problem):
            return answer
        return self._intent(answer, intent_id)

    def cancel(self, intent_id: str) -> Intent | Problem:
        """Ask for a cancel. An `Intent` means: the server says that *this* one is canceled.

        Anything else, a 200 with another id or status included, is a `Problem`, and what
        became of the intent has to be read.

        Raises:
            WrongEnvironmentError: the id is unusable, or of the other environment than the key.
        """
        answer = self._send("DELETE", self._path(intent_id))
        if isinstance(answer, Problem):
            return answer
        intent = self._intent(answer, intent_id)
        if isinstance(intent, Intent) and intent.status != Status.CANCELED:
            return _unclear(answer, f"the answer's status is {intent.status!r}")
        return intent

    def search(
        self,
        statuses: tuple[str, ...] = (),
        start: datetime | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> Page | Problem:
        """Read one page of intents, `limit` (1 to 100) at most, from the cursor `after`.

        `start` is an aware time before which nothing is wanted; whether the API counts it from
        creation or update is not documented, so narrow the result by `created_at`.
        """
        cursor: dict[str, object] = {"limit": limit}
        if after is not None:
            cursor["after"] = after
        body: dict[str, object] = {"cursor": cursor}
        if statuses:
            body["statuses"] = list(statuses)
        if start is not None:
            body["startDate"] = start.astimezone(UTC).isoformat().replace("+00:00", "Z")
        answer = self._send("POST", "/payment-intents/search", body)
        if isinstance(answer, Problem):
            return answer
        return _page(answer)

    def close(self) -> None:
        """Close the kept connection."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _path(self, intent_id: str) -> str:
        if not is_intent_id(intent_id):
            raise WrongEnvironmentError("this text can't be a payment's id")
        if is_sandbox_id(intent_id) == self._key.live:
            raise WrongEnvironmentError("the id and the key belong to different environments")
        return f"/payment-intents/{intent_id}"

    def _send(self, method: str, path: str, body: object = None) -> Answer | Problem:
        """Send once; return an answer with status 200, or what is wrong with anything else."""
        try:
            answer = self._transport.send(method, path, body)
        except CertificateRefusedError as error:
            return Problem(Kind.CERTIFICATE, technical=plain(str(error)))
        except NotSentError as error:
            return Problem(Kind.UNREACHABLE, technical=plain(str(error)))
        except Exception as error:  # noqa: BLE001
            # Not only the library's own errors come out of it (a RecursionError or a ValueError
            # can), and to the payment it makes no difference: the request may have arrived.
            technical = plain(f"{type(error).__name__}: {error}")
            _log.info("no answer to %s %s: %s", method, path, technical)
            return Problem(Kind.NO_ANSWER, technical=technical)
        if answer.status == 200:
            return answer
        return problem_of(answer.status, answer.headers, _json_or_none(answer))

    def _intent(self, answer: Answer, intent_id: str) -> Intent | Problem:
        try:
            intent = parse_intent(_json(answer), server_date(answer.headers))
        except (IntentFormatError, _NotJsonError) as error:
            return _unclear(answer, str(error))
        if intent.id != intent_id:
            return _unclear(answer, "the answer is about another payment")
        return intent


def _page(answer: Answer) -> Page | Problem:
    try:
        body = _json(answer)
    except _NotJsonError as error:
        return _unclear(answer, str(error))
    if not isinstance(body, Mapping) or not isinstance(body.get("data"), list):
        return _unclear(answer, "the answer is not a page of payments")
    read_at = server_date(answer.headers)
    intents = []
    for entry in body["data"]:
        try:
            intents.append(parse_intent(entry, read_at))
        except IntentFormatError:
            continue
    before, after = (
        cursor if isinstance(cursor, str) and cursor else None
        for cursor in (body.get("before"), body.get("after"))
    )
    return Page(tuple(intents), before, after, len(body["data"]) - len(intents))


def _unclear(answer: Answer, why: str) -> Problem:
    return Problem(Kind.UNCLEAR, http_status=answer.status, technical=plain(why))


class _NotJsonError(ValueError):
    pass


def _json(answer: Answer) -> Any:
    """Decode a body strictly: no name twice (the last would win unseen), no NaN."""
    encoding = answer.headers.get("Content-Encoding", "identity")
    if encoding.lower() != "identity":
        raise _NotJsonError(f"the answer came packed as {encoding!r}, which was not asked for")
    try:
        return json.loads(answer.body, object_pairs_hook=_object, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise _NotJsonError(f"the answer can't be read: {type(error).__name__}") from error


def _json_or_none(answer: Answer) -> object:
    try:
        return _json(answer)
    except _NotJsonError:
        return None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refuse(constant: str) -> object:
    raise ValueError(constant)
