"""Texts that a server or a library wrote, made fit to be shown, logged and kept."""

from cancel_desk.dojo.key import redact

_LIMIT = 1000


def plain(value: object) -> str:
    """Return a text without keys, whole characters only, cut to 1000; empty for what is no text.

    JSON can spell one half of a surrogate pair, which no file, database or widget would take.
    """
    if not isinstance(value, str):
        return ""
    whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return redact(whole)[:_LIMIT]
