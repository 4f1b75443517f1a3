"""Files that only this user may read, written whole or not at all, and never thrown away."""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TypeVar

_T = TypeVar("_T")


def write_private(path: Path, data: bytes) -> None:
    """Put `data` in place of the file, and make it last.

    A crash or a full disk at any moment leaves either the old content or the new one.

    Args:
        path: the file, mode 0600 from its first moment. Its folder is the program's own: it is
            made if need be, and given mode 0700.
        data: the whole new content.

    Raises:
        OSError: it could not be written; what was there before still is.
    """
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=folder)  # mkstemp means 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(folder)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to; at the end it takes the place of `path`, whole, or is gone.

    Raises:
        OSError: it could not be written; what was there before still is.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_or_set_aside(path: Path, parse: Callable[[bytes], _T]) -> tuple[_T | None, Path | None]:
    """Read a file of the program's own; one that it can't use is renamed, so that it stays.

    Args:
        path: the file; there may be none.
        parse: makes of its content what it means; a ValueError says that it can't be used.

    Returns:
        What it means, None where there is nothing to use; and where it is now, if it was renamed.

    Raises:
        OSError: it is there and can't be read, or can't be renamed.
    """
    try:
        return parse(path.read_bytes()), None
    except FileNotFoundError:
        return None, None
    except (ValueError, RecursionError):
        return None, set_aside(path)


def set_aside(path: Path, beside: Iterable[str] = ()) -> Path:
    """Rename a file that can't be used so that nothing overwrites it; return its new path.

    Args:
        path: the file.
        beside: endings, added to its name, of files that belong to it. They go first: a library
            that finds them without it might take them for another's.

    Raises:
        OSError: it could not be renamed, so nothing may be written in its place.
    """
    stem = f"{path.stem}-set-aside-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    new, count = path.with_stem(stem), 1
    while new.exists():
        count += 1
        new = path.with_stem(f"{stem}-{count}")
    for ending in beside:
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(new.with_name(new.name + ending))
    return path.rename(new)


def _sync_folder(folder: Path) -> None:
    """Make a rename last, where that can be asked for: not on Windows or every network drive."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)


def make_private(path: Path) -> None:
    """Make the file, mode 0600, and its folder, mode 0700, where they are not there.

    For files that a library opens itself, and would make for everyone to read.

    Raises:
        OSError: it can't be made.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
