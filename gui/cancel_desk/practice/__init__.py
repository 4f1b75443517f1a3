"""A faithful local stand-in for the Dojo payment-intents API (version 2024-02-05).

It serves training, the tour, the tests and the benchmarks, and knows nothing of the rest of the
program, so that it can't share its mistakes. Nothing leaves this machine.

    with PracticeServer() as server:
        order = server.create(1250, "GBP", "Order 1")
        server.faults.add(Fault(Kind.RESET, methods=("DELETE",), id=order, after=True))
        ...                     # send real requests to server.url with server.key
        assert server.status(order) == "Canceled"
        assert server.deletes(order) == 1

State: `create`, `add`, `add_samples`, `intent`, `status`, `set_status`.
What goes wrong: `faults.add(Fault(Kind..., ...))`, `faults.clear`, `limit_rate`, `down`,
`up`, `wait_late`, `land_late`, `on_delete`, `delete_refusal`.
What arrived: `requests`, `connections`, `max_in_flight`, `records`, `deletes`,
`effects`, `deletes_by_id`, `effects_by_id`, `wait_for_requests`, `wait_until`.

| `Kind` | parameters and defaults | what happens |
|---|---|---|
| SLOW | seconds=0.1, after=False | waits before (`after`: after) the work is done |
| HANG | after=False | holds the request until `down` or `close` |
| DRIP_HEADERS, DRIP_BODY | seconds=0.01 | single bytes, that far apart |
| REFUSE | code=500, shape=Shape.PROBLEM, detail, retry_after, after=False | that answer instead |
| REDIRECT | url, code=307, after=False | 3xx with `Location` |
| RESET | after=False | TCP reset before or after the work is done |
| LATE | seconds=0.1 | TCP reset at once, the work is done later |
| PAID | becomes="Captured", after=False | the customer pays just before or after |
| TRUNCATE | sized=True | half the body, with or without `Content-Length` |
| WRONG_ID | | 200 that names another intent |
| WRONG_STATUS | becomes="Created" | 200 that names another status |
| EMPTY, HTML, LIST, DUPLICATE_KEYS, HUGE_INTEGER, DEEP | | 200 with such a body |
| BOMB, UTF16, INVALID_UTF8 | | 200 in gzip that unpacks to 200 MiB, or so encoded |
| COOKIE | | the answer sets a cookie |

Kinds without `after` spoil only the answer; the work is done (with LATE: later).

`samples` has a believable batch of payments and an e-mail that names them.
"""

from cancel_desk.practice import samples
from cancel_desk.practice.faults import Fault, Faults
from cancel_desk.practice.intents import Intent, Status
from cancel_desk.practice.kinds import Kind, Shape
from cancel_desk.practice.records import Record
from cancel_desk.practice.server import PracticeServer

__all__ = [
    "Fault",
    "Faults",
    "Intent",
    "Kind",
    "PracticeServer",
    "Record",
    "Shape",
    "Status",
    "samples",
]
