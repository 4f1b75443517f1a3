"""One past run: its payments, each attempt for the one at hand, and a summary to copy."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.desk.batch import Batch
from cancel_desk.desk.history import PastRun
from cancel_desk.desk.plan import Plan
from cancel_desk.window import history_words, report_words, words
from cancel_desk.window.batch_model import BatchModel, Column
from cancel_desk.window.batch_table import BatchTable
from cancel_desk.window.details_pane import DetailsPane
from cancel_desk.window.form_dialog import FormDialog
from cancel_desk.window.header import EnvironmentBadge
from cancel_desk.window.notice import announce
from cancel_desk.window.plain import plain_label, visible
from cancel_desk.window.translation import tr


class RunDialog(FormDialog):
    """Shows a run as it was when it was read.

    Args:
        run: the run.
        parent: its owner.
    """

    def __init__(self, run: PastRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        word = words.short_environment(run.plan.environment)
        title = tr("Run of %1").replace("%1", words.moment(run.began))
        self.setWindowTitle(f"{word}: {title}")
        self.resize(1000, 600)
        self.run_id = run.plan.run_id
        self._summary = report_words.summary(run.plan, run.rows, history_words.of_run(run))
        self._model = BatchModel(Batch(), self)
        self._model.restore(run.rows)
        self._table = _PastRows(self._model)
        self._pane = DetailsPane()
        self._pane.setObjectName("runDetailsPane")
        self._copy = QPushButton(tr("&Copy summary"))
        self._copy.setObjectName("copyRunSummaryButton")
        self._close = QPushButton(tr("C&lose"))
        self._close.setObjectName("closeRunButton")
        self._copied = plain_label()
        self._copied.setObjectName("runCopiedLabel")
        self._lay_out(run)
        self._table.row_at_hand.connect(self._pane.show_row)
        self._copy.clicked.connect(self._copy_summary)
        self._close.clicked.connect(self.accept)
        self._table.setCurrentIndex(self._model.index(0, Column.PAYMENT))
        self._table.setFocus()

    def _lay_out(self, run: PastRun) -> None:
        badge = EnvironmentBadge()
        badge.show_environment(run.plan.environment)
        facts = plain_label(_facts(run.plan), wrap=True)
        facts.setObjectName("runFacts")
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(badge, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(facts, 1)
        beside = QSplitter(Qt.Orientation.Horizontal)
        beside.setChildrenCollapsible(False)
        beside.setHandleWidth(12)
        beside.addWidget(self._table)
        beside.addWidget(self._pane)
        beside.setStretchFactor(0, 3)
        beside.setStretchFactor(1, 1)
        beside.setSizes([660, 340])
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(self._copied, 1)
        buttons.addWidget(self._copy)
        buttons.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addLayout(top)
        for label in _ending(run):
            column.addWidget(label)
        column.addWidget(beside, 1)
        column.addLayout(buttons)

    @Slot()
    def _copy_summary(self) -> None:
        QGuiApplication.clipboard().setText(self._summary)
        self._copied.setText(tr("The summary is copied: paste it in the ticket."))
        announce(self, self._copied.text())


class _PastRows(BatchTable):
    """The payments of a run, in the list's own dress, but nothing can be done with them."""

    def __init__(self, model: BatchModel) -> None:
        super().__init__(model)
        self.setObjectName("runTable")
        self.setAccessibleName(tr("Payments of this run"))
        for column in (Column.TICK, Column.CREATED):
            self.setColumnHidden(column, True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave out what would change the list."""
        if event.key() in {Qt.Key.Key_Space, Qt.Key.Key_Delete}:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy what is highlighted."""
        ids = "\n".join(row.intent_id for row in self.highlighted_rows())
        if ids:
            menu = QMenu(self)
            menu.setObjectName("pastRowMenu")
            copy = menu.addAction(tr("&Copy the ID"))
            copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(ids))
            menu.exec(event.globalPos())
            menu.deleteLater()


def _facts(plan: Plan) -> str:
    """Return who, under which profile, when and why."""
    profile = visible(plan.profile)
    if plan.key_hint:
        profile += " (" + tr("key …%1").replace("%1", plan.key_hint) + ")"
    text = f"{profile} · {visible(plan.operator)} · {words.moment(plan.made_at)}"
    if plan.reason:
        text += "\n" + tr("Reason: %1").replace("%1", visible(plan.reason))
    return text


def _ending(run: PastRun) -> list[QLabel]:
    """Return what became of it, and why it ended as it did."""
    headline = plain_label(report_words.headline(run.rows), wrap=True)
    headline.setObjectName("runHeadline")
    headline.setProperty("title", True)
    others = " · ".join(
        part for part in (report_words.others(run.rows), history_words.of_run(run)) if part
    )
    rest = plain_label(others, wrap=True)
    rest.setObjectName("runEnding")
    rest.setProperty("advice" if run.damage is not None else "muted", True)
    return [headline, rest] if others else [headline]
