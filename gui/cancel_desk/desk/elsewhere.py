"""Which other shop knows a payment that this one's key does not: looked up, never cancelled."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.events import FoundElsewhere
from cancel_desk.desk.keychain import KeychainError
from cancel_desk.desk.pace import PAUSES, REQUESTS_A_SECOND, Control, Pace
from cancel_desk.desk.profiles import Profile
from cancel_desk.dojo.intent import Intent
from cancel_desk.dojo.problem import Kind, Problem
from cancel_desk.dojo.proxy import ProxyAddressError

if TYPE_CHECKING:
    # Not at run time: it brings in requests, which can wait until the window is there.
    from cancel_desk.dojo.client import Client

# How many pauses in a row are waited for before a profile is given up.
_MAX_HOLDS = 3


def look_elsewhere(
    intent_ids: Sequence[str],
    profiles: Sequence[Profile],
    open_client: "Callable[[Profile], Client]",
    control: Control,
    clock: Clock,
    a_second: float = REQUESTS_A_SECOND,
) -> tuple[list[FoundElsewhere], list[Profile]]:
    """Read payments with other profiles' keys, until each is known or all have been asked.

    Args:
        intent_ids: the payments.
        profiles: whom to ask, one after the other.
        open_client: opens the API for a profile; may raise, which passes that profile over.
        control: to stop it.
        clock: whose time counts.
        a_second: requests started per second, at the most.

    Returns:
        What was found, and the profiles that could not be asked.
    """
    from cancel_desk.dojo.client import WrongEnvironmentError

    pace = Pace(clock, control, a_second)
    unknown = list(intent_ids)
    found: list[FoundElsewhere] = []
    unasked: list[Profile] = []
    for profile in profiles:
        if not unknown or control.stopping:
            break
        try:
            with open_client(profile) as client:
                known = _known(unknown, client, pace)
        except (_CantAskError, KeychainError, ProxyAddressError, WrongEnvironmentError):
            unasked.append(profile)
            continue
        found += [
            FoundElsewhere(at=clock.now(), intent_id=intent_id, profile=profile.name)
            for intent_id in known
        ]
        unknown = [intent_id for intent_id in unknown if intent_id not in known]
    return found, unasked


class _CantAskError(Exception):
    pass


def _known(intent_ids: Sequence[str], client: "Client", pace: Pace) -> set[str]:
    known = set()
    for intent_id in intent_ids:
        answer = _read(intent_id, client, pace)
        if isinstance(answer, Intent):
            known.add(intent_id)
    return known


def _read(intent_id: str, client: "Client", pace: Pace) -> Intent | None:
    """Read one payment; None where the key does not know it, or the operator stopped."""
    while pace.turn():
        answer = client.get(intent_id)
        match answer:
            case Intent() | Problem(kind=Kind.NOT_FOUND):
                pace.good()
                return answer if isinstance(answer, Intent) else None
            case Problem(kind=kind, retry_after=asked) if (
                kind in PAUSES and pace.holds < _MAX_HOLDS
            ):
                pace.hold(PAUSES[kind], asked)
            case _:
                raise _CantAskError
    return None
