"""By way of a proxy: it learns where requests go, and nothing of what is in them."""

import contextlib
import queue
import select
import socket
import ssl
import sys
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cancel_desk.dojo.client import Client, Page
from cancel_desk.dojo.intent import Intent
from cancel_desk.dojo.key import ApiKey
from cancel_desk.dojo.problem import Kind
from cancel_desk.dojo.proxy import Flaw, ProxyAddressError, proxy_address, system_proxy
from cancel_desk.practice import Fault, PracticeServer
from cancel_desk.practice import Kind as Wrong

from .servers import free_port, read_request, reset, silent

CANARY = "CanaryP4xVbn3"
KEY = f"sk_sandbox_{CANARY}"
ID = "pi_sandbox_1"
DEADLINE = 0.4
HELD = 2.5  # far above the deadline, far below what waiting for the other side's end would take
OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Tunnels:
    """A proxy that does what it is asked to; `seen` is every byte that came from the client."""

    def __init__(self, to: str, before_opening=lambda: None) -> None:
        self.seen = bytearray()
        self.asked: list[bytes] = []
        self.stop_after: int | None = None  # resets once so many bytes of a tunnel have gone on
        self.ended = threading.Event()
        self._before_opening = before_opening
        host, _, port = to.rpartition("/")[2].rpartition(":")
        self._to = (host, int(port))

    def __call__(self, connection) -> None:
        head = read_request(connection)
        self.seen += head
        self.asked.append(head.partition(b"\r\n")[0])
        self._before_opening()
        with socket.create_connection(self._to) as far:
            connection.sendall(OPEN)
            self._relay(connection, far)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        self.ended.set()

    def _relay(self, near, far) -> None:
        gone_on = 0
        while True:
            for side in select.select([near, far], [], [])[0]:
                data = side.recv(65536)
                if not data:
                    return
                if side is near:
                    self.seen += data
                    gone_on += len(data)
                (far if side is near else near).sendall(data)
                if self.stop_after is not None and gone_on > self.stop_after:
                    reset(near)
                    return


@pytest.fixture(autouse=True)
def no_proxy_is_set(monkeypatch):
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_PROXY".upper(), raising=False)


@pytest.fixture
def tunnels(tls_server) -> Tunnels:
    return Tunnels(tls_server.url)


@pytest.fixture
def through(serve, connect, tls_server, trusting):
    """Makes clients of the TLS server, by way of a proxy that does what a function says."""

    def make(talk, **options) -> Client:
        options = {"context": trusting, **options}
        return connect(tls_server.url, tls_server.key, proxy=serve(talk).url, **options)

    return make


class TestTunnel:
    def test_every_call_goes_through_one_tunnel(self, tls_server, tunnels, through):
        client = through(tunnels)
        intent_id = tls_server.create()
        for _ in range(3):
            assert isinstance(client.get(intent_id), Intent)
        assert client.cancel(intent_id).status == "Canceled"
        assert isinstance(client.search(), Page)
        assert tls_server.connections == 1
        [asked] = tunnels.asked
        assert asked.startswith(b"CONNECT " + tls_server.url.removeprefix("https://").encode())

    def test_the_proxy_sees_neither_key_nor_payment(self, certified, serve, connect, trusting):
        requests = []

        def server(connection):
            requests.append(read_request(connection))

        target = serve(server, tls=certified("127.0.0.1"))
        tunnels = Tunnels(target.url)
        proxy = serve(tunnels)
        client = connect(target.url, KEY, context=trusting, proxy=proxy.url)
        assert client.cancel("pi_sandbox_Canary").kind == Kind.NO_ANSWER
        assert CANARY.encode() in requests[0]
        assert CANARY.encode() not in tunnels.seen
        assert b"Canary" not in tunnels.seen
        assert b"authorization" not in tunnels.seen.lower()
        assert len(tunnels.seen) > 500  # the handshake and the request were among it

    def test_a_name_in_the_netrc_means_nothing_to_it(self, tunnels, through, tmp_path, monkeypatch):
        (tmp_path / ".netrc").write_text("default login canary-user password canary-pass\n")
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        assert isinstance(through(tunnels).search(), Page)
        assert b"authorization" not in tunnels.seen.lower()

    def test_a_tunnel_that_was_closed_is_opened_again(self, tls_server, tunnels, through):
        client = through(tunnels)
        intent_id = tls_server.create()
        assert isinstance(client.get(intent_id), Intent)
        tls_server.down()
        assert tunnels.ended.wait(10)
        assert client.get(intent_id).kind == Kind.UNREACHABLE
        tls_server.up()
        assert isinstance(client.get(intent_id), Intent)
        assert len(tunnels.asked) == 3

    def test_an_ipv6_address(self, tls_server, tunnels, serve, connect, trusting, monkeypatch):
        address = serve(tunnels).url.rpartition(":")
        look_up = socket.getaddrinfo

        def stand_in(host, *args, **kwargs):
            return look_up("127.0.0.1" if host == "::1" else host, *args, **kwargs)

        monkeypatch.setattr(socket, "getaddrinfo", stand_in)
        client = connect(
            tls_server.url, tls_server.key, context=trusting, proxy=f"http://[::1]:{address[2]}"
        )
        assert isinstance(client.get(tls_server.create()), Intent)
        assert len(tunnels.asked) == 1


class TestTrust:
    """It is the server that has to prove who it is, at the far end of the tunnel."""

    def test_a_certificate_the_system_does_not_know(self, tls_server, tunnels, through):
        client = through(tunnels, context=None)
        assert client.cancel(tls_server.create()).kind == Kind.CERTIFICATE
        assert tls_server.requests == 0

    def test_a_certificate_for_another_name(self, certified, serve, connect, trusting):
        with PracticeServer(tls=certified("other.example")) as server:
            proxy = serve(Tunnels(server.url))
            client = connect(server.url, server.key, context=trusting, proxy=proxy.url)
            assert client.cancel(server.create()).kind == Kind.CERTIFICATE
            assert server.requests == 0


class TestNoWayAround:
    def test_plain_http_to_this_computer_goes_without(self, server, serve, connect):
        proxy = serve(silent)
        client = connect(proxy=proxy.url)
        assert isinstance(client.get(server.create()), Intent)
        assert proxy.connections == 0

    @pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
    def test_the_environment_alone_sets_none(
        self, tls_server, serve, connect, trusting, monkeypatch, name
    ):
        proxy = serve(silent)
        monkeypatch.setenv(name, proxy.url)
        client = connect(tls_server.url, tls_server.key, context=trusting)
        assert isinstance(client.get(tls_server.create()), Intent)
        assert proxy.connections == 0

    def test_nor_does_it_take_one_away(self, tls_server, tunnels, through, monkeypatch):
        monkeypatch.setenv("NO_PROXY", "*")
        assert isinstance(through(tunnels).get(tls_server.create()), Intent)
        assert len(tunnels.asked) == 1

    def test_without_the_proxy_nothing_goes_straight_there(self, tls_server, connect, trusting):
        with free_port() as port:
            client = connect(
                tls_server.url, tls_server.key, context=trusting, proxy=f"http://127.0.0.1:{port}"
            )
            assert client.get(tls_server.create()).kind == Kind.UNREACHABLE
        assert tls_server.connections == 0


def says(*pieces: bytes):
    def talk(connection) -> None:
        read_request(connection)
        for piece in pieces:
            connection.sendall(piece)

    return talk


def drips(connection) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Slow: 1\r\n")
        time.sleep(0.05)


NO_TUNNEL = {
    "407": says(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"),
    "502": says(b"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>no</html>"),
    "403": says(b"HTTP/1.1 403 Forbidden\r\n\r\n"),
    "302": says(b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\n\r\n"),
    "nonsense": says(b"SSH-2.0-nothing\r\n"),
    "end": says(),
    "reset": lambda connection: (read_request(connection), reset(connection)),
    "reset at once": reset,
    "silence": silent,
    "drips": drips,
    "endless line": says(b"HTTP/1.1 200 " + b"x" * 100_000),
    "no TLS behind it": says(OPEN, b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "end behind it": says(OPEN),
    "silence behind it": lambda connection: (says(OPEN)(connection), silent(connection)),
}


class TestNeverLeft:
    @pytest.mark.parametrize("talk", NO_TUNNEL.values(), ids=NO_TUNNEL)
    def test_no_tunnel_comes_about(self, through, tls_server, ask, talk):
        client = through(talk, deadline=DEADLINE)
        started = time.monotonic()
        problem = ask(client, ID)
        assert time.monotonic() - started < HELD
        assert problem.kind == Kind.UNREACHABLE
        assert problem.technical
        assert tls_server.connections == 0

    def test_nothing_comes_after_a_refusal(self, through):
        came = queue.SimpleQueue()

        def refuse(connection):
            came.put(read_request(connection))
            connection.sendall(b"HTTP/1.1 407 No\r\n\r\n")
            came.put(connection.recv(65536))

        assert through(refuse).cancel(ID).kind == Kind.UNREACHABLE
        assert came.get(timeout=10).startswith(b"CONNECT ")
        assert came.get(timeout=10) == b""

    def test_the_handshake_gets_what_the_tunnel_left_of_the_time(
        self, through, tls_server, monkeypatch
    ):
        """The proxy takes most of it; then the socket's time-out is the rest, not the whole."""
        left = []
        wrap = ssl.SSLContext.wrap_socket

        def look(context, sock, server_side=False, **kwargs):
            if not server_side:
                left.append(sock.gettimeout())
            return wrap(context, sock, server_side=server_side, **kwargs)

        tunnels = Tunnels(tls_server.url, before_opening=lambda: time.sleep(0.5))
        client = through(tunnels, deadline=20.0)
        monkeypatch.setattr(ssl.SSLContext, "wrap_socket", look)
        assert isinstance(client.search(), Page)
        assert left[0] <= 19.5


class TestMayHaveArrived:
    def test_the_server_resets(self, tls_server, tunnels, through):
        tls_server.faults.add(Fault(Wrong.RESET, after=True))
        intent_id = tls_server.create()
        assert through(tunnels).cancel(intent_id).kind == Kind.NO_ANSWER
        assert tls_server.effects_by_id() == {intent_id: 1}

    def test_the_proxy_resets_in_mid_request(self, tls_server, tunnels, through):
        client = through(tunnels)
        assert isinstance(client.get(tls_server.create()), Intent)
        tunnels.stop_after = 0
        assert client.cancel(ID).kind == Kind.NO_ANSWER

    def test_the_proxy_falls_silent_once_the_tunnel_is_open(
        self, certified, serve, connect, trusting
    ):
        server = serve(silent, tls=certified("127.0.0.1"))
        proxy = serve(Tunnels(server.url))
        client = connect(server.url, KEY, context=trusting, proxy=proxy.url, deadline=DEADLINE)
        started = time.monotonic()
        assert client.cancel(ID).kind == Kind.NO_ANSWER
        assert time.monotonic() - started < HELD


class TestAddress:
    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("proxy.example:8080", "http://proxy.example:8080"),
            (" http://Proxy.Example:3128/ ", "http://proxy.example:3128"),
            ("HTTP://proxy", "http://proxy:80"),
            ("10.0.0.7:1", "http://10.0.0.7:1"),
            ("our_proxy:65535", "http://our_proxy:65535"),
            ("[2001:DB8::1]:8080", "http://[2001:db8::1]:8080"),
        ],
    )
    def test_it_is_written_in_one_way(self, text, address):
        assert proxy_address(text) == proxy_address(address) == address

    @pytest.mark.parametrize(
        ("text", "flaw"),
        [
            ("", Flaw.NO_HOST),
            ("http://", Flaw.NO_HOST),
            ("http://:8080", Flaw.NO_HOST),
            (":8080", Flaw.NO_HOST),
            ("http://anna:secret@proxy:8080", Flaw.PASSWORD),
            ("anna@proxy", Flaw.PASSWORD),
            ("https://anna:secret@proxy:8080", Flaw.PASSWORD),
            ("https://proxy:8080", Flaw.SCHEME),
            ("socks5://proxy:1080", Flaw.SCHEME),
            ("proxy:0", Flaw.PORT),
            ("proxy:65536", Flaw.PORT),
            ("proxy:80800000", Flaw.UNREADABLE),
            ("proxy:http", Flaw.UNREADABLE),
            ("proxy:", Flaw.UNREADABLE),
            ("two words:80", Flaw.UNREADABLE),
            ("proxy:80\r\nX: 1", Flaw.UNREADABLE),
            ("proxy:80/path", Flaw.UNREADABLE),
            ("proxy?x", Flaw.UNREADABLE),
            ("pröxy:80", Flaw.UNREADABLE),
            ("::1", Flaw.NO_HOST),
        ],
    )
    def test_what_can_t_be_one(self, text, flaw):
        with pytest.raises(ProxyAddressError) as refusal:
            proxy_address(text)
        assert refusal.value.flaw is flaw
        assert "secret" not in str(refusal.value)

    def test_a_client_refuses_it_too(self):
        with pytest.raises(ProxyAddressError):
            Client(ApiKey(KEY), proxy="http://anna:secret@proxy:8080")

    @given(st.text(max_size=40) | st.from_regex(r"(http://)?[a-z:@\[\]./%]{0,20}(:[0-9]{1,6})?"))
    def test_any_text_is_taken_or_refused(self, text):
        with contextlib.suppress(ProxyAddressError):
            address = proxy_address(text)
            assert proxy_address(address) == address
            assert not set(address) & set("@ \r\n?#%")


class TestSystem:
    def test_none_is_set(self):
        assert system_proxy() is None

    @pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
    def test_the_variables_of_the_shell(self, monkeypatch, name):
        monkeypatch.setenv("HTTP_PROXY", "http://other:1")
        monkeypatch.setenv(name, "proxy.example:8080")
        assert system_proxy() == "http://proxy.example:8080"

    def test_that_for_http_alone_is_not_for_the_api(self, monkeypatch):
        monkeypatch.setenv("HTTP_PROXY", "http://other:1")
        assert system_proxy() is None

    @pytest.mark.parametrize("exceptions", ["*", "api.dojo.tech", "a.example, .dojo.tech"])
    def test_the_api_is_an_exception(self, monkeypatch, exceptions):
        monkeypatch.setenv("HTTPS_PROXY", "proxy:8080")
        monkeypatch.setenv("NO_PROXY", exceptions)
        assert system_proxy() is None

    def test_others_are_exceptions(self, monkeypatch):
        monkeypatch.setenv("HTTPS_PROXY", "proxy:8080")
        monkeypatch.setenv("NO_PROXY", "localhost,dojo.example,tech")
        monkeypatch.setenv("no_proxy", "localhost,dojo.example")
        assert system_proxy() == "http://proxy:8080"

    @pytest.mark.parametrize(
        ("text", "flaw"),
        [("http://anna:secret@proxy:8080", Flaw.PASSWORD), ("socks5://proxy:1080", Flaw.SCHEME)],
    )
    def test_one_that_can_t_be_used_is_not_passed_over(self, monkeypatch, text, flaw):
        monkeypatch.setenv("HTTPS_PROXY", text)
        with pytest.raises(ProxyAddressError) as refusal:
            system_proxy()
        assert refusal.value.flaw is flaw

    @pytest.mark.parametrize(
        ("platform", "settings"), [("win32", "registry"), ("darwin", "macosx_sysconf")]
    )
    @pytest.mark.parametrize("bypassed", [False, True])
    def test_windows_and_macos_have_their_own(self, monkeypatch, platform, settings, bypassed):
        monkeypatch.setenv("HTTPS_PROXY", "http://not-this:1")
        asked = []
        for name, answer in {
            f"proxy_bypass_{settings}": lambda host: asked.append(host) or bypassed,
            f"getproxies_{settings}": lambda: {"https": "http://proxy:8080", "http": "http://b:1"},
        }.items():
            monkeypatch.setattr(f"urllib.request.{name}", answer, raising=False)
        monkeypatch.setattr(sys, "platform", platform)
        assert system_proxy() == (None if bypassed else "http://proxy:8080")
        assert asked == ["api.dojo.tech"]
