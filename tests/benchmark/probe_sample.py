"""The vendor's Python sample, payment after payment: a call of the library for each request."""

import json
import sys
import time

import requests

from .server import Place


def main() -> None:
    place = Place.from_json(sys.stdin.read())
    headers = {"Version": "2024-02-05", "Authorization": f"Basic {place.key}"}
    started, cpu = time.perf_counter(), time.process_time()
    for intent_id in place.ids:
        url = f"{place.url}/payment-intents/{intent_id}"
        requests.get(url + "?returnCanceled=true", headers=headers, timeout=30).json()
        answer = requests.delete(url, headers=headers, timeout=30).json()
        if answer["status"] != "Canceled":
            sys.exit(f"{intent_id} was not canceled")
    took = {"wall": time.perf_counter() - started, "cpu": time.process_time() - cpu}
    print(json.dumps(took))


if __name__ == "__main__":
    main()
