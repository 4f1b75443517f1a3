"""What to search for and how the search goes: days, buttons, progress."""

from datetime import datetime, timedelta

from PySide6.QtCore import QDate, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.desk.finder import Ending, Outcome, Span
from cancel_desk.desk.pace import Pause
from cancel_desk.window import find_words
from cancel_desk.window.day_edit import DayEdit
from cancel_desk.window.notice import announce
from cancel_desk.window.plain import plain_label
from cancel_desk.window.translation import tr

_BACK = timedelta(days=7)


class SearchPanel(QWidget):
    """Asks for a search and shows where it is."""

    search_asked = Signal(object)  # the Span in which payments were created
    go_on_asked = Signal()
    stop_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        today = datetime.now().date()  # noqa: DTZ005 - the local one
        self._from = DayEdit("fromDate", tr("Created from"), today - _BACK)
        self._to = DayEdit("toDate", tr("Created to"), today)
        self._start = _button("startFindButton", tr("&Search"))
        self._start.setProperty("primary", True)
        self._stop = _button("stopFindButton", tr("Sto&p"))
        self._go_on = _button("goOnFindButton", tr("&Go on from there"))
        self._said = plain_label(wrap=True)
        self._said.setObjectName("findProgress")
        self._found = self._page = 0
        self._pause: Pause | None = None
        self._stopping = False
        self._countdown = QTimer(self, interval=1000)
        self._countdown.timeout.connect(self._say)
        self._lay_out()
        self._from.dateChanged.connect(self._move_last_day)
        self._to.dateChanged.connect(self._move_first_day)
        self._start.clicked.connect(self._ask)
        self._stop.clicked.connect(self._ask_to_stop)
        self._go_on.clicked.connect(self.go_on_asked)
        self._show_buttons(busy=False, can_go_on=False)
        self._said.setText(tr("Choose the days, then press Search."))

    def _lay_out(self) -> None:
        first, last = plain_label(tr("Created &from")), plain_label(tr("to"))
        first.setBuddy(self._from)
        question = QHBoxLayout()
        question.setSpacing(10)
        for widget in (first, self._from, last, self._to, self._start, self._stop, self._go_on):
            question.addWidget(widget)
        question.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(question)
        column.addWidget(self._said)

    def take_focus(self) -> None:
        """Put the keyboard where a search begins."""
        self._start.setFocus()

    def show_searching(self, found: int, page: int) -> None:
        """Show how far the search is.

        Args:
            found: payments found so far.
            page: the page they came from last; 0 where none has come.
        """
        if not self._stop.isVisibleTo(self):
            self._stopping = False
            self._show_buttons(busy=True, can_go_on=False)
            self._stop.setFocus()
        self._found, self._page = found, page
        self._say()

    @Slot(object)
    def show_pause(self, pause: Pause | None) -> None:
        """Show why nothing is asked for the moment; None when it goes on."""
        self._pause = pause
        if pause is None:
            self._countdown.stop()
        else:
            self._countdown.start()
        self._say()

    def show_ended(self, outcome: Outcome, found: int, unreadable: int) -> None:
        """Show how the search ended.

        Args:
            outcome: how.
            found: payments found in all.
            unreadable: entries of its pages that were no usable payment.
        """
        self._end(find_words.ended(outcome, found, unreadable), outcome)

    def show_failed(self, text: str) -> None:
        """Show why the search could not begin."""
        self._end(text, None)

    def _end(self, text: str, outcome: Outcome | None) -> None:
        self._pause = None
        self._countdown.stop()
        had_focus = self._stop.hasFocus()
        self._show_buttons(busy=False, can_go_on=outcome is not None and outcome.can_go_on)
        if had_focus:
            (self._go_on if self._go_on.isVisibleTo(self) else self._start).setFocus()
        calm = outcome is not None and outcome.ending in {Ending.DONE, Ending.STOPPED}
        self._write(text, advice=not calm)
        announce(self, text)

    def _show_buttons(self, busy: bool, can_go_on: bool) -> None:
        for widget in (self._from, self._to, self._start):
            widget.setEnabled(not busy)
        self._stop.setVisible(busy)
        self._stop.setEnabled(True)
        self._go_on.setVisible(can_go_on)

    @Slot()
    def _say(self) -> None:
        text = find_words.searching(self._found, self._page, self._pause, self._stopping)
        self._write(text, advice=False)

    def _write(self, text: str, advice: bool) -> None:
        self._said.setText(text)
        if self._said.property("advice") != advice:
            self._said.setProperty("advice", advice)
            self._said.style().unpolish(self._said)
            self._said.style().polish(self._said)

    @Slot()
    def _ask(self) -> None:
        self.search_asked.emit(Span.of_days(self._from.day, self._to.day))

    @Slot()
    def _ask_to_stop(self) -> None:
        self._stopping = True
        self._stop.setEnabled(False)
        self._say()
        self.stop_asked.emit()

    @Slot(QDate)
    def _move_last_day(self, first: QDate) -> None:
        """Keep the last day from coming before the first."""
        self._to.setDate(max(first, self._to.date()))

    @Slot(QDate)
    def _move_first_day(self, last: QDate) -> None:
        self._from.setDate(min(last, self._from.date()))


def _button(name: str, text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    return button
