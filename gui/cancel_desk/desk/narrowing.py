"""What of the payments found the operator wants to see.

Ages are counted by the server's clock: `now` is its time, UTC.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cancel_desk.dojo.intent import Intent


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a payment must be like; what is empty or None asks for nothing.

    Texts are looked for without regard to case. `least` and `most` are in minor units, both
    included; without a `currency` they mean pounds and euros alike.
    """

    reference: str = ""
    description: str = ""
    least: int | None = None
    most: int | None = None
    currency: str | None = None
    older_than: timedelta | None = None

    def lets_through(self, intent: Intent, now: datetime) -> bool:
        """Tell whether a payment is like that; what it does not tell about itself fits nothing."""
        return (
            _contains(intent.reference, self.reference)
            and _contains(intent.description, self.description)
            and self._fits_amount(intent)
            and self._fits_age(intent, now)
        )

    def _fits_amount(self, intent: Intent) -> bool:
        if self.least is None and self.most is None and self.currency is None:
            return True
        money = intent.to_pay
        return (
            money is not None
            and (self.currency is None or money.currency == self.currency)
            and (self.least is None or money.value >= self.least)
            and (self.most is None or money.value <= self.most)
        )

    def _fits_age(self, intent: Intent, now: datetime) -> bool:
        if self.older_than is None:
            return True
        return intent.created_at is not None and now - intent.created_at > self.older_than


def _contains(text: str | None, part: str) -> bool:
    return not part or part.casefold() in (text or "").casefold()
