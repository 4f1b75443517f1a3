"""The pieces of a paste that were not understood: where, what and why."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.desk.intake.find_ids import Found, Rejected
from cancel_desk.window.answer_row import answer_row
from cancel_desk.window.details import place
from cancel_desk.window.intake_words import rejection
from cancel_desk.window.plain import plain_label, visible
from cancel_desk.window.text_table import text_table
from cancel_desk.window.translation import tr

_LISTED = 1000


class PiecesDialog(QDialog):
    """Lists rejected pieces; those of an odd length can be added all the same."""

    add_asked = Signal(object)  # tuple of Found

    def __init__(self, pieces: Sequence[Rejected], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("piecesDialog")
        self.setWindowTitle(tr("Pieces that were not understood"))
        self.resize(940, 420)
        self._pieces = list(pieces[:_LISTED])
        self._table = text_table(
            "piecesTable",
            tr("Pieces that were not understood"),
            [tr("Where"), tr("What"), tr("Why")],
            [_texts(piece) for piece in self._pieces],
            widths=(150, 290),
            fixed={1},
        )
        intro = tr("Nothing is guessed or corrected. Compare them with where they came from.")
        if len(pieces) > _LISTED:
            intro += " " + tr("The first %Ln are listed.", "", _LISTED)
        self._add = QPushButton(tr("&Add as it is"))
        self._add.setObjectName("addAsItIsButton")
        self._add.setToolTip(tr("Dojo decides whether there is such a payment."))
        copy = QPushButton(tr("&Copy list"))
        copy.setObjectName("copyPiecesButton")
        close = QPushButton(tr("C&lose"))
        close.setObjectName("closePiecesButton")
        close.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(plain_label(intro, wrap=True))
        layout.addWidget(self._table, 1)
        layout.addLayout(answer_row(close, self._add, beside=copy))
        self._table.itemSelectionChanged.connect(self._update)
        self._add.clicked.connect(self._add_chosen)
        copy.clicked.connect(self._copy)
        close.clicked.connect(self.accept)
        self._update()
        close.setFocus()

    def _chosen(self) -> list[Rejected]:
        rows = sorted({index.row() for index in self._table.selectedIndexes()})
        return [self._pieces[row] for row in rows if self._pieces[row].can_add]

    @Slot()
    def _update(self) -> None:
        self._add.setEnabled(bool(self._chosen()))

    @Slot()
    def _add_chosen(self) -> None:
        self.add_asked.emit(
            tuple(Found(piece.text, (piece.place,), hint=True) for piece in self._chosen())
        )
        self.accept()

    @Slot()
    def _copy(self) -> None:
        lines = ["\t".join(_texts(piece)) for piece in self._pieces]
        QGuiApplication.clipboard().setText("\n".join(lines))


def _texts(piece: Rejected) -> tuple[str, str, str]:
    return place(piece.place), visible(piece.text), rejection(piece)
