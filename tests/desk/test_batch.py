"""The batch: what is in it, what is ticked, and what facts do to it."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cancel_desk.desk.batch import Batch, planned_rows, to_pay
from cancel_desk.desk.events import (
    Answered,
    AttemptStarted,
    Checked,
    CheckStarted,
    EndReason,
    PauseReason,
    PlanMade,
    ReadBack,
    RunEnded,
    RunPaused,
)
from cancel_desk.desk.intake.find_ids import Found
from cancel_desk.desk.intake.readers import Place
from cancel_desk.desk.row import IllegalTransitionError, State
from cancel_desk.dojo.intent import Money
from cancel_desk.dojo.problem import Kind, Problem

from .facts import NOON, RUN, Story, a_plan, an_id, intent


def found(number: int, *lines: int, hint: bool = False) -> Found:
    return Found(an_id(number), tuple(Place("", line) for line in lines or (number,)), hint)


def checked(number: int, status: str = "Created") -> list[object]:
    answer = intent(status, intent_id=an_id(number))
    return [
        CheckStarted(at=NOON, intent_id=an_id(number)),
        Checked(at=NOON, intent_id=an_id(number), answer=answer),
    ]


def attempted(number: int, run_id: str = RUN) -> AttemptStarted:
    return AttemptStarted(at=NOON, intent_id=an_id(number), run_id=run_id, number=1)


def answered(number: int, answer=None, run_id: str = RUN) -> Answered:
    answer = answer or intent("Canceled", intent_id=an_id(number))
    return Answered(at=NOON, intent_id=an_id(number), run_id=run_id, answer=answer)


def ended(run_id: str = RUN) -> RunEnded:
    return RunEnded(at=NOON, run_id=run_id, reason=EndReason.STOPPED)


def plan_made(batch: Batch, *numbers: int, run_id: str = RUN) -> PlanMade:
    rows = planned_rows([batch.row(an_id(number)) for number in numbers])
    return PlanMade(at=NOON, plan=a_plan(rows, run_id))


def states(batch: Batch) -> list[State]:
    return [row.state for row in batch.rows]


@pytest.fixture
def batch() -> Batch:
    """Four payments: three can be cancelled, one was paid."""
    batch = Batch()
    batch.add(found(number) for number in (1, 2, 3, 4))
    for number in (1, 2, 3):
        batch.apply(checked(number))
    batch.apply(checked(4, "Captured"))
    return batch


class TestAdding:
    def test_the_order_is_that_of_coming(self):
        batch = Batch()
        assert batch.add([found(2), found(1)]) == [an_id(2), an_id(1)]
        assert batch.add([found(3)]) == [an_id(3)]
        assert [row.intent_id for row in batch.rows] == [an_id(2), an_id(1), an_id(3)]
        assert len(batch) == 3
        assert an_id(1) in batch
        assert an_id(4) not in batch

    def test_what_is_there_only_gets_the_new_places(self):
        batch = Batch()
        batch.add([found(1, 1, 5)])
        assert batch.add([found(1, 5, 7), found(2)]) == [an_id(2)]
        assert [place.line for place in batch.row(an_id(1)).places] == [1, 5, 7]

    def test_many_places_take_no_time(self):
        batch = Batch()
        batch.add([found(1, *range(20_000))])
        batch.add([found(1, *range(10_000, 40_000))])
        assert len(batch.row(an_id(1)).places) == 40_000

    def test_a_hint_that_an_id_was_cut_is_kept(self):
        batch = Batch()
        batch.add([found(1, hint=True), found(2)])
        assert [row.may_be_cut for row in batch.rows] == [True, False]

    def test_an_unknown_id_has_no_row(self):
        with pytest.raises(KeyError):
            Batch().row(an_id())


class TestTicks:
    def test_ready_rows_are_ticked_by_themselves(self, batch):
        assert [row.intent_id for row in batch.ticked()] == [an_id(1), an_id(2), an_id(3)]

    def test_a_row_that_can_not_be_cancelled_can_not_be_ticked(self, batch):
        batch.tick(batch.rows)
        assert not batch.is_ticked(batch.row(an_id(4)))

    def test_a_tick_can_be_taken_back_and_stays_back(self, batch):
        batch.tick([batch.row(an_id(2))], on=False)
        batch.apply(checked(1))
        assert [row.intent_id for row in batch.ticked()] == [an_id(1), an_id(3)]

    def test_in_a_run_nothing_is_ticked(self, batch):
        batch.apply([plan_made(batch, 1, 2)])
        assert [row.intent_id for row in batch.ticked()] == [an_id(3)]

    def test_what_was_not_sent_may_be_ticked_but_is_not_by_itself(self, batch):
        batch.apply([plan_made(batch, 1, 2), ended()])
        assert [row.intent_id for row in batch.ticked()] == [an_id(3)]
        batch.tick([batch.row(an_id(1))])
        assert [row.intent_id for row in batch.ticked()] == [an_id(1), an_id(3)]


class TestRemoving:
    def test_removed_rows_are_gone_from_everything(self, batch):
        assert batch.remove([an_id(1), an_id(4), an_id(9)]) == 2
        assert [row.intent_id for row in batch.rows] == [an_id(2), an_id(3)]
        assert batch.row(an_id(3)) is batch.rows[1]
        assert [row.intent_id for row in batch.ticked()] == [an_id(2), an_id(3)]
        assert +batch.counts == {State.READY: 2}

    def test_rows_in_a_run_stay(self, batch):
        batch.apply([plan_made(batch, 1)])
        assert batch.remove([an_id(1), an_id(2)]) == 1
        assert an_id(1) in batch

    def test_facts_about_removed_rows_are_dropped(self, batch):
        events = [plan_made(batch, 1, 2), attempted(1), attempted(2), answered(1), answered(2)]
        batch.remove([an_id(1)])
        assert batch.apply([*events, ended()]) == [0]
        assert states(batch) == [State.CANCELLED, State.READY, State.NOT_CANCELLABLE]

    def test_what_is_removed_and_added_begins_anew(self, batch):
        batch.remove([an_id(1)])
        batch.add([found(1)])
        assert states(batch)[-1] is State.ADDED


class TestFacts:
    def test_the_rows_they_changed_are_told_in_order(self, batch):
        assert batch.apply([*checked(3), *checked(1)]) == [0, 2]
        assert batch.apply([plan_made(batch, 2, 1)]) == [0, 1]
        assert batch.apply([attempted(2), answered(2)]) == [1]
        pause = RunPaused(at=NOON, run_id=RUN, reason=PauseReason.OPERATOR)
        assert batch.apply([pause]) == []
        assert batch.apply([ended()]) == [0]
        assert states(batch)[:3] == [State.NOT_SENT, State.CANCELLED, State.READY]

    def test_the_end_of_a_run_is_the_end_of_that_run(self, batch):
        batch.apply([plan_made(batch, 1), plan_made(batch, 2, run_id="another run")])
        batch.apply([ended()])
        assert states(batch)[:2] == [State.NOT_SENT, State.WAITING]

    def test_a_fact_that_can_not_be_keeps_no_other_from_its_effect(self, batch):
        batch.apply([plan_made(batch, 1, 2, 3)])
        with pytest.raises(IllegalTransitionError):
            batch.apply([attempted(1), answered(2), attempted(3), answered(1), ended()])
        assert states(batch)[:3] == [State.CANCELLED, State.NOT_SENT, State.UNKNOWN]
        assert batch.counts == Counter(states(batch))

    def test_voiding_forgets_all_but_what_is_final_or_unknown(self, batch):
        batch.apply([plan_made(batch, 1, 2), attempted(1), answered(1)])
        batch.apply([attempted(2), answered(2, Problem(Kind.NO_ANSWER)), ended()])
        batch.void_checks()
        assert states(batch) == [State.CANCELLED, State.UNKNOWN, State.ADDED, State.ADDED]
        assert batch.ticked() == []
        assert batch.counts == Counter(states(batch))

    def test_rows_in_a_state(self, batch):
        assert batch.in_state(State.READY) == batch.rows[:3]
        assert batch.in_state(State.UNKNOWN) == []


class TestPlanning:
    def test_rows_are_frozen_as_they_are_shown(self, batch):
        rows = planned_rows(batch.rows)
        assert [row.intent_id for row in rows] == [an_id(1), an_id(2), an_id(3)]
        assert (rows[0].to_pay, rows[0].reference) == (Money(1000, "GBP"), "Order 1")
        assert rows[0].checked_at == NOON

    def test_what_would_be_paid(self, batch):
        assert to_pay(batch.rows[0]) == Money(1000, "GBP")
        batch.add([found(5)])
        assert to_pay(batch.rows[4]) is None


class TestWhoHoldsARow:
    """Holds what was known at one moment, in another thread too."""

    def test_an_event_puts_another_in_its_place(self, batch):
        held = list(batch.rows)
        batch.apply([CheckStarted(at=NOON, intent_id=an_id(1))])
        assert held[0].state is State.READY
        assert batch.row(an_id(1)).state is State.CHECKING
        assert batch.rows[1:] == held[1:]

    def test_so_do_another_key_and_another_place(self, batch):
        held = list(batch.rows)
        batch.add([found(1, 99)])
        batch.void_checks()
        assert held[0].state is State.READY
        assert Place("", 99) not in held[0].places
        assert batch.row(an_id(1)).state is State.ADDED
        assert Place("", 99) in batch.row(an_id(1)).places

    def test_what_can_t_happen_changes_nothing(self, batch):
        held = list(batch.rows)
        with pytest.raises(IllegalTransitionError):
            batch.apply([ended(), attempted(1)])
        assert batch.rows == held

    def test_and_can_only_tick_what_can_be_ticked_now(self, batch):
        held = batch.row(an_id(1))
        batch.apply([CheckStarted(at=NOON, intent_id=an_id(1))])
        batch.tick([held], on=True)
        assert not batch.is_ticked(held)


NUMBERS = st.integers(1, 4)
EVENTS = st.one_of(
    st.builds(lambda n: CheckStarted(at=NOON, intent_id=an_id(n)), NUMBERS),
    st.builds(
        lambda n, s: Checked(at=NOON, intent_id=an_id(n), answer=intent(s, intent_id=an_id(n))),
        NUMBERS,
        st.sampled_from(["Created", "Canceled", "Captured"]),
    ),
    st.builds(attempted, NUMBERS),
    st.builds(answered, NUMBERS, st.one_of(st.none(), st.sampled_from(list(Kind)).map(Problem))),
    st.builds(
        lambda n, s, later: ReadBack(
            at=NOON + timedelta(seconds=later),
            intent_id=an_id(n),
            run_id=RUN,
            answer=intent(s, intent_id=an_id(n)),
        ),
        NUMBERS,
        st.sampled_from(["Created", "Canceled", "Captured"]),
        st.integers(0, 20),
    ),
    st.just(ended()),
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.one_of(EVENTS, st.just("plan"), st.just("void")), max_size=40))
def test_counts_and_ticks_are_true_whatever_happens(steps):
    batch = Batch()
    batch.add(found(number) for number in (1, 2, 3))
    for step in steps:
        if step == "void":
            batch.void_checks()
        elif step == "plan":
            rows = planned_rows(batch.ticked())
            if rows:
                batch.apply([PlanMade(at=NOON, plan=a_plan(rows))])
        else:
            try:
                batch.apply([step])
            except IllegalTransitionError:
                continue
        assert +batch.counts == Counter(states(batch))
        assert all(row.may_be_planned for row in batch.ticked())


class TestTicksTakenAway:
    """A tick that the operator took away does not come back by itself."""

    @pytest.fixture
    def batch(self):
        batch = Batch()
        batch.add([found(1), found(2)])
        batch.apply(checked(1) + checked(2))
        batch.tick([batch.row(an_id(1))], on=False)
        return batch

    def test_when_it_is_checked_again(self, batch):
        batch.apply(checked(1) + checked(2))
        assert batch.ticked() == [batch.row(an_id(2))]

    def test_until_it_is_ticked_by_hand(self, batch):
        batch.tick([batch.row(an_id(1))])
        batch.apply(checked(1))
        assert len(batch.ticked()) == 2

    def test_but_a_row_that_is_removed_begins_anew(self, batch):
        batch.remove([an_id(1)])
        batch.add([found(1)])
        batch.apply(checked(1))
        assert len(batch.ticked()) == 2

    def test_also_when_it_was_said_of_a_list_of_an_earlier_program(self):
        batch = Batch()
        batch.add([found(1), found(2)])
        batch.leave_unticked([an_id(1), an_id(3)])
        batch.apply(checked(1) + checked(2))
        assert batch.ticked() == [batch.row(an_id(2))]


class TestRowsOfAnEarlierProgram:
    @pytest.fixture
    def unknown(self):
        return Story().unknown().row

    def test_take_the_place_of_what_was_only_looked_at(self, unknown):
        batch = Batch()
        batch.add([found(1, 7), found(2)])
        batch.apply(checked(1))
        assert batch.restore([unknown]) == []
        assert [row.state for row in batch.rows] == [State.UNKNOWN, State.ADDED]
        assert batch.row(an_id(1)).places == (Place("", 7),)
        assert not batch.ticked()

    def test_wait_while_the_payment_is_being_checked(self, unknown):
        batch = Batch()
        batch.add([found(1)])
        start, end = checked(1)
        batch.apply([start])
        assert batch.restore([unknown]) == [unknown]
        assert batch.row(an_id(1)).state is State.CHECKING
        batch.apply([end])
        assert batch.restore([unknown]) == []
        assert batch.row(an_id(1)) is unknown

    def test_are_dropped_where_this_program_knows_more(self, unknown):
        batch = Batch()
        batch.add([found(1)])
        batch.apply(checked(1))
        batch.apply([plan_made(batch, 1), attempted(1), answered(1)])
        assert batch.restore([unknown]) == []
        assert batch.row(an_id(1)).state is State.CANCELLED
