"""Chips that narrow the list down by state, each with its count, and a search field."""

from collections import Counter

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from cancel_desk.desk.row import State
from cancel_desk.window.clean_edit import CleanLineEdit
from cancel_desk.window.filters import STATES, Filter, filter_name
from cancel_desk.window.translation import tr
from cancel_desk.window.words import number

_ALWAYS = {Filter.ALL, Filter.READY, Filter.CANCELLED}
_TYPING_PAUSE = 150  # milliseconds


class FilterBar(QWidget):
    """What part of the batch is shown."""

    changed = Signal(object, str)  # Filter, search text

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filterBar")
        self._chips: dict[Filter, QPushButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for which in Filter:
            chip = QPushButton()
            chip.setObjectName(f"{which.value}Chip")
            chip.setProperty("chip", True)
            chip.setCheckable(True)
            self._group.addButton(chip)
            self._chips[which] = chip
            row.addWidget(chip)
        self._chips[Filter.ALL].setChecked(True)
        row.addStretch()
        self.search = CleanLineEdit()
        self.search.setObjectName("searchEdit")
        self.search.setPlaceholderText(tr("Search reference, amount, ID"))
        self.search.setAccessibleName(tr("Search the list"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(220)
        self.search.setMaximumWidth(300)
        row.addWidget(self.search, 1)
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
