"""Characters that nobody sees: zero-width ones, soft hyphens, marks of text direction."""

import re
from bisect import bisect_right
from dataclasses import dataclass

# Unicode's Default_Ignorable_Code_Point: what a program shows as nothing at all.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where hidden characters were taken out of a text.

    `at` are positions in the text without them, ascending; `taken` how many characters were taken
    out up to and including each.
    """

    at: tuple[int, ...] = ()
    taken: tuple[int, ...] = ()

    def touch(self, start: int, end: int) -> bool:
        """Tell whether something was taken out of `text[start:end]` or from beside it."""
        count = bisect_right(self.at, end)
        return count > 0 and self.at[count - 1] >= start

    def origin(self, index: int) -> int:
        """Return where the character `text[index]` stood before anything was taken out."""
        count = bisect_right(self.at, index)
        return index + (self.taken[count - 1] if count else 0)


_NO_CUTS = Cuts()


def without_hidden(text: str) -> tuple[str, Cuts]:
    """Return a text without its hidden characters, and where they were."""
    if text.isascii() or not _HIDDEN.search(text):
        return text, _NO_CUTS
    at: list[int] = []
    taken: list[int] = []
    total = 0
    for match in _HIDDEN.finditer(text):
        at.append(match.start() - total)
        total += match.end() - match.start()
        taken.append(total)
    return _HIDDEN.sub("", text), Cuts(tuple(at), tuple(taken))
