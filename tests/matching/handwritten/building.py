"""How buyers and invoices of the hand-written world are made."""

from __future__ import annotations

from datetime import date

from tests.matching.handwritten.model import Buyer, Invoice, kopecks


def company(id: str, name: str, inn: str, tail: str, *, on_record: bool = False) -> Buyer:
    return Buyer(id, "ul", name, inn, inn[:4] + "01001" if inn else "", "407028102" + tail, on_record)


def trader(id: str, name: str, inn: str, tail: str, *, on_record: bool = False) -> Buyer:
    return Buyer(id, "ip", "Индивидуальный предприниматель " + name, inn, "", "408028107" + tail, on_record)


def person(id: str, name: str, tail: str) -> Buyer:
    return Buyer(id, "fl", name, "", "", "408178104" + tail)


def invoice(
    id: str, number: str, on: str, amount: str, buyer: Buyer, *, rest: str | None = None, state: str = "open",
    order_no: str = "", loan_no: str = "", track: str = "", contract_no: str = "",
) -> Invoice:  # fmt: skip
    """`on` is dd.mm.yyyy; `rest` is what is still due of an open one, all of it by default."""
    day, month, year = (int(part) for part in on.split("."))
    due = 0 if state != "open" else kopecks(amount if rest is None else rest)
    return Invoice(
        id, number, date(year, month, day), kopecks(amount), due, state, buyer, order_no, loan_no, track, contract_no
    )
