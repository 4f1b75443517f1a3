"""How much one run may cancel at the most, and who says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """The most payments of one run, or, where there is a currency, their most minor units of it."""

    most: int
    currency: str | None = None
    by_policy: bool = False  # the organisation's, which the operator can't change


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A limit, and how much a run would come to."""

    limit: Limit
    actual: int


def exceeded(count: int, totals: Mapping[str, int], limits: Iterable[Limit]) -> Exceeded | None:
    """Return the first limit that a run would break; None if it keeps to all.

    Args:
        count: of its payments.
        totals: what they come to, in minor units by currency.
        limits: those that hold, in the order in which to tell of them.
    """
    for limit in limits:
        actual = count if limit.currency is None else totals.get(limit.currency, 0)
        if actual > limit.most:
            return Exceeded(limit, actual)
    return None
