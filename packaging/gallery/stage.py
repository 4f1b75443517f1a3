"""A stage for the real program: scenes are played on it to be pictured, or to be looked over.

A scene is a generator that does what an operator does, and yields what has to be so before it
goes on. Practice server, keyring, clock and names are made up and the same each time; nothing
leaves this computer.
"""

import contextlib
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from cancel_desk.app import Practice, make_window
from cancel_desk.desk.profiles import PRACTICE, Profile, Profiles
from cancel_desk.desk.row import Row, State
from cancel_desk.desk.settings import Settings, ThemeChoice
from cancel_desk.desk.settings_store import SettingsStore
from cancel_desk.dojo.key import ApiKey
from cancel_desk.practice import PracticeServer
from cancel_desk.window.batch_model import Column, Role
from cancel_desk.window.batch_table import BatchTable
from cancel_desk.window.listing import Listing
from cancel_desk.window.main_window import MainWindow
from cancel_desk.window.theme import Looks
from gallery.director import Director, SceneError, Script, Step
from gallery.still_world import (
    LIVE_KEY,
    Drawer,
    StillClock,
    StillPractice,
    nanoseconds,
    still_world,
)

_HOLD_LIMIT = 60.0  # seconds that a server holds a cancel
_DRAWN_AFTER = 0.06  # seconds from a change to its being laid out and drawn

Shoot = Callable[[str, QWidget], None]
_W = TypeVar("_W", bound=QWidget)


class Stage:
    """Plays scenes, one after the other, each with a program of its own.

    Args:
        looks: the application's colours.
        shoot: takes a name and a widget that is worth a picture.
        size: the window's, in pixels.
        theme: what the operator has set.
    """

    practice: Practice
    shop: PracticeServer  # stands for Dojo itself
    keyring: Drawer
    folder: Path  # the program's data
    window: MainWindow
    york: Profile  # for tests; its key is the shop's
    leeds: Profile  # for real payments

    def __init__(
        self,
        looks: Looks,
        shoot: Shoot,
        size: tuple[int, int] = (1180, 780),
        theme: ThemeChoice = ThemeChoice.SYSTEM,
    ) -> None:
        self.shoot = shoot
        self._theme = theme
        self._looks = looks
        self._size = size
        self._gate = threading.Event()
        self._windows: list[MainWindow] = []
        self._director = Director(self._strike)

    def play(self, scene: Callable[["Stage"], Script]) -> None:
        """Play a scene to its end, and clear the stage.

        Raises:
            SceneError: something in it did not come to be.
            Exception: what the scene, or a slot of the program, raised.
        """
        with (
            tempfile.TemporaryDirectory(prefix="cancel-desk-") as empty,
            contextlib.chdir(empty),
            still_world(),
            contextlib.closing(StillPractice()) as self.practice,
            PracticeServer(clock=nanoseconds) as self.shop,
        ):
            self._set_up()
            self._director.carry_out(scene(self))

    def _set_up(self) -> None:
        self.folder = Path("cancel-desk")
        self._policy = Path("policy.toml")
        settings = SettingsStore(self.folder / "settings.json", self._policy)
        settings.change(Settings(), Settings(theme=self._theme))
        self.keyring = Drawer()
        profiles = Profiles(self.folder / "profiles.json")
        self.york = self._keep(profiles, "York, tests", ApiKey(self.shop.key))
        self.leeds = self._keep(profiles, "Leeds shop", LIVE_KEY)
        self._gate.clear()
        self._windows.clear()

    def _keep(self, profiles: Profiles, name: str, key: ApiKey) -> Profile:
        profile = profiles.add(name, key, verified=True)
        self.keyring.save(profile.id, key)
        return profile

    # Clearing the stage

    def _strike(self) -> Script:
        """Clear the stage: let go what is held, close every dialog, then the windows."""
        self._gate.set()
        for server in (self.practice.server, self.shop):
            server.faults.clear()
            server.limit_rate(None)
            server.up()
        yield self._no_dialogs
        for window in self._windows:
            window.shut_down()
        yield lambda: not any(window.isVisible() for window in self._windows)
        for window in self._windows:
            window.deleteLater()

    def _no_dialogs(self) -> bool:
        left = [
            widget
            for widget in QApplication.topLevelWidgets()
            if widget.isVisible() and widget not in self._windows
        ]
        for widget in left:
            widget.close()
        return not left

    # What scenes are made of

    def open(
        self, profile: Profile = PRACTICE, in_flight: int | None = None, policy: str = ""
    ) -> Step:
        """Open the window of a profile's user, under a policy."""
        self._policy.write_text(policy, encoding="utf-8")
        if profile != PRACTICE:
            Profiles(self.folder / "profiles.json").use(profile.id)
        self.window = make_window(
            self._looks,
            self.practice,
            folder=self.folder,
            log=Path("/home/sam/.local/state/cancel-desk/log/cancel-desk.log"),
            base_url=self.shop.url,
            start_in_practice=profile == PRACTICE,
            keychain=self.keyring,
            clock=StillClock(),
            in_flight=in_flight,
            policy=self._policy,
            a_second=1e9,
        )
        self._windows.append(self.window)
        self.window.resize(*self._size)
        self.window.show()
        return self.drawn()

    def drawn(self) -> Step:
        """Return what is true once the window has had time to draw what was just changed."""
        then = time.monotonic() + _DRAWN_AFTER
        return lambda: time.monotonic() > then

    def find(self, kind: type[_W], name: str, parent: QWidget | None = None) -> _W:
        """Return a widget by its object name, in the window unless told otherwise."""
        found = (parent or self.window).findChild(kind, name)
        if found is None:
            raise SceneError(f"there is no {name}")
        return found

    def click(self, name: str, parent: QWidget | None = None) -> None:
        """Press a button, soon: a dialog that it opens has a loop of its own."""
        button = self.find(QPushButton, name, parent)
        if not (button.isVisible() and button.isEnabled()):
            raise SceneError(f"{name} can't be pressed")
        QTimer.singleShot(0, button, button.click)

    def choose(self, button: str, action: str) -> None:
        """Choose from a button's menu, soon."""
        entries = self.find(QPushButton, button).menu().actions()
        entry = next((each for each in entries if each.objectName() == action), None)
        if entry is None or not entry.isEnabled():
            raise SceneError(f"{action} of {button} can't be chosen")
        QTimer.singleShot(0, entry, entry.trigger)

    def write(self, name: str, text: str, parent: QWidget | None = None) -> None:
        """Fill a field."""
        self.find(QLineEdit, name, parent).setText(text)

    def is_open(self, name: str) -> Step:
        """Return what is true once a dialog is there and drawn."""
        since: list[float] = []

        def look() -> bool:
            if self._dialog(name) is not None and not since:
                since.append(time.monotonic() + _DRAWN_AFTER)
            return bool(since) and time.monotonic() > since[0]

        return look

    def dialog(self, name: str) -> QWidget:
        """Return an open dialog."""
        found = self._dialog(name)
        if found is None:
            raise SceneError(f"{name} is not open")
        return found

    def _dialog(self, name: str) -> QWidget | None:
        shown = (
            widget
            for widget in QApplication.topLevelWidgets()
            if widget.objectName() == name and widget.isVisible()
        )
        return next(shown, None)

    def close(self, name: str) -> Step:
        """Close a dialog as by its window's cross."""
        dialog = self.dialog(name)
        dialog.close()
        return lambda: self._dialog(name) is None

    def is_shown(self, name: str, parent: QWidget | None = None) -> Step:
        """Return what is true once a widget can be seen."""
        return lambda: self.find(QWidget, name, parent).isVisible()

    def text(self, name: str, parent: QWidget | None = None) -> str:
        """Return what a label says."""
        return self.find(QLabel, name, parent).text()

    def shoot_dialog(self, name: str, dialog: str) -> Script:
        """Picture a dialog as soon as it is open."""
        yield self.is_open(dialog)
        self.shoot(name, self.dialog(dialog))

    def shoot_menu(self, name: str, menu: QMenu) -> None:
        """Picture a menu."""
        menu.ensurePolished()
        menu.resize(menu.sizeHint())
        self.shoot(name, menu)

    # Payments

    def put(self, rows: Iterable[Row]) -> Step:
        """Show payments as if they had come by themselves."""
        self.window.model.restore(rows)
        self._find_listing().refresh()
        return self.drawn()

    def _find_listing(self) -> Listing:
        found = self.window.findChild(Listing)
        if found is None:
            raise SceneError("the window has no Listing")
        return found

    def add(self, text: str) -> None:
        """Put a text in the field and press Add."""
        self.find(QPlainTextEdit, "intakeEdit").setPlainText(text)
        self.click("addButton")

    def load_samples(self) -> Script:
        """Load the sample payments, and wait until all have been looked up."""
        self.click("sampleButton")
        yield lambda: len(self.window.batch) == 25
        yield self.all_checked
        yield self.drawn()

    def all_checked(self) -> bool:
        """Tell whether no payment is being looked up, or waits for it."""
        counts = self.window.batch.counts
        return not counts[State.ADDED] + counts[State.CHECKING] and self.is_idle()

    def is_idle(self) -> bool:
        """Tell whether nothing is under way."""
        return not self.find(QWidget, "progressBar").isVisible()

    def count(self, state: State) -> int:
        """Return how many payments are in a state."""
        return self.window.batch.counts[state]

    def highlight(self, state: State) -> None:
        """Put the cursor on the first payment in a state."""
        table = self.find(BatchTable, "batchTable")
        model = table.model()
        for position in range(model.rowCount()):
            index = model.index(position, Column.PAYMENT)
            if index.data(Role.STATE) == state.value:
                table.setCurrentIndex(index)
                return
        raise SceneError(f"no payment is {state}")

    def confirm(self, reason: str = "", first_alone: bool = False) -> Script:
        """Press the red button, and the red button again."""
        yield self.find(QPushButton, "cancelPaymentsButton").isEnabled
        self.click("cancelPaymentsButton")
        yield self.is_open("confirmDialog")
        dialog = self.dialog("confirmDialog")
        self.write("reasonEdit", reason, dialog)
        self.find(QCheckBox, "firstOneBox", dialog).setChecked(first_alone)
        self.click("confirmButton", dialog)
        yield lambda: self._dialog("confirmDialog") is None

    def hold_after(self, count: int) -> None:
        """Have the servers hold every cancel after so many, until `let_go`."""
        lock = threading.Lock()
        passed: list[str] = []

        def hold(intent_id: str) -> None:
            with lock:
                passed.append(intent_id)
                goes_through = len(passed) <= count
            if not goes_through:
                self._gate.wait(_HOLD_LIMIT)

        self.practice.server.on_delete = self.shop.on_delete = hold

    def let_go(self) -> None:
        """Let the cancels go that are held."""
        self._gate.set()
