"""Whom the client trusts: the system, and nothing that a variable or a file slips in."""

import ssl
import sys
import threading
import time

import pytest
import requests

from cancel_desk.dojo.client import Page
from cancel_desk.dojo.intent import Intent
from cancel_desk.dojo.problem import Kind, Problem
from cancel_desk.dojo.transport import tls_context
from cancel_desk.practice import PracticeServer

from .servers import silent


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in (
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "SSLKEYLOGFILE",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def connect_to(connect):
    def make(server, **options):
        return connect(server.url, server.key, **options)

    return make


def test_https_works_and_keeps_its_connection(tls_server, connect_to, trusting):
    intent_id = tls_server.create()
    client = connect_to(tls_server, context=trusting)
    for _ in range(5):
        assert isinstance(client.get(intent_id), Intent)
    assert client.cancel(intent_id).status == "Canceled"
    assert isinstance(client.search(), Page)
    assert tls_server.connections == 1


def test_a_certificate_the_system_does_not_know_is_refused(tls_server, connect_to, ask):
    problem = ask(connect_to(tls_server), tls_server.create())
    assert (problem.kind, problem.http_status) == (Kind.CERTIFICATE, None)
    assert "certificate" in problem.technical.lower()
    assert tls_server.requests == 0


@pytest.mark.parametrize("name", ["other.example", "127.0.0.2", "localhost"])
def test_a_certificate_for_another_name_is_refused(certified, connect_to, trusting, ask, name):
    with PracticeServer(tls=certified(name)) as server:
        problem = ask(connect_to(server, context=trusting), server.create())
        assert (problem.kind, problem.http_status) == (Kind.CERTIFICATE, None)
        assert server.requests == 0


def test_after_a_refusal_nothing_is_kept(tls_server, connect_to, ask):
    client = connect_to(tls_server)
    for _ in range(3):
        assert ask(client, tls_server.create()).kind == Kind.CERTIFICATE
    assert tls_server.requests == 0


def test_an_old_version_of_tls_is_refused(certified, serve, connect):
    old = certified("127.0.0.1")
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="is deprecated"):
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    server = serve(silent, tls=old)
    assert connect(server.url).get("pi_sandbox_1").kind == Kind.UNREACHABLE
    assert tls_context().minimum_version == ssl.TLSVersion.TLSv1_2


class TestEnvironment:
    @pytest.fixture
    def bundle(self, authority, tmp_path):
        """A file that names the authority as one to trust."""
        path = tmp_path / "bundle.pem"
        authority.cert_pem.write_to_path(path)
        return str(path)

    @pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
    def test_the_library_s_variables_add_no_trust(
        self, tls_server, connect_to, bundle, monkeypatch, name
    ):
        monkeypatch.setenv(name, bundle)
        assert requests.get(tls_server.url, timeout=5).status_code == 401
        assert connect_to(tls_server).get(tls_server.create()).kind == Kind.CERTIFICATE
        assert tls_server.requests == 1

    def test_nor_does_the_bundle_the_library_brings_along(
        self, tls_server, connect_to, bundle, monkeypatch
    ):
        monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", bundle)
        assert requests.get(tls_server.url, timeout=5).status_code == 401
        assert connect_to(tls_server).get(tls_server.create()).kind == Kind.CERTIFICATE

    def test_nor_do_they_take_it_away(self, tls_server, connect_to, trusting, monkeypatch):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/file")
        client = connect_to(tls_server, context=trusting)
        assert isinstance(client.get(tls_server.create()), Intent)

    def test_the_variable_of_openssl_counts_on_linux(
        self, tls_server, connect_to, bundle, monkeypatch
    ):
        """There it is part of what the system trusts, and an administrator's way to say so."""
        monkeypatch.setenv("SSL_CERT_FILE", bundle)
        outcome = connect_to(tls_server).get(tls_server.create())
        if sys.platform == "linux":
            assert isinstance(outcome, Intent)
        else:
            assert outcome.kind == Kind.CERTIFICATE

    def test_the_session_s_secrets_are_not_written(
        self, tls_server, connect_to, bundle, tmp_path, monkeypatch
    ):
        log = tmp_path / "secrets.log"
        monkeypatch.setenv("SSLKEYLOGFILE", str(log))
        monkeypatch.setenv("SSL_CERT_FILE", bundle)
        assert isinstance(connect_to(tls_server).get(tls_server.create()), Intent | Problem)
        assert not log.exists()
        requests.get(tls_server.url, timeout=5, verify=bundle)
        assert log.exists()


def test_sessions_do_not_wait_for_each_other_s_handshakes(serve, connect):
    """Where a server never shakes hands, each is back after its own deadline."""
    url = serve(silent).url.replace("http:", "https:")
    clients = [connect(url, deadline=0.4) for _ in range(12)]
    kinds = []

    def call(client):
        kinds.append(client.get("pi_sandbox_1").kind)

    threads = [threading.Thread(target=call, args=(client,)) for client in clients]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started < 3
    assert kinds == [Kind.UNREACHABLE] * 12
