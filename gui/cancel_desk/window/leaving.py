"""What to ask before the window closes: only where something is under way or not known yet."""

from PySide6.QtWidgets import QWidget

from cancel_desk.window.notice import ask
from cancel_desk.window.translation import tr


def may_stop(window: QWidget, in_practice: bool) -> bool:
    """Ask whether to close although payments are being cancelled."""
    if in_practice:
        later = tr("Practice forgets the list.")
    else:
        later = tr("The rest of the list comes back when you open Cancel Desk again.")
    return ask(
        window,
        "closeDialog",
        tr("Stop cancelling and close?"),
        tr("What is on its way will end, the rest will not be sent.") + " " + later,
        tr("Stop and close"),
        tr("Go on cancelling"),
    )


def may_leave_unknown(window: QWidget, unknown: int, in_practice: bool) -> bool:
    """Ask whether to close although the fate of so many payments is not known."""
    text = tr("It is still being looked up what became of %Ln payment(s).", "", unknown)
    if in_practice:
        later = tr("If you close now, practice forgets about it.")
    else:
        later = tr("If you close now, that goes on when you open Cancel Desk again.")
    return ask(
        window,
        "closeDialog",
        tr("Close before everything is known?"),
        f"{text} {later}",
        tr("Close anyway"),
        tr("Keep it open"),
    )
