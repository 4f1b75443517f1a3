"""The set-up that every command of packaging/dev.py does first."""

import os
import re
import shutil
import socket
import struct
import sys
import threading
import tomllib
from pathlib import Path

import PySide6
import pytest

import dev
import environment
import system

ROOT = environment.ROOT
PYSIDE = Path(PySide6.__file__).parent

MISSING = {"libEGL.so.1": "libegl1", "a font": "fonts-dejavu-core"}
COMMAND = (
    "apt-get update && apt-get install --yes --no-install-recommends fonts-dejavu-core libegl1"
)

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="asks the system only on Linux")


class TestOnce:
    @pytest.fixture(autouse=True)
    def stamps_in(self, tmp_path, monkeypatch):
        monkeypatch.setattr(environment, "VENV", tmp_path)

    def test_a_step_that_ended_well_is_not_done_again(self):
        done = []
        for _ in range(2):
            environment.once("step", ["this"], lambda: done.append("this"))
        assert done == ["this"]

    def test_a_step_is_done_again_when_something_else_is_wanted(self):
        done = []
        for wanted in ("old", "new", "old"):
            environment.once("step", [wanted], lambda wanted=wanted: done.append(wanted))
        assert done == ["old", "new", "old"]

    def test_a_step_that_did_more_will_do_but_not_one_that_did_less(self):
        done = []
        environment.once("packages", ["more"], lambda: done.append("more"))
        environment.once("packages", ["less", "more"], lambda: done.append("less"))
        assert done == ["more"]

    def test_an_interrupted_step_is_done_again_even_if_it_ended_well_before(self):
        def break_off():
            raise KeyboardInterrupt

        done = []
        environment.once("step", ["old"], lambda: done.append("old"))
        with pytest.raises(KeyboardInterrupt):
            environment.once("step", ["new"], break_off)
        environment.once("step", ["old"], lambda: done.append("old again"))
        assert done == ["old", "old again"]


def test_a_changed_file_has_another_digest(tmp_path):
    lock = tmp_path / "requirements.txt"
    digests = set()
    for text in ("requests==1", "requests==2"):
        lock.write_text(text)
        digests |= {environment.digest(lock), environment.digest(lock)}
    assert len(digests) == 2


@linux_only
class TestLibraries:
    def test_nothing_is_missing_where_the_tests_run(self):
        assert system.missing_libraries(PYSIDE) == []

    def test_a_library_that_the_linker_does_not_find_is_named(self, tmp_path):
        """Away from the libraries that lie beside them, the modules' needs can't be met."""
        for file in system.QT_FILES:
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PYSIDE / file, tmp_path / file)
        missing = system.missing_libraries(tmp_path)
        assert "libQt6Core.so.6" in missing
        assert "libc.so.6" not in missing

    def test_a_package_is_known_for_all_that_qt_asks_of_the_system_and_nothing_else(self):
        """A shared object names what it needs as strings between zero bytes."""
        wanted, unread = set(), {PYSIDE / file for file in system.QT_FILES}
        while unread:
            names = re.findall(rb"\0([\w.+-]+\.so\.[\d.]+)(?=\0)", unread.pop().read_bytes())
            new = {name.decode() for name in names} - wanted
            wanted |= new
            unread |= {PYSIDE / "Qt/lib" / name for name in new if name.startswith("libQt6")}
        brought_along = {
            name for name in wanted if re.match(r"lib(Qt6|icu|pyside6|shiboken6)", name)
        }
        of_libc = {name for name in wanted if re.match(r"ld-linux|lib(c|dl|m|pthread)\.so", name)}
        assert wanted - brought_along - of_libc == set(system.DEBIAN_PACKAGES)


@linux_only
class TestPrograms:
    def test_nothing_is_missing_where_the_tests_run(self):
        assert dict(system.missing_programs("test")) == {}

    def test_a_program_that_no_shell_finds_is_named_with_its_package(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        missing = dict(system.missing_programs("test"))
        assert missing["Xvfb"] == "xvfb"
        assert system.ACCESSIBILITY_BUS not in missing  # it is called by its whole path
        assert dict(system.missing_programs("run")) == {}


class TestFonts:
    @pytest.mark.parametrize("name", ["DejaVuSans.ttf", "Cantarell.OTF", "NotoSansCJK.ttc"])
    def test_a_font_is_found_in_any_folder_however_deep(self, tmp_path, name):
        font = tmp_path / "truetype/family" / name
        font.parent.mkdir(parents=True)
        font.touch()
        assert system.has_font((tmp_path / "none", tmp_path))

    def test_other_files_are_no_fonts(self, tmp_path):
        (tmp_path / "fonts.dir").touch()
        assert not system.has_font((tmp_path,))


class TestProvide:
    @pytest.fixture
    def programs(self, tmp_path, monkeypatch):
        """The first folder on the path, for programs that stand in for the system's."""
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        return tmp_path

    @staticmethod
    def put(folder, name, script):
        program = folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    @staticmethod
    def be_user(monkeypatch, number):
        monkeypatch.setattr(os, "geteuid", lambda: number)

    @linux_only
    def test_root_gets_it_installed_and_is_told_so_on_one_line(self, programs, monkeypatch, capfd):
        self.be_user(monkeypatch, 0)
        self.put(programs, "apt-get", f'echo "$DEBIAN_FRONTEND $@" >> {programs}/calls')
        system.provide("run", MISSING)
        assert (programs / "calls").read_text().splitlines() == [
            "noninteractive update",
            "noninteractive install --yes --no-install-recommends fonts-dejavu-core libegl1",
        ]
        assert capfd.readouterr().out == (
            "To run, Cancel Desk needs libEGL.so.1, a font;"
            " installing with apt-get: fonts-dejavu-core libegl1\n"
        )

    @linux_only
    def test_the_words_of_an_installation_that_failed_are_shown(self, programs, monkeypatch):
        self.be_user(monkeypatch, 0)
        self.put(programs, "apt-get", "echo no space left >&2; exit 100")
        with pytest.raises(SystemExit, match="no space left"):
            system.provide("run", MISSING)

    @linux_only
    def test_others_get_the_command_to_give(self, programs, monkeypatch):
        self.be_user(monkeypatch, 1000)
        self.put(programs, "apt-get", "exit 1")
        self.put(programs, "sudo", "exit 1")
        with pytest.raises(SystemExit) as leaving:
            system.provide("run", MISSING)
        assert f"sudo sh -c '{COMMAND}'\n" in leaving.value.code

    @linux_only
    def test_without_sudo_the_command_asks_for_roots_password(self, programs, monkeypatch):
        self.be_user(monkeypatch, 1000)
        self.put(programs, "apt-get", "exit 1")
        monkeypatch.setenv("PATH", str(programs))
        with pytest.raises(SystemExit) as leaving:
            system.provide("run", MISSING)
        assert f"su -c '{COMMAND}'\n" in leaving.value.code

    def test_a_library_of_no_known_package_is_named(self):
        with pytest.raises(SystemExit, match=r"No package is known that holds libnew\.so\.1"):
            system.provide("run", MISSING | {"libnew.so.1": ""})

    def test_a_system_without_apt_is_told_what_is_missing(self, programs, monkeypatch):
        monkeypatch.setenv("PATH", str(programs))
        with pytest.raises(SystemExit, match=r"needs libEGL\.so\.1, a font\. Install"):
            system.provide("run", MISSING)


@linux_only
class TestDisplay:
    @pytest.fixture(autouse=True)
    def no_display(self, monkeypatch):
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"):
            monkeypatch.delenv(name, raising=False)

    def test_none_is_named(self):
        assert not system.has_display()

    def test_an_x_server_that_is_not_there(self, monkeypatch):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        monkeypatch.setenv("DISPLAY", f"127.0.0.1:{port - 6000}")
        assert not system.has_display()

    def test_a_wayland_server_that_is_not_there(self, monkeypatch, tmp_path):
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
        assert not system.has_display()

    def test_an_x_server_that_answers(self, monkeypatch):
        """The server's side of X11's connection set-up: "success", version 11.0, no screens."""
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def greet():
                client, _ = listener.accept()
                with client:
                    client.recv(1024)
                    client.sendall(struct.pack("<BxHHH", 1, 11, 0, 8) + bytes(32))
                    client.recv(1024)

            server = threading.Thread(target=greet)
            server.start()
            monkeypatch.setenv("DISPLAY", f"127.0.0.1:{listener.getsockname()[1] - 6000}")
            assert system.has_display()
            server.join()


class TestLocks:
    @staticmethod
    def read(lock):
        """Return what a lock file pins: its requirement lines, and those with a hash."""
        text = lock.read_text().replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
        return {line.split(" --hash")[0].strip(): line for line in lines}

    @pytest.mark.parametrize("lock", [environment.RUNTIME_LOCK, environment.DEVELOPMENT_LOCK])
    def test_every_requirement_is_one_version_with_hashes_and_no_address(self, lock):
        for requirement, line in self.read(lock).items():
            assert re.fullmatch(r"[a-z0-9.-]+==[\w.]+( ; .+)?", requirement)
            assert "--hash=sha256:" in line
        assert "://" not in lock.read_text()

    def test_the_development_lock_holds_the_runtime_lock(self):
        """Which is why `run` is content with it."""
        runtime, development = (
            # Without the marker: what a tool needs too may be wanted on more systems there.
            {
                requirement.split(" ;")[0]: set(re.findall(r"--hash=\S+", line))
                for requirement, line in self.read(lock).items()
            }
            for lock in (environment.RUNTIME_LOCK, environment.DEVELOPMENT_LOCK)
        )
        assert runtime.items() <= development.items()


def test_every_package_is_listed_for_the_wheel():
    with (ROOT / "pyproject.toml").open("rb") as file:
        listed = tomllib.load(file)["tool"]["setuptools"]["packages"]
    source = ROOT / "gui"
    found = {
        ".".join(init.parent.relative_to(source).parts) for init in source.rglob("__init__.py")
    }
    assert set(listed) == found | {"cancel_desk.resources"}


def test_make_has_a_target_for_every_command_and_a_line_for_every_target():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)
    described = re.findall(r"^([a-z-]+): ## \S", makefile, re.MULTILINE)
    assert set(targets) == {*dev.COMMANDS, "help"}
    assert targets == described


def test_an_unknown_command_is_refused_with_those_there_are(capsys):
    assert dev.main(["tets"]) == 2
    assert "run|tour|test|" in capsys.readouterr().err
