"""What an operator does with mouse and keyboard, and what they see: by object names alone."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QTableView,
    QWidget,
)

from cancel_desk.window.question import QuestionDialog

LONG = 10_000  # milliseconds that something may take on a busy machine; it takes few
ID = Qt.ItemDataRole.UserRole
STATE = Qt.ItemDataRole.UserRole + 1
TICK, PAYMENT, AMOUNT, REFERENCE, CREATED, STATE_COLUMN = range(6)


class Driver:
    def __init__(self, window, bot, practice) -> None:
        self.window = window
        self.bot = bot
        self.practice = practice

    @property
    def server(self):
        return self.practice.server

    # Finding

    def find(self, kind, name, parent=None):
        found = (parent or self.window).findChild(kind, name)
        assert found is not None, f"there is no {name}"
        return found

    def button(self, name, parent=None) -> QPushButton:
        return self.find(QPushButton, name, parent)

    def text(self, name, parent=None) -> str:
        return self.find(QLabel, name, parent).text()

    def is_shown(self, name) -> bool:
        return self.find(QWidget, name).isVisible()

    def dialog(self, name) -> QDialog | None:
        shown = (
            widget
            for widget in QApplication.topLevelWidgets()
            if widget.objectName() == name and widget.isVisible()
        )
        return next(shown, None)

    @property
    def questions(self) -> list[QuestionDialog]:
        shown = QApplication.topLevelWidgets()
        return [each for each in shown if isinstance(each, QuestionDialog) and each.isVisible()]

    @property
    def table(self) -> QTableView:
        return self.find(QTableView, "batchTable")

    @property
    def edit(self) -> QPlainTextEdit:
        return self.find(QPlainTextEdit, "intakeEdit")

    @property
    def summary(self) -> str:
        return self.text("intakeSummary")

    @property
    def selection(self) -> str:
        return self.text("selectionLabel")

    @property
    def notice(self) -> str:
        shown = self.find(QWidget, "notice").isVisible()
        return self.text("noticeText") if shown else ""

    @property
    def details(self) -> str:
        """All the details pane says, a line for each label."""
        labels = self.find(QWidget, "detailsPane").findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())

    @property
    def everything(self) -> str:
        """Every text in the window, a line for each label."""
        labels = self.window.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())

    # Doing

    def wait(self, condition: Callable[[], object]) -> None:
        self.bot.waitUntil(lambda: bool(condition()), timeout=LONG)

    def click(self, name, parent=None) -> None:
        button = name if isinstance(name, QWidget) else self.button(name, parent)
        assert button.isVisible(), f"{button.objectName()} is hidden"
        assert button.isEnabled(), f"{button.objectName()} is disabled"
        self.bot.mouseClick(button, Qt.MouseButton.LeftButton)

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier, widget=None) -> None:
        self.bot.keyClick(widget or QApplication.focusWidget(), key, modifier)

    def focus(self, widget) -> None:
        widget.window().activateWindow()  # as a window manager would after a dialog
        widget.setFocus()
        self.wait(widget.hasFocus)

    def paste(self, text, widget=None) -> None:
        """Ctrl+V where the keyboard is, the intake's field unless told otherwise."""
        QGuiApplication.clipboard().setText(text)
        widget = widget or self.edit
        self.focus(widget)
        self.press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier, widget)

    def add(self, text) -> None:
        """Paste into the field and press Add."""
        self.paste(text)
        self.click("addButton")

    def menu(self, button, action) -> None:
        """Choose from a button's menu. A menu's own loop needs no mouse to be tested."""
        entries = self.button(button).menu().actions()
        entry = next(each for each in entries if each.objectName() == action)
        assert entry.isEnabled(), f"{action} is disabled"
        entry.trigger()

    def in_dialog(self, name, start, act) -> None:
        """Start what opens a dialog; once it is open act on it. Ends when it has closed.

        A dialog runs a loop of its own, so `act` is called from within. What it raises closes the
        dialog and is raised here.
        """
        trouble: list[BaseException] = []
        acted: list[bool] = []
        timer = QTimer(interval=5)

        def look() -> None:
            dialog = self.dialog(name)
            if dialog is None:
                return
            timer.stop()
            acted.append(True)
            try:
                self.wait(dialog.isActiveWindow)
                act(dialog)
                self.wait(lambda: self.dialog(name) is None)
            except BaseException as error:  # noqa: BLE001 - raised again below
                trouble.append(error)
                while (left := QApplication.activeModalWidget()) is not None:
                    left.done(0)

        timer.timeout.connect(look)
        timer.start()
        start()
        if not acted:
            self.wait(lambda: acted)
        timer.stop()
        if trouble:
            raise trouble[0]

    def answer(self, name, start, button) -> None:
        """Start what opens a question, and press one of its buttons, by object name or text."""

        def act(dialog) -> None:
            for each in of(dialog, QPushButton):
                if button in (each.objectName(), each.text()):
                    self.click(each)
                    return
            raise AssertionError(f"{name} has no {button}")

        self.in_dialog(name, start, act)

    # The profile

    @property
    def combo(self) -> QComboBox:
        return self.find(QComboBox, "profileCombo")

    def choose(self, name) -> None:
        """By the keyboard: an arrow opens the list, Enter chooses."""
        self.focus(self.combo)
        self.press(Qt.Key.Key_Down, widget=self.combo)
        listed = self.combo.view()
        self.wait(listed.isVisible)
        steps = self.combo.findText(name) - self.combo.currentIndex()
        for _ in range(abs(steps)):
            self.press(Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up, widget=listed)
        # Not by `press`, which complains of a widget that its own choice locks.
        enter = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
        QApplication.postEvent(listed, enter)
        self.wait(lambda: not listed.isVisible())

    # The table

    @property
    def ids(self) -> list[str]:
        return [self.cell(row, PAYMENT).data(ID) for row in range(self.table.model().rowCount())]

    @property
    def states(self) -> dict[str, str]:
        cells = [self.cell(row, PAYMENT) for row in range(self.table.model().rowCount())]
        return {cell.data(ID): cell.data(STATE) for cell in cells}

    def cell(self, row, column):
        return self.table.model().index(row, column)

    def row_of(self, intent_id) -> int:
        return self.ids.index(intent_id)

    def is_ticked(self, intent_id) -> bool:
        cell = self.cell(self.row_of(intent_id), TICK)
        return cell.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked

    @property
    def ticked(self) -> list[str]:
        return [intent_id for intent_id in self.ids if self.is_ticked(intent_id)]

    def middle(self, row, column) -> QPoint:
        cell = self.cell(row, column)
        self.table.scrollTo(cell, QAbstractItemView.ScrollHint.EnsureVisible)
        return self.table.visualRect(cell).center()

    def click_cell(self, intent_id, column, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        self.bot.mouseClick(
            self.table.viewport(),
            Qt.MouseButton.LeftButton,
            modifier,
            self.middle(self.row_of(intent_id), column),
        )

    def click_header(self, column) -> None:
        header = self.table.horizontalHeader()
        x = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
        place = QPoint(x, header.height() // 2)
        self.bot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def highlight(self, *intent_ids) -> None:
        self.table.clearSelection()
        chosen = self.table.selectionModel()
        how = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for intent_id in intent_ids:
            chosen.setCurrentIndex(self.cell(self.row_of(intent_id), PAYMENT), how)

    def narrow(self, chip) -> None:
        self.click(f"{chip}Chip")

    def search(self, text) -> None:
        field = self.find(QLineEdit, "searchEdit")
        field.setText(text)
        self.press(Qt.Key.Key_Return, widget=field)

    # What takes its time

    @property
    def idle(self) -> bool:
        bar = self.find(QProgressBar, "progressBar")
        return not bar.isVisible()

    def wait_for(self, count, *states) -> None:
        """Until so many rows are shown, all in one of these states, and nothing is under way."""

        def there() -> bool:
            found = self.states.values()
            return self.idle and len(found) == count and all(each in states for each in found)

        self.wait(there)

    def create(self, count, **kwargs) -> list[str]:
        """Make payments at the practice server."""
        return [self.server.create(1000 + 100 * n, **kwargs) for n in range(count)]

    def load(self, ids) -> None:
        """Add payments and wait until all have been checked."""
        before = len(self.ids)
        self.add("\n".join(ids))
        self.wait(lambda: len(self.ids) == before + len(ids))
        self.wait(lambda: self.idle and not {"Added", "Checking"} & set(self.states.values()))

    def ready(self, count, **kwargs) -> list[str]:
        """Make payments and load them."""
        ids = self.create(count, **kwargs)
        self.load(ids)
        return ids

    def confirm(self, reason="") -> None:
        """Press the red button, and the red button again."""

        def act(dialog) -> None:
            self.find(QLineEdit, "reasonEdit", dialog).setText(reason)
            self.click("confirmButton", dialog)

        self.in_dialog("confirmDialog", partial(self.click, "cancelPaymentsButton"), act)

    def run(self, reason="") -> None:
        """Cancel what is ticked, and wait for the end."""
        self.confirm(reason)
        self.wait(lambda: self.idle and self.find(QWidget, "summaryPanel").isVisible())


def assert_asks(dialog, leave, do) -> None:
    """A question reads from the safe answer, which has the keyboard, to the one that acts."""
    safe, acts = sorted(of(dialog, QPushButton), key=lambda button: button.x())
    assert (safe.text(), acts.text()) == (leave, do)
    assert safe.isDefault()
    assert safe.hasFocus()
    assert not acts.isDefault()
    for label in of(dialog, QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
    interface = QAccessible.queryAccessibleInterface(dialog)
    assert interface.text(QAccessible.Text.Name) == dialog.windowTitle()
    assert (
        interface.text(QAccessible.Text.Description)
        == dialog.findChild(QLabel, "questionText").text()
    )


def of(parent, kind) -> list:
    return parent.findChildren(kind)
