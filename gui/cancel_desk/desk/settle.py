"""When to read an intent whose fate is not known, during a run and after it.

A DELETE whose answer was lost may take effect late, and nobody documents how late. So it is read,
and read again after growing waits, and never claimed to be anything that no read has said.
"""

# Waits before the first reads after an attempt, in seconds. All but the first are at least
# READS_APART, so that any two reads prove what two reads are to prove.
FIRST_WAITS = (2.0, 10.0, 30.0, 60.0)
LATER_WAIT = 300.0


def wait_before(read: int) -> float:
    """Return the seconds to wait before the `read`th read (from 0) of an unknown intent."""
    return FIRST_WAITS[read] if read < len(FIRST_WAITS) else LATER_WAIT


def is_patience_over(reads: int) -> bool:
    """Tell whether a run need not stay open any longer for an intent read so many times.

    It goes on being read after the run, every `LATER_WAIT` seconds.
    """
    return reads >= len(FIRST_WAITS)
