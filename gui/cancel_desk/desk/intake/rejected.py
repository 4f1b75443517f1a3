"""What was perhaps meant as a payment's id and is none, by name where it is known."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cancel_desk.desk.intake.pieces import Place
from cancel_desk.desk.intake.shape import BLACK, ID_CHARS, ID_LENGTH
from cancel_desk.dojo.intent import is_intent_id

# Longer than any id that may be added as it is, so that none of those is ever cut.
_TEXT_LIMIT = 160


class Why(StrEnum):
    """Why a piece is no id. Nothing is ever corrected: not the case, not a look-alike."""

    WRONG_LENGTH = "wrong length"  # too short, too long, or stuck to other characters
    WRONG_CASE = "wrong case"  # PI_…, Pi_…, pi_Sandbox_…
    LOOK_ALIKE = "look-alike"  # a letter or hyphen that only looks like one of an id
    OTHER_PROVIDER = "other provider"  # Stripe's pi_3…, pi_…_secret_…, cs_… and the like
    OTHER_KIND = "other kind"  # another thing of Dojo's: si_, ts_, tm_, evt_, acc_, rfnd_
    NOT_AN_ID = "not an id"  # a line of numbers, or a row of a table that has ids in others
    NOT_READ = "not read"  # an attachment of a kind that can't be read; the text is its name


@dataclass(frozen=True, slots=True)
class Rejected:
    """A piece that is no id.

    `text` is printable, cut, and never holds a key or card number. `length` counts the characters
    after `pi_` or `pi_sandbox_`; None where that tells nothing.
    """

    text: str
    place: Place
    why: Why
    length: int | None = None

    @property
    def can_add(self) -> bool:
        """Whether `text` may be added as it is, for the server to decide."""
        return self.why is Why.WRONG_LENGTH and is_intent_id(self.text)


# An id's characters and those that may be taken for one: accented, Greek, Cyrillic and full-width
# letters, hyphens of all kinds.
_RUN = (
    f"{ID_CHARS}{BLACK}\u00c0-\u052f\u1e00-\u1fff\u2010-\u2013\u2212"
    "\uff0d\uff10-\uff19\uff21-\uff3a\uff3f\uff41-\uff5a"
)
# The same with p, i and the underscore, in either case.
_UNDERSCORES = "_\uff3f"
_HEAD = (
    "[pP\u0440\u0420\u03c1\u03a1\uff50\uff30]"
    "[iI\u0456\u0406\u0131\u0130\u03b9\u0399\uff49\uff29]"
    f"[{_UNDERSCORES}]"
)
# Every webhook's body has an event and an account, every logo's address an account: they are
# mentioned only where they can have been meant.
_KIND = rf"(?:(?:si|ts|tm|rfnd)_|(?<!/)(?:evt|acc)_)(?=[{ID_CHARS}]{{8}})"
_PROVIDER = (
    rf"cs_(?=[{ID_CHARS}]{{8}})"
    r"|(?:ch|cus|in|pm|py|re|seti|src|sub|tok|txn)_(?=[A-Za-z0-9]{14})"
)
_ATTEMPT = re.compile(
    rf"(?<![{_RUN}])(?:(?P<kind>{_KIND})|(?P<provider>{_PROVIDER})"
    # What an `api_` starts is none. Only a short beginning is looked through: longer runs are
    # encoded data, and may be secret.
    rf"|(?P<stuck>[{_RUN}]{{0,24}}?)(?<![Aa])(?P<head>{_HEAD})"
    r"(?P<sandbox>(?i:sandbox_))?(?P<dots>…|\.{3})?"
    rf")(?P<tail>[{_RUN}]*)"
)
_STRIPE = re.compile(r"pi_[13][A-Za-z0-9]{23}")
_STRIPE_SECRET = "_secret_"  # noqa: S105 what stands before one
# Names such as pi_id and pi_created_at have none of these; a random text of some length has.
_NO_NAME = re.compile(r"[^a-z_-]")
_LONG_ENOUGH = 16

# A word, an amount, a date, a time: nobody means one as a payment.
_NOT_MEANT = re.compile(
    r"(?<!\S)(?:[^\s\d]++|[£€$]\S++|\d+(?:,\d{3})*\.\d\d"
    r"|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?:T\S+)?|\d{1,2}:\d\d\S*)(?!\S)"
)
_DIGIT = re.compile(r"\d")
# Below the width at which mail wraps encoded attachments.
_LINE_LIMIT = 60


def attempts(text: str, *, alone: bool) -> Iterator[tuple[str, Why, int | None]]:
    """Yield text, reason and length of what looks like an attempt at an id.

    Args:
        text: a line without hidden characters, secrets and the ids that are right.
        alone: no id was found in the line, so that an event or account may have been meant.
    """
    if not any(each in text for each in _UNDERSCORES):
        return
    for match in _ATTEMPT.finditer(text):
        tail = match["tail"]
        if not _NO_NAME.search(tail):
            continue
        if match["kind"]:
            if alone or match["kind"] not in ("evt_", "acc_"):
                yield printable(match[0]), Why.OTHER_KIND, None
        elif match["provider"] or _STRIPE_SECRET in tail:
            yield printable(match[0].partition(_STRIPE_SECRET)[0]), Why.OTHER_PROVIDER, None
        else:
            why, length = _judge(match)
            if why:
                yield printable(match[0]), why, length


def _judge(match: re.Match[str]) -> tuple[Why | None, int | None]:
    """Tell why something with `pi_`, or what looks like it, is no id; no reason if it is a name."""
    tail, length = match["tail"], len(match["tail"])
    if (match["stuck"] or match["head"] != "pi_") and not (
        length == ID_LENGTH or (length >= _LONG_ENOUGH and _DIGIT.search(tail))
    ):
        return None, None
    if match["stuck"] or BLACK in tail:
        return Why.WRONG_LENGTH, None
    if match["dots"]:
        return Why.WRONG_LENGTH, length
    if not match[0].isascii():
        return Why.LOOK_ALIKE, length
    if match["head"] != "pi_" or match["sandbox"] not in (None, "sandbox_"):
        return Why.WRONG_CASE, length
    if _STRIPE.fullmatch(match[0]):
        return Why.OTHER_PROVIDER, None
    return Why.WRONG_LENGTH, length


def is_numbers(line: str) -> bool:
    """Tell whether a line is short and all its words have a digit, as order numbers do."""
    words = line.strip()
    return 0 < len(words) <= _LINE_LIMIT and not _NOT_MEANT.search(words)


def printable(text: str) -> str:
    """Return a text on one line, cut, with a substitute for each character that can't be seen."""
    words = " ".join(text[: _TEXT_LIMIT + 1].split())
    if len(text) > _TEXT_LIMIT:
        words = words[: _TEXT_LIMIT - 1] + "…"
    if words.isprintable():
        return words
    return "".join(each if each.isprintable() else "\ufffd" for each in words)
