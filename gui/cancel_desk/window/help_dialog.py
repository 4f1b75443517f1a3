"""Help: what every state means, and what the program is."""

import platform
from importlib.metadata import version
from pathlib import Path

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.desk.row import State
from cancel_desk.window import words
from cancel_desk.window.icons import STATE_LOOKS, pixmap
from cancel_desk.window.plain import plain_label, visible
from cancel_desk.window.theme import current_theme
from cancel_desk.window.translation import tr


class HelpDialog(QDialog):
    """The states explained, in the order of a payment's life."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("helpDialog")
        self.setWindowTitle(tr("What the states mean"))
        self.resize(860, 640)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(16, 14, 16, 14)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(2, 3)
        grid.setColumnStretch(3, 3)
        for column, text in ((1, tr("State")), (2, tr("What it means")), (3, tr("What to do"))):
            title = plain_label(text)
            title.setProperty("title", True)
            grid.addWidget(title, 0, column)
        for line, state in enumerate(State, start=1):
            self._add_state(grid, line, state)
        grid.setRowStretch(len(State) + 1, 1)
        area = QScrollArea()
        area.setAccessibleName(tr("What the states mean"))
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.addWidget(area)
        layout.addLayout(_close_row(self))

    def _add_state(self, grid: QGridLayout, line: int, state: State) -> None:
        shape, tone = STATE_LOOKS[state]
        ink, _ = current_theme().tones[tone]
        picture = QLabel()
        picture.setPixmap(pixmap(shape, ink, 16, self.devicePixelRatioF()))
        name = plain_label(words.state_name(state), wrap=True)
        name.setProperty("strong", True)
        meaning, advice = words.meaning(state)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(picture, line, 0, top)
        grid.addWidget(name, line, 1, top)
        grid.addWidget(plain_label(meaning, wrap=True), line, 2, top)
        grid.addWidget(plain_label(advice or tr("Nothing to do."), wrap=True), line, 3, top)


class AboutDialog(QDialog):
    """Version, where journal and log are, and what to give to support."""

    def __init__(self, log: Path, journal: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle(tr("About Cancel Desk"))
        self.setMinimumWidth(520)
        facts = [
            f"Cancel Desk {version('cancel-desk')}",
            f"Python {platform.python_version()}, Qt {qVersion()}",
            f"{platform.system()} {platform.release()}, {QGuiApplication.platformName()}",
            tr("Log: %1").replace("%1", visible(str(log))),
            tr("Journal: %1").replace("%1", visible(str(journal))),
        ]
        picture = QLabel()
        picture.setPixmap(pixmap("cancel-desk", "", 64, self.devicePixelRatioF()))
        name = plain_label("Cancel Desk")
        name.setProperty("heading", True)
        about = plain_label(
            tr(
                "Cancels Dojo payments that have not been paid. Free software under the MIT"
                " licence; not made by, or affiliated with, Dojo. Uses Qt under the LGPL."
            ),
            wrap=True,
        )
        text = plain_label("\n".join(facts), wrap=True)
        text.setObjectName("aboutFacts")
        text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        words_column = QVBoxLayout()
        words_column.setSpacing(10)
        for label in (name, about, text):
            words_column.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(18)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words_column, 1)
        copy = QPushButton(tr("Copy these &facts"))
        copy.setObjectName("copyFactsButton")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText("\n".join(facts)))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        column.addLayout(row)
        column.addLayout(_close_row(self, copy))


def _close_row(dialog: QDialog, *others: QPushButton) -> QHBoxLayout:
    close = QPushButton(tr("C&lose"))
    close.setDefault(True)
    close.clicked.connect(dialog.accept)
    row = QHBoxLayout()
    row.addStretch()
    for button in (*others, close):
        row.addWidget(button)
    return row
