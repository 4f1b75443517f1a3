"""JSON: the values of an answer or a webhook, each on the line where it stands.

Read bit by bit rather than by the library: that one holds up every other thread, keeps all of
it, and knows no lines.
"""

import json
import re
from collections.abc import Iterator
from enum import Enum, auto

from cancel_desk.desk.intake.lines import with_one_line_end
from cancel_desk.desk.intake.pieces import Piece, Role
from cancel_desk.desk.intake.reading import Reading

# A list of numbers or of bare words in brackets is as good a text.
_START = re.compile(r'[ \t]*(?:\{\s*["}]|\[\s*[\[{"\]])')
_TOKEN = re.compile(
    r'[ \t\n]*(?:"(?P<text>[^"\\\n]*)(?P<more>["\\])'
    r"|(?P<word>-?\d[\d.eE+-]*|true|false|null)"
    r"|(?P<mark>[\[\]{},:]))"
)
_NEXT_IN_TEXT = re.compile(r'["\\\n]')
_MAX_DEPTH = 500
# How many characters are read between two looks at `stop`: a few hundredths of a second.
_STRIDE = 200_000
# Numbers are amounts and times. A card's has this many digits and starts as no time does.
_MAYBE_CARD = re.compile(r"[2-6]\d{12}")


def looks_like_json(text: str) -> bool:
    """Tell whether a text starts as an object does, or a list of objects, lists or texts."""
    return _START.match(text[:1000].lstrip()) is not None


def json_pieces(text: str, reading: Reading) -> Iterator[Piece]:
    """Yield the values of one or more JSON documents, and the lines between them as text.

    Names are left out. What stands in a list may be meant as an id, like a line; what has a name
    is what the name says. A document that is broken, or nested too deep, is text as far as the
    end of the line where it breaks; the next line may start another one.

    Raises:
        TooLarge: there are too many lines outside of documents.
    """
    text = with_one_line_end(text)
    at, line = 0, 1
    while at < len(text):
        document = _Document(text, at, reading)
        if _START.match(text, at) and document.is_whole():
            yield from document.pieces(line)
            end = document.end
        else:
            end = text.find("\n", document.end) + 1 or len(text)
            lines = text[at:end].removesuffix("\n").split("\n")
            reading.count_lines(len(lines))
            for number, each in enumerate(lines, line):
                yield Piece(each, reading.place(number))
        line += text.count("\n", at, end)
        at = end
        reading.at(at / len(text))


class _Wanted(Enum):
    """What may come next in a document."""

    VALUE = auto()
    VALUE_OR_END = auto()
    NAME = auto()
    NAME_OR_END = auto()
    COLON = auto()
    COMMA_OR_END = auto()


_VALUES = (_Wanted.VALUE, _Wanted.VALUE_OR_END)
_NAMES = (_Wanted.NAME, _Wanted.NAME_OR_END)
_ENDS = (_Wanted.COMMA_OR_END, _Wanted.VALUE_OR_END, _Wanted.NAME_OR_END)


class _Document:
    r"""An object or a list, with all that is in it.

    `end` is how far it could be read.

    Args:
        text: what it stands in, with `\n` for each line's end.
        start: where.
        reading: asked whether to go on.
    """

    def __init__(self, text: str, start: int, reading: Reading) -> None:
        self.end = start
        self._text = text
        self._start = start
        self._reading = reading
        self._whole = False

    def is_whole(self) -> bool:
        """Read it, and tell whether it is JSON to its end."""
        for _ in self._values(self._start):
            pass
        return self._whole

    def pieces(self, line: int) -> Iterator[Piece]:
        """Yield the values of one that is whole; `line` is the number of its first line."""
        at = self._start
        for start, value, has_name in self._values(self.end):
            line += self._text.count("\n", at, start)
            at = start
            if value.startswith('"'):
                value = _unescaped(value)
            elif has_name and not _MAYBE_CARD.match(value):
                continue
            role = Role.VALUE if has_name else Role.ITEM
            yield Piece(value, self._reading.place(line), role)

    def _values(self, other: int) -> Iterator[tuple[int, str, bool]]:
        """Yield where each value stands, what it is, and whether it has a name.

        It is read twice; how far the reading is lies halfway to where the `other` time is.
        """
        brackets, wanted = "", _Wanted.VALUE
        self.end = self._start
        look = self.end + _STRIDE
        while token := _TOKEN.match(self._text, self.end):
            mark, end = token["mark"], token.end()
            has_name = brackets.endswith("{")
            if mark is None:
                if token["more"] == "\\":
                    end = self._text_end(end - 1)
                if end < 0:
                    return
                if wanted in _VALUES:
                    start = token.start("word") if token["word"] else token.start("text") - 1
                    yield start, self._text[start:end], has_name
                    wanted = _Wanted.COMMA_OR_END
                elif wanted in _NAMES and token["word"] is None:
                    wanted = _Wanted.COLON
                else:
                    return
            elif mark in "[{" and wanted in _VALUES and len(brackets) < _MAX_DEPTH:
                brackets += mark
                wanted = _Wanted.NAME_OR_END if mark == "{" else _Wanted.VALUE_OR_END
            elif mark in "]}" and wanted in _ENDS and brackets[-1] + mark in ("[]", "{}"):
                brackets, wanted = brackets[:-1], _Wanted.COMMA_OR_END
            elif mark == ":" and wanted is _Wanted.COLON:
                wanted = _Wanted.VALUE
            elif mark == "," and wanted is _Wanted.COMMA_OR_END:
                wanted = _Wanted.NAME if has_name else _Wanted.VALUE
            else:
                return
            self.end = end
            if not brackets:
                self._whole = True
                return
            if end > look:
                look = end + _STRIDE
                self._reading.at((other + end) / 2 / len(self._text))

    def _text_end(self, at: int) -> int:
        """Return where the text ends whose first backslash is at `at`; -1 if it does not."""
        while found := _NEXT_IN_TEXT.search(self._text, at):
            if found[0] == '"':
                return found.end()
            if found[0] == "\n" or self._text[found.end() : found.end() + 1] in ("\n", ""):
                return -1
            at = found.end() + 1
        return -1


def _unescaped(text: str) -> str:
    """Return what a text between quotes says, as it stands if its escapes say nothing."""
    if "\\" not in text:
        return text[1:-1]
    try:
        return str(json.loads(text, strict=False))
    except ValueError:
        return text[1:-1]
