"""Finding unpaid payments: by the days they were created on, or by a list of order numbers."""

from collections.abc import Collection

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cancel_desk.desk.candidates import Candidates
from cancel_desk.desk.clock import Clock
from cancel_desk.desk.finder import PAGES_A_SECOND, Ending, Outcome, Portion, Search, Span
from cancel_desk.desk.intake.find_ids import Found
from cancel_desk.desk.intake.readers import Place, ReadError
from cancel_desk.desk.plan import totals
from cancel_desk.desk.profiles import Profile
from cancel_desk.dojo.intent import Intent
from cancel_desk.window import find_words, intake_words, words
from cancel_desk.window.find_work import SearchWork
from cancel_desk.window.form_dialog import FormDialog
from cancel_desk.window.found_model import FoundModel
from cancel_desk.window.found_table import FoundTable
from cancel_desk.window.header import EnvironmentBadge
from cancel_desk.window.narrow_bar import NarrowBar
from cancel_desk.window.not_begun import why_not_begun
from cancel_desk.window.notice import Notice, announce
from cancel_desk.window.plain import plain_label
from cancel_desk.window.references_box import ReferencesBox
from cancel_desk.window.search_panel import SearchPanel
from cancel_desk.window.translation import tr
from cancel_desk.window.worker import Connect, Errands

_AGES_EVERY = 60_000  # milliseconds


class FindDialog(FormDialog):
    """Looks for unpaid payments under one profile, and offers them for the list.

    Args:
        profile: whose payments.
        connect: opens the API for a profile; called in the errands' thread.
        errands: where the search runs. They outlive the dialog, which may be closed in mid-search.
        in_list: ids of the payments that are in the list already.
        parent: the window.
        clock: whose time counts.
        a_second: pages asked for per second, at the most.
    """

    add_asked = Signal(object, object)  # tuple of Found, tuple of Intent: the same payments

    def __init__(
        self,
        profile: Profile,
        connect: Connect,
        errands: Errands,
        in_list: Collection[str],
        parent: QWidget | None = None,
        *,
        clock: Clock | None = None,
        a_second: float = PAGES_A_SECOND,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("findDialog")
        self.setModal(True)
        word = words.short_environment(profile.environment)
        self.setWindowTitle(f"{word}: " + tr("Find unpaid payments"))
        self.resize(1000, 660)
        self._clock = clock
        self._a_second = a_second
        self._search: Search | None = None
        self._complete = False  # all pages have been read
        self._page = self._unreadable = self._added = 0
        self._candidates = Candidates(in_list)
        self._model = FoundModel(self._candidates, self)
        self._work = SearchWork(lambda: connect(profile)(), errands, self)
        self._panel = SearchPanel()
        self._references = ReferencesBox()
        self._narrow = NarrowBar()
        self._table = FoundTable(self._model)
        self._notice = Notice()
        self._notice.setObjectName("findNotice")
        self._lay_out(profile)
        self._connect_parts()
        self._show_ticked()
        self._explain_empty()
        self._panel.take_focus()

    def _lay_out(self, profile: Profile) -> None:
        badge = EnvironmentBadge()
        badge.show_environment(profile.environment)
        intro = plain_label(
            tr("Nothing is cancelled here: what you tick is added to the list."), wrap=True
        )
        intro.setProperty("muted", True)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(badge)
        top.addWidget(intro, 1)
        title = plain_label(tr("Show only payments with"))
        title.setProperty("title", True)
        narrowing = QHBoxLayout()
        narrowing.setSpacing(20)
        narrowing.addWidget(self._references, 3)
        narrowing.addWidget(self._narrow, 5)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self._notice)
        column.addWidget(self._panel)
        column.addSpacing(4)
        column.addWidget(title)
        column.addLayout(narrowing)
        column.addLayout(self._above_table())
        column.addWidget(self._table, 1)
        column.addLayout(self._bottom())

    def _above_table(self) -> QHBoxLayout:
        self._tick_all = _button("tickAllButton", tr("&Tick all shown"))
        self._tick_none = _button("tickNoneButton", tr("&Untick all shown"))
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._references.outcome, 1)
        row.addStretch()
        row.addWidget(self._tick_all)
        row.addWidget(self._tick_none)
        return row

    def _bottom(self) -> QHBoxLayout:
        self._ticked = plain_label(wrap=True)
        self._ticked.setObjectName("foundLabel")
        self._ticked.setProperty("strong", True)
        self._close = _button("closeFindButton", tr("C&lose"))
        self._add = _button("addFoundButton", "")
        self._add.setProperty("primary", True)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._ticked, 1)
        row.addWidget(self._close)
        row.addWidget(self._add)
        return row

    def _connect_parts(self) -> None:
        self._panel.search_asked.connect(self._begin)
        self._panel.go_on_asked.connect(self._run)
        self._panel.stop_asked.connect(self._work.stop)
        self._work.found.connect(self._take)
        self._work.paused.connect(self._panel.show_pause)
        self._work.ended.connect(self._end)
        self._references.changed.connect(self._want)
        self._references.secrets_dropped.connect(self._tell_dropped)
        self._references.not_read.connect(self._tell_not_read)
        self._narrow.changed.connect(self._model.narrow)
        self._model.changed.connect(self._show_ticked)
        self._model.changed.connect(self._explain_empty)
        self._tick_all.clicked.connect(lambda: self._tick_shown(on=True))
        self._tick_none.clicked.connect(lambda: self._tick_shown(on=False))
        self._add.clicked.connect(self._add_ticked)
        self._close.clicked.connect(self.reject)
        ages = QTimer(self, interval=_AGES_EVERY)
        ages.timeout.connect(self._model.repaint_ages)
        ages.start()

    # The search

    @Slot(object)
    def _begin(self, created: Span) -> None:
        """Search anew."""
        self._search = Search(created, self._clock, self._a_second)
        self._page = self._unreadable = 0
        self._model.clear()
        self._run()

    @Slot()
    def _run(self) -> None:
        """Search, from where the search is."""
        if self._search is None:
            return
        self._notice.expire()
        self._complete = False
        self._added = 0
        self._references.show_matches(None, complete=False)
        self._work.start(self._search)
        self._explain_empty()
        self._panel.show_searching(len(self._candidates.found), self._page)

    @Slot(object)
    def _take(self, portions: tuple[Portion, ...]) -> None:
        self._page = portions[-1].page
        self._unreadable += sum(portion.unreadable for portion in portions)
        self._model.add(portions)
        self._panel.show_searching(len(self._candidates.found), self._page)

    @Slot(object)
    def _end(self, end: Outcome | Exception) -> None:
        if isinstance(end, Outcome):
            self._complete = end.ending is Ending.DONE
            self._panel.show_ended(end, len(self._candidates.found), self._unreadable)
        else:
            self._panel.show_failed(why_not_begun(end))
        self._match()
        self._explain_empty()
        if isinstance(end, Exception) and not why_not_begun(end):
            raise end

    # What of it is shown

    @Slot()
    def _want(self) -> None:
        """Show only what carries the references that are listed now."""
        listed = self._references.references
        self._model.want(listed.wanted() if listed.lines else None)
        self._match()

    def _match(self) -> None:
        """Settle what the references mean, unless more is to be found; order all anew."""
        listed = self._references.references
        if self._work.is_busy or self._search is None:
            self._references.show_matches(None, complete=False)
        elif listed.lines:
            matches = listed.match(self._candidates.found)
            self._model.show_matches(matches, propose=self._complete)
            self._references.show_matches(matches, self._complete)
        else:
            self._references.show_matches(None, complete=False)
            self._model.refresh()

    @Slot()
    def _explain_empty(self) -> None:
        """Say why nothing is listed, and what to do; nothing where something is."""
        if self._model.rowCount():
            text = ""
        elif self._search is None:
            text = find_words.before_search()
        elif self._work.is_busy:
            text = tr("Searching…")
        else:
            text = find_words.nothing_shown(len(self._candidates.found), self._complete)
        self._table.say_when_empty(text)

    @Slot(int, int)
    def _tell_dropped(self, keys: int, cards: int) -> None:
        self._notice.say(intake_words.dropped(keys, cards), stays=True)

    @Slot(object)
    def _tell_not_read(self, error: ReadError) -> None:
        self._notice.say(intake_words.read_error(error))

    # What is chosen

    def _tick_shown(self, on: bool) -> None:
        self._model.tick(self._model.shown(), on)

    @Slot()
    def _show_ticked(self) -> None:
        chosen = self._model.ticked_and_shown()
        ticked = self._candidates.ticked() if self._candidates.any_ticked else []
        hidden = len(ticked) - len(chosen)
        worth = words.totals(totals(intent.to_pay for intent in chosen))
        if chosen:
            self._added = 0  # what was added last is told until something else is ticked
        self._ticked.setText(find_words.ticked(len(chosen), worth, hidden, self._added))
        count = tr("&Add %Ln payment(s) to the list", "", len(chosen))
        self._add.setText(count if chosen else tr("&Add to the list"))
        self._add.setEnabled(bool(chosen))
        self._tick_all.setEnabled(self._model.rowCount() > 0)
        self._tick_none.setEnabled(bool(chosen))

    @Slot()
    def _add_ticked(self) -> None:
        """Hand over what is ticked and shown."""
        chosen = tuple(self._model.ticked_and_shown())
        if not chosen:
            return
        self.add_asked.emit(
            tuple(Found(intent.id, self._places(intent), hint=False) for intent in chosen), chosen
        )
        self._added = len(chosen)
        self._model.mark_in_list(chosen)
        self._table.setFocus()  # the button is disabled now
        announce(self, self._ticked.text())

    def _places(self, intent: Intent) -> tuple[Place, ...]:
        """Return where the reference stood by which a payment was found, if it was by one."""
        match = self._candidates.match_of(intent)
        return (match.place,) if match is not None else ()

    def done(self, result: int) -> None:
        """Close, in mid-search too: it ends by itself and tells nobody."""
        self._work.abandon()
        self._references.close_down()
        super().done(result)


def _button(name: str, text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    return button
