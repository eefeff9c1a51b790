"""Keys and certificates of the sandbox bank, and what a new customer gets.

Two authorities, made at the first run and never shipped: one for the TLS server, one for signatures. The second also
certifies customers, as authorities of real banks do: a partner that trusts the authority without looking at the
signer's name would take a customer's signature for the bank's.

The bank's own keys lie in `<home>/sandbox/keys` as PKCS#12 with their pass phrase beside them: they protect a bank that
has no money. The customer's key is handed over and not kept.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.core.errors import Refused
from gateway.signing.ca import DemoAuthority
from gateway.signing.keys import Pkcs12Key, fingerprint, load_pkcs12

BANK_SIGNER = "Kvit Sandbox Bank"
"""Common name in the certificate the bank signs with: what a profile names under `signers`."""
RECEIVER = "KVITSANDBOX"
"""The bank in RequestHeader/ReceiverId."""
HOST = "127.0.0.1"
PATH = "/services/CorporateFileService"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Everything the gateway needs to be a customer of this bank. Exists once: the bank keeps no copy of the key.

    Attributes:
        customer_id: who signs requests; also SenderId.
        target_id: the customer's agreement.
        receiver_id, signers: the bank's names in headers and in its signing certificate.
        url: of the service; the server listens there.
        pkcs12, passphrase: the customer's key for TLS and for signing.
        tls_anchors, signing_anchors: PEM of the authorities.
        accounts, bic, bank_name, owner, inn: the customer's accounts at the bank.
        directbank_url: where the same bank speaks DirectBank.
        directbank_login, directbank_password: for its Logon; the bank keeps a digest only.
        kpp: of the customer.
    """

    customer_id: str
    target_id: str
    receiver_id: str
    signers: tuple[str, ...]
    url: str
    pkcs12: bytes
    passphrase: str
    tls_anchors: bytes
    signing_anchors: bytes
    accounts: tuple[str, ...]
    bic: str
    bank_name: str
    owner: str
    inn: str
    directbank_url: str = ""
    directbank_login: str = ""
    directbank_password: str = ""
    kpp: str = ""

    def __repr__(self) -> str:
        return f"Enrolment(customer_id={self.customer_id!r}, url={self.url!r}, accounts={self.accounts!r})"


@dataclass(frozen=True, slots=True)
class BankKeys:
    """The bank's side.

    Attributes:
        server: for TLS.
        signing: for replies and files.
        expired: the signing key of years ago, its certificate long over.
        tls_root, signing_root: certificates of the two authorities.
    """

    server: Pkcs12Key
    signing: Pkcs12Key
    expired: Pkcs12Key
    tls_root: x509.Certificate
    signing_root: x509.Certificate


def make_keys(folder: Path, now: datetime) -> DemoAuthority:
    """Make the bank's keys in `folder`/keys; the authority that certifies customers."""
    keys = folder / "keys"
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)  # it exists where an earlier try was cut short
    tls = DemoAuthority.create(now, "Kvit Sandbox TLS Root")
    signatures = DemoAuthority.create(now, "Kvit Sandbox Signing Root")
    passphrase = secrets.token_urlsafe(24)
    _write(keys / "passphrase", passphrase.encode())
    for name, key in (
        ("signing-root", signatures.key),
        ("server", tls.issue_server(now)),
        ("signing", signatures.issue_signing(BANK_SIGNER, now - timedelta(days=1), now + timedelta(days=730))),
        ("expired", signatures.issue_signing(BANK_SIGNER, now - timedelta(days=800), now - timedelta(days=70))),
    ):
        _write(keys / f"{name}.p12", key.to_pkcs12(passphrase, name))
    (folder / "tls-root.pem").write_bytes(tls.certificate.public_bytes(Encoding.PEM))
    (folder / "signing-root.pem").write_bytes(signatures.certificate.public_bytes(Encoding.PEM))
    return signatures


def load_keys(folder: Path) -> BankKeys:
    """The bank's keys.

    Raises:
        Refused: `sandbox.missing`.
    """
    keys = folder / "keys"
    try:
        passphrase = (keys / "passphrase").read_text()
        loaded = {
            n: load_pkcs12((keys / f"{n}.p12").read_bytes(), passphrase) for n in ("server", "signing", "expired")
        }
        roots = {n: x509.load_pem_x509_certificate((folder / f"{n}-root.pem").read_bytes()) for n in ("tls", "signing")}
    except FileNotFoundError:
        raise Refused("sandbox.missing", folder=folder.name) from None
    return BankKeys(loaded["server"], loaded["signing"], loaded["expired"], roots["tls"], roots["signing"])


def load_authority(folder: Path) -> DemoAuthority:
    """The authority that certifies customers, for issuing another certificate."""
    keys = folder / "keys"
    return DemoAuthority(load_pkcs12((keys / "signing-root.p12").read_bytes(), (keys / "passphrase").read_text()))


def certify_customer(authority: DemoAuthority, customer_id: str, now: datetime) -> tuple[bytes, str, str]:
    """A key for a customer: PKCS#12, its pass phrase, and the fingerprint the bank will know it by."""
    key = authority.issue_client(customer_id, now)
    passphrase = secrets.token_urlsafe(24)
    return key.to_pkcs12(passphrase, customer_id), passphrase, fingerprint(key.certificate)


def _write(path: Path, content: bytes) -> None:
    """A file readable by its owner only (where the system knows such files)."""
    path.touch(mode=0o600)
    path.write_bytes(content)
