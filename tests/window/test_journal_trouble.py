"""A journal that fails in the middle of a run: what was sent is shown, and that it is not kept."""

from cancel_desk.desk.events import Answered
from cancel_desk.desk.journal import JournalError
from cancel_desk.desk.journal_file import JournalFile

from .driver import STATE_COLUMN


def test_an_answer_that_can_not_be_kept_is_told_and_ends_the_run(open_shop, shop, monkeypatch):
    desk = open_shop(in_flight=1)
    append = JournalFile.append

    def fail(journal, event):
        if isinstance(event, Answered):
            raise JournalError("database or disk is full")
        append(journal, event)

    monkeypatch.setattr(JournalFile, "append", fail)
    ids = [shop.create(reference=f"Order {n}") for n in range(3)]
    desk.load(ids)
    desk.confirm()
    desk.wait(lambda: desk.is_shown("summaryPanel"))
    assert list(desk.states.values()) == ["Cancelled", "Not sent", "Not sent"]
    assert sum(shop.deletes_by_id().values()) == 1
    assert "not recorded" in desk.cell(0, STATE_COLUMN).data()
    assert "Sent, not recorded: 1" in desk.everything
    desk.highlight(ids[0])
    assert "could not be written to the journal" in desk.details
