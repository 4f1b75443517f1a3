"""Verifying a whole journal: whether every entry is what was written, and none is missing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from cancel_desk.desk.events import PlanMade, RunRemoved
from cancel_desk.desk.journal import DamageError
from cancel_desk.desk.journal_reader import Line, Reader, decoded

# How many entries are verified between two looks at `stop`: a few hundredths of a second.
_STRIDE = 2_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was intact, up to the first that was not.

    `runs` counts those `removed`, too. For `unverified` entries the key at hand can't vouch: they
    were made without it, or with another while there is none, so an edit may not show in them.
    `damage` is in a run that began at `began`, where that can be read. `stopped` says that not all
    was looked at.
    """

    entries: int = 0
    runs: int = 0
    removed: int = 0
    unverified: int = 0
    damage: DamageError | None = None
    began: datetime | None = None
    stopped: bool = False


def verify(
    reader: Reader,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """Verify everything.

    Args:
        reader: reads the journal.
        stop: asked now and then; once it says True, the verdict is on what was read up to there.
        progress: told now and then, and at the end, how many entries are verified, and of how
            many.

    Raises:
        JournalError: the file can't be read now.
    """
    seen = _Seen()
    try:
        lines = reader.runs()
        total = sum(line.length for line in lines)
        for _ in seen.go_through(reader, lines):
            if progress:
                progress(seen.entries, total)
            if stop and stop():
                return seen.verdict(stopped=True)
        reader.check_list(lines)
        reader.check_structure(total)
    except DamageError as error:
        return seen.verdict(damage=error, began=_began(reader, error.run))
    return seen.verdict()


class _Seen:
    """Counts what was found intact."""

    def __init__(self) -> None:
        self.entries = self.runs = self.removed = self.unverified = 0

    def go_through(self, reader: Reader, lines: list[Line]) -> Iterator[None]:
        """Verify all runs, with a pause after every so many entries and at the end."""
        for line in lines:
            for entry in reader.entries(line):
                self.entries += 1
                self.unverified += not entry.vouched
                if line.length == 1:
                    self.removed += isinstance(decoded(line.run, entry), RunRemoved)
                if self.entries % _STRIDE == 0:
                    yield
            self.runs += 1
        yield

    def verdict(
        self,
        damage: DamageError | None = None,
        began: datetime | None = None,
        stopped: bool = False,
    ) -> Verdict:
        return Verdict(
            self.entries, self.runs, self.removed, self.unverified, damage, began, stopped
        )


def _began(reader: Reader, run: str) -> datetime | None:
    """Return when a run began; None where that can't be read, or where it is none of a run."""
    try:
        begun = next(reader.events(reader.run(run)))
    except DamageError:
        return None
    return begun.plan.made_at if isinstance(begun, PlanMade) else None
