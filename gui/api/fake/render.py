"""Records → the contract's JSON."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from gui.api.fake.records import OrderRecord, PaymentRecord, PickRecord, Reason, RuleRecord, TaskRecord

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]
HEADLINES = {
    "unpaid": ("Ждёт оплаты", "Awaiting payment"),
    "part_paid": ("Оплачен частично", "Part paid"),
    "released": ("Отпуск разрешён", "Released"),
    "picking": ("Собирается", "Picking"),
    "ready": ("Готов к выдаче", "Ready"),
    "on_hold": ("Остановлен", "On hold"),
    "shipped": ("Выдан", "Handed over"),
    "cancelled": ("Отменён", "Cancelled"),
}


def instant(value: datetime | None) -> str | None:
    return None if value is None else value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _reason(reason: Reason, purpose: str) -> Json:
    code, ru, en, words = reason
    at = purpose.find(words) if words else -1
    span = [at, at + len(words)] if words and at >= 0 else None
    return {"code": code, "text_ru": ru, "text_en": en, "span": span}


def payment_row(world: World, p: PaymentRecord) -> Json:
    numbers = (
        [p.bulk_invoice] if p.bulk_invoice else [world.orders[a.invoice].number for a in p.allocations if not a.undone]
    )
    return {
        "id": p.id,
        "version": p.version,
        "bank_time": instant(p.bank_time),
        "booked": p.bank_time.date().isoformat(),
        "received_at": instant(p.received_at),
        "payer_name": p.payer.name,
        "payer_inn": p.payer.inn,
        "payer_account": p.payer.account,
        "amount": p.amount,
        "allocated": p.allocated,
        "rest": p.amount - p.allocated,
        "purpose": p.purpose,
        "state": p.state,
        "outcome": p.outcome,
        "invoices": numbers,
        "evidence": p.evidence,
        "reversed": p.state == "reversed",
    }


def invoice(world: World, order: OrderRecord) -> Json:
    rest = world.invoice_rest(order.id)
    state = "open" if rest == order.amount else ("paid" if rest <= 0 else "part_paid")
    return {
        "id": order.id,
        "number": order.number,
        "date": order.day.isoformat(),
        "buyer": order.buyer.name,
        "buyer_inn": order.buyer.inn,
        "amount": order.amount,
        "rest": rest,
        "state": state,
        "order_id": order.id,
    }


def _suggestions(world: World, p: PaymentRecord) -> list[Json]:
    if p.state not in ("needs_person", "duplicate"):
        return []
    found = []
    for rank, (names, reasons) in enumerate(p.suggested, start=1):
        left, allocate = p.amount + (p.registry.fee if p.registry else 0), []
        for name in names:
            part = min(left, world.invoice_rest(name))
            if part > 0:
                allocate.append([name, part])
                left -= part
        found.append(
            {
                "rank": rank,
                "invoices": [
                    {k: v for k, v in invoice(world, world.orders[n]).items() if k not in ("buyer_inn", "state")}
                    | {"invoice_id": n}
                    for n in names
                ],
                "allocate": allocate,
                "difference": left,
                "reasons": [_reason(r, p.purpose) for r in reasons],
            }
        )
    return found


def _can_learn(world: World, payment: PaymentRecord) -> Json | None:
    if payment.payout:
        return None
    meant = [a.invoice for a in payment.live] or [name for names, _ in payment.suggested for name in names]
    buyers_of = {world.orders[name].buyer.inn: world.orders[name].buyer.name for name in meant}
    return {
        "payer_name": payment.payer.name,
        "payer_inn": payment.payer.inn,
        "payer_account": "",
        "since": payment.bank_time.date().isoformat(),
        "buyers": [{"party": inn, "name": name} for inn, name in sorted(buyers_of.items()) if inn != payment.payer.inn],
    }


def payment_detail(world: World, p: PaymentRecord) -> Json:
    row = payment_row(world, p)
    reference = f"CF-{sha(p.id)[:6].upper()}"
    row.update(
        doc_no=str(int(sha(p.id)[:4], 16)),
        doc_date=p.bank_time.date().isoformat(),
        payer_bank=p.payer.bank,
        payer_bic=p.payer.bic,
        bank_ref=sha(p.id)[:12].upper(),
        decision={
            "outcome": p.outcome,
            "reasons": [_reason(r, p.purpose) for r in p.reasons],
            "sentence_ru": p.sentence[0],
            "sentence_en": p.sentence[1],
            "by": "Kvit",
            "at": instant(p.received_at),
        },
        suggestions=_suggestions(world, p),
        allocations=[
            {
                "id": a.id,
                "invoice_id": a.invoice,
                "number": world.orders[a.invoice].number,
                "amount": a.amount,
                "by": a.by,
                "at": instant(a.at),
                "undone": a.undone,
            }
            for a in p.allocations
        ],
        evidence={
            "kind": p.evidence,
            "message_id": f"m-{p.id}",
            "reference": reference,
            "sha256": hashlib.sha256(world.evidence(f"m-{p.id}")).hexdigest(),
            "signer": "CN=Учебный банк, подпись выписок" if p.evidence == "signed" else "",
            "verified_at": instant(p.received_at),
            "journal_seq": 1000 + int(sha(p.id)[:3], 16),
        },
        history=[{"at": instant(at), "by": by, "text_ru": ru, "text_en": en} for at, by, ru, en in reversed(p.history)],
        undo=None
        if p.event is None
        else {"event_id": p.event, "text_ru": "Отменить разнесение", "text_en": "Undo the allocation"},
        fee=p.fee,
        can_learn=_can_learn(world, p),
        registry=None
        if p.registry is None
        else {
            "id": p.registry.id,
            "number": p.registry.number,
            "date": p.registry.day.isoformat(),
            "state": "used" if p.live else p.registry.state,
        },
    )
    if p.bulk_invoice:
        row["allocations"] = []
    return row


def payer_rule(rule: RuleRecord) -> Json:
    return {
        "id": rule.id,
        "version": rule.version,
        "payer_name": rule.payer_name,
        "payer_inn": rule.payer_inn,
        "payer_account": rule.payer_account,
        "party": rule.party,
        "buyer": rule.buyer,
        "since": rule.since.isoformat(),
        "made_at": instant(rule.made),
        "made_by": rule.by,
        "payment_id": rule.payment,
        "note": rule.note,
        "revoked_at": instant(rule.revoked),
        "revoked_by": rule.revoked_by,
    }


def headline(order: OrderRecord, paid: int) -> str:
    if order.cancelled:
        return "cancelled"
    if order.ship_state == "shipped":
        return "shipped"
    if order.hold_reason:
        return "on_hold"
    if order.ship_state == "ready":
        return "ready"
    if order.stock_state == "picking":
        return "picking"
    if order.released_at:
        return "released"
    return "part_paid" if paid else "unpaid"


def order_row(world: World, o: OrderRecord) -> Json:
    paid = o.amount - world.invoice_rest(o.id)
    head = headline(o, paid)
    row = {
        "id": o.id,
        "version": o.version,
        "number": o.number,
        "date": o.day.isoformat(),
        "buyer": o.buyer.name,
        "buyer_inn": o.buyer.inn,
        "phone": o.buyer.phone,
        "delivery": o.delivery,
        "amount": o.amount,
        "paid": paid,
        "pay_state": "paid" if paid >= o.amount else ("part_paid" if paid else "unpaid"),
        "stock_state": o.stock_state,
        "ship_state": o.ship_state,
        "headline": head,
        "headline_ru": HEADLINES[head][0],
        "headline_en": HEADLINES[head][1],
        "hold_reason": o.hold_reason,
        "bank_time": instant(o.bank_time),
        "priority": o.priority,
    }
    if world.role == "warehouse":
        del row["amount"], row["paid"]
    return row


def order_detail(world: World, o: OrderRecord) -> Json:
    row = order_row(world, o)
    settled = [p for p in world.live.values() if any(a.invoice == o.id and not a.undone for a in p.allocations)]
    call = world.tasks.get(f"t-{o.number}")
    row.update(
        lines=[
            {
                "sku": line.article.sku,
                "name": line.article.name,
                "qty": str(line.qty),
                "unit": line.article.unit,
                "price": line.article.price,
                "amount": line.article.price * line.qty,
                "reserved": str(line.qty if o.released_at else 0),
                "picked": str(line.picked),
                "backorder": "0",
            }
            for line in o.lines
        ],
        invoices=[invoice(world, o)],
        payments=[payment_row(world, p) for p in settled],
        release=None
        if o.released_at is None
        else {
            "at": instant(o.released_at),
            "rule": [
                {"code": "fully_paid", "ok": True, "text_ru": "оплачен полностью", "text_en": "paid in full"},
                {
                    "code": "evidence",
                    "ok": all(p.evidence != "file" for p in settled),
                    "text_ru": "деньги подтверждены подписью банка",
                    "text_en": "money proved by the bank's signature",
                },
                {"code": "stock", "ok": True, "text_ru": "товар есть на складе", "text_en": "goods are in stock"},
            ],
            "evidence": [f"m-{p.id}" for p in settled],
        },
        picks=[pick_row(world, k) for k in world.picks.values() if k.order == o.id],
        tasks=[task(world, t) for t in world.tasks.values() if t.order == o.id],
        parcels=[order_parcel(one) for one in world.parcels.values() if (one["order"] or {}).get("id") == o.id],
        sla=None
        if o.bank_time is None
        else {
            "bank_time": instant(o.bank_time),
            "received_s": 3.1,
            "allocated_s": 4.0,
            "pick_list_s": 6.2 if o.released_at else None,
            "call_task_s": 7.3 if o.released_at else None,
            "call_done_s": 312.0 if call and call.state == "done" else None,
        },
        address=o.buyer.address,
        contact=o.buyer.contact,
        comment="Хрупкое: стекло, класть вертикально" if any("GL-" in line.article.sku for line in o.lines) else "",
    )
    return row


def order_parcel(one: Json) -> Json:
    """A parcel as its order's card names it."""
    named = ("id", "carrier", "track", "stage", "stage_ru", "stage_en", "cod", "cod_received", "cod_state", "cod_due")
    return {name: one[name] for name in named}


def pick_row(world: World, k: PickRecord) -> Json:
    o = world.orders[k.order]
    return {
        "id": k.id,
        "version": k.version,
        "number": k.number,
        "order_id": o.id,
        "order_number": o.number,
        "warehouse": k.warehouse,
        "state": k.state,
        "delivery": o.delivery,
        "lines_count": len(o.lines),
        "qty_total": str(sum(line.qty for line in o.lines)),
        "due_at": instant(k.due),
        "taken_by": k.taken_by,
        "created_at": instant(k.created),
        "priority": o.priority,
    }


def pick_detail(world: World, k: PickRecord) -> Json:
    o = world.orders[k.order]
    row = pick_row(world, k)
    row.update(
        buyer=o.buyer.name,
        phone=o.buyer.phone,
        lines=[
            {
                "id": line.id,
                "sku": line.article.sku,
                "name": line.article.name,
                "bin": line.article.bin,
                "unit": line.article.unit,
                "qty": str(line.qty),
                "picked": str(line.picked),
                "short_reason": line.short_reason,
            }
            for line in sorted(o.lines, key=lambda line: line.article.bin)
        ],
        evidence={"message_ids": [f"m-{k.id}"], "payment_ids": [], "sha256": sha(k.id)},
        comment="Хрупкое: стекло, класть вертикально" if any("GL-" in line.article.sku for line in o.lines) else "",
        actions=world.pick_actions(k),
    )
    return row


def task(world: World, t: TaskRecord) -> Json:
    o = world.orders.get(t.order or "")
    return {
        "id": t.id,
        "version": t.version,
        "kind": t.kind,
        "title_ru": t.title[0],
        "title_en": t.title[1],
        "state": t.state,
        "due_at": instant(t.due),
        "overdue": t.state not in ("done", "cancelled") and world.now() > t.due,
        "created_at": instant(t.created),
        "taken_by": t.taken_by,
        "role": t.role,
        "order_id": t.order,
        "order_number": o.number if o else None,
        "payment_id": t.payment,
        "buyer": o.buyer.name if o else None,
        "phone": o.buyer.phone if o else None,
        "script_ru": t.script[0],
        "script_en": t.script[1],
        "amount": o.amount if o else None,
        "delivery": o.delivery if o else None,
        "attempts": t.attempts,
    }
