"""The references of a list that no unpaid payment carries."""

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from cancel_desk.desk.references import Match
from cancel_desk.window import words
from cancel_desk.window.answer_row import answer_row
from cancel_desk.window.plain import plain_label, visible
from cancel_desk.window.text_table import text_table
from cancel_desk.window.translation import tr

_LISTED = 1000


class NotFoundDialog(QDialog):
    """Lists references that were not found; they can be copied for the ticket.

    Args:
        matches: of these references, without payments.
        complete: whether all payments were looked at.
        parent: the dialog.
    """

    def __init__(
        self, matches: Sequence[Match], complete: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("notFoundDialog")
        self.setWindowTitle(tr("References that were not found"))
        self.resize(560, 420)
        self._references = [visible(match.reference) for match in matches]
        intro = tr(
            "No unpaid payment created on the chosen days carries these references. They may have"
            " been paid, cancelled or created on another day."
        )
        if not complete:
            intro = tr("The search is not complete, so these may still be found.")
        if len(matches) > _LISTED:
            intro += " " + tr("The first %Ln are listed.", "", _LISTED)
        table = text_table(
            "notFoundTable",
            tr("References that were not found"),
            [tr("Line"), tr("Reference")],
            [
                (words.number(match.place.line), reference)
                for match, reference in zip(
                    matches[:_LISTED], self._references[:_LISTED], strict=True
                )
            ],
            widths=(80,),
            right={0},
        )
        copy = QPushButton(tr("&Copy list"))
        copy.setObjectName("copyNotFoundButton")
        copy.clicked.connect(self._copy)
        close = QPushButton(tr("C&lose"))
        close.setObjectName("closeNotFoundButton")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(plain_label(intro, wrap=True))
        layout.addWidget(table, 1)
        layout.addLayout(answer_row(close, beside=copy))
        close.setFocus()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self._references))
