"""Consent, frozen: what the operator confirmed. The engine accepts nothing else."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from cancel_desk.desk.profiles import Environment
from cancel_desk.dojo.intent import Money


class PlanError(ValueError):
    """There is nothing that could be consented to."""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A payment as it was shown when the operator confirmed.

    `checked_at` is this computer's time (UTC) of the read that was shown.
    """

    intent_id: str
    to_pay: Money | None
    reference: str | None
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """What was confirmed, by whom, why and when.

    `first_alone` asks for a pause after the first payment, to look at what became of it.

    Raises:
        PlanError: no payment, or one twice.
    """

    rows: tuple[PlannedRow, ...]
    profile: str
    environment: Environment
    key_hint: str
    operator: str
    reason: str
    made_at: datetime
    first_alone: bool = False
    profile_id: str = ""  # where the key is, for looking things up after a restart
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        if not self.rows:
            raise PlanError("a plan without payments")
        if len({row.intent_id for row in self.rows}) != len(self.rows):
            raise PlanError("a payment stands in the plan twice")

    def totals(self) -> dict[str, int]:
        """Return what the payments come to, in minor units by currency."""
        return totals(row.to_pay for row in self.rows)


def totals(amounts: Iterable[Money | None]) -> dict[str, int]:
    """Add amounts up by currency, in minor units; what has no amount adds nothing."""
    sums: dict[str, int] = {}
    for amount in amounts:
        if amount is not None:
            sums[amount.currency] = sums.get(amount.currency, 0) + amount.value
    return sums
