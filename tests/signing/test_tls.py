"""TLS contexts: our anchors only, and no key on the disk."""

from __future__ import annotations

import socket
import ssl
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.signing.tls import client_context, server_context
from tests.bank.bxd import pretend


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, name: str = "127.0.0.1") -> str:
    """The protocol agreed on; raises what the client sees."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def serve() -> None:
        try:
            plain, _ = listener.accept()
            with server.wrap_socket(plain, server_side=True) as tls:
                tls.recv(1)
                tls.sendall(b"!")
        except OSError:
            pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with (
            socket.create_connection(listener.getsockname(), timeout=10) as plain,
            client.wrap_socket(plain, server_hostname=name) as tls,
        ):
            tls.sendall(b"?")
            assert tls.recv(1) == b"!"
            return tls.version() or ""
    finally:
        thread.join()
        listener.close()


def anchors() -> tuple[object, ...]:
    return (pretend.authority().certificate,)


@pytest.fixture(scope="module")
def server() -> ssl.SSLContext:
    return server_context(pretend.authority().issue_server(datetime.now(UTC)), anchors())


def test_both_sides_prove_themselves(server: ssl.SSLContext) -> None:
    assert handshake(server, client_context(anchors(), pretend.customer_key())) == "TLSv1.3"


def test_a_client_without_certificate_is_refused(server: ssl.SSLContext) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError, AssertionError)):
        handshake(server, client_context(anchors()))


def test_a_server_of_another_authority_is_refused(server: ssl.SSLContext) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server, client_context((pretend.stranger().certificate,), pretend.customer_key()))


def test_the_systems_own_anchors_do_not_count() -> None:
    assert client_context(anchors()).cert_store_stats()["x509"] == 1


def test_another_name_is_refused(server: ssl.SSLContext) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server, client_context(anchors(), pretend.customer_key()), name="bank.example")


def test_old_protocols_are_refused(server: ssl.SSLContext) -> None:
    assert client_context(anchors()).minimum_version == ssl.TLSVersion.TLSv1_2
    assert server.minimum_version == ssl.TLSVersion.TLSv1_2


def test_no_key_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    client_context(anchors(), pretend.customer_key())
    assert list(tmp_path.iterdir()) == []
