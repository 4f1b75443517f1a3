"""Chips that narrow the list down by state, each with its count, and a search field."""

from collections import Counter
from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHelpEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QToolTip,
    QWidget,
)

from cancel_desk.desk.row import State
from cancel_desk.window.clean_edit import CleanLineEdit
from cancel_desk.window.filters import STATES, Filter, filter_name
from cancel_desk.window.plain import plain_label, tooltip
from cancel_desk.window.translation import tr
from cancel_desk.window.words import number

_ALWAYS = {Filter.ALL, Filter.READY, Filter.CANCELLED}
_TYPING_PAUSE = 150  # milliseconds


class Ticking(StrEnum):
    """What to do with the ticks of all that is shown."""

    ALL = "all"
    NONE = "none"
    INVERT = "invert"


class FilterBar(QWidget):
    """What part of the batch is shown.

    Args:
        worth: tells what the payments behind a chip come to, in words; asked only when needed.
        parent: its owner.
    """

    changed = Signal(object, str)  # Filter, search text
    tick_asked = Signal(object)  # Ticking

    def __init__(self, worth: Callable[[Filter], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filterBar")
        self._worth = worth
        self._chips: dict[Filter, QPushButton] = {}
        self._group = QButtonGroup(self)
        chips, tools = QHBoxLayout(), QHBoxLayout()
        for row in (chips, tools):
            row.setSpacing(8)
        for which in Filter:
            chip = QPushButton()
            chip.setObjectName(f"{which.value}Chip")
            chip.setProperty("chip", True)
            chip.setCheckable(True)
            chip.setAutoExclusive(True)  # so that a screen reader says that it is one of several
            chip.installEventFilter(self)
            self._group.addButton(chip)
            self._chips[which] = chip
            chips.addWidget(chip)
        self._chips[Filter.ALL].setChecked(True)
        chips.addStretch()
        tools.addStretch()
        self._shown = plain_label()
        self._shown.setObjectName("shownLabel")
        self._shown.setProperty("muted", True)
        tools.addWidget(self._shown)
        tools.addWidget(self._ticks())
        self.search = CleanLineEdit()
        self.search.setObjectName("searchEdit")
        self.search.setPlaceholderText(tr("Search reference, amount, ID"))
        self.search.setAccessibleName(tr("Search the list"))
        self.search.setClearButtonEnabled(True)
        needed = self.search.fontMetrics().horizontalAdvance(self.search.placeholderText()) + 44
        self.search.setMinimumWidth(max(220, needed))
        self.search.setMaximumWidth(max(300, needed))
        tools.addWidget(self.search, 1)
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(8)
        self._parts = chips, tools
        self._lines.addLayout(chips, 1)
        self._lines.addLayout(tools)
        clear = QShortcut(Qt.Key.Key_Escape, self.search)
        clear.setContext(Qt.ShortcutContext.WidgetShortcut)
        clear.activated.connect(self.search.clear)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_PAUSE)
        self._typing.timeout.connect(self._tell)
        self.search.textChanged.connect(self._typing.start)
        self.search.returnPressed.connect(self._tell)
        self._group.buttonClicked.connect(self._tell)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WindowShortcut)
        find.activated.connect(self.search.setFocus)
        find.activated.connect(self.search.selectAll)
        self.show_counts(Counter())

    def _ticks(self) -> QPushButton:
        button = QPushButton(tr("Tick"))
        button.setObjectName("tickButton")
        button.setToolTip(tr("Tick or untick all that is shown"))
        menu = QMenu(button)
        for which, text in (
            (Ticking.ALL, tr("&All that is ready")),
            (Ticking.NONE, tr("&None")),
            (Ticking.INVERT, tr("The &other way round")),
        ):
            action = menu.addAction(text)
            action.setObjectName(f"tick{which.value.capitalize()}Action")
            action.triggered.connect(lambda _=False, which=which: self.tick_asked.emit(which))
        button.setMenu(menu)
        return button

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell what the payments behind a chip come to, when the mouse rests on it."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            which = next(which for which, chip in self._chips.items() if chip is watched)
            QToolTip.showText(event.globalPos(), tooltip(self._worth(which)))
            return True
        return super().eventFilter(watched, event)

    def show_shown(self, text: str) -> None:
        """Say what the rows that are shown come to; nothing where that is all there is."""
        self._shown.setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take a second line where one has no room for everything."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._lines.activate()  # or it measures what was there before
        chips, tools = (layout.sizeHint().width() for layout in self._parts)
        fits = chips + self._lines.spacing() + tools <= self.width()
        one, two = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._lines.setDirection(one if fits else two)

    @property
    def chosen(self) -> Filter:
        """The chip that is down."""
        return next(which for which, chip in self._chips.items() if chip.isChecked())

    def show_counts(self, counts: Counter[State]) -> None:
        """Put the counts on the chips; a chip that would show nothing is left out."""
        for which, chip in self._chips.items():
            count = sum(counts[state] for state in STATES[which])
            chip.setText(f"{filter_name(which)} {number(count)}")
            chip.setVisible(count > 0 or which in _ALWAYS or chip.isChecked())
        self._fit()

    def reset(self) -> None:
        """Show everything again."""
        with QSignalBlocker(self.search):
            self.search.clear()
        self._chips[Filter.ALL].setChecked(True)
        self._tell()

    @Slot()
    def _tell(self, *_: object) -> None:
        self._typing.stop()
        self.changed.emit(self.chosen, self.search.text())
