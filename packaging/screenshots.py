"""Picture every window, dialog and state, in light and dark, at 100 and 200 %.

`screenshots.py` makes build/screenshots/light-100/01-welcome.png and so on, and for each theme a
contact sheet with all of them side by side. Each scale needs a process of its own.

    --scene welcome     that scene alone; may be given several times
    --made-up           in the made-up language (see texts.py), into build/screenshots/made-up-…
    --guide             take the pictures that the guide and the README show over to them
    --into DIR          somewhere else than build/screenshots
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "build/screenshots"
GUIDE = ROOT / "resources/guide"
README_PICTURE = ROOT / "packaging/pictures/cancelling.png"

_MADE_UP_FILE = ROOT / "build/made-up.qm"
_SCREEN_FILE = ROOT / "build/screen.json"
_SIZES = (100, 200)  # per cent
_THEMES = ("light", "dark")
_IN_README = "running"
_PICTURE = re.compile(r"\]\(pictures/([^)]+)\.png\)")


def main(arguments: Sequence[str]) -> int:
    options = _parse(arguments)
    if options.theme:
        return _take_pictures(options)
    if options.made_up:
        import texts

        _MADE_UP_FILE.parent.mkdir(exist_ok=True)
        texts.make_made_up(_MADE_UP_FILE)
    for theme in _THEMES:
        for size in _SIZES:
            shutil.rmtree(_folder(options, theme, size), ignore_errors=True)
            code = _start(theme, size, arguments)
            if code:
                return code
        small = _folder(options, theme, 100)
        _start_sheet(small, small.with_name(f"{small.name.removesuffix('-100')}.png"))
    if options.guide:
        _renew_guide(_folder(options, "light", 100))
    print(f"The pictures are in {options.into}")
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scene", action="append", default=[], metavar="NAME")
    parser.add_argument("--made-up", action="store_true")
    parser.add_argument("--guide", action="store_true")
    parser.add_argument("--into", type=Path, default=RESULTS, metavar="DIR")
    parser.add_argument("--theme", choices=_THEMES, help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, default=100, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _folder(options: argparse.Namespace, theme: str, size: int) -> Path:
    into: Path = options.into
    return into / f"{'made-up-' if options.made_up else ''}{theme}-{size}"


def _screen() -> Path:
    """Describe a screen on which a dialog has room at 200 %, too: Qt's own has 800 pixels."""
    screen = {"name": "screen", "x": 0, "y": 0, "width": 2560, "height": 1600}
    screen |= {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    _SCREEN_FILE.parent.mkdir(exist_ok=True)
    _SCREEN_FILE.write_text(json.dumps({"screens": [screen]}), encoding="ascii")
    return _SCREEN_FILE


def _start(theme: str, size: int, arguments: Sequence[str]) -> int:
    variables = {
        "QT_QPA_PLATFORM": f"offscreen:configfile={_screen()}",
        "QT_SCALE_FACTOR": f"{size / 100:g}",
        "TZ": "Europe/London",
        "LC_ALL": "C.UTF-8",
    }
    command = [sys.executable, __file__, *arguments, f"--theme={theme}", f"--size={size}"]
    return subprocess.run(command, env=os.environ | variables, check=False).returncode


def _take_pictures(options: argparse.Namespace) -> int:
    """Play the scenes in this process, in one theme and at one scale."""
    from PySide6.QtWidgets import QApplication, QWidget

    from cancel_desk.app import dress
    from cancel_desk.desk.settings import ThemeChoice
    from gallery.scenes import SCENES
    from gallery.stage import Stage

    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    looks = dress(application)
    if options.made_up:
        import texts

        texts.install(application, _MADE_UP_FILE)
    folder = _folder(options, options.theme, options.size)
    folder.mkdir(parents=True, exist_ok=True)
    taken: list[str] = []

    def shoot(name: str, widget: QWidget) -> None:
        taken.append(name)
        if not widget.grab().save(str(folder / f"{len(taken):02}-{name}.png")):
            raise OSError(f"{name} could not be written to {folder}")

    stage = Stage(looks, shoot, theme=ThemeChoice(options.theme))
    for name in options.scene or SCENES:
        stage.play(SCENES[name])
    print(f"{len(taken)} pictures in {folder}", flush=True)
    return 0


def _start_sheet(folder: Path, sheet: Path) -> None:
    """Make the contact sheet; in a process of its own, because drawing text wants Qt's."""
    code = "import sys; from gallery.contact_sheet import make; make(sys.argv[1], sys.argv[2])"
    variables = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", code, str(folder), str(sheet)]
    subprocess.run(command, env=variables, cwd=Path(__file__).parent, check=True)


def _renew_guide(folder: Path) -> None:
    """Take those pictures into the guide that its pages name, and the README's one."""
    taken = {path.stem.partition("-")[2]: path for path in folder.glob("*.png")}
    shutil.rmtree(GUIDE / "pictures", ignore_errors=True)
    (GUIDE / "pictures").mkdir()
    for page in GUIDE.glob("*.md"):
        for name in _PICTURE.findall(page.read_text(encoding="utf-8")):
            shutil.copyfile(taken[name], GUIDE / f"pictures/{name}.png")
    shutil.copyfile(taken[_IN_README], README_PICTURE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
