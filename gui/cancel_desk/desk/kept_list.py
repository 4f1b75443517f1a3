"""The list that was being worked through, kept for the next start.

What was in a run is in the journal; this is for all that was not yet. Payments are named, nothing
is said about them: after a start they are looked up afresh.
"""

import functools
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cancel_desk.desk.files import read_or_set_aside, write_private
from cancel_desk.desk.intake.readers import Place
from cancel_desk.desk.row import Row, State
from cancel_desk.desk.unhurried import unhurried
from cancel_desk.dojo.intent import is_intent_id

if TYPE_CHECKING:
    from cattrs.preconf.json import JsonConverter

_VERSION = 1
# What is done with, and what the journal knows more of.
_LEFT_OUT = {State.CANCELLED, State.ALREADY_CANCELLED, State.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Listed:
    """A payment in the list, and whether the operator had taken its tick away."""

    intent_id: str
    places: tuple[Place, ...]
    may_be_cut: bool
    unticked: bool


def listed(rows: Iterable[Row], unticked: Collection[str]) -> tuple[Listed, ...]:
    """Return what is worth keeping of a batch's rows, in their order; callable in any thread."""
    return tuple(
        Listed(row.intent_id, row.places, row.may_be_cut, row.intent_id in unticked)
        for row in unhurried(rows)
        if _is_kept(row)
    )


def _is_kept(row: Row) -> bool:
    return not row.in_run and row.state not in _LEFT_OUT


class KeptLists:
    """One file for each profile; none for a list that is empty.

    Args:
        folder: where the files are; made when first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, profile_id: str, rows: Iterable[Listed]) -> None:
        """Keep the list of a profile in place of its earlier one; not in the window's thread.

        Raises:
            OSError: it can't be written; the earlier one is still there.
        """
        # A line for each, so that no other thread is held up for long.
        lines = [_converter().dumps(row) for row in unhurried(rows)]
        path = self._path(profile_id)
        if lines:
            head = json.dumps({"version": _VERSION, "rows": len(lines)})
            write_private(path, "\n".join([head, *lines, ""]).encode())
        else:
            path.unlink(missing_ok=True)

    def load(self, profile_id: str) -> tuple[Listed, ...]:
        """Return the list kept for a profile; one that can't be read is renamed, and empty.

        Raises:
            OSError: it is there and can't be read.
        """
        rows, _ = read_or_set_aside(self._path(profile_id), _parse)
        return rows or ()

    def _path(self, profile_id: str) -> Path:
        return self._folder / f"{profile_id}.list"


def _parse(data: bytes) -> tuple[Listed, ...]:
    """Read a file's lines; a ValueError is raised for all that this version never writes."""
    head, *lines = data.decode().split("\n")
    if lines[-1:] != [""] or json.loads(head) != {"version": _VERSION, "rows": len(lines) - 1}:
        raise ValueError("not a list of this version")
    try:
        rows = tuple(_converter().loads(line, Listed) for line in lines[:-1])
    except Exception as error:
        # Whatever the library and the types behind it raise, it means just this.
        raise ValueError("a line is no payment") from error
    if not all(is_intent_id(row.intent_id) for row in rows):
        raise ValueError("a line is no payment")
    return rows


@functools.cache
def _converter() -> "JsonConverter":
    from cattrs.cols import (
        namedtuple_dict_structure_factory,
        namedtuple_dict_unstructure_factory,
    )
    from cattrs.preconf.json import make_converter

    converter = make_converter(forbid_extra_keys=True)
    structure = namedtuple_dict_structure_factory(Place, converter, "from_converter", True)
    converter.register_structure_hook(Place, structure)
    unstructure = namedtuple_dict_unstructure_factory(Place, converter)
    converter.register_unstructure_hook(Place, unstructure)
    return converter
