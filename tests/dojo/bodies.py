"""Bodies with the published shape, full of what must not be kept."""

INTENT_ID = "pi_sandbox_" + "Tg9zR2wXSk6qhN-_Yd0m3A"

SECRETS = (
    "canary-session-secret",
    "canary cardholder",
    "canary-card-number",
    "canary-auth-code",
    "canary@customer.example",
    "canary-customer-id",
    "canary street",
    "canary-metadata",
    "canary-payment-link",
    "canary-item",
    "canary-event",
    "canary-unheard-of",
)


def intent_body(**changes: object) -> dict[str, object]:
    """A whole intent, as the server describes it; `changes` replace or add members."""
    address = {"address1": "1 canary street", "city": "canary street", "countryCode": "GB"}
    return {
        "id": INTENT_ID,
        "captureMode": "Manual",
        "clientSessionSecret": "canary-session-secret",
        "clientSessionSecretExpirationDate": "2024-02-05T11:20:00Z",
        "status": "Created",
        "paymentMethods": ["Card", "Wallet"],
        "amount": {"value": 1250, "currencyCode": "GBP"},
        "tipsAmount": {"value": 100, "currencyCode": "GBP"},
        "totalAmount": {"value": 1350, "currencyCode": "GBP"},
        "createdAt": "2024-02-05T11:00:00.1234567Z",
        "updatedAt": "2024-02-05T11:05:00Z",
        "expireAt": "2024-03-06T11:00:00.5+01:00",
        "reference": "Order 234",
        "description": "Two chairs",
        "customer": {"id": "canary-customer-id", "emailAddress": "canary@customer.example"},
        "billingAddress": address,
        "shippingDetails": {"name": "canary cardholder", "address": address},
        "itemLines": [{"id": "canary-item", "amountTotal": {"value": 1, "currencyCode": "GBP"}}],
        "metadata": {"note": "canary-metadata"},
        "paymentLink": "https://pay.example/canary-payment-link",
        "paymentDetails": {
            "transactionId": "canary-auth-code",
            "authCode": "canary-auth-code",
            "card": {"cardNumber": "canary-card-number", "cardName": "canary cardholder"},
        },
        "paymentEvents": [{"transactionId": "canary-event", "cardholderName": "canary cardholder"}],
        "fieldOfTomorrow": ["canary-unheard-of"],
        **changes,
    }
