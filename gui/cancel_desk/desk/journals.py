"""Which journal a profile's runs are kept in, and opening the file when it is first needed."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from cancel_desk.desk.files import set_aside
from cancel_desk.desk.journal import Journal, JournalError, MemoryJournal
from cancel_desk.desk.journal_file import DamageError, JournalFile
from cancel_desk.desk.keychain import KeychainError
from cancel_desk.desk.profiles import PRACTICE, Profile
from cancel_desk.desk.recovery import Recovered, recover


class InUseError(JournalError):
    """Another Cancel Desk has the journal open; nothing may be sent from two at once."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The journal file and what came up when it was opened.

    `damage` and `set_aside` tell of an earlier file that could not be used, and where it is now.
    `keyed` tells whether the keyring gave a key to seal with.
    """

    journal: JournalFile
    recovered: tuple[Recovered, ...]
    keyed: bool
    damage: DamageError | None = None
    set_aside: Path | None = None


class Journals:
    """Practice is kept in memory; all other runs go into one file, opened when first needed.

    Args:
        path: the file.
        seal_key: gives the key for seals; may take its time, and raise KeychainError.
        now: the time of day.
    """

    def __init__(
        self, path: Path, seal_key: Callable[[], bytes], now: Callable[[], datetime]
    ) -> None:
        self.path = path
        self._seal_key = seal_key
        self._now = now
        self._practice = MemoryJournal()
        self._opening = threading.Lock()
        self._lock = FileLock(path.with_suffix(".lock"), thread_local=False)
        self._opened: Opened | None = None

    def of(self, profile: Profile) -> Journal:
        """Return the journal for a profile's runs; not in the window's thread.

        Raises:
            JournalError: it can't be opened (InUseError: another program has it).
        """
        return self._practice if profile == PRACTICE else self.open().journal

    def open(self) -> Opened:
        """Open the file, the first time, and end in it what an earlier program left unfinished.

        Raises:
            JournalError: as `of`.
        """
        with self._opening:
            if self._opened is None:
                try:
                    self._opened = self._open()
                except OSError as error:
                    raise JournalError(str(error)) from error
            return self._opened

    def _open(self) -> Opened:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise InUseError("another Cancel Desk is open") from None
        try:
            return self._open_file(self._key())
        except BaseException:
            self._lock.release()  # so that a later try, or another program, can have it
            raise

    def _open_file(self, key: bytes) -> Opened:
        damage = aside = None
        try:
            journal = JournalFile(self.path, key)
        except DamageError as error:
            damage, aside = error, self._set_aside()
            journal = JournalFile(self.path, key)
        return Opened(journal, tuple(recover(journal, self._now())), bool(key), damage, aside)

    def _key(self) -> bytes:
        try:
            return self._seal_key()
        except KeychainError:
            return b""

    def _set_aside(self) -> Path:
        """Rename the file and what SQLite keeps beside it, under one name."""
        aside = set_aside(self.path)
        for ending in ("-wal", "-shm"):
            beside = self.path.with_name(self.path.name + ending)
            if beside.exists():
                beside.rename(aside.with_name(aside.name + ending))
        return aside

    def close(self) -> None:
        """Close the file and let others have it."""
        with self._opening:
            if self._opened is not None:
                self._opened.journal.close()
                self._opened = None
            self._lock.release()
