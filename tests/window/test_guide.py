"""The operator's guide: it is there, it is whole, and what it says of the program is true."""

import re
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAccessible, QTextDocument
from PySide6.QtWidgets import QListWidget, QPushButton, QTextBrowser

import texts
from cancel_desk.window.guide_dialog import FIRST_PAGE, GuideDialog, contents

GUIDE = texts.ROOT / "resources/guide"
PAGES = sorted(GUIDE.glob("*.md"))
PICTURES = sorted((GUIDE / "pictures").glob("*.png"))

BOLD = re.compile(r"\*\*([^*]+)\*\*")
ITALIC = re.compile(r"(?<!\*)\*([^*]+)\*(?!\*)")
LINK = re.compile(r"(?<!!)\[[^]]+\]\(([^)]+)\)")
PICTURE = re.compile(r"!\[([^]]*)\]\(([^)]+)\)")
# Words in bold that name no button: colours, and a paragraph's subject.
NO_BUTTONS = {"Grey", "blue", "Green", "Amber", "Violet", "Red"}


def each_page(test):
    return pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)(test)


# --- The pages -----------------------------------------------------------------------------------


def test_the_contents_name_every_page():
    listed = [page for _, page in contents()]
    assert sorted([*listed, "index.md"]) == [page.name for page in PAGES]
    assert listed[0] == FIRST_PAGE
    for title, page in contents():
        assert (GUIDE / page).read_text().startswith(f"# {title}\n")


@each_page
def test_every_link_and_picture_is_there(page):
    text = page.read_text()
    for target in LINK.findall(text):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve()
        assert there.is_file(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", there.read_text(), re.MULTILINE)
            assert anchor in {heading.lower().replace(" ", "-") for heading in headings}
    for description, target in PICTURE.findall(text):
        assert description
        assert (page.parent / target).is_file(), target


def test_every_picture_is_used_and_all_are_small():
    used = {Path(target).name for page in PAGES for _, target in PICTURE.findall(page.read_text())}
    assert used == {picture.name for picture in PICTURES}
    assert len(used) <= 10
    assert sum(picture.stat().st_size for picture in PICTURES) < 1_500_000


@pytest.fixture(scope="module")
def on_screen() -> list[re.Pattern]:
    """Every text in the program, as it may read on screen."""
    return [_as_on_screen(text) for text in texts.all_texts()]


def _as_on_screen(text: str) -> re.Pattern:
    text = re.escape(re.sub("&(.)", r"\1", text))
    for place, may_be in {"%Ln": r"[\d,]+", "%n": r"[\d,]+", r"\(s\)": "s?"}.items():
        text = text.replace(place, may_be)
    return re.compile(re.sub(r"%\d", r"\\S+", text))


@each_page
def test_what_it_names_is_on_screen(page, on_screen):
    text = re.sub(r"\s+", " ", page.read_text())
    named = {part for bold in BOLD.findall(text) for part in bold.split(" → ")} - NO_BUTTONS
    named |= set(ITALIC.findall(BOLD.sub("", text)))
    for name in named:
        assert any(known.fullmatch(name) for known in on_screen), name


@each_page
def test_its_words_are_plain(page):
    text = page.read_text().lower()
    for word in ("please", "oops", "invalid", "simply", "error"):
        assert word not in text
    assert not re.search(r"\w'\w", text), "a typewriter's apostrophe"


# --- In the program ------------------------------------------------------------------------------


@pytest.fixture
def guide(qtbot, looks):
    dialog = GuideDialog()
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
    return dialog


def text_of(guide) -> QTextBrowser:
    return guide.findChild(QTextBrowser, "guideText")


def listed_in(guide) -> QListWidget:
    return guide.findChild(QListWidget, "guidePages")


def test_it_opens_at_the_first_page_and_turns_to_any(guide, qtbot):
    assert text_of(guide).toPlainText().startswith("First start and practice")
    pages = listed_in(guide)
    for row, (title, _) in enumerate(contents()):
        item = pages.visualItemRect(pages.item(row)).center()
        qtbot.mouseClick(pages.viewport(), Qt.MouseButton.LeftButton, pos=item)
        assert text_of(guide).toPlainText().startswith(title)


def test_links_lead_to_pages_and_the_list_follows(guide, qtbot):
    text_of(guide).setSource(text_of(guide).source().resolved(QUrl("your-key.md")))
    assert listed_in(guide).currentRow() == 1
    back = guide.findChild(QPushButton, "guideBackButton")
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert listed_in(guide).currentRow() == 0


def test_the_link_to_the_states_asks_for_their_table(guide, qtbot):
    with qtbot.waitSignal(guide.states_asked):
        text_of(guide).setSource(QUrl("../../README.md#what-every-state-means"))
    assert text_of(guide).toPlainText().startswith("First start")


@pytest.mark.parametrize(
    "address", ["https://example.com/first-start", "file:///etc/passwd", "../../LICENSE", "x.md"]
)
def test_nothing_but_the_guide_is_ever_loaded(guide, address):
    page = text_of(guide)
    page.setSource(QUrl(address))
    assert page.toPlainText().startswith("First start")
    assert page.loadResource(QTextDocument.ResourceType.MarkdownResource, QUrl(address)) is None


def test_pictures_are_shown_and_fit(guide):
    text = text_of(guide)
    for picture in PICTURES:
        image = text.loadResource(QTextDocument.ResourceType.ImageResource, QUrl(picture.name))
        assert 0 < image.deviceIndependentSize().width() <= text.viewport().width() - 36
    assert text.horizontalScrollBar().maximum() == 0


def test_it_is_read_by_keyboard_and_by_ear(guide, qtbot):
    for widget in (text_of(guide), listed_in(guide)):
        assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    listed_in(guide).setFocus()
    qtbot.keyClick(listed_in(guide), Qt.Key.Key_Down)
    assert text_of(guide).toPlainText().startswith(contents()[1][0])
    qtbot.keyClick(listed_in(guide), Qt.Key.Key_Tab)
    assert text_of(guide).hasFocus()


# --- From the window -----------------------------------------------------------------------------


def open_guide(desk):
    desk.wait(lambda: desk.dialog("guideDialog"))
    return desk.dialog("guideDialog")


def test_it_is_one_click_from_the_first_window(desk):
    desk.click("welcomeGuideButton")
    assert text_of(open_guide(desk)).toPlainText().startswith("First start and practice")


def test_it_stays_open_beside_the_window_and_comes_once(desk):
    desk.menu("helpButton", "guideAction")
    guide = open_guide(desk)
    desk.click("sampleButton")
    desk.wait(lambda: len(desk.ids) == 25)
    desk.menu("helpButton", "guideAction")
    assert open_guide(desk) is guide


def test_the_states_open_from_it(desk):
    desk.menu("helpButton", "guideAction")
    guide = open_guide(desk)
    follow = partial(text_of(guide).setSource, QUrl("../../README.md#what-every-state-means"))
    desk.in_dialog("helpDialog", follow, lambda dialog: dialog.done(0))
