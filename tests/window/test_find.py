"""Finding unpaid payments: the real dialog, a real client, and the practice server."""

import threading
import time

import pytest
from PySide6.QtCore import QDate, QEvent, QLocale, QMimeData, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDateEdit,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QTableWidget,
    QWidget,
)

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.keychain import KeychainError, Reason
from cancel_desk.desk.profiles import PRACTICE, Environment, Profile
from cancel_desk.desk.references import MAX_REFERENCES
from cancel_desk.desk.settings import ThemeChoice
from cancel_desk.dojo.client import Client
from cancel_desk.dojo.key import ApiKey
from cancel_desk.practice import Fault, Intent, Kind
from cancel_desk.window.find_dialog import FindDialog
from cancel_desk.window.theme import DARK
from cancel_desk.window.worker import Errands

from .driver import LONG, Driver, of

POST = ("POST",)
HOUR, DAY = 3600.0, 86400.0
TICK, PAYMENT, AMOUNT, REFERENCE, DESCRIPTION, CREATED, EXPIRES, NOTE = range(8)
ID = Qt.ItemDataRole.UserRole
NEVER_LEFT = Profile("3" * 32, "Leeds shop", Environment.LIVE, "x9Rk", verified=True)


class Finder:
    """The dialog in an operator's hands."""

    def __init__(self, dialog, bot, server) -> None:
        self.dialog = dialog
        self.bot = bot
        self.server = server
        self.added: list[tuple[tuple, tuple]] = []
        dialog.add_asked.connect(lambda found, intents: self.added.append((found, intents)))

    @property
    def pages(self) -> int:
        """How many pages were asked for."""
        return self.server.requests

    def wait(self, condition) -> None:
        self.bot.waitUntil(lambda: bool(condition()), timeout=LONG)

    def find(self, kind, name):
        found = self.dialog.findChild(kind, name)
        assert found is not None, name
        return found

    def button(self, name) -> QPushButton:
        return self.find(QPushButton, name)

    def click(self, name) -> None:
        button = self.button(name)
        assert button.isVisible(), f"{name} is hidden"
        assert button.isEnabled(), f"{name} is disabled"
        self.bot.mouseClick(button, Qt.MouseButton.LeftButton)

    def text(self, name) -> str:
        return self.find(QLabel, name).text()

    @property
    def progress(self) -> str:
        return self.text("findProgress")

    @property
    def notice(self) -> str:
        return self.text("noticeText") if self.find(QWidget, "findNotice").isVisible() else ""

    @property
    def table(self) -> QTableView:
        return self.find(QTableView, "foundTable")

    @property
    def in_place_of_rows(self) -> str:
        """What the table says while it lists nothing, as a screen reader has it."""
        return QAccessible.queryAccessibleInterface(self.table).text(QAccessible.Text.Description)

    @property
    def edit(self) -> QPlainTextEdit:
        return self.find(QPlainTextEdit, "referencesEdit")

    @property
    def is_searching(self) -> bool:
        return self.button("stopFindButton").isVisible()

    def start(self) -> None:
        self.click("startFindButton")

    def wait_for_end(self) -> None:
        self.wait(lambda: not self.is_searching)

    def search(self) -> None:
        self.start()
        self.wait_for_end()

    def cell(self, row, column):
        return self.table.model().index(row, column)

    def column(self, column, role=Qt.ItemDataRole.DisplayRole) -> list:
        return [self.cell(row, column).data(role) for row in range(self.table.model().rowCount())]

    @property
    def ids(self) -> list[str]:
        return self.column(PAYMENT, ID)

    @property
    def ticked(self) -> list[str]:
        checked = self.column(TICK, Qt.ItemDataRole.CheckStateRole)
        return [
            one for one, on in zip(self.ids, checked, strict=True) if on == Qt.CheckState.Checked
        ]

    def click_cell(self, intent_id, column=TICK) -> None:
        cell = self.cell(self.ids.index(intent_id), column)
        self.table.scrollTo(cell)
        place = self.table.visualRect(cell).center()
        self.bot.mouseClick(self.table.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def click_header(self, column) -> None:
        header = self.table.horizontalHeader()
        x = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
        place = QPoint(x, header.height() // 2)
        self.bot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def type(self, name, text) -> None:
        field = self.find(QLineEdit, name)
        field.clear()
        self.bot.keyClicks(field, text)

    def choose(self, name, text) -> None:
        combo = self.find(QComboBox, name)
        at = combo.findText(text)
        assert at >= 0, text
        combo.setCurrentIndex(at)

    def paste(self, text) -> None:
        """Ctrl+V in the references' field."""
        QGuiApplication.clipboard().setText(text)
        self.edit.setFocus()
        self.bot.keyClick(self.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    def list_references(self, text) -> None:
        """Put a list in the field's place, and wait until it has been read."""
        self.edit.selectAll()
        read = self.text("referencesLabel")
        self.paste(text)
        self.wait(lambda: self.text("referencesLabel") != read)

    @property
    def outcome(self) -> str:
        return self.text("referencesLabel")

    def days(self, first, last) -> None:
        self.find(QDateEdit, "fromDate").setDate(first)
        self.find(QDateEdit, "toDate").setDate(last)


class Door:
    """Opens clients on a practice server; tells `before_page` which page is asked for next."""

    def __init__(self, server, before_page=None) -> None:
        self._server = server
        self._before_page = before_page or (lambda number: None)
        self._asked = 0

    def __call__(self, profile):
        return self._open

    def _open(self) -> Client:
        client = Client(ApiKey(self._server.key), self._server.url)
        search = client.search

        def watched(*args, **kwargs):
            self._asked += 1
            self._before_page(self._asked)
            return search(*args, **kwargs)

        client.search = watched
        return client


@pytest.fixture
def errands():
    errands = Errands()
    yield errands
    errands.close()


@pytest.fixture
def open_finder(qtbot, looks, practice, errands):
    """Opens dialogs; at the end each is closed, and its search has to end."""
    dialogs = []

    def make(
        in_list=(), connect=None, profile=PRACTICE, speed=1.0, before_page=None, **options
    ) -> Finder:
        connect = connect or Door(practice.server, before_page)
        options = {"a_second": 1e9, "clock": Clock(speed), **options}
        dialog = FindDialog(profile, connect, errands, in_list, **options)
        dialogs.append(dialog)
        with qtbot.waitActive(dialog):
            dialog.show()
        return Finder(dialog, qtbot, practice.server)

    yield make
    practice.server.up()
    practice.server.faults.clear()
    for dialog in dialogs:
        dialog.reject()
    qtbot.waitUntil(lambda: not errands.is_busy, timeout=LONG)
    for dialog in dialogs:
        dialog.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def finder(open_finder) -> Finder:
    return open_finder()


def many(server, count) -> list[str]:
    """So many unpaid payments, all at once, the newest first."""
    now = time.time_ns()
    intents = [
        Intent(
            id=f"pi_sandbox_{number:021}A",
            amount=1000 + number,
            currency="GBP",
            reference=f"Order {number}",
            description=None,
            status="Created",
            created_at=now - int((1 + number) * 1e9),
            updated_at=now,
            expire_at=None,
        )
        for number in range(count)
    ]
    server.add(intents)
    return [intent.id for intent in intents]


# --- The search ----------------------------------------------------------------------------------


def test_it_finds_what_is_unpaid_of_the_last_week(finder):
    week = time.time_ns() - int(7 * DAY * 1e9)
    unpaid = {
        sample.id
        for sample in finder.server.add_samples()
        if sample.status == "Created" and sample.created_at > week
    }
    finder.search()
    assert set(finder.ids) == unpaid
    assert finder.progress == f"{len(unpaid)} unpaid payments found."
    assert finder.ticked == []
    first, last = finder.find(QDateEdit, "fromDate"), finder.find(QDateEdit, "toDate")
    assert first.date().daysTo(last.date()) == 7
    assert last.date() == QDate.currentDate()


def test_other_days_can_be_chosen(finder):
    finder.server.create(created_ago=DAY)
    wanted = finder.server.create(created_ago=20 * DAY)
    finder.server.create(created_ago=40 * DAY)
    today = QDate.currentDate()
    finder.days(today.addDays(-25), today.addDays(-15))
    finder.search()
    assert finder.ids == [wanted]


def test_the_first_day_never_comes_after_the_last(finder):
    first, last = finder.find(QDateEdit, "fromDate"), finder.find(QDateEdit, "toDate")
    first.setDate(last.date().addDays(5))
    assert last.date() == first.date()
    last.setDate(first.date().addDays(-30))
    assert last.date() == first.date()


def test_none_is_said_and_what_to_do(finder):
    assert finder.in_place_of_rows == "Press Search to list what nobody has paid yet."
    finder.server.faults.add(Fault(Kind.SLOW, methods=POST, seconds=0.2))
    finder.start()
    assert finder.in_place_of_rows == "Searching…"
    finder.wait_for_end()
    assert finder.progress == "No payment created on these days is still unpaid."
    assert finder.in_place_of_rows == ("Nothing to list. Choose other days above and search again.")


def test_five_thousand_over_fifty_pages_with_one_that_fails(open_finder, practice):
    server = practice.server
    trouble = Fault(Kind.REFUSE, methods=POST, code=500, times=1, detail="The till is on fire.")
    fail = lambda number: server.faults.add(trouble) if number == 24 else None  # noqa: E731
    finder = open_finder(before_page=fail)
    ids = many(server, 5000)
    finder.search()
    assert finder.ids == ids[:2300]
    assert finder.progress == (
        "The search ended early. Something went wrong at Dojo. Dojo said: “Internal Server Error:"
        " The till is on fire.” 2,300 payments found so far. Wait a minute, then go on from there."
    )

    finder.click("goOnFindButton")
    finder.wait_for_end()
    assert finder.progress == "5,000 unpaid payments found."
    assert finder.ids == ids
    assert finder.pages == 51
    assert not finder.button("goOnFindButton").isVisible()

    finder.click("tickAllButton")
    assert finder.button("addFoundButton").text() == "&Add 5,000 payments to the list"
    finder.type("referenceContainsEdit", "order 49")
    finder.wait(lambda: len(finder.ids) == 111)
    assert finder.button("addFoundButton").text() == "&Add 111 payments to the list"
    finder.click_header(AMOUNT)
    assert finder.column(AMOUNT)[:2] == ["£10.49", "£14.90"]
    finder.click_header(AMOUNT)
    assert finder.column(AMOUNT)[0] == "£59.99"


def test_progress_is_told_and_a_stop_keeps_what_was_found(open_finder, practice):
    reached, going = threading.Event(), threading.Event()

    def hold(number) -> None:
        if number == 4:
            reached.set()
            assert going.wait(20)

    finder = open_finder(before_page=hold)
    ids = many(finder.server, 1000)
    finder.start()
    assert finder.button("stopFindButton").hasFocus()
    assert not finder.button("startFindButton").isEnabled()
    assert not finder.find(QDateEdit, "fromDate").isEnabled()
    finder.wait(lambda: finder.progress == "Searching: 300 payments so far · page 3")
    assert reached.is_set() or reached.wait(10)
    finder.click("stopFindButton")
    assert "stopping" in finder.progress
    going.set()
    finder.wait_for_end()
    assert finder.ids == ids[:400]
    assert finder.progress == "You stopped the search. 400 payments found so far."
    assert finder.pages == 4
    finder.click("goOnFindButton")
    finder.wait_for_end()
    assert finder.ids == ids
    assert finder.pages == 10


def test_a_brake_is_shown_and_waited_for(open_finder):
    finder = open_finder(speed=20)
    finder.server.create()
    finder.server.faults.add(Fault(Kind.REFUSE, methods=POST, code=429, times=1, retry_after="20"))
    finder.start()
    finder.wait(lambda: "Paused: Dojo asked to go slower · goes on in" in finder.progress)
    finder.wait_for_end()
    assert finder.progress == "1 unpaid payment found."


def test_a_stop_ends_a_wait(finder):
    finder.server.faults.add(Fault(Kind.REFUSE, methods=POST, code=503, retry_after="120"))
    finder.start()
    finder.wait(lambda: "Paused" in finder.progress)
    finder.click("stopFindButton")
    finder.wait_for_end()
    assert finder.progress == "You stopped the search. Nothing was found yet."
    assert finder.in_place_of_rows == (
        "Nothing was found. See above why the search ended, then search again."
    )


def test_a_key_that_is_refused(finder):
    finder.server.faults.add(Fault(Kind.REFUSE, methods=POST, code=401))
    finder.search()
    assert "Dojo did not accept the key" in finder.progress
    assert "replace the key" in finder.progress


def test_a_key_that_cannot_be_had(open_finder):
    def connect(profile):
        raise KeychainError(Reason.LOCKED)

    finder = open_finder(connect=connect, profile=NEVER_LEFT)
    assert finder.dialog.windowTitle() == "LIVE: Find unpaid payments"
    assert finder.text("environmentLabel") == "LIVE: real payments"
    finder.search()
    assert finder.progress == "The keyring is locked. Unlock it and try again."
    assert finder.button("startFindButton").isEnabled()


def test_a_live_key_goes_nowhere_but_to_dojo(open_finder, practice):
    def connect(profile):
        return lambda: Client(ApiKey("sk_prod_" + "a" * 30), practice.server.url)

    finder = open_finder(connect=connect, profile=NEVER_LEFT)
    finder.search()
    assert "The key was not sent anywhere." in finder.progress
    assert finder.server.requests == 0


def test_what_nobody_expected_is_raised_and_the_dialog_goes_on(open_finder, qtbot):
    def connect(profile):
        raise RuntimeError("odd")

    finder = open_finder(connect=connect)
    with qtbot.captureExceptions() as raised:
        finder.search()
    assert [str(error) for _, error, _ in raised] == ["odd"]
    assert finder.button("startFindButton").isEnabled()


def test_entries_that_are_no_payment_are_told_of(finder):
    many(finder.server, 3)
    finder.server.create(given={"id": "broken"}, id="pi_" + "x" * 200)
    finder.search()
    assert finder.progress == (
        "3 unpaid payments found. 1 more could not be read and will be missing below."
    )


def test_closing_in_mid_search_stops_it(open_finder, errands):
    going = threading.Event()
    finder = open_finder(before_page=lambda number: number < 4 or going.wait(20))
    many(finder.server, 1000)
    finder.start()
    finder.wait(lambda: len(finder.ids) == 300)
    finder.click("tickAllButton")
    finder.click("addFoundButton")
    finder.bot.keyClick(finder.dialog, Qt.Key.Key_Escape)
    assert not finder.dialog.isVisible()
    going.set()
    finder.wait(lambda: not errands.is_busy)
    assert finder.pages == 4
    assert [len(found) for found, _ in finder.added] == [300]


def test_it_can_be_searched_again(finder):
    first = finder.server.create(created_ago=2 * HOUR)
    finder.search()
    finder.click_cell(first)
    second = finder.server.create(created_ago=HOUR)
    finder.search()
    assert finder.ids == [second, first]
    assert finder.ticked == [first]


def test_the_window_is_not_touched_from_another_thread(finder, monkeypatch):
    threads = set()
    take = FindDialog._take
    monkeypatch.setattr(
        FindDialog, "_take", lambda *args: (threads.add(threading.current_thread()), take(*args))
    )
    many(finder.server, 300)
    finder.search()
    assert threads <= {threading.main_thread()}


# --- Narrowing -----------------------------------------------------------------------------------


@pytest.fixture
def shop(finder):
    """A few payments, found."""
    make = finder.server.create
    ids = {
        "sofa": make(129900, "GBP", "Order 48190", description="Corner sofa", created_ago=5 * DAY),
        "lamp": make(1899, "GBP", "Order 48213", description="Lamp", created_ago=3.5 * HOUR),
        "rug": make(3600, "EUR", "INV-2207", description=None, created_ago=1.5 * DAY),
        "shelf": make(1899, "EUR", "order 48217", description="Shelf & lamp", created_ago=HOUR),
    }
    finder.search()
    return finder, ids


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"referenceContainsEdit": "ORDER"}, {"sofa", "lamp", "shelf"}),
        ({"descriptionContainsEdit": "lamp"}, {"lamp", "shelf"}),
        ({"leastAmountEdit": "36"}, {"sofa", "rug"}),
        ({"mostAmountEdit": "36.00"}, {"lamp", "rug", "shelf"}),
        ({"leastAmountEdit": "1,299"}, {"sofa"}),
        ({"leastAmountEdit": "18.99", "mostAmountEdit": "18.99"}, {"lamp", "shelf"}),
        ({"leastAmountEdit": "x"}, {"sofa", "lamp", "rug", "shelf"}),
        ({"referenceContainsEdit": "order", "descriptionContainsEdit": "&"}, {"shelf"}),
    ],
)
def test_narrowing_by_what_is_typed(shop, fields, expected):
    finder, ids = shop
    for name, text in fields.items():
        finder.type(name, text)
    finder.wait(lambda: set(finder.ids) == {ids[name] for name in expected})


def test_narrowing_by_currency_and_age(shop):
    finder, ids = shop
    finder.choose("currencyCombo", "€")
    assert set(finder.ids) == {ids["rug"], ids["shelf"]}
    finder.choose("ageCombo", "over 1 day")
    assert finder.ids == [ids["rug"]]
    finder.choose("currencyCombo", "£ or €")
    assert set(finder.ids) == {ids["rug"], ids["sofa"]}
    finder.choose("ageCombo", "over 7 days")
    assert finder.ids == []
    assert finder.in_place_of_rows == (
        "4 payments hidden by the fields above. Change or clear one."
    )
    finder.table.grab()
    finder.choose("ageCombo", "any")
    assert finder.in_place_of_rows == ""


def test_what_is_ticked_but_not_shown_is_not_added(shop):
    finder, ids = shop
    finder.click("tickAllButton")
    assert finder.text("foundLabel") == "4 payments ticked · £1,317.99 and €54.99"
    finder.choose("currencyCombo", "€")
    assert finder.text("foundLabel") == (
        "2 payments ticked · €54.99 · 2 more ticked, but not shown, will not be added"
    )
    assert finder.button("addFoundButton").text() == "&Add 2 payments to the list"
    finder.click("addFoundButton")
    ((found, intents),) = finder.added
    assert {one.intent_id for one in found} == {ids["rug"], ids["shelf"]}
    assert [one.id for one in intents] == [one.intent_id for one in found]
    finder.choose("currencyCombo", "£ or €")
    assert set(finder.ticked) == {ids["sofa"], ids["lamp"]}


def test_narrowing_goes_on_while_the_search_does(open_finder):
    going = threading.Event()
    finder = open_finder(before_page=lambda number: number < 6 or going.wait(20))
    many(finder.server, 1000)
    finder.start()
    finder.wait(lambda: len(finder.ids) == 500)
    finder.type("referenceContainsEdit", "order 99")
    finder.wait(lambda: len(finder.ids) == 1)
    going.set()
    finder.wait_for_end()
    assert len(finder.ids) == 11


# --- Ages and expiry -----------------------------------------------------------------------------


def test_when_it_expires_by_itself(finder):
    for hours in (0.51, 5.5, 47.5, 84):
        finder.server.create(created_ago=HOUR * hours, expires_in=HOUR * hours)
    finder.server.create(created_ago=6.5 * DAY, expires_in=None)
    finder.search()
    assert finder.column(EXPIRES) == ["in 30 min", "in 5 h", "in 47 h", "in 3 days", "in 23 days"]
    assert finder.column(CREATED)[:2] == ["30 min ago", "5 h ago"]
    assert all("days ago" in text for text in finder.column(CREATED)[3:])
    finder.click_header(EXPIRES)
    finder.click_header(EXPIRES)
    assert finder.column(EXPIRES)[0] == "in 23 days"
    assert "2" in finder.cell(0, EXPIRES).data(Qt.ItemDataRole.ToolTipRole)


# --- Order numbers -------------------------------------------------------------------------------


@pytest.fixture
def orders(finder):
    """Payments by reference; "Order 2" twice."""
    make = finder.server.create
    ids = {
        number: make(1000 * number, "GBP", f"Order {number}", created_ago=HOUR * number)
        for number in (1, 2, 3, 4)
    }
    ids["2 again"] = make(2000, "GBP", "Order 2", created_ago=HOUR * 9)
    return finder, ids


def test_one_several_and_none(orders):
    finder, ids = orders
    finder.list_references("Order 3\nOrder 9\nORDER  1\nOrder 2\nOrder 3\n48999")
    assert finder.outcome == "6 references"
    finder.search()
    assert finder.ids == [ids[3], ids[1], ids[2], ids["2 again"]]
    assert finder.ticked == [ids[3], ids[1]]
    assert finder.column(NOTE) == [
        "",
        "capitals or spaces differ",
        "one of 2: choose",
        "one of 2: choose",
    ]
    assert finder.outcome == (
        "5 references · 1 duplicate merged · 2 found"
        " · 1 carried by several payments: choose which · 2 not found"
    )
    finder.click_cell(ids["2 again"])
    finder.click("addFoundButton")
    ((found, _),) = finder.added
    assert [one.intent_id for one in found] == [ids[3], ids[1], ids["2 again"]]
    assert [[place.line for place in one.places] for one in found] == [[1], [3], [4]]
    assert not any(one.hint for one in found)


def test_what_was_not_found_is_listed_and_can_be_copied(orders):
    finder, _ = orders
    finder.list_references("Order 9\nOrder 1\nevil \u202e48999")
    finder.search()

    def look(dialog) -> None:
        table = dialog.findChild(QTableWidget, "notFoundTable")
        texts = [[table.item(row, column).text() for column in (0, 1)] for row in (0, 1)]
        assert texts == [["1", "Order 9"], ["3", "evil \\u{202E}48999"]]
        dialog.findChild(QPushButton, "copyNotFoundButton").click()
        dialog.findChild(QPushButton, "closeNotFoundButton").click()

    driver = Driver(finder.dialog, finder.bot, None)
    driver.in_dialog("notFoundDialog", lambda: finder.click("showNotFoundButton"), look)
    assert QGuiApplication.clipboard().text() == "Order 9\nevil \\u{202E}48999"


def test_the_list_may_come_after_the_search_and_change(orders):
    finder, ids = orders
    finder.search()
    assert len(finder.ids) == 5
    finder.list_references("Order 1")
    assert finder.ids == finder.ticked == [ids[1]]
    finder.list_references("Order 4\nOrder 1")
    assert finder.ids == finder.ticked == [ids[4], ids[1]]
    finder.click_cell(ids[4])
    finder.list_references("Order 4\nOrder 1\nOrder 3")
    assert finder.ticked == [ids[1], ids[3]]  # what was unticked is not ticked again
    finder.edit.clear()
    finder.wait(lambda: len(finder.ids) == 5)
    assert finder.outcome == ""
    assert finder.ticked == []


def test_only_a_whole_search_ticks_by_itself(open_finder, practice):
    """On a page that was not read there may be another payment of the same reference."""
    server = practice.server
    trouble = Fault(Kind.RESET, methods=POST, times=1)
    fail = lambda number: server.faults.add(trouble) if number == 2 else None  # noqa: E731
    finder = open_finder(before_page=fail)
    ids = many(server, 150)
    twin = server.create(reference="Order 5", created_ago=2 * HOUR)
    finder.list_references("Order 5\nOrder 149")
    finder.search()
    assert finder.ids == [ids[5]]
    assert finder.ticked == []
    assert finder.outcome == (
        "2 references · 1 found · 1 not found so far"
        " · none is ticked by itself, because the search is not complete"
    )
    finder.click("goOnFindButton")
    finder.wait_for_end()
    assert finder.ids == [ids[5], twin, ids[149]]
    assert finder.ticked == [ids[149]]
    assert finder.column(NOTE) == ["one of 2: choose", "one of 2: choose", ""]


def test_rows_of_a_spreadsheet(orders):
    finder, ids = orders
    finder.list_references("Order 3\t£30.00\tSmith\nOrder 4\t£40.00\tJones")
    assert finder.outcome == "2 references (the first column)"
    finder.search()
    assert finder.ticked == [ids[3], ids[4]]


def test_a_file(orders, monkeypatch, tmp_path):
    finder, ids = orders
    path = tmp_path / "orders.csv"
    path.write_text("Order,Total\nOrder 3,30\n" + '"Order 4","40, or so"\n', encoding="utf-16")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    finder.click("openReferencesButton")
    finder.wait(lambda: finder.edit.toPlainText() == "Order\nOrder 3\nOrder 4")
    finder.search()
    assert finder.ticked == [ids[3], ids[4]]
    assert "1 not found" in finder.outcome


def test_a_file_that_cannot_be_read(finder, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "gone.txt"), ""))
    finder.click("openReferencesButton")
    finder.wait(lambda: finder.notice)
    assert finder.notice.startswith("gone.txt could not be opened.")


def test_a_large_paste_is_read_elsewhere_and_then_in_the_field(finder):
    lines = [f"Order number {number}" for number in range(5000)]
    finder.server.create(reference=lines[-1])
    finder.paste("\r\n".join(lines))
    finder.wait(lambda: finder.outcome == "5,000 references")
    assert finder.edit.toPlainText().splitlines() == lines
    finder.search()
    assert len(finder.ticked) == 1
    assert "4,999 not found" in finder.outcome


def test_too_many_are_refused_and_nothing_is_lost(finder):
    finder.list_references("Order 1")
    finder.paste("\n".join(f"Order number {number}" for number in range(MAX_REFERENCES + 1)))
    finder.wait(lambda: finder.notice)
    assert finder.notice == (
        "The pasted text is too long: at most 10,000 lines come in at once. Split it."
    )
    assert finder.edit.toPlainText() == "Order 1"


@pytest.mark.parametrize("how", ["paste", "type", "large", "drop"])
def test_keys_and_cards_do_not_stay(finder, how):
    text = "Order 1\nsk_prod_CanaryCanaryCanary\n4111 1111 1111 1111\nOrder 2\n"
    match how:
        case "paste":
            finder.paste(text)
        case "type":
            for line in text.splitlines():
                finder.bot.keyClicks(finder.edit, line)
                finder.bot.keyClick(finder.edit, Qt.Key.Key_Return)
        case "large":
            finder.paste(text + f"{'x' * 60}\n" * 1000 + "Order 3")
        case "drop":
            data = QMimeData()
            data.setText(text)
            finder.edit.insertFromMimeData(data)
    finder.wait(lambda: "taken out" in finder.notice)
    assert "1 API key" in finder.notice
    assert "1 card number" in finder.notice
    finder.wait(lambda: "reference" in finder.outcome)
    assert "Canary" not in finder.edit.toPlainText()
    assert "1111" not in finder.edit.toPlainText()
    finder.search()
    assert "2 not found" in finder.outcome or "4 not found" in finder.outcome


# --- Adding --------------------------------------------------------------------------------------


def test_what_is_in_the_list_is_said_and_not_added_twice(open_finder, practice):
    make = practice.server.create
    there, new = make(created_ago=2 * HOUR), make(created_ago=HOUR)
    finder = open_finder(in_list={there})
    finder.search()
    assert finder.column(NOTE) == ["", "in the list"]
    finder.click("tickAllButton")
    assert finder.ticked == [new]
    finder.click_cell(there)
    assert finder.ticked == [new]
    finder.click("addFoundButton")
    ((found, intents),) = finder.added
    assert [one.intent_id for one in found] == [new]
    assert intents[0].amount.value == 1000
    assert finder.column(NOTE) == ["in the list", "in the list"]
    assert finder.ticked == []
    assert finder.text("foundLabel") == "1 payment added to the list"
    assert not finder.button("addFoundButton").isEnabled()
    assert finder.dialog.isVisible()
    finder.search()
    assert finder.column(NOTE) == ["in the list", "in the list"]


def test_nothing_can_be_added_when_nothing_is_ticked(shop):
    finder, ids = shop
    assert not finder.button("addFoundButton").isEnabled()
    finder.click_cell(ids["lamp"])
    assert finder.button("addFoundButton").text() == "&Add 1 payment to the list"
    finder.click_cell(ids["lamp"])
    assert finder.button("addFoundButton").text() == "&Add to the list"
    assert not finder.button("addFoundButton").isEnabled()


def test_ticks_by_the_head_and_by_keyboard(shop):
    finder, ids = shop
    finder.click_header(TICK)
    assert len(finder.ticked) == 4
    finder.click_header(TICK)
    assert finder.ticked == []
    finder.table.setFocus()
    finder.bot.keyClick(finder.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    finder.bot.keyClick(finder.table, Qt.Key.Key_Space)
    assert len(finder.ticked) == 4
    finder.table.clearSelection()
    finder.click_cell(ids["lamp"], REFERENCE)
    finder.bot.keyClick(finder.table, Qt.Key.Key_Space)
    assert set(finder.ticked) == set(ids.values()) - {ids["lamp"]}
    finder.click("tickNoneButton")
    assert finder.ticked == []


# --- Hostile texts, keyboard, ear ----------------------------------------------------------------


def test_texts_from_outside_are_shown_as_they_are(finder):
    finder.server.create(reference="a\u202egnp.exe", description="<img src=x> <b>y</b>")
    finder.search()
    assert finder.column(REFERENCE) == ["a\\u{202E}gnp.exe"]
    assert finder.column(DESCRIPTION) == ["<img src=x> <b>y</b>"]
    tip = finder.cell(0, DESCRIPTION).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;img" in tip
    for label in of(finder.dialog, QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText or label.pixmap() is not None


def test_enter_presses_no_button_but_the_one_that_has_the_focus(finder):
    finder.server.create()
    for name, kind in (
        ("fromDate", QDateEdit),
        ("referenceContainsEdit", QLineEdit),
        ("leastAmountEdit", QLineEdit),
        ("ageCombo", QComboBox),
    ):
        field = finder.find(kind, name)
        field.setFocus()
        finder.bot.keyClick(field, Qt.Key.Key_Return)
        assert finder.dialog.isVisible()
        assert not finder.is_searching
        assert QApplication.focusWidget() is not field, name
    assert finder.server.requests == 0
    finder.button("startFindButton").setFocus()
    finder.bot.keyClick(finder.button("startFindButton"), Qt.Key.Key_Return)
    finder.wait(lambda: finder.ids)
    assert not any(
        button.autoDefault() or button.isDefault() for button in of(finder.dialog, QPushButton)
    )


def test_tab_goes_through_it_as_one_reads_it(shop):
    finder, _ = shop
    finder.click("tickAllButton")
    finder.find(QDateEdit, "fromDate").setFocus()
    order = ["fromDate"]
    while len(order) == 1 or order[-1] != "fromDate":
        finder.bot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        name = QApplication.focusWidget().objectName()
        if name != order[-1]:  # a date has three parts
            order.append(name)
    assert order[:-1] == [
        *("fromDate", "toDate", "startFindButton", "openReferencesButton", "referencesEdit"),
        *("referenceContainsEdit", "descriptionContainsEdit", "leastAmountEdit"),
        *("mostAmountEdit", "currencyCombo", "ageCombo", "tickAllButton", "tickNoneButton"),
        *("foundTable", "closeFindButton", "addFoundButton"),
    ]


def test_every_control_has_a_name_to_speak_and_a_letter_of_its_own(orders):
    finder, _ = orders
    finder.list_references("Order 9")
    finder.search()
    letters: dict[str, str] = {}
    for widget in finder.dialog.findChildren(QWidget):
        if not widget.isVisible() or widget.window() is not finder.dialog:
            continue
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.objectName()[:3] not in (
            "",
            "qt_",
        ):
            spoken = QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
            assert spoken.strip(), widget.objectName()
        if isinstance(widget, QAbstractButton) or (isinstance(widget, QLabel) and widget.buddy()):
            for at, sign in enumerate(widget.text()):
                if sign == "&":
                    letter = widget.text()[at + 1].lower()
                    assert letters.setdefault(letter, widget.text()) == widget.text(), letters
    texts = [button.text().replace("&", "") for button in of(finder.dialog, QPushButton)]
    assert not {"Cancel", "OK", "Ok"} & set(texts)


def test_what_a_cell_says_aloud(shop):
    finder, ids = shop
    finder.click_cell(ids["lamp"])
    spoken = dict(
        zip(finder.ids, finder.column(TICK, Qt.ItemDataRole.AccessibleTextRole), strict=True)
    )
    assert spoken[ids["lamp"]] == "chosen"
    assert spoken[ids["sofa"]] == "not chosen"


@pytest.fixture
def text_size(request, looks):
    """In percent; to be asked for before a dialog is."""
    looks.choose(ThemeChoice.SYSTEM, request.param)
    yield request.param
    looks.choose(ThemeChoice.SYSTEM, 100)


# Screens less a frame: 1024 × 640, 1920 × 1080 at 200 %, and the first with larger text.
@pytest.mark.parametrize(
    ("width", "height", "text_size", "rows"),
    [(1000, 592, 100, 6), (944, 492, 100, 4), (1000, 592, 125, 6)],
    indirect=["text_size"],
)
def test_it_fits_a_small_screen_with_all_its_columns_and_room_for_rows(
    text_size, orders, width, height, rows
):
    finder, _ = orders
    many(finder.server, 50)
    finder.dialog.resize(width, height)
    finder.list_references("\n".join(f"Order {number}" for number in [*range(30), 99]))
    finder.search()
    finder.wait(finder.button("showNotFoundButton").isVisible)
    table = finder.table
    finder.wait(lambda: not table.horizontalScrollBar().isVisible())
    head = table.horizontalHeader()
    edge = head.sectionViewportPosition(NOTE) + head.sectionSize(NOTE)
    assert edge <= table.viewport().width()
    assert table.viewport().height() >= rows * table.rowHeight(0)
    assert finder.dialog.size() == QSize(width, height)
    for widget in of(finder.dialog, QWidget):
        if widget.isVisible() and isinstance(widget, QLineEdit | QAbstractButton | QComboBox):
            place = QRect(widget.mapTo(finder.dialog, QPoint()), widget.size())
            assert finder.dialog.rect().contains(place), widget.objectName()
            assert widget.height() >= widget.minimumSizeHint().height(), widget.objectName()


def test_it_follows_the_theme(shop, looks):
    finder, _ = shop
    looks.wear(DARK)
    picture = finder.dialog.grab().toImage()
    assert picture.pixelColor(2, picture.height() - 3) == QColor(DARK.window)


def test_dates_are_shown_as_people_here_write_them(finder):
    day = finder.find(QDateEdit, "fromDate")
    assert day.text() == QLocale().toString(day.date(), QLocale.FormatType.ShortFormat)
