"""A desktop for all walks, and the program anew on it for each."""

import pytest

import system

from .desktop import Desktop
from .program import started


@pytest.fixture(scope="session")
def desktop(tmp_path_factory):
    if missing := dict(system.missing_programs("test")):
        packages = " ".join(sorted(set(missing.values())))
        pytest.fail(f"This needs {', '.join(missing)}; install {packages}", pytrace=False)
    desktop = Desktop(tmp_path_factory.mktemp("desktop"))
    yield desktop
    desktop.close()


@pytest.fixture
def program(desktop, tmp_path):
    with started(desktop, tmp_path) as program:
        yield program
