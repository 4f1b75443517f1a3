"""A second start shows the first one's window, and a kill leaves the door free."""

import os
import subprocess
import sys

import pytest
from PySide6.QtWidgets import QWidget

from cancel_desk.window.front import FrontDoor, bring_to_front


@pytest.fixture
def open_door(qtbot, tmp_path):
    doors = []

    def opened(folder=tmp_path):
        window = QWidget()
        qtbot.addWidget(window)
        door = FrontDoor(window, folder)
        door.open()
        doors.append(door)
        return window, door

    yield opened
    for door in doors:
        door.close()


def test_a_minimised_window_comes_back(open_door, qtbot, tmp_path):
    window, _ = open_door()
    window.showMinimized()
    assert bring_to_front(tmp_path)
    qtbot.waitUntil(lambda: not window.isMinimized())


def test_nobody_answers_where_no_window_is_open(tmp_path):
    assert not bring_to_front(tmp_path / "nowhere")


def test_after_the_end_nobody_answers(open_door, tmp_path):
    _, door = open_door()
    door.close()
    assert not bring_to_front(tmp_path)


def test_a_second_window_neither_takes_the_door_nor_knocks(open_door, qtbot, tmp_path):
    first, _ = open_door()
    first.showMinimized()
    second, door = open_door()
    second.showMinimized()
    door.close()
    assert first.isMinimized()
    assert bring_to_front(tmp_path)
    qtbot.waitUntil(lambda: not first.isMinimized())
    assert second.isMinimized()


def test_where_there_can_be_no_door_the_window_works_all_the_same(open_door, tmp_path):
    (tmp_path / "file").write_text("in the way")
    open_door(tmp_path / "file")
    assert not bring_to_front(tmp_path / "file")


# Says so once its door is open, and stays until it is killed.
STAY = """
import pathlib, sys, threading
from cancel_desk.__main__ import main

def tell():
    while not list(pathlib.Path(sys.argv[1]).rglob("window.sock")):
        pause.wait(0.01)
    print("open", flush=True)

pause = threading.Event()
threading.Thread(target=tell, daemon=True).start()
main([])
"""


def test_the_program_started_twice(tmp_path, open_door):
    variables = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_DATA_HOME": str(tmp_path / "share"),
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
    }
    command = [sys.executable, "-c", STAY, str(tmp_path)]
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as first:
        try:
            assert first.stdout.readline() == "open\n"
            second = [sys.executable, "-m", "cancel_desk"]
            done = subprocess.run(
                second, env=variables, capture_output=True, text=True, timeout=60, check=False
            )
            assert done.returncode == 0, done.stderr
            assert "open already" in done.stdout
        finally:
            first.kill()
    # What a kill leaves behind is in nobody's way.
    folder = tmp_path / "share" / "cancel-desk"
    assert (folder / "window.sock").exists()
    assert not bring_to_front(folder)
    open_door(folder)
    assert bring_to_front(folder)
