"""What is true: the practice server looks into the journal at every DELETE.

And whatever the program claims is held against what the server knows.
"""

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Container, Iterable
from contextlib import closing
from pathlib import Path

from cancel_desk.desk.row import State
from cancel_desk.practice import Kind as Wrong
from cancel_desk.practice import PracticeServer

# What is said of an attempt that never left this computer, as the journal has it.
NEVER_LEFT = {"unreachable", "wrong environment", "certificate"}
# Written out: to take it from the product would be to believe the product.
SENDS = 3


class ViolationError(AssertionError):
    """Something was lost, or claimed that is not so, or sent that must not be."""


def demand(condition: object, what: str) -> None:
    if not condition:
        raise ViolationError(what)


class Book:
    """What stands in a journal's file, read by nobody's code but this."""

    def __init__(self, path: Path) -> None:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            self.entries = [json.loads(body) for (body,) in db.execute("SELECT body FROM events")]
        self.planned: dict[str, set[str]] = {}
        self.attempts: Counter[tuple[str, str]] = Counter()
        self.cancelled: set[str] = set()
        self.last_said: dict[str, str] = {}  # of each payment, the kind of the last problem
        for entry in self.entries:
            self._read(entry)

    def _read(self, entry: dict) -> None:
        if entry["_type"] == "PlanMade":
            plan = entry["plan"]
            self.planned[plan["run_id"]] = {row["intent_id"] for row in plan["rows"]}
        elif entry["_type"] == "AttemptStarted":
            run, intent_id = entry["run_id"], entry["intent_id"]
            demand(intent_id in self.planned.get(run, ()), f"{intent_id} was in no plan")
            self.attempts[run, intent_id] += 1
        elif entry["_type"] in {"Answered", "ReadBack"}:
            answer = entry["answer"]
            self.last_said[entry["intent_id"]] = answer.get("kind", "")
            if answer.get("status") == "Canceled":
                demand(answer["id"] == entry["intent_id"], "an answer about another payment")
                self.cancelled.add(entry["intent_id"])
            if entry["_type"] == "Answered" and answer.get("kind") in NEVER_LEFT:
                self.attempts[entry["run_id"], entry["intent_id"]] -= 1

    def begun(self, intent_id: str) -> int:
        """How many DELETEs left or may have left."""
        return sum(count for (_, one), count in self.attempts.items() if one == intent_id)


class Oracle:
    """Watches over a server and what a program writes down about it.

    `when_delete_arrives` is called with the number of each DELETE, from 1, before its effect.
    """

    def __init__(self, server: PracticeServer, path: Path) -> None:
        self._server = server
        self._path = path
        self._counting = threading.Lock()
        self.arrived = 0
        self.when_delete_arrives: Callable[[int], object] = lambda count: None
        # Those for which an effect may have come after somebody looked.
        self.late: set[str] = set()
        server.on_delete = self._look

    def _look(self, intent_id: str) -> None:
        """Runs in the server: a durable entry precedes every send, and consent precedes that."""
        with self._counting:
            self.arrived += 1
            count = self.arrived
        book = Book(self._path)
        demand(
            book.begun(intent_id) >= self._server.deletes(intent_id),
            f"{intent_id} was sent without an entry",
        )
        self.when_delete_arrives(count)

    def note_late(self, since: int = 0, *, killed: bool = False) -> None:
        """Note what may still take effect, of the requests from number `since` on."""
        for record in self._server.records[since:]:
            if record.method == "DELETE" and (
                {Wrong.LATE, Wrong.SLOW} & set(record.faults) or (killed and record.status is None)
            ):
                self.late.add(record.intent_id)

    def judge(self, intent_id: str, state: State) -> None:
        """Hold what is claimed of a payment against what the server knows."""
        known = self._server.status(intent_id)
        effects = self._server.effects(intent_id)
        is_open = known == "Created" or intent_id in self.late
        true = {
            State.CANCELLED: known == "Canceled" and self._server.deletes(intent_id) > 0,
            State.ALREADY_CANCELLED: known == "Canceled",
            State.PAID_MEANWHILE: known not in {"Created", "Canceled"},
            State.NOT_CANCELLABLE: known not in {"Created", "Canceled"},
            State.REFUSED: not effects or intent_id in self.late,
            State.NOT_SENT: not effects or intent_id in self.late,
            State.CHANGED: not effects or intent_id in self.late,
            State.READY: is_open or not effects,
            State.WAITING: False,
            State.CANCELLING: False,
            State.CHECKING: False,
        }
        demand(
            true.get(state, True),
            f"{intent_id} is said to be {state.value!r}; it is {known}, "
            f"after {self._server.deletes(intent_id)} DELETEs with {effects} effects",
        )

    def judge_lost(self, effects: Iterable[str], unknown: Container[str]) -> None:
        """Demand that each of these effects is in the journal, or will be found out about.

        But for those that came after reads had shown that there was none, and those of which the
        server said last that it knows no such payment.
        """
        book = Book(self._path)
        for intent_id in effects:
            demand(
                intent_id in book.cancelled
                or intent_id in unknown
                or intent_id in self.late
                or book.last_said.get(intent_id) == "not found",
                f"nobody will find out that {intent_id} was cancelled",
            )

    def audit(self) -> Book:
        """Hold the whole journal against what the server knows."""
        book = Book(self._path)
        for (run, intent_id), count in book.attempts.items():
            demand(count <= SENDS, f"{intent_id} was sent {count} times in run {run}")
        for intent_id, count in self._server.deletes_by_id().items():
            demand(count <= book.begun(intent_id), f"{intent_id} was sent without an entry")
        for intent_id in book.cancelled:
            demand(self._server.status(intent_id) == "Canceled", f"{intent_id} is not cancelled")
        return book

    def search_for_key(self, *artefacts: bytes) -> None:
        """Demand that the key is nowhere in what was written: files of the folder, and these."""
        secret = self._server.key.removeprefix("sk_sandbox_").encode()
        for file in self._path.parent.rglob("*"):
            demand(not file.is_file() or secret not in file.read_bytes(), f"the key is in {file}")
        for artefact in artefacts:
            demand(secret not in artefact, f"the key is in {artefact[:200]!r}")
        for record in self._server.records:
            demand(secret.decode() not in record.target, "the key is in an address")
