"""The practice server as its users see it."""

import os
import secrets
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from random import Random
from types import TracebackType
from typing import Self

from cancel_desk.practice import samples
from cancel_desk.practice.api import Api
from cancel_desk.practice.faults import Faults
from cancel_desk.practice.intents import Intent, Status, Store, make_id
from cancel_desk.practice.later import Later
from cancel_desk.practice.listener import HOST, Listener
from cancel_desk.practice.records import Ledger, Record
from cancel_desk.practice.service import Service
from cancel_desk.practice.times import DAY, SECOND

_CLOSE_LIMIT = 10.0


class PracticeServer:
    """A stand-in for the payment-intents API on this machine, up from its making to `close`.

    All methods may be called from any thread, also from the `on_delete` hook (but `close`).

    Attributes:
        key: The API key it accepts, new with every server. On a machine that several people
            share, anyone can reach the port; only the key keeps them out.
        faults: What goes wrong; see `Fault`.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], int] = time.time_ns,
        on_delete: Callable[[str], None] | None = None,
        delete_refusal: int = 409,
    ) -> None:
        """Listens on a free port of 127.0.0.1.

        Args:
            tls: Serve https with this context.
            clock: Nanoseconds since 1970, for `Date`, ages and changes.
            on_delete: Called with the id of each DELETE that arrives, in the thread that serves
                it, before anything is done about it. It may block. What it raises resets the
                connection, leaves the intent as it is, and is raised again by `close`.
            delete_refusal: The status for a DELETE of an intent that is no longer `Created`
                (400, 404 or 409; the real one is not documented).
        """
        self.key = "sk_sandbox_" + secrets.token_urlsafe(64)
        self._clock = clock
        self._tls = tls
        self._store = Store(clock)
        self._ledger = Ledger()
        self._later = Later()
        self._api = Api(
            self._store,
            key=self.key,
            clock=clock,
            cancelled=self._ledger.took_effect,
            delete_refusal=delete_refusal,
        )
        self._service = Service(
            api=self._api, store=self._store, ledger=self._ledger, later=self._later, clock=clock
        )
        self._service.on_delete = on_delete
        self.faults: Faults = self._service.faults
        self._lock = threading.Lock()
        self._closed = False
        self._listener: Listener | None = Listener(self._service.serve, tls=tls)
        self._port = self._listener.port
        self._listeners = [self._listener]

    def __repr__(self) -> str:
        """Shows no key."""
        return f"<PracticeServer {self.url}>"

    # The server itself

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"{'http' if self._tls is None else 'https'}://{HOST}:{self._port}"

    def down(self) -> None:
        """Refuses connections and cuts those there are, until `up`.

        Requests being handled may still take effect; their answers are lost.
        """
        with self._lock:
            if self._listener is not None:
                self._listener.stop()
                self._listener = None

    def up(self) -> None:
        """Listens again, on the same port.

        Raises:
            OSError: Someone else has taken the port meanwhile.
            RuntimeError: The server was closed.
        """
        with self._lock:
            if self._closed:
                raise RuntimeError("the practice server is closed")
            if self._listener is None:
                self._listener = Listener(self._service.serve, port=self._port, tls=self._tls)
                self._listeners.append(self._listener)

    def close(self) -> None:
        """Ends it: cuts every connection, drops late effects, joins every thread.

        Raises:
            TimeoutError: A hook held a request for another ten seconds.
            ExceptionGroup: A hook raised something while the server was up.
        """
        with self._lock:
            self._closed = True
        self.down()
        self._later.close()
        for listener in self._listeners:
            listener.join(_CLOSE_LIMIT)
        failures, self._service.failures = self._service.failures, []
        if failures:
            raise ExceptionGroup("raised while the practice server was up", failures)

    def __enter__(self) -> Self:
        """The server, which is up already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes it."""
        self.close()

    # Its intents

    def create(
        self,
        amount: int = 1000,
        currency: str = "GBP",
        reference: str | None = None,
        *,
        status: str = Status.CREATED,
        description: str | None = "Demo payment intent",
        created_ago: float = 3600.0,
        expires_in: float | None = 30 * DAY / SECOND,
        digits: int = 7,
        capture_mode: str = "Auto",
        given: Mapping[str, object] | None = None,
        id: str | None = None,  # noqa: A002
    ) -> str:
        """Adds one intent and returns its id.

        Args:
            amount: In minor units.
            currency: GBP or EUR.
            reference: None makes one up, `Order 1` and so on.
            status: Any text, also one that was never published.
            description: May be None.
            created_ago: Seconds before now.
            expires_in: Seconds from now; None leaves `expireAt` null.
            digits: Fractional digits (0 to 9) of the times in its body.
            capture_mode: Auto or Manual.
            given: Further published fields, such as `tipsAmount`.
            id: None makes one up.

        Raises:
            ValueError: There is an intent of this id already.
        """
        now = self._clock()
        created_at = now - int(created_ago * SECOND)
        intent = Intent(
            id=make_id(os.urandom(16)) if id is None else id,
            amount=amount,
            currency=currency,
            reference=f"Order {len(self._store) + 1}" if reference is None else reference,
            description=description,
            status=status,
            created_at=created_at,
            updated_at=created_at,
            expire_at=None if expires_in is None else now + int(expires_in * SECOND),
            digits=digits,
            capture_mode=capture_mode,
            given=given or {},
        )
        self._store.add([intent])
        return intent.id

    def add(self, intents: Iterable[Intent]) -> None:
        """Adds intents.

        Raises:
            ValueError: An id is there already.
        """
        self._store.add(intents)

    def add_samples(self, seed: int = 1) -> tuple[Intent, ...]:
        """Adds the sample batch that belongs to `seed`, and returns it.

        Raises:
            ValueError: It has been added already.
        """
        random = Random(seed)  # noqa: S311 - repeatable, not secret
        intents = samples.batch(random, self._clock())
        self._store.add(intents)
        return intents

    def intent(self, intent_id: str) -> Intent:
        """The intent as it is now.

        Raises:
            KeyError: There is no such intent.
        """
        intent = self._store.get(intent_id)
        if intent is None:
            raise KeyError(intent_id)
        return intent

    def status(self, intent_id: str) -> str:
        """The intent's status now.

        Raises:
            KeyError: There is no such intent.
        """
        return self.intent(intent_id).status

    def set_status(self, intent_id: str, status: str) -> None:
        """Gives the intent any status.

        Raises:
            KeyError: There is no such intent.
        """
        self._store.set_status(intent_id, status)

    # What goes wrong, beside `faults`

    @property
    def on_delete(self) -> Callable[[str], None] | None:
        """The hook, see `__init__`; may be changed at any time."""
        return self._service.on_delete

    @on_delete.setter
    def on_delete(self, hook: Callable[[str], None] | None) -> None:
        self._service.on_delete = hook

    @property
    def delete_refusal(self) -> int:
        """The status for a DELETE that comes too late; may be changed at any time."""
        return self._api.delete_refusal

    @delete_refusal.setter
    def delete_refusal(self, status: int) -> None:
        self._api.delete_refusal = status

    def limit_rate(
        self, per_second: float | None, burst: int = 1, retry_after: str | None = None
    ) -> None:
        """Answers 429 to what comes faster (with that `Retry-After`); None lifts the limit."""
        self._service.limit_rate(per_second, burst, retry_after)

    def wait_late(self, timeout: float = 5.0) -> bool:
        """Whether all late effects have come, within `timeout` seconds."""
        return self._later.wait(timeout)

    def land_late(self, timeout: float = 5.0) -> bool:
        """Has all late effects come now; whether they have, within `timeout` seconds."""
        self._later.hurry()
        return self._later.wait(timeout)

    # What arrived

    @property
    def requests(self) -> int:
        """How many requests have arrived."""
        return self._ledger.requests

    @property
    def connections(self) -> int:
        """How many connections have been accepted."""
        return sum(listener.accepted for listener in self._listeners)

    @property
    def max_in_flight(self) -> int:
        """How many requests were being handled at once, at most."""
        return self._ledger.max_in_flight

    @property
    def records(self) -> tuple[Record, ...]:
        """The newest 100,000 requests, oldest first, as they are now."""
        return self._ledger.records

    def deletes(self, intent_id: str) -> int:
        """How many DELETEs have arrived for the intent."""
        return self._ledger.deletes(intent_id)

    def effects(self, intent_id: str) -> int:
        """How many DELETEs have cancelled the intent: one at most, unless its status is set."""
        return self._ledger.effects(intent_id)

    def deletes_by_id(self) -> dict[str, int]:
        """How many DELETEs have arrived, by id."""
        return self._ledger.deletes_by_id()

    def effects_by_id(self) -> dict[str, int]:
        """How many DELETEs have cancelled something, by id."""
        return self._ledger.effects_by_id()

    def wait_for_requests(self, count: int, timeout: float = 5.0) -> bool:
        """Whether that many requests have arrived since the start, within `timeout` seconds."""
        return self.wait_until(lambda: self.requests >= count, timeout)

    def wait_until(self, condition: Callable[[], bool], timeout: float = 5.0) -> bool:
        """Whether the condition came true within `timeout` seconds.

        It is looked at whenever a request arrives, is struck by a fault, takes effect or is
        answered. It may ask this server anything.
        """
        return self._ledger.wait_until(condition, timeout)
