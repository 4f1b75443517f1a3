"""From the window: what a search found comes into the list and is checked like all else."""

from functools import partial

from PySide6.QtWidgets import QTableView


def test_found_payments_are_added_and_checked(desk):
    ids = [desk.server.create(reference=f"Order {n}") for n in range(3)]
    desk.load(ids[:1])

    def act(dialog) -> None:
        desk.click("startFindButton", dialog)
        table = desk.find(QTableView, "foundTable", dialog)
        desk.wait(lambda: table.model().rowCount() == 3)
        desk.wait(lambda: desk.button("tickAllButton", dialog).isEnabled())
        desk.wait(lambda: not desk.button("stopFindButton", dialog).isVisible())
        desk.click("tickAllButton", dialog)
        assert desk.button("addFoundButton", dialog).text() == "&Add 2 payments to the list"
        desk.click("addFoundButton", dialog)
        desk.click("closeFindButton", dialog)

    desk.in_dialog("findDialog", partial(desk.click, "findButton"), act)
    desk.wait_for(3, "Ready")
    assert set(desk.ids) == set(ids)


def test_the_window_can_be_closed_in_mid_search(desk):
    desk.server.down()

    def act(dialog) -> None:
        desk.click("startFindButton", dialog)
        desk.click("closeFindButton", dialog)

    desk.in_dialog("findDialog", partial(desk.click, "findButton"), act)
    desk.window.close()
    desk.wait(lambda: not desk.window.isVisible())
