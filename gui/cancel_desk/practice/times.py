"""Moments as the API writes them: ISO 8601 in UTC, with none to nine fractional digits.

Inside the practice server a moment is a whole number of nanoseconds since 1970 (UTC), because
`datetime` stops at microseconds and the API does not.
"""

import re
from datetime import UTC, datetime

SECOND = 1_000_000_000
DAY = 86_400 * SECOND

_WRITTEN = re.compile(
    r"(?P<whole>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(?P<fraction>\d{1,9}))?(?P<zone>Z|[+-]\d\d:\d\d)",
    re.ASCII,
)


def write_time(moment: int, digits: int) -> str:
    """The moment (nanoseconds) with that many fractional digits (0 to 9), the rest cut off."""
    seconds, nanoseconds = divmod(moment, SECOND)
    whole = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{nanoseconds:09d}"[: len(whole) + 1 + digits].rstrip(".") + "Z"


def read_time(text: str) -> int:
    """The moment (nanoseconds) that is written there.

    Raises:
        ValueError: The text is not a moment with a zone.
    """
    parts = _WRITTEN.fullmatch(text)
    if parts is None:
        raise ValueError("not a moment in ISO 8601 with a zone")
    whole = datetime.fromisoformat(parts["whole"] + parts["zone"].replace("Z", "+00:00"))
    return int(whole.timestamp()) * SECOND + int((parts["fraction"] or "").ljust(9, "0"))
