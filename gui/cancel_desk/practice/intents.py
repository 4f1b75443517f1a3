"""The practice server's payment intents, and the one place that changes them."""

import base64
import bisect
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """The published statuses. An intent may hold another text, as the API may grow new ones."""

    CREATED = "Created"
    AUTHORIZED = "Authorized"
    CAPTURED = "Captured"
    REVERSED = "Reversed"
    REFUNDED = "Refunded"
    CANCELED = "Canceled"


def make_id(sixteen_bytes: bytes) -> str:
    """A sandbox-shaped id: the prefix and 22 characters, which are 16 bytes in base64url."""
    return "pi_sandbox_" + base64.urlsafe_b64encode(sixteen_bytes).decode().rstrip("=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What distinguishes one intent from another; its published body is made of this.

    `amount` is in minor units. Times are nanoseconds since 1970; `digits` says how many
    fractional digits they are written with. `given` holds further published fields as the
    creator gave them, such as `tipsAmount` or `metadata`.
    """

    id: str
    amount: int
    currency: str
    reference: str
    description: str | None
    status: str
    created_at: int
    updated_at: int
    expire_at: int | None
    digits: int = 7
    capture_mode: str = "Auto"
    given: Mapping[str, object] = field(default_factory=dict)


class NotCreatedError(Exception):
    """The intent can't be cancelled: its status is no longer `Created`."""


class Position(NamedTuple):
    """Where an intent stands in the order of creation."""

    created_at: int
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a search asks for.

    `start` and `end` bound the creation (nanoseconds, both included). Pages go from new to
    old: `after` asks for the page that follows that position, hence for older intents,
    `before` for the page that precedes it.
    """

    statuses: frozenset[str] | None = None
    start: int | None = None
    end: int | None = None
    before: Position | None = None
    after: Position | None = None
    limit: int = 50


class Page(NamedTuple):
    """One page of a search, newest first, and whether there is more on either side."""

    intents: tuple[Intent, ...]
    newer: bool
    older: bool


class Store:
    """All intents of one practice server. Safe to use from any thread."""

    def __init__(self, clock: Callable[[], int]) -> None:
        """`clock` gives nanoseconds since 1970, for `updatedAt`."""
        self._clock = clock
        self._lock = threading.Lock()
        self._intents: dict[str, Intent] = {}
        self._positions: list[Position] = []

    def __len__(self) -> int:
        """How many intents there are, of any status."""
        return len(self._intents)

    def add(self, intents: Iterable[Intent]) -> None:
        """Takes intents in.

        Raises:
            ValueError: An id is there already; those before it have been added.
        """
        with self._lock:
            for intent in intents:
                if intent.id in self._intents:
                    raise ValueError(f"there is an intent {intent.id} already")
                self._intents[intent.id] = intent
                bisect.insort(self._positions, Position(intent.created_at, intent.id))

    def get(self, intent_id: str) -> Intent | None:
        """The intent as it is now, or None."""
        with self._lock:
            return self._intents.get(intent_id)

    def cancel(self, intent_id: str) -> Intent:
        """Cancels an unpaid intent and returns it as it is afterwards.

        Raises:
            KeyError: There is no such intent.
            NotCreatedError: Its status is not `Created`; nothing was changed.
        """
        with self._lock:
            if self._intents[intent_id].status != Status.CREATED:
                raise NotCreatedError
            return self._change(intent_id, Status.CANCELED)

    def pay(self, intent_id: str, status: str) -> None:
        """The customer pays: `Created` becomes `status`. Nothing happens to other intents."""
        with self._lock:
            intent = self._intents.get(intent_id)
            if intent is not None and intent.status == Status.CREATED:
                self._change(intent_id, status)

    def set_status(self, intent_id: str, status: str) -> None:
        """Gives an intent any status, whatever it was.

        Raises:
            KeyError: There is no such intent.
        """
        with self._lock:
            self._change(intent_id, status)

    def _change(self, intent_id: str, status: str) -> Intent:
        changed = replace(self._intents[intent_id], status=status, updated_at=self._clock())
        self._intents[intent_id] = changed
        return changed

    def search(self, search: Search) -> Page:
        """The page that was asked for."""
        found: list[Intent] = []
        with self._lock:
            for place in self._places(search):
                intent = self._intents[self._positions[place].id]
                if search.statuses is None or intent.status in search.statuses:
                    found.append(intent)
                    if len(found) > search.limit:
                        break
        more = len(found) > search.limit
        page = tuple(found[: search.limit])
        if search.before is not None:
            return Page(page[::-1], newer=more, older=bool(page))
        return Page(page, newer=search.after is not None and bool(page), older=more)

    def _places(self, search: Search) -> range:
        """Where in the order of creation to look, starting beside the cursor."""
        order = self._positions
        low = 0 if search.start is None else bisect.bisect_left(order, (search.start,))
        high = len(order) if search.end is None else bisect.bisect_left(order, (search.end + 1,))
        if search.before is not None:
            return range(max(low, bisect.bisect_right(order, search.before)), high)
        if search.after is not None:
            high = min(high, bisect.bisect_left(order, search.after))
        return range(high - 1, low - 1, -1)
