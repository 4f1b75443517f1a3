"""A payment intent as this product keeps it: the allow-listed fields and nothing else.

The server's answers also hold card details, customers, addresses and secrets. They are dropped
here, at the border, so that no other part can show, log or keep them by accident.
"""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cancel_desk.dojo.text import plain

# Any length: ids of an unusual length may be added on the operator's word. What matters here is
# that no id can change the path of a request, so ASCII and `fullmatch` throughout.
_ID = re.compile(r"pi_[A-Za-z0-9_-]{1,128}", re.ASCII)
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


_LIFE = timedelta(days=30)  # of an intent that does not say when it ends
_LATELY = timedelta(minutes=2)


class Status(StrEnum):
    """The statuses known today. The API may send others: `Intent.status` is any text."""

    CREATED = "Created"
    AUTHORIZED = "Authorized"
    CAPTURED = "Captured"
    REVERSED = "Reversed"
    REFUNDED = "Refunded"
    CANCELED = "Canceled"


class IntentFormatError(ValueError):
    """A body is not a payment intent that can be trusted."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (pence, cents) of an ISO 4217 currency."""

    value: int
    currency: str


@dataclass(frozen=True, slots=True)
class Intent:
    """One payment intent, as the server described it at `read_at`.

    `read_at` is the server's own clock (its Date header), so that ages and expiry don't depend on
    this computer's; None when the server sent none. All times are in UTC.
    """

    id: str
    status: str
    capture_mode: str | None = None
    amount: Money | None = None
    total_amount: Money | None = None
    reference: str | None = None
    description: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    expire_at: datetime | None = None
    read_at: datetime | None = None

    @property
    def to_pay(self) -> Money | None:
        """What the customer would pay: the total where there is one, else the amount."""
        return self.total_amount or self.amount

    @property
    def expires_at(self) -> datetime | None:
        """When an unpaid intent ends by itself; None where that can't be told."""
        if self.expire_at is None and self.created_at is not None:
            return self.created_at + _LIFE
        return self.expire_at

    @property
    def changed_lately(self) -> bool:
        """Whether something happened to it just before it was read: someone may be paying."""
        if self.updated_at is None or self.read_at is None or self.updated_at == self.created_at:
            return False
        return self.read_at - self.updated_at < _LATELY


def is_intent_id(text: str) -> bool:
    """Tell whether `text` can stand in the path of a request as a payment intent's id."""
    return _ID.fullmatch(text) is not None


def is_sandbox_id(intent_id: str) -> bool:
    """Tell whether an id belongs to the sandbox: it starts `pi_sandbox_`, whatever else fits."""
    return intent_id.startswith("pi_sandbox_")


def parse_intent(body: object, read_at: datetime | None = None) -> Intent:
    """Take the allow-listed fields out of a decoded JSON body.

    A field of an unexpected type is dropped rather than guessed; only `id` and `status` have to
    be there.

    Args:
        body: what `json.loads` made of the answer.
        read_at: the server's time of the answer, UTC.

    Raises:
        IntentFormatError: the body is no object, or its id or status is missing or unusable.
    """
    if not isinstance(body, Mapping):
        raise IntentFormatError("the answer is not an object")
    intent_id, status = body.get("id"), body.get("status")
    if not isinstance(intent_id, str) or not is_intent_id(intent_id):
        raise IntentFormatError("the answer has no usable id")
    if not isinstance(status, str) or not status:
        raise IntentFormatError("the answer has no status")
    amount, total = _money(body.get("amount")), _money(body.get("totalAmount"))
    created, updated = _time(body.get("createdAt")), _time(body.get("updatedAt"))
    # There may be 100,000 of them: what all have in common, or one has twice, is kept once.
    return Intent(
        id=sys.intern(intent_id),
        status=sys.intern(plain(status)),
        capture_mode=sys.intern(plain(body.get("captureMode"))) or None,
        amount=amount,
        total_amount=amount if total == amount else total,
        reference=plain(body.get("reference")) or None,
        description=plain(body.get("description")) or None,
        created_at=created,
        updated_at=created if updated == created else updated,
        expire_at=_time(body.get("expireAt")),
        read_at=read_at,
    )


def _money(value: object) -> Money | None:
    if not isinstance(value, Mapping):
        return None
    minor, currency = value.get("value"), value.get("currencyCode")
    # bool is an int in Python, and an amount beyond 64 bits is none.
    if not isinstance(minor, int) or isinstance(minor, bool) or abs(minor) >= 2**63:
        return None
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        return None
    return Money(minor, sys.intern(currency))


def _time(value: object) -> datetime | None:
    """Read ISO 8601 with 0 to 9 digits of a second's fraction (datetime keeps 6)."""
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    seconds, fraction, zone = match.groups()
    try:
        moment = datetime.fromisoformat(f"{seconds}.{(fraction or '0')[:6]:0<6}{zone}")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
