"""The address of a proxy: what may be one, and what the operating system says.

Nothing else of the environment counts: no credentials, no netrc, no set-up script.
"""

import re
import sys
from enum import StrEnum

from cancel_desk.dojo.endpoint import API_URL

_API_HOST = API_URL.removeprefix("https://")
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*)://", re.ASCII | re.IGNORECASE)
# Written out rather than parsed, like the addresses of `endpoint`.
_ADDRESS = re.compile(
    r"(?P<host>[a-z0-9_](?:[a-z0-9_.\-]{0,251}[a-z0-9_])?|\[[0-9a-f:.]{2,45}\])"
    r"(?::(?P<port>[0-9]{1,5}))?/?",
    re.ASCII | re.IGNORECASE,
)
_DEFAULT_PORT = 80


class Flaw(StrEnum):
    """Why a text can't be a proxy's address."""

    NO_HOST = "no host"
    PASSWORD = "password"  # noqa: S105 - it would be stored, and sent, in the open
    SCHEME = "scheme"  # socks, or TLS to the proxy, inside which no deadline can be kept
    PORT = "port"
    UNREADABLE = "unreadable"


class ProxyAddressError(ValueError):
    """The text is no proxy's address; `flaw` tells why. The message never contains the text."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(f"no address of a proxy: {flaw.value}")
        self.flaw = flaw


def proxy_address(text: str) -> str:
    """Return a proxy's address written in the one way, `http://host:port`.

    Args:
        text: as it was typed or found; `http://`, the port (80) and a slash may be left out.

    Raises:
        ProxyAddressError: it can't be used.
    """
    rest = text.strip()
    if scheme := _SCHEME.match(rest):
        rest = rest[scheme.end() :]
    if "@" in rest:
        raise ProxyAddressError(Flaw.PASSWORD)
    if scheme and scheme[1].lower() != "http":
        raise ProxyAddressError(Flaw.SCHEME)
    if not rest or rest[0] in ":/":
        raise ProxyAddressError(Flaw.NO_HOST)
    address = _ADDRESS.fullmatch(rest)
    if address is None:
        raise ProxyAddressError(Flaw.UNREADABLE)
    port = int(address["port"] or _DEFAULT_PORT)
    if not 1 <= port <= 65535:
        raise ProxyAddressError(Flaw.PORT)
    return f"http://{address['host'].lower()}:{port}"


def system_proxy() -> str | None:
    """Return the proxy that this computer's settings name for the API; None for none.

    Windows' and macOS's own settings, elsewhere HTTPS_PROXY and ALL_PROXY; the exceptions set
    beside them (NO_PROXY) count. Off the window's thread: Windows may look names up for it.

    Raises:
        ProxyAddressError: one is set that can't be used. To go without it is not ours to decide.
    """
    found = _system_setting()
    return proxy_address(found) if found else None


def _system_setting() -> str | None:
    import urllib.request as system

    if sys.platform == "win32":
        bypassed = system.proxy_bypass_registry(_API_HOST)
        proxies = system.getproxies_registry()
    elif sys.platform == "darwin":
        bypassed = system.proxy_bypass_macosx_sysconf(_API_HOST)
        proxies = system.getproxies_macosx_sysconf()
    else:
        proxies = system.getproxies_environment()
        bypassed = system.proxy_bypass(_API_HOST)  # on these systems it knows the variables alone
    return None if bypassed else proxies.get("https") or proxies.get("all")
