"""What happens when something goes wrong that no rule covers: it is told, and can be copied."""

import logging
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.dojo.key import redact
from cancel_desk.window.plain import plain_label
from cancel_desk.window.translation import tr

_log = logging.getLogger(__name__)


class CrashDialog(QDialog):
    """Says that something went wrong, with the details to pass on."""

    def __init__(self, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crashDialog")
        self.setWindowTitle(tr("Something went wrong"))
        self.resize(680, 420)
        text = plain_label(
            tr(
                "Something in Cancel Desk went wrong that should not have. Payments shown as"
                " Cancelled are cancelled. Check the others again before you go on, and pass"
                " the details below to your support team; they hold no key."
            ),
            wrap=True,
        )
        self._details = QPlainTextEdit(details)
        self._details.setObjectName("crashDetails")
        self._details.setReadOnly(True)
        self._details.setAccessibleName(tr("Details"))
        copy = QPushButton(tr("&Copy details"))
        copy.setObjectName("copyCrashButton")
        copy.clicked.connect(self._copy)
        close = QPushButton(tr("C&lose"))
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(copy)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        column.addWidget(text)
        column.addWidget(self._details, 1)
        column.addLayout(buttons)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details.toPlainText())


class CrashReporter(QObject):
    """Shows whatever no one has caught, from any thread; one dialog at a time."""

    _happened = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._dialog: CrashDialog | None = None
        self._happened.connect(self._show)

    def install(self) -> None:
        """Take over from Python's own hooks, which print to where nobody looks."""
        sys.excepthook = self.report
        threading.excepthook = lambda hook: (
            self.report(hook.exc_type, hook.exc_value, hook.exc_traceback)
            if hook.exc_value is not None
            else None
        )

    def report(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        """Log an exception and show it."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        details = redact("".join(traceback.format_exception(kind, error, trace)))
        _log.error("uncaught: %s", details)
        self._happened.emit(details)

    @Slot(str)
    def _show(self, details: str) -> None:
        if self._dialog is not None:
            return  # one is enough; all are in the log
        self._dialog = CrashDialog(details)
        self._dialog.exec()
        self._dialog = None
