"""One file being read: how much of it may come in, how far it is, and whether to go on."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cancel_desk.desk.intake.errors import Stopped, TooLarge, Unit
from cancel_desk.desk.intake.pieces import Place

MAX_BYTES = 50 * 1024 * 1024
MAX_LINES = 100_000
MAX_CELLS = 200_000
MAX_IDS = 200_000
# Of a workbook. As many cells as come in, with all that a spreadsheet program says about them,
# are a fifth of it.
MAX_UNPACKED = 128 * 1024 * 1024

_STEPS = 200

Stop = Callable[[], bool]
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Count:
    """What came in so far from a file with all its parts."""

    lines: int = 0
    cells: int = 0
    unpacked: int = 0
    done: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A file, or a part of one, and what it shares with the other parts.

    Args:
        source: the file's name.
        size: bytes of the whole file, for `progress`.
        stop: asked now and then; once it says True, `Stopped` is raised.
        progress: told bytes done and bytes in all, now and then; never goes back.
        part: the name of the part.
        depth: how many files this one is inside of.
        start: where in the whole file this part starts, from 0 to 1.
        end: where it ends.
    """

    source: str
    size: int = 0
    stop: Stop | None = None
    progress: Progress | None = None
    part: str = ""
    depth: int = 0
    start: float = 0.0
    end: float = 1.0
    _count: _Count = field(default_factory=_Count)

    def inside(self, part: str, start: float, end: float, deeper: int = 0) -> "Reading":
        """Return the reading of a part, which starts and ends at these shares of this one."""
        width = self.end - self.start
        return replace(
            self,
            part=part,
            depth=self.depth + deeper,
            start=self.start + width * start,
            end=self.start + width * end,
        )

    def at(self, share: float) -> None:
        """Tell how far this part is, from 0 to 1.

        Raises:
            Stopped: no more of it is wanted.
        """
        if self.stop and self.stop():
            raise Stopped
        done = round(self.size * (self.start + (self.end - self.start) * share))
        # In steps that can be seen, for this is called more often than that.
        step = self.size // _STEPS if done < self.size else 0
        if self.progress and done > self._count.done + step:
            self._count.done = done
            self.progress(done, self.size)

    def place(self, line: int, column: int | None = None, sheet: str = "") -> Place:
        """Return a place in this part."""
        return Place(self.source, line, column, sheet, self.part)

    def count_lines(self, lines: int) -> None:
        """Note that so many lines come in.

        Raises:
            TooLarge: now they are too many.
        """
        self._count.lines += lines
        if self._count.lines > MAX_LINES:
            raise TooLarge(self.source, MAX_LINES, Unit.LINES)

    def count_cells(self, cells: int) -> None:
        """Note that so many cells come in.

        Raises:
            TooLarge: now they are too many.
        """
        self._count.cells += cells
        if self._count.cells > MAX_CELLS:
            raise TooLarge(self.source, MAX_CELLS, Unit.CELLS)

    def count_unpacked(self, size: int) -> None:
        """Note that a workbook is so many bytes large when it is unpacked.

        Raises:
            TooLarge: now they are too many.
        """
        self._count.unpacked += size
        if self._count.unpacked > MAX_UNPACKED:
            raise TooLarge(self.source, MAX_UNPACKED, Unit.UNPACKED)
