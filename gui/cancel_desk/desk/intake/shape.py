"""How a payment intent's id stands in a text: its characters, its length and its edges."""

import re

ID_CHARS = r"A-Za-z0-9_\-"  # to stand in a set, others behind them
ID_LENGTH = 22
# Stands for every character of a secret that was blacked out. It is an edge no id may touch:
# else taking away what an id was stuck to would make an id that was not there.
BLACK = "█"
# Spaces that HTML mail and word processors put between and into words to hold them together.
NO_BREAK_SPACES = "\u00a0\u2007\u202f"

_EDGE = ID_CHARS + BLACK
_GAP = f"[{NO_BREAK_SPACES}]"

# The look behind comes after the `pi_` it looks behind, so that the search can leap to a `pi_`.
# What starts `pi_sandbox_` is a sandbox id, also where it would fit as a live one.
ID = re.compile(
    rf"pi_(?<![{_EDGE}]pi_)(?:sandbox_|(?!sandbox_))[{ID_CHARS}]{{{ID_LENGTH}}}(?![{_EDGE}])"
)
# The same with no-break spaces inside, except where a next id begins behind them.
ID_WITH_GAPS = re.compile(
    rf"(?<![{_EDGE}])"
    + f"{_GAP}*".join("pi_")
    + f"(?:{_GAP}*{f'{_GAP}*'.join('sandbox_')}|(?!{_GAP}*{f'{_GAP}*'.join('sandbox_')}))"
    + rf"(?:(?:{_GAP}+(?!pi_))?[{ID_CHARS}]){{{ID_LENGTH}}}(?![{_EDGE}])"
)


def may_be_mistyped(intent_id: str) -> bool:
    """Tell whether an id's last character is one that no id should end with.

    The 22 characters spell 16 bytes in base64, so the last one carries two bits and is normally
    A, Q, g or w. Good for a hint, never for refusing an id.
    """
    return intent_id[-1] not in "AQgw"
