"""Odd files of every kind, and all that comes of each."""

import re
from pathlib import Path

import pytest

from cancel_desk.desk.intake.errors import Kind
from cancel_desk.desk.intake.find_ids import Why, find_ids
from cancel_desk.desk.intake.readers import Place, Unsupported, read_file

from .files import BOOK, CARD, CASES, KEY, Case

PLACE = re.compile(r"(?:(?P<part>.+) > )?(?:(?P<sheet>.+)!)?(?P<line>\d+)(?:C(?P<column>\d+))?")


def place(source: str, text: str) -> Place:
    at = PLACE.fullmatch(text)
    assert at, text
    column = int(at["column"]) if at["column"] else None
    return Place(source, int(at["line"]), column, at["sheet"] or "", at["part"] or "")


def written(case: Case, folder: Path) -> Path:
    path = folder / case.file
    path.write_bytes(case.data)
    return path


READABLE = [case for case in CASES if not case.refused]
REFUSED = [case for case in CASES if case.refused]


@pytest.mark.parametrize("case", READABLE, ids=[case.name for case in READABLE])
def test_what_is_in_a_file(case: Case, tmp_path: Path):
    findings = find_ids(read_file(written(case, tmp_path)))
    source = case.file.replace(KEY, "█" * len(KEY))
    assert [(each.intent_id, each.places) for each in findings.found] == [
        (intent_id, tuple(place(source, text) for text in places))
        for intent_id, places in dict(case.found).items()
    ]
    assert [(each.text, each.why, each.place) for each in findings.rejected] == [
        (text, why, place(source, at)) for text, why, at in case.rejected
    ]
    assert (findings.cleaned, findings.keys_dropped, findings.cards_dropped) == (
        case.cleaned,
        case.keys,
        case.cards,
    )
    assert not findings.stopped
    assert KEY not in repr(findings)
    assert CARD not in repr(findings)


@pytest.mark.parametrize("case", REFUSED, ids=[case.name for case in REFUSED])
def test_what_is_refused(case: Case, tmp_path: Path):
    with pytest.raises(Unsupported) as raised:
        find_ids(read_file(written(case, tmp_path)))
    assert (raised.value.source, raised.value.kind) == (case.file, case.refused)


def test_every_kind_of_refusal_and_rejection_occurs():
    assert {case.refused for case in REFUSED} | {Kind.FOLDER} == set(Kind)
    assert Why.NOT_READ in {why for case in CASES for _, why, _ in case.rejected}


def test_several_files_are_one_list(tmp_path: Path):
    paths = [tmp_path / name for name in ("b.csv", "a.xlsx", "c.txt")]
    ids = [f"pi_{number:021}A" for number in range(3)]
    paths[0].write_text(f"1001,{ids[0]},x\n1002,,North York\n")
    paths[1].write_bytes(BOOK)
    paths[2].write_text(f"{ids[1]}\n{ids[0]}\n1003,,North York\n")
    findings = find_ids(piece for path in paths for piece in read_file(path))
    assert findings.found[0].intent_id == ids[0]
    assert findings.found[0].places == (Place("b.csv", 1, 2), Place("c.txt", 2))
    assert [each.places[0].source for each in findings.found] == [
        "b.csv",
        "a.xlsx",
        "a.xlsx",
        "c.txt",
    ]
    assert [each.place for each in findings.rejected] == [Place("b.csv", 2)]
