"""Columns shown, hidden, moved and sized as the operator likes, and so again the next time."""

from PySide6.QtCore import Qt

from .driver import AMOUNT, CREATED, REFERENCE, STATE_COLUMN, TICK

DESCRIPTION, EXPIRES = 6, 7


def shown(desk) -> list[str]:
    header = desk.table.horizontalHeader()
    columns = sorted(range(header.count()), key=header.visualIndex)
    names = desk.table.model().headerData
    return [
        names(column, Qt.Orientation.Horizontal)
        for column in columns
        if not header.isSectionHidden(column)
    ]


def choose(desk, column) -> None:
    header = desk.table.horizontalHeader()
    name = desk.table.model().headerData(column, Qt.Orientation.Horizontal)
    menu = header.menu(header)
    next(action for action in menu.actions() if action.text() == name).trigger()
    menu.deleteLater()


FIRST = ["", "Payment", "Amount", "Reference", "Created", "State"]


def test_what_is_shown_at_first(desk):
    assert shown(desk) == FIRST


def test_a_column_is_shown_and_hidden(desk):
    desk.load([desk.server.create(description="Oak table", expires_in=5 * 3600 + 60)])
    choose(desk, DESCRIPTION)
    choose(desk, EXPIRES)
    choose(desk, CREATED)
    assert shown(desk) == [
        *["", "Payment", "Amount", "Reference", "Description", "Expires", "State"]
    ]
    assert desk.cell(0, DESCRIPTION).data() == "Oak table"
    assert desk.cell(0, EXPIRES).data() == "in 5 h"


def test_sorted_by_what_was_hidden_at_first(desk):
    first, second = desk.server.create(description="b"), desk.server.create(description="A")
    desk.load([first, second])
    choose(desk, DESCRIPTION)
    desk.click_header(DESCRIPTION)
    assert desk.ids == [second, first]


def test_the_next_window_is_as_this_one_was_left(open_window):
    desk = open_window()
    choose(desk, DESCRIPTION)
    header = desk.table.horizontalHeader()
    header.moveSection(header.visualIndex(AMOUNT), header.visualIndex(CREATED))
    header.resizeSection(REFERENCE, 333)
    desk.window.resize(900, 600)
    desk.click_header(STATE_COLUMN)
    desk.window.close()
    again = open_window()
    assert shown(again) == [
        *["", "Payment", "Reference", "Created", "Amount", "Description", "State"]
    ]
    header = again.table.horizontalHeader()
    assert header.sectionSize(REFERENCE) == 333
    assert again.window.size().toTuple() == (900, 600)
    # The order of the rows is not kept: a list begins as it came.
    assert header.sortIndicatorSection() == -1
    ids = again.ready(2)
    assert again.ids == ids
    assert header.visualIndex(TICK) == 0


def test_all_is_as_at_first_at_one_click(desk):
    choose(desk, DESCRIPTION)
    header = desk.table.horizontalHeader()
    header.moveSection(header.visualIndex(AMOUNT), header.visualIndex(CREATED))
    menu = header.menu(header)
    menu.actions()[-1].trigger()
    assert shown(desk) == FIRST


def test_a_file_that_can_not_be_read_is_no_loss(open_window, tmp_path):
    path = tmp_path / "data" / "window.ini"
    path.parent.mkdir()
    path.write_bytes(b"[columns]\nx=@ByteArray(\0\xff" + bytes(range(256)))
    assert shown(open_window()) == FIRST
