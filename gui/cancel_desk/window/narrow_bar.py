"""Fields that narrow down what a search found."""

from datetime import timedelta

from PySide6.QtCore import QLocale, QTimer, Signal, Slot
from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from cancel_desk.desk.narrowing import Narrowing
from cancel_desk.window import words
from cancel_desk.window.choice_box import ChoiceBox
from cancel_desk.window.clean_edit import CleanLineEdit
from cancel_desk.window.plain import plain_label
from cancel_desk.window.translation import tr

_TYPING_PAUSE = 150  # milliseconds
_MOST = 9_999_999.99
_AGES = (None, *(timedelta(days=days) for days in (1, 2, 3, 7, 14)))


class NarrowBar(QWidget):
    """Reference, description, amount and age."""

    changed = Signal(object)  # Narrowing

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reference = _text_field("referenceContainsEdit", tr("Reference contains"))
        self._description = _text_field("descriptionContainsEdit", tr("Description contains"))
        self._least = _amount_field("leastAmountEdit", tr("Amount from"))
        self._most = _amount_field("mostAmountEdit", tr("Amount to"))
        self._currency = _choice("currencyCombo", tr("Currency"))
        self._currency.addItem(tr("£ or €"), None)
        for code, symbol in words.SYMBOLS.items():
            self._currency.addItem(symbol, code)
        self._age = _choice("ageCombo", tr("Age"))
        for age in _AGES:
            text = tr("any") if age is None else tr("over %Ln day(s)", "", age.days)
            self._age.addItem(text, age)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_PAUSE)
        self._typing.timeout.connect(self._tell)
        for field in (self._reference, self._description, self._least, self._most):
            field.textChanged.connect(self._typing.start)
        for choice in (self._currency, self._age):
            choice.currentIndexChanged.connect(self._tell)
        self._lay_out()

    def _lay_out(self) -> None:
        texts = _row(
            _label(tr("&Reference"), self._reference),
            self._reference,
            _label(tr("&Description"), self._description),
            self._description,
        )
        figures = _row(
            _label(tr("A&mount"), self._least),
            self._least,
            plain_label(tr("to")),
            self._most,
            self._currency,
            _label(tr("Ag&e"), self._age),
            self._age,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(texts)
        column.addLayout(figures)
        column.addStretch()

    @property
    def narrowing(self) -> Narrowing:
        """What the fields ask for."""
        return Narrowing(
            reference=self._reference.text().strip(),
            description=self._description.text().strip(),
            least=_minor_units(self._least),
            most=_minor_units(self._most),
            currency=self._currency.currentData(),
            older_than=self._age.currentData(),
        )

    @Slot()
    def _tell(self, *_: object) -> None:
        self._typing.stop()
        self.changed.emit(self.narrowing)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget, 0 if isinstance(widget, QLabel | QComboBox) else 1)
    return row


def _label(text: str, field: QWidget) -> QLabel:
    label = plain_label(text)
    label.setBuddy(field)
    return label


def _text_field(name: str, spoken: str) -> CleanLineEdit:
    field = CleanLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(spoken)
    field.setPlaceholderText(tr("contains"))
    field.setClearButtonEnabled(True)
    return field


def _amount_field(name: str, spoken: str) -> QLineEdit:
    """Return a field that takes nothing but an amount."""
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(spoken)
    field.setPlaceholderText(tr("any"))
    validator = QDoubleValidator(0.0, _MOST, 2, field)
    validator.setNotation(QDoubleValidator.Notation.StandardNotation)
    field.setValidator(validator)
    field.setMinimumWidth(field.fontMetrics().averageCharWidth() * 12)
    return field


def _choice(name: str, spoken: str) -> QComboBox:
    choice = ChoiceBox()
    choice.setObjectName(name)
    choice.setAccessibleName(spoken)
    return choice


def _minor_units(field: QLineEdit) -> int | None:
    amount, understood = QLocale().toDouble(field.text())
    return round(amount * 100) if understood else None
