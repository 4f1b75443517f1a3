"""What a search found, and how it goes, in words."""

from cancel_desk.desk.finder import MAX_PAGES, PAGE_SIZE, Ending, Outcome
from cancel_desk.desk.pace import Pause
from cancel_desk.desk.references import Match, Matches
from cancel_desk.dojo.problem import Kind, Problem
from cancel_desk.window import words
from cancel_desk.window.translation import tr


def searching(found: int, page: int, pause: Pause | None, stopping: bool) -> str:
    """Return how far a search is."""
    parts = [tr("Searching…")]
    if page:
        parts = [
            tr("Searching: %Ln payment(s) so far", "", found),
            tr("page %1").replace("%1", words.number(page)),
        ]
    if stopping:
        parts.append(tr("stopping, waiting for what is under way"))
    elif pause is not None:
        parts.append(words.pause(pause.reason, pause.until))
    return " · ".join(parts)


def ended(outcome: Outcome, found: int, unreadable: int) -> str:
    """Return how a search ended, what it found, and what to do if that is not all."""
    kept = tr("%Ln payment(s) found so far.", "", found) if found else tr("Nothing was found yet.")
    match outcome:
        case Outcome(Ending.DONE) if not found:
            text = tr("No payment created on these days is still unpaid.")
        case Outcome(Ending.DONE):
            text = tr("%Ln unpaid payment(s) found.", "", found)
        case Outcome(Ending.STOPPED):
            text = tr("You stopped the search.") + " " + kept
        case Outcome(Ending.CIRCLE):
            text = tr("Dojo began to give the same pages again, so the search has ended.")
            text += " " + kept + " " + tr("There may be more: try fewer days.")
        case Outcome(Ending.LIMIT):
            most = words.number(MAX_PAGES * PAGE_SIZE)
            text = tr("There are more than %1, too many for one search. Choose fewer days.")
            text = text.replace("%1", most) + " " + kept
        case Outcome(problem=Problem() as problem):
            text = " ".join((tr("The search ended early."), words.reason(problem), kept))
            text += " " + _remedy(problem)
        case _:
            text = kept
    if unreadable:
        text += " " + tr("%Ln more could not be read and will be missing below.", "", unreadable)
    return text


def _remedy(problem: Problem) -> str:
    return {
        Kind.KEY_REFUSED: tr("Close this, and replace the key of this profile."),
        Kind.CERTIFICATE: words.remedy(problem),
        Kind.UNREACHABLE: tr("See whether the network works, then go on from there."),
    }.get(problem.kind) or tr("Wait a minute, then go on from there.")


def note(match: Match | None, in_list: bool) -> str:
    """Return what must be known of a payment before it is ticked; mostly nothing."""
    parts = [tr("in the list")] if in_list else []
    if match is not None and len(match.intents) > 1:
        count = words.number(len(match.intents))
        parts.append(tr("one of %1: choose").replace("%1", count))
    if match is not None and match.alike:
        parts.append(tr("capitals or spaces differ"))
    return " · ".join(parts)


def listed(count: int, first_column: bool) -> str:
    """Return how many references a list has; nothing for none."""
    if not count:
        return ""
    text = tr("%Ln reference(s)", "", count)
    return text + (" " + tr("(the first column)") if first_column else "")


def matched(matches: Matches, complete: bool) -> str:
    """Return what became of a list of references."""
    one, several, none = len(matches.one), len(matches.several), len(matches.none)
    parts = [tr("%Ln reference(s)", "", len(matches.each))]
    if matches.duplicates:
        parts.append(tr("%Ln duplicate(s) merged", "", matches.duplicates))
    if one:
        parts.append(tr("%1 found").replace("%1", words.number(one)))
    if several:
        text = tr("%1 carried by several payments: choose which")
        parts.append(text.replace("%1", words.number(several)))
    if none:
        text = tr("%1 not found") if complete else tr("%1 not found so far")
        parts.append(text.replace("%1", words.number(none)))
    if not complete and one:
        parts.append(tr("none is ticked by itself, because the search is not complete"))
    return " · ".join(parts)


def before_search() -> str:
    """Return what to do before anything was searched for."""
    return tr("Press Search to list what nobody has paid yet.")


def nothing_shown(found: int, complete: bool) -> str:
    """Return why no payment is listed after a search, and what to do.

    Args:
        found: payments that were found, whether shown or not.
        complete: whether all payments were looked at.
    """
    if found:
        return tr("%Ln payment(s) hidden by the fields above. Change or clear one.", "", found)
    if complete:
        return tr("Nothing to list. Choose other days above and search again.")
    return tr("Nothing was found. See above why the search ended, then search again.")


def ticked(count: int, worth: str, hidden: int, added: int) -> str:
    """Return what would be added, and what was.

    Args:
        count: payments that are ticked and shown.
        worth: their totals, in words.
        hidden: payments that are ticked and not shown.
        added: payments added last, while nothing else is ticked.
    """
    parts = [tr("%Ln payment(s) ticked", "", count) if count else tr("Nothing ticked")]
    if worth:
        parts.append(worth)
    if added and not count:
        parts = [tr("%Ln payment(s) added to the list", "", added)]
    if hidden:
        parts.append(tr("%Ln more ticked, but not shown, will not be added", "", hidden))
    return " · ".join(parts)
