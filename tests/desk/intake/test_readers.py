"""Lines and their places, from a paste and from files as they are found on real disks."""

import os
from pathlib import Path

import pytest

from cancel_desk.desk.intake import reading
from cancel_desk.desk.intake.find_ids import find_ids
from cancel_desk.desk.intake.readers import (
    Kind,
    Piece,
    Place,
    ReadError,
    TooLarge,
    Unit,
    Unreadable,
    Unsupported,
    read_file,
    read_text,
)
from cancel_desk.desk.intake.reading import MAX_LINES

A = "pi_vpwd4ooAPEqyNAQe4z89WQ"
TEXT = f"Café £10\r\n{A}\r\n"
LINES = ["Café £10", A]


def lines_of(path: Path) -> list[str]:
    return [piece.text for piece in read_file(path)]


def test_every_line_has_its_place():
    assert list(read_text("a\n\nb\r\nc\rd", "mail.txt")) == [
        Piece("a", Place("mail.txt", 1)),
        Piece("", Place("mail.txt", 2)),
        Piece("b", Place("mail.txt", 3)),
        Piece("c", Place("mail.txt", 4)),
        Piece("d", Place("mail.txt", 5)),
    ]


@pytest.mark.parametrize("text", ["", "\n", "a", "a\n", "a\n\n", "\r\n\r\n"])
def test_a_last_line_need_not_end(text: str):
    assert [piece.text for piece in read_text(text)] == text.splitlines()


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        b"\xff\xfe" + TEXT.encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16 le", "utf-16 be", "cp1252"],
)
def test_encodings(tmp_path: Path, data: bytes):
    path = tmp_path / "export.txt"
    path.write_bytes(data)
    assert lines_of(path) == LINES
    (found,) = find_ids(read_file(path)).found
    assert (found.intent_id, found.places) == (A, (Place("export.txt", 2),))


@pytest.mark.parametrize(
    "data",
    [
        b"\x00" + A.encode() + b"\x00",
        b"\x81\x8d\xff " + A.encode() + b" \x9d",
        b"\xef\xbb\xbf\xff\xc3 " + A.encode(),
        b"\xff\xfe" + (A + " ").encode("utf-16-le") + b"\x00",
        b"\xff\xfe\x00\xd8" + (" " + A).encode("utf-16-le"),
    ],
    ids=["NUL", "in no code page", "broken utf-8", "odd utf-16", "half a pair"],
)
def test_damage_costs_no_id(tmp_path: Path, data: bytes):
    path = tmp_path / "damaged.txt"
    path.write_bytes(data)
    assert [each.intent_id for each in find_ids(read_file(path)).found] == [A]


def test_an_empty_file(tmp_path: Path):
    path = tmp_path / "empty.txt"
    path.touch()
    with pytest.raises(Unsupported) as raised:
        list(read_file(path))
    assert raised.value.kind is Kind.EMPTY


def test_the_limit_of_lines():
    assert len(list(read_text("x\n" * MAX_LINES))) == MAX_LINES
    with pytest.raises(TooLarge) as raised:
        read_text("x\n" * MAX_LINES + "y", "long.txt")
    assert (raised.value.source, raised.value.limit, raised.value.unit) == (
        "long.txt",
        MAX_LINES,
        Unit.LINES,
    )


def test_the_limit_of_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "MAX_BYTES", len(A))
    path = tmp_path / "big.txt"
    path.write_bytes(A.encode())
    assert lines_of(path) == [A]
    path.write_bytes(A.encode() + b"\n")
    with pytest.raises(TooLarge) as raised:
        list(read_file(path))
    assert (raised.value.source, raised.value.limit, raised.value.unit) == (
        "big.txt",
        len(A),
        Unit.BYTES,
    )


def test_the_limit_holds_for_a_paste(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "MAX_BYTES", len(A))
    assert [piece.text for piece in read_text(A)] == [A]
    with pytest.raises(TooLarge) as raised:
        read_text(A + "\n")
    assert (raised.value.source, raised.value.limit) == ("", len(A))


def test_a_pipe_or_device_is_not_waited_for():
    with pytest.raises(Unreadable) as raised:
        list(read_file(Path(os.devnull)))
    assert raised.value.errno is None


def test_what_is_no_file(tmp_path: Path):
    with pytest.raises(Unreadable) as raised:
        list(read_file(tmp_path / "missing.txt"))
    assert raised.value.source == "missing.txt"
    assert raised.value.errno
    assert os.strerror(raised.value.errno)
    assert isinstance(raised.value, ReadError)
    with pytest.raises(Unsupported) as refused:
        list(read_file(tmp_path))
    assert refused.value.source == tmp_path.name
    assert refused.value.kind is Kind.FOLDER
