"""What can still be found in a journal that had to be set aside."""

from contextlib import suppress
from pathlib import Path

from cancel_desk.desk.intake.shape import ID

# SQLite's own files beside a journal's, by the endings of their names.
BESIDE = ("-wal", "-shm")


def salvage(path: Path) -> tuple[str, ...]:
    """Return the payment ids that stand in a file, or beside it, whatever state it is in.

    What is longer than a page is cut in pieces there, and so may be an id in a long plan. One that
    was sent for has a short entry of its own, which is never cut.

    Returns:
        Each id once, in the order in which they first appear.

    Raises:
        OSError: the file can't be read.
    """
    found = dict.fromkeys(ID.findall(_text(path)))
    for ending in BESIDE:
        with suppress(FileNotFoundError):
            found |= dict.fromkeys(ID.findall(_text(path.with_name(path.name + ending))))
    return tuple(found)


def _text(path: Path) -> str:
    return path.read_bytes().decode("latin-1")  # every byte a character
