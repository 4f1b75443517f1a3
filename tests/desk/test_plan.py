"""Consent, frozen."""

from dataclasses import FrozenInstanceError

import pytest

from cancel_desk.desk.plan import PlanError, PlannedRow, totals
from cancel_desk.dojo.intent import Money

from .facts import NOON, a_plan, an_id


def planned(number: int = 1, money: Money | None = None) -> PlannedRow:
    return PlannedRow(an_id(number), money, "Order 1", NOON)


def test_nothing_is_no_plan():
    with pytest.raises(PlanError):
        a_plan([])


def test_a_payment_stands_in_it_once():
    with pytest.raises(PlanError):
        a_plan([planned(1), planned(2), planned(1)])


def test_it_can_not_be_changed():
    plan = a_plan([planned()])
    with pytest.raises(FrozenInstanceError):
        plan.rows = ()
    with pytest.raises(FrozenInstanceError):
        plan.rows[0].intent_id = an_id(2)


def test_each_is_a_run_of_its_own():
    plan = a_plan([planned()])
    again = type(plan)(
        rows=plan.rows,
        profile=plan.profile,
        environment=plan.environment,
        key_hint=plan.key_hint,
        operator=plan.operator,
        reason=plan.reason,
        made_at=plan.made_at,
    )
    third = type(plan)(**{name: getattr(again, name) for name in plan.__slots__[:-1]})
    assert again.run_id != third.run_id


def test_totals_are_by_currency():
    plan = a_plan(
        [
            planned(1, Money(1000, "GBP")),
            planned(2, Money(250, "EUR")),
            planned(3),
            planned(4, Money(5, "GBP")),
        ]
    )
    assert plan.totals() == {"GBP": 1005, "EUR": 250}
    assert totals([]) == {}
