"""Colours, in one place: light, dark and high contrast, following the system as it changes."""

from dataclasses import dataclass
from enum import StrEnum
from string import Template

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from cancel_desk.desk.settings import ThemeChoice
from cancel_desk.window.resources import resource_bytes


class Tone(StrEnum):
    """What a colour says. Always together with a shape and a word."""

    NEUTRAL = "neutral"
    CALM = "calm"
    GOOD = "good"
    CARE = "care"
    BAD = "bad"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one look; `tones` are pairs of ink and ground."""

    dark: bool
    window: str
    card: str
    field: str
    border: str
    field_border: str
    text: str
    muted: str
    accent: str
    accent_text: str
    danger: str
    danger_hover: str
    danger_text: str
    selected: str
    tones: dict[Tone, tuple[str, str]]


LIGHT = Theme(
    dark=False,
    window="#f4f6f8",
    card="#ffffff",
    field="#ffffff",
    border="#d3d9e0",
    field_border="#7d8894",
    text="#15202b",
    muted="#55616e",
    accent="#1b5fc1",
    accent_text="#ffffff",
    danger="#b3261e",
    danger_hover="#951b14",
    danger_text="#ffffff",
    selected="#dbe8fb",
    tones={
        Tone.NEUTRAL: ("#47525e", "#e9edf1"),
        Tone.CALM: ("#134a9c", "#e0ebfb"),
        Tone.GOOD: ("#12602c", "#ddf3e3"),
        Tone.CARE: ("#7a4300", "#fdeccf"),
        Tone.BAD: ("#98160f", "#fce3e1"),
        Tone.DOUBT: ("#5b2a92", "#efe5fa"),
    },
)

DARK = Theme(
    dark=True,
    window="#14181d",
    card="#1d232a",
    field="#161b21",
    border="#3a444f",
    field_border="#6b7784",
    text="#e8edf2",
    muted="#a3afbb",
    accent="#6ea8fe",
    accent_text="#0c1622",
    danger="#c93a31",
    danger_hover="#b52f27",
    danger_text="#ffffff",
    selected="#253a57",
    tones={
        Tone.NEUTRAL: ("#c2ccd6", "#323b45"),
        Tone.CALM: ("#a6cbff", "#1f3a60"),
        Tone.GOOD: ("#8be0a4", "#173f26"),
        Tone.CARE: ("#ffce85", "#4a3413"),
        Tone.BAD: ("#ffaca5", "#552320"),
        Tone.DOUBT: ("#d9b8ff", "#3e2a5c"),
    },
)

CONTRAST_LIGHT = Theme(
    dark=False,
    window="#ffffff",
    card="#ffffff",
    field="#ffffff",
    border="#000000",
    field_border="#000000",
    text="#000000",
    muted="#000000",
    accent="#00339c",
    accent_text="#ffffff",
    danger="#8c0000",
    danger_hover="#5c0000",
    danger_text="#ffffff",
    selected="#cfe2ff",
    tones={
        Tone.NEUTRAL: ("#000000", "#ffffff"),
        Tone.CALM: ("#00257a", "#ffffff"),
        Tone.GOOD: ("#004d1a", "#ffffff"),
        Tone.CARE: ("#5c3000", "#ffffff"),
        Tone.BAD: ("#8c0000", "#ffffff"),
        Tone.DOUBT: ("#46007d", "#ffffff"),
    },
)

CONTRAST_DARK = Theme(
    dark=True,
    window="#000000",
    card="#000000",
    field="#000000",
    border="#ffffff",
    field_border="#ffffff",
    text="#ffffff",
    muted="#ffffff",
    accent="#8fc1ff",
    accent_text="#000000",
    danger="#ff8a80",
    danger_hover="#ffb3ad",
    danger_text="#000000",
    selected="#113a70",
    tones={
        Tone.NEUTRAL: ("#ffffff", "#000000"),
        Tone.CALM: ("#a6cbff", "#000000"),
        Tone.GOOD: ("#7dff9f", "#000000"),
        Tone.CARE: ("#ffd480", "#000000"),
        Tone.BAD: ("#ffaca5", "#000000"),
        Tone.DOUBT: ("#e0c2ff", "#000000"),
    },
)


class Looks(QObject):
    """Dresses the application, and again whenever the system's colours change."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._font = application.font()
        self._choice = ThemeChoice.SYSTEM
        self._text_size = 100
        self.theme = LIGHT
        application.setStyle("fusion")  # the one style that takes every colour it is given
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(self.follow_system)
        hints.accessibility().contrastPreferenceChanged.connect(self.follow_system)
        self.follow_system()

    def choose(self, theme: ThemeChoice, text_size: int) -> None:
        """Wear light or dark whatever the system has, or as it has it; in a size in percent."""
        if (theme, text_size) == (self._choice, self._text_size):
            return
        self._choice, self._text_size = theme, text_size
        scheme = {
            ThemeChoice.LIGHT: Qt.ColorScheme.Light,
            ThemeChoice.DARK: Qt.ColorScheme.Dark,
            ThemeChoice.SYSTEM: Qt.ColorScheme.Unknown,
        }[theme]
        self._application.styleHints().setColorScheme(scheme)  # for what the system draws
        font = QFont(self._font)
        font.setPointSizeF(self._font.pointSizeF() * text_size / 100)
        self._application.setFont(font)
        self.follow_system()

    def _is_dark(self) -> bool:
        if self._choice is ThemeChoice.SYSTEM:
            return self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self._choice is ThemeChoice.DARK

    @Slot()
    def follow_system(self) -> None:
        """Take the look that the system asks for, unless another was chosen."""
        hints = self._application.styleHints()
        dark = self._is_dark()
        if hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast:
            self.wear(CONTRAST_DARK if dark else CONTRAST_LIGHT)
        else:
            self.wear(DARK if dark else LIGHT)

    def wear(self, theme: Theme) -> None:
        """Dress the application in a theme."""
        self.theme = theme
        self._application.setPalette(_palette(theme))
        self._application.setStyleSheet(_style_sheet(theme, self._text_size))
        self.changed.emit()


def current_theme() -> Theme:
    """Return the theme the application wears; the light one before it wears any."""
    application = QApplication.instance()
    looks = application.findChild(Looks) if application is not None else None
    return looks.theme if looks is not None else LIGHT


def _palette(theme: Theme) -> QPalette:
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, colour in {
        roles.Window: theme.window,
        roles.WindowText: theme.text,
        roles.Base: theme.field,
        roles.AlternateBase: theme.card,
        roles.Text: theme.text,
        roles.Button: theme.card,
        roles.ButtonText: theme.text,
        roles.BrightText: theme.danger,
        roles.ToolTipBase: theme.card,
        roles.ToolTipText: theme.text,
        roles.PlaceholderText: theme.muted,
        roles.Highlight: theme.accent,
        roles.HighlightedText: theme.accent_text,
        roles.Link: theme.accent,
        roles.LinkVisited: theme.accent,
        roles.Accent: theme.accent,
        roles.Mid: theme.border,
    }.items():
        palette.setColor(role, QColor(colour))
    faint = QColor(theme.muted)
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
    return palette


def _style_sheet(theme: Theme, text_size: int) -> str:
    """Fill the style sheet's `$names` with the theme's colours and the heading's size."""
    colours = {
        name: getattr(theme, name) for name in Theme.__slots__ if name not in {"dark", "tones"}
    }
    for tone, (ink, ground) in theme.tones.items():
        colours |= {f"{tone}_ink": ink, f"{tone}_ground": ground}
    heading = f"{15 * text_size / 100:g}pt"
    return Template(resource_bytes("style.qss").decode()).substitute(colours, heading=heading)
