"""States, reasons and numbers as sentences: the only place with text about outcomes."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale

from cancel_desk.desk.batch import to_pay
from cancel_desk.desk.events import EndReason, PauseReason
from cancel_desk.desk.journal import JournalError
from cancel_desk.desk.journals import InUseError
from cancel_desk.desk.keychain import KeychainError, Reason
from cancel_desk.desk.plan import totals as sums
from cancel_desk.desk.profiles import PRACTICE, Environment, Profile, Refusal
from cancel_desk.desk.row import MAX_SENDS, Row, State
from cancel_desk.dojo.intent import Intent, Money, Status
from cancel_desk.dojo.problem import Kind, Problem
from cancel_desk.window.plain import visible
from cancel_desk.window.translation import tr

_SOON = timedelta(days=1)  # to end by itself
_DATED_AFTER = 30  # days: older than that, its date says more than its age
_TIME_ZONE = re.compile(r"('[^']*')|\s*\(?t+\)?")  # in a format of Qt's, or what is quoted there
SYMBOLS = {"GBP": "£", "EUR": "€"}


def payments(count: int) -> str:
    """Return "1 payment", "117 payments"."""
    return tr("%Ln payment(s)", "", count)


def number(value: int) -> str:
    """Return a number as people here write it."""
    return QLocale().toString(value)


def money(amount: Money | None) -> str:
    """Return an amount with its currency; a dash where none is known."""
    if amount is None:
        return "–"
    sign = "−" if amount.value < 0 else ""
    whole, pence = divmod(abs(amount.value), 100)
    locale = QLocale()
    figure = f"{locale.toString(whole)}{locale.decimalPoint()}{pence:02}"
    symbol = SYMBOLS.get(amount.currency)
    return f"{sign}{symbol}{figure}" if symbol else f"{sign}{figure} {amount.currency}"


def totals(sums: Mapping[str, int]) -> str:
    """Return sums by currency, "£4,310.50 and €20.00"; nothing where there are none."""
    known = list(SYMBOLS)  # pounds first
    order = sorted(sums, key=lambda code: (code not in known, code in known and known.index(code)))
    return tr(" and ").join(money(Money(sums[code], code)) for code in order)


def count_and_worth(rows: Sequence[Row]) -> str:
    """Return how many payments there are and what they come to: "117 payments · £4,310.50"."""
    worth = totals(sums(to_pay(row) for row in rows))
    return " · ".join(part for part in (payments(len(rows)), worth) if part)


def moment(when: datetime | None) -> str:
    """Return a date and time on this computer's clock face."""
    if when is None:
        return "–"
    local = QDateTime.fromSecsSinceEpoch(int(when.timestamp()))
    return QLocale().toString(local, QLocale.FormatType.ShortFormat)


def time_of_day(when: datetime) -> str:
    """Return hours and minutes on this computer's clock face."""
    local = QDateTime.fromSecsSinceEpoch(int(when.timestamp()))
    return QLocale().toString(local.time(), QLocale.FormatType.ShortFormat)


def date(when: datetime) -> str:
    """Return a day as people here write it."""
    local = QDateTime.fromSecsSinceEpoch(int(when.timestamp()))
    return QLocale().toString(local.date(), QLocale.FormatType.ShortFormat)


def to_the_second(when: datetime, now: datetime) -> str:
    """Return hours, minutes and seconds on this computer's clock face; the date unless today's."""
    local = QDateTime.fromSecsSinceEpoch(int(when.timestamp()))
    locale = QLocale()
    # Qt's long format is the one with seconds, and it names the time zone besides.
    written = _TIME_ZONE.sub(r"\1", locale.timeFormat(QLocale.FormatType.LongFormat)).strip()
    time = locale.toString(local.time(), written)
    return time if _days(when, now) == 0 else f"{date(when)} {time}"


def _days(when: datetime, now: datetime) -> int:
    """Return how many midnights there were in between, where this computer is."""
    return (now.astimezone().date() - when.astimezone().date()).days


def age(row: Row, now: datetime) -> str:
    """Return how long ago the payment was created, counted by the server's clock."""
    intent = row.intent
    if intent is None or intent.created_at is None:
        return "–"
    return ago(intent.created_at, server_time(row, now))


def server_time(row: Row, now: datetime) -> datetime:
    """Return the server's time now, from its Date header and the time since it was read."""
    if row.intent is None or row.intent.read_at is None or row.read_at is None:
        return now
    return row.intent.read_at + (now - row.read_at)


def ago(when: datetime, now: datetime) -> str:
    """Return how long ago something was: in minutes, hours, days, or by its date when it is old."""
    minutes = int((now - when).total_seconds() // 60)
    if minutes < 1:
        return tr("just now")
    if minutes < 60:
        return tr("%Ln min ago", "", minutes)
    if minutes < 24 * 60:
        return tr("%Ln h ago", "", minutes // 60)
    days = _days(when, now)
    if days <= 1:  # none where the clocks went back
        return tr("yesterday")
    return tr("%Ln day(s) ago", "", days) if days < _DATED_AFTER else date(when)


def ends_in(row: Row) -> str:
    """Return when an unpaid payment ends by itself; a dash where it won't, or nobody knows."""
    unpaid = row.intent is not None and row.intent.status == Status.CREATED
    return expires(_life_left(row) if unpaid else None)


def span(time: timedelta) -> str:
    """Return a span in hours or minutes: "5 h", "40 min"."""
    minutes = int(time.total_seconds() // 60)
    if minutes < 60:
        return tr("%Ln min", "", minutes)
    return tr("%Ln h", "", minutes // 60)


def expires(left: timedelta | None) -> str:
    """Return when a payment expires by itself."""
    if left is None:
        return "–"
    minutes = int(left.total_seconds() // 60)
    if minutes < 1:
        return tr("any moment")
    if minutes < 60:
        return tr("in %Ln min", "", minutes)
    if minutes < 48 * 60:
        return tr("in %Ln h", "", minutes // 60)
    return tr("in %Ln day(s)", "", minutes // (24 * 60))


def duration(seconds: float) -> str:
    """Return "about 20 s", "about 3 min"."""
    if seconds < 90:
        return tr("about %1 s").replace("%1", str(max(1, round(seconds))))
    return tr("about %1 min").replace("%1", str(round(seconds / 60)))


def profile_name(profile: Profile) -> str:
    """Return a profile's name as it is shown."""
    return tr("Practice") if profile == PRACTICE else visible(profile.name)


def environment(which: Environment) -> str:
    """Return an environment as the header names it."""
    return {
        Environment.PRACTICE: tr("PRACTICE: no real payments"),
        Environment.SANDBOX: tr("SANDBOX: test payments"),
        Environment.LIVE: tr("LIVE: real payments"),
    }[which]


def short_environment(which: Environment) -> str:
    """Return an environment in one word, for titles."""
    return {
        Environment.PRACTICE: tr("PRACTICE"),
        Environment.SANDBOX: tr("SANDBOX"),
        Environment.LIVE: tr("LIVE"),
    }[which]


def state(row: Row) -> str:
    """Return a row's state as its chip shows it."""
    text = _ready(row) if row.state is State.READY else lasting_state(row)
    if row.state is State.CANCELLED and row.read_at is not None:
        text = tr("Cancelled %1").replace("%1", time_of_day(row.read_at))
    return text if row.recorded else tr("%1, not recorded").replace("%1", text)


def lasting_state(row: Row) -> str:
    """Return a row's state without the time of day: to be sorted and filtered by in a report."""
    if row.state is State.NOT_CANCELLABLE:
        return _paid(row.intent)
    if row.state is State.PAID_MEANWHILE:
        return _paid_meanwhile(row.intent)
    return state_name(row.state)


def _ready(row: Row) -> str:
    """Return Ready, with what has to be known before it is cancelled."""
    if row.changed_lately:
        return tr("Ready, just changed")
    left = _life_left(row)
    if left is not None and left < _SOON:
        return tr("Ready, ends in %1").replace("%1", span(left))
    return state_name(row.state)


def _life_left(row: Row) -> timedelta | None:
    """Return how long until a payment ends by itself, counted by the server's clock."""
    ends = row.intent.expires_at if row.intent else None
    return max(ends - server_time(row, datetime.now(UTC)), timedelta(0)) if ends else None


def state_name(which: State) -> str:
    """Return the name of a state, without the details of a row."""
    match which:  # and no table: each text of it would be looked up, for every cell
        case State.ADDED:
            return tr("Added")
        case State.CHECKING:
            return tr("Checking…")
        case State.READY:
            return tr("Ready")
        case State.NOT_CANCELLABLE:
            return tr("Can’t be cancelled")
        case State.ALREADY_CANCELLED:
            return tr("Already cancelled")
        case State.NOT_FOUND:
            return tr("Not found with this key")
        case State.COULDNT_CHECK:
            return tr("Couldn’t check")
        case State.WAITING:
            return tr("Waiting")
        case State.CHANGED:
            return tr("Changed since you confirmed")
        case State.CANCELLING:
            return tr("Cancelling…")
        case State.UNKNOWN:
            return tr("Checking what happened")
        case State.CANCELLED:
            return tr("Cancelled")
        case State.REFUSED:
            return tr("Refused")
        case State.PAID_MEANWHILE:
            return tr("Paid meanwhile")
        case State.NOT_SENT:
            return tr("Not sent")


def _paid(intent: Intent | None) -> str:
    status = intent.status if intent else ""
    known: dict[str, str] = {
        Status.AUTHORIZED: tr("Authorised: reverse it"),
        Status.CAPTURED: tr("Paid: refund it"),
        Status.REVERSED: tr("Reversed already"),
        Status.REFUNDED: tr("Refunded already"),
    }
    other = tr("Can’t be cancelled (%1)")
    return known.get(status) or other.replace("%1", visible(status)[:40])


def _paid_meanwhile(intent: Intent | None) -> str:
    status = intent.status if intent else ""
    known: dict[str, str] = {
        Status.AUTHORIZED: tr("Authorised meanwhile: reverse it"),
        Status.CAPTURED: tr("Paid meanwhile: refund it"),
    }
    other = tr("Ended meanwhile (%1)")
    return known.get(status) or other.replace("%1", visible(status)[:40])


def meaning(which: State) -> tuple[str, str]:
    """Return what a state means and what to do about it, if anything: the text of the help."""
    nothing = ""
    again = tr("Check it again; if it is Ready then, you can cancel it.")
    match which:
        case State.ADDED:
            return (
                tr("It is in the list and has not been looked up yet."),
                nothing,
            )
        case State.CHECKING:
            return (tr("It is being looked up at Dojo."), nothing)
        case State.READY:
            return (
                tr("It has not been paid and can be cancelled."),
                tr("The red button cancels it if it is ticked. Unticked, it stays as it is."),
            )
        case State.NOT_CANCELLABLE:
            return (
                tr("The customer has paid, or it has ended in another way."),
                tr("Refund or reverse it in the Dojo portal, as its state says."),
            )
        case State.ALREADY_CANCELLED:
            return (
                tr("Someone cancelled it before, or it ran out."),
                nothing,
            )
        case State.NOT_FOUND:
            return (
                tr("Dojo knows no such payment with this key."),
                tr("See whether it belongs to another shop, and choose its profile."),
            )
        case State.COULDNT_CHECK:
            return (
                tr("Dojo could not be asked, or gave no usable answer."),
                tr("Click the payment to see why, then check it again."),
            )
        case State.WAITING:
            return (
                tr("You confirmed it, and its turn has not come yet."),
                nothing,
            )
        case State.CHANGED:
            return (
                tr("Its amount or reference is not what you confirmed. Not sent."),
                tr("Check it again, look at it, and confirm again if it is right."),
            )
        case State.CANCELLING:
            return (tr("The cancel is on its way."), nothing)
        case State.UNKNOWN:
            return (
                tr("The cancel was sent and no clear answer came."),
                tr("Wait: it is looked up until it is known. Don’t cancel elsewhere."),
            )
        case State.CANCELLED:
            return (
                tr("The cancel is confirmed. It can’t be paid any more."),
                nothing,
            )
        case State.REFUSED:
            return (
                tr("Dojo said no, or three tries had no effect. It can still be paid."),
                again,
            )
        case State.PAID_MEANWHILE:
            return (
                tr("The customer paid before the cancel got there."),
                tr("Refund or reverse it in the Dojo portal, as its state says."),
            )
        case State.NOT_SENT:
            return (
                tr("The run ended before its turn. Nothing was sent for it."),
                tr("Tick it and confirm again, or check it first."),
            )


def explanation(row: Row) -> str:
    """Return what happened to a row, in a sentence or two."""
    text = _explanation(row)
    if row.recorded:
        return text
    unrecorded = tr(
        "It was sent, but what came of it could not be written to the journal: it will be looked"
        " up again when Cancel Desk is opened next."
    )
    return f"{text} {unrecorded}"


def _explanation(row: Row) -> str:
    if row.state is State.COULDNT_CHECK and row.problem:
        return reason(row.problem)
    if row.state is State.REFUSED and row.refusal:
        if row.sends >= MAX_SENDS and row.refusal.kind is not Kind.REFUSED:
            return tr("Three tries to cancel it had no effect. It can still be paid.")
        return tr("Dojo refused to cancel it, and it can still be paid. %1").replace(
            "%1", reason(row.refusal)
        )
    if row.state is State.NOT_SENT and row.problem:
        return tr("Nothing was sent for it. %1").replace("%1", reason(row.problem))
    if row.state in {State.NOT_CANCELLABLE, State.PAID_MEANWHILE} and row.intent:
        return _status_sentence(row.intent)
    if row.state is State.NOT_FOUND and row.known_to:
        text = tr("Dojo does not know it with this key, but with that of “%1”.")
        return text.replace("%1", visible(row.known_to))
    if row.changed_lately:
        return tr("It can be cancelled, but it changed a moment ago: someone may be paying it now.")
    if row.state is State.READY and (left := _life_left(row)) is not None and left < _SOON:
        soon = tr("It ends by itself in %1, even if nobody cancels it.")
        return f"{meaning(row.state)[0]} {soon.replace('%1', span(left))}"
    return meaning(row.state)[0]


def next_step(row: Row) -> str:
    """Return what the operator should do about a row, in one sentence; empty for nothing."""
    if row.state in {State.NOT_CANCELLABLE, State.PAID_MEANWHILE} and row.intent:
        instead: dict[str, str] = {
            Status.AUTHORIZED: tr("Reverse it in the Dojo portal."),
            Status.CAPTURED: tr("Refund it in the Dojo portal."),
            Status.REVERSED: "",
            Status.REFUNDED: "",
        }
        return instead.get(row.intent.status, tr("Look it up in the Dojo portal."))
    if row.state is State.COULDNT_CHECK and row.problem:
        return remedy(row.problem)
    if row.state is State.NOT_FOUND and row.known_to:
        return tr("Choose the profile “%1”.").replace("%1", visible(row.known_to))
    if row.changed_lately:
        return tr("Check it again in a few minutes. It is left unticked.")
    return meaning(row.state)[1]


def _status_sentence(intent: Intent) -> str:
    when = moment(intent.updated_at)
    known: dict[str, str] = {
        Status.AUTHORIZED: tr("The card is authorised, so it can’t be cancelled. Last change: %1."),
        Status.CAPTURED: tr("It has been paid, so it can’t be cancelled. Last change: %1."),
        Status.REVERSED: tr("It has been reversed. Last change: %1."),
        Status.REFUNDED: tr("It has been refunded. Last change: %1."),
        Status.CANCELED: tr("It has been cancelled. Last change: %1."),
    }
    text = known.get(intent.status)
    if text is None:
        text = tr("Dojo calls its state “%2”, which can’t be cancelled.")
    return text.replace("%1", when).replace("%2", visible(intent.status))


def reason(problem: Problem) -> str:
    """Return why a request did not bring what was asked for."""
    said = tr("Dojo said: “%1”").replace("%1", visible(problem.words)) if problem.words else ""
    if problem.kind is Kind.REFUSED and said:
        return said
    text = {
        Kind.KEY_REFUSED: tr("Dojo did not accept the key for this."),
        Kind.NOT_FOUND: tr("Dojo knows no such payment with this key."),
        Kind.REFUSED: tr("Dojo said no."),
        Kind.RATE_LIMITED: tr("Dojo asked for fewer requests, again and again."),
        Kind.UNAVAILABLE: tr("Dojo is not available at the moment."),
        Kind.SERVER_ERROR: tr("Something went wrong at Dojo."),
        Kind.UNCLEAR: tr("Dojo’s answer could not be understood."),
        Kind.NO_ANSWER: tr("No answer came, or only half of one."),
        Kind.UNREACHABLE: tr("Dojo could not be reached from this computer."),
        Kind.WRONG_ENVIRONMENT: tr(
            "The key and the payment don’t belong together: one is for tests, one for real"
            " payments.",
        ),
        Kind.CERTIFICATE: tr(
            "The connection is not safe: the other side could not prove to be Dojo. Nothing was"
            " sent.",
        ),
    }[problem.kind]
    return " ".join(part for part in (text, said) if part)


def remedy(problem: Problem) -> str:
    """Return what to do about a problem."""
    return {
        Kind.KEY_REFUSED: tr("Replace the key of this profile, then check again."),
        Kind.WRONG_ENVIRONMENT: tr("Choose the profile that it belongs to."),
        Kind.UNREACHABLE: tr("See whether the network works, then check again."),
        Kind.CERTIFICATE: tr("Tell your IT team; don’t go on before that."),
    }.get(problem.kind) or tr("Wait a minute, then check it again.")


def pause(why: PauseReason, until: datetime | None) -> str:
    """Return why nothing is sent for the moment, and until when."""
    text = {
        PauseReason.OPERATOR: tr("Paused by you"),
        PauseReason.FIRST_ONE: tr("The first one is done: look at it before you go on"),
        PauseReason.RATE_LIMITED: tr("Paused: Dojo asked to go slower"),
        PauseReason.UNAVAILABLE: tr("Paused: Dojo is not available"),
        PauseReason.UNREACHABLE: tr("Paused: Dojo can’t be reached"),
    }[why]
    if until is None:
        return text
    seconds = max(0.0, (until - datetime.now(UTC)).total_seconds())
    return text + " · " + tr("goes on in %1").replace("%1", duration(seconds))


def end(why: EndReason) -> str:
    """Return why work ended before its time; nothing where it simply finished."""
    return {
        EndReason.DONE: "",
        EndReason.STOPPED: tr("You stopped it."),
        EndReason.KEY_REFUSED: tr(
            "It ended early: Dojo refuses the key. Replace it, then go on with the rest."
        ),
        EndReason.CERTIFICATE: tr(
            "It ended early: the connection was not safe, so nothing more was sent. Tell your IT"
            " team.",
        ),
        EndReason.UNREACHABLE: tr(
            "It ended early: Dojo could not be reached. Check again when the network works."
        ),
        EndReason.JOURNAL: tr(
            "It ended early: the journal could not be written, so nothing more was sent. See"
            " whether the disk is full, then go on with the rest."
        ),
        EndReason.INTERRUPTED: tr("It was interrupted: the program or the computer stopped."),
        EndReason.FAILED: tr(
            "It ended early: something in this program went wrong. Nothing more was sent."
        ),
    }[why]


def keychain_problem(error: KeychainError) -> str:
    """Return why the keyring did not keep or give a key, and what to do."""
    session = tr("You can keep the key for this session only; it is gone when you close.")
    return {
        Reason.MISSING: tr("The keyring has no key for this profile. Replace the key to add it."),
        Reason.LOCKED: tr("The keyring is locked. Unlock it and try again."),
        Reason.NO_ANSWER: tr(
            "The keyring did not answer. See whether it is asking for its password, then try again."
        ),
        Reason.UNAVAILABLE: tr("This computer has no keyring that works.") + " " + session,
        Reason.NOT_ALLOWED: tr(
            "This computer is set up to keep secrets where others can read them, so the key was"
            " not saved."
        )
        + " "
        + session,
        Reason.NOT_KEPT: tr("The keyring did not keep the key.") + " " + session,
        Reason.NOT_DELETED: tr(
            "The keyring still holds the key. Delete it there, under “Cancel Desk”."
        ),
        Reason.DAMAGED: tr("What the keyring holds is no key. Replace the key of this profile."),
        Reason.OTHER_KEY: tr(
            "The keyring holds another key than this profile’s. Replace the key of this profile."
        ),
    }[error.reason]


def profiles_not_written(error: OSError) -> str:
    """Return that the list of profiles is as it was, and why."""
    return tr("The list of profiles could not be written: %1").replace(
        "%1", visible(error.strerror or str(error))
    )


def list_not_kept(error: OSError) -> str:
    """Return that the list will not come back, and why."""
    return tr(
        "The list could not be kept on this computer (%1), so it won’t come back when Cancel Desk"
        " is opened again. Export it if you need it."
    ).replace("%1", visible(error.strerror or str(error)))


def live_key_refused() -> str:
    """Return why a live key is not used at any address but Dojo's own."""
    return tr(
        "This key is for real payments, and the program is set (by CANCEL_DESK_API_URL) to talk to"
        " this computer only. The key was not sent anywhere."
    )


def profile_refusal(why: Refusal) -> str:
    """Return why a profile can't have a name or a key."""
    return {
        Refusal.NAME_EMPTY: tr("Give the profile a name first."),
        Refusal.NAME_TOO_LONG: tr("The name is too long. Use a shorter one."),
        Refusal.NAME_UNPRINTABLE: tr(
            "The name holds characters that can’t be seen. Type it again."
        ),
        Refusal.NAME_HOLDS_KEY: tr("That is a key, not a name. Give the profile a name."),
        Refusal.NAME_TAKEN: tr("There is a profile with this name. Use another one."),
        Refusal.OTHER_ENVIRONMENT: tr(
            "That key is for another environment. Add it as a profile of its own."
        ),
        Refusal.UNKNOWN: tr("This profile is gone: it was deleted in another window."),
    }[why]


def key_not_had(error: KeychainError) -> str:
    """Return why a profile's key could not be had for work, and what to do."""
    if error.reason in {Reason.UNAVAILABLE, Reason.NOT_ALLOWED, Reason.MISSING}:
        return tr(
            "The key of this profile is not on this computer any more. To enter it again, choose"
            " Keys, then Replace this profile’s key."
        )
    return keychain_problem(error)


def journal_problem(error: JournalError) -> str:
    """Return why runs can't be written down, and so not made."""
    if isinstance(error, InUseError):
        return tr(
            "Cancel Desk is open in another window already. Cancel payments there; here you can"
            " look, but nothing is sent."
        )
    return tr(
        "The journal could not be opened, so nothing was sent. See whether the disk is full, then"
        " try again. (%1)"
    ).replace("%1", visible(str(error)))


def journal_damaged(aside: Path) -> str:
    """Return what to do about a journal that is broken or of a newer program."""
    return tr(
        "The journal of earlier runs could not be read: it is damaged, was changed, or is a newer"
        " program’s. It is kept as %1, and a new one was begun."
    ).replace("%1", visible(str(aside)))


def journal_not_sealed() -> str:
    """Return what to say of a run whose journal has no key."""
    return tr("The journal of this run is not sealed, because no keyring gave a key for it.")
