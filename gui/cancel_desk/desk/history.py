"""Past runs as the journal has them: to look at, to search, to verify and to export.

All of it only reads, in any thread but the window's, beside a program that writes. Whatever is
handed out was verified; searches alone trust the file, because what they find is verified when it
is read.
"""

import json
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cancel_desk.desk.batch import to_pay
from cancel_desk.desk.events import Event, PlanMade, RunEnded, RunRemoved
from cancel_desk.desk.files import replacing
from cancel_desk.desk.journal import DamageError
from cancel_desk.desk.journal_format import connect_to_read
from cancel_desk.desk.journal_reader import Entry, Reader
from cancel_desk.desk.plan import Plan, totals
from cancel_desk.desk.replay import replay
from cancel_desk.desk.row import Row, State
from cancel_desk.desk.seals import Seals
from cancel_desk.desk.verification import Verdict, verify

# The first entry of each run as JSON, or null where it is broken. The searches begin with it.
_FIRST = """
    WITH first (position, run, event) AS (
    SELECT position, run, CASE WHEN json_valid(CAST(body AS TEXT)) THEN CAST(body AS TEXT)
    ELSE 'null' END FROM runs JOIN events USING (run) WHERE number = 0)"""
_BEGAN = """
    SELECT run, coalesce(json_extract(event, '$.plan.made_at'), json_extract(event, '$.began'))
    FROM first"""
_MENTIONING = """
    SELECT DISTINCT run FROM first, json_tree(event, '$.plan')
    WHERE key IN ('intent_id', 'reference', 'reason') AND instr(lower(atom), lower(?))"""
_PLANNED_AFTER = """
    SELECT DISTINCT run FROM first, json_each(event, '$.plan.rows')
    WHERE position > (SELECT position FROM runs WHERE run = ?)
    AND json_extract(value, '$.intent_id') IN (SELECT value FROM json_each(?))
    ORDER BY position"""


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run and its rows as its events have left them, whether it has ended or goes on.

    `damage` names the first entry that is not what was written: what is here came before it.
    """

    plan: Plan
    rows: tuple[Row, ...]
    events: tuple[Event, ...]
    damage: DamageError | None = None

    @property
    def began(self) -> datetime:
        """When the operator consented."""
        return self.plan.made_at

    @property
    def ended(self) -> RunEnded | None:
        """Why and when it ended; None where it goes on, or was cut off and not yet looked at."""
        return next((event for event in self.events if isinstance(event, RunEnded)), None)

    @property
    def counts(self) -> Counter[State]:
        """How many payments are in each state."""
        return Counter(row.state for row in self.rows)

    @property
    def cancelled(self) -> dict[str, int]:
        """What the cancelled payments come to, in minor units by currency."""
        return totals(to_pay(row) for row in self.rows if row.state is State.CANCELLED)


@dataclass(frozen=True, slots=True)
class RemovedRun:
    """A run whose `entries` were removed."""

    run_id: str
    began: datetime
    profile: str
    entries: int
    removed_at: datetime
    removed_by: str


@dataclass(frozen=True, slots=True)
class UnreadableRun:
    """A run of which not even the plan is what was written."""

    run_id: str
    damage: DamageError


class History:
    """Reads a journal.

    Args:
        path: its file.
        key: what its seals were made with; empty where there is none at hand.

    Raises:
        DamageError: (all methods) what is in the file can't be used.
        JournalError: (all methods) the file can't be read now.
    """

    def __init__(self, path: Path, key: bytes = b"") -> None:
        self._path = path
        self._seals = Seals(key)

    def run_ids(self, since: datetime | None = None, until: datetime | None = None) -> list[str]:
        """Return the ids of all runs, the newest first; or of those begun from `since` to `until`.

        Those of which it can't be read when they began are always among them.
        """
        with self._reading() as reader:
            ids = [line.run for line in reversed(reader.runs())]
            if since is None and until is None:
                return ids
            began = {run: _moment(text) for run, text in reader.query(_FIRST + _BEGAN)}
        return [
            run
            for run in ids
            if (at := began.get(run)) is None
            or ((since is None or at >= since) and (until is None or at < until))
        ]

    def older_than(self, now: datetime, months: int = 12) -> list[str]:
        """Return the ids of the closed runs that began so many months ago, the newest first."""
        limit = _months_before(now, months)
        with self._reading() as reader:
            closed = [
                line.run for line in reversed(reader.runs()) if line.closed and line.length > 1
            ]
            began = {run: _moment(text) for run, text in reader.query(_FIRST + _BEGAN)}
        return [run for run in closed if (at := began.get(run)) is not None and at < limit]

    def mentioning(self, text: str) -> set[str]:
        """Return the ids of the runs with a payment, reference or reason that has `text` in it.

        Whether letters are capitals makes no difference, except for those beyond ASCII.
        """
        with self._reading() as reader:
            return {str(run) for (run,) in reader.query(_FIRST + _MENTIONING, text)}

    def planned_after(self, run_id: str, intent_ids: Iterable[str]) -> list[str]:
        """Return the ids of later runs that had any of these payments, the oldest first."""
        with self._reading() as reader:
            wanted = json.dumps(list(intent_ids))
            return [str(run) for (run,) in reader.query(_FIRST + _PLANNED_AFTER, run_id, wanted)]

    def read(self, run_id: str) -> PastRun | RemovedRun | UnreadableRun:
        """Return a run, as far as it is what was written."""
        events: list[Event] = []
        damage = None
        try:
            with self._reading() as reader:
                events.extend(reader.events(reader.run(run_id)))
        except DamageError as error:
            damage = error
        match events:
            case [PlanMade() as begun, *told]:
                return PastRun(begun.plan, replay(begun, told), tuple(events), damage)
            case [RunRemoved() as gone] if damage is None:
                return RemovedRun(run_id, gone.began, gone.profile, gone.entries, gone.at, gone.by)
        return UnreadableRun(run_id, damage or DamageError("a run without its plan", run_id, 0))

    def verify(
        self,
        stop: Callable[[], bool] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Verdict:
        """Verify everything, as the function of that name does; damage is in the verdict."""
        try:
            with self._reading() as reader:
                return verify(reader, stop, progress)
        except DamageError as error:
            return Verdict(damage=error)

    def export_lines(self, path: Path, run_ids: Iterable[str]) -> list[str]:
        """Write the entries of runs as JSON lines, each with its seal, in a file of its own.

        Of a damaged run what comes before the damage is written, and then a line that says so.

        Returns:
            The ids of the damaged runs.

        Raises:
            OSError: the file can't be written; what was there before still is.
        """
        damaged = []
        with self._reading() as reader, replacing(path) as file:
            for run_id in run_ids:
                try:
                    for entry in reader.entries(reader.run(run_id)):
                        file.write(_as_line(run_id, entry))
                except DamageError as error:
                    file.write(_as_damage(run_id, error))
                    damaged.append(run_id)
        return damaged

    @contextmanager
    def _reading(self) -> Iterator[Reader]:
        with closing(connect_to_read(self._path)) as db:
            yield Reader(db, self._seals)


def _moment(text: object) -> datetime | None:
    """Return a time of the journal's; None where it is none."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _months_before(at: datetime, months: int) -> datetime:
    """Return the same day of an earlier month, or that month's last."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    day = min(at.day, monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)


def _as_damage(run_id: str, error: DamageError) -> bytes:
    """Return the line that stands for all that is not what was written."""
    about = {"run": run_id, "number": error.number, "damaged": str(error)}
    return json.dumps(about).encode() + b"\n"


def _as_line(run_id: str, entry: Entry) -> bytes:
    """Return an entry as a line of JSON; the event is, byte for byte, what is sealed."""
    about = {
        "run": run_id,
        "number": entry.number,
        "keyed": entry.keyed,
        "seal": entry.seal.hex(),
    }
    return json.dumps(about).encode()[:-1] + b', "event": ' + entry.body + b"}\n"
