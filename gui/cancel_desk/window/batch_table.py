"""The table of payments: how its cells look, and what keys and clicks do in it."""

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QBrush,
    QColor,
    QContextMenuEvent,
    QFontDatabase,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from cancel_desk.desk.row import Row
from cancel_desk.window.batch_model import BatchModel, Column, Index, Role
from cancel_desk.window.icons import STATE_LOOKS, pixmap
from cancel_desk.window.theme import current_theme
from cancel_desk.window.translation import tr

_PAD = 10


class BatchTable(QTableView):
    """Payments, one a row; ticks by click or Space, off the list by Delete."""

    row_at_hand = Signal(object)  # a Row, or None
    remove_asked = Signal(object)  # list of Row
    check_asked = Signal(object)  # list of Row

    def __init__(self, model: BatchModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batchTable")
        self.setAccessibleName(tr("Payments"))
        self._model = model
        self.setModel(model)
        self.setItemDelegate(_CellDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table, as everywhere
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._set_up_headers()
        self.selectionModel().currentRowChanged.connect(self._tell_row_at_hand)
        model.modelReset.connect(self._tell_row_at_hand)
        model.dataChanged.connect(self._tell_row_at_hand)

    def _set_up_headers(self) -> None:
        line = self.fontMetrics().height()
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(line + 16)
        columns = _Header(self._model, self)
        self.setHorizontalHeader(columns)
        # Sharing the table's selection would make "select all" ask the model for every cell.
        columns.setSelectionModel(QItemSelectionModel(self._model, columns))
        columns.setHighlightSections(False)
        columns.setSectionsClickable(True)
        columns.setSortIndicatorShown(True)
        columns.setSortIndicatorClearable(True)
        columns.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        columns.setMinimumSectionSize(line * 2)
        columns.sortIndicatorChanged.connect(self._sort)
        letter = self.fontMetrics().averageCharWidth()
        for column, letters in {
            Column.TICK: 4,
            Column.PAYMENT: 17,
            Column.AMOUNT: 14,
            Column.REFERENCE: 18,
            Column.CREATED: 13,
        }.items():
            columns.resizeSection(column, letters * letter + 2 * _PAD)
        columns.setSectionResizeMode(Column.TICK, QHeaderView.ResizeMode.Fixed)
        columns.setStretchLastSection(True)

    def highlighted_rows(self) -> list[Row]:
        """Return the rows that are highlighted (which is not to be ticked)."""
        positions = {
            position
            for stretch in self.selectionModel().selection().toList()
            for position in range(stretch.top(), stretch.bottom() + 1)
        }
        return [self._model.row_at(position) for position in sorted(positions)]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks what is highlighted, Delete takes it off the list."""
        if event.key() == Qt.Key.Key_Space:
            rows = self.highlighted_rows()
            can = [row for row in rows if row.may_be_planned]
            self._model.tick(can, not all(self._model.batch.is_ticked(row) for row in can))
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_asked.emit(self.highlighted_rows())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the highlighted rows."""
        rows = self.highlighted_rows()
        if not rows:
            return
        menu = QMenu(self)
        menu.setObjectName("rowMenu")
        can = [row for row in rows if row.may_be_planned]
        ticked = all(self._model.batch.is_ticked(row) for row in can)
        tick = menu.addAction(tr("&Untick") if can and ticked else tr("&Tick"))
        tick.setEnabled(bool(can))
        tick.triggered.connect(lambda: self._model.tick(can, not ticked))
        copy = menu.addAction(tr("&Copy the ID"))
        copy.triggered.connect(lambda: _copy_ids(rows))
        check = menu.addAction(tr("Check a&gain"))
        check.setEnabled(any(row.may_be_checked for row in rows))
        check.triggered.connect(lambda: self.check_asked.emit(rows))
        remove = menu.addAction(tr("Take &off this list"))
        remove.triggered.connect(lambda: self.remove_asked.emit(rows))
        menu.exec(event.globalPos())
        menu.deleteLater()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows; where a filter or search lets none through, say so."""
        super().paintEvent(event)
        if not self._model.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(current_theme().muted))
            text = tr("No payment in the list matches.")
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, text)
            painter.end()

    @Slot(int, Qt.SortOrder)
    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        if column == Column.TICK:
            self._tick_all()
            self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            return
        at_hand = self.row_at_hand_id()
        self._model.sort(column, order)
        if at_hand is not None:
            self.show_row(at_hand)

    def _tick_all(self) -> None:
        """Tick everything that is shown and can be; where all of it is, untick it."""
        rows = [row for row in self._model.shown_rows() if row.may_be_planned]
        self._model.tick(rows, not all(self._model.batch.is_ticked(row) for row in rows))

    def row_at_hand_id(self) -> str | None:
        """Return the id of the current row; None where there is none."""
        row: Row | None = self.currentIndex().data(Role.ROW)
        return row.intent_id if row is not None else None

    def show_row(self, intent_id: str) -> None:
        """Highlight a payment and bring it into view, if it is shown."""
        position = self._model.position_of(intent_id)
        if position is not None:
            self.setCurrentIndex(self._model.index(position, Column.PAYMENT))

    @Slot()
    def _tell_row_at_hand(self, *_: object) -> None:
        self.row_at_hand.emit(self.currentIndex().data(Role.ROW))


def _copy_ids(rows: list[Row]) -> None:
    QGuiApplication.clipboard().setText("\n".join(row.intent_id for row in rows))


def _short(intent_id: str) -> str:
    """Return both ends of an id: people compare by either, and all of it is in the details."""
    body = intent_id.removeprefix("pi_").removeprefix("sandbox_")
    return f"pi_{body[:4]}…{body[-6:]}"


def _draw_box(painter: QPainter, place: QRect, state: Qt.CheckState) -> None:
    """Draw a check box in the middle of a place, in the theme's colours."""
    theme = current_theme()
    box = QRect(0, 0, 16, 16)
    box.moveCenter(place.center())
    marked = state is not Qt.CheckState.Unchecked
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.accent if marked else theme.muted), 1.5))
    painter.setBrush(QColor(theme.accent if marked else theme.field))
    painter.drawRoundedRect(QRectF(box), 3, 3)
    if marked:
        shape = "check" if state is Qt.CheckState.Checked else "dash"
        mark = pixmap(shape, theme.accent_text, 12, painter.device().devicePixelRatioF())
        painter.drawPixmap(box.adjusted(2, 2, -2, -2), mark)


class _Header(QHeaderView):
    """The columns' heads; the first has a box that ticks and unticks all that is shown."""

    def __init__(self, model: BatchModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._batch_model = model
        model.dataChanged.connect(self._repaint_box)
        model.modelReset.connect(self._repaint_box)

    @Slot()
    def _repaint_box(self, *_: object) -> None:
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, logical_index: int) -> None:
        """Draw a head; the box on top of the empty one."""
        painter.save()
        super().paintSection(painter, rect, logical_index)
        painter.restore()
        if logical_index == Column.TICK:
            _draw_box(painter, rect, self._batch_model.ticks_shown())


class _CellDelegate(QStyledItemDelegate):
    """Draws ticks, ids and states; leaves the rest to the style, with more room at the sides."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        theme = current_theme()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        option.backgroundBrush = QBrush(QColor(theme.selected if selected else theme.card))
        option.state &= ~QStyle.StateFlag.State_HasFocus
        option.palette.setColor(option.palette.ColorRole.HighlightedText, QColor(theme.text))
        option.palette.setColor(option.palette.ColorRole.Highlight, QColor(theme.selected))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        painter.save()
        painter.fillRect(cell.rect, cell.backgroundBrush)
        theme = current_theme()
        painter.setPen(QPen(QColor(theme.border), 0))
        painter.drawLine(cell.rect.bottomLeft(), cell.rect.bottomRight())
        match index.column():
            case Column.TICK:
                self._paint_tick(painter, cell, index)
            case Column.STATE:
                self._paint_state(painter, cell, index)
            case column:
                self._paint_text(painter, cell, column)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawRect(cell.rect.adjusted(1, 1, -2, -2))
        painter.restore()

    def _paint_text(self, painter: QPainter, cell: QStyleOptionViewItem, column: int) -> None:
        theme = current_theme()
        painter.setPen(QColor(theme.muted if column == Column.CREATED else theme.text))
        is_id = column == Column.PAYMENT
        painter.setFont(self._fixed if is_id else cell.font)
        box = cell.rect.adjusted(_PAD, 0, -_PAD, 0)
        text = cell.text
        if is_id and painter.fontMetrics().horizontalAdvance(text) > box.width():
            text = _short(text)
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(cell.displayAlignment | Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_tick(self, painter: QPainter, cell: QStyleOptionViewItem, index: Index) -> None:
        if not index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            return  # an empty cell says "not to be had" better than a grey box
        _draw_box(painter, cell.rect, cell.checkState)

    def _paint_state(self, painter: QPainter, cell: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(Role.ROW)
        shape, tone = STATE_LOOKS[row.state]
        theme = current_theme()
        ink, ground = theme.tones[tone]
        font = cell.font
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        icon, gap = 14, 6
        room = cell.rect.width() - 2 * _PAD
        text = metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, room - icon - gap - 20)
        width = min(room, metrics.horizontalAdvance(text) + icon + gap + 20)
        chip = QRect(cell.rect.left() + _PAD, 0, width, metrics.height() + 6)
        chip.moveCenter(cell.rect.center())
        chip.moveLeft(cell.rect.left() + _PAD)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # An edge where the chip's ground would melt into what is behind it.
        edged = bool(cell.state & QStyle.StateFlag.State_Selected) or ground == theme.card
        painter.setPen(QPen(QColor(ink), 1) if edged else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(QRectF(chip), chip.height() / 2, chip.height() / 2)
        ratio = painter.device().devicePixelRatioF()
        top = chip.center().y() - icon // 2 + 1
        painter.drawPixmap(chip.left() + 10, top, icon, icon, pixmap(shape, ink, icon, ratio))
        painter.setPen(QColor(ink))
        box = chip.adjusted(10 + icon + gap, 0, -8, 0)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """Tick by a click anywhere in the tick's cell: a box of 16 pixels is a poor target."""
        if index.column() != Column.TICK or event.type() != QEvent.Type.MouseButtonRelease:
            return super().editorEvent(event, model, option, index)
        if not index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            return False
        ticked = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        after = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
        return bool(model.setData(index, after, Qt.ItemDataRole.CheckStateRole))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, option.fontMetrics.height() + 16)
