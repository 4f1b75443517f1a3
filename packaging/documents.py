"""What goes with the program wherever it goes: licences, bill of materials, sums.

documents.py FOLDER ARTEFACT    puts them into FOLDER, where the program is, and beside ARTEFACT
documents.py sums FILE...       writes SHA256SUMS beside the files
"""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterable
from importlib.metadata import distribution, version
from pathlib import Path

from parts import PROGRAM, ROOT, Part, parts, requirements_of
from sbom import bill_of_materials


def write_documents(folder: Path, found: Iterable[Part]) -> None:
    """Put the notice, the changelog and the licence of every part into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in (ROOT / "packaging/licences/NOTICE", ROOT / "CHANGELOG.md"):
        shutil.copyfile(file, folder / file.name)
    for part in found:
        if not part.texts:
            sys.exit(f"There is no licence text for {part.name}, which is in the bundle.")
        place = folder / "licences" / part.name
        place.mkdir(parents=True, exist_ok=True)
        for text in part.texts:
            shutil.copyfile(text, place / text.name)


def write_bill(folder: Path, artefact: Path, built: int, found: list[Part]) -> Path:
    """Write the bill of materials of an artefact, into it and beside it; return the latter.

    Args:
        folder: what of it will be in the artefact.
        artefact: the file that is handed out; it need not be there yet.
        built: the time that stands for the build, in seconds since 1970.
        found: what it is made of.
    """
    roots = requirements_of(distribution(PROGRAM))
    bill = bill_of_materials(version(PROGRAM), built, found, roots)
    inside = folder / f"{PROGRAM}.cdx.json"
    inside.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
    return shutil.copyfile(inside, artefact.with_name(f"{artefact.name}.cdx.json"))


def write_sums(*files: Path) -> None:
    """Write SHA256SUMS, as sha256sum checks it, beside the files."""
    sums = (
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in sorted(files)
    )
    with (files[0].parent / "SHA256SUMS").open("w", encoding="ascii", newline="\n") as file:
        file.writelines(sums)


def main(first: str, *rest: str) -> None:
    if first == "sums":
        write_sums(*map(Path, rest))
        return
    [artefact] = rest
    found = parts(ROOT / f"build/pyinstaller/{PROGRAM}/COLLECT-00.toc")
    write_documents(Path(first), found)
    write_bill(Path(first), Path(artefact), int(os.environ["SOURCE_DATE_EPOCH"]), found)


if __name__ == "__main__":
    main(*sys.argv[1:])
