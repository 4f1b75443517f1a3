"""The four operations on payment intents: a request in, an answer out, no sockets.

Follows the published API of version 2024-02-05. Where that is silent, what is done here is one
of the things the real API may do, and programs must not rely on it.
"""

import hmac
import os
from collections.abc import Callable

from cancel_desk.practice.bodies import encode, intent_body, page_body
from cancel_desk.practice.forms import intent_asked_for, search_asked_for, write_cursor
from cancel_desk.practice.intents import Intent, NotCreatedError, Status, Store, make_id
from cancel_desk.practice.problems import ProblemError
from cancel_desk.practice.wire import Answer, Request

VERSION = "2024-02-05"


class Api:
    """The API over a store.

    Attributes:
        delete_refusal: The status that refuses to cancel an intent that is no longer
            `Created` (400, 404 or 409); which one the real API takes is not documented.
    """

    def __init__(
        self,
        store: Store,
        *,
        key: str,
        clock: Callable[[], int],
        cancelled: Callable[[str], None],
        delete_refusal: int,
    ) -> None:
        """`cancelled` is called with the id of each intent a request has just cancelled."""
        self.delete_refusal = delete_refusal
        self._store = store
        self._key = key.encode()
        self._clock = clock
        self._cancelled = cancelled

    def handle(self, request: Request) -> Answer:
        """Does what the request asks for and says how it went."""
        try:
            self._authorise(request)
            return self._operation(request)(request)
        except ProblemError as problem:
            return problem.answer()

    def _authorise(self, request: Request) -> None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic" or not hmac.compare_digest(key.encode(), self._key):
            raise ProblemError(401, "The key is missing or not known here.")
        if request.headers.get("version") != VERSION:
            raise ProblemError(
                400,
                "The request has wrong fields.",
                errors={"version": [f"The header must be there and say {VERSION}."]},
            )

    def _operation(self, request: Request) -> Callable[[Request], Answer]:
        match request.path.split("/"):
            case ["", "payment-intents"]:
                operations = {"POST": self._create}
            case ["", "payment-intents", "search"]:
                operations = {"POST": self._search}
            case ["", "payment-intents", name] if name:
                operations = {"GET": self._get, "DELETE": self._cancel}
            case _:
                raise ProblemError(404, "There is nothing at this path.")
        if request.method not in operations:
            allowed = ("Allow", ", ".join(operations))
            raise ProblemError(405, "This path can't do that.", headers=(allowed,))
        return operations[request.method]

    def _create(self, request: Request) -> Answer:
        new_id = make_id(os.urandom(16))
        intent = intent_asked_for(request, intent_id=new_id, now=self._clock())
        self._store.add([intent])
        return _answer(intent, status=201)

    def _get(self, request: Request) -> Answer:
        wish = request.query.get("returnCanceled", ["false"])[-1].lower()
        if wish not in ("true", "false"):
            raise ProblemError(
                400,
                "The request has wrong fields.",
                errors={"returnCanceled": ["This must be true or false."]},
            )
        intent = self._store.get(request.intent_id or "")
        if intent is None or (intent.status == Status.CANCELED and wish == "false"):
            raise _not_found()
        return _answer(intent)

    def _cancel(self, request: Request) -> Answer:
        intent_id = request.intent_id or ""
        try:
            intent = self._store.cancel(intent_id)
        except KeyError:
            raise _not_found() from None
        except NotCreatedError:
            raise ProblemError(
                self.delete_refusal, "The payment intent is not in a state that can be canceled."
            ) from None
        self._cancelled(intent_id)
        return _answer(intent)

    def _search(self, request: Request) -> Answer:
        page = self._store.search(search_asked_for(request))
        before = write_cursor(page.intents[0]) if page.newer else None
        after = write_cursor(page.intents[-1]) if page.older else None
        return Answer(200, encode(page_body(page.intents, before, after)))


def _answer(intent: Intent, status: int = 200) -> Answer:
    return Answer(status, encode(intent_body(intent)))


def _not_found() -> ProblemError:
    return ProblemError(404, "There is no such payment intent.")
