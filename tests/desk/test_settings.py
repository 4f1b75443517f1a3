"""Settings and policy: what is kept, what binds, and that nothing broken ever loosens anything."""

import errno
import json
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cancel_desk.desk.effective import Effective, Source
from cancel_desk.desk.limits import Exceeded, Limit, exceeded
from cancel_desk.desk.policy import Policy, PolicyError, PolicyFault, policy_path, read_policy
from cancel_desk.desk.profiles import Environment
from cancel_desk.desk.settings import (
    LONGEST_RETENTION,
    SHORTEST_RETENTION,
    TEXT_SIZES,
    ReasonRule,
    Settings,
    Speed,
    ThemeChoice,
    operator_name,
    proxy_in_use,
)
from cancel_desk.desk.settings_store import SettingsStore
from cancel_desk.dojo.proxy import Flaw, ProxyAddressError

POLICY = """\
# Everything that can be set.
speed = "normal"
most_payments = 500
retention_months = 24
reason = "required"
proxy = "proxy.example:8080"
theme = "dark"
text_size = 125
releases_page = "https://it.example/cancel-desk?newest"

[most_totals]
GBP = 1_000_000  # £10,000.00
EUR = 5000
"""

ALL_CHANGED = Settings(
    operator_name="Anna Ødegård",
    speed=Speed.GENTLE,
    most_payments=40,
    most_totals={"GBP": 12345, "EUR": 1},
    retention_months=36,
    proxy="http://proxy.example:3128",
    theme=ThemeChoice.DARK,
    text_size=150,
    reason=ReasonRule.REQUIRED,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "not yet there" / "settings.json"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


def policy_of(text: str | bytes, path: Path) -> Policy:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_policy(path)


# --- The operator's file -------------------------------------------------------------------------


def test_the_first_start_has_the_defaults_and_writes_nothing(path: Path, policy: Path) -> None:
    store = SettingsStore(path, policy)
    assert store.effective.settings == Settings()
    assert Settings().retention_months == 12
    assert Settings().proxy == "none"
    assert store.set_aside is None
    assert not path.parent.exists()
    assert not policy.exists()


def test_every_setting_is_the_same_after_a_restart(path: Path, policy: Path) -> None:
    for name, value in ALL_CHANGED.chosen().items():
        assert value != getattr(Settings(), name)
    assert SettingsStore(path, policy).change(Settings(), ALL_CHANGED).settings == ALL_CHANGED
    again = SettingsStore(path, policy)
    assert again.effective.settings == again.effective.chosen == ALL_CHANGED
    assert again.change(ALL_CHANGED, Settings()).settings == Settings()
    assert SettingsStore(path, policy).effective.settings == Settings()


def test_two_windows_keep_each_other_s_changes(path: Path, policy: Path) -> None:
    one, other = SettingsStore(path, policy), SettingsStore(path, policy)
    one.change(Settings(), Settings(text_size=150))
    other.change(Settings(), Settings(speed=Speed.GENTLE))
    assert other.effective.settings == Settings(text_size=150, speed=Speed.GENTLE)
    assert SettingsStore(path, policy).effective.settings == other.effective.settings
    assert one.reload() == other.effective


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_it_is_for_this_user_alone(path: Path, policy: Path) -> None:
    SettingsStore(path, policy).change(Settings(), ALL_CHANGED)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def stored(**changes: object) -> str:
    document = {"version": 1, "settings": {}, **changes}
    return json.dumps(document)


BROKEN = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[" * 100_000,
    b"null",
    stored(version=2),
    stored(version="1"),
    stored(more=1),
    stored(settings=[]),
    stored(settings={"volume": 11}),
    stored(settings={"speed": "ludicrous"}),
    stored(settings={"speed": None}),
    stored(settings={"speed": 5}),
    stored(settings={"text_size": 101}),
    stored(settings={"text_size": "100"}),
    stored(settings={"text_size": 100.0}),
    stored(settings={"most_payments": 0}),
    stored(settings={"most_payments": -1}),
    stored(settings={"most_payments": True}),
    stored(settings={"most_payments": 5.5}),
    stored(settings={"most_payments": 10**16}),
    stored(settings={"most_totals": {"GBP": 0}}),
    stored(settings={"most_totals": {"GBP": "5"}}),
    stored(settings={"most_totals": {"gbp": 5}}),
    stored(settings={"most_totals": {"GBP\n": 5}}),
    stored(settings={"most_totals": 5}),
    stored(settings={"retention_months": 0}),
    stored(settings={"retention_months": LONGEST_RETENTION + 1}),
    stored(settings={"proxy": ""}),
    stored(settings={"proxy": "http://anna:secret@proxy:80"}),
    stored(settings={"operator_name": "x" * 61}),
    stored(settings={"operator_name": "two\nlines"}),
    stored(settings={"operator_name": "\u202eevil"}),
    stored(settings={"operator_name": "sk_prod_CanaryCanary0001"}),
    stored(settings={"operator_name": 7}),
]


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_file_is_set_aside_and_the_defaults_hold(
    path: Path, policy: Path, content: str | bytes
) -> None:
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir()
    path.write_bytes(data)
    store = SettingsStore(path, policy)
    assert store.effective.settings == Settings()
    assert store.set_aside is not None
    assert store.set_aside.read_bytes() == data
    assert not path.exists()
    assert store.change(Settings(), ALL_CHANGED).settings == ALL_CHANGED
    assert store.set_aside.read_bytes() == data


def test_a_file_of_an_older_version_lacks_what_is_new(path: Path, policy: Path) -> None:
    path.parent.mkdir()
    path.write_text(stored(settings={"speed": "fast"}))
    store = SettingsStore(path, policy)
    assert store.effective.settings == Settings(speed=Speed.FAST)
    assert store.set_aside is None


def test_what_can_t_be_written_changes_nothing(
    path: Path, policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    store = SettingsStore(path, policy)
    store.change(Settings(), ALL_CHANGED)
    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store.change(ALL_CHANGED, Settings())
    assert store.effective.settings == ALL_CHANGED
    assert [*path.parent.iterdir()] == [path]
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("typed", "kept"), [("  Anna  ", "Anna"), ("", ""), ("A\u030a", "\u00c5"), ("x" * 60, "x" * 60)]
)
def test_a_name_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert operator_name(typed) == kept


# --- The policy file -----------------------------------------------------------------------------


def test_without_a_policy_nothing_is_bound(policy: Path) -> None:
    assert read_policy(policy) == Policy()
    assert policy_of("# nothing yet\n", policy) == Policy()


@pytest.mark.parametrize("text", [POLICY, "\ufeff" + POLICY, POLICY.replace("\n", "\r\n")])
def test_all_that_a_policy_can_say(policy: Path, text: str) -> None:
    assert policy_of(text, policy) == Policy(
        speed=Speed.NORMAL,
        most_payments=500,
        most_totals={"GBP": 1_000_000, "EUR": 5000},
        retention_months=24,
        reason=ReasonRule.REQUIRED,
        proxy="http://proxy.example:8080",
        theme=ThemeChoice.DARK,
        text_size=125,
        releases_page="https://it.example/cancel-desk?newest",
    )


SLIPS = [
    ('speed = "fastest"', PolicyFault.WRONG_VALUE, "speed"),
    ("speed = fast", PolicyFault.NOT_TOML, ""),
    ("speed = 2", PolicyFault.WRONG_VALUE, "speed"),
    ('sped = "normal"', PolicyFault.UNKNOWN_NAME, "sped"),
    ('Speed = "normal"', PolicyFault.UNKNOWN_NAME, "Speed"),
    ('"speed " = "normal"', PolicyFault.UNKNOWN_NAME, "speed "),
    ('most_payments = "500"', PolicyFault.WRONG_VALUE, "most_payments"),
    ("most_payments = 0", PolicyFault.WRONG_VALUE, "most_payments"),
    ("most_payments = 500.0", PolicyFault.WRONG_VALUE, "most_payments"),
    ("most_payments = true", PolicyFault.WRONG_VALUE, "most_payments"),
    ("most_payments = 1979-05-27", PolicyFault.WRONG_VALUE, "most_payments"),
    ("most_payments = 500\nmost_payments = 600", PolicyFault.NOT_TOML, ""),
    ("retention_months = -1", PolicyFault.WRONG_VALUE, "retention_months"),
    ('reason = "yes"', PolicyFault.WRONG_VALUE, "reason"),
    ('proxy = "socks5://proxy:1080"', PolicyFault.WRONG_VALUE, "proxy"),
    ('proxy = ""', PolicyFault.WRONG_VALUE, "proxy"),
    ("text_size = 300", PolicyFault.WRONG_VALUE, "text_size"),
    ('releases_page = ""', PolicyFault.WRONG_VALUE, "releases_page"),
    ('releases_page = "http://it.example/"', PolicyFault.WRONG_VALUE, "releases_page"),
    ('releases_page = "it.example/cancel-desk"', PolicyFault.WRONG_VALUE, "releases_page"),
    ('releases_page = "file:///usr/bin/xeyes"', PolicyFault.WRONG_VALUE, "releases_page"),
    ('releases_page = "https://"', PolicyFault.WRONG_VALUE, "releases_page"),
    ('releases_page = "https://dojo.tech@evil.example"', PolicyFault.WRONG_VALUE, "releases_page"),
    ('releases_page = "https://it.example\\n/"', PolicyFault.WRONG_VALUE, "releases_page"),
    ('releases_page = "https://it.example/a b"', PolicyFault.WRONG_VALUE, "releases_page"),
    ("releases_page = true", PolicyFault.WRONG_VALUE, "releases_page"),
    ('operator_name = "Anna"', PolicyFault.UNKNOWN_NAME, "operator_name"),
    ('error = "none"', PolicyFault.UNKNOWN_NAME, "error"),
    ("most_totals = 5", PolicyFault.WRONG_VALUE, "most_totals"),
    ("most_totals.GBP = 0", PolicyFault.WRONG_VALUE, "GBP"),
    ('most_totals = {GBP = "10000.00"}', PolicyFault.WRONG_VALUE, "GBP"),
    ("most_totals.Gbp = 5", PolicyFault.UNKNOWN_NAME, "Gbp"),
    ("[most_totals]\nGBP = 5\nmost_payments = 5", PolicyFault.UNKNOWN_NAME, "most_payments"),
    ("limits = {most_payments = 5}", PolicyFault.UNKNOWN_NAME, "limits"),
    ("[most_totals", PolicyFault.NOT_TOML, ""),
]


@pytest.mark.parametrize(("slip", "fault", "name"), SLIPS)
def test_a_slip_is_named_with_its_line_and_lets_nothing_through(
    policy: Path, slip: str, fault: PolicyFault, name: str
) -> None:
    found = policy_of('# speed = "gentle"\n\ntheme = "dark"\n' + slip, policy)
    error = found.error
    assert error is not None
    assert (error.path, error.fault, error.name) == (policy, fault, name)
    assert error.line == 4 + slip.count("\n")
    assert f"{policy}, line {error.line}: {fault.value}" in str(error)
    binds_as_tightly_as_can_be(found)


def binds_as_tightly_as_can_be(policy: Policy) -> None:
    what_holds = Effective(Settings(speed=Speed.FAST, retention_months=1), policy)
    assert what_holds.settings.speed is Speed.GENTLE
    assert what_holds.settings.retention_months == LONGEST_RETENTION
    assert what_holds.refuses_run(Environment.LIVE) is policy.error is not None
    assert what_holds.refuses_run(Environment.SANDBOX) is None
    assert what_holds.refuses_run(Environment.PRACTICE) is None
    assert all(what_holds.needs_reason(environment) for environment in Environment)


@pytest.mark.parametrize(
    "content", [b"\xff\xfespeed", b"speed = '\xe9'", b"a = " + b"[" * 50_000, b"\0", b"a"]
)
def test_what_is_no_toml_at_all(policy: Path, content: bytes) -> None:
    found = policy_of(content, policy)
    assert found.error is not None
    assert found.error.fault is PolicyFault.NOT_TOML
    binds_as_tightly_as_can_be(found)


def test_a_policy_that_can_t_be_opened_is_not_one_that_is_not_there(
    policy: Path, tmp_path: Path
) -> None:
    policy.mkdir()
    beneath_a_file = tmp_path / "file" / "policy.toml"
    beneath_a_file.parent.write_text("")
    nowhere = tmp_path / "link.toml"
    nowhere.symlink_to(tmp_path / "moved away")
    for path in (policy, beneath_a_file, nowhere):
        found = read_policy(path)
        assert found.error is not None
        assert (found.error.fault, found.error.line) == (PolicyFault.UNREADABLE, None)
        assert str(path) in str(found.error)
        binds_as_tightly_as_can_be(found)


def test_no_letter_of_a_policy_can_be_dropped_and_loosen_it_unseen(policy: Path) -> None:
    """Unless it is a digit, or the end of a comment, the whole is refused or binds the same."""
    whole, refused = policy_of(POLICY, policy), 0
    lines = POLICY.splitlines(keepends=True)
    for number, line in enumerate(lines):
        for at, letter in enumerate(line):
            dropped = line[:at] + line[at + 1 :]
            if letter.isdigit() or (letter == "\n" and "#" in line):
                continue
            found = policy_of("".join([*lines[:number], dropped, *lines[number + 1 :]]), policy)
            refused += found.error is not None
            if found.error is None:
                same = replace(found, proxy=whole.proxy, releases_page=whole.releases_page)
                assert same == whole, repr(dropped)
    assert refused > 100


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("linux", "/etc/xdg/cancel-desk/policy.toml"),
        ("darwin", "/Library/Application Support/cancel-desk/policy.toml"),
        ("win32", "X:/Data/cancel-desk/policy.toml"),
    ],
)
def test_the_operator_s_environment_can_t_move_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, expected: str
) -> None:
    class Key:
        def __enter__(self) -> "Key":
            return self

        def __exit__(self, *_: object) -> None: ...

    registry = SimpleNamespace(
        HKEY_LOCAL_MACHINE=1,
        OpenKey=lambda hive, _: Key() if hive == 1 else None,
        QueryValueEx=lambda _, name: {"Common AppData": ("X:/Data", 1)}[name],
    )
    monkeypatch.setitem(sys.modules, "winreg", registry)
    monkeypatch.setattr(sys, "platform", platform)
    for name in ("XDG_CONFIG_DIRS", "WIN_PD_OVERRIDE_COMMON_APPDATA", "PROGRAMDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    assert policy_path().as_posix() == expected


# --- What holds ----------------------------------------------------------------------------------

LIMITS = st.none() | st.integers(1, 1000)
TOTALS = st.dictionaries(st.sampled_from(["GBP", "EUR", "CHF"]), st.integers(1, 1000))
RETENTION = st.integers(SHORTEST_RETENTION, LONGEST_RETENTION)
SETTINGS = st.builds(
    Settings,
    speed=st.sampled_from(Speed),
    most_payments=LIMITS,
    most_totals=TOTALS,
    retention_months=RETENTION,
    proxy=st.sampled_from(["none", "system", "http://own:1"]),
    theme=st.sampled_from(ThemeChoice),
    text_size=st.sampled_from(TEXT_SIZES),
    reason=st.sampled_from(ReasonRule),
)
POLICIES = st.builds(
    Policy,
    speed=st.sampled_from(Speed),
    most_payments=LIMITS,
    most_totals=TOTALS,
    retention_months=RETENTION,
    proxy=st.none() | st.sampled_from(["none", "system", "http://theirs:1"]),
    theme=st.none() | st.sampled_from(ThemeChoice),
    text_size=st.none() | st.sampled_from(TEXT_SIZES),
    reason=st.sampled_from(ReasonRule),
)
UNBOUND = 10**18


@given(SETTINGS, POLICIES, st.integers(0, 1100), TOTALS)
def test_the_operator_can_tighten_and_never_widen(
    chosen: Settings, policy: Policy, count: int, totals: dict[str, int]
) -> None:
    what_holds = Effective(chosen, policy)
    held = what_holds.settings
    for bound in (chosen, policy):
        assert held.speed.in_flight <= bound.speed.in_flight
        assert held.retention_months >= bound.retention_months
        assert (held.most_payments or UNBOUND) <= (bound.most_payments or UNBOUND)
        for currency, most in bound.most_totals.items():
            assert held.most_totals[currency] <= most
        if bound.reason is ReasonRule.REQUIRED:
            assert held.reason is ReasonRule.REQUIRED
    assert held.proxy == (policy.proxy or chosen.proxy)
    assert held.theme == (policy.theme or chosen.theme)
    assert held.text_size == (policy.text_size or chosen.text_size)
    fits = count <= (held.most_payments or UNBOUND) and all(
        total <= held.most_totals.get(currency, UNBOUND) for currency, total in totals.items()
    )
    assert (exceeded(count, totals, what_holds.limits) is None) == fits


@given(SETTINGS)
def test_without_a_policy_the_choice_holds(chosen: Settings) -> None:
    assert Effective(chosen, Policy()).settings == chosen


def test_each_value_says_where_it_is_from() -> None:
    chosen = Settings(speed=Speed.FAST, most_payments=40, text_size=150, most_totals={"EUR": 9})
    policy = Policy(speed=Speed.NORMAL, most_payments=500, theme=ThemeChoice.DARK)
    source = Effective(chosen, policy).source
    assert source("speed") is Source.POLICY
    assert source("theme") is Source.POLICY
    assert source("most_payments") is Source.OPERATOR
    assert source("text_size") is Source.OPERATOR
    assert source("operator_name") is Source.DEFAULT
    assert source("proxy") is Source.DEFAULT
    assert source("reason") is Source.DEFAULT
    assert Effective(Settings(), policy).source("most_payments") is Source.POLICY


def test_so_does_the_limit_of_each_currency() -> None:
    what_holds = Effective(
        Settings(most_totals={"GBP": 100, "EUR": 9}),
        Policy(most_totals={"GBP": 50, "EUR": 10, "CHF": 7}),
    )
    sources = {each: what_holds.total_source(each) for each in ("GBP", "EUR", "CHF", "USD")}
    assert sources == {
        "GBP": Source.POLICY,
        "EUR": Source.OPERATOR,
        "CHF": Source.POLICY,
        "USD": Source.DEFAULT,
    }


def test_a_reason_is_always_needed_on_live() -> None:
    offered, required = Effective(Settings(), Policy()), Effective(ALL_CHANGED, Policy())
    assert [offered.needs_reason(each) for each in Environment] == [False, False, True]
    assert all(required.needs_reason(each) for each in Environment)


def test_a_policy_binds_from_the_next_look_on(path: Path, policy: Path) -> None:
    store = SettingsStore(path, policy)
    store.change(Settings(), Settings(speed=Speed.FAST))
    policy.write_text(POLICY)
    assert store.effective.settings.speed is Speed.FAST
    assert store.reload().settings.speed is Speed.NORMAL
    policy.unlink()
    # What the operator chose was kept all the while.
    assert SettingsStore(path, policy).effective.settings.speed is Speed.FAST


def test_the_program_never_writes_the_policy(path: Path, policy: Path) -> None:
    policy.write_text(POLICY)
    before = policy.stat()
    SettingsStore(path, policy).change(Settings(), ALL_CHANGED)
    assert policy.read_text() == POLICY
    assert policy.stat().st_mtime_ns == before.st_mtime_ns


# --- Limits --------------------------------------------------------------------------------------


def test_which_limit_and_whose_it_is() -> None:
    what_holds = Effective(
        Settings(most_payments=100, most_totals={"GBP": 900}),
        Policy(most_payments=500, most_totals={"GBP": 1000, "EUR": 5}),
    )

    def found(count: int, **totals: int) -> Exceeded | None:
        return exceeded(count, totals, what_holds.limits)

    assert found(100, GBP=900, EUR=5, CHF=10**9) is None
    assert found(101) == Exceeded(Limit(100, None, by_policy=False), 101)
    # About the organisation's there is nothing to do, so it is told first.
    assert found(501) == Exceeded(Limit(500, None, by_policy=True), 501)
    assert found(101, GBP=1001) == Exceeded(Limit(1000, "GBP", by_policy=True), 1001)
    assert found(1, GBP=901) == Exceeded(Limit(900, "GBP", by_policy=False), 901)
    assert found(1, EUR=6) == Exceeded(Limit(5, "EUR", by_policy=True), 6)


# --- The proxy in use ----------------------------------------------------------------------------


def test_the_system_is_asked_only_where_that_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://of-the-system:8080")
    assert proxy_in_use("none") is None
    assert proxy_in_use("system") == "http://of-the-system:8080"
    assert proxy_in_use("http://own:3128") == "http://own:3128"
    monkeypatch.setenv("HTTPS_PROXY", "http://anna:secret@proxy:8080")
    assert proxy_in_use("none") is None
    with pytest.raises(ProxyAddressError) as refusal:
        proxy_in_use("system")
    assert refusal.value.flaw is Flaw.PASSWORD


def test_the_speeds() -> None:
    assert [speed.in_flight for speed in Speed] == [2, 8, 16]


def test_an_error_tells_enough_for_a_log() -> None:
    error = PolicyError(Path("/p"), PolicyFault.WRONG_VALUE, 3, "speed")
    assert str(error) == "/p, line 3: wrong value: speed"
