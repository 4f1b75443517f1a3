"""Which texts are keys, and that a key shows itself nowhere."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cancel_desk.dojo.key import ApiKey, KeyFormatError, redact

SECRET = "CanaryQ7x-_.~+/=9Rk"
LIVE, SANDBOX = f"sk_prod_{SECRET}", f"sk_sandbox_{SECRET}"


def test_the_prefix_decides_the_environment():
    assert ApiKey(LIVE).live
    assert not ApiKey(SANDBOX).live


def test_surrounding_white_space_is_dropped():
    assert ApiKey(f"\t {SANDBOX}\r\n").secret == SANDBOX


@pytest.mark.parametrize(
    "text",
    [
        "",
        SECRET,
        "sk_prod_",
        "sk_prod_short",
        f"SK_PROD_{SECRET}",
        f"sk_live_{SECRET}",
        f"Basic {LIVE}",
        f"sk_prod_{SECRET}\n{SECRET}",
        f"sk_prod_{SECRET}\r\nX-Other: 1",
        f"sk_prod_{SECRET} {SECRET}",
        f"sk_prod_{SECRET}\x00",
        f"sk_prod_{SECRET}\u0430",  # a Cyrillic letter
        f"sk_prod_{SECRET}\u200b",  # a space that can't be seen
        "sk_prod_" + "x" * 257,
    ],
)
def test_other_texts_are_refused_without_being_repeated(text):
    with pytest.raises(KeyFormatError) as refusal:
        ApiKey(text)
    assert "Canary" not in str(refusal.value)
    assert refusal.value.__cause__ is None


@given(st.text())
def test_a_key_can_always_stand_in_a_header(tail):
    try:
        key = ApiKey(f"sk_prod_Canary00{tail}")
    except KeyFormatError:
        return
    assert key.secret.isascii()
    assert key.secret.isprintable()
    assert " " not in key.secret


def test_only_the_last_four_characters_are_shown():
    key = ApiKey(LIVE)
    assert key.hint == "=9Rk"
    for shown in (repr(key), str(key), f"{key}", f"{[key]}", f"{ ({'key': key}) }"):
        assert "Canary" not in shown
        assert "sk_prod_…=9Rk" in shown


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_not_taken_anywhere_by_pickle_or_copy(duplicate):
    with pytest.raises(TypeError):
        duplicate(ApiKey(LIVE))


def test_keys_are_equal_when_their_secrets_are():
    assert ApiKey(LIVE) == ApiKey(f" {LIVE}")
    assert len({ApiKey(LIVE), ApiKey(LIVE), ApiKey(SANDBOX)}) == 2
    assert ApiKey(LIVE) != LIVE


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"Authorization: Basic {LIVE}", "Authorization: Basic [key removed]"),
        (f"b'Basic {SANDBOX}'", "b'Basic [key removed]'"),
        (f"{{'key': '{LIVE}', 'n': 1}}", "{'key': '[key removed]', 'n': 1}"),
        (f"{LIVE} and {SANDBOX}", "[key removed] and [key removed]"),
        (LIVE.upper(), "[key removed]"),
        ("half of one: sk_prod_Ca", "half of one: [key removed]"),
        (rf"sk_prod_{SECRET}\n{SECRET}", "[key removed]"),
        ("basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "basic [key removed]"),
        ("Basic authentication failed", "Basic authentication failed"),
        ("no key here", "no key here"),
    ],
)
def test_texts_lose_their_keys(text, left):
    assert redact(text) == left


@given(st.text(), st.sampled_from([LIVE, SANDBOX]), st.text())
def test_a_key_is_found_in_any_text(before, key, after):
    assert "Canary" not in redact(before + key + after)
