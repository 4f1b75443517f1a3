"""From lines to payment ids, each with its places, and to what only looks like one."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import NamedTuple

from cancel_desk.desk.intake.cells import Cell, cells, cells_of_row, row_shapes
from cancel_desk.desk.intake.errors import Stopped, TooLarge, Unit
from cancel_desk.desk.intake.hidden import without_hidden
from cancel_desk.desk.intake.pieces import Piece, Place, Role
from cancel_desk.desk.intake.portions import PORTION, portions
from cancel_desk.desk.intake.reading import MAX_IDS
from cancel_desk.desk.intake.rejected import Rejected, Why, attempts, is_numbers, printable
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

_CELLS = {Role.LINE: cells, Role.ROW: cells_of_row}

# Source, part, sheet; delimiter and number of delimiters in a row.
_Table = tuple[str, str, str, tuple[str, int]]


class Found(NamedTuple):
    """A payment's id and where it stood, first appearance first.

    `hint` says that the last character can't be right: the id may be cut short or mistyped.
    """

    intent_id: str
    places: tuple[Place, ...]
    hint: bool


# Makes one of a tuple of all its fields, in half the time: there may be 100,000.
_found = partial(tuple.__new__, Found)


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
        pieces: the lines, as a reader gives them; those of several files one behind the other.
        stop: asked now and then; once it says True, what was found up to there is returned. The
            same comes of a reader that stops.
        progress: told now and then, and at the end, about how many characters have been read,
            one for each line's end among them.

    Raises:
        TooLarge: there are more than MAX_IDS ids and rejected pieces.
        ReadError: what a reader raises, none of its own.
    """
    finder = _Finder()
    # Looked up once, not for each of 100,000 lines.
    fullmatch, add, unread = _PLAIN.fullmatch, finder.add, Role.UNREAD
    read = told = 0
    try:
        for text, place, role in _in_portions(pieces):
            plain = fullmatch(text)
            if plain and role is not unread:
                add(plain[1], place)
            elif text:
                finder.take_apart(text, place, role)
            read += len(text) + 1
            if read - told >= _STRIDE:
                told = read
                if progress:
                    progress(read)
                finder.check_size(place.source)
                if stop and stop():
                    return finder.findings(stopped=True)
    except Stopped:
        return finder.findings(stopped=True)
    if progress:
        progress(read)
    return finder.findings(stopped=False)


def _in_portions(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield pieces as they are, and those that are too long bit by bit."""
    for piece in pieces:
        if len(piece.text) <= PORTION:
            yield piece
        else:
            for text in portions(piece.text):
                yield Piece(text, piece.place, Role.VALUE)


class _Finder:
    """What was gathered so far."""

    def __init__(self) -> None:
        self._first: dict[str, Place] = {}
        self._again: dict[str, list[Place]] = {}
        self._duplicates = 0
        self._further_places = 0
        self._cleaned: set[str] = set()
        self._keys = self._cards = 0
        self._rejected: list[Rejected] = []
        # Which of them are rows, and of what tables: they count only where others of the same
        # table have an id alone in a cell.
        self._rows: dict[int, list[_Table]] = {}
        self._tables: set[_Table] = set()
        # The line behind one that ends with a key may be the key's other half.
        self._behind_key: Place | None = None

    def check_size(self, source: str) -> None:
        """See that what was found still goes into the memory."""
        if len(self._first) + self._further_places + len(self._rejected) > MAX_IDS:
            raise TooLarge(source, MAX_IDS, Unit.IDS)

    def add(self, intent_id: str, place: Place) -> None:
        if intent_id not in self._first:
            self._first[intent_id] = place
            return
        self._duplicates += 1
        places = self._again.setdefault(intent_id, [self._first[intent_id]])
        if places[-1] != place:
            places.append(place)
            self._further_places += 1

    def take_apart(self, line: str, place: Place, role: Role) -> None:
        text, cuts = without_hidden(_unescaped(line))
        scrubbed = drop_secrets(text)
        text = scrubbed.text
        self._keys += scrubbed.keys
        self._cards += scrubbed.cards
        if role is Role.UNREAD:
            self._rejected.append(Rejected(printable(text), place, Why.NOT_READ))
            return

        gaps = not text.isascii() and _NO_BREAK.search(text)
        pattern = ID_WITH_GAPS if gaps else ID
        spans = [match.span() for match in pattern.finditer(text)]
        in_cells = None
        if spans and role in _CELLS:
            in_cells = _CELLS[role](text, spans)
        for (start, end), cell in zip(spans, in_cells or repeat(None), strict=False):
            intent_id = text[start:end]
            beside = max(start - 1, 0), end + 1
            if gaps:
                intent_id = _NO_BREAK.sub("", intent_id)
            if cuts.touch(start, end) or (gaps and _NO_BREAK.search(text, *beside)):
                self._cleaned.add(intent_id)
            self.add(intent_id, _in_cell(place, cell) if cell else place)
        self._note_tables(text, place, in_cells or ())

        rest = pattern.sub(" ", text) if spans else text
        alone = role is not Role.VALUE and not spans
        tried = [
            Rejected(attempt, place, why, length)
            for attempt, why, length in attempts(rest, alone=alone)
        ]
        self._rejected += tried
        secrets = scrubbed.keys + scrubbed.cards
        if alone and not (tried or secrets or place == self._behind_key):
            self._mention(text, place)
        if scrubbed.keys and text.rstrip().endswith(BLACK):
            self._behind_key = place._replace(line=place.line + 1)

    def _note_tables(self, text: str, place: Place, in_cells: Iterable[Cell]) -> None:
        delimiters = {cell.delimiter for cell in in_cells if cell.alone}
        if delimiters:
            self._tables.update(
                table for table in _tables(text, place) if table[-1][0] in delimiters
            )

    def _mention(self, text: str, place: Place) -> None:
        """Note a line that holds nothing usable, unless it is prose."""
        if not is_numbers(text):
            tables = _tables(text, place)
            if not tables:
                return
            self._rows[len(self._rejected)] = tables
        # Cells side by side may be the groups of a card number.
        shown = drop_secrets(printable(text)).text
        self._rejected.append(Rejected(shown, place, Why.NOT_AN_ID))

    def findings(self, *, stopped: bool) -> Findings:
        again = self._again
        places = [
            tuple(again[intent_id]) if intent_id in again else (place,)
            for intent_id, place in self._first.items()
        ]
        hints = map(may_be_mistyped, self._first)
        return Findings(
            found=tuple(map(_found, zip(self._first, places, hints, strict=True))),
            rejected=tuple(
                each
                for index, each in enumerate(self._rejected)
                if index not in self._rows or not self._tables.isdisjoint(self._rows[index])
            ),
            duplicates=self._duplicates,
            cleaned=len(self._cleaned),
            keys_dropped=self._keys,
            cards_dropped=self._cards,
            stopped=stopped,
        )


def _in_cell(place: Place, cell: Cell) -> Place:
    # A comma, semicolon or bar in a sentence makes no row.
    in_row = cell.alone or cell.delimiter == "\t"
    return place._replace(column=cell.column) if in_row else place


def _tables(line: str, place: Place) -> list[_Table]:
    """Return the tables that a line may be a row of."""
    return [(place.source, place.part, place.sheet, shape) for shape in row_shapes(line)]


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
