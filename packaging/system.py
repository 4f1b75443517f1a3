"""What Cancel Desk needs from a Linux system, found by looking, and a display to show itself on."""

import ctypes
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

# The parts of PySide6 that the program and its tests load; the rest comes with them.
QT_FILES = (
    "QtCore.abi3.so",
    "QtDBus.abi3.so",
    "QtSvg.abi3.so",
    "QtTest.abi3.so",
    "QtWidgets.abi3.so",
    "Qt/plugins/platforms/libqoffscreen.so",
    "Qt/plugins/platforms/libqwayland.so",
    "Qt/plugins/platforms/libqxcb.so",
)
# What these leave to the system, by the name the dynamic linker looks for.
DEBIAN_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgcc_s.so.1": "libgcc-s1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
# What Qt opens at run time, where the linker can't see it.
DEBIAN_FILES = {
    Path("/etc/fonts/fonts.conf"): "fontconfig-config",
    Path("/usr/share/X11/xkb/rules/evdev"): "xkb-data",
}
# The one of a screen reader, which lies where no shell looks.
ACCESSIBILITY_BUS = "/usr/libexec/at-spi-bus-launcher"
# Programs that a purpose runs.
DEBIAN_PROGRAMS = {
    "test": {
        "Xvfb": "xvfb",
        "curl": "curl",  # what the program is measured beside
        "dbus-run-session": "dbus-daemon",
        "gnome-keyring-daemon": "gnome-keyring",
        "openbox": "openbox",
        "xdotool": "xdotool",
        ACCESSIBILITY_BUS: "at-spi2-core",
    },
    "freeze": {"objdump": "binutils"},
}
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


def require(purpose: str, site_packages: Path) -> None:
    """See to it that what `purpose` needs is there; else leave with how to get it."""
    if missing := dict(_missing(purpose, site_packages)):
        provide(purpose, missing)
        if still_missing := dict(_missing(purpose, site_packages)):
            sys.exit(f"Still missing after the installation: {', '.join(still_missing)}")


def provide(purpose: str, missing: dict[str, str]) -> None:
    """Install the packages (values) that hold what is missing (keys); leave if that can't be."""
    need = f"To {purpose}, Cancel Desk needs {', '.join(missing)}"
    if unknown := [what for what, package in missing.items() if not package]:
        sys.exit(f"{need}. No package is known that holds {', '.join(unknown)}.")
    if not shutil.which("apt-get"):
        sys.exit(f"{need}. Install what holds them, then try again.")
    packages = " ".join(sorted(set(missing.values())))
    command = f"apt-get update && apt-get install --yes --no-install-recommends {packages}"
    if os.geteuid() != 0:
        as_root = "sudo sh -c" if shutil.which("sudo") else "su -c"
        sys.exit(f"{need}. Install them with:\n\n    {as_root} {shlex.quote(command)}\n")
    print(f"{need}; installing with apt-get: {packages}", flush=True)
    quietly("sh", "-c", command, settings={"DEBIAN_FRONTEND": "noninteractive"})


def quietly(*command: str, settings: dict[str, str] | None = None) -> None:
    """Run `command`; show what it printed, and leave, only if it fails."""
    outcome = subprocess.run(
        command,
        env=os.environ | (settings or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if outcome.returncode:
        sys.exit(f"{outcome.stdout}\nThe set-up did not finish; the reason stands above.")


def has_display() -> bool:
    """Ask the display servers themselves, with the libraries through which Qt will ask them."""
    return sys.platform != "linux" or _wayland_answers() or _x_answers()


def _missing(purpose: str, site_packages: Path) -> Iterator[tuple[str, str]]:
    """Yield each thing that is not there with the Debian package that holds it ("": unknown)."""
    for library in missing_libraries(site_packages / "PySide6"):
        yield library, DEBIAN_PACKAGES.get(library, "")
    for file, package in DEBIAN_FILES.items():
        if not file.exists():
            yield str(file), package
    if not has_font(FONT_FOLDERS):
        yield "a font", "fonts-dejavu-core"
    yield from missing_programs(purpose)
    if purpose == "freeze" and sys.base_prefix == "/usr" and not _has_shared_python():
        yield "Python as a shared library", f"libpython3.{sys.version_info.minor}"


def missing_programs(purpose: str) -> Iterator[tuple[str, str]]:
    """Yield each program that `purpose` runs and that is not there, with its Debian package."""
    for program, package in DEBIAN_PROGRAMS.get(purpose, {}).items():
        if not shutil.which(program):
            yield program, package


def missing_libraries(pyside: Path) -> list[str]:
    """Name the shared libraries that the dynamic linker does not find for the Qt in use."""
    ldd = subprocess.run(
        ["ldd", *(pyside / file for file in QT_FILES)], capture_output=True, text=True, check=True
    )
    return sorted(set(re.findall(r"^\s*(\S+) => not found$", ldd.stdout, re.MULTILINE)))


def has_font(folders: tuple[Path, ...]) -> bool:
    """Tell whether any font lies in `folders`: without one, Qt draws no text at all."""
    return any(
        file.suffix.lower() in {".otf", ".ttc", ".ttf"}
        for folder in folders
        for file in folder.rglob("*")
    )


def _has_shared_python() -> bool:
    try:
        ctypes.CDLL(sysconfig.get_config_var("INSTSONAME"))
    except OSError:
        return False
    return True


def _wayland_answers() -> bool:
    if not os.environ.get("WAYLAND_DISPLAY"):
        return False
    wayland = ctypes.CDLL("libwayland-client.so.0")
    wayland.wl_display_connect.restype = ctypes.c_void_p
    connection = wayland.wl_display_connect(None)
    if connection is None:
        return False
    wayland.wl_display_disconnect(ctypes.c_void_p(connection))
    return True


def _x_answers() -> bool:
    if not os.environ.get("DISPLAY"):
        return False
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)
