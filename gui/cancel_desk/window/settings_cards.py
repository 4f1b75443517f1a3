"""The cards of the settings: what there is to choose, within what the organisation has set."""

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QLineEdit

from cancel_desk.desk.effective import Effective, Source
from cancel_desk.desk.limits import Limit
from cancel_desk.desk.settings import (
    LARGEST_LIMIT,
    LONGEST_RETENTION,
    NO_PROXY,
    OPERATOR_NAME_LIMIT,
    SYSTEM_PROXY,
    TEXT_SIZES,
    ReasonRule,
    Speed,
    ThemeChoice,
    operator_name,
)
from cancel_desk.dojo.proxy import ProxyAddressError, proxy_address
from cancel_desk.window import settings_words, words
from cancel_desk.window.amounts import read_minor_units, read_number
from cancel_desk.window.plain import plain_label
from cancel_desk.window.settings_lines import (
    Card,
    Line,
    WrongInputError,
    choice,
    text_field,
    tick_box,
)
from cancel_desk.window.translation import tr

_OWN_PROXY = "own"


def you(effective: Effective, account: str) -> Card:
    """Who cancels, and whether they have to say why."""
    held, card = effective.settings, Card(tr("You"))
    edit = text_field("operatorNameEdit", held.operator_name, account)
    edit.setMaxLength(OPERATOR_NAME_LIMIT)
    name = Line("operator_name", held.operator_name, edit, read=partial(_read_name, edit))
    name.note(tr("Shown with what you cancel, in the history and in reports."))
    card.add(tr("Your &name"), name)
    required = held.reason is ReasonRule.REQUIRED
    box = tick_box("reasonBox", tr("Ask for a &reason or ticket number in every run"), required)
    reason = Line(
        "reason",
        held.reason,
        box,
        read=lambda: ReasonRule.REQUIRED if box.isChecked() else ReasonRule.OFFERED,
    )
    reason.note(tr("For real payments it is always required."))
    card.add("", reason)
    _lock_if_set(reason, effective)
    return card


def speed(effective: Effective) -> Card:
    """How many requests are under way at once."""
    held, fastest = effective.settings.speed, effective.policy.speed
    card = Card(tr("Speed"))
    combo = choice("speedCombo", {each: settings_words.speed(each) for each in Speed}, held)
    line = Line("speed", held, combo, read=lambda: Speed(combo.currentData()))
    card.add(tr("How &fast"), line)
    for each in Speed:
        if each.in_flight > fastest.in_flight:
            _grey_out(combo, each)
            line.note(settings_words.fastest())
    if fastest is Speed.GENTLE:
        line.lock(settings_words.set_by_policy())
    return card


def limits(effective: Effective) -> Card:
    """How much one run may cancel at the most."""
    held, policy = effective.settings, effective.policy
    card = Card(tr("Limits for one run"))
    count = "" if held.most_payments is None else words.number(held.most_payments)
    edit = text_field("mostPaymentsEdit", count, tr("no limit"))
    read = partial(_read_count, edit, policy.most_payments)
    line = Line("most_payments", held.most_payments, edit, read=read)
    card.add(tr("Most &payments"), line)
    if policy.most_payments is not None:
        line.note(settings_words.at_most(Limit(policy.most_payments)))
    for code in dict.fromkeys([*words.SYMBOLS, *sorted(held.most_totals)]):
        _add_total(card, code, held.most_totals.get(code), policy.most_totals.get(code))
    return card


def _add_total(card: Card, code: str, held: int | None, most: int | None) -> None:
    text = "" if held is None else settings_words.money(held, code)
    edit = text_field(f"most{code}Edit", text, tr("no limit"))
    read = partial(_read_total, edit, code, most)
    line = Line("most_totals", held, edit, read=read, currency=code)
    card.add(settings_words.currency(code), line)
    if most is not None:
        line.note(settings_words.at_most(Limit(most, code)))


def looks(effective: Effective) -> Card:
    """Colours and size."""
    held, card = effective.settings, Card(tr("Looks"))
    names = {each: settings_words.theme(each) for each in ThemeChoice}
    themes = choice("themeCombo", names, held.theme)
    theme = Line("theme", held.theme, themes, read=lambda: ThemeChoice(themes.currentData()))
    card.add(tr("&Colours"), theme)
    percents = {each: tr("%1%").replace("%1", words.number(each)) for each in TEXT_SIZES}
    sizes = choice("textSizeCombo", percents, held.text_size)
    size = Line("text_size", held.text_size, sizes, read=sizes.currentData)
    card.add(tr("&Text size"), size)
    for line in (theme, size):
        _lock_if_set(line, effective)
    return card


class ConnectionCard(Card):
    """Straight to Dojo or by way of a proxy, and which one this computer has."""

    def __init__(self, effective: Effective) -> None:
        super().__init__(tr("Connection"))
        held = effective.settings.proxy
        own = "" if held in {NO_PROXY, SYSTEM_PROXY} else held
        ways = {
            NO_PROXY: tr("Directly"),
            SYSTEM_PROXY: tr("Through this computer’s proxy"),
            _OWN_PROXY: tr("Through another proxy:"),
        }
        self._way = choice("proxyCombo", ways, _OWN_PROXY if own else held)
        self._address = text_field("proxyEdit", own, "proxy.example:8080")
        self._address.setAccessibleName(tr("Address of the proxy"))
        self._system = plain_label(tr("This computer’s proxy is being looked up…"), wrap=True)
        self._system.setObjectName("systemProxyLabel")
        self._system.setProperty("muted", True)
        line = Line("proxy", held, self._way, self._address, self._system, read=self._read)
        self.add(tr("&How to connect"), line)
        _lock_if_set(line, effective)
        self._way.currentIndexChanged.connect(self._show_way)
        self._show_way()

    def show_system(self, found: str) -> None:
        """Show what the system says, in words."""
        self._system.setText(found)

    @Slot()
    def _show_way(self) -> None:
        way = self._way.currentData()
        self._address.setVisible(way == _OWN_PROXY)
        self._system.setVisible(way == SYSTEM_PROXY)

    def _read(self) -> str:
        way: str = self._way.currentData()
        if way != _OWN_PROXY:
            return way
        try:
            return proxy_address(self._address.text())
        except ProxyAddressError as error:
            raise WrongInputError(settings_words.proxy_flaw(error.flaw)) from None


def history(effective: Effective) -> Card:
    """How long runs are kept."""
    held, shortest = effective.settings.retention_months, effective.policy.retention_months
    card = Card(tr("History"))
    edit = text_field("retentionEdit", words.number(held))
    read = partial(_read_months, edit, shortest)
    line = Line("retention_months", held, edit, read=read)
    card.add(tr("&Months to keep runs for"), line)
    if shortest == LONGEST_RETENTION:
        line.lock(settings_words.set_by_policy())
    elif effective.policy.sets("retention_months"):
        line.note(settings_words.at_least(shortest))
    return card


def _lock_if_set(line: Line, effective: Effective) -> None:
    if effective.source(line.setting) is Source.POLICY:
        line.lock(settings_words.set_by_policy())


def _grey_out(combo: QComboBox, value: object) -> None:
    model, at = combo.model(), combo.findData(value)
    model.setData(model.index(at, 0), Qt.ItemFlag.NoItemFlags, Qt.ItemDataRole.UserRole - 1)


def _read_name(edit: QLineEdit) -> str:
    try:
        return operator_name(edit.text())
    except ValueError:
        raise WrongInputError(settings_words.not_a_name()) from None


def _read_count(edit: QLineEdit, most: int | None) -> int | None:
    if not edit.text().strip():
        return None
    count = read_number(edit.text())
    if count is None or not 1 <= count <= LARGEST_LIMIT:
        raise WrongInputError(settings_words.not_a_number())
    if most is not None and count > most:
        raise WrongInputError(settings_words.at_most(Limit(most)))
    return count


def _read_total(edit: QLineEdit, code: str, most: int | None) -> int | None:
    if not edit.text().strip():
        return None
    total = read_minor_units(edit.text(), words.SYMBOLS.get(code, code), code)
    if total is None or not 1 <= total <= LARGEST_LIMIT:
        raise WrongInputError(settings_words.not_an_amount(code))
    if most is not None and total > most:
        raise WrongInputError(settings_words.at_most(Limit(most, code)))
    return total


def _read_months(edit: QLineEdit, shortest: int) -> int:
    months = read_number(edit.text())
    if months is None or not shortest <= months <= LONGEST_RETENTION:
        raise WrongInputError(settings_words.not_months(shortest))
    return months
