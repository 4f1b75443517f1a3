"""What was measured, for the terminal, for machines, and for the README."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
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


def to_json(figures: Iterable[Figure], described: dict[str, Any], at: datetime) -> str:
    """Return all there is: the values of every round, and the machine."""
    entries = [
        asdict(figure) | {"median": figure.median, "missed": figure.is_missed} for figure in figures
    ]
    document = {"at": at.isoformat(timespec="seconds"), "machine": described, "figures": entries}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str) -> tuple[list[Figure], dict[str, Any], datetime]:
    """Read what `to_json` wrote."""
    document = json.loads(text)
    figures = [
        Figure(
            entry["part"],
            entry["name"],
            entry["unit"],
            tuple(entry["values"]),
            entry["bar"],
            entry["at_least"],
        )
        for entry in document["figures"]
    ]
    return figures, document["machine"], datetime.fromisoformat(document["at"])


def block(figures: Sequence[Figure], described: dict[str, Any], at: datetime) -> str:
    """Return the README's block: what has a bar, in Markdown, and what it was measured on."""
    lines = [
        BEGIN,
        "| | median | least – most | bar | |",
        "| --- | ---: | ---: | ---: | --- |",
        *("| " + " | ".join(_cells(figure)) + " |" for figure in figures if figure.bar is not None),
        "",
        f"Measured on {at.astimezone(UTC):%Y-%m-%d}: {machine.sentence(described)}.",
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
