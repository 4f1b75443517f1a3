"""Payments counted one by one come to what they come to at once."""

from hypothesis import given
from hypothesis import strategies as st

from cancel_desk.desk.plan import totals
from cancel_desk.desk.tally import Tally
from cancel_desk.dojo.intent import Money

AMOUNTS = st.none() | st.builds(Money, st.integers(-500, 500), st.sampled_from(["GBP", "EUR"]))
STEPS = st.lists(st.tuples(st.sampled_from("abcd"), st.one_of(AMOUNTS, st.just("drop"))))


@given(STEPS)
def test_it_is_what_adding_them_up_anew_gives(steps):
    tally, counted = Tally(), {}
    for name, step in steps:
        if step == "drop":
            tally.drop(name)
            counted.pop(name, None)
        else:
            tally.put(name, step)
            counted[name] = step
        assert len(tally) == len(counted)
        assert tally.totals == totals(counted.values())
        assert Tally(counted.items()).totals == tally.totals


def test_a_currency_of_which_nothing_is_left_is_not_named():
    tally = Tally([("a", Money(500, "EUR")), ("b", Money(0, "GBP"))])
    tally.drop("a")
    assert tally.totals == {"GBP": 0}
