"""Long work beside a window, with pauses in which the window gets the interpreter at once.

While it paints, it asks for the interpreter hundreds of times; a thread that never pauses would
make it wait each time.
"""

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

_T = TypeVar("_T")

_AT_WORK = 0.002  # seconds
_PAUSE = 0.0005  # seconds


def unhurried(items: Iterable[_T]) -> Iterator[_T]:
    """Yield the items, and pause for a moment now and then between two of them."""
    began = time.perf_counter()
    for item in items:
        yield item
        if time.perf_counter() - began > _AT_WORK:
            time.sleep(_PAUSE)
            began = time.perf_counter()
