"""Seals: what makes damage and edits of the journal show, though nothing here can prevent them.

Each entry is sealed together with its number and the seal before it in its run, and each run's
line in the list of runs with its position, its length and whether it is closed. So neither an
entry, nor the end of a run, nor a run between others can change or go missing unseen. What can't
be seen: that the newest runs were taken away whole, or that all is as it was on an earlier day.
"""

import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Seals:
    """Makes and verifies seals.

    `key` is empty where no keyring could hold one. Such seals show damage, but not an edit by
    someone who knows this program; and what was sealed with a key can't be verified.
    """

    key: bytes = field(repr=False)

    @property
    def keyed(self) -> bool:
        """Whether a key is at hand."""
        return bool(self.key)

    def of_entry(self, before: bytes, run: str, number: int, body: bytes) -> bytes:
        """Return an entry's seal; `before` is that of the entry before, empty for the first."""
        return self._of(_entry(before, run, number, body))

    def of_line(self, position: int, run: str, length: int, closed: bool) -> bytes:
        """Return the seal of a run's line in the list of runs."""
        return self._of(_line(position, run, length, closed))

    def fits_entry(
        self, seal: bytes, keyed: bool, before: bytes, run: str, number: int, body: bytes
    ) -> bool:
        """Tell whether an entry's seal is right, as far as that can be told without its key."""
        return self._fits(seal, keyed, _entry(before, run, number, body))

    def fits_line(
        self, seal: bytes, keyed: bool, position: int, run: str, length: int, closed: bool
    ) -> bool:
        """Tell the same of the seal of a run's line."""
        return self._fits(seal, keyed, _line(position, run, length, closed))

    def _of(self, sealed: bytes) -> bytes:
        return hmac.digest(self.key, sealed, "sha256")

    def _fits(self, seal: bytes, keyed: bool, sealed: bytes) -> bool:
        if keyed and not self.key:
            return True
        key = self.key if keyed else b""
        return hmac.compare_digest(seal, hmac.digest(key, sealed, "sha256"))


def _entry(before: bytes, run: str, number: int, body: bytes) -> bytes:
    return before + f"{run}/{number}/".encode() + body


def _line(position: int, run: str, length: int, closed: bool) -> bytes:
    return f"{position}/{run}/{length}/{'closed' if closed else 'open'}".encode()
