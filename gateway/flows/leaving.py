"""The outbox's sinks: rows become files for 1C.

A file's bytes depend on its row alone, its name carries the row's id, and writing it twice writes it once: so a crash
between the file and the mark "done" changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from gateway.bank.formats.clientbank import Side
from gateway.core.catalogue import sentence
from gateway.core.clock import business_date, from_text
from gateway.core.errors import KvitError, Unavailable
from gateway.core.money import Money
from gateway.core.quantity import Quantity
from gateway.flows import settlement_to_1c, to_1c
from gateway.flows.pay_out_1c import status_file
from gateway.flows.terms import Terms
from gateway.onec import clientbank_write, commerceml_write, enterprisedata, tasks_xml
from gateway.onec.exchange_files import safe_name, write_atomic
from gateway.payments.outgoing.steps import ONEC_STATUS
from gateway.payments.tables import entries
from gateway.store import Store, alarms, outbox
from gateway.store.outbox import Parcel

Sink = Callable[[Parcel], None]


@dataclass(frozen=True, slots=True)
class Drained:
    """What one round did."""

    done: int
    failed: int


def drain(
    store: Store,
    sinks: Mapping[str, Sink],
    worker: str,
    limit: int = 100,
    *,
    only: Collection[str] = (),
    without: Collection[str] = (),
) -> Drained:
    """Claim due rows, carry each to its sink, mark it done after it succeeded.

    Several workers share the outbox by topics, so that one who waits for a slow server holds up no other: each takes
    `only` its own, and one of them all others, `without` those. A topic without a sink is a dead letter, and told.

    A sink that cannot work now is tried again with growing pauses; one that refuses its row for good, or breaks on
    it, makes it a dead letter, which raises an alarm.
    """
    with store.unit() as unit:
        parcels = outbox.claim(unit, worker, limit, only=only, without=without)
        unit.commit()
    done: list[str] = []
    failures: list[tuple[Parcel, KvitError]] = []
    for parcel in parcels:
        try:
            sinks[parcel.topic](parcel)
            done.append(parcel.id)
        except KvitError as error:
            failures.append((parcel, error))
        except Exception as error:  # a fault of ours with one row must not hold up the others
            failures.append((parcel, KvitError("outbox.broken", topic=parcel.topic, reason=repr(error)[:200])))
    if parcels:
        with store.unit() as unit:
            outbox.done(unit, done)
            for parcel, failure in failures:
                dead = outbox.failed(unit, parcel, str(failure), permanent=not isinstance(failure, Unavailable))
                if dead:
                    alarms.raise_alarm(
                        unit,
                        outbox.DEAD,
                        f"outbox:{parcel.id}",
                        {"topic": parcel.topic, "reason": str(failure)[:300]},
                    )
            if done or failures:
                unit.changed("status", "outbox")
            unit.commit()
    return Drained(len(done), len(failures))


def onec_sinks(store: Store, terms: Terms, folder: Path) -> dict[str, Sink]:
    """The sinks that write into 1C's exchange folder `folder`."""

    def put(parcel: Parcel, stem: str, suffix: str, content: bytes) -> None:
        write_atomic(folder, safe_name(f"{stem}_{parcel.id}{suffix}"), content)

    def payments(parcel: Parcel) -> None:
        put(parcel, "kl_to_1c", ".txt", _payments_file(store, terms, parcel))

    def pick_list(parcel: Parcel) -> None:
        put(parcel, f"pick_{parcel.payload['number']}", ".xml", _pick_list_file(terms, parcel))

    def order_status(parcel: Parcel) -> None:
        put(parcel, f"order_{parcel.payload['order']['number']}", ".xml", _order_file(terms, parcel))

    def call_task(parcel: Parcel) -> None:
        put(parcel, f"task_{parcel.payload['order_number']}", ".xml", _task_file(terms, parcel))

    def payment_order(parcel: Parcel) -> None:
        put(parcel, f"pay_status_{parcel.payload['number']}", ".txt", status_file(store, terms, parcel))

    return {
        to_1c.PAYMENTS: payments,
        to_1c.PICK_LIST: pick_list,
        to_1c.ORDER_STATUS: order_status,
        to_1c.CALL_TASK: call_task,
        ONEC_STATUS: payment_order,
        **settlement_to_1c.sinks(store, terms, put),
    }


def _payments_file(store: Store, terms: Terms, parcel: Parcel) -> bytes:
    own = terms.own
    with store.reading() as connection:
        rows = connection.execute(
            select(entries).where(entries.c.id.in_(parcel.payload["entries"])).order_by(entries.c.id)
        ).all()
    made_at = from_text(parcel.created_at)
    incoming = [
        clientbank_write.IncomingPayment(
            number=row.doc_no or row.id[-6:],
            date=_day(row.doc_date) or _day(row.booked) or business_date(made_at, terms.zone),
            amount=Money(row.amount),
            credited=_day(row.booked) or business_date(from_text(row.bank_time or row.received_at), terms.zone),
            payer=Side(
                name=row.party_name,
                inn=row.party_inn,
                kpp=row.party_kpp,
                account=row.party_account,
                bic=row.party_bic,
                bank=row.party_bank,
            ),
            payee=Side(
                name=own.name,
                inn=own.inn,
                kpp=own.kpp,
                account=row.account,
                bic=own.bic,
                bank=own.bank,
                correspondent=own.corr_account,
            ),
            purpose=row.purpose,
        )
        for row in rows
    ]
    return clientbank_write.write(incoming, made_at=made_at, zone=terms.zone).content


def _pick_list_file(terms: Terms, parcel: Parcel) -> bytes:
    payload = parcel.payload
    order, buyer = payload["order"], payload["buyer"]
    cancelled = payload["state"] == "cancelled"
    document = enterprisedata.PickListDocument(
        id=payload["id"],
        number=payload["number"],
        made_at=from_text(payload["created_at"]),
        company=enterprisedata.Firm(name=terms.own.name, inn=terms.own.inn, kpp=terms.own.kpp),
        warehouse_id=payload["warehouse_id"],
        warehouse_name=payload["warehouse"],
        buyer=enterprisedata.Firm(
            id=buyer["id"], name=buyer["name"], inn=buyer["inn"], kpp=buyer["kpp"], person=buyer["kind"] != "ul"
        ),
        lines=tuple(
            enterprisedata.PickLine(
                line_id=f"{payload['id']}-{number}"[-36:],
                product_id=line["product_id"],
                name=line["name"],
                sku=line["sku"],
                qty=Quantity(line["qty"]),
                unit_name=line["unit"] or "шт",
                price=Money(line["price"]),
            )
            for number, line in enumerate(payload["lines"], start=1)
        ),
        ship_by=business_date(from_text(payload["due_at"]), terms.zone) if payload["due_at"] else None,
        comment=f"{'ОТМЕНЕНО. ' if cancelled else ''}Заказ {order['number']}, оплата подтверждена банком",
    )
    return enterprisedata.write_pick_lists(
        [document], made_at=from_text(parcel.created_at), message_no=payload["message_no"], zone=terms.zone
    ).content


_STATUS = {
    "unpaid": "Не оплачен",
    "part_paid": "Оплачен частично",
    "paid": "Оплачен",
    "released": "Подтвержден",
    "picking": "Комплектуется",
    "ready": "Готов к выдаче",
    "shipped": "Выполнен",
    "on_hold": "Задержан",
    "cancelled": "Отменен",
}


def _order_file(terms: Terms, parcel: Parcel) -> bytes:
    payload = parcel.payload
    order, buyer = payload["order"], payload["buyer"]
    paid = [
        commerceml_write.StatusPayment(
            id=p["id"],
            number=p["doc_no"] or p["id"][-6:],
            paid_at=from_text(p["bank_time"]),
            amount=Money(p["kopecks"]),
        )
        for p in payload["payments"]
    ]
    status = commerceml_write.OrderStatus(
        id=order["id"],
        number=order["number"],
        made_at=datetime.combine(date.fromisoformat(order["date"]), datetime.min.time(), terms.zone),
        amount=Money(order["amount"]),
        buyer=commerceml_write.StatusParty(
            id=buyer["id"], name=buyer["name"], inn=buyer["inn"], kpp=buyer["kpp"], person=buyer["kind"] == "fl"
        ),
        paid=order["pay_state"] == "paid",
        status=_STATUS[order["headline"]],
        changed_at=from_text(payload["at"]),
        lines=tuple(
            commerceml_write.StatusLine(
                product_id=line["product_id"],
                name=line["name"],
                qty=Quantity(line["qty"]),
                unit_name=line["unit"] or "шт",
                price=Money(line["price"]),
                amount=Money(line["amount"]),
            )
            for line in payload["lines"]
        ),
        payments=tuple(paid),
        paid_at=max((p.paid_at for p in paid), default=None) if order["pay_state"] == "paid" else None,
        cancelled=order["headline"] == "cancelled",
        shipped=order["ship_state"] == "shipped",
    )
    return commerceml_write.write_orders([status], made_at=from_text(parcel.created_at), zone=terms.zone).content


def _task_file(terms: Terms, parcel: Parcel) -> bytes:
    payload = parcel.payload
    values: dict[str, Any] = json.loads(payload["values"])
    record = tasks_xml.TaskRecord(
        id=payload["id"],
        kind=payload["kind"],
        state=payload["state"],
        title=sentence(payload["reason"], "ru", values),
        script=sentence(payload["reason"], "hint_ru", values),
        due_at=from_text(payload["due_at"]),
        created_at=from_text(payload["created_at"]),
        order_id=payload["order_id"],
        order_number=payload["order_number"],
        order_date=_day(payload["order_date"]),
        address=payload["address"],
        buyer=payload["buyer"],
        phone=payload["phone"],
        amount=Money(payload["kopecks"]) if payload["kopecks"] else None,
        delivery=payload["delivery"],
    )
    return tasks_xml.write_tasks(
        [record], made_at=from_text(parcel.created_at), company=terms.own.name, zone=terms.zone
    ).content


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
