"""Numbers and amounts as people here type them."""

from PySide6.QtCore import QLocale


def read_number(text: str) -> int | None:
    """Return a whole number, grouped as is usual here or not at all; None for anything else."""
    value, understood = QLocale().toLongLong(text)
    return int(value) if understood and value >= 0 and "+" not in text else None


def read_minor_units(text: str, *signs: str) -> int | None:
    """Return an amount in minor units; None for what is none, or has another sign before it.

    Args:
        text: as it was typed: "1,250", "£1,250.50".
        signs: what may stand before or after the figure.
    """
    figure = text.strip()
    for sign in signs:
        figure = figure.removeprefix(sign).removesuffix(sign).strip()
    whole, point, part = figure.partition(QLocale().decimalPoint())
    units = read_number(whole)
    # "10.5" might be meant as ten pounds fifty or as ten pounds five.
    if units is None or (point and not (len(part) == 2 and part.isdecimal())):
        return None
    return units * 100 + (int(part) if point else 0)
