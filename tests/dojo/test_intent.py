"""What is kept of an intent's body, and what becomes of odd values."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cancel_desk.dojo.intent import (
    Intent,
    IntentFormatError,
    Money,
    Status,
    is_intent_id,
    is_sandbox_id,
    parse_intent,
)

from .bodies import INTENT_ID, SECRETS, intent_body

READ_AT = datetime(2024, 2, 5, 12, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def test_the_allowed_fields_are_taken():
    assert parse_intent(intent_body(), READ_AT) == Intent(
        id=INTENT_ID,
        status=Status.CREATED,
        capture_mode="Manual",
        amount=Money(1250, "GBP"),
        total_amount=Money(1350, "GBP"),
        reference="Order 234",
        description="Two chairs",
        created_at=datetime(2024, 2, 5, 11, 0, 0, 123456, tzinfo=UTC),
        updated_at=datetime(2024, 2, 5, 11, 5, tzinfo=UTC),
        expire_at=datetime(2024, 3, 6, 10, 0, 0, 500000, tzinfo=UTC),
        read_at=READ_AT,
    )


def test_nothing_else_of_the_body_is_kept():
    body = intent_body()
    assert all(secret in json.dumps(body) for secret in SECRETS)
    kept = repr(parse_intent(body))
    assert [secret for secret in SECRETS if secret in kept] == []


def test_there_is_no_place_for_anything_else():
    assert [field.name for field in dataclasses.fields(Intent)] == [
        "id",
        "status",
        "capture_mode",
        "amount",
        "total_amount",
        "reference",
        "description",
        "created_at",
        "updated_at",
        "expire_at",
        "read_at",  # not from the body: the time of the answer
    ]
    assert not hasattr(parse_intent(intent_body()), "__dict__")


def test_id_and_status_are_enough():
    intent = parse_intent({"id": INTENT_ID, "status": "Created"})
    assert intent == Intent(INTENT_ID, "Created")
    assert intent.to_pay is None


@pytest.mark.parametrize(
    "body",
    [
        None,
        "Created",
        [intent_body()],
        {},
        {"data": intent_body()},
        {"id": INTENT_ID},
        {"status": "Created"},
        intent_body(id=None),
        intent_body(id=7),
        intent_body(id=""),
        intent_body(id="../accounts"),
        intent_body(id=f"{INTENT_ID}\n"),
        intent_body(id=[INTENT_ID]),
        intent_body(status=None),
        intent_body(status=""),
        intent_body(status=3),
        intent_body(status=["Created"]),
        intent_body(status={"value": "Created"}),
    ],
)
def test_without_a_usable_id_and_status_it_is_no_intent(body):
    with pytest.raises(IntentFormatError):
        parse_intent(body)


@given(st.dictionaries(st.sampled_from(list(intent_body())), JSON) | JSON)
def test_any_json_is_either_an_intent_or_refused(body):
    try:
        intent = parse_intent(body)
    except IntentFormatError:
        return
    assert is_intent_id(intent.id)
    assert isinstance(intent.status, str)
    assert intent.status


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(intent_body(), JSON)))
def test_any_values_of_the_other_fields_leave_a_usable_intent(values):
    intent = parse_intent({**values, "id": INTENT_ID, "status": "Created"})
    assert (intent.id, intent.status) == (INTENT_ID, "Created")
    for text in (intent.capture_mode, intent.reference, intent.description):
        assert text is None or 1 <= len(text) <= 1000
    for moment in (intent.created_at, intent.updated_at, intent.expire_at):
        assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize("status", ["Canceled", "canceled", "Cancelled", "Disputed", "Created "])
def test_a_status_is_kept_as_it_came(status):
    assert parse_intent(intent_body(status=status)).status == status


@pytest.mark.parametrize(
    ("money", "expected"),
    [
        ({"value": 0, "currencyCode": "GBP"}, Money(0, "GBP")),
        ({"value": -5, "currencyCode": "EUR"}, Money(-5, "EUR")),
        ({"value": 2**63 - 1, "currencyCode": "GBP"}, Money(2**63 - 1, "GBP")),
        ({"value": 2**63, "currencyCode": "GBP"}, None),
        ({"value": 10.0, "currencyCode": "GBP"}, None),
        ({"value": True, "currencyCode": "GBP"}, None),
        ({"value": "10", "currencyCode": "GBP"}, None),
        ({"value": 10}, None),
        ({"value": 10, "currencyCode": "gbp"}, None),
        ({"value": 10, "currencyCode": "GBP\n"}, None),
        ({"value": 10, "currencyCode": "ΑΒΓ"}, None),
        ({"currencyCode": "GBP"}, None),
        (10, None),
        (None, None),
        ([], None),
    ],
)
def test_money_is_whole_minor_units_of_a_currency_or_nothing(money, expected):
    intent = parse_intent(intent_body(amount=money, totalAmount=None))
    assert intent.amount == intent.to_pay == expected


def test_what_the_customer_would_pay_is_the_total():
    assert parse_intent(intent_body()).to_pay == Money(1350, "GBP")


@pytest.mark.parametrize("digits", range(10))
def test_times_may_have_any_precision(digits):
    fraction = "." + "123456789"[:digits] if digits else ""
    moment = parse_intent(intent_body(createdAt=f"2024-02-05T11:00:00{fraction}Z")).created_at
    microsecond = int("123456789"[: min(digits, 6)].ljust(6, "0")) if digits else 0
    assert moment == datetime(2024, 2, 5, 11, 0, 0, microsecond, tzinfo=UTC)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_survives(moment):
    text = moment.isoformat().replace("+00:00", "Z")
    assert parse_intent(intent_body(expireAt=text)).expire_at == moment


def test_a_time_is_brought_to_utc():
    moment = parse_intent(intent_body(createdAt="2024-02-05T01:00:00+05:30")).created_at
    assert moment == datetime(2024, 2, 5, 1, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-02-05",
        "2024-02-05T11:00:00",
        "2024-02-05 11:00:00Z",
        "2024-02-30T11:00:00Z",
        "2024-02-05T11:00:61Z",
        "2024-02-05T11:00:00.1234567890Z",
        "2024-02-05T11:00:00.Z",
        "2024-02-05T11:00:00Z\n",
        "2024-02-05T11:00:00+99:99",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "٢٠٢٤-02-05T11:00:00Z",
        1707130800,
    ],
)
def test_what_is_no_time_is_dropped(text):
    assert parse_intent(intent_body(createdAt=text)).created_at is None


def test_texts_are_cut_and_can_be_written():
    intent = parse_intent(intent_body(reference="x" * 5000, description="half \ud83d of one"))
    assert intent.reference == "x" * 1000
    assert intent.description == "half \ufffd of one"
    assert intent.description.encode()


def test_whole_characters_are_left_alone():
    text = "\ufeff\N{CYRILLIC SMALL LETTER A} 7 \N{CHAIR}"
    assert parse_intent(intent_body(reference=text)).reference == text


def test_a_key_in_a_text_is_removed():
    reference = "paid with sk_prod_Canary00"
    assert parse_intent(intent_body(reference=reference)).reference == "paid with [key removed]"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        (INTENT_ID, True),
        ("pi_vpwd4ooAPEqyNAQe4z89WQ", True),
        ("pi_1", True),
        ("pi_" + "x" * 128, True),
        ("pi_" + "x" * 129, False),
        ("pi_", False),
        ("", False),
        ("PI_1", False),
        (" pi_1", False),
        ("pi_1\n", False),
        ("pi_1\x00", False),
        ("pi_1/", False),
        ("pi_1#z", False),
        ("pi_1?x", False),
        ("pi_1%2e", False),
        ("pi_1;x", False),
        ("pi_1.", False),
        ("pi_1\\", False),
        ("pi_\N{CYRILLIC SMALL LETTER A}", False),
        ("pi_\N{FULLWIDTH DIGIT ONE}", False),
        ("../accounts", False),
        ("%2e%2e/x", False),
        ("search", False),
    ],
)
def test_which_texts_can_be_ids(text, good):
    assert is_intent_id(text) is good


@given(st.text())
def test_an_id_can_never_change_the_path(text):
    if is_intent_id(text):
        assert text.isascii()
        assert text.replace("_", "").replace("-", "").isalnum()


def test_the_prefix_decides_the_environment():
    assert is_sandbox_id(INTENT_ID)
    assert is_sandbox_id("pi_sandbox_1")
    assert not is_sandbox_id("pi_vpwd4ooAPEqyNAQe4z89WQ")
    assert not is_sandbox_id("pi_sandboxpwd4ooAPEqyNAQe4")


NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("created", "expires", "ends"),
    [
        (NOON, None, NOON + timedelta(days=30)),
        (NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=1)),
        (None, None, None),
    ],
)
def test_when_an_unpaid_intent_ends_by_itself(created, expires, ends):
    assert Intent("pi_x", "Created", created_at=created, expire_at=expires).expires_at == ends


@pytest.mark.parametrize(
    ("updated", "lately"),
    [
        (NOON - timedelta(seconds=119), True),
        (NOON - timedelta(seconds=120), False),
        (NOON - timedelta(hours=1), False),  # its creation
        (NOON + timedelta(seconds=1), True),
        (None, False),
    ],
)
def test_what_changed_just_before_it_was_read(updated, lately):
    created = NOON - timedelta(hours=1)
    intent = Intent("pi_x", "Created", created_at=created, updated_at=updated, read_at=NOON)
    assert intent.changed_lately is lately
    assert not Intent("pi_x", "Created", created_at=created, updated_at=updated).changed_lately


def test_what_was_just_made_has_not_changed():
    assert not Intent(
        "pi_x", "Created", created_at=NOON, updated_at=NOON, read_at=NOON
    ).changed_lately
