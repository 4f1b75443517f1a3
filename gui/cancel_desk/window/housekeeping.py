"""Python's own housekeeping, kept from holding the window still.

A full look for garbage goes through all that the list holds: with 100,000 payments a tenth of a
second, at any moment, in any thread. What the list holds goes when nothing refers to it any more,
without being looked for; so while work brings more of it, it is put aside, and the rest is looked
through in the pauses of the work.

And a thread that has much to do lets another in after 5 ms only, which the window's waits for
several times in every painting.
"""

import gc
import sys

from PySide6.QtCore import QObject, QTimer, Slot

from cancel_desk.window.batch_model import BatchModel
from cancel_desk.window.jobs import Jobs

_LOOK_EVERY = 30_000  # milliseconds
_SHORT = 10_000  # rows; with no more than these all may be looked through
_NEVER = 2**30
_LET_OTHERS_IN_AFTER = 0.001  # seconds


class Housekeeping(QObject):
    """Looks for garbage in the window's thread; by itself Python goes through what is new only.

    Args:
        model: the list.
        jobs: while they are under way, what comes is there to stay.
        parent: its owner.
    """

    def __init__(self, model: BatchModel, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._batch = model.batch
        self._jobs = jobs
        sys.setswitchinterval(_LET_OTHERS_IN_AFTER)
        gc.set_threshold(*gc.get_threshold()[:2], _NEVER)
        timer = QTimer(self, interval=_LOOK_EVERY)
        timer.timeout.connect(self._look)
        timer.start()

    @Slot()
    def _look(self) -> None:
        if self._jobs.is_busy:
            gc.freeze()
            return
        if len(self._batch) <= _SHORT:
            gc.unfreeze()
        gc.collect()
