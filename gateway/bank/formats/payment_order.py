"""A payment order as formats carry it, and what a bank says about one: shared by their writers and readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gateway.core.money import Money


@dataclass(frozen=True, slots=True)
class Side:
    """Payer or payee. "" where there is nothing.

    Attributes:
        inn, kpp: as they stand on the order; "" for none.
        corr_account: of the bank.
    """

    name: str
    inn: str
    kpp: str
    account: str
    bic: str
    bank: str = ""
    corr_account: str = ""


@dataclass(frozen=True, slots=True)
class Budget:
    """Fields 101 and 104–109 of a payment to the budget."""

    status: str
    kbk: str
    oktmo: str
    basis: str
    period: str
    doc_no: str
    doc_date: str


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """One payment order.

    Attributes:
        id: the payer's own, up to 35 characters, fixed before anything is sent.
        document_id: GUID for banks that want one.
        uin: field 22; "" for none.
        priority: field 21, 1–5.
    """

    id: str
    document_id: str
    number: str
    date: date
    amount: Money
    payer: Side
    payee: Side
    purpose: str
    priority: int = 5
    uin: str = ""
    budget: Budget | None = None


class Verdict(StrEnum):
    """What a bank's word of an order comes to. That the money left is said by a statement alone."""

    ACCEPTED = "accepted"  # the bank will carry it out, or says it has
    REFUSED = "refused"  # it will not
    ARRIVED = "arrived"  # the bank has it, and has said nothing more
    WAITS = "waits"  # for the customer: money, or a confirmation at the bank
    STRANGE = "strange"  # a word we do not know: kept and shown


@dataclass(frozen=True, slots=True)
class OrderNotice:
    """What a bank says of one order or of the file it came in.

    Attributes:
        references: ids of ours the notice names, the most particular first.
        receipt: the bank's own id of what it took; "" where it names none.
        code: as given.
        text: reasons and words, as given, one line.
    """

    references: tuple[str, ...]
    verdict: Verdict
    code: str
    text: str = ""
    receipt: str = ""
