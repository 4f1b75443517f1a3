"""`.ci/run`, with a `make` that only notes what it was asked for."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["package", "package-test"]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="CI runs on Linux")


@pytest.fixture
def run(tmp_path):
    """Runs it on a computer with a user, and with leave to mount or not; returns the targets."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", tmp_path / ".ci")

    def run(user=0, may_mount=True, broken="none"):
        programs = {
            "make": f'echo "$1" >> "{tmp_path}/asked"; [ "$1" != {broken} ]',
            "id": f"echo {user}",
            "unshare": "true" if may_mount else "exit 1",
        }
        for name, text in programs.items():
            file = tmp_path / "bin" / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(f"#!/bin/sh\n{text}\n")
            file.chmod(0o755)
        done = subprocess.run(
            ["bash", tmp_path / ".ci/run"],
            env=os.environ | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return done, (tmp_path / "asked").read_text().split()

    return run


def test_it_checks_everything_and_makes_and_tests_the_package_and_the_tests_are_last(run):
    done, asked = run()
    assert asked == ["lint", "types", "imports", *PACKAGES, "test"]
    assert done.returncode == 0
    assert done.stdout.endswith("== make test\n")


@pytest.mark.parametrize("computer", [{"user": 1000}, {"may_mount": False}])
def test_where_no_system_can_be_set_up_it_says_so_and_checks_the_rest(run, computer):
    done, asked = run(**computer)
    assert asked == ["lint", "types", "imports", "test"]
    assert done.returncode == 0
    assert "NO PACKAGE IS MADE OR TESTED" in done.stdout


@pytest.mark.parametrize("target", ["lint", "package-test", "test"])
def test_one_that_fails_fails_it_after_all_others(run, target):
    done, asked = run(broken=target)
    assert asked == ["lint", "types", "imports", *PACKAGES, "test"]
    assert done.returncode == 1
    assert done.stderr.endswith(f"failed: {target}\n")
