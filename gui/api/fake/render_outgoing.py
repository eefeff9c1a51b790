"""Payment orders and the bank page of the make-believe service as the contract's JSON."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from gui.api.fake.records import ChannelRecord, OutgoingRecord
from gui.api.fake.render import Json, instant
from gui.api.fake.render_house import first_link
from gui.api.fake.story_outgoing import ACCOUNTS

if TYPE_CHECKING:
    from gui.api.fake.world import World

STATES = {
    "draft": ("Ждёт двух подписей", "Awaits two signatures"),
    "waiting_approval": ("Ждёт второй подписи", "Awaits the second signature"),
    "approved": ("Подписано, уходит в банк", "Signed, about to leave"),
    "sending": ("Отправляется", "Being sent"),
    "unknown": ("Связь оборвалась: спрашиваем банк", "The line broke: the bank is being asked"),
    "sent": ("Передано банку", "With the bank"),
    "accepted": ("Принято банком", "Accepted by the bank"),
    "executed": ("Исполнено: деньги списаны", "Executed: the money has left"),
    "refused": ("Отвергнуто банком", "Refused by the bank"),
    "returned": ("Деньги вернулись", "The money came back"),
    "rejected": ("Отклонено вторым лицом", "Rejected by the second person"),
    "withdrawn": ("Отозвано до отправки", "Withdrawn before it left"),
}
EVENTS = {
    "proposed": ("Предложено.", "Proposed."),
    "sign": ("Первая подпись.", "First signature."),
    "approve": ("Вторая подпись: можно отправлять.", "Second signature: it may leave."),
    "reject": ("Отклонено: {note}", "Rejected: {note}"),
    "withdraw": ("Отозвано: {note}", "Withdrawn: {note}"),
    "prepare": ("Файл для банка составлен и сохранён.", "The file for the bank is made and kept."),
    "taken": ("Банк получил поручение.", "The bank has the order."),
    "lost": (
        "Связь оборвалась при отправке: дошло ли поручение, пока неизвестно.",
        "The line broke while it was sent: whether it arrived is not known yet.",
    ),
    "absent": (
        "Банк говорит, что поручения у него нет; попыток: 4. Нужно решение человека",
        "The bank says it has not got the order; tries: 4. A person has to decide",
    ),
    "send_again": ("Решено отправить ещё раз: {note}", "Decided to send again: {note}"),
    "give_up": ("Решено, что поручение не ушло: {note}", "Decided that the order did not go: {note}"),
    "accept": ("Банк принял поручение к исполнению.", "The bank accepted the order."),
    "refuse": ("Банк отказал.", "The bank refused."),
    "execute": ("Списание стоит в выписке.", "The debit stands in the statement."),
    "return": ("Деньги вернулись на счёт.", "The money came back."),
}
UNSENT = ("draft", "waiting_approval", "approved")
SIGNERS = ("accountant", "director", "owner")


def to_decide(order: OutgoingRecord) -> bool:
    """Whether the bank has not got it after all tries, and nobody has said yet what becomes of it."""
    past = [event for _, _, event, _ in order.history]
    return order.state == "unknown" and past.count("absent") > past.count("send_again")


def order_row(order: OutgoingRecord) -> Json:
    ru, en = STATES[order.state]
    return {
        "id": order.id,
        "version": order.version,
        "number": order.number,
        "date": order.day.isoformat(),
        "account": order.account,
        "payee_name": order.payee.name,
        "payee_inn": order.payee.inn,
        "payee_account": order.payee.account,
        "payee_bic": order.payee.bic,
        "amount": order.amount,
        "purpose": order.purpose,
        "kind": order.kind,
        "source": order.source,
        "state": order.state,
        "state_ru": ru,
        "state_en": en,
        "proposed_by": order.proposed_by,
        "proposed_at": instant(order.proposed_at),
        "approved_by": list(order.approved_by),
        "warnings": [{**told, "confirm": True} for told in order.warnings],
        "bank_code": order.bank_code,
        "bank_text": order.bank_text,
        "sent_at": instant(order.sent_at),
        "executed_at": instant(order.executed_at),
        "entry_id": f"e-{order.id}" if order.executed_at else None,
    }


def order_detail(world: World, order: OutgoingRecord) -> Json:
    return {
        **order_row(order),
        "payee_kpp": order.payee.kpp,
        "payee_bank": order.payee.bank,
        "payee_corr_account": order.payee.corr,
        "priority": order.priority,
        "uin": order.uin,
        "tax": order.tax,
        "note": order.note,
        "channel": "bxd:bank-one" if order.sent_at else "",
        "bank_ref": f"REF{order.number}" if order.sent_at else "",
        "returned_at": instant(order.returned_at),
        "may_withdraw": order.state in UNSENT,
        "to_decide": to_decide(order),
        "history": [
            {
                "at": instant(at),
                "by": by,
                "event": event,
                "state": "",
                "note": note,
                "text_ru": EVENTS[event][0].format(note=note),
                "text_en": EVENTS[event][1].format(note=note),
            }
            for at, by, event, note in order.history
        ],
        "evidence": [
            {
                "entry_id": f"e-{order.id}",
                "incoming": incoming,
                "amount": order.amount,
                "booked": at.date().isoformat(),
                "bank_ref": f"REF{order.number}",
                "kind": kind,
                "message_id": f"m-{order.id}-{number}",
                "sha256": hashlib.sha256(world.evidence(f"m-{order.id}-{number}")).hexdigest(),
                "received_at": instant(at),
            }
            for number, (kind, incoming, at) in enumerate(order.lines, start=1)
        ],
        "server_time": instant(world.now()),
    }


def bank(world: World) -> Json:
    links = [first_link(world), *(_link(world, one) for one in world.channels)]
    pays = "outgoing.read" in world.permissions
    return {
        "links": links,
        "certificates": [_certificate(link) for link in links],
        "polls": [
            {
                "at": instant(p.at),
                "channel": "bxd:bank-one",
                "result": p.result,
                "duration_ms": round(p.ms),
                "files": p.files,
                "error_code": p.error,
            }
            for p in world.polls
        ],
        "accounts": ACCOUNTS if pays else [],
        "may_propose": "outgoing.propose" in world.permissions,
        "may_approve": "outgoing.approve" in world.permissions and world.role in SIGNERS,
        "server_time": instant(world.now()),
    }


def _link(world: World, one: ChannelRecord) -> Json:
    now = world.now()

    def away(minutes: float | None, sign: int) -> str | None:
        return None if minutes is None else instant(now + sign * timedelta(minutes=minutes))

    error = None
    if one.error is not None:
        names = ("code", "text_ru", "text_en", "hint_ru", "hint_en")
        error = dict(zip(names, one.error, strict=True))
    ends = None if one.days_left is None else (now + timedelta(days=one.days_left)).date().isoformat()
    return {
        "channel": one.channel,
        "title": one.title,
        "last_poll_at": away(one.asked_min, -1),
        "last_good_at": away(one.good_min, -1),
        "next_poll_at": away(one.next_min, 1),
        "last_result": one.result,
        "new_files": one.files,
        "error": error,
        "certificate_expires": ends,
        "days_left": one.days_left,
        "renewal_due": one.days_left is not None and one.days_left <= 30,
    }


def _certificate(link: Json) -> Json:
    left = link["days_left"]
    return {
        "channel": link["channel"],
        "title": link["title"],
        "expires": link["certificate_expires"],
        "days_left": left,
        "state": "ok" if left is None or left > 60 else "warning" if left > 7 else "error",
    }
