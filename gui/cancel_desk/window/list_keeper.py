"""Keeps the list on disk while it is worked on, and brings it back at the next start."""

import logging
from collections.abc import Collection, Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cancel_desk.desk.kept_list import KeptLists, Listed, listed
from cancel_desk.desk.profiles import PRACTICE, Profile
from cancel_desk.desk.row import Row
from cancel_desk.window.batch_model import BatchModel
from cancel_desk.window.worker import Errands

_SAVE_AFTER = 2000  # milliseconds

_log = logging.getLogger(__name__)


class ListKeeper(QObject):
    """Saves the list of the profile in use a little after each change.

    The list of practice is not kept: its payments end with the program.

    Args:
        kept: where the lists are.
        model: tells what is in the list.
        errands: to read and write off the window's thread.
        parent: its owner.
    """

    came_back = Signal(object)  # tuple of Listed
    failed = Signal(object)  # the exception: the list can't be kept

    def __init__(
        self, kept: KeptLists, model: BatchModel, errands: Errands, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._kept = kept
        self._batch = model.batch
        self._errands = errands
        self._wanted = PRACTICE  # the profile in use, whose list may be on its way
        self._profile: Profile | None = None  # whose list is saved
        self._keeper: Profile | None = None  # whose file the rows are in, until they are in another
        self._looked_for: set[str] = set()  # profiles' ids
        self._saved: tuple[tuple[Row, ...], frozenset[str]] | None = None
        self._has_failed = False
        self._timer = QTimer(self, singleShot=True, interval=_SAVE_AFTER)
        self._timer.timeout.connect(self.save)
        model.list_changed.connect(self.note_change)

    def use(self, profile: Profile) -> None:
        """Keep the list under a profile from now on; what is kept there already comes back."""
        self._wanted = profile
        self.save()
        self._profile = None  # nothing is saved before what was kept is here
        if profile == PRACTICE:
            return
        first = profile.id not in self._looked_for
        self._looked_for.add(profile.id)
        self._errands.run(
            lambda: self._kept.load(profile.id) if first else (),
            lambda rows: self._bring_back(profile, rows),
            self._fail,
        )

    def _bring_back(self, profile: Profile, rows: tuple[Listed, ...]) -> None:
        if profile.id != self._wanted.id:  # another is in use by now; it stays in its file
            self._looked_for.discard(profile.id)
            return
        self._profile, self._saved = profile, None
        if rows:
            self.came_back.emit(rows)
        self._take_from_earlier(profile)
        self.note_change()

    def _take_from_earlier(self, profile: Profile) -> None:
        """Let the rows be kept under one profile only, and in no moment under none."""
        earlier, self._keeper = self._keeper, profile
        if earlier is not None and earlier.id != profile.id:
            self.save()
            self._save_as(earlier, ())

    @Slot()
    def note_change(self) -> None:
        """Save soon: something in the list may have changed."""
        if self._profile is not None and not self._timer.isActive():
            self._timer.start()

    @Slot()
    def save(self) -> None:
        """Save now, if there is anything new."""
        self._timer.stop()
        if self._profile is None:
            return
        now = tuple(self._batch.rows), self._batch.unticked  # compared quickly: rows don't change
        if now != self._saved:
            self._saved = now
            self._save_as(self._profile, *now)

    def forget(self, profile: Profile) -> None:
        """Delete what is kept for a profile that is deleted."""
        if self._keeper is not None and self._keeper.id == profile.id:
            self._keeper = None
        self._save_as(profile, ())

    def _save_as(
        self, profile: Profile, rows: Sequence[Row], unticked: Collection[str] = ()
    ) -> None:
        self._errands.run(
            lambda: self._kept.save(profile.id, listed(rows, unticked)),
            lambda _: None,
            self._fail,
        )

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, OSError):
            raise error
        _log.warning("the list can't be kept: %s", error)
        if not self._has_failed:  # once is enough, it would come again with every change
            self._has_failed = True
            self.failed.emit(error)
