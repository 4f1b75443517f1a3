"""Text from outside with nothing hidden in it, on screen as in files.

A bidirectional control in a reference can make an amount beside it read backwards.
"""

import unicodedata

# Controls, formats (bidirectional ones among them), surrogates, private use, line separators.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def visible(text: str, keep: str = "") -> str:
    r"""Return `text` with each character that can't be seen written as `\u{202E}`.

    Args:
        text: from anywhere.
        keep: characters to leave as they are, such as line breaks.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"\\u{{{ord(char):04X}}}"
        if char not in keep and unicodedata.category(char) in _HIDDEN
        else char
        for char in text
    )
