"""API keys and card numbers: out of a text before anything shows, logs or keeps it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from cancel_desk.desk.intake.hidden import without_hidden
from cancel_desk.desk.intake.portions import PORTION, portions
from cancel_desk.desk.intake.shape import BLACK, ID_CHARS, ID_LENGTH, ID_WITH_GAPS

# No possessive groups: those of CPython 3.11.2 (Debian 12) swallow what a look-ahead refuses.
# Greedy on purpose, for half a key is still too much; but an id behind a key is no part of it.
_NEXT_ID = rf"pi_(?:sandbox_)?[{ID_CHARS}]{{{ID_LENGTH}}}(?![{ID_CHARS}])"
_BODY = rf"(?:[{ID_CHARS}]++|(?:%[0-9A-Fa-f]{{2}}|[.~+/=%])(?!{_NEXT_ID}))"
_LONG = rf"(?=[{ID_CHARS}.~+/=%]{{16}})"
_KEY = (
    rf"\wk_(?:sandbox|prod|live|test)_{_BODY}+"
    rf"|(?<![A-Za-z])(?:[rs]k|whsec)_{_LONG}{_BODY}+"
    rf"|(?<![A-Za-z])(?:basic|bearer)[ \t]+(?!pi_){_LONG}(?=[^\s\d]*\d){_BODY}+"
)
# Digits with up to three separators between them; a tab or a line's end is none.
_SEPARATORS = r" \u00a0\u2000-\u200a\u202f\u2010-\u2015\u2212.\-"
_DIGITS = rf"\d(?:[{_SEPARATORS}]{{0,3}}\d){{12}}(?:[{_SEPARATORS}]{{0,3}}\d)*"
_SHORTEST_CARD, _LONGEST_CARD = 13, 19
# Behind how many digits a card number has a gap, where it has any: 4-4-4-4 and on to 19, 4-6-5 and
# 4-6-4, 6-13. Some of the gaps may be left out; people who spell have one behind each.
_GAPS = (frozenset({4, 8, 12, 16}), frozenset({4, 10}), frozenset({6}))
_FIRST_DIGITS = range(2, 7)

# An id comes first: sixteen of its characters may be digits and pass the test.
_TOKEN = re.compile(rf"(?P<id>{ID_WITH_GAPS.pattern})|(?P<key>(?i:{_KEY}))|(?P<digits>{_DIGITS})")
_GROUP = re.compile(r"\d+")
# Cheap to look for; without it a text holds no card number.
_MAYBE_CARD = re.compile(rf"[\d{_SEPARATORS}]{{13}}")


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A text in which a block stands for each character of a secret; how many secrets it held."""

    text: str
    keys: int = 0
    cards: int = 0


def drop_secrets(text: str) -> Scrubbed:
    """Black out what looks like an API key or a card number.

    A key is anything that starts as Dojo's and its like do (`sk_prod_`, `rk_live_`, `whsec_` …)
    or follows `Basic` or `Bearer`. A card number is 13 to 19 digits that pass the Luhn test,
    whatever letters they are stuck to; longer runs of digits are none. With gaps inside, which
    order numbers have, too, it is one only where cards have theirs, and where it starts with a
    digit that cards start with. Both are found through hidden characters. A payment intent's id
    is never touched.
    """
    if len(text) <= PORTION:
        return _scrub(text)
    parts = [_scrub(part) for part in portions(text)]
    return Scrubbed(
        "".join(part.text for part in parts),
        sum(part.keys for part in parts),
        sum(part.cards for part in parts),
    )


def _scrub(text: str) -> Scrubbed:
    bare, cuts = without_hidden(text)
    if not _may_hold_secrets(bare):
        return Scrubbed(text)
    keys = cards = at = 0
    parts: list[str] = []
    for start, end, is_key in _secrets(bare):
        keys += is_key
        cards += not is_key
        origin, last = cuts.origin(start), cuts.origin(end - 1)
        parts += text[at:origin], BLACK * (last + 1 - origin)
        at = last + 1
    return Scrubbed("".join(parts) + text[at:], keys, cards)


def _may_hold_secrets(text: str) -> bool:
    lower = text.lower()
    return (
        "k_" in lower
        or "whsec_" in lower
        or "basic" in lower
        or "bearer" in lower
        or _MAYBE_CARD.search(text) is not None
    )


def _secrets(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield start and end of each secret, and whether it is a key (else a card number)."""
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "key":
            yield (*token.span(), True)
        elif token.lastgroup == "digits":
            for start, end in _cards(text, *token.span()):
                yield start, end, False


def _cards(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of the card numbers in a chain of groups of digits.

    A number beside a card number may pass the test together with a part of it. So every row of
    whole groups is tried, and those that overlap are one span.
    """
    groups = [group.span() for group in _GROUP.finditer(text, start, end)]
    digits = [int(character) for character in text[start:end] if character.isdecimal()]
    # Luhn doubles every second digit, counted from a number's last. So two sums are kept of the
    # digits up to each place: one with those at even places doubled, one with those at odd ones.
    twice = [digit * 2 - 9 * (digit > 4) for digit in digits]
    even, odd = digits[:], digits[:]
    even[::2], odd[1::2] = twice[::2], twice[1::2]
    sums = (list(accumulate(even, initial=0)), list(accumulate(odd, initial=0)))
    place = list(accumulate((b - a for a, b in groups), initial=0))

    span: tuple[int, int] | None = None
    for first, a in enumerate(place):
        shortest = bisect_left(place, a + _SHORTEST_CARD)
        for last in range(shortest, bisect_right(place, a + _LONGEST_CARD)):
            b = place[last]
            total = sums[b % 2]
            if (total[b] - total[a]) % 10 == 0 and _may_be_grouped(digits, place, first, last):
                begin, to = groups[first][0], groups[last - 1][1]
                if span and begin >= span[1]:
                    yield span
                    span = None
                span = (span[0], max(span[1], to)) if span else (begin, to)
    if span:
        yield span


def _may_be_grouped(digits: list[int], place: list[int], first: int, last: int) -> bool:
    """Tell whether a card number may be in the groups from `first` to before `last`.

    Args:
        digits: the chain's.
        place: how many of them are before each group, and in all.
        first: the first group.
        last: the group behind the last one.
    """
    if last - first == 1:
        return True
    if digits[place[first]] not in _FIRST_DIGITS:
        return False
    is_spelled = last - first == len(digits)  # each digit by itself, and nothing else
    gaps = {start - place[first] for start in place[first + 1 : last]}
    return is_spelled or any(gaps <= usual for usual in _GAPS)
