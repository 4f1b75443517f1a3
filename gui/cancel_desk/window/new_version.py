"""Help, check for a new version: one page, opened in the browser of whoever asks to see it.

The program looks nothing up. Which page it is the organisation says in its policy; otherwise the
package was built with one, or there is none.
"""

import os
import sys
from importlib.metadata import version

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cancel_desk.desk.policy import Policy
from cancel_desk.window.answer_row import answer_row
from cancel_desk.window.notice import announce
from cancel_desk.window.plain import breakable, plain_label
from cancel_desk.window.resources import resource_bytes
from cancel_desk.window.translation import tr

_WIDTH = 440  # pixels, at the least


def releases_page(policy: Policy) -> str | None:
    """Return the address of the page that has the new versions; None where nobody has said."""
    return policy.releases_page or _built_in()


class NewVersionDialog(QDialog):
    """Shows which version this is, and offers to open the page.

    Args:
        page: as `releases_page` returns it; without one it says whom to ask.
        parent: the window.
    """

    def __init__(self, page: str | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("newVersionDialog")
        self.setWindowTitle(tr("Check for a new version"))
        self.setMinimumWidth(_WIDTH)
        heading = plain_label(self.windowTitle(), wrap=True)
        heading.setProperty("heading", True)
        text = plain_label(_what_to_do(page), wrap=True)
        text.setObjectName("newVersionText")
        self.setAccessibleDescription(text.text())  # or only the button would be read out
        address = plain_label(breakable(page or ""), wrap=True)
        address.setObjectName("newVersionAddress")
        address.setVisible(page is not None)
        self._trouble = plain_label(wrap=True)
        self._trouble.setObjectName("newVersionTrouble")
        self._trouble.setProperty("strong", True)
        self._trouble.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        for label in (heading, text, address, self._trouble):
            column.addWidget(label)
        column.addStretch()
        column.addLayout(self._answers(page))

    def _answers(self, page: str | None) -> QHBoxLayout:
        leave = QPushButton(tr("C&lose"))
        leave.setObjectName("newVersionLeaveButton")
        leave.setDefault(True)
        leave.setFocus()
        leave.clicked.connect(self.reject)
        if page is None:
            return answer_row(leave)
        copy = QPushButton(tr("&Copy the address"))
        copy.setObjectName("copyAddressButton")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(page))
        show = QPushButton(tr("&Open the page"))
        show.setObjectName("openPageButton")
        show.clicked.connect(lambda: self._open(page))
        return answer_row(leave, show, beside=copy)

    def _open(self, page: str) -> None:
        _give_back_the_library_path()
        if QDesktopServices.openUrl(QUrl(page)):
            self.accept()
            return
        said = tr("No web browser could be opened. Copy the address, and open it elsewhere.")
        self._trouble.setText(said)
        self._trouble.show()
        announce(self, said)


def _what_to_do(page: str | None) -> str:
    this_is = tr("This is Cancel Desk %1.").replace("%1", version("cancel-desk"))
    if page is None:
        return f"{this_is} " + tr(
            "This copy doesn’t know where new versions are published: ask who gave it to you."
        )
    return f"{this_is} " + tr(
        "It doesn’t look for new versions itself. This page shows them in your web browser:"
    )


def _built_in() -> str | None:
    """Return what the package was built with; packaging/cancel-desk.spec puts it there."""
    try:
        return resource_bytes("releases-page.txt").decode().strip()
    except FileNotFoundError:
        return None


def _give_back_the_library_path() -> None:
    """Keep this program's libraries from the browser, which comes with its own.

    A frozen program has begun by pointing the dynamic linker at them, and what the variable held
    before it has put aside. The linker read it when this process started, and looks no more.
    """
    if getattr(sys, "frozen", False):
        before = os.environ.get("LD_LIBRARY_PATH_ORIG")
        if before is None:
            os.environ.pop("LD_LIBRARY_PATH", None)
        else:
            os.environ["LD_LIBRARY_PATH"] = before
