"""From lines to payment ids, each with its places, and to what only looks like one."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import repeat

from cancel_desk.desk.intake.cells import Cell, cells
from cancel_desk.desk.intake.hidden import without_hidden
from cancel_desk.desk.intake.portions import PORTION, portions
from cancel_desk.desk.intake.readers import Piece, Place
from cancel_desk.desk.intake.rejected import (
    Rejected,
    Why,
    attempts,
    is_numbers,
    is_row,
    printable,
)
from cancel_desk.desk.intake.secrets import drop_secrets
from cancel_desk.desk.intake.shape import (
    BLACK,
    ID,
    ID_CHARS,
    ID_WITH_GAPS,
    NO_BREAK_SPACES,
    may_be_mistyped,
)

__all__ = ["Findings", "Found", "Rejected", "Why", "find_ids"]

# How many characters are read between two looks at `stop`: a few hundredths of a second.
_STRIDE = 100_000

# Most lines: an id, or the link to its payment page, and nothing else.
_PLAIN = re.compile(rf" *(?:https://pay\.dojo\.tech(?::443)?/checkout/)?({ID.pattern}) *")
# A link inside a link is escaped, and inside another one the escapes are (%252F).
_ESCAPE = re.compile(r"%(?:25)*([0-9A-Fa-f]{2})")
_ID_CHAR = re.compile(f"[{ID_CHARS}]")
_NO_BREAK = re.compile(f"[{NO_BREAK_SPACES}]")


@dataclass(frozen=True, slots=True)
class Found:
    """A payment's id and where it stood, first appearance first.

    `hint` says that the last character can't be right: the id may be cut short or mistyped.
    """

    intent_id: str
    places: tuple[Place, ...]
    hint: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """What the lines held, in their order.

    `duplicates` counts the appearances merged into an earlier one; `cleaned` the ids that had
    hidden characters or no-break spaces inside or beside them; `stopped` says that not all lines
    were read.
    """

    found: tuple[Found, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    duplicates: int = 0
    cleaned: int = 0
    keys_dropped: int = 0
    cards_dropped: int = 0
    stopped: bool = False

    @property
    def nothing_found(self) -> bool:
        """Whether there was no id at all; `rejected` may tell why."""
        return not self.found


def find_ids(
    pieces: Iterable[Piece],
    stop: Callable[[], bool] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Findings:
    """Find the payment ids in lines, whatever stands around them.

    Args:
        pieces: the lines, as a reader gives them.
        stop: asked now and then; once it says True, what was found up to there is returned.
        progress: told now and then, and at the end, how many characters have been read, one for
            each line's end among them.
    """
    finder = _Finder()
    read = told = 0
    for piece in pieces:
        whole = len(piece.text) <= PORTION
        for text in (piece.text,) if whole else portions(piece.text):
            plain = _PLAIN.fullmatch(text)
            if plain:
                finder.add(plain[1], piece.place)
            elif text:
                finder.take_apart(text, piece.place, whole=whole)
            read += len(text)
            if read - told >= _STRIDE:
                told = read
                if progress:
                    progress(read)
                if stop and stop():
                    return finder.findings(stopped=True)
        read += 1
    if progress:
        progress(read)
    return finder.findings(stopped=False)


class _Finder:
    """What was gathered so far."""

    def __init__(self) -> None:
        self._first: dict[str, Place] = {}
        self._again: dict[str, list[Place]] = {}
        self._duplicates = 0
        self._cleaned: set[str] = set()
        self._keys = self._cards = 0
        self._rejected: list[Rejected] = []
        # Which of them are rows: they count only if others of their source have an id in a cell.
        self._rows: set[int] = set()
        self._tables: set[str] = set()
        # The line behind one that ends with a key may be the key's other half.
        self._behind_key: Place | None = None

    def add(self, intent_id: str, place: Place) -> None:
        if intent_id not in self._first:
            self._first[intent_id] = place
            return
        self._duplicates += 1
        places = self._again.setdefault(intent_id, [self._first[intent_id]])
        if places[-1] != place:
            places.append(place)

    def take_apart(self, line: str, place: Place, *, whole: bool) -> None:
        text, cuts = without_hidden(_unescaped(line))
        scrubbed = drop_secrets(text)
        text = scrubbed.text
        self._keys += scrubbed.keys
        self._cards += scrubbed.cards

        gaps = not text.isascii() and _NO_BREAK.search(text)
        pattern = ID_WITH_GAPS if gaps else ID
        spans = [match.span() for match in pattern.finditer(text)]
        in_cells = cells(text, spans) if whole else repeat(None)
        for (start, end), cell in zip(spans, in_cells, strict=False):
            intent_id = text[start:end]
            beside = max(start - 1, 0), end + 1
            if gaps:
                intent_id = _NO_BREAK.sub("", intent_id)
            if cuts.touch(start, end) or (gaps and _NO_BREAK.search(text, *beside)):
                self._cleaned.add(intent_id)
            if cell is None:
                self.add(intent_id, place)
            else:
                self._add_in_row(intent_id, place, cell)

        rest = pattern.sub(" ", text) if spans else text
        tried = [
            Rejected(attempt, place, why, length)
            for attempt, why, length in attempts(rest, alone=not spans)
        ]
        self._rejected += tried
        secrets = scrubbed.keys + scrubbed.cards
        if whole and not (spans or tried or secrets or place == self._behind_key):
            self._mention(text, place)
        if scrubbed.keys and text.rstrip().endswith(BLACK):
            self._behind_key = Place(place.source, place.line + 1)

    def _add_in_row(self, intent_id: str, place: Place, cell: Cell) -> None:
        tabs = cell.delimiter == "\t"
        if tabs and cell.alone:
            self._tables.add(place.source)
        # A comma or semicolon in a sentence makes no row.
        in_row = tabs or cell.alone
        self.add(intent_id, Place(place.source, place.line, cell.column) if in_row else place)

    def _mention(self, text: str, place: Place) -> None:
        """Note a line that holds nothing usable, unless it is prose."""
        numbers = is_numbers(text)
        if not numbers:
            if not is_row(text):
                return
            self._rows.add(len(self._rejected))
        self._rejected.append(Rejected(printable(text), place, Why.NOT_AN_ID))

    def findings(self, *, stopped: bool) -> Findings:
        return Findings(
            found=tuple(
                Found(
                    intent_id,
                    tuple(self._again.get(intent_id, (place,))),
                    may_be_mistyped(intent_id),
                )
                for intent_id, place in self._first.items()
            ),
            rejected=tuple(
                each
                for index, each in enumerate(self._rejected)
                if index not in self._rows or each.place.source in self._tables
            ),
            duplicates=self._duplicates,
            cleaned=len(self._cleaned),
            keys_dropped=self._keys,
            cards_dropped=self._cards,
            stopped=stopped,
        )


def _unescaped(line: str) -> str:
    """Return a line with escapes of an id's characters undone, and a space for any other.

    The others only have to keep ids apart; a comma or a line's end from inside a link would take
    part in the row.
    """
    if "%" not in line:
        return line
    return _ESCAPE.sub(_unescape, line)


def _unescape(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if _ID_CHAR.fullmatch(character) else " "
