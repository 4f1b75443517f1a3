"""Reads from many connections at once, to see what the server can serve: `probe_load 256 3`.

Takes the number of connections and the seconds; prints how many answers came in one second.
"""

import asyncio
import json
import ssl
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from urllib.parse import urlsplit

from .server import Place


class Reader:
    """Asks again and again on a connection of its own."""

    def __init__(self, place: Place, ids: Iterator[str]) -> None:
        self._address = urlsplit(place.url)
        self._key = place.key
        self._ids = ids
        self.answers = 0

    async def open(self, context: ssl.SSLContext) -> None:
        self._reader, self._writer = await asyncio.open_connection(
            self._address.hostname, self._address.port, ssl=context
        )

    async def read_until(self, ends: float) -> None:
        while time.monotonic() < ends:
            await self._read()
            self.answers += 1
        self._writer.close()

    async def _read(self) -> None:
        self._writer.write(
            f"GET /payment-intents/{next(self._ids)}?returnCanceled=true HTTP/1.1\r\n"
            f"Host: {self._address.netloc}\r\nAuthorization: Basic {self._key}\r\n\r\n".encode()
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError("the server did not give what was asked for")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        await self._reader.readexactly(length)


async def main(connections: int, seconds: float) -> None:
    place = Place.from_json(sys.stdin.read())
    context = ssl.create_default_context(cafile=place.authority_file)
    ids = cycle(place.ids)
    readers = [Reader(place, ids) for _ in range(connections)]
    await asyncio.gather(*(reader.open(context) for reader in readers))
    started = time.monotonic()
    await asyncio.gather(*(reader.read_until(started + seconds) for reader in readers))
    answers = sum(reader.answers for reader in readers)
    print(json.dumps(answers / (time.monotonic() - started)))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
