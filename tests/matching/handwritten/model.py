"""What a hand-written case is made of: buyers, their invoices, a payment and the answer policy demands.

All sums are whole kopecks, written as "1234.50" in the data modules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

Expect = Literal["auto", "person", "duplicate"]
Parts = tuple[tuple[str, int], ...]


def kopecks(rubles: str) -> int:
    """ "1234.50" → 123450."""
    whole, _, rest = rubles.replace(" ", "").partition(".")
    return int(whole) * 100 + int((rest + "00")[:2])


@dataclass(frozen=True, slots=True)
class Payer:
    """Who the bank says paid."""

    name: str
    inn: str
    kpp: str
    account: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer of ours.

    Attributes:
        kind: "ul" company, "ip" sole trader, "fl" individual.
        inn: "" for an individual.
        on_record: the accounting system knows his account.
    """

    id: str
    kind: str
    name: str
    inn: str
    kpp: str
    account: str
    on_record: bool = False

    @property
    def payer(self) -> Payer:
        return Payer(self.name, self.inn, self.kpp, self.account)

    def called(self, name: str) -> Payer:
        """The same payer under the name his bank prints."""
        return replace(self.payer, name=name)


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice of ours. `state` is "open", "paid" or "cancelled"; `rest` is 0 unless open."""

    id: str
    number: str
    date: date
    amount: int
    rest: int
    state: str
    buyer: Buyer
    order_no: str = ""
    loan_no: str = ""
    track: str = ""
    contract_no: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A payment and the answer.

    Attributes:
        doc_no, doc_date: of the payer's document.
        allocations: what the money is for; () when nobody can tell.
        alt: other allocations that are right as well.
        may_auto: with "person": an automatic answer equal to `allocations` or one of `alt` is tolerated.
        note: why, where the texts do not speak for themselves.
        booked_before: booked from earlier statements, their allocations credited.
    """

    name: str
    payer: Payer
    amount: int
    purpose: str
    expect: Expect
    allocations: Parts = ()
    alt: tuple[Parts, ...] = ()
    may_auto: bool = False
    note: str = ""
    doc_no: str = "731"
    doc_date: date = date(2026, 11, 19)
    booked_before: tuple[Case, ...] = ()
