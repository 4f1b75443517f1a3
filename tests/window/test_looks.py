"""By keyboard, by ear, in the dark, and in another language."""

import getpass
import re
import xml.etree.ElementTree as ET
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTranslator
from PySide6.QtGui import QAccessible, QColor, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTableView,
    QTableWidget,
    QWidget,
)

import texts
from cancel_desk.practice import Fault, Kind
from cancel_desk.window import theme as themes
from cancel_desk.window.theme import CONTRAST_DARK, CONTRAST_LIGHT, DARK, LIGHT, Tone

# How to get to each dialog; the last three need a list first.
DIALOGS = {
    "helpDialog": lambda desk: desk.menu("helpButton", "helpAction"),
    "newVersionDialog": lambda desk: desk.menu("helpButton", "newVersionAction"),
    "aboutDialog": lambda desk: desk.menu("helpButton", "aboutAction"),
    "keyDialog": lambda desk: desk.menu("keysButton", "addKeyAction"),
    "confirmDialog": lambda desk: desk.click("cancelPaymentsButton"),
    "piecesDialog": lambda desk: desk.click("showPiecesButton"),
    "exportDialog": lambda desk: desk.click("exportButton"),
    "findDialog": lambda desk: desk.click("findButton"),
    "settingsDialog": lambda desk: desk.click("settingsButton"),
    "historyDialog": lambda desk: desk.click("historyButton"),
}


@pytest.fixture
def full(desk):
    """A window in which every panel has something to show."""
    ids = desk.create(3)
    paid = desk.server.create(5, status="Captured")
    desk.add("\n".join([*ids, paid, ids[0][:-4]]))
    desk.wait(lambda: len(desk.ids) == 4 and desk.idle and "Ready" in desk.states.values())
    desk.wait_for(4, "Ready", "Not cancellable")
    desk.click_cell(ids[0], 1)
    return desk


def in_each_place(desk, look) -> None:
    """Look at the window and at every dialog."""
    look(desk.window)
    for name, start in DIALOGS.items():

        def act(dialog) -> None:
            look(dialog)
            dialog.done(0)

        desk.in_dialog(name, partial(start, desk), act)


def focusable(parent) -> list[QWidget]:
    return [
        widget
        for widget in parent.findChildren(QWidget)
        if widget.isVisible()
        and widget.window() is parent
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(widget, QScrollBar)
        and not isinstance(widget.parentWidget(), QAbstractScrollArea)  # a viewport
        and not widget.objectName().startswith("qt_")
    ]


# --- By ear --------------------------------------------------------------------------------------


def test_everything_that_takes_the_keyboard_has_a_name_to_speak(full):
    def look(parent) -> None:
        for widget in focusable(parent):
            spoken = QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
            assert spoken.strip(), f"{widget.objectName() or widget} of {parent.objectName()}"

    in_each_place(full, look)


def test_what_tests_and_scripts_find_is_named(full):
    for name in (
        *("profileCombo", "environmentLabel", "intakeEdit", "addButton", "openFileButton"),
        *("intakeSummary", "filterBar", "searchEdit", "batchTable", "selectionLabel"),
        *("checkButton", "cancelPaymentsButton", "progressBar", "progressLabel", "pauseButton"),
        *("stopButton", "detailsPane", "summaryPanel", "copySummaryButton", "exportButton"),
    ):
        found = full.window.findChildren(QWidget, name)
        assert len(found) == 1, name


def test_closed_dialogs_do_not_pile_up(full):
    in_each_place(full, lambda _: None)
    full.wait(lambda: not any(full.window.findChildren(QWidget, name) for name in DIALOGS))


# --- By keyboard ---------------------------------------------------------------------------------


def test_tab_goes_through_the_window_as_one_reads_it(full):
    full.focus(full.find(QComboBox, "profileCombo"))
    order = []
    while (name := QApplication.focusWidget().objectName()) not in order:
        order.append(name)
        full.press(Qt.Key.Key_Tab)
    known = [
        *("profileCombo", "historyButton", "keysButton"),
        *("settingsButton", "helpButton"),
        *("intakeEdit", "openFileButton", "findButton"),
        *("allChip", "searchEdit", "batchTable", "detailsPane", "copyDetailsButton"),
        *("exportButton", "checkButton", "cancelPaymentsButton"),
    ]
    assert [name for name in order if name in known] == known


def test_tab_goes_through_the_confirmation_to_the_safe_button_first(full):
    def look(dialog) -> None:
        full.focus(dialog.findChild(QLineEdit, "reasonEdit"))
        order = []
        while (name := QApplication.focusWidget().objectName()) not in order:
            order.append(name)
            full.press(Qt.Key.Key_Tab)
        buttons = [name for name in order if name.endswith("Button")]
        assert order[0] == "reasonEdit"
        assert buttons == ["keepButton", "confirmButton"]
        dialog.reject()

    full.in_dialog("confirmDialog", partial(full.click, "cancelPaymentsButton"), look)


def test_no_two_things_share_a_mnemonic(full):
    def look(parent) -> None:
        letters: dict[str, str] = {}
        for widget in parent.findChildren(QWidget):
            if not widget.isVisible() or widget.window() is not parent:
                continue
            by_label = isinstance(widget, QLabel) and widget.buddy()
            if not (by_label or isinstance(widget, QAbstractButton)):
                continue
            for letter in re.findall("&(?!&)(.)", widget.text()):
                other = letters.setdefault(letter.lower(), widget.text())
                assert other == widget.text(), f"Alt+{letter}: {other!r}, {widget.text()!r}"

    look(full.window)
    in_each_place(full, look)


def test_nor_do_they_in_the_first_window_and_in_mid_run(desk):
    seen = []

    def look() -> None:
        letters = [
            letter.lower()
            for widget in desk.window.findChildren(QWidget)
            if widget.isVisible()
            and (
                isinstance(widget, QAbstractButton)
                or (isinstance(widget, QLabel) and widget.buddy())
            )
            for letter in re.findall("&(?!&)(.)", widget.text())
        ]
        assert len(set(letters)) == len(letters), letters
        seen.append(letters)

    look()
    desk.ready(3)
    desk.server.faults.add(Fault(Kind.SLOW, methods=("DELETE",), seconds=0.2))
    desk.confirm()
    desk.wait(desk.button("pauseButton").isVisible)
    look()
    desk.click("pauseButton")
    look()
    desk.click("pauseButton")
    desk.wait(lambda: desk.button("copySummaryButton").isVisible())
    look()
    assert len(seen) == 4


def test_shortcuts(full, monkeypatch, tmp_path):
    asked = []
    control = Qt.KeyboardModifier.ControlModifier
    opened = lambda *_: asked.append("open") or ([], "")  # noqa: E731
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", opened)
    full.focus(full.table)
    full.press(Qt.Key.Key_O, control)
    full.wait(lambda: asked == ["open"])
    full.in_dialog("exportDialog", lambda: full.press(Qt.Key.Key_E, control), QDialog.reject)
    full.focus(full.table)
    requests = full.server.requests
    full.press(Qt.Key.Key_F5)
    full.wait(lambda: full.idle and full.server.requests == requests + 4)
    full.press(Qt.Key.Key_F, control)
    search = full.find(QLineEdit, "searchEdit")
    full.wait(search.hasFocus)
    search.setText("Order")
    full.press(Qt.Key.Key_F, control)
    assert search.selectedText() == "Order"
    full.press(Qt.Key.Key_Escape)
    assert search.text() == ""


def test_the_whole_job_by_keyboard_alone(desk):
    ids = desk.create(2)
    assert desk.edit.hasFocus()  # from the first moment
    desk.paste("\n".join(ids))
    desk.press(Qt.Key.Key_Tab)
    desk.press(Qt.Key.Key_Space)
    desk.wait_for(2, "Ready")
    desk.focus(desk.button("cancelPaymentsButton"))

    def act(dialog) -> None:
        desk.press(Qt.Key.Key_Tab)
        while QApplication.focusWidget().objectName() != "confirmButton":
            desk.press(Qt.Key.Key_Tab)
        desk.press(Qt.Key.Key_Space)

    desk.in_dialog("confirmDialog", partial(desk.press, Qt.Key.Key_Space), act)
    desk.wait_for(2, "Cancelled")


# --- In the dark ---------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in QColor(colour).getRgbF()[:3]
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


THEMES = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST_LIGHT, "dark contrast": CONTRAST_DARK}


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read_in_every_theme(name):
    theme = THEMES[name]
    least = 7.0 if "contrast" in name else 4.5  # WCAG 2.2, AAA and AA
    pairs = [
        (theme.text, theme.window),
        (theme.text, theme.card),
        (theme.text, theme.field),
        (theme.text, theme.selected),
        (theme.muted, theme.window),
        (theme.muted, theme.card),
        (theme.accent_text, theme.accent),
        *theme.tones.values(),
    ]
    for ink, ground in pairs:
        assert contrast(ink, ground) >= least, (ink, ground)
    assert contrast(theme.danger_text, theme.danger) >= min(least, 4.0)
    assert set(theme.tones) == set(Tone)


def test_the_theme_changes_while_the_window_is_open(full, looks):
    seen = {}
    for name, theme in THEMES.items():
        looks.wear(theme)
        assert themes.current_theme() is theme
        assert full.window.palette().color(QPalette.ColorRole.Window) == QColor(theme.window)
        picture = full.window.grab().toImage()
        corner = picture.pixelColor(2, picture.height() - 3)
        assert corner == QColor(theme.window)
        seen[name] = picture
        in_each_place(full, lambda parent: parent.grab())
    assert seen["light"] != seen["dark"]
    assert seen["light"] != seen["contrast"]
    badge = full.find(QLabel, "environmentLabel")
    assert badge.text() == "PRACTICE: no real payments"


# --- In another language -------------------------------------------------------------------------


class Marker(QTranslator):
    """Puts every text that it is asked for between angle quotes."""

    def translate(self, context, source, disambiguation=None, n=-1) -> str:
        return f"«{source}»"

    def isEmpty(self) -> bool:
        return False


@pytest.fixture
def marked(looks):
    marker = Marker()
    QCoreApplication.installTranslator(marker)
    yield
    QCoreApplication.removeTranslator(marker)


# What is no text of ours: names, numbers, ids, and what payments themselves say.
DATA = re.compile(
    r"pi_|sk_sandbox_|Cancel Desk|£|GBP|Order \d|Created|Auto|Captured|Demo payment intent"
    r"|\d\d/\d\d/\d{4}|Python|Linux|^" + re.escape(getpass.getuser()) + "$"
)


def words_on(parent) -> list[str]:
    said = [parent.windowTitle()]
    for widget in parent.findChildren(QWidget):
        if widget.window() is not parent or not widget.isVisibleTo(parent):
            continue
        said += [widget.toolTip(), widget.accessibleName()]
        match widget:
            case QAbstractButton() | QLabel():
                said.append(widget.text())
            case QLineEdit():
                said.append(widget.placeholderText())
            case QPlainTextEdit():
                said.append(widget.placeholderText())
            case QComboBox():
                said += [widget.itemText(number) for number in range(widget.count())]
            case QTableView():
                model = widget.model()
                for column in range(model.columnCount()):
                    header = model.headerData(column, Qt.Orientation.Horizontal)
                    said.append(str(header or ""))
                    for row in range(model.rowCount()):
                        said.append(str(model.index(row, column).data() or ""))
        if isinstance(widget, QAbstractButton) and hasattr(widget, "menu") and widget.menu():
            said += [action.text() for action in widget.menu().actions()]
    return said


def test_every_text_on_screen_goes_through_the_translation(marked, open_window):
    desk = open_window()

    def look(parent) -> None:
        for text in words_on(parent):
            if re.search("[A-Za-z]{2}", text) and not DATA.search(text):
                assert "«" in text, text

    look(desk.window)
    ids = desk.create(2)
    paid = desk.server.create(5, status="Captured")
    desk.add("\n".join([*ids, paid, ids[0][:-4]]))
    desk.wait_for(3, "Ready", "Not cancellable")
    desk.click_cell(paid, 1)
    in_each_place(desk, look)
    desk.confirm("x")
    desk.wait(lambda: desk.button("copySummaryButton").isVisible())
    look(desk.window)


def test_the_plurals_are_those_of_the_texts_in_the_program(tmp_path):
    """What `packaging/texts.py` would make now is what is there."""
    made = tmp_path / "en.qm"
    sources = sorted(str(path) for path in (texts.ROOT / "gui/cancel_desk").rglob("*.py"))
    listed = tmp_path / "en.ts"
    texts._run("pyside6-lupdate", *sources, "-ts", str(listed))
    count = texts._fill(listed)
    texts._run("pyside6-lrelease", str(listed), "-qm", str(made), "-removeidentical")
    assert count > 10
    assert made.read_bytes() == texts.RESULT.read_bytes()


def test_every_text_that_counts_has_both_forms(tmp_path, looks):
    listed = tmp_path / "en.ts"
    sources = sorted(str(path) for path in (texts.ROOT / "gui/cancel_desk").rglob("*.py"))
    texts._run("pyside6-lupdate", *sources, "-ts", str(listed))
    counting = [
        message.findtext("source")
        for message in ET.parse(listed).getroot().iter("message")
        if message.get("numerus") == "yes"
    ]
    assert counting
    for source in counting:
        for number in (0, 1, 2, 1234):
            text = QCoreApplication.translate("", source, "", number)
            assert "(s)" not in text
            assert "%" not in text.replace("%1", "").replace("%2", "")
            assert f"{number:,}" in text or str(number) in text
        if "(s)" in source:
            one, two = (QCoreApplication.translate("", source, "", n) for n in (1, 2))
            assert one.replace("1", "") != two.replace("2", "")


def test_text_tables_are_read_only(full):
    def look(dialog) -> None:
        for table in dialog.findChildren(QTableWidget):
            assert table.editTriggers() == QTableWidget.EditTrigger.NoEditTriggers
        dialog.done(0)

    full.in_dialog("piecesDialog", partial(full.click, "showPiecesButton"), look)
