"""Fail unless a tag, the program's version and the newest entry of the changelog are the same.

release_check.py v1.2.3
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_RELEASE = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+", re.ASCII)
# "## [1.2.3] - 2026-11-23"; what is not released yet stands under a heading without a date.
_ENTRY = re.compile(r"^## \[(?P<version>[^\]]+)\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$", re.MULTILINE)


def disagreements(tag: str, version: str, changelog: str) -> list[str]:
    """Say what is not as it should be; nothing if the release can be made.

    Args:
        tag: as it is in git, `v1.2.3`.
        version: what pyproject.toml says.
        changelog: the text of CHANGELOG.md.
    """
    found = []
    if not _RELEASE.fullmatch(version):
        found.append(f"{version} is no version of the form 1.2.3.")
    if tag != f"v{version}":
        found.append(f"The tag is {tag}, and pyproject.toml says {version}.")
    newest = _ENTRY.search(changelog)
    if newest is None:
        found.append("CHANGELOG.md has no entry with a version and a date.")
    elif newest["version"] != version:
        found.append(
            f"The newest entry of CHANGELOG.md is {newest['version']}, "
            f"and pyproject.toml says {version}."
        )
    return found


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = disagreements(arguments[0], project["version"], changelog)
    for line in found:
        print(line, file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
