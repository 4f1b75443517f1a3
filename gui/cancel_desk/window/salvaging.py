"""A journal that could not be used: what it named can be looked up at Dojo again."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cancel_desk.desk.intake.find_ids import Found
from cancel_desk.desk.profiles import PRACTICE, Environment, Profile
from cancel_desk.desk.salvage import salvage
from cancel_desk.dojo.intent import is_sandbox_id
from cancel_desk.window import words
from cancel_desk.window.notice import Notice, Offer
from cancel_desk.window.translation import tr
from cancel_desk.window.worker import Errands


class Salvaging(QObject):
    """Says that a journal was set aside, and offers to look up the payments that stand in it.

    Args:
        notice: where it is said.
        errands: to read the file off the window's thread.
        parent: its owner.
    """

    wanted = Signal(object)  # tuple of Found, for the profile in use

    def __init__(self, notice: Notice, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notice = notice
        self._errands = errands
        self._profile = PRACTICE
        self._text = ""
        self._ids: tuple[str, ...] = ()

    def begin(self, aside: Path, profile: Profile) -> None:
        """Say it, and see what can be found in the file."""
        self._profile = profile
        self._text = words.journal_damaged(aside)
        self._notice.say(self._text, stays=True)
        self._errands.run(lambda: salvage(aside), self._take, self._not_read)

    @Slot(object)
    def use(self, profile: Profile) -> None:
        """Offer what fits another profile."""
        self._profile = profile
        self._offer()

    def _take(self, ids: tuple[str, ...]) -> None:
        self._ids = ids
        self._offer()

    def _not_read(self, error: Exception) -> None:
        if not isinstance(error, OSError):
            raise error  # else there is nothing to offer, and the notice says what can be done

    def _offer(self) -> None:
        if not self._ids:
            return
        fitting = self._fitting()
        offer = None
        if fitting:
            text = self._text
            offer = Offer(tr("Look up %Ln payment(s) from it", "", len(fitting)), self._look_up)
        else:
            choose = tr(
                "%Ln payment(s) from it can be looked up once you choose their profile.",
                "",
                len(self._ids),
            )
            text = f"{self._text} {choose}"
        self._notice.say(text, stays=True, offer=offer)

    def _fitting(self) -> list[str]:
        if self._profile == PRACTICE:
            return []
        sandbox = self._profile.environment is Environment.SANDBOX
        return [i for i in self._ids if is_sandbox_id(i) == sandbox]

    def _look_up(self) -> None:
        fitting = dict.fromkeys(self._fitting())
        self._ids = tuple(i for i in self._ids if i not in fitting)
        self._notice.dismiss()
        self.wanted.emit(tuple(Found(i, (), hint=False) for i in fitting))
