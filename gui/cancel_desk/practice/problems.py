"""How the API says no: problem details (RFC 7807)."""

import secrets
from collections.abc import Mapping, Sequence

from cancel_desk.practice.bodies import Body, encode
from cancel_desk.practice.wire import PROBLEM_JSON, Answer, phrase

Errors = Mapping[str, Sequence[str]]


class ProblemError(Exception):
    """A request that is answered with problem details."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Errors | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """`detail` is a sentence; `errors` names fields and what is wrong with them."""
        super().__init__(detail)
        self._status = status
        self._detail = detail
        self._errors = errors
        self._headers = headers

    def answer(self) -> Answer:
        """The answer that says so."""
        body = problem_body(self._status, self._detail, self._errors)
        return Answer(self._status, encode(body), PROBLEM_JSON, self._headers)


def problem_body(status: int, detail: str, errors: Errors | None = None) -> Body:
    """Problem details with a fresh `traceId`."""
    body: Body = {
        "type": "about:blank",
        "title": phrase(status),
        "status": status,
        "detail": detail,
        "traceId": f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00",
    }
    if errors is not None:
        body["errors"] = errors
    return body
