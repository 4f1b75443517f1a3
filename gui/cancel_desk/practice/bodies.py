"""The bodies of answers that tell of intents, in the published shapes of version 2024-02-05.

Everything personal or secret that the real API sends is here too, made up from the id: who
reads the practice server must drop it just the same.
"""

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence

from cancel_desk.practice.intents import Intent, Status
from cancel_desk.practice.times import SECOND, write_time

Body = dict[str, object]

_PAID = frozenset({Status.AUTHORIZED, Status.CAPTURED, Status.REVERSED, Status.REFUNDED})
_EVENTS: Mapping[str, Sequence[str]] = {
    Status.AUTHORIZED: ("Authorized",),
    Status.CAPTURED: ("Authorized", "Captured"),
    Status.REVERSED: ("Authorized", "Reversed"),
    Status.REFUNDED: ("Authorized", "Captured", "Refunded"),
}
_EXTRA_CHARGES = ("tipsAmount", "cashbackAmount", "serviceChargeAmount")
_ADDRESS: Mapping[str, str] = {
    "address1": "14 Example Terrace",
    "address2": "",
    "address3": "",
    "address4": "",
    "city": "Leeds",
    "state": "",
    "postcode": "LS1 1AA",
    "countryCode": "GB",
}


def encode(body: object) -> bytes:
    """The body as compact JSON in UTF-8."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def page_body(intents: Sequence[Intent], before: str | None, after: str | None) -> Body:
    """One page of a search with the cursors of its neighbours."""
    return {"data": [intent_body(intent) for intent in intents], "before": before, "after": after}


def intent_body(intent: Intent) -> Body:
    """The whole published intent."""
    made_up = hashlib.sha256(intent.id.encode()).digest()
    total = _total(intent)
    body: Body = {
        "id": intent.id,
        "captureMode": intent.capture_mode,
        "cardHolderNotPresent": False,
        "clientSessionSecret": base64.urlsafe_b64encode(made_up * 3).decode(),
        "clientSessionSecretExpirationDate": write_time(intent.created_at + 1800 * SECOND, 0),
        "status": intent.status,
        "paymentMethods": ["Card"],
        "amount": _money(intent.amount, intent.currency),
        "totalAmount": _money(total, intent.currency),
        "refundedAmount": total if intent.status == Status.REFUNDED else 0,
        "customer": {
            "id": f"cust_{made_up[:8].hex()}",
            "emailAddress": f"customer.{made_up[:3].hex()}@example.com",
            "phoneNumber": f"+447700900{made_up[3]:03d}",
        },
        "billingAddress": dict(_ADDRESS),
        "shippingDetails": {"name": "Sam Example", "address": dict(_ADDRESS)},
        "createdAt": write_time(intent.created_at, intent.digits),
        "updatedAt": write_time(intent.updated_at, intent.digits),
        "reference": intent.reference,
        "description": intent.description,
        "itemLines": [],
        "taxLines": [],
        "merchantConfig": {
            "supportedPaymentMethods": {
                "cardSchemes": ["VISA", "MASTERCARD", "MAESTRO", "DISCOVER", "DCI", "AMEX"],
                "wallets": ["APPLE_PAY", "GOOGLE_PAY"],
            }
        },
        "config": {"branding": {}, "tradingName": "Practice Shop"},
        "paymentSource": "api",
        "expireAt": None
        if intent.expire_at is None
        else write_time(intent.expire_at, intent.digits),
        "metadata": {"location-id": f"rpl_{made_up[5:13].hex()}"},
        "paymentEvents": [],
        "paymentLink": f"https://pay.dojo.tech:443/checkout/{intent.id}",
        "terminalSessionHistory": [],
    }
    if intent.status in _PAID:
        body |= _payment(intent, total, made_up)
    return body | dict(intent.given)


def _payment(intent: Intent, total: int, made_up: bytes) -> Body:
    """What an intent has once a card paid for it."""
    transaction = str(uuid.UUID(bytes=made_up[:16], version=4))
    paid_at = write_time(intent.updated_at, 9)
    card_number = f"44565300****{int.from_bytes(made_up[16:20]) % 10_000:04d}"
    auth_code = f"{int.from_bytes(made_up[20:24]) % 1_000_000:06d}"
    captured = intent.status in (Status.CAPTURED, Status.REFUNDED)
    return {
        "paymentDetails": {
            "transactionId": transaction,
            "transactionDateTime": paid_at,
            "message": "DEPOSITED" if captured else "AUTHORISED",
            "authCode": auth_code,
            "card": {
                "cardNumber": card_number,
                "cardName": "SAM EXAMPLE",
                "expiryDate": "2031-12-31",
                "cardType": "VISA",
                "cardFundingType": "Debit",
                "entryMode": "Contactless",
                "verificationMethod": "Pin",
            },
        },
        "paymentEvents": [
            {
                "transactionId": transaction,
                "transactionDateTime": paid_at,
                "eventType": event,
                "authCode": auth_code,
                "cardNumber": card_number,
                "expiryDate": "2031-12-31",
                "cardType": "VISA",
                "cardholderName": "SAM EXAMPLE",
                "paymentMethodId": "",
            }
            for event in _EVENTS[intent.status]
        ],
        "captures": [
            {
                "id": f"cap_{made_up[24:32].hex()}",
                "amount": total,
                "tipsAmount": None,
                "status": "Successful",
                "createdAt": write_time(intent.updated_at, intent.digits),
            }
        ]
        if captured
        else [],
    }


def _money(value: int, currency: str) -> Body:
    return {"value": value, "currencyCode": currency}


def _total(intent: Intent) -> int:
    """What the customer would pay: the amount and what comes on top of it."""
    extras = (intent.given.get(name) for name in _EXTRA_CHARGES)
    return intent.amount + sum(int(extra["value"]) for extra in extras if isinstance(extra, dict))
