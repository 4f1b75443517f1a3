"""Past runs, and what was done with them, in words."""

from collections import Counter
from pathlib import Path

from cancel_desk.desk.events import EndReason
from cancel_desk.desk.history import PastRun, RemovedRun, UnreadableRun
from cancel_desk.desk.journal import DamageError, JournalError
from cancel_desk.desk.journals import InUseError
from cancel_desk.desk.profiles import Environment
from cancel_desk.desk.row import State
from cancel_desk.desk.verification import Verdict
from cancel_desk.window import words
from cancel_desk.window.plain import visible
from cancel_desk.window.run_lines import RunLine
from cancel_desk.window.translation import tr

# A line of the list


def where(line: RunLine) -> str:
    """Return the environment, in a word, and the profile of a run."""
    if isinstance(line, UnreadableRun):
        return "–"
    if isinstance(line, RemovedRun):
        return visible(line.profile)
    word = words.short_environment(line.environment)
    if line.environment is Environment.PRACTICE:
        return word
    return f"{word} · {visible(line.profile)}"


def ending(line: RunLine) -> str:
    """Return how a run ended, in a word or two, and of how many payments the fate is not known."""
    if isinstance(line, RemovedRun):
        return tr("Removed")
    if isinstance(line, UnreadableRun) or line.damage is not None:
        return tr("Damaged")
    text = {
        None: tr("Under way"),
        EndReason.DONE: tr("Finished"),
        EndReason.STOPPED: tr("Stopped"),
        EndReason.INTERRUPTED: tr("Interrupted"),
    }.get(line.end) or tr("Ended early")
    return f"{text}; {unknown(line.unknown)}" if line.end and line.unknown else text


def unknown(count: int) -> str:
    """Return of how many payments of a run that has ended the fate is not known."""
    return tr("%Ln not known yet", "", count)


def outcome(line: RunLine) -> str:
    """Return what became of a run's payments, or of the run itself."""
    if isinstance(line, RemovedRun):
        text = tr("on %1 by %2, %3").replace("%3", entries(line.entries))
        return text.replace("%1", words.moment(line.removed_at)).replace(
            "%2", visible(line.removed_by)
        )
    if isinstance(line, UnreadableRun):
        return tr("nothing in it can be trusted")
    text = counts(line.counts, line.closed)
    if line.damage is not None:
        return (
            tr("from entry %1 on; before that: %2")
            .replace("%1", _entry(line.damage))
            .replace("%2", text)
        )
    why = {
        EndReason.KEY_REFUSED: tr("the key was refused"),
        EndReason.CERTIFICATE: tr("the connection was not safe"),
        EndReason.UNREACHABLE: tr("Dojo could not be reached"),
        EndReason.JOURNAL: tr("the journal could not be written"),
        EndReason.FAILED: tr("a fault in the program"),
    }.get(line.end or EndReason.DONE)
    return f"{text} · {why}" if why else text


def counts(by_state: Counter[State], closed: bool) -> str:
    """Return "117 cancelled, 2 paid meanwhile, 1 being looked up".

    Args:
        by_state: how many payments are in each state.
        closed: what is unknown is looked up no more, because a later run has cleared it up.
    """
    unknown = by_state[State.UNKNOWN]
    looked_up = (
        tr("%Ln cleared up in a later run", "", unknown)
        if closed
        else tr("%Ln being looked up", "", unknown)
    )
    texts = {
        State.CANCELLED: tr("%Ln cancelled", "", by_state[State.CANCELLED]),
        State.PAID_MEANWHILE: tr("%Ln paid meanwhile", "", by_state[State.PAID_MEANWHILE]),
        State.UNKNOWN: looked_up,
        State.REFUSED: tr("%Ln refused", "", by_state[State.REFUSED]),
        State.CHANGED: tr("%Ln changed since confirmed", "", by_state[State.CHANGED]),
        State.ALREADY_CANCELLED: tr("%Ln cancelled already", "", by_state[State.ALREADY_CANCELLED]),
        State.NOT_FOUND: tr("%Ln not found", "", by_state[State.NOT_FOUND]),
        State.CANCELLING: tr("%Ln being cancelled", "", by_state[State.CANCELLING]),
        State.WAITING: tr("%Ln waiting", "", by_state[State.WAITING]),
        State.NOT_SENT: tr("%Ln not sent", "", by_state[State.NOT_SENT]),
    }
    return ", ".join(text for state, text in texts.items() if by_state[state])


def in_full(line: RunLine) -> str:
    """Return all that is to be said of how a run ended, as sentences."""
    if isinstance(line, RemovedRun):
        text = tr("Removed on %1 by %2: %3.").replace("%3", entries(line.entries))
        text = text.replace("%1", words.moment(line.removed_at))
        return text.replace("%2", visible(line.removed_by))
    if line.damage is not None:
        return damage(line.damage)
    return f"{_sentence(line.end)} {counts(line.counts, line.closed)}".strip()


def of_run(run: PastRun) -> str:
    """Return how a run ended, as a sentence or two; empty where it simply finished."""
    if run.damage is not None:
        return damage(run.damage)
    return _sentence(run.ended.reason if run.ended else None)


def _sentence(end: EndReason | None) -> str:
    if end is None:
        return tr("Its end is not in the journal yet: it is under way.")
    if end is EndReason.STOPPED:
        return tr("It was stopped by the operator.")  # who may not be the one who reads this
    return words.end(end)


def damage(error: DamageError) -> str:
    """Return from where on a run can't be trusted."""
    return tr(
        "This run is damaged or was edited: from entry %1 on nothing in it can be trusted. What is"
        " shown comes before that."
    ).replace("%1", _entry(error))


def _entry(error: DamageError) -> str:
    """Return the number of an entry as people count, from 1."""
    return words.number((error.number or 0) + 1)


def entries(count: int) -> str:
    """Return "1 entry", "123 entries"."""
    return tr("1 entry") if count == 1 else tr("%1 entries").replace("%1", words.number(count))


# Verifying


def verifying(done: int, total: int) -> str:
    """Return how far it is."""
    if not total:
        return tr("Verifying…")
    text = tr("Verifying: %1 of %2 entries").replace("%1", words.number(done))
    return text.replace("%2", words.number(total))


def verdict(found: Verdict) -> str:
    """Return what verifying brought."""
    intact = tr("The one entry is intact.")
    if found.entries != 1:
        intact = tr("All %1 entries are intact.").replace("%1", words.number(found.entries))
    if found.damage is not None:
        parts = [_not_intact(found.damage, found)]
    elif found.stopped:
        text = tr("You stopped it. The first %1 entries are intact; the rest was not looked at.")
        parts = [text.replace("%1", words.number(found.entries))]
    elif not found.entries:
        return tr("There is nothing to verify yet: the journal is empty.")
    else:
        parts = [intact, tr("Runs: %1.").replace("%1", words.number(found.runs))]
    if found.removed:
        marked = tr(
            "Removed with Cancel Desk, with a marker in its place: %Ln run(s).", "", found.removed
        )
        parts.append(marked)
    if found.unverified:
        text = tr(
            "This computer’s keyring can’t vouch for %1 of them: damage shows in them, but a"
            " skilled edit might not."
        )
        parts.append(text.replace("%1", entries(found.unverified)))
    return " ".join(parts)


def _not_intact(error: DamageError, found: Verdict) -> str:
    if not error.run:
        text = tr("Not intact: the list of runs, or the file itself, is not what was written (%1).")
        text = text.replace("%1", visible(str(error)))
    elif found.began is None:
        text = tr(
            "Not intact: entry %1 of a run of which not even the beginning can be read (run %2)."
        ).replace("%2", visible(error.run))
    else:
        text = tr("Not intact: entry %1 of the run that began on %2 is not what was written.")
        text = text.replace("%2", words.moment(found.began))
    before = tr("Before it, %1 are intact.").replace("%1", entries(found.entries))
    advice = tr(
        "Keep a copy of the journal’s file (Help, About says where it is) and tell your IT team."
    )
    return " ".join((text.replace("%1", _entry(error)), before, advice))


# Exporting and removing


def exported_payments(path: Path, told: Counter[str]) -> str:
    """Return what a CSV file has, and what it has not.

    Args:
        path: the file.
        told: how many `payments`, and how many runs `damaged` or without any, `removed`.
    """
    parts = [_exported(words.payments(told["payments"]), path)]
    if told["damaged"]:
        parts.append(_in_part(told["damaged"]))
    if told["removed"]:
        count = told["removed"]
        parts.append(tr("%Ln removed run(s): no payments are left to export.", "", count))
    return " ".join(parts)


def exported_runs(path: Path, runs: int, damaged: int = 0) -> str:
    """Return what a file of JSON lines has; some of its runs may be damaged."""
    text = _exported(tr("%Ln run(s)", "", runs), path)
    return f"{text} {_in_part(damaged)}" if damaged else text


def _in_part(damaged: int) -> str:
    return tr("%Ln damaged run(s): what came before the damage is in it.", "", damaged)


def _exported(what: str, path: Path) -> str:
    text = tr("%1 exported to %2.").replace("%2", visible(str(path)))
    return text.replace("%1", what)


def old(count: int, months: int) -> str:
    """Return how many runs could be removed."""
    return tr("Older than %1 months: %Ln run(s).", "", count).replace("%1", words.number(months))


def may_remove(path: Path, count: int, damaged: int) -> str:
    """Return the question before runs are removed; the damaged ones are neither in the file."""
    exported = exported_runs(path, count)
    if damaged:
        exported += " " + tr("%Ln damaged run(s) left out.", "", damaged)
    question = tr(
        "Remove %Ln run(s) from the journal? That can’t be undone: afterwards only the file has"
        " them. A marker that says when you removed them, and who you are, takes their place.",
        "",
        count,
    )
    return f"{exported}\n\n{question}"


def removed(count: int, path: Path) -> str:
    """Return that runs are gone, and where they are now."""
    text = tr("%Ln run(s) removed. The file has them: %1", "", count)
    return text.replace("%1", visible(str(path)))


def not_removed(path: Path) -> str:
    """Return that all is as it was, but for a file."""
    return tr("Nothing was removed. The exported file stays: %1").replace("%1", visible(str(path)))


def all_damaged(count: int) -> str:
    """Return why none of the old runs can be removed."""
    return tr(
        "Nothing was removed: the old runs are damaged (%Ln), and removing them would hide that.",
        "",
        count,
    )


# What went wrong


def trouble(error: Exception) -> str:
    """Return why the journal, or a file, could not be used; empty for what nobody expected."""
    if isinstance(error, InUseError):
        return tr(
            "Cancel Desk is open in another window, which has the journal. Remove runs there; here"
            " you can look, verify and export."
        )
    if isinstance(error, JournalError):
        return tr("The journal could not be used now. Try again in a while. (%1)").replace(
            "%1", visible(str(error))
        )
    if isinstance(error, DamageError):
        return tr(
            "The journal is damaged, or a newer program’s, so that went no further. Press Verify"
            " to see what is wrong. (%1)"
        ).replace("%1", visible(str(error)))
    if isinstance(error, OSError):
        return tr("The file could not be written: %1. Choose another folder.").replace(
            "%1", visible(error.strerror or str(error))
        )
    return ""
