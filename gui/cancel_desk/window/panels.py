"""What the window is made of, and where each part stands."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from cancel_desk.window.batch_model import BatchModel
from cancel_desk.window.batch_table import BatchTable
from cancel_desk.window.details_pane import DetailsPane
from cancel_desk.window.filter_bar import FilterBar
from cancel_desk.window.filters import Filter
from cancel_desk.window.header import Header
from cancel_desk.window.intake_panel import IntakePanel
from cancel_desk.window.interrupted_bar import InterruptedBar
from cancel_desk.window.notice import Notice
from cancel_desk.window.run_panel import RunPanel
from cancel_desk.window.summary_panel import SummaryPanel
from cancel_desk.window.welcome import Welcome


class Panels(QWidget):
    """The window's parts, from top to bottom. None of them knows of another.

    Args:
        model: what the table shows.
        worth: tells what the payments behind a filter come to, in words.
    """

    def __init__(self, model: BatchModel, worth: Callable[[Filter], str]) -> None:
        super().__init__()
        self.header = Header()
        self.notice = Notice()
        self.interrupted = InterruptedBar()
        self.intake = IntakePanel()
        self.filter = FilterBar(worth)
        self.welcome = Welcome()
        self.table = BatchTable(model)
        self.details = DetailsPane()
        self.summary = SummaryPanel()
        self.run = RunPanel()
        self.splitter = self._list_and_details()
        self._body = QStackedWidget()
        self._body.addWidget(self.welcome)
        self._body.addWidget(self.splitter)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(12)
        for panel in (self.header, self.notice, self.interrupted, self.intake, self.filter):
            column.addWidget(panel)
        column.addWidget(self._body, 1)
        column.addWidget(self.summary)
        column.addWidget(self.run)

    def _list_and_details(self) -> QSplitter:
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(12)
        splitter.addWidget(self.table)
        splitter.addWidget(self.details)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([800, 340])
        return splitter

    def show_list(self, there_is_one: bool) -> None:
        """Show the list and what belongs to it, or the welcome while there is none."""
        self._body.setCurrentWidget(self.splitter if there_is_one else self.welcome)
        self.filter.setVisible(there_is_one)
        self.run.setVisible(there_is_one)
