"""A desktop of its own: a display with a window manager, and a bus for assistive technology.

Nothing of the operator's session is in it: no keyring, no settings, no other program.
"""

import os
import signal
import struct
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import system

SIZE = (1280, 900)
_EDGE = 4  # pixels
_ENDS_WITHIN = 10.0  # seconds

# What is asked for by name is started, and there is one name only: a screen reader's bus.
_BUS = """
<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <servicedir>{folder}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""
_SERVICE = f"""
[D-BUS Service]
Name=org.a11y.Bus
Exec={system.ACCESSIBILITY_BUS}
"""


@contextmanager
def running(
    command: list[str], environment: dict[str, str], log: Path, **options: object
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command; in the end it is gone, and so is whatever it has started."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, env=environment, stderr=file, process_group=0, **options
        )
    try:
        yield process
    finally:
        for how in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, how)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_ENDS_WITHIN)
        if process.stdout is not None:
            process.stdout.close()


class Desktop:
    """Has its servers run until it is closed.

    Args:
        folder: for their sockets and what they print.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._screen = folder / "Xvfb_screen0"
        self._servers = ExitStack()
        self.environment = {
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "XDG_RUNTIME_DIR": str(folder),
        }
        with ExitStack() as servers:
            self._start(servers)
            self._servers = servers.pop_all()

    def _start(self, servers: ExitStack) -> None:
        folder, (width, height) = self._folder, SIZE

        def serve(*command: str) -> str:
            """Start a server; return its first line, which says that it is there."""
            log = folder / f"{command[0]}.log"
            server = running(list(command), self.environment, log, stdout=subprocess.PIPE)
            line = servers.enter_context(server).stdout.readline().decode().strip()
            assert line, f"{command[0]} did not start: {log.read_text()}"
            return line

        screen = ("-screen", "0", f"{width}x{height}x24", "-fbdir", str(folder))
        number = serve("Xvfb", "-displayfd", "1", "-nolisten", "tcp", "-noreset", *screen)
        self.environment["DISPLAY"] = f":{number}"
        settings = folder / "bus.conf"
        settings.write_text(_BUS.format(folder=folder))
        (folder / "org.a11y.Bus.service").write_text(_SERVICE)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = serve(
            "dbus-daemon", f"--config-file={settings}", "--nofork", "--print-address=1"
        )
        serve("openbox", "--sm-disable", "--startup", "echo ready")

    def picture(self) -> "Picture":
        """Return what is on the screen now."""
        return Picture(self._screen.read_bytes())

    def close(self) -> None:
        """End the servers, the last one first."""
        self._servers.close()


class Picture:
    """A screen's content, from a file of the display server in the format of xwd(1)."""

    def __init__(self, content: bytes) -> None:
        words = struct.unpack(">25I", content[:100])
        header, self._bytes_a_line, colours = words[0], words[12], words[19]
        self._bytes_a_pixel = words[11] // 8
        self._pixels = memoryview(content)[header + colours * 12 :]

    def edges(self, box: tuple[int, int, int, int]) -> bytes:
        """Return the pixels just inside the edges of a box: left, top, width, height."""
        left, top, width, height = box
        right, bottom = left + width - _EDGE, top + height - _EDGE
        lines = [
            self._line(left, y, width)
            for y in (*range(top, top + _EDGE), *range(bottom, bottom + _EDGE))
        ]
        sides = [self._line(x, y, _EDGE) for y in range(top, top + height) for x in (left, right)]
        return b"".join(lines + sides)

    def _line(self, left: int, top: int, width: int) -> bytes:
        start = top * self._bytes_a_line + left * self._bytes_a_pixel
        return bytes(self._pixels[start : start + width * self._bytes_a_pixel])
