"""`make screenshots`, on one scene: the pictures, their size, their theme, and the sheet."""

import subprocess
import sys

import pytest
from PySide6.QtGui import QImage

import screenshots
from gallery import scenes

SIZE = (1180, 780)


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """The welcome scene and one of a dialog, in every theme and at every scale."""
    folder = tmp_path_factory.mktemp("screenshots")
    command = [sys.executable, screenshots.__file__, f"--into={folder}"]
    chosen = ("--scene=welcome", "--scene=delete-profile")
    done = subprocess.run([*command, *chosen], capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def image(path) -> QImage:
    image = QImage(str(path))
    assert not image.isNull(), path
    return image


@pytest.mark.parametrize("scale", [100, 200])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_there_is_a_picture_of_each_scene(taken, theme, scale):
    folder = taken / f"{theme}-{scale}"
    assert sorted(path.name for path in folder.iterdir()) == [
        "01-welcome.png",
        "02-delete-profile.png",
    ]
    window = image(folder / "01-welcome.png")
    assert (window.width(), window.height()) == tuple(part * scale // 100 for part in SIZE)
    assert (window.pixelColor(3, 3).lightness() < 128) == (theme == "dark")


def test_a_contact_sheet_shows_them_side_by_side(taken):
    for theme in ("light", "dark"):
        sheet = image(taken / f"{theme}.png")
        assert sheet.width() > SIZE[0]
        first = sheet.pixelColor(30, 30)
        assert (first.lightness() < 128) == (theme == "dark")


def test_pictures_are_the_same_each_time(taken, tmp_path):
    command = [sys.executable, screenshots.__file__, f"--into={tmp_path}", "--scene=welcome"]
    subprocess.run(command, capture_output=True, check=True, timeout=50)
    for place in ("light-100", "dark-200"):
        now, before = (folder / place / "01-welcome.png" for folder in (tmp_path, taken))
        assert image(now) == image(before)


def test_a_scene_that_fails_is_told(tmp_path):
    command = [sys.executable, screenshots.__file__, f"--into={tmp_path}", "--scene=no-such-scene"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50)
    assert done.returncode != 0
    assert "no-such-scene" in done.stderr


def test_what_the_guide_shows_is_pictured():
    pictures = {path.stem for path in (screenshots.GUIDE / "pictures").glob("*.png")}
    assert pictures
    modules = (screenshots.ROOT / "packaging/gallery").glob("*_scenes.py")
    source = "".join(path.read_text(encoding="utf-8") for path in modules)
    for name in pictures:
        assert f'"{name}"' in source, name
    assert len(scenes.SCENES) > 30
