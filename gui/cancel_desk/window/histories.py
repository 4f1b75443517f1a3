"""Opening History, one dialog at a time, and the threads it reads in, which outlive it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.journals import Journals
from cancel_desk.desk.profiles import PRACTICE, Profile
from cancel_desk.window.preferences import Preferences
from cancel_desk.window.worker import Errands

if TYPE_CHECKING:
    from cancel_desk.window.history_dialog import HistoryDialog


class Histories(QObject):
    """Shows History beside the window, whose buttons (Stop above all) stay within reach.

    Args:
        journals: where the journals are.
        preferences: who is at the window, and how long runs are kept.
        clock: whose time counts.
        window: the window.
    """

    def __init__(
        self, journals: Journals, preferences: Preferences, clock: Clock, window: QWidget
    ) -> None:
        super().__init__(window)
        self._journals = journals
        self._preferences = preferences
        self._clock = clock
        self._window = window
        self._reading = Errands(self)
        self._working = Errands(self)
        self._dialog: HistoryDialog | None = None
        self._of_practice = False

    def show(self, profile: Profile) -> None:
        """Show the runs of a profile's journal; in front, where they are shown already."""
        of_practice = profile == PRACTICE
        if self._dialog is not None and of_practice != self._of_practice:
            self.stop()
        if self._dialog is None:
            from cancel_desk.window.history_dialog import HistoryDialog

            self._of_practice = of_practice
            self._dialog = HistoryDialog(
                self._journals,
                profile,
                self._preferences,
                self._clock,
                self._reading,
                self._working,
                self._window,
            )
            self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self._dialog.finished.connect(self._forget)
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    @Slot()
    def _forget(self, *_: object) -> None:
        self._dialog = None

    def stop(self) -> None:
        """Close the dialog; what is under way for it ends soon."""
        if self._dialog is not None:
            self._dialog.reject()

    @property
    def is_busy(self) -> bool:
        """Tell whether something is under way still."""
        return self._reading.is_busy or self._working.is_busy

    def close(self) -> None:
        """Wait for the threads to end; to be called when nothing is under way."""
        self._reading.close()
        self._working.close()
