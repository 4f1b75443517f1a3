"""The sample batch and the e-mail that names it."""

import re
from collections import Counter
from random import Random

import pytest

from cancel_desk.practice import Status, samples

NOW = 1_800_000_000 * 10**9
DAY = 86_400 * 10**9


@pytest.fixture
def batch():
    return samples.batch(Random(1), NOW)


def test_the_same_seed_gives_the_same(batch):
    assert samples.batch(Random(1), NOW) == batch
    assert samples.email(Random(5), batch) == samples.email(Random(5), batch)
    other = samples.batch(Random(2), NOW)
    assert not {intent.id for intent in other} & {intent.id for intent in batch}


def test_the_batch_has_all_that_is_to_be_shown(batch):
    assert len(batch) == len({intent.id for intent in batch}) == 25
    statuses = Counter(intent.status for intent in batch)
    assert {*statuses} == {*Status}
    assert statuses["Created"] > 12
    assert {intent.currency for intent in batch} == {"GBP", "EUR"}
    assert {intent.digits for intent in batch} == {*range(10)}
    unpaid = [intent for intent in batch if intent.status == "Created"]
    assert any(intent.expire_at is None for intent in unpaid)
    assert any(
        intent.expire_at is not None and 0 < intent.expire_at - NOW < DAY for intent in unpaid
    )
    assert all(intent.expire_at is None or intent.expire_at > NOW for intent in unpaid)
    for intent in batch:
        assert intent.created_at <= intent.updated_at <= NOW
        assert (intent.updated_at == intent.created_at) == (intent.status == "Created")
        assert 0 < len(intent.reference) <= 60
        assert intent.amount > 0


def test_the_batch_can_be_served(server, call):
    intents = server.add_samples(seed=3)
    assert len(call.search({}).json["data"]) == 25
    for intent in intents:
        reply = call.delete(intent.id)
        assert reply.status == (200 if intent.status == "Created" else 409)
    with pytest.raises(ValueError, match="already"):
        server.add_samples(seed=3)
    assert len(server.add_samples(seed=4)) == 25


@pytest.mark.parametrize("seed", range(20))
def test_the_email_says_what_is_in_it(seed, batch):
    email = samples.email(Random(seed), batch)
    named = re.findall(r"(?<![\w-])pi_sandbox_[\w-]{22}(?![\w-])", email.text)
    assert tuple(dict.fromkeys(named)) == email.ids
    assert {*email.ids} == {intent.id for intent in batch}
    assert len(named) - len(email.ids) == email.duplicates > 0
    looks_like_one = re.findall(r"pi_sandbox_[\w-]+", email.text)
    assert sorted({*looks_like_one} - {*email.ids}) == sorted(email.not_ids)
    assert len(email.not_ids) == 2
    for form in ("pay.dojo.tech:443/checkout/pi_", "pay.dojo.tech/checkout/pi_", "?lang=", "\t"):
        assert form in email.text


def test_a_short_batch_makes_an_email_too(batch):
    email = samples.email(Random(1), batch[:1])
    assert (email.ids, email.duplicates) == ((batch[0].id,), 1)
