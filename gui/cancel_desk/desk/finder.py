"""Looking for what is still unpaid: page after page, at a polite pace, until there is no more.

A search that was stopped, or met a page that could not be had, keeps what it found and goes on
from there when it is run again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.pace import PAUSES, Control, Pace, Pause
from cancel_desk.dojo.intent import Intent, Status
from cancel_desk.dojo.problem import Problem

if TYPE_CHECKING:
    # Not at run time: it brings in requests, which can wait until the window is there.
    from cancel_desk.dojo.client import Client, Page

PAGE_SIZE = 100  # the most that the API gives at once
# Beyond it a server that always promises one more page would never let the search end.
MAX_PAGES = 1000
# Pages are heavier than single payments, and nobody waits for them as for a run.
PAGES_A_SECOND = 10.0

# How many pauses in a row are waited for before the operator is asked whether to go on.
_MAX_HOLDS = 3


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, UTC; `start` is part of it, `end` no more."""

    start: datetime
    end: datetime

    @classmethod
    def of_days(cls, first: date, last: date) -> Self:
        """Return the whole of these days, both included, by this computer's time zone.

        A day begins at midnight, or when the clocks jump over it; and it may have 23 or 25 hours.
        """
        return cls(_beginning(first), _beginning(last + timedelta(days=1)))

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


def _beginning(day: date) -> datetime:
    # Not astimezone(), which is an hour early where the clocks jump over midnight.
    return datetime.fromtimestamp(datetime.combine(day, time()).timestamp(), UTC)


@dataclass(frozen=True, slots=True)
class Portion:
    """What one page brought that was not found before.

    `page` counts from 1. `unreadable` counts entries that were no usable payment. `at` is this
    computer's time, UTC.
    """

    intents: tuple[Intent, ...]
    page: int
    unreadable: int
    at: datetime


class Ending(StrEnum):
    """Why a search is over."""

    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"  # a page could not be had
    CIRCLE = "circle"  # the server sent a cursor it had sent before
    LIMIT = "limit"  # MAX_PAGES have been read, and there are more


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a search ended; `problem` tells why a page could not be had."""

    ending: Ending
    problem: Problem | None = None

    @property
    def can_go_on(self) -> bool:
        """Whether running the search again asks for the page it ended at."""
        return self.ending in {Ending.STOPPED, Ending.FAILED}


class Search:
    """A search for the unpaid payments that were created in a span of time.

    May be run again after it was stopped or failed, by one thread at a time.

    Args:
        created: when the payments wanted were created.
        clock: whose time counts.
        a_second: pages asked for per second, at the most.
    """

    def __init__(
        self, created: Span, clock: Clock | None = None, a_second: float = PAGES_A_SECOND
    ) -> None:
        self._created = created
        self._clock = clock or Clock()
        self._a_second = a_second
        self._pages = 0
        self._after: str | None = None
        self._cursors: set[str] = set()
        self._found: set[str] = set()

    def run(
        self,
        client: "Client",
        control: Control,
        found: Callable[[Portion], None],
        paused: Callable[[Pause | None], None] = lambda _pause: None,
    ) -> Outcome:
        """Read pages until there are no more, one can't be had, or the operator stops it.

        Where the server asks for time, or is not there for a moment, it waits and goes on by
        itself.

        Args:
            client: whom to ask.
            control: to stop it.
            found: takes what each page brought.
            paused: told when nothing is asked for a while, and, with None, when it goes on.
        """
        pace = Pace(self._clock, control, self._a_second, paused)
        while pace.turn():
            answer = client.search(
                (Status.CREATED,), self._created.start, limit=PAGE_SIZE, after=self._after
            )
            if not isinstance(answer, Problem):
                pace.good()
                found(self._take(answer))
                ending = self._turn_to(answer.after)
                if ending is not None:
                    return Outcome(ending)
            elif answer.kind in PAUSES and pace.holds < _MAX_HOLDS:
                pace.hold(PAUSES[answer.kind], answer.retry_after)
            else:
                return Outcome(Ending.FAILED, answer)
        return Outcome(Ending.STOPPED)

    def _take(self, page: "Page") -> Portion:
        """Pick out what is wanted and new.

        A payment made while the search goes on moves the others: one may be on two pages.
        """
        self._pages += 1
        new = {
            intent.id: intent
            for intent in page.intents
            if intent.id not in self._found and self._is_wanted(intent)
        }
        self._found.update(new)
        return Portion(tuple(new.values()), self._pages, page.unreadable, self._clock.now())

    def _is_wanted(self, intent: Intent) -> bool:
        """Tell whether a payment is what was asked for, whatever the server made of the question.

        One that does not say when it was created is shown rather than lost.
        """
        if intent.status != Status.CREATED:
            return False
        return intent.created_at is None or intent.created_at in self._created

    def _turn_to(self, cursor: str | None) -> Ending | None:
        """Go to the next page; return why the search is over where there is none to be asked for.

        The cursor is kept only when its page can be asked for.
        """
        if cursor is None:
            return Ending.DONE
        if cursor in self._cursors:
            return Ending.CIRCLE
        if self._pages >= MAX_PAGES:
            return Ending.LIMIT
        self._cursors.add(cursor)
        self._after = cursor
        return None
