"""What is the same for each scene: the moment, the keyring, the keys and the servers' clock."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from unittest.mock import patch

from cancel_desk.app import Practice
from cancel_desk.desk import batch, files
from cancel_desk.desk.clock import Clock
from cancel_desk.desk.keychain import Keychain, KeychainError, Reason
from cancel_desk.dojo.key import ApiKey
from cancel_desk.practice import PracticeServer
from cancel_desk.window import batch_model, details_pane, found_model, search_panel, words

MOMENT = datetime(2026, 5, 14, 9, 30, tzinfo=UTC)  # when every scene is played
SEAL_KEY = bytes(32)  # what the made-up keyring gives for the journal
LIVE_KEY = ApiKey("sk_prod_" + "made-up-for-pictures-" * 3 + "x9Rk")

# Where the program asks for the time other than by its clock, to say how long ago something was.
_ASK_THE_TIME = (batch, batch_model, details_pane, files, found_model, search_panel, words)


@contextlib.contextmanager
def still_world() -> Iterator[None]:
    """Have it be that moment, and the practice servers' keys be the same each time."""
    with contextlib.ExitStack() as stack:
        for module in _ASK_THE_TIME:
            stack.enter_context(patch.object(module, "datetime", _Still))
        stack.enter_context(patch("secrets.token_urlsafe", lambda length: length * "k" + "t7Qm"))
        stack.enter_context(patch.dict("os.environ", {"LOGNAME": "sam"}))  # who is at the desk
        yield


class Drawer(Keychain):
    """A keyring that is a dictionary; `trouble` is what it has instead of answers."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: dict[str, ApiKey] = {}
        self.trouble: Reason | None = None

    def save(self, profile_id: str, key: ApiKey) -> None:
        """Keep a key."""
        self._open()
        self._keys[profile_id] = key

    def load(self, profile_id: str) -> ApiKey:
        """Return a key."""
        self._open()
        if profile_id not in self._keys:
            raise KeychainError(Reason.MISSING)
        return self._keys[profile_id]

    def delete(self, profile_id: str) -> None:
        """Forget a key."""
        self._open()
        self._keys.pop(profile_id, None)

    def seal_key(self) -> bytes:
        """Return the key of the journal's seals."""
        self._open()
        return SEAL_KEY

    def _open(self) -> None:
        if self.trouble is not None:
            raise KeychainError(self.trouble)


class StillClock(Clock):
    """It is always the same time of day; waiting takes as long as ever."""

    def now(self) -> datetime:
        return MOMENT


class _Still(datetime):
    """For code that asks `datetime` itself."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return MOMENT.astimezone(tz) if tz else MOMENT.astimezone().replace(tzinfo=None)


class StillPractice(Practice):
    """Practice whose server lives at that moment."""

    def __init__(self) -> None:
        super().__init__()
        self._server = PracticeServer(clock=nanoseconds)


def nanoseconds() -> int:
    return int(MOMENT.timestamp()) * 1_000_000_000
