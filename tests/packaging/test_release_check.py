"""The check before a release: tag, version and changelog have to agree."""

import pytest

import release_check
from release_check import disagreements

CHANGELOG = """# Changelog

## [Unreleased]

### Added

- Something that is not out yet.

## [1.2.3] - 2026-11-23

- Something.

## [1.2.2] - 2026-11-01
"""


def test_all_the_same():
    assert disagreements("v1.2.3", "1.2.3", CHANGELOG) == []


@pytest.mark.parametrize("tag", ["1.2.3", "v1.2.4", "v1.2.3-rc1", "v1.2.30", "v1.2.2", ""])
def test_another_tag(tag):
    [said] = disagreements(tag, "1.2.3", CHANGELOG)
    assert "1.2.3" in said


def test_a_changelog_that_ends_with_the_release_before():
    [said] = disagreements("v1.2.4", "1.2.4", CHANGELOG)
    assert "1.2.3" in said
    assert "1.2.4" in said


def test_a_changelog_without_any_release():
    [said] = disagreements("v1.2.3", "1.2.3", "# Changelog\n\n## [Unreleased]\n\n- All of it.\n")
    assert "CHANGELOG.md" in said


def test_a_release_without_a_date_is_none():
    [said] = disagreements("v1.2.4", "1.2.4", "## [1.2.4]\n" + CHANGELOG)
    assert "1.2.3" in said


@pytest.mark.parametrize("version", ["1.2", "1.2.3rc1", "1.2.3.dev0", "\u0661.2.3"])
def test_a_version_that_is_none_of_a_release(version):
    changelog = CHANGELOG.replace("1.2.3", version)
    [said] = disagreements(f"v{version}", version, changelog)
    assert version in said


def test_as_a_command(capsys):
    assert release_check.main([]) == 2
    assert release_check.main(["v0.0.0"]) == 1
    assert "The tag is v0.0.0" in capsys.readouterr().err
