"""When an intent whose fate is not known is read."""

from cancel_desk.desk.row import MAX_SENDS, READS_APART, State
from cancel_desk.desk.settle import LATER_WAIT, is_patience_over, wait_before
from cancel_desk.dojo.problem import Kind

from .facts import Story, intent


def read_until_patience_is_over(story: Story) -> None:
    while story.row.state is State.UNKNOWN and not is_patience_over(story.row.reads):
        story.read(intent(), after=wait_before(story.row.reads))


def test_a_run_waits_long_enough_for_two_reads_that_count():
    story = Story().unknown()
    read_until_patience_is_over(story)
    assert story.row.state is State.WAITING


def test_a_run_learns_of_all_three_sends_that_they_had_no_effect():
    story = Story().waiting()
    for _ in range(MAX_SENDS):
        story.read(intent())
        story.attempt()
        story.answer(Kind.NO_ANSWER)
        read_until_patience_is_over(story)
    assert story.row.state is State.REFUSED


def test_any_two_reads_are_far_enough_apart():
    assert all(wait_before(read) >= READS_APART.total_seconds() for read in range(1, 9))


def test_reads_that_fail_use_patience_up_and_a_network_that_is_down_does_not():
    story = Story().unknown()
    for _ in range(9):
        story.read(Kind.UNREACHABLE, after=2)
    assert not is_patience_over(story.row.reads)
    while not is_patience_over(story.row.reads):
        story.read(Kind.SERVER_ERROR, after=wait_before(story.row.reads))
    assert story.row.state is State.UNKNOWN


def test_after_that_it_is_read_for_ever_at_leisure():
    assert [wait_before(read) for read in (4, 5, 1000)] == [LATER_WAIT] * 3
