"""API keys: which environment one opens, and keeping them out of everything that is written."""

import re

_KEY = re.compile(r"sk_(sandbox|prod)_[A-Za-z0-9_\-.~+/=]{8,256}", re.ASCII)
# Looser than a key on purpose: half a key in a log is still too much. After "Basic" only what is
# longer than a word, so that a server's "Basic authentication failed" can be read.
_SECRET = re.compile(
    r"sk_(?:sandbox|prod)_[^\s\"'<>]+|(?<=Basic )[^\s\"'<>]{16,}", re.ASCII | re.IGNORECASE
)


class KeyFormatError(ValueError):
    """The text is no Dojo API key. The message never contains the text."""


class ApiKey:
    """A Dojo API key, checked; its secret comes out of `secret` alone.

    Only the characters that can stand in a header are taken, so that a key pasted with a line
    break inside can't end up, whole, in the message of an exception of the HTTP library.

    Args:
        text: what the operator typed or pasted; surrounding white space is dropped.

    Raises:
        KeyFormatError: the text has no known prefix or a character no key has.
    """

    __slots__ = ("_secret",)

    def __init__(self, text: str) -> None:
        secret = text.strip()
        if not _KEY.fullmatch(secret):
            raise KeyFormatError("not a Dojo API key: sk_sandbox_… or sk_prod_… is expected")
        self._secret = secret

    @property
    def secret(self) -> str:
        """The key itself: for the Authorization header and the keyring, nothing else."""
        return self._secret

    @property
    def live(self) -> bool:
        """True for a key that moves real money (`sk_prod_`)."""
        return self._secret.startswith("sk_prod_")

    @property
    def hint(self) -> str:
        """The last four characters, by which a person tells two keys apart."""
        return self._secret[-4:]

    def __repr__(self) -> str:
        return f"ApiKey({'sk_prod' if self.live else 'sk_sandbox'}_…{self.hint})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ApiKey) and other._secret == self._secret

    def __hash__(self) -> int:
        return hash(self._secret)

    def __reduce__(self) -> str:
        raise TypeError("an API key is never pickled")


def redact(text: str) -> str:
    """Return `text` with everything that looks like an API key replaced by `[key removed]`."""
    return _SECRET.sub("[key removed]", text)
