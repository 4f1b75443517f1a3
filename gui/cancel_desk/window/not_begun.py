"""Why work could not even begin, in words."""

from cancel_desk.desk.journal import JournalError
from cancel_desk.desk.keychain import KeychainError
from cancel_desk.dojo.proxy import ProxyAddressError
from cancel_desk.window import settings_words, words


def why_not_begun(error: Exception) -> str:
    """Return what kept work from beginning; empty for what nobody expected."""
    match error:
        case KeychainError():
            return words.key_not_had(error)
        case JournalError():
            return words.journal_problem(error)
        case ProxyAddressError():
            return settings_words.system_proxy_flaw(error.flaw)
    from cancel_desk.dojo.client import WrongEnvironmentError  # here, it is imported already

    return words.live_key_refused() if isinstance(error, WrongEnvironmentError) else ""
