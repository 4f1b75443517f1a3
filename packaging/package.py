"""Make what is handed out on Linux from what is frozen; `make package` does it in a clean system.

The same source and the same lock files give the same bytes: every file has the date of the
commit (SOURCE_DATE_EPOCH), no owner, one of two modes, and a fixed place in its archive.
"""

import gzip
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ET
from email.utils import formatdate
from importlib.metadata import version
from pathlib import Path

import icons
from documents import write_bill, write_documents, write_sums
from parts import PROGRAM, ROOT, Part, parts

LINUX = ROOT / "packaging/linux"
DIST = ROOT / "dist"
FROZEN = DIST / PROGRAM
STAGE = ROOT / "build/package"
SHARE = STAGE / "usr/share"
DOC = SHARE / f"doc/{PROGRAM}"
PICTURE = "packaging/pictures/cancelling.png"
# No address of the project's own: it has none yet.
MAINTAINER = "Cancel Desk contributors <cancel-desk@example.org>"


def main() -> None:
    release = version(PROGRAM)
    built = int(os.environ["SOURCE_DATE_EPOCH"])
    pages = os.environ.get("PROJECT_URL", "")
    found = parts(ROOT / f"build/pyinstaller/{PROGRAM}/COLLECT-00.toc")

    shutil.rmtree(STAGE, ignore_errors=True)
    _stage_program()
    _stage_desktop(release, built, pages)
    write_documents(DOC, found)
    _copy(LINUX / "copyright", DOC)
    archive = DIST / f"{PROGRAM}-{release}-linux-x86_64.tar.gz"
    archive_bill = write_bill(DOC, archive, built, found)
    _settle(built)
    _write_archive(archive, f"{PROGRAM}-{release}", built)

    brought = _leave_to_debian(found)
    package = DIST / f"{PROGRAM}_{release}_amd64.deb"
    _stage_debian_documents(release, built)
    package_bill = write_bill(DOC, package, built, brought)
    _settle(built)
    _write_package(package, release, pages)
    write_sums(archive, archive_bill, package, package_bill)


def _stage_program() -> None:
    shutil.copytree(FROZEN, STAGE / f"usr/lib/{PROGRAM}", symlinks=True)
    (STAGE / "usr/bin").mkdir()
    (STAGE / f"usr/bin/{PROGRAM}").symlink_to(f"../lib/{PROGRAM}/{PROGRAM}")


def _stage_desktop(release: str, built: int, pages: str) -> None:
    """Put in place what makes a program one of the desktop's own."""
    _copy(LINUX / f"{PROGRAM}.desktop", SHARE / "applications")
    metainfo = ET.parse(LINUX / f"{PROGRAM}.metainfo.xml")  # noqa: S314 - our own file
    add_release(metainfo.getroot(), release, built, pages)
    folder = SHARE / "metainfo"
    folder.mkdir()
    name = f"{metainfo.findtext('id')}.metainfo.xml"
    metainfo.write(folder / name, encoding="utf-8", xml_declaration=True)
    icons.main("hicolor", str(SHARE / "icons/hicolor"))
    manual = SHARE / f"man/man1/{PROGRAM}.1.gz"
    manual.parent.mkdir(parents=True)
    manual.write_bytes(gzip.compress((LINUX / f"{PROGRAM}.1").read_bytes(), 9, mtime=0))


def add_release(component: ET.Element, release: str, built: int, pages: str) -> None:
    """Add the release and, where the project has pages, their addresses."""
    releases = ET.SubElement(component, "releases")
    ET.SubElement(releases, "release", version=release, timestamp=str(built))
    if pages:
        ET.SubElement(component, "url", type="homepage").text = pages
        ET.SubElement(component, "url", type="bugtracker").text = f"{pages}/issues"
        screenshots = ET.SubElement(component, "screenshots")
        screenshot = ET.SubElement(screenshots, "screenshot", type="default")
        ET.SubElement(screenshot, "image", type="source").text = f"{pages}/raw/v{release}/{PICTURE}"
    ET.indent(component)


def _leave_to_debian(found: list[Part]) -> list[Part]:
    """Take out what Debian has, and keeps safe, itself; return what is left."""
    brought = []
    for part in found:
        if part.is_debians:
            for file in part.files:
                (STAGE / f"usr/lib/{PROGRAM}/_internal" / file).unlink()
            shutil.rmtree(DOC / "licences" / part.name)
        else:
            brought.append(part)
    return brought


def _stage_debian_documents(release: str, built: int) -> None:
    changes = (
        f"{PROGRAM} ({release}) stable; urgency=medium\n\n"
        "  * The changes are in CHANGELOG.md beside this file.\n\n"
        f" -- {MAINTAINER}  {formatdate(built)}\n"
    )
    (DOC / "changelog.gz").write_bytes(gzip.compress(changes.encode(), 9, mtime=0))
    overrides = SHARE / "lintian/overrides"
    overrides.mkdir(parents=True)
    shutil.copyfile(LINUX / "lintian-overrides", overrides / PROGRAM)


def _copy(file: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, folder / file.name)


def _settle(built: int) -> None:
    """Give everything the same date, and one of two modes."""
    program = STAGE / f"usr/lib/{PROGRAM}/{PROGRAM}"
    for path in (STAGE, *STAGE.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path == program else 0o644)
        os.utime(path, (built, built), follow_symlinks=False)


def _write_archive(archive: Path, top: str, built: int) -> None:
    """Write what can be unpacked anywhere, /usr/local and a home included."""

    def nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        return member

    with (
        archive.open("wb") as file,
        gzip.GzipFile("", "wb", 9, file, mtime=built) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar,
    ):
        for path in sorted((STAGE / "usr").rglob("*")):
            name = f"{top}/{path.relative_to(STAGE / 'usr')}"
            tar.add(path, name, recursive=False, filter=nobodys)


def _write_package(package: Path, release: str, pages: str) -> None:
    variables = {
        "VERSION": release,
        "MAINTAINER": MAINTAINER,
        "PROJECT_URL": pages,
        "LIBRARIES": _libraries(),
    }
    nfpm = str(Path(sys.executable).with_name("nfpm"))
    files = (f"--config={LINUX / 'nfpm.yaml'}", f"--target={package}")
    command = [nfpm, "package", "--packager=deb", *files]
    subprocess.run(command, cwd=STAGE, env=os.environ | variables, check=True)


def _libraries() -> str:
    """Ask Debian's tool which packages have what the frozen files need and do not bring."""
    internal = STAGE / f"usr/lib/{PROGRAM}/_internal"
    files = [
        STAGE / f"usr/lib/{PROGRAM}/{PROGRAM}",
        *(path for path in internal.rglob("*.so*") if path.is_file() and not path.is_symlink()),
    ]
    folders = sorted({file.parent for file in files if file.is_relative_to(internal)})
    with tempfile.TemporaryDirectory() as place:
        control = Path(place) / "debian/control"
        control.parent.mkdir()
        control.write_text(f"Source: {PROGRAM}\n\nPackage: {PROGRAM}\nArchitecture: amd64\n")
        done = subprocess.run(
            [
                "dpkg-shlibdeps",
                "-O",
                "--ignore-missing-info",
                "--warnings=0",
                *(f"-l{folder}" for folder in folders),
                *(f"-e{file}" for file in files),
            ],
            cwd=place,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        sys.exit(done.stderr)
    [found] = re.findall(r"^shlibs:Depends=(.*)$", done.stdout, re.MULTILINE)
    return str(found)


if __name__ == "__main__":
    main()
