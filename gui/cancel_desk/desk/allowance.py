"""What a server lets through, judged from the moment it refused.

Most limits are token buckets: so many requests a second, and a burst on top after a rest. In each
span of time that ends with the first refusal there began just more requests than
burst + rate x seconds, and in the tightest of them hardly more. One stretch of requests can't tell
a large burst from a high rate; a short and a long one together can.
"""

from collections.abc import Iterable, Sequence

# Spans that end with a refusal: how many requests began in each, that one too, and its seconds.
Spans = Sequence[tuple[int, float]]

# What is assumed until more is known: the burst is at most what comes in a second.
_LONGEST_BURST = 1.0
# A span says nothing of the rate while it holds hardly more than a burst.
_BURSTS = 3
_ROUNDS = 8


class Allowance:
    """Learns a server's limit from one refusal after the other."""

    def __init__(self) -> None:
        self._shortest: Spans = ()

    def judge(self, starts: Iterable[float], refused: float) -> float:
        """Return how many requests a second the server allows, by the evidence so far.

        Args:
            starts: when requests began, in order, since the server had had a rest.
            refused: when the first of them began that was refused; what came after is passed over.
        """
        spans = _spans(starts, refused)
        if len(spans) < len(self._shortest) or not self._shortest:
            self._shortest = spans
        rate = max(count / (seconds + _LONGEST_BURST) for count, seconds in spans)
        burst = rate * _LONGEST_BURST
        for _ in range(_ROUNDS):  # a higher rate means a smaller burst, and the other way round
            smaller = max(1, min(burst, _burst(self._shortest, rate)))
            if smaller == burst:
                break
            burst = smaller
            rate = max(rate, _rate(spans, burst))
        return rate


def _spans(starts: Iterable[float], refused: float) -> Spans:
    lengths = [refused - start for start in starts if start < refused]
    return [(len(lengths) + 1 - place, length) for place, length in enumerate(lengths)] or [
        (1, 0.0)
    ]


def _burst(spans: Spans, rate: float) -> int:
    # By half a request more or less, the refused one was too much; and bursts are whole numbers.
    return round(max(count - 0.5 - rate * seconds for count, seconds in spans))


def _rate(spans: Spans, burst: float) -> float:
    telling = [(count, seconds) for count, seconds in spans if count > _BURSTS * burst]
    return max(((count - burst) / seconds for count, seconds in telling), default=0.0)
