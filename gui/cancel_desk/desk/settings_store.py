"""The operator's settings, kept for the next start, within the policy of the machine."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from cancel_desk.desk.effective import Effective
from cancel_desk.desk.files import read_or_set_aside, write_private
from cancel_desk.desk.policy import read_policy
from cancel_desk.desk.settings import Settings, read_values

_FORMAT_VERSION = 1
_NAMES = frozenset(each.name for each in fields(Settings))


class SettingsStore:
    """The settings that hold.

    Every change reads the operator's file anew, so that two open windows don't undo each other's
    changes. One that is broken, or was written by a newer version of the program, is renamed and
    the defaults hold; `set_aside` is then the path it has now.

    Args:
        path: the operator's JSON file; it and its folder are made when first needed.
        policy: the policy file, only ever read; there may be none.

    Raises:
        OSError: the operator's file is there and can't be read, or can't be set aside. Every
            method that changes something raises it too, and then nothing has changed.
    """

    def __init__(self, path: Path, policy: Path) -> None:
        self._path = path
        self._policy_path = policy
        self.set_aside: Path | None = None
        self.reload()

    def reload(self) -> Effective:
        """Read both files anew and return what holds."""
        self._policy = read_policy(self._policy_path)
        self._read()
        return self.effective

    @property
    def effective(self) -> Effective:
        """What holds, as of the last look at the files."""
        return Effective(self._chosen, self._policy)

    def change(self, old: Settings, new: Settings) -> Effective:
        """Keep what differs between two versions of the operator's choice; return what holds.

        Args:
            old: what was shown.
            new: what was made of it.
        """
        stored = self._read()
        changes: dict[str, Any] = {
            name: getattr(new, name) for name in _NAMES if getattr(new, name) != getattr(old, name)
        }
        chosen = replace(stored, **changes)
        write_private(self._path, _render(chosen))
        self._chosen = chosen
        return self.effective

    def _read(self) -> Settings:
        stored, aside = read_or_set_aside(self._path, _parse)
        self._chosen = stored or Settings()
        self.set_aside = aside or self.set_aside
        return self._chosen


def _render(chosen: Settings) -> bytes:
    document = {"version": _FORMAT_VERSION, "settings": chosen.chosen()}
    return json.dumps(document, indent=2).encode()


def _parse(data: bytes) -> Settings:
    """Read the file's content; a ValueError is raised for all that this version never writes."""
    match json.loads(data):
        case {"version": version, "settings": dict(chosen), **more} if (
            version == _FORMAT_VERSION and not more
        ):
            return Settings(**read_values(chosen, _NAMES))
    raise ValueError("not settings of this version")
