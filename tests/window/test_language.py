"""In a made-up language: nothing is left in English, nothing is cut off; and in real locales."""

import csv
import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import chain

import pytest
from PySide6.QtCore import QLocale, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QDateEdit,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QTableView,
    QWidget,
)

import texts
from cancel_desk.desk.report import write_csv
from cancel_desk.dojo.intent import Money, Status
from cancel_desk.practice import samples
from cancel_desk.window import report_words, words
from cancel_desk.window.translation import find_translations, tr
from gallery import made_up
from gallery.scenes import SCENES
from gallery.stage import Stage

SMALLEST = QSize(1024, 640)  # what everything has to fit in

# --- The made-up language ------------------------------------------------------------------------


def test_it_is_longer_and_accented_and_keeps_what_has_a_meaning():
    assert texts.made_up("Help") == "[Ĥéļp ·]"
    counted = texts.made_up("&Cancel %Ln payment(s) of %1\nfor good")
    assert counted.startswith("[&Cå")
    for kept in ("%Ln", "%1", "\n", "&C"):
        assert kept in counted
    assert len(counted) >= 1.4 * len("&Cancel %Ln payment(s) of %1\nfor good")


@pytest.fixture(scope="module")
def language(tmp_path_factory):
    file = tmp_path_factory.mktemp("texts") / "made-up.qm"
    texts.make_made_up(file)
    return file


@pytest.fixture
def made_up_language(looks, language, qapp) -> Iterator[None]:
    translator = texts.install(qapp, language)
    yield
    qapp.removeTranslator(translator)


def test_it_counts(made_up_language):
    assert "(š)" not in tr("%Ln payment(s)", "", 1)
    assert tr("%Ln payment(s)", "", 1) != tr("%Ln payment(s)", "", 2).replace("2", "1")


# --- Nothing is left in English ------------------------------------------------------------------

# What is no text of ours: names, ids, and what payments, files and servers say.
GOODS = chain(
    ((ware[2], ware[3]) for ware in made_up._GOODS),
    ((payment.reference, payment.description) for payment in samples._PAYMENTS),
)
SAID = [
    *sorted({text for pair in GOODS for text in pair if text}, key=len, reverse=True),
    *(status.value for status in Status),
    *("Cancel Desk", "York, tests", "Leeds shop", "Bath shop", "Bath, tests", "sam", "SUP-2214"),
    *("Auto", "Returns week 20.csv", "Conflict", "Locked at the till", "Not Found"),
    *("Demo payment intent", "The payment intent is locked by another request"),
    "The practice server was told to refuse this.",
    *("ConnectionResetError", "NameResolutionError", "Service Unavailable", "traceId", "HTTP"),
]
DATA = re.compile(
    "|".join(map(re.escape, SAID))
    + r"|pi_\S*|sk_\S*|https?://\S*|[Oo]rder \d{5}|ConnectionError: .*"
    r"|\S+\.(?:sqlite|log|dojo\.tech)\b|00-[0-9a-f]{32}-00"
    r"|Python [\d.]+, Qt [\d.]+|Linux \S+, offscreen|SHA-256",
)
BRACKETS = re.compile(r"\[[^\[\]]*\]")
# Qt's own, and what a person or a file wrote: not ours to translate.
NOT_OURS = {"crashDetails", "aboutFacts", "guideText", "qt_spinbox_lineedit"}


def in_english(widget: QWidget) -> list[str]:
    return [text for text in words_on(widget) if re.search(r"[^\W\d_]{2}", rest_of(text))]


def rest_of(text: str) -> str:
    """Return what is neither in brackets nor data."""
    text = DATA.sub("", html.unescape(re.sub("<[^>]*>|\u200b", "", text)))
    while (less := BRACKETS.sub("", text)) != text:
        text = less
    return text


def words_on(parent: QWidget) -> Iterator[str]:
    yield parent.windowTitle()
    if isinstance(parent, QMenu):
        yield from (action.text() for action in parent.actions())
    for widget in visible_in(parent):
        if widget.objectName() in NOT_OURS:
            continue
        yield widget.accessibleName()
        yield widget.toolTip()
        match widget:
            case QAbstractButton() | QLabel():
                yield widget.text()
            case QLineEdit() | QPlainTextEdit():
                yield widget.placeholderText()
            case QComboBox():
                yield from (widget.itemText(number) for number in range(widget.count()))
            case QTableView():
                yield from words_in(widget)
        if isinstance(widget, QAbstractButton) and (menu := getattr(widget, "menu", None)):
            yield from (action.text() for action in menu().actions()) if menu() else ()


def words_in(table: QTableView) -> Iterator[str]:
    model = table.model()
    for column in range(model.columnCount()):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(model.rowCount()):
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                yield str(model.index(row, column).data(role) or "")


def visible_in(parent: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in parent.findChildren(QWidget)
        if widget.isVisibleTo(parent)
        and widget.window() is parent.window()
        and not isinstance(widget.parent(), QLineEdit)  # Qt's own, to clear it
    ]


# --- Nothing is cut off --------------------------------------------------------------------------


def cut_off(parent: QWidget) -> list[str]:
    found = []
    window = parent.window()
    if window.width() > SMALLEST.width() or window.height() > SMALLEST.height():
        found.append(f"{window.objectName()} wants {window.width()} × {window.height()}")
    for widget in visible_in(parent):
        if why := _why_cut_off(widget):
            name = widget.objectName() or type(widget).__name__
            text = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
            found.append(f"{name} in {widget.parent().objectName() or '?'}: {why} {text!r}")
    return found


def _why_cut_off(widget: QWidget) -> str:
    match widget:
        case QLabel() if not widget.text():
            return ""
        case QLabel() if widget.wordWrap():
            needed = widget.heightForWidth(widget.width())
            if needed > widget.height():
                return f"{needed} high, has {widget.height()}"
            parts = re.split(r"\s|\u200b", widget.text())
            longest, has = max(map(_width(widget), parts)), widget.contentsRect().width()
            return f"a word of {longest}, has {has}" if longest > has else ""
        case QLabel() | QAbstractButton():
            return _smaller_than(widget, widget.sizeHint())
        case QComboBox():
            room = widget.width() - 40  # the arrow's and the frame's
            needed = _width(widget)(widget.currentText())
            return f"{needed} wide, has {room}" if needed > room else ""
        case QLineEdit() if not isinstance(widget.parent(), QDateEdit):
            room = widget.width() - 16
            needed = _width(widget)(widget.placeholderText())
            return f"{needed} wide, has {room}" if needed > room else ""
        case QTableView():
            return _cut_in_header(widget)
        case QScrollArea() if widget.horizontalScrollBar().maximum():
            return f"it scrolls sideways, by {widget.horizontalScrollBar().maximum()}"
    return ""


def _width(widget: QWidget) -> Callable[[str], int]:
    return widget.fontMetrics().horizontalAdvance


def _smaller_than(widget: QWidget, needed: QSize) -> str:
    has = widget.size()
    if needed.width() > has.width() or needed.height() > has.height():
        return f"{needed.width()} × {needed.height()}, has {has.width()} × {has.height()}"
    window = widget.window()
    place = widget.rect().translated(widget.mapTo(window, widget.rect().topLeft()))
    scrolls = any(isinstance(each, QAbstractScrollArea) for each in _parents(widget))
    return "" if scrolls or window.rect().contains(place) else f"it stands outside, at {place}"


def _cut_in_header(table: QTableView) -> str:
    header = table.horizontalHeader()
    for column in range(header.count()):
        text = table.model().headerData(column, Qt.Orientation.Horizontal) or ""
        needed, has = header.sectionSizeFromContents(column).width(), header.sectionSize(column)
        if text and not header.isSectionHidden(column) and needed > has:
            return f"column {text!r} {needed} wide, has {has}"
    return ""


def _parents(widget: QWidget) -> Iterator[QWidget]:
    while (widget := widget.parentWidget()) is not None:
        yield widget


# --- In every window, dialog and state -----------------------------------------------------------


@pytest.fixture
def last_window_stays(qapp) -> Iterator[None]:
    quits = qapp.quitOnLastWindowClosed()
    qapp.setQuitOnLastWindowClosed(False)
    yield
    qapp.setQuitOnLastWindowClosed(quits)


@pytest.mark.parametrize("name", SCENES)
def test_every_text_is_translated_and_none_is_cut_off(
    name, looks, made_up_language, last_window_stays
):
    found = {}

    def look(picture: str, widget: QWidget) -> None:
        if isinstance(widget, QDialog):
            widget.resize(widget.size().boundedTo(SMALLEST))
        for problem in in_english(widget):
            found.setdefault(f"not translated: {problem}", picture)
        for problem in cut_off(widget):
            found.setdefault(f"cut off: {problem}", picture)

    stage = Stage(looks, look, (SMALLEST.width(), SMALLEST.height()))
    stage.play(SCENES[name])
    assert not found, "\n".join(f"{picture}: {problem}" for problem, picture in found.items())


# --- Real locales --------------------------------------------------------------------------------


@pytest.fixture
def germany(looks) -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    yield
    QLocale.setDefault(before)


def test_money_numbers_and_dates_are_written_as_in_the_systems_locale(germany):
    noon = datetime(2026, 5, 14, 12, 5, tzinfo=UTC)
    assert words.money(Money(431050, "GBP")) == "£4.310,50"
    assert words.number(12345) == "12.345"
    assert words.payments(12345) == "12.345 payments"
    local = noon.astimezone()
    assert words.moment(noon).startswith(f"{local:%d.%m.}")


def test_a_report_is_the_same_everywhere(germany, tmp_path):
    """Other programs read it: dots in amounts, ISO dates."""
    rows = made_up.ready_rows(2)
    file = tmp_path / "report.csv"
    write_csv(file, report_words.report_header(), report_words.report_rows(rows))
    with file.open(encoding="utf-8-sig", newline="") as lines:
        [first, _] = csv.DictReader(lines)
    assert first["Amount"] == "42.50"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", first["Created (UTC)"])


@pytest.mark.parametrize(
    ("wanted", "there", "found"),
    [
        (["de-DE", "de-Latn-DE", "de"], {"en", "de"}, ["en", "de"]),
        (["de-AT", "de"], {"en", "de", "de-AT"}, ["en", "de-AT"]),
        (["en-GB", "en", "de"], {"en", "de"}, ["en"]),  # English comes first, so English it is
        (["fr-FR", "fr"], {"en", "de"}, ["en"]),
        (["fr-FR", "fr", "de-DE", "de"], {"en", "de"}, ["en", "de"]),
        ([], {"en"}, ["en"]),
        (["C"], {"en"}, ["en"]),
    ],
)
def test_the_operators_language_is_taken_where_there_is_one(wanted, there, found):
    assert find_translations(wanted, there) == found
