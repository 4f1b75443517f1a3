"""The last look before money moves: what exactly will be cancelled, where, and why."""

import re

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.desk.batch import reference, to_pay
from cancel_desk.desk.plan import totals
from cancel_desk.desk.profiles import Environment, Profile
from cancel_desk.desk.row import Row
from cancel_desk.window import words
from cancel_desk.window.answer_row import answer_row
from cancel_desk.window.clean_edit import CleanLineEdit
from cancel_desk.window.header import EnvironmentBadge
from cancel_desk.window.notice import announce
from cancel_desk.window.plain import plain_label, visible
from cancel_desk.window.text_table import text_table
from cancel_desk.window.tick_box import TickBox
from cancel_desk.window.translation import tr

LISTED = 30
# For more payments than this a look at the first one is offered; on live the count is typed, too.
COUNT_ABOVE = 10
REASON_LIMIT = 500


class ConfirmDialog(QDialog):
    """Asks for consent. The safe answer is the default and Esc.

    Args:
        rows: the payments.
        profile: under which they would be cancelled.
        needs_reason: whether a reason has to be given.
        parent: the window.
    """

    def __init__(
        self,
        rows: list[Row],
        profile: Profile,
        needs_reason: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("confirmDialog")
        self.setModal(True)
        self._count = len(rows)
        self._needs_reason = needs_reason
        live = profile.environment is Environment.LIVE
        self._asks_count = live and self._count > COUNT_ABOVE
        name = words.profile_name(profile)
        environment = words.short_environment(profile.environment)
        self.setWindowTitle(f"{environment}: " + tr("Cancel %Ln payment(s)?", "", self._count))
        self.resize(660, 560)
        self.setMinimumWidth(560)

        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        badge = EnvironmentBadge()
        badge.show_environment(profile.environment)
        badge_row = QHBoxLayout()
        badge_row.addWidget(badge)
        badge_row.addStretch()
        column.addLayout(badge_row)
        heading = plain_label(tr("Cancel %Ln payment(s) permanently?", "", self._count))
        heading.setProperty("heading", True)
        column.addWidget(heading)
        column.addWidget(
            plain_label(
                tr("A cancelled payment can’t be paid any more. It can’t be undone."),
                wrap=True,
            )
        )
        column.addLayout(self._facts(rows, profile, name))
        column.addWidget(self._list(rows), 1)
        column.addLayout(self._questions())
        column.addLayout(self._buttons())
        self._update()
        self._reason.setFocus()

    def _facts(self, rows: list[Row], profile: Profile, name: str) -> QFormLayout:
        facts = QFormLayout()
        facts.setHorizontalSpacing(16)
        facts.setVerticalSpacing(4)
        created = sorted(
            row.intent.created_at for row in rows if row.intent and row.intent.created_at
        )
        span = "–"
        if created:
            span = tr("%1 to %2").replace("%1", words.moment(created[0]))
            span = span.replace("%2", words.moment(created[-1]))
        worth = words.totals(totals(row.intent.to_pay for row in rows if row.intent))
        key = tr("key ending %1").replace("%1", profile.key_hint) if profile.key_hint else ""
        for label, text in (
            (tr("Total"), worth or "–"),
            (tr("Profile"), " · ".join(part for part in (name, key) if part)),
            (tr("Created"), span),
        ):
            title = plain_label(label)
            title.setProperty("muted", True)
            value = plain_label(text, wrap=True)
            value.setProperty("strong", True)
            facts.addRow(title, value)
        return facts

    def _list(self, rows: list[Row]) -> QTableWidget:
        lines = [
            (
                words.money(to_pay(row)),
                visible(reference(row) or "–"),
                row.intent_id,
            )
            for row in rows[:LISTED]
        ]
        if len(rows) > LISTED:
            lines.append(("", tr("… and %Ln more", "", len(rows) - LISTED), ""))
        listed = text_table(
            "confirmList",
            tr("The payments that will be cancelled"),
            [tr("Amount"), tr("Reference"), tr("Payment")],
            lines,
            widths=(120, 190),
            right={0},
            fixed={2},
        )
        listed.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        line = listed.verticalHeader().defaultSectionSize()
        listed.setMinimumHeight(line * 3 + 16)
        return listed

    def _questions(self) -> QVBoxLayout:
        self._reason = CleanLineEdit()  # it goes into the summary and the journal
        self._reason.setObjectName("reasonEdit")
        self._reason.setMaxLength(REASON_LIMIT)
        self._reason.textChanged.connect(self._update)
        needed = tr("&Reason or ticket number (required)")
        offered = tr("&Reason or ticket number (optional)")
        reason_label = plain_label(needed if self._needs_reason else offered)
        reason_label.setBuddy(self._reason)
        questions = QVBoxLayout()
        questions.setSpacing(4)
        questions.addWidget(reason_label)
        questions.addWidget(self._reason)
        others = self._count - 1
        self._typed = QLineEdit()
        self._typed.setObjectName("countEdit")
        self._typed.textChanged.connect(self._update)
        count_label = plain_label(
            tr("Type the &number of payments, %1, to go on").replace(
                "%1", words.number(self._count)
            )
        )
        count_label.setBuddy(self._typed)
        questions.addWidget(count_label)
        questions.addWidget(self._typed)
        rest = tr("Cancel the &first one, and let me look at it before the other %Ln", "", others)
        self._first = TickBox(rest)
        self._first.setObjectName("firstOneBox")
        self._first.setVisible(self._count > COUNT_ABOVE)
        questions.addWidget(self._first)
        count_label.setVisible(self._asks_count)
        self._typed.setVisible(self._asks_count)
        self._missing = plain_label(wrap=True)
        self._missing.setObjectName("missingLabel")
        self._missing.setProperty("advice", True)
        policy = self._missing.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # or the table jumps as the last field is filled in
        self._missing.setSizePolicy(policy)
        questions.addWidget(self._missing)
        for field in (self._reason, self._typed):
            field.installEventFilter(self)
        return questions

    def _buttons(self) -> QHBoxLayout:
        self._confirm = QPushButton(tr("&Cancel %Ln payment(s) permanently", "", self._count))
        self._confirm.setObjectName("confirmButton")
        self._confirm.setProperty("danger", True)
        self._confirm.setAutoDefault(False)
        self._confirm.clicked.connect(self._consent)
        keep = QPushButton(tr("&Keep them"))
        keep.setObjectName("keepButton")
        keep.setDefault(True)
        keep.clicked.connect(self.reject)
        return answer_row(keep, self._confirm)

    @property
    def reason(self) -> str:
        """The reason as it was typed, without space around it."""
        return self._reason.text().strip()

    @property
    def first_alone(self) -> bool:
        """Whether to stop after the first payment, for a look at it."""
        return self._first.isChecked()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Enter in a field move on to the next, never answer the question."""
        if (
            watched in (self._reason, self._typed)
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        ):
            self.focusNextChild()
            return True
        return super().eventFilter(watched, event)

    def _lacking(self) -> str:
        if self._needs_reason and not self.reason:
            return tr("Give a reason or a ticket number first.")
        digits = re.sub(r"\D", "", self._typed.text(), flags=re.ASCII)
        if self._asks_count and digits != str(self._count):
            return tr("Type %1 in the field above first.").replace("%1", words.number(self._count))
        return ""

    @Slot()
    def _update(self) -> None:
        lacking = self._lacking()
        changed = lacking != self._missing.text()
        self._confirm.setEnabled(not lacking)
        self._missing.setText(lacking)
        self._missing.setVisible(bool(lacking))
        if changed and self.isVisible():
            announce(self, lacking or tr("Nothing is missing any more."))

    @Slot()
    def _consent(self) -> None:
        if not self._lacking():
            self.accept()
