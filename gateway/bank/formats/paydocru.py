"""PayDocRu of 1C:DirectBank 2.3.2: a payment order as Russian banks and 1C hand it on, written and read.

The bytes begin with a byte order mark: the standard makes it part of what is signed. Field 22 is `Code`, the fields
of a payment to the budget stand in `BudgetPaymentInfo`.
"""

from __future__ import annotations

import codecs
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lxml import etree

from gateway.bank.formats.payment_order import Budget, PaymentOrder, Side
from gateway.core.clock import MOSCOW
from gateway.core.errors import Corrupt, Refused
from gateway.core.money import Money
from gateway.signing.parsing import local_name, parse

NAMESPACE = "http://directbank.1c.ru/XMLSchema"
VERSION = "2.3.2"
ROOT = "PayDocRu"
_BUDGET = (
    ("status", "DrawerStatus"),
    ("kbk", "CBC"),
    ("oktmo", "OKTMO"),
    ("basis", "Reason"),
    ("period", "TaxPeriod"),
    ("doc_no", "DocNo"),
    ("doc_date", "DocDate"),
)
_PAYMENT_ORDER = "01"  # TransitionKind, field 18


def write(
    order: PaymentOrder,
    *,
    made_at: datetime,
    customer_id: str,
    user_agent: str = "Kvit",
    version: str = VERSION,
    zone: ZoneInfo = MOSCOW,
) -> bytes:
    """The document's bytes; equal arguments give equal bytes.

    Args:
        made_at: aware; written as local time of `zone` without an offset, as 1C does.
        customer_id: ours at the bank, 1–50 characters.

    Raises:
        Refused: `outgoing.unwritable` when a field does not fit the format.
        ValueError: an instant without a zone.
    """
    if made_at.tzinfo is None:
        raise ValueError("made_at needs a zone")
    if not 1 <= len(customer_id) <= 50:
        raise Refused("outgoing.unwritable", format=ROOT, what="Sender@id")
    root = etree.Element(_tag(ROOT), nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    root.set("id", order.document_id)
    root.set("formatVersion", version)
    root.set("creationDate", made_at.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds"))
    root.set("userAgent", user_agent[:100])
    payer = order.payer
    sender = _add(root, "Sender")
    for name, value in (("id", customer_id), ("name", payer.name[:160]), ("inn", payer.inn), ("kpp", payer.kpp)):
        if value:
            sender.set(name, value)
    recipient = _add(root, "Recipient")
    recipient.set("bic", payer.bic)
    if payer.bank:
        recipient.set("name", payer.bank[:160])
    _data(root, order)
    return codecs.BOM_UTF8 + etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _data(root: etree._Element, order: PaymentOrder) -> None:
    data = _add(root, "Data")
    _add(data, "DocNo", order.number)
    _add(data, "DocDate", order.date.isoformat())
    _add(data, "Sum", order.amount.decimal_text())
    _side(data, "Payer", order.payer)
    _side(data, "Payee", order.payee)
    _add(data, "TransitionKind", _PAYMENT_ORDER)
    _add(data, "Priority", str(order.priority))
    # A payment to the budget says "0" where it has no УИН; an ordinary one leaves the field out.
    if order.uin or order.budget is not None:
        _add(data, "Code", order.uin or "0")
    _add(data, "Purpose", order.purpose)
    if order.budget is not None:
        info = _add(data, "BudgetPaymentInfo")
        for name, element in _BUDGET:
            _add(info, element, getattr(order.budget, name))


def _side(data: etree._Element, name: str, side: Side) -> None:
    node = _add(data, name)
    _add(node, "Name", side.name)
    if side.inn:
        _add(node, "INN", side.inn)
    if side.kpp:
        _add(node, "KPP", side.kpp)
    _add(node, "Account", side.account)
    bank = _add(node, "Bank")
    _add(bank, "BIC", side.bic)
    if side.bank:
        _add(bank, "Name", side.bank[:160])
    if side.corr_account:
        _add(bank, "CorrespAcc", side.corr_account)


def read(content: bytes) -> PaymentOrder:
    """A PayDocRu of another program. `id` and `document_id` are both its @id.

    Raises:
        Corrupt: `xml.*`, `bank.unknown_content` for another document.
        Refused: `outgoing.onec_field` naming the field that is missing or unreadable.
    """
    root = parse(content)
    if local_name(root) != ROOT:
        raise Corrupt("bank.unknown_content", what=local_name(root)[:80])
    data = _child(root, "Data")
    if data is None:
        raise Refused("outgoing.onec_field", field="Data", value="")
    priority = _text(data, "Priority") or "5"
    if not (priority.isascii() and priority.isdigit()):
        raise Refused("outgoing.onec_field", field="Priority", value=priority[:40])
    uin = _text(data, "Code")
    return PaymentOrder(
        id=(root.get("id") or "").strip(),
        document_id=(root.get("id") or "").strip(),
        number=_text(data, "DocNo"),
        date=_date(_text(data, "DocDate")),
        amount=_money(_text(data, "Sum")),
        payer=_read_side(data, "Payer"),
        payee=_read_side(data, "Payee"),
        purpose=_text(data, "Purpose"),
        priority=int(priority),
        uin="" if uin == "0" else uin,
        budget=_read_budget(data),
    )


def _read_budget(data: etree._Element) -> Budget | None:
    info = _child(data, "BudgetPaymentInfo")
    if info is None:
        return None
    values = {name: _text(info, element) for name, element in _BUDGET}
    if not any(values.values()):
        return None
    return Budget(**{n: v or ("0" if n not in ("status", "kbk", "oktmo") else "") for n, v in values.items()})


def _read_side(data: etree._Element, name: str) -> Side:
    node = _child(data, name)
    if node is None:
        raise Refused("outgoing.onec_field", field=name, value="")
    bank = _child(node, "Bank")

    def of_bank(field: str) -> str:
        return "" if bank is None else _text(bank, field)

    return Side(
        name=_text(node, "Name"),
        inn=_text(node, "INN"),
        kpp=_text(node, "KPP"),
        account=_text(node, "Account"),
        bic=of_bank("BIC"),
        bank=of_bank("Name"),
        corr_account=of_bank("CorrespAcc"),
    )


def _date(text: str) -> date:
    # Real banks put a zone behind a date: "2021-05-26Z"
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Refused("outgoing.onec_field", field="DocDate", value=text[:40]) from None


def _money(text: str) -> Money:
    try:
        return Money.parse(text)
    except Refused:
        raise Refused("outgoing.onec_field", field="Sum", value=text[:40]) from None


def _child(node: etree._Element, name: str) -> etree._Element | None:
    return next((c for c in node if isinstance(c.tag, str) and local_name(c) == name), None)


def _text(node: etree._Element, name: str) -> str:
    found = _child(node, name)
    return "" if found is None else " ".join((found.text or "").split())


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    node = etree.SubElement(parent, _tag(name))
    if text:
        node.text = text
    return node


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
