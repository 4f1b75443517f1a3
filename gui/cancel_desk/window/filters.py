"""The groups of states by which the operator narrows the list down."""

from enum import StrEnum

from cancel_desk.desk.row import State
from cancel_desk.window.translation import tr


class Filter(StrEnum):
    """What to show; the values are the chips' stable names."""

    ALL = "all"
    READY = "ready"
    BUSY = "busy"
    CANCELLED = "cancelled"
    CANT = "cant"
    NOT_FOUND = "notFound"
    LOOK = "look"


STATES: dict[Filter, frozenset[State]] = {
    Filter.ALL: frozenset(State),
    Filter.READY: frozenset({State.READY}),
    Filter.BUSY: frozenset(
        {State.ADDED, State.CHECKING, State.WAITING, State.CANCELLING, State.UNKNOWN}
    ),
    Filter.CANCELLED: frozenset({State.CANCELLED}),
    Filter.CANT: frozenset({State.NOT_CANCELLABLE, State.ALREADY_CANCELLED, State.PAID_MEANWHILE}),
    Filter.NOT_FOUND: frozenset({State.NOT_FOUND}),
    Filter.LOOK: frozenset({State.COULDNT_CHECK, State.CHANGED, State.REFUSED, State.NOT_SENT}),
}


def filter_name(which: Filter) -> str:
    """Return what a filter is called on its chip."""
    return {
        Filter.ALL: tr("All"),
        Filter.READY: tr("Ready"),
        Filter.BUSY: tr("In progress"),
        Filter.CANCELLED: tr("Cancelled"),
        Filter.CANT: tr("Can’t cancel"),
        Filter.NOT_FOUND: tr("Not found"),
        Filter.LOOK: tr("Needs a look"),
    }[which]
