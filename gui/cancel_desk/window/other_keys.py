"""Payments this key does not know: perhaps another shop's, whose key is at hand too."""

from collections import Counter
from collections.abc import Iterable

from PySide6.QtCore import QObject, Slot

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.elsewhere import look_elsewhere
from cancel_desk.desk.events import FoundElsewhere
from cancel_desk.desk.pace import Control
from cancel_desk.desk.profiles import PRACTICE, Profile, Profiles
from cancel_desk.desk.row import State
from cancel_desk.window import words
from cancel_desk.window.batch_model import BatchModel
from cancel_desk.window.notice import Notice, Offer
from cancel_desk.window.plain import visible
from cancel_desk.window.profile_choice import ProfileChoice
from cancel_desk.window.translation import tr
from cancel_desk.window.worker import Connect, Errands


class OtherKeys(QObject):
    """Offers to look what was not found up with the other keys of the same environment.

    Args:
        model: tells what was not found, and is told who knows it.
        choice: the profile in use.
        profiles: all there are.
        connect: opens the API for a profile; called in the errands' thread.
        errands: where it is looked up.
        notice: where it is offered, and what came of it is said.
        clock: whose time counts.
        parent: its owner.
    """

    def __init__(
        self,
        model: BatchModel,
        choice: ProfileChoice,
        profiles: Profiles,
        connect: Connect,
        errands: Errands,
        notice: Notice,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._choice = choice
        self._profiles = profiles
        self._connect = connect
        self._errands = errands
        self._notice = notice
        self._clock = clock
        self._control = Control()
        self._offered: set[str] = set()

    @Slot()
    def offer(self) -> None:
        """Offer it, once for each payment, where there are other keys and nothing else is said."""
        ids = [row.intent_id for row in self._model.batch.in_state(State.NOT_FOUND)]
        if not ids or self._offered.issuperset(ids) or self._notice.isVisible():
            return
        if not self._others():
            return
        self._offered.update(ids)
        text = tr(
            "%Ln payment(s) not known with this key. They may be another shop’s.", "", len(ids)
        )
        self._notice.say(text, offer=Offer(tr("Look with my other keys"), self._look))

    @Slot()
    def forget(self) -> None:
        """Begin anew: another key was asked."""
        self._offered.clear()

    def stop(self) -> None:
        """Ask no further."""
        self._control.stop()

    def _others(self) -> list[Profile]:
        used = self._choice.profile
        return [
            other
            for other in self._profiles
            if other not in (used, PRACTICE) and other.environment is used.environment
        ]

    def _look(self) -> None:
        ids = [row.intent_id for row in self._model.batch.in_state(State.NOT_FOUND)]
        others, asked_for = self._others(), self._choice.profile
        self._control = control = Control()
        self._notice.say(tr("Looking with your other keys. Nothing is cancelled by that…"))
        self._errands.run(
            lambda: look_elsewhere(
                ids, others, lambda profile: self._connect(profile)(), control, self._clock
            ),
            lambda result: self._tell(asked_for, len(ids), *result),
            self._fail,
        )

    def _tell(
        self, asked_for: Profile, count: int, found: list[FoundElsewhere], unasked: list[Profile]
    ) -> None:
        if self._choice.profile != asked_for or self._control.stopping:
            return  # what was not found then is another matter now
        batch = self._model.batch
        self._model.apply(
            event
            for event in found
            if event.intent_id in batch and batch.row(event.intent_id).state is State.NOT_FOUND
        )
        self._notice.say(_result(count, found, unasked))

    def _fail(self, error: Exception) -> None:
        self._notice.dismiss()
        raise error


def _result(count: int, found: Iterable[FoundElsewhere], unasked: Iterable[Profile]) -> str:
    """Return who knows how many of so many payments."""
    counts = Counter(event.profile for event in found)
    parts = [
        tr("“%1” knows %2 of them: choose it at the top.")
        .replace("%1", visible(name))
        .replace("%2", words.number(known))
        for name, known in counts.items()
    ]
    left = count - counts.total()
    if left:
        parts.append(tr("%Ln payment(s) not known with any of your keys.", "", left))
    parts += [
        tr("“%1” could not be asked.").replace("%1", visible(profile.name)) for profile in unasked
    ]
    return " ".join(parts)
