"""Where API keys are kept: in the operating system's keyring, and nowhere else.

The keyring library's own choice of a back end is never asked for: an installed package, an
environment variable or a file could make it a plain text file, or any module. Here only those on
a list are imported, and the best of them that works is used.
"""

import configparser
import os
import secrets
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future, wait
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from cancel_desk.desk.profiles import Profile, environment_of
from cancel_desk.dojo.key import ApiKey, KeyFormatError, redact

if TYPE_CHECKING:  # the library is imported when it is first used, after the first paint
    from keyring.backend import KeyringBackend

SERVICE = "Cancel Desk"
_SEAL = "journal"  # no profile's id: those are 32 hexadecimal digits
LIMIT = 60.0

# The library's names of the back ends that may be used, and what people call them.
_LISTED = {
    "darwin": {"keyring.backends.macOS.Keyring": "macOS Keychain"},
    "win32": {"keyring.backends.Windows.WinVaultKeyring": "Windows Credential Locker"},
}.get(
    sys.platform,
    {
        "keyring.backends.SecretService.Keyring": "Secret Service",
        "keyring.backends.kwallet.DBusKeyring": "KWallet",
    },
)
# Asks several back ends in turn: to name it means no more than to leave the choice to us.
_CHAINER = "keyring.backends.chainer.ChainerBackend"
# By name, as only Linux has the library that most of them come from.
_LOCKED = {"KeyringLocked", "LockedException", "PromptDismissedException"}
_TEXT_LIMIT = 1000

_T = TypeVar("_T")


class Reason(StrEnum):
    """Why a key could not be kept, had, or deleted."""

    MISSING = "missing"  # the keyring works and has no entry for the profile
    LOCKED = "locked"  # nobody unlocked it, or could
    NO_ANSWER = "no answer"  # within the limit; it may be waiting for its password
    UNAVAILABLE = "unavailable"  # there is no keyring here, or it fails
    NOT_ALLOWED = "not allowed"  # the library's settings name a back end that is not listed
    NOT_KEPT = "not kept"  # what was saved can't be read back
    NOT_DELETED = "not deleted"  # what was deleted can still be read
    DAMAGED = "damaged"  # the entry is no key
    OTHER_KEY = "other key"  # the entry is a key, but not the profile's


class KeychainError(Exception):
    """A key could not be kept, had, or deleted.

    `reason` is for deciding, `technical` for support: one line, or none, without keys.
    """

    def __init__(self, reason: Reason, technical: str = "") -> None:
        self.reason = reason
        self.technical = redact(technical)[:_TEXT_LIMIT]
        super().__init__(f"{reason}: {self.technical}" if self.technical else reason.value)


class Keychain:
    """Keys in the operating system's keyring, by profile id.

    Every method may block while the keyring asks a person for its password, so none belongs in
    the thread that draws the window. All raise KeychainError and, whatever exception a back end
    raises, no other.

    Args:
        limit: seconds that one question to the keyring may take.
    """

    def __init__(self, limit: float = LIMIT) -> None:
        self._limit = limit

    def backend_name(self) -> str:
        """Return what people call the keyring that keys are kept in."""
        return self._ask(lambda: _title(_backend()))

    def save(self, profile_id: str, key: ApiKey) -> None:
        """Keep a key, in place of the profile's earlier one, and read it back."""
        backend = self._ask(_unlocked)
        self._ask(lambda: _save(backend, profile_id, key))

    def load(self, profile_id: str) -> ApiKey:
        """Return the key of a profile."""
        return self._ask(lambda: _load(_backend(), profile_id))

    def delete(self, profile_id: str) -> None:
        """Delete the key of a profile; that there is none is no error."""
        backend = self._ask(_unlocked)
        self._ask(lambda: _delete(backend, profile_id))

    def seal_key(self) -> bytes:
        """Return the 32 bytes that the journal is sealed with; the first time they are made."""
        backend = self._ask(_unlocked)
        return self._ask(lambda: _seal_key(backend))

    def _ask(self, question: Callable[[], _T]) -> _T:
        """Have `question` answered within the limit, or give it up.

        What waits for a password nobody types can't be stopped. It is left alone in a thread
        that keeps neither the caller nor the end of the program waiting.
        """
        answer: Future[_T] = Future()

        def ask() -> None:
            try:
                answer.set_result(question())
            except Exception as error:  # noqa: BLE001
                # Back ends raise what their libraries raise: D-Bus, ctypes, import errors.
                answer.set_exception(_without_traces(error))
            except BaseException as error:  # noqa: BLE001
                answer.set_exception(error)

        threading.Thread(target=ask, name="keychain", daemon=True).start()
        if wait([answer], self._limit).not_done:
            raise KeychainError(Reason.NO_ANSWER, f"no answer within {self._limit:g} s")
        return answer.result()


class SessionKeys:
    """All keys by profile: some kept for this session only, the others in the keychain.

    Where there is no keyring that may be trusted with a key, memory is the only other place.
    """

    def __init__(self, keychain: Keychain) -> None:
        self._keychain = keychain
        self._keys: dict[str, ApiKey] = {}

    def keep(self, profile_id: str, key: ApiKey) -> None:
        """Keep a key until the program ends. Never blocks."""
        self._keys[profile_id] = key

    def keeps(self, profile_id: str) -> bool:
        """Tell whether a profile's key is kept for this session only. Never blocks."""
        return profile_id in self._keys

    def save(self, profile_id: str, key: ApiKey) -> None:
        """Keep a key in the keychain, as `Keychain.save` does."""
        self._keychain.save(profile_id, key)
        self._keys.pop(profile_id, None)

    def load(self, profile: Profile) -> ApiKey:
        """Return the key of a profile, as `Keychain.load` does.

        Raises:
            KeychainError: also when the entry is not this profile's key (OTHER_KEY): a live key
                must never work under the colours of the sandbox.
        """
        if kept := self._keys.get(profile.id):
            return kept
        key = self._keychain.load(profile.id)
        if not profile.fits(key):
            technical = f"the entry is a {environment_of(key)} key …{key.hint}"
            raise KeychainError(Reason.OTHER_KEY, technical)
        return key

    def delete(self, profile_id: str) -> None:
        """Forget a key, and delete it from the keychain as `Keychain.delete` does."""
        self._keys.pop(profile_id, None)
        self._keychain.delete(profile_id)


def _backend() -> "KeyringBackend":
    """Return the best listed back end that works here; raise KeychainError if none does."""
    from keyring.core import load_keyring

    named = _named_in_settings()
    if named and named not in _LISTED:
        raise KeychainError(Reason.NOT_ALLOWED, f"the keyring library is set to use {named!r}")
    working, failures = [], []
    for name in [named] if named else _LISTED:
        try:
            working.append(load_keyring(name))
        except Exception as error:  # noqa: BLE001
            failures.append(f"{_LISTED[name]}: {_said(error)}")
    if not working:
        raise KeychainError(Reason.UNAVAILABLE, "; ".join(failures))
    return max(working, key=attrgetter("priority"))


def _named_in_settings() -> str:
    """Return the back end that the library's own settings name, importing nothing; "" if none.

    The places are the library's: an environment variable before a file.
    """
    from keyring.util.platform_ import config_root

    settings = configparser.RawConfigParser()
    settings.read(config_root() / "keyringrc.cfg", encoding="utf-8")
    in_file = settings.get("backend", "default-keyring", fallback="").strip()
    named = os.environ.get("PYTHON_KEYRING_BACKEND") or in_file
    return "" if named == _CHAINER else named


def _title(backend: "KeyringBackend") -> str:
    kind = type(backend)
    return _LISTED[f"{kind.__module__}.{kind.__qualname__}"]


def _unlocked() -> "KeyringBackend":
    """Return the back end after a look-up, which makes it unlock if it must.

    So a save or a delete that was given up while it waited for the password is not carried out
    behind the operator's back when the password comes after all.
    """
    backend = _backend()
    backend.get_password(SERVICE, "unlock")
    return backend


def _save(backend: "KeyringBackend", profile_id: str, key: ApiKey) -> None:
    backend.set_password(SERVICE, profile_id, key.secret)
    if _entry(backend, profile_id) != key.secret:
        raise KeychainError(Reason.NOT_KEPT)


def _load(backend: "KeyringBackend", profile_id: str) -> ApiKey:
    entry = _entry(backend, profile_id)
    if entry is None:
        raise KeychainError(Reason.MISSING)
    try:
        return ApiKey(entry)
    except KeyFormatError as error:
        raise KeychainError(Reason.DAMAGED, str(error)) from None


def _delete(backend: "KeyringBackend", profile_id: str) -> None:
    if _entry(backend, profile_id) is None:
        return
    backend.delete_password(SERVICE, profile_id)
    if _entry(backend, profile_id) is not None:
        raise KeychainError(Reason.NOT_DELETED)


def _seal_key(backend: "KeyringBackend") -> bytes:
    entry = _entry(backend, _SEAL)
    if entry is None:
        entry = secrets.token_hex(32)
        backend.set_password(SERVICE, _SEAL, entry)
        if _entry(backend, _SEAL) != entry:
            raise KeychainError(Reason.NOT_KEPT)
    try:
        return bytes.fromhex(entry)
    except ValueError:
        raise KeychainError(Reason.DAMAGED) from None


def _entry(backend: "KeyringBackend", profile_id: str) -> str | None:
    """Return an entry as it is; one that is no text as "", which is no key either."""
    try:
        return backend.get_password(SERVICE, profile_id)
    except UnicodeDecodeError:
        return ""


def _without_traces(error: Exception) -> KeychainError:
    """Say what `error` says, without what hangs on it: frames and causes that hold the key."""
    if isinstance(error, KeychainError):
        return KeychainError(error.reason, error.technical)
    # The library hides "the prompt was dismissed" behind an error of its own.
    if {type(error).__name__, type(error.__cause__).__name__} & _LOCKED:
        return KeychainError(Reason.LOCKED, _said(error))
    return KeychainError(Reason.UNAVAILABLE, _said(error))


def _said(error: Exception) -> str:
    """Return an error's kind and words in one line, also when it fails to tell them."""
    return " ".join("".join(traceback.format_exception_only(error)).split())
