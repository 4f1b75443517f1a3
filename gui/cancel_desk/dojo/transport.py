"""The hardened HTTP session: one request, one answer, within one deadline.

requests does the work, but its Session is left out: that is what follows redirects, keeps cookies
and looks into netrc and the environment, each of which would let a DELETE, or the key, go where
nobody sent it. What is left neither sends anything again nor unpacks an answer (see also `wire`).
"""

import ssl
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Self

import requests
import truststore
from requests.auth import AuthBase

from cancel_desk.dojo.key import ApiKey
from cancel_desk.dojo.proxy import proxy_address
from cancel_desk.dojo.wire import Adapter, call_within

DEADLINE = 30.0
SIZE_LIMIT = 1024 * 1024


class NotSentError(Exception):
    """The request never began to leave this computer."""


class CertificateRefusedError(NotSentError):
    """The server could not prove who it is, so nothing was sent to it."""


class AnswerTooLargeError(Exception):
    """The answer is larger than any answer this product expects."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: status, headers (any case), and the body's bytes as they came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def tls_context() -> ssl.SSLContext:
    """Return a TLS context: the operating system's trust, TLS 1.2 or newer.

    Where OpenSSL finds what the system trusts by itself there is one for all sessions, which reads
    it once. Elsewhere truststore finds it, with a context for each session: it locks one for the
    whole of a handshake, so that sessions that shared it would wait for each other, and no deadline
    covers that wait.
    """
    paths = ssl.get_default_verify_paths()
    if sys.platform == "linux" and paths.cafile:
        with _reading:  # sessions that begin together would each read all of it
            return _context_of(paths.cafile, paths.capath)
    return _limited(truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


_reading = threading.Lock()


@cache
def _context_of(authorities: str, folder: str | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(authorities, folder)
    return _limited(context)


def _limited(context: ssl.SSLContext) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Transport:
    """A keep-alive session for one thread and one key.

    Args:
        base_url: scheme, host and port, without a trailing slash.
        key: sent raw after the word Basic, as the API wants it.
        headers: sent with every request.
        context: whom to trust; `tls_context()` unless a test says otherwise.
        deadline: seconds for a whole request, from name look-up to the last byte.
        proxy: `http://host:port`, asked for a tunnel to the server, so that it sees the server's
            name and nothing of a request. Plain http, which is for this computer, goes without.

    Raises:
        ProxyAddressError: that is not a proxy's address.
    """

    def __init__(
        self,
        base_url: str,
        key: ApiKey,
        headers: Mapping[str, str],
        context: ssl.SSLContext | None = None,
        deadline: float = DEADLINE,
        proxy: str | None = None,
    ) -> None:
        self._proxies = {"https": proxy_address(proxy)} if proxy else {}
        self._base_url = base_url
        self._deadline = deadline
        self._auth = _RawBasic(key)
        self._headers = {
            "User-Agent": "CancelDesk",
            "Accept": "application/json",
            # Not asked for, not accepted: unpacking is how 500 bytes become 200 MB.
            "Accept-Encoding": "identity",
            **headers,
        }
        self._adapter = Adapter(context or tls_context())
        self._prepared: dict[str, requests.PreparedRequest] = {}

    def send(self, method: str, path: str, json: object = None) -> Answer:
        """Send one request, once, and return whatever answer comes.

        Args:
            method: the HTTP method.
            path: path and query, from the first slash; the caller has made it safe.
            json: the body, to be sent as JSON; None sends no body.

        Raises:
            NotSentError: no byte of the request left (CertificateRefusedError: for want of trust).
            Exception: anything else means that the request may have arrived.
        """
        request = self._request(method, json)
        request.url = self._base_url + path
        with call_within(self._deadline) as call:
            try:
                with self._adapter.send(
                    request, stream=True, timeout=self._deadline, proxies=self._proxies
                ) as response:
                    return Answer(response.status_code, response.headers, _read(response))
            except Exception as error:
                if call.never_left:
                    kind = CertificateRefusedError if call.distrusted else NotSentError
                    raise kind(str(error)) from error
                raise

    def _request(self, method: str, json: object) -> requests.PreparedRequest:
        """Prepare a request; one without a body only once, which saves a fifth of a call's work.

        The next one may be the same object: a session sends one at a time.
        """
        if json is not None:
            return self._prepare(method, json)
        if method not in self._prepared:
            self._prepared[method] = self._prepare(method)
        return self._prepared[method]

    def _prepare(self, method: str, json: object = None) -> requests.PreparedRequest:
        return requests.Request(
            method, self._base_url, headers=self._headers, json=json, auth=self._auth
        ).prepare()

    def close(self) -> None:
        """Close the kept connection."""
        self._adapter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def _read(response: requests.Response) -> bytes:
    """Read to the very end: only there does urllib3 notice that less came than was announced."""
    body = bytearray()
    while part := response.raw.read(SIZE_LIMIT + 1 - len(body), decode_content=False):
        body += part
        if len(body) > SIZE_LIMIT:
            raise AnswerTooLargeError(f"an answer of more than {SIZE_LIMIT} bytes")
    return bytes(body)


class _RawBasic(AuthBase):
    def __init__(self, key: ApiKey) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Basic {self._key.secret}"
        return request
