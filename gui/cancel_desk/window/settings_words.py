"""What can be set, what the organisation has set, and what was typed wrong, in words."""

from pathlib import Path

from cancel_desk.desk.limits import Exceeded, Limit
from cancel_desk.desk.policy import PolicyError, PolicyFault
from cancel_desk.desk.settings import LONGEST_RETENTION, Speed, ThemeChoice
from cancel_desk.dojo.intent import Money
from cancel_desk.dojo.proxy import Flaw
from cancel_desk.window import words
from cancel_desk.window.plain import visible
from cancel_desk.window.translation import tr


def speed(which: Speed) -> str:
    """Return a speed and what it means."""
    text = {
        Speed.GENTLE: tr("Gentle: at most %1 at a time"),
        Speed.NORMAL: tr("Normal: at most %1 at a time"),
        Speed.FAST: tr("Fast: at most %1 at a time"),
    }[which]
    return text.replace("%1", words.number(which.in_flight))


def theme(which: ThemeChoice) -> str:
    """Return the name of a choice of colours."""
    return {
        ThemeChoice.SYSTEM: tr("Same as this computer"),
        ThemeChoice.LIGHT: tr("Light"),
        ThemeChoice.DARK: tr("Dark"),
    }[which]


def currency(code: str) -> str:
    """Return the question for the limit of a currency, with its mnemonic where it has one."""
    known = {"GBP": tr("Largest total in po&unds"), "EUR": tr("Largest total in eur&os")}
    return known.get(code) or tr("Largest total in %1").replace("%1", code)


def money(most: int, code: str) -> str:
    """Return minor units as an amount."""
    return words.money(Money(most, code))


def set_by_policy() -> str:
    """Return what to say of a value that can't be changed."""
    return tr("Set by your organisation.")


def fastest() -> str:
    """Return what to say of speeds that can't be chosen."""
    return tr("Your organisation allows nothing faster.")


def at_most(limit: Limit) -> str:
    """Return how far a limit may be raised."""
    text = tr("Your organisation allows at most %1.")
    return text.replace("%1", _amount(limit, limit.most))


def at_least(months: int) -> str:
    """Return how short the history may be."""
    text = tr("Your organisation wants at least %1.")
    return text.replace("%1", tr("%Ln month(s)", "", months))


def exceeded(what: Exceeded) -> str:
    """Return which limit a run would break, and who can change it."""
    limit = what.limit
    if limit.currency is None:
        text = tr("These are %1 payments. At most %2 may be cancelled in one run.")
    else:
        text = tr("These come to %1. At most %2 may be cancelled in one run.")
    text = text.replace("%1", _amount(limit, what.actual)).replace("%2", _amount(limit, limit.most))
    if limit.by_policy:
        who = tr("Your organisation has set this limit: untick some, or ask who set it.")
    else:
        who = tr("You have set this limit: untick some, or change it in Settings.")
    return f"{text} {who}"


def _amount(limit: Limit, value: int) -> str:
    return words.number(value) if limit.currency is None else money(value, limit.currency)


def not_a_number() -> str:
    """Return what to type where a number of payments is asked for."""
    text = tr("This is not a number of payments. Type one like %1, or nothing for no limit.")
    return text.replace("%1", words.number(500))


def not_an_amount(code: str) -> str:
    """Return what to type where an amount is asked for."""
    text = tr("This is not an amount. Type one like %1, or nothing for no limit.")
    return text.replace("%1", money(250000, code))


def not_months(shortest: int) -> str:
    """Return what to type where a number of months is asked for."""
    text = tr("Type a number of months from %1 to %2.")
    text = text.replace("%1", words.number(shortest))
    return text.replace("%2", words.number(LONGEST_RETENTION))


def not_a_name() -> str:
    """Return what is wrong with a name."""
    return tr("This name has something in it that can’t be seen, or a key. Type it again.")


def proxy_flaw(flaw: Flaw) -> str:
    """Return why a proxy's address can't be used, and what to do."""
    return {
        Flaw.NO_HOST: tr("Type the proxy’s name, like proxy.example:8080."),
        Flaw.PASSWORD: tr(
            "Leave out the name and password: they would be kept and sent in the open. A proxy"
            " that wants them can’t be used."
        ),
        Flaw.SCHEME: tr("Only proxies with an address that starts http:// can be used."),
        Flaw.PORT: tr("The number after the colon goes from 1 to 65535. Often it is 8080."),
        Flaw.UNREADABLE: tr("This is not an address. Type one like proxy.example:8080."),
    }[flaw]


def system_proxy(found: str | None) -> str:
    """Return what the system says about a proxy."""
    if found is None:
        return tr("This computer has no proxy set for Dojo, so it connects directly.")
    return tr("This computer’s proxy: %1").replace("%1", visible(found))


def system_proxy_flaw(flaw: Flaw) -> str:
    """Return why the system's proxy can't be used."""
    reason = {
        Flaw.PASSWORD: tr("it has a name and password in it"),
        Flaw.SCHEME: tr("it is of a kind that is not supported"),
    }.get(flaw) or tr("it can’t be understood")
    text = tr("This computer’s proxy can’t be used: %1. With this choice Dojo can’t be reached.")
    return text.replace("%1", reason)


def policy_problem(error: PolicyError) -> str:
    """Return what is wrong with the policy file, what that means, and who can mend it."""
    name = visible(error.name)
    what = {
        PolicyFault.UNREADABLE: tr("it could not be opened"),
        PolicyFault.NOT_TOML: tr("it is not written as such a file has to be"),
        PolicyFault.UNKNOWN_NAME: tr("there is no setting called “%1”").replace("%1", name),
        PolicyFault.WRONG_VALUE: tr("“%1” can’t have this value").replace("%1", name),
    }[error.fault]
    place = visible(str(error.path))
    if error.line is not None:
        place = tr("%1, line %2").replace("%2", words.number(error.line)).replace("%1", place)
    text = tr(
        "The settings of your organisation can’t be used: %1 (%2). Until that is put right, no"
        " real payment can be cancelled and no history is deleted. Tell whoever looks after this"
        " computer."
    )
    return text.replace("%1", what).replace("%2", place)


def set_aside(path: Path) -> str:
    """Return what became of settings that could not be read."""
    return tr(
        "Your settings could not be read: they are damaged, or a newer program’s. They are kept as"
        " %1, and the usual ones hold, without any limit you had set."
    ).replace("%1", visible(str(path)))


def not_read(error: OSError) -> str:
    """Return that the settings could not be read, so that nothing is begun."""
    text = tr("Your settings could not be read (%1), so nothing was begun. Try it again.")
    return text.replace("%1", visible(error.strerror or str(error)))


def not_saved(error: OSError) -> str:
    """Return why settings could not be saved."""
    text = tr("The settings could not be saved. See whether the disk is full, then try again. (%1)")
    return text.replace("%1", visible(str(error)))
