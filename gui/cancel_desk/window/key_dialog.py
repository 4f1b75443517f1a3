"""Adding a profile, or giving one another key: asked of Dojo first, then kept in the keyring."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.desk.keychain import KeychainError, SessionKeys
from cancel_desk.desk.profile_keys import add_profile, replace_key
from cancel_desk.desk.profiles import (
    NAME_LIMIT,
    Profile,
    ProfileError,
    Profiles,
    environment_of,
)
from cancel_desk.dojo.key import ApiKey, KeyFormatError
from cancel_desk.dojo.problem import Kind, Problem
from cancel_desk.dojo.proxy import ProxyAddressError
from cancel_desk.window import words
from cancel_desk.window.answer_row import answer_row
from cancel_desk.window.header import EnvironmentBadge
from cancel_desk.window.not_begun import why_not_begun
from cancel_desk.window.plain import plain_label, visible
from cancel_desk.window.tick_box import TickBox
from cancel_desk.window.translation import tr
from cancel_desk.window.worker import Errands

# Asks the API whether it takes a key, with a call that reads; None means that it does.
Verify = Callable[[ApiKey], Problem | None]


@dataclass(frozen=True, slots=True)
class Keys:
    """What the dialog works with."""

    profiles: Profiles
    session_keys: SessionKeys
    verify: Verify


class KeyDialog(QDialog):
    """Takes a name and a key. `profile` is the outcome once it was accepted.

    Args:
        keys: where profiles and keys are kept, and whom to ask.
        errands: for all that may take its time.
        replace: the profile whose key is replaced; None adds one.
        parent: the window.
    """

    def __init__(
        self,
        keys: Keys,
        errands: Errands,
        replace: Profile | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("keyDialog")
        self.setModal(True)
        self.profile: Profile | None = None
        self._keys = keys
        self._errands = errands
        self._replace = replace
        self._verified = False
        self.setWindowTitle(tr("Replace the key") if replace else tr("Add a key"))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        intro = tr(
            "Copy the secret key from the Dojo developer portal. Each shop (location) has its"
            " own. It is kept in this computer’s keyring and is sent to Dojo only."
        )
        column.addWidget(plain_label(intro, wrap=True))
        column.addLayout(self._form())
        self._message = plain_label(wrap=True)
        self._message.setObjectName("keyMessage")
        self._message.setProperty("advice", True)
        column.addWidget(self._message)
        column.addStretch()
        column.addLayout(self._buttons())
        self._update()

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(8)
        self._name = QLineEdit(visible(self._replace.name) if self._replace else "")
        self._name.setObjectName("profileNameEdit")
        self._name.setMaxLength(NAME_LIMIT)
        self._name.setReadOnly(self._replace is not None)
        self._name.setPlaceholderText(tr("for example: Leeds shop"))
        self._key = QLineEdit()
        self._key.setObjectName("keyEdit")
        self._key.setMinimumWidth(400)  # not the dialog's, or it would not grow for its buttons
        self._key.setEchoMode(QLineEdit.EchoMode.Password)
        self._key.setPlaceholderText("sk_sandbox_… / sk_prod_…")
        # Nothing a screen reader, an input method or a drag may pick up and keep.
        self._key.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self._reveal = TickBox(tr("&Show the key"))
        self._reveal.setObjectName("revealBox")
        self._reveal.toggled.connect(self._show_key)
        self._badge = EnvironmentBadge()
        badge_row = QHBoxLayout()
        badge_row.addWidget(self._badge)
        badge_row.addStretch()
        name_label = plain_label(tr("Shop &name"))
        name_label.setBuddy(self._name)
        key_label = plain_label(tr("&Key"))
        key_label.setBuddy(self._key)
        form.addRow(name_label, self._name)
        form.addRow(key_label, self._key)
        form.addRow("", self._reveal)
        self._opens = plain_label(tr("This key is for"))
        form.addRow(self._opens, badge_row)
        self._name.textChanged.connect(self._update)
        self._key.textChanged.connect(self._key_changed)
        return form

    def _buttons(self) -> QHBoxLayout:
        self._save = QPushButton(tr("&Check and save"))
        self._save.setObjectName("saveKeyButton")
        self._save.setDefault(True)
        self._save.clicked.connect(self._check)
        self._unchecked = QPushButton(tr("Save &without checking"))
        self._unchecked.setObjectName("saveUncheckedButton")
        self._unchecked.clicked.connect(self._store)
        self._session = QPushButton(tr("Keep for this &session only"))
        self._session.setObjectName("sessionOnlyButton")
        self._session.clicked.connect(self._keep_for_session)
        self._leave = QPushButton(tr("Don’t save"))
        self._leave.setObjectName("leaveKeyButton")
        self._leave.clicked.connect(self.reject)
        for button in (self._unchecked, self._session, self._leave):
            button.setAutoDefault(False)
        return answer_row(self._leave, self._session, self._unchecked, self._save)

    def _api_key(self) -> ApiKey | None:
        try:
            return ApiKey(self._key.text())
        except KeyFormatError:
            return None

    @Slot(bool)
    def _show_key(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self._key.setEchoMode(mode)

    @Slot()
    def _key_changed(self) -> None:
        self._verified = False
        self._update()

    @Slot()
    def _update(self) -> None:
        key = self._api_key()
        self._badge.setVisible(key is not None)
        self._opens.setVisible(key is not None)
        if key is not None:
            self._badge.show_environment(environment_of(key))
        self._save.setEnabled(key is not None and bool(self._name.text().strip()))
        self._unchecked.hide()
        self._session.hide()
        typed = self._key.text().strip()
        self._say(
            tr(
                "This is not a complete Dojo key. A key starts with sk_sandbox_ or sk_prod_ and has"
                " no spaces inside."
            )
            if typed and key is None
            else ""
        )

    def _say(self, text: str) -> None:
        self._message.setText(text)
        self.adjustSize()

    def _set_busy(self, busy: bool) -> None:
        for widget in (self._name, self._key, self._save, self._unchecked, self._session):
            widget.setEnabled(not busy)
        self._leave.setEnabled(not busy)

    @Slot()
    def _check(self) -> None:
        key = self._api_key()
        if key is None:
            return
        self._set_busy(True)
        self._say(tr("Asking Dojo whether it takes this key…"))
        self._errands.run(lambda: self._keys.verify(key), self._checked, self._failed)

    def _checked(self, problem: Problem | None) -> None:
        self._set_busy(False)
        if problem is None:
            self._verified = True
            self._store()
        elif problem.kind is Kind.KEY_REFUSED:
            self._say(tr("Dojo does not accept this key. Copy it again, whole, from the portal."))
        elif problem.kind is Kind.WRONG_ENVIRONMENT:
            self._say(words.live_key_refused())
        else:
            self._unchecked.show()
            self._say(
                words.reason(problem)
                + " "
                + tr("The key could not be checked. You can save it and have it checked later.")
            )

    @Slot()
    def _store(self) -> None:
        self._save_with(self._keys.session_keys.save)

    @Slot()
    def _keep_for_session(self) -> None:
        self._save_with(self._keys.session_keys.keep)

    def _save_with(self, keep: Callable[[str, ApiKey], None]) -> None:
        """Store profile and key."""
        key, name, verified = self._api_key(), self._name.text(), self._verified
        if key is None:
            return
        profiles, replaced = self._keys.profiles, self._replace

        def store() -> Profile:
            if replaced is None:
                return add_profile(profiles, name, key, verified, keep)
            return replace_key(profiles, replaced, key, verified, keep)

        self._set_busy(True)
        self._say(tr("Saving… (the keyring may ask for its password)"))
        self._errands.run(store, self._stored, self._failed)

    def _stored(self, profile: Profile) -> None:
        self.profile = profile
        self._key.clear()
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        match error:
            case KeychainError():
                self._session.show()
                self._say(words.keychain_problem(error))
            case ProfileError():
                self._say(words.profile_refusal(error.reason))
            case OSError():
                self._say(words.profiles_not_written(error))
            case ProxyAddressError():
                self._say(why_not_begun(error))
                self._unchecked.show()
            case _:
                raise error

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stay while something is being asked or saved: it would come back to nobody."""
        if self._leave.isEnabled():
            super().closeEvent(event)
        else:
            event.ignore()

    def reject(self) -> None:
        """Leave without saving, unless something is under way."""
        if self._leave.isEnabled():
            self._key.clear()
            super().reject()
