"""Parcels the make-believe service starts with: one at each point of its way, and more if wanted.

Each is kept as the contract's own JSON; `group` members are reckoned from it as the real service does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from gui.api.fake.render import instant
from gui.api.fake.shop import dice

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]
STAGES = {
    "registered": ("Номер присвоен", "Number given"),
    "accepted": ("Принята", "Accepted"),
    "in_transit": ("В пути", "On its way"),
    "ready": ("Ждёт получателя", "Waits for the buyer"),
    "with_courier": ("У курьера", "With the courier"),
    "delivered": ("Вручена", "Delivered"),
    "return_started": ("Возвращается", "Goes back"),
    "returned": ("Вернулась", "Returned"),
}
_PEOPLE = [
    ("Соколова Ирина Павловна", "+79161234501", "sokolova@mail.example"),
    ("Мельников Артём Олегович", "+79265550102", ""),
    ("Гусева Татьяна Викторовна", "+79031110203", "guseva@mail.example"),
    ("Ким Алексей Дмитриевич", "+79857770304", "kim@mail.example"),
    ("Орлова Наталья Сергеевна", "+79104440405", ""),
    ("Фролов Денис Игоревич", "+79263330506", "frolov@mail.example"),
    ("Захарова Елена Юрьевна", "+79152220607", ""),
    ("Борисов Павел Андреевич", "+79096660708", "borisov@mail.example"),
]
_OFFICES = [
    ("443063", "Самара 63", "Самарская обл."),
    ("630099", "Новосибирск 99", "Новосибирская обл."),
    ("344002", "Ростов-на-Дону 2", "Ростовская обл."),
    ("620014", "Екатеринбург 14", "Свердловская обл."),
    ("420111", "Казань 111", "Респ. Татарстан"),
    ("690091", "Владивосток 91", "Приморский край"),
]
_WAY = {
    "register": ("28:0", "Присвоение идентификатора", "registered"),
    "accept": ("2:1", "Приём: Партионный", "accepted"),
    "move": ("8:4", "Обработка: Покинуло сортировочный центр", "in_transit"),
    "arrive": ("8:2", "Обработка: Прибыло в место вручения", "ready"),
    "countdown": ("61:0", "Срок хранения истекает", "ready"),
    "deliver": ("3:1", "Вручение: Вручение адресату", "delivered"),
    "turn_back": ("4:1", "Возврат: Истёк срок хранения", "return_started"),
}
# Each: stage, days since the last operation, cash on delivery, its state, what is peculiar.
_STORY: list[tuple[str, list[str], int, int, str]] = [
    ("ready", ["accept", "move", "arrive"], 3, 4_890_00, "expected"),
    ("in_transit", ["register", "accept", "move"], 11, 12_400_00, "expected"),
    ("return_started", ["accept", "move", "arrive", "turn_back"], 1, 3_150_00, "expected"),
    ("delivered", ["accept", "move", "arrive", "deliver"], 16, 7_990_00, "missing"),
    ("delivered", ["accept", "move", "arrive", "deliver"], 9, 5_600_00, "arrived"),
    ("in_transit", ["accept", "move"], 5, 0, "none"),
    ("registered", [], 1, 0, "none"),
    ("with_courier", ["accept", "move"], 0, 2_300_00, "expected"),
]


@dataclass(slots=True)
class ParcelDesk:
    """Attributes: lists: taken in from files, a run of which stays where it is while `waits`; mappings: by headings.
    asked: parcels whose carrier was asked now. consents: what was said of an address, by channel and address."""

    lists: dict[str, Json] = field(default_factory=dict)
    mappings: dict[tuple[str, ...], Json] = field(default_factory=dict)
    waits: bool = False
    asked: list[str] = field(default_factory=list)
    consents: dict[tuple[str, str], list[Json]] = field(default_factory=dict)


def parcels(world: World) -> None:
    """The eight of the story: waiting, stuck, going back, its money missing, its money here, perhaps waiting, only a
    number, at the door."""
    for number, (stage, way, days, cod, money) in enumerate(_STORY, start=1):
        card = _made(world, number, stage, way, days, cod, money)
        world.parcels[card["id"]] = card
    first, stuck, _, missing, arrived, guessed, fresh, courier = world.parcels.values()
    today = world.now().date()
    first |= {"keep_until": (today + timedelta(days=2)).isoformat(), "arrived_at": _ago(world, 3)}
    first["remind_at"] = instant(world.now() + timedelta(days=2))
    first["messages"] = _messages(world, first)
    first["order"] = _order(world, "1001")
    first["order_no"] = "1001"
    stuck["messages"] = [_message(world, stuck, 1, "accepted", "sms", "delivered", 14)]
    _money_of(world, missing, arrived)
    guessed |= {"guess_since": _ago(world, 1), "guess_share": "0.93", "guess_basis": "office:101000-443063 n=42"}
    fresh |= {"known": False, "carrier": "post", "track": "RA644000001RU"}
    courier |= {"carrier": "cdek", "track": "1105462391", "no_messages": True}


def bulk(world: World, count: int) -> None:
    """`count` parcels of the past: enough rows to scroll through."""
    rng = dice("parcels")
    for index in range(count):
        number = 100 + index
        back = rng.random() < 0.06
        way = ["accept", "move", "arrive", "turn_back" if back else "deliver"]
        cod = rng.randrange(90_000, 1_400_000) if rng.random() < 0.5 else 0
        card = _made(world, number, "returned" if back else "delivered", way, 20 + index // 12, cod,
                     "void" if back and cod else "arrived" if cod else "none")  # fmt: skip
        card |= {"watch": "ended", "ended_how": "carrier", "ended_at": card["moved_at"], "stuck": False}
        world.parcels[card["id"]] = card


def _made(world: World, number: int, stage: str, way: list[str], days: int, cod: int, money: str) -> Json:
    name, phone, email = _PEOPLE[number % len(_PEOPLE)]
    index, office, region = _OFFICES[number % len(_OFFICES)]
    operations = _operations(world, way, days, index, office)
    moved = operations[0]["at"] if operations else _ago(world, days)
    made = _ago(world, days + 2 * len(way) + 1)
    ended = stage == "delivered"
    return {
        "id": f"pa-{number}", "version": 1, "carrier": "post", "track": f"{80_115_000_000_000 + number * 7919:014}",
        "source": "file", "shop": "", "order_no": str(2000 + number), "name": name, "phone": phone, "email": email,
        "order_sum": cod or 3_400_00, "declared": cod, "cod": cod, "cod_received": cod if money == "arrived" else 0,
        "postage": 420_00, "index_to": index, "region": region, "address": "ул. Садовая, 5, кв. 12", "mail_type": 4,
        "stage": stage, **staged(stage), "stage_since": moved, "moved_at": moved, "arrived_at": None,
        "delivered_at": moved if ended else None, "returned_at": None,
        "office_index": index if operations else "", "office_name": office if operations else "", "keep_until": None,
        "last_code": operations[0]["code"] if operations else "", "watch": "ended" if ended else "active",
        "ended_at": moved if ended else None, "ended_how": "carrier" if ended else "", "ended_by": "",
        "cod_state": money, "cod_due": None, "made_at": made, "made_by": "manager:Екатерина Лис",
        "stuck": days > 7 and not ended and stage not in ("ready", "with_courier"),
        "ready": stage in ("ready", "with_courier"), "back": stage == "return_started", "known": True,
        "no_messages": False, "control": False, "accepted_at": made,
        "ask_at": instant(world.now() + timedelta(hours=9)),
        "asked_at": _ago(world, 0), "answered_at": _ago(world, 0), "failures": 0, "reminders": 0, "remind_at": None,
        "guess_since": None, "guess_share": "", "guess_basis": "", "cod_collected_at": None, "cod_arrived_at": None,
        "cod_payment_id": None, "order_id": None, "invoice_id": None, "purged_at": None, "operations": operations,
        "money_events": [], "timeline": [told(made, "manager:Екатерина Лис", "Внесена", "Entered")], "messages": [],
        "order": None, "invoice": None, "payments": [], "claims": [],
    }  # fmt: skip


def staged(stage: str) -> Json:
    """The stage in both languages."""
    ru, en = STAGES[stage]
    return {"stage_ru": ru, "stage_en": en}


def told(at: str | None, by: str, ru: str, en: str) -> Json:
    """A line of a parcel's story."""
    return {"at": at, "by": by, "code": "parcel_event", "text_ru": ru, "text_en": en}


def _ago(world: World, days: float) -> str | None:
    return instant(world.now() - timedelta(days=days, minutes=7))


def _operations(world: World, way: list[str], days: int, index: str, office: str) -> list[Json]:
    """The latest first, two days apart; all but the last two at the sender's end."""
    found = []
    for place, effect in enumerate(reversed(way)):
        code, text, _ = _WAY[effect]
        here = effect not in ("register", "accept", "move")
        kept = (world.now() + timedelta(days=12)).date().isoformat() if effect == "arrive" else None
        found.append(
            {"at": _ago(world, days + 2 * place), "offset_minutes": 240, "code": code, "text": text, "effect": effect,
             "office_index": index if here else "101700", "office": office if here else "Москва, сортировочный центр",
             "country": "643", "mass": 1240, "keep_until": kept, "seen_at": _ago(world, days + 2 * place),
             "known": True}
        )  # fmt: skip
    return found


def _messages(world: World, card: Json) -> list[Json]:
    """One that arrived, one nobody knows the fate of, one that failed and went by e-mail instead."""
    return [
        _message(world, card, 1, "accepted", "email", "delivered", 7),
        _message(world, card, 2, f"ready.{card['office_index']}", "sms", "unknown", 3),
        _message(world, card, 3, f"reminder.{card['office_index']}.1", "sms", "queued", 0)
        | {"not_before": instant(world.now() + timedelta(hours=10)), "can_resend": False},
    ]


def _message(world: World, card: Json, number: int, event: str, channel: str, state: str, days: int) -> Json:
    at = _ago(world, days)
    body = f"Посылка {card['track']} ждёт вас: {card['office_index']} {card['office_name']}. kvit.example/t/8Hq"
    receipts = [{"at": at, "word": "DELIVRD", "taken": True}] if state == "delivered" else []
    return {
        "id": f"no-{card['id']}-{number}", "version": 1, "about": f"parcel:{card['id']}", "event": event,
        "channel": channel, "template": event.partition(".")[0], "template_version": 0,
        "address": card["phone"] if channel == "sms" else card["email"],
        "subject": "Ваша посылка отправлена" if channel == "email" else "", "body": body,
        "segments": 2 if channel == "sms" else 0, "price": 8_40 if channel == "sms" else 0, "state": state,
        "reason": "notify.no_answer" if state == "unknown" else "",
        "reason_ru": "шлюз не ответил" if state == "unknown" else "",
        "reason_en": "the gateway did not answer" if state == "unknown" else "", "said": "", "attempts": 1,
        "not_before": at, "not_after": at, "handed_at": at, "sent_at": at if state == "delivered" else None,
        "ended_at": at if state == "delivered" else None, "replaces": None, "note": "", "made_at": at,
        "made_by": "service", "receipts": receipts, "can_resend": state not in ("queued", "sending"),
    }  # fmt: skip


def _order(world: World, number: str) -> Json:
    order = world.orders[f"o-{number}"]
    return {"id": order.id, "number": order.number, "date": order.day.isoformat(), "amount": order.amount,
            "headline": "shipped"}  # fmt: skip


def _money_of(world: World, missing: Json, arrived: Json) -> None:
    """Money that is overdue, and money that stands in the bank's statement."""
    now: datetime = world.now()
    missing |= {"cod_due": (now - timedelta(days=6)).date().isoformat(), "cod_collected_at": _ago(world, 15)}
    missing["money_events"] = [
        {"at": _ago(world, 15), "kind": "PP", "text": "Приём наложенного платежа", "amount": missing["cod"],
         "collected": True}
    ]  # fmt: skip
    payment = next(p for p in world.payments.values() if p.state == "auto" and p.evidence == "signed")
    arrived |= dict.fromkeys(("cod", "cod_received", "declared", "order_sum"), payment.amount)
    arrived |= {
        "cod_due": now.date().isoformat(), "cod_collected_at": _ago(world, 8), "cod_arrived_at": _ago(world, 3),
        "cod_payment_id": payment.id, "payment": payment.id,
    }  # fmt: skip
