"""`python -m tests.benchmark`: measures all parts and shows every figure beside its bar."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from . import machine, report
from .server import ROOT

PARTS = ("throughput", "cpu", "pace", "window", "start", "memory", "growth")
ROUNDS = 5
RESULT = ROOT / "build" / "bench.json"
QUICK_RESULT = ROOT / "build" / "bench-quick.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for; return 1 if a bar was missed.

    A quick round returns 0 all the same: of a short job the start is too large a share.
    """
    parser = ArgumentParser(
        prog="python -m tests.benchmark",
        description="Measures Cancel Desk beside what one would use instead, and its own limits.",
    )
    parser.add_argument("--quick", action="store_true", help="one round, with fewer payments")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS)
    )
    parser.add_argument("--rounds", type=int, help=f"{ROUNDS}, or 1 with --quick")
    parser.add_argument(
        "--readme", action="store_true", help="measure nothing: show the last result in the README"
    )
    options = parser.parse_args(arguments)
    if options.readme:
        report.renew(ROOT / "README.md", report.block(report.from_json(RESULT.read_text("utf-8"))))
        return 0
    rounds = options.rounds or (1 if options.quick else ROUNDS)
    described = machine.describe()
    say(machine.sentence(described))
    for doubt in machine.doubts(described):
        say(doubt)
    figures = []
    for part in PARTS:
        if part in options.only:
            say(f"{part} …")
            figures += import_module(f"tests.benchmark.{part}").measure(rounds, options.quick)
    print(report.table(figures))
    measured = report.Measurement(figures, described, datetime.now(UTC))
    keep(measured, QUICK_RESULT if options.quick else RESULT)
    bars = sum(figure.bar is not None for figure in figures)
    missed = sum(figure.is_missed for figure in figures)
    print(f"\n{bars - missed} of {bars} bars kept. The values of all rounds are in build.")
    if options.quick:
        print("This was the quick form: it shows where things go, and decides nothing.")
    return int(missed > 0 and not options.quick)


def keep(measured: report.Measurement, path: Path) -> None:
    """Write down what was measured, beside what was measured of other parts before."""
    earlier = report.from_json(path.read_text("utf-8")) if path.is_file() else []
    others = [each.without(measured.parts) for each in earlier]
    every = [each for each in (*others, measured) if each.figures]
    every.sort(key=lambda each: PARTS.index(each.parts[0]))
    path.parent.mkdir(exist_ok=True)
    path.write_text(report.to_json(every), "utf-8")


def say(text: str) -> None:
    """Tell whoever waits; what is on standard output is the result alone."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
