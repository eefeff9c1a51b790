"""What the matcher asks about invoices, in lookups that cost the same however many there are.

A *party* is a buyer as payments know him: the ИНН of a company or sole trader, "id:<buyer_id>" of an individual.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import attrgetter
from typing import Protocol, TypeVar

from gateway.core.money import Money
from gateway.core.references import Reference, reference_key
from gateway.core.text import name_key
from gateway.matching.number import counter_of

__all__ = [
    "Balance",
    "BuyerKind",
    "InvoiceCard",
    "InvoiceIndex",
    "InvoiceState",
    "MemoryIndex",
    "card",
    "counter_of",
    "name_key",
    "party_of",
]


_Key = TypeVar("_Key")
_BY_DATE = attrgetter("date", "id")


class InvoiceState(StrEnum):
    """OPEN: something is still due (also when paid in part)."""

    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"


class BuyerKind(StrEnum):
    """Who the buyer is."""

    COMPANY = "ul"
    TRADER = "ip"
    INDIVIDUAL = "fl"


_OPEN, _PAID = InvoiceState.OPEN.value, InvoiceState.PAID.value  # an Enum's member costs more to look up


@dataclass(slots=True)
class InvoiceCard:
    """An invoice as the matcher sees it. Never changed once it is made; not frozen, which would cost more.

    Attributes:
        number: as printed. prefix, counter: `counter_of(number)`.
        year: from the number, else of the date.
        rest: still due, 0 unless open.
        state: an `InvoiceState`.
        buyer_kind: a `BuyerKind`.
        buyer_inn: "" for an individual.
        known_accounts: the buyer's bank accounts on record.
    """

    id: str
    number: str
    counter: int
    prefix: str
    year: int
    date: date
    amount: Money
    rest: Money
    state: str
    buyer_id: str
    buyer_kind: str
    buyer_name: str
    buyer_inn: str
    known_accounts: tuple[str, ...] = ()
    order_no: str = ""
    loan_no: str = ""
    track: str = ""

    @property
    def party(self) -> str:
        return self.buyer_inn or party_of("", self.buyer_id)

    @property
    def open(self) -> bool:
        return self.state == _OPEN and self.rest.kopecks > 0


@dataclass(slots=True)
class Balance:
    """A party's open invoices: what they add up to and how many they are."""

    total: Money
    count: int


def party_of(buyer_inn: str, buyer_id: str) -> str:
    """The key under which a buyer's invoices are kept together."""
    return buyer_inn or f"id:{buyer_id}"


def card(
    id: str,
    number: str,
    on: date,
    amount: Money,
    rest: Money,
    state: str,
    *,
    buyer_id: str,
    buyer_kind: str,
    buyer_name: str,
    buyer_inn: str,
    known_accounts: Iterable[str] = (),
    order_no: str = "",
    loan_no: str = "",
    track: str = "",
) -> InvoiceCard:
    """An InvoiceCard with prefix, counter and year read from its number."""
    prefix, counter, year = counter_of(number)
    return InvoiceCard(
        id,
        number,
        counter,
        prefix,
        year or on.year,
        on,
        amount,
        rest,
        state,
        buyer_id,
        buyer_kind,
        buyer_name,
        buyer_inn,
        tuple(known_accounts),
        order_no,
        loan_no,
        track,
    )


class InvoiceIndex(Protocol):
    """The lookups `decide` needs. Every answer is in a fixed order (date, then id)."""

    def by_counter(self, counter: int) -> Sequence[InvoiceCard]:
        """Invoices of every state and buyer with this counter."""

    def by_reference(self, kind: Reference, key: str) -> Sequence[InvoiceCard]:
        """Invoices of every state with this order, loan or track number."""

    def by_references(self, kind: Reference, keys: Collection[str]) -> Mapping[str, Sequence[InvoiceCard]]:
        """What `by_reference` says of each of these numbers, all asked at once."""

    def open_by_rest(self, party: str, rest: Money, limit: int = 4) -> Sequence[InvoiceCard]:
        """The first `limit` open invoices of the party with exactly this rest."""

    def open_anywhere(self, rest: Money, limit: int) -> Sequence[InvoiceCard]:
        """Open invoices of anybody with exactly this rest, none when they are more than `limit`: for suggestions."""

    def open_of(self, party: str) -> Sequence[InvoiceCard]:
        """All open invoices of the party; asked only when `balance` says they are few, or all are needed."""

    def balance(self, party: str) -> Balance:
        """Total and number of the party's open invoices."""

    def knows(self, party: str) -> bool:
        """Whether any invoice, of any state, belongs to the party."""

    def parties_by_name(self, key: str) -> Sequence[str]:
        """Parties whose buyer's name has this `name_key`."""

    def parties_by_account(self, account: str) -> Sequence[str]:
        """Parties that have this bank account on record."""


class _Ids(dict[_Key, str | set[str]]):
    """Key → ids. Most keys have one id, and a set for each would take four times the memory."""

    def put(self, key: _Key, invoice_id: str) -> None:
        known = self.setdefault(key, invoice_id)
        if known is invoice_id or known == invoice_id:
            return
        if isinstance(known, str):
            self[key] = {known, invoice_id}
        else:
            known.add(invoice_id)

    def drop(self, key: _Key, invoice_id: str) -> None:
        known = self[key]
        if known == invoice_id:
            del self[key]
        elif isinstance(known, set):
            known.discard(invoice_id)
            if not known:
                del self[key]

    def of(self, key: _Key) -> Collection[str]:
        known = self.get(key)
        if known is None:
            return ()
        return (known,) if isinstance(known, str) else known


class MemoryIndex:
    """The index in dictionaries: for back-tests, for tests, and for a service that wants no query per payment.

    Incremental: `add`, `settle`, `cancel` cost the same at any size.
    """

    def __init__(self, cards: Iterable[InvoiceCard] = ()) -> None:
        self._cards: dict[str, InvoiceCard] = {}
        self._by_counter: _Ids[int] = _Ids()
        self._by_reference: _Ids[tuple[str, str]] = _Ids()
        self._by_rest: _Ids[tuple[str, int]] = _Ids()
        self._anywhere: _Ids[int] = _Ids()
        self._open: _Ids[str] = _Ids()
        self._total: dict[str, int] = {}
        self._parties: set[str] = set()
        self._names: _Ids[str] = _Ids()
        self._accounts: _Ids[str] = _Ids()
        for each in cards:
            self.add(each)

    def __len__(self) -> int:
        return len(self._cards)

    def __getitem__(self, invoice_id: str) -> InvoiceCard:
        return self._cards[invoice_id]

    def ids(self) -> list[str]:
        """The ids of all invoices known."""
        return list(self._cards)

    def add(self, invoice: InvoiceCard) -> None:
        """Take an invoice in, or replace what is known of it."""
        known = self._cards.get(invoice.id)
        if known is not None:
            self._forget(known)
        self._cards[invoice.id] = invoice
        party = invoice.party
        self._parties.add(party)
        if invoice.counter:
            self._by_counter.put(invoice.counter, invoice.id)
        for kind, key in _references(invoice):
            self._by_reference.put((kind, key), invoice.id)
        self._names.put(name_key(invoice.buyer_name), party)
        for account in invoice.known_accounts:
            self._accounts.put(account, party)
        self._enter(invoice)

    def settle(self, invoice_id: str, amount: Money) -> InvoiceCard:
        """Take `amount` off the rest; the invoice is paid when nothing is left.

        Raises:
            ValueError: more than the rest, or nothing.
        """
        known = self._cards[invoice_id]
        if not 0 < amount.kopecks <= known.rest.kopecks:
            raise ValueError(f"{invoice_id}: {amount} of {known.rest}")
        self._leave(known)
        rest = known.rest - amount
        changed = _with_rest(known, rest, known.state if rest else _PAID)
        self._cards[invoice_id] = changed
        if rest:
            self._enter(changed)
        return changed

    def cancel(self, invoice_id: str) -> InvoiceCard:
        """The invoice is cancelled; nothing is due any more."""
        known = self._cards[invoice_id]
        self._leave(known)
        changed = _with_rest(known, Money(0), InvoiceState.CANCELLED.value)
        self._cards[invoice_id] = changed
        return changed

    def _enter(self, invoice: InvoiceCard) -> None:
        if not invoice.open:
            return
        party, rest = invoice.party, invoice.rest.kopecks
        self._by_rest.put((party, rest), invoice.id)
        self._anywhere.put(rest, invoice.id)
        self._open.put(party, invoice.id)
        self._total[party] = self._total.get(party, 0) + rest

    def _leave(self, invoice: InvoiceCard) -> None:
        if not invoice.open:
            return
        party, rest = invoice.party, invoice.rest.kopecks
        self._by_rest.drop((party, rest), invoice.id)
        self._anywhere.drop(rest, invoice.id)
        self._open.drop(party, invoice.id)
        self._total[party] -= rest

    def _forget(self, invoice: InvoiceCard) -> None:
        """Names, accounts and the party stay known: they only ever lead to more questions, never to a decision."""
        self._leave(invoice)
        if invoice.counter:
            self._by_counter.drop(invoice.counter, invoice.id)
        for kind, key in _references(invoice):
            self._by_reference.drop((kind, key), invoice.id)

    def _in_order(self, ids: Iterable[str]) -> list[InvoiceCard]:
        cards = list(map(self._cards.__getitem__, ids))
        if len(cards) > 1:
            cards.sort(key=_BY_DATE)
        return cards

    def by_counter(self, counter: int) -> Sequence[InvoiceCard]:
        return self._in_order(self._by_counter.of(counter))

    def by_reference(self, kind: Reference, key: str) -> Sequence[InvoiceCard]:
        return self._in_order(self._by_reference.of((kind, reference_key(key))))

    def by_references(self, kind: Reference, keys: Collection[str]) -> dict[str, Sequence[InvoiceCard]]:
        return {key: self.by_reference(kind, key) for key in keys}

    def open_by_rest(self, party: str, rest: Money, limit: int = 4) -> Sequence[InvoiceCard]:
        return self._in_order(self._by_rest.of((party, rest.kopecks)))[:limit]

    def open_anywhere(self, rest: Money, limit: int) -> Sequence[InvoiceCard]:
        found = self._anywhere.of(rest.kopecks)
        return self._in_order(found) if len(found) <= limit else ()

    def open_of(self, party: str) -> Sequence[InvoiceCard]:
        return self._in_order(self._open.of(party))

    def balance(self, party: str) -> Balance:
        return Balance(Money(self._total.get(party, 0)), len(self._open.of(party)))

    def knows(self, party: str) -> bool:
        return party in self._parties

    def parties_by_name(self, key: str) -> Sequence[str]:
        return sorted(self._names.of(key)) if key and key in self._names else ()

    def parties_by_account(self, account: str) -> Sequence[str]:
        return sorted(self._accounts.of(account)) if account else ()


def _with_rest(known: InvoiceCard, rest: Money, state: str) -> InvoiceCard:
    """dataclasses.replace, three times faster: this runs once per allocation."""
    return InvoiceCard(
        known.id,
        known.number,
        known.counter,
        known.prefix,
        known.year,
        known.date,
        known.amount,
        rest,
        state,
        known.buyer_id,
        known.buyer_kind,
        known.buyer_name,
        known.buyer_inn,
        known.known_accounts,
        known.order_no,
        known.loan_no,
        known.track,
    )


def _references(invoice: InvoiceCard) -> list[tuple[str, str]]:
    pairs = ((Reference.ORDER, invoice.order_no), (Reference.LOAN, invoice.loan_no), (Reference.TRACK, invoice.track))
    return [(kind, reference_key(key)) for kind, key in pairs if key]
