"""Everything known about the row at hand, and what to do next."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.desk.row import Row
from cancel_desk.window import words
from cancel_desk.window.details import fields, heading, technical, timeline
from cancel_desk.window.plain import breakable, plain_label
from cancel_desk.window.translation import tr


class DetailsPane(QScrollArea):
    """Shows one row; selects and copies like text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("detailsPane")
        self.setAccessibleName(tr("Details of the highlighted payment"))
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._row: Row | None = None
        self._shown = ""
        self.setProperty("card", True)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(16, 14, 16, 14)
        self._column.setSpacing(8)
        self._heading = self._line("title")
        self._what = self._line()
        self._next = self._line("advice")
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(4)
        self._grid.setHorizontalSpacing(14)
        self._grid.setColumnStretch(1, 1)
        self._fields: list[tuple[QLabel, QLabel]] = []
        self._column.addLayout(self._grid)
        self._story_title = self._line("title")
        self._story = self._line()
        self._technical_title = self._line("title")
        self._technical = self._line("muted")
        self._column.addStretch()
        self._copy = QPushButton(tr("Copy &details"))
        self._copy.setObjectName("copyDetailsButton")
        self._copy.clicked.connect(self._copy_all)
        self._column.addWidget(self._copy)
        self.setWidget(inside)
        self.show_row(None)

    def _line(self, style: str = "") -> QLabel:
        label = plain_label(wrap=True)
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        if style:
            label.setProperty(style, True)
        self._column.addWidget(label)
        return label

    @Slot(object)
    def show_row(self, row: Row | None) -> None:
        """Show a row; without one, say how to get here."""
        if row is None or self._row is None or row.intent_id != self._row.intent_id:
            self.verticalScrollBar().setValue(0)
        self._row = row
        now = datetime.now(UTC)
        shown = _as_text(row, now) if row is not None else ""
        if shown and shown == self._shown:
            return  # nothing new: leave scroll position and selected text alone
        self._shown = shown
        self._heading.setText(breakable(heading(row)) if row else tr("Details"))
        self._what.setText(
            words.explanation(row) if row else tr("Click a payment to see all about it here.")
        )
        advice = words.next_step(row) if row else ""
        self._next.setText(tr("What to do: %1").replace("%1", advice))
        self._next.setVisible(bool(advice))
        self._show_fields(row, now)
        story = timeline(row) if row else []
        self._story_title.setText(tr("What happened"))
        self._story.setText("\n".join(story))
        words_of_server = technical(row) if row else ""
        self._technical_title.setText(tr("For the support team"))
        self._technical.setText(breakable(words_of_server))
        for title, text in (
            (self._story_title, self._story),
            (self._technical_title, self._technical),
        ):
            title.setVisible(bool(text.text()))
            text.setVisible(bool(text.text()))
        self._copy.setVisible(row is not None)

    def _show_fields(self, row: Row | None, now: datetime) -> None:
        shown = fields(row, now) if row else []
        while len(self._fields) < len(shown):
            self._fields.append(self._add_field(len(self._fields)))
        for number, (name, value) in enumerate(self._fields):
            there = number < len(shown)
            name.setVisible(there)
            value.setVisible(there)
            if there:
                name.setText(shown[number][0])
                value.setText(breakable(shown[number][1]))

    def _add_field(self, line: int) -> tuple[QLabel, QLabel]:
        name, value = plain_label(), plain_label(wrap=True)
        name.setProperty("muted", True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(name, line, 0, top)
        self._grid.addWidget(value, line, 1, top)
        return name, value

    @Slot()
    def _copy_all(self) -> None:
        if self._row is not None:
            QGuiApplication.clipboard().setText(_as_text(self._row, datetime.now(UTC)))


def _as_text(row: Row, now: datetime) -> str:
    lines = [heading(row), words.explanation(row), words.next_step(row), ""]
    lines += [f"{name}: {value}" for name, value in fields(row, now)]
    lines += ["", *timeline(row)]
    if technical(row):
        lines += ["", technical(row)]
    return "\n".join(lines)
