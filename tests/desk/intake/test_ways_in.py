"""Through every way in, whatever surrounds them: ids come out once, in order, with their place."""

import csv
import html
import json
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cancel_desk.desk.intake.find_ids import Findings, find_ids
from cancel_desk.desk.intake.portions import PORTION
from cancel_desk.desk.intake.readers import Place, read_file, read_html, read_text

from .files import workbook
from .texts import FRAGMENTS, IDS, KEYS

ID = re.compile(r"(?<![\w█-])pi_(?:sandbox_|(?!sandbox_))[A-Za-z0-9_-]{22}(?![\w█-])", re.ASCII)
ESCAPE = re.compile(r"%(?:25)*[0-9A-Fa-f]{2}")
HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)

# Anything at all that no id comes out of, and that every format can carry.
NOISE = (
    FRAGMENTS.map(
        lambda text: re.sub("[\ud800-\udfff\ufffe\uffff\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text)
    )
    .filter(lambda text: not ID.search(HIDDEN.sub("", text)) and not ESCAPE.search(text))
    .filter(lambda text: not re.search("[\u00a0\u2007\u202f]", text))
)
LINE_OF_NOISE = NOISE.map(lambda text: " ".join(re.split(r"[\s\u2028\x85]+", text)))
# A table's cells: each an id or noise.
GRIDS = st.lists(
    st.lists(st.tuples(st.just(True), IDS) | st.tuples(st.just(False), LINE_OF_NOISE), max_size=5),
    max_size=6,
)


def read(name: str, data: bytes) -> Findings:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return find_ids(read_file(path))


def places_in(grid: list[list[tuple[bool, str]]]) -> dict[str, list[tuple[int, int]]]:
    """By id its rows and columns, in order."""
    places: dict[str, list[tuple[int, int]]] = {}
    for row, cells in enumerate(grid, 1):
        for column, (is_id, text) in enumerate(cells, 1):
            if is_id:
                places.setdefault(text, []).append((row, column))
    return places


def found(findings: Findings) -> dict[str, list[tuple[int, int | None]]]:
    return {
        each.intent_id: [(place.line, place.column) for place in each.places]
        for each in findings.found
    }


@given(GRIDS, st.sampled_from(",;\t|"), st.booleans(), st.sampled_from(["utf-8-sig", "utf-16"]))
def test_csv(grid: list[list[tuple[bool, str]]], delimiter: str, quoted: bool, encoding: str):
    # A row of one cell is a line, one of none is no row.
    assume(all(len(row) > 1 for row in grid))
    # Where the quotes of a cell could belong to another one's, columns are not certain.
    assume(quoted or not any('"' in text for row in grid for _, text in row))
    file = StringIO()
    how = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(file, delimiter=delimiter, quoting=how, lineterminator="\r\n")
    writer.writerows([text for _, text in row] for row in grid)
    text = file.getvalue()
    if not quoted and delimiter != "\t":
        # Another delimiter in an unquoted cell may come first.
        assume(not set("\t;,|") - {delimiter} & set(text))
    assume(not text.startswith(("| ", "{", "[", "<")))
    findings = read("a.csv", text.encode(encoding, "surrogatepass"))
    assert found(findings) == places_in(grid)


@given(GRIDS)
def test_workbook(grid: list[list[tuple[bool, str]]]):
    # What starts with an equals sign is a formula, which has no value before it was calculated.
    grid = [[(is_id, text.lstrip("=")) for is_id, text in row] for row in grid]
    rows = [[text for _, text in row] for row in grid]
    findings = read("a.xlsx", workbook(One=rows, Two_hidden=[[], *rows]))
    expected = places_in(grid)
    assert [each.intent_id for each in findings.found] == list(expected)
    for each in findings.found:
        assert set(each.places) == {
            place
            for row, column in expected[each.intent_id]
            for place in (
                Place("a.xlsx", row, column, "One"),
                Place("a.xlsx", row + 1, column, "Two_hidden"),
            )
        }


@given(GRIDS, st.sampled_from(["", "p", "span", "div"]), st.booleans())
def test_html_table(grid: list[list[tuple[bool, str]]], tag: str, closed: bool):
    assume(all(len(row) > 1 for row in grid))
    inside = f"<{tag}>{{}}</{tag}>" if tag else "{}"
    end = "</td>" if closed else ""
    text = "<table>" + "".join(
        "<tr>" + "".join(f"<td>{inside.format(html.escape(cell))}{end}" for _, cell in row)
        for row in grid
    )
    assert found(find_ids(read_html(text))) == places_in(grid)


@given(st.lists(st.tuples(LINE_OF_NOISE, IDS, st.sampled_from(["text", "link"]))))
def test_html_text_and_links(parts: list[tuple[str, str, str]]):
    text = "".join(
        f"<p>{html.escape(noise)} {intent_id} <!-- {intent_id}x --></p>"
        if kind == "text"
        else f"<div><a href='https://pay.dojo.tech/checkout/{intent_id}?a=b'>Pay</a>"
        f"<script>{html.escape(noise)}</script></div>"
        for noise, intent_id, kind in parts
    )
    expected: dict[str, list[int]] = {}
    for line, (_, intent_id, _) in enumerate(parts, 1):
        expected.setdefault(intent_id, []).append(line)
    lines = {
        key: [line for line, _ in places]
        for key, places in found(find_ids(read_html(text))).items()
    }
    assert lines == expected


NAMES = LINE_OF_NOISE | IDS
VALUES = st.recursive(
    LINE_OF_NOISE
    | IDS
    | st.integers()
    | st.booleans()
    | st.none()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def ids_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from ids_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from ids_in(inner)
    elif isinstance(value, str) and ID.fullmatch(value):
        yield value


@given(
    st.lists(st.dictionaries(NAMES, VALUES, max_size=5), min_size=1, max_size=4),
    st.sampled_from([None, 1]),
    st.booleans(),
)
def test_json(documents: list[dict[str, object]], indent: int | None, ascii_only: bool):
    texts = [json.dumps(each, indent=indent, ensure_ascii=ascii_only) for each in documents]
    findings = read("a.json", "\n".join(texts).encode())
    assert [each.intent_id for each in findings.found] == list(dict.fromkeys(ids_in(documents)))
    lines = "\n".join(texts).split("\n")
    for each in findings.found:
        assert all(f'"{each.intent_id}"' in lines[place.line - 1] for place in each.places)


@given(st.lists(IDS, min_size=1), st.integers(1, 60), st.sampled_from([None, 1]))
def test_json_that_breaks_off_is_a_text(ids: list[str], cut: int, indent: int | None):
    text = json.dumps({"a": ids}, indent=indent)[:-cut]
    found_ids = [each.intent_id for each in find_ids(read_text(text)).found]
    assert found_ids == list(dict.fromkeys(ID.findall(text)))


@given(
    st.lists(st.tuples(LINE_OF_NOISE, IDS), min_size=1),
    st.sampled_from(["7bit", "quoted-printable", "base64"]),
    st.sampled_from(["plain", "html"]),
    IDS,
)
def test_mail(parts: list[tuple[str, str]], encoding: str, form: str, attached: str):
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = "<1@example.com>"
    message["Subject"] = f"cancel {attached}"
    lines = [f"{noise} {intent_id} {noise}" for noise, intent_id in parts]
    body = "\n".join(lines) if form == "plain" else "".join(f"<p>{html.escape(x)}" for x in lines)
    if encoding == "7bit":
        assume(body.isascii() and all(len(line) < 900 for line in body.split("\n")))
    message.set_content(body, subtype=form, cte=encoding)
    message.add_attachment(f"x\t{attached}\n", filename="a.csv")
    findings = read("a.eml", message.as_bytes())
    label = "HTML" if form == "html" else ""
    expected: dict[str, list[Place]] = {attached: [Place("a.eml", 1, None, "", "Subject")]}
    for line, (_, intent_id) in enumerate(parts, 1):
        expected.setdefault(intent_id, []).append(Place("a.eml", line, None, "", label))
    expected[attached].append(Place("a.eml", 1, 2, "", "a.csv"))
    assert [each.intent_id for each in findings.found] == list(expected)
    for each in findings.found:
        where = [(place.line, place.part) for place in each.places]
        assert where == [(place.line, place.part) for place in expected[each.intent_id]]


@given(KEYS, st.integers(1, 60))
def test_no_key_gets_past_any_reader(key: str, at: int):
    """Also one that a mail's soft line break or a tag runs through."""
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = "<1@example.com>"
    message["X-Key"] = key
    message.set_content(f"{'x' * at} {key}\n", cte="quoted-printable")
    message.add_alternative(
        f"<p>{html.escape(key[:at])}<b>{html.escape(key[at:])}</b>", subtype="html"
    )
    quoted = html.escape(key)
    for name, data, times in (
        ("a.csv", f"1,{key},2\n".encode(), 1),
        ("a.json", json.dumps({"a": {"b": key}, "c": [key]}).encode(), 2),
        ("a.html", f"<table><tr><td>{quoted}<td>x</table><a href='/?k={quoted}'>x</a>".encode(), 2),
        ("a.xlsx", workbook(S=[["x", key]]), 1),
        ("a.eml", message.as_bytes(), 3),
    ):
        findings = read(name, data)
        assert findings.keys_dropped >= times, name
        assert key[11:] not in repr(findings)


@pytest.mark.parametrize(
    "make", [lambda row: "\t".join(row), lambda row: f"<table><tr><td>{'<td>'.join(row)}"]
)
def test_a_row_of_more_than_a_portion(make: Callable[[list[str]], str]):
    ids = [f"pi_{number:021}A" for number in range(PORTION // 20)]
    text = make(ids)
    findings = find_ids(read_html(text) if text.startswith("<") else read_text(text))
    assert [each.intent_id for each in findings.found] == ids
    assert {each.places for each in findings.found} == {(Place("", 1),)}
