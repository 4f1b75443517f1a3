"""A table to read in a dialog: plain text, as wide as it is told, in the list's own dress."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem

_MIDDLE = Qt.AlignmentFlag.AlignVCenter


def text_table(
    name: str,
    spoken: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    right: Collection[int] = (),
    fixed: Collection[int] = (),
) -> QTableWidget:
    """Return a read-only table.

    Args:
        name: its object name.
        spoken: its accessible name.
        header: the columns' names.
        rows: their texts.
        widths: the columns' widths in pixels; the last column takes what is left.
        right: the columns that stand to the right, such as amounts.
        fixed: the columns in a fixed-width font, such as ids.
    """
    table = QTableWidget(len(rows), len(header))
    table.setObjectName(name)
    table.setAccessibleName(spoken)
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 10)
    table.horizontalHeader().setStretchLastSection(True)
    table.horizontalHeader().setSectionsClickable(False)
    table.horizontalHeader().setHighlightSections(False)
    id_font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    for column, text in enumerate(header):
        side = Qt.AlignmentFlag.AlignRight if column in right else Qt.AlignmentFlag.AlignLeft
        head = QTableWidgetItem(text)
        head.setTextAlignment(side | _MIDDLE)
        table.setHorizontalHeaderItem(column, head)
        for line, texts in enumerate(rows):
            item = QTableWidgetItem(texts[column])
            item.setTextAlignment(side | _MIDDLE)
            if column in fixed:
                item.setFont(id_font)
            table.setItem(line, column, item)
    for column, width in enumerate(widths):
        table.setColumnWidth(column, width)
    return table
