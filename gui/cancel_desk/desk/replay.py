"""What the journal tells of a run, as the rows it has left."""

import logging
from collections.abc import Iterable

from cancel_desk.desk.events import Event, PlanMade, RowEvent, RunEnded
from cancel_desk.desk.row import IllegalTransitionError, Row

_log = logging.getLogger(__name__)


def replay(begun: PlanMade, told: Iterable[Event]) -> tuple[Row, ...]:
    """Return the plan's rows, in its order, as all that happened in the run has left them."""
    rows = {planned.intent_id: Row.of_plan(planned, begun) for planned in begun.plan.rows}
    for event in told:
        if isinstance(event, RowEvent):
            _retell(rows, event)
        elif isinstance(event, RunEnded):
            for row in rows.values():
                if row.in_run:
                    row.apply(event)
    return tuple(rows.values())


def _retell(rows: dict[str, Row], event: RowEvent) -> None:
    """Let an event take its effect again.

    One that can't follow from what was kept shows that something before it could not be kept (a
    full disk). It is left out: the row then ends in a state that claims less, and is read again.
    """
    try:
        rows[event.intent_id].apply(event)
    except (IllegalTransitionError, KeyError):
        _log.warning("left out of %s: %s", event.intent_id, type(event).__name__)
