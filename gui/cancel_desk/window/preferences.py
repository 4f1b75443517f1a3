"""The settings at work: opened, changed, and made to hold."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from cancel_desk.desk.effective import Effective
from cancel_desk.desk.settings_store import SettingsStore
from cancel_desk.window import settings_words
from cancel_desk.window.notice import Notice, answer
from cancel_desk.window.theme import Looks
from cancel_desk.window.worker import Errands


class Preferences(QObject):
    """What the operator and the organisation have set.

    Args:
        store: where it is kept.
        account: the name on the computer's account.
        looks: wears the colours and the size that are set.
        notice: for what must not be overlooked.
        errands: for what may take its time.
        window: what the dialog stands before.
    """

    changed = Signal()

    def __init__(
        self,
        store: SettingsStore,
        account: str,
        looks: Looks,
        notice: Notice,
        errands: Errands,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._store = store
        self._account = account
        self._looks = looks
        self._notice = notice
        self._errands = errands
        self._window = window
        self._wear(store.effective)

    @property
    def operator(self) -> str:
        """Who consents: the name that is set, or the one on the computer's account."""
        return self._store.effective.settings.operator_name or self._account

    @property
    def retention_months(self) -> int:
        """How long runs are kept before their removal is offered."""
        return self._store.effective.settings.retention_months

    @property
    def effective(self) -> Effective:
        """What held at the last look."""
        return self._store.effective

    @property
    def set_aside(self) -> Path | None:
        """Where the operator's settings are that could not be read; None where they could."""
        return self._store.set_aside

    def look_again(self) -> Effective:
        """Read the files anew: before money moves, what holds now counts."""
        return self._store.reload()

    def tell_problems(self) -> None:
        """Say what could not be read at the start."""
        if self._store.set_aside is not None:
            self._notice.say(settings_words.set_aside(self._store.set_aside))
        problem = self._store.effective.policy.error
        if problem is not None:
            self._notice.say(settings_words.policy_problem(problem), stays=True)

    @Slot()
    def open(self) -> None:
        """Show the settings as the files have them now."""
        self._errands.run(self._store.reload, self._show, self._not_read)

    def _show(self, _: Effective) -> None:
        from cancel_desk.window.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._store, self._errands, self._account, self._window)
        dialog.changed.connect(self._take)
        answer(dialog)

    def _not_read(self, error: Exception) -> None:
        if not isinstance(error, OSError):
            raise error
        self._notice.say(settings_words.not_read(error))

    @Slot(object)
    def _take(self, effective: Effective) -> None:
        self._wear(effective)
        self.changed.emit()

    def _wear(self, effective: Effective) -> None:
        self._looks.choose(effective.settings.theme, effective.settings.text_size)
