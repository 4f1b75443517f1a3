"""What the packages say of the program: it has to be true, and the same everywhere."""

import configparser
import plistlib
import re
import tomllib
import xml.etree.ElementTree as ET
from importlib.metadata import version
from pathlib import Path

import pytest

import package
from cancel_desk.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
LINUX = ROOT / "packaging/linux"
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_program_knows_the_version_of_the_project():
    assert version("cancel-desk") == PROJECT["version"]


def test_the_version_is_three_numbers_as_windows_and_macos_want_it():
    assert re.fullmatch(r"\d+\.\d+\.\d+", PROJECT["version"])


def test_the_changelog_begins_with_what_is_not_released_or_with_this_version():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[([^\]]+)\]", changelog, re.MULTILINE)
    assert headings[0] in {"Unreleased", PROJECT["version"]}


class TestLinux:
    @pytest.fixture
    def entry(self):
        parser = configparser.RawConfigParser()
        parser.optionxform = str
        parser.read(LINUX / "cancel-desk.desktop", encoding="utf-8")
        return parser

    def test_the_desktop_entry_starts_the_command_that_is_installed(self, entry):
        assert entry["Desktop Entry"]["Exec"] == "cancel-desk"
        assert entry["Desktop Entry"]["Icon"] == "cancel-desk"
        for action in entry["Desktop Entry"]["Actions"].rstrip(";").split(";"):
            assert entry[f"Desktop Action {action}"]["Exec"].split()[0] == "cancel-desk"

    def test_the_desktop_finds_the_window_s_entry_by_its_name(self, entry):
        """What app.dress calls the desktop file is what the window says it belongs to."""
        source = (ROOT / "gui/cancel_desk/app.py").read_text(encoding="utf-8")
        [name] = re.findall(r'setDesktopFileName\("([^"]+)"\)', source)
        assert (LINUX / f"{name}.desktop").exists()
        assert entry["Desktop Entry"]["StartupWMClass"] == name

    def test_the_software_centre_starts_the_same_entry(self):
        component = ET.parse(LINUX / "cancel-desk.metainfo.xml").getroot()
        assert component.findtext("launchable") == "cancel-desk.desktop"
        assert component.findtext("provides/binary") == "cancel-desk"
        assert component.findtext("project_license") == PROJECT["license"]

    def test_with_the_project_s_pages_it_has_their_addresses_and_a_picture_that_is_there(self):
        component = ET.parse(LINUX / "cancel-desk.metainfo.xml").getroot()
        package.add_release(component, "1.2.3", 0, "https://example.org/cancel-desk")
        [image] = component.iter("image")
        place = image.text.removeprefix("https://example.org/cancel-desk/raw/v1.2.3/")
        assert (ROOT / place).exists()
        [release] = component.iter("release")
        assert release.get("version") == "1.2.3"

    def test_without_pages_it_names_none(self):
        component = ET.parse(LINUX / "cancel-desk.metainfo.xml").getroot()
        package.add_release(component, "1.2.3", 0, "")
        assert list(component.iter("url")) == []

    def test_the_manual_has_every_option(self, capsys):
        with pytest.raises(SystemExit):
            main(["--help"])
        options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
        manual = (LINUX / "cancel-desk.1").read_text(encoding="utf-8").replace("\\-", "-")
        assert options == set(re.findall(r"--[a-z-]+", manual))

    def test_the_package_asks_for_what_no_tool_can_see_and_nothing_that_is_brought(self):
        description = (LINUX / "nfpm.yaml").read_text(encoding="utf-8")
        depends, recommends = description.split("\ndepends:")[1].split("\nrecommends:")
        for name in ("ca-certificates", "fontconfig-config", "xkb-data", "fonts-dejavu-core"):
            assert name in depends
        assert "python" not in depends
        assert "qt" not in depends.lower()
        assert "org.freedesktop.secrets" in recommends


class TestMacos:
    @pytest.fixture
    def info(self):
        return plistlib.loads((ROOT / "packaging/macos/Info.plist").read_bytes())

    def test_the_bundle_is_an_application_that_can_be_drawn_sharply_and_darkly(self, info):
        assert info["CFBundlePackageType"] == "APPL"
        assert info["NSHighResolutionCapable"] is True
        assert info["NSRequiresAquaSystemAppearance"] is False

    def test_the_bundle_asks_for_nothing_of_the_operator(self, info):
        assert not [key for key in info if key.endswith("UsageDescription")]

    def test_the_version_is_left_to_the_freezing(self, info):
        assert not {"CFBundleVersion", "CFBundleShortVersionString"} & set(info)

    def test_the_runtime_is_hardened_but_for_what_python_and_the_lgpl_need(self):
        entitlements = plistlib.loads((ROOT / "packaging/macos/entitlements.plist").read_bytes())
        assert set(entitlements) == {
            "com.apple.security.cs.allow-unsigned-executable-memory",
            "com.apple.security.cs.disable-library-validation",
        }


class TestWindows:
    def test_the_uninstaller_deletes_what_the_program_keeps_where_it_keeps_it(self):
        script = (ROOT / "packaging/windows/cancel-desk.nsi").read_text(encoding="utf-8")
        source = (ROOT / "gui/cancel_desk/__main__.py").read_text(encoding="utf-8")
        [name] = re.findall(r'user_data_path\("([^"]+)", appauthor=False, roaming=False\)', source)
        assert f'!define PROGRAM "{name}"' in script
        assert r'RMDir /r "$LOCALAPPDATA\${PROGRAM}"' in script

    def test_the_installer_never_starts_the_program(self):
        script = (ROOT / "packaging/windows/cancel-desk.nsi").read_text(encoding="utf-8")
        assert not re.search(r"\bExec|MUI_FINISHPAGE_RUN", script)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
class TestWorkflows:
    def test_every_action_is_pinned_by_its_commit(self, workflow):
        used = re.findall(r"uses: (.*)", workflow.read_text(encoding="utf-8"))
        assert used
        for action in used:
            assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)

    def test_nothing_is_permitted_to_all_jobs_but_to_read(self, workflow):
        text = workflow.read_text(encoding="utf-8")
        [permissions] = re.findall(r"^permissions:(.*(?:\n  .*)*)", text, re.MULTILINE)
        assert "write" not in permissions

    def test_a_checkout_leaves_no_credentials(self, workflow):
        text = workflow.read_text(encoding="utf-8")
        assert text.count("actions/checkout@") == text.count("persist-credentials: false")


def test_a_secret_is_seen_by_the_step_that_signs_and_by_no_other():
    text = (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")
    for step in re.split(r"\n      - ", text):
        if "secrets." in step:
            assert re.search(r"name: Sign", step)


def test_no_step_puts_an_expression_into_a_shell_s_text():
    """It would be run, whatever is in it: what a script needs comes by the environment."""
    for workflow in WORKFLOWS:
        lines = workflow.read_text(encoding="utf-8").splitlines()
        assert lines
        in_script, depth = False, 0
        for line in lines:
            indent = len(line) - len(line.lstrip())
            if in_script and line.strip() and indent <= depth:
                in_script = False
            if in_script or re.match(r"\s*(- )?run: [^|]", line):
                assert "${{" not in line, line
            if re.match(r"\s*(- )?run: \|", line):
                in_script, depth = True, indent
