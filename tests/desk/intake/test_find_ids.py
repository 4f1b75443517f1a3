"""Whatever surrounds them: ids come out once, in order, with their place, and nothing else does."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cancel_desk.desk.intake.find_ids import Findings, Why, find_ids
from cancel_desk.desk.intake.portions import PORTION
from cancel_desk.desk.intake.readers import Piece, Place, read_text
from cancel_desk.desk.intake.secrets import drop_secrets
from cancel_desk.dojo.intent import is_intent_id

from .texts import EVERY_CHARACTER, FRAGMENTS, ID_CHARS, IDS, KEYS

HIDDEN = "\u200b\u00ad\u2060\ufeff\u202e\u200d"
ESCAPE = re.compile(r"%(?:25)*[0-9A-Fa-f]{2}")
A = "pi_vpwd4ooAPEqyNAQe4z89WQ"
B = "pi_sandbox_RBMHTJ4fIkmSppDILZVCGw"

# What may stand beside an id: anything that neither sticks to it nor is one.
BESIDE = st.sampled_from([*"\n\r\t ,;.:/?#=&%\"'()[]<>|\u0000é中", "\r\n", "\u2028"])
SURROUNDINGS = st.builds(
    "{}{}{}".format,
    BESIDE,
    st.text(EVERY_CHARACTER)
    | KEYS
    | st.sampled_from(
        ["4111 1111 1111 1111", "pi_1", "api_key_2", "https://pay.dojo.tech:443/checkout", "x,y"]
    ),
    BESIDE,
)


def found_in(text: str) -> list[str]:
    return [each.intent_id for each in find_ids(read_text(text)).found]


def line_at(text: str, index: int) -> int:
    return 1 + len(re.findall(r"\r\n|\r|\n", text[:index]))


@given(st.lists(st.tuples(SURROUNDINGS, IDS), max_size=8), SURROUNDINGS)
def test_ids_put_in_come_out_once_in_order_with_their_lines(parts: list[tuple[str, str]], end: str):
    text, lines = "", {}
    for around, intent_id in parts:
        text += around
        lines.setdefault(intent_id, []).append(line_at(text, len(text)))
        text += intent_id
    text += end
    assume(not ESCAPE.search(text) and not re.search("[\u00a0\u2007\u202f]", text))
    findings = find_ids(read_text(text))
    assert [each.intent_id for each in findings.found] == list(lines)
    for each in findings.found:
        assert list(dict.fromkeys(place.line for place in each.places)) == list(
            dict.fromkeys(lines[each.intent_id])
        )
    assert findings.duplicates == len(parts) - len(lines)


def slowly(line: str) -> Iterator[str]:
    """Yield the ids of a line by the letter of the rule, one character after the other."""
    start = 0
    while start < len(line):
        end = start
        while end < len(line) and line[end] in ID_CHARS + "█":
            end += 1
        run = line[start:end]
        body = run.removeprefix("pi_sandbox_" if run.startswith("pi_sandbox_") else "pi_")
        if body != run and len(body) == 22 and "█" not in run:
            yield run
        start = max(end, start + 1)


@given(FRAGMENTS)
def test_nothing_comes_out_that_the_rule_does_not_say(text: str):
    assume(not ESCAPE.search(text) and not re.search("[\u00a0\u2007\u202f]", text))
    bare = re.sub("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]", "", text)
    assume(all(ord(each) < 0xE0000 and each not in "\u034f\u061c" for each in bare))
    assert found_in(text) == list(dict.fromkeys(slowly(bare)))


@given(IDS, st.lists(st.tuples(st.integers(0, 33), st.text(HIDDEN, min_size=1)), min_size=1))
def test_hidden_characters_are_taken_out_and_told_of(
    intent_id: str, inserts: list[tuple[int, str]]
):
    text = intent_id
    for at, hidden in inserts:
        text = text[:at] + hidden + text[at:]
    findings = find_ids(read_text(f"cancel {text}, and {B}"))
    assert [each.intent_id for each in findings.found] == list(dict.fromkeys([intent_id, B]))
    assert findings.cleaned == 1


@given(IDS, st.sets(st.integers(1, 24), min_size=1))
def test_no_break_spaces_inside_an_id_are_taken_out(intent_id: str, gaps: set[int]):
    assume("pi_" not in intent_id[1:])
    text = "".join("\u00a0" * (at in gaps) + each for at, each in enumerate(intent_id))
    findings = find_ids(read_text(f"({text})"))
    assert [each.intent_id for each in findings.found] == [intent_id]
    assert findings.cleaned == 1


@given(IDS, st.data())
def test_an_id_may_be_escaped_any_number_of_times(intent_id: str, data: st.DataObject):
    escaped = "".join(
        data.draw(st.sampled_from([each, f"%{ord(each):02X}", f"%25{ord(each):02x}"]))
        for each in intent_id
    )
    assert found_in(f"https%3A%2F%2Fpay.dojo.tech%2F{escaped}%26x") == [intent_id]


@pytest.mark.parametrize("stuck", ID_CHARS)
def test_a_character_of_an_id_before_or_behind_makes_it_none(stuck: str):
    assert found_in(f"{stuck}{A} {A}{stuck}") == []


@given(IDS, st.integers(1, 21), st.sampled_from(["\n", "\r\n", "\r", " ", "\t", "\n> ", "=\n"]))
def test_a_broken_id_is_not_joined(intent_id: str, at: int, gap: str):
    at += len(intent_id) - 22
    assert found_in(intent_id[:at] + gap + intent_id[at:]) == []


@given(FRAGMENTS | st.text(EVERY_CHARACTER))
@example("\ud800pi_1\udfff\t1")
def test_any_text_gives_findings_that_can_be_used(text: str):
    findings = find_ids(read_text(text))
    lines = re.split(r"\r\n|\r|\n", text)
    for each in findings.found:
        assert is_intent_id(each.intent_id)
        assert len(each.intent_id.removeprefix("pi_").removeprefix("sandbox_")) == 22
        assert each.hint == (each.intent_id[-1] not in "AQgw")
        assert each.places
        for place in each.places:
            assert 1 <= place.line <= len(lines)
            cells = len(re.split("[\t;,]", lines[place.line - 1]))
            assert place.column is None or 1 <= place.column <= cells
    for piece in findings.rejected:
        assert piece.text.isprintable()
        assert 0 < len(piece.text) <= 160
        assert 1 <= piece.place.line <= len(lines)
        assert not piece.can_add or (is_intent_id(piece.text) and piece.why is Why.WRONG_LENGTH)


@given(st.text(ID_CHARS, min_size=1, max_size=140))
def test_a_wrong_length_may_be_added_if_it_can_stand_in_a_path(body: str):
    assume(len(body.removeprefix("sandbox_")) != 22 and re.search("[A-Z0-9]", body))
    assume(not drop_secrets(f"pi_{body}").keys + drop_secrets(f"pi_{body}").cards)
    assume(not re.match(r"[13][A-Za-z0-9]{23}$|(?i:sandbox_)|.*_secret_", body))
    (piece,) = find_ids(read_text(f"pi_{body}")).rejected
    assert (piece.why, piece.length) == (Why.WRONG_LENGTH, len(body))
    assert piece.can_add == is_intent_id(f"pi_{body}")
    assert piece.text == f"pi_{body}"


@given(KEYS, st.integers(0, 60), FRAGMENTS, FRAGMENTS)
def test_no_rejected_text_holds_half_a_key(key: str, at: int, before: str, behind: str):
    # Mail breaks long lines; nobody's breaks them within a key's first characters.
    at = min(max(at, len("sk_sandbox_") + 1), len(key))
    text = f"{before}\n{key[:at]}\n{key[at:]}\n{behind}"
    halves = {key[start : start + 8] for start in range(11, len(key) - 8)}
    said = " ".join(each.text for each in find_ids(read_text(text)).rejected)
    assume(not any(half in before + behind for half in halves))
    assert not any(half in said for half in halves)


@given(FRAGMENTS)
def test_dropping_the_secrets_first_loses_no_id(text: str):
    assume(not ESCAPE.search(text))
    assert found_in(drop_secrets(text).text) == found_in(text)


def test_places_of_several_sources_stay_apart():
    pieces = [*read_text(f"{A}\n1\t{B}", "a.txt"), *read_text(f"x\ty2\n{A}", "b.txt")]
    findings = find_ids(pieces)
    assert [each.places for each in findings.found] == [
        (Place("a.txt", 1), Place("b.txt", 2)),
        (Place("a.txt", 2, 2),),
    ]
    assert findings.rejected == ()


def test_progress_grows_to_the_size_of_the_text():
    text = f"{A}\n" * 20_000
    told: list[int] = []
    find_ids(read_text(text), progress=told.append)
    assert len(told) > 3
    assert told == sorted(told)
    assert told[-1] == len(text)


def test_stopping_gives_what_was_found_up_to_there():
    def endless() -> Iterator[Piece]:
        line = 0
        while True:
            line += 1
            yield Piece(f"pi_{line:021}A", Place("", line))

    told: list[int] = []
    findings = find_ids(endless(), stop=lambda: len(told) >= 3, progress=told.append)
    assert findings.stopped
    assert len(findings.found) == told[-1] // len(f"{A}\n")


def test_what_is_not_stopped_says_so():
    assert find_ids(read_text(A), stop=lambda: False) == Findings(find_ids(read_text(A)).found)


MEGABYTES = [
    *("pi_", "4", "sk_", "\u200b", "4 ", "4-", "sk_prod_", "sk_prod_a.pi_", "pi_4", "%25", "%"),
    *("pi_\u00a0", "a\u200b", "_", '"', '",', "basic ", "bearer 1", "api_", "pi_1 ", "xpi_", "1 "),
    *("4111111111111111", "pi_sandbox_", "https://", "A", "éa", "█", "…", "pi_...", "tm_", "(("),
    *(f"{A},", f"{A} ", f'"{A}",', f"{A};\u00a0", "\u00a0", "pi_ \t", "https://a/", "0.0"),
]


@pytest.mark.parametrize("unit", MEGABYTES)
def test_a_line_of_a_megabyte_takes_no_longer_than_many_lines(unit: str):
    """Time that grows with the square would be minutes here, and end the run."""
    line = unit * (1_000_000 // len(unit))
    findings = find_ids(read_text(line))
    assert len(findings.found) == (A in unit)
    assert all(len(each.text) <= 160 for each in findings.rejected)


@pytest.mark.parametrize(
    ("between", "cut"), [(",", 1), ('","', 1), ("; ", 1), (" ", 2), ("\t", 2), ("\u2028", 2)]
)
def test_no_id_is_lost_where_a_long_line_is_cut(between: str, cut: int):
    for before in range(cut * PORTION - 30, cut * PORTION + 2):
        text = f"{'x' * before}{between}{A}{between}{B}{between}pi_1\n{A}"
        findings = find_ids(read_text(text))
        assert [(each.intent_id, each.places) for each in findings.found] == [
            (A, (Place("", 1), Place("", 2))),
            (B, (Place("", 1),)),
        ]
        assert [each.text for each in findings.rejected] == ["pi_1"]


def test_a_hundred_thousand_lines():
    ids = [f"pi_{number:021}w" for number in range(100_000)]
    findings = find_ids(read_text("\n".join(ids)))
    assert [each.intent_id for each in findings.found] == ids
    assert [each.places[0].line for each in findings.found] == list(range(1, 100_001))
