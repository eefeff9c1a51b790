"""An installation whose sandbox bank runs, for tests of our certificate there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from gateway.bank.bxd.client import BxdChannel
from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.enrol import load_authority
from gateway.bank.sandbox.server import SandboxServer
from gateway.core.errors import KvitError
from gateway.service.account import operator
from gateway.service.config import BankTable
from gateway.service.enrolment import Desk
from gateway.service.key_slot import KeySlot
from gateway.service.passphrases import VAULT_SERVICE
from gateway.service.rounds import bank_round
from gateway.service.wiring import Installation, open_banks
from gateway.signing.keys import Pkcs12Key, fingerprint
from gateway.store.schema import journal


@dataclass
class House:
    """An installation whose bank runs."""

    installation: Installation
    sandbox: Sandbox
    server: SandboxServer

    @property
    def desk(self) -> Desk:
        return Desk.of(self.installation, operator())

    @property
    def table(self) -> BankTable:
        return self.installation.config.bank[0]

    @property
    def slot(self) -> KeySlot:
        return KeySlot(self.installation.home.keys / self.table.key, self.table.profile, self.desk.vault)

    def key(self) -> Pkcs12Key:
        found = self.slot.current()
        assert found is not None
        return found

    @contextmanager
    def channel(self) -> Iterator[BxdChannel]:
        """As the service opens it: from the files and the vault, and nothing else."""
        channel = open_banks(self.installation)[0].channel
        assert isinstance(channel, BxdChannel)
        try:
            yield channel
        finally:
            channel.close()

    def polls(self, channel: BxdChannel | None = None) -> bool:
        if channel is None:
            with self.channel() as fresh:
                return self.polls(fresh)
        done = bank_round(self.installation.store, self.installation.terms, channel)
        return done.polled.error is None and not done.polled.refused

    def journal(self) -> list[str]:
        with self.installation.store.reading() as connection:
            kinds = connection.execute(select(journal.c.kind).order_by(journal.c.seq)).scalars()
            return [kind for kind in kinds if kind.startswith("certificate.")]

    def ends_in(self, days: float) -> Pkcs12Key:
        """Give the customer a certificate that ends so soon, as if it were old."""
        now = datetime.now(UTC)
        customer = self.sandbox.books.fact("customer_id")
        authority = load_authority(self.sandbox.folder)
        key = authority.issue_signing(customer, now - timedelta(days=700), now + timedelta(days))
        self.sandbox.books.put_fact("customer_sha256", fingerprint(key.certificate))
        passphrase = "kept by hand"
        self.desk.vault.set_password(VAULT_SERVICE, self.table.profile, passphrase)
        self.slot.file.write_bytes(key.to_pkcs12(passphrase))
        return key


def refused(call: Callable[[], object]) -> KvitError:
    """The error `call` ends in, whose sentences are complete."""
    with pytest.raises(KvitError) as caught:
        call()
    for text in (caught.value.text("ru"), caught.value.text("en"), caught.value.hint("ru")):
        assert "{" not in text
    return caught.value
