"""Keys and card numbers never get past, and nothing else is touched."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cancel_desk.desk.intake.portions import PORTION, portions
from cancel_desk.desk.intake.secrets import Scrubbed, drop_secrets
from cancel_desk.dojo.key import ApiKey

from .texts import CARDS, FRAGMENTS, IDS, KEYS, luhn

SEPARATORS = st.sampled_from(["", "", " ", "-", ".", "\u00a0", "  ", " - ", "\u2011", "\u200b"])
KEY = "sk_prod_2o8snUjT8aOxCg7xBzYCzg"
CARD = "4111 1111 1111 1111"
ID = re.compile(r"(?<![\w-])pi_(?:sandbox_)?[A-Za-z0-9_-]{22}(?![\w-])", re.ASCII)


# How the digits of a card number stand: all in one, or as on the card, with any gap left out.
GROUPED = re.compile(
    r"\d+|[2-6](?:\d{3} ?(?:\d{4} ?){2}(?:\d{1,4}|\d{4} ?\d{1,3})"
    r"|\d{3} ?\d{6} ?\d{4,5}|\d{5} \d{7,13})"
)


def card_numbers(text: str) -> list[str]:
    """Return every row of whole groups of digits that may be a card number, by trying all."""
    chains = re.findall(r"\d+(?:[ .\u00a0\u2000-\u200b\u2010-\u2015-]{1,3}\d+)*", text)
    rows = []
    for chain in chains:
        groups = re.findall(r"\d+", chain)
        rows += [
            " ".join(groups[first:last])
            for first in range(len(groups))
            for last in range(first + 1, len(groups) + 1)
        ]
        if len(groups) == len("".join(groups)) and groups[0] in "23456":
            rows.append("".join(groups))
    numbers = [row.replace(" ", "") for row in rows if GROUPED.fullmatch(row)]
    return [each for each in numbers if 13 <= len(each) <= 19 and luhn(each) == 0]


@given(FRAGMENTS, KEYS, FRAGMENTS)
def test_no_key_is_left_nor_half_of_it(before: str, key: str, behind: str):
    ApiKey(key)  # it is one
    around = f"{before}\n{behind}"
    halves = {key[start : start + 8] for start in range(len(key) - 8)}
    assume(not any(half in around for half in halves) and "pi_" not in key)
    for text in (f"{before}\n{key}\n{behind}", f"{before}{key}{behind}"):
        assume(not any(half in each for each in ID.findall(text) for half in halves))
        left = drop_secrets(text).text
        assert not any(half in left for half in halves)


@given(CARDS, st.data())
def test_no_card_number_is_left(card: str, data: st.DataObject):
    gaps = data.draw(st.sampled_from([(), (4, 8, 12), (4, 8, 12, 16), (4, 10), (6,), range(19)]))
    assume(not gaps or card[0] in "23456")
    grouped = "".join(
        (data.draw(SEPARATORS) if at in gaps else "") + digit for at, digit in enumerate(card)
    )
    if gaps == range(19):
        grouped = " ".join(card)
    before, behind = data.draw(st.tuples(FRAGMENTS, FRAGMENTS))
    scrubbed = drop_secrets(f"{before} x{grouped}x {behind}")
    start = len(before) + 2
    assert scrubbed.text[start : start + len(grouped)] == "█" * len(grouped)


@given(st.text("0123456789 -.,x", max_size=80))
def test_no_row_of_digits_that_passes_the_test_is_left(text: str):
    scrubbed = drop_secrets(text)
    assert card_numbers(scrubbed.text) == []
    assert bool(scrubbed.cards) == bool(card_numbers(text))


@given(FRAGMENTS)
def test_only_blocks_are_put_in_and_nothing_is_found_in_what_is_left(text: str):
    scrubbed = drop_secrets(text)
    assert len(scrubbed.text) == len(text)
    assert all(new in (old, "█") for old, new in zip(text, scrubbed.text, strict=True))
    assert (scrubbed.text != text) <= bool(scrubbed.keys + scrubbed.cards)
    assert drop_secrets(scrubbed.text) == Scrubbed(scrubbed.text)


@given(st.lists(IDS), st.sampled_from(["\n", " ", ",", "\t"]))
def test_ids_are_never_touched(ids: list[str], between: str):
    text = between.join(ids)
    assert drop_secrets(text) == Scrubbed(text)


@pytest.mark.parametrize(
    "text",
    [
        "risk_level_assessment_2024 task_id_0001 ask_me_anything_at_all",
        "Our keys start with sk_prod_ or sk_sandbox_ and are kept in the safe.",
        "Basic misunderstandings; bearer of-good-news-from-abroad",
        "Basic pi_vpwd4ooAPEqyNAQe4z89WQ",
        "2024-02-05T10:20:30.123456789Z 2024-02-05 10:20:30",
        "4111 1111 1111 1112, 123456789012, 41111111111111111111",
        "41111111111111111115",  # 20 digits that pass the test
        "411111111117 1",  # and 12
        "4111\t1111\t1111\t1111",
        "4111\n1111\n1111\n1111",
        "4111, 1111, 1111, 1111",
        # Order numbers that pass the test: with gaps where no card has any, or with such a start.
        "411 1111 1111 11111",
        "41 11 11 11 11 11 11 11",
        "2024-05-411111-12 41111-1111111-1111",
        "1234 5678 1234 5670",
        "9792-0301-2345-6780",
    ],
)
def test_what_is_no_secret_stays(text: str):
    assert drop_secrets(text) == Scrubbed(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("sk_prod_a", "█████████"),
        ("key=sk_sandbox_ab.cd~e+f/g==;", "key=████████████████████████;"),
        ("xsk_prod_a1b2", "x████████████"),
        ("Sk_LIVE_abc rk_test_abc pk_live_abc", "███████████ ███████████ ███████████"),
        ("sk_2o8snUjT8aOxCg7xBzYC", "███████████████████████"),
        ("whsec_2o8snUjT8aOxCg7x", "██████████████████████"),
        ("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30", f"Authorization: {'█' * 31}"),
        ("s\u200bk_prod_ab\u00adcd\u200b!", "██████████████\u200b!"),
        ("\u200bsk_prod_a\u200bb", "\u200b███████████"),
        ("sk_prod_abc,pi_vpwd4ooAPEqyNAQe4z89WQ", "███████████,pi_vpwd4ooAPEqyNAQe4z89WQ"),
        ("sk_prod_abc/pi_vpwd4ooAPEqyNAQe4z89WQ", "███████████/pi_vpwd4ooAPEqyNAQe4z89WQ"),
        ("pi_4111111111111111", "pi_████████████████"),
        ("14 4111 1111 1111 1111", "14 ███████████████████"),
        ("4111 11111111 1111", "██████████████████"),
        ("3782 822463 10005, 3782 82246310005", "█████████████████, ████████████████"),
        ("3056 930902 5904", "████████████████"),
        ("6304 0000 0000 0000 000", "███████████████████████"),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "█" * 31),
        ("1234567812345670", "████████████████"),
        ("1234 4111 1111 1111 1111 12/27", "1234 ███████████████████ 12/27"),
        ("\uff14" + "\uff11" * 15, "████████████████"),
    ],
)
def test_what_is_a_secret_goes(text: str, left: str):
    assert drop_secrets(text).text == left


@pytest.mark.parametrize(("between", "cut"), [("\n", 1), (",", 1), ('"', 1), (" ", 2), ("\t", 2)])
def test_no_secret_slips_through_where_a_long_text_is_cut(between: str, cut: int):
    for before in range(cut * PORTION - 60, cut * PORTION + 2):
        text = f"{'x' * before}{between}{KEY}{between}{CARD}{between}Bearer {KEY[3:]}{between}y"
        scrubbed = drop_secrets(text)
        for secret in (KEY, CARD, f"Bearer {KEY[3:]}"):
            text = text.replace(secret, "█" * len(secret))
        assert scrubbed.text == text
        assert (scrubbed.keys, scrubbed.cards) == (2, 1)


@pytest.mark.parametrize("unit", ["x", " ", "é", "4.", "-", "\u200b"])
def test_portions_are_small_and_lose_nothing(unit: str):
    text = unit * (10 * PORTION)
    parts = list(portions(text))
    assert "".join(parts) == text
    assert max(map(len, parts)) <= 3 * PORTION
