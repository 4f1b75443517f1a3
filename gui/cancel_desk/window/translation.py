"""Every text on screen passes through `tr`, so that it can be had in another language."""

from collections.abc import Collection, Iterable

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from cancel_desk.window.resources import resource_bytes, resource_names

_ENGLISH = "en"


def tr(text: str, comment: str = "", n: int = -1) -> str:
    """Return `text` in the operator's language.

    Args:
        text: English, and the key to look it up by; `%n` stands for `n`, in the plural it asks
            for; other values go in afterwards, by `%1`.
        comment: for the translator, where the same English means two things.
        n: how many, where the text counts something.
    """
    return QCoreApplication.translate("", text, comment, n)


def install_translations(application: QCoreApplication) -> None:
    """Load the texts: English too is a translation, because "1 payment(s)" is no English."""
    there = {name.removesuffix(".qm") for name in resource_names("translations")}
    for language in find_translations(QLocale.system().uiLanguages(), there):
        translator = QTranslator(application)
        translator.load(resource_bytes(f"translations/{language}.qm"))
        application.installTranslator(translator)
    if QLocale().language() == QLocale.Language.C:
        # A computer without a language gets readable numbers and dates all the same.
        QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))


def find_translations(wanted: Iterable[str], there: Collection[str]) -> list[str]:
    """Return the languages to load, the last of them the one to speak.

    Args:
        wanted: the operator's languages as the system lists them, "de-AT", "de", the best first.
        there: those that the program has.
    """
    for language in wanted:
        if language.split("-")[0] == _ENGLISH:
            break
        if language in there:
            return [_ENGLISH, language]  # what it lacks is said in English
    return [_ENGLISH]
