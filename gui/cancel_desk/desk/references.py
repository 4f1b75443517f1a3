"""From a list of order numbers to the payments that carry them as their reference.

    brought = read_references(read_text(pasted))
    matches = brought.match(intents)

Nothing is guessed: a reference is the same text, or the same but for capitals and white space,
and then that is said. Which of several payments is meant is for the operator to say.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cancel_desk.desk.intake.hidden import without_hidden
from cancel_desk.desk.intake.readers import Piece, Place, TooLarge, Unit
from cancel_desk.desk.intake.secrets import drop_secrets
from cancel_desk.desk.intake.shape import BLACK
from cancel_desk.dojo.intent import Intent

MAX_REFERENCES = 10_000

# As for ids: fixed, and the first that occurs in a line.
_DELIMITERS = "\t;,"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: the whole of it, and the references it is when that is none itself."""

    whole: str
    cells: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Match:
    """A reference from the list, where it stood, and the payments that carry it.

    `alike` says that capitals or white space differ.
    """

    reference: str
    place: Place
    intents: tuple[Intent, ...]
    alike: bool = False


@dataclass(frozen=True, slots=True)
class Matches:
    """What became of each reference, in the list's order; `duplicates` were merged."""

    each: tuple[Match, ...] = ()
    duplicates: int = 0

    @property
    def one(self) -> tuple[Match, ...]:
        """The references that one payment carries."""
        return tuple(match for match in self.each if len(match.intents) == 1)

    @property
    def several(self) -> tuple[Match, ...]:
        """The references that more than one payment carries: the operator has to choose."""
        return tuple(match for match in self.each if len(match.intents) > 1)

    @property
    def none(self) -> tuple[Match, ...]:
        """The references that no payment carries."""
        return tuple(match for match in self.each if not match.intents)


@dataclass(frozen=True, slots=True)
class References:
    """A list of references as the operator brought it.

    `first_column` says that the lines are rows, of which only the first cell counts. Keys and
    card numbers were dropped, with the cell they stood in.
    """

    lines: tuple[Line, ...] = ()
    first_column: bool = False
    keys_dropped: int = 0
    cards_dropped: int = 0

    def text(self) -> str:
        """Return the list with one reference a line, to be read again as the same."""
        return "\n".join(_quoted(cell) for line in self.lines for cell in line.cells)

    def wanted(self) -> frozenset[str]:
        """Return all that a payment's reference may be, in the form that `alike` gives."""
        return frozenset(alike(text) for line in self.lines for text in (line.whole, *line.cells))

    def match(self, intents: Iterable[Intent]) -> Matches:
        """Find the payments of each reference: the same text first, else one that is alike."""
        exact: dict[str, list[Intent]] = {}
        loose: dict[str, list[Intent]] = {}
        for intent in intents:
            if intent.reference:
                exact.setdefault(intent.reference, []).append(intent)
                loose.setdefault(alike(intent.reference), []).append(intent)
        found: dict[str, Match] = {}
        duplicates = 0
        for text, place in self._references(exact.keys() | loose.keys()):
            if text in found:
                duplicates += 1
            elif text in exact:
                found[text] = Match(text, place, tuple(exact[text]))
            else:
                others = tuple(loose.get(alike(text), ()))
                found[text] = Match(text, place, others, alike=bool(others))
        return Matches(tuple(found.values()), duplicates)

    def _references(self, known: Iterable[str]) -> Iterator[tuple[str, Place]]:
        """Yield each reference; a line that is one as a whole is not taken apart."""
        known = frozenset(known)
        for line in self.lines:
            if line.whole in known or alike(line.whole) in known:
                yield line.whole, line.place
            else:
                for cell in line.cells:
                    yield cell, line.place


def alike(reference: str) -> str:
    """Return what is the same for references that differ in capitals or white space only.

    Characters that nobody sees, such as a zero-width space from an e-mail, are left out.
    """
    visible, _ = without_hidden(reference)
    return " ".join(visible.casefold().split())


def read_references(pieces: Iterable[Piece]) -> References:
    """Read a list: one reference a line, rows with the reference first, or all in one line.

    Cells are separated by tabs, semicolons or commas. Where there is one line only, each of its
    cells is a reference; where there are more, the cell in the first column that is not empty.

    Raises:
        TooLarge: more than MAX_REFERENCES.
    """
    keys = cards = 0
    rows: list[tuple[str, list[str], Place]] = []
    for piece in pieces:
        scrubbed = drop_secrets(piece.text)
        keys += scrubbed.keys
        cards += scrubbed.cards
        cells = _cells(scrubbed.text)
        if any(cells):
            rows.append((scrubbed.text.strip(), cells, piece.place))
        if max(len(rows), len(cells)) > MAX_REFERENCES:
            raise TooLarge(piece.place.source, MAX_REFERENCES, Unit.LINES)
    first = min((_first_filled(cells) for _, cells, _ in rows), default=0)
    counting = slice(first, first + 1 if len(rows) > 1 else None)
    lines = tuple(
        Line(whole, tuple(cell for cell in cells[counting] if cell and BLACK not in cell), place)
        for whole, cells, place in rows
    )
    return References(
        lines=tuple(line for line in lines if line.cells),
        first_column=len(rows) > 1 and any(any(cells[first + 1 :]) for _, cells, _ in rows),
        keys_dropped=keys,
        cards_dropped=cards,
    )


def _first_filled(cells: list[str]) -> int:
    return next(number for number, cell in enumerate(cells) if cell)


def _cells(line: str) -> list[str]:
    delimiter = next((each for each in _DELIMITERS if each in line), "\t")
    try:
        # One line at a time, so that a quote left open swallows no other.
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:  # a cell of more than 128 K
        cells = line.split(delimiter)
    return [cell.strip() for cell in cells]


def _quoted(cell: str) -> str:
    """Return a cell so that a delimiter in it is not taken for one."""
    if not any(each in cell for each in _DELIMITERS + '"'):
        return cell
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'
