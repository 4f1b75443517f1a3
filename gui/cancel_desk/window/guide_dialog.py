"""The operator's guide: the pages of `resources/guide`, which the repository shows as well."""

import re

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.window.resources import resource_bytes, resource_names
from cancel_desk.window.translation import tr

FIRST_PAGE = "first-start.md"

_CONTENTS = "index.md"
_STATES = "README.md"  # in the repository the states' table is there; here it is a dialog
_ENTRY = re.compile(r"^\d+\. \[(?P<title>[^]]+)\]\((?P<page>[^)]+)\)$", re.MULTILINE)
_PICTURE_WIDTH = 680
_PAGE_ROLE = Qt.ItemDataRole.UserRole


class GuideDialog(QDialog):
    """Shows the guide beside the window, so that one can read and try.

    Args:
        parent: the window.
    """

    states_asked = Signal()  # to see what every state means

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guideDialog")
        self.setWindowTitle(tr("Operator’s guide"))
        self.resize(1000, 640)
        self._pages = QListWidget()
        self._pages.setObjectName("guidePages")
        self._pages.setAccessibleName(tr("Pages of the guide"))
        self._pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pages.setWordWrap(True)
        self._pages.setFixedWidth(self._pages.fontMetrics().averageCharWidth() * 36)
        for title, page in contents():
            entry = QListWidgetItem(title, self._pages)
            entry.setData(_PAGE_ROLE, page)
        self._text = _Page()
        back = QPushButton(tr("&Back"))
        back.setObjectName("guideBackButton")
        back.setEnabled(False)
        close = QPushButton(tr("C&lose"))
        close.setObjectName("closeGuideButton")
        close.setDefault(True)
        beside = QHBoxLayout()
        beside.setSpacing(12)
        beside.addWidget(self._pages)
        beside.addWidget(self._text, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(back)
        buttons.addStretch()
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(12)
        column.addLayout(beside, 1)
        column.addLayout(buttons)
        self._pages.currentItemChanged.connect(self._turn_to)
        self._text.sourceChanged.connect(self._mark)
        self._text.states_asked.connect(self.states_asked)
        self._text.backwardAvailable.connect(back.setEnabled)
        back.clicked.connect(self._text.backward)
        close.clicked.connect(self.accept)
        self.show_page(FIRST_PAGE)

    def show_page(self, page: str) -> None:
        """Turn to a page, by the name of its file."""
        self._text.setSource(_url(page), QTextDocument.ResourceType.MarkdownResource)

    @Slot(QListWidgetItem, QListWidgetItem)
    def _turn_to(self, entry: QListWidgetItem | None, *_: object) -> None:
        if entry is not None and (page := entry.data(_PAGE_ROLE)) != _page(self._text.source()):
            self.show_page(page)

    @Slot(QUrl)
    def _mark(self, source: QUrl) -> None:
        """Show in the list where a link has led."""
        for row in range(self._pages.count()):
            if self._pages.item(row).data(_PAGE_ROLE) == _page(source):
                self._pages.setCurrentRow(row)


def contents() -> list[tuple[str, str]]:
    """Return title and file of each page, in their order."""
    index = resource_bytes(f"guide/{_CONTENTS}").decode()
    return [(entry["title"], entry["page"]) for entry in _ENTRY.finditer(index)]


class _Page(QTextBrowser):
    """One page. Only what lies in the guide's folder is ever loaded, no file and no address."""

    states_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("guideText")
        self.setAccessibleName(tr("Guide"))
        self.setProperty("card", True)
        self.document().setDocumentMargin(18)

    def doSetSource(
        self,
        name: QUrl | str,
        type: QTextDocument.ResourceType = QTextDocument.ResourceType.UnknownResource,  # noqa: A002
    ) -> None:
        """Follow a link, to another page or to the states; no other is followed."""
        if _page(name) == _STATES:
            self.states_asked.emit()
        elif _page(name) in resource_names("guide"):
            super().doSetSource(_url(_page(name)), QTextDocument.ResourceType.MarkdownResource)

    def loadResource(self, type: int, name: QUrl | str) -> object:  # noqa: A002
        """Return a page's text, or a picture as wide as fits."""
        file = _page(name)
        if file in resource_names("guide"):
            return resource_bytes(f"guide/{file}").decode()
        if file in resource_names("guide/pictures"):
            return self._picture(resource_bytes(f"guide/pictures/{file}"))
        return None

    def _picture(self, content: bytes) -> QImage:
        """Return a picture, scaled for this screen."""
        image = QImage.fromData(content)
        ratio = self.devicePixelRatioF()
        width = min(image.width(), _PICTURE_WIDTH) * ratio
        image = image.scaledToWidth(round(width), Qt.TransformationMode.SmoothTransformation)
        image.setDevicePixelRatio(ratio)
        return image


def _url(page: str) -> QUrl:
    return QUrl(f"guide:/{page}")


def _page(url: QUrl | str) -> str:
    return QUrl(url).fileName()
