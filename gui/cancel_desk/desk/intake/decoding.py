"""From a file's bytes to its text."""

import codecs

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # starts as the next one does
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What Python calls encodings and no mail is written in; some take time with the square.
_NO_CHARSETS = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}
_SAMPLE = 4096
_PORTION = 1024 * 1024


def decode(data: bytes, charset: str | None = None) -> str:
    """Return a text; what can't be decoded has a substitute.

    UTF-8, UTF-16 with its mark or with Western text in it, Windows-1252 otherwise.

    Args:
        data: the bytes.
        charset: the encoding they are said to be in, believed where it fits.
    """
    if charset and (text := _decode_as_said(data, charset)) is not None:
        return text
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode(data, encoding, "replace")
    if wide := utf_16_without_mark(data):
        return _decode(data, wide, "replace")
    try:
        return _decode(data, "utf-8", "strict")
    except UnicodeDecodeError:
        return _decode(data, "cp1252", "replace")


def utf_16_without_mark(data: bytes) -> str | None:
    """Return which UTF-16 this is, going by the zeros that are half of Western letters."""
    sample = data[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    # Four in ten, and hardly any at the others' places.
    if odd * 5 > len(sample) and even * 10 < odd:
        return "utf-16-le"
    if even * 5 > len(sample) and odd * 10 < even:
        return "utf-16-be"
    return None


def _decode_as_said(data: bytes, charset: str) -> str | None:
    try:
        encoding = codecs.lookup(charset).name
        if encoding in _NO_CHARSETS:
            return None
        return _decode(data, encoding, "strict")
    # No such encoding, one that is none of texts, or one that this text is not in.
    except (LookupError, ValueError):
        return None


def _decode(data: bytes, encoding: str, errors: str) -> str:
    """Decode in portions, because one call would hold up every other thread."""
    if len(data) <= _PORTION:
        return data.decode(encoding, errors)
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    parts = [
        decoder.decode(data[start : start + _PORTION], start + _PORTION >= len(data))
        for start in range(0, len(data), _PORTION)
    ]
    return "".join(parts)
