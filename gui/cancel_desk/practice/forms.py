"""The bodies of requests, checked against the published shapes.

Names are taken without regard to case, as the vendor's own examples write them both ways;
unknown names are refused, as the published shapes demand.
"""

import base64
import json
from collections.abc import Sequence

from cancel_desk.practice.intents import Intent, Position, Search, Status
from cancel_desk.practice.problems import ProblemError
from cancel_desk.practice.times import DAY, read_time
from cancel_desk.practice.wire import Request

_MONEY = ("value", "currencyCode")
_CURRENCIES = ("GBP", "EUR")
_CAPTURE_MODES = ("Auto", "Manual")
_EXTRA_CHARGES = ("tipsAmount", "cashbackAmount", "serviceChargeAmount")
_ECHOED = (
    "customer",
    "billingAddress",
    "shippingDetails",
    "cardHolderNotPresent",
    "config",
    "requestSecurity",
    "itemLines",
    "taxLines",
    "paymentMethods",
    "actionLink",
    "autoExpireIn",
    "autoExpireAction",
    "metadata",
    "setupIntentId",
    "orderDetails",
)
_CREATE = (
    "amount",
    "reference",
    "description",
    "captureMode",
    "expireAt",
    "generateRemoteToken",
    *_EXTRA_CHARGES,
    *_ECHOED,
)
_SEARCH = ("statuses", "startDate", "endDate", "cursor")
_CURSOR = ("limit", "before", "after")


class _Form:
    """A JSON object that is read field by field; whatever is wrong with it is a problem (400)."""

    def __init__(self, value: object, fields: Sequence[str], name: str) -> None:
        if not isinstance(value, dict):
            raise _wrong(name, "This must be a JSON object.")
        published = {field.lower(): field for field in fields}
        self._values: dict[str, object] = {}
        for key, content in value.items():
            if key.lower() not in published:
                raise _wrong(key, "There is no such field.")
            self._values[published[key.lower()]] = content

    def value(self, name: str) -> object:
        return self._values.get(name)

    def form(self, name: str, fields: Sequence[str]) -> "_Form | None":
        value = self.value(name)
        return None if value is None else _Form(value, fields, name)

    def text(self, name: str, *, longest: int) -> str | None:
        value = self.value(name)
        if value is None or (isinstance(value, str) and len(value) <= longest):
            return value
        raise _wrong(name, f"This must be a text of at most {longest} characters.")

    def whole(self, name: str, *, lowest: int, highest: int) -> int | None:
        value = self.value(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return value
        raise _wrong(name, f"This must be a whole number from {lowest} to {highest}.")

    def choice(self, name: str, choices: Sequence[str]) -> str | None:
        value = self.value(name)
        if value is None or value in choices:
            return None if value is None else str(value)
        raise _wrong(name, f"This must be one of {', '.join(choices)}.")

    def moment(self, name: str) -> int | None:
        text = self.text(name, longest=60)
        try:
            return None if text is None else read_time(text)
        except ValueError as error:
            raise _wrong(name, "This must be a moment in ISO 8601.") from error

    def position(self, name: str) -> Position | None:
        text = self.text(name, longest=200)
        try:
            return None if text is None else _read_cursor(text)
        except ValueError as error:
            raise _wrong(name, "This is no cursor of a page.") from error


def intent_asked_for(request: Request, *, intent_id: str, now: int) -> Intent:
    """The intent that a request to create one describes. `now` is in nanoseconds.

    Raises:
        ProblemError: The body doesn't follow the published shape.
    """
    form = _Form(_json(request), _CREATE, "body")
    value, currency = _money(form, "amount")
    reference = form.text("reference", longest=60)
    if not reference:
        raise _wrong("reference", "This field is required.")
    given = {name: form.value(name) for name in _ECHOED if form.value(name) is not None}
    for name in _EXTRA_CHARGES:
        if form.value(name) is not None:
            given[name] = dict(zip(_MONEY, _money(form, name), strict=True))
    return Intent(
        id=intent_id,
        amount=value,
        currency=currency,
        reference=reference,
        description=form.text("description", longest=4096),
        status=Status.CREATED,
        created_at=now,
        updated_at=now,
        expire_at=form.moment("expireAt") or now + 30 * DAY,
        capture_mode=form.choice("captureMode", _CAPTURE_MODES) or "Auto",
        given=given,
    )


def search_asked_for(request: Request) -> Search:
    """The search that a request describes.

    Raises:
        ProblemError: The body doesn't follow the published shape.
    """
    form = _Form(_json(request), _SEARCH, "body")
    statuses = form.value("statuses")
    if statuses is not None and not (
        isinstance(statuses, list) and all(status in list(Status) for status in statuses)
    ):
        raise _wrong("statuses", "This must be a list of statuses.")
    cursor = form.form("cursor", _CURSOR) or _Form({}, _CURSOR, "cursor")
    before, after = cursor.position("before"), cursor.position("after")
    if before is not None and after is not None:
        raise _wrong("cursor", "Only one of before and after may be used.")
    return Search(
        statuses=frozenset(statuses) if statuses else None,
        start=form.moment("startDate"),
        end=form.moment("endDate"),
        before=before,
        after=after,
        limit=cursor.whole("limit", lowest=1, highest=100) or 50,
    )


def write_cursor(intent: Intent) -> str:
    """The cursor of the page that begins beside this intent."""
    return base64.urlsafe_b64encode(json.dumps([intent.created_at, intent.id]).encode()).decode()


def _read_cursor(text: str) -> Position:
    match json.loads(base64.urlsafe_b64decode(text.encode())):
        case [int(created_at), str(intent_id)]:
            return Position(created_at, intent_id)
    raise ValueError("not a cursor")


def _json(request: Request) -> object:
    """What the body holds."""
    if request.oversize:
        raise ProblemError(413, "The body is larger than 1 MiB.")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise ProblemError(415, "The body must be application/json.")
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise _wrong("body", "This is not JSON.") from error


def _money(form: _Form, name: str) -> tuple[int, str]:
    money = form.form(name, _MONEY)
    if money is not None:
        value = money.whole("value", lowest=1, highest=2**63 - 1)
        currency = money.choice("currencyCode", _CURRENCIES)
        if value is not None and currency is not None:
            return value, currency
    raise _wrong(name, "This field is required, with value and currencyCode.")


def _wrong(field: str, what: str) -> ProblemError:
    return ProblemError(400, "The request has wrong fields.", errors={field: [what]})
