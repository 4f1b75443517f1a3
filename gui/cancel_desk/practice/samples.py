"""Sample data: a believable batch of payments, and an e-mail that names them.

The same `Random` seed gives the same batch and the same e-mail.
"""

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from cancel_desk.practice.intents import Intent, Status, make_id
from cancel_desk.practice.times import SECOND

_HOUR = 3600 * SECOND
_MINUTE = 60 * SECOND


class _Payment(NamedTuple):
    """What a support agent would know of a payment."""

    status: Status
    amount: int
    currency: str
    reference: str
    description: str | None
    hours_ago: float
    valid_hours: float | None = 720


# Each stands for something that happens in a shop: the order that was paid twice, the deposit
# that nobody wants any more, the link that runs out tonight.
_PAYMENTS = (
    _Payment(Status.CREATED, 4250, "GBP", "Order 48211", "2 × oak bedside table", 2),
    _Payment(Status.CREATED, 1899, "GBP", "Order 48213", "Lamp shade, linen", 3.5),
    _Payment(Status.CAPTURED, 1899, "GBP", "Order 48213", "Lamp shade, linen", 3.2),
    _Payment(Status.CREATED, 129900, "GBP", "Order 48190", "Corner sofa, made to order", 26),
    _Payment(Status.CREATED, 25000, "GBP", "DEP-0771", "Deposit: kitchen fitting, O'Neill", 49),
    _Payment(Status.CAPTURED, 25000, "GBP", "DEP-0772", "Deposit: kitchen fitting, Okafor", 50),
    _Payment(Status.CREATED, 950, "GBP", "Order 48222", "Gift wrapping & card", 0.4),
    _Payment(Status.CREATED, 3600, "EUR", "INV-2207 Dublin", "Café Grán, coffee beans 6 kg", 20),
    _Payment(Status.CREATED, 11880, "EUR", "INV-2208 Dublin", "Café Grán, grinder service", 21),
    _Payment(Status.AUTHORIZED, 7400, "EUR", "INV-2199 Dublin", "Bistro Léa, table linen", 70),
    _Payment(Status.CREATED, 6000, "GBP", "Booking 5531", "Table for 6, no-show fee", 97),
    _Payment(Status.CREATED, 6000, "GBP", "Booking 5534", "Table for 6, no-show fee", 98),
    _Payment(Status.AUTHORIZED, 45000, "GBP", "Booking 5540", "Private room, 14 guests", 30),
    _Payment(Status.CANCELED, 6000, "GBP", "Booking 5529", "Table for 6, no-show fee", 121),
    _Payment(Status.CREATED, 2199, "GBP", "Phone order 118", None, 5),
    _Payment(Status.CREATED, 1, "GBP", "TEST do not ship", "Till test", 400),
    _Payment(Status.REFUNDED, 3350, "GBP", "Order 47980", "Rug 120 × 170, returned", 520),
    _Payment(Status.REVERSED, 8999, "GBP", "Order 48102", "Mirror, out of stock", 190),
    _Payment(Status.CREATED, 15750, "GBP", "Order 48150", "Delivery to Harrogate, 2 people", 72),
    _Payment(Status.CREATED, 7425, "GBP", "Repair R-310", "Chair re-caning, by quote", 11, 20),
    _Payment(Status.CREATED, 52000, "GBP", "Trade acct Bright & Sons", "May order", 200, None),
    _Payment(Status.CAPTURED, 4250, "GBP", "Order 48209", "2 × oak bedside table", 4),
    _Payment(Status.CANCELED, 12500, "EUR", "INV-2188 Dublin", "Hotel Mór, withdrawn", 340),
    _Payment(Status.CREATED, 31415, "GBP", "Order 48217", "Shelving to measure, 3.14 m", 1),
    _Payment(Status.CREATED, 8800, "GBP", "Order 48218", "Curtains, hemmed twice", 1.5),
)

_SYMBOLS = {"GBP": "£", "EUR": "€"}

_OPENING = """\
From: Priya (front desk)
Subject: Fwd: payments to cancel before the weekend

Hi, these came together from three people, sorry for the state of it. Could you cancel whatever \
is still unpaid? Some were sent twice, some may be paid by now.

"""
_CLOSING = """
Thanks! Ring me on extension 214 if anything is unclear (or after 2 pm: 01632 960 214).
Priya
"""
_MENTIONS = (
    "- {reference}: {id}",
    "* {id} ({reference})",
    "{reference}\t{amount}\t{id}",
    "please stop https://pay.dojo.tech:443/checkout/{id} - customer changed their mind",
    "the link was https://pay.dojo.tech/checkout/{id}?lang=en, never opened",
    "<https://pay.dojo.tech/checkout/{id}>",
    "https://api.dojo.tech/payment-intents/{id}",
    '> {{"event": "payment_intent.created", "data": {{"paymentIntentId": "{id}"}}}}',
    "“{id}”, {amount}, they say they never ordered it.",
    "and also {id}; see the ticket",
)
_ASIDES = (
    "> On Tuesday Tom wrote: I think the next ones are all from the Leeds till.",
    "No idea about order 48213, the customer says it went through once already?",
    "Ticket SUP-2214, tracking JD0146 0002 2841 7731 31. The menu is still wrong, by the way.",
)


@dataclass(frozen=True, slots=True)
class Email:
    """A text as it lands on a support desk, and what is in it.

    Attributes:
        text: The whole text, several lines.
        ids: The payments it names, in the order they are first named.
        duplicates: How many times a payment is named again.
        not_ids: Pieces that look like an id but have the wrong length.
    """

    text: str
    ids: tuple[str, ...]
    duplicates: int
    not_ids: tuple[str, ...]


def batch(random: Random, now: int) -> tuple[Intent, ...]:
    """25 payments of every status, as they stand at `now` (nanoseconds since 1970)."""
    return tuple(
        _intent(payment, random, now, digits=place % 10) for place, payment in enumerate(_PAYMENTS)
    )


def email(random: Random, intents: tuple[Intent, ...]) -> Email:
    """An e-mail that names all of these, some of them twice, in every form people use."""
    order = random.sample(intents, len(intents))
    again = random.sample(order, min(4, len(order)))
    lines = [
        _MENTIONS[place % len(_MENTIONS)].format(
            id=intent.id,
            reference=intent.reference,
            amount=f"{_SYMBOLS[intent.currency]}{intent.amount / 100:,.2f}",
        )
        for place, intent in enumerate(order + again)
    ]
    cut_short = make_id(random.randbytes(16))[:-4]
    run_together = make_id(random.randbytes(16)) + "x7"
    asides = [
        *_ASIDES,
        f"this one got cut off: {cut_short}",
        f"and is this one right? {run_together}",
    ]
    for aside in asides:
        lines.insert(random.randrange(len(lines)), aside)
    text = _OPENING + "\n".join(lines) + "\n" + _CLOSING
    ids = sorted((intent.id for intent in intents), key=text.index)
    return Email(text, tuple(ids), len(again), (cut_short, run_together))


def _intent(payment: _Payment, random: Random, now: int, digits: int) -> Intent:
    created_at = now - int(payment.hours_ago * _HOUR) - random.randrange(5 * _MINUTE)
    changed_after = 0 if payment.status == Status.CREATED else random.randrange(10 * _MINUTE)
    valid = payment.valid_hours
    return Intent(
        id=make_id(random.randbytes(16)),
        amount=payment.amount,
        currency=payment.currency,
        reference=payment.reference,
        description=payment.description,
        status=payment.status,
        created_at=created_at,
        updated_at=created_at + changed_after,
        expire_at=None if valid is None else created_at + int(valid * _HOUR),
        digits=digits,
    )
