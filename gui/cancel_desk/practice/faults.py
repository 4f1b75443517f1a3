"""When things go wrong: which requests a fault strikes, how often and with what parameters."""

import inspect
import threading
from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from random import Random

from cancel_desk.practice.kinds import BEHAVIOURS, Exchange, Kind, Shape
from cancel_desk.practice.wire import Answer, Request


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong, as plain data.

    It strikes requests with one of the `methods` (empty: any) for the intent `id` (None:
    any, and requests for none), each with the probability `chance` (drawn from a generator
    seeded with `seed`), until it has struck `times` times (None: for ever).

    The other fields are parameters; None is the kind's own default, see `kinds`. `after`
    strikes after the request has done its work instead of before.

    Raises:
        TypeError: The kind lacks a parameter, or doesn't take one that is given.
    """

    kind: Kind
    _: KW_ONLY
    methods: tuple[str, ...] = ()
    id: str | None = None
    times: int | None = None
    chance: float = 1.0
    seed: int = 0
    seconds: float | None = None
    after: bool | None = None
    code: int | None = None
    shape: Shape | None = None
    detail: str | None = None
    retry_after: str | None = None
    url: str | None = None
    becomes: str | None = None
    sized: bool | None = None

    def __post_init__(self) -> None:
        """Refuses parameters that would do nothing, so that no test relies on them."""
        try:
            inspect.signature(BEHAVIOURS[self.kind]).bind(None, **self._parameters())
        except TypeError as error:
            raise TypeError(f"{self.kind}: {error}") from None

    def strike(self, exchange: Exchange) -> Answer:
        """Handles the request in this fault's way.

        Raises:
            DroppedError: The answer is a TCP reset.
        """
        return BEHAVIOURS[self.kind](exchange, **self._parameters())

    def _parameters(self) -> Mapping[str, object]:
        parameters = {
            "seconds": self.seconds,
            "after": self.after,
            "code": self.code,
            "shape": self.shape,
            "detail": self.detail,
            "retry_after": self.retry_after,
            "url": self.url,
            "becomes": self.becomes,
            "sized": self.sized,
        }
        return {name: value for name, value in parameters.items() if value is not None}


class Faults:
    """The faults of one server, in the order they were added. Safe to use from any thread."""

    def __init__(self) -> None:
        """Starts with none."""
        self._armed: tuple[_Armed, ...] = ()

    def add(self, *faults: Fault) -> None:
        """Has them strike from now on, inside those that were added before."""
        self._armed += tuple(map(_Armed, faults))

    def clear(self) -> None:
        """Has none strike any more; requests that were struck already are not freed."""
        self._armed = ()

    def striking(self, request: Request) -> Iterator[Fault]:
        """Those that strike the request, outermost first; each counts when it is reached."""
        return (armed.fault for armed in self._armed if armed.strikes(request))


class _Armed:
    """A fault with what it has done so far."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self._lock = threading.Lock()
        self._random = Random(fault.seed)  # noqa: S311 - repeatable, not secret
        self._left = fault.times

    def strikes(self, request: Request) -> bool:
        fault = self.fault
        if fault.methods and request.method not in fault.methods:
            return False
        if fault.id is not None and request.intent_id != fault.id:
            return False
        with self._lock:
            if self._left == 0 or (fault.chance < 1 and self._random.random() >= fault.chance):
                return False
            if self._left is not None:
                self._left -= 1
            return True
