"""What can be set: the names, the values each may have, and what holds where nothing is said.

The operator's file and the organisation's policy name the same things and are read by one rule.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from cancel_desk.dojo.key import redact
from cancel_desk.dojo.proxy import proxy_address, system_proxy

OPERATOR_NAME_LIMIT = 60
NO_PROXY, SYSTEM_PROXY = "none", "system"
TEXT_SIZES = (80, 90, 100, 110, 125, 150, 175, 200)  # percent
LARGEST_LIMIT = 10**15  # payments, or minor units
SHORTEST_RETENTION, LONGEST_RETENTION = 1, 1200  # months

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
# Written out rather than parsed: a browser must read in it what everybody reads in it.
_WEB_PAGE = re.compile(
    r"https://[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?"
    r"(?:/[a-z0-9\-._~!$&'()*+,;=:@%/?#]*)?",
    re.ASCII | re.IGNORECASE,
)


class Speed(StrEnum):
    """How many requests may be under way at once."""

    GENTLE = "gentle"
    NORMAL = "normal"
    FAST = "fast"

    @property
    def in_flight(self) -> int:
        """The most requests under way at once."""
        return {Speed.GENTLE: 2, Speed.NORMAL: 8, Speed.FAST: 16}[self]


class ThemeChoice(StrEnum):
    """Which colours the window wears."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class ReasonRule(StrEnum):
    """Whether a run needs a reason. A live one does, whatever is set."""

    OFFERED = "offered"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator has chosen, or the defaults.

    `operator_name` is empty for the name on the computer's account. `most_payments` and
    `most_totals` are the limits of one run: a number of payments, and minor units by currency;
    None, or a currency that is not named, means no limit. `proxy` is NO_PROXY, SYSTEM_PROXY or
    an address as `proxy_address` writes it.
    """

    operator_name: str = ""
    speed: Speed = Speed.NORMAL
    most_payments: int | None = None
    most_totals: Mapping[str, int] = field(default_factory=dict)
    retention_months: int = 12
    proxy: str = NO_PROXY
    theme: ThemeChoice = ThemeChoice.SYSTEM
    text_size: int = 100
    reason: ReasonRule = ReasonRule.OFFERED

    def chosen(self) -> dict[str, Any]:
        """Return what differs from the defaults, by name."""
        default = Settings()
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if value != getattr(default, name)}


class SettingError(ValueError):
    """A name that nothing has, or a value that it can't have. The message holds no value.

    `name` is as it stands in the file; `known` tells whether the name means something.
    """

    def __init__(self, name: str, known: bool = True) -> None:
        super().__init__("the value can't be used" if known else "the name is not known")
        self.name = name
        self.known = known


def read_values(document: Mapping[str, object], names: frozenset[str]) -> dict[str, Any]:
    """Check values by their names, and return them as Settings and Policy hold them.

    Args:
        document: what a file says.
        names: those of the settings it may name.

    Raises:
        SettingError: about the first that can't be used.
    """
    values = {}
    for name, value in document.items():
        if name not in names:
            raise SettingError(name, known=False)
        try:
            values[name] = _READERS[name](value)
        except SettingError:
            raise
        except ValueError:
            raise SettingError(name) from None
    return values


def operator_name(value: object) -> str:
    """Return a name as it is kept; it goes into the journal and into reports.

    Raises:
        ValueError: it is too long, or holds a key or what can't be seen.
    """
    name = unicodedata.normalize("NFC", _text(value)).strip()
    if len(name) > OPERATOR_NAME_LIMIT or not name.isprintable() or redact(name) != name:
        raise ValueError("not a name")
    return name


def proxy_setting(value: object) -> str:
    """Return what is set about a proxy, an address written in the one way.

    Raises:
        ValueError: it is none of NO_PROXY, SYSTEM_PROXY and a proxy's address.
    """
    text = _text(value)
    return text if text in {NO_PROXY, SYSTEM_PROXY} else proxy_address(text)


def web_page(value: object) -> str:
    """Return the address of a page that may be opened in the browser.

    Raises:
        ValueError: it is none, holds a name or a password, or isn't https.
    """
    text = _text(value)
    if _WEB_PAGE.fullmatch(text):
        return text
    raise ValueError("not an https address")


def proxy_in_use(setting: str) -> str | None:
    """Return the address of the proxy to go through; None to go without.

    Off the window's thread: see `system_proxy`.

    Raises:
        ProxyAddressError: the system names one that can't be used.
    """
    if setting == SYSTEM_PROXY:
        return system_proxy()
    return None if setting == NO_PROXY else proxy_address(setting)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("not a text")


def _one_of(kind: type[StrEnum]) -> Callable[[object], StrEnum]:
    return lambda value: kind(_text(value))


def _whole_number(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if type(value) is not int or not least <= value <= most:  # True is an int, too
            raise ValueError("not such a number")
        return value

    return read


def _text_size(value: object) -> int:
    if type(value) is not int or value not in TEXT_SIZES:
        raise ValueError("not one of the sizes")
    return value


_limit = _whole_number(1, LARGEST_LIMIT)  # 0 might be meant as "none" or as "nothing at all"


def _totals(value: object) -> dict[str, int]:
    if not isinstance(value, Mapping):
        raise ValueError("not a table")  # noqa: TRY004 - one kind of error for all wrong values
    totals = {}
    for currency, most in value.items():
        if not _CURRENCY.fullmatch(currency):
            raise SettingError(currency, known=False)
        try:
            totals[currency] = _limit(most)
        except ValueError:
            raise SettingError(currency) from None
    return totals


_READERS: Mapping[str, Callable[[object], Any]] = {
    "operator_name": operator_name,
    "speed": _one_of(Speed),
    "most_payments": _limit,
    "most_totals": _totals,
    "retention_months": _whole_number(SHORTEST_RETENTION, LONGEST_RETENTION),
    "proxy": proxy_setting,
    "theme": _one_of(ThemeChoice),
    "text_size": _text_size,
    "reason": _one_of(ReasonRule),
    "releases_page": web_page,
}
