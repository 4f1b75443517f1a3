"""Which past runs are shown: those of some days, and those that have a text in them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from cancel_desk.desk.finder import Span
from cancel_desk.window.choice_box import ChoiceBox
from cancel_desk.window.clean_edit import CleanLineEdit
from cancel_desk.window.day_edit import DayEdit
from cancel_desk.window.history_reading import Wanted
from cancel_desk.window.plain import plain_label
from cancel_desk.window.translation import tr

_TYPING_PAUSE = 150  # milliseconds
_CHOSEN_DAYS = -1


class HistoryFilter(QWidget):
    """Says what is wanted, a moment after each change.

    Args:
        now: the time of day.
        parent: its owner.
    """

    changed = Signal(object)  # Wanted

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        today = now().astimezone().date()
        self._period = ChoiceBox()
        self._period.setObjectName("periodCombo")
        self._period.setAccessibleName(tr("Runs begun"))
        for text, days in (
            (tr("at any time"), 0),
            (tr("today"), 1),
            (tr("in the last %Ln day(s)", "", 7), 7),
            (tr("in the last %Ln day(s)", "", 30), 30),
            (tr("on the days…"), _CHOSEN_DAYS),
        ):
            self._period.addItem(text, days)
        self._first = DayEdit("firstDayEdit", tr("From this day"), today - timedelta(days=30))
        self._last = DayEdit("lastDayEdit", tr("To this day"), today)
        self._text = CleanLineEdit()
        self._text.setObjectName("historySearchEdit")
        self._text.setAccessibleName(tr("Search reason, reference, payment ID"))
        self._text.setPlaceholderText(tr("Search reason, reference, payment ID"))
        self._text.setClearButtonEnabled(True)
        self._refresh = QPushButton(tr("Re&fresh"))
        self._refresh.setObjectName("refreshButton")
        self._refresh.setShortcut(QKeySequence.StandardKey.Refresh)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_PAUSE)
        self._lay_out()
        self._typing.timeout.connect(self.tell)
        self._text.textChanged.connect(self._typing.start)
        self._period.currentIndexChanged.connect(self._choose_period)
        self._first.dateChanged.connect(self._move_last_day)
        self._last.dateChanged.connect(self._move_first_day)
        self._refresh.clicked.connect(self.tell)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.activated.connect(self._text.setFocus)
        find.activated.connect(self._text.selectAll)
        self._choose_period()

    def _lay_out(self) -> None:
        label = plain_label(tr("Runs &begun"))
        label.setBuddy(self._period)
        self._to = plain_label(tr("to"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        for widget in (label, self._period, self._first, self._to, self._last):
            row.addWidget(widget)
        row.addWidget(self._text, 1)
        row.addWidget(self._refresh)

    @property
    def wanted(self) -> Wanted:
        """What the fields ask for."""
        days = self._period.currentData()
        text = self._text.text().strip()
        if days == _CHOSEN_DAYS:
            span = Span.of_days(self._first.day, self._last.day)
            return Wanted(span.start, span.end, text)
        if days:
            today = self._now().astimezone().date()
            return Wanted(Span.of_days(today - timedelta(days=days - 1), today).start, None, text)
        return Wanted(text=text)

    @Slot()
    def tell(self) -> None:
        """Say what is wanted now."""
        self._typing.stop()
        self.changed.emit(self.wanted)

    @Slot()
    def _choose_period(self, *_: object) -> None:
        for widget in (self._first, self._to, self._last):
            widget.setVisible(self._period.currentData() == _CHOSEN_DAYS)
        self._typing.start()

    @Slot()
    def _move_last_day(self, *_: object) -> None:
        """Keep the last day from coming before the first."""
        self._last.setDate(max(self._first.date(), self._last.date()))
        self._typing.start()

    @Slot()
    def _move_first_day(self, *_: object) -> None:
        self._first.setDate(min(self._first.date(), self._last.date()))
        self._typing.start()
