"""Help, check for a new version: the one page that may ever be opened, and only by the operator."""

import os
import sys
from functools import partial
from importlib.metadata import version

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton

from cancel_desk.window import new_version

PAGE = "https://it.example/programs/cancel-desk?newest"
BUILT_IN = "https://project.example/cancel-desk/releases"


class Browser(QObject):
    """Stands for the system's: keeps what it was asked to open, and among which libraries."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.library_path: str | None = None

    @Slot(QUrl)
    def open(self, url) -> None:
        self.opened.append(url.toString())
        self.library_path = os.environ.get("LD_LIBRARY_PATH")


@pytest.fixture
def browser():
    browser = Browser()
    QDesktopServices.setUrlHandler("https", browser, "open")
    yield browser
    QDesktopServices.unsetUrlHandler("https")


@pytest.fixture
def policy(tmp_path):
    (tmp_path / "policy.toml").write_text(f'releases_page = "{PAGE}"\n')


@pytest.fixture
def built_in(monkeypatch):
    """As in a package that was built where the project has pages."""
    files = {"releases-page.txt": f"{BUILT_IN}\n".encode()}
    monkeypatch.setattr(new_version, "resource_bytes", files.__getitem__)


def in_dialog(desk, act) -> None:
    desk.in_dialog("newVersionDialog", lambda: desk.menu("helpButton", "newVersionAction"), act)


def open_page(desk) -> None:
    in_dialog(desk, partial(desk.click, "openPageButton"))


def test_the_organisation_s_page_opens_in_the_browser_when_the_operator_says_so(
    policy, browser, built_in, desk
):
    def act(dialog) -> None:
        assert version("cancel-desk") in desk.text("newVersionText", dialog)
        assert desk.text("newVersionAddress", dialog).replace("\u200b", "") == PAGE
        assert browser.opened == []
        desk.click("openPageButton", dialog)

    in_dialog(desk, act)
    assert browser.opened == [PAGE]


def test_without_such_a_page_it_is_the_one_the_package_was_built_with(browser, built_in, desk):
    open_page(desk)
    assert browser.opened == [BUILT_IN]


def test_nothing_opens_otherwise_and_to_leave_it_is_what_enter_does(policy, browser, desk):
    in_dialog(desk, lambda dialog: desk.press(Qt.Key.Key_Return, widget=dialog))
    assert browser.opened == []


def test_where_nobody_has_said_which_page_it_is_the_operator_is_told_whom_to_ask(browser, desk):
    def act(dialog) -> None:
        said = desk.text("newVersionText", dialog)
        assert version("cancel-desk") in said
        assert "ask who gave it to you" in said
        [close] = dialog.findChildren(QPushButton)
        desk.click(close)

    in_dialog(desk, act)
    assert browser.opened == []


def test_a_policy_with_a_slip_in_it_leaves_the_page_that_is_built_in(
    tmp_path, browser, built_in, desk
):
    (tmp_path / "policy.toml").write_text('releases_page = "http://it.example"\n')
    open_page(desk)
    assert browser.opened == [BUILT_IN]


def test_without_a_browser_the_address_can_be_copied(policy, desk):
    """The platform of the tests has none."""

    def act(dialog) -> None:
        trouble = desk.find(QLabel, "newVersionTrouble", dialog)
        assert not trouble.isVisible()
        desk.click("openPageButton", dialog)
        assert trouble.isVisible()
        desk.click("copyAddressButton", dialog)
        desk.click("newVersionLeaveButton", dialog)

    in_dialog(desk, act)
    assert QGuiApplication.clipboard().text() == PAGE


@pytest.mark.parametrize("before", ["/opt/theirs", None])
def test_a_frozen_program_leaves_its_libraries_out_of_the_browser(
    policy, browser, desk, monkeypatch, before
):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/usr/lib/cancel-desk/_internal")
    if before is None:
        monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    else:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    open_page(desk)
    assert browser.opened == [PAGE]
    assert browser.library_path == before
