"""What 1C's files say about parties and documents; see `model` for the conventions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.core.money import Money
from gateway.core.problem import Problem
from gateway.core.quantity import Quantity
from gateway.core.text import heading_key
from gateway.onec.model import Catalogue, Extra, Stock, Unit, Warehouse

# Requisites that 1C and shop modules give these numbers in
_LOAN = frozenset(
    map(
        heading_key,
        ("Номер заявки банка", "Номер заявки", "Номер заявки на кредит", "Номер кредита", "Номер кредитной заявки"),
    )
)
_TRACK = frozenset(
    map(heading_key, ("Трек-номер", "Трек", "Трек-код", "ШПИ", "Почтовый идентификатор", "Номер отправления"))
)

_PAID_BY = frozenset(map(heading_key, ("Способ оплаты", "Метод оплаты", "Вид оплаты", "Форма оплаты")))
_COD_WORD = "налож"  # "Наложенный платёж", "наложенным платежом"


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach somebody; `kind` as written ("Телефон мобильный", "Почта")."""

    kind: str
    value: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A party's account on record."""

    number: str
    bic: str
    bank_name: str
    correspondent: str
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class Counterparty:
    """A party of a document.

    Attributes:
        role: "Покупатель", "Продавец", … as written.
        person: described as a natural person (ПолноеНаименование instead of ОфициальноеНаименование).
        full_name: official name of a firm, or the person's full name.
        addresses: (kind of element, one-line address).
    """

    id: str
    name: str
    full_name: str
    role: str
    person: bool
    inn: str
    kpp: str
    contacts: tuple[Contact, ...]
    addresses: tuple[tuple[str, str], ...]
    accounts: tuple[BankAccount, ...]
    line: int = 0
    extras: tuple[Extra, ...] = ()

    @property
    def kind(self) -> str:
        """ "ul" (firm), "ip" (entrepreneur) or "fl" (private person).

        A 12-digit ИНН with a name that starts "ИП" is an entrepreneur; a 10-digit one or a КПП is a firm.
        """
        if len(self.inn) == 10 or self.kpp:
            return "ul"
        if any(name.lower().startswith(("ип ", "индивидуальный предприниматель")) for name in self.names):
            return "ip"
        return "fl" if self.person or len(self.inn) == 12 else "ul"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(n for n in (self.name, self.full_name) if n))

    @property
    def phone(self) -> str:
        """The number to call: mobile before any other; "" if none."""
        phones = [c for c in self.contacts if "телефон" in c.kind.lower() or c.kind.lower() in ("phone", "mobile")]
        phones.sort(key=lambda c: "мобильн" not in c.kind.lower())
        return phones[0].value if phones else ""

    @property
    def email(self) -> str:
        """The first contact that is an e-mail address ("Почта" is also used for postal addresses)."""
        for contact in self.contacts:
            if "@" in contact.value and "телефон" not in contact.kind.lower():
                return contact.value
        return ""

    @property
    def address(self) -> str:
        """Where to deliver: the actual address before the registered one."""
        by_kind = dict(reversed(self.addresses))
        for kind in ("Адрес", "АдресРегистрации", "ЮридическийАдрес"):
            if by_kind.get(kind):
                return by_kind[kind]
        return ""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of a document.

    Attributes:
        price, amount: None when the file does not give them or gives part of a kopeck (then a problem says so).
        vat_rate: as written, "" if none; `vat_amount` and `vat_included` where the line has its own tax.
        service: delivery or another service: needs no stock.
        requisites: named values of the line.
    """

    product_id: str
    sku: str
    name: str
    unit: Unit
    qty: Quantity
    price: Money | None
    amount: Money | None
    vat_rate: str
    vat_amount: Money | None
    vat_included: bool | None
    service: bool
    requisites: Mapping[str, str]
    line: int
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """A document of 1C or of a shop: an order, an invoice, or another operation.

    The flags say what 1C believes. They are never evidence of a payment.

    Attributes:
        operation: ХозОперация as written; `is_order` and `is_invoice` read it.
        amount: None in a document that only reports a state (see `state_only`).
        made_at: date and time together as an instant; None when the document has no time.
        basis_id: Ид of the document this one was made from, "" if none.
        container: documents with the same number came in one <Контейнер>; 0 outside.
        subordinates: payments and shipments 1C made from this one (2.10).
        paid, cancelled, shipped, posted, delivery_allowed: None when the file does not say.
        number_1c, date_1c: the number and date the order got in 1C, "" if not given.
        line: where the document stands in the file.
    """

    id: str
    number: str
    date: dt.date
    made_at: dt.datetime | None
    operation: str
    role: str
    amount: Money | None
    parties: tuple[Counterparty, ...]
    lines: tuple[OrderLine, ...]
    warehouses: tuple[Warehouse, ...]
    due: dt.date | None
    comment: str
    vat_amount: Money | None
    requisites: Mapping[str, str]
    status: str
    paid: bool | None
    cancelled: bool | None
    shipped: bool | None
    posted: bool | None
    delivery_allowed: bool | None
    deleted: bool
    number_1c: str
    date_1c: str
    basis_id: str
    container: int
    subordinates: tuple[OrderDocument, ...]
    line: int
    extras: tuple[Extra, ...] = ()

    @property
    def is_order(self) -> bool:
        return self.operation.lower().startswith("заказ")

    @property
    def is_invoice(self) -> bool:
        return self.operation.lower().startswith(("счет на оплату", "счёт на оплату"))

    @property
    def state_only(self) -> bool:
        """The document reports a state and has neither lines nor a sum."""
        return not self.lines and self.amount is None

    @property
    def buyer(self) -> Counterparty | None:
        """The party with the role Покупатель (or Плательщик), else the only party there is."""
        for role in ("покупатель", "плательщик"):
            for party in self.parties:
                if party.role.lower() == role:
                    return party
        return self.parties[0] if len(self.parties) == 1 and self.parties[0].role.lower() != "продавец" else None

    @property
    def loan_no(self) -> str:
        """The number of the lender's application by which the order is paid, "" if none."""
        return self._requisite(_LOAN)

    @property
    def track(self) -> str:
        """The track number of the parcel, "" if none."""
        return self._requisite(_TRACK)

    @property
    def cash_on_delivery(self) -> bool:
        """Whether the order is said to be paid through its carrier."""
        return _COD_WORD in self._requisite(_PAID_BY).lower()

    def _requisite(self, names: frozenset[str]) -> str:
        return next((text.strip() for name, text in self.requisites.items() if text and heading_key(name) in names), "")

    @property
    def delivery_address(self) -> str:
        """Адрес доставки of the requisites, else the buyer's address."""
        for name in ("Адрес доставки", "АдресДоставки"):
            if self.requisites.get(name):
                return self.requisites[name]
        return self.buyer.address if self.buyer else ""

    @property
    def delivery(self) -> bool:
        """Whether the order is to be brought to the buyer.

        The delivery method decides where the file names one; else a delivery line or a delivery address of its own.
        """
        for name in ("Способ доставки", "Метод доставки"):
            if self.requisites.get(name):
                return "самовывоз" not in self.requisites[name].lower()
        has_address = any(self.requisites.get(name) for name in ("Адрес доставки", "АдресДоставки"))
        return has_address or any(is_delivery(line) for line in self.lines)


def is_delivery(line: OrderLine) -> bool:
    """Whether the line is the carriage: the standard's ORDER_DELIVERY, or a service called delivery."""
    return line.product_id.startswith("ORDER_DELIVERY") or (line.service and line.name.lower().startswith("доставка"))


@dataclass(frozen=True, slots=True)
class CommerceML:
    """One CommerceML file, read.

    Attributes:
        version: ВерсияСхемы as written ("2.07", "3.1").
        made_at: ДатаФормирования, None when it is missing or unreadable.
        encoding: what the bytes really were.
        catalogue, stock: None when the file has no such part.
        documents: orders, invoices and whatever else came, in the file's order.
    """

    version: str
    made_at: dt.datetime | None
    encoding: str
    catalogue: Catalogue | None
    stock: Stock | None
    documents: tuple[OrderDocument, ...]
    problems: tuple[Problem, ...]
    extras: tuple[Extra, ...] = field(default=())

    @property
    def orders(self) -> tuple[OrderDocument, ...]:
        """Orders and invoices only."""
        return tuple(d for d in self.documents if d.is_order or d.is_invoice)
