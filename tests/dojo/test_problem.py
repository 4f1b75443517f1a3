"""What is understood of answers that bring no payment."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from cancel_desk.dojo.problem import Kind, Problem, problem_of, retry_after, server_date

NOW = datetime(2024, 2, 5, 12, 0, 0, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(
    st.integers(100, 999).filter(lambda status: status != 200),
    JSON
    | st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("title", "Detail", "errors", "TRACEID", "status"), JSON)
    ),
)
def test_any_body_is_survived(status, body):
    problem = problem_of(status, {}, body)
    assert problem.http_status == status
    assert isinstance(problem.kind, Kind)
    assert max(len(problem.title), len(problem.trace_id)) <= 1000


@pytest.mark.parametrize("change", [str, str.upper, str.capitalize, str.swapcase])
def test_names_are_read_in_any_case(change):
    body = {"title": "Bad", "detail": "No", "traceId": "00-1", "errors": {"id": ["odd", "short"]}}
    problem = problem_of(400, {}, {change(name): value for name, value in body.items()})
    assert (problem.title, problem.trace_id) == ("Bad", "00-1")
    assert problem.detail == "No; id: odd, short"
    assert problem.words == "Bad: No; id: odd, short"


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ({"id": "odd"}, "id: odd"),
        ({"id": ["odd"], "limit": ["high", "odd"]}, "id: odd; limit: high, odd"),
        ({"id": [["deep"], 7, None, "odd"]}, "id: odd"),
        ({}, ""),
        ([], ""),
        ("odd", ""),
        (None, ""),
    ],
)
def test_the_errors_by_field_become_one_line(errors, said):
    assert problem_of(400, {}, {"errors": errors}).detail == said


def test_a_deep_body_is_survived():
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert problem_of(400, {}, {"title": "Bad", "errors": {"x": deep}}).title == "Bad"
    while deep:  # taken apart piece by piece, because freeing it at once recurses too
        deep = deep.pop()


@pytest.mark.parametrize("body", [None, "text", 7, [{"title": "in a list"}], {}, {"title": 7}])
def test_bodies_that_say_nothing(body):
    problem = problem_of(502, {}, body)
    assert problem == Problem(Kind.SERVER_ERROR, 502)
    assert problem.words == ""


def test_words_are_cut_and_can_be_written():
    problem = problem_of(400, {}, {"title": "x" * 10_000, "detail": "\ud83d", "traceId": "\udfff"})
    assert problem.title == "x" * 1000
    assert (problem.detail, problem.trace_id) == ("\ufffd", "\ufffd")


def test_a_key_that_comes_back_is_removed():
    echo = "refused: Authorization: Basic sk_prod_Canary00"
    body = {"title": echo, "detail": echo, "traceId": echo, "errors": {echo: [echo]}}
    problem = problem_of(401, {}, json.loads(json.dumps(body)))
    assert "Canary" not in repr(problem)
    assert "Canary" not in problem.words
    assert problem.words.count("[key removed]") == 4


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("", None),
        (" ", None),
        ("0", 0),
        ("7", 7),
        (" 7 ", 7),
        ("007", 7),
        ("00000000000000000007", 7),
        ("120", 120),
        ("121", 120),
        ("21600", 120),
        ("9" * 10_000, 120),
        ("-5", None),
        ("+5", None),
        ("1e3", None),
        ("1.5", None),
        ("0x10", None),
        ("\N{FULLWIDTH DIGIT FIVE}", None),
        ("\N{SUPERSCRIPT TWO}", None),
        ("soon", None),
        ("7 seconds", None),
        ("5, 10", None),
        ("nan", None),
        ("inf", None),
        ("Mon, 05 Feb 2024 12:00:30 GMT", 30),
        ("Mon, 05 Feb 2024 12:00:30 -0000", 30),
        ("Mon, 05 Feb 2024 13:00:30 +0100", 30),
        ("Monday, 05-Feb-24 12:00:30 GMT", 30),
        ("Mon, 05 Feb 2024 11:00:00 GMT", 0),
        ("Mon, 05 Feb 2024 18:00:00 GMT", 120),
        ("Mon, 05 Feb 99999 12:00:00 GMT", None),
        ("Mon, 45 Feb 2024 12:00:00 GMT", None),
        ("Mon, 05 Feb 2024 99:99:99 GMT", None),
        ("Mon, 05 Feb 2024 12:00:30 +9999999", None),
        ("2024-02-05T12:00:30Z", None),
    ],
)
def test_retry_after(text, seconds):
    assert retry_after(text, NOW) == seconds


@given(st.text() | st.text("MonFebGMT 0123456789:,+-"), st.sampled_from([NOW, None]))
def test_retry_after_is_between_nothing_and_two_minutes(text, now):
    seconds = retry_after(text, now)
    assert seconds is None or 0 <= seconds <= 120


def test_retry_after_is_counted_by_the_server_s_clock():
    headers = CaseInsensitiveDict(
        {"retry-after": "Mon, 05 Feb 2024 12:00:30 GMT", "date": "Mon, 05 Feb 2024 12:00:00 GMT"}
    )
    wrong_clock = datetime(2031, 1, 1, tzinfo=UTC)
    assert problem_of(503, headers, None, wrong_clock).retry_after == 30
    del headers["date"]
    assert problem_of(503, headers, None, NOW).retry_after == 30


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Mon, 05 Feb 2024 12:00:00 GMT", NOW),
        ("Mon, 05 Feb 2024 13:00:00 +0100", NOW),
        ("today", None),
        ("", None),
    ],
)
def test_the_server_s_date(text, moment):
    assert server_date({"Date": text}) == moment
    assert server_date({}) is None
