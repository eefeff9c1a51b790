"""What can be done with applications of the make-believe service: calls, the questionnaire, lenders, papers."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gui.api.fake import story_loans
from gui.api.fake.loan_words import DECISIONS, GOODS, ORIGINAL, SIGNING, STAGES, STATES
from gui.api.fake.problem import Problem
from gui.api.fake.render import instant
from gui.api.fake.story_loans import LENDERS, LoanRecord, told, worded

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]
CALLED = ("lead", "callback", "questionnaire")
ENDED = ("closed", "declined", "cancelled", "expired", "returned")
FIELDS = {
    "surname": True, "name": True, "patronymic": False, "birth_date": True, "passport": True,
    "passport_issued_by": True, "passport_issued_on": True, "passport_code": True, "registration_address": True,
    "living_address": False, "phone": True, "email": False, "income": True, "employer": False, "snils": False,
    "inn": False,
}  # fmt: skip
CONSENT = "v1"
PASSPORT = "4509123456"
_SCRIPT = (
    ("loan.script.greeting", "Здравствуйте! По вашей заявке на покупку в кредит. Удобно говорить?",
     "Good day! About your application to buy on credit. Is this a good moment?",
     "Не удобно — «Перезвонить»", "If it is not, choose “Call later”"),
    ("loan.script.purchase", "Сверим покупку: товар, сумма, первый взнос, срок.",
     "Let us go over the purchase: goods, sum, down payment, term.",
     "Первый взнос берёт магазин при выдаче", "The shop takes the down payment"),
    ("loan.script.consent", "Зачитайте согласие на обработку данных. Вы согласны?",
     "Read the consent to the processing of data. Do you agree?",
     "Без ясного «да» анкета не отправляется", "Without a clear yes nothing is sent"),
)  # fmt: skip
_PAPER_STEPS: dict[str, tuple[tuple[str, ...], str, str]] = {
    # action → signing states it starts from, the state after it, the right
    "identity": (("documents_ready", "met", "no_show"), "", "loans.sign"),
    "sign": (("identity_checked",), "signed", "loans.sign"),
    "no-show": (("documents_ready",), "no_show", "loans.sign"),
    "refuse": (("documents_ready", "met", "identity_checked"), "refused", "loans.sign"),
    "verify": (("signed",), "verified", "loans.work"),
    "fault": (("signed",), "faulty", "loans.work"),
    "resign": (("faulty",), "documents_ready", "loans.work"),
    "visit/out": (("ordered",), "out", "loans.work"),
    "visit/met": (("out",), "met", "loans.work"),
    "visit/empty": (("out",), "returned_empty", "loans.work"),
    "visit/order": (("returned_empty",), "ordered", "loans.work"),
}
_ORIGINAL_STEPS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "original/send": (("with_signer",), "in_transit", "loans.sign"),
    "original/arrive": (("in_transit",), "at_lender", "loans.work"),
    "original/accept": (("at_lender",), "accepted", "loans.work"),
    "original/reject": (("at_lender",), "rejected", "loans.work"),
    "original/lost": (("with_signer", "in_transit"), "lost", "loans.work"),
}

_GOODS_STEPS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "goods/release": (("held",), "released", "loans.work"),
    "goods/ship": (("held", "released"), "shipped", "loans.confirm"),
    "goods/deliver": (("released", "shipped"), "delivered", "loans.sign"),
}
_TABLES = (
    ("signing", SIGNING, _PAPER_STEPS), ("original", ORIGINAL, _ORIGINAL_STEPS), ("goods", GOODS, _GOODS_STEPS),
)  # fmt: skip


def found(world: World, name: str) -> LoanRecord:
    one = world.loans.get(name)
    if one is None:
        raise Problem(404, "loan.not_found", "Такой заявки нет.", "There is no such application.")
    return one


def actions(world: World, loan: Json) -> list[str]:
    """What this person may do now."""
    may = world.permissions
    state, wanted = loan["state"], any(one["state"] == "needs_info" for one in loan["decisions"])
    names: list[str] = []
    if "loans.call" in may:
        names += ["call", "purchase"] if state in CALLED else []
        names += ["questionnaire", "consent"] if state == "questionnaire" or wanted else []
        names += ["submit"] if state in ("questionnaire", "submitted", "approved") else []
        names += ["send-again"] if wanted else []
        names += ["withdraw"] if state in ("submitted", "approved") and len(loan["decisions"]) > 1 else []
    if "loans.confirm" in may and state == "approved":
        names.append("accept")
    if state not in ENDED and {"loans.call", "loans.confirm"} & set(may):
        names.append("cancel")
    paper = loan["agreement"]
    if paper is not None and state not in ENDED:
        if paper["held"] and "loans.work" in may:
            names.append("confirm-sums")
        for column, _words, table in _TABLES:
            names += [n for n, (states, _, right) in table.items() if paper[column] in states and right in may]
        names = [name for name in names if name not in _not_the_way_of(loan)]
        if paper["goods"] in ("delivered", "committed") and "loans.confirm" in may:
            names.append("goods/return")
        if paper["held"] and "sign" in names:
            names.remove("sign")
    if "loans.sign" in may:
        names.append("documents")
    return names


def _not_the_way_of(loan: Json) -> tuple[str, ...]:
    """Steps of goods this sale does not take: our warehouse releases and ships by its pick list, a shop by itself."""
    if loan["agreement"]["signing"] not in ("signed", "verified"):
        return tuple(_GOODS_STEPS)
    return ("goods/ship",) if loan["order_id"] else ("goods/release",)


def card(world: World, record: LoanRecord) -> Json:
    reveals = "loans.personal" in world.permissions and record.card["purged_at"] is None
    return {**record.card, "reveals": reveals, "actions": actions(world, record.card)}


def changed(world: World, record: LoanRecord, ru: str, en: str, **columns: Any) -> Json:
    """A step was done: another version, a line in the timeline, everybody is told."""
    record.card |= columns
    record.card["version"] += 1
    by = f"{world.role}:{world.user}"
    record.card["timeline"] = [*record.card["timeline"], told(world.now(), by, "loan.step", ru, en)]
    world.tell("loans", record.id)
    return card(world, record)


def check(record: LoanRecord, wanted: int | None, *, paper: bool) -> None:
    """Refuse what was decided on an older version."""
    agreement = record.card["agreement"]
    now = agreement["version"] if paper and agreement is not None else record.version
    if wanted is not None and wanted != now:
        raise Problem(412, "api.stale", "Заявка тем временем изменилась.", "The application has changed meanwhile.")


def state(name: str, stage: str) -> Json:
    return {**worded("state", name, STATES), **worded("stage", stage, STAGES)}


# --- calls -----------------------------------------------------------------------------------------------------------


def queue(world: World) -> Json:
    now = world.now()
    open_ = [r.card for r in world.loans.values() if r.card["state"] in ("lead", "callback") and not r.card["call_by"]]
    due = [c for c in open_ if c["call_due"] and c["call_due"] <= (instant(now + timedelta(minutes=30)) or "")]
    late = sum(c["call_due"] < (instant(now) or "") for c in due)
    held = sum(bool(r.card["call_by"]) for r in world.loans.values())
    rest = sorted(c["call_due"] for c in open_ if c not in due and c["call_due"])
    return {"waiting": len(due), "late": late, "held": held, "next_due": rest[0] if rest else None}


def next_call(world: World) -> Json:
    mine = [r for r in world.loans.values() if r.card["call_by"] == world.user]
    due = sorted(
        (r for r in world.loans.values() if r.card["state"] in ("lead", "callback") and not r.card["call_by"]),
        key=lambda r: str(r.card["call_due"]),
    )
    if not mine and not due:
        return {"loan": None}
    return take_call(world, (mine or due)[0])


def take_call(world: World, record: LoanRecord) -> Json:
    if record.card["call_by"] not in ("", world.user):
        raise Problem(409, "loan.on_the_line", "С покупателем уже говорит коллега.", "A colleague is calling already.")
    record.card["call_by"] = world.user
    world.tell("loans", record.id)
    return {"loan": {"card": card(world, record), "name": record.name, "phone": record.phone, "remark": record.remark,
                     "script": [dict(zip(("code", "text_ru", "text_en", "hint_ru", "hint_en"), one, strict=True))
                                for one in _SCRIPT]}}  # fmt: skip


def call_result(world: World, record: LoanRecord, body: Json) -> Json:
    result = body["result"]
    record.remark = str(body.get("remark") or record.remark)
    world.call_results.append((record.id, result, body.get("at")))
    if result == "reached":
        return changed(world, record, "Дозвонились", "Reached", **state("questionnaire", "application"), call_due=None)
    if result in ("refused", "wrong_number"):
        ended = {"ended_at": instant(world.now()), "ended_by": "buyer", "end_reason": "refused",
                 "end_reason_ru": "отказался по телефону", "end_reason_en": "refused on the phone"}  # fmt: skip
        return changed(world, record, "Отказ", "Refused", **state("cancelled", "ended"), call_by="", **ended)
    due = body.get("at") or instant(world.now() + timedelta(hours=1))
    tries = record.card["call_attempts"] + 1
    return changed(
        world, record, "Перезвонить", "To be called back",
        **state("callback", "application"), call_by="", call_due=due, call_attempts=tries,
    )  # fmt: skip


# --- questionnaire ---------------------------------------------------------------------------------------------------


def sheet(record: LoanRecord) -> Json:
    answers = {"phone": record.phone, **record.answers}
    faults = [
        {
            "field": name,
            "code": "loan.field.needed",
            "warning": False,
            "text_ru": "Нужно заполнить",
            "text_en": "Needed",
        }
        for name, needed in FIELDS.items()
        if needed and not answers.get(name)
    ]
    if answers.get("passport") and len("".join(filter(str.isdigit, answers["passport"]))) != 10:
        faults.append({"field": "passport", "code": "loan.field.passport", "warning": False,
                       "text_ru": "Серия и номер: 10 цифр", "text_en": "Series and number: 10 digits"})  # fmt: skip
    return {
        "version": record.version,
        "values": answers,
        "faults": faults,
        "consent": record.consent,
        "consent_needed": CONSENT,
        "complete": record.consent == CONSENT and not faults,
        "fields": [{"name": name, "needed": needed} for name, needed in FIELDS.items()],
    }


def save(world: World, record: LoanRecord, body: Json) -> Json:
    unknown = set(body["values"]) - set(FIELDS)
    if unknown:
        raise Problem(422, "loan.unknown_field", "Такого поля нет.", "There is no such field.")
    record.answers |= body["values"]
    record.card["version"] += 1
    world.tell("loans", record.id)
    return sheet(record)


def consent(world: World, record: LoanRecord) -> Json:
    record.consent = CONSENT
    record.card["version"] += 1
    world.tell("loans", record.id)
    return sheet(record)


def purchase(world: World, record: LoanRecord, body: Json) -> Json:
    if body["down"] >= body["goods"]:
        raise Problem(422, "loan.down_too_much", "Взнос не меньше товара.", "The down payment is not less.")
    return changed(world, record, "Покупка изменена", "The purchase was changed", **body)


# --- lenders ---------------------------------------------------------------------------------------------------------


def fits(record: LoanRecord) -> Json:
    asked = {one["lender"] for one in record.card["decisions"]}
    large = record.card["goods"] > 150_000_00
    why = {"code": "loan.misfit.sum", "text_ru": "сумма больше предела банка", "text_en": "the sum is over the limit"}
    return {
        "items": [
            {"lender": key, "title": title, "fits": not (large and key == "sever"), "asked": key in asked,
             "against": [why] if large and key == "sever" else []}
            for key, title in LENDERS.items()
        ]
    }  # fmt: skip


def submit(world: World, record: LoanRecord, body: Json) -> Json:
    if not sheet(record)["complete"]:
        raise Problem(422, "loan.incomplete", "Анкета не заполнена.", "The questionnaire is not complete.")
    record.card["decisions"] += [
        story_loans.decision(world, record.card, lender, "queued") for lender in body["lenders"]
    ]
    moved = state("submitted", "decision") if record.card["state"] == "questionnaire" else {}
    return changed(world, record, "Отправлена в банки", "Sent to lenders", **moved, call_by="")


def send_again(world: World, record: LoanRecord) -> Json:
    for one in record.card["decisions"]:
        if one["state"] == "needs_info":
            one |= {**worded("state", "queued", DECISIONS), "wanted": []}
    return changed(world, record, "Исправления отправлены", "The corrections were sent")


def withdraw(world: World, record: LoanRecord, body: Json) -> Json:
    for one in record.card["decisions"]:
        if one["lender"] == body["lender"]:
            one |= {**worded("state", "withdrawn", DECISIONS), "offers": []}
    record.card["choices"] = story_loans.choices_of(record.card)
    return changed(world, record, "Отозвана из банка", "Taken back from a lender")


def accept(world: World, record: LoanRecord, body: Json) -> Json:
    story_loans.agree(world, record, body["way"], "documents_ready", lender=body["lender"])
    return changed(world, record, "Выбрано предложение", "An offer was chosen",
                   **state("agreed", "signing"), choices=[])  # fmt: skip


def cancel(world: World, record: LoanRecord, body: Json) -> Json:
    ended = {"ended_at": instant(world.now()), "ended_by": body["by"], "end_reason": body["reason"],
             "end_reason_ru": body["reason"], "end_reason_en": body["reason"]}  # fmt: skip
    return changed(world, record, "Отменена", "Cancelled", **state("cancelled", "ended"), **ended)


# --- papers ----------------------------------------------------------------------------------------------------------


def take_in(world: World, body: Json) -> Json:
    """An application typed in the tray."""
    number = 1 + max(record.card["number"] for record in world.loans.values())
    digits = "".join(filter(str.isdigit, body["phone"]))[-10:]
    twins = [r.card["number"] for r in world.loans.values() if r.phone.endswith(digits)]
    record = story_loans.made(world, number, "lead", "application", hours=0)
    record.name, record.phone = body["name"] or "—", f"+7{digits}"
    record.card |= {
        "buyer": body["name"][:1] + "." if body["name"] else "", "phone": f"+7 *** ***-**-{digits[-2:]}",
        "goods": body["goods"], "down": body["down"], "months": body["months"], "basket": [],
        "shop_id": body["shop"], "shop": story_loans.SHOPS[body["shop"]], "shop_order": body["shop_order"],
        "call_due": instant(world.now() + timedelta(minutes=15)),
    }  # fmt: skip
    world.tell("loans", record.id)
    return {"id": record.id, "number": number, "known": False, "duplicates": twins, "loan": card(world, record)}


def goods_back(world: World, record: LoanRecord, body: Json) -> Json:
    loan = record.card
    loan["returns"] += [
        {"id": world.next_id("rt"), "at": instant(world.now()), "by": f"{world.role}:{world.user}",
         "goods": body["goods"], "to_lender": loan["transfer"], "to_buyer": loan["down"], "fee_back": loan["fee"],
         "reason": body["reason"], "payment_order_id": None, "executed_at": None,
         "waivable": loan["agreement"]["funding"] != "received", "netted": False}
    ]  # fmt: skip
    loan["agreement"] |= {**worded("goods", "returned", GOODS), "returned": body["goods"]}
    return changed(world, record, "Товар вернулся", "The goods came back", **state("returned", "ended"))


def _returned(world: World, name: str) -> tuple[LoanRecord, Json]:
    for record in world.loans.values():
        for back in record.card["returns"]:
            if back["id"] == name:
                return record, back
    raise Problem(404, "loan.return_unknown", "Такого возврата нет.", "There is no such return.")


def draft_return(world: World, name: str) -> Json:
    record, back = _returned(world, name)
    back["payment_order_id"] = "out-7"
    return changed(world, record, "Платёж банку подготовлен", "The payment to the lender is prepared")


def waive_return(world: World, name: str, body: Json) -> Json:
    """The lender wants no money back: he never paid, or pays so much less."""
    record, back = _returned(world, name)
    if not back["waivable"]:
        raise Problem(422, "loan.return_closed", "Этот возврат уже закрыт.", "This return is closed.")
    back |= {"waivable": False, "executed_at": instant(world.now())}
    world.paper_steps.append((record.id, "waive", body))
    return changed(world, record, "Банк денег назад не ждёт", "The lender wants no money back")


def identity(world: World, record: LoanRecord, body: Json) -> Json:
    paper = record.card["agreement"]
    same = body["passport"] == PASSPORT
    fit = same and body["photo_matches"]
    record.card["identity_checks"] += [
        {"id": world.next_id("ic"), "at": instant(world.now()), "by": world.user, "place": body["place"],
         "way": paper["signing_way"], "number_matches": same, "photo_matches": body["photo_matches"]}
    ]  # fmt: skip
    paper["version"] += 1
    paper["identity_failures"] += not fit
    stopped = paper["identity_failures"] >= 2
    if fit or stopped:
        paper |= worded("signing", "identity_checked" if fit else "stopped", SIGNING)
    fresh = changed(world, record, "Паспорт сверен", "The passport was compared")
    return {"number_matches": same, "photo_matches": body["photo_matches"], "stopped": stopped, "loan": fresh}


def paper_step(world: World, record: LoanRecord, action: str, body: Json) -> Json:
    """One of the steps of signing, of the courier, or of the original."""
    paper = record.card["agreement"]
    if action not in actions(world, record.card):
        raise Problem(422, "state.illegal", "Сейчас так сделать нельзя.", "This cannot be done now.")
    if action == "sign" and not record.card["documents"]:
        raise Problem(422, "loan.scan_missing", "Нет скана подписанных бумаг.", "The scan of the papers is missing.")
    if action == "confirm-sums":
        paper["held"] = False
        for odd in paper["warnings"]:
            odd |= {"settled_by": f"{world.role}:{world.user}", "settled_at": instant(world.now())}
    elif action in _PAPER_STEPS:
        paper |= worded("signing", _PAPER_STEPS[action][1], SIGNING)
        if action == "sign":
            paper |= {**worded("original", "with_signer", ORIGINAL), "signed_at": instant(world.now())}
        if action == "visit/order":
            record.card["visits"] += [_visit(world, body)]
    elif action in _GOODS_STEPS:
        paper |= worded("goods", _GOODS_STEPS[action][1], GOODS)
    else:
        paper |= worded("original", _ORIGINAL_STEPS[action][1], ORIGINAL)
        if action == "original/send":
            paper |= {"holder": f"carrier:{body['carrier']}", "waybill": body["waybill"]}
    paper["version"] += 1
    world.paper_steps.append((record.id, action, body))
    return changed(world, record, f"Шаг: {action}", f"Step: {action}")


def _visit(world: World, body: Json) -> Json:
    return {"id": world.next_id("vi"), "courier": body.get("courier") or "Курьерская служба «Стрела»",
            "day": body["day"], "hours": body["hours"], "cost": body.get("cost") or 1_490_00,
            "ordered_at": instant(world.now()), "ordered_by": world.user, "out_at": None, "met_at": None,
            "ended_at": None, "result": "", "note": ""}  # fmt: skip


def add_document(world: World, body: Json) -> Json:
    record = found(world, str(body.get("loan_id")))
    content = base64.b64decode(body["content"])
    if not content.startswith((b"%PDF", b"\xff\xd8", b"\x89PNG")):
        raise Problem(422, "loan.paper_kind", "Нужен PDF, JPEG или PNG.", "A PDF, JPEG or PNG is wanted.")
    made = story_loans.document(record, body["kind"], body["name"], content, world.now(), world.user)
    record.card["documents"] = [*record.card["documents"], made]
    record.card["missing"] = [one for one in record.card["missing"] if one["kind"] != body["kind"]]
    changed(world, record, "Добавлена бумага", "A paper was added")
    return {"id": made["id"], "documents": record.card["documents"]}


def file(world: World, name: str) -> bytes:
    for record in world.loans.values():
        if name in record.files:
            return record.files[name]
    raise Problem(404, "api.not_found", "Такой бумаги нет.", "There is no such paper.")


STEPS: dict[str, Callable[[World, LoanRecord, Json], Json]] = {
    "call": lambda world, record, _: take_call(world, record),
    "call/result": call_result,
    "call/hang-up": lambda world, record, _: changed(world, record, "Отложена", "Put away", call_by=""),
    "consent": lambda world, record, _: consent(world, record),
    "submit": submit,
    "send-again": lambda world, record, _: send_again(world, record),
    "withdraw": withdraw,
    "accept": accept,
    "cancel": cancel,
    "identity": identity,
    "goods/return": goods_back,
}
"""Actions that are about the application, or have a way of their own."""
PAPERS = frozenset({*_PAPER_STEPS, *_ORIGINAL_STEPS, *_GOODS_STEPS, "confirm-sums"})
