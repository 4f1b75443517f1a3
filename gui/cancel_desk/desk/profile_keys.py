"""Profiles and their keys, changed together: both, or neither."""

from collections.abc import Callable

from cancel_desk.desk.profiles import Profile, Profiles
from cancel_desk.dojo.key import ApiKey

# Puts the key of a profile, by its id, where it is kept; raises KeychainError.
Keep = Callable[[str, ApiKey], None]


def add_profile(profiles: Profiles, name: str, key: ApiKey, verified: bool, keep: Keep) -> Profile:
    """Add a profile and keep its key.

    Raises:
        ProfileError: the name can't be used.
        KeychainError: the key could not be kept. There is no such profile then.
        OSError: the list could not be written.
    """
    profile = profiles.add(name, key, verified)
    try:
        keep(profile.id, key)
    except BaseException:
        profiles.delete(profile.id)
        raise
    return profile


def replace_key(
    profiles: Profiles, profile: Profile, key: ApiKey, verified: bool, keep: Keep
) -> Profile:
    """Give a profile another key.

    The list goes first: it can be put back, while the earlier key may be one that the keyring does
    not give any more.

    Raises:
        ProfileError: the profile is gone, or the key opens another environment.
        KeychainError: the key could not be kept. The profile is as it was then.
        OSError: the list could not be written.
    """
    new = profiles.replace_key(profile.id, key, verified)
    try:
        keep(profile.id, key)
    except BaseException:
        profiles.put_back(profile)
        raise
    return new
