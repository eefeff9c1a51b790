"""Texts of messages of the make-believe service: own ones in versions, a preview that counts, what SMS cost."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gui.api.fake.problem import Problem
from gui.api.fake.render import instant

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]
Key = tuple[str, str, str]
NEEDED = [  # (method, path pattern, right)
    ("GET", r"notification-(texts|settings)(/.*)?|notifications/(spend|unknown)", "parcels.read"),
    ("POST", r"notification-texts/preview", "parcels.read"),
    ("PUT", r"notification-texts", "notify.setup"),
]
PRICE = 420
MACROS = {
    "order": ("СР-000123", "Номер заказа", "Number of the order"),
    "order_sum": ("4 560.00 ₽", "Сумма заказа", "Sum of the order"),
    "name": ("Анна", "Имя покупателя", "The buyer's name"),
    "track": ("14102192069353", "Номер отправления", "Tracking number"),
    "cod": ("4 560.00 ₽", "К оплате при получении", "To pay on delivery"),
    "place": ("в отделении", "Где лежит: «в отделении», «в почтомате»", "What kind of place it waits at"),
    "office_index": ("443001", "Индекс отделения", "Index of the post office"),
    "office": ("Самара, ул. Садовая, 12", "Адрес отделения", "Address of the post office"),
    "keep_until": ("05.12.2026", "Последний день хранения", "Last day of storage"),
    "days_left": ("2", "Осталось дней хранения", "Days of storage left"),
    "link": ("https://shop.example/t/7Yk2mQ", "Ссылка на страницу посылки", "Link to the parcel's page"),
    "company": ("ООО «Ромашка»", "Название компании", "Name of the company"),
    "unsubscribe": ("https://shop.example/u/7Yk2mQ", "Ссылка для отказа", "Link to refuse messages by"),
}
_SAYS = {
    "accepted": "Заказ {{ order }} отправлен, номер {{ track }}.{% if cod %} При получении {{ cod }}.{% endif %} "
    "{{ link }}",
    "ready": "Посылка {{ track }} ждёт вас {{ place }} {{ office_index }} до {{ keep_until }}."
    "{% if cod %} К оплате {{ cod }}.{% endif %} {{ link }}",
    "courier": "Посылка {{ track }} у курьера, он везёт её вам.{% if cod %} К оплате {{ cod }}.{% endif %} {{ link }}",
    "reminder": "Посылка {{ track }} ещё ждёт вас {{ place }} {{ office_index }} до {{ keep_until }}. {{ link }}",
    "last_days": "Посылка {{ track }} скоро уедет назад: хранение до {{ keep_until }}. {{ link }}",
    "maybe_ready": "Посылка {{ track }}, возможно, уже ждёт вас в отделении {{ office_index }}. Проверьте: {{ link }}",
}
SHOPS = {"mebel": "Мебель Сити", "sever": "Север"}
_MACRO = re.compile(r"\{\{ *(\w*) *\}\}")
_CHOICE = re.compile(r"\{% *if (\w+) *%\}(.*?)\{% *endif *%\}", re.DOTALL)


@dataclass
class TextDesk:
    """Attributes: own: versions by shop, event and channel. settings, spend: as the service says them."""

    own: dict[Key, list[Json]] = field(default_factory=dict)
    settings: Json = field(
        default_factory=lambda: {
            "company": "ООО «Ромашка»", "sender": "Romashka", "language": "ru", "quiet_from": "21:00",
            "quiet_to": "09:00", "segment_price": PRICE, "lives_hours": 48, "fallback_hours": 12,
            "consent_needed": True, "unsubscribe": ["стоп", "stop"], "public_page": "https://shop.example",
            "guess": {"on": False, "share": "0.93", "least": 20},
        }
    )  # fmt: skip
    spend: Json = field(
        default_factory=lambda: {
            "month_messages": 214, "month_spent": 214 * 2 * PRICE, "month_limit": 300_000, "month_left": 120_240,
            "day_limit": 500, "day_left": 463, "segment_price": PRICE,
        }
    )  # fmt: skip


def serves(path: list[str]) -> bool:
    """Whether a path is one of these."""
    return path[0] in ("notification-texts", "notification-settings") or path in (
        ["notifications", "spend"],
        ["notifications", "unknown"],
    )


def get(world: World, path: list[str], query: dict[str, str]) -> Json:
    shop, now = query.get("shop", ""), instant(world.now())
    match path:
        case ["notification-texts"]:
            items = [_in_force(world, (shop, event, way)) for event in _SAYS for way in ("sms", "email")]
            macros = [{"name": name, "text_ru": ru, "text_en": en} for name, (_, ru, en) in MACROS.items()]
            return {"items": items, "macros": macros, "server_time": now}
        case ["notification-texts", event, channel]:
            key = (shop, event, channel)
            past = world.text_desk.own.get(key, [])
            return {"in_force": _in_force(world, key), "base": len(past), "kvits": _kvits(key),
                    "versions": past[::-1], "server_time": now}  # fmt: skip
        case ["notification-settings"]:
            return {**world.text_desk.settings, "shops": _shops(world), "server_time": now}
        case ["notifications", "spend"]:
            return {**world.text_desk.spend, "server_time": now}
    lost = [one for parcel in world.parcels.values() for one in parcel["messages"] if one["state"] == "unknown"]
    return {"items": lost, "server_time": now}


def preview(world: World, body: Json) -> Json:
    """As the service would show it: enough of its rules for a screen to be looked at."""
    sms = body["channel"] == "sms"
    values = {name: sample for name, (sample, _, _) in MACROS.items()} | (body.get("values") or {})
    wrong = _wrong(body["body"])
    if wrong is not None:
        return {"subject": "", "text": "", "segments": 0, "encoding": "", "price": 0, "problems": [wrong],
                "server_time": None}  # fmt: skip
    text = _filled(body["body"], values)
    segments = (1 if len(text) <= 70 else -(-len(text) // 67)) if sms else 0
    problems = []
    if sms and not world.text_desk.settings["sender"]:
        problems.append(_said("notify.text.no_sender", "Имя отправителя не задано: операторы могут задержать SMS.",
                              "There is no sender name: operators may stop the SMS."))  # fmt: skip
    if sms and "http" in body["body"]:
        problems.append(_said("notify.text.foreign_link", "Ссылку операторы могут не пропустить.",
                              "Operators may stop the link."))  # fmt: skip
    if not text:
        problems.append(_said("notify.text.empty", "Текст пуст.", "The text is empty.", refused=True))
    return {"subject": _filled(body.get("subject", ""), values), "text": text, "segments": segments,
            "encoding": "ucs2" if sms else "", "price": segments * PRICE, "problems": problems,
            "server_time": None}  # fmt: skip


def put(world: World, body: Json) -> Json:
    key: Key = (body["shop"], body["event"], body["channel"])
    past = world.text_desk.own.setdefault(key, [])
    if body["version"] != len(past):
        raise Problem(409, "notify.text.changed", f"Текст тем временем изменил другой человек: версия {len(past)}.",
                      f"Somebody else changed the text meanwhile: version {len(past)}.")  # fmt: skip
    past.append(
        {"version": len(past) + 1, "subject": body["subject"], "body": body["body"], "active": body["active"],
         "made_at": instant(world.now()), "made_by": f"{world.role}:{world.user}"}
    )  # fmt: skip
    world.tell("notification_texts", "t-1")
    return {"version": len(past), "server_time": instant(world.now())}


def _in_force(world: World, key: Key) -> Json:
    for owner in dict.fromkeys((key[0], "")):
        past = world.text_desk.own.get((owner, *key[1:]), [])
        if past:
            newest = {name: past[-1][name] for name in ("version", "subject", "body", "active")}
            return {"shop": owner, "event": key[1], "channel": key[2], **newest}
    return _kvits(key)


def _kvits(key: Key) -> Json:
    _, event, channel = key
    body, subject = _SAYS[event], ""
    if channel == "email":
        subject = "Заказ {{ order }}"
        body = f"Здравствуйте{{% if name %}}, {{{{ name }}}}{{% endif %}}!\n\n{body}\n\n{{{{ company }}}}\n" \
               "Не хотите таких писем: {{ unsubscribe }}"  # fmt: skip
    return {"shop": "", "event": event, "channel": channel, "version": 0, "subject": subject, "body": body,
            "active": True}  # fmt: skip


def _shops(world: World) -> list[Json]:
    return [
        {"key": key, "name": name, "own_texts": sum(each[0] == key for each in world.text_desk.own)}
        for key, name in SHOPS.items()
    ]


def _filled(source: str, values: dict[str, str]) -> str:
    chosen = _CHOICE.sub(lambda found: found[2] if values.get(found[1]) else "", source)
    return _MACRO.sub(lambda found: values.get(found[1], ""), chosen).strip()


def _wrong(source: str) -> Json | None:
    for number, line in enumerate(source.splitlines(), 1):
        unknown = next((name for name in _MACRO.findall(line) if name not in MACROS), None)
        if unknown is not None:
            return _said("notify.text.macro", f"Макроса «{unknown}» нет.", f"There is no macro “{unknown}”.",
                         refused=True, line=number)  # fmt: skip
        if line.count("{{") != line.count("}}"):
            return _said("notify.text.wrong", f"Строка {number}: макросы записаны с ошибкой.",
                         f"Line {number}: the macros are written wrongly.", refused=True, line=number)  # fmt: skip
    return None


def _said(code: str, ru: str, en: str, *, refused: bool = False, line: int = 0) -> Json:
    return {"code": code, "refused": refused, "line": line, "text_ru": ru, "text_en": en, "hint_ru": "", "hint_en": ""}
