"""Damaged files: findings come out of each, or an error that says why not.

Run as a program (python -m tests.desk.intake.fuzz SECONDS SEED) it tries for so long what comes of
the seeds from that one on, and keeps the files that break something.
"""

import resource
import sys
import tempfile
import time
import traceback
from io import BytesIO
from pathlib import Path
from random import Random
from zipfile import ZipFile

from cancel_desk.desk.intake.errors import ReadError
from cancel_desk.desk.intake.find_ids import Findings, find_ids
from cancel_desk.desk.intake.readers import read_file
from cancel_desk.dojo.intent import is_intent_id

from .files import BOOK, CASES, SHEET, repacked

MOST_BYTES = 2_000_000
# Generous: a slow computer with other work to do.
SECONDS = 5.0
SECONDS_A_MEGABYTE = 20.0
MEMORY = 1024 * 1024 * 1024

# What the rules of one format or another turn on.
TOKENS = [
    *(b"\0", b"\n", b"\r\n", b"\t", b'"', b"'", b",", b";", b"|", b"\\", b"%", b"=", b"&"),
    *(b"<table>", b"</table>", b"<tr>", b"<td>", b"<td colspan=999 rowspan=999>", b"<!--", b"-->"),
    *(b"<![", b"<script>", b"</script>", b"<a href='", b"<pre>", b"&#x", b"&nbsp;", b"<p", b">"),
    *(b"{", b"}", b"[", b"]", b":", b'{"a":', b"[[[[", b"\\u00", b"\\ud800", b"1e9", b"null"),
    *(b"Content-Type: multipart/mixed; boundary=x\r\n", b"--x\r\n", b"--x--\r\n", b"--=_b\r\n"),
    *(b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: text/html; charset=utf-16\r\n\r\n"),
    *(b"Content-Transfer-Encoding: base64\r\n\r\n", b"=?utf-8?q?", b"=?utf-8?b?", b"?=", b"=\r\n"),
    *(b"Content-Transfer-Encoding: x-uuencode\r\n", b"begin 644 x\n", b"filename*0*=", b"charset="),
    *(b"pi_", b"pi_sandbox_", b"sk_prod_", b"4111111111111111", b"\xc2\xad", b"\xe2\x80\x8b"),
    *(
        b"PK\x03\x04",
        b"PK\x01\x02",
        b"PK\x05\x06",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xff\xfe",
    ),
    *(b"<!DOCTYPE x [", b"<!ENTITY a 'b'>", b"<row r='9'>", b"<c t='s'><v>9</v></c>", b"<si><t>"),
]


def file_of(seed: int) -> tuple[str, bytes]:
    """Name and content of a file that is like one of the corpus, but for a few things."""
    random = Random(seed)
    case = random.choice(CASES)
    if case.data.startswith(b"PK") and random.random() < 0.6:
        # What is inside a ZIP file is out of reach from outside: its checksum says so.
        with ZipFile(BytesIO(BOOK)) as book:
            part = random.choice((SHEET, random.choice(book.namelist())))
            content = book.read(part)
        return case.file, repacked(BOOK, {part: damaged(content, random)})
    return case.file, damaged(case.data, random)


def damaged(data: bytes, random: Random) -> bytes:
    """The same with some bytes gone, changed, repeated, or from elsewhere."""
    for _ in range(random.choice((1, 1, 2, 4, 8, 32))):
        at = random.randrange(len(data) + 1)
        length = random.choice((1, 1, 2, 4, 16, 64, 1024))
        before, here, behind = data[:at], data[at : at + length], data[at + length :]
        match random.randrange(8):
            case 0:
                data = before + behind
            case 1:
                data = before + random.randbytes(length) + behind
            case 2 | 3:
                data = before + random.choice(TOKENS) + here + behind
            case 4:
                data = (
                    before + random.choice(TOKENS) * random.choice((2, 100, 5000)) + here + behind
                )
            case 5:
                data = before + here * random.choice((2, 50, 500)) + behind
            case 6:
                other = random.choice(CASES).data
                begin = random.randrange(len(other) + 1)
                data = before + other[begin : begin + 16 * length] + here + behind
            case 7:
                data = before
        data = data[:MOST_BYTES]
    return data


def read(path: Path) -> float:
    """Read a file as the window does; return how many seconds of this processor it took."""
    start = time.process_time()
    try:
        findings = find_ids(read_file(path))
    except ReadError:
        findings = Findings()
    took = time.process_time() - start
    for found in findings.found:
        assert is_intent_id(found.intent_id)
        assert all(place.line >= 1 and place.source for place in found.places)
    assert all(piece.text.isprintable() for piece in findings.rejected)
    limit = SECONDS + SECONDS_A_MEGABYTE * path.stat().st_size / 1_000_000
    assert took < limit, f"took {took:.1f} s"
    return took


def main(seconds: float = 60, seed: int = 1) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    folder = Path(tempfile.mkdtemp(prefix="intake-"))
    end = time.monotonic() + seconds
    first, slowest, broken = seed, 0.0, 0
    while time.monotonic() < end:
        name, data = file_of(seed)
        path = folder / f"{seed}-{name}"
        path.write_bytes(data)
        try:
            slowest = max(slowest, read(path))
            path.unlink()
        except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
            broken += 1
            print(f"Seed {seed}: {path}")
            traceback.print_exc()
        seed += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{seed - first} files, {broken} broken, slowest {slowest:.2f} s, peak {peak} MB")
    sys.exit(broken > 0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
