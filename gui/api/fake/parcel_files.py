"""Lists of parcels taken in by the make-believe service: real CSV files with semicolons, read by their first row."""

from __future__ import annotations

import base64
import csv
import io
from typing import TYPE_CHECKING, Any

from gui.api.fake.problem import Problem
from gui.api.fake.render import instant

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]
FIELDS = ("email", "phone", "index_to", "cod", "declared", "postage", "track", "order_sum", "order_no", "consent",
          "carrier", "mail_type", "shop", "address", "name")  # fmt: skip
_GUESS = {"трек": "track", "телефон": "phone", "получатель": "name", "наложенный": "cod", "заказ": "order_no"}
_OUTCOMES = ("taken", "known", "changed", "warned", "refused")


def _read(body: Json) -> tuple[list[str], list[list[str]]]:
    text = base64.b64decode(body["content"]).decode("utf-8")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    if not rows:
        raise Problem(422, "parcel.list_empty", "Список пуст.", "The list is empty.")
    return rows[0], rows[1:]


def get(world: World, parts: list[str], query: dict[str, str]) -> Json:
    match parts:
        case []:
            return {"items": [_facts(one) for one in world.parcel_desk.lists.values()]}
        case [name]:
            return answer(world, name)
        case [name, "rows"]:
            outcome, after = query.get("outcome", ""), int(query.get("after") or 0)
            found = [row for row in world.parcel_desk.lists[name]["rows"] if outcome in ("", row["outcome"])]
            found = [row for row in found if row["row"] > after]
            limit = int(query.get("limit") or 200)
            return {"items": found[:limit], "next": found[limit - 1]["row"] if len(found) > limit else None}
    raise Problem(404, "http.not_found", "Такого нет.", "There is no such thing.")


def post(world: World, parts: list[str], body: Json) -> Json:
    match parts:
        case ["preview"]:
            heads, rows = _read(body)
            remembered = world.parcel_desk.mappings.get(tuple(heads))
            guess = {_GUESS[head.casefold()]: head for head in heads if head.casefold() in _GUESS}
            return {"heads": heads, "mapping": remembered or guess, "remembered": remembered is not None,
                    "fields": list(FIELDS), "row_count": len(rows), "rows": rows[:20]}  # fmt: skip
        case []:
            return start(world, body)
        case [name, "stop"]:
            world.parcel_desk.lists[name]["running"] = False
            world.parcel_desk.lists[name]["state"] = "stopped"
            return answer(world, name)
    raise Problem(404, "http.not_found", "Такого нет.", "There is no such thing.")


def start(world: World, body: Json) -> Json:
    """Begin; `step` takes rows in. Unless it `waits`, all of them at once."""
    heads, rows = _read(body)
    name = world.next_id("in")
    world.parcel_desk.mappings[tuple(heads)] = body["mapping"]
    world.parcel_desk.lists[name] = {
        "id": name, "name": body["file_name"], "state": "reading", "shop": body["shop"], "row_count": len(rows),
        "made_at": instant(world.now()), "made_by": f"{world.role}:{world.user}", "ended_at": None, "running": True,
        "error": None, "rows": [], "left": [dict(zip(heads, row, strict=False)) for row in rows],
        "mapping": body["mapping"],
    }  # fmt: skip
    if not world.parcel_desk.waits:
        step(world, name, len(rows))
    return answer(world, name)


def step(world: World, name: str, count: int) -> None:
    """Take the next rows in."""
    from gui.api.fake import parcels

    one = world.parcel_desk.lists[name]
    taken, one["left"] = one["left"][:count], one["left"][count:]
    for cells in taken:
        told = {field: cells.get(head, "") for field, head in one["mapping"].items()}
        row: Json = {"row": len(one["rows"]) + 2, "remarks": [], "parcel_id": None}
        try:
            sum_ = int(told.pop("cod", "") or 0) * 100
            done = parcels.enter(world, {**told, "cod": sum_})
            row |= {"outcome": "warned" if done["warnings"] else done["outcome"], "parcel_id": done["id"],
                    "remarks": done["warnings"]}  # fmt: skip
        except Problem as problem:
            words = problem.body["error"]
            row |= {"outcome": "refused", "remarks": [{key: words[key] for key in ("code", "text_ru", "text_en")}]}
        one["rows"].append(row)
    if not one["left"]:
        one |= {"running": False, "state": "done", "ended_at": instant(world.now())}
    world.tell("parcel_intakes", name)


def answer(world: World, name: str) -> Json:
    if name not in world.parcel_desk.lists:
        raise Problem(404, "parcel.list_unknown", "Такого списка нет.", "There is no such list.")
    return _facts(world.parcel_desk.lists[name])


def _facts(one: Json) -> Json:
    counts = {outcome: sum(row["outcome"] == outcome for row in one["rows"]) for outcome in _OUTCOMES}
    hidden = ("rows", "left", "mapping")
    return {**{k: v for k, v in one.items() if k not in hidden}, **counts, "done": len(one["rows"])}
