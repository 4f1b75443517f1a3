"""Runs that an earlier program did not live to end: telling of them, going on, leaving them."""

from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.events import RunDismissed
from cancel_desk.desk.journals import Journals
from cancel_desk.desk.profiles import Profile
from cancel_desk.desk.recovery import Recovered
from cancel_desk.window.interrupted_bar import InterruptedBar
from cancel_desk.window.worker import Errands


class Interrupted(QObject):
    """Offers one interrupted run after the other, oldest first, until each is decided on.

    Args:
        bar: where they are offered.
        journals: where a decision is written down.
        errands: to write it.
        clock: whose time counts.
        parent: its owner.
    """

    go_on_asked = Signal(object)  # the Recovered at hand; `decide` it once that can be done
    not_written = Signal(object)  # the exception: a decision could not be written down

    def __init__(
        self,
        bar: InterruptedBar,
        journals: Journals,
        errands: Errands,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bar = bar
        self._journals = journals
        self._errands = errands
        self._clock = clock
        self._waiting: deque[Recovered] = deque()
        bar.go_on_asked.connect(self._go_on)
        bar.leave_asked.connect(self._leave)

    def offer(self, found: Sequence[Recovered]) -> None:
        """Take runs that nobody has decided on yet."""
        self._waiting.extend(found)
        self._show()

    def holds_one_of(self, profile: Profile) -> bool:
        """Tell whether a run of this profile waits for a decision."""
        return any(found.plan.profile_id == profile.id for found in self._waiting)

    @property
    def ids(self) -> set[str]:
        """The payments that are in a run that waits for a decision."""
        return {row.intent_id for found in self._waiting for row in found.rows}

    def decide(self, found: Recovered) -> None:
        """Write down that the operator has decided, so that it is not offered again."""
        self._waiting.remove(found)
        journals = self._journals
        event = RunDismissed(at=self._clock.now(), run_id=found.plan.run_id)
        self._errands.run(
            lambda: journals.open().journal.append(event), lambda _: None, self.not_written.emit
        )
        self._show()

    def _show(self) -> None:
        if self._waiting:
            self._bar.show_run(self._waiting[0].plan, self._waiting[0].rows)
        else:
            self._bar.hide()

    @Slot()
    def _go_on(self) -> None:
        self.go_on_asked.emit(self._waiting[0])

    @Slot()
    def _leave(self) -> None:
        self.decide(self._waiting[0])
