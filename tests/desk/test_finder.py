"""Searches through real pages of a practice server, and what a server may do to them."""

import threading
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cancel_desk.desk import finder
from cancel_desk.desk.clock import Clock
from cancel_desk.desk.events import PauseReason
from cancel_desk.desk.finder import Ending, Outcome, Portion, Search, Span
from cancel_desk.desk.narrowing import Narrowing
from cancel_desk.desk.pace import Control
from cancel_desk.dojo.client import Client, Page
from cancel_desk.dojo.intent import Intent, Money
from cancel_desk.dojo.key import ApiKey
from cancel_desk.dojo.problem import Kind as Trouble
from cancel_desk.dojo.problem import Problem
from cancel_desk.practice import Fault, Kind

from .facts import NOON, an_id, intent

POST = ("POST",)
HOUR = 3600.0
SPEED = 500


class Desk:
    """A search, the client it asks, and what it told."""

    def __init__(self, client, created=None, speed=SPEED, a_second=1e9) -> None:
        now = datetime.now(UTC)
        created = created or Span(now - timedelta(days=7), now + timedelta(days=1))
        self.client = client
        self.clock = Clock(speed)
        self.search = Search(created, self.clock, a_second)
        self.control = Control()
        self.portions: list[Portion] = []
        self.pauses = []

    def run(self) -> Outcome:
        return self.search.run(self.client, self.control, self.found, self.pauses.append)

    def found(self, portion) -> None:
        self.portions.append(portion)

    @property
    def ids(self) -> list[str]:
        return [each.id for portion in self.portions for each in portion.intents]

    @property
    def pages(self) -> list[int]:
        return [portion.page for portion in self.portions]

    def told(self) -> list[PauseReason | None]:
        return [pause and pause.reason for pause in self.pauses]


@pytest.fixture
def desk(server):
    with Client(ApiKey(server.key), server.url) as client:
        yield Desk(client)


class Scripted:
    """A client whose pages are given; counts what it is asked."""

    def __init__(self, *answers) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[object, ...]] = []

    def search(self, statuses, start, limit, after):
        self.asked.append((statuses, start, limit, after))
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


def page(*numbers, after=None, unreadable=0) -> Page:
    return Page(
        tuple(Intent(an_id(number), "Created", created_at=datetime.now(UTC)) for number in numbers),
        None,
        after,
        unreadable,
    )


def newest_first(ids):
    return list(reversed(ids))


# --- Through the pages ---------------------------------------------------------------------------


class TestPages:
    def test_all_of_them(self, server, desk):
        ids = [server.create(created_ago=HOUR - number) for number in range(350)]
        assert desk.run() == Outcome(Ending.DONE)
        assert desk.ids == newest_first(ids)
        assert desk.pages == [1, 2, 3, 4]
        assert server.requests == 4

    @pytest.mark.parametrize("count", [0, 1, 100, 101, 200])
    def test_of_any_number(self, server, desk, count):
        ids = {server.create(created_ago=HOUR + number) for number in range(count)}
        assert desk.run() == Outcome(Ending.DONE)
        assert set(desk.ids) == ids

    def test_what_is_asked(self):
        """A start and no end: which dates the API counts by is not documented."""
        client = Scripted(page(1, after="a"), page(2))
        span = Span(NOON, NOON + timedelta(days=1))
        Desk(client, span).run()
        assert client.asked == [(("Created",), NOON, 100, None), (("Created",), NOON, 100, "a")]

    def test_a_payment_made_meanwhile_moves_nothing(self, server, desk):
        ids = [server.create(created_ago=HOUR - number) for number in range(250)]
        tell = desk.found
        desk.found = lambda portion: (server.create(created_ago=0), tell(portion))
        desk.run()
        assert desk.ids == newest_first(ids)

    def test_the_same_payment_on_two_pages_counts_once(self):
        desk = Desk(Scripted(page(1, 2, 3, after="a"), page(3, 4, 3, after="b"), page(1)))
        assert desk.run() == Outcome(Ending.DONE)
        assert desk.ids == [an_id(1), an_id(2), an_id(3), an_id(4)]

    def test_entries_that_are_no_payment_are_counted(self):
        desk = Desk(Scripted(page(1, after="a", unreadable=2), page(2, unreadable=1)))
        desk.run()
        assert [portion.unreadable for portion in desk.portions] == [2, 1]

    def test_an_empty_page_is_not_the_end(self):
        desk = Desk(Scripted(page(after="a"), page(after="b"), page(1)))
        assert desk.run() == Outcome(Ending.DONE)
        assert desk.ids == [an_id(1)]


class TestWhatIsWanted:
    def test_nothing_but_what_is_unpaid(self, server, desk):
        """Also from a server that does not look at the statuses it was given."""
        statuses = ["Captured", "Canceled", "Authorized", "Reversed", "Refunded", "Never heard of"]
        unpaid = server.create()
        for status in statuses:
            server.create(status=status)
        search = desk.client.search
        desk.client.search = lambda statuses, *a, **k: search((), *a, **k)
        desk.run()
        assert desk.ids == [unpaid]

    def test_nothing_but_what_was_created_in_the_span(self, server, desk):
        now = datetime.now(UTC)
        ids = {age: server.create(created_ago=age * HOUR) for age in (1, 3, 5, 7)}
        created = Span(now - timedelta(hours=6), now - timedelta(hours=2))
        middle = Desk(desk.client, created)
        middle.run()
        assert middle.ids == [ids[3], ids[5]]

    def test_its_ends(self):
        span = Span(NOON, NOON + timedelta(hours=1))
        moments = [NOON - timedelta(microseconds=1), NOON, span.end - timedelta(microseconds=1)]
        answers = [
            Intent(an_id(number), "Created", created_at=moment)
            for number, moment in enumerate([*moments, span.end])
        ]
        desk = Desk(Scripted(Page(tuple(answers))), span)
        desk.run()
        assert desk.ids == [an_id(1), an_id(2)]

    def test_one_that_does_not_say_when_is_shown(self):
        desk = Desk(Scripted(Page((Intent(an_id(), "Created"),))))
        desk.run()
        assert desk.ids == [an_id()]


# --- Days ----------------------------------------------------------------------------------------


@pytest.fixture
def zone(monkeypatch):
    """Puts this computer somewhere."""

    def move(name) -> ZoneInfo:
        monkeypatch.setenv("TZ", name)
        time.tzset()
        return ZoneInfo(name)

    yield move
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("place", "day", "start", "hours"),
    [
        ("UTC", date(2024, 5, 17), "2024-05-17T00:00", 24),
        ("Europe/London", date(2024, 5, 17), "2024-05-16T23:00", 24),
        ("Europe/London", date(2024, 3, 31), "2024-03-31T00:00", 23),
        ("Europe/London", date(2024, 10, 27), "2024-10-26T23:00", 25),
        ("Asia/Kolkata", date(2024, 2, 29), "2024-02-28T18:30", 24),
        # where the clocks are changed at midnight: the day begins at one, or has two midnights
        ("Africa/Cairo", date(2024, 4, 26), "2024-04-25T22:00", 23),
        ("Africa/Cairo", date(2024, 10, 31), "2024-10-30T21:00", 25),
        ("America/Havana", date(2024, 3, 10), "2024-03-10T05:00", 23),
        ("America/Havana", date(2024, 11, 3), "2024-11-03T04:00", 25),
        ("America/Sao_Paulo", date(2018, 2, 17), "2018-02-17T02:00", 25),
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00", 23),
    ],
)
def test_a_day_is_the_local_one(zone, place, day, start, hours):
    here = zone(place)
    span = Span.of_days(day, day)
    assert span.start == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert span.end - span.start == timedelta(hours=hours)
    for edge in (span.start, span.end - timedelta(seconds=1)):
        assert edge.astimezone(here).date() == day
        assert edge in span
    for beyond in (span.start - timedelta(seconds=1), span.end):
        assert beyond.astimezone(here).date() != day
        assert beyond not in span


def test_days_are_counted_from_the_first_to_the_last(zone):
    zone("Europe/London")
    span = Span.of_days(date(2024, 3, 28), date(2024, 4, 3))
    assert span.end - span.start == timedelta(days=7) - timedelta(hours=1)


# --- What goes wrong -----------------------------------------------------------------------------


class TestTrouble:
    @pytest.mark.parametrize(
        ("fault", "trouble"),
        [
            (Fault(Kind.REFUSE, methods=POST, code=500, times=1), Trouble.SERVER_ERROR),
            (Fault(Kind.RESET, methods=POST, times=1), Trouble.NO_ANSWER),
            (Fault(Kind.TRUNCATE, methods=POST, times=1), Trouble.NO_ANSWER),
            (Fault(Kind.HTML, methods=POST, times=1), Trouble.UNCLEAR),
            (Fault(Kind.LIST, methods=POST, times=1), Trouble.UNCLEAR),
            (Fault(Kind.REFUSE, methods=POST, code=401, times=1), Trouble.KEY_REFUSED),
            (Fault(Kind.REFUSE, methods=POST, code=400, times=1), Trouble.REFUSED),
        ],
    )
    def test_a_page_that_fails_loses_nothing_and_is_asked_for_again(
        self, server, desk, fault, trouble
    ):
        ids = [server.create(created_ago=HOUR - number) for number in range(350)]
        tell = desk.found

        def found(portion) -> None:
            tell(portion)
            if portion.page == 2:
                server.faults.add(fault)

        desk.found = found
        ended = desk.run()
        assert ended.ending is Ending.FAILED
        assert ended.problem.kind is trouble
        assert ended.can_go_on
        assert desk.ids == newest_first(ids)[:200]
        assert desk.run() == Outcome(Ending.DONE)
        assert desk.ids == newest_first(ids)
        assert desk.pages == [1, 2, 3, 4]
        assert server.requests == 5

    @pytest.mark.parametrize(
        ("code", "reason"),
        [(429, PauseReason.RATE_LIMITED), (503, PauseReason.UNAVAILABLE)],
    )
    def test_it_waits_when_it_is_asked_to_and_goes_on_by_itself(self, server, desk, code, reason):
        ids = {server.create(created_ago=HOUR + number) for number in range(250)}
        server.faults.add(Fault(Kind.REFUSE, methods=POST, code=code, times=2, retry_after="30"))
        began = desk.clock.monotonic()
        assert desk.run() == Outcome(Ending.DONE)
        assert set(desk.ids) == ids
        assert desk.told() == [reason, None, reason, None]
        assert desk.clock.monotonic() - began >= 60

    def test_nothing_is_found_for_a_while_but_not_for_ever(self, server, desk):
        server.create()
        server.faults.add(Fault(Kind.REFUSE, methods=POST, code=503))
        ended = desk.run()
        assert ended.ending is Ending.FAILED
        assert ended.problem.kind is Trouble.UNAVAILABLE
        assert server.requests == 4
        server.faults.clear()
        assert desk.run() == Outcome(Ending.DONE)
        assert len(desk.ids) == 1

    def test_a_network_that_comes_back(self, server, desk):
        ids = {server.create(created_ago=HOUR + number) for number in range(150)}
        tell_pause = desk.pauses.append

        class Network(list):
            def append(self, pause) -> None:
                tell_pause(pause)
                server.up()

        server.down()
        desk.pauses = Network()
        assert desk.run() == Outcome(Ending.DONE)
        assert set(desk.ids) == ids

    def test_a_network_that_does_not(self, server, desk):
        server.create()
        server.down()
        ended = desk.run()
        assert ended.problem.kind is Trouble.UNREACHABLE
        assert desk.told()[0] is PauseReason.UNREACHABLE
        server.up()
        assert desk.run() == Outcome(Ending.DONE)

    def test_a_gateways_brake_is_kept_to(self, server, desk):
        ids = {server.create(created_ago=HOUR + number) for number in range(500)}
        server.limit_rate(4 * SPEED, retry_after="1")
        assert desk.run() == Outcome(Ending.DONE)
        assert set(desk.ids) == ids

    def test_pages_are_asked_for_evenly(self):
        slow = Desk(Scripted(page(after="a"), page(after="b"), page(1)), a_second=2)
        began = slow.clock.monotonic()
        slow.run()
        assert slow.clock.monotonic() - began >= 1.0

    def test_a_cursor_that_comes_again_ends_it(self):
        client = Scripted(page(1, after="a"), page(2, after="b"), page(3, after="a"))
        desk = Desk(client)
        ended = desk.run()
        assert ended == Outcome(Ending.CIRCLE)
        assert not ended.can_go_on
        assert len(desk.ids) == 3
        assert [cursor for *_, cursor in client.asked] == [None, "a", "b"]

    def test_pages_without_end_end(self, monkeypatch):
        monkeypatch.setattr(finder, "MAX_PAGES", 20)
        client = Scripted(*(page(number, after=f"c{number}") for number in range(30)))
        desk = Desk(client)
        ended = desk.run()
        assert ended == Outcome(Ending.LIMIT)
        assert not ended.can_go_on
        assert len(desk.ids) == len(client.asked) == 20

    def test_what_no_rule_covers_reaches_the_caller(self):
        with pytest.raises(RuntimeError, match="odd"):
            Desk(Scripted(RuntimeError("odd"))).run()


class TestStop:
    def test_what_was_found_is_kept_and_it_goes_on_from_there(self, server, desk):
        ids = [server.create(created_ago=HOUR - number) for number in range(350)]
        tell = desk.found
        desk.found = lambda portion: (tell(portion), desk.control.stop())
        ended = desk.run()
        assert ended == Outcome(Ending.STOPPED)
        assert ended.can_go_on
        assert desk.ids == newest_first(ids)[:100]
        desk.control, desk.found = Control(), tell
        assert desk.run() == Outcome(Ending.DONE)
        assert desk.ids == newest_first(ids)
        assert server.requests == 4

    def test_it_ends_a_wait(self, server, desk):
        """At the speed of the world, where the server wants two minutes."""
        slow = Desk(desk.client, speed=1)
        server.faults.add(Fault(Kind.REFUSE, methods=POST, code=429, retry_after="120"))
        slow.pauses = Stopper(slow.control)
        ended: list[Outcome] = []
        thread = threading.Thread(target=lambda: ended.append(slow.run()))
        thread.start()
        thread.join(10)
        assert ended == [Outcome(Ending.STOPPED)]

    def test_after_the_last_page_it_is_done_all_the_same(self, server, desk):
        server.create()
        desk.found = lambda portion: desk.control.stop()
        assert desk.run() == Outcome(Ending.DONE)


class Stopper(list):
    """Stops a search as soon as it pauses."""

    def __init__(self, control) -> None:
        self._control = control

    def append(self, pause) -> None:
        self._control.stop()


def test_a_problem_is_no_page():
    ended = Desk(Scripted(Problem(Trouble.CERTIFICATE))).run()
    assert ended.problem.kind is Trouble.CERTIFICATE


# --- Narrowing -----------------------------------------------------------------------------------


def payment(
    reference="Order 48211",
    description="Oak table",
    value=1000,
    currency="GBP",
    hours=5.0,
    **more,
):
    return Intent(
        an_id(),
        "Created",
        amount=Money(value, currency),
        reference=reference,
        description=description,
        created_at=NOON - timedelta(hours=hours),
        **more,
    )


@pytest.mark.parametrize(
    ("narrowing", "fits", "others"),
    [
        (Narrowing(), [payment(), intent()], []),
        (
            Narrowing(reference="order 48"),
            [payment(), payment("ORDER 48x")],
            [payment("Order 4"), payment(None)],
        ),
        (
            Narrowing(description="TABLE"),
            [payment()],
            [payment(description="Lamp"), payment(description=None)],
        ),
        (
            Narrowing(least=1000, most=2000),
            [payment(), payment(value=2000), payment(currency="EUR")],
            [payment(value=999), payment(value=2001)],
        ),
        (Narrowing(least=0), [payment(value=0)], [Intent(an_id(), "Created")]),
        (Narrowing(currency="EUR"), [payment(currency="EUR")], [payment()]),
        (
            Narrowing(currency="EUR", most=500),
            [payment(value=500, currency="EUR")],
            [payment(value=500), payment(value=501, currency="EUR")],
        ),
        (
            Narrowing(older_than=timedelta(hours=24)),
            [payment(hours=24.1)],
            [payment(hours=24), payment(), Intent(an_id(), "Created", amount=Money(1, "GBP"))],
        ),
        (
            Narrowing(reference="48", description="oak", least=1, older_than=timedelta(hours=1)),
            [payment()],
            [payment("x"), payment(description="x"), payment(value=0), payment(hours=0.5)],
        ),
    ],
)
def test_narrowing(narrowing, fits, others):
    assert [narrowing.lets_through(each, NOON) for each in fits] == [True] * len(fits)
    assert [narrowing.lets_through(each, NOON) for each in others] == [False] * len(others)


def test_the_amount_is_what_the_customer_would_pay():
    with_tip = payment(value=1000, total_amount=Money(1200, "GBP"))
    assert Narrowing(least=1200).lets_through(with_tip, NOON)
    assert not Narrowing(most=1000).lets_through(with_tip, NOON)
