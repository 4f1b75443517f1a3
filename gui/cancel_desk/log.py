"""The program's log: a few small files, in the system's place for them, with no key in them."""

import logging
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from cancel_desk.dojo.key import redact

_SIZE = 1_000_000
_FILES = 3


class _Redacting(logging.Formatter):
    """Formats a record whole, its traceback too, and takes keys out of that."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class _PrivateFiles(RotatingFileHandler):
    """Makes each of its files, also those that come later, readable by this user alone."""

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        path.touch(mode=0o600)
        path.chmod(0o600)  # it may be older
        return super()._open()


def start_log(folder: Path) -> Path:
    """Log into a folder from now on; return the file.

    A folder that can't be written leaves the program without a log rather than without a window.
    """
    path = folder / "cancel-desk.log"
    logging.raiseExceptions = False  # a handler in trouble would print the record as it came
    handler: logging.Handler
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = _PrivateFiles(path, maxBytes=_SIZE, backupCount=_FILES, encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(
        _Redacting("%(asctime)s %(levelname)s %(threadName)s %(name)s %(message)s")
    )
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return path
