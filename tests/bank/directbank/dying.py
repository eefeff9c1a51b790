"""A poll that dies: run as a program, it is killed the moment a packet is here and not yet stored.

python -m tests.bank.directbank.dying DATABASE_URL ADDRESS ANCHOR_PEM
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from cryptography import x509

from gateway.bank import inbox
from gateway.bank.channel import FileRef, Reply
from gateway.bank.directbank.client import DirectBankChannel
from gateway.bank.directbank.memory import StoredMemory
from gateway.bank.directbank.profile import Agreement, DirectBankTrust
from gateway.bank.directbank.prove import PacketRules
from gateway.bank.directbank.session import PasswordLogon
from gateway.core.clock import SystemClock
from gateway.signing.keys import fingerprint
from gateway.signing.policy import TrustPolicy
from gateway.store import Store
from tests.bank.bxd.pretend import SIGNER
from tests.bank.directbank.pretend import CUSTOMER, LOGIN, PASSWORD, profile


class Dying(DirectBankChannel):
    """Killed by kill -9 between fetch and commit."""

    def fetch(self, ref: FileRef) -> Reply:
        super().fetch(ref)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("dead")


def open_channel(store: Store, url: str, anchor: x509.Certificate, kind: type[DirectBankChannel]) -> DirectBankChannel:
    """A channel with what it remembers in the store, as the service has it."""
    signers = TrustPolicy(anchors=(anchor,), signers=frozenset({SIGNER}))
    rules = PacketRules(signers, True, frozenset({fingerprint(anchor)}), 1 << 22, 1 << 20)
    return kind(
        profile(ask_settings=False),
        Agreement(CUSTOMER, "Мы", "7705260699", url=url),
        DirectBankTrust((anchor,), rules),
        store.clock,
        StoredMemory(store, "directbank:pretend"),
        PasswordLogon(LOGIN, lambda: PASSWORD),
    )


if __name__ == "__main__":
    database, address, pem = sys.argv[1:]
    store = Store(database, SystemClock(), "test")
    inbox.poll(store, open_channel(store, address, x509.load_pem_x509_certificate(Path(pem).read_bytes()), Dying))
