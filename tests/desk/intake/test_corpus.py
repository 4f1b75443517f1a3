"""Odd inputs as people bring them, and all that comes of each."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from cancel_desk.desk.intake.find_ids import Found, Rejected, Why, find_ids
from cancel_desk.desk.intake.readers import Place, read_text

CASES = tomllib.loads((Path(__file__).parent / "corpus.toml").read_text("utf-8"))["case"]


def place(text: str) -> Place:
    line, _, column = text.partition("C")
    return Place("mail.txt", int(line), int(column) if column else None)


def found(text: str) -> Found:
    intent_id, *places = text.split(" ")
    return Found(intent_id.removesuffix("?"), tuple(map(place, places)), intent_id.endswith("?"))


def rejected(text: str, why: str, where: str, length: int | None = None) -> Rejected:
    return Rejected(text, place(where), Why(why), length)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_corpus(case: dict[str, Any]):
    findings = find_ids(read_text(case["text"], "mail.txt"))
    assert findings.found == tuple(found(each) for each in case.get("found", ()))
    assert findings.rejected == tuple(rejected(*each) for each in case.get("rejected", ()))
    assert findings.nothing_found == ("found" not in case)
    assert not findings.stopped
    for count in ("duplicates", "cleaned", "keys_dropped", "cards_dropped"):
        assert getattr(findings, count) == case.get(count, 0), count


def test_every_reason_occurs():
    told = {why for case in CASES for _, why, *_ in case.get("rejected", ())}
    assert told == set(Why) - {Why.NOT_READ}  # of which only mails have any
