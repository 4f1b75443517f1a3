"""Which journal a profile's runs are kept in, and opening the file when it is first needed."""

import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock, Timeout

from cancel_desk.desk.files import set_aside
from cancel_desk.desk.history import History
from cancel_desk.desk.journal import DamageError, JournalError
from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.desk.keychain import KeychainError
from cancel_desk.desk.profiles import PRACTICE, Profile
from cancel_desk.desk.recovery import Recovered, recover
from cancel_desk.desk.salvage import BESIDE


class InUseError(JournalError):
    """Another Cancel Desk has the journal open; nothing may be sent from two at once."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The journal file and what came up when it was opened.

    `damage` and `set_aside` tell of an earlier file that could not be used, and where it is now:
    `salvage` finds the payments in it.
    `keyed` tells whether the keyring gave a key to seal with.
    """

    journal: JournalFile
    recovered: tuple[Recovered, ...]
    keyed: bool
    damage: DamageError | None = None
    set_aside: Path | None = None


class _PracticeJournal:
    """A journal that begins empty and is gone with the program."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="cancel-desk-practice-")
        path = Path(self._folder.name) / "journal.sqlite"
        key = secrets.token_bytes(32)
        self.file = JournalFile(path, key)
        self.history = History(path, key)

    def close(self) -> None:
        self.file.close()
        self._folder.cleanup()


class Journals:
    """One file for all real runs, one for practice that starts empty; each opened when needed.

    Args:
        path: the file of the real runs.
        seal_key: gives the key for its seals; may take its time, and raise KeychainError.
        now: the time of day.
    """

    def __init__(
        self, path: Path, seal_key: Callable[[], bytes], now: Callable[[], datetime]
    ) -> None:
        self.path = path
        self._seal_key = seal_key
        self._now = now
        self._opening = threading.Lock()
        self._lock = FileLock(path.with_suffix(".lock"), thread_local=False)
        self._key = b""
        self._opened: Opened | None = None
        self._practice: _PracticeJournal | None = None

    def of(self, profile: Profile) -> JournalFile:
        """Return the journal for a profile's runs; not in the window's thread.

        Raises:
            JournalError: it can't be opened (InUseError: another program has it).
        """
        return self._open_practice().file if profile == PRACTICE else self.open().journal

    def history_of(self, profile: Profile) -> History:
        """Return what reads a profile's runs, also while another program has the journal.

        Raises:
            JournalError: it can't be opened.
        """
        if profile == PRACTICE:
            return self._open_practice().history
        with self._opening:
            return self._history()

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

    def close(self) -> None:
        """Close the files and let others have the real one."""
        with self._opening:
            if self._opened is not None:
                self._opened.journal.close()
                self._opened = None
            if self._practice is not None:
                self._practice.close()
                self._practice = None
            self._lock.release()

    def _open_practice(self) -> _PracticeJournal:
        with self._opening:
            if self._practice is None:
                try:
                    self._practice = _PracticeJournal()
                except OSError as error:
                    raise JournalError(str(error)) from error
            return self._practice

    def _open(self) -> Opened:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise InUseError("another Cancel Desk is open") from None
        try:
            return self._open_file()
        except BaseException:
            self._lock.release()  # so that a later try, or another program, can have it
            raise

    def _open_file(self) -> Opened:
        self._ask_for_key()
        damage = aside = None
        try:
            journal = JournalFile(self.path, self._key)
        except DamageError as error:
            damage, aside = error, set_aside(self.path, BESIDE)
            journal = JournalFile(self.path, self._key)
        try:
            recovered = recover(journal, self._history(), self._now())
        except BaseException:
            journal.close()
            raise
        return Opened(journal, tuple(recovered), bool(self._key), damage, aside)

    def _history(self) -> History:
        self._ask_for_key()
        return History(self.path, self._key)

    def _ask_for_key(self) -> None:
        """Ask the keyring for the key until it gives one: it may be locked only now."""
        if not self._key:
            with suppress(KeychainError):
                self._key = self._seal_key()
