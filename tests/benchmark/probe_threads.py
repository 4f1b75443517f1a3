"""The same with plain requests in a pool of threads, a session in each: `probe_threads 8`."""

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests

from .server import Place


class Threads:
    def __init__(self, place: Place, number: int) -> None:
        self._place = place
        self._number = number
        self._own = threading.local()

    def work(self) -> None:
        """Read all, then cancel all."""
        with ThreadPoolExecutor(self._number, initializer=self._begin) as pool:
            list(pool.map(self._read, self._place.ids))
            list(pool.map(self._cancel, self._place.ids))

    def _begin(self) -> None:
        self._own.session = session = requests.Session()
        session.headers["Version"] = "2024-02-05"
        session.headers["Authorization"] = f"Basic {self._place.key}"

    def _read(self, intent_id: str) -> object:
        url = f"{self._place.url}/payment-intents/{intent_id}?returnCanceled=true"
        return self._own.session.get(url, timeout=30).json()["status"]

    def _cancel(self, intent_id: str) -> None:
        url = f"{self._place.url}/payment-intents/{intent_id}"
        if self._own.session.delete(url, timeout=30).json()["status"] != "Canceled":
            raise RuntimeError(f"{intent_id} was not canceled")


def main() -> None:
    threads = Threads(Place.from_json(sys.stdin.read()), int(sys.argv[1]))
    started, cpu = time.perf_counter(), time.process_time()
    threads.work()
    took = {"wall": time.perf_counter() - started, "cpu": time.process_time() - cpu}
    print(json.dumps(took))


if __name__ == "__main__":
    main()
