"""Errands for someone who may be gone, or want something else, before they are done."""

from collections.abc import Callable
from typing import Any

from cancel_desk.window.worker import Errands


class Asking:
    """Runs errands, and brings what came of them only while it is still wanted.

    Args:
        errands: where they run. They may outlive whoever asked.
    """

    def __init__(self, errands: Errands) -> None:
        self._errands = errands
        self._turn = 0

    def run(
        self,
        do: Callable[[], Any],
        then: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Call `do` off the window's thread, then one of the others, unless dropped by then."""
        turn = self._turn

        def if_wanted(take: Callable[[Any], None]) -> Callable[[Any], None]:
            return lambda result: take(result) if turn == self._turn else None

        self._errands.run(do, if_wanted(then), if_wanted(failed))

    def drop(self) -> None:
        """Let nothing be heard any more of what has been asked up to now."""
        self._turn += 1
