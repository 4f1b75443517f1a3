"""A run killed in the middle: the server has the last word, and the journal agrees with it."""

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cancel_desk.desk.clock import Clock
from cancel_desk.desk.engine import Engine
from cancel_desk.desk.events import EndReason
from cancel_desk.desk.journals import Journals
from cancel_desk.desk.pace import Control
from cancel_desk.desk.profiles import Environment, Profile
from cancel_desk.desk.row import State
from cancel_desk.dojo.client import Client
from cancel_desk.dojo.key import ApiKey
from cancel_desk.practice import Fault, Kind, PracticeServer

PAYMENTS = 40
SHOP = Profile("b" * 32, "Shop", Environment.SANDBOX, "abcd", verified=True)

PROGRAM = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from cancel_desk.desk.engine import Engine
from cancel_desk.desk.journals import Journals
from cancel_desk.desk.pace import Control
from cancel_desk.desk.plan import Plan, PlannedRow
from cancel_desk.desk.profiles import Environment, Profile
from cancel_desk.dojo.client import Client
from cancel_desk.dojo.intent import Money
from cancel_desk.dojo.key import ApiKey

job = json.loads(sys.stdin.readline())
now = datetime.now(UTC)
shop = Profile("b" * 32, "Shop", Environment.SANDBOX, "abcd", verified=True)
journals = Journals(Path(job["path"]), bytes, lambda: datetime.now(UTC))
engine = Engine(
    lambda: Client(ApiKey(job["key"]), job["url"]),
    journals.of(shop),
    lambda event: None,
    a_second=1e9,
)
rows = tuple(PlannedRow(i, Money(1000, "GBP"), r, now) for i, r in job["payments"])
plan = Plan(rows, "Shop", shop.environment, "abcd", "sam", "t", now, profile_id=shop.id)
engine.carry_out(plan, Control())
"""


class Oracle:
    """At every DELETE: the attempt must be in the journal by then; and at one of them, a kill."""

    def __init__(self, server: PracticeServer, path: Path) -> None:
        self._server = server
        self._path = path
        self._kill_at = 0
        self._arrived = 0
        self.child: subprocess.Popen | None = None
        server.on_delete = self._look

    def kill_at(self, arrival: int) -> None:
        self._kill_at = arrival

    def _look(self, intent_id: str) -> None:
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as db:
            bodies = [json.loads(body) for (body,) in db.execute("SELECT body FROM events")]
        begun = [
            b for b in bodies if b["_type"] == "AttemptStarted" and b["intent_id"] == intent_id
        ]
        assert len(begun) >= self._server.deletes(intent_id)
        self._arrived += 1
        if self._arrived == self._kill_at:
            self.child.send_signal(signal.SIGKILL)


@pytest.fixture
def server():
    with PracticeServer() as server:
        yield server


def run_and_kill(server, path, arrival):
    ids = [server.create(reference=f"Order {n}") for n in range(PAYMENTS)]
    oracle = Oracle(server, path)
    oracle.kill_at(arrival)
    oracle.child = subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE)
    job = {
        "path": str(path),
        "url": server.url,
        "key": server.key,
        "payments": [(i, f"Order {n}") for n, i in enumerate(ids)],
    }
    oracle.child.communicate(json.dumps(job).encode() + b"\n", timeout=30)
    assert oracle.child.returncode == -signal.SIGKILL
    return ids


@pytest.mark.parametrize("arrival", [1, 2, 3, 5, 8, 13, 21, 34, 40])
@pytest.mark.parametrize("trouble", ["none", "lost answers"])
def test_after_a_kill_nothing_is_lost_and_nothing_is_claimed(server, tmp_path, arrival, trouble):
    if trouble == "lost answers":
        server.faults.add(
            Fault(Kind.RESET, methods=("DELETE",), chance=0.3, seed=arrival, after=True)
        )
        server.faults.add(Fault(Kind.RESET, methods=("DELETE",), chance=0.2, seed=arrival))
    path = tmp_path / "journal.sqlite"
    ids = run_and_kill(server, path, arrival)
    server.faults.clear()

    journals = Journals(path, bytes, lambda: datetime.now(UTC))
    (found,) = journals.open().recovered
    rows = {row.intent_id: row for row in found.rows}
    assert list(rows) == ids
    for intent_id, row in rows.items():
        if row.state is State.CANCELLED:
            assert server.status(intent_id) == "Canceled"
        elif row.state is State.NOT_SENT:
            assert server.deletes(intent_id) == 0
        else:
            assert row.state is State.UNKNOWN
    assert set(server.deletes_by_id()) <= set(ids)

    sent = server.deletes_by_id()
    unknown = {i: row.run_id for i, row in rows.items() if row.state is State.UNKNOWN}
    engine = Engine(
        lambda: Client(ApiKey(server.key), server.url),
        journals.of(SHOP),
        lambda event: rows[event.intent_id].apply(event),
        Clock(),
        a_second=1e9,
    )
    assert engine.read_back(unknown, Control()) is EndReason.DONE
    for intent_id in unknown:
        cancelled = rows[intent_id].state is State.CANCELLED
        assert cancelled == (server.status(intent_id) == "Canceled")
    assert server.deletes_by_id() == sent  # what is unknown is read, never sent again
    journals.close()
