"""Faults put into the program on purpose, one after the other: the tests must catch each.

Each is one small change to one file, made in a copy of the project in a temporary folder. First
the tests that are to catch them must pass there without any. Run as a program; words given to it
choose those mutants whose names hold one of them.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("gui", "packaging", "resources", "tests", "pyproject.toml")
A_MUTANT = 180  # seconds
CAUGHT = re.compile(r"^(?:FAILED|ERROR) tests/(?:\w+/)*(.+?)(?: - .*)?$", re.MULTILINE)
TESTS_FAILED = 1  # pytest's exit code; others mean that the tests could not be run

# Runs the tests only if it is the copy that they will import.
RUN_TESTS = """
import sys, cancel_desk, pytest
if not cancel_desk.__file__.startswith(sys.argv[1]):
    sys.exit(f"{cancel_desk.__file__} is not the copy")
sys.exit(pytest.main(["-q", "-x", "--tb=no", "-rfE", "-p", "no:cacheprovider", *sys.argv[2:]]))
"""


@dataclass(frozen=True)
class Mutant:
    """A fault: in a file of gui/cancel_desk, `right` becomes `wrong`; `tests` are to notice."""

    name: str
    file: str
    right: str
    wrong: str
    tests: tuple[str, ...]


MUTANTS = (
    Mutant(
        "an attempt is written down after the send",
        "desk/engine.py",
        """        try:
            self._engine.journal.append(started)
        except JournalError:
            _log.exception("the journal can't be written, so nothing is sent")
            self._finish(EndReason.JOURNAL)
            return None
        row.apply(started)
        self._engine.sink(started)
        answer = self._ask(client.cancel, row.intent_id)
""",
        """        answer = self._ask(client.cancel, row.intent_id)
        self._engine.journal.append(started)
        row.apply(started)
        self._engine.sink(started)
""",
        ("tests/desk/test_chaos.py", "-k", "every_step and None"),
    ),
    Mutant(
        "a run goes on though the journal can't be written",
        "desk/engine.py",
        """            _log.exception("the journal can't be written, so nothing is sent")
            self._finish(EndReason.JOURNAL)
            return None
""",
        """            _log.exception("the journal can't be written, so nothing is sent")
""",
        ("tests/desk/test_engine_defects.py", "-k", "TestJournal"),
    ),
    Mutant(
        "the journal leaves syncing to the system (WAL with NORMAL)",
        "desk/journal_format.py",
        "PRAGMA synchronous = FULL",
        "PRAGMA synchronous = NORMAL",
        ("tests/desk/test_journal_sync.py",),
    ),
    Mutant(
        "append returns before the entry is kept",
        "desk/journal_file.py",
        """                self._write()
        for entry in entries:
            if not entry.kept:
                raise JournalError(entry.trouble)
""",
        "                pass\n",
        ("tests/desk/test_journal_file.py", "-k", "acknowledged"),
    ),
    Mutant(
        "seals are not checked",
        "desk/seals.py",
        'return hmac.compare_digest(seal, hmac.digest(key, sealed, "sha256"))',
        "return bool(key or seal)",
        ("tests/desk/test_journal_file.py", "-k", "edited or changed_places or another_key"),
    ),
    Mutant(
        "a seal is not linked to the one before",
        "desk/seals.py",
        'return before + f"{run}/{number}/".encode() + body',
        'return f"{run}/{number}/".encode() + body',
        ("tests/desk/test_journal_links.py",),
    ),
    Mutant(
        "the library sends again",
        "dojo/wire.py",
        "max_retries=0",
        "max_retries=3",
        ("tests/dojo/test_sending.py", "-k", "followed_by_another_try"),
    ),
    Mutant(
        "redirects are followed",
        "dojo/transport.py",
        "with self._adapter.send(",
        "with requests.Session().send(",
        ("tests/dojo/test_sending.py", "-k", "TestRedirects"),
    ),
    Mutant(
        "netrc replaces the key",
        "dojo/transport.py",
        """        return requests.Request(
            method, self._base_url, headers=self._headers, json=json, auth=self._auth
        ).prepare()
""",
        """        headers = {**self._headers, "Authorization": f"Basic {self._auth._key.secret}"}
        request = requests.Request(method, self._base_url, headers=headers, json=json)
        return requests.Session().prepare_request(request)
""",
        ("tests/dojo/test_sending.py", "-k", "netrc"),
    ),
    Mutant(
        "an answer about another payment is believed",
        "dojo/client.py",
        "if intent.id != intent_id:",
        "if not intent.id:",
        ("tests/dojo/test_broken_answers.py", "-k", "no_answer"),
    ),
    Mutant(
        "any 200 is a cancel",
        "dojo/client.py",
        "if isinstance(intent, Intent) and intent.status != Status.CANCELED:",
        "if isinstance(intent, Intent) and not intent.status:",
        ("tests/desk/test_engine_answers.py", "-k", "wrong"),
    ),
    Mutant(
        "an error means that nothing has happened",
        "desk/row.py",
        "                return State.CANCELLING  # a read has to tell what is true\n"
        "        return State.UNKNOWN\n",
        "                return State.CANCELLING  # a read has to tell what is true\n"
        "        return State.WAITING\n",
        ("tests/desk/test_engine_answers.py", "-k", "had_effect and reset"),
    ),
    Mutant(
        "a clear no is believed without a read",
        "desk/row.py",
        "                return State.CANCELLING  # a read has to tell what is true\n",
        "                return State.REFUSED\n",
        ("tests/desk/test_engine_answers.py", "-k", "had_effect and 409"),
    ),
    Mutant(
        "404 means cancelled",
        "desk/row.py",
        """                return State.PAID_MEANWHILE
            case Problem(kind=Kind.NOT_FOUND):
                return State.NOT_FOUND
""",
        """                return State.PAID_MEANWHILE
            case Problem(kind=Kind.NOT_FOUND):
                return State.CANCELLED
""",
        ("tests/desk/test_faults.py", "-k", "every_payment_meets and 404"),
    ),
    Mutant(
        "a stop forgets what is under way",
        "desk/row.py",
        "ends_in = {State.WAITING: State.NOT_SENT, State.CANCELLING: State.UNKNOWN}",
        "ends_in = {State.WAITING: State.NOT_SENT}",
        ("tests/desk/test_engine_ends.py", "-k", "no_longer_than_the_requests"),
    ),
    Mutant(
        "one read is enough to send again",
        "desk/row.py",
        "READS_APART = timedelta(seconds=10)",
        "READS_APART = timedelta(seconds=0)",
        ("tests/desk/test_engine_answers.py", "-k", "comes_late"),
    ),
    Mutant(
        "a payment is sent as often as it takes",
        "desk/row.py",
        "MAX_SENDS = 3",
        "MAX_SENDS = 30",
        ("tests/desk/test_engine_answers.py", "-k", "three_sends"),
    ),
    Mutant(
        "another amount than the confirmed one will do",
        "desk/row.py",
        "(self.planned.to_pay, self.planned.reference) == (answer.to_pay, answer.reference)",
        "bool(answer.id)",
        ("tests/desk/test_engine_runs.py", "-k", "changed_since"),
    ),
    Mutant(
        "an old look is leave to send",
        "desk/row.py",
        "FRESH_FOR = timedelta(seconds=60)",
        "FRESH_FOR = timedelta(days=6000)",
        ("tests/desk/test_engine_runs.py", "-k", "before_the_send"),
    ),
    Mutant(
        "what is not ticked is in the plan",
        "desk/batch.py",
        "return [row for row in self.rows if row.intent_id in self._ticked]",
        "return [row for row in self.rows if row.may_be_planned]",
        ("tests/desk/test_engine_runs.py", "-k", "nothing_else"),
    ),
    Mutant(
        "a restart forgets what is unknown",
        "desk/recovery.py",
        "rows = tuple(row for row in rows"
        " if row.state is State.UNKNOWN and row.intent_id not in later)",
        "rows = ()",
        ("tests/desk/test_recovery.py",),
    ),
    Mutant(
        "after a restart what was lost is sent again by itself",
        "desk/row.py",
        "return State.WAITING if self.in_run else State.UNKNOWN",
        "return State.WAITING",
        ("tests/desk/test_row.py", "-k", "outside_a_run or anything or Anything"),
    ),
    Mutant(
        "the server's words are shown with the key in them",
        "dojo/text.py",
        "return redact(whole)[:_LIMIT]",
        "return whole[:_LIMIT]",
        ("tests/desk/test_faults.py", "-k", "every_payment_meets and 409"),
    ),
)


class Copy:
    """The project once more, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in COPIED:
            if (ROOT / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, folder / name, ignore=ignored)
            else:
                shutil.copy(ROOT / name, folder)

    def test(self, *tests: str) -> subprocess.CompletedProcess[str]:
        # Python takes a file that was changed within a second for the one it has compiled.
        variables = os.environ | {
            "PYTHONPATH": str(self._folder / "gui"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return subprocess.run(
            [sys.executable, "-c", RUN_TESTS, str(self._folder), *tests],
            cwd=self._folder,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=A_MUTANT,
        )

    def test_mutant(self, mutant: Mutant) -> str | None:
        """Return the test that catches it; None where it survives."""
        file = self._folder / "gui/cancel_desk" / mutant.file
        text = file.read_text(encoding="utf-8")
        if text.count(mutant.right) != 1:
            sys.exit(f"{mutant.name}: {mutant.file} has changed; the mutant must follow it")
        file.write_text(text.replace(mutant.right, mutant.wrong), encoding="utf-8")
        done = self.test(*mutant.tests)
        file.write_text(text, encoding="utf-8")
        if done.returncode == 0:
            return None
        caught = re.search(
            r"^(?:FAILED|ERROR) tests/(?:\w+/)*(.+?)(?: - .*)?$", done.stdout, re.MULTILINE
        )
        if done.returncode != TESTS_FAILED or caught is None:
            sys.exit(f"{mutant.name}: the tests could not be run\n\n{done.stdout}")
        return caught[1]


def main(words: list[str]) -> int:
    mutants = [
        mutant for mutant in MUTANTS if not words or any(word in mutant.name for word in words)
    ]
    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(Path(folder).resolve())
        for tests in dict.fromkeys(mutant.tests for mutant in mutants):
            done = copy.test(*tests)
            if done.returncode != 0:
                sys.exit(f"the tests must pass before there is a mutant\n\n{done.stdout}")
        for mutant in mutants:
            test = copy.test_mutant(mutant)
            survived += test is None
            print(mutant.name, "-", f"caught by {test}" if test else "SURVIVED", flush=True)
    print(f"{len(mutants) - survived} of {len(mutants)} were caught", flush=True)
    return min(survived, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
