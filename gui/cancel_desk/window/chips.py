"""Chips in tables: a shape and a word on a ground of their own colour."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from cancel_desk.window.cells import PAD
from cancel_desk.window.icons import pixmap
from cancel_desk.window.theme import Tone, current_theme

_ICON, _GAP, _INSIDE = 14, 6, 10  # pixels
AROUND = _ICON + _GAP + 2 * _INSIDE  # pixels that a chip is wider than its text


def draw_chip(
    painter: QPainter, cell: QRect, text: str, look: tuple[str, Tone], selected: bool
) -> None:
    """Draw a chip at the left of a cell, cutting its text where the room ends.

    Args:
        painter: with the cell's font.
        cell: where.
        text: its word or words.
        look: its shape, by name, and what its colour says.
        selected: whether the cell is highlighted.
    """
    shape, tone = look
    theme = current_theme()
    ink, ground = theme.tones[tone]
    font = QFont(painter.font())
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    room = cell.width() - 2 * PAD
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room - AROUND)
    chip = QRect(0, 0, min(room, metrics.horizontalAdvance(text) + AROUND), metrics.height() + 6)
    chip.moveCenter(cell.center())
    chip.moveLeft(cell.left() + PAD)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # An edge where the chip's ground would melt into what is behind it.
    edged = selected or ground == theme.card
    painter.setPen(QPen(QColor(ink), 1) if edged else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(QRectF(chip), chip.height() / 2, chip.height() / 2)
    picture = pixmap(shape, ink, _ICON, painter.device().devicePixelRatioF())
    top = chip.center().y() - _ICON // 2 + 1
    painter.drawPixmap(chip.left() + _INSIDE, top, _ICON, _ICON, picture)
    painter.setPen(QColor(ink))
    box = chip.adjusted(_INSIDE + _ICON + _GAP, 0, 2 - _INSIDE, 0)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
