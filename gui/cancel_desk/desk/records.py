"""Events as bytes and back: the form in which the journal keeps them."""

import functools
from typing import TYPE_CHECKING

from cancel_desk.desk.events import (
    Answered,
    AttemptStarted,
    Event,
    NotSent,
    PlanMade,
    ReadBack,
    RunClosed,
    RunDismissed,
    RunEnded,
    RunPaused,
    RunRemoved,
    RunResumed,
)
from cancel_desk.dojo.intent import Intent
from cancel_desk.dojo.problem import Problem

if TYPE_CHECKING:
    from cattrs.preconf.json import JsonConverter

_OfRun = (
    AttemptStarted
    | Answered
    | ReadBack
    | NotSent
    | RunPaused
    | RunResumed
    | RunEnded
    | RunDismissed
    | RunClosed
    | RunRemoved
)
RunEvent = PlanMade | _OfRun


class RecordError(ValueError):
    """The bytes are no event."""


def prepare() -> None:
    """Load the library now, so that no first event has to wait for it."""
    _converter()


def to_bytes(event: Event) -> bytes:
    """Return an event of a run as JSON; its fields hold nothing that must not be kept."""
    return _converter().dumps(event, RunEvent, separators=(",", ":")).encode()


def from_bytes(data: bytes) -> Event:
    """Return the event that `to_bytes` was given.

    Raises:
        RecordError: it was none, or one of a newer form.
    """
    try:
        event: Event = _converter().loads(data, RunEvent)  # type: ignore[arg-type]
    except Exception as error:
        # Whatever the library and the types behind it raise, it means just this.
        raise RecordError(f"{type(error).__name__}") from error
    return event


def run_of(event: Event) -> str:
    """Return the id of the run that an event belongs to.

    Raises:
        TypeError: the event is none of a run.
    """
    if isinstance(event, PlanMade):
        return event.plan.run_id
    if isinstance(event, _OfRun) and event.run_id:
        return event.run_id
    raise TypeError(f"{type(event).__name__} is no event of a run")


@functools.cache
def _converter() -> "JsonConverter":
    from cattrs.preconf.json import make_converter
    from cattrs.strategies import configure_tagged_union

    converter = make_converter(forbid_extra_keys=True)
    configure_tagged_union(Intent | Problem, converter)
    configure_tagged_union(RunEvent, converter)
    return converter
