"""The intents the operator is working through, in the order they came."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from datetime import UTC, datetime
from functools import partial

from cancel_desk.desk.events import Event, PlanMade, RowEvent, RunEnded
from cancel_desk.desk.intake.find_ids import Found
from cancel_desk.desk.intake.pieces import Place
from cancel_desk.desk.plan import PlannedRow
from cancel_desk.desk.row import IllegalTransitionError, Row, State
from cancel_desk.dojo.intent import Money


class Batch:
    """Rows and which of them are ticked. Has one owner: the thread of the window.

    Ticked means chosen for cancelling. Only a row that may be planned can be; one that becomes
    Ready is ticked by itself, because the operator brought it in order to cancel it; but not one
    whose tick the operator has taken away, or that someone may be paying just now.

    A row that something happens to gives way to a changed copy. So whoever holds a row, in another
    thread too, holds what was known at one moment, and a look at the whole list costs nothing.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.counts: Counter[State] = Counter()
        self._numbers: dict[str, int] = {}
        self._ticked: set[str] = set()
        self._unticked: set[str] = set()  # by the operator

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, intent_id: object) -> bool:
        return intent_id in self._numbers

    def row(self, intent_id: str) -> Row:
        """Return the row of an id. Raises KeyError where there is none."""
        return self.rows[self._numbers[intent_id]]

    def rows_with(self, intent_ids: Iterable[str]) -> list[Row]:
        """Return the rows of those ids that are in it, in the order of the ids."""
        numbers, rows = self._numbers, self.rows
        return [rows[numbers[intent_id]] for intent_id in intent_ids if intent_id in numbers]

    def number(self, intent_id: str) -> int:
        """Return the place of an id in `rows`. Raises KeyError where there is none."""
        return self._numbers[intent_id]

    def add(self, found: Iterable[Found]) -> list[str]:
        """Append what is new, add places to what is known; return the new ids in order."""
        return self.take(rows_of(found))

    def take(self, rows: Iterable[Row]) -> list[str]:
        """Do the same with rows made beforehand, as `rows_of` does; they are the batch's now."""
        before = len(self.rows)
        for row in rows:
            number = self._numbers.setdefault(row.intent_id, len(self.rows))
            if number == len(self.rows):
                self.rows.append(row)
            else:
                self._add_places(number, row.places)
        new = [row.intent_id for row in self.rows[before:]]
        self.counts[State.ADDED] += len(new)
        return new

    def _add_places(self, number: int, places: tuple[Place, ...]) -> None:
        self.rows[number] = row = copy(self.rows[number])
        row.places = tuple(dict.fromkeys(row.places + places))

    def restore(self, rows: Iterable[Row]) -> list[Row]:
        """Take over rows of an earlier program as they are; return those that have to wait.

        One that is in the list already gives way, because it knows nothing of what was sent; but
        not while work on it is under way, and never when it has a story of its own.
        """
        waiting = []
        for row in rows:
            present = self._known(row.intent_id)
            if present is not None and present.attempted:
                continue
            if present is not None and (present.state is State.CHECKING or present.in_run):
                waiting.append(row)
                continue
            number = self._numbers.setdefault(row.intent_id, len(self.rows))
            if number == len(self.rows):
                self.rows.append(row)
            else:
                row.places = self.rows[number].places
                self.rows[number] = row
            self._ticked.discard(row.intent_id)
        self.counts = Counter(row.state for row in self.rows)
        return waiting

    def _known(self, intent_id: str) -> Row | None:
        return self.row(intent_id) if intent_id in self._numbers else None

    def remove(self, intent_ids: Iterable[str]) -> int:
        """Take rows off the list (nothing happens at Dojo); rows in a run stay. Return how many."""
        gone = {i for i in intent_ids if i in self._numbers and not self.row(i).in_run}
        self.rows = [row for row in self.rows if row.intent_id not in gone]
        self._numbers = {row.intent_id: number for number, row in enumerate(self.rows)}
        self._ticked -= gone
        self._unticked -= gone
        self.counts = Counter(row.state for row in self.rows)
        return len(gone)

    def apply(self, events: Iterable[Event]) -> list[int]:
        """Let facts take their effect; return the numbers of the rows they changed, ascending.

        A fact about a row that was taken off the list is dropped.

        Raises:
            IllegalTransitionError: a fact can't happen to its row. That row is as before; all the
                other facts have taken effect, because they are true nevertheless.
        """
        changed: set[int] = set()
        illegal: IllegalTransitionError | None = None
        for event in events:
            for number, change in self._changes(event):
                row = copy(self.rows[number])
                before = row.state
                try:
                    change(row)
                except IllegalTransitionError as error:
                    illegal = illegal or error
                    continue
                self.rows[number] = row
                self._account(row, before)
                changed.add(number)
        if illegal is not None:
            raise illegal
        return sorted(changed)

    def _changes(self, event: Event) -> Iterator[tuple[int, Callable[[Row], None]]]:
        """Yield the number of each row that an event is about, and what it does to the row."""
        match event:
            case RowEvent(intent_id=intent_id):
                if intent_id in self._numbers:
                    yield self._numbers[intent_id], lambda row: row.apply(event)
            case PlanMade(plan=plan):
                for planned in plan.rows:
                    if planned.intent_id in self._numbers:
                        put = partial(Row.put_in_plan, planned=planned, event=event)
                        yield self._numbers[planned.intent_id], put
            case RunEnded(run_id=run_id):
                for number, row in enumerate(self.rows):
                    if row.in_run and row.run_id == run_id:
                        yield number, lambda row: row.apply(event)

    def _account(self, row: Row, before: State) -> None:
        if row.state is before:
            return
        self.counts[before] -= 1
        self.counts[row.state] += 1
        if row.state is State.READY:
            if row.intent_id not in self._unticked and not row.changed_lately:
                self._ticked.add(row.intent_id)
        elif not row.may_be_planned:
            self._ticked.discard(row.intent_id)

    def is_ticked(self, row: Row) -> bool:
        """Tell whether the row is chosen for cancelling."""
        return row.intent_id in self._ticked

    @property
    def unticked(self) -> frozenset[str]:
        """The ids of the rows whose tick the operator has taken away, and means to leave it."""
        return frozenset(self._unticked)

    def leave_unticked(self, intent_ids: Iterable[str]) -> None:
        """Don't tick these by themselves."""
        self._unticked.update(i for i in intent_ids if i in self._numbers)

    @property
    def ticked_count(self) -> int:
        """How many rows are ticked."""
        return len(self._ticked)

    def tick(self, rows: Iterable[Row], on: bool = True) -> None:
        """Choose rows for cancelling, or take the choice back; rows that can't be are left."""
        ids = self._plannable(rows)
        if on:
            self._ticked |= ids
            self._unticked -= ids
        else:
            self._ticked -= ids
            self._unticked |= ids

    def invert_ticks(self, rows: Iterable[Row]) -> None:
        """Choose those that are not chosen and can be, and take the choice of the others back."""
        ids = self._plannable(rows)
        self._ticked ^= ids
        self._unticked = (self._unticked - ids) | (ids - self._ticked)

    def _plannable(self, rows: Iterable[Row]) -> set[str]:
        """Return the ids of those that can be chosen now."""
        known = self.rows_with(row.intent_id for row in rows)
        return {row.intent_id for row in known if row.may_be_planned}

    def ticked(self) -> list[Row]:
        """Return the ticked rows in the batch's order."""
        return [row for row in self.rows if row.intent_id in self._ticked]

    def void_checks(self) -> None:
        """Forget everything another key said, except of what is final or not known yet."""
        for number, row in enumerate(self.rows):
            if row.may_be_checked and row.state is not State.UNKNOWN:
                self.rows[number] = voided = copy(row)
                voided.void()
        self._ticked.clear()
        self.counts = Counter(row.state for row in self.rows)

    def in_run(self) -> int:
        """Return how many rows are part of a run that goes on."""
        unknown = sum(row.in_run for row in self.in_state(State.UNKNOWN))
        return self.counts[State.WAITING] + self.counts[State.CANCELLING] + unknown

    def in_state(self, state: State) -> list[Row]:
        """Return the rows in a state, in the batch's order."""
        return [row for row in self.rows if row.state is state] if self.counts[state] else []


def rows_of(found: Iterable[Found]) -> list[Row]:
    """Return rows for what was found, each payment once, added now; callable in any thread."""
    now = datetime.now(UTC)
    return [Row(sys.intern(one.intent_id), one.places, one.hint, now) for one in found]


def planned_rows(rows: Sequence[Row]) -> tuple[PlannedRow, ...]:
    """Freeze rows as they are shown, for a `Plan`; rows that may not be planned are left out."""
    return tuple(
        PlannedRow(row.intent_id, row.intent.to_pay, row.intent.reference, row.read_at)
        for row in rows
        if row.may_be_planned and row.intent is not None and row.read_at is not None
    )


def to_pay(row: Row) -> Money | None:
    """Return what the customer would pay, as far as it is known."""
    known = row.intent or row.planned
    return known.to_pay if known else None


def reference(row: Row) -> str:
    """Return the reference, as far as it is known; empty where there is none."""
    known = row.intent or row.planned
    return (known and known.reference) or ""
