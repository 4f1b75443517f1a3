"""E-mails: headers, texts in all their forms, attachments, and mails inside of mails."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.feedparser import BytesFeedParser
from email.header import decode_header
from email.message import Message
from email.policy import compat32

from cancel_desk.desk.intake.decoding import decode
from cancel_desk.desk.intake.errors import Kind, Unsupported
from cancel_desk.desk.intake.html_text import html_pieces
from cancel_desk.desk.intake.pieces import Piece, Role
from cancel_desk.desk.intake.portions import PORTION
from cancel_desk.desk.intake.reading import MAX_LINES, Reading
from cancel_desk.desk.intake.secrets import drop_secrets
from cancel_desk.desk.intake.shape import ID

ReadPart = Callable[[bytes, str, Reading], Iterator[Piece]]
ReadText = Callable[[str, Reading], Iterator[Piece]]

# What the library makes of a mail is large, and how far parts are nested is known only when it has
# gone down there on the thread's small stack. So what makes parts and headers is counted before.
_MOST = {
    re.compile(rb"(?i)[\r\n]content-type[ \t]*:\s*(?:multipart|message)[ \t]*/"): 100,
    re.compile(rb"[\r\n]--"): 5_000,
    re.compile(rb"[\r\n][!-9;-~]+:"): MAX_LINES,
}
_PORTION = 65_536
_COUNTED = 1024 * 1024
_PARSED = 0.3  # of the time
# What programs write to each other, full of random letters and digits.
_FOR_PROGRAMS = (
    *("arc-", "authentication-", "content-", "dkim-", "in-reply-to", "list-", "message-id"),
    *("received", "references", "return-path", "thread-", "x-"),
)
_LINE_END = re.compile(r"[\r\n]+")
_NO_TEXT = ("image", "audio", "video", "font", "model")
# An attachment that is one of these is no loss.
_NO_LOSS = (Kind.EMPTY, Kind.PICTURE)


class NoMail(Exception):  # noqa: N818
    """No mail has so many parts, inside of each other or not, or so many headers."""


def mail_pieces(
    data: bytes, reading: Reading, read_part: ReadPart, read_text: ReadText
) -> Iterator[Piece]:
    """Return what an e-mail says, part by part.

    An attachment that can't be read is told of by its name, in the role `UNREAD`.

    Args:
        data: the mail.
        reading: how far it is.
        read_part: reads an attachment, given its bytes and its name.
        read_text: reads a plain text.

    Raises:
        NoMail: it is none, before the first piece.
        TooLarge: there is too much in it.
    """
    for pattern, most in _MOST.items():
        portions = range(0, len(data), _COUNTED)
        if sum(len(pattern.findall(data, at, at + _COUNTED)) for at in portions) > most:
            raise NoMail
    return _pieces(data, reading, read_part, read_text)


def _pieces(
    data: bytes, reading: Reading, read_part: ReadPart, read_text: ReadText
) -> Iterator[Piece]:
    message = _parsed(data, reading.inside(reading.part, 0, _PARSED))
    parts = list(_parts(message, reading.part))
    share = (1 - _PARSED) / max(len(parts), 1)
    yield from _headers(message, reading)
    for number, part in enumerate(parts):
        start = _PARSED + share * number
        inside = reading.inside(part.label, start, start + share)
        if part.is_message:
            yield from _headers(part.message, inside)
            continue
        try:
            yield from _text(part, inside, read_part, read_text)
        except Unsupported as error:
            if error.kind not in _NO_LOSS:
                yield Piece(part.name or part.type, inside.place(1), Role.UNREAD)


def _parsed(data: bytes, reading: Reading) -> Message:
    # The newer policy reads headers by their grammar, and fails at some that real mails have.
    parser = BytesFeedParser(policy=compat32)
    for start in range(0, len(data), _PORTION):
        parser.feed(data[start : start + _PORTION])
        reading.at(start / len(data))
    return parser.close()


@dataclass(frozen=True, slots=True)
class _Part:
    """A part that has no parts of its own, or a mail inside of the mail.

    `label` is how its place is called, `name` what it is called itself, where it has a name.
    """

    message: Message
    label: str
    name: str
    is_message: bool

    @property
    def type(self) -> str:
        return self.message.get_content_type()


def _parts(message: Message, label: str) -> Iterator[_Part]:
    """Yield the parts of a mail that lies at `label`, those of mails inside of it behind them."""
    unnamed: Counter[str] = Counter()

    def below(part: Message) -> Iterator[_Part]:
        if not part.is_multipart():
            name = _name(part)
            yield _Part(part, _joined(label, name or _form(part, unnamed)), name, False)
            return
        children = part.get_payload()
        for child in children if isinstance(children, list) else ():
            if not isinstance(child, Message):
                continue
            if part.get_content_maintype() != "message":
                yield from below(child)
                continue
            name = _name(part) or _subject(child)
            inner = _joined(label, name)
            yield _Part(child, inner, name, True)
            yield from _parts(child, inner)

    return below(message)


def _form(part: Message, counts: Counter[str]) -> str:
    """Return how a text without a name is called: nothing, if it is the first plain one."""
    form = "HTML" if part.get_content_type() == "text/html" else ""
    counts[form] += 1
    return f"{form} {counts[form]}".strip() if counts[form] > 1 else form


def _text(
    part: _Part, reading: Reading, read_part: ReadPart, read_text: ReadText
) -> Iterator[Piece]:
    kind, _, form = part.type.partition("/")
    if kind in _NO_TEXT or "signature" in form:
        return iter(())
    payload = part.message.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    if kind != "text" or part.name:
        return read_part(data, part.name, reading)
    text = decode(data, _charset(part.message))
    return html_pieces(text, reading) if form == "html" else read_text(text, reading)


def _headers(message: Message, reading: Reading) -> Iterator[Piece]:
    for name, value in message.raw_items():
        text = _header(str(value))
        if name.lower().startswith(_FOR_PROGRAMS) and not (
            ID.search(text) or drop_secrets(text).keys
        ):
            continue
        yield Piece(text, reading.inside(_joined(reading.part, name), 0, 0).place(1), Role.VALUE)


def _header(value: str) -> str:
    """Return a header's text, unfolded and decoded."""
    # Bytes that are no ASCII were kept by the library as half pairs.
    text = decode(_LINE_END.sub("", value).encode("utf-8", "surrogateescape"))
    if "=?" not in text or len(text) > PORTION:
        return text
    try:
        parts = decode_header(text)
    except HeaderParseError:
        return text
    return "".join(
        part if isinstance(part, str) else decode(part, charset) for part, charset in parts
    )


def _name(part: Message) -> str:
    """Return what an attachment is called."""
    try:
        return _header(part.get_filename(""))
    except (LookupError, ValueError):
        return ""  # in a character set that there can't be


def _subject(message: Message) -> str:
    subjects = (value for name, value in message.raw_items() if name.lower() == "subject")
    return _header(str(next(subjects, "")))


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (LookupError, ValueError):
        return None


def _joined(*names: str) -> str:
    return " / ".join(drop_secrets(name).text for name in names if name)
