"""The listening side: ports, addresses, TLS, connections that stay open, start and stop."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI

from gateway.api.server import ApiServer, Tls
from gateway.core.errors import Refused


def certificate(folder: Path, passphrase: str) -> Tls:
    """A self-signed certificate for 127.0.0.1, as an office would pin it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kvit")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase.encode()),
        )
    )
    return Tls(folder / "cert.pem", folder / "key.pem", passphrase)


def test_a_free_port_is_found_and_told(server: ApiServer) -> None:
    assert server.url.startswith("http://127.0.0.1:")
    assert int(server.url.rpartition(":")[2]) > 0
    assert httpx.get(server.url + "/healthz", trust_env=False).status_code == 200


def test_only_this_machine_is_listened_to(server: ApiServer) -> None:
    port = int(server.url.rpartition(":")[2])
    others = {
        str(info[4][0])
        for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        if not str(info[4][0]).startswith("127.")
    }
    for address in others:
        with socket.socket() as probe:
            probe.settimeout(1)
            with pytest.raises(OSError):
                probe.connect((address, port))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::"])
def test_the_lan_needs_tls(app: FastAPI, host: str) -> None:
    with pytest.raises(Refused) as refused:
        ApiServer(app, host=host)
    assert refused.value.code == "api.lan_needs_tls"


def test_a_taken_port_is_named(app: FastAPI, server: ApiServer) -> None:
    port = int(server.url.rpartition(":")[2])
    with pytest.raises(Refused) as refused:
        ApiServer(app, port=port).start()
    assert refused.value.code == "api.port_taken"
    assert str(port) in refused.value.text("ru")


def test_it_stops_frees_its_port_and_starts_again(app: FastAPI) -> None:
    first = ApiServer(app)
    url = first.start()
    assert first.running
    first.stop()
    first.stop()
    assert not first.running
    with pytest.raises(httpx.ConnectError):
        httpx.get(url + "/healthz", trust_env=False)
    second = ApiServer(app, port=int(url.rpartition(":")[2]))
    assert second.start() == url
    second.stop()


def test_an_idle_open_connection_does_not_hold_up_the_end(app: FastAPI) -> None:
    server = ApiServer(app)
    url = server.start()
    with httpx.Client(base_url=url, trust_env=False) as client:
        client.get("/healthz")
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 2.5


def test_a_request_under_way_is_answered_before_the_end(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    entered = threading.Event()

    def slow() -> tuple[bytes, str]:
        entered.set()
        time.sleep(0.5)
        return b"done", "text/plain"

    monkeypatch.setattr(app.state.metrics, "render", slow)
    server = ApiServer(app)
    url = server.start()
    got: list[str] = []
    worker = threading.Thread(target=lambda: got.append(httpx.get(url + "/metrics", trust_env=False).text))
    worker.start()
    entered.wait(5)
    server.stop()
    worker.join(5)
    assert got == ["done"]


def test_nagle_is_off(server: ApiServer, tokens: dict[str, str]) -> None:
    """With it, head and body in two packets meet the client's delayed ACK: some 40 ms a request."""
    headers = {"Authorization": f"Bearer {tokens['accountant']}"}
    with httpx.Client(base_url=server.url, headers=headers, trust_env=False) as client:
        client.get("/v1/me")
        took = []
        for _ in range(30):
            started = time.perf_counter()
            client.get("/v1/me")
            took.append(time.perf_counter() - started)
    assert sorted(took)[len(took) // 2] < 0.03


def test_the_server_says_nothing_of_itself(server: ApiServer) -> None:
    headers = httpx.get(server.url + "/healthz", trust_env=False).headers
    assert "server" not in headers


def test_over_the_lan_it_speaks_tls(app: FastAPI, tmp_path: Path, tokens: dict[str, str]) -> None:
    tls = certificate(tmp_path, "correct horse")
    server = ApiServer(app, tls=tls)
    url = server.start()
    try:
        assert url.startswith("https://127.0.0.1:")
        pinned = ssl.create_default_context(cafile=str(tls.certificate))
        headers = {"Authorization": f"Bearer {tokens['it']}"}
        with httpx.Client(base_url=url, headers=headers, verify=pinned, trust_env=False) as client:
            assert client.get("/v1/me").json()["role"] == "it"
        with pytest.raises(httpx.ConnectError):
            httpx.get(url + "/healthz", trust_env=False)
        old = ssl.create_default_context(cafile=str(tls.certificate))
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        assert httpx.get(url + "/healthz", verify=old, trust_env=False).status_code == 200
        with pytest.raises(httpx.HTTPError):
            httpx.get(url.replace("https", "http") + "/healthz", trust_env=False)
    finally:
        server.stop()


@pytest.mark.parametrize("damage", ["passphrase", "gone", "swapped"])
def test_a_bad_certificate_is_refused_before_anything_listens(app: FastAPI, tmp_path: Path, damage: str) -> None:
    tls = certificate(tmp_path, "correct horse")
    if damage == "passphrase":
        tls = Tls(tls.certificate, tls.key, "wrong")
    elif damage == "gone":
        tls.key.unlink()
    else:
        tls = Tls(tls.key, tls.certificate, "correct horse")
    server = ApiServer(app, tls=tls)
    with pytest.raises(Refused) as refused:
        server.start()
    assert refused.value.code == "api.bad_certificate"
    assert "horse" not in str(refused.value)
    assert "horse" not in repr(tls)
    assert not server.running


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /v1/me HTTP/1.1\r\n\r\n",
        b"GET /v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil\r\n\r\n",
        b"GET /v1/me HTTP/1.0\r\n\r\n",
        b"GET http://evil/v1/me HTTP/1.1\r\nHost: evil\r\n\r\n",
        b"POST /v1/undo/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ],
)
def test_malformed_requests_are_turned_away(server: ApiServer, raw: bytes) -> None:
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        reply = b""
        try:
            while part := connection.recv(4096):
                reply += part
        except ConnectionResetError:
            pass
    assert not reply or reply.split(b" ", 2)[1] == b"400", reply[:200]
    assert httpx.get(server.url + "/healthz", trust_env=False).status_code == 200


def test_two_doors_share_one_application(app: FastAPI, as_role: Callable[[str], httpx.Client]) -> None:
    """The tray's loopback port and the office's TLS port serve the same streams from two event loops."""
    extra = ApiServer(app)
    url = extra.start()
    try:
        client = as_role("accountant")
        with (
            client.stream("GET", "/v1/events") as one,
            httpx.stream("GET", url + "/v1/events", headers=dict(client.headers), trust_env=False) as two,
        ):
            assert one.status_code == two.status_code == 200
            lines = [one.iter_lines(), two.iter_lines()]
            for line in lines:
                assert next(line) == ": welcome"
            assert app.state.events.listeners == 2
    finally:
        extra.stop()
