"""Shapes from `resources/icons`, drawn in whatever colour and size is asked for."""

import functools

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from cancel_desk.desk.profiles import Environment
from cancel_desk.desk.row import State
from cancel_desk.window.resources import resource_bytes
from cancel_desk.window.theme import Tone

STATE_LOOKS: dict[State, tuple[str, Tone]] = {
    State.ADDED: ("dot", Tone.NEUTRAL),
    State.CHECKING: ("look", Tone.NEUTRAL),
    State.READY: ("circle", Tone.CALM),
    State.NOT_CANCELLABLE: ("triangle", Tone.CARE),
    State.ALREADY_CANCELLED: ("check-ring", Tone.NEUTRAL),
    State.NOT_FOUND: ("slash", Tone.NEUTRAL),
    State.COULDNT_CHECK: ("exclamation", Tone.CARE),
    State.WAITING: ("clock", Tone.NEUTRAL),
    State.CHANGED: ("delta", Tone.CARE),
    State.CANCELLING: ("half", Tone.CALM),
    State.UNKNOWN: ("question", Tone.DOUBT),
    State.CANCELLED: ("check", Tone.GOOD),
    State.REFUSED: ("cross", Tone.BAD),
    State.PAID_MEANWHILE: ("triangle", Tone.CARE),
    State.NOT_SENT: ("dash", Tone.NEUTRAL),
}

ENVIRONMENT_LOOKS: dict[Environment, tuple[str, Tone]] = {
    Environment.PRACTICE: ("circle", Tone.GOOD),
    Environment.SANDBOX: ("square", Tone.CARE),
    Environment.LIVE: ("diamond", Tone.BAD),
}


@functools.lru_cache(maxsize=256)
def pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """Return a shape as a square picture.

    Args:
        name: a file in `resources/icons`, without its ending.
        colour: what its `currentColor` stands for.
        size: its side in device-independent pixels.
        ratio: device pixels for each of these.
    """
    source = resource_bytes(f"icons/{name}.svg").replace(b"currentColor", colour.encode())
    picture = QPixmap(QSize(size, size) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(source)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


def program_icon() -> QIcon:
    """Return the program's own icon in the usual sizes."""
    icon = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        icon.addPixmap(pixmap("cancel-desk", "", size))
    return icon
