"""Where requests may go."""

import pytest

from cancel_desk.dojo.client import Client, WrongEnvironmentError
from cancel_desk.dojo.endpoint import API_URL, VARIABLE, EndpointError, api_url, is_loopback
from cancel_desk.dojo.key import ApiKey

LIVE = ApiKey("sk_prod_0123456789abcdef")
SANDBOX = ApiKey("sk_sandbox_0123456789abcdef")

LOOPBACK = [
    "http://127.0.0.1",
    "http://127.0.0.1:1",
    "http://127.0.0.1:65535",
    "http://localhost",
    "http://localhost:8080",
    "http://[::1]",
    "http://[::1]:9",
    "https://127.0.0.1:8443",
    "https://localhost:8443",
    "https://[::1]:8443",
]
ELSEWHERE = [
    "",
    " ",
    "127.0.0.1:1",
    "localhost",
    "//127.0.0.1:1",
    "http://",
    "http:127.0.0.1",
    "http://127.0.0.1:1@evil",
    "http://127.0.0.1:1@evil:80",
    "http://user@127.0.0.1:1",
    "http://user:word@localhost:1",
    "http://localhost.evil",
    "http://localhost.",
    "http://127.0.0.1.evil",
    "http://evil/127.0.0.1",
    "http://evil#127.0.0.1",
    "http://127.0.0.1:1/x",
    "http://127.0.0.1:1//",
    "http://127.0.0.1:1/?",
    "http://127.0.0.1:1?x=1",
    "http://127.0.0.1:1#x",
    "http://127.0.0.1#@evil",
    "http://127.0.0.1\\@evil",
    "http://127.0.0.1:",
    "http://127.0.0.1:0",
    "http://127.0.0.1:080",
    "http://127.0.0.1:65536",
    "http://127.0.0.1:999999",
    "http://127.0.0.1:-1",
    "http://127.0.0.1:\N{FULLWIDTH DIGIT EIGHT}",
    "http://127.0.0.\N{FULLWIDTH DIGIT ONE}",
    "http://127.0.0.1:1\n",
    "http://127.0.0.1\t:1",
    " http://127.0.0.1:1",
    "http://127.0.0.1:1 ",
    "HTTP://127.0.0.1:1",
    "http://LOCALHOST:1",
    "http://Localhost:1",
    "http://127.1",
    "http://127.0.0.2",
    "http://2130706433",
    "http://0x7f000001",
    "http://0.0.0.0:1",
    "http://[::]:1",
    "http://::1:1",
    "http://[::1%25lo]:1",
    "http://[::ffff:127.0.0.1]:1",
    "ftp://127.0.0.1:1",
    "file:///etc/passwd",
    "https://api.dojo.tech",
    "https://api.dojo.tech.evil",
    "http://api.dojo.tech",
]


def test_without_the_variable_it_is_the_api():
    assert api_url({}) == API_URL == "https://api.dojo.tech"


@pytest.mark.parametrize("url", LOOPBACK)
@pytest.mark.parametrize("slash", ["", "/"])
def test_the_variable_may_name_this_computer(url, slash):
    assert api_url({VARIABLE: url + slash}) == url
    Client(SANDBOX, url).close()


@pytest.mark.parametrize("url", ELSEWHERE)
def test_the_variable_may_name_nothing_else(url):
    with pytest.raises(EndpointError, match="CANCEL_DESK_API_URL may only name this computer"):
        api_url({VARIABLE: url})
    assert not is_loopback(url)


def test_a_key_put_there_by_mistake_is_not_repeated():
    with pytest.raises(EndpointError) as refusal:
        api_url({VARIABLE: LIVE.secret})
    assert LIVE.secret not in str(refusal.value)


@pytest.mark.parametrize("url", LOOPBACK)
def test_a_live_key_is_never_sent_to_this_computer(url):
    with pytest.raises(WrongEnvironmentError):
        Client(LIVE, url)


@pytest.mark.parametrize("key", [LIVE, SANDBOX])
@pytest.mark.parametrize("url", [url for url in ELSEWHERE if url != API_URL])
def test_no_key_is_sent_elsewhere(key, url):
    with pytest.raises(WrongEnvironmentError):
        Client(key, url)


@pytest.mark.parametrize("key", [LIVE, SANDBOX])
def test_both_kinds_of_key_are_for_the_api(key):
    Client(key).close()
    Client(key, API_URL).close()
