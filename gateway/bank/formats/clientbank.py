"""1CClientBankExchange 1.01–1.03: the text file banks and 1C hand each other, read.

Source of the field names and of the direction rule: v8.1c.ru/edi/edi_stnd/100/101.htm (1.03). Every line of the file
stands in `fields`, in order and as written, whatever the typed attributes make of it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.money import Money
from gateway.core.problem import Problem

FIRST_LINE = "1CClientBankExchange"
LAST_LINE = "КонецФайла"


class Direction(StrEnum):
    """Which way a document moves the money of the accounts the file is about."""

    IN = "in"
    OUT = "out"
    INTERNAL = "internal"  # between two accounts of the file
    UNKNOWN = "unknown"  # accounts and dates say nothing, or contradict each other


@dataclass(frozen=True, slots=True)
class Field:
    """One `key=value` line; `value` may hold line feeds when the bank broke it over several lines."""

    key: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Side:
    """Payer or payee.

    Attributes:
        account: the party's own account, also when the settlement is indirect.
        settlement_account: the account the money is settled over (РасчСчет), "" when the file has none.
        indirect: the party banks through another bank (own account and bank in Плательщик2–4).
    """

    name: str = ""
    inn: str = ""
    kpp: str = ""
    account: str = ""
    settlement_account: str = ""
    bank: str = ""
    bank_city: str = ""
    bic: str = ""
    correspondent: str = ""
    indirect: bool = False


@dataclass(frozen=True, slots=True)
class AccountSection:
    """СекцияРасчСчет: balances of one account over a period. A missing or unreadable sum is None."""

    account: str
    date_from: dt.date | None
    date_to: dt.date | None
    opening: Money | None
    received: Money | None
    written_off: Money | None
    closing: Money | None
    line: int = 0
    fields: tuple[Field, ...] = ()

    @property
    def chains(self) -> bool | None:
        """Whether opening + received − written off = closing; None when a sum is missing."""
        if self.opening is None or self.received is None or self.written_off is None or self.closing is None:
            return None
        return self.opening + self.received - self.written_off == self.closing


@dataclass(frozen=True, slots=True)
class BankDocument:
    """СекцияДокумент.

    Attributes:
        kind: "Платежное поручение", "Банковский ордер", …; "" when the bank left it out.
        debited, credited: ДатаСписано and ДатаПоступило.
        purpose: the whole purpose; pieces НазначениеПлатежа1–6 joined by line feeds when there is no whole.
        uin: Код (УИН), "" or "0" when none.
    """

    kind: str
    number: str
    date: dt.date
    amount: Money
    payer: Side
    payee: Side
    debited: dt.date | None
    credited: dt.date | None
    purpose: str
    uin: str
    line: int
    fields: tuple[Field, ...]

    def value(self, key: str) -> str:
        """The first non-empty value of `key`, stripped; "" when the document has none."""
        return first_value(self.fields, key)

    def direction(self, accounts: frozenset[str]) -> Direction:
        """Which way the money went, seen from `accounts` (the file's own).

        The accounts decide; where they are unknown, the dates do: a bank sets ДатаПоступило for incoming documents
        and ДатаСписано for outgoing ones. When the two contradict each other the answer is UNKNOWN.
        """
        incoming = bool({self.payee.account, self.payee.settlement_account} & accounts)
        outgoing = bool({self.payer.account, self.payer.settlement_account} & accounts)
        if incoming and outgoing:
            return Direction.INTERNAL
        only_credited = self.credited is not None and self.debited is None
        only_debited = self.debited is not None and self.credited is None
        if incoming:
            return Direction.UNKNOWN if only_debited else Direction.IN
        if outgoing:
            return Direction.UNKNOWN if only_credited else Direction.OUT
        return Direction.IN if only_credited else Direction.OUT if only_debited else Direction.UNKNOWN


@dataclass(frozen=True, slots=True)
class ClientBankFile:
    """One file.

    Attributes:
        version: "1.02"; encoding: what the bytes really were.
        made_at: ДатаСоздания and ВремяСоздания as local time without a zone, None when missing.
        accounts: the accounts the file is about: РасчСчет of the header, then of the sections.
    """

    version: str
    encoding: str
    sender: str
    receiver: str
    made_at: dt.datetime | None
    date_from: dt.date | None
    date_to: dt.date | None
    accounts: tuple[str, ...]
    sections: tuple[AccountSection, ...]
    documents: tuple[BankDocument, ...]
    fields: tuple[Field, ...]
    problems: tuple[Problem, ...]

    def incoming(self) -> tuple[BankDocument, ...]:
        """The documents that brought money."""
        own = frozenset(self.accounts)
        return tuple(d for d in self.documents if d.direction(own) is Direction.IN)


def first_value(fields: tuple[Field, ...], key: str) -> str:
    for field in fields:
        if field.key == key and field.value.strip():
            return field.value.strip()
    return ""


_NAME_WITH_INN = re.compile(
    r"(?:ИНН\s*:?\s*)?(?P<inn>\d{12}|\d{10})(?:\s*/\s*(?P<kpp>\d{9}))?[\s,;]+(?P<name>\D.*)", re.DOTALL
)
_ACCOUNT = re.compile(r"\d{5}[0-9A-Z]\d{14}")


def side(fields: tuple[Field, ...], who: str) -> Side:
    """Payer ("Плательщик") or payee ("Получатель") of a document.

    The name may carry the ИНН ("ИНН 7700000000 ООО X"); then it is taken out, and used where the field of its own is
    empty. With indirect settlement the party's account, bank and city stand in <who>2, <who>3, <who>4.
    """

    def value(suffix: str) -> str:
        return first_value(fields, who + suffix)

    name, inn, kpp = value("") or value("1"), value("ИНН"), value("КПП")
    if found := _NAME_WITH_INN.fullmatch(name):
        name, inn, kpp = found["name"].strip(), inn or found["inn"], kpp or found["kpp"] or ""
    second = value("2").replace(" ", "")
    indirect = bool(_ACCOUNT.fullmatch(second))
    return Side(
        name=name,
        inn=inn,
        kpp=kpp,
        account=value("Счет") or (second if indirect else value("РасчСчет")),
        settlement_account=value("РасчСчет"),
        bank=value("3") if indirect and value("3") else value("Банк1"),
        bank_city=value("4") if indirect and value("4") else value("Банк2"),
        bic=value("БИК"),
        correspondent=value("Корсчет"),
        indirect=indirect,
    )


def purpose(fields: tuple[Field, ...]) -> str:
    """НазначениеПлатежа, else its pieces 1–6 joined by line feeds."""
    if whole := first_value(fields, "НазначениеПлатежа"):
        return whole
    pieces = (first_value(fields, f"НазначениеПлатежа{n}") for n in range(1, 7))
    return "\n".join(piece for piece in pieces if piece)
