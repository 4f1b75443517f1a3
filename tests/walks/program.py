"""The real program on a desktop of its own: what the tree shows of it, and keys for it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .atspi import GoneError, Node, State, Tree
from .desktop import Desktop, Picture, running

# Every dialog, and what leads to it from the window with payments in it.
WAYS = {
    "confirmDialog": ("cancelPaymentsButton",),
    "piecesDialog": ("showPiecesButton",),
    "findDialog": ("findButton",),
    "exportDialog": ("exportButton",),
    "historyDialog": ("historyButton",),
    "settingsDialog": ("settingsButton",),
    "keyDialog": ("keysButton", "addKeyAction"),
    "helpDialog": ("helpButton", "helpAction"),
    "aboutDialog": ("helpButton", "aboutAction"),
}

_FOR_EVERYONE = {
    "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
    # Who looks at a window that changes asks now and then for what has just gone.
    "QT_LOGGING_RULES": "qt.accessibility.atspi=false",
    "QT_QPA_PLATFORM": "xcb",
}


@contextmanager
def started(desktop: Desktop, home: Path) -> Iterator["Program"]:
    """Have Cancel Desk run in practice, with a home of its own. It must complain of nothing."""
    command = [sys.executable, "-W", "error", "-m", "cancel_desk", "--practice"]
    environment = desktop.environment | _FOR_EVERYONE | {"HOME": str(home)}
    log = home / "complaints"
    tree = Tree(desktop.environment["DBUS_SESSION_BUS_ADDRESS"])
    try:
        with running(command, environment, log) as process:
            yield Program(desktop, tree, process)
    finally:
        tree.close()
    assert log.read_text() == ""


class Program:
    """One running Cancel Desk, from when its window has the keyboard."""

    def __init__(self, desktop: Desktop, tree: Tree, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._desktop = desktop
        self._tree = tree
        self.wait = tree.wait
        self.root = tree.wait(lambda: tree.application(process.pid))
        self.wait(lambda: self.focus)
        self.window = self.active

    def hear(self, beginning: str) -> None:
        """Wait until a screen reader is asked to say what begins so."""
        heard = self._tree.announced
        self.wait(
            lambda: any(text.startswith(beginning) for text in heard),
            f"heard {heard}, and not {beginning!r}",
        )

    @property
    def active(self) -> Node:
        """The window or dialog that gets the keys."""
        for window in self.root.children:
            if window.has(State.ACTIVE):
                return window
        raise GoneError("no window is active")

    @property
    def focus(self) -> Node:
        """What gets the keys within it."""
        for node in self.active.within():
            if node.has(State.FOCUSED):
                return node
        raise GoneError("nothing has the focus")

    def find(self, name: str) -> Node:
        """Return what is shown under an object name, as soon as it is."""
        return self.wait(lambda: self.root.find(name))

    def press(self, name: str) -> None:
        """Press a button as soon as it can be pressed."""
        self.wait(lambda: self.root.find(name).has(State.ENABLED))
        self.find(name).do("Press")

    def open(self, dialog: str) -> Node:
        """Have a dialog opened, and return it once it has the keyboard."""
        way = WAYS[dialog]
        if len(way) == 1:
            self.press(*way)
        else:
            self.choose(*way)
        self.wait(lambda: self.active.id == dialog and self.focus, f"{dialog} is not open")
        return self.active

    def choose(self, button: str, item: str) -> None:
        """Open a button's menu, and choose from it."""
        self.find(button).do("ShowMenu")
        self.wait(lambda: self.menu().find(item)).do("Press")

    def menu(self) -> Node:
        """Return the menu that is open."""
        return self._tree.menu()

    def wait_until_gone(self, name: str) -> None:
        """Wait until nothing is shown under an object name."""
        self.wait(lambda: all(node.id != name for node in self.root.within()))

    def load_samples(self) -> None:
        """Take what practice gives, and wait until all has been looked up."""
        self.press("sampleButton")
        self.wait(lambda: self.root.find("cancelPaymentsButton").has(State.ENABLED))

    # Keys, as they come from a keyboard

    def keys(self, *names: str) -> None:
        """Press keys one after the other, such as "Tab" or "ctrl+f"."""
        self._xdotool("key", *names)

    def type(self, text: str) -> None:
        self._xdotool("type", text)

    def _xdotool(self, *command: str) -> None:
        subprocess.run(["xdotool", *command], env=self._desktop.environment, check=True, timeout=10)

    def picture(self) -> Picture:
        """Return what is on the screen now."""
        return self._desktop.picture()
