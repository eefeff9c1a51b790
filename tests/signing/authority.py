"""A pretend authority that answers about its certificates: lists and OCSP, honest or not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from gateway.core.errors import Unavailable
from gateway.signing.keys import Pkcs12Key
from tests.bank.bxd.pretend import NOW

HOUR = timedelta(hours=1)
CRL, OCSP = "http://127.0.0.1/list.crl", "http://127.0.0.1/ocsp"


def points_to(*, crl: tuple[str, ...] = (), responders: tuple[str, ...] = ()) -> tuple[tuple[Any, bool], ...]:
    """The extensions that name sources."""
    found: list[tuple[Any, bool]] = []
    if crl:
        urls = [x509.UniformResourceIdentifier(url) for url in crl]
        found.append((x509.CRLDistributionPoints([x509.DistributionPoint(urls, None, None, None)]), False))
    if responders:
        method = AuthorityInformationAccessOID.OCSP
        urls = [x509.UniformResourceIdentifier(url) for url in responders]
        access = [x509.AccessDescription(method, url) for url in urls]
        found.append((x509.AuthorityInformationAccess(access), False))
    return tuple(found)


def revocation_list(
    key: Pkcs12Key,
    *revoked: tuple[x509.Certificate, x509.ReasonFlags | None],
    issuer: x509.Name | None = None,
    age: timedelta = HOUR,
    life: timedelta = 24 * HOUR,
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer or key.certificate.subject)
        .last_update(NOW - age)
        .next_update(NOW - age + life)
    )
    for value, critical in extensions:
        builder = builder.add_extension(value, critical=critical)
    for certificate, reason in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number)
        entry = entry.revocation_date(NOW - 3 * HOUR)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key.private_key, hashes.SHA256()).public_bytes(Encoding.DER)


@dataclass
class Responder:
    """An OCSP responder; every field is an oddity it can have.

    Attributes:
        signer: key that signs; the authority's unless a delegate's is given.
        with_certificate: sends the signer's certificate along.
        about: answers about this certificate whatever was asked.
        repeat_nonce: None leaves the nonce out, False repeats another.
    """

    authority: Pkcs12Key
    signer: Pkcs12Key | None = None
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD
    reason: x509.ReasonFlags | None = None
    with_certificate: bool = True
    by_name: bool = False
    about: x509.Certificate | None = None
    age: timedelta = HOUR
    life: timedelta | None = 24 * HOUR
    repeat_nonce: bool | None = True
    digest: hashes.HashAlgorithm = field(default_factory=hashes.SHA256)

    def answer(self, request: bytes, certificate: x509.Certificate) -> bytes:
        asked = ocsp.load_der_ocsp_request(request)
        assert asked.serial_number == certificate.serial_number
        signer = self.signer or self.authority
        revoked = self.status is ocsp.OCSPCertStatus.REVOKED
        encoding = ocsp.OCSPResponderEncoding.NAME if self.by_name else ocsp.OCSPResponderEncoding.HASH
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=self.about or certificate,
                issuer=self.authority.certificate,
                algorithm=hashes.SHA1(),
                cert_status=self.status,
                this_update=NOW - self.age,
                next_update=None if self.life is None else NOW - self.age + self.life,
                revocation_time=NOW - 3 * HOUR if revoked else None,
                revocation_reason=self.reason,
            )
            .responder_id(encoding, signer.certificate)
        )
        if self.with_certificate and self.signer is not None:
            builder = builder.certificates([signer.certificate])
        if self.repeat_nonce is not None:
            nonce = asked.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
            builder = builder.add_extension(x509.OCSPNonce(nonce if self.repeat_nonce else nonce[::-1]), critical=False)
        return builder.sign(signer.private_key, self.digest).public_bytes(Encoding.DER)


def fetching(answers: dict[str, bytes | Callable[[bytes], bytes]]) -> Callable[[str, bytes | None], bytes]:
    """A `Fetch` out of a table; what is not in it is unreachable."""

    def fetch(url: str, body: bytes | None) -> bytes:
        found = answers.get(url)
        if found is None:
            raise Unavailable("revocation.unreachable")
        if isinstance(found, bytes):
            return found
        assert body is not None
        return found(body)

    return fetch


@contextmanager
def http_server(answer: Callable[[BaseHTTPRequestHandler, bytes], None]) -> Iterator[str]:
    """A server on this machine; yields its base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
