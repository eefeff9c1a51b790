"""Found by a hostile reading of the inbox; each was wrong once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from gateway.bank.channel import FileRef, Proven, Reply
from gateway.bank.tables import messages
from gateway.core.errors import Corrupt
from gateway.payments.tables import payments
from gateway.service.rounds import bank_round
from tests.crash.test_half_done import Bank, columns, statement
from tests.flows.shop import TERMS, Shop


class NewSigner(Bank):
    """The bank signs with a certificate nobody has told us of yet."""

    trusted = False

    def prove(self, reply: Reply, at: datetime) -> Proven:
        if not self.trusted:
            raise Corrupt("bank.untrusted_certificate", subject="CN=new", sha256="aa")
        return super().prove(reply, at)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    shop.goods("frame", main=100)
    yield shop
    shop.close()


def test_bytes_refused_once_are_judged_again_when_the_rules_were_put_right(shop: Shop) -> None:
    """A DirectBank packet is the same bytes at every GetPack: refused once, it must not be refused for ever."""
    bank = NewSigner(shop)
    shop.order("125", {"frame": 2})
    bank.files["P125"] = statement(shop.line(200_000, "Оплата по счету № 125"))
    for _ in range(2):
        assert bank_round(shop.store, TERMS, bank).polled.refused
    assert columns(shop, messages.c.state) == ["refused"]  # kept once, however often it comes
    bank.trusted = True
    done = bank_round(shop.store, TERMS, bank)
    assert (len(done.polled.accepted), done.polled.refused) == (1, [])
    assert len(shop.rows(payments)) == 1
    assert bank_round(shop.store, TERMS, bank).polled.result == "nothing_new"
    assert FileRef("P125", "XT") in bank.list_files(None).files
