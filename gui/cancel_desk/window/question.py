"""A question of our own words, with two answers."""

from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from cancel_desk.window.answer_row import answer_row
from cancel_desk.window.plain import plain_label

_WIDTH = 440  # pixels, at the least: a text in a narrow column is hard to read


class QuestionDialog(QDialog):
    """Asks whether to do something. The safe answer is the default and Esc.

    Args:
        name: its object name.
        title: what it is about.
        text: the question, plain.
        do: the button that does it, a verb.
        leave: the button that leaves things as they are.
        parent: the window.
    """

    def __init__(
        self, name: str, title: str, text: str, do: str, leave: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setModal(True)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)  # or only the button would be read out
        heading = plain_label(title, wrap=True)
        heading.setProperty("heading", True)
        question = plain_label(text, wrap=True)
        question.setObjectName("questionText")
        question.setMinimumWidth(_WIDTH)  # not the dialog's, or its height would be another's
        keep, yes = QPushButton(leave), QPushButton(do)
        keep.setObjectName("questionLeaveButton")
        keep.setDefault(True)
        keep.clicked.connect(self.reject)
        yes.setObjectName("questionDoButton")
        yes.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addWidget(question)
        column.addStretch()
        column.addLayout(answer_row(keep, yes))
        keep.setFocus()
