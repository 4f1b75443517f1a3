"""What an installed program may lack on this computer, looked for and judged, without a window.

Nothing is sent to anyone, and nothing is left behind: files and the entry in the keyring that are
made for a check are removed by it.
"""

import functools
import importlib
import json
import os
import platform
import re
import secrets
import sqlite3
import ssl
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtGui import QImage

_KEYRING_LIMIT = 20.0  # seconds; a locked one may wait for a password that nobody types
_PLATFORMS = {"darwin": ("cocoa",), "win32": ("windows",)}.get(sys.platform, ("xcb", "wayland"))
# Imported when they are first used, so that one that is missing shows late.
_LIBRARIES = ("cattrs.preconf.json", "filelock", "keyring", "openpyxl", "requests", "truststore")
_KEYRING_LIBRARIES = {
    "darwin": ("keyring.backends.macOS.api",),
    "win32": ("keyring.backends.Windows", "win32ctypes.pywin32.win32cred"),
}.get(sys.platform, ("secretstorage", "jeepney", "keyring.backends.kwallet"))
_CERTIFICATE = re.compile(r"[0-9a-f]{8}\.[0-9]", re.ASCII)  # how OpenSSL finds one in a folder


class Verdict(StrEnum):
    """How a finding is judged."""

    OK = "ok"
    WARNING = "warning"  # to be known; the program does its work all the same
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what, how it is judged, and why, in a sentence."""

    subject: str
    verdict: Verdict
    text: str


_Found = Iterator[tuple[Verdict, str]]


def check_self(as_json: bool = False) -> int:
    """Print what there is to say about this computer; return 0 unless something failed.

    Args:
        as_json: one JSON object, for machines, instead of lines.
    """
    findings = [finding for subject, check in _CHECKS.items() for finding in _look(subject, check)]
    failures = sum(finding.verdict is Verdict.FAILED for finding in findings)
    if as_json:
        about = {"program": "cancel-desk", "version": version("cancel-desk"), "ok": not failures}
        print(json.dumps(about | {"findings": [asdict(finding) for finding in findings]}, indent=2))
    else:
        for finding in findings:
            print(f"{finding.verdict:8}  {finding.subject}: {finding.text}")
        print(f"{failures} failed." if failures else "Cancel Desk can work here.")
    return int(bool(failures))


def _look(subject: str, check: Callable[[], _Found]) -> Iterator[Finding]:
    from cancel_desk.dojo.key import redact

    try:
        for verdict, text in check():
            yield Finding(subject, verdict, redact(text))
    except Exception as error:  # noqa: BLE001 - what a check stumbles over is what it looks for
        yield Finding(subject, Verdict.FAILED, redact(f"{type(error).__name__}: {error}"))


def _program() -> _Found:
    from PySide6.QtCore import qVersion

    parts = f"Python {platform.python_version()}, Qt {qVersion()}"
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    yield Verdict.OK, f"Cancel Desk {version('cancel-desk')}, {parts}, {system}"
    for name in _LIBRARIES:
        importlib.import_module(name)
    yield Verdict.OK, "every library that is loaded late can be loaded"


def _window() -> _Found:
    """Look at what Qt brings along. It draws off-screen here; its way to the screen is loaded."""
    from PySide6.QtCore import QLibraryInfo, QPluginLoader
    from PySide6.QtGui import QFontDatabase
    from PySide6.QtWidgets import QStyleFactory

    _application()
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    for name in _PLATFORMS:
        file = next(folder.glob(f"*q{name}.*"), None)
        loader = QPluginLoader(str(file))
        if file is None:
            yield Verdict.FAILED, f"Qt's plug-in for {name} is missing"
        elif not loader.load():
            yield Verdict.FAILED, loader.errorString()
        else:
            yield Verdict.OK, f"Qt's plug-in for {name} can be loaded"
    if QStyleFactory.create("fusion") is None:
        yield Verdict.FAILED, "Qt's Fusion style is missing"
    if families := QFontDatabase.families():
        yield Verdict.OK, f"{len(families)} families of fonts"
    else:
        yield Verdict.FAILED, "there is no font, so no text can be shown; install any"


def _pictures() -> _Found:
    """Draw each icon: one that Qt can't read leaves nothing."""
    from PySide6.QtCore import QTranslator

    from cancel_desk.window.icons import ENVIRONMENT_LOOKS, STATE_LOOKS, pixmap
    from cancel_desk.window.resources import resource_bytes

    _application()
    shapes = {shape for shape, _ in (*STATE_LOOKS.values(), *ENVIRONMENT_LOOKS.values())}
    blank = [
        shape
        for shape in sorted({"cancel-desk", *shapes})
        if not _has_colour(pixmap(shape, "black", 16).toImage())
    ]
    if blank:
        yield Verdict.FAILED, f"the icons {', '.join(blank)} come out blank"
    else:
        yield Verdict.OK, f"{len(shapes) + 1} icons can be drawn"
    if QTranslator().load(resource_bytes("translations/en.qm")):
        yield Verdict.OK, "the texts can be loaded"
    else:
        yield Verdict.FAILED, "the texts can't be loaded"


def _address() -> _Found:
    from cancel_desk.dojo.endpoint import VARIABLE, api_url

    url = api_url(os.environ)
    if VARIABLE in os.environ:
        yield Verdict.WARNING, f"{VARIABLE} is set: requests go to {url}, which is this computer"
    else:
        yield Verdict.OK, f"requests go to {url} and nowhere else"


def _policy() -> _Found:
    from cancel_desk.desk.policy import policy_path, read_policy

    path = policy_path()
    if error := read_policy(path).error:
        yield Verdict.FAILED, f"{error}. Nothing live is cancelled until that is mended"
    else:
        yield Verdict.OK, f"{path} is obeyed" if path.exists() else f"there is none at {path}"


def _versions() -> _Found:
    from cancel_desk.desk.policy import policy_path, read_policy
    from cancel_desk.window.new_version import releases_page

    if page := releases_page(read_policy(policy_path())):
        yield Verdict.OK, f"Help opens {page} to show new versions"
    else:
        yield Verdict.OK, "nobody has said on which page new versions are published"


def _trust() -> _Found:
    """Look at whom TLS connections trust, in the context that the program uses."""
    from cancel_desk.dojo.transport import tls_context

    connection = tls_context().wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="dojo")
    yield Verdict.OK, ssl.OPENSSL_VERSION
    if sys.platform in {"darwin", "win32"}:
        yield Verdict.OK, "the operating system decides which certificates are good"
    elif authorities := _authorities(connection.context):
        yield Verdict.OK, f"{authorities} authorities of this system are trusted"
    else:
        yield Verdict.FAILED, "no authority is trusted; install ca-certificates"
    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        if sys.platform == "linux" and (place := os.environ.get(variable)):
            yield Verdict.WARNING, f"{variable} is set: {place} decides who is trusted"
    if connection.context.keylog_filename:
        yield Verdict.FAILED, "what opens this program's connections would be written to a file"
    elif os.environ.get("SSLKEYLOGFILE"):
        yield Verdict.WARNING, "SSLKEYLOGFILE is set: not obeyed here, but by other programs"


def _keyring() -> _Found:
    """Look for a keyring that may hold keys; where there is one, keep a made-up key in it."""
    from cancel_desk.desk.keychain import Keychain, KeychainError, Reason
    from cancel_desk.dojo.key import ApiKey

    for name in _KEYRING_LIBRARIES:
        importlib.import_module(name)
    keychain, place = Keychain(_KEYRING_LIMIT), uuid.uuid4().hex
    key = ApiKey(f"sk_sandbox_{secrets.token_urlsafe(16)}")
    try:
        name = keychain.backend_name()
        try:
            keychain.save(place, key)
            same = keychain.load(place) == key
        finally:
            keychain.delete(place)
    except KeychainError as error:
        words = {
            Reason.UNAVAILABLE: "no keyring answers",
            Reason.LOCKED: "the keyring is locked",
            Reason.NO_ANSWER: f"the keyring did not answer in {_KEYRING_LIMIT:g} seconds",
            Reason.NOT_ALLOWED: "a setting asks for a keyring that is not safe, so none is used",
        }.get(error.reason)
        if words is None:
            raise
        yield (
            Verdict.WARNING,
            f"{words}, so keys can be kept for one session only. {error.technical}".strip(),
        )
    else:
        verdict = Verdict.OK if same else Verdict.FAILED
        yield verdict, f"{name}: a made-up key was saved, read back and deleted"


def _data() -> _Found:
    """Do in the folder for data what the journal does, in a folder of its own."""
    import platformdirs
    from filelock import FileLock

    from cancel_desk.desk.journal_format import connect

    folder = platformdirs.user_data_path("cancel-desk", appauthor=False, roaming=False)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".self-check-", dir=folder) as place:
        with FileLock(Path(place) / "journal.lock", timeout=0):
            yield Verdict.OK, f"{folder} can be written to and locked"
        with closing(connect(Path(place) / "journal.sqlite")) as db:
            db.execute("CREATE TABLE entries (body BLOB)")
            db.execute("INSERT INTO entries VALUES (x'00')")
            [[mode]] = db.execute("PRAGMA journal_mode")
            [[synchronous]] = db.execute("PRAGMA synchronous")
    full = 2
    safe = mode == "wal" and synchronous == full
    yield (
        Verdict.OK if safe else Verdict.FAILED,
        f"SQLite {sqlite3.sqlite_version}, journal mode {mode}, synchronous {synchronous}",
    )


@functools.cache  # also because it must live as long as anything is drawn
def _application() -> "QCoreApplication":
    from PySide6.QtWidgets import QApplication

    running = QApplication.instance()
    return running or QApplication(["cancel-desk", "-platform", "offscreen"])


def _has_colour(image: "QImage") -> bool:
    return any(image.pixelColor(x, y).alpha() for x in range(16) for y in range(16))


def _authorities(context: ssl.SSLContext) -> int:
    """Count them: those that are loaded, and those that OpenSSL reads when it meets them."""
    folder = ssl.get_default_verify_paths().capath
    files = Path(folder).iterdir() if folder else ()
    in_folder = sum(bool(_CERTIFICATE.fullmatch(file.name)) for file in files)
    return context.cert_store_stats()["x509_ca"] or in_folder


_CHECKS: dict[str, Callable[[], _Found]] = {
    "program": _program,
    "window": _window,
    "pictures": _pictures,
    "policy": _policy,
    "versions": _versions,
    "network": _address,
    "trust": _trust,
    "keyring": _keyring,
    "data": _data,
}
