"""Text from outside, made safe to show: plain, on one line, with nothing hidden in it.

References, descriptions and a server's messages are written by strangers. A bidirectional control
in one can make an amount read backwards, and Qt takes text that looks like HTML for HTML.
"""

import html
import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from cancel_desk.desk.visible import visible as visible  # for all who show text

_LONG_WORD = re.compile(r"\S{25,}")
_STRETCH = re.compile(r".{1,8}")


def breakable(text: str) -> str:
    """Return text whose long words may be broken: a label that can't wrap one cuts it off.

    The places are zero-width spaces, for labels only; what is copied on purpose has none.
    """
    return _LONG_WORD.sub(lambda word: "\u200b".join(_STRETCH.findall(word[0])), text)


def tooltip(text: str) -> str:
    """Return text for a tooltip, which has no plain text mode: escaped, so that it reads as is."""
    return f"<qt>{html.escape(text)}</qt>" if text else ""


def plain_label(text: str = "", parent: QWidget | None = None, *, wrap: bool = False) -> QLabel:
    """Return a label that never takes its text for HTML."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    label.setText(text)
    return label
