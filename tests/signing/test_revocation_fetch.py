"""Fetching what a certificate points to: over real HTTP on this machine, and nowhere it should not go."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509

from gateway.core.errors import Unavailable
from gateway.signing.revocation import check
from gateway.signing.revocation_fetch import HttpFetch
from tests.bank.bxd import pretend
from tests.bank.bxd.pretend import NOW
from tests.signing.authority import Responder, http_server, points_to, revocation_list
from tests.signing.certificates import issued
from tests.signing.gost_files import gost_files
from tests.signing.tools import openssl

Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


def reply(handler: BaseHTTPRequestHandler, body: bytes = b"", status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in ({"Content-Length": str(len(body))} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def fetch() -> Iterator[HttpFetch]:
    with HttpFetch(timeout=5, largest=1000, private=True) as made:
        yield made


def fails(fetch: HttpFetch, url: str, body: bytes | None = None) -> None:
    with pytest.raises(Unavailable) as caught:
        fetch(url, body)
    assert caught.value.code == "revocation.unreachable"


def test_lists_and_answers_come_over_http() -> None:
    key = pretend.authority().key
    served: dict[str, Callable[[bytes], bytes]] = {}
    seen: list[tuple[str, str, str | None]] = []

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        seen.append((handler.command, handler.path, handler.headers.get("Content-Type")))
        reply(handler, served[handler.path](body))

    with http_server(answer) as base, HttpFetch(private=True) as fetch:
        by_list = issued(key, "list", *points_to(crl=(f"{base}/list.crl",))).certificate
        by_answer = issued(key, "answer", *points_to(responders=(f"{base}/ocsp?x=1",))).certificate
        served["/list.crl"] = lambda _: revocation_list(key, (by_list, None))
        served["/ocsp?x=1"] = lambda body: Responder(key).answer(body, by_answer)
        assert check(by_list, key.certificate, fetch, NOW).state == "revoked"
        assert check(by_answer, key.certificate, fetch, NOW).state == "good"
    assert seen == [("GET", "/list.crl", None), ("POST", "/ocsp?x=1", "application/ocsp-request")]


def test_the_host_of_the_url_is_asked_for(fetch: HttpFetch) -> None:
    hosts: list[str | None] = []

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        hosts.append(handler.headers.get("Host"))
        reply(handler, b"list")

    with http_server(answer) as base:
        port = base.rsplit(":", 1)[1]
        assert fetch(f"http://127.0.0.1:{port}/", None) == b"list"
    assert hosts == [f"127.0.0.1:{port}"]


def test_redirects_are_followed_a_little(fetch: HttpFetch) -> None:
    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        left = int(handler.path.strip("/"))
        if left:
            reply(handler, status=302, Location=f"/{left - 1}")
        else:
            reply(handler, b"list")

    with http_server(answer) as base:
        assert fetch(f"{base}/3", None) == b"list"
        fails(fetch, f"{base}/4")
        fails(fetch, f"{base}/1", b"question")


@pytest.mark.parametrize(
    "place", ["file:///etc/passwd", "ldap://127.0.0.1/", "gopher://127.0.0.1:1/_", "//", "", "http://u:p@127.0.0.1/"]
)
def test_redirects_to_elsewhere_are_refused(fetch: HttpFetch, place: str) -> None:
    with http_server(lambda handler, _: reply(handler, status=302, Location=place)) as base:
        fails(fetch, f"{base}/")


def _endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(100_000):
            handler.wfile.write(bytes(1000))
    except OSError:
        return


ODDITIES: dict[str, Answer] = {
    "an error": lambda handler, _: reply(handler, b"list", 500),
    "nothing new": lambda handler, _: reply(handler, status=304),
    "too much": lambda handler, _: reply(handler, bytes(1001)),
    "without end": lambda handler, _: _endless(handler),
    "cut off": lambda handler, _: reply(handler, b"li", Content_Length="4"),
    "no HTTP": lambda handler, _: handler.wfile.write(b"garbage\r\n\r\n") and None,
}


@pytest.mark.parametrize("name", sorted(ODDITIES))
def test_odd_servers_are_no_source(fetch: HttpFetch, name: str) -> None:
    with http_server(ODDITIES[name]) as base:
        fails(fetch, f"{base}/")


def test_a_server_that_drips_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    instants = iter(range(0, 10_000, 4))
    monkeypatch.setattr("gateway.signing.revocation_fetch.time.monotonic", lambda: next(instants))

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(5):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    with http_server(answer) as base, HttpFetch(timeout=3, private=True) as fetch:
        fails(fetch, f"{base}/")


def test_nobody_listens(fetch: HttpFetch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        fails(fetch, f"http://127.0.0.1:{taken.getsockname()[1]}/")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "0x7f000001"]
)
def test_inner_addresses_are_not_asked_unless_allowed(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with HttpFetch(timeout=1) as fetch:
        monkeypatch.setattr(fetch._client, "send", lambda *_, **__: pytest.fail("it was asked"))
        fails(fetch, f"http://{host}/list.crl")


def test_a_name_that_leads_inside_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """One address of several is enough to refuse, and the judged address is the one that is connected to."""

    def addresses(*found: str) -> None:
        entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 80)) for a in found]
        monkeypatch.setattr("gateway.signing.revocation_fetch.socket.getaddrinfo", lambda *_, **__: entries)

    with HttpFetch() as fetch:
        addresses("93.184.216.34", "127.0.0.1")
        fails(fetch, "http://ca.example/list.crl")
        addresses()
        fails(fetch, "http://ca.example/list.crl")
        addresses("93.184.216.34")
        request = fetch._request("https://ca.example/list.crl?a=b", None)
    assert str(request.url) == "https://93.184.216.34/list.crl?a=b"
    assert request.headers["Host"] == "ca.example"
    assert request.extensions["sni_hostname"] == "ca.example"


def test_lists_of_gost_authorities_count(tmp_path: Path) -> None:
    files = gost_files()
    (tmp_path / "index").write_text("")
    (tmp_path / "number").write_text("01\n")
    (tmp_path / "ca.cnf").write_text(
        f"[ca]\ndefault_ca=own\n[own]\ndatabase={tmp_path}/index\ncrlnumber={tmp_path}/number\n"
        "default_md=md_gost12_256\ndefault_crl_days=2\n"
    )
    (tmp_path / "ext.cnf").write_text("crlDistributionPoints=URI:http://127.0.0.1/gost.crl\n")
    authority = ("-CA", files.folder / "ca.pem", "-CAkey", files.folder / "ca.key", "-set_serial", "78", "-days", "5")
    request = ("x509", "-engine", "gost", "-req", "-in", files.folder / "req.pem")
    certificate = tmp_path / "cert.pem"
    openssl(*request, *authority, "-extfile", tmp_path / "ext.cnf", "-out", certificate)
    ca = ("ca", "-engine", "gost", "-config", tmp_path / "ca.cnf", "-cert", files.folder / "ca.pem")
    key = ("-keyfile", files.folder / "ca.key")
    clean = openssl(*ca, *key, "-gencrl")
    openssl(*ca, *key, "-revoke", certificate, "-crl_reason", "keyCompromise")
    revoking = openssl(*ca, *key, "-gencrl")
    asked = x509.load_pem_x509_certificate(certificate.read_bytes())
    now = datetime.now(UTC)
    assert check(asked, files.anchor, lambda *_: clean, now).state == "good"
    found = check(asked, files.anchor, lambda *_: revoking, now)
    assert (found.state, found.reason) == ("revoked", "keyCompromise")
    other = gost_files("gost2012-256", "B").anchor
    assert check(asked, other, lambda *_: clean, now).reason == "revocation.forged"
