"""Payments counted, and what they come to, without going through all of them again."""

from collections import Counter
from collections.abc import Iterable

from cancel_desk.dojo.intent import Money


class Tally:
    """Counts payments, each once, and adds up their amounts by currency.

    Args:
        payments: ids with what the customer would pay, as far as it is known.
    """

    def __init__(self, payments: Iterable[tuple[str, Money | None]] = ()) -> None:
        self._amounts = dict(payments)
        known = [amount for amount in self._amounts.values() if amount is not None]
        self._with = Counter([amount.currency for amount in known])  # payments by currency
        self._sums = Counter[str]()
        for amount in known:
            self._sums[amount.currency] += amount.value

    def __len__(self) -> int:
        return len(self._amounts)

    @property
    def totals(self) -> dict[str, int]:
        """What they come to, in minor units by currency."""
        return {currency: self._sums[currency] for currency, count in self._with.items() if count}

    def put(self, intent_id: str, amount: Money | None) -> None:
        """Count a payment; one that is counted already counts with this amount from now on."""
        self.drop(intent_id)
        self._amounts[intent_id] = amount
        self._add(amount, 1)

    def drop(self, intent_id: str) -> None:
        """Count a payment no more, if it was."""
        self._add(self._amounts.pop(intent_id, None), -1)

    def _add(self, amount: Money | None, one: int) -> None:
        if amount is not None:
            self._with[amount.currency] += one
            self._sums[amount.currency] += one * amount.value
