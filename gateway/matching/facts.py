"""What a payment says: who paid, and everything its purpose states, each with its place in the original text.

Reading is pure and knows no invoices. What the facts mean together is decided in `gateway.matching.decide`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from gateway.core.money import Money
from gateway.core.text import fold, fold_numbers
from gateway.matching.lexemes import Lexeme
from gateway.matching.masks import DateMention, InnMention, SumMention, set_aside
from gateway.matching.objections import firm_for
from gateway.matching.own_name import numbers_of_own_name, without_own_numbers
from gateway.matching.parties import NamedParty, named_parties, payer_of, persons
from gateway.matching.quotes import Grade, Kind, Quote
from gateway.matching.scan import scan
from gateway.matching.tighten import plain, tighten
from gateway.matching.words import Mark

__all__ = [
    "DateMention",
    "Facts",
    "Grade",
    "InnMention",
    "Kind",
    "Mark",
    "NamedParty",
    "PaymentIn",
    "Quote",
    "SumMention",
    "read_facts",
]


@dataclass(frozen=True, slots=True)
class PaymentIn:
    """An incoming payment as the matcher takes it.

    Attributes:
        id: ours; appears in decisions only.
        payer_name: as the bank gives it; "БАНК//ФИО//адрес//" for an individual paying through a bank.
        payer_inn: "" when the bank gives none ("0" counts as none).
        amount: > 0.
        doc_no, doc_date: the payer's payment order; "" and None when unknown.
        booked: date in the statement; None while pending.
        evidence_kind: "signed", "channel" or "file"; what it is worth is the release rule's business.
        final: False for a preliminary (intraday, pending) line: it may be allocated, never released.
    """

    id: str
    account: str
    payer_name: str
    payer_inn: str
    payer_kpp: str
    payer_account: str
    amount: Money
    purpose: str
    doc_no: str
    doc_date: date | None
    booked: date | None
    evidence_kind: str = "signed"
    final: bool = True


class Facts(NamedTuple):
    """Everything read from one payment. Places are (start, end) in the original purpose.

    Attributes:
        quotes: numbers in the order of the text, every grade.
        marks: what the words say about the money, with the place of the first.
        named: parties named in the text other than the payer.
        persons: `name_key`s of full names standing in the payer's name, or, behind a bank, in the purpose.
        transit: the payer's ИНН and account are a bank's that passes on an individual's money.
        plural_noun: "счетам": several invoices are meant.
        invoice_dates: dates right after "счет", with or without a number.
        full_advance: "предоплата 100%".
        pays: a word says that something is paid, or what for.
        text: the purpose, folded and painted (`masks`).
        words: those in it that may be a name.
    """

    payment: PaymentIn
    quotes: tuple[Quote, ...]
    dates: tuple[DateMention, ...]
    sums: tuple[SumMention, ...]
    marks: dict[Mark, tuple[int, int]]
    named: tuple[NamedParty, ...]
    persons: tuple[str, ...]
    persons_differ: bool
    transit: bool
    plural_noun: bool
    invoice_dates: tuple[DateMention, ...]
    full_advance: bool
    pays: bool
    vat: tuple[int, int] | None
    text: str
    words: tuple[Lexeme, ...]


def read_facts(payment: PaymentIn) -> Facts:
    """Read one payment. Never fails: what is not understood is simply not among the facts."""
    purpose = tighten(fold_numbers(fold(plain(payment.purpose))))
    painted = set_aside(purpose)
    payer = payer_of(payment.payer_name, payment.payer_account)
    scanned = scan(painted, len(payment.purpose), numbers_of_own_name(payer.written, painted.text))
    names, differ = persons(payer, purpose)
    parties = named_parties(payer, payment.payer_inn, painted.text, painted.inns)
    firm = None if parties or payer.transit else firm_for(painted.text, payer.written)
    if firm is not None:
        parties = (NamedParty("", "", True, *firm),)
    return Facts(
        payment=payment,
        quotes=tuple(without_own_numbers(payer.written, scanned.quotes)),
        dates=tuple(painted.dates),
        sums=tuple(painted.sums),
        marks=scanned.marks,
        named=parties,
        persons=names,
        persons_differ=differ,
        transit=payer.transit,
        plural_noun=scanned.plural_noun,
        invoice_dates=tuple(scanned.invoice_dates),
        full_advance=bool(painted.shares) and any(share.percent == 100 for share in painted.shares),
        pays=scanned.pays,
        vat=painted.vat,
        text=painted.text,
        words=tuple(scanned.words),
    )
