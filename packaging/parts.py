"""What the frozen program is made of: who made each part, under what licence, with which hash."""

import ast
import hashlib
import json
import platform
import re
import subprocess
import sys
import sysconfig
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = "cancel-desk"
# Its start-up code is in the executable.
FREEZER = "pyinstaller"
_LICENCE_FILE = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|AUTHORS)", re.IGNORECASE)
# Wheels that come without the texts of their licence.
_LICENCES = ROOT / "packaging/licences"
_LGPL = (_LICENCES / "LGPL-3.0.txt", _LICENCES / "GPL-3.0.txt")
# On Linux it brings the library ICU, whose licence Debian's own package of that library has.
_ICU = (Path("/usr/share/doc/libicu72/copyright"),) if sys.platform == "linux" else ()
_TEXTS_ELSEWHERE = {"pyside6-essentials": (*_LGPL, *_ICU), "shiboken6": _LGPL}


@dataclass(frozen=True, slots=True)
class Part:
    """A package, or a file of no package, that something in the frozen program comes from.

    `sha256` is that of the artefact it was installed from; `requires` has names of other parts;
    `files` are those of a part of the system, by their place beside the program.
    """

    name: str
    version: str
    purl: str
    sha256: str
    licence: str = ""
    texts: tuple[Path, ...] = ()
    requires: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def is_debians(self) -> bool:
        """Whether any Debian, from 12 on, has it; of Python each has another."""
        return self.purl.startswith("pkg:deb/") and not self.name.startswith("libpython")


def parts(collected: Path) -> list[Part]:
    """Return every part, by name.

    Args:
        collected: PyInstaller's list of the files it has put together.
    """
    found = {part.name: part for part in (*_python_parts(), *_system_parts(collected))}
    return [part for _, part in sorted(found.items())]


def _python_parts() -> Iterator[Part]:
    """Yield the distributions that the program needs, with the hashes that pip installed by."""
    hashes = _locked_hashes()
    waiting, seen = [FREEZER, *requirements_of(distribution(PROGRAM))], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        dist = distribution(name)
        requires = () if name == FREEZER else tuple(requirements_of(dist))
        waiting += requires
        yield Part(
            name,
            dist.version,
            f"pkg:pypi/{name}@{dist.version}",
            hashes[name],
            _licence(dist),
            _TEXTS_ELSEWHERE.get(name) or _licence_files(dist),
            requires,
        )


def requirements_of(dist: Distribution) -> Iterator[str]:
    """Name what a distribution needs on this system."""
    for line in dist.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield canonicalize_name(requirement.name)


def _locked_hashes() -> dict[str, str]:
    """Ask pip which file of each locked package is the one for this system."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    lock = ["--require-hashes", "--requirement", str(ROOT / "requirements-dev.txt")]
    done = subprocess.run(
        [*command, "--report", "-", *lock], capture_output=True, text=True, check=True
    )
    return {
        canonicalize_name(each["metadata"]["name"]): each["download_info"]["archive_info"][
            "hashes"
        ]["sha256"]
        for each in json.loads(done.stdout)["install"]
    }


def _licence(dist: Distribution) -> str:
    """Return what a distribution says of its licence; older ones put the text in its place."""
    classified = [
        each.split(" :: ")[-1]
        for each in dist.metadata.get_all("Classifier", [])
        if each.startswith("License ::")
    ]
    said = (*dist.metadata.get_all("License-Expression", []), *classified)
    first: str = (*said, *dist.metadata.get_all("License", []), "")[0]
    return first.split("\n")[0]


def _licence_files(dist: Distribution) -> tuple[Path, ...]:
    return tuple(
        Path(str(dist.locate_file(file)))
        for file in sorted(dist.files or ())
        if ".dist-info" in file.parts[0] and _LICENCE_FILE.match(file.name)
    )


def _system_parts(collected: Path) -> Iterator[Part]:
    """Yield what the files come from that were taken from the system."""
    environment = Path(sys.prefix)
    files = defaultdict[str, list[str]](list)
    entries = ast.literal_eval(collected.read_text(encoding="utf-8"))
    for place, path, kind in sorted(entries[0]):
        source = Path(path)
        if kind not in {"BINARY", "EXTENSION"} or source.is_relative_to(environment):
            continue
        if package := _debian_package(source):
            files[package].append(place)
        elif sys.platform == "linux":
            sys.exit(f"{source} is of no package: freeze in a clean system.")
        else:
            yield _part_of_python(source)
    for package, places in files.items():
        yield _debian_part(package, tuple(places))


def _part_of_python(file: Path) -> Part:
    """Describe what Python's installation brings along on Windows and macOS."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    home = Path(sys.base_prefix if sys.platform == "win32" else sysconfig.get_path("stdlib"))
    version = platform.python_version()
    purl = f"pkg:generic/{file.name}@{version}"
    return Part(file.name, version, purl, digest, texts=(home / "LICENSE.txt",))


def _debian_package(file: Path) -> str | None:
    """Name the package that a file belongs to; dpkg may know it without the /usr."""
    if sys.platform != "linux":
        return None
    real = file.resolve()
    for path in (real, Path("/", *real.parts[2:])):
        done = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.split(":")[0]
    return None


def _debian_part(package: str, files: tuple[str, ...]) -> Part:
    query = ["dpkg-query", "--show", "--showformat=${Version}", package]
    version = subprocess.run(query, capture_output=True, text=True, check=True).stdout
    show = ["apt-cache", "show", f"{package}={version}"]
    record = subprocess.run(show, capture_output=True, text=True, check=True).stdout
    digest = re.search(r"^SHA256: ([0-9a-f]{64})$", record, re.MULTILINE)
    if digest is None:
        sys.exit(f"The package index has no hash for {package} {version}.")
    copyright_file = Path(f"/usr/share/doc/{package}/copyright")
    return Part(
        package,
        version,
        f"pkg:deb/debian/{package}@{version}",
        digest[1],
        texts=(copyright_file,),
        files=files,
    )
