"""Long texts a bit at a time: a search that runs holds up every other thread."""

import re
from collections.abc import Iterator

PORTION = 65_536
# No id and no secret goes across one of these.
_BETWEEN = re.compile(r"""[\r\n",;<>{}|]""")
# Nor across these, in a text that has none of those: groups of digits and `Bearer` have a space
# behind them that belongs to what follows.
_SPACE = re.compile(r"(?<![\s\dCcRr])\s(?=\D)")


def portions(text: str) -> Iterator[str]:
    """Yield a text in parts, cut where nothing that is looked for can be.

    The parts are not much longer than PORTION. Where a text goes on for three times that without
    any such place, it holds no id and no secret, and is cut anywhere.
    """
    start = 0
    while len(text) - start > PORTION:
        least = start + PORTION - 1
        cut = _BETWEEN.search(text, least, least + PORTION) or _SPACE.search(
            text, least + PORTION, least + 2 * PORTION
        )
        end = cut.end() if cut else min(least + 2 * PORTION, len(text))
        yield text[start:end]
        start = end
    yield text[start:]
