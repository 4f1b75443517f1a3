"""On what was measured."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from .server import ROOT

BUSY = 0.5  # processes that wanted to run, on average, in the last minute
IN_MEMORY = {"tmpfs", "ramfs"}


def describe() -> dict[str, str | int | float]:
    """Return what a reader has to know to compare figures with others."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "memory": _memory(),
        "disk": _file_system(ROOT),
        "system": _system(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "pyside6": version("PySide6-Essentials"),
        "requests": version("requests"),
        "curl": _said(["curl", "--version"]).removeprefix("curl ").partition(" ")[0],
        "commit": _commit(),
    }


def sentence(machine: dict[str, str | int | float]) -> str:
    """Return a description as a line of text."""
    parts = [
        f"{machine['processor']}, {machine['cores']} cores",
        f"{machine['memory']} of memory" if machine["memory"] else "",
        machine["system"],
        machine["python"],
        f"PySide6 {machine['pyside6']}",
        f"requests {machine['requests']}",
        f"curl {machine['curl']}",
        f"commit {machine['commit']}" if machine["commit"] else "",
    ]
    return ", ".join(part for part in map(str, parts) if part)


def doubts(machine: dict[str, str | int | float]) -> list[str]:
    """Return why what is measured now should not be told, in sentences."""
    found = []
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if load > BUSY:
        found.append(f"This computer is busy (load {load:.1f}): the figures are for a look.")
    if machine["disk"] in IN_MEMORY:
        found.append(f"{ROOT} is in memory: the journal costs less here than on a disk.")
    return found


def _processor() -> str:
    for line in _read("/proc/cpuinfo").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return " ".join(value.split())
    return platform.processor() or platform.machine()


def _memory() -> str:
    for line in _read("/proc/meminfo").splitlines():
        if line.startswith("MemTotal:"):
            return f"{int(line.split()[1]) / 1024**2:.0f} GB"
    return ""


def _file_system(path: Path) -> str:
    """Return the kind of file system that a path is on, which says what a commit may cost."""
    return _said(["stat", "--file-system", "--format=%T", str(path)])


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.platform()


def _commit() -> str:
    commit = _said(["git", "rev-parse", "--short=12", "HEAD"])
    return f"{commit} and changes" if commit and _said(["git", "status", "--short"]) else commit


def _said(command: list[str]) -> str:
    """Return what a command prints; nothing where it can't be had."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""
