"""A poll that dies: run as a program, it is killed at its Nth packet, fetched and not yet kept, or not yet judged.

python -m tests.bank.directbank.dying DATABASE_URL ADDRESS ANCHOR_PEM fetch|prove N once|repeatable
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from cryptography import x509

from gateway.bank import inbox
from gateway.bank.channel import FileRef, Proven, Reply
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
    """Killed by kill -9 at the end of a fetch, or at the beginning of a proof.

    Attributes:
        die_in, left: in which of the two, and how many of them it begins.
    """

    die_in = "fetch"
    left = 1

    def fetch(self, ref: FileRef) -> Reply:
        reply = super().fetch(ref)
        self._count("fetch")
        return reply

    def prove(self, reply: Reply, at: datetime) -> Proven:
        self._count("prove")
        return super().prove(reply, at)

    def _count(self, name: str) -> None:
        self.left -= name == self.die_in
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


Kind = TypeVar("Kind", bound=DirectBankChannel)


def open_channel(store: Store, url: str, anchor: x509.Certificate, kind: type[Kind], **service: object) -> Kind:
    """A channel with what it remembers in the store, as the service has it."""
    signers = TrustPolicy(anchors=(anchor,), signers=frozenset({SIGNER}))
    rules = PacketRules(signers, True, frozenset({fingerprint(anchor)}), 1 << 22, 1 << 20)
    return kind(
        profile(ask_settings=False, **service),
        Agreement(CUSTOMER, "Мы", "7705260699", url=url),
        DirectBankTrust((anchor,), rules),
        store.clock,
        StoredMemory(store, "directbank:pretend"),
        PasswordLogon(LOGIN, lambda: PASSWORD),
    )


if __name__ == "__main__":
    database, address, pem, die_in, number, gives = sys.argv[1:]
    store = Store(database, SystemClock(), "test")
    anchor = x509.load_pem_x509_certificate(Path(pem).read_bytes())
    channel = open_channel(store, address, anchor, Dying, repeatable=gives == "repeatable")
    channel.die_in, channel.left = die_in, int(number)
    inbox.poll(store, channel)
