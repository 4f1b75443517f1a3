"""What a file is, by what it holds first and by its name second."""

import re

from cancel_desk.desk.intake.decoding import utf_16_without_mark
from cancel_desk.desk.intake.errors import Kind

ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# By the names of what is inside; the first that fits.
_IN_COMPOUND = (
    ("EncryptedPackage", Kind.LOCKED_WORKBOOK),
    ("__substg1.0_", Kind.OUTLOOK),
    ("Workbook", Kind.OTHER_WORKBOOK),
    ("Book", Kind.OTHER_WORKBOOK),
    ("WordDocument", Kind.DOCUMENT),
    ("PowerPoint Document", Kind.DOCUMENT),
)
_STARTS = (
    (b"%PDF-", Kind.PDF),
    (b"\x89PNG\r\n", Kind.PICTURE),
    (b"\xff\xd8\xff", Kind.PICTURE),
    (b"GIF8", Kind.PICTURE),
    (b"II*\0", Kind.PICTURE),
    (b"MM\0*", Kind.PICTURE),
    (b"{\\rtf", Kind.DOCUMENT),
    (b"PK\x05\x06", Kind.ARCHIVE),
    (b"\x1f\x8b", Kind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE),
    (b"Rar!\x1a\x07", Kind.ARCHIVE),
    (b"BZh91AY&SY", Kind.ARCHIVE),
    (b"\xfd7zXZ\0", Kind.ARCHIVE),
)
_SAMPLE = 65_536
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
_CONTROLS = bytes({*range(32)} - {*b"\t\n\v\f\r\x1b"})

_MAIL_NAMES = (".eml", ".mht", ".mhtml")
_HEADER = re.compile(rb"([!-9;-~]+)[ \t]*:")
# One of these is in every mail, and in hardly anything else that starts like one.
_MAIL_HEADERS = {b"message-id", b"mime-version", b"return-path", b"dkim-signature"}
_MAIL_HEAD = 65_536

_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)*"
    r"<(?:!doctype\s+html|html|head|meta|title|style|body|table|tr|div|p|span|b|br|a)(?=[\s/>])",
    re.IGNORECASE,
)
_HAS_TABLE = re.compile(r"<(?:table|tr|td)\b", re.IGNORECASE)


def unsupported(data: bytes) -> Kind | None:
    """Return what a file's bytes are where they are no text; None where they may be, and for ZIP.

    A few control characters make no text something else.
    """
    if not data:
        return Kind.EMPTY
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    if data.startswith(_COMPOUND):
        names = (kind for name, kind in _IN_COMPOUND if name.encode("utf-16-le") in data)
        return next(names, Kind.OTHER)
    if data.startswith((ZIP, *_WIDE_MARKS)) or utf_16_without_mark(data):
        return None
    sample = data[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return Kind.OTHER if controls * 8 > len(sample) else None


def looks_like_mail(data: bytes, name: str) -> bool:
    """Tell whether a file is a mail: it starts with a mail's headers."""
    head = data[:_MAIL_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"From "):  # the line before a mail in a mailbox
        head = head.partition(b"\n")[2]
    lines = head.splitlines()
    if len(data) > _MAIL_HEAD:
        lines = lines[:-1]  # the last may be half a header
    headers: set[bytes] = set()
    for line in lines:
        if not line:
            break
        if line[:1] in b" \t" and headers:
            continue
        header = _HEADER.match(line)
        if not header:
            return False
        headers.add(header[1].lower())
    return bool(headers and (name.lower().endswith(_MAIL_NAMES) or headers & _MAIL_HEADERS))


def looks_like_html(text: str) -> bool:
    """Tell whether a text starts as a web page or an HTML mail does."""
    return _HTML.match(text, 0, 4096) is not None


def has_table(html: str) -> bool:
    """Tell whether there is a table in it: then it says more than the same as plain text."""
    return _HAS_TABLE.search(html) is not None
