"""That the benchmark tells the truth: its counters, its verdicts, its table. No time is judged."""

import dataclasses
import os
import shutil
from datetime import UTC, datetime

import pytest
import requests
import trustme

from cancel_desk.dojo.intent import is_intent_id

from . import report
from .__main__ import keep
from .figures import Figure, ratios
from .peers import Contestant, Outcome, contestants
from .probes import probe
from .report import Measurement
from .server import Serving, serving
from .throughput import let_work

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
MACHINE = {
    "processor": "A Processor",
    "cores": 2,
    "memory": "8 GB",
    "disk": "ext2/ext3",
    "system": "Debian 12",
    "python": "CPython 3.11.2",
    "pyside6": "6.11.3",
    "requests": "2.34.2",
    "curl": "7.88.1",
    "commit": "",
}
FAST = Figure("throughput", "Time beside curl", "x", (1.05, 1.21, 1.08), bar=1.1)
SLOW = Figure("throughput", "Times faster", "x", (9.0, 12.0, 9.5), bar=10, at_least=True)
INFORMS = Figure("cpu", "A call", "ms", (0.3,))


# --- Figures and their table ----------------------------------------------------------------------


def test_the_middle_round_decides():
    assert (FAST.median, FAST.is_missed) == (1.08, False)
    assert (SLOW.median, SLOW.is_missed) == (9.5, True)
    assert not INFORMS.is_missed


@pytest.mark.parametrize("at_least", [False, True])
def test_a_bar_that_is_just_met_is_kept(at_least):
    assert not Figure("cpu", "x", "x", (0.9,), bar=0.9, at_least=at_least).is_missed


def test_rounds_are_compared_one_by_one():
    assert ratios([1.0, 6.0], [2.0, 3.0]) == (0.5, 2.0)
    with pytest.raises(ValueError, match="shorter"):
        ratios([1.0, 6.0], [2.0])


def test_the_table_has_every_figure_beside_its_bar():
    heading, fast, slow, space, second, informs = report.table([FAST, SLOW, INFORMS]).splitlines()
    assert heading.split()[:2] == ["THROUGHPUT", "median"]
    assert fast.split() == [
        "Time",
        "beside",
        "curl",
        "1.08",
        "x",
        "1.05",
        "–",
        "1.21",
        "≤",
        "1.10",
        "x",
        "ok",
    ]
    assert slow.split() == [
        "Times",
        "faster",
        "9.50",
        "x",
        "9.00",
        "–",
        "12.0",
        "≥",
        "10.0",
        "x",
        "MISSED",
    ]
    assert space == ""
    assert second.startswith("CPU")
    assert informs.split() == ["A", "call", "0.30", "ms", "0.30", "–", "0.30"]


def test_what_was_written_for_machines_can_be_read_again():
    measured = [Measurement([FAST, SLOW], MACHINE, AT), Measurement([INFORMS], MACHINE, AT)]
    assert report.from_json(report.to_json(measured)) == measured


def test_parts_measured_one_after_the_other_stand_together(tmp_path):
    path = tmp_path / "build" / "bench.json"
    first, later = MACHINE | {"commit": "0123456789ab"}, MACHINE | {"commit": "cdef01234567"}
    keep(Measurement([INFORMS, FAST], first, AT), path)
    keep(Measurement([SLOW], later, AT), path)
    assert report.from_json(path.read_text("utf-8")) == [
        Measurement([SLOW], later, AT),
        Measurement([INFORMS], first, AT),
    ]


def test_the_readme_gets_what_has_a_bar_between_its_marks_and_nothing_else_changes(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("# Before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n")
    for _ in range(2):  # and again
        report.renew(readme, report.block([Measurement([FAST, SLOW, INFORMS], MACHINE, AT)]))
    before, *lines, after = readme.read_text().splitlines()
    assert (before, after) == ("# Before", "after")
    assert "| Time beside curl | 1.08 x | 1.05 – 1.21 | ≤ 1.10 x | ok |" in lines
    assert not any("A call" in line or "old" in line for line in lines)
    assert lines[-2] == (
        "Measured on 2026-03-01 (throughput, cpu): A Processor, 2 cores, 8 GB of memory, Debian 12,"
        " CPython 3.11.2, PySide6 6.11.3, requests 2.34.2, curl 7.88.1."
    )


def test_a_readme_without_the_marks_is_left_alone(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("# Before\n")
    with pytest.raises(ValueError, match="bench"):
        report.renew(readme, "new")
    assert readme.read_text() == "# Before\n"


# --- The server and its counters ------------------------------------------------------------------


def ask(server: Serving, method: str, path: str, key: str | None = None, **options):
    headers = {"Authorization": f"Basic {key or server.key}"}
    url = f"{server.url}/payment-intents/{path}"
    return requests.request(
        method, url, headers=headers, verify=server.ca_file, timeout=5, **options
    )


def test_the_server_cancels_and_counts():
    with serving(0, 0, intents=3) as server:
        first, second, third = server.ids
        assert all(map(is_intent_id, server.ids))
        body = ask(server, "GET", first + "?returnCanceled=true").json()
        assert (body["id"], body["status"]) == (first, "Created")
        assert ask(server, "DELETE", first).json()["status"] == "Canceled"
        assert ask(server, "GET", first).status_code == 404  # as the API does, unless asked
        assert ask(server, "GET", first + "?returnCanceled=true").json()["status"] == "Canceled"
        assert ask(server, "DELETE", second).status_code == 200
        assert ask(server, "DELETE", second).status_code == 409
        assert ask(server, "GET", third, key="sk_sandbox_another").status_code == 401
        found = ask(server, "POST", "search", json={"cursor": {"limit": 2}}).json()["data"]
        assert [(each["id"], each["status"]) for each in found] == [
            (first, "Canceled"),
            (second, "Canceled"),
        ]
        counts = server.counts()
        assert (counts["requests"], counts["cancelled"], counts["unknown"]) == (8, 2, 3)
        assert (counts["deletes_per_id_min"], counts["deletes_per_id_max"]) == (0, 2)
        arrivals = server.arrivals()
        assert len(arrivals) == 8
        assert arrivals == sorted(arrivals)
        server.forget()
        assert server.counts()["requests"] == 0
        assert ask(server, "GET", first).json()["status"] == "Created"


def test_the_server_refuses_what_comes_too_fast():
    with serving(0, 0, intents=1, rate=0.001, burst=2, retry_after=7) as server:
        answers = [ask(server, "GET", server.ids[0]) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[-1].headers["Retry-After"] == "7"
        assert server.counts()["refused_429"] == 1


# --- The contestants ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "contestant",
    [each for each in contestants() if "16" not in each.name],
    ids=lambda contestant: contestant.name,
)
def test_every_contestant_does_the_whole_job(contestant):
    """`let_work` raises where the server did not see every payment read and cancelled once."""
    outcome = let_work(contestant, intents=4, latency=0, jitter=0)
    assert outcome.wall > 0
    assert outcome.cpu > 0


def test_who_does_not_do_the_job_is_found_out():
    idle = Contestant("idle", lambda _place: Outcome(0.1, 0.1))
    with pytest.raises(RuntimeError, match="idle: the server counted"):
        let_work(idle, intents=1, latency=0, jitter=0)


def test_no_command_line_holds_the_key(tmp_path, monkeypatch):
    """A curl that notes how it was called stands before the system's."""
    noted = tmp_path / "noted"
    curl = tmp_path / "curl"
    curl.write_text(f'#!/bin/sh\necho "$@" >> {noted}\nexec {shutil.which("curl")} "$@"\n')
    curl.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with serving(0, 0, intents=1) as server:
        for contestant in contestants():
            if "curl" in contestant.name:
                contestant.run(server.place)
                server.forget()
    calls = noted.read_text()
    assert calls.count("-K") == calls.count("\n") == 2 + 2 + 2 * (2 + 1)
    assert server.key not in calls
    assert server.key not in repr(server.place)


def test_the_program_trusts_no_other_server_than_the_one_it_was_given(tmp_path):
    another = tmp_path / "another.pem"
    trustme.CA().cert_pem.write_to_path(another)
    with serving(0, 0, intents=1) as server:
        place = dataclasses.replace(server.place, authority_file=str(another))
        with pytest.raises(RuntimeError, match="can't be pressed"):
            probe("program", 1, given=place.to_json())
        assert server.counts()["requests"] == 0
