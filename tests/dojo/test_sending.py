"""What leaves this computer: each request once, to one place, under one key."""

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from cancel_desk.dojo.client import Client, Page, WrongEnvironmentError
from cancel_desk.dojo.intent import Intent, is_intent_id, is_sandbox_id
from cancel_desk.dojo.key import ApiKey
from cancel_desk.dojo.problem import Kind as Failure
from cancel_desk.dojo.problem import Problem
from cancel_desk.practice import Fault, Kind, PracticeServer, Shape

from .servers import answering, read_request


def test_a_payment_is_read_cancelled_and_found(server, client):
    intent_id = server.create(1250, "EUR", "Order 7")
    intent = client.get(intent_id)
    assert (intent.status, intent.to_pay.value, intent.reference) == ("Created", 1250, "Order 7")
    assert client.cancel(intent_id).status == "Canceled"
    assert client.get(intent_id).status == "Canceled"
    page = client.search(("Canceled",))
    assert isinstance(page, Page)
    assert [one.id for one in page.intents] == [intent_id]


def test_pages_follow_each_other(server, client):
    ids = {server.create() for _ in range(5)}
    found, after = [], None
    for _ in range(3):
        page = client.search(limit=2, after=after)
        found += [intent.id for intent in page.intents]
        after = page.after
    assert after is None
    assert sorted(found) == sorted(ids)


def test_the_server_s_clock_dates_an_answer(server, client):
    intent = client.get(server.create(created_ago=3600))
    age = (intent.read_at - intent.created_at).total_seconds()
    assert 3598 < age < 3700


class TestOnce:
    @pytest.mark.parametrize("after", [False, True])
    def test_a_reset_is_not_followed_by_another_try(self, server, client, ask_for_one, after):
        intent_id = server.create()
        server.faults.add(Fault(Kind.RESET, after=after))
        assert ask_for_one(client, intent_id).kind == Failure.NO_ANSWER
        assert server.requests == 1
        assert server.deletes(intent_id) <= 1

    def test_a_lost_answer_to_a_cancel_that_took_effect(self, server, client):
        intent_id = server.create()
        server.faults.add(Fault(Kind.RESET, methods=("DELETE",), after=True))
        assert client.cancel(intent_id).kind == Failure.NO_ANSWER
        assert (server.deletes(intent_id), server.status(intent_id)) == (1, "Canceled")
        assert client.get(intent_id).status == "Canceled"

    @pytest.mark.parametrize("code", [408, 413, 429, 500, 502, 503, 504])
    def test_a_server_that_says_come_back_at_once(self, server, client, ask, code):
        intent_id = server.create()
        server.faults.add(Fault(Kind.REFUSE, code=code, retry_after="0"))
        problem = ask(client, intent_id)
        assert (problem.http_status, problem.retry_after) == (code, 0)
        assert server.requests == 1


class TestRedirects:
    @pytest.mark.parametrize("code", [300, 301, 302, 303, 305, 307, 308, 399])
    def test_one_is_an_answer_and_goes_nowhere(self, server, client, ask, code):
        intent_id = server.create()
        with PracticeServer() as elsewhere:
            url = f"{elsewhere.url}/payment-intents/{intent_id}"
            server.faults.add(Fault(Kind.REDIRECT, url=url, code=code))
            problem = ask(client, intent_id)
            assert (problem.kind, problem.http_status) == (Failure.UNCLEAR, code)
            assert (elsewhere.connections, elsewhere.requests) == (0, 0)
        assert server.requests == 1
        assert server.status(intent_id) == "Created"

    def test_not_even_on_the_same_server(self, server, client, ask):
        intent_id = server.create()
        url = f"{server.url}/payment-intents/{intent_id}"
        server.faults.add(Fault(Kind.REDIRECT, url=url, times=1))
        assert ask(client, intent_id).kind == Failure.UNCLEAR
        assert server.requests == 1

    def test_a_redirect_s_body_is_not_read_without_limit(self, serve, connect, ask):
        head = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n\r\n"
        client = connect(serve(answering(head, last_for=b"x" * 65536)).url)
        problem = ask(client, "pi_sandbox_1")
        assert problem.kind == Failure.NO_ANSWER
        assert "1048576 bytes" in problem.technical


class TestPaths:
    ODD = (
        "",
        "..",
        "../accounts",
        "../../payment-intents/search",
        "%2e%2e/x",
        "pi_sandbox_1#z",
        "pi_sandbox_1?x",
        "pi_sandbox_1?returnCanceled=false",
        "pi_sandbox_1/../pi_sandbox_2",
        "pi_sandbox_1;x",
        "pi_sandbox_1%00",
        "pi_sandbox_1\n",
        "pi_sandbox_1\r\nX: 1",
        "pi_sandbox_1 HTTP/1.1\r\n\r\nDELETE /payment-intents/pi_sandbox_2",
        "pi_sandbox_\N{CYRILLIC SMALL LETTER A}",
        "pi_sandbox_\N{FULLWIDTH DIGIT ONE}",
        "pi_sandbox_\N{LATIN SMALL LETTER E WITH ACUTE}",
        "pi_sandbox_1\ud800",
        "pi_1",
        "@evil",
        "//evil",
        "search",
    )

    @pytest.mark.parametrize("intent_id", ODD)
    def test_an_odd_id_is_never_sent(self, server, client, ask_for_one, intent_id):
        with pytest.raises(WrongEnvironmentError):
            ask_for_one(client, intent_id)
        assert (server.connections, server.requests) == (0, 0)

    def test_any_text_is_refused_or_arrives_as_it_is(self, server, ask_for_one, connect):
        client = connect()

        @given(
            st.text()
            | st.builds("pi_sandbox_{}".format, st.text(max_size=30))
            | st.from_regex(r"\Api_sandbox_[A-Za-z0-9_-]{1,40}.?\Z")
        )
        @example("pi_sandbox_Tg9zR2wXSk6qhN-_Yd0m3A")
        def hold(intent_id):
            arrived = server.requests
            if is_intent_id(intent_id) and is_sandbox_id(intent_id):
                assert ask_for_one(client, intent_id).kind == Failure.NOT_FOUND
                record = server.records[-1]
                assert server.requests == arrived + 1
                assert record.target.removesuffix("?returnCanceled=true") == (
                    f"/payment-intents/{intent_id}"
                )
            else:
                with pytest.raises(WrongEnvironmentError):
                    ask_for_one(client, intent_id)
                assert server.requests == arrived

        hold()
        assert server.connections <= 1


class TestKeptConnection:
    @pytest.mark.parametrize("code", [400, 401, 404, 409, 429, 500, 503])
    @pytest.mark.parametrize("shape", Shape)
    def test_one_connection_for_everything(self, server, client, code, shape):
        ids = [server.create() for _ in range(20)]
        server.faults.add(Fault(Kind.REFUSE, id=ids[7], code=code, shape=shape))
        server.faults.add(Fault(Kind.REDIRECT, id=ids[8], url=server.url))
        for intent_id in ids:
            client.get(intent_id)
            client.cancel(intent_id)
            client.search(limit=3)
        assert (server.connections, server.requests) == (1, 60)

    def test_also_where_the_body_comes_in_chunks(self, serve, connect):
        pieces = (b'{"id":"pi_sand', b'box_1","status":"Can', b'celed","reference":"7"}', b"")
        body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)

        def talk(connection):
            while read_request(connection):
                connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body)

        server = serve(talk)
        client = connect(server.url)
        for _ in range(5):
            intent = client.cancel("pi_sandbox_1")
            assert intent == Intent("pi_sandbox_1", "Canceled", reference="7")
        assert server.connections == 1

    def test_a_connection_that_the_server_closed_is_made_anew(self, server, client, ask):
        intent_id = server.create()
        assert not isinstance(client.get(intent_id), Problem)
        server.down()
        server.up()
        assert not isinstance(ask(client, intent_id), Problem)
        assert (server.connections, server.requests) == (2, 2)

    def test_closing_closes_it(self, serve):
        ended = []

        def talk(connection):
            read_request(connection)
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            ended.append(connection.recv(1))

        server = serve(talk)
        with Client(ApiKey("sk_sandbox_Canary00"), server.url) as client:
            assert client.get("pi_sandbox_1").kind == Failure.NOT_FOUND
        server.close()
        assert ended == [b""]


class TestOneKey:
    def test_another_key_is_refused(self, server, connect):
        problem = connect(key="sk_sandbox_0123456789").get(server.create())
        assert (problem.kind, problem.http_status) == (Failure.KEY_REFUSED, 401)

    def test_a_cookie_never_comes_back(self, server, client, ask):
        intent_id = server.create()
        server.faults.add(Fault(Kind.COOKIE))
        for _ in range(3):
            ask(client, intent_id)
        assert server.requests == 3
        for record in server.records:
            assert "cookie" not in [name.lower() for name in record.header_names]

    @pytest.mark.parametrize("entry", ["machine 127.0.0.1", "default"])
    def test_netrc_does_not_replace_the_key(self, server, client, tmp_path, monkeypatch, entry):
        netrc = tmp_path / ".netrc"
        netrc.write_text(f"{entry} login someone password else\n")
        netrc.chmod(0o600)
        for name in ("HOME", "USERPROFILE"):
            monkeypatch.setenv(name, str(tmp_path))
        monkeypatch.setenv("NETRC", str(netrc))
        intent_id = server.create()
        url = f"{server.url}/payment-intents/{intent_id}"
        headers = {"Authorization": f"Basic {server.key}", "Version": "2024-02-05"}
        assert requests.get(url, headers=headers, timeout=5).status_code == 401
        assert client.get(intent_id).id == intent_id
        assert client.cancel(intent_id).id == intent_id
        assert len(client.search().intents) == 1

    @pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
    def test_no_proxy_is_taken_from_the_environment(
        self, server, client, serve, monkeypatch, ask, name
    ):
        proxy = serve(answering(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"))
        for other in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(other, raising=False)
        monkeypatch.setenv(name, proxy.url)
        assert requests.get(server.url, timeout=5).status_code == 502
        assert proxy.connections == 1
        assert not isinstance(ask(client, server.create()), Problem)
        assert proxy.connections == 1
