"""What is measured: a figure, the values of its rounds, and the bar that it has to keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a benchmark.

    Attributes:
        part: what it belongs to, for example "throughput".
        name: what was measured, as a reader of the table wants to know it.
        unit: "s", "ms", "x" (a ratio), "MB", "bytes", "%", "1/s" ...
        values: one for each round, in the order of the rounds.
        bar: what the median must not pass; None where the figure only informs.
        at_least: the bar is a lower one.
    """

    part: str
    name: str
    unit: str
    values: tuple[float, ...]
    bar: float | None = None
    at_least: bool = False

    @property
    def median(self) -> float:
        """The middle one of its values."""
        return median(self.values)

    @property
    def is_missed(self) -> bool:
        """Tell whether there is a bar and the median is on the wrong side of it."""
        if self.bar is None:
            return False
        return self.median < self.bar if self.at_least else self.median > self.bar


def ratios(values: Sequence[float], to: Sequence[float]) -> tuple[float, ...]:
    """Return value by value how many times the other of its round it is."""
    return tuple(one / other for one, other in zip(values, to, strict=True))
