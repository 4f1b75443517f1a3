"""The model keeps the rules of all Qt models while rows come, go, move and change."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

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
    desk.wait(lambda: "3 payments added" in desk.summary and desk.idle)
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
