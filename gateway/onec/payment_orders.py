"""Payment orders as 1C hands them over: 1CClientBankExchange meant for the bank (to_bank.txt), and PayDocRu.

Each document becomes a draft, or the reason why it cannot: one bad order must not keep the others back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.bank.formats import paydocru
from gateway.bank.formats.clientbank import BankDocument, ClientBankFile
from gateway.core.errors import Corrupt, Refused
from gateway.core.problem import Problem
from gateway.payments.outgoing.model import OrderDraft, Payee, TaxFields

PAY_DOC = re.compile(r"<(?:[\w.-]+:)?PayDocRu[\s>]")
_KIND = "платежное поручение"
_TAX_KEYS = (
    "СтатусСоставителя",
    "ПоказательКБК",
    "ОКАТО",
    "ПоказательОснования",
    "ПоказательПериода",
    "ПоказательНомера",
    "ПоказательДаты",
)


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order of a file.

    Attributes:
        number: as 1C writes it.
        line: where it stands, from 1; 0 when the file has no lines.
        payer_inn: whose 1C says the money is; "" when it does not.
        draft: the order; None when `error` says why there is none.
    """

    number: str
    line: int
    payer_inn: str
    draft: OrderDraft | None
    error: Refused | None = None


@dataclass(frozen=True, slots=True)
class PaymentOrders:
    """The orders of one file, in its order."""

    rows: tuple[OrderRow, ...]
    problems: tuple[Problem, ...] = ()


def of_client_bank(file: ClientBankFile) -> PaymentOrders:
    """The documents of a text file, each known by account, date and number: 1C writes no other id into it."""
    return PaymentOrders(tuple(_row(document) for document in file.documents))


def of_paydocru(content: bytes) -> PaymentOrders:
    """The order in a PayDocRu, known by its id.

    Raises:
        Refused: `onec.xml_…` is not raised here: what cannot be read is the row's error.
    """
    try:
        order = paydocru.read(content)
    except Refused as error:
        return PaymentOrders((OrderRow("", 0, "", None, error),))
    except Corrupt as error:
        refused = Refused(error.code, **error.values)
        return PaymentOrders((OrderRow("", 0, "", None, refused),))
    side, budget = order.payee, order.budget
    draft = OrderDraft(
        account=order.payer.account,
        payee=Payee(side.name, side.inn, side.kpp, side.account, side.bic, side.bank, side.corr_account),
        amount=order.amount,
        purpose=order.purpose,
        kind="ordinary" if budget is None else "tax",
        number=order.number,
        date=order.date,
        priority=order.priority,
        uin=order.uin,
        tax=None
        if budget is None
        else TaxFields(
            budget.status,
            budget.kbk,
            budget.oktmo,
            budget.basis,
            budget.period,
            budget.doc_no,
            budget.doc_date,
        ),
        source="1c",
        source_id=order.id or f"{order.payer.account}/{order.date.isoformat()}/{order.number}",
    )
    return PaymentOrders((OrderRow(order.number, 0, order.payer.inn, draft),))


def _row(document: BankDocument) -> OrderRow:
    payer = document.payer
    try:
        return OrderRow(document.number, document.line, payer.inn, _draft(document))
    except Refused as error:
        return OrderRow(document.number, document.line, payer.inn, None, error)


def _draft(document: BankDocument) -> OrderDraft:
    if " ".join(document.kind.split()).lower().replace("ё", "е") != _KIND:
        raise Refused("outgoing.onec_kind", kind=document.kind[:60] or "—")
    account = document.payer.account or document.payer.settlement_account
    payee = document.payee
    priority = document.value("Очередность") or "5"
    if not (priority.isascii() and priority.isdigit()):
        raise Refused("outgoing.onec_field", field="Очередность", value=priority[:40])
    tax = _tax(document)
    return OrderDraft(
        account=account,
        payee=Payee(
            name=payee.name,
            inn=payee.inn,
            kpp=payee.kpp,
            account=payee.account or payee.settlement_account,
            bic=payee.bic,
            bank_name=" ".join(part for part in (payee.bank, payee.bank_city) if part),
            corr_account=payee.correspondent,
        ),
        amount=document.amount,
        purpose=document.purpose,
        kind="ordinary" if tax is None else "tax",
        number=document.number,
        date=document.date,
        priority=int(priority),
        uin=document.uin,
        tax=tax,
        source="1c",
        source_id=f"{account}/{document.date.isoformat()}/{document.number}",
    )


def _tax(document: BankDocument) -> TaxFields | None:
    """Fields 101–109, None when 1C filled none of them."""
    values: Sequence[str] = [document.value(key) for key in _TAX_KEYS]
    if not any(values):
        return None
    status, kbk, oktmo, *rest = values
    return TaxFields(status, kbk or "0", oktmo or "0", *(value or "0" for value in rest))
