"""A contact sheet: all pictures of a folder side by side, with their names."""

import sys
from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter

_COLUMNS = 5
_CELL = (460, 330)  # pixels
_GAP = 16
_CAPTION = 24


def make(folder: str, sheet: str) -> None:
    """Draw the pictures of `folder`, in the order of their names, into the file `sheet`."""
    application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    paths = sorted(Path(folder).glob("*.png"))
    lines = -(-len(paths) // _COLUMNS)
    width, height = _CELL[0] + _GAP, _CELL[1] + _CAPTION + _GAP
    image = QImage(_COLUMNS * width + _GAP, lines * height + _GAP, QImage.Format.Format_RGB32)
    image.fill(QColor("#808890"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setFont(QFont(painter.font().family(), 11))
    painter.setPen(Qt.GlobalColor.white)
    for number, path in enumerate(paths):
        line, column = divmod(number, _COLUMNS)
        left, top = _GAP + column * width, _GAP + line * height
        _draw(painter, path, QRect(left, top, *_CELL))
        caption = QRect(left, top + _CELL[1], _CELL[0], _CAPTION)
        painter.drawText(caption, Qt.AlignmentFlag.AlignVCenter, path.stem)
    painter.end()
    if not image.save(sheet):
        raise OSError(f"{sheet} could not be written")
    del application


def _draw(painter: QPainter, path: Path, cell: QRect) -> None:
    """Draw a picture into its cell: made smaller where it is larger, never made larger."""
    picture = QImage(str(path))
    size = picture.size()
    if size.width() > cell.width() or size.height() > cell.height():
        size.scale(cell.size(), Qt.AspectRatioMode.KeepAspectRatio)
    painter.drawImage(QRect(cell.topLeft(), size), picture)
