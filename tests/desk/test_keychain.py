"""The keychain: over a real gnome-keyring, over settings that would give keys away, over failures.

Whatever depends on the environment runs in processes of its own, with a home of their own. The
canary is a key that must turn up nowhere but in the keyring.
"""

import base64
import hashlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

import cancel_desk
from cancel_desk.desk.keychain import Keychain, KeychainError, Reason, SessionKeys
from cancel_desk.desk.profiles import PRACTICE, Environment, Profile
from cancel_desk.dojo.key import ApiKey

CANARY = "sk_prod_CanaryCanaryCanary0001"
OTHER = "sk_sandbox_OtherOtherOther0002"
LEEDS = "1" * 32
YORK = "2" * 32

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="about the keyrings of Linux")


# --- Processes -----------------------------------------------------------------------------------

SESSION = """
echo "$DBUS_SESSION_BUS_ADDRESS"
if [ -n "$UNLOCK_WITH" ]; then
    printf %s "$UNLOCK_WITH" |
        gnome-keyring-daemon --unlock --components=secrets --daemonize >&2
fi
echo ready
exec cat
"""

# Stands in for the system's prompter, and is the operator who is not there: it never answers.
PROMPTER = """
import contextlib
from jeepney import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection
bus = open_dbus_connection()
Proxy(message_bus, bus).RequestName("org.gnome.keyring.SystemPrompter")
with contextlib.suppress(ConnectionError):
    while True:
        bus.receive()
"""

EMPTY_BUS = """
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""

# Does what it is told, line by line. Keys come in by standard input and go out as hashes.
PROGRAM = """
import hashlib, json, logging, sys, traceback
logging.basicConfig(level=logging.DEBUG)
from cancel_desk.desk.keychain import Keychain, KeychainError
from cancel_desk.dojo.key import ApiKey

keychain = Keychain(limit=float(sys.argv[1]))

def do(step, *args):
    match step:
        case "save":
            return keychain.save(args[0], ApiKey(args[1]))
        case "load":
            return hashlib.sha256(keychain.load(args[0]).secret.encode()).hexdigest()
        case "delete":
            return keychain.delete(args[0])
        case "backend":
            return keychain.backend_name()
        case "sys.path":
            return sys.path
        case "put":  # any text as an entry, past the program
            import keyring
            return keyring.set_password("Cancel Desk", args[0], bytes.fromhex(args[1]))
        case "choice of the library":
            import keyring
            found = keyring.get_keyring()
            return [str(one) for one in getattr(found, "backends", [found])]

for line in sys.stdin:
    try:
        answer = {"is": do(*json.loads(line))}
    except KeychainError as error:
        logging.exception("refused")
        answer = {"reason": error.reason, "technical": error.technical}
    print(json.dumps(answer), flush=True)
"""


class Home:
    """A user's home, empty at first, the programs of that user, and their desktop session."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self.path = path
        self.log = path / "log"
        self._stack = stack
        runtime = path / "run"
        runtime.mkdir(mode=0o700)
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(path),
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_DATA_HOME": str(path / "data"),  # the bus goes by this, not by HOME
            "PYTHONPATH": str(Path(cancel_desk.__file__).parents[1]),
        }

    def write(self, name: str, text: str) -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def install(self, folder: Path) -> None:
        """Let programs import from `folder`, before anywhere else."""
        self.environ["PYTHONPATH"] = f"{folder}{os.pathsep}{self.environ['PYTHONPATH']}"

    def log_in(self, unlocked: bool, *bus_options: str) -> None:
        """Start a session, with the keyring unlocked or left as it is."""
        needed = ("dbus-run-session", "gnome-keyring-daemon")
        if not all(shutil.which(command) for command in needed):
            pytest.fail(f"{needed} are needed: apt-get install -y dbus gnome-keyring")
        session = self.start(
            ["dbus-run-session", *bus_options, "--", "sh", "-c", SESSION],
            UNLOCK_WITH="password of the keyring" if unlocked else "",
        )
        self._stack.callback(self._log_out, session)
        self.environ["DBUS_SESSION_BUS_ADDRESS"] = session.stdout.readline().strip()
        assert session.stdout.readline() == "ready\n", self.log.read_text()

    def log_out(self) -> None:
        """End the session and all programs."""
        self._stack.close()

    def program(self, limit: float = 20) -> "Program":
        program = Program(self, limit)
        self._stack.callback(program.quit)
        return program

    def start(self, command: list[str], **environ: str) -> subprocess.Popen[str]:
        """Start a process, talked to line by line, whose errors go to the log."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                env=self.environ | environ,
                cwd=self.path,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def files(self) -> Iterator[Path]:
        return (path for path in self.path.rglob("*") if path.is_file())

    def _log_out(self, session: subprocess.Popen[str]) -> None:
        """End the session as a log-out does, and see that no process of it is left."""
        started = self._processes()
        session.communicate(timeout=20)  # the end of its input ends it, even if we are killed
        assert session.returncode == 0
        for process in started:
            ended, _, _ = select.select([process], [], [], 20)
            if not ended:
                signal.pidfd_send_signal(process, signal.SIGKILL)
            os.close(process)
            assert ended, "a process outlived its session"

    def _processes(self) -> list[int]:
        """Return a descriptor for each process whose home is this one."""
        mine = f"HOME={self.path}".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # ended meanwhile, or not ours to look at
                if mine in (process / "environ").read_bytes().split(b"\0"):
                    found.append(os.pidfd_open(int(process.name)))
        return found


class Program:
    """A process with a keychain, and nothing else of the program."""

    def __init__(self, home: Home, limit: float) -> None:
        self._home = home
        self._process = home.start([sys.executable, "-c", PROGRAM, str(limit)])

    def ask(self, *step: str) -> object:
        """Have one thing done; return what it returned, or why not and the technical text."""
        print(json.dumps(step), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        assert line, self._home.log.read_text()
        answer = json.loads(line)
        return answer["is"] if "is" in answer else (answer["reason"], answer["technical"])

    def quit(self) -> None:
        """End the program by leaving it nothing to do; it must be able to."""
        if self._process.returncode is None:
            self._process.communicate(timeout=20)
            assert self._process.returncode == 0, self._home.log.read_text()


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    # A short path: sockets are made below it.
    with ExitStack() as stack:
        yield Home(tmp_path_factory.mktemp("home"), stack)


def fingerprint(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def shapes_of(key: str) -> list[bytes]:
    """Return how a key looks in files: as it is, in UTF-16, and in each alignment of base64."""
    plain = key.encode()
    in_base64 = [base64.b64encode(plain[start:])[4:-4] for start in range(3)]
    return [plain, key.encode("utf-16-le"), key.encode("utf-16-be"), *in_base64]


# --- A real keyring ------------------------------------------------------------------------------


@needs_linux
def test_a_key_is_kept_for_the_next_start_of_the_program(home: Home) -> None:
    home.log_in(unlocked=True)
    first = home.program()
    assert first.ask("backend") == "Secret Service"
    assert first.ask("save", LEEDS, CANARY) is None
    assert first.ask("save", YORK, OTHER) is None
    first.quit()

    second = home.program()
    assert second.ask("load", LEEDS) == fingerprint(CANARY)
    assert second.ask("load", YORK) == fingerprint(OTHER)
    assert second.ask("save", LEEDS, OTHER) is None
    assert second.ask("load", LEEDS) == fingerprint(OTHER)
    assert second.ask("delete", LEEDS) is None
    second.quit()

    third = home.program()
    assert third.ask("load", LEEDS) == ("missing", "")
    assert third.ask("delete", LEEDS) is None
    assert third.ask("load", YORK) == fingerprint(OTHER)


@needs_linux
def test_a_key_outlives_the_session_of_the_desktop(home: Home) -> None:
    home.log_in(unlocked=True)
    home.program().ask("save", LEEDS, CANARY)
    home.log_out()
    home.log_in(unlocked=True)
    assert home.program().ask("load", LEEDS) == fingerprint(CANARY)


@needs_linux
def test_a_key_is_nowhere_but_in_the_keyring(home: Home) -> None:
    home.log_in(unlocked=True)
    program = home.program()
    program.ask("save", LEEDS, CANARY)
    program.ask("load", LEEDS)
    for process in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ"):
            with suppress(OSError):
                assert CANARY.encode() not in (process / name).read_bytes()
    home.log_out()

    home.log_in(unlocked=False)
    program = home.program()
    for step in (("save", LEEDS, CANARY), ("load", LEEDS), ("delete", LEEDS)):
        reason, technical = program.ask(*step)
        assert reason == "locked"
        assert CANARY not in technical
    home.log_out()

    assert (home.path / "data/keyrings/login.keyring").stat().st_size > 0
    assert "KeychainError: locked" in home.log.read_text()
    for file in home.files():
        content = file.read_bytes()
        assert not [shape for shape in shapes_of(CANARY) if shape in content], file


@needs_linux
@pytest.mark.parametrize("display", [{}, {"DISPLAY": ":4711"}], ids=["none", "gone"])
def test_a_keyring_that_nobody_can_unlock_is_locked(home: Home, display: dict[str, str]) -> None:
    home.log_in(unlocked=True)
    home.program().ask("save", LEEDS, CANARY)
    home.log_out()

    home.environ |= display
    home.log_in(unlocked=False)
    program = home.program()
    assert program.ask("load", LEEDS)[0] == "locked"
    assert program.ask("save", LEEDS, OTHER)[0] == "locked"
    assert program.ask("delete", LEEDS)[0] == "locked"
    home.log_out()

    home.log_in(unlocked=True)
    assert home.program().ask("load", LEEDS) == fingerprint(CANARY)


@needs_linux
def test_a_keyring_that_waits_for_its_password_is_given_up(home: Home) -> None:
    home.log_in(unlocked=True)
    home.program().ask("save", LEEDS, CANARY)
    home.log_out()

    prompter = home.write("prompter.py", PROMPTER)
    home.write(
        "data/dbus-1/services/org.gnome.keyring.SystemPrompter.service",
        "[D-BUS Service]\nName=org.gnome.keyring.SystemPrompter\n"
        f"Exec={sys.executable} {prompter}\n",
    )
    home.log_in(unlocked=False)
    program = home.program(limit=0.5)
    assert program.ask("load", LEEDS) == ("no answer", "no answer within 0.5 s")
    assert program.ask("save", LEEDS, OTHER)[0] == "no answer"
    assert program.ask("delete", LEEDS)[0] == "no answer"
    program.quit()  # although three questions still wait


@needs_linux
def test_where_no_keyring_was_ever_made_none_is_made_unasked(home: Home) -> None:
    home.log_in(unlocked=False)
    program = home.program()
    assert program.ask("load", LEEDS)[0] == "locked"
    assert program.ask("save", LEEDS, CANARY)[0] == "locked"
    home.log_out()
    assert not list(home.path.rglob("*.keyring"))


@needs_linux
@pytest.mark.parametrize(
    "address", [None, "unix:path=/nonexistent", "tcp:host=127.0.0.1", "disabled:", "%", ""]
)
def test_without_a_bus_there_is_no_keyring(home: Home, address: str | None) -> None:
    if address is not None:
        home.environ["DBUS_SESSION_BUS_ADDRESS"] = address
    program = home.program()
    for step in (("backend",), ("save", LEEDS, CANARY), ("load", LEEDS), ("delete", LEEDS)):
        reason, technical = program.ask(*step)
        assert reason == "unavailable"
        assert technical.startswith("Secret Service: ")


@needs_linux
def test_a_bus_without_a_keyring_has_no_keyring(home: Home) -> None:
    config = home.write("bus.conf", EMPTY_BUS)
    home.log_in(False, f"--config-file={config}")
    reason, technical = home.program().ask("load", LEEDS)
    assert reason == "unavailable"
    assert "neither running nor activatable" in technical


@needs_linux
@pytest.mark.parametrize(
    "entry", [b"", b"no key", b"sk_prod_with space", b"sk_prod_\xff\xfeCanary"]
)
def test_an_entry_that_is_no_key_is_damaged(home: Home, entry: bytes) -> None:
    home.log_in(unlocked=True)
    program = home.program()
    program.ask("put", LEEDS, entry.hex())
    reason, technical = program.ask("load", LEEDS)
    assert reason == "damaged"
    assert "Canary" not in technical
    assert program.ask("delete", LEEDS) is None
    assert program.ask("load", LEEDS) == ("missing", "")
    program.ask("put", LEEDS, entry.hex())
    assert program.ask("save", LEEDS, OTHER) is None
    assert program.ask("load", LEEDS) == fingerprint(OTHER)


# --- Settings and packages that would give keys away ---------------------------------------------

PLAINTEXT = """
import os
from pathlib import Path
from keyring.backend import KeyringBackend

home = Path(os.environ["HOME"])
(home / "imported").touch()

class PlaintextKeyring(KeyringBackend):
    priority = 9
    def get_password(self, service, username):
        file = home / username
        return file.read_text() if file.exists() else None
    def set_password(self, service, username, password):
        (home / username).write_text(password)
    def delete_password(self, service, username):
        (home / username).unlink()
"""

FORBIDDEN = [
    "keyring.backends.null.Keyring",
    "keyring.backends.fail.Keyring",
    "keyring.backends.libsecret.Keyring",
    "plaintext.PlaintextKeyring",
    "no.such.module",
    "nonsense",
]


@pytest.fixture
def plaintext(home: Home) -> Path:
    """Return the folder of a package with a plain text back end, as keyrings.alt has one."""
    package = home.write("packages/plaintext.py", PLAINTEXT)
    home.write("packages/plaintext-1.dist-info/METADATA", "Name: plaintext\nVersion: 1\n")
    home.write(
        "packages/plaintext-1.dist-info/entry_points.txt",
        "[keyring.backends]\nplaintext = plaintext\n",
    )
    return package.parent


def assert_untouched(home: Home) -> None:
    assert not (home.path / "imported").exists()
    assert not (home.path / LEEDS).exists()


def assert_not_allowed(home: Home, name: str) -> None:
    program = home.program()
    for step in (("backend",), ("save", LEEDS, CANARY), ("load", LEEDS), ("delete", LEEDS)):
        reason, technical = program.ask(*step)
        assert reason == "not allowed"
        assert name in technical
    assert_untouched(home)


@needs_linux
@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_back_end_forced_by_the_environment_is_refused_and_not_imported(
    home: Home, plaintext: Path, name: str
) -> None:
    home.install(plaintext)
    home.environ["PYTHON_KEYRING_BACKEND"] = name
    home.log_in(unlocked=True)
    assert_not_allowed(home, name)


@needs_linux
@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_back_end_forced_by_a_file_is_refused_and_not_imported(
    home: Home, plaintext: Path, name: str
) -> None:
    home.write(
        ".config/python_keyring/keyringrc.cfg",
        f"[backend]\ndefault-keyring = {name}\nkeyring-path = {plaintext}\n",
    )
    home.log_in(unlocked=True)
    assert_not_allowed(home, name)


@needs_linux
def test_a_file_adds_no_folder_to_import_from(home: Home, plaintext: Path) -> None:
    home.write(".config/python_keyring/keyringrc.cfg", f"[backend]\nkeyring-path = {plaintext}\n")
    home.log_in(unlocked=True)
    program = home.program()
    assert program.ask("save", LEEDS, CANARY) is None
    assert str(plaintext) not in program.ask("sys.path")


@needs_linux
def test_what_the_plain_text_back_end_would_do(home: Home, plaintext: Path) -> None:
    """The library takes what the tests here say that the program must not take."""
    home.install(plaintext)
    program = home.program()
    assert program.ask("choice of the library") == ["plaintext.PlaintextKeyring (priority: 9)"]
    program.quit()
    home.log_in(unlocked=True)
    assert home.program().ask("choice of the library") == [
        "plaintext.PlaintextKeyring (priority: 9)",
        "keyring.backends.SecretService.Keyring (priority: 5)",
    ]


@needs_linux
def test_an_installed_plain_text_back_end_is_no_way_out_without_a_keyring(
    home: Home, plaintext: Path
) -> None:
    home.install(plaintext)
    program = home.program()
    assert program.ask("save", LEEDS, CANARY)[0] == "unavailable"
    assert program.ask("load", LEEDS)[0] == "unavailable"
    assert_untouched(home)


@needs_linux
@pytest.mark.parametrize("named", ["", "keyring.backends.chainer.ChainerBackend"])
def test_no_chain_leads_past_the_keyring(home: Home, plaintext: Path, named: str) -> None:
    home.install(plaintext)
    home.environ["PYTHON_KEYRING_BACKEND"] = named
    home.log_in(unlocked=True)
    program = home.program()
    assert program.ask("backend") == "Secret Service"
    assert program.ask("save", LEEDS, CANARY) is None
    assert program.ask("load", LEEDS) == fingerprint(CANARY)
    assert program.ask("delete", LEEDS) is None
    assert_untouched(home)


@needs_linux
def test_a_listed_back_end_may_be_named(home: Home) -> None:
    home.log_in(unlocked=True)
    home.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.SecretService.Keyring"
    program = home.program()
    assert program.ask("save", LEEDS, CANARY) is None
    assert program.ask("load", LEEDS) == fingerprint(CANARY)
    home.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.kwallet.DBusKeyring"
    reason, technical = home.program().ask("load", LEEDS)
    assert reason == "unavailable"
    assert technical.startswith("KWallet: ")


@needs_linux
@pytest.mark.parametrize("settings", [b"no section", b"[backend]\n\xff\xfe=1", b"[a]\n[a]\n"])
def test_settings_that_cannot_be_read_are_survived(home: Home, settings: bytes) -> None:
    file = home.write(".config/python_keyring/keyringrc.cfg", "")
    file.write_bytes(settings)
    home.log_in(unlocked=True)
    assert home.program().ask("save", LEEDS, CANARY)[0] == "unavailable"


@needs_linux
@pytest.mark.parametrize(
    "broken", ["import no_such_module", "raise SystemError(1)", "1 / 0", "def dbus_init(): 1 / 0"]
)
def test_a_library_that_is_missing_or_broken_is_survived(home: Home, broken: str) -> None:
    home.install(home.write("packages/secretstorage.py", broken).parent)
    home.log_in(unlocked=True)
    reason, technical = home.program().ask("load", LEEDS)
    assert reason == "unavailable"
    assert technical.startswith("Secret Service: ")


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    code = "import sys, cancel_desk.desk.keychain; print('keyring' in sys.modules)"
    environ = os.environ | {"PYTHONPATH": str(Path(cancel_desk.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


# --- Back ends that fail -------------------------------------------------------------------------


class Ring:
    """A back end that works: entries in memory."""

    priority = 5.0

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        assert service == "Cancel Desk"
        return self.entries.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[username]


@pytest.fixture
def use_ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Ring], Ring]:
    """Make the library find the given back end where it would look for any."""
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    monkeypatch.setattr("keyring.util.platform_.config_root", lambda: tmp_path)

    def use(ring: Ring) -> Ring:
        monkeypatch.setattr("keyring.core.load_keyring", lambda name: ring)
        return ring

    return use


Use = Callable[[Ring], Ring]


def refused(task: Callable[[], object]) -> KeychainError:
    with pytest.raises(KeychainError) as caught:
        task()
    return caught.value


@pytest.mark.parametrize("kept", [None, "", CANARY[:-1], CANARY.lower(), OTHER])
def test_a_key_that_does_not_read_back_as_saved_is_not_kept(
    use_ring: Use, kept: str | None
) -> None:
    class Forgetful(Ring):
        def set_password(self, service: str, username: str, password: str) -> None:
            if kept is not None:
                self.entries[username] = kept

    use_ring(Forgetful())
    assert refused(lambda: Keychain().save(LEEDS, ApiKey(CANARY))).reason is Reason.NOT_KEPT


def test_a_deleted_key_that_can_still_be_read_is_not_deleted(use_ring: Use) -> None:
    class Sticky(Ring):
        def delete_password(self, service: str, username: str) -> None:
            pass

    use_ring(Sticky()).entries[LEEDS] = CANARY
    assert refused(lambda: Keychain().delete(LEEDS)).reason is Reason.NOT_DELETED


class SpeechlessError(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    "error",
    [
        ModuleNotFoundError("No module named 'jeepney'"),
        OSError(32, f"Broken pipe while sending {CANARY}"),
        RuntimeError(f"could not store '{CANARY}'\nand more\n" + "x" * 100_000),
        TimeoutError(),
        RecursionError("too deep"),
        AssertionError(),
        SpeechlessError(),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("method", ["get_password", "set_password"])
def test_whatever_a_back_end_raises_is_told_without_the_key(
    use_ring: Use, monkeypatch: pytest.MonkeyPatch, method: str, error: Exception
) -> None:
    def fail(service: str, username: str, password: str = "") -> None:
        raise error

    monkeypatch.setattr(use_ring(Ring()), method, fail)
    caught = refused(lambda: Keychain().save(LEEDS, ApiKey(CANARY)))
    assert caught.reason is Reason.UNAVAILABLE
    assert type(error).__name__ in caught.technical
    assert "\n" not in caught.technical
    assert len(caught.technical) <= 1000
    # Nor does it hang on to anything from which a dialog or a log might take the key.
    assert caught.__cause__ is None
    assert caught.__context__ is None
    trace = traceback.TracebackException.from_exception(caught, capture_locals=True)
    told = "".join(trace.format())
    assert "keychain.py" in told
    assert CANARY not in told


def test_an_interrupt_in_a_back_end_passes(use_ring: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(service: str, username: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(use_ring(Ring()), "get_password", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Keychain().load(LEEDS)


class Waiting(Ring):
    """A locked back end: every look-up waits until the password is typed."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()
        self.unlocked = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.set()
        self.unlocked.wait()
        return super().get_password(service, username)

    def unlock(self) -> None:
        """Type the password, and see every question that waited for it through to its end."""
        self.unlocked.set()
        for thread in threading.enumerate():
            if thread.name == "keychain":
                thread.join()


@pytest.mark.skipif(sys.platform == "win32", reason="a signal of POSIX")
def test_ctrl_c_ends_the_wait_for_a_password(use_ring: Use) -> None:
    ring = use_ring(Waiting())

    def press() -> None:
        ring.asked.wait()
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    presser = threading.Thread(target=press, daemon=True)
    presser.start()
    with pytest.raises(KeyboardInterrupt):
        Keychain().load(LEEDS)
    presser.join()
    ring.unlock()


def test_what_was_given_up_is_not_done_when_the_password_comes_after_all(use_ring: Use) -> None:
    ring = use_ring(Waiting())
    ring.entries[LEEDS] = OTHER
    keychain = Keychain(limit=0.05)
    for task in (lambda: keychain.save(LEEDS, ApiKey(CANARY)), lambda: keychain.delete(LEEDS)):
        assert refused(task).reason is Reason.NO_ANSWER
    ring.unlock()
    assert ring.entries == {LEEDS: OTHER}


# --- Keys for this session only ------------------------------------------------------------------


def profile_of(key: str, **changes: object) -> Profile:
    live = key.startswith("sk_prod")
    environment = Environment.LIVE if live else Environment.SANDBOX
    return Profile(LEEDS, "Leeds", environment, key[-4:], verified=True)


def test_a_key_for_this_session_never_reaches_the_keyring(use_ring: Use) -> None:
    ring = use_ring(Ring())
    keys = SessionKeys(Keychain())
    keys.keep(LEEDS, ApiKey(CANARY))
    keys.keep(PRACTICE.id, ApiKey(OTHER))
    assert keys.keeps(LEEDS)
    assert keys.load(profile_of(CANARY)) == ApiKey(CANARY)
    assert keys.load(PRACTICE) == ApiKey(OTHER)
    assert ring.entries == {}
    assert CANARY not in repr(vars(keys))
    # And is gone with the session.
    assert refused(lambda: SessionKeys(Keychain()).load(profile_of(CANARY))).reason == "missing"


def test_a_saved_key_is_in_the_keyring_alone(use_ring: Use) -> None:
    ring = use_ring(Ring())
    keys = SessionKeys(Keychain())
    keys.keep(LEEDS, ApiKey(OTHER))
    keys.save(LEEDS, ApiKey(CANARY))
    assert not keys.keeps(LEEDS)
    assert ring.entries == {LEEDS: CANARY}
    assert keys.load(profile_of(CANARY)) == ApiKey(CANARY)


def test_a_key_that_could_not_be_saved_stays_for_this_session(use_ring: Use) -> None:
    class Full(Ring):
        def set_password(self, service: str, username: str, password: str) -> None:
            raise OSError(28, "full")

    use_ring(Full())
    keys = SessionKeys(Keychain())
    keys.keep(LEEDS, ApiKey(CANARY))
    assert refused(lambda: keys.save(LEEDS, ApiKey(CANARY))).reason is Reason.UNAVAILABLE
    assert keys.keeps(LEEDS)


def test_a_deleted_key_is_in_neither_place(use_ring: Use) -> None:
    ring = use_ring(Ring())
    ring.entries[LEEDS] = OTHER
    keys = SessionKeys(Keychain())
    keys.keep(LEEDS, ApiKey(CANARY))
    keys.delete(LEEDS)
    assert not keys.keeps(LEEDS)
    assert ring.entries == {}


@pytest.mark.parametrize(
    "entry",
    [
        CANARY.replace("prod", "sandbox"),
        CANARY[:-4] + "0009",
    ],
    ids=["other environment", "other hint"],
)
def test_a_key_that_is_not_the_profiles_is_not_used(use_ring: Use, entry: str) -> None:
    use_ring(Ring()).entries[LEEDS] = entry
    caught = refused(lambda: SessionKeys(Keychain()).load(profile_of(CANARY)))
    assert caught.reason is Reason.OTHER_KEY
    assert entry not in caught.technical
    assert entry[-4:] in caught.technical
