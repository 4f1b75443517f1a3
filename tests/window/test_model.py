"""The model keeps the rules of all Qt models while rows come, go, move and change."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from cancel_desk.desk.batch import Batch, planned_rows, to_pay
from cancel_desk.desk.events import Checked, CheckStarted, EndReason, PlanMade, RunEnded
from cancel_desk.desk.intake.find_ids import Found
from cancel_desk.desk.plan import Plan, totals
from cancel_desk.desk.profiles import PRACTICE
from cancel_desk.dojo.intent import Intent, Money
from cancel_desk.window.batch_model import BatchModel, Column
from cancel_desk.window.filters import Filter

from .driver import AMOUNT, ID, PAYMENT, REFERENCE, STATE, STATE_COLUMN, TICK


@pytest.fixture
def desk(desk):
    """A desk whose model is watched: a broken rule is a warning, and a warning fails the test."""
    model = desk.table.model()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    yield desk
    tester.deleteLater()


def test_the_rules_hold_through_a_whole_job(desk):
    first = desk.ready(6)
    desk.click_header(AMOUNT)
    desk.click_header(AMOUNT)
    desk.narrow("ready")
    desk.search("Order")
    second = desk.create(3, reference="Other")
    desk.add("\n".join(second))
    desk.wait(lambda: desk.button("readyChip").text() == "Ready 9" and desk.idle)
    desk.search("")
    desk.narrow("all")
    desk.highlight(first[2], second[0])
    desk.press(Qt.Key.Key_Delete, widget=desk.table)
    desk.run()
    desk.narrow("cancelled")
    assert len(desk.ids) == 7
    assert set(desk.states.values()) == {"Cancelled"}


def test_any_cell_tells_its_row_s_id_and_state(desk):
    created, paid = desk.create(1)[0], desk.server.create(5, status="Captured")
    desk.load([created, paid])
    for column in range(desk.table.model().columnCount()):
        assert desk.cell(0, column).data(ID) == created
        assert desk.cell(0, column).data(STATE) == "Ready"
        assert desk.cell(1, column).data(ID) == paid
        assert desk.cell(1, column).data(STATE) == "Not cancellable"


def test_the_columns_have_names(desk):
    model = desk.table.model()
    names = [
        model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
        for column in range(model.columnCount())
    ]
    assert names == [
        *("", "Payment", "Amount", "Reference", "Created", "State"),
        *("Description", "Expires"),
    ]
    spoken = model.headerData(TICK, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Chosen for cancelling"


def test_a_tick_is_spoken(desk):
    created, paid = desk.create(1)[0], desk.server.create(5, status="Captured")
    desk.load([created, paid])
    role = Qt.ItemDataRole.AccessibleTextRole
    assert desk.cell(0, TICK).data(role) == "chosen"
    desk.click_cell(created, TICK)
    assert desk.cell(0, TICK).data(role) == "not chosen"
    assert desk.cell(1, TICK).data(role) == "can’t be chosen: Paid: refund it"


def test_sorting_by_a_column_there_back_and_as_they_came(desk):
    ids = [
        desk.server.create(300, reference="b"),
        desk.server.create(100, reference="C"),
        desk.server.create(200, reference="a"),
        desk.server.create(50, "EUR", reference="d"),
    ]
    desk.load(ids)
    b, c, a, d = ids
    desk.click_header(AMOUNT)
    assert desk.ids == [d, c, a, b]  # by currency, then by value
    desk.click_header(AMOUNT)
    assert desk.ids == [b, a, c, d]
    desk.click_header(AMOUNT)
    assert desk.ids == ids
    desk.click_header(REFERENCE)
    assert desk.ids == [a, b, c, d]
    desk.click_header(PAYMENT)
    assert desk.ids == sorted(ids)


def test_rows_that_change_stay_where_they_are_until_the_work_is_over(desk):
    ids = desk.create(3)
    desk.server.set_status(ids[0], "Captured")
    desk.load(ids)
    desk.click_header(STATE_COLUMN)
    assert desk.ids == [ids[1], ids[2], ids[0]]
    seen = set()
    desk.table.model().dataChanged.connect(lambda *_: seen.add(tuple(desk.ids)))
    desk.run()
    assert seen == {(ids[1], ids[2], ids[0])}
    assert desk.ids == [ids[0], ids[1], ids[2]]  # in the order of a payment's life


def test_the_row_at_hand_stays_at_hand_when_the_order_changes(desk):
    ids = desk.ready(4)
    desk.click_cell(ids[1], PAYMENT)
    desk.click_header(AMOUNT)
    desk.click_header(AMOUNT)
    assert desk.ids == ids[::-1]
    assert desk.table.currentIndex().data(ID) == ids[1]


def test_search_looks_at_reference_description_amount_and_id(desk):
    ids = [
        desk.server.create(123456, reference="Deposit Leeds", description="kitchen"),
        desk.server.create(500, reference="Order 7", description="Lamp"),
    ]
    desk.load(ids)
    for text in ("leeds", "KITCHEN", "1,234.56", ids[0][-8:]):
        desk.search(text)
        assert desk.ids == ids[:1], text
    desk.search("nothing like it")
    assert desk.ids == []
    desk.search("")
    assert desk.ids == ids


def test_chips_count_and_narrow(desk):
    ids = [
        *desk.create(2),
        desk.server.create(1, status="Captured"),
        desk.server.create(1, status="Canceled"),
        "pi_sandbox_" + "A" * 22,
    ]
    desk.load(ids)
    texts = {name: desk.button(f"{name}Chip").text() for name in ("all", "ready", "cant")}
    assert texts == {"all": "All 5", "ready": "Ready 2", "cant": "Can’t cancel 2"}
    assert not desk.button("lookChip").isVisible()
    for chip, shown in (
        ("ready", ids[:2]),
        ("cant", ids[2:4]),
        ("notFound", ids[4:]),
        ("cancelled", []),
        ("all", ids),
    ):
        desk.narrow(chip)
        assert desk.ids == shown


# --- What is counted as it comes is what counting all of it anew gives ----------------------------

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = [f"pi_{number:021}A" for number in range(12)]


class Walk:
    """A list to which anything happens, in any order."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.model = BatchModel(Batch())
        self.batch = self.model.batch

    def some(self) -> list:
        rows = self.batch.rows
        return self.random.sample(rows, self.random.randint(0, len(rows)))

    def add(self) -> None:
        names = self.random.sample(NAMES, 4)
        self.model.add(Found(name, (), False) for name in names)

    def check(self) -> None:
        rows = [row for row in self.some() if row.may_be_checked]
        starts = [CheckStarted(at=NOON, intent_id=row.intent_id) for row in rows]
        self.model.apply([*starts, *(self.checked(row.intent_id) for row in rows)])

    def checked(self, name: str) -> Checked:
        status = self.random.choice(["Created", "Created", "Captured"])
        amount = Money(self.random.randint(1, 900), self.random.choice(["GBP", "EUR"]))
        reference = f"Order {self.random.randint(1, 20)}"
        answer = Intent(name, status, amount=amount, reference=reference)
        return Checked(at=NOON, intent_id=name, answer=answer)

    def run(self) -> None:
        rows = planned_rows(self.model.ticked_and_shown())
        if rows and not any(row.in_run for row in self.batch.rows):
            plan = Plan(rows, "Practice", PRACTICE.environment, "", "sam", "", NOON)
            self.model.apply([PlanMade(at=NOON, plan=plan)])

    def end(self) -> None:
        for run_id in {row.run_id for row in self.batch.rows if row.in_run}:
            self.model.apply([RunEnded(at=NOON, run_id=run_id, reason=EndReason.STOPPED)])

    def tick(self) -> None:
        self.model.tick(self.some(), on=self.random.random() < 0.5)

    def invert(self) -> None:
        shown = self.model.shown_rows()
        before = {row.intent_id: self.batch.is_ticked(row) for row in shown if row.may_be_planned}
        self.model.invert_ticks()
        after = {row.intent_id: self.batch.is_ticked(row) for row in shown if row.may_be_planned}
        assert after == {name: not ticked for name, ticked in before.items()}

    def narrow(self) -> None:
        search = self.random.choice(["", "", "1", "ORDER 1", "€"])
        self.model.narrow(self.random.choice(list(Filter)), search)

    def sort(self) -> None:
        order = self.random.choice(list(Qt.SortOrder))
        self.model.sort(self.random.choice([-1, *Column]), order)

    def void(self) -> None:
        self.model.void_checks()

    def remove(self) -> None:
        self.model.remove(self.some()[:3])


@pytest.mark.parametrize("seed", range(20))
def test_what_would_be_sent_is_counted_right_whatever_happens(seed):
    walk = Walk(seed)
    model, batch = walk.model, walk.batch
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    deeds = [walk.add, *[walk.check] * 4, walk.run, walk.end, walk.tick, walk.invert]
    deeds += [walk.narrow, walk.sort, walk.void, walk.remove]
    walk.add()
    for _ in range(80):
        walk.random.choice(deeds)()
        chosen = model.ticked_and_shown()
        assert len(model.chosen) == len(chosen)
        assert model.chosen.totals == totals(to_pay(row) for row in chosen)
        ticks = {batch.is_ticked(row) for row in model.shown_rows() if row.may_be_planned}
        expected = Qt.CheckState.Checked if True in ticks else Qt.CheckState.Unchecked
        partial = Qt.CheckState.PartiallyChecked
        assert model.ticks_shown() is (partial if len(ticks) == 2 else expected)
        for position, row in enumerate(model.shown_rows()):
            assert model.position_of(row.intent_id) == position
    tester.deleteLater()


def test_a_search_looks_through_what_the_server_said_last():
    model = BatchModel(Batch())
    name = NAMES[0]
    model.add([Found(name, (), False)])
    for minute, reference in enumerate(("Order 7", "Order 8")):
        at = NOON + timedelta(minutes=minute)
        answer = Intent(name, "Created", amount=Money(1000, "GBP"), reference=reference)
        model.apply(
            [CheckStarted(at=at, intent_id=name), Checked(at=at, intent_id=name, answer=answer)]
        )
        for search, found in (("order 7", minute == 0), ("ORDER 8", minute == 1), ("£10", True)):
            model.narrow(Filter.ALL, search)
            assert model.rowCount() == found


def test_amounts_are_sorted_by_currency_and_then_by_value():
    model = BatchModel(Batch())
    amounts = [Money(500, "GBP"), Money(900, "EUR"), None, Money(100, "GBP"), Money(1000, "EUR")]
    model.add(Found(name, (), False) for name in NAMES[:5])
    for name, amount in zip(NAMES, amounts, strict=False):
        answer = Intent(name, "Created", amount=amount)
        model.apply([CheckStarted(at=NOON, intent_id=name)])
        model.apply([Checked(at=NOON, intent_id=name, answer=answer)])
    ordered = [None, amounts[1], amounts[4], amounts[3], amounts[0]]
    model.sort(Column.AMOUNT)
    assert [to_pay(row) for row in model.shown_rows()] == ordered
    model.sort(Column.AMOUNT, Qt.SortOrder.DescendingOrder)
    assert [to_pay(row) for row in model.shown_rows()] == ordered[::-1]
