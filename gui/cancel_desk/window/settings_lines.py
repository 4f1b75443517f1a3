"""Lines of the settings: a question, what answers it, and what is said about the answer."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.window.choice_box import ChoiceBox
from cancel_desk.window.clean_edit import CleanLineEdit
from cancel_desk.window.notice import announce
from cancel_desk.window.plain import plain_label
from cancel_desk.window.tick_box import TickBox


class WrongInputError(ValueError):
    """What was typed can't be used; the message says why, for the operator."""


class Line(QWidget):
    """What answers a question, with room below for a note and for what is wrong.

    Args:
        setting: its name in Settings.
        shown: the value it starts with.
        controls: what takes the answer, one below the other.
        read: returns the answer as the setting has it, or raises WrongInputError.
        currency: whose limit it is, of `most_totals`.
    """

    def __init__(
        self,
        setting: str,
        shown: object,
        *controls: QWidget,
        read: Callable[[], Any],
        currency: str | None = None,
    ) -> None:
        super().__init__()
        self.setting, self.shown, self.currency = setting, shown, currency
        self.controls = controls
        self.read = read
        self._note, self._fault = plain_label(wrap=True), plain_label(wrap=True)
        name = controls[0].objectName()
        self._note.setObjectName(f"{name}Note")
        self._note.setProperty("muted", True)
        self._fault.setObjectName(f"{name}Fault")
        self._fault.setProperty("advice", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (*controls, self._fault, self._note):
            column.addWidget(widget)
        for control in controls:
            if isinstance(control, QLineEdit):
                control.textEdited.connect(self._forgive)
            elif isinstance(control, QComboBox):
                control.currentIndexChanged.connect(self._forgive)
        self.note("")
        self.refuse("")

    def note(self, text: str) -> None:
        """Say what there is to know about the answer."""
        self._say(self._note, text)

    def refuse(self, why: str) -> None:
        """Say what is wrong with the answer."""
        self._say(self._fault, why)

    def lock(self, why: str) -> None:
        """Let the answer stay as it is, and say why."""
        for control in self.controls:
            control.setEnabled(False)
        self.note(why)

    def take_focus(self) -> None:
        """Put the keyboard where the answer is typed, and say what is wrong with it."""
        edits = [each for each in self.controls if isinstance(each, QLineEdit)]
        edits[0].setFocus()
        announce(edits[0], self._fault.text())

    @Slot()
    def _forgive(self) -> None:
        self.refuse("")

    def _say(self, label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))
        said = " ".join(filter(None, (self._fault.text(), self._note.text())))
        for control in self.controls:
            control.setAccessibleDescription(said)


class Card(QFrame):
    """A few lines under one title."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setAccessibleName(title)
        heading = plain_label(title)
        heading.setProperty("title", True)
        self.lines: list[Line] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(16, 12, 16, 14)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(10)
        # The same in every card, so that the controls of all stand in one line.
        self._grid.setColumnMinimumWidth(0, self.fontMetrics().averageCharWidth() * 26)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(heading, 0, 0, 1, 2)

    def add(self, question: str, line: Line) -> None:
        """Put a line below the others.

        Args:
            question: with a mnemonic; empty where the control says it itself.
            line: what answers it.
        """
        row = self._grid.rowCount()
        control = line.controls[0]
        if question:
            label = plain_label(question, wrap=True)
            label.setBuddy(control)
            label.setMinimumHeight(control.sizeHint().height())  # on a line with its text
            control.setAccessibleName(question.replace("&", ""))
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(line, row, 1)
        self.lines.append(line)


def text_field(name: str, text: str, placeholder: str = "") -> QLineEdit:
    """Return a field for a text; a key or a card number does not stay in it."""
    edit = CleanLineEdit()
    edit.setObjectName(name)
    edit.setText(text)
    edit.setPlaceholderText(placeholder)
    return edit


def tick_box(name: str, text: str, ticked: bool) -> TickBox:
    """Return a box to tick."""
    box = TickBox(text)
    box.setObjectName(name)
    box.setChecked(ticked)
    return box


def choice(name: str, choices: Mapping[Any, str], chosen: object) -> QComboBox:
    """Return a list of texts to choose from, with the value each stands for."""
    combo = ChoiceBox()
    combo.setObjectName(name)
    for value, text in choices.items():
        combo.addItem(text, value)
    combo.setCurrentIndex(list(choices).index(chosen))
    return combo
