"""What stands in the table's place while there is nothing in it: the first thing to do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cancel_desk.desk.profiles import Environment
from cancel_desk.window.plain import plain_label
from cancel_desk.window.translation import tr


class Welcome(QFrame):
    """The empty list, with a way on."""

    sample_asked = Signal()
    add_key_asked = Signal()
    guide_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.setProperty("card", True)
        self._title = plain_label()
        self._title.setProperty("heading", True)
        self._text = plain_label(wrap=True)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sample = QPushButton(tr("&Load 25 sample payments"))
        self._sample.setObjectName("sampleButton")
        self._sample.setProperty("primary", True)
        self._sample.clicked.connect(self.sample_asked)
        self._key = QPushButton(tr("Add a key for &real payments…"))
        self._key.setObjectName("welcomeKeyButton")
        self._key.clicked.connect(self.add_key_asked)
        guide = QPushButton(tr("Show &me how: the guide"))
        guide.setObjectName("welcomeGuideButton")
        guide.clicked.connect(self.guide_asked)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch()
        buttons.addWidget(self._sample)
        buttons.addWidget(self._key)
        buttons.addWidget(guide)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 20, 40, 20)
        column.setSpacing(12)
        column.addStretch()
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addLayout(buttons)
        column.addStretch()

    def show_for(self, environment: Environment) -> None:
        """Say what to do first in an environment."""
        practice = environment is Environment.PRACTICE
        self._sample.setVisible(practice)
        self._key.setVisible(practice)
        if practice:
            self._title.setText(tr("Try it without risk"))
            self._text.setText(
                tr(
                    "You are in practice: the payments are made up and no money can move. Load"
                    " the samples, look at them, and cancel them. For real payments, add your"
                    " shop’s key."
                )
            )
        else:
            self._title.setText(tr("Nothing in the list yet"))
            self._text.setText(
                tr(
                    "Paste IDs, payment links, or a whole e-mail above. Each payment is looked up"
                    " first; nothing is cancelled before you have seen and confirmed it."
                )
            )
