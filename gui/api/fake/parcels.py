"""Parcels of the make-believe service: the list, the card, what people put right, letters, consents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gui.api.fake import parcel_files, render
from gui.api.fake.loan_lists import cut
from gui.api.fake.problem import Problem
from gui.api.fake.render import instant
from gui.api.fake.story_parcels import staged, told

if TYPE_CHECKING:
    from gui.api.fake.records import OrderRecord
    from gui.api.fake.world import World

Json = dict[str, Any]
ROOTS = ("parcels", "parcel-lists", "parcel-sums", "parcel-check", "parcel-report", "parcel-claims", "notifications",
         "consents")  # fmt: skip
NEEDED = [  # (method, path pattern, right)
    ("GET", r"parcels(/.*)?|parcel-(lists|sums|report)([/.].*)?", "parcels.read"),
    ("POST", r"parcels|parcel-lists(/.*)?|parcel-check|orders/[^/]+/parcels", "parcels.feed"),
    ("POST", r"parcels/[^/]+/expect-again", "payments.decide"),
    ("POST", r"parcels/(?!.*/expect-again).*|parcel-claims|notifications/.*|consents", "parcels.work"),
    ("PUT", r"parcels/.*", "parcels.work"),
    ("GET", r"consents", "parcels.work"),
]
_HIDDEN = frozenset(
    {"operations", "money_events", "timeline", "messages", "order", "invoice", "payments", "payment", "claims"}
)
_GROUPS: dict[str, Callable[[Json], bool]] = {
    "all": lambda _: True,
    "watched": lambda c: c["watch"] == "active",
    "stuck": lambda c: c["stuck"],
    "ready": lambda c: c["ready"] and c["watch"] == "active",
    "returning": lambda c: c["back"] and c["watch"] == "active",
    "cod_due": lambda c: c["cod_state"] in ("expected", "collected") and c["cod_due"] is not None,
    "cod_missing": lambda c: c["cod_state"] in ("missing", "claimed"),
    "delivered": lambda c: c["stage"] == "delivered",
    "ended": lambda c: c["watch"] == "ended",
}
_TROUBLES = {
    "stuck": ("Застряли", "Stuck"),
    "returning": ("Возвращаются", "Going back"),
    "maybe_waiting": ("Возможно, уже ждут", "May already be waiting"),
    "never_known": ("Неизвестны перевозчику", "Never known"),
    "cod_missing": ("Деньги не пришли", "Money missing"),
}


def is_here(world: World) -> None:
    """Refuse what a company that watches no parcels has not got."""
    if not world.parcels:
        raise Problem(404, "api.no_parcels", "За посылками здесь не следят.", "No parcels are watched here.")


# --- looking ---------------------------------------------------------------------------------------------------------


def get(world: World, path: list[str], query: dict[str, str]) -> Json:
    is_here(world)
    match path:
        case ["parcels"]:
            return listed(world, query)
        case ["parcels", name]:
            return card(world, name)
        case ["parcel-sums"]:
            return sums(_kept(world, query))
        case ["parcel-report"]:
            return report(world)
        case ["parcel-lists", *parts]:
            return parcel_files.get(world, parts, query)
        case ["consents"]:
            return consent(world, query["channel"], query["address"])
    raise Problem(404, "http.not_found", "Такого нет.", "There is no such thing.")


def _found(world: World, query: dict[str, str]) -> list[Json]:
    words = query.get("q", "").casefold()

    def known(one: Json) -> str:
        return f"{one['track']} {one['order_no']} {one['name']} {one['phone']} {one['email']}".casefold()

    carrier = query.get("carrier", "")
    return [one for one in world.parcels.values() if carrier in ("", one["carrier"]) and words in known(one)]


def _kept(world: World, query: dict[str, str]) -> list[Json]:
    return [one for one in _found(world, query) if _GROUPS[query.get("group") or "all"](one)]


def listed(world: World, query: dict[str, str]) -> Json:
    found = _found(world, query)
    sort = query.get("sort") or "-made_at"
    key = sort.removeprefix("-")
    blank: int | str = 0 if key == "cod" else ""
    rows = sorted(_kept(world, query), key=lambda one: (one[key] or blank, one["id"]), reverse=sort.startswith("-"))
    page = cut(rows, query, lambda one: {k: v for k, v in one.items() if k not in _HIDDEN})
    counts = {group: sum(map(belongs, found)) for group, belongs in _GROUPS.items()}
    return {**page, "counts": counts, "server_time": instant(world.now())}


def sums(found: list[Json]) -> Json:
    to_come = [one for one in found if one["cod_state"] not in ("none", "void", "arrived")]
    open_ones = [one for one in found if one["watch"] == "active" or one["cod_state"] in ("missing", "claimed")]
    return {
        "cod": sum(one["cod"] for one in to_come),
        "at_stake": sum(_at_stake(one) for one in open_ones),
    }


def _at_stake(one: Json) -> int:
    if one["cod_state"] in ("missing", "claimed"):
        return int(one["cod"] - one["cod_received"])
    return int(one["cod"] + 2 * one["postage"])


def report(world: World) -> Json:
    now = world.now()
    today = now.date()
    members: dict[str, Callable[[Json], bool]] = {
        "stuck": _GROUPS["stuck"],
        "returning": _GROUPS["returning"],
        "maybe_waiting": lambda one: one["guess_since"] is not None,
        "never_known": lambda one: not one["known"],
        "cod_missing": _GROUPS["cod_missing"],
    }
    sections = []
    for trouble, (ru, en) in _TROUBLES.items():
        found = [one for one in world.parcels.values() if members[trouble](one)]
        if found:
            lines = [
                {**{k: one[k] for k in ("track", "carrier", "order_no", "shop", "name", "phone", "email", "stage",
                                        "stage_ru", "stage_en", "keep_until")},
                 "parcel_id": one["id"], "place": f"{one['office_index']} {one['office_name']}".strip(),
                 "since": one["moved_at"][:10], "at_stake": _at_stake(one),
                 "days": (today - type(today).fromisoformat(one["moved_at"][:10])).days}
                for one in found
            ]  # fmt: skip
            sections.append({"trouble": trouble, "text_ru": ru, "text_en": en, "count": len(found), "lines": lines,
                             "at_stake": sum(line["at_stake"] for line in lines)})  # fmt: skip
    return {"day": today.isoformat(), "count": sum(one["count"] for one in sections), "sections": sections,
            "at_stake": sum(one["at_stake"] for one in sections), "server_time": instant(now)}  # fmt: skip


def workbook(world: World) -> bytes:
    """The report as a file. Not a workbook; enough to be saved."""
    is_here(world)
    return f"PK parcels {report(world)['day']}".encode()


def card(world: World, name: str) -> Json:
    one = found_one(world, name)
    paid = [world.payments[one["payment"]]] if one.get("payment") else []
    return {
        **{key: value for key, value in one.items() if key != "payment"},
        "payments": [render.payment_row(world, p) for p in paid],
        "actions": _actions(world, one),
        "server_time": instant(world.now()),
    }


def _actions(world: World, one: Json) -> list[str]:
    active = one["watch"] == "active"
    possible = {
        "delivered": one["stage"] not in ("delivered", "returned"),
        "end": active,
        "reopen": not active and one["ended_how"] != "carrier",
        "ask": active,
        "contacts": True,
        "mute": active and not one["no_messages"],
        "unmute": active and one["no_messages"],
        "revoke_links": True,
        "search": one["stage"] not in ("delivered", "returned", "registered"),
        "claim": one["cod_state"] == "missing",
    }
    offered = [name for name, may in possible.items() if may] if "parcels.work" in world.permissions else []
    if one["cod_state"] == "void" and "payments.decide" in world.permissions:
        offered.append("expect_again")
    return offered


def found_one(world: World, name: str) -> Json:
    if name not in world.parcels:
        raise Problem(404, "parcel.not_found", "Такой посылки нет.", "There is no such parcel.")
    return world.parcels[name]


# --- changing --------------------------------------------------------------------------------------------------------


def put(world: World, path: list[str], body: Json, wanted: int | None) -> Json:
    is_here(world)
    match path:
        case ["parcels", name, "contacts"]:
            one = _seen(world, name, wanted)
            if body["phone"] and len(body["phone"]) < 10:
                raise Problem(422, "parcel.phone_wrong", "Телефон не читается.", "The phone number cannot be read.")
            return _changed(world, one, "Исправлено", "Corrected", **body)
    raise Problem(404, "http.not_found", "Такого нет.", "There is no such thing.")


def post(world: World, path: list[str], body: Json, wanted: int | None) -> Json:
    is_here(world)
    match path:
        case ["parcel-check"]:
            return check(world, body["track"])
        case ["parcels"]:
            return enter(world, body)
        case ["parcels", name, *parts]:
            return _act(world, _seen(world, name, wanted), "/".join(parts), body)
        case ["parcel-claims"]:
            return claim(world, body)
        case ["parcel-lists", *parts]:
            return parcel_files.post(world, parts, body)
        case ["notifications", name, "resend"]:
            return _resend(world, name, body)
        case ["consents"]:
            said = {"at": instant(world.now()), "word": body["word"], "source": "clerk", "evidence": body["evidence"],
                    "by": f"{world.role}:{world.user}"}  # fmt: skip
            world.parcel_desk.consents.setdefault((body["channel"], body["address"]), []).insert(0, said)
            return consent(world, body["channel"], body["address"])
    raise Problem(404, "http.not_found", "Такого нет.", "There is no such thing.")


def _act(world: World, one: Json, action: str, body: Json) -> Json:
    note = body.get("note", "")
    by = f"{world.role}:{world.user}"
    match action:
        case "ask":
            world.parcel_desk.asked.append(one["id"])
            return _changed(world, one, "", "", answered_at=instant(world.now()))
        case "delivered":
            ended = {"watch": "ended", "ended_how": "clerk", "ended_at": instant(world.now()), "ended_by": by}
            due = (world.now() + timedelta(days=10)).date().isoformat() if one["cod"] else None
            return _changed(world, one, f"Отмечена вручённой. {note}", f"Marked as delivered. {note}",
                            stage="delivered", **staged("delivered"), stuck=False, ready=False, cod_due=due,
                            **ended)  # fmt: skip
        case "end":
            return _changed(world, one, f"Снята с отслеживания. {note}", f"Watched no longer. {note}", watch="ended",
                            ended_how="removed", ended_at=instant(world.now()), stuck=False)  # fmt: skip
        case "reopen":
            return _changed(world, one, f"Снова отслеживается. {note}", f"Watched again. {note}", watch="active",
                            ended_how="", ended_at=None)  # fmt: skip
        case "expect-again":
            return _changed(world, one, f"Наложенный снова ожидается. {note}", f"Expected again. {note}",
                            cod_state="expected")  # fmt: skip
        case "mute":
            return _changed(world, one, "Сообщения отключены", "Muted", no_messages=bool(body["silent"]))
        case "links/revoke":
            return _changed(world, one, "Ссылки отозваны: 1", "Links revoked: 1")
        case "search-request":
            _changed(world, one, "Подготовлен розыск", "A search request was made out")
            until = (world.now() + timedelta(days=120)).date().isoformat()
            text = f"ЗАЯВЛЕНИЕ\nо розыске почтового отправления\n\nНомер (ШПИ): {one['track']}\nАдресат: {one['name']}"
            return {"text": text, "until": until, "late": False}
    raise Problem(404, "http.not_found", "Такого нет.", "There is no such thing.")


def claim(world: World, body: Json) -> Json:
    [one] = [found_one(world, name) for name in body["parcels"]]
    number = 1 + sum(len(each["claims"]) for each in world.parcels.values())
    text = f"ПРЕТЕНЗИЯ № {number}\nо невыплате наложенного платежа\n\n1. {one['track']}"
    made = {"id": f"cl-{number}", "number": number, "date": world.now().date().isoformat(), "amount": one["cod"],
            "text": text}  # fmt: skip
    one["claims"].append(made)
    _changed(world, one, f"Предъявлена претензия № {number}", f"Claim № {number}", cod_state="claimed")
    return {**made, "until": None, "late": False}


def check(world: World, typed: str) -> Json:
    """Shapes only: check digits are the real service's."""
    track = "".join(typed.split()).upper()
    is_post = (track.isdigit() and len(track) == 14) or (len(track) == 13 and track[:2].isalpha())
    if not is_post and not (track.isdigit() and len(track) == 10):
        raise Problem(422, "parcel.track_wrong", "Это не номер посылки.", "This is no number of a parcel.")
    odd = track.endswith("9")
    known = next((one["id"] for one in world.parcels.values() if one["track"] == track), "")
    words = {"code": "parcel.track_check_digit", "text_ru": "Контрольная цифра не сходится.",
             "text_en": "The check digit does not fit."}  # fmt: skip
    return {"track": track, "carrier": "post" if is_post else "cdek", "parcel_id": known,
            "warnings": [words] if odd else []}  # fmt: skip


def enter(world: World, body: Json) -> Json:
    checked = check(world, body["track"])
    if checked["parcel_id"]:
        return {"id": checked["parcel_id"], "outcome": "known", "warnings": []}
    name = world.next_id("pa")
    like = next(iter(world.parcels.values()))
    fresh = {key: body[key] for key in body if key not in ("track", "carrier", "consent")}
    world.parcels[name] = {
        **like, **fresh, "id": name, "version": 1, "track": checked["track"], "carrier": checked["carrier"],
        "stage": "registered", **staged("registered"), "operations": [], "messages": [], "known": True, "stuck": False,
        "ready": False, "made_at": instant(world.now()), "moved_at": instant(world.now()), "keep_until": None,
        "cod_state": "expected" if body["cod"] else "none", "order": None, "remind_at": None, "source": "hand",
        "timeline": [], "claims": [], "office_index": "", "office_name": "",
    }  # fmt: skip
    world.tell("parcels", name)
    return {"id": name, "outcome": "taken", "warnings": checked["warnings"]}


def enter_of_order(world: World, order: OrderRecord, body: Json) -> Json:
    """The number of an order's parcel; buyer, address and sum are the order's."""
    is_here(world)
    buyer = {"order_no": order.number, "name": order.buyer.contact, "address": order.buyer.address,
             "order_sum": order.amount, "cod": body.get("cod") or 0}  # fmt: skip
    put = enter(world, {"track": body["track"], **buyer})
    known = {"id": order.id, "number": order.number, "date": order.day.isoformat(), "amount": order.amount,
             "headline": render.order_row(world, order)["headline"]}  # fmt: skip
    world.parcels[put["id"]] |= {"order": known, "source": "order"}
    world.tell("order", order.id)
    return put


def _resend(world: World, name: str, body: Json) -> Json:
    one, message = next((one, each) for one in world.parcels.values() for each in one["messages"] if each["id"] == name)
    again = world.next_id("no")
    at = instant(world.now())
    one["messages"].append(
        {**message, "id": again, "state": "queued", "replaces": name, "note": body["reason"], "made_at": at,
         "made_by": f"{world.role}:{world.user}", "receipts": [], "can_resend": False, "sent_at": None,
         "ended_at": None, "reason": "", "reason_ru": "", "reason_en": ""}
    )  # fmt: skip
    world.tell("parcels", one["id"])
    return {"id": again}


def consent(world: World, channel: str, address: str) -> Json:
    words = world.parcel_desk.consents.get((channel, address), [])
    return {"address": address, "channel": channel, "words": words,
            "may": not words or words[0]["word"] == "given"}  # fmt: skip


def _seen(world: World, name: str, wanted: int | None) -> Json:
    one = found_one(world, name)
    if wanted is not None and wanted != one["version"]:
        raise Problem(412, "api.stale", "Посылка тем временем изменилась.", "The parcel has changed meanwhile.")
    return one


def _changed(world: World, one: Json, ru: str, en: str, **values: Any) -> Json:
    one |= {**values, "version": one["version"] + 1}
    if ru:
        line = told(instant(world.now()), f"{world.role}:{world.user}", ru, en)
        one["timeline"] = [*one["timeline"], line]
    world.tell("parcels", one["id"])
    return card(world, one["id"])
