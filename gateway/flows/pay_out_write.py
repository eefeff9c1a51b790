"""An order as the bytes its bank wants."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from gateway.bank.formats import pain001, paydocru
from gateway.bank.formats.payment_order import Budget, PaymentOrder, Side
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.payments.outgoing.model import OutgoingTerms
from gateway.store.schema import AnyRow


@dataclass(frozen=True, slots=True)
class Way:
    """A format orders leave in.

    Attributes:
        name: as profiles say.
        channel_format: `Sending.format`.
        file_type: what banks usually call such files.
    """

    name: str
    channel_format: str
    file_type: str


PAYDOCRU = "paydocru"
WAYS: Mapping[str, Way] = MappingProxyType(
    {
        way.name: way
        for way in (
            Way("pain.001.001.03", "pain.001", "XL"),
            Way("pain.001.001.09", "pain.001", "XL"),
            Way(PAYDOCRU, "paydocru", "10"),
        )
    }
)
_BY_PROTOCOL = {"bxd": "pain.001.001.03", "directbank": PAYDOCRU}


def way_of(channel_name: str, order_format: str = "") -> Way:
    """The format for a channel: what its profile says, else its protocol's.

    Raises:
        Refused: `outgoing.format_unknown`.
    """
    name = order_format or _BY_PROTOCOL.get(channel_name.partition(":")[0], "")
    way = WAYS.get(name)
    if way is None:
        raise Refused("outgoing.format_unknown", format=(name or channel_name)[:40])
    return way


def content_of(way: Way, row: AnyRow, terms: OutgoingTerms, made_at: datetime, customer_id: str) -> bytes:
    """The order's bytes.

    Raises:
        Refused: `outgoing.unwritable`; `outgoing.account_unknown` when the account is ours no longer.
    """
    order = order_of(row, terms)
    if way.name == PAYDOCRU:
        return paydocru.write(order, made_at=made_at, customer_id=customer_id, zone=terms.zone)
    return pain001.write(order, version=way.name[-2:], made_at=made_at)


def order_of(row: AnyRow, terms: OutgoingTerms) -> PaymentOrder:
    """The order on record as formats carry it.

    Raises:
        Refused: `outgoing.account_unknown`.
    """
    own = terms.accounts.get(row.account)
    if own is None:
        raise Refused("outgoing.account_unknown", account=row.account)
    return PaymentOrder(
        id=row.id,
        document_id=row.document_id,
        number=row.number,
        date=date.fromisoformat(row.date),
        amount=Money(row.amount),
        payer=Side(terms.name, terms.inn, terms.kpp, own.number, own.bic, own.bank, own.corr_account),
        payee=Side(
            row.payee_name,
            row.payee_inn,
            row.payee_kpp,
            row.payee_account,
            row.payee_bic,
            row.payee_bank,
            row.payee_corr,
        ),
        purpose=row.purpose,
        priority=row.priority,
        uin=row.uin,
        budget=Budget(**json.loads(row.tax)) if row.tax else None,
    )
