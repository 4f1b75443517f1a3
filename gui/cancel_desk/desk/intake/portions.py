"""Long texts a bit at a time: a search that runs holds up every other thread."""

import re
from collections.abc import Iterator

PORTION = 65_536
# No id and no secret goes across one of these.
_BETWEEN = re.compile(r"""[\r\n",;<>{}|]""")


def portions(text: str) -> Iterator[str]:
    """Yield a text in parts, cut where nothing that is looked for can be.

    The parts are hardly longer than PORTION, unless the text has no such place.
    """
    start = 0
    while len(text) - start > PORTION and (cut := _BETWEEN.search(text, start + PORTION - 1)):
        yield text[start : cut.end()]
        start = cut.end()
    yield text[start:]
