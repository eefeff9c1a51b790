"""A small company written straight into the tables, so that reads are tested without the flows that fill them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from gateway.bank.tables import messages, polls
from gateway.core.clock import to_text
from gateway.core.ids import new_id
from gateway.core.text import fold
from gateway.matching.tables import allocations, decisions, payer_rules
from gateway.orders.tables import buyers, invoices, order_lines, orders, releases, timelines
from gateway.payments.tables import deliveries, entries, payments
from gateway.store import Store
from gateway.store.schema import alarms, blobs, changes, dumps, outbox
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import (
    backorders,
    pick_lines,
    pick_lists,
    products,
    reservations,
    stock,
    warehouses,
)

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
COMPANY = "frames"


@functools.cache
def at(minutes: float = 0) -> str:
    """A stored instant so many minutes after NOW."""
    return to_text(NOW + timedelta(minutes=minutes))


class Shop:
    """Writes rows; every method returns the id of what it wrote. Keyword arguments replace columns."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._number = 0
        self._has_buyer = False

    def put(self, table: Any, **values: Any) -> None:
        with self.store.unit() as unit:
            unit.connection.execute(insert(table).values(**values))
            unit.commit()

    def put_many(self, table: Any, rows: Sequence[dict[str, Any]]) -> None:
        with self.store.unit() as unit:
            unit.connection.execute(insert(table), list(rows))
            unit.commit()

    def next(self) -> int:
        self._number += 1
        return self._number

    # --- money -------------------------------------------------------------------------------------------------------

    def entry_row(self, entry_id: str, **over: Any) -> dict[str, Any]:
        row = {
            "id": entry_id,
            "company": COMPANY,
            "account": "40702810900000012345",
            "key": entry_id,
            "direction": "in",
            "reversal": 0,
            "status": "BOOK",
            "amount": 100_00,
            "currency": "RUB",
            "booked": "2026-11-21",
            "value_date": "2026-11-21",
            "bank_time": at(),
            "received_at": at(1),
            "ref": f"REF-{entry_id}",
            "entry_ref": "",
            "e2e": "",
            "tx_id": "",
            "doc_no": "77",
            "doc_date": "2026-11-20",
            "party_name": "ООО «Рама»",
            "party_inn": "7707083893",
            "party_kpp": "",
            "party_account": "40702810100000000001",
            "party_bic": "044525225",
            "party_bank": "Банк",
            "purpose": "Оплата по счёту № 125",
            "code": "",
            "original_ref": "",
            "warnings": "[]",
            "message_id": "m-none",
            "evidence": "signed",
        }
        return {**row, **{k: v for k, v in over.items() if k in row}}

    def payment_row(self, payment_id: str, **over: Any) -> dict[str, Any]:
        payer = over.get("party_name", "ООО «Рама»")
        amount = over.get("amount", 100_00)
        row = {
            "id": payment_id,
            "company": COMPANY,
            "state": "auto",
            "outcome": "exact",
            "amount": amount,
            "allocated": 0,
            "bank_time": at(),
            "payer": payer,
            "search": fold(f"{payer} 7707083893 {amount // 100}.{amount % 100:02d} {over.get('purpose', '')}"),
            "confirmed_by": None,
            "version": 1,
        }
        return {**row, **{k: v for k, v in over.items() if k in row}}

    def payment(self, **over: Any) -> str:
        payment_id = over.pop("id", None) or new_id()
        self.put(entries, **self.entry_row(payment_id, **over))
        self.put(payments, **self.payment_row(payment_id, **over))
        return payment_id

    def delivered_again(self, payment_id: str, minutes: float) -> None:
        self.put(deliveries, entry_id=payment_id, message_id="m-again", company=COMPANY, at=at(minutes))

    def decision(self, payment_id: str, kind: str = "auto", outcome: str = "exact", **over: Any) -> str:
        decision_id = new_id()
        values: dict[str, Any] = {
            "at": at(2),
            "by": "service",
            "reasons": [],
            "suggestions": [],
            "release_ok": [],
            "note": "",
            "undoes": None,
            "before": ["new", ""],
        }
        values.update(over)
        for name in ("reasons", "suggestions", "release_ok", "before"):
            values[name] = dumps(values[name])
        self.put(
            decisions, id=decision_id, company=COMPANY, payment_id=payment_id, kind=kind, outcome=outcome, **values
        )
        return decision_id

    def allocation(self, payment_id: str, invoice_id: str, amount: int, **over: Any) -> str:
        allocation_id = new_id()
        values = {"at": at(2), "by": "service", "decision_id": "d", "undoes": None, "undone": 0, **over}
        self.put(
            allocations,
            id=allocation_id,
            company=COMPANY,
            payment_id=payment_id,
            invoice_id=invoice_id,
            amount=amount,
            **values,
        )
        return allocation_id

    def rule(self, **over: Any) -> str:
        """A rule: "ООО «Омега»" pays for the buyer of the invoices."""
        rule_id = over.pop("id", None) or new_id()
        values: dict[str, Any] = {
            "version": 1,
            "payer_inn": "6312000014",
            "payer_account": "",
            "payer_name": "ООО «Омега»",
            "party": "7707083893",
            "buyer_name": "ООО «Рама»",
            "since": "2026-11-01",
            "made_at": at(),
            "made_by": "accountant:ivanova",
            "payment_id": "",
            "note": "",
            **over,
        }
        words = f"{values['payer_name']} {values['payer_inn']} {values['buyer_name']} {values['note']}"
        self.put(payer_rules, id=rule_id, company=COMPANY, search=fold(words), **values)
        return rule_id

    def message(self, content: bytes = b"<Document/>", **over: Any) -> str:
        import hashlib

        message_id = over.pop("id", None) or new_id()
        sha256 = hashlib.sha256(content).hexdigest()
        with self.store.unit() as unit:
            unit.connection.execute(insert(blobs).prefix_with("OR IGNORE").values(sha256=sha256, bytes=content))
            unit.journal("message.proved", f"message:{message_id}", sha256=sha256)
            unit.commit()
        values: dict[str, Any] = {
            "channel": "bxd:one",
            "reference": f"CF-{message_id}",
            "file_type": "camt.054",
            "request": "{}",
            "transport": "{}",
            "received_at": at(1),
            "sha256": sha256,
            "size": len(content),
            "state": "taken",
            "proof": dumps({"signer_subject": "CN=Bank", "verified_at": at(1)}),
        }
        self.put(messages, id=message_id, company=COMPANY, **{**values, **over})
        return message_id

    # --- trade -------------------------------------------------------------------------------------------------------

    def invoice(self, number: str = "", **over: Any) -> str:
        invoice_id = over.pop("id", None) or new_id()
        number = number or str(100 + self.next())
        amount = over.get("amount", 100_00)
        buyer = over.get("buyer_name", "ООО «Рама»")
        values: dict[str, Any] = {
            "outer_id": invoice_id,
            "prefix": "",
            "counter": self.next(),
            "year": 2026,
            "date": "2026-11-18",
            "buyer_id": "b1",
            "buyer_kind": "ul",
            "buyer_name": buyer,
            "buyer_inn": "7707083893",
            "party": "7707083893",
            "amount": amount,
            "rest": amount,
            "state": "open",
            "order_id": None,
            "order_no": "",
            "order_key": "",
            "search": fold(f"{number} {buyer}"),
            "version": 1,
        }
        self.put(invoices, id=invoice_id, company=COMPANY, number=number, **{**values, **over})
        return invoice_id

    def _buyer(self) -> None:
        """The one buyer of all orders, written with the first."""
        if not self._has_buyer:
            self._has_buyer = True
            self.put(
                buyers,
                id="b1",
                company=COMPANY,
                outer_id="b1",
                kind="ul",
                name="ООО «Рама»",
                name_key="рама",
                inn="7707083893",
                kpp="",
                phone="+79990000001",
                email="",
                party="7707083893",
            )

    def order(self, number: str = "", **over: Any) -> str:
        self._buyer()
        order_id = over.pop("id", None) or new_id()
        number = number or f"З-{self.next():05d}"
        buyer = over.get("buyer_name", "ООО «Рама»")
        values: dict[str, Any] = {
            "outer_id": order_id,
            "date": "2026-11-18",
            "buyer_id": "b1",
            "buyer_name": buyer,
            "buyer_inn": "7707083893",
            "phone": "+79990000001",
            "contact": "Анна",
            "delivery": "pickup",
            "address": "Москва",
            "comment": "стекло",
            "amount": 100_00,
            "paid": 0,
            "pay_state": "unpaid",
            "stock_state": "none",
            "ship_state": "none",
            "headline": "unpaid",
            "hold_reason": "",
            "priority": 0,
            "bank_time": None,
            "source_hash": "",
            "search": fold(f"{number} {buyer}"),
            "version": 1,
        }
        self.put(orders, id=order_id, company=COMPANY, number=number, **{**values, **over})
        return order_id

    def order_line(self, order_id: str, product_id: str = "p1", qty: int = 2000, **over: Any) -> str:
        line_id = new_id()
        values = {"position": 1, "name": "Рама А4", "unit": "шт", "price": 50_00, "amount": 100_00, "service": 0}
        self.put(order_lines, id=line_id, order_id=order_id, product_id=product_id, qty=qty, **{**values, **over})
        return line_id

    def release(self, order_id: str, **over: Any) -> str:
        release_id = new_id()
        values: dict[str, Any] = {
            "at": at(3),
            "by": "service",
            "rule": dumps([["fully_paid", True], ["evidence", True]]),
            "payment_ids": "[]",
            "message_ids": "[]",
        }
        self.put(releases, id=release_id, company=COMPANY, order_id=order_id, **{**values, **over})
        return release_id

    def timeline(self, order_id: str, **over: Any) -> None:
        values = {"bank_time": at(0), "received_at": at(1), "allocated_at": at(2), "pick_list_at": at(3)}
        self.put(timelines, order_id=order_id, company=COMPANY, **{**values, **over})

    def goods(self, product_id: str = "p1", on_hand: int = 10_000, reserved: int = 0) -> None:
        self.put(
            products,
            company=COMPANY,
            id=product_id,
            sku=f"SKU-{product_id}",
            name="Рама А4",
            unit="шт",
            barcode="",
            bin="A-01",
        )
        self.put(stock, company=COMPANY, product_id=product_id, warehouse_id="w1", on_hand=on_hand, reserved=reserved)

    def warehouse(self, warehouse_id: str = "w1", name: str = "Главный") -> None:
        self.put(warehouses, company=COMPANY, id=warehouse_id, name=name, position=1)

    def pick(self, order_id: str, **over: Any) -> str:
        pick_id = over.pop("id", None) or new_id()
        number = over.pop("number", None) or f"PICK-2026-{self.next():06d}"
        values: dict[str, Any] = {
            "release_id": "r-none",
            "warehouse_id": "w1",
            "state": "new",
            "created_at": at(3),
            "due_at": at(63),
            "taken_by": None,
            "lines_count": 1,
            "qty_total": 2000,
            "priority": 0,
            "search": fold(number),
            "version": 1,
        }
        self.put(pick_lists, id=pick_id, company=COMPANY, number=number, order_id=order_id, **{**values, **over})
        return pick_id

    def pick_line(self, pick_id: str, line_id: str, qty: int = 2000, **over: Any) -> str:
        pick_line_id = new_id()
        values = {"position": 1, "product_id": "p1", "name": "Рама А4", "unit": "шт", "picked": 0, "short_reason": ""}
        self.put(pick_lines, id=pick_line_id, pick_list_id=pick_id, line_id=line_id, qty=qty, **{**values, **over})
        return pick_line_id

    def reservation(self, order_id: str, line_id: str, pick_id: str, qty: int = 2000, state: str = "hard") -> None:
        self.put(
            reservations,
            id=new_id(),
            company=COMPANY,
            order_id=order_id,
            line_id=line_id,
            product_id="p1",
            warehouse_id="w1",
            pick_list_id=pick_id,
            qty=qty,
            state=state,
            at=at(3),
        )

    def backorder(self, order_id: str, line_id: str, qty: int) -> None:
        self.put(
            backorders,
            id=new_id(),
            company=COMPANY,
            order_id=order_id,
            line_id=line_id,
            product_id="p1",
            qty=qty,
            at=at(3),
            reason="no_stock",
            state="open",
        )

    def task(self, **over: Any) -> str:
        task_id = over.pop("id", None) or new_id()
        values: dict[str, Any] = {
            "kind": "call",
            "reason": "task.call_pickup",
            "values": dumps({"order": "З-1", "amount": "100.00", "address": "", "goods": ""}),
            "role": "manager",
            "state": "new",
            "created_at": at(3),
            "due_at": at(15),
            "result": "",
            "note": "",
            "attempts": 0,
            "order_id": None,
            "order_number": "З-1",
            "payment_id": None,
            "buyer": "Анна",
            "phone": "+79990000001",
            "amount": 100_00,
            "delivery": "pickup",
            "version": 1,
        }
        self.put(tasks, id=task_id, company=COMPANY, **{**values, **over})
        return task_id

    # --- house -------------------------------------------------------------------------------------------------------

    def alarm(self, code: str = "order.touched", **over: Any) -> str:
        alarm_id = new_id()
        values = {
            "subject": f"s{self.next()}",
            "values": dumps({"number": "З-1"}),
            "severity": "error",
            "state": "open",
            "raised_at": at(1),
            "last_at": at(2),
            "count": 1,
        }
        self.put(alarms, id=alarm_id, company=COMPANY, code=code, **{**values, **over})
        return alarm_id

    def poll(self, minutes: float, result: str = "nothing_new", **over: Any) -> str:
        poll_id = new_id()
        values: dict[str, Any] = {"channel": "bxd:one", "duration_ms": 120, "files": 0, "refused": 0}
        self.put(polls, id=poll_id, company=COMPANY, at=at(minutes), result=result, **{**values, **over})
        return poll_id

    def letter(self, dead: bool = True) -> str:
        letter_id = new_id()
        self.put(
            outbox,
            id=letter_id,
            company=COMPANY,
            topic="onec.pick_list",
            key="k",
            payload="{}",
            created_at=at(),
            not_before=at(),
            attempts=6,
            dead_at=at(5) if dead else None,
            last_error="disk is away",
        )
        return letter_id

    def changed(self, topic: str, *ids: str, minutes: float = 0) -> None:
        self.put_many(changes, [{"at": at(minutes), "company": COMPANY, "topic": topic, "id": i} for i in ids])
