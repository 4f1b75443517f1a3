"""The top of the window: which profile, which environment, and the ways to keys and help."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from cancel_desk.desk.profiles import PRACTICE, Environment, Profile
from cancel_desk.window import words
from cancel_desk.window.choice_box import ChoiceBox
from cancel_desk.window.icons import ENVIRONMENT_LOOKS, pixmap
from cancel_desk.window.plain import plain_label
from cancel_desk.window.theme import current_theme
from cancel_desk.window.translation import tr


class EnvironmentBadge(QWidget):
    """Practice, sandbox or live at a glance: by word, shape and colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._environment = Environment.PRACTICE
        self._shape = QLabel()
        self._word = plain_label()
        self._word.setObjectName("environmentLabel")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 14, 5)
        row.setSpacing(7)
        row.addWidget(self._shape)
        row.addWidget(self._word)
        self.setProperty("badge", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def show_environment(self, which: Environment) -> None:
        """Show an environment in the theme's present colours."""
        self._environment = which
        shape, tone = ENVIRONMENT_LOOKS[which]
        ink, _ = current_theme().tones[tone]
        self._shape.setPixmap(pixmap(shape, ink, 13, self.devicePixelRatioF()))
        self._word.setText(words.environment(which))
        self.setProperty("tone", tone.value)
        for widget in (self, self._word):
            widget.style().unpolish(widget)
            widget.style().polish(widget)

    def refresh(self) -> None:
        """Take on the theme's new colours."""
        self.show_environment(self._environment)


class Header(QWidget):
    """Profile, environment, key."""

    profile_chosen = Signal(object)  # a Profile
    add_key_asked = Signal()
    replace_key_asked = Signal()
    delete_profile_asked = Signal()
    history_asked = Signal()
    settings_asked = Signal()
    guide_asked = Signal()
    help_asked = Signal()
    new_version_asked = Signal()
    about_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._profiles: list[Profile] = []
        self._combo = ChoiceBox()
        self._combo.setObjectName("profileCombo")
        self._combo.setAccessibleName(tr("Profile"))
        self._combo.setMinimumContentsLength(14)
        self._combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._combo.activated.connect(self._choose)
        label = plain_label(tr("&Profile"))
        label.setBuddy(self._combo)
        self.badge = EnvironmentBadge()
        self._key = plain_label()
        self._key.setObjectName("keyHintLabel")
        self._key.setProperty("muted", True)

        keys = QPushButton(tr("&Keys"))
        keys.setObjectName("keysButton")
        menu = QMenu(keys)
        menu.addAction(tr("&Add a key…"), self.add_key_asked.emit).setObjectName("addKeyAction")
        self._replace = menu.addAction(tr("&Replace this profile’s key…"))
        self._replace.setObjectName("replaceKeyAction")
        self._replace.triggered.connect(self.replace_key_asked)
        self._delete = menu.addAction(tr("&Delete this profile…"))
        self._delete.setObjectName("deleteProfileAction")
        self._delete.triggered.connect(self.delete_profile_asked)
        keys.setMenu(menu)
        self._keys = keys
        history = QPushButton(tr("Histor&y"))
        history.setObjectName("historyButton")
        history.clicked.connect(self.history_asked)
        settings = QPushButton(tr("Setti&ngs"))
        settings.setObjectName("settingsButton")
        settings.clicked.connect(self.settings_asked)
        help_button = QPushButton(tr("&Help"))
        help_button.setObjectName("helpButton")
        help_menu = QMenu(help_button)
        help_menu.addAction(tr("Operator’s &guide"), self.guide_asked.emit).setObjectName(
            "guideAction"
        )
        help_menu.addAction(tr("&What the states mean"), self.help_asked.emit).setObjectName(
            "helpAction"
        )
        help_menu.addAction(
            tr("Check for a &new version…"), self.new_version_asked.emit
        ).setObjectName("newVersionAction")
        help_menu.addAction(tr("A&bout Cancel Desk"), self.about_asked.emit).setObjectName(
            "aboutAction"
        )
        help_button.setMenu(help_menu)

        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        for widget in (label, self._combo, self.badge, self._key):
            row.addWidget(widget)
        row.addStretch()
        for button in (history, keys, settings, help_button):
            row.addWidget(button)

    def show_profiles(self, profiles: Iterable[Profile], chosen: Profile) -> None:
        """List the profiles and show which one is in use."""
        self._profiles = list(profiles)
        self._combo.clear()
        for profile in self._profiles:
            self._combo.addItem(words.profile_name(profile))
        self._combo.setCurrentIndex(self._profiles.index(chosen))
        self.badge.show_environment(chosen.environment)
        hint = tr("key …%1").replace("%1", chosen.key_hint) if chosen.key_hint else ""
        if hint and not chosen.verified:
            hint += " · " + tr("not verified")
        self._key.setText(hint)
        stored = chosen != PRACTICE
        self._replace.setEnabled(stored)
        self._delete.setEnabled(stored)

    def lock(self, locked: bool) -> None:
        """Let the profile be changed, or not: not while work for it is under way."""
        self._combo.setEnabled(not locked)
        self._keys.setEnabled(not locked)
        why = tr("Can be changed when the work under way has ended.") if locked else ""
        self._combo.setToolTip(why)
        self._keys.setToolTip(why)

    @Slot(int)
    def _choose(self, position: int) -> None:
        self.profile_chosen.emit(self._profiles[position])
