"""The operator's settings, kept for the next start, within the policy of the machine."""

import json
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from cancel_desk.desk.effective import Effective
from cancel_desk.desk.files import read_or_set_aside, write_private
from cancel_desk.desk.policy import read_policy
from cancel_desk.desk.settings import Settings, read_values

_FORMAT_VERSION = 1
_NAMES = frozenset(each.name for each in fields(Settings))


class SettingsStore:
    """The settings that hold, and the folder that was used last.

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
        return Effective(self._stored.settings, self._policy)

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
        self._write(replace(stored, settings=replace(stored.settings, **changes)))
        return self.effective

    @property
    def last_folder(self) -> Path | None:
        """The folder something was last saved in; it may be gone."""
        return self._stored.last_folder

    def use_folder(self, folder: Path) -> None:
        """Note the folder to begin with next time."""
        if folder != self.last_folder:
            self._write(replace(self._read(), last_folder=folder))

    def _read(self) -> "_Stored":
        stored, aside = read_or_set_aside(self._path, _parse)
        self._stored = stored or _Stored()
        self.set_aside = aside or self.set_aside
        return self._stored

    def _write(self, stored: "_Stored") -> None:
        write_private(self._path, _render(stored))
        self._stored = stored


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the file holds."""

    settings: Settings = field(default_factory=Settings)
    last_folder: Path | None = None


def _render(stored: _Stored) -> bytes:
    document = {
        "version": _FORMAT_VERSION,
        "settings": stored.settings.chosen(),
        "last_folder": str(stored.last_folder) if stored.last_folder else None,
    }
    return json.dumps(document, indent=2).encode()


def _parse(data: bytes) -> _Stored:
    """Read the file's content; a ValueError is raised for all that this version never writes."""
    match json.loads(data):
        case {
            "version": version,
            "settings": dict(chosen),
            "last_folder": str() | None as folder,
            **more,
        } if version == _FORMAT_VERSION and not more:
            settings = Settings(**read_values(chosen, _NAMES))
            return _Stored(settings, Path(folder) if folder else None)
    raise ValueError("not settings of this version")
