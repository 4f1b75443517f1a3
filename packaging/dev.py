"""The project's chores, on every system: `python3 packaging/dev.py COMMAND [ARGUMENTS]`.

Each command does its own set-up first. Only the standard library is used, because this runs
before anything is installed; `make help` says what the commands are for.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "Cancel Desk needs Python 3.11 or newer, and {} is {}.{}. Where your system has one:\n\n"
        "    sudo apt-get install python3.11 python3.11-venv\n"
        "    make run PYTHON=python3.11\n".format(sys.executable, *sys.version_info[:2])
    )

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import environment
import system

ROOT = environment.ROOT
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}
MADE_HERE = (
    ".hypothesis",
    ".import_linter_cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "build",
    "dist",
    "gui/cancel_desk.egg-info",
)


def run(arguments: list[str]) -> int:
    environment.set_up("run")
    if system.has_display():
        return _tool("cancel-desk", "--practice", *arguments)
    print(
        "No display answers here, so this takes the tour instead of opening the window.", flush=True
    )
    return _tour(environment.script("cancel-desk"), "build/tour")


def tour(_arguments: list[str]) -> int:
    environment.set_up("run")
    return _tour(environment.script("cancel-desk"), "build/tour")


def test(arguments: list[str]) -> int:
    environment.set_up("test")
    return _tool("pytest", *arguments, settings=OFFSCREEN)


def chaos(arguments: list[str]) -> int:
    environment.set_up("test")
    rounds = arguments or ["--rounds=1000"]
    return _tool("pytest", "tests/desk/test_chaos.py", "-k", "round", *rounds)


def mutants(arguments: list[str]) -> int:
    environment.set_up("test")
    return _tool("python", "tests/mutants.py", *arguments, settings=OFFSCREEN)


def bench(arguments: list[str]) -> int:
    environment.set_up("test")
    return _tool("python", "-m", "tests.benchmark", *arguments, settings=OFFSCREEN)


def bench_quick(arguments: list[str]) -> int:
    return bench(["--quick", *arguments])


def lint(arguments: list[str]) -> int:
    environment.set_up("develop")
    return _worst(
        _tool("ruff", "check", *arguments),
        _tool("ruff", "format", "--check", *arguments),
    )


def types(arguments: list[str]) -> int:
    environment.set_up("develop")
    return _tool("mypy", *arguments)


def imports(arguments: list[str]) -> int:
    environment.set_up("develop")
    return _tool("lint-imports", "--no-logo", *arguments)


def check(arguments: list[str]) -> int:
    return _worst(lint([]), types([]), imports([]), test(arguments))


def texts(_arguments: list[str]) -> int:
    environment.set_up("develop")
    return _tool("python", "packaging/texts.py")


def screenshots(arguments: list[str]) -> int:
    environment.set_up("test")
    return _tool("python", "packaging/screenshots.py", *arguments)


def lock(arguments: list[str]) -> int:
    environment.set_up("develop")
    compile_lock = ("uv", "pip", "compile", "--quiet", "pyproject.toml", *arguments)
    runtime = ("--group=build", "--output-file=requirements.txt")
    development = ("--group=dev", "--output-file=requirements-dev.txt")
    same_versions = "--constraints=requirements.txt"
    return _tool(*compile_lock, *runtime) or _tool(*compile_lock, *development, same_versions)


def freeze(arguments: list[str]) -> int:
    environment.set_up("freeze")
    # A fixed hash seed and date, so that the same source freezes to the same bytes.
    date = os.environ.get("SOURCE_DATE_EPOCH", "1767225600")
    failed = _tool(
        "pyinstaller",
        "--noconfirm",
        "--log-level=WARN",
        "--workpath=build/pyinstaller",
        *arguments,
        "packaging/cancel-desk.spec",
        settings={"PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": date},
    )
    program = ROOT / f"dist/cancel-desk/cancel-desk{environment.EXE}"
    return failed or _tour(program, "build/frozen-tour")


def package(arguments: list[str]) -> int:
    return _call(ROOT / "packaging/linux/package.sh", *arguments)


def package_test(arguments: list[str]) -> int:
    return _call(ROOT / "packaging/linux/package-test.sh", *arguments)


def reproduce(_arguments: list[str]) -> int:
    return _call(ROOT / "packaging/linux/reproduce.sh")


def installer_test(_arguments: list[str]) -> int:
    environment.set_up("run")
    return _call(ROOT / "packaging/windows/installer-test.sh")


def clean(_arguments: list[str]) -> int:
    for name in MADE_HERE:
        shutil.rmtree(ROOT / name, ignore_errors=True)
    return 0


def _tour(program: Path, place: str) -> int:
    shutil.rmtree(ROOT / place, ignore_errors=True)
    code = _call(program, "--tour", place, settings=OFFSCREEN)
    print(f"What the tour saw is in {ROOT / place}", flush=True)
    return code


def _tool(name: str, *arguments: str, settings: dict[str, str] | None = None) -> int:
    return _call(environment.script(name), *arguments, settings=settings)


def _call(program: Path, *arguments: str, settings: dict[str, str] | None = None) -> int:
    variables = os.environ | (settings or {})
    with subprocess.Popen([program, *arguments], cwd=ROOT, env=variables) as child:
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        try:
            return child.wait()
        except KeyboardInterrupt:
            child.wait()  # Ctrl+C reached it too, and it ends in its own way.
            raise


def _worst(*codes: int) -> int:
    return int(any(codes))


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    command.__name__.replace("_", "-"): command
    for command in (
        run,
        tour,
        test,
        chaos,
        mutants,
        bench,
        bench_quick,
        lint,
        types,
        imports,
        check,
        texts,
        screenshots,
        lock,
        freeze,
        package,
        package_test,
        reproduce,
        installer_test,
        clean,
    )
}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in COMMANDS:
        print(f"usage: dev.py {{{'|'.join(COMMANDS)}}} [ARGUMENTS]", file=sys.stderr)
        return 2
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
