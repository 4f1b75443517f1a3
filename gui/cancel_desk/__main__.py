"""The command: `cancel-desk`."""

import argparse
import builtins
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="cancel-desk", description="Cancel Dojo payments that have not been paid."
    )
    parser.add_argument("--practice", action="store_true", help="start in practice mode")
    parser.add_argument(
        "--tour",
        metavar="DIR",
        type=Path,
        help="show the whole job by itself, with pictures in DIR",
    )
    parser.add_argument(
        "--self-check",
        action="store_true",
        help="look for what the program may lack on this computer",
    )
    parser.add_argument("--json", action="store_true", help="with --self-check: for machines")
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="show the program's version and exit"
    )
    options = parser.parse_args(arguments)
    if options.json and not options.self_check:
        parser.error("--json goes with --self-check")
    if options.self_check:
        from cancel_desk.self_check import check_self

        return check_self(as_json=options.json)
    if options.tour is not None:
        if not _has_display():
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        from cancel_desk.tour import take_tour

        return take_tour(options.tour)
    return _open_window(start_in_practice=options.practice)


class _Version(argparse.Action):
    """Looks the version up where it is asked for: a start need not wait for that."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"Cancel Desk {version('cancel-desk')}")
        parser.exit()


def _has_display() -> bool:
    """Tell whether a window could be seen: Qt aborts the program where it can't draw one."""
    return sys.platform != "linux" or bool(
        os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    )


def import_qt() -> None:
    """Load Qt, and take Python's own import back from it.

    PySide puts one in its place that reads the source of each module, to find out whether it wants
    names in snake case. None does here, and `linecache` would keep 15 MB of source for it.
    """
    own_import = builtins.__import__
    importlib.import_module("PySide6.QtCore")
    builtins.__import__ = own_import


def _open_window(start_in_practice: bool) -> int:
    import_qt()
    import platformdirs
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from cancel_desk.app import Practice, dress, make_window
    from cancel_desk.dojo.endpoint import EndpointError, api_url
    from cancel_desk.log import start_log
    from cancel_desk.window.crash import CrashReporter
    from cancel_desk.window.front import FrontDoor, bring_to_front
    from cancel_desk.window.notice import is_seen, tell

    folder = platformdirs.user_data_path("cancel-desk", appauthor=False, roaming=False)
    # Who asks for practice must not be shown a window with real payments instead.
    if not start_in_practice and bring_to_front(folder):
        print("Cancel Desk is open already. Its window has been brought to the front.")
        return 0
    application = QApplication(sys.argv[:1])
    looks = dress(application)
    log = start_log(platformdirs.user_log_path("cancel-desk", appauthor=False))
    CrashReporter(application).install()
    try:
        base_url = api_url(os.environ)
    except EndpointError as error:
        logging.getLogger(__name__).error("%s", error)  # noqa: TRY400 - no traceback for that
        print(error, file=sys.stderr)
        if is_seen():
            tell("Cancel Desk", str(error))
        return 2
    practice = Practice()
    window = make_window(
        looks,
        practice,
        folder=folder,
        log=log,
        base_url=base_url,
        start_in_practice=start_in_practice,
    )
    window.show()
    door = FrontDoor(window, folder)
    QTimer.singleShot(300, window.warm_up)
    QTimer.singleShot(300, door.open)
    code = application.exec()
    door.close()
    practice.close()
    return code


if __name__ == "__main__":
    sys.exit(main())
