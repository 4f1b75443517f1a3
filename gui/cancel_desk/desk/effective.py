"""What holds: the policy over the operator's choice over the defaults."""

from dataclasses import dataclass, replace
from enum import StrEnum

from cancel_desk.desk.limits import Limit
from cancel_desk.desk.policy import Policy, PolicyError
from cancel_desk.desk.profiles import Environment
from cancel_desk.desk.settings import ReasonRule, Settings


class Source(StrEnum):
    """Where a value comes from."""

    POLICY = "policy"
    OPERATOR = "operator"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Effective:
    """What holds: the operator's choice within the policy."""

    chosen: Settings
    policy: Policy

    @property
    def settings(self) -> Settings:
        """The values that hold."""
        own, bound = self.chosen, self.policy
        return replace(
            own,
            speed=min(own.speed, bound.speed, key=lambda speed: speed.in_flight),
            most_payments=_smaller(own.most_payments, bound.most_payments),
            most_totals={
                currency: min(most, bound.most_totals.get(currency, most))
                for currency, most in {**bound.most_totals, **own.most_totals}.items()
            },
            retention_months=max(own.retention_months, bound.retention_months),
            reason=ReasonRule.REQUIRED
            if ReasonRule.REQUIRED in (own.reason, bound.reason)
            else ReasonRule.OFFERED,
            proxy=bound.proxy or own.proxy,
            theme=bound.theme or own.theme,
            text_size=bound.text_size or own.text_size,
        )

    def source(self, name: str) -> Source:
        """Tell where the value of a setting comes from.

        Where it is the policy, the operator can't have it any looser. `most_totals` has a value,
        and a source, for each currency: see `total_source`.
        """
        value = getattr(self.settings, name)
        if self.policy.sets(name) and value == getattr(self.policy, name):
            return Source.POLICY
        return Source.DEFAULT if value == getattr(Settings(), name) else Source.OPERATOR

    def total_source(self, currency: str) -> Source:
        """Tell where the limit of a currency comes from."""
        most = self.settings.most_totals.get(currency)
        if most is None:
            return Source.DEFAULT
        is_bound = most == self.policy.most_totals.get(currency)
        return Source.POLICY if is_bound else Source.OPERATOR

    @property
    def limits(self) -> tuple[Limit, ...]:
        """All limits of a run, the policy's first: about one of those there is nothing to do."""
        return (*_limits(self.policy, by_policy=True), *_limits(self.chosen, by_policy=False))

    def needs_reason(self, environment: Environment) -> bool:
        """Tell whether a run there needs a reason."""
        return environment is Environment.LIVE or self.settings.reason is ReasonRule.REQUIRED

    def refuses_run(self, environment: Environment) -> PolicyError | None:
        """Return why no run at all may be made there; None where it may."""
        return self.policy.error if environment is Environment.LIVE else None


def _smaller(one: int | None, other: int | None) -> int | None:
    return min((limit for limit in (one, other) if limit is not None), default=None)


def _limits(source: Settings | Policy, by_policy: bool) -> list[Limit]:
    limits = [Limit(most, currency, by_policy) for currency, most in source.most_totals.items()]
    if source.most_payments is not None:
        limits.insert(0, Limit(source.most_payments, by_policy=by_policy))
    return limits
