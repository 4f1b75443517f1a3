"""Everything that goes wrong between the program and the server, by name.

Each is a fault as it strikes every request for ever; a test narrows it with `dataclasses.replace`.
"""

from cancel_desk.practice import Fault, Kind, Shape

ELSEWHERE = "http://127.0.0.1:9/"

# The values of Retry-After that were seen in the field, or that a parser may stumble over.
RETRY_AFTER = {
    "no Retry-After": None,
    "seconds": "2",
    "a date": "Wed, 21 Oct 2099 07:28:00 GMT",
    "a date that is over": "Wed, 21 Oct 2015 07:28:00 GMT",
    "a negative number": "-5",
    "an exponent": "1e3",
    "hours": "21600",
    "rubbish": "soon",
    "a number beyond all numbers": "9" * 400,
}

# The request does its work, and nobody says so clearly.
SPOILT = {
    "reset after the effect": Fault(Kind.RESET, after=True),
    "500 after the effect": Fault(Kind.REFUSE, code=500, after=True),
    "503 after the effect": Fault(Kind.REFUSE, code=503, after=True),
    "408 after the effect": Fault(Kind.REFUSE, code=408, after=True),
    "409 after the effect": Fault(Kind.REFUSE, code=409, after=True),
    "404 after the effect": Fault(Kind.REFUSE, code=404, after=True),
    "401 after the effect": Fault(Kind.REFUSE, code=401, shape=Shape.EMPTY, after=True),
    "redirect after the effect": Fault(Kind.REDIRECT, url=ELSEWHERE, after=True),
    "truncated": Fault(Kind.TRUNCATE),
    "truncated, no length": Fault(Kind.TRUNCATE, sized=False),
    "wrong id": Fault(Kind.WRONG_ID),
    "wrong status": Fault(Kind.WRONG_STATUS),
    "empty": Fault(Kind.EMPTY),
    "page": Fault(Kind.HTML),
    "list": Fault(Kind.LIST),
    "duplicate keys": Fault(Kind.DUPLICATE_KEYS),
    "huge integer": Fault(Kind.HUGE_INTEGER),
    "deep": Fault(Kind.DEEP),
    "bomb": Fault(Kind.BOMB),
    "UTF-16": Fault(Kind.UTF16),
    "no UTF-8": Fault(Kind.INVALID_UTF8),
}
# The request never does its work, and nobody says so clearly.
NO_EFFECT = {
    "reset": Fault(Kind.RESET),
    "408": Fault(Kind.REFUSE, code=408),
    "429": Fault(Kind.REFUSE, code=429),
    "500": Fault(Kind.REFUSE, code=500),
    "502, a gateway's page": Fault(Kind.REFUSE, code=502, shape=Shape.HTML),
    "503": Fault(Kind.REFUSE, code=503),
    "504, empty": Fault(Kind.REFUSE, code=504, shape=Shape.EMPTY),
    "a page with 200": Fault(Kind.REFUSE, code=200, shape=Shape.HTML),
} | {
    f"{code}": Fault(Kind.REDIRECT, url=ELSEWHERE, code=code) for code in (301, 302, 303, 307, 308)
}

TROUBLES = {
    **SPOILT,
    **NO_EFFECT,
    **{
        f"429, {name}": Fault(Kind.REFUSE, code=429, retry_after=value)
        for name, value in RETRY_AFTER.items()
    },
    "503, hours": Fault(Kind.REFUSE, code=503, retry_after="21600"),
    "400": Fault(Kind.REFUSE, code=400, shape=Shape.CAPITALS),
    "401": Fault(Kind.REFUSE, code=401, shape=Shape.EMPTY),
    "403": Fault(Kind.REFUSE, code=403),
    "404": Fault(Kind.REFUSE, code=404),
    "409": Fault(Kind.REFUSE, code=409),
    "late effect": Fault(Kind.LATE, seconds=3600.0),
    "soon effect": Fault(Kind.LATE, seconds=0.05),
    "slow": Fault(Kind.SLOW, seconds=0.05),
    "hang": Fault(Kind.HANG),
    "hang after the effect": Fault(Kind.HANG, after=True),
    "dripping headers": Fault(Kind.DRIP_HEADERS, seconds=0.005),
    "dripping body": Fault(Kind.DRIP_BODY, seconds=0.005),
    "paid meanwhile": Fault(Kind.PAID),
    "paid afterwards": Fault(Kind.PAID, after=True),
    "cookie": Fault(Kind.COOKIE),
}
# Against a server that says of a payment what is not so, no reader can do anything.
LIES = {"wrong status"}
