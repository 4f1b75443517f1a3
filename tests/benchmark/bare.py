"""What any program with a table has to show at the least: with it the program is compared."""

from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QMainWindow, QTableView


def bare_window() -> QMainWindow:
    """Return a window with a small table, as large as the program's, not shown yet."""
    model = QStandardItemModel()
    for number in range(10):
        model.appendRow([QStandardItem(f"{number}.{column}") for column in range(6)])
    table = QTableView()
    table.setModel(model)
    model.setParent(table)
    window = QMainWindow()
    window.setCentralWidget(table)
    window.resize(1180, 780)
    return window
