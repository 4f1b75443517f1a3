"""A field for a day, with a calendar."""

from datetime import date

from PySide6.QtCore import QDate
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDateEdit, QWidget

from cancel_desk.window.icons import pixmap
from cancel_desk.window.theme import current_theme

_EARLIEST, _LATEST = QDate(2000, 1, 1), QDate(2099, 12, 31)


class DayEdit(QDateEdit):
    """A date edit with the arrow of our own icons: a styled one loses the style's."""

    def __init__(self, name: str, spoken: str, day: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setDateRange(_EARLIEST, _LATEST)
        self.setDate(QDate(day.year, day.month, day.day))
        self.setCalendarPopup(True)

    @property
    def day(self) -> date:
        """The day that is chosen."""
        shown = self.date()
        return date(shown.year(), shown.month(), shown.day())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field, then the arrow."""
        super().paintEvent(event)
        painter = QPainter(self)
        arrow = pixmap("chevron", current_theme().muted, 14, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - 22, (self.height() - 14) // 2, arrow)
