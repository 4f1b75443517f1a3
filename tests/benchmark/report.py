"""What was measured, for the terminal, for machines, and for the README."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from . import machine
from .figures import Figure

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"

_HEADINGS = ("", "median", "least – most", "bar", "")


def table(figures: Sequence[Figure]) -> str:
    """Return a table of all figures, each part under its name."""
    lines = [_HEADINGS, *map(_cells, figures)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = []
    for part, found in groupby(figures, key=lambda figure: figure.part):
        text += ["", _line((part.upper(), *_HEADINGS[1:]), widths)]
        text += [_line(_cells(figure), widths) for figure in found]
    return "\n".join(text[1:])


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured in one go.

    Attributes:
        figures: the figures of one part or more.
        machine: on what, and of which commit, as `machine.describe` says it.
        at: when it was done.
    """

    figures: Sequence[Figure]
    machine: dict[str, Any]
    at: datetime

    @property
    def parts(self) -> list[str]:
        """Its parts, in the order of their figures."""
        return list(dict.fromkeys(figure.part for figure in self.figures))

    def without(self, parts: Iterable[str]) -> "Measurement":
        """Return what is left when some parts were measured anew."""
        gone = set(parts)
        return replace(self, figures=[each for each in self.figures if each.part not in gone])


def to_json(measurements: Iterable[Measurement]) -> str:
    """Return all there is: the values of every round, and the machine."""
    document = [
        {
            "at": each.at.isoformat(timespec="seconds"),
            "machine": each.machine,
            "figures": [
                asdict(figure) | {"median": figure.median, "missed": figure.is_missed}
                for figure in each.figures
            ],
        }
        for each in measurements
    ]
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str) -> list[Measurement]:
    """Read what `to_json` wrote."""
    return [
        Measurement(
            [_figure(entry) for entry in each["figures"]],
            each["machine"],
            datetime.fromisoformat(each["at"]),
        )
        for each in json.loads(text)
    ]


def _figure(entry: dict[str, Any]) -> Figure:
    names = ("part", "name", "unit", "bar", "at_least")
    return Figure(values=tuple(entry["values"]), **{name: entry[name] for name in names})


def block(measurements: Sequence[Measurement]) -> str:
    """Return the README's block: what has a bar, in Markdown, and what it was measured on."""
    figures = [figure for each in measurements for figure in each.figures]
    lines = [
        BEGIN,
        "| | median | least – most | bar | |",
        "| --- | ---: | ---: | ---: | --- |",
        *("| " + " | ".join(_cells(figure)) + " |" for figure in figures if figure.bar is not None),
        "",
        *(
            f"Measured on {each.at.astimezone(UTC):%Y-%m-%d} ({', '.join(each.parts)}):"
            f" {machine.sentence(each.machine)}."
            for each in measurements
        ),
        END,
    ]
    return "\n".join(lines)


def renew(path: Path, new: str) -> None:
    """Put a block in the place of the one that a file has.

    Raises:
        ValueError: the file has no place for it, or more than one.
    """
    text = path.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"{path} needs one line {BEGIN} and, below it, one line {END}")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(before + new + after, encoding="utf-8")


def _cells(figure: Figure) -> tuple[str, ...]:
    bar = verdict = ""
    if figure.bar is not None:
        bar = f"{'≥' if figure.at_least else '≤'} {_number(figure.bar)} {figure.unit}"
        verdict = "MISSED" if figure.is_missed else "ok"
    span = f"{_number(min(figure.values))} – {_number(max(figure.values))}"
    return figure.name, f"{_number(figure.median)} {figure.unit}", span, bar, verdict


def _number(value: float) -> str:
    """Return a number with three digits that count, more where it is large."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, *numbers, verdict = cells
    middle = [cell.rjust(width) for cell, width in zip(numbers, widths[1:-1], strict=True)]
    return "  ".join([name.ljust(widths[0]), *middle, verdict]).rstrip()
