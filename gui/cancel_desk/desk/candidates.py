"""The payments a search found, and which of them the operator wants in the list."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from cancel_desk.desk.finder import Portion
from cancel_desk.desk.narrowing import Narrowing
from cancel_desk.desk.references import Match, Matches, alike
from cancel_desk.dojo.intent import Intent


class Candidates:
    """Payments in the order they were found. Has one owner: the thread of the window.

    Ticked means chosen to be added. Where a list of references is given, only payments that carry
    one of them are wanted.

    Args:
        in_list: the ids of payments that are in the operator's list already: they can't be ticked.
    """

    def __init__(self, in_list: Collection[str]) -> None:
        self.found: list[Intent] = []
        self.narrowing = Narrowing()
        self.server_ahead = timedelta()  # of this computer's clock
        self._in_list = set(in_list)
        self._ticked: set[str] = set()
        self._proposed: set[str] = set()
        self._wanted: frozenset[str] | None = None
        self._match_of: dict[str, Match] | None = None  # in the order of the references

    def clear(self) -> None:
        """Forget what an earlier search found. Ticks stay, for what is found again."""
        self.found = []
        self._match_of = None

    def add(self, portions: Iterable[Portion]) -> None:
        """Append what a search found. What references mean is open again until `match`."""
        for portion in portions:
            self.found += portion.intents
            read_at = next((intent.read_at for intent in portion.intents if intent.read_at), None)
            if read_at is not None:
                self.server_ahead = read_at - portion.at
        self._match_of = None

    def want(self, wanted: frozenset[str] | None) -> None:
        """Want only payments whose reference is alike one of these; None wants all."""
        self._wanted = wanted
        self._match_of = None
        if wanted is None:
            self._propose(set())

    def match(self, matches: Matches, propose: bool) -> None:
        """Take note of what the references mean.

        Args:
            matches: the payments of each.
            propose: tick the payments that alone carry a reference, once: what the operator
                unticks stays so.
        """
        self._match_of = {}
        for match in matches.each:
            for intent in match.intents:
                self._match_of.setdefault(intent.id, match)
        self._propose({match.intents[0].id for match in matches.one} if propose else set())

    def _propose(self, ids: set[str]) -> None:
        self._ticked -= self._proposed - ids
        self._ticked |= ids - self._proposed - self._in_list
        self._proposed = ids

    def match_of(self, intent: Intent) -> Match | None:
        """Return the reference by which a payment was found, once that is known."""
        return self._match_of.get(intent.id) if self._match_of is not None else None

    def rank(self) -> dict[str, int]:
        """Return the order of the references, by payment id; empty where there is none."""
        return {intent_id: number for number, intent_id in enumerate(self._match_of or ())}

    def lets_through(self, intent: Intent, now: datetime) -> bool:
        """Tell whether a payment is to be shown; `now` is the server's time."""
        if self._match_of is not None:
            wanted = intent.id in self._match_of
        else:
            wanted = self._wanted is None or alike(intent.reference or "") in self._wanted
        return wanted and self.narrowing.lets_through(intent, now)

    # Ticks

    def is_in_list(self, intent: Intent) -> bool:
        """Tell whether a payment is in the operator's list, so that it can't be added."""
        return intent.id in self._in_list

    def is_ticked(self, intent: Intent) -> bool:
        """Tell whether a payment is chosen to be added."""
        return intent.id in self._ticked

    def tick(self, intents: Iterable[Intent], on: bool) -> None:
        """Choose payments to be added, or take the choice back; what can't be chosen is left."""
        for intent in intents:
            if on and not self.is_in_list(intent):
                self._ticked.add(intent.id)
            else:
                self._ticked.discard(intent.id)

    @property
    def any_ticked(self) -> bool:
        """Whether anything is ticked: asked before what would look at every payment."""
        return bool(self._ticked)

    def ticked(self) -> list[Intent]:
        """Return what is ticked of all that was found."""
        return [intent for intent in self.found if self.is_ticked(intent)]

    def mark_in_list(self, intents: Iterable[Intent]) -> None:
        """Take note that payments are in the operator's list now."""
        self._in_list.update(intent.id for intent in intents)
        self._ticked -= self._in_list
