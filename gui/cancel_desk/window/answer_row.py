"""The last row of a dialog: one order of buttons everywhere, so that a hand can learn it."""

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget


def answer_row(*answers: QPushButton, beside: QWidget | None = None) -> QHBoxLayout:
    """Lay out the buttons that end a dialog on the right.

    Args:
        answers: the one that leaves things as they are first, the one that does something last.
        beside: what stands on the left and ends nothing.
    """
    row = QHBoxLayout()
    row.setSpacing(10)
    if beside is not None:
        row.addWidget(beside)
    row.addStretch()
    for button in answers:
        row.addWidget(button)
    return row
