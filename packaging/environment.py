"""The project's virtual environment: made when it is not there, mended when it does not fit."""

import hashlib
import importlib
import importlib.util
import platform
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

import system

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if sys.platform == "win32" else "bin")
EXE = sysconfig.get_config_var("EXE") or ""  # how a program's name ends
RUNTIME_LOCK = ROOT / "requirements.txt"
DEVELOPMENT_LOCK = ROOT / "requirements-dev.txt"  # everything in RUNTIME_LOCK and more


def set_up(purpose: str) -> None:
    """Install what `purpose` ("run", "test", "freeze" or "develop") needs and is not there yet."""
    # The locks that will do, the one to install first.
    locks = [RUNTIME_LOCK, DEVELOPMENT_LOCK] if purpose == "run" else [DEVELOPMENT_LOCK]
    once("packages", [digest(lock) for lock in locks], lambda: _install_packages(locks[0]))
    once("program", [digest(ROOT / "pyproject.toml")], _install_program)
    if sys.platform == "linux" and purpose != "develop":
        once(
            f"system-to-{purpose}",
            [digest(locks[-1]) + digest(Path(system.__file__))],
            lambda: system.require(purpose, _site_packages()),
        )


def script(name: str) -> Path:
    return SCRIPTS / f"{name}{EXE}"


def once(step: str, wanted: list[str], action: Callable[[], None]) -> None:
    """Do `action` unless it ended well for one of `wanted`; noted after it, so a break heals."""
    stamp = VENV / f".done-{step}"
    if stamp.is_file() and stamp.read_text(encoding="ascii") in wanted:
        return
    stamp.unlink(missing_ok=True)
    action()
    stamp.write_text(wanted[0], encoding="ascii")


def digest(file: Path) -> str:
    """Change with the file, the interpreter and the place of the project (venvs don't move)."""
    interpreter = (platform.python_version(), sysconfig.get_config_var("EXT_SUFFIX"))
    facts = repr((interpreter, sys.base_prefix, str(ROOT)))
    return hashlib.sha256(facts.encode() + file.read_bytes()).hexdigest()


def _install_packages(lock: Path) -> None:
    """Begin with an empty environment: nothing half-installed or no longer locked stays."""
    if importlib.util.find_spec("ensurepip") is None:
        system.provide(
            "set itself up", {"Python's venv module": f"python3.{sys.version_info.minor}-venv"}
        )
        importlib.invalidate_caches()
    print(f"Setting up .venv from {lock.name} (this fetches some 100 MB once)", flush=True)
    venv.create(VENV, clear=True, with_pip=True, symlinks=sys.platform != "win32")
    _pip("--require-hashes", "--requirement", str(lock))


def _install_program() -> None:
    _pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def _pip(*arguments: str) -> None:
    options = ("--quiet", "--disable-pip-version-check", "--no-input")
    system.quietly(str(script("python")), "-m", "pip", "install", *options, *arguments)


def _site_packages() -> Path:
    place = {"base": str(VENV), "platbase": str(VENV)}
    return Path(sysconfig.get_path("platlib", "venv", place))
