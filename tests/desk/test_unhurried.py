"""Pauses lose nothing, and come while there is much to do only."""

from cancel_desk.desk import unhurried as module
from cancel_desk.desk.unhurried import unhurried


def test_all_comes_in_its_order():
    assert list(unhurried(range(1000))) == list(range(1000))
    assert list(unhurried([])) == []


def test_a_pause_comes_after_two_milliseconds_of_work(monkeypatch):
    now, pauses = [0.0], []
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(module.time, "sleep", lambda _: pauses.append(now[0]))
    for _ in unhurried(range(10)):
        now[0] += 0.0008
    assert [round(1000 * pause, 1) for pause in pauses] == [2.4, 4.8, 7.2]
