"""Whose signatures the bank takes for its customer's.

As a rule the key of the connection signs too, and the bank's own authority has certified it. A customer whose signing
key lies elsewhere (a token, a GOST key of an accredited authority) brings its certificate to the branch: from then on
that one certificate signs, logs on and nothing else does; the connection goes on with the key it has.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.bank.sandbox.books import fact, put_fact
from gateway.signing.keys import fingerprint
from gateway.signing.policy import MODERN, TrustPolicy

_SIGNER = "customer_signer_sha256"
ALGORITHMS = MODERN | {"gost2012-256"}
"""What a certificate brought to the branch may sign with."""


def bring(db: sqlite3.Connection, certificate: x509.Certificate) -> None:
    """From now on the customer's signatures are those of `certificate`."""
    put_fact(db, _SIGNER, fingerprint(certificate))
    put_fact(db, "customer_signer", certificate.public_bytes(Encoding.PEM).decode("ascii"))


def brought(db: sqlite3.Connection) -> str:
    """Fingerprint of the certificate that was brought; "" where the connection's signs."""
    row = db.execute("SELECT value FROM facts WHERE name = ?", (_SIGNER,)).fetchone()
    return str(row["value"]) if row else ""


def forget(db: sqlite3.Connection) -> None:
    """The key of the connection signs again."""
    db.execute("DELETE FROM facts WHERE name IN (?, 'customer_signer')", (_SIGNER,))


def expected(db: sqlite3.Connection, customers: TrustPolicy) -> tuple[TrustPolicy, str]:
    """How to verify the customer's signatures, and the fingerprint of the only certificate that may make them.

    Args:
        customers: policy whose anchors certify customers.
    """
    own = brought(db)
    if own:
        return replace(customers, anchors=(), pinned=frozenset({own}), algorithms=ALGORITHMS), own
    return customers, fact(db, "customer_sha256")
