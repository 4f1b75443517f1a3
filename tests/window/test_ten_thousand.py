"""The size of job that the program is for."""

from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QProgressBar

MANY = 10_000
MINUTE = 60_000  # milliseconds


def test_ten_thousand_payments_pasted_checked_and_cancelled(open_window, qtbot):
    desk = open_window(in_flight=8)
    model = desk.table.model()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    ids = desk.create(MANY - 1)
    paid = desk.server.create(99, status="Captured")
    desk.paste("\n".join([*ids, paid]))
    qtbot.waitUntil(lambda: model.rowCount() == MANY, timeout=MINUTE)
    button = desk.button("cancelPaymentsButton")
    qtbot.waitUntil(lambda: desk.idle and button.text().startswith("&Cancel 9,999"), timeout=MINUTE)
    assert desk.button("cantChip").text() == "Can’t cancel 1"
    progress = []
    desk.find(QProgressBar, "progressBar").valueChanged.connect(progress.append)
    desk.confirm("SUP-2214")
    qtbot.waitUntil(lambda: desk.button("copySummaryButton").isVisible(), timeout=MINUTE)
    assert desk.server.deletes_by_id() == dict.fromkeys(ids, 1)
    assert desk.server.effects_by_id() == dict.fromkeys(ids, 1)
    assert desk.button("cancelledChip").text() == "Cancelled 9,999"
    assert desk.states == {**dict.fromkeys(ids, "Cancelled"), paid: "Not cancellable"}
    assert desk.text("summaryHeadline").startswith("All 9,999 payments cancelled")
    assert progress[1:] == sorted(progress[1:])
    assert progress[-1] == MANY - 1
    tester.deleteLater()
