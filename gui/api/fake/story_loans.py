"""Applications for loans the make-believe service starts with: one at each point of the way, and more if wanted.

Each is kept as the contract's own JSON; what only some may see stands beside it in `LoanRecord`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from gui.api.fake.loan_words import DECISIONS, FUNDING, GOODS, ORIGINAL, ORIGINS, PAPERS, SIGNING, STAGES, STATES, WAYS
from gui.api.fake.render import instant, sha
from gui.api.fake.shop import dice

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]
SHOPS = {
    "sh-1": "Салон «Мягкий дом»",
    "sh-2": "Техника у парка",
    "sh-3": "Мебель Северная",
    "sh-4": "Гаджет-базар",
}
LENDERS = {"volga": "Волга-Кредит", "sever": "Северный рассрочка-банк"}
_BUYERS = [
    ("Соколова Ирина Павловна", "+79161234501"),
    ("Мельников Артём Олегович", "+79265550102"),
    ("Гусева Татьяна Викторовна", "+79031110203"),
    ("Ким Алексей Дмитриевич", "+79857770304"),
    ("Орлова Наталья Сергеевна", "+79104440405"),
    ("Фролов Денис Игоревич", "+79263330506"),
    ("Захарова Елена Юрьевна", "+79152220607"),
    ("Борисов Павел Андреевич", "+79096660708"),
]
_GOODS = [
    ("Диван «Осло» трёхместный", "furniture", 89_900_00),
    ("Холодильник двухкамерный", "appliances", 74_990_00),
    ("Ноутбук 15,6 дюйма", "electronics", 112_490_00),
    ("Кухонный гарнитур", "furniture", 186_000_00),
    ("Телевизор 55 дюймов", "electronics", 64_990_00),
    ("Стиральная машина", "appliances", 45_990_00),
]


@dataclass(slots=True)
class LoanRecord:
    """One application: `card` is what everybody sees, the rest what is shown by right only."""

    id: str
    card: Json
    name: str
    phone: str
    remark: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    consent: str = ""
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def version(self) -> int:
        return int(self.card["version"])


def worded(name: str, word: str, table: dict[str, tuple[str, str]]) -> Json:
    """`name` with its texts in both languages."""
    ru, en = table.get(word, (word, word)) if word else ("", "")
    return {name: word, f"{name}_ru": ru, f"{name}_en": en}


def masked(name: str, phone: str) -> tuple[str, str]:
    surname, *rest = name.split()
    return f"{surname[0]}. {rest[0] if rest else ''}".strip(), f"+7 *** ***-**-{phone[-2:]}"


def made(world: World, number: int, state: str, stage: str, *, hours: float, at: float | None = None) -> LoanRecord:
    """An application that stands at its stage for `hours`; `at`: hours since it was left."""
    now = world.now()
    name, phone = _BUYERS[number % len(_BUYERS)]
    thing, category, price = _GOODS[number % len(_GOODS)]
    shop = list(SHOPS)[number % len(SHOPS)]
    down = price // 10 if number % 3 else 0
    who, tel = masked(name, phone)
    left = now - timedelta(hours=at if at is not None else hours + 2)
    card: Json = {
        "id": f"ln-{number}",
        "version": 1,
        "number": number,
        "shop_id": shop,
        "shop": SHOPS[shop],
        "shop_order": f"З-{70_000 + number}",
        "order_id": None,
        **worded("origin", "site" if number % 2 else "call_centre", ORIGINS),
        **worded("state", state, STATES),
        **worded("stage", stage, STAGES),
        "stage_since": instant(now - timedelta(hours=hours)),
        "red": False,
        "made_at": instant(left),
        "made_by": "shop_site:site",
        "ended_at": None,
        "ended_by": "",
        "end_reason": "",
        "end_reason_ru": "",
        "end_reason_en": "",
        "goods": price,
        "down": down,
        "months": (12, 6, 24)[number % 3],
        "region": "77",
        "delivery": "delivery" if number % 2 else "pickup",
        "call_due": None,
        "call_attempts": 0,
        "call_by": "",
        "lender": "",
        "lender_title": "",
        "offer_id": "",
        **worded("signing_way", "", WAYS),
        "agreement_no": "",
        "loan": 0,
        "discount": 0,
        "transfer": 0,
        "fee": 0,
        "to_shop": 0,
        "buyer": who,
        "phone": tel,
        "purged_at": None,
        "basket": [{"name": thing, "category": category, "qty": "1.000", "price": price, "amount": price}],
        "decisions": [],
        "choices": [],
        "agreement": None,
        "earlier_agreements": [],
        "identity_checks": [],
        "visits": [],
        "payments": [],
        "returns": [],
        "settlement": [],
        "documents": [],
        "missing": [],
        "timeline": [told(left, "shop_site:site", "loan.made", "Заявка с сайта магазина", "Left on the shop's site")],
    }
    record = LoanRecord(card["id"], card, name, phone)
    world.loans[record.id] = record
    return record


def told(at: datetime, by: str, code: str, ru: str, en: str) -> Json:
    return {"at": instant(at), "by": by, "code": code, "text_ru": ru, "text_en": en}


def offer(loan: Json, name: str, *, rate: str = "24.9", less: int = 0) -> Json:
    amount = loan["goods"] - loan["down"] - less
    months = loan["months"]
    return {
        "id": name,
        "loan": amount,
        "months": months,
        "rate": rate,
        "psk": "24.818",
        "payment": round(amount * 1.14 / months),
        "discount": 0 if rate != "0" else amount // 20,
        "ways": list(WAYS),
        "until": None,
    }


def decision(world: World, loan: Json, lender: str, state: str, **more: Any) -> Json:
    now = world.now()
    return {
        "id": f"{loan['id']}-{lender}",
        "lender": lender,
        "title": LENDERS[lender],
        **worded("state", state, DECISIONS),
        "external_id": f"{lender[:2].upper()}-{loan['number']}",
        "reason": "",
        "offers": [],
        "wanted": [],
        "asked_at": instant(now - timedelta(hours=1)),
        "answered_at": instant(now - timedelta(minutes=20)),
        "heard_at": instant(now - timedelta(minutes=2)),
        "ask_at": instant(now + timedelta(minutes=3)),
        "failures": 0,
        "error": None,
        "seen_status": state,
        "views": [{"id": "v1", "at": instant(now - timedelta(minutes=20)), "status": state.upper(), "known": True}],
        **more,
    }


def choices_of(loan: Json) -> list[Json]:
    """Every standing offer in every way, the cheapest way first."""
    costs = {"clerk": (0, ""), "branch": (0, "отделение банка"), "courier": (1_490_00, "Курьерская служба «Стрела»")}
    return [
        {
            "lender": one["lender"],
            "title": one["title"],
            "offer": chosen,
            **worded("way", way, WAYS),
            "cost": costs[way][0],
            "partner": costs[way][1],
            "fee": (chosen["loan"] - chosen["discount"]) * 3 // 100,
            "to_shop": (chosen["loan"] - chosen["discount"]) * 97 // 100,
        }
        for one in loan["decisions"]
        if one["state"] == "approved"
        for chosen in one["offers"]
        for way in WAYS
    ]


def agree(world: World, record: LoanRecord, way: str, signing: str, *, lender: str = "volga", **more: Any) -> Json:
    """The agreement of the chosen offer."""
    loan, now = record.card, world.now()
    if not loan["decisions"]:
        loan["decisions"] = [decision(world, loan, lender, "approved", offers=[offer(loan, "o1")])]
    amount = loan["goods"] - loan["down"]
    fee = amount * 3 // 100
    loan |= {
        "lender": lender,
        "lender_title": LENDERS[lender],
        "offer_id": "o1",
        **worded("signing_way", way, WAYS),
        "agreement_no": f"КД-{loan['number']}/26",
        "loan": amount,
        "transfer": amount,
        "fee": fee,
        "to_shop": amount - fee,
    }
    states = {"original": "none", "funding": "expected", "goods": "held", **more}
    loan["agreement"] = {
        "id": f"ag-{loan['number']}",
        "version": 1,
        "lender": lender,
        "title": LENDERS[lender],
        "number": loan["agreement_no"],
        "date": (now - timedelta(days=2)).date().isoformat(),
        "made_at": instant(now - timedelta(days=2)),
        "loan": amount,
        "discount": 0,
        "transfer": amount,
        "months": loan["months"],
        "rate": "24.9",
        "psk": "24.818",
        "psk_ours": "24.818",
        "sign_by": (now + timedelta(days=8)).date().isoformat(),
        "cooling_until": instant(now + timedelta(hours=4)) if way != "clerk" else None,
        "lender_cooling_until": None,
        "warnings": [],
        "held": False,
        **worded("signing", signing, SIGNING),
        "signing_way": way,
        "signing_cost": 1_490_00 if way == "courier" else 0,
        "identity_failures": 0,
        "identity_checked_at": None,
        "signed_at": instant(now - timedelta(days=1)) if signing in ("signed", "verified") else None,
        "verified_at": None,
        **worded("original", str(states["original"]), ORIGINAL),
        "holder": "",
        "waybill": "",
        "sent_at": None,
        "arrived_at": None,
        **worded("funding", str(states["funding"]), FUNDING),
        "received": amount if states["funding"] == "received" else 0,
        "funded_at": instant(now - timedelta(hours=5)) if states["funding"] == "received" else None,
        "invoice_id": None,
        **worded("goods", str(states["goods"]), GOODS),
        "hold_reasons": [],
        "released_at": None,
        "shipped_at": None,
        "delivered_at": None,
        "committed_at": None,
        "returned": 0,
    }
    agreement: Json = loan["agreement"]
    return agreement


def document(record: LoanRecord, kind: str, name: str, content: bytes, at: datetime, by: str) -> Json:
    number = f"{record.id}-d{len(record.files) + 1}"
    record.files[number] = content
    return {
        "id": number,
        "agreement_id": None,
        **worded("kind", kind, PAPERS),
        "name": name,
        "media_type": "application/pdf",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "at": instant(at),
        "by": by,
        "purged": False,
        "readable": True,
    }


def loans(world: World) -> None:
    """One application at each point of the way."""
    _calls(world)
    _with_lenders(world)
    _signing(world)
    _after(world)
    _ended(world)


def _calls(world: World) -> None:
    now = world.now()
    lead = made(world, 41, "lead", "application", hours=0.1)
    lead.card["call_due"] = instant(now + timedelta(minutes=9))
    back = made(world, 42, "callback", "application", hours=3)
    back.card |= {"call_due": instant(now - timedelta(minutes=12)), "call_attempts": 2, "red": True}
    back.remark = "Просил звонить после работы"
    form = made(world, 43, "questionnaire", "application", hours=1)
    form.answers = {"surname": "Фролов", "name": "Денис", "phone": form.phone, "passport": "450912345"}
    form.consent = "v1"


def _with_lenders(world: World) -> None:
    now = world.now()
    asked = made(world, 44, "submitted", "decision", hours=4).card
    away = {"code": "lender.away", "text_ru": "Банк не отвечает", "text_en": "The lender does not answer"}
    asked["decisions"] = [
        decision(world, asked, "volga", "sent"),
        decision(
            world, asked, "sever", "sent", heard_at=None, failures=7, error=away,
            views=[{"id": "v9", "at": instant(now), "status": "ON_REVIEW_2", "known": False}],
        ),
    ]  # fmt: skip
    wanted = made(world, 45, "submitted", "decision", hours=2)
    wanted.card["decisions"] = [
        decision(
            world, wanted.card, "volga", "needs_info",
            wanted=[{"field": "passport_code", "text": "Код подразделения не читается"}],
        )
    ]  # fmt: skip
    wanted.consent = "v1"
    yes = made(world, 46, "approved", "decision", hours=1).card
    yes["decisions"] = [
        decision(world, yes, "volga", "approved", offers=[offer(yes, "o1")]),
        decision(world, yes, "sever", "approved", offers=[offer(yes, "o2", rate="0", less=5_000_00)]),
    ]
    yes["choices"] = choices_of(yes)


def _signing(world: World) -> None:
    now = world.now()
    chosen = made(world, 47, "agreed", "signing", hours=20)
    paper = agree(world, chosen, "clerk", "documents_ready")
    paper["psk_ours"] = "24.902"
    paper["warnings"] = [
        {"code": "loan.psk_differs", "text_ru": "ПСК банка 24,818 %, наша 24,902 %: разница больше 0,05 п. п.",
         "text_en": "The lender's PSK is 24.818 %, ours 24.902 %", "values": {}, "holds": False, "settled_by": "",
         "settled_at": None},
    ]  # fmt: skip
    chosen.card["documents"] = [document(chosen, "agreement", "KD-47.pdf", b"%PDF-1.4 agreement", now, "service")]
    courier = made(world, 48, "agreed", "signing", hours=30)
    agree(world, courier, "courier", "out")
    courier.card["visits"] = [
        {"id": "vi-1", "courier": "Курьерская служба «Стрела»", "day": now.date().isoformat(), "hours": "10-14",
         "cost": 1_490_00, "ordered_at": instant(now - timedelta(hours=20)), "ordered_by": "manager:Екатерина Лис",
         "out_at": instant(now - timedelta(hours=1)), "met_at": None, "ended_at": None, "result": "", "note": ""},
    ]  # fmt: skip
    held = made(world, 49, "agreed", "signing", hours=7)
    paper = agree(world, held, "branch", "documents_ready")
    paper["held"] = True
    paper["warnings"] = [
        {"code": "loan.sum_differs", "text_ru": "Сумма договора больше предложения на 1 000,00 ₽",
         "text_en": "The agreement is 1,000.00 ₽ more than the offer", "values": {}, "holds": True, "settled_by": "",
         "settled_at": None},
    ]  # fmt: skip


def _after(world: World) -> None:
    now = world.now()
    post = made(world, 50, "active", "original", hours=24 * 11)
    paper = agree(world, post, "courier", "verified", original="in_transit", goods="held")
    paper |= {"holder": "carrier:СДЭК", "waybill": "1502834417", "sent_at": instant(now - timedelta(days=9)),
              "hold_reasons": [{"code": "release.loan_money", "text_ru": "деньги банка ещё не пришли",
                                "text_en": "the lender's money is not here yet"}]}  # fmt: skip
    post.card["red"] = True
    post.card["missing"] = [{"kind": "waybill", "kind_ru": "накладная", "kind_en": "waybill"}]
    waits = made(world, 51, "active", "money", hours=24 * 2)
    agree(world, waits, "clerk", "verified", original="accepted", goods="delivered")
    share = made(world, 52, "active", "shop", hours=6)
    agree(world, share, "branch", "verified", original="accepted", funding="received", goods="delivered")
    _paid(world, share, paid=False)
    closed = made(world, 53, "closed", "done", hours=40, at=24 * 12)
    agree(world, closed, "clerk", "verified", original="accepted", funding="received", goods="committed")
    _paid(world, closed, paid=True)


def _paid(world: World, record: LoanRecord, *, paid: bool) -> None:
    """The lender's money and the shop's share."""
    now, loan = world.now(), record.card
    payment = next(iter(world.payments.values()))
    loan["payments"] = [
        {"agreement_id": f"ag-{loan['number']}", "payment_id": payment.id, "amount": loan["transfer"], "state": "auto",
         "booked": now.date().isoformat(), "bank_ref": f"BR-{loan['number']}", "evidence": "signed",
         "received_at": instant(now - timedelta(hours=5)), "message_id": f"msg-{loan['number']}",
         "sha256": sha(f"msg-{loan['number']}")},
    ]  # fmt: skip
    state = "paid" if paid else "payable"
    loan["settlement"] = [
        {"line_id": f"sl-{loan['number']}", "kind": "loan", "kind_ru": "Кредит", "kind_en": "Loan",
         "on": now.date().isoformat(), "gross": loan["transfer"], "fee": loan["fee"], "net": loan["to_shop"],
         "vat": loan["fee"] * 22 // 122, "payment_id": payment.id, "reverses": None, "note": "",
         "statement_id": "st-6" if paid else "st-4", "statement_number": 6 if paid else 4, "statement_state": state,
         "statement_state_ru": "Выплачена" if paid else "К выплате",
         "statement_state_en": "Paid" if paid else "To be paid",
         "payment_order_id": "out-7" if paid else None, "paid_at": instant(now - timedelta(hours=30)) if paid else None,
         "paid_entry_id": "e-1" if paid else None},
    ]  # fmt: skip


def _ended(world: World) -> None:
    now = world.now()
    no = made(world, 54, "declined", "ended", hours=50)
    no.card |= {
        "ended_at": instant(now - timedelta(hours=50)),
        "ended_by": "lender",
        "end_reason": "declined",
        "end_reason_ru": "банки отказали",
        "end_reason_en": "the lenders said no",
    }
    no.card["decisions"] = [decision(world, no.card, "volga", "declined", reason="Высокая нагрузка", ask_at=None)]
    back = made(world, 55, "returned", "ended", hours=70, at=24 * 20)
    agree(world, back, "clerk", "verified", original="accepted", funding="received", goods="returned")
    back.card["agreement"]["returned"] = back.card["goods"]
    back.card["returns"] = [
        {"id": "rt-1", "at": instant(now - timedelta(hours=70)), "by": "manager:Екатерина Лис",
         "goods": back.card["goods"], "to_lender": back.card["transfer"], "to_buyer": back.card["down"],
         "fee_back": back.card["fee"], "reason": "Не подошёл цвет", "payment_order_id": "out-3", "executed_at": None},
    ]  # fmt: skip


def bulk(world: World, count: int) -> None:
    """Applications of the past."""
    rng = dice("loans")
    for index in range(count):
        record = made(world, 1000 + index, "closed", "done", hours=24 * rng.randint(3, 200), at=24 * 230)
        record.card["agreement_no"] = f"КД-{1000 + index}/26"
