"""How much comes in, how far it is, and that it ends when nobody wants more of it."""

from contextlib import suppress
from pathlib import Path
from struct import pack_into, unpack_from

import pytest

from cancel_desk.desk.intake import find_ids as finding
from cancel_desk.desk.intake import packages, reading
from cancel_desk.desk.intake.errors import Kind
from cancel_desk.desk.intake.find_ids import find_ids
from cancel_desk.desk.intake.readers import (
    Piece,
    Place,
    ReadError,
    TooLarge,
    Unit,
    Unsupported,
    read_file,
    read_html,
    read_text,
)

from .files import BOOK, SHEET, A, attached, mail, part, repacked, several, sheet_xml, workbook

IDS = [f"pi_{number:021}w" for number in range(3000)]
CELLS = "".join(f"<td>{each}" for each in IDS)

# One of each kind, large enough that its reader looks up several times.
LARGE = {
    "a.txt": "\n".join(IDS * 3).encode(),
    "a.csv": "\n".join(f"1001,{each},x" for each in IDS).encode(),
    "a.json": f'{{"data": [{",".join(f"""{{"id": "{each}"}}""" for each in IDS * 4)}]}}'.encode(),
    "a.ndjson": "\n".join(f'{{"id": "{each}"}}' for each in IDS * 4).encode(),
    "a.html": "".join(f"<p>{each}" for each in IDS).encode(),
    "row.html": f"<table><tr>{CELLS}</table>".encode(),
    "a.xlsx": workbook(S=[[each, f"{number}"] for number, each in enumerate(IDS)]),
    "a.eml": several(
        part("text/plain", "\n".join(IDS), encoding="quoted-printable"),
        attached("a.xlsx", workbook(S=[[each] for each in IDS])),
    ),
}


def refusal(path: Path, data: bytes) -> ReadError:
    path.write_bytes(data)
    with pytest.raises(ReadError) as raised:
        find_ids(read_file(path))
    assert raised.value.source == path.name
    return raised.value


def limit(error: ReadError) -> tuple[int, Unit]:
    assert isinstance(error, TooLarge)
    return error.limit, error.unit


@pytest.mark.parametrize("name", LARGE)
def test_progress_goes_to_the_end_and_never_back(name: str, tmp_path: Path):
    path = tmp_path / name
    path.write_bytes(LARGE[name])
    told: list[tuple[int, int]] = []
    findings = find_ids(read_file(path, progress=lambda done, size: told.append((done, size))))
    assert {each.intent_id for each in findings.found} == set(IDS)
    done = [each for each, _ in told]
    assert len(done) > 1
    assert done == sorted(set(done))
    assert {size for _, size in told} == {len(LARGE[name])}
    assert done[-1] == len(LARGE[name])


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("looks", range(1, 5))
def test_stopping_gives_what_was_found_up_to_there(name: str, looks: int, tmp_path: Path):
    path = tmp_path / name
    path.write_bytes(LARGE[name])
    looked = 0

    def stop() -> bool:
        nonlocal looked
        looked += 1
        return looked >= looks

    findings = find_ids(read_file(path, stop))
    assert looked == looks
    assert findings.stopped
    assert [each.intent_id for each in findings.found] == IDS[: len(findings.found)]
    assert looks > 1 or not findings.found


def test_nothing_is_opened_before_the_first_piece_is_asked_for(tmp_path: Path):
    pieces = read_file(tmp_path / "later.txt")
    (tmp_path / "later.txt").write_text(A)
    assert [piece.text for piece in pieces] == [A]


def test_lines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(reading, "MAX_LINES", 10)
    lines = "\n".join(IDS[:10])
    assert len(find_ids(read_text(lines)).found) == 10
    for name, data in {
        "a.txt": f"{lines}\nx".encode(),
        "a.html": f"<p>{lines.replace(chr(10), '<br>')}<br>x".encode(),
        "a.eml": several(part("text/plain", lines), part("text/plain", A)),
        "a.ndjson": b"[]\n" * 11,
    }.items():
        assert limit(refusal(tmp_path / name, data)) == (10, Unit.LINES)


def test_cells(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(reading, "MAX_CELLS", 10)
    full = [[None, *IDS[:5]], [], IDS[5:10]]
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(S=full))
    assert len(find_ids(read_file(path)).found) == 10
    table = "<table>" + "<tr><td>x" * 10
    assert find_ids(read_html(table)).nothing_found
    for name, data in {
        "a.xlsx": workbook(S=full, T=[[1]]),
        "a.html": f"{table}<td>x".encode(),
        "a.eml": several(attached("a.xlsx", workbook(S=full)), attached("b.xlsx", BOOK)),
    }.items():
        assert limit(refusal(tmp_path / name, data)) == (10, Unit.CELLS)


def test_ids_in_one_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(finding, "MAX_IDS", 5_000)
    text = ",".join(f"pi_{number:021}w" for number in range(20_000))
    with pytest.raises(TooLarge) as raised:
        find_ids(read_text(text))
    assert limit(raised.value) == (5_000, Unit.IDS)
    assert len(find_ids(read_text(",".join(IDS * 7))).found) == len(IDS)


@pytest.mark.parametrize("name", ["a.txt", "a.eml", "a.xlsx", "a.pdf"])
def test_bytes(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(reading, "MAX_BYTES", 1000)
    assert limit(refusal(tmp_path / name, bytes(1001))) == (1000, Unit.BYTES)


def test_a_workbook_that_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(reading, "MAX_UNPACKED", 100_000)
    large = repacked(BOOK, {"xl/media/x.png": bytes(range(256)) * 400})
    assert limit(refusal(tmp_path / "a.xlsx", large)) == (100_000, Unit.UNPACKED)
    small = repacked(BOOK, {"xl/media/x.png": bytes(range(256)) * 100})
    together = several(*(attached(f"{number}.xlsx", small) for number in range(4)))
    assert limit(refusal(tmp_path / "a.eml", together)) == (100_000, Unit.UNPACKED)


@pytest.mark.parametrize("said", [100, 90_000_000])
def test_a_directory_that_lies(said: int, tmp_path: Path):
    """What it says of a size is all that is ever unpacked; and then the checksum is wrong."""
    data = bytearray(repacked(BOOK, {SHEET: sheet_xml("<row/>" * 100_000)}))
    entry = data.rindex(SHEET.encode()) - 46
    assert data[entry : entry + 4] == b"PK\x01\x02"
    pack_into("<I", data, entry + 24, said)
    refused = refusal(tmp_path / "a.xlsx", bytes(data))
    assert isinstance(refused, Unsupported)
    expected = Kind.DAMAGED_WORKBOOK if said == 100 else Kind.UNSAFE_WORKBOOK
    assert refused.kind is expected
    (packed,) = unpack_from("<I", data, entry + 20)
    assert packed * 250 < 90_000_000


def test_more_tags_than_cells_come_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(packages, "_MAX_TAGS", 2_000)
    assert limit(
        refusal(tmp_path / "a.xlsx", repacked(BOOK, {SHEET: sheet_xml("<c/>" * 2_000)}))
    ) == (reading.MAX_CELLS, Unit.CELLS)


def test_a_thousand_sheets_that_are_one(tmp_path: Path):
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="str"><v>x{row}</v></c></row>' for row in range(1, 2000)
    )
    sheets = "".join(
        f'<sheet name="{number}" sheetId="{number}" r:id="rId1"/>' for number in range(1, 1000)
    )
    book = (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f"<sheets>{sheets}</sheets></workbook>"
    )
    data = repacked(BOOK, {SHEET: sheet_xml(rows), "xl/workbook.xml": book.encode()})
    refused = refusal(tmp_path / "a.xlsx", data)
    assert isinstance(refused, Unsupported)
    assert refused.kind is Kind.UNSAFE_WORKBOOK


def test_mails_in_mails_without_end(tmp_path: Path):
    path = tmp_path / "a.eml"
    inner = f"\r\n{A}\r\n".encode()
    for _ in range(2000):
        inner = b"Content-Type: message/rfc822\r\n\r\n" + inner
    path.write_bytes(b"MIME-Version: 1.0\r\n" + inner)
    findings = find_ids(read_file(path))
    assert [each.intent_id for each in findings.found] == [A]

    for depth, expected in ((4, [A]), (6, [])):
        data = mail("", A)
        for number in range(depth):
            data = several(attached(f"{number}.eml", data), top="Message-ID: <1@x>\r\n")
        path.write_bytes(data)
        assert [each.intent_id for each in find_ids(read_file(path)).found] == expected


LONG_RUNS = {
    "a.html": [
        *("<", "<!--", "<!", "<![", "<a ", "<a href='", "</", "<?", "&", "&#", "<b", "<p>"),
        *("<table>", "<tr>", "<td>", "<table><tr><td>", "<td rowspan=999>", "<td colspan=999>"),
        *("<pre>\n", "<script>", "<a href='/_'>", "x ", "\n", "<br>"),
    ],
    "a.json": ["[", '{"a":', '["', '[{"a":"b"},', "[1,\n", '["\\', "\\", '{"a"\n', "[\n", "{ "],
    "a.eml": ["Subject: =?utf-8?q?a?= ", "Content-Type: multipart/mixed\r\n", "--x\r\n", "=?"],
    "a.csv": ['"', '",', '"",', ',"', "a,", "|", '"\n', ',""', '"""'],
}
HEADS = {"a.html": "<p>", "a.json": '[{"x": ', "a.eml": "Message-ID: <1@x>\r\n", "a.csv": ""}


@pytest.mark.parametrize(
    ("name", "unit"), [(name, unit) for name, units in LONG_RUNS.items() for unit in units]
)
def test_time_grows_with_the_size_and_not_with_its_square(name: str, unit: str, tmp_path: Path):
    """With the square it would be minutes here, and end the run."""
    path = tmp_path / name
    path.write_text(HEADS[name] + unit * (500_000 // len(unit)), newline="")
    with suppress(TooLarge):
        find_ids(read_file(path))


def test_the_reader_need_not_be_asked_to_stop():
    endless = (Piece(each, Place("", 1)) for each in iter(lambda: f"{A} " * 1000, None))
    assert find_ids(endless, stop=lambda: True).stopped


@pytest.mark.parametrize(
    "unit", ["--x\r\n\r\n", "a: b\r\n", "--x\r\nContent-Type: message/rfc822\r\n\r\n"]
)
def test_what_has_more_parts_than_any_mail_is_a_text(
    unit: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    head = f"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\nX: {A}\r\n"
    path = tmp_path / "a.eml"
    path.write_text(f"{head}\r\n" + unit * 10, newline="")
    assert find_ids(read_file(path)).found[0].places == (Place("a.eml", 1, None, "", "X"),)
    path.write_text(head + unit * 110_000, newline="")
    monkeypatch.setattr(reading, "MAX_LINES", 1_000_000)
    assert find_ids(read_file(path)).found[0].places == (Place("a.eml", 3),)
