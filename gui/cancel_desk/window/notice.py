"""A line across the window for what must not be overlooked, and questions of our own words."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QMessageBox, QPushButton, QWidget

from cancel_desk.window.plain import plain_label
from cancel_desk.window.question import QuestionDialog
from cancel_desk.window.translation import tr

_FRAME = QSize(16, 48)  # what a window manager puts around a dialog, at the most


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be done about what is said, and the button's text, a verb."""

    text: str
    do: Callable[[], None]


class Notice(QFrame):
    """Says one thing until it is dismissed, or something newer is said or begun."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setProperty("notice", True)
        self._stays = False
        self._text = plain_label(wrap=True)
        self._text.setObjectName("noticeText")
        self._offer: Offer | None = None
        self._accept = QPushButton()
        self._accept.setObjectName("noticeOfferButton")
        self._accept.clicked.connect(self._do)
        close = QPushButton(tr("Hide"))
        close.setObjectName("dismissNoticeButton")
        close.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(12)
        row.addWidget(self._text, 1)
        row.addWidget(self._accept)
        row.addWidget(close)
        self.hide()

    def say(self, text: str, stays: bool = False, offer: Offer | None = None) -> None:
        """Show a text, to eyes and to screen readers.

        Args:
            text: what to say.
            stays: whether it outlives new work.
            offer: what can be done about it.
        """
        self._text.setText(text)
        self._offer = offer
        self._accept.setText(offer.text if offer else "")
        self._accept.setVisible(offer is not None)
        self._stays = stays
        self.show()
        announce(self, text)

    @Slot()
    def _do(self) -> None:
        if self._offer is not None:
            self._offer.do()

    def expire(self) -> None:
        """Take away what new work makes out of date."""
        if not self._stays:
            self.hide()

    @Slot()
    def dismiss(self) -> None:
        """Take it away."""
        self.hide()


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader say something."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


def answer(dialog: QDialog) -> bool:
    """Show a dialog until it is answered; True if it was accepted.

    The caller can still read it; after that it goes, with the payments or the key it holds.
    """
    if not dialog.testAttribute(Qt.WidgetAttribute.WA_Resized):
        dialog.adjustSize()
    room = dialog.screen().availableSize() - _FRAME
    dialog.resize(dialog.size().boundedTo(room))
    try:
        return bool(dialog.exec())
    finally:
        dialog.deleteLater()


def ask(parent: QWidget, name: str, title: str, text: str, do: str, leave: str) -> bool:
    """Ask whether to do something; the safe answer is the default and Esc.

    Args:
        parent: the window.
        name: the dialog's object name.
        title: its title.
        text: the question, plain.
        do: the button that does it, a verb.
        leave: the button that leaves things as they are.
    """
    return answer(QuestionDialog(name, title, text, do, leave, parent))


def close_dialogs(window: QWidget) -> None:
    """Close what stands open over a window that is about to go, as if left without an answer."""
    for dialog in window.findChildren(QDialog):
        if dialog.isVisible():
            dialog.reject()


def is_seen() -> bool:
    """Tell whether there is a screen: on the platforms without one a box would wait for ever."""
    return QGuiApplication.platformName() not in {"offscreen", "minimal"}


def tell(title: str, text: str) -> None:
    """Show a message before there is a window."""
    box = QMessageBox()
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.addButton(tr("Close"), QMessageBox.ButtonRole.AcceptRole)
    box.exec()
