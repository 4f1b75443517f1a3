"""Verifying the journal: begun by a button, with progress, stopped at will, its verdict told."""

import threading

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from cancel_desk.desk.verification import Verdict
from cancel_desk.window import history_words
from cancel_desk.window.asking import Asking
from cancel_desk.window.history_reading import OpenHistory
from cancel_desk.window.notice import announce
from cancel_desk.window.plain import plain_label
from cancel_desk.window.restyle import restyle
from cancel_desk.window.translation import tr
from cancel_desk.window.worker import DELIVER_EVERY


class VerifyBar(QWidget):
    """Verifies all runs, whichever are shown.

    Args:
        open_history: called in the errands' thread.
        asking: the errands.
        parent: its owner.
    """

    def __init__(
        self, open_history: OpenHistory, asking: Asking, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._open_history = open_history
        self._asking = asking
        self._stopping = threading.Event()
        self._progress = (0, 0)  # entries verified, and of how many; set in the errands' thread
        self._timer = QTimer(self, interval=DELIVER_EVERY)
        self._timer.timeout.connect(self._show_progress)
        self._verify = QPushButton(tr("&Verify"))
        self._verify.setObjectName("verifyButton")
        self._stop = QPushButton(tr("S&top"))
        self._stop.setObjectName("stopVerifyButton")
        self._bar = QProgressBar()
        self._bar.setObjectName("verifyProgress")
        self._bar.setAccessibleName(tr("Entries verified"))
        self._bar.setTextVisible(False)
        self._said = plain_label(wrap=True)
        self._said.setObjectName("verifyLabel")
        self._lay_out()
        self._verify.clicked.connect(self._begin)
        self._stop.clicked.connect(self.stop)
        self._show_working(working=False)
        self._say(
            tr(
                "Verify reads the whole history and tells whether any of it was damaged or edited"
                " afterwards. It changes nothing."
            )
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(self._said)
        column.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._verify)
        row.addWidget(self._stop)
        row.addLayout(column, 1)

    @Slot()
    def stop(self) -> None:
        """Verify no more; what was seen up to there is told."""
        self._stopping.set()
        self._stop.setEnabled(False)

    @Slot()
    def _begin(self) -> None:
        stopping = self._stopping = threading.Event()
        self._progress = (0, 0)
        self._show_working(working=True)
        self._stop.setFocus()
        self._show_progress()

        def verify() -> Verdict:
            return self._open_history().verify(stopping.is_set, self._note)

        self._asking.run(verify, self._tell, self._fail)

    def _note(self, done: int, total: int) -> None:
        self._progress = (done, total)

    @Slot()
    def _show_progress(self) -> None:
        done, total = self._progress
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)
        self._say(history_words.verifying(done, total))

    def _tell(self, verdict: Verdict) -> None:
        self._end(history_words.verdict(verdict), calm=verdict.damage is None)

    def _fail(self, error: Exception) -> None:
        text = history_words.trouble(error)
        self._end(text, calm=False)
        if not text:
            raise error

    def _end(self, text: str, calm: bool) -> None:
        had_focus = self._stop.hasFocus()
        self._show_working(working=False)
        if had_focus:
            self._verify.setFocus()
        self._say(text, advice=not calm)
        announce(self, text)

    def _show_working(self, working: bool) -> None:
        self._verify.setVisible(not working)
        self._stop.setVisible(working)
        self._stop.setEnabled(True)
        self._bar.setVisible(working)
        if working:
            self._timer.start()
        else:
            self._timer.stop()

    def _say(self, text: str, advice: bool = False) -> None:
        self._said.setText(text)
        restyle(self._said, "advice", advice)
