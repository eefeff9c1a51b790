"""What can be done to payment orders of the make-believe service, and a good part of what it refuses."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from gui.api.fake import render_outgoing as render
from gui.api.fake.records import OutgoingRecord, PayeeRecord
from gui.api.fake.story_outgoing import ACCOUNTS, key_fits, lookalike, new_payee, warning
from gui.api.fake.world import Problem

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]
VAT_NAMED = re.compile(r"(?<![а-я])ндс(?![а-я])|без\s+налога", re.IGNORECASE)


def event(world: World, name: str, action: str, body: Json, wanted: int | None) -> Json:
    """approve, reject, withdraw, send-again or did-not-go."""
    order = found(world, name)
    if wanted is None:
        raise Problem(400, "api.version_needed", "Не сказано, какую версию вы видели.", "No version was named.")
    if wanted != order.version:
        raise Problem(
            412,
            "api.stale",
            f"Поручение № {order.number} уже изменил кто-то другой.",
            f"Somebody else has changed payment order {order.number}.",
            "На экране уже новое состояние, решите ещё раз.",
            "The fresh state is on the screen, decide again.",
        )
    if action == "approve":
        _sign(world, order, list(body.get("confirmed") or []))
    elif action in ("reject", "withdraw"):
        _end(world, order, action, str(body.get("note") or "").strip())
    elif action in ("send-again", "did-not-go"):
        _settle(world, order, action, str(body.get("note") or "").strip())
    else:
        raise Problem(404, "http.not_found", "Такого нет.", "There is no such thing.")
    return render.order_detail(world, order)


def found(world: World, name: str) -> OutgoingRecord:
    order = world.outgoing.get(name)
    if order is None:
        raise Problem(404, "api.not_found", "Такого поручения нет.", "There is no such payment order.")
    return order


def move(world: World, name: str, step: str, state: str) -> None:
    """What the bank or the daemon does: "taken" → "sent", "execute" → "executed", and so on."""
    with world.lock:
        order = found(world, name)
        order.state = state
        order.version += 1
        order.history.append((world.now(), "service", step, ""))
        if step == "taken":
            order.sent_at = world.now()
        if step == "execute":
            order.executed_at = world.now()
            order.lines.append(("signed", False, world.now()))
        world.tell("outgoing", name)


def _illegal() -> Problem:
    return Problem(422, "state.illegal", "В этом состоянии так сделать нельзя.", "This cannot be done in this state.")


def _signer(world: World) -> None:
    if world.role not in render.SIGNERS:
        raise Problem(422, "outgoing.not_a_signer", "Вы не подписываете поручения.", "You do not sign payment orders.")


def _reasoned(note: str) -> None:
    if not note:
        raise Problem(
            422, "outgoing.no_reason", "Напишите, почему.", "Say why.", "Причина останется в истории поручения."
        )


def _sign(world: World, order: OutgoingRecord, confirmed: list[str]) -> None:
    _signer(world)
    if order.state not in ("draft", "waiting_approval"):
        raise _illegal()
    if world.user in order.approved_by:
        raise Problem(
            422,
            "outgoing.same_person",
            f"Поручение № {order.number} уже подписано сотрудником {world.user}: вторая подпись должна быть другого "
            "человека.",
            f"{world.user} has signed payment order {order.number} already: the second signature must be another "
            "person's.",
            "Попросите подписать коллегу, у которого есть право подписи.",
            "Ask a colleague who may sign.",
        )
    _confirm(order.warnings, confirmed)
    order.history.append((world.now(), world.user, "approve" if order.approved_by else "sign", ""))
    order.state = "approved" if order.approved_by else "waiting_approval"
    order.approved_by.append(world.user)
    order.version += 1
    world.tell("outgoing", order.id)


def _end(world: World, order: OutgoingRecord, action: str, note: str) -> None:
    allowed = ("draft", "waiting_approval") if action == "reject" else render.UNSENT
    if order.state not in allowed:
        raise _illegal()
    _reasoned(note)
    order.state = {"reject": "rejected", "withdraw": "withdrawn"}[action]
    order.note = note
    order.version += 1
    order.history.append((world.now(), world.user, action, note))
    world.tell("outgoing", order.id)


def _settle(world: World, order: OutgoingRecord, action: str, note: str) -> None:
    """What becomes of an order the bank has not got."""
    _signer(world)
    if not render.to_decide(order):
        raise Problem(
            422,
            "outgoing.not_absent",
            f"По поручению № {order.number} решать нечего: банк не говорил, что его нет, или попытки ещё идут.",
            f"There is nothing to decide about payment order {order.number}: the bank has not said that it has not "
            "got it, or it is still being tried.",
        )
    _reasoned(note)
    if action == "did-not-go":
        order.state, order.note = "refused", note
    order.version += 1
    order.history.append((world.now(), world.user, "give_up" if action == "did-not-go" else "send_again", note))
    world.tell("outgoing", order.id)


def propose(world: World, body: Json) -> Json:
    payee = PayeeRecord(
        *(
            " ".join(str(body["payee"].get(name) or "").split())
            for name in ("name", "inn", "kpp", "account", "bic", "bank_name", "corr_account")
        )
    )
    _validate(body, payee, world.now().date())
    warnings = _warnings(world, body, payee)
    _confirm(warnings, list(body.get("confirmed") or []))
    number = str(body.get("number") or 1 + max(int(o.number) for o in world.outgoing.values() if o.id[:3] == "po-"))
    made = OutgoingRecord(
        f"po-{world.next_id('n')}",
        number,
        date.fromisoformat(body.get("date") or world.now().date().isoformat()),
        str(body["account"]),
        payee,
        int(body["amount"]),
        _purpose(body),
        "waiting_approval",
        world.user,
        world.now(),
        kind=str(body.get("kind") or "ordinary"),
        priority=int(body.get("priority") or 5),
        uin=str(body.get("uin") or ""),
        tax=body.get("tax"),
        approved_by=[world.user],
        warnings=warnings,
    )
    made.history.append((world.now(), world.user, "proposed", ""))
    world.outgoing[made.id] = made
    world.tell("outgoing", made.id)
    return render.order_detail(world, made)


def _confirm(warnings: list[dict[str, str]], confirmed: list[str]) -> None:
    if {told["code"] for told in warnings} - set(confirmed):
        codes = ", ".join(told["code"] for told in warnings)
        problem = Problem(
            422,
            "outgoing.confirm_warnings",
            f"Есть предупреждения, которые нужно подтвердить: {codes}.",
            f"There are warnings to be confirmed: {codes}.",
            "Прочитайте каждое предупреждение и подтвердите его, если всё верно.",
            "Read each warning and confirm it if all is right.",
        )
        problem.body["error"]["values"] = {"codes": codes, "warnings": warnings}
        raise problem


def _purpose(body: Json) -> str:
    purpose, vat = " ".join(str(body["purpose"]).split()), str(body.get("vat") or "")
    if body.get("kind") == "tax" or not vat or VAT_NAMED.search(purpose):
        return purpose
    clause = "НДС не облагается"
    if vat != "none":
        rate = int(vat)
        inside = (2 * int(body["amount"]) * rate + 100 + rate) // (2 * (100 + rate))
        clause = f"В т.ч. НДС ({rate}%) {inside // 100}-{inside % 100:02d}"
    stop = "" if purpose.endswith((".", ";", "!")) else "."
    return f"{purpose}{stop} {clause}"


def _validate(body: Json, payee: PayeeRecord, today: date) -> None:
    """Raises Problem with the first error, as the service does."""

    def say(code: str, ru: str, en: str, hint: str = "", **values: str) -> Problem:
        problem = Problem(422, code, ru, en, hint)
        problem.body["error"]["values"] = values
        return problem

    purpose = _purpose(body)
    if int(body["amount"]) < 1:
        raise say("api.invalid", "Сумма должна быть больше нуля.", "The sum must be above zero.", where="amount")
    if body["account"] not in [own["account"] for own in ACCOUNTS]:
        raise say("outgoing.account_unknown", f"Счёт {body['account']} не наш.", "The account is not ours.")
    if body.get("date") and abs(date.fromisoformat(body["date"]) - today) > timedelta(days=10):
        raise say("outgoing.date", "Дата дальше десяти дней от сегодняшней.", "The date is more than ten days away.")
    if len(payee.inn) not in (5, 10, 12) and not payee.account.startswith("40817"):
        raise say(
            "requisites.inn",
            f"ИНН «{payee.inn}» не существует: не сходится длина или контрольная цифра.",
            f"The INN “{payee.inn}” cannot exist: its length or its control digit is wrong.",
            "Проверьте номер: у организации 10 цифр, у предпринимателя и физического лица 12.",
            value=payee.inn,
        )
    if not re.fullmatch(r"0\d{8}", payee.bic):
        raise say("requisites.bic", f"БИК «{payee.bic}» записан неверно.", f"The BIC “{payee.bic}” is wrong.")
    if not re.fullmatch(r"\d{20}", payee.account):
        raise say("requisites.account", f"Номер счёта «{payee.account}» записан неверно.", "That is no account number.")
    budget = payee.account.startswith("03")
    if not budget and not key_fits(payee.account, payee.bic):
        raise say(
            "requisites.account_key",
            f"Счёт «{payee.account}» не принадлежит банку с БИК {payee.bic}: не сходится ключ.",
            f"The account “{payee.account}” is not one of the bank {payee.bic}: its key digit does not fit.",
            "Опечатка в номере счёта или БИК другого банка: сверьте оба с реквизитами.",
            value=payee.account,
            bic=payee.bic,
        )
    if len(purpose) > 210:
        raise say(
            "outgoing.purpose_long", f"Назначение — {len(purpose)} знаков, а можно 210.", "The purpose is too long."
        )
    strange = sorted({c for c in payee.name + payee.bank + purpose if not _carried(c)})
    if strange:
        shown = " ".join(strange)
        raise say(
            "outgoing.characters",
            f"Есть знаки, которых банк не передаёт: {shown}",
            f"Some characters cannot be carried by a bank: {shown}",
            "Уберите или замените их.",
            characters=shown,
        )
    if budget and (body.get("kind") != "tax" or not body.get("tax")):
        raise say("outgoing.tax_missing", "Счёт бюджетный: нужны поля 101–109.", "Fields 101–109 are needed.")
    if budget and len(str(body["tax"]["kbk"])) != 20:
        raise say("outgoing.tax_kbk", f"КБК (104) «{body['tax']['kbk']}» записан неверно.", "The KBK (104) is wrong.")
    if not budget and not VAT_NAMED.search(purpose):
        raise say(
            "outgoing.no_vat",
            "В назначении ничего не сказано об НДС.",
            "The purpose says nothing about VAT.",
            "Выберите ставку или «НДС не облагается»: программа допишет сама.",
        )


def _carried(character: str) -> bool:
    try:
        character.encode("cp1251")
    except UnicodeEncodeError:
        return False
    return character.isprintable()


def _warnings(world: World, body: Json, payee: PayeeRecord) -> list[dict[str, str]]:
    made: list[dict[str, str]] = []
    mine = [o for o in world.outgoing.values() if o.id[:2] != "ph" and o.payee.inn == payee.inn]
    if not mine:
        made.append(new_payee(payee))
    elif payee.account not in {o.payee.account for o in mine}:
        made.append(lookalike(payee, mine[-1].payee.account))
    twin = next((o for o in mine if o.amount == body["amount"] and o.state not in ("rejected", "withdrawn")), None)
    if twin is not None:
        money = f"{twin.amount // 100},{twin.amount % 100:02d}"
        made.append(
            warning(
                "outgoing.duplicate",
                "amount",
                f"Похоже на повтор: {money} ₽ этому получателю уже платили, № {twin.number} от {twin.day:%d.%m.%Y}.",
                f"This looks like a repetition: the payee has had {money} before, number {twin.number} of "
                f"{twin.day:%d.%m.%Y}.",
                "Подтвердите, если это действительно второй платёж.",
                "Confirm it if this really is a second payment.",
            )
        )
    return made
