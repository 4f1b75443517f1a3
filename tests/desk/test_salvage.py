"""A journal that can't be used any more still names the payments it was about."""

import random

import pytest

from cancel_desk.desk.files import set_aside
from cancel_desk.desk.journal_file import JournalFile
from cancel_desk.desk.journals import Journals
from cancel_desk.desk.salvage import BESIDE, salvage

from .facts import an_id as a_sandbox_id
from .stories import KEY, NOON, an_id, story


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.sqlite"


def test_ids_are_found_in_whatever_is_left(path):
    path.write_bytes(
        b'\0\xff"'
        + an_id(7).encode()
        + b'"\x80pi_too_short "x'
        + a_sandbox_id(1).encode()
        + b"\xe2 "
        + a_sandbox_id(2).encode()
        + b"\0"
        + an_id(7).encode()
    )
    assert salvage(path) == (an_id(7), a_sandbox_id(2))


def test_also_in_what_had_not_come_into_the_file_itself(path):
    journal = JournalFile(path, KEY)
    for event in story(rows=4):
        journal.append(event)
    assert salvage(path) == tuple(an_id(n) for n in range(4))
    journal.close()


def test_nothing_is_found_in_nothing(path):
    path.write_bytes(b"")
    assert salvage(path) == ()
    with pytest.raises(FileNotFoundError):
        salvage(path.with_name("never was"))


def test_what_was_sent_for_is_found_in_a_file_that_was_set_aside(path):
    journal = JournalFile(path, KEY)
    for event in story(rows=3_000):
        journal.append(event)
    journal.close()
    content = bytearray(path.read_bytes())
    chance = random.Random(7)
    content[:100] = chance.randbytes(100)
    path.write_bytes(content)
    journals = Journals(path, lambda: KEY, lambda: NOON)
    opened = journals.open()
    journals.close()
    found = salvage(opened.set_aside)
    assert {an_id(n) for n in range(3)} <= set(found)
    assert len(found) > 2_900
    assert set(found) <= {an_id(n) for n in range(3_000)}


def test_what_lies_beside_a_file_is_set_aside_under_the_same_name(path):
    for ending, content in (("", b"main"), ("-wal", an_id(5).encode())):
        path.with_name(path.name + ending).write_bytes(content)
    aside = set_aside(path, BESIDE)
    assert salvage(aside) == (an_id(5),)
    assert aside.read_bytes() == b"main"
    assert not list(path.parent.glob("journal.sqlite*"))
