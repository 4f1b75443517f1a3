"""What became of a run that an earlier program did not live to end, and the way on."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from cancel_desk.desk.plan import Plan
from cancel_desk.desk.row import Row, State
from cancel_desk.window import words
from cancel_desk.window.notice import announce
from cancel_desk.window.plain import plain_label, visible
from cancel_desk.window.translation import tr


class InterruptedBar(QFrame):
    """Tells the truth about an interrupted run; one click from going on."""

    go_on_asked = Signal()
    leave_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("interruptedBar")
        self.setProperty("notice", True)
        self._text = plain_label(wrap=True)
        self._text.setObjectName("interruptedText")
        go_on = QPushButton(tr("&Go on"))
        go_on.setObjectName("goOnButton")
        go_on.setToolTip(tr("Look every payment up again, then ask you to confirm the rest."))
        go_on.clicked.connect(self.go_on_asked)
        leave = QPushButton(tr("Lea&ve it"))
        leave.setObjectName("leaveButton")
        leave.setToolTip(tr("Don’t cancel the rest. Nothing happens to it at Dojo."))
        leave.clicked.connect(self.leave_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(12)
        row.addWidget(self._text, 1)
        row.addWidget(go_on)
        row.addWidget(leave)
        self.hide()

    def show_run(self, plan: Plan, rows: Sequence[Row]) -> None:
        """Say what became of each payment of the run."""
        count = {state: sum(row.state is state for row in rows) for state in State}
        settled = len(rows) - sum(
            count[state] for state in (State.CANCELLED, State.UNKNOWN, State.NOT_SENT)
        )
        parts = [
            tr("%Ln cancelled", "", count[State.CANCELLED]),
            tr("%Ln being looked up", "", count[State.UNKNOWN]),
            tr("%Ln not sent", "", count[State.NOT_SENT]),
        ]
        if settled:
            parts.append(tr("%Ln ended otherwise", "", settled))
        text = tr("The run of %1 (%2) was interrupted: ").replace("%1", words.moment(plan.made_at))
        self._text.setText(text.replace("%2", visible(plan.profile)) + ", ".join(parts) + ".")
        self.show()
        announce(self, self._text.text())
