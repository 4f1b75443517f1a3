"""The list on disk: what comes back is what was worth keeping, whatever happens to the file."""

import stat

import pytest

from cancel_desk.desk.batch import Batch, planned_rows
from cancel_desk.desk.events import AttemptStarted, Checked, CheckStarted, PlanMade
from cancel_desk.desk.intake.find_ids import Found
from cancel_desk.desk.intake.readers import Place
from cancel_desk.desk.kept_list import KeptLists, Listed, listed

from .facts import NOON, RUN, a_plan, an_id, intent

SHOP, OTHER = "b" * 32, "c" * 32
ROWS = (
    Listed(an_id(1), (Place("“Übersicht”\n.csv", 3, 2), Place("", 1)), False, False),
    Listed(an_id(2), (), True, True),
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "lists"


@pytest.fixture
def lists(folder):
    return KeptLists(folder)


@pytest.fixture
def batch():
    batch = Batch()
    batch.add(Found(an_id(number), (Place("", number),), False) for number in range(1, 7))
    return batch


def check(batch, number, status):
    answer = intent(status, intent_id=an_id(number))
    batch.apply(
        [
            CheckStarted(at=NOON, intent_id=an_id(number)),
            Checked(at=NOON, intent_id=an_id(number), answer=answer),
        ]
    )


def test_a_list_comes_back_as_it_was(lists):
    lists.save(SHOP, ROWS)
    assert lists.load(SHOP) == ROWS
    assert lists.load(OTHER) == ()


def test_only_this_user_may_read_it(lists, folder):
    lists.save(SHOP, ROWS)
    [file] = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_empty_list_leaves_nothing_behind(lists, folder):
    lists.save(SHOP, ROWS)
    lists.save(SHOP, ())
    lists.save(OTHER, ())
    assert lists.load(SHOP) == ()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: "\n".join(text.splitlines()[:-1]),
        lambda text: text.replace('"version": 1', '"version": 2'),
        lambda text: text.replace(an_id(1), "pi_../accounts"),
        lambda text: text.replace("unticked", "ticked"),
        lambda text: "[" * 100_000,
    ],
    ids=["empty", "cut", "a line less", "newer", "no id", "another field", "deep"],
)
def test_a_file_that_is_not_as_written_is_set_aside(lists, folder, damage):
    lists.save(SHOP, ROWS)
    [file] = folder.iterdir()
    damaged = damage(file.read_text(encoding="utf-8"))
    file.write_text(damaged, encoding="utf-8")
    assert lists.load(SHOP) == ()
    [aside] = folder.iterdir()
    assert aside != file
    assert aside.read_text(encoding="utf-8") == damaged


def test_what_is_done_with_and_what_is_in_a_run_is_not_kept(batch):
    check(batch, 1, "Canceled")
    for number in (2, 3, 4):
        check(batch, number, "Created")
    check(batch, 5, "Captured")
    rows = planned_rows([batch.row(an_id(number)) for number in (2, 3)])
    batch.apply(
        [
            PlanMade(at=NOON, plan=a_plan(rows)),
            AttemptStarted(at=NOON, intent_id=an_id(2), run_id=RUN, number=1),
        ]
    )
    assert [row.intent_id for row in listed(batch.rows, batch.unticked)] == [
        an_id(4),
        an_id(5),
        an_id(6),
    ]


def test_a_tick_that_was_taken_away_is_remembered(batch):
    for number in (1, 2):
        check(batch, number, "Created")
    batch.tick([batch.row(an_id(1))], on=False)
    assert [row.unticked for row in listed(batch.rows, batch.unticked)][:2] == [True, False]
