"""Serving a connection: each request from its arrival, through the faults, to its answer."""

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import BinaryIO

from cancel_desk.practice.api import Api
from cancel_desk.practice.faults import Fault, Faults
from cancel_desk.practice.intents import Store
from cancel_desk.practice.kinds import DroppedError, Kind
from cancel_desk.practice.later import Later
from cancel_desk.practice.listener import reset_on_close
from cancel_desk.practice.problems import ProblemError
from cancel_desk.practice.rate_limit import TokenBucket
from cancel_desk.practice.records import Ledger, Record
from cancel_desk.practice.wire import Answer, MalformedError, Request, read_request


class Service:
    """What all connections of one server share.

    Attributes:
        faults: What goes wrong.
        on_delete: Called with the id of each DELETE before anything else is done about it.
        failures: What the hook or this package raised by mistake.
    """

    def __init__(
        self, *, api: Api, store: Store, ledger: Ledger, later: Later, clock: Callable[[], int]
    ) -> None:
        """`clock` gives nanoseconds since 1970, for `Date`."""
        self.faults = Faults()
        self.on_delete: Callable[[str], None] | None = None
        self.failures: list[Exception] = []
        self.api = api
        self.store = store
        self.ledger = ledger
        self.later = later
        self._clock = clock
        self._limit: tuple[TokenBucket, Fault] | None = None

    def limit_rate(self, per_second: float | None, burst: int, retry_after: str | None) -> None:
        """Refuses what comes faster; None lifts the limit."""
        if per_second is None:
            self._limit = None
        else:
            refusal = Fault(Kind.REFUSE, code=429, retry_after=retry_after)
            self._limit = TokenBucket(per_second, burst), refusal

    def serve(self, connection: socket.socket, stopping: threading.Event) -> None:
        """Answers the requests of one connection until it ends or the event is set.

        Raises:
            OSError: The connection broke.
        """
        with connection.makefile("rb") as stream:
            try:
                while self._answer_next(connection, stream, stopping):
                    pass
            except MalformedError as error:
                self._turn_away(connection, stream, error)
            except DroppedError:
                if not stopping.is_set():
                    reset_on_close(connection)

    def refusal_by_limit(self) -> Fault | None:
        """How the request at hand is refused if it came too fast."""
        limit = self._limit
        return None if limit is None or limit[0].take() else limit[1]

    def _answer_next(
        self, connection: socket.socket, stream: BinaryIO, stopping: threading.Event
    ) -> bool:
        """Whether the connection can go on."""
        request = read_request(stream)
        if request is None:
            return False
        record = self.ledger.arrive(request)
        try:
            answer = _Exchange(self, request, record, stopping).answer()
            keep_alive = request.keep_alive and not answer.ends_connection
            self.ledger.answer(record, answer.status)
            *pieces, (gap, last) = answer.pieces(
                now=self._clock(), keep_alive=keep_alive, bodiless=request.method == "HEAD"
            )
            for gap_before, piece in pieces:
                _hold(stopping, gap_before)
                connection.sendall(piece)
            _hold(stopping, gap)
        finally:
            # Before the last byte: a caller that has its answer is no longer in flight.
            self.ledger.leave()
        connection.sendall(last)
        return keep_alive

    def _turn_away(
        self, connection: socket.socket, stream: BinaryIO, error: MalformedError
    ) -> None:
        """Answers what is no request, and reads on until the caller has got that."""
        answer = ProblemError(error.status, str(error)).answer()
        for _, piece in answer.pieces(now=self._clock(), keep_alive=False, bodiless=False):
            connection.sendall(piece)
        socket.socket.shutdown(connection, socket.SHUT_WR)
        while stream.read(1 << 16):
            pass


class _Exchange:
    """One request being handled, as its faults see it."""

    def __init__(
        self, service: Service, request: Request, record: Record, stopping: threading.Event
    ) -> None:
        self._service = service
        self._request = request
        self._record = record
        self._stopping = stopping
        self._faults = service.faults.striking(request)

    def answer(self) -> Answer:
        """The answer to send.

        Raises:
            DroppedError: None is to be sent.
        """
        return self._guarded(self._arrive)

    def proceed(self) -> Answer:
        fault = next(self._faults, None)
        if fault is None:
            return self._service.api.handle(self._request)
        return self._strike(fault, fault.kind)

    def proceed_later(self, seconds: float) -> None:
        self._service.later.call(seconds, self._proceed_unheard)

    def wait(self, seconds: float | None) -> None:
        _hold(self._stopping, seconds)

    def pay(self, status: str) -> None:
        if self._request.intent_id is not None:
            self._service.store.pay(self._request.intent_id, status)

    def _arrive(self) -> Answer:
        intent_id, hook = self._request.intent_id, self._service.on_delete
        if self._request.method == "DELETE" and intent_id is not None and hook is not None:
            hook(intent_id)
        refusal = self._service.refusal_by_limit()
        return self.proceed() if refusal is None else self._strike(refusal, "rate limit")

    def _strike(self, fault: Fault, name: str) -> Answer:
        self._service.ledger.strike(self._record, name)
        return fault.strike(self)

    def _proceed_unheard(self) -> None:
        with contextlib.suppress(DroppedError):  # Nobody waits for this answer.
            self._guarded(self.proceed)

    def _guarded(self, handle: Callable[[], Answer]) -> Answer:
        """Keeps whatever escapes by mistake for `close` to raise."""
        try:
            return handle()
        except DroppedError:
            raise
        except Exception as error:
            self._service.failures.append(error)
            raise DroppedError from error


def _hold(stopping: threading.Event, seconds: float | None) -> None:
    """Waits, but not beyond the end of the server."""
    if seconds != 0 and stopping.wait(seconds):
        raise DroppedError
