"""Everything known about the row at hand, and what to do next."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.desk.intake.secrets import drop_secrets
from cancel_desk.desk.row import Row
from cancel_desk.window import words
from cancel_desk.window.details import (
    advice,
    fields,
    for_ticket,
    heading,
    is_urgent,
    technical,
    timeline,
)
from cancel_desk.window.notice import announce
from cancel_desk.window.plain import breakable, plain_label
from cancel_desk.window.restyle import restyle
from cancel_desk.window.translation import tr

_NARROWEST = 30  # letters
_MARGIN = 16  # pixels


class DetailsPane(QScrollArea):
    """Shows one row; selects and copies like text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("detailsPane")
        self.setAccessibleName(tr("Details of the highlighted payment"))
        self.setWidgetResizable(True)
        self._row: Row | None = None
        self._shown = ""
        self.setProperty("card", True)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(_MARGIN, 14, _MARGIN, 14)
        self._column.setSpacing(8)
        self._heading = self._line("title")
        self._what = self._line()
        self._next = self._line()
        self._next.setObjectName("adviceLabel")
        self._copy_row = self._button("copyRowButton", self._copy_for_ticket)
        place = QWidget()  # of the fields' own, so that they are read out where they stand
        self._form = _Fields(place)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(4)
        self._form.setHorizontalSpacing(14)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._fields: list[tuple[QLabel, QLabel]] = []
        self._column.addWidget(place)
        self._story_title = self._line("title")
        self._story = self._line()
        self._technical_title = self._line("title")
        self._technical = self._line("muted")
        self._column.addStretch()
        self._copy = self._button("copyDetailsButton", self._copy_all)
        self.setWidget(inside)
        self.setMinimumWidth(_NARROWEST * self.fontMetrics().averageCharWidth())
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

    def _button(self, name: str, do: Callable[[], None]) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        button.clicked.connect(do)
        self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return button

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
        _show(self._heading, heading(row) if row else tr("Details"))
        what = words.explanation(row) if row else tr("Click a payment to see all about it here.")
        _show(self._what, what)
        to_do = advice(row) if row else ""
        self._next.setText(tr("What to do: %1").replace("%1", to_do))
        self._next.setVisible(bool(to_do))
        restyle(self._next, "advice", row is not None and is_urgent(row))
        self._show_fields(row, now)
        story = timeline(row, now) if row else []
        self._story_title.setText(tr("What happened"))
        _show(self._story, "\n".join(story))
        words_of_server = technical(row) if row else ""
        self._technical_title.setText(tr("For the support team"))
        _show(self._technical, words_of_server)
        for title, text in (
            (self._story_title, self._story),
            (self._technical_title, self._technical),
        ):
            title.setVisible(bool(text.text()))
            text.setVisible(bool(text.text()))
        self._copy_row.setText(tr("Copy fo&r the ticket"))
        self._copy.setText(tr("Copy all &details"))
        for button in (self._copy_row, self._copy):
            button.setVisible(row is not None)

    def _show_fields(self, row: Row | None, now: datetime) -> None:
        shown = fields(row, now) if row else []
        while len(self._fields) < len(shown):
            self._fields.append(self._add_field())
        for number, (name, value) in enumerate(self._fields):
            there = number < len(shown)
            self._form.setRowVisible(number, there)
            if there:
                name.setText(shown[number][0])
                _show(value, shown[number][1])
        self._arrange_fields()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        self._arrange_fields()

    def _arrange_fields(self) -> None:
        """Put values beside their names, or below where the pane is narrow or the text large."""
        shown = [field for field in self._fields if not field[1].isHidden()]
        names = max((name.sizeHint().width() for name, _ in shown), default=0)
        values = max((value.minimumSizeHint().width() for _, value in shown), default=0)
        beside = names + self._form.horizontalSpacing() + values + 2 * _MARGIN
        policy = QFormLayout.RowWrapPolicy
        is_narrow = beside > self.viewport().width()
        self._form.setRowWrapPolicy(policy.WrapAllRows if is_narrow else policy.DontWrapRows)
        self._form.measure_again()

    def _add_field(self) -> tuple[QLabel, QLabel]:
        name, value = plain_label(), plain_label(wrap=True)
        name.setProperty("muted", True)
        name.setAlignment(Qt.AlignmentFlag.AlignTop)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._form.addRow(name, value)
        return name, value

    @Slot()
    def _copy_for_ticket(self) -> None:
        if self._row is not None:
            self._hand_over(for_ticket(self._row), self._copy_row)

    @Slot()
    def _copy_all(self) -> None:
        if self._row is not None:
            text = drop_secrets(_as_text(self._row, datetime.now(UTC))).text
            self._hand_over(text, self._copy)

    def _hand_over(self, text: str, button: QPushButton) -> None:
        QGuiApplication.clipboard().setText(text)
        button.setText(tr("Copied"))
        announce(button, tr("Copied"))


class _Fields(QFormLayout):
    """A form whose rows are measured again at every width.

    Qt's keeps the heights of the width before: as a scroll bar comes, values that wrap are cut off.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._measured_at = 0  # width; not again at the same, for each time calls for the next

    def measure_again(self) -> None:
        """Measure at the next placing: what stands there has changed."""
        self._measured_at = 0

    def setGeometry(self, rect: QRect) -> None:
        """Measure where that is due, then place the rows."""
        if rect.width() != self._measured_at:
            self._measured_at = rect.width()
            self.invalidate()
        super().setGeometry(rect)


def _show(label: QLabel, text: str) -> None:
    """Show a text that may be broken anywhere, and have it read out as it is."""
    label.setText(breakable(text))
    label.setAccessibleName(text)


def _as_text(row: Row, now: datetime) -> str:
    lines = [heading(row), words.explanation(row), advice(row), ""]
    lines += [f"{name}: {value}" for name, value in fields(row, now)]
    lines += ["", *timeline(row, now)]
    if technical(row):
        lines += ["", technical(row)]
    return "\n".join(lines)
