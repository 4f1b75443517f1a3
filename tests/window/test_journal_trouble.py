"""A journal that fails in the middle of a run: what was sent is shown, and that it is not kept."""

import pytest

from cancel_desk.desk.events import Answered
from cancel_desk.desk.journal import JournalError
from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.desk.profiles import Profiles
from cancel_desk.dojo.key import ApiKey
from cancel_desk.practice import PracticeServer

from .driver import STATE_COLUMN


@pytest.fixture
def shop():
    with PracticeServer() as server:
        yield server


@pytest.fixture
def desk(open_window, shop, drawer, tmp_path):
    key = ApiKey(shop.key)
    profiles = Profiles(tmp_path / "data" / "profiles.json")
    profile = profiles.add("Leeds", key, verified=True)
    profiles.use(profile.id)
    drawer.save(profile.id, key)
    return open_window(base_url=shop.url, start_in_practice=False, in_flight=1)


def test_an_answer_that_can_not_be_kept_is_told_and_ends_the_run(desk, shop, monkeypatch):
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
