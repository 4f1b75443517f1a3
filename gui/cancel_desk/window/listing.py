"""What of the list is shown, what it comes to, and what is ticked of it."""

from PySide6.QtCore import QObject, QTimer, Slot

from cancel_desk.window import words
from cancel_desk.window.batch_model import BatchModel
from cancel_desk.window.filter_bar import Ticking
from cancel_desk.window.filters import Filter
from cancel_desk.window.jobs import Jobs
from cancel_desk.window.panels import Panels

_AGES_EVERY = 60_000  # milliseconds
_COUNT_AFTER = 100  # milliseconds


class Listing(QObject):
    """Keeps counts, totals and the red button true to the list.

    Args:
        model: the list.
        jobs: while they are under way rows change in handfuls, and counting takes its time.
        panels: where it is shown.
        parent: its owner.
    """

    def __init__(
        self, model: BatchModel, jobs: Jobs, panels: Panels, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._batch = model.batch
        self._jobs = jobs
        self._panels = panels
        self._selection = QTimer(self, singleShot=True, interval=_COUNT_AFTER)
        self._selection.timeout.connect(self.show_selection)
        ages = QTimer(self, interval=_AGES_EVERY)
        ages.timeout.connect(model.repaint_ages)
        ages.start()
        panels.filter.changed.connect(self._narrow)
        panels.filter.tick_asked.connect(self._tick)
        panels.table.row_at_hand.connect(panels.details.show_row)
        jobs.applied.connect(self.refresh)
        model.dataChanged.connect(self._refresh_selection)

    @Slot(object, str)
    def _narrow(self, which: Filter, search: str) -> None:
        self._model.narrow(which, search)
        self._show_worth()
        self._refresh_selection()

    def _show_worth(self) -> None:
        """Say what is shown, while that is not all."""
        rows = self._model.shown_rows()
        narrowed = 0 < len(rows) < len(self._batch)
        self._panels.filter.show_shown(words.count_and_worth(rows) if narrowed else "")

    @Slot(object)
    def _tick(self, how: Ticking) -> None:
        """Tick or untick what is shown; what can't be chosen stays as it is."""
        if how is Ticking.INVERT:
            self._model.invert_ticks()
        else:
            self._model.tick(self._model.shown_rows(), on=how is Ticking.ALL)

    def put_in_order(self) -> None:
        """Make filter and order true again, now that rows no longer change under the pointer."""
        table = self._panels.table
        at_hand = table.row_at_hand_id()
        self._model.refresh()
        self._show_worth()
        if at_hand is not None:
            table.show_row(at_hand)

    @Slot()
    def refresh(self) -> None:
        """Show what the list has become."""
        self._panels.show_list(len(self._batch) > 0)
        self._panels.filter.show_counts(self._batch.counts)
        self._refresh_selection()

    @Slot()
    def _refresh_selection(self, *_: object) -> None:
        if not self._jobs.is_busy:
            self.show_selection()
        elif not self._selection.isActive():
            self._selection.start()

    @Slot()
    def show_selection(self) -> None:
        """Say what would be sent."""
        chosen = self._model.chosen
        self._panels.run.show_selection(
            ticked=len(chosen),
            worth=words.totals(chosen.totals),
            hidden=self._batch.ticked_count - len(chosen),
            busy=self._jobs.is_busy,
            rows=len(self._batch),
        )
