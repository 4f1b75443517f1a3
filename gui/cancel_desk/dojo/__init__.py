"""The Dojo payment-intents API, as far as this product uses it. Knows nothing of the rest."""
