"""A look at a file before it is written: which payments, in which format, and its first rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.desk.report import as_texts
from cancel_desk.desk.row import Row
from cancel_desk.window import report_words, words
from cancel_desk.window.batch_model import BatchModel
from cancel_desk.window.form_dialog import FormDialog
from cancel_desk.window.notice import Notice
from cancel_desk.window.plain import plain_label, visible
from cancel_desk.window.text_table import text_table
from cancel_desk.window.translation import tr

PREVIEWED = 20  # rows
_REFRESH_AFTER = 100  # milliseconds
_AMOUNT = 4  # column of a report
_LETTERS = (48, 24, 44, 36, 14, 12, 26, 26, 16, 24, 24, 26, 10, 28, 16, 20, 40, 26, 18, 20)


class Format(Enum):
    """What kind of file; the values are object names."""

    EXCEL = "excelChip"
    CSV = "csvChip"

    @property
    def ending(self) -> str:
        """The file name's ending, with its dot."""
        return {Format.EXCEL: ".xlsx", Format.CSV: ".csv"}[self]

    def described(self) -> str:
        """Return the format as a file dialog lists it."""
        return {
            Format.EXCEL: tr("Excel workbook (*.xlsx)"),
            Format.CSV: tr("CSV for spreadsheets (*.csv)"),
        }[self]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the list that can be exported: its button, and the payments' ids."""

    chip: QPushButton
    ids: tuple[str, ...]


class ExportDialog(FormDialog):
    """Shows the rows exactly as they will be written, also while a run changes them.

    Args:
        model: the list.
        highlighted: rows in it; offered where they are several.
        kind: the format to begin with.
        parent: the window.
    """

    save_asked = Signal()

    def __init__(
        self,
        model: BatchModel,
        highlighted: Sequence[Row],
        kind: Format,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setWindowTitle(tr("Export payments"))
        self.resize(900, 560)
        self._batch = model.batch
        self.notice = Notice()
        self.notice.setObjectName("exportNotice")
        self._parts = self._offer(model, highlighted)
        self._formats = {each: _chip(each.value) for each in Format}
        self._formats[Format.EXCEL].setText(tr("&Excel"))
        self._formats[Format.CSV].setText(tr("C&SV"))
        self._formats[kind].setChecked(True)
        self._table = text_table(
            "exportPreview",
            tr("The first rows of the file"),
            report_words.report_header(),
            [],
            [letters * self.fontMetrics().averageCharWidth() for letters in _LETTERS],
            right={_AMOUNT},
        )
        self._told = plain_label(wrap=True)
        self._told.setObjectName("exportCountLabel")
        self._told.setProperty("muted", True)
        self._bar = QProgressBar()
        self._bar.setObjectName("exportProgress")
        self._bar.setAccessibleName(tr("Writing the file"))
        self._bar.setTextVisible(False)
        self._save = QPushButton(tr("Sa&ve…"))
        self._save.setObjectName("saveExportButton")
        self._save.setProperty("primary", True)
        self._close = QPushButton(tr("C&lose"))
        self._close.setObjectName("closeExportButton")
        self._refreshing = QTimer(self, singleShot=True, interval=_REFRESH_AFTER)
        self._lay_out()
        self._connect(model)
        self._refresh()
        self._save.setFocus()

    def _offer(self, model: BatchModel, highlighted: Sequence[Row]) -> list[_Part]:
        """Return what can be exported: the whole list, and parts of it that are parts."""
        whole, shown = _ids(self._batch.rows), _ids(model.shown_rows())
        parts = [_Part(_chip("wholeListChip", tr("&Whole list"), len(whole)), whole)]
        if shown and len(shown) < len(whole):
            parts.append(_Part(_chip("shownChip", tr("What is s&hown"), len(shown)), shown))
        if len(highlighted) > 1:
            chip = _chip("highlightedChip", tr("What is h&ighlighted"), len(highlighted))
            parts.append(_Part(chip, _ids(highlighted)))
        parts[0].chip.setChecked(True)
        return parts

    def _lay_out(self) -> None:
        choices = QGridLayout()
        choices.setHorizontalSpacing(14)
        choices.setVerticalSpacing(8)
        choices.setColumnStretch(1, 1)
        groups = (
            (tr("Payments"), [part.chip for part in self._parts]),
            (tr("Format"), list(self._formats.values())),
        )
        for line, (title, chips) in enumerate(groups):
            choices.addWidget(_strong(title), line, 0)
            choices.addLayout(_group(self, chips), line, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(self._told, 1)
        buttons.addWidget(self._bar, 1)
        buttons.addWidget(self._close)
        buttons.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(self.notice)
        column.addLayout(choices)
        column.addWidget(self._table, 1)
        column.addLayout(buttons)

    def _connect(self, model: BatchModel) -> None:
        for part in self._parts:
            part.chip.toggled.connect(self._refresh)
        self._refreshing.timeout.connect(self._refresh)
        model.dataChanged.connect(self._refresh_soon)
        self._save.clicked.connect(self.save_asked)
        self._close.clicked.connect(self.reject)

    @property
    def format(self) -> Format:
        """The format that is chosen."""
        return next(each for each, chip in self._formats.items() if chip.isChecked())

    def rows(self) -> list[Row]:
        """Return the rows that are chosen."""
        return self._rows(self._ids())

    def _ids(self) -> tuple[str, ...]:
        return next(part.ids for part in self._parts if part.chip.isChecked())

    def _rows(self, ids: Iterable[str]) -> list[Row]:
        return [self._batch.row(intent_id) for intent_id in ids if intent_id in self._batch]

    def show_progress(self, written: int, total: int) -> None:
        """Show how far the writing of a file is; 0 of 0 when none is being written."""
        writing = total > 0
        if writing and self._bar.isHidden():
            self.notice.expire()
            self._close.setFocus()  # or Qt would move it from the button that is disabled now
        self._save.setEnabled(not writing)
        self._told.setVisible(not writing)
        self._bar.setVisible(writing)
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(written)

    @Slot()
    def _refresh_soon(self, *_: object) -> None:
        if not self._refreshing.isActive():
            self._refreshing.start()

    @Slot()
    def _refresh(self, *_: object) -> None:
        ids = self._ids()
        lines = [as_texts(row) for row in report_words.report_rows(self._rows(ids[:PREVIEWED]))]
        self._table.setRowCount(len(lines))
        for number, line in enumerate(lines):
            for column, text in enumerate(line):
                self._put(number, column, visible(text))
        told = tr("The file will hold %Ln payment(s).", "", len(ids))
        if len(ids) > PREVIEWED:
            told += " " + tr("Above are the first %Ln.", "", PREVIEWED)
        self._told.setText(told)

    def _put(self, line: int, column: int, text: str) -> None:
        item = self._table.item(line, column)
        if item is None:
            item = QTableWidgetItem()
            side = Qt.AlignmentFlag.AlignRight if column == _AMOUNT else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self._table.setItem(line, column, item)
        if item.text() != text:
            item.setText(text)


def _ids(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(row.intent_id for row in rows)


def _chip(name: str, text: str = "", count: int | None = None) -> QPushButton:
    chip = QPushButton(text if count is None else f"{text} {words.number(count)}")
    chip.setObjectName(name)
    chip.setProperty("chip", True)
    chip.setCheckable(True)
    chip.setAutoExclusive(True)  # so that a screen reader says that it is one of several
    return chip


def _group(owner: QWidget, chips: Iterable[QPushButton]) -> QHBoxLayout:
    """Return chips in a row, of which one at a time is down."""
    group = QButtonGroup(owner)
    row = QHBoxLayout()
    row.setSpacing(8)
    for chip in chips:
        group.addButton(chip)
        row.addWidget(chip)
    row.addStretch()
    return row


def _strong(text: str) -> QLabel:
    label = plain_label(text)
    label.setProperty("strong", True)
    return label
