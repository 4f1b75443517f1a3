"""How old things are and when they happened, as people say it where they are."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QLocale

from cancel_desk.window import words


@pytest.fixture(autouse=True)
def london(monkeypatch, dressed) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/London")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


NOW = datetime(2026, 5, 14, 9, 0, tzinfo=UTC)  # ten in the morning in London


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (NOW + timedelta(seconds=40), "just now"),
        (NOW - timedelta(seconds=59), "just now"),
        (NOW - timedelta(minutes=1), "1 min ago"),
        (NOW - timedelta(minutes=59, seconds=59), "59 min ago"),
        (NOW - timedelta(hours=1), "1 h ago"),
        (NOW - timedelta(hours=23, minutes=59), "23 h ago"),
        (NOW - timedelta(hours=24), "yesterday"),
        (NOW - timedelta(hours=26), "yesterday"),
        (datetime(2026, 5, 12, 23, 0, tzinfo=UTC), "yesterday"),  # midnight in London
        (datetime(2026, 5, 12, 22, 59, tzinfo=UTC), "2 days ago"),
        (NOW - timedelta(days=29), "29 days ago"),
        (NOW - timedelta(days=30), "14/04/2026"),
        (datetime(2024, 12, 31, 23, 59, tzinfo=UTC), "31/12/2024"),
    ],
)
def test_an_age_has_the_unit_that_people_would_use(when, said):
    assert words.ago(when, NOW) == said


def test_a_day_of_25_hours_has_a_yesterday(dressed):
    now = datetime(2026, 10, 25, 23, 50, tzinfo=UTC)  # the clocks went back that morning
    assert words.ago(now - timedelta(hours=24, minutes=30), now) == "yesterday"


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (NOW, "10:00:00"),
        (datetime(2026, 5, 13, 23, 0, 7, tzinfo=UTC), "00:00:07"),
        (datetime(2026, 5, 13, 22, 59, 59, tzinfo=UTC), "13/05/2026 23:59:59"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "02/01/2026 03:04:05"),
    ],
)
def test_a_moment_has_its_date_unless_that_is_today_s(when, said):
    assert words.to_the_second(when, NOW) == said


@pytest.fixture
def speak() -> Iterator[None]:
    before = QLocale()
    yield lambda name: QLocale.setDefault(QLocale(name))
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en_GB", "13/05/2026 17:05:09"),
        ("en_US", "5/13/26 5:05:09\N{NARROW NO-BREAK SPACE}PM"),
        ("de_DE", "13.05.26 17:05:09"),
        ("fi_FI", "13.5.2026 17.05.09"),
        ("fr_CA", "2026-05-13 17 h 05 min 09 s"),
        ("es_ES", "13/5/26 17:05:09"),
    ],
)
def test_it_is_written_as_the_system_writes_it(speak, locale, said):
    speak(locale)
    assert words.to_the_second(datetime(2026, 5, 13, 16, 5, 9, tzinfo=UTC), NOW) == said


def test_no_language_s_clock_lacks_its_seconds_or_names_a_time_zone(speak):
    when = datetime(2026, 5, 14, 8, 47, 58, tzinfo=UTC)
    any_locale = QLocale.matchingLocales(
        QLocale.Language.AnyLanguage, QLocale.Script.AnyScript, QLocale.Country.AnyCountry
    )
    assert len(any_locale) > 300
    for locale in any_locale:
        QLocale.setDefault(locale)
        digits = {locale.toString(number): str(number) for number in range(10)}
        said = "".join(digits.get(char, char) for char in words.to_the_second(when, NOW))
        assert [int(part) for part in re.findall(r"\d+", said)] == [9, 47, 58], (
            locale.name(),
            said,
        )
        assert not re.search("BST|GMT|UTC|London", said), (locale.name(), said)
