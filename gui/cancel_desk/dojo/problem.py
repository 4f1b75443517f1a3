"""What went wrong with a request, as plain data: a kind to decide by, words to show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import lru_cache

from cancel_desk.dojo.text import plain

_RETRY_AFTER_LIMIT = 120.0


class Kind(StrEnum):
    """What a failed request tells about itself."""

    KEY_REFUSED = "key refused"  # 401, 403
    NOT_FOUND = "not found"  # 404
    REFUSED = "refused"  # any other 4xx: the server understood and said no
    RATE_LIMITED = "rate limited"  # 429
    UNAVAILABLE = "unavailable"  # 503
    SERVER_ERROR = "server error"  # any other 5xx
    UNCLEAR = "unclear"  # an answer that is not what was asked for, redirects included
    NO_ANSWER = "no answer"  # it left, or may have left, and no whole answer came
    UNREACHABLE = "unreachable"  # it never left this computer
    WRONG_ENVIRONMENT = "wrong environment"  # it never left: id and key don't belong together
    CERTIFICATE = "certificate"  # it never left: the server could not prove who it is


@dataclass(frozen=True, slots=True)
class Problem:
    """A request that did not bring what was asked for.

    `title`, `detail` and `trace_id` are the server's own words, cut and without keys; show them
    as plain text only. `retry_after` is in seconds, at most 120. `technical` is for support.
    """

    kind: Kind
    http_status: int | None = None
    title: str = ""
    detail: str = ""
    trace_id: str = ""
    retry_after: float | None = None
    technical: str = ""

    @property
    def words(self) -> str:
        """What the server said, in one line; empty when it said nothing."""
        return ": ".join(part for part in (self.title, self.detail) if part)


def problem_of(
    status: int, headers: Mapping[str, str], body: object, now: datetime | None = None
) -> Problem:
    """Describe an answer with an error status.

    Args:
        status: the HTTP status.
        headers: the answer's headers, looked up without regard to case by the caller's mapping.
        body: the decoded JSON, or None where it was no JSON (a gateway's page, an empty 401).
        now: this computer's time, for a Retry-After date when the server sent no Date.
    """
    said = {str(k).lower(): v for k, v in body.items()} if isinstance(body, Mapping) else {}
    return Problem(
        kind=_kind_of(status),
        http_status=status,
        title=plain(said.get("title")),
        detail="; ".join(part for part in (plain(said.get("detail")), _fields(said)) if part),
        trace_id=plain(said.get("traceid")),
        retry_after=retry_after(headers.get("Retry-After"), server_date(headers) or now),
    )


def _kind_of(status: int) -> Kind:
    named = {
        401: Kind.KEY_REFUSED,
        403: Kind.KEY_REFUSED,
        404: Kind.NOT_FOUND,
        # Gateways send it on a connection that was idle, before the request reaches them.
        408: Kind.UNCLEAR,
        429: Kind.RATE_LIMITED,
        503: Kind.UNAVAILABLE,
    }
    if status in named:
        return named[status]
    if 400 <= status < 500:
        return Kind.REFUSED
    return Kind.SERVER_ERROR if status >= 500 else Kind.UNCLEAR


def _fields(said: Mapping[str, object]) -> str:
    """Flatten `errors` (field → list of texts) into one line."""
    errors = said.get("errors")
    if not isinstance(errors, Mapping):
        return ""
    texts = []
    for field, reasons in list(errors.items())[:10]:
        listed = reasons if isinstance(reasons, list) else [reasons]
        said_of_it = ", ".join(reason for reason in listed[:5] if isinstance(reason, str))
        texts.append(f"{field}: {said_of_it}")
    return plain("; ".join(texts))


def server_date(headers: Mapping[str, str]) -> datetime | None:
    """Return the answer's Date header in UTC; None where there is none that can be read."""
    return _http_date(headers.get("Date"))


def retry_after(text: str | None, now: datetime | None) -> float | None:
    """Read Retry-After: seconds or a date, 0 to 120; None for anything else.

    The libraries' own parser raises on some values seen in the field, and a gateway that says
    "in six hours" must not stop a desk's work for six hours unseen.
    """
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        # Not int(), which refuses absurdly long texts.
        return min(float(text), _RETRY_AFTER_LIMIT)
    moment = _http_date(text)
    if moment is None:
        return None
    wait = (moment - (now or datetime.now(UTC))).total_seconds()
    return min(max(wait, 0.0), _RETRY_AFTER_LIMIT)


@lru_cache(maxsize=4)  # many answers come within one second, and keep it
def _http_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text) if text else None
    except (ValueError, TypeError, OverflowError):
        return None
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
