"""The bottom of the window: what would be sent, the button that sends it, and how it goes."""

import time
from datetime import datetime

from PySide6.QtCore import QSignalBlocker, QTimer, Signal, SignalInstance, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from cancel_desk.desk.events import PauseReason
from cancel_desk.desk.profiles import Environment
from cancel_desk.window import words
from cancel_desk.window.notice import announce
from cancel_desk.window.plain import plain_label
from cancel_desk.window.restyle import restyle
from cancel_desk.window.translation import tr

_ETA_AFTER = 3.0  # seconds; a guess made earlier is none


class RunPanel(QFrame):
    """Selection, actions, progress."""

    check_asked = Signal()
    cancel_asked = Signal()
    export_asked = Signal()
    pause_asked = Signal(bool)
    stop_asked = Signal()
    practice_asked = Signal()  # a new list to practise on

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self._selection = plain_label(wrap=True)
        self._selection.setObjectName("selectionLabel")
        self._said = plain_label(wrap=True)
        self._said.setObjectName("exportedLabel")
        self._said.setProperty("muted", True)
        self._said.hide()
        self._export = self._button(tr("&Export…"), "exportButton", self.export_asked)
        self._check = self._button(tr("Check a&gain"), "checkButton", self.check_asked)
        # Beside their mnemonics: a button's own shortcut would take that one's place.
        for keys, button in (("Ctrl+E", self._export), ("F5", self._check)):
            QShortcut(QKeySequence(keys), button).activated.connect(button.click)
        self._practise = self._button(
            tr("&Start practice afresh"), "practiseAfreshButton", self.practice_asked
        )
        self._practise.setToolTip(tr("Empty this list, and load 25 new sample payments."))
        self._practise.hide()
        self._cancel = self._button("", "cancelPaymentsButton", self.cancel_asked)
        self._cancel.setProperty("danger", True)
        actions = QHBoxLayout()
        actions.setSpacing(10)
        actions.addWidget(self._selection, 1)
        for button in (self._practise, self._export, self._check, self._cancel):
            actions.addWidget(button)

        self._bar = QProgressBar()
        self._bar.setObjectName("progressBar")
        self._bar.setAccessibleName(tr("Progress"))
        self._bar.setTextVisible(False)
        self._label = plain_label()
        self._label.setObjectName("progressLabel")
        self._pause = QPushButton(tr("Pa&use"))
        self._pause.setObjectName("pauseButton")
        self._pause.setCheckable(True)
        self._pause.toggled.connect(self._toggle_pause)
        self._stop = self._button(tr("&Stop"), "stopButton", self.stop_asked)
        self._progress = QWidget()
        progress = QHBoxLayout(self._progress)
        progress.setContentsMargins(0, 0, 0, 0)
        progress.setSpacing(10)
        progress.addWidget(self._bar, 1)
        for widget in (self._label, self._pause, self._stop):
            progress.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addLayout(actions)
        column.addWidget(self._said)
        column.addWidget(self._progress)

        self._in_practice = False
        self._verb = self._under_way = ""
        self._began = 0.0
        self._paused: tuple[PauseReason, datetime | None] | None = None
        self._stopping = False
        self._countdown = QTimer(self, interval=1000)
        self._countdown.timeout.connect(self._say)
        self._progress.hide()

    def _button(self, text: str, name: str, asked: SignalInstance) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.clicked.connect(asked)
        return button

    def show_for(self, environment: Environment) -> None:
        """Offer what there is in an environment."""
        self._in_practice = environment is Environment.PRACTICE

    def show_selection(self, ticked: int, worth: str, hidden: int, busy: bool, rows: int) -> None:
        """Say what would be sent, and let it be sent if that can be now; or what is under way.

        Args:
            ticked: rows that are ticked and visible.
            worth: their totals, in words.
            hidden: ticked rows that the filter hides.
            busy: whether work is under way.
            rows: all rows in the list.
        """
        text = tr("%Ln payment(s) ticked", "", ticked) if ticked else tr("Nothing ticked")
        if worth:
            text += f" · {worth}"
        if hidden:
            more = tr("%Ln more ticked row(s), hidden by the filter, will not be sent.", "", hidden)
            only = tr("%Ln ticked row(s), hidden by the filter, will not be sent.", "", hidden)
            text = f"{text}\n{more}" if ticked else only
        self._selection.setText(self._under_way or text)
        count = tr("&Cancel %Ln payment(s)…", "", ticked)
        self._cancel.setText(count if ticked else tr("&Cancel payments…"))
        self._cancel.setEnabled(ticked > 0 and not busy)
        self._check.setEnabled(rows > 0 and not busy)
        self._export.setEnabled(rows > 0)
        nothing_left = rows > 0 and not ticked + hidden and not busy
        self._practise.setVisible(self._in_practice and nothing_left)

    def say_selection(self) -> None:
        """Have a screen reader say what would be sent."""
        announce(self, self._selection.text())

    def say(self, text: str) -> None:
        """Show what came of something done here."""
        self._said.setText(text)
        self._said.show()

    def begin(self, verb: str, total: int, what: str) -> None:
        """Show progress from nothing to `total`.

        Args:
            verb: "Checking", "Cancelling".
            total: how many payments.
            what: which, in words; they stand for the selection until the end.
        """
        self._said.hide()
        self._verb, self._under_way = verb, what
        self._began = time.monotonic()
        self._stopping = False
        self._bar.setRange(0, total)
        self._bar.setValue(0)
        self._pause.setChecked(False)
        self._pause.setEnabled(True)
        self._stop.setEnabled(True)
        self._progress.show()
        self.show_pause(None)

    def show_done(self, done: int) -> None:
        """Move the bar on; it never goes back."""
        self._bar.setValue(max(done, self._bar.value()))
        self._say()

    def show_pause(self, why: PauseReason | None, until: datetime | None = None) -> None:
        """Show that and why nothing is sent just now; None when it goes on."""
        if why is None and self._pause.isChecked():
            why = PauseReason.OPERATOR
        if why is PauseReason.FIRST_ONE:
            left = self._bar.maximum() - 1
            with QSignalBlocker(self._pause):  # it was the work that paused
                self._pause.setChecked(True)
            self._pause.setText(tr("Go on with the other %Ln", "", left))
        self._paused = (why, until) if why else None
        restyle(self._bar, "paused", why is not None)
        if until is not None:
            self._countdown.start()
        else:
            self._countdown.stop()
        self._say()

    def focus_pause(self) -> None:
        """Put the focus where the work goes on from its pause."""
        self._pause.setFocus()

    def show_stopping(self) -> None:
        """Show that the work ends as soon as what is under way has ended."""
        self._stopping = True
        self._pause.setEnabled(False)
        self._stop.setEnabled(False)
        self._say()

    def end(self) -> None:
        """Take the progress away."""
        self._under_way = ""
        self._countdown.stop()
        self._progress.hide()

    @Slot(bool)
    def _toggle_pause(self, paused: bool) -> None:
        self._pause.setText(tr("Res&ume") if paused else tr("Pa&use"))
        if self._progress.isVisible():
            self.pause_asked.emit(paused)
            self.show_pause(None)

    @Slot()
    def _say(self) -> None:
        done, total = self._bar.value(), self._bar.maximum()
        count = tr("%1 of %2").replace("%1", words.number(done)).replace("%2", words.number(total))
        parts = [f"{self._verb} {count}"]
        if self._stopping:
            parts.append(tr("stopping, waiting for what is under way"))
        elif self._paused:
            parts.append(words.pause(*self._paused))
        elif eta := self._time_left(done, total):
            parts.append(eta)
        self._label.setText(" · ".join(parts))

    def _time_left(self, done: int, total: int) -> str:
        elapsed = time.monotonic() - self._began
        if elapsed < _ETA_AFTER or not 0 < done < total:
            return ""
        left = words.duration(elapsed / done * (total - done))
        return tr("%1 left").replace("%1", left)
