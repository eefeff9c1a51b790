"""Shops of the make-believe service: one in each state, who of them comes in, and terms that hold from a day on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gui.api.fake.loan_lists import cut
from gui.api.fake.problem import Problem
from gui.api.fake.render import instant
from gui.api.fake.story_loans import LENDERS, SHOPS, told, worded

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]
STATES = {
    "new": ("Оформляется", "Being set up"),
    "active": ("Работает", "Working"),
    "suspended": ("Приостановлен", "Suspended"),
    "closed": ("Закрыт", "Closed"),
}
_MOVES = {
    # event → states it starts from, the state after it, what the history says
    "activate": (("new", "suspended"), "active", ("Магазин начал работать", "The shop began to work")),
    "suspend": (("active",), "suspended", ("Магазин приостановлен", "The shop was suspended")),
    "close": (("new", "active", "suspended"), "closed", ("Магазин закрыт", "The shop was closed")),
}
_START = {"sh-1": "active", "sh-2": "active", "sh-3": "new", "sh-4": "suspended"}
_KEYS = {"sh-1": "soft-home", "sh-2": "tehnika", "sh-3": "mebel-sever", "sh-4": "gadget"}
_WAYS = {
    "clerk": ("Продавец магазина", "The shop's clerk"),
    "branch": ("Отделение банка", "The lender's branch"),
    "courier": ("Курьер", "Courier"),
}
_HIDDEN = frozenset({"access", "history", "sites", "contact", "segments", "same_inn"})
_FAULTS = {
    # field → how many places it has, the code, the sentence
    "inn": ((10, 12), "requisites.inn", "ИНН не существует: не сходится длина или контрольная цифра.",
            "The INN cannot exist: its length or its control digit is wrong."),
    "bic": ((9,), "requisites.bic", "БИК записан неверно.", "The BIC is not a Russian bank code."),
    "account": ((20,), "requisites.account", "Номер счёта записан неверно.", "This is not an account number."),
}  # fmt: skip


def shops(world: World) -> None:
    """One shop in each state but the last, with people, and the terms of both lenders."""
    for number, (name, title) in enumerate(SHOPS.items(), start=1):
        world.shops[name] = _made(world, name, title, number)
    world.shops["sh-1"]["access"] = [
        _access(world, "ac-1", "shop_manager", "Ольга Титова"),
        _access(world, "ac-2", "shop_clerk", "Денис Юрьев"),
        _access(world, "ac-3", "shop_site", "soft-home.example"),
    ]
    world.shops["sh-3"] |= {"contract": "", "risk_limit": 0, "by_itself": True, "made_by": "newcomer:-:registration"}
    world.shops["sh-3"] |= {"contact": "Ольга Петровна", "segments": ["furniture"], "same_inn": ["mebel"]}
    world.terms["tariffs"] = [_tariff(world, "tf-1", "", "2.5", 90, least=100_00)]
    world.terms["tariffs"].insert(0, _tariff(world, "tf-2", "sh-1", "2", 30, visits=True, most=5_000_00))
    world.terms["signing"] = [
        _dated(world, f"sg-{way}", 90, way=way, lender="", region="", covered=True, cost=cost, partner=partner,
               way_ru=_WAYS[way][0], way_en=_WAYS[way][1])
        for way, cost, partner in (("clerk", 0, ""), ("branch", 0, ""), ("courier", 1_490_00, "Служба «Стрела»"))
    ]  # fmt: skip
    world.terms["lenders"] = [
        _dated(world, f"lt-{key}", 90, lender=key, lender_title=title, least=3_000_00, most=most, months=[6, 12, 24],
               rate=rate, day_count="12", categories=goods, down_percent="0", zero_rate=rate == "0")
        for (key, title), most, rate, goods in zip(
            LENDERS.items(), (500_000_00, 150_000_00), ("24.9", "0"), ([], ["furniture", "appliances"]), strict=True)
    ]  # fmt: skip


def _made(world: World, name: str, title: str, number: int) -> Json:
    made = world.now() - timedelta(days=60 + number)
    return {
        "id": name, "version": 1, "key": _KEYS[name], "name": title, "inn": f"770708389{number}", "kpp": "770701001",
        "region": "77", **worded("state", _START[name], STATES), "own": False, "by_itself": False,
        "contact": "", "segments": [], "same_inn": [], "made_at": instant(made),
        "made_by": "director:Анна Верещагина", "account": f"4070281000000000{number:04}", "bic": "044525225",
        "bank_name": "ПАО Сбербанк", "corr_account": "30101810400000000225", "email": f"{_KEYS[name]}@shop.example",
        "phone": "+74951234567", "sites": [f"https://{_KEYS[name]}.example"], "trusts_lender": number == 2,
        "risk_limit": 500_000_00, "exposure": 120_000_00 * (number % 2), "contract": f"{number}/26 от 12.01.2026",
        "access": [],
        "history": [_event(made, "director:Анна Верещагина", "registered", ("Магазин принят", "Taken in"))],
    }  # fmt: skip


def _event(at: Any, by: str, event: str, words: tuple[str, str], note: str = "", changes: Any = ()) -> Json:
    return {**told(at, by, f"api.shop_history.{event}", *words), "event": event, "note": note, "changes": changes}


def _access(world: World, name: str, kind: str, who: str) -> Json:
    made = instant(world.now() - timedelta(days=40))
    return {"id": name, "kind": kind, "name": who, "made_at": made, "made_by": "director:Анна Верещагина"}


def _dated(world: World, name: str, days: int, **columns: Any) -> Json:
    at = world.now() - timedelta(days=days)
    return {"id": name, "lender_title": "", "since": at.date().isoformat(), "made_at": instant(at),
            "made_by": "director:Анна Верещагина", "in_force": True, **columns}  # fmt: skip


def _tariff(world: World, name: str, shop: str, percent: str, days: int, **more: Any) -> Json:
    usual = {"base": "transfer", "fixed": 0, "least": 0, "most": None, "payer": "shop", "visits": False}
    columns = {"shop_id": shop, "shop": SHOPS.get(shop, ""), "lender": "", "percent": percent, **usual, **more}
    return _dated(world, name, days, **columns)


# --- looking ---------------------------------------------------------------------------------------------------------


def listed(world: World, query: dict[str, str]) -> Json:
    words, state = query.get("q", "").casefold(), query.get("state") or "all"
    kept = [one for one in world.shops.values() if words in f"{one['name']} {one['key']} {one['inn']}".casefold()]
    sort = query.get("sort") or "name"
    key = sort.removeprefix("-")
    found = [_counted(world, one) for one in kept if state in ("all", one["state"])]
    rows = sorted(found, key=lambda one: (one[key], one["id"]), reverse=sort.startswith("-"))
    counts = {"all": len(kept), **{name: sum(one["state"] == name for one in kept) for name in STATES}}
    page = cut(rows, query, lambda one: {k: v for k, v in one.items() if k not in _HIDDEN})
    return {**page, "counts": counts, "server_time": instant(world.now())}


def _counted(world: World, one: Json) -> Json:
    running = [record for record in world.loans.values() if record.card["shop_id"] == one["id"]]
    return {**one, "open_applications": sum(record.card["ended_at"] is None for record in running)}


def detail(world: World, name: str) -> Json:
    one = _found(world, name)
    tariffs = [row for row in world.terms["tariffs"] if row["shop_id"] in (name, "")]
    own = any(row["shop_id"] and row["in_force"] for row in tariffs)
    managed = any(one["kind"] == "shop_manager" for one in one["access"])
    lacking = [step for step, done in (("contract", one["contract"]), ("manager", managed)) if not done]
    return {
        **_counted(world, one),
        "events": [event for event, (states, *_) in _MOVES.items() if one["state"] in states],
        "lacking": lacking if one["state"] == "new" else [],
        "tariffs": [{**row, "in_force": row["in_force"] and (bool(row["shop_id"]) or not own)} for row in tariffs],
    }


def terms(world: World) -> Json:
    return {**world.terms, "server_time": instant(world.now())}


def _found(world: World, name: str) -> Json:
    if name not in world.shops:
        raise Problem(404, "shop.unknown", "Такого магазина нет.", "There is no such shop.")
    return world.shops[name]


# --- changing --------------------------------------------------------------------------------------------------------


def check(world: World, body: Json) -> Json:
    """Lengths only: control digits are the real service's."""
    faults = [
        {"field": name, "code": code, "text_ru": ru, "text_en": en, "hint_ru": "", "hint_en": ""}
        for name, (lengths, code, ru, en) in _FAULTS.items()
        if len(body[name]) not in lengths
    ]
    if body["new"] and any(one["key"] == body["key"] for one in world.shops.values()):
        faults.append({"field": "key", "code": "shop.key_taken", "text_ru": "Короткое имя уже занято.",
                       "text_en": "Another shop has this short name.", "hint_ru": "", "hint_en": ""})  # fmt: skip
    return {"faults": faults}


def register(world: World, body: Json) -> Json:
    name = f"sh-{len(world.shops) + 1}"
    kept = _made_of(body)
    world.shops[name] = {
        "id": name, "version": 1, **kept, **worded("state", "new", STATES), "made_at": instant(world.now()),
        "made_by": f"{world.role}:{world.user}", "exposure": 0, "access": [], "history": [], "by_itself": False,
        "contact": "", "segments": [], "same_inn": [],
    }  # fmt: skip
    return _changed(world, name, "registered", ("Магазин принят", "The shop was taken in"))


def amend(world: World, name: str, body: Json, wanted: int | None) -> Json:
    one = _seen(world, name, wanted)
    kept = _made_of(body)
    changes = [
        {"field": key, "before": str(one[key]), "after": str(value)} for key, value in kept.items() if value != one[key]
    ]
    one |= {**kept, "version": one["version"] + 1}
    return _changed(world, name, "amended", ("Данные магазина изменены", "Changed"), changes=changes)


def _made_of(body: Json) -> Json:
    return {key: value for key, value in body.items() if key != "new"}


def post(world: World, path: list[str], body: Json, wanted: int | None) -> Json:
    match path:
        case []:
            return register(world, body)
        case ["check"]:
            return check(world, body)
        case [name, "access"]:
            return _give(world, name, body)
        case [name, "access", access, "revoke"]:
            one = _found(world, name)
            one["access"] = [each for each in one["access"] if each["id"] != access]
            return _changed(world, name, "access_revoked", ("Отозван доступ", "Access was revoked"))
        case [name, event] if event in _MOVES:
            return _move(world, name, event, body, wanted)
    raise Problem(404, "http.not_found", "Такого нет.", "There is no such thing.")


def _move(world: World, name: str, event: str, body: Json, wanted: int | None) -> Json:
    one = _seen(world, name, wanted)
    states, after, words = _MOVES[event]
    if one["state"] not in states:
        raise Problem(422, "state.illegal", "Сейчас так сделать нельзя.", "This cannot be done now.")
    if event == "close" and _counted(world, one)["open_applications"]:
        raise Problem(422, "shop.busy", "У магазина есть незавершённые заявки.", "The shop has open applications.")
    one |= {**worded("state", after, STATES), "version": one["version"] + 1}
    return _changed(world, name, event, words, note=body["reason"])


def _give(world: World, name: str, body: Json) -> Json:
    one = _found(world, name)
    if any(each["name"] == body["name"] for each in one["access"]):
        raise Problem(422, "shop.access_taken", "Доступ на это имя уже есть.", "There is an access by this name.")
    given = {**_access(world, f"ac-{name}-{len(one['access'])}", body["kind"], body["name"]),
             "made_at": instant(world.now())}  # fmt: skip
    one["access"] = [*one["access"], given]
    shop = _changed(world, name, "access_given", (f"Выдан доступ: {body['name']}", f"Given: {body['name']}"))
    # Put together here: a text that looks like a real key would alarm whoever searches sources for them.
    token = "_".join(("kvitshop", "make", "believe", given["id"]))
    return {"id": given["id"], "token": token, "shop": shop, "server_time": instant(world.now())}


def set_terms(world: World, kind: str, body: Json) -> Json:
    """A new row; the former one of its kind has had its day."""
    key = {"tariffs": ("shop_id", "lender"), "signing": ("way", "lender", "region"), "lenders": ("lender",)}[kind]
    same = [row for row in world.terms[kind] if all(row[name] == body[name] for name in key)]
    if any(body["since"] < row["since"] for row in same):
        raise Problem(422, "loan.terms_backdated", "Уже есть условия с более поздней даты.", "There are later terms.")
    begun = body["since"] <= world.now().date().isoformat()
    for row in same:
        row["in_force"] = row["in_force"] and not begun
    extra = {"way_ru": _WAYS[body["way"]][0], "way_en": _WAYS[body["way"]][1]} if kind == "signing" else {}
    made = _dated(world, f"{kind}-{len(world.terms[kind])}", 0, **{**body, **extra, "in_force": begun})
    made["lender_title"] = LENDERS.get(body["lender"], "")
    world.terms[kind].insert(0, made)
    world.tell("shops", made["id"])
    return terms(world)


def _seen(world: World, name: str, wanted: int | None) -> Json:
    one = _found(world, name)
    if wanted is not None and wanted != one["version"]:
        raise Problem(412, "api.stale", "Магазин тем временем изменился.", "The shop has changed meanwhile.")
    return one


def _changed(world: World, name: str, event: str, words: tuple[str, str], **more: Any) -> Json:
    one = world.shops[name]
    one["history"] = [_event(world.now(), f"{world.role}:{world.user}", event, words, **more), *one["history"]]
    world.tell("shops", name)
    return detail(world, name)
