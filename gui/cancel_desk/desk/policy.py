"""The organisation's policy: a file for the whole machine, within which the operator chooses.

It is TOML with the names of `Settings`, written by whoever looks after the machine:

    speed = "normal"           # at most: gentle, normal or fast
    most_payments = 500        # in one run
    retention_months = 24      # at least
    reason = "required"        # outside live, where it always is
    proxy = "http://proxy.example:8080"   # or "none", or "system"
    theme = "dark"             # or "light", or "system"
    text_size = 125            # percent
    releases_page = "https://it.example/cancel-desk"   # Help opens it to show new versions

    [most_totals]              # in one run, in minor units: this is £10,000.00
    GBP = 1000000

The program never writes it. One that can't be read as a whole binds as tightly as can be: a
policy with a slip in it must not be a policy that lets everything through.
"""

import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path

from cancel_desk.desk.settings import (
    LONGEST_RETENTION,
    SHORTEST_RETENTION,
    ReasonRule,
    SettingError,
    Speed,
    ThemeChoice,
    read_values,
)


class PolicyFault(StrEnum):
    """What is wrong with a policy file."""

    UNREADABLE = "unreadable"  # the file can't be opened
    NOT_TOML = "not TOML"
    UNKNOWN_NAME = "unknown name"
    WRONG_VALUE = "wrong value"


class PolicyError(Exception):
    """There is a policy and it can't be used, so nothing live may be cancelled.

    Args:
        path: the file.
        fault: what is wrong.
        line: where, from 1; None where that can't be told.
        name: what it is about, where it is about one thing.
        technical: the reader's own words, where it has any.
    """

    def __init__(
        self,
        path: Path,
        fault: PolicyFault,
        line: int | None = None,
        name: str = "",
        technical: str = "",
    ) -> None:
        place = f"{path}, line {line}" if line else str(path)
        what = ": ".join(part for part in (fault.value, name, technical) if part)
        super().__init__(f"{place}: {what}")
        self.path = path
        self.fault = fault
        self.line = line
        self.name = name
        self.technical = technical


@dataclass(frozen=True, slots=True)
class Policy:
    """What the organisation has set; the defaults bind nobody.

    Speed and limits are the most, retention the least; proxy, theme, text size and the page with
    new versions are as they are, or None. `error` tells why the file can't be used, where that is
    so.
    """

    speed: Speed = Speed.FAST
    most_payments: int | None = None
    most_totals: Mapping[str, int] = field(default_factory=dict)
    retention_months: int = SHORTEST_RETENTION
    reason: ReasonRule = ReasonRule.OFFERED
    proxy: str | None = None
    theme: ThemeChoice | None = None
    text_size: int | None = None
    releases_page: str | None = None
    error: PolicyError | None = None

    def sets(self, name: str) -> bool:
        """Tell whether the policy says anything about a setting that binds at all."""
        loosest: object = getattr(Policy(), name, None)
        return getattr(self, name, None) != loosest


def policy_path() -> Path:
    """Return where the policy is, for the whole machine.

    Linux: /etc/xdg/cancel-desk/policy.toml; macOS: /Library/Application Support/cancel-desk/
    policy.toml; Windows: cancel-desk/policy.toml in the folder for all users' program data,
    C:/ProgramData. Not by platformdirs, which lets environment variables have it elsewhere: those
    are the operator's.
    """
    if sys.platform == "win32":
        import winreg

        folders = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, folders) as key:
            base = Path(winreg.QueryValueEx(key, "Common AppData")[0])
    elif sys.platform == "darwin":
        base = Path("/Library/Application Support")
    else:
        base = Path("/etc/xdg")
    return base / "cancel-desk" / "policy.toml"


def read_policy(path: Path) -> Policy:
    """Return what the policy says: nothing where there is none, all it can where it is broken."""
    try:
        return _parse(path, _text(path))
    except PolicyError as error:
        return Policy(
            speed=Speed.GENTLE,
            retention_months=LONGEST_RETENTION,
            reason=ReasonRule.REQUIRED,
            error=error,
        )


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        if path.is_symlink():  # there ought to be one
            raise PolicyError(path, PolicyFault.UNREADABLE, technical=str(error)) from error
        return ""
    except OSError as error:
        raise PolicyError(path, PolicyFault.UNREADABLE, technical=str(error)) from error
    except UnicodeDecodeError as error:
        raise PolicyError(path, PolicyFault.NOT_TOML, technical="not UTF-8") from error


_NAMES = frozenset(each.name for each in fields(Policy)) - {"error"}


def _parse(path: Path, text: str) -> Policy:
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        said = str(error)
        found = re.search(r"at line (\d+)", said)  # otherwise it is at the end of the document
        line = int(found[1]) if found else len(text.splitlines())
        raise PolicyError(path, PolicyFault.NOT_TOML, line, technical=said) from error
    try:
        return Policy(**read_values(document, _NAMES))
    except SettingError as error:
        fault = PolicyFault.WRONG_VALUE if error.known else PolicyFault.UNKNOWN_NAME
        raise PolicyError(path, fault, _line_of(error.name, text), error.name) from error


def _line_of(name: str, text: str) -> int | None:
    """Return the first line in which a name is given a value or begins a table."""
    given = re.compile(rf"(?<![\w-])[\"']?{re.escape(name)}[\"']?\s*[=.\]]")
    for number, line in enumerate(text.splitlines(), start=1):
        if given.search(line.partition("#")[0]):
            return number
    return None
