"""`cancel-desk --self-check`, as it is started, on systems that have or lack what it looks for."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

LINE = re.compile(r"(ok|warning|failed) +([a-z]+): (.+)")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="about what Linux has")


@pytest.fixture
def check(tmp_path):
    """Runs the check with a home of its own and no session; gives its exit code and output."""

    def run(*arguments, code="", **variables) -> subprocess.CompletedProcess[str]:
        kept = {"LD_LIBRARY_PATH", "PATH", "PATHEXT", "SYSTEMROOT", "TEMP"}
        environment = {name: value for name, value in os.environ.items() if name in kept}
        environment |= {
            "HOME": str(tmp_path),
            "LOCALAPPDATA": str(tmp_path),
            "XDG_DATA_HOME": str(tmp_path / "share"),
            **variables,
        }
        start = "import sys; from cancel_desk.__main__ import main; sys.exit(main())"
        command = [sys.executable, "-W", "error", "-c", f"{code}\n{start}", "--self-check"]
        return subprocess.run(
            [*command, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def findings(done) -> dict[str, set[tuple[str, str]]]:
    """Return verdicts and texts by subject."""
    found = {}
    for line in done.stdout.splitlines()[:-1]:
        verdict, subject, text = LINE.fullmatch(line).groups()
        found.setdefault(subject, set()).add((verdict, text))
    return found


def verdicts(done, subject) -> set[str]:
    return {verdict for verdict, _ in findings(done)[subject]}


def texts(done, subject) -> str:
    return "\n".join(text for _, text in findings(done)[subject])


def test_where_all_is_well_but_for_the_keyring(check):
    done = check()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert done.stdout.endswith("Cancel Desk can work here.\n")
    for subject in (
        "program",
        "window",
        "pictures",
        "policy",
        "versions",
        "network",
        "trust",
        "data",
    ):
        assert verdicts(done, subject) == {"ok"}, findings(done)[subject]
    assert "https://api.dojo.tech" in texts(done, "network")


@linux_only
def test_without_a_keyring_it_warns_and_says_what_that_means(check):
    done = check()
    [(verdict, text)] = findings(done)["keyring"]
    assert verdict == "warning"
    assert "keys can be kept for one session only" in text


def test_it_leaves_nothing_behind(check, tmp_path):
    check()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_for_machines(check):
    done = check("--json")
    said = json.loads(done.stdout)
    assert said["program"] == "cancel-desk"
    assert re.fullmatch(r"\d+\.\d+\.\d+", said["version"])
    assert said["ok"] is True
    for finding in said["findings"]:
        assert set(finding) == {"subject", "verdict", "text"}
        assert finding["verdict"] in {"ok", "warning", "failed"}


def test_json_alone_is_a_mistake():
    done = subprocess.run(
        [sys.executable, "-m", "cancel_desk", "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "--self-check" in done.stderr


@linux_only
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"),
        ("SSL_CERT_DIR", "/etc/ssl/certs"),
        ("SSLKEYLOGFILE", "/nowhere/keys"),
    ],
)
def test_what_overrides_trust_is_named(check, variable, value):
    done = check(**{variable: value})
    assert done.returncode == 0
    assert "warning" in verdicts(done, "trust")
    assert variable in texts(done, "trust")


@linux_only
def test_nobody_to_trust_is_a_failure(check, tmp_path):
    """A file and a folder that are there hide the system's."""
    (tmp_path / "none").mkdir()
    (tmp_path / "none.pem").touch()
    done = check(SSL_CERT_FILE=str(tmp_path / "none.pem"), SSL_CERT_DIR=str(tmp_path / "none"))
    assert done.returncode == 1
    assert "failed" in verdicts(done, "trust")


def test_an_address_elsewhere_fails_and_one_on_this_computer_is_named(check):
    assert verdicts(check(CANCEL_DESK_API_URL="https://example.org"), "network") == {"failed"}
    done = check(CANCEL_DESK_API_URL="http://127.0.0.1:8080")
    assert done.returncode == 0
    [(verdict, text)] = findings(done)["network"]
    assert verdict == "warning"
    assert "CANCEL_DESK_API_URL" in text
    assert "http://127.0.0.1:8080" in text


@pytest.mark.parametrize(
    ("text", "verdict", "said"),
    [("most_payments = 5\n", "ok", "is obeyed"), ("most_payments = five\n", "failed", "line 1")],
)
def test_the_policy_is_looked_for_and_read(check, tmp_path, text, verdict, said):
    (tmp_path / "policy.toml").write_text(text)
    there = f"""
from pathlib import Path
import cancel_desk.desk.policy as policy
policy.policy_path = lambda: Path({str(tmp_path / "policy.toml")!r})
"""
    done = check(code=there)
    assert verdicts(done, "policy") == {verdict}
    assert said in texts(done, "policy")
    assert done.returncode == (verdict == "failed")


def test_a_key_in_the_environment_is_not_printed(check):
    key = "sk_prod_CanaryCanaryCanary0001"
    done = check(CANCEL_DESK_API_URL=f"https://{key}@api.dojo.tech", SSLKEYLOGFILE=key)
    assert "Canary" not in done.stdout + done.stderr


def test_a_data_folder_that_can_t_be_made_is_a_failure(check, tmp_path):
    (tmp_path / "taken").write_text("a file")
    done = check(
        XDG_DATA_HOME=str(tmp_path / "taken"),
        LOCALAPPDATA=str(tmp_path / "taken"),
        HOME=str(tmp_path / "taken"),
    )
    assert done.returncode == 1
    assert verdicts(done, "data") == {"failed"}
    assert done.stdout.endswith("1 failed.\n")


@pytest.mark.parametrize("library", ["openpyxl", "requests", "cattrs.preconf.json"])
def test_a_library_that_is_missing_is_a_failure(check, library):
    done = check(code=f"import sys; sys.modules[{library!r}] = None")
    assert done.returncode == 1
    assert library.split(".")[0] in texts(done, "program")


@linux_only
def test_a_keyring_library_that_is_missing_is_a_failure(check):
    """Without it the program would go on, and no key would ever be kept."""
    done = check(code="import sys; sys.modules['secretstorage'] = None")
    assert done.returncode == 1
    assert verdicts(done, "keyring") == {"failed"}


def test_a_picture_that_is_missing_is_a_failure(check):
    hide = """
import cancel_desk.window.resources as resources
from pathlib import PurePath
real = resources.resource_bytes
def without_the_clock(name):
    if name == "icons/clock.svg":
        raise FileNotFoundError(name)
    return real(name)
resources.resource_bytes = without_the_clock
"""
    done = check(code=hide)
    assert done.returncode == 1
    assert "clock.svg" in texts(done, "pictures")


@linux_only
def test_a_way_to_the_screen_that_can_t_be_loaded_is_a_failure(check, tmp_path):
    """The plug-ins alone, away from the libraries that they need."""
    import PySide6

    platforms = tmp_path / "plugins/platforms"
    platforms.mkdir(parents=True)
    real = Path(PySide6.__file__).parent / "Qt/plugins/platforms"
    (platforms / "libqoffscreen.so").symlink_to(real / "libqoffscreen.so")
    (platforms / "libqxcb.so").write_bytes(b"no library")
    move = f"""
from PySide6.QtCore import QLibraryInfo
QLibraryInfo.path = lambda place: {str(tmp_path / "plugins")!r}
"""
    done = check(code=move)
    assert done.returncode == 1
    assert verdicts(done, "window") >= {"failed"}
    assert "libqxcb.so" in texts(done, "window")
    assert "wayland is missing" in texts(done, "window")
