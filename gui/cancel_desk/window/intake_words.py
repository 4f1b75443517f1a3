"""What was made of a paste or a file, in words."""

from cancel_desk.desk.intake.find_ids import Findings, Rejected, Why
from cancel_desk.desk.intake.readers import (
    Kind,
    ReadError,
    TooLarge,
    Unit,
    Unreadable,
    Unsupported,
)
from cancel_desk.window import words
from cancel_desk.window.plain import visible
from cancel_desk.window.translation import tr


def outcome(findings: Findings, new: int) -> str:
    """Return one line about what came in; `new` of the ids found were not in the list before."""
    parts = [tr("%Ln payment(s) added", "", new)]
    merged = findings.duplicates + len(findings.found) - new
    if merged:
        parts.append(tr("%Ln duplicate(s) merged", "", merged))
    if findings.cleaned:
        parts.append(tr("hidden characters removed from %Ln ID(s)", "", findings.cleaned))
    if findings.rejected:
        parts.append(tr("%Ln piece(s) not understood", "", len(findings.rejected)))
    if findings.nothing_found and not findings.rejected:
        parts[0] = tr("No payment ID in it. An ID starts with pi_ and is part of every link.")
    return " · ".join(parts)


def dropped(keys: int, cards: int) -> str:
    """Return what to say about secrets that were taken out of a text; empty for none."""
    parts = []
    if keys:
        parts.append(
            tr("%Ln API key(s) in that text taken out and not kept.", "", keys)
            + " "
            + tr("Whoever has the text has the key: replace it in the Dojo portal.")
            + " "
            + tr("To use a key here, choose Keys, then Add a key.")
        )
    if cards:
        parts.append(tr("%Ln card number(s) in that text taken out and not kept.", "", cards))
    return " ".join(parts)


def rejection(piece: Rejected) -> str:
    """Return why a piece is no payment's id."""
    reasons = {
        Why.WRONG_CASE: tr("Capital and small letters matter: an ID starts with a small pi_."),
        Why.LOOK_ALIKE: tr("It holds a letter that only looks like the right one. Copy it again."),
        Why.OTHER_PROVIDER: tr("This is another payment provider’s number, not Dojo’s."),
        Why.OTHER_KIND: tr("This is a number of Dojo’s, but not a payment’s: those start pi_."),
        Why.NOT_AN_ID: tr("There is no payment ID in this line."),
        Why.NOT_READ: tr("This attachment can’t be read here. Save it, and see what is in it."),
    }
    if piece.why is not Why.WRONG_LENGTH:
        return reasons[piece.why]
    if piece.length is None:
        return tr("It is stuck to other letters, so it is unclear where the ID ends.")
    start = "pi_sandbox_" if piece.text.startswith("pi_sandbox_") else "pi_"
    text = tr("It has %1 characters after %2; there should be 22.")
    return text.replace("%1", words.number(piece.length)).replace("%2", start)


def read_error(error: ReadError) -> str:
    """Return why nothing was read, and what to do."""
    match error:
        case TooLarge():
            text = _too_large(error)
        case Unreadable():
            text = tr("%1 could not be opened. See whether it is still there and may be read.")
        case Unsupported(kind=kind):
            text = _unsupported(kind)
        case _:
            raise error
    return text.replace("%1", visible(error.source) or tr("The pasted text"))


def _too_large(error: TooLarge) -> str:
    text = {
        Unit.BYTES: tr("%1 is too large: at most %2 MB come in at once. Split it."),
        Unit.LINES: tr("%1 is too long: at most %2 lines come in at once. Split it."),
        Unit.CELLS: tr("%1 has too many cells: at most %2 come in at once. Split it."),
        Unit.UNPACKED: tr("%1 is too large inside: at most %2 MB come in at once. Split it."),
        Unit.IDS: tr("%1 holds too many IDs: at most %2 come in at once. Split it."),
    }[error.unit]
    in_megabytes = error.unit in {Unit.BYTES, Unit.UNPACKED}
    limit = error.limit // (1024 * 1024) if in_megabytes else error.limit
    return text.replace("%2", words.number(limit))


def _unsupported(kind: Kind) -> str:
    return {
        Kind.FOLDER: tr("%1 is a folder. Open it and choose the files inside."),
        Kind.EMPTY: tr("%1 is empty."),
        Kind.PDF: tr("%1 is a PDF, which can’t be read here. Open it, and copy its text."),
        Kind.PICTURE: tr("%1 is a picture, which can’t be read here. Type or copy the IDs."),
        Kind.ARCHIVE: tr("%1 is packed. Take its files out first, then open those."),
        Kind.OUTLOOK: tr("%1 is an Outlook message. Save it as .eml, or copy its text."),
        Kind.OTHER_WORKBOOK: tr(
            "%1 is a workbook of a kind that can’t be read here. Save it as .xlsx."
        ),
        Kind.LOCKED_WORKBOOK: tr("%1 has a password. Save it without, then open it here."),
        Kind.DAMAGED_WORKBOOK: tr(
            "%1 is damaged. Open it in your spreadsheet program and save it again."
        ),
        Kind.UNSAFE_WORKBOOK: tr(
            "%1 was refused: it is built to fill the memory, or as no spreadsheet program does."
            " Ask whoever sent it."
        ),
        Kind.DOCUMENT: tr(
            "%1 is a document, which can’t be read here. Open it, and copy its text."
        ),
        Kind.OTHER: tr("There is no text in %1 that could be read."),
    }[kind]
