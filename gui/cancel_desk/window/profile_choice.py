"""Which profile is in use: choosing, adding, giving another key, deleting."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cancel_desk.desk.keychain import KeychainError
from cancel_desk.desk.profiles import PRACTICE, Profile, ProfileError
from cancel_desk.window import words
from cancel_desk.window.header import Header
from cancel_desk.window.key_dialog import KeyDialog, Keys
from cancel_desk.window.notice import Notice, answer, ask
from cancel_desk.window.plain import visible
from cancel_desk.window.translation import tr
from cancel_desk.window.worker import Errands


class ProfileChoice(QObject):
    """The profile in use, and what the operator does with the profiles there are.

    Args:
        profile: the one to start with.
        keys: where profiles and keys are kept.
        header: shows and offers them.
        notice: for what must not be overlooked.
        errands: for all that may take its time.
        is_unfinished: tells whether something is left to be learnt with a profile's key.
        parent: its owner.
    """

    changed = Signal(object)  # another Profile is in use
    key_replaced = Signal(object)  # the Profile in use has another key
    deleted = Signal(object)  # a Profile that was in use

    def __init__(
        self,
        profile: Profile,
        keys: Keys,
        header: Header,
        notice: Notice,
        errands: Errands,
        is_unfinished: Callable[[Profile], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.profile = profile
        self._keys = keys
        self._header = header
        self._notice = notice
        self._errands = errands
        self._is_unfinished = is_unfinished
        self._locked = False
        self._waiting: Profile | None = None  # to be used once nothing is under way
        header.profile_chosen.connect(self.choose)
        header.add_key_asked.connect(self.add_key)
        header.replace_key_asked.connect(self._replace_key)
        header.delete_profile_asked.connect(self._delete)
        self._show()

    def get(self, profile_id: str) -> Profile | None:
        """Return a profile by its id; None where it is gone, and its key with it."""
        try:
            return self._keys.profiles.get(profile_id)
        except ProfileError:
            return None

    def lock(self, locked: bool) -> None:
        """Let the profile be changed, or not: not while work for it is under way."""
        self._locked = locked
        self._header.lock(locked)
        if not locked and self._waiting is not None:
            QTimer.singleShot(0, self, self._use_waiting)  # whoever unlocks may not be done yet

    def tell_set_aside(self) -> None:
        """Say so where the list of profiles could not be read at the start."""
        path = self._keys.profiles.set_aside
        if path is not None:
            self._notice.say(
                tr(
                    "The list of profiles could not be read. It is kept as %1; add your keys again."
                ).replace("%1", visible(str(path)))
            )

    @Slot(object)
    def choose(self, profile: Profile) -> None:
        """Use a profile from now on, unless something is under way."""
        if profile == self.profile or self._locked:
            return
        self._notice.dismiss()
        try:
            self._keys.profiles.use(profile.id)
        except ProfileError as error:
            self._notice.say(words.profile_refusal(error.reason))
            self._show()
            return
        except OSError as error:
            self._notice.say(words.profiles_not_written(error))  # used all the same
        self._take(profile)
        self.changed.emit(profile)

    @Slot()
    def _use_waiting(self) -> None:
        """Use the profile that had to wait; where work began anew, this comes again after it."""
        profile = self._waiting
        if profile is not None and not self._locked:
            self._waiting = None
            self.choose(profile)

    def _take(self, profile: Profile) -> None:
        self.profile = profile
        self._show()

    def _show(self) -> None:
        self._header.show_profiles(self._keys.profiles, self.profile)

    @Slot()
    def add_key(self) -> None:
        """Ask for a name and a key, and use that profile."""
        dialog = KeyDialog(self._keys, self._errands, parent=self._header.window())
        profile = dialog.profile if answer(dialog) else None
        if profile is None:
            return
        if self._locked:  # work began while the dialog stood there
            self._waiting = profile
            self._show()
            self._notice.say(
                tr("“%1” is saved, and will be chosen when the work under way has ended.").replace(
                    "%1", visible(profile.name)
                )
            )
        else:
            self.choose(profile)

    @Slot()
    def _replace_key(self) -> None:
        dialog = KeyDialog(self._keys, self._errands, self.profile, self._header.window())
        if answer(dialog) and dialog.profile is not None:
            self._take(dialog.profile)
            self.key_replaced.emit(dialog.profile)

    @Slot()
    def _delete(self) -> None:
        profile = self.profile
        if not self._may_delete(profile) or self._locked:
            return  # also where work for it began while the question stood there
        try:
            self._keys.profiles.delete(profile.id)
        except OSError as error:
            self._notice.say(words.profiles_not_written(error))
            return
        self.choose(PRACTICE)
        self.deleted.emit(profile)
        keys = self._keys.session_keys
        self._errands.run(lambda: keys.delete(profile.id), lambda _: None, self._key_not_deleted)

    def _may_delete(self, profile: Profile) -> bool:
        text = tr(
            "The profile “%1” and its key will be deleted from this computer."
            " Nothing changes at Dojo."
        ).replace("%1", visible(profile.name))
        if self._is_unfinished(profile):
            text += "\n\n" + tr(
                "It is not known yet what became of some of its payments. Without the key that"
                " can’t be looked up any more."
            )
        return ask(
            self._header.window(),
            "deleteProfileDialog",
            tr("Delete this profile?"),
            text,
            tr("Delete it"),
            tr("Keep it"),
        )

    def _key_not_deleted(self, error: Exception) -> None:
        if not isinstance(error, KeychainError):
            raise error
        self._notice.say(
            tr("The profile is gone, but its key could not be deleted.")
            + " "
            + words.keychain_problem(error)
        )
