"""The life of a row: every arrow by example, and that nothing else can happen."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from cancel_desk.desk.events import (
    Answered,
    AttemptStarted,
    Checked,
    CheckStarted,
    EndReason,
    Event,
    NotSent,
    PlanMade,
    ReadBack,
    RunEnded,
    RunResumed,
)
from cancel_desk.desk.plan import PlannedRow
from cancel_desk.desk.row import (
    FRESH_FOR,
    MAX_SENDS,
    MAY_BECOME,
    READS_APART,
    IllegalTransitionError,
    Row,
    State,
)
from cancel_desk.dojo.intent import Intent
from cancel_desk.dojo.problem import Kind, Problem

from .facts import (
    CLEAR_NO,
    FAILED_READ,
    NEVER_LEFT,
    NO_CLEAR_ANSWER,
    NOON,
    RUN,
    Story,
    a_plan,
    an_id,
    intent,
)

Then = Callable[[Story], object]


def example(beginning: Then, step: Then) -> tuple[Then, Then]:
    return beginning, step


# One example of each arrow: what comes before, and the fact that makes it.
EXAMPLES: dict[tuple[State, State], tuple[Then, Then]] = {
    (State.ADDED, State.CHECKING): example(lambda s: s, lambda s: s.begin_check()),
    **{
        (State.CHECKING, becomes): example(
            lambda s: s.begin_check(), lambda s, answer=answer: s.end_check(answer)
        )
        for becomes, answer in {
            State.READY: intent("Created"),
            State.NOT_CANCELLABLE: intent("Captured"),
            State.ALREADY_CANCELLED: intent("Canceled"),
            State.NOT_FOUND: Problem(Kind.NOT_FOUND),
            State.COULDNT_CHECK: Problem(Kind.NO_ANSWER),
        }.items()
    },
    (State.CHECKING, State.CANCELLED): example(
        lambda s: (s.unknown(), s.end(), s.begin_check()),
        lambda s: s.end_check(intent("Canceled")),
    ),
    (State.CHECKING, State.UNKNOWN): example(
        lambda s: (s.unknown(), s.end(), s.begin_check()),
        lambda s: s.end_check(Problem(Kind.UNREACHABLE)),
    ),
    **{
        (state, State.CHECKING): example(
            lambda s, answer=answer: s.check(answer), lambda s: s.begin_check()
        )
        for state, answer in {
            State.READY: intent("Created"),
            State.NOT_CANCELLABLE: intent("Refunded"),
            State.ALREADY_CANCELLED: intent("Canceled"),
            State.NOT_FOUND: Problem(Kind.NOT_FOUND),
            State.COULDNT_CHECK: Problem(Kind.KEY_REFUSED),
        }.items()
    },
    (State.READY, State.WAITING): example(lambda s: s.ready(), lambda s: s.plan()),
    (State.WAITING, State.CANCELLING): example(lambda s: s.waiting(), lambda s: s.attempt()),
    (State.WAITING, State.CHANGED): example(
        lambda s: s.waiting(), lambda s: s.read(intent(amount=1001))
    ),
    (State.WAITING, State.PAID_MEANWHILE): example(
        lambda s: s.waiting(), lambda s: s.read(intent("Captured"))
    ),
    (State.WAITING, State.ALREADY_CANCELLED): example(
        lambda s: s.waiting(), lambda s: s.read(intent("Canceled"))
    ),
    (State.WAITING, State.CANCELLED): example(
        lambda s: s.without_effect(), lambda s: s.read(intent("Canceled"))
    ),
    (State.WAITING, State.NOT_FOUND): example(
        lambda s: s.waiting(), lambda s: s.read(Kind.NOT_FOUND)
    ),
    (State.WAITING, State.NOT_SENT): example(lambda s: s.waiting(), lambda s: s.end()),
    (State.CHANGED, State.CHECKING): example(
        lambda s: (s.waiting(), s.read(intent(reference="Order 2"))), lambda s: s.begin_check()
    ),
    (State.CANCELLING, State.CANCELLED): example(
        lambda s: s.cancelling(), lambda s: s.answer(intent("Canceled"))
    ),
    (State.CANCELLING, State.REFUSED): example(lambda s: s.told_no(), lambda s: s.read(intent())),
    (State.CANCELLING, State.PAID_MEANWHILE): example(
        lambda s: s.told_no(), lambda s: s.read(intent("Authorized"))
    ),
    (State.CANCELLING, State.NOT_FOUND): example(
        lambda s: s.told_no(), lambda s: s.read(Kind.NOT_FOUND)
    ),
    (State.CANCELLING, State.WAITING): example(
        lambda s: s.cancelling(), lambda s: s.answer(Kind.RATE_LIMITED)
    ),
    (State.CANCELLING, State.UNKNOWN): example(
        lambda s: s.cancelling(), lambda s: s.answer(Kind.NO_ANSWER)
    ),
    (State.UNKNOWN, State.CANCELLED): example(
        lambda s: s.unknown(), lambda s: s.read(intent("Canceled"))
    ),
    (State.UNKNOWN, State.PAID_MEANWHILE): example(
        lambda s: s.unknown(), lambda s: s.read(intent("Something new"))
    ),
    (State.UNKNOWN, State.REFUSED): example(
        lambda s: (s.told_no(), s.read(Kind.NO_ANSWER)), lambda s: s.read(intent())
    ),
    (State.UNKNOWN, State.NOT_FOUND): example(
        lambda s: s.unknown(), lambda s: s.read(Kind.NOT_FOUND)
    ),
    (State.UNKNOWN, State.WAITING): example(
        lambda s: (s.unknown(), s.read(intent(), after=2)), lambda s: s.read(intent(), after=10)
    ),
    (State.UNKNOWN, State.CHECKING): example(
        lambda s: (s.unknown(), s.end()), lambda s: s.begin_check()
    ),
    (State.REFUSED, State.CHECKING): example(
        lambda s: (s.told_no(), s.read(intent())), lambda s: s.begin_check()
    ),
    (State.PAID_MEANWHILE, State.CHECKING): example(
        lambda s: (s.waiting(), s.read(intent("Captured"))), lambda s: s.begin_check()
    ),
    (State.NOT_SENT, State.CHECKING): example(
        lambda s: (s.waiting(), s.end()), lambda s: s.begin_check()
    ),
    (State.NOT_SENT, State.WAITING): example(
        lambda s: (s.waiting(), s.end()), lambda s: s.plan(run_id="another run")
    ),
}


@pytest.mark.parametrize(
    ("before", "after"), EXAMPLES, ids=[f"{before} to {after}" for before, after in EXAMPLES]
)
def test_an_arrow(before, after):
    beginning, step = EXAMPLES[before, after]
    story = Story()
    beginning(story)
    assert story.row.state is before
    step(story)
    assert story.row.state is after


def test_these_are_all_the_arrows_there_are():
    assert set(EXAMPLES) == {(old, new) for old, after in MAY_BECOME.items() for new in after}
    assert set(MAY_BECOME) == set(State)


def test_only_cancelled_is_final():
    assert [state for state, after in MAY_BECOME.items() if not after] == [State.CANCELLED]


@pytest.mark.parametrize("kind", NEVER_LEFT)
def test_a_send_that_never_left_is_none(kind):
    story = Story().cancelling()
    story.answer(kind)
    assert (story.row.state, story.row.sends, story.row.attempted) == (State.WAITING, 0, False)
    story.read(intent("Canceled"))
    assert story.row.state is State.ALREADY_CANCELLED  # not by us


@pytest.mark.parametrize("kind", CLEAR_NO)
def test_after_a_clear_no_a_read_tells_what_is_true(kind):
    story = Story().cancelling()
    story.answer(Problem(kind, detail="no"))
    assert story.row.state is State.CANCELLING
    story.read(intent())
    assert story.row.state is State.REFUSED
    assert story.row.refusal == Problem(kind, detail="no")


def test_a_no_to_a_cancel_that_had_effect_is_a_cancel():
    story = Story().told_no()
    story.read(intent("Canceled"))
    assert story.row.state is State.CANCELLED


@pytest.mark.parametrize("kind", NO_CLEAR_ANSWER)
def test_without_a_clear_answer_it_is_unknown(kind):
    story = Story().cancelling()
    story.answer(kind)
    assert story.row.state is State.UNKNOWN


@pytest.mark.parametrize("kind", FAILED_READ)
def test_a_read_that_fails_changes_no_mind(kind):
    for story in (Story().waiting(), Story().unknown()):
        before = story.row.state
        story.read(kind)
        assert story.row.state is before
        assert story.row.reads == (kind is not Kind.UNREACHABLE)


@pytest.mark.parametrize("kind", FAILED_READ)
def test_after_a_no_a_read_that_fails_leaves_it_unknown(kind):
    story = Story().told_no()
    story.read(kind)
    assert story.row.state is State.UNKNOWN


def test_one_read_that_says_created_proves_nothing():
    story = Story().unknown()
    story.read(intent(), after=2)
    story.read(intent(), after=9.9)
    assert story.row.state is State.UNKNOWN
    story.read(intent(), after=0.1)
    assert story.row.state is State.WAITING


def test_reads_before_the_clock_was_set_back_count_anew():
    story = Story().unknown()
    story.read(intent(), after=2)
    story.read(intent(), after=-3600)
    story.read(intent(), after=9)
    assert story.row.state is State.UNKNOWN
    story.read(intent(), after=1)
    assert story.row.state is State.WAITING


def test_outside_a_run_nothing_waits():
    story = Story().unknown()
    story.end()
    story.read(intent(), after=300)
    story.read(intent(), after=300)
    assert story.row.state is State.UNKNOWN


def test_three_sends_without_effect_are_a_refusal():
    story = Story().without_effect()
    for _ in range(MAX_SENDS - 1):
        story.attempt()
        story.answer(Kind.NO_ANSWER)
        story.read(intent(), after=2)
        story.read(intent(), after=10)
    assert (story.row.state, story.row.sends) == (State.REFUSED, MAX_SENDS)


def test_a_rate_limit_counts_as_a_send():
    story = Story().waiting()
    for sends in (1, 2):
        story.attempt()
        story.answer(Kind.RATE_LIMITED)
        assert (story.row.state, story.row.sends) == (State.WAITING, sends)
    story.attempt()
    story.answer(Kind.RATE_LIMITED)
    assert story.row.state is State.CANCELLING
    story.read(intent())
    assert story.row.state is State.REFUSED


def test_a_new_run_may_send_three_times_again():
    story = Story().waiting()
    story.attempt()
    story.answer(Kind.RATE_LIMITED)
    story.end()
    story.plan(run_id="another run")
    assert (story.row.sends, story.row.attempts) == (0, 1)
    story.attempt()
    assert (story.row.sends, story.row.attempts) == (1, 2)


@pytest.mark.parametrize("changed", [{"amount": 999}, {"reference": "B"}, {"reference": None}])
def test_what_was_not_confirmed_is_never_sent_again(changed):
    """It changed after a lost attempt: the reads that say Created do not make it fit to send."""
    story = Story().unknown()
    story.read(intent(**changed), after=2)
    story.read(intent(**changed), after=10)
    assert story.row.state is State.WAITING
    with pytest.raises(IllegalTransitionError):
        story.attempt()
    story.read(intent(**changed))
    assert story.row.state is State.CHANGED


def test_an_old_look_is_no_leave_to_send():
    story = Story().waiting()
    with pytest.raises(IllegalTransitionError):
        story.attempt(after=FRESH_FOR.total_seconds() + 1)
    assert story.row.sends == 0
    story.read(intent())
    story.attempt()
    assert story.row.state is State.CANCELLING


def test_a_look_in_the_future_is_no_leave_to_send():
    story = Story().waiting()
    with pytest.raises(IllegalTransitionError):
        story.attempt(after=-1)


class TestUnknownAfterTheRun:
    """What the operator may do when a run is over and the fate of an attempt is not known."""

    @pytest.fixture
    def story(self):
        story = Story().unknown()
        story.end()
        return story

    def test_it_goes_on_being_read(self, story):
        story.read(intent("Canceled"), after=300)
        assert story.row.state is State.CANCELLED

    def test_a_check_too_soon_leaves_it_unknown(self, story):
        story.check(intent(), after=1)
        assert story.row.state is State.UNKNOWN
        story.check(intent(), after=9)
        assert story.row.state is State.UNKNOWN
        story.check(intent(), after=1)
        assert story.row.state is State.READY

    def test_reads_before_count_for_a_check(self, story):
        story.read(intent(), after=2)
        story.check(intent(), after=10)
        assert story.row.state is State.READY

    def test_a_check_that_fails_leaves_it_unknown(self, story):
        story.check(Problem(Kind.NO_ANSWER))
        assert story.row.state is State.UNKNOWN

    def test_after_a_no_one_check_is_enough(self):
        story = Story().told_no()
        story.end()
        assert story.row.state is State.UNKNOWN
        story.check(intent())
        assert story.row.state is State.READY

    def test_it_is_not_voided(self, story):
        with pytest.raises(IllegalTransitionError):
            story.row.void()


class TestEndOfRun:
    def test_what_waits_is_not_sent_and_earlier_trouble_is_not_why(self):
        story = Story().waiting()
        story.read(Kind.SERVER_ERROR)
        story.end()
        assert (story.row.state, story.row.problem) == (State.NOT_SENT, None)
        assert not story.row.in_run

    def test_what_is_given_up_keeps_its_reason(self):
        story = Story().waiting()
        story.not_sent(Kind.WRONG_ENVIRONMENT)
        assert story.row.problem == Problem(Kind.WRONG_ENVIRONMENT)
        assert not story.row.in_run

    def test_what_was_being_sent_is_unknown_and_was_attempted(self):
        story = Story().cancelling()
        story.end()
        assert (story.row.state, story.row.attempted) == (State.UNKNOWN, True)
        assert not story.row.in_run

    def test_it_comes_once(self):
        story = Story().unknown()
        story.end()
        with pytest.raises(IllegalTransitionError):
            story.end()


def test_in_a_run_nothing_is_checked():
    for story in (Story().waiting(), Story().cancelling(), Story().unknown()):
        assert not story.row.may_be_checked
        with pytest.raises(IllegalTransitionError):
            story.begin_check()


def test_voiding_forgets_what_another_key_said_and_nothing_that_was_done():
    story = Story().told_no()
    story.read(intent())
    done = story.row.events
    story.row.void()
    assert story.row.state is State.ADDED
    assert (story.row.intent, story.row.read_at, story.row.problem) == (None, None, None)
    assert story.row.events == done
    assert story.row.attempted


@pytest.mark.parametrize("beginning", [Story.waiting, Story.cancelling, Story.begin_check])
def test_what_is_under_way_is_not_voided(beginning):
    story = Story()
    beginning(story)
    with pytest.raises(IllegalTransitionError):
        story.row.void()


def test_the_timeline_has_every_fact_that_says_something():
    story = Story().told_no()
    story.read(intent())
    kinds = [type(event) for event in story.row.events]
    assert kinds == [Checked, PlanMade, AttemptStarted, Answered, ReadBack]


# Facts in any order: those that can come next, and among them some that can't.

ANY_STATUS = st.sampled_from(["Created", "Created", "Canceled", "Captured", "Something new"])
ITS_OWN = st.builds(intent, ANY_STATUS, amount=st.sampled_from([1000, 1000, 1000, 1]))
PROBLEMS = st.sampled_from(list(Kind)).map(Problem)
ANSWERS = st.one_of(ITS_OWN, PROBLEMS)
ANOTHERS = st.builds(intent, ANY_STATUS, intent_id=st.just(an_id(2)))
SECONDS = st.sampled_from([-30.0, 0.1, 2.0, 9.0, 10.0, 61.0])


def facts(now: datetime, run_id: str) -> st.SearchStrategy[Event]:
    """Any fact at all, about this payment or another, of this run or another."""
    ids = st.sampled_from([an_id(), an_id(), an_id(2)])
    runs = st.sampled_from([run_id, run_id, "another run"])
    answers = st.one_of(ANSWERS, ANOTHERS)
    row, run = {"at": st.just(now), "intent_id": ids}, {"at": st.just(now), "run_id": runs}
    both = {**row, **run}
    return st.one_of(
        st.builds(CheckStarted, **row),
        st.builds(Checked, **row, answer=answers),
        st.builds(AttemptStarted, **both, number=st.just(1)),
        st.builds(Answered, **both, answer=answers),
        st.builds(ReadBack, **both, answer=answers),
        st.builds(NotSent, **both, problem=PROBLEMS),
        st.builds(RunEnded, **run, reason=st.sampled_from(list(EndReason))),
        st.builds(RunResumed, **run),
    )


def snapshot(row: Row) -> dict[str, object]:
    return {name: getattr(row, name) for name in Row.__slots__}


def state_is(*states: State) -> Callable[[Callable], Callable]:
    return precondition(lambda self: self.row.state in states)


class AnythingHappens(RuleBasedStateMachine):
    """What a row takes is in the table and within the rules; what it refuses leaves no trace."""

    def __init__(self) -> None:
        super().__init__()
        self.row = Row(an_id())
        self.now = NOON
        self.runs = 0
        # By an account of our own, for the run that goes on:
        self.sent = 0
        self.unclear = False  # the last send got no clear answer
        self.created_at: list[datetime] = []  # reads since then that say Created

    @property
    def run_id(self) -> str:
        return f"{RUN} {self.runs}"

    def happens(self, event: Event) -> None:
        before, state = snapshot(self.row), self.row.state
        try:
            self.row.apply(event)
        except IllegalTransitionError:
            assert snapshot(self.row) == before
            return
        assert self.row.state is state or self.row.state in MAY_BECOME[state]
        self.note(event, before)

    def note(self, event: Event, before: dict[str, object]) -> None:
        """Hold a fact that was taken against the rules."""
        assert getattr(event, "intent_id", an_id()) == an_id()
        assert getattr(event, "run_id", self.run_id) == self.run_id
        answer = getattr(event, "answer", None)
        if isinstance(answer, Intent):
            assert answer.id == an_id()
            self.created_at += [event.at] if answer.status == "Created" else []
        if self.row.state is State.CANCELLED:
            assert isinstance(answer, Intent)
            assert answer.status == "Canceled"
            assert self.row.attempted
        match event:
            case AttemptStarted():
                assert timedelta(0) <= self.now - before["read_at"] <= FRESH_FOR
                if self.unclear:
                    assert max(self.created_at) - min(self.created_at) >= READS_APART
                assert (self.row.intent.to_pay, self.row.intent.reference) == self.confirmed
                self.sent += 1
                assert self.sent <= MAX_SENDS
                self.created_at = []
            case Answered(answer=Intent(status=status)):
                assert status == "Canceled"
            case Answered(answer=Problem(kind=kind)):
                self.sent -= kind in NEVER_LEFT
                self.unclear = kind in NO_CLEAR_ANSWER
            case RunEnded():
                assert not self.row.in_run

    @rule(seconds=SECONDS)
    def time_passes(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule(data=st.data())
    def something_happens(self, data):
        self.happens(data.draw(facts(self.now, self.run_id)))

    @initialize(likely=st.lists(st.booleans(), max_size=8), problem=PROBLEMS)
    def much_has_happened(self, likely, problem):
        for each in likely:
            self.life_goes_on(intent(amount=1), problem, "Created", each)

    @rule(answer=ANSWERS, problem=PROBLEMS, status=ANY_STATUS, likely=st.booleans())
    def life_goes_on(self, answer, problem, status, likely):
        """Let the row come one step further, as it would in the program."""
        self.now += timedelta(seconds=0.1)
        match self.row.state:
            case State.CHECKING:
                self.happens(self.of_row(Checked, answer=intent() if likely else answer))
            case State.READY | State.NOT_SENT:
                self.plan_is_made(an_id())
            case State.WAITING:
                if not likely:
                    self.happens(self.of_run(ReadBack, answer=answer))
                elif self.row.needs_look(self.now):
                    planned = intent(amount=self.row.planned.to_pay.value)
                    self.happens(self.of_run(ReadBack, answer=planned))
                self.happens(self.of_run(AttemptStarted, number=self.row.sends + 1))
            case State.CANCELLING:
                self.happens(self.of_run(Answered, answer=problem))
                self.happens(self.of_run(ReadBack, answer=answer))
            case State.UNKNOWN:
                self.happens(self.of_run(ReadBack, answer=intent() if likely else answer))
                self.now += timedelta(seconds=9 if likely else 10)
                self.happens(self.of_run(ReadBack, answer=intent(status)))
            case _:
                self.happens(self.of_row(CheckStarted))

    @state_is(State.CANCELLING)
    @rule()
    def cancel_is_confirmed(self):
        self.happens(self.of_run(Answered, answer=intent("Canceled")))

    def of_row(self, kind: type[Event], **facts: object) -> Event:
        return kind(at=self.now, intent_id=an_id(), **facts)

    def of_run(self, kind: type[Event], **facts: object) -> Event:
        return kind(at=self.now, intent_id=an_id(), run_id=self.run_id, **facts)

    @rule(intent_id=st.sampled_from([an_id(), an_id(2)]))
    def plan_is_made(self, intent_id):
        shown = self.row.intent or intent()
        read_at = self.row.read_at or self.now
        planned = PlannedRow(intent_id, shown.to_pay, shown.reference, read_at)
        plan = a_plan([planned], f"{RUN} {self.runs + 1}", self.now)
        before, state = snapshot(self.row), self.row.state
        try:
            self.row.put_in_plan(planned, PlanMade(at=self.now, plan=plan))
        except IllegalTransitionError:
            assert snapshot(self.row) == before
            return
        assert State.WAITING in MAY_BECOME[state]
        assert intent_id == an_id()
        self.runs += 1
        self.sent, self.unclear = 0, False
        self.confirmed = (shown.to_pay, shown.reference)

    @state_is(State.WAITING, State.CANCELLING, State.UNKNOWN)
    @rule()
    def run_ends(self):
        self.happens(RunEnded(at=self.now, run_id=self.run_id, reason=EndReason.STOPPED))

    @rule()
    def key_changes(self):
        before, state = snapshot(self.row), self.row.state
        try:
            self.row.void()
        except IllegalTransitionError:
            assert snapshot(self.row) == before
        else:
            assert state not in {State.CANCELLED, State.UNKNOWN, State.WAITING, State.CANCELLING}

    @invariant()
    def it_is_consistent(self):
        row = self.row
        assert row.sends == self.sent <= row.attempts
        if row.in_run:
            assert row.state in {State.WAITING, State.CANCELLING, State.UNKNOWN}
        if row.state in {State.WAITING, State.CANCELLING}:
            assert row.in_run
        assert not (row.may_be_checked and row.in_run)
        assert not (row.may_be_planned and row.in_run)


TestAnythingHappens = AnythingHappens.TestCase
TestAnythingHappens.settings = settings(
    max_examples=200, stateful_step_count=30, deadline=None, derandomize=True
)
