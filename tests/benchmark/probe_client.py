"""What one call costs the processor: the client's `get`, and `Session.get` of plain requests.

`probe_client ROUNDS CALLS` makes both in turn, on a kept connection each, and prints for each
round the milliseconds of this thread's time for one call: {"client": [...], "session": [...]}.
"""

import json
import ssl
import sys
import time
from collections.abc import Callable

import requests

from cancel_desk.dojo.client import Client
from cancel_desk.dojo.intent import Intent
from cancel_desk.dojo.key import ApiKey

from .server import Place


def _milliseconds(call: Callable[[str], object], ids: list[str]) -> float:
    started = time.thread_time()
    for intent_id in ids:
        call(intent_id)
    return 1000 * (time.thread_time() - started) / len(ids)


def main(rounds: int, calls: int) -> None:
    place = Place.from_json(sys.stdin.read())
    session = requests.Session()
    headers = {"Version": "2024-02-05", "Authorization": f"Basic {place.key}"}
    context = ssl.create_default_context(cafile=place.ca_file)
    client = Client(ApiKey(place.key), place.url, context)

    def plainly(intent_id: str) -> object:
        url = f"{place.url}/payment-intents/{intent_id}?returnCanceled=true"
        return session.get(url, headers=headers, timeout=30).json()["status"]

    ways = {"client": client.get, "session": plainly}
    for way in ways.values():  # opens the connections, and what is loaded late
        _milliseconds(way, place.ids)
    if not isinstance(client.get(place.ids[0]), Intent):
        sys.exit("the client did not get what it asked for")
    took: dict[str, list[float]] = {name: [] for name in ways}
    ids = (place.ids * (calls // len(place.ids) + 1))[:calls]
    for number in range(rounds):
        order = list(ways)[:: -1 if number % 2 else 1]
        for name in order:
            took[name].append(_milliseconds(ways[name], ids))
    session.close()
    client.close()
    print(json.dumps(took))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
