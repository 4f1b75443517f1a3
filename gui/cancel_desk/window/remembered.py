"""How the operator left the window: its size and place, the columns, and the last folder."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow, QSplitter

from cancel_desk.window.batch_header import BatchHeader
from cancel_desk.window.batch_model import Column


class Remembered:
    """Keeps it in a file; one that can't be read or written is no loss.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._kept = QSettings(str(path), QSettings.Format.IniFormat)

    def restore(self, window: QMainWindow, splitter: QSplitter, columns: BatchHeader) -> None:
        """Put the window as it was left, where that is known."""
        window.restoreGeometry(self._bytes("window"))
        splitter.restoreState(self._bytes("splitter"))
        columns.restore(self._bytes(_COLUMNS))

    def _bytes(self, name: str) -> QByteArray:
        value = self._kept.value(name)
        return value if isinstance(value, QByteArray) else QByteArray()

    def keep(self, window: QMainWindow, splitter: QSplitter, columns: BatchHeader) -> None:
        """Keep how the window is now."""
        self._kept.setValue("window", window.saveGeometry())
        self._kept.setValue("splitter", splitter.saveState())
        self._kept.setValue(_COLUMNS, columns.saveState())
        self._kept.sync()

    @property
    def export_folder(self) -> Path | None:
        """Where a file was exported to last; None where that is not known."""
        value = self._kept.value(_EXPORT_FOLDER)
        return Path(value) if isinstance(value, str) and value else None

    def keep_export_folder(self, folder: Path) -> None:
        """Keep where a file was exported to."""
        self._kept.setValue(_EXPORT_FOLDER, str(folder))
        self._kept.sync()


_EXPORT_FOLDER = "export/folder"
# An arrangement of other columns than there are now would hide what is new.
_COLUMNS = "columns/" + "-".join(column.name.lower() for column in Column)
