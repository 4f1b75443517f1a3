"""What comes in by paste and by file, and what must not."""

from functools import partial
from random import Random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableWidget,
    QWidget,
)

from cancel_desk.practice import samples

KEY = "sk_prod_CanaryCanaryCanary0001"
CARD = "4111 1111 1111 1111"
MISSING = "pi_sandbox_" + "A" * 22


def shown() -> str:
    """Every text in every window."""
    texts = []
    for widget in QApplication.allWidgets():
        match widget:
            case QLabel() | QAbstractButton() | QLineEdit():
                texts.append(widget.text())
            case QPlainTextEdit():
                texts.append(widget.toPlainText())
            case QTableWidget():
                cells = range(widget.rowCount() * 3)
                items = [widget.item(cell // 3, cell % 3) for cell in cells]
                texts += [item.text() for item in items if item is not None]
        texts += [widget.toolTip(), widget.windowTitle()]
    return "\n".join(texts)


@pytest.fixture
def choose(monkeypatch):
    """Has the system's file dialog answer with a path; an empty one is *Cancel*."""

    def answer(path) -> None:
        paths = [str(path)] if str(path) else []
        chosen = lambda *_: (paths, "")  # noqa: E731
        monkeypatch.setattr(QFileDialog, "getOpenFileNames", chosen)

    return answer


# --- Paste ---------------------------------------------------------------------------------------


def test_the_first_window_offers_samples_and_they_are_a_click_away(desk):
    assert desk.find(QWidget, "welcome").isVisible()
    assert not desk.table.isVisible()
    desk.click("sampleButton")
    desk.wait(lambda: desk.idle and len(desk.states) == 25)
    desk.wait(lambda: "Ready" in desk.states.values() and desk.idle)
    assert desk.table.isVisible()


def test_a_messy_e_mail_becomes_rows_in_its_order(desk):
    email = samples.email(Random(3), desk.server.add_samples(3))
    desk.add(email.text)
    desk.wait(lambda: len(desk.ids) == 25 and desk.idle)
    assert desk.ids == list(email.ids)
    assert desk.summary == (
        f"25 payments added · {email.duplicates} duplicates merged · 2 pieces not understood"
    )
    assert desk.edit.toPlainText() == ""


def test_a_paste_waits_in_the_field_until_it_is_added(desk):
    [intent_id] = desk.create(1)
    assert not desk.button("addButton").isEnabled()
    desk.paste(intent_id)
    assert desk.edit.toPlainText() == intent_id
    assert desk.ids == []
    desk.click("addButton")
    desk.wait_for(1, "Ready")


@pytest.mark.parametrize("where", ["batchTable", "checkButton", "profileCombo"])
def test_ctrl_v_adds_wherever_no_field_has_the_keyboard(desk, where):
    desk.ready(1)
    [intent_id] = desk.create(1)
    desk.paste(f"https://pay.dojo.tech/checkout/{intent_id}", desk.find(QWidget, where))
    desk.wait(lambda: intent_id in desk.ids)
    desk.wait_for(2, "Ready")


def test_ctrl_v_in_the_search_field_is_a_search(desk):
    [intent_id] = desk.ready(1)
    search = desk.find(QLineEdit, "searchEdit")
    desk.paste("Order", search)
    assert search.text() == "Order"
    assert desk.ids == [intent_id]


def test_what_was_typed_survives_what_comes_in_another_way(desk):
    desk.ready(1)
    other = desk.create(1)[0]
    desk.edit.setPlainText("half an e-mail")
    desk.paste(other, desk.table)
    desk.wait(lambda: other in desk.ids)
    assert desk.edit.toPlainText() == "half an e-mail"


def test_the_same_payment_again_is_merged(desk):
    ids = desk.ready(2)
    desk.add("\n".join([*ids, ids[0]]))
    desk.wait(lambda: desk.summary == "0 payments added · 3 duplicates merged")
    assert desk.ids == ids


def test_a_text_without_ids_stays_and_says_so(desk):
    desk.add("Dear all, nothing here.")
    desk.wait(lambda: desk.summary.startswith("No payment ID in it."))
    assert desk.edit.toPlainText() == "Dear all, nothing here."


def test_nul_bytes_do_no_harm(desk):
    ids = desk.create(2)
    desk.add(f"a\0b {ids[0]}\0{ids[1]}\0")
    desk.wait_for(2, "Ready")


@pytest.mark.parametrize("into", ["intakeEdit", "helpButton"])
def test_a_line_of_a_megabyte(desk, into):
    [intent_id] = desk.create(1)
    desk.paste("x" * 500_000 + " " + intent_id + " " + "y" * 500_000, desk.find(QWidget, into))
    desk.wait_for(1, "Ready")
    assert desk.edit.toPlainText() == ""


@pytest.mark.parametrize("into", ["intakeEdit", "helpButton"])
def test_too_many_lines_are_refused_with_the_limit_in_words(desk, into):
    desk.paste("line\n" * 200_000, desk.find(QWidget, into))
    desk.wait(lambda: desk.notice)
    assert desk.notice == (
        "The pasted text is too long: at most 100,000 lines come in at once. Split it."
    )
    assert desk.ids == []
    desk.click("dismissNoticeButton")
    assert desk.notice == ""


def test_too_many_characters_are_refused_with_the_limit_in_words(desk):
    desk.paste("x" * 20_000_001)
    desk.wait(lambda: desk.notice)
    assert "at most 20 million characters" in desk.notice


# --- What must not come in -----------------------------------------------------------------------


def test_keys_and_card_numbers_reach_no_field_and_no_label(desk, caplog):
    [intent_id] = desk.create(1)
    seen = []
    desk.edit.textChanged.connect(lambda: seen.append(desk.edit.toPlainText()))
    desk.paste(f"{intent_id} with {KEY} and {CARD}")
    assert "1 API key in that text taken out and not kept." in desk.notice
    assert "1 card number in that text taken out and not kept." in desk.notice
    desk.click("addButton")
    desk.wait_for(1, "Ready")
    assert seen
    assert "API key" in desk.notice  # until it is read, whatever goes on
    desk.click("checkButton")
    desk.wait_for(1, "Ready")
    assert "API key" in desk.notice
    desk.click("dismissNoticeButton")
    assert desk.notice == ""
    assert "Canary" not in "".join(seen) + shown() + caplog.text
    assert "1111" not in "".join(seen) + shown() + caplog.text


def test_nor_do_they_by_a_paste_elsewhere_or_a_large_one(desk):
    [one, two] = desk.create(2)
    desk.paste(f"{one}\n{KEY}\n{CARD}", desk.button("helpButton"))
    desk.wait(lambda: one in desk.ids and desk.idle)
    assert "API key" in desk.notice
    assert "card number" in desk.notice
    desk.click("dismissNoticeButton")
    desk.paste(f"{two}\n{KEY}\n{CARD}\n" + "filler\n" * 10_000)
    desk.wait(lambda: two in desk.ids and desk.idle)
    assert "API key" in desk.notice
    assert "Canary" not in shown()
    assert "1111" not in shown()


def test_nor_do_they_in_what_was_not_understood(desk):
    [intent_id] = desk.create(1)
    desk.add(f"{intent_id}\npi_short{KEY}\npi_{CARD}\npi_sandbox_tooshort {KEY}")
    desk.wait(lambda: intent_id in desk.ids and desk.idle)

    def look(dialog) -> None:
        assert "Canary" not in shown()
        assert "1111" not in shown()
        desk.click("copyPiecesButton", dialog)
        assert "Canary" not in QGuiApplication.clipboard().text()
        dialog.accept()

    if desk.button("showPiecesButton").isVisible():
        desk.in_dialog("piecesDialog", partial(desk.click, "showPiecesButton"), look)


def test_nor_do_they_stay_in_the_search_field(desk):
    desk.ready(1)
    search = desk.find(QLineEdit, "searchEdit")
    desk.paste(f"{KEY} {CARD}", search)
    assert "Canary" not in shown()
    assert "1111" not in shown()
    desk.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, search)
    assert "Canary" not in shown()


# --- Files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_file(desk, choose, tmp_path, encoding):
    [intent_id] = desk.create(1)
    path = tmp_path / "för Priya.txt"
    path.write_text(f"Grüße\nplease stop {intent_id}\n", encoding=encoding)
    choose(path)
    desk.click("openFileButton")
    desk.wait_for(1, "Ready")
    desk.click_cell(intent_id, 1)
    assert "för Priya.txt, line 2" in desk.details


def test_a_file_with_secrets(desk, choose, tmp_path):
    [intent_id] = desk.create(1)
    path = tmp_path / "list.txt"
    path.write_text(f"{intent_id}\n{KEY}\n{CARD}\n")
    choose(path)
    desk.click("openFileButton")
    desk.wait_for(1, "Ready")
    assert "API key" in desk.notice
    assert "Canary" not in shown()
    assert "1111" not in shown()


def test_a_file_that_is_missing(desk, choose, tmp_path):
    desk.edit.setPlainText("typed")
    choose(tmp_path / "gone.txt")
    desk.click("openFileButton")
    desk.wait(lambda: desk.notice)
    assert desk.notice == (
        "gone.txt could not be opened. See whether it is still there and may be read."
    )
    assert desk.edit.toPlainText() == "typed"
    assert desk.summary == ""


def test_a_file_that_is_too_large(desk, choose, tmp_path):
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(51 * 1024 * 1024)
    choose(path)
    desk.click("openFileButton")
    desk.wait(lambda: desk.notice)
    assert desk.notice == "large.txt is too large: at most 50 MB come in at once. Split it."


def test_no_file_chosen(desk, choose):
    choose("")
    desk.click("openFileButton")
    assert desk.summary == ""
    assert desk.notice == ""


# --- Pieces that were not understood -------------------------------------------------------------


def test_pieces_tell_where_what_and_why_and_can_be_added_as_they_are(desk):
    [intent_id] = desk.create(1)
    short = intent_id[:-4]
    desk.add(f"{intent_id}\nthis got cut: {short}\n{intent_id.replace('pi', 'PI')}")
    desk.wait(lambda: intent_id in desk.ids and desk.idle)
    assert desk.summary == "1 payment added · 2 pieces not understood"

    def look(dialog) -> None:
        table = desk.find(QTableWidget, "piecesTable", dialog)
        texts = [[table.item(row, column).text() for column in range(3)] for row in (0, 1)]
        assert texts[0] == [
            "Pasted text, line 2",
            short,
            "It has 18 characters after pi_sandbox_; there should be 22.",
        ]
        assert texts[1][0] == "Pasted text, line 3"
        assert "Capital and small letters matter" in texts[1][2]
        desk.click("copyPiecesButton", dialog)
        assert QGuiApplication.clipboard().text() == "\n".join(map("\t".join, texts))
        assert not desk.button("addAsItIsButton", dialog).isEnabled()
        table.selectRow(1)
        assert not desk.button("addAsItIsButton", dialog).isEnabled()
        table.selectRow(0)
        desk.click("addAsItIsButton", dialog)

    desk.in_dialog("piecesDialog", partial(desk.click, "showPiecesButton"), look)
    desk.wait(lambda: desk.states.get(short) == "Not found" and desk.idle)
    desk.click_cell(short, 1)
    assert "may be cut short or mistyped" in desk.details


# --- Off the list --------------------------------------------------------------------------------


def test_delete_takes_rows_off_the_list_and_says_that_dojo_knows_nothing_of_it(desk):
    ids = desk.ready(3)
    desk.highlight(ids[0], ids[2])
    desk.press(Qt.Key.Key_Delete, widget=desk.table)
    assert desk.ids == [ids[1]]
    assert desk.summary == ("2 payments taken off this list. Nothing was cancelled at Dojo.")
    assert desk.selection.startswith("1 payment ticked")
    desk.run()
    assert desk.server.deletes_by_id() == {ids[1]: 1}


def test_an_emptied_list_shows_the_first_window_again(desk):
    desk.ready(2)
    desk.highlight(*desk.ids)
    desk.press(Qt.Key.Key_Delete, widget=desk.table)
    assert desk.find(QWidget, "welcome").isVisible()


def test_real_ids_in_practice_are_explained(desk):
    desk.add("pi_vpwd4ooAPEqyNAQe4z89WQ")
    desk.wait_for(1, "Couldn't check", "Not found")
    desk.wait(lambda: desk.notice)
    assert "practice, which knows only its own" in desk.notice
