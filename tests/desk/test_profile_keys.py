"""Profile and key change together, or not at all."""

import pytest

from cancel_desk.desk.keychain import KeychainError, Reason
from cancel_desk.desk.profile_keys import add_profile, replace_key
from cancel_desk.desk.profiles import PRACTICE, ProfileError, Profiles
from cancel_desk.dojo.key import ApiKey

OLD = ApiKey("sk_sandbox_AAAAAAAAAAAAAAAAold1")
NEW = ApiKey("sk_sandbox_BBBBBBBBBBBBBBBBnew2")
LIVE = ApiKey("sk_prod_CCCCCCCCCCCCCCCClive")


@pytest.fixture
def profiles(tmp_path):
    return Profiles(tmp_path / "profiles.json")


def refuse(profile_id, key):
    raise KeychainError(Reason.LOCKED)


def test_both_are_kept(profiles):
    kept = {}
    profile = add_profile(profiles, "Leeds", OLD, True, kept.__setitem__)
    assert kept == {profile.id: OLD}
    new = replace_key(profiles, profile, NEW, False, kept.__setitem__)
    assert kept == {profile.id: NEW}
    assert (new.name, new.key_hint, new.verified) == ("Leeds", NEW.hint, False)
    assert list(profiles) == [PRACTICE, new]


def test_a_key_that_can_not_be_kept_leaves_no_profile(profiles):
    with pytest.raises(KeychainError):
        add_profile(profiles, "Leeds", OLD, True, refuse)
    assert list(profiles) == [PRACTICE]


def test_a_key_that_can_not_be_kept_leaves_the_earlier_one_in_use(profiles, tmp_path):
    profile = add_profile(profiles, "Leeds", OLD, True, {}.__setitem__)
    with pytest.raises(KeychainError):
        replace_key(profiles, profile, NEW, True, refuse)
    assert list(Profiles(tmp_path / "profiles.json")) == [PRACTICE, profile]


def test_a_list_that_can_not_be_written_leaves_the_earlier_key(profiles, monkeypatch):
    kept = {}
    profile = add_profile(profiles, "Leeds", OLD, True, kept.__setitem__)

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cancel_desk.desk.profiles.write_private", fail)
    with pytest.raises(OSError, match="No space"):
        replace_key(profiles, profile, NEW, True, kept.__setitem__)
    assert kept == {profile.id: OLD}
    assert profile.fits(kept[profile.id])


def test_a_key_of_another_environment_touches_nothing(profiles):
    kept = {}
    profile = add_profile(profiles, "Leeds", OLD, True, kept.__setitem__)
    with pytest.raises(ProfileError):
        replace_key(profiles, profile, LIVE, True, kept.__setitem__)
    assert kept == {profile.id: OLD}
