"""Python's own housekeeping, kept from holding the window still.

A full look for garbage goes through all that the list holds: with 100,000 payments a tenth of a
second, at any moment, in any thread. What the list holds goes when nothing refers to it any more,
without being looked for; so a long list is put aside, and all is looked through when it is short.

And a thread that has much to do lets another in after 5 ms only; a painting window would wait for
that many times over.
"""

import gc
import sys

from PySide6.QtCore import QObject, QTimer, Slot

from cancel_desk.window.batch_model import BatchModel

_LOOK_EVERY = 30_000  # milliseconds
_SHORT = 2_000  # rows; with no more than these a full look takes no time that is felt
_NEVER = 2**30
_LET_OTHERS_IN_AFTER = 0.0002  # seconds


class Housekeeping(QObject):
    """Looks for garbage in the window's thread; by itself Python goes through what is new only.

    Args:
        model: the list.
        parent: its owner.
    """

    def __init__(self, model: BatchModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._batch = model.batch
        sys.setswitchinterval(_LET_OTHERS_IN_AFTER)
        gc.set_threshold(*gc.get_threshold()[:2], _NEVER)
        timer = QTimer(self, interval=_LOOK_EVERY)
        timer.timeout.connect(self._look)
        timer.start()

    @Slot()
    def _look(self) -> None:
        if len(self._batch) > _SHORT:
            gc.freeze()
        else:
            gc.unfreeze()
            gc.collect()
