"""Texts to try things on: ids, and what hostile chance may put around them."""

from hypothesis import strategies as st

ID_CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

KEY_BODIES = st.text(ID_CHARS + ".~+/=", min_size=16, max_size=60)
KEYS = st.builds("sk_{}_{}".format, st.sampled_from(["prod", "sandbox"]), KEY_BODIES)

IDS = st.builds(
    "pi_{}{}".format,
    st.sampled_from(["", "sandbox_"]),
    st.text(ID_CHARS, min_size=22, max_size=22)
    | st.text("0123456789", min_size=22, max_size=22)
    | st.just("4111111111111111aaaaaA"),
)

EVERY_CHARACTER = st.characters(exclude_categories=())
# What the rules turn on, close together.
FRAGMENTS = st.lists(
    st.sampled_from(
        [
            *"pi_sandbox_PI4A1q-%|,;\t\"'()[]{}<>/:.?#=&+\\█… \n\r\u0000é\u0440\u0456\uff3f",
            *("\u00a0", "\u202f", "\u200b", "\u00ad", "\ufeff", "\u202e", "\u2028", "\u2011"),
            *("pi_", "pi_sandbox_", "sandbox_", "a" * 21, "A" * 22, "pi_" + "b" * 21, "\r\n"),
            *("%70", "%2F", "%25", "%5f", "%20", "%E2%80%8B", "api_", "evt_", "_secret_", "pi_3"),
            *("sk_", "sk_prod_", "rk_live_", "whsec_", "Basic ", "bearer\t", "k_test_"),
            *("4111111111111111", "4111 1111 1111 1111", "5500-0000-0000-0004", "42", " 7", "-3"),
            *("https://pay.dojo.tech:443/checkout/", "1001", "Order", "\ud800", "\U0001f600"),
        ]
    )
    | EVERY_CHARACTER
    | IDS
    | KEYS,
    max_size=30,
).map("".join)


def luhn(number: str) -> int:
    """Return what is left of the Luhn test's sum: 0 for a card number."""
    last_first = [int(digit) for digit in reversed(number)]
    twice = [sum(divmod(2 * digit, 10)) for digit in last_first[1::2]]
    return (sum(last_first[::2]) + sum(twice)) % 10


CARDS = st.text("0123456789", min_size=12, max_size=18).map(
    lambda digits: digits + str(-luhn(digits + "0") % 10)
)
