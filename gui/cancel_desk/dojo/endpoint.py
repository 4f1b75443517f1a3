"""Where requests may go: the API's one address, or a loopback address for practice and tests."""

import re
from collections.abc import Mapping

from cancel_desk.dojo.key import redact

API_URL = "https://api.dojo.tech"
VARIABLE = "CANCEL_DESK_API_URL"
# Written out rather than parsed: where two parsers disagree about an address, a key goes astray.
_LOOPBACK = re.compile(
    r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::([1-9][0-9]{0,4}))?", re.ASCII
)


class EndpointError(ValueError):
    """The address is not one that requests may go to. The message is for a person."""


def api_url(environ: Mapping[str, str]) -> str:
    """Return the base URL to use: the API's, or what the environment variable says.

    Args:
        environ: the environment variables.

    Raises:
        EndpointError: the variable holds anything but a loopback address.
    """
    url = environ.get(VARIABLE)
    if url is None:
        return API_URL
    url = url.removesuffix("/")
    if not is_loopback(url):
        raise EndpointError(
            f"{VARIABLE} may only name this computer, for example http://127.0.0.1:8080. "
            f"It says {redact(url)!r}. Remove it to talk to {API_URL}."
        )
    return url


def is_loopback(url: str) -> bool:
    """Tell whether `url` is a bare `http(s)://` address of this computer, and nothing more."""
    match = _LOOPBACK.fullmatch(url)
    return match is not None and int(match[1] or 80) <= 65535
