"""Lives that end at any moment, each going on where the one before was cut off."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from cancel_desk.desk.journals import Journals
from cancel_desk.desk.recovery import Recovered
from cancel_desk.desk.row import State
from cancel_desk.practice import Fault, PracticeServer
from cancel_desk.practice import Kind as Wrong

from . import life
from .oracle import Oracle, ViolationError, demand
from .troubles import LIES, TROUBLES

_A_LIFE = 30.0  # seconds; far more than one takes
_LIVES = 20


def look(path: Path) -> Sequence[Recovered]:
    """What a program that started now would find, learnt from a copy of the file."""
    copy = path.parent / "a look" / path.name
    copy.parent.mkdir()
    try:
        for ending in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copy(path.with_name(path.name + ending), copy.with_name(copy.name + ending))
        journals = Journals(copy, lambda: life.SEAL_KEY, lambda: datetime.now(UTC))
        opened = journals.open()
        journals.close()
        demand(opened.damage is None, f"a kill damaged the journal: {opened.damage}")
        return opened.recovered
    finally:
        shutil.rmtree(copy.parent)


class Nursery:
    """A process in which lives begin; one life at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, life.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._said = b""
        self._child = 0

    def begin(self, **job: object) -> None:
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        self._process.stdin.flush()
        word, number = self._line().split()
        demand(word == "begun", "no life began")
        self._child = int(number)

    def kill(self) -> None:
        """Kill the life, if it has not ended; its number is its own until the next begins."""
        with suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGKILL)

    def end(self) -> tuple[int, str]:
        """Wait for its end; return the exit code, and the step at which it killed itself."""
        step = ""
        while True:
            word, _, rest = self._line().partition(" ")
            if word == "ended":
                return int(rest), step
            step = rest

    def _line(self) -> str:
        ends = time.monotonic() + _A_LIFE
        output = self._process.stdout.fileno()
        while b"\n" not in self._said:
            ready, _, _ = select.select([output], [], [], max(0.0, ends - time.monotonic()))
            if not ready:
                self.kill()
                raise ViolationError("a life did not come to its end")
            more = os.read(output, 4096)
            demand(more, "the nursery is gone")
            self._said += more
        line, _, self._said = self._said.partition(b"\n")
        return line.decode()

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@dataclass(frozen=True)
class Death:
    """When a life is to end: at a step, some time after its first request, or at a DELETE.

    All zero: it lives to its end.
    """

    step: int = 0
    seconds: float = 0.0
    arrival: int = 0


SPARED = Death()


class Story:
    """Some payments, a server, a journal, and the lives that work on them."""

    def __init__(
        self, server: PracticeServer, folder: Path, nursery: Nursery, ids: Iterable[str]
    ) -> None:
        self.server = server
        self.path = folder / "journal.sqlite"
        self.oracle = Oracle(server, self.path)
        self.ids = list(ids)
        self.counts: Counter[str] = Counter()
        self._folder = folder
        self._nursery = nursery

    def live(
        self,
        death: Death = SPARED,
        in_flight: int = 4,
        speed: float = life.SPEED,
        deadline: float = life.DEADLINE,
    ) -> bool:
        """Let a program live and die; return whether it came to its own end."""
        before = len(self.server.records)
        arrived = self.oracle.arrived
        self.oracle.when_delete_arrives = lambda count: (
            count - arrived == death.arrival and self._nursery.kill()
        )
        self._nursery.begin(
            folder=str(self._folder),
            url=self.server.url,
            key=self.server.key,
            ids=self.ids,
            kill_at=death.step,
            in_flight=in_flight,
            speed=speed,
            deadline=deadline,
        )
        if death.seconds:
            self._kill_after(death.seconds)
        code, step = self._nursery.end()
        print(f"life of {in_flight} threads, {death}: ended with {code} {step}")
        self.counts["lives"] += 1
        killed = code == -signal.SIGKILL
        if code and not killed:
            raise ViolationError((self._folder / "error.txt").read_text())
        self.oracle.note_late(before)
        if killed:
            self.counts["kills"] += 1
            step = step or ("at a DELETE" if death.arrival else "at some moment")
            self.counts[f"killed {step}"] += 1
            self._judge_what_is_left(before)
        else:
            self._judge_claims()
        self.oracle.audit()
        return not killed

    def _kill_after(self, seconds: float) -> None:
        """Kill it so long after its first request, whatever it is at by then."""
        requests = self.server.requests
        self.server.wait_until(lambda: self.server.requests > requests, 1.0)
        time.sleep(seconds)
        self._nursery.kill()

    def _judge_what_is_left(self, before: int) -> None:
        """Hold what a start now would find against what the server knows."""
        effects = self.server.effects_by_id()
        rows = [row for found in look(self.path) for row in found.rows]
        unknown = {row.intent_id for row in rows if row.state is State.UNKNOWN}
        self.counts["unknown after a kill"] += len(unknown)
        self.oracle.judge_lost(effects, unknown)
        self.oracle.note_late(before, killed=True)
        for row in rows:
            self.oracle.judge(row.intent_id, row.state)

    def _judge_claims(self) -> None:
        claims = json.loads((self._folder / "claims.json").read_text())
        demand(claims.keys() == set(self.ids), "a payment was lost, or one that nobody asked for")
        for intent_id, state in claims.items():
            self.oracle.judge(intent_id, State(state))

    def finish(self) -> None:
        """Go on, with nothing in the way, until nothing is left; then everything must be so."""
        self.server.faults.clear()
        demand(self.server.land_late(), "a late effect did not come")
        self.oracle.late.clear()
        for _ in range(_LIVES):
            demand(self.live(), "a life that was spared has died")
            if not look(self.path) and "Created" not in map(self.server.status, self.ids):
                break
        else:
            raise ViolationError("there is always something left to do")
        claims = json.loads((self._folder / "claims.json").read_text())
        for intent_id in self.ids:
            cancelled = claims[intent_id] in {"Cancelled", "Already cancelled"}
            demand(cancelled == (self.server.status(intent_id) == "Canceled"), intent_id)
        self.oracle.search_for_key()
        self.counts["payments"] += len(self.ids)
        self.counts["DELETEs"] += self.oracle.arrived
        for record in self.server.records:
            self.counts.update(f"met {name}" for name in record.faults)


def play(seed: int, folder: Path, nursery: Nursery) -> Counter[str]:
    """One round: troubles, kills, and going on until all is done. All follows from the seed."""
    chance = Random(seed)
    with PracticeServer() as server, PracticeServer() as elsewhere:
        ids = [server.create(reference=f"Order {n}") for n in range(chance.randint(4, 14))]
        story = Story(server, folder, nursery, ids)
        server.delete_refusal = chance.choice([400, 404, 409])
        for _ in range(chance.randint(1, 4)):
            server.faults.clear()
            server.faults.add(*_troubles(chance, story, elsewhere.url))
            story.live(_death(chance, seed), chance.choice([1, 2, 4]))
            if chance.random() < 0.3:
                server.land_late()
        story.finish()
        demand(elsewhere.requests == 0, "a request went where a redirect pointed")
        return story.counts


def _troubles(chance: Random, story: Story, elsewhere: str) -> Iterable[Fault]:
    for name in chance.sample(sorted(TROUBLES), chance.randint(0, 6)):
        methods = chance.choice([("DELETE",), ("DELETE",), ("GET",), ()])
        trouble = replace(
            TROUBLES[name],
            methods=("DELETE",) if name in LIES else methods,
            id=chance.choice([None, None, chance.choice(story.ids)]),
            times=chance.randint(1, 4),
            chance=chance.choice([0.3, 0.6, 1.0]),
            seed=chance.randint(0, 1 << 30),
        )
        print(name, trouble)
        if trouble.kind is Wrong.REFUSE:
            trouble = replace(trouble, detail=f"The key is {story.server.key}")
        if trouble.kind is Wrong.REDIRECT:
            trouble = replace(trouble, url=elsewhere)
        yield trouble


def _death(chance: Random, seed: int) -> Death:
    kind = (seed + chance.randint(0, 1)) % 3
    if kind == 0:
        return Death(seconds=chance.uniform(0.0, 0.15))
    if kind == 1:
        return Death(arrival=chance.randint(1, 10))
    return Death(step=chance.randint(1, 70))
