"""The settings: what the operator chooses, and what the organisation has set."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.desk.effective import Effective
from cancel_desk.desk.settings import Settings
from cancel_desk.desk.settings_store import SettingsStore
from cancel_desk.dojo.proxy import ProxyAddressError, system_proxy
from cancel_desk.window import settings_cards, settings_words
from cancel_desk.window.notice import announce
from cancel_desk.window.plain import breakable, plain_label
from cancel_desk.window.settings_lines import Card, Line, WrongInputError
from cancel_desk.window.translation import tr
from cancel_desk.window.worker import Errands


class SettingsDialog(QDialog):
    """Shows the settings, and saves what was changed.

    Args:
        store: where they are kept.
        errands: for what may take its time.
        account: the name on the computer's account, for who gives no other.
        parent: the window.
    """

    changed = Signal(object)  # what is Effective now; it has been saved

    def __init__(
        self, store: SettingsStore, errands: Errands, account: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settingsDialog")
        self.setModal(True)
        self.setWindowTitle(tr("Settings"))
        self._store = store
        self._errands = errands
        self._effective = effective = store.effective
        self._left = False
        self._connection = settings_cards.ConnectionCard(effective)
        self._cards: list[Card] = [
            settings_cards.you(effective, account),
            settings_cards.speed(effective),
            settings_cards.limits(effective),
            settings_cards.looks(effective),
            self._connection,
            settings_cards.history(effective),
        ]
        self._body = self._stack(self._cards)
        self._area = QScrollArea()
        self._area.setAccessibleName(tr("Settings"))
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setWidget(self._body)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows what has the focus in it
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 14)
        column.setSpacing(10)
        column.addWidget(self._area, 1)
        column.addLayout(self._bottom())
        self._fit()
        self._cards[0].lines[0].controls[0].setFocus()
        errands.run(system_proxy, self._show_system_proxy, self._show_system_flaw)

    def _fit(self) -> None:
        """Be as large as all of it takes, and no larger than the screen."""
        room = self.screen().availableSize()
        bar = self._area.verticalScrollBar().sizeHint().width()
        width = max(
            self.fontMetrics().averageCharWidth() * 100, self._body.minimumSizeHint().width() + bar
        )
        height = self._body.sizeHint().height() + self._save.sizeHint().height() * 3
        self.resize(min(width, room.width()), min(height, room.height()))

    def _stack(self, cards: list[Card]) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 14, 16, 4)
        column.setSpacing(12)
        if self._effective.policy.error is not None:
            problem = settings_words.policy_problem(self._effective.policy.error)
            column.addWidget(_warning(problem))
        for card in cards:
            column.addWidget(card)
        column.addStretch()
        return body

    def _bottom(self) -> QHBoxLayout:
        self._message = plain_label(wrap=True)
        self._message.setObjectName("settingsMessage")
        self._message.setProperty("advice", True)
        self._save = QPushButton(tr("&Save"))
        self._save.setObjectName("saveSettingsButton")
        self._save.setProperty("primary", True)
        self._save.setDefault(True)
        self._save.clicked.connect(self._check)
        self._discard = QPushButton(tr("&Discard changes"))
        self._discard.setObjectName("discardSettingsButton")
        self._discard.setAutoDefault(False)
        self._discard.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(10)
        row.addWidget(self._message, 1)
        row.addWidget(self._discard)
        row.addWidget(self._save)
        return row

    def _show_system_proxy(self, found: str | None) -> None:
        if not self._left:
            self._connection.show_system(settings_words.system_proxy(found))

    def _show_system_flaw(self, error: Exception) -> None:
        if not isinstance(error, ProxyAddressError):
            raise error
        if not self._left:
            self._connection.show_system(settings_words.system_proxy_flaw(error.flaw))

    @Slot()
    def _check(self) -> None:
        """Save, unless something was typed wrong: then go there."""
        answers: list[tuple[Line, Any]] = []
        wrong: list[Line] = []
        for line in (line for card in self._cards for line in card.lines):
            try:
                answers.append((line, line.read()))
            except WrongInputError as error:
                line.refuse(str(error))
                wrong.append(line)
        if wrong:
            wrong[0].take_focus()
            layout = self._body.layout()
            if layout is not None:
                layout.activate()  # what was just said takes room
            self._area.ensureWidgetVisible(wrong[0])
        else:
            self._store_changes(self._made_of(answers))

    def _made_of(self, answers: list[tuple[Line, Any]]) -> Settings:
        """Return what the operator has chosen by now; what was not touched stays as it was.

        What the policy made of a choice is shown, but it does not become the choice.
        """
        chosen = self._effective.chosen
        changes: dict[str, Any] = {}
        totals = dict(chosen.most_totals)
        for line, answer in answers:
            if answer == line.shown:
                continue
            if line.currency is None:
                changes[line.setting] = answer
            elif answer is None:
                totals.pop(line.currency, None)
            else:
                totals[line.currency] = answer
        return replace(chosen, most_totals=totals, **changes)

    def _store_changes(self, new: Settings) -> None:
        old = self._effective.chosen
        self._message.setText("")
        self._set_busy(True)
        self._errands.run(lambda: self._store.change(old, new), self._saved, self._failed)

    def _saved(self, effective: Effective) -> None:
        self._set_busy(False)
        self.changed.emit(effective)
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        if not isinstance(error, OSError):
            raise error
        self._message.setText(settings_words.not_saved(error))
        announce(self, self._message.text())

    def _set_busy(self, busy: bool) -> None:
        for widget in (self._body, self._save, self._discard):
            widget.setEnabled(not busy)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stay while something is being saved: it would come back to nobody."""
        if self._discard.isEnabled():
            super().closeEvent(event)
        else:
            event.ignore()

    def reject(self) -> None:
        """Leave without saving, unless that is under way."""
        if self._discard.isEnabled():
            super().reject()

    def done(self, result: int) -> None:
        """Leave; what is still being asked comes back to nobody."""
        self._left = True
        super().done(result)


def _warning(text: str) -> QFrame:
    frame = QFrame()
    frame.setProperty("notice", True)
    label = plain_label(breakable(text), wrap=True)
    label.setObjectName("policyProblem")
    column = QVBoxLayout(frame)
    column.setContentsMargins(14, 8, 14, 8)
    column.addWidget(label)
    return frame
