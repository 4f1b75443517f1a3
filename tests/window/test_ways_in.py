"""Every way in, through the window: files of all kinds, several at once, drops, the clipboard."""

import json
import threading
from email.message import EmailMessage

import pytest
from openpyxl import Workbook
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog

from cancel_desk.window import intake

from .driver import PAYMENT


@pytest.fixture
def choose(monkeypatch):
    """Has the system's file dialog answer with these."""
    return lambda *paths: monkeypatch.setattr(
        QFileDialog, "getOpenFileNames", lambda *_: ([str(path) for path in paths], "")
    )


def drop(widget, data: QMimeData) -> None:
    """Drop something in the middle of a widget, as the system does."""
    place = widget.rect().center()
    way = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
    enter = QDragEnterEvent(QPoint(place), *way, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(QPointF(place), *way, Qt.KeyboardModifier.NoModifier))


def files(*paths) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def test_several_files_of_several_kinds_come_in_at_once(desk, choose, tmp_path):
    ids = desk.create(3)
    book = Workbook()
    book.active.title = "Orders"
    book.active.append(["Order", "Payment"])
    book.active.append([1, ids[0]])
    book.save(tmp_path / "orders.xlsx")
    mail = EmailMessage()
    mail["Subject"] = "Please cancel"
    mail.set_content(f"Dear desk,\n\nhttps://pay.dojo.tech/checkout/{ids[1]}\n")
    (tmp_path / "mail.eml").write_bytes(mail.as_bytes())
    (tmp_path / "hook.json").write_text(json.dumps({"data": {"paymentIntentId": ids[2]}}))
    choose(tmp_path / "orders.xlsx", tmp_path / "mail.eml", tmp_path / "hook.json")
    desk.click("openFileButton")
    desk.wait_for(3, "Ready")
    assert desk.ids == ids
    desk.click_cell(ids[0], PAYMENT)
    assert "orders.xlsx, sheet Orders, B2" in desk.details


def test_files_dropped_on_the_window_or_the_field_are_read(desk, tmp_path):
    ids = desk.create(2)
    for name, intent_id in zip(("a.csv", "b.txt"), ids, strict=True):
        (tmp_path / name).write_text(f"payment\n{intent_id}\n")
    drop(desk.window, files(tmp_path / "a.csv"))
    desk.wait_for(1, "Ready")
    data = files(tmp_path / "b.txt")
    assert desk.edit.canInsertFromMimeData(data)
    desk.edit.insertFromMimeData(data)
    desk.wait_for(2, "Ready")
    assert desk.edit.toPlainText() == ""


def test_text_dropped_on_the_window_is_read(desk):
    data = QMimeData()
    data.setText(desk.create(1)[0])
    drop(desk.window, data)
    desk.wait_for(1, "Ready")


@pytest.fixture
def clipboard():
    """Emptied at the end: what Python made would outlive Python in it."""
    yield QGuiApplication.clipboard()
    QGuiApplication.clipboard().clear()


def test_a_table_on_the_clipboard_keeps_its_columns(desk, clipboard):
    ids = desk.create(1)
    data = QMimeData()
    data.setText("not what counts")
    row = f"<tr><td>Order 1</td><td>{ids[0]}</td></tr>"
    data.setHtml(f"<table><tr><td>Order</td><td>Payment</td></tr>{row}</table>")
    clipboard.setMimeData(data)
    desk.focus(desk.table if desk.table.isVisible() else desk.button("openFileButton"))
    desk.press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    desk.wait_for(1, "Ready")
    desk.click_cell(ids[0], PAYMENT)
    assert "column 2" in desk.details


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("scan.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "copy its text"),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "picture"),
        ("empty.txt", b"", "empty.txt is empty."),
    ],
)
def test_what_can_not_be_read_says_what_to_do(desk, choose, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    choose(tmp_path / name)
    desk.click("openFileButton")
    desk.wait(lambda: desk.notice)
    assert name in desk.notice
    assert said in desk.notice
    assert desk.ids == []


def test_a_long_reading_can_be_stopped_and_keeps_what_it_found(desk, choose, tmp_path, monkeypatch):
    ids = desk.create(2)
    gone_on = threading.Event()

    def read_file(path, stop, progress):
        yield from intake.read_text(ids[0])
        assert gone_on.wait(20)
        yield from intake.read_text("x" * 200_000)
        yield from intake.read_text(ids[1])

    monkeypatch.setattr(intake, "read_file", read_file)
    choose(tmp_path / "long.txt")
    desk.click("openFileButton")
    desk.wait(lambda: desk.is_shown("stopReadingButton"))
    desk.click("stopReadingButton")
    gone_on.set()
    desk.wait_for(1, "Ready")
    assert desk.ids == ids[:1]
    assert not desk.is_shown("stopReadingButton")
