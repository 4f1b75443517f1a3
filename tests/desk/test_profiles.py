"""The list of profiles: what it takes, what it keeps, and what becomes of a file it can't read."""

import json
import os
import stat
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cancel_desk
from cancel_desk.desk.profiles import (
    NAME_LIMIT,
    PRACTICE,
    Environment,
    Profile,
    ProfileError,
    Profiles,
    Refusal,
    environment_of,
)
from cancel_desk.dojo.key import ApiKey

SANDBOX = ApiKey("sk_sandbox_CanaryCanary0001")
LIVE = ApiKey("sk_prod_CanaryCanary0002")
OTHER_LIVE = ApiKey("sk_prod_CanaryCanary0003")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "not yet there" / "Cancel Desk" / "profiles.json"


def refused(task: object, *arguments: object) -> Refusal:
    with pytest.raises(ProfileError) as caught:
        task(*arguments)
    return caught.value.reason


def leftovers(path: Path) -> list[Path]:
    return [other for other in path.parent.iterdir() if other != path]


# --- The list ------------------------------------------------------------------------------------


def test_the_key_tells_the_environment() -> None:
    assert environment_of(SANDBOX) is Environment.SANDBOX
    assert environment_of(LIVE) is Environment.LIVE


def test_the_first_start_has_practice_alone_and_writes_nothing(path: Path) -> None:
    profiles = Profiles(path)
    assert list(profiles) == [PRACTICE]
    assert profiles.last_used is PRACTICE
    assert profiles.get(PRACTICE.id) is PRACTICE
    assert profiles.set_aside is None
    assert not path.parent.exists()


def test_the_list_is_the_same_after_a_restart(path: Path) -> None:
    profiles = Profiles(path)
    leeds = profiles.add("Leeds shop", LIVE, verified=True)
    test = profiles.add("Prüfung 🧪 測試", SANDBOX, verified=False)
    assert leeds == Profile(leeds.id, "Leeds shop", Environment.LIVE, "0002", verified=True)
    assert test == Profile(test.id, "Prüfung 🧪 測試", Environment.SANDBOX, "0001", verified=False)
    assert leeds.id != test.id
    profiles.use(test.id)

    again = Profiles(path)
    assert list(again) == list(profiles) == [PRACTICE, leeds, test]
    assert again.last_used == test
    assert again.get(leeds.id) == leeds


def test_changes_keep_the_place_and_the_id(path: Path) -> None:
    profiles = Profiles(path)
    leeds = profiles.add("Leeds", LIVE, verified=True)
    york = profiles.add("York", LIVE, verified=True)
    leeds = profiles.rename(leeds.id, "Leeds, Briggate")
    leeds = profiles.replace_key(leeds.id, OTHER_LIVE, verified=False)
    assert (leeds.name, leeds.key_hint, leeds.verified) == ("Leeds, Briggate", "0003", False)
    assert list(profiles) == list(Profiles(path)) == [PRACTICE, leeds, york]


def test_a_deleted_profile_is_gone_and_no_longer_the_last_used(path: Path) -> None:
    profiles = Profiles(path)
    leeds = profiles.add("Leeds", LIVE, verified=True)
    york = profiles.add("York", LIVE, verified=True)
    profiles.use(leeds.id)
    profiles.delete(leeds.id)
    for seen in (profiles, Profiles(path)):
        assert list(seen) == [PRACTICE, york]
        assert seen.last_used is PRACTICE
        assert refused(seen.get, leeds.id) is Refusal.UNKNOWN
    assert profiles.add("Leeds", LIVE, verified=True).id != leeds.id


def test_practice_can_be_used_again(path: Path) -> None:
    profiles = Profiles(path)
    profiles.use(profiles.add("Leeds", LIVE, verified=True).id)
    profiles.use(PRACTICE.id)
    assert Profiles(path).last_used is PRACTICE


@pytest.mark.parametrize("profile_id", [PRACTICE.id, "0" * 32, ""])
def test_only_stored_profiles_change(path: Path, profile_id: str) -> None:
    profiles = Profiles(path)
    assert refused(profiles.rename, profile_id, "New") is Refusal.UNKNOWN
    assert refused(profiles.replace_key, profile_id, LIVE, True) is Refusal.UNKNOWN
    assert refused(profiles.delete, profile_id) is Refusal.UNKNOWN
    if profile_id != PRACTICE.id:
        assert refused(profiles.use, profile_id) is Refusal.UNKNOWN
    assert not path.exists()


def test_a_profile_never_changes_its_environment(path: Path) -> None:
    profiles = Profiles(path)
    test = profiles.add("Test", SANDBOX, verified=True)
    assert refused(profiles.replace_key, test.id, LIVE, True) is Refusal.OTHER_ENVIRONMENT
    assert list(Profiles(path)) == [PRACTICE, test]


def test_a_profile_fits_its_own_key_alone(path: Path) -> None:
    leeds = Profiles(path).add("Leeds", LIVE, verified=True)
    assert leeds.fits(LIVE)
    assert not leeds.fits(OTHER_LIVE)
    assert not leeds.fits(ApiKey(LIVE.secret.replace("prod", "sandbox")))


def test_two_windows_do_not_undo_each_others_changes(path: Path) -> None:
    here, there = Profiles(path), Profiles(path)
    leeds = here.add("Leeds", LIVE, verified=True)
    york = there.add("York", LIVE, verified=True)
    assert refused(here.add, "York", LIVE, True) is Refusal.NAME_TAKEN
    there.use(leeds.id)
    here.delete(leeds.id)
    assert refused(there.rename, leeds.id, "Leeds 2") is Refusal.UNKNOWN
    assert list(there) == list(Profiles(path)) == [PRACTICE, york]


# --- Names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", Refusal.NAME_EMPTY),
        (" \t\n\u3000", Refusal.NAME_EMPTY),
        ("x" * (NAME_LIMIT + 1), Refusal.NAME_TOO_LONG),
        ("x" * 1_000_000, Refusal.NAME_TOO_LONG),
        ("Leeds\nYork", Refusal.NAME_UNPRINTABLE),
        ("Leeds\0", Refusal.NAME_UNPRINTABLE),
        ("Leeds\x1b[31m", Refusal.NAME_UNPRINTABLE),
        ("Leeds \u202eevil", Refusal.NAME_UNPRINTABLE),
        ("Leeds \u2066x\u2069", Refusal.NAME_UNPRINTABLE),
        ("Le\u200beds", Refusal.NAME_UNPRINTABLE),
        ("Le\u2028eds", Refusal.NAME_UNPRINTABLE),
        ("Le\ud800eds", Refusal.NAME_UNPRINTABLE),
        (LIVE.secret, Refusal.NAME_HOLDS_KEY),
        (f"Leeds ({SANDBOX.secret.upper()})", Refusal.NAME_HOLDS_KEY),
        ("Leeds", Refusal.NAME_TAKEN),
        ("  LEEDS ", Refusal.NAME_TAKEN),
        ("\uff2ceeds", Refusal.NAME_TAKEN),  # a wide L
        ("Straße", Refusal.NAME_TAKEN),
        ("new  YORK", Refusal.NAME_TAKEN),
        ("practice", Refusal.NAME_TAKEN),
    ],
)
def test_a_name_that_cannot_be_used_changes_nothing(path: Path, name: str, reason: Refusal) -> None:
    profiles = Profiles(path)
    for taken in ("Leeds", "STRASSE", "New York"):
        profiles.add(taken, LIVE, verified=True)
    test = profiles.add("Test", SANDBOX, verified=True)
    before = path.read_bytes()
    assert refused(profiles.add, name, LIVE, True) is reason
    assert refused(profiles.rename, test.id, name) is reason
    assert path.read_bytes() == before


def test_a_name_may_be_changed_to_itself_in_other_letters(path: Path) -> None:
    profiles = Profiles(path)
    leeds = profiles.add("leeds", LIVE, verified=True)
    assert profiles.rename(leeds.id, "Leeds").name == "Leeds"


def test_a_name_is_stored_composed_and_without_outer_space(path: Path) -> None:
    assert Profiles(path).add(" Cafe\u0301 \n", LIVE, verified=True).name == "Caf\u00e9"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text())
def test_any_name_is_refused_or_kept_for_good(tmp_path_factory, name: str) -> None:
    path = tmp_path_factory.mktemp("any") / "profiles.json"
    try:
        added = Profiles(path).add(name, LIVE, verified=True)
    except ProfileError:
        assert not path.exists()
    else:
        again = Profiles(path)
        assert again.set_aside is None
        assert list(again) == [PRACTICE, added]
        assert added.name == unicodedata.normalize("NFC", name).strip()


# --- The file ------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_the_file_is_private_from_the_start_and_stays_so(path: Path) -> None:
    old = os.umask(0)
    try:
        profiles = Profiles(path)
        profiles.add("Leeds", LIVE, verified=True)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        path.chmod(0o644)
        path.parent.chmod(0o755)
        profiles.add("York", LIVE, verified=True)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    finally:
        os.umask(old)
    assert leftovers(path) == []


def test_the_file_holds_no_key(path: Path) -> None:
    profiles = Profiles(path)
    leeds = profiles.add("Leeds", LIVE, verified=True)
    profiles.replace_key(leeds.id, OTHER_LIVE, verified=True)
    assert b"Canary" not in path.read_bytes()


GOOD = {
    "version": 1,
    "profiles": [
        {
            "id": "0123456789abcdef" * 2,
            "name": "Leeds",
            "environment": "live",
            "key_hint": "0002",
            "verified": True,
        }
    ],
    "last_used": "practice",
}
LEEDS = GOOD["profiles"][0]


def with_leeds(**changes: object) -> dict[str, object]:
    return GOOD | {"profiles": [LEEDS | changes]}


BROKEN = {
    "empty": b"",
    "no JSON": b"{",
    "cut": json.dumps(GOOD).encode()[:-20],
    "no text": b"\xff\xfe\x00",
    "deep": b"[" * 100_000,
    "other": [],
    "newer": GOOD | {"version": 2},
    "no version": {name: GOOD[name] for name in ("profiles", "last_used")},
    "a field of the future": GOOD | {"colour": "red"},
    "a profile's field of the future": with_leeds(colour="red"),
    "field missing": GOOD | {"profiles": [{"id": LEEDS["id"]}]},
    "no profile": GOOD | {"profiles": [None]},
    "no list": GOOD | {"profiles": {}},
    "last used": GOOD | {"last_used": 5},
    "id": with_leeds(id="../1"),
    "id of practice": with_leeds(id="practice"),
    "id twice": GOOD | {"profiles": [LEEDS, LEEDS | {"name": "York"}]},
    "name twice": GOOD | {"profiles": [LEEDS, LEEDS | {"id": "1" * 32}]},
    "name": with_leeds(name="Le\u202eeds"),
    "name of practice": with_leeds(name="Practice"),
    "environment": with_leeds(environment="moon"),
    "practice": with_leeds(environment="practice"),
    "a whole key for a hint": with_leeds(key_hint=LIVE.secret),
    "verified": with_leeds(verified="yes"),
}


def test_what_is_varied_below_is_good(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(GOOD, indent=4))
    profiles = Profiles(path)
    assert [one.name for one in profiles] == ["Practice", "Leeds"]
    assert profiles.set_aside is None


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_a_file_that_cannot_be_used_is_set_aside(path: Path, content: object) -> None:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.parent.mkdir(parents=True)
    path.write_bytes(data)

    profiles = Profiles(path)
    assert list(profiles) == [PRACTICE]
    assert not path.exists()
    assert profiles.set_aside.read_bytes() == data
    leeds = profiles.add("Leeds", LIVE, verified=True)

    again = Profiles(path)
    assert list(again) == [PRACTICE, leeds]
    assert again.set_aside is None
    assert profiles.set_aside.read_bytes() == data


def test_files_set_aside_do_not_replace_each_other(path: Path) -> None:
    path.parent.mkdir(parents=True)
    aside = set()
    for content in (b"one", b"two", b"three"):
        path.write_bytes(content)
        aside.add(Profiles(path).set_aside)
    assert {file.read_bytes() for file in aside} == {b"one", b"two", b"three"}
    assert {file.suffix for file in aside} == {".json"}


def test_a_file_that_breaks_while_the_program_runs_is_set_aside(path: Path) -> None:
    profiles = Profiles(path)
    leeds = profiles.add("Leeds", LIVE, verified=True)
    path.write_bytes(b"broken")
    assert refused(profiles.rename, leeds.id, "York") is Refusal.UNKNOWN
    assert profiles.set_aside.read_bytes() == b"broken"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_changed_byte_is_harmless_or_sets_the_file_aside(
    tmp_path_factory, place: int, byte: int
) -> None:
    path = tmp_path_factory.mktemp("byte") / "profiles.json"
    data = bytearray(json.dumps(GOOD, indent=2).encode())
    data[place % len(data)] = byte
    path.write_bytes(data)
    profiles = Profiles(path)
    if profiles.set_aside:
        assert list(profiles) == [PRACTICE]
        assert profiles.set_aside.read_bytes() == data
    else:
        _, leeds = profiles
        profiles.rename(leeds.id, "Another")
        assert Profiles(path).set_aside is None


def test_a_file_that_cannot_be_read_is_left_alone(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(OSError, match=r"profiles\.json"):
        Profiles(path)
    assert leftovers(path) == []


FULL_DISK = """
import resource, sys
from pathlib import Path
from cancel_desk.desk.profiles import Profiles
from cancel_desk.dojo.key import ApiKey
profiles = Profiles(Path(sys.argv[1]))
before = list(profiles)
resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))  # no room for a second profile
try:
    profiles.add("York", ApiKey("sk_prod_CanaryCanary0003"), verified=True)
except OSError:
    sys.exit(0 if list(profiles) == before else 3)
sys.exit(4)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_full_disk_leaves_the_list_as_it_was(path: Path) -> None:
    profiles = Profiles(path)
    profiles.add("Leeds", LIVE, verified=True)
    before = path.read_bytes()
    environ = os.environ | {"PYTHONPATH": str(Path(cancel_desk.__file__).parents[1])}
    subprocess.run([sys.executable, "-c", FULL_DISK, str(path)], env=environ, check=True)
    assert path.read_bytes() == before
    assert leftovers(path) == []
    assert Profiles(path).set_aside is None
