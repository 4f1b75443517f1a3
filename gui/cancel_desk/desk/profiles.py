"""The operator's profiles: names for API keys. The keys themselves are in the keychain."""

import json
import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from cancel_desk.desk.files import read_or_set_aside, write_private
from cancel_desk.dojo.key import ApiKey

NAME_LIMIT = 60

_FORMAT_VERSION = 1
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_HINT = re.compile(r"[A-Za-z0-9_\-.~+/=]{4}", re.ASCII)
_KEY_PREFIX = re.compile(r"sk_(sandbox|prod)_", re.IGNORECASE)
# Control, format (bidirectional ones among them), surrogate, line and paragraph separator.
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


class Environment(StrEnum):
    """Where a profile's payments live, and so what a cancel costs."""

    PRACTICE = "practice"
    SANDBOX = "sandbox"
    LIVE = "live"


def environment_of(key: ApiKey) -> Environment:
    """Return the environment that the API opens to this key."""
    return Environment.LIVE if key.live else Environment.SANDBOX


@dataclass(frozen=True, slots=True)
class Profile:
    """A named API key, without the key.

    `id` never changes and names the entry in the keychain. `key_hint` is the key's last four
    characters. `verified` tells whether the API has accepted the key.
    """

    id: str
    name: str
    environment: Environment
    key_hint: str
    verified: bool

    def fits(self, key: ApiKey) -> bool:
        """Tell whether `key` can be this profile's: its environment and hint are the same."""
        return environment_of(key) is self.environment and key.hint == self.key_hint


# Built in and never stored: its server, and the server's key, are made at each start.
PRACTICE = Profile("practice", "Practice", Environment.PRACTICE, key_hint="", verified=True)


class Refusal(StrEnum):
    """Why a profile can't be as it was asked for."""

    NAME_EMPTY = "name empty"
    NAME_TOO_LONG = "name too long"  # more than NAME_LIMIT characters
    NAME_UNPRINTABLE = "name unprintable"  # control or bidirectional characters
    NAME_HOLDS_KEY = "name holds key"  # a key was put where it would be stored in the open
    NAME_TAKEN = "name taken"  # but for case, width or white space
    OTHER_ENVIRONMENT = "other environment"  # a sandbox profile never becomes a live one
    UNKNOWN = "unknown"  # not stored; another window may have deleted it


class ProfileError(ValueError):
    """What was asked for is refused and nothing has changed; `reason` tells why."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Profiles:
    """The list of profiles, the built-in one first, and which was used last.

    Every change reads the file anew, so that two open windows don't undo each other's changes.

    A file that is broken, or was written by a newer version of the program, is renamed and the
    list starts empty; `set_aside` is then the path it has now.

    Args:
        path: the JSON file; it and its folder are made when first needed.

    Raises:
        OSError: the file is there and can't be read, or can't be set aside. Every method that
            changes something raises it too, and then nothing has changed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.set_aside: Path | None = None
        self._stored = self._read()

    def __iter__(self) -> Iterator[Profile]:
        return iter((PRACTICE, *self._stored.profiles))

    def get(self, profile_id: str) -> Profile:
        """Return a profile by its id.

        Raises:
            ProfileError: there is none (UNKNOWN).
        """
        return PRACTICE if profile_id == PRACTICE.id else self._stored.find(profile_id)

    @property
    def last_used(self) -> Profile:
        """The profile to start with: the built-in one until another is used."""
        return next((one for one in self if one.id == self._stored.last_used), PRACTICE)

    def add(self, name: str, key: ApiKey, verified: bool) -> Profile:
        """Add a profile for `key`; the key itself goes into the keychain under the new id.

        Raises:
            ProfileError: the name can't be used.
        """
        stored = self._read()
        profile = Profile(
            id=uuid.uuid4().hex,
            name=_usable_name(name, stored.profiles),
            environment=environment_of(key),
            key_hint=key.hint,
            verified=verified,
        )
        self._write(replace(stored, profiles=(*stored.profiles, profile)))
        return profile

    def rename(self, profile_id: str, name: str) -> Profile:
        """Give a profile another name.

        Raises:
            ProfileError: there is no such stored profile, or the name can't be used.
        """
        stored = self._read()
        old = stored.find(profile_id)
        new = replace(old, name=_usable_name(name, stored.swap(old).profiles))
        self._write(stored.swap(old, new))
        return new

    def replace_key(self, profile_id: str, key: ApiKey, verified: bool) -> Profile:
        """Note that a profile's key is another one now, of the same environment.

        Raises:
            ProfileError: there is no such stored profile, or its environment is not the key's.
        """
        stored = self._read()
        old = stored.find(profile_id)
        if environment_of(key) is not old.environment:
            raise ProfileError(Refusal.OTHER_ENVIRONMENT)
        new = replace(old, key_hint=key.hint, verified=verified)
        self._write(stored.swap(old, new))
        return new

    def put_back(self, profile: Profile) -> None:
        """Make a profile again what it was, after a change that could not be carried through.

        Raises:
            ProfileError: there is no such stored profile.
        """
        stored = self._read()
        self._write(stored.swap(stored.find(profile.id), profile))

    def delete(self, profile_id: str) -> None:
        """Take a profile off the list; its key in the keychain is the caller's to delete.

        Raises:
            ProfileError: there is no such stored profile.
        """
        stored = self._read()
        self._write(stored.swap(stored.find(profile_id)))

    def use(self, profile_id: str) -> None:
        """Note which profile to start with next time.

        Raises:
            ProfileError: there is no such profile.
        """
        stored = self._read()
        if profile_id != PRACTICE.id:
            stored.find(profile_id)
        self._write(replace(stored, last_used=profile_id))

    def _read(self) -> "_Stored":
        stored, aside = read_or_set_aside(self._path, _parse)
        self._stored = stored or _Stored()
        self.set_aside = aside or self.set_aside
        return self._stored

    def _write(self, stored: "_Stored") -> None:
        write_private(self._path, _render(stored))
        self._stored = stored


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the file holds."""

    profiles: tuple[Profile, ...] = ()
    last_used: str = PRACTICE.id

    def find(self, profile_id: str) -> Profile:
        for profile in self.profiles:
            if profile.id == profile_id:
                return profile
        raise ProfileError(Refusal.UNKNOWN)

    def swap(self, old: Profile, *new: Profile) -> "_Stored":
        """Put `new` where `old` is; without `new`, take it out."""
        at = self.profiles.index(old)
        return replace(self, profiles=(*self.profiles[:at], *new, *self.profiles[at + 1 :]))


def _render(stored: _Stored) -> bytes:
    return json.dumps({"version": _FORMAT_VERSION, **asdict(stored)}, indent=2).encode()


def _parse(data: bytes) -> _Stored:
    """Read the file's content; a ValueError is raised for all that this version never writes."""
    document = json.loads(data)
    match document:
        case {"profiles": list(entries), "last_used": str(last_used)}:
            stored = _Stored(last_used=last_used)
        case _:
            raise ValueError("not a list of profiles")
    for entry in entries:
        profile = _parse_profile(entry, stored.profiles)
        stored = replace(stored, profiles=(*stored.profiles, profile))
    # A newer version, or a field unknown here, would be lost with the next change.
    if json.loads(_render(stored)) != document:
        raise ValueError("not written by this version")
    return stored


def _parse_profile(entry: object, before: tuple[Profile, ...]) -> Profile:
    match entry:
        case {
            "id": str(profile_id),
            "name": str(name),
            "environment": Environment.SANDBOX | Environment.LIVE as environment,
            "key_hint": str(key_hint),
            "verified": bool(verified),
        } if (
            _ID.fullmatch(profile_id)
            and _HINT.fullmatch(key_hint)
            and all(profile_id != other.id for other in before)
        ):
            usable = _usable_name(name, before)
            return Profile(profile_id, usable, Environment(environment), key_hint, verified)
    raise ValueError("not a profile")


def _usable_name(text: str, others: Iterable[Profile]) -> str:
    """Return `text` as a name to store, next to those of `others`; raise ProfileError if not."""
    name = unicodedata.normalize("NFC", text).strip()
    if not name:
        raise ProfileError(Refusal.NAME_EMPTY)
    if len(name) > NAME_LIMIT:
        raise ProfileError(Refusal.NAME_TOO_LONG)
    if any(unicodedata.category(character) in _UNPRINTABLE for character in name):
        raise ProfileError(Refusal.NAME_UNPRINTABLE)
    if _KEY_PREFIX.search(name):
        raise ProfileError(Refusal.NAME_HOLDS_KEY)
    if any(_alike(name) == _alike(other.name) for other in (PRACTICE, *others)):
        raise ProfileError(Refusal.NAME_TAKEN)
    return name


def _alike(name: str) -> str:
    """Return what is the same for two names that a person would take for one."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
