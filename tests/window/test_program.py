"""The command, as it is started, and its log."""

import csv
import logging
import os
import stat
import struct
import subprocess
import sys
from importlib.metadata import version

import pytest

from cancel_desk.log import start_log

KEY = "sk_prod_CanaryCanaryCanary0001"


@pytest.fixture
def start(tmp_path):
    """Starts the program with a home of its own, and waits for its end."""

    def run(*arguments, code=None, **variables) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "HOME": str(tmp_path),
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "XDG_DATA_HOME": str(tmp_path / "share"),
            **variables,
        }
        program = ["-m", "cancel_desk"] if code is None else ["-c", code]
        return subprocess.run(
            [sys.executable, "-W", "error", *program, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=environment,
        )

    return run


def test_version(start):
    done = start("--version")
    assert done.returncode == 0
    assert done.stdout == f"Cancel Desk {version('cancel-desk')}\n"


def test_help_names_the_options(start):
    done = start("--help")
    assert done.returncode == 0
    for option in ("--practice", "--tour", "--version"):
        assert option in done.stdout


@pytest.mark.parametrize(
    "address",
    ["https://api.dojo.tech", "http://10.0.0.1", "http://127.0.0.1:8080/x", "localhost", ""],
)
def test_an_address_that_is_not_this_computer_is_refused_at_the_start(start, address):
    done = start(CANCEL_DESK_API_URL=address)
    assert done.returncode == 2
    assert "CANCEL_DESK_API_URL may only name this computer" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_key_in_that_address_is_not_shown(start, tmp_path):
    done = start(CANCEL_DESK_API_URL=f"https://{KEY}@api.dojo.tech")
    assert done.returncode == 2
    [log] = (tmp_path / "state").rglob("cancel-desk.log")
    assert "Canary" not in done.stdout + done.stderr + log.read_text()


# Asks the program to close as the session's end does, once it has a window.
CLOSE = """
import sys, threading
from PySide6.QtCore import QMetaObject, Qt
from PySide6.QtWidgets import QApplication
from cancel_desk.__main__ import main


def close():
    while not (
        (application := QApplication.instance())
        and any(each.isVisible() for each in application.topLevelWidgets())
    ):
        pause.wait(0.01)
    QMetaObject.invokeMethod(application, "closeAllWindows", Qt.ConnectionType.QueuedConnection)


pause = threading.Event()
threading.Thread(target=close, daemon=True).start()
sys.exit(main(["--practice"]))
"""


def test_the_window_opens_and_closes(start, tmp_path):
    done = start(code=CLOSE)
    assert done.returncode == 0, done.stderr
    [log] = (tmp_path / "state").rglob("cancel-desk.log")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


# --- The tour ------------------------------------------------------------------------------------


def test_the_tour_does_the_whole_job_and_leaves_pictures_and_the_report(start, tmp_path):
    folder = tmp_path / "new" / "tour"
    done = start("--tour", folder)
    assert done.returncode == 0, done.stderr
    pictures = sorted(folder.glob("*.png"), key=lambda path: int(path.name.split("-")[0]))
    assert len(pictures) >= 7
    for picture in pictures:
        assert picture.name in done.stdout
        head = picture.read_bytes()[:24]
        width, height = struct.unpack(">II", head[16:24])
        assert width >= 400
        assert height >= 300
    with (folder / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 26
    assert "All 25 rows are as the practice server says." in done.stdout


def test_a_tour_that_can_t_be_written_fails(start, tmp_path):
    (tmp_path / "taken").write_text("a file")
    assert start("--tour", tmp_path / "taken").returncode != 0


# --- The log -------------------------------------------------------------------------------------


@pytest.fixture
def root_logger():
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield root
    for handler in set(root.handlers) - set(before):
        handler.close()
        root.removeHandler(handler)
    root.setLevel(level)


def test_the_log_holds_no_key_wherever_it_stood(root_logger, tmp_path):
    path = start_log(tmp_path / "logs")
    logging.getLogger("a").info("with %s inside", KEY)
    error = ValueError(KEY)
    logging.getLogger("b").error("Authorization: Basic %s", KEY, exc_info=error)
    text = path.read_text()
    assert "with [key removed] inside" in text
    assert "ValueError: [key removed]" in text
    assert "Canary" not in text


def test_the_log_is_for_this_user_alone_also_when_a_new_file_begins(root_logger, tmp_path):
    path = start_log(tmp_path / "logs")
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for _ in range(30):
        logging.getLogger("a").info("x" * 100_000)
    files = list(path.parent.iterdir())
    assert len(files) > 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert all(file.stat().st_size <= 1_000_000 for file in files)


def test_an_older_log_is_closed_to_others_too(root_logger, tmp_path):
    path = tmp_path / "logs" / "cancel-desk.log"
    path.parent.mkdir()
    path.write_text("old\n")
    path.chmod(0o644)
    start_log(path.parent)
    logging.getLogger("a").info("new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().startswith("old\n")


def test_a_folder_that_can_t_be_written_leaves_the_program_without_a_log(root_logger, tmp_path):
    (tmp_path / "taken").write_text("a file")
    start_log(tmp_path / "taken" / "logs")
    logging.getLogger("a").info("goes nowhere")
