"""Lenders' health and agreements that wait too long, of the make-believe service."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from gui.api.fake.loan_lists import cut
from gui.api.fake.problem import Problem
from gui.api.fake.render import instant
from gui.api.fake.story_loans import LENDERS, worded

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]
LIMITS = {"signature": 5, "original": 9, "money": 5}
_STATES = {"fine": ("в порядке", "fine"), "silent": ("молчит", "silent"), "refusing": ("отказывает", "refusing"),
           "misconfigured": ("не настроен", "misconfigured")}  # fmt: skip
_CALLS = {"submit": ("передать заявку", "hand the application in"),
          "signed": ("сообщить о подписании", "tell of the signature")}  # fmt: skip
_AWAY = {"code": "lender.away", "text_ru": "не отвечает", "text_en": "does not answer"}
_NO_TOKEN = {"code": "lender.forbidden", "text_ru": "не принимает наш ключ", "text_en": "does not accept our token"}


def _need(world: World, *rights: str) -> None:
    """Any of these will do."""
    if not set(rights) & set(world.permissions):
        raise Problem(403, "auth.forbidden", "Нет права.", "Your role has no right to do this.")


def lenders(world: World) -> Json:
    """One who is fine with a token that ends soon, one who is silent until he is asked again."""
    _need(world, "loans.read", "health.read")
    now = world.now()
    items = []
    for key, title in LENDERS.items():
        mine = [call for call in calls(world)["items"] if call["lender"] == key]
        asked = [one for record in world.loans.values() for one in record.card["decisions"] if one["lender"] == key]
        failing = sum(bool(one["failures"]) for one in asked)
        state = "silent" if failing and key not in world.asked_lenders else "fine"
        items.append({
            "lender": key, "title": title, **worded("state", state, _STATES), "open": len(asked), "failing": failing,
            "waiting": sum(not call["dead"] for call in mine), "dead": sum(call["dead"] for call in mine),
            "last_answer": instant(now - timedelta(minutes=47 if state == "silent" else 2)),
            "away_since": instant(now - timedelta(minutes=45)) if state == "silent" else None,
            "silent": state == "silent", "last_error": _AWAY if state == "silent" else None, "token": True,
            "hints": key == "volga", "token_until": (now + timedelta(days=9)).date().isoformat()
            if key == "volga" else None, "token_days_left": 9 if key == "volga" else None, "terms": None,
        })  # fmt: skip
    return {"items": items, "server_time": instant(now)}


def ask(world: World, lender: str) -> Json:
    _need(world, "loans.work", "health.operate")
    if lender not in LENDERS:
        raise Problem(422, "loan.lender_unknown", "Такой банк не подключён.", "There is no such lender.")
    world.asked_lenders.append(lender)
    world.tell("loans", "")
    return lenders(world)


def calls(world: World) -> Json:
    """What has not reached the silent lender; a call given up is away once somebody tried again."""
    now = world.now()

    def call(number: int, word: str, *, dead: bool, attempts: int) -> Json:
        error = _NO_TOKEN if dead else _AWAY if attempts else None
        return {
            "id": f"lc-{number}", **worded("call", word, _CALLS), "lender": "sever", "lender_title": LENDERS["sever"],
            "loan_id": f"ln-{number}", "loan_number": number, "created_at": instant(now - timedelta(minutes=50)),
            "next_at": None if dead else instant(now + timedelta(minutes=4)), "dead": dead, "attempts": attempts,
            "error": error, "last_error": error["text_en"] if error else "",
        }  # fmt: skip

    tried = "lc-46" in world.retried
    made = [call(46, "signed", dead=not tried, attempts=0 if tried else 1), call(44, "submit", dead=False, attempts=3)]
    return {"items": [one for one in made if one["loan_id"] in world.loans], "server_time": instant(now)}


def ageing(world: World, query: dict[str, str]) -> Json:
    red_only = query.get("red") == "true"
    every = {gap: [_aged(world, card, gap) for card in _open(world, gap)] for gap in LIMITS}
    kept = {gap: [one for one in rows if one["red"] or not red_only] for gap, rows in every.items()}
    sort = query.get("sort") or "-age"
    key = {"age": "days", "transfer": "transfer", "lender": "lender"}[sort.removeprefix("-")]
    rows = sorted(kept[query.get("gap") or "original"], key=lambda one: one[key], reverse=sort.startswith("-"))
    return {
        **cut(rows, query, lambda one: one),
        "counts": {gap: len(found) for gap, found in kept.items()},
        "gaps": [
            {"gap": gap, "gap_ru": gap, "gap_en": gap, "count": len(found), "red": sum(one["red"] for one in found),
             "transfer": sum(one["transfer"] for one in found), "limit_days": LIMITS[gap]}
            for gap, found in every.items()
        ],
        "server_time": instant(world.now()),
    }  # fmt: skip


def _open(world: World, gap: str) -> list[Json]:
    """Cards whose agreement has this gap."""
    return [
        record.card
        for record in world.loans.values()
        if (paper := record.card["agreement"]) is not None
        and record.card["stage"] not in ("done", "ended")
        and _gaps(paper)[gap]
    ]


def _gaps(paper: Json) -> dict[str, bool]:
    signed = paper["signing"] in ("signed", "verified")
    return {
        "signature": not signed,
        "original": signed and paper["original"] not in ("accepted", "not_needed"),
        "money": signed and paper["funding"] != "received",
    }


def _aged(world: World, card: Json, gap: str) -> Json:
    paper, open_gaps = card["agreement"], _gaps(card["agreement"])
    days = (world.now() - datetime.fromisoformat(card["stage_since"])) // timedelta(days=1)
    return {
        "loan_id": card["id"], "loan_number": card["number"], "agreement_id": paper["id"], "number": paper["number"],
        "shop_id": card["shop_id"], "shop": card["shop"], "lender": paper["lender"], "lender_title": paper["title"],
        "transfer": paper["transfer"], "received": paper["received"], "signed": not open_gaps["signature"],
        "original": not (open_gaps["signature"] or open_gaps["original"]), "money": paper["funding"] == "received",
        "since": card["stage_since"], "days": days, "limit_days": LIMITS[gap], "red": days > LIMITS[gap],
    }  # fmt: skip
