"""What a search in the list looks through, kept ready: it is asked for at every key."""

from collections.abc import Iterable, Sequence

from cancel_desk.desk.row import Row
from cancel_desk.dojo.intent import Intent
from cancel_desk.window import words


class SearchTexts:
    """The texts by which payments are found; made when the server says something new of them."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Intent, str]] = {}  # by payment; what the text was made from

    def keep(self, rows: Iterable[Row]) -> None:
        """Forget the payments of all other rows."""
        ids = {row.intent_id for row in rows}
        self._known = {each: known for each, known in self._known.items() if each in ids}

    def of(self, row: Row) -> str:
        """Return a row's text, in small letters."""
        intent = row.intent
        if intent is None:
            return row.intent_id.casefold()
        known = self._known.get(row.intent_id)
        if known is not None and known[0] is intent:
            return known[1]
        amount = words.money(intent.to_pay)
        parts = (row.intent_id, intent.reference or "", intent.description or "", amount)
        text = "\n".join(parts).casefold()
        self._known[row.intent_id] = intent, text
        return text

    def found(self, search: str, rows: Sequence[Row], numbers: Iterable[int]) -> list[int]:
        """Return the numbers of those rows in which a text occurs, in capitals or not."""
        wanted = search.casefold()
        return [number for number in numbers if wanted in self.of(rows[number])]
