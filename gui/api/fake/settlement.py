"""Settlement of the make-believe service: statements in every state, their lines, and the closing of a period."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from gui.api.fake.loan_lists import cut
from gui.api.fake.loan_words import STATEMENTS
from gui.api.fake.problem import Problem
from gui.api.fake.render import instant, sha
from gui.api.fake.story_loans import SHOPS, told, worded

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]
GROUPS = {
    "all": tuple(STATEMENTS), "open": ("open",), "sent": ("sent",), "disputed": ("disputed",),
    "accepted": ("accepted",), "to_pay": ("payable",), "paying": ("drafted",), "paid": ("paid",),
    "carried": ("carried",), "claimed": ("claimed",),
}  # fmt: skip
_STEPS = {
    # action → states it starts from, the state after it
    "send": (("open",), "sent"),
    "accept": (("sent", "disputed"), "accepted"),
    "dispute": (("sent",), "disputed"),
    "fix": (("accepted",), "payable"),
    "draft": (("payable",), "drafted"),
    "carry": (("accepted",), "carried"),
    "claim": (("accepted",), "claimed"),
}
_STATES = ("open", "sent", "disputed", "payable", "drafted", "paid", "carried")
PER_LOOK = 40
"""Parties a closing gets on with between two questions."""


def statements(world: World) -> None:
    """One statement in each state."""
    for number, state in enumerate(_STATES, start=1):
        world.statements[f"st-{number}"] = _made(world, number, state, 1_200_000_00 + number * 37_450_17)
    paid, on = world.statements["st-6"], (world.now() - timedelta(days=1)).date().isoformat()
    paid |= {"paid_on": on, "paid_at": instant(world.now() - timedelta(hours=30)), "paid_entry_id": "e-77"}
    paid["payouts"] = [_payout(world, paid, "executed", ("Исполнено", "Executed"), paid["paid_at"])]
    paid["evidence"] = [
        {"entry_id": "e-77", "incoming": False, "amount": paid["net"], "booked": on, "bank_ref": "BR-9001",
         "kind": "signed", "message_id": "msg-9001", "sha256": sha("msg-9001"),
         "received_at": instant(world.now() - timedelta(hours=29))}
    ]  # fmt: skip
    drafted = world.statements["st-5"]
    drafted["payouts"] = [_payout(world, drafted, "draft", ("Ждёт двух подписей", "Awaits two signatures"), None)]
    world.statements["st-3"]["remark"] = "Не учтён возврат по заявке 55"
    world.statements["st-7"] |= {"net": -12_400_00, "note": "Возвратов больше, чем продаж"}


def bulk(world: World, count: int) -> None:
    """Statements of the past."""
    for number in range(100, 100 + count):
        world.statements[f"st-{number}"] = _made(world, number, "paid", 400_000_00 + number * 7_13)


def _made(world: World, number: int, state: str, gross: int) -> Json:
    now = world.now()
    last = now.date().replace(day=1) - timedelta(days=1 + 31 * (number // 100))
    shop = list(SHOPS)[number % len(SHOPS)]
    fee = gross * 3 // 100
    return {
        "id": f"st-{number}",
        "version": 1,
        "number": number,
        "party_kind": "shop",
        "party_id": shop,
        "party": SHOPS[shop],
        "since": last.replace(day=1).isoformat(),
        "until": last.isoformat(),
        **worded("state", state, STATEMENTS),
        "made_at": instant(now - timedelta(days=3)),
        "made_by": "accountant:Мария Ковалёва",
        "line_count": 30 + number,
        "gross": gross,
        "fee": fee,
        "net": gross - fee,
        "vat": fee * 22 // 122,
        "sent_at": instant(now - timedelta(days=2)) if state != "open" else None,
        "silence_on": (now + timedelta(days=3)).date().isoformat() if state == "sent" else None,
        "answered_at": None,
        "answered_by": "",
        "remark": "",
        "payment_order_id": None,
        "paid_at": None,
        "paid_on": None,
        "paid_entry_id": None,
        "attempts": 0,
        "claim_number": None,
        "held": None,
        "note": "",
        "history": [{**told(now - timedelta(days=3), "service", "settlement.made", "Ведомость составлена",
                            "The statement was made"), "event": "made", "state": "open", "note": ""}],
        "payouts": [],
        "evidence": [],
    }  # fmt: skip


def _payout(world: World, one: Json, state: str, words: tuple[str, str], paid_at: str | None) -> Json:
    return {"payment_order_id": "out-7", "number": "133", "state": state, "state_ru": words[0], "state_en": words[1],
            "attempt": 1, "amount": one["net"], "made_at": instant(world.now() - timedelta(days=1)),
            "made_by": "accountant:Мария Ковалёва", "entry_id": "e-77" if paid_at else None, "paid_at": paid_at,
            "return_entry_id": None, "returned_at": None}  # fmt: skip


def listed(world: World, query: dict[str, str]) -> Json:
    words = query.get("q", "").casefold()
    group = GROUPS[query.get("state") or "all"]
    kept = [
        one
        for one in world.statements.values()
        if words in f"{one['number']} {one['party']}".casefold() and query.get("party_id") in (None, one["party_id"])
    ]
    sort = query.get("sort") or "-until"
    key = sort.removeprefix("-")
    rows = sorted(
        (one for one in kept if one["state"] in group), key=lambda one: (one[key], one["number"]),
        reverse=sort.startswith("-"),
    )  # fmt: skip
    counts = {name: sum(one["state"] in states for one in kept) for name, states in GROUPS.items()}
    page = cut(rows, query, lambda one: {k: v for k, v in one.items() if k not in ("history", "payouts", "evidence")})
    return {**page, "counts": counts, "server_time": instant(world.now())}


def found(world: World, name: str) -> Json:
    if name not in world.statements:
        raise Problem(404, "settlement.not_found", "Такой ведомости нет.", "There is no such statement.")
    return world.statements[name]


def detail(world: World, one: Json) -> Json:
    works = "settlement.work" in world.permissions
    below = ("carry", "claim")
    fitting = [a for a in _STEPS if (a in below) == (one["net"] <= 0) or a not in (*below, "fix")]
    return {**one, "actions": [a for a in fitting if works and one["state"] in _STEPS[a][0]]}


def by_hand(world: World, path: list[str], body: Json) -> Json:
    """A line written by hand: taken back, charged or corrected."""
    world.hand_lines.append(("/".join(path), body))
    world.tell("settlement", "")
    return {"line": {"id": world.next_id("li"), "kind": "correction"}}


def workbook(world: World, name: str) -> bytes:
    """Not a workbook; enough to be saved."""
    return f"PK statement {found(world, name)['number']}".encode()


def lines(world: World, one: Json, query: dict[str, str]) -> Json:
    loan = next(iter(world.loans), None)
    share = one["gross"] // one["line_count"]

    def line(number: int) -> Json:
        fee = share * 3 // 100
        return {"id": f"{one['id']}-l{number}", "kind": "loan", "kind_ru": "Кредит", "kind_en": "Loan",
                "on": one["until"], "at": instant(world.now()), "by": "service", "document": f"КД-{number}/26",
                "subject": f"loan_agreement:ag-{number}", "loan_id": loan, "gross": share, "fee": fee,
                "net": share - fee, "vat": 0, "payment_id": "", "reverses": None, "note": ""}  # fmt: skip

    return cut(list(range(1, one["line_count"] + 1)), query, line)


def waiting_lines(world: World, query: dict[str, str]) -> Json:
    """As many lines as the balance of the party tells of."""
    one = {"id": f"waiting-{query['party_id']}", "gross": 56_000_00, "line_count": 2, "until": "2026-11-20"}
    return lines(world, one, query)


def act(world: World, name: str, action: str, body: Json, wanted: int | None) -> Json:
    one = found(world, name)
    if wanted is not None and wanted != one["version"]:
        raise Problem(412, "api.stale", "Ведомость тем временем изменилась.", "The statement has changed meanwhile.")
    if action == "draft" and wanted is None:
        raise Problem(400, "api.version_needed", "Нужна версия.", "The version is needed.")
    states, after = _STEPS[action]
    if one["state"] not in states:
        raise Problem(422, "state.illegal", "Сейчас так сделать нельзя.", "This cannot be done now.")
    one |= {**worded("state", after, STATEMENTS), "version": one["version"] + 1}
    if action == "dispute":
        one["remark"] = body["remark"]
    if action == "claim":
        one["claim_number"] = f"{one['number']}-Т"
    if action == "draft":
        one["payouts"] = [_payout(world, one, "draft", ("Ждёт двух подписей", "Awaits two signatures"), None)]
    by = f"{world.role}:{world.user}"
    words = STATEMENTS[after]
    one["history"] = [*one["history"], {**told(world.now(), by, f"settlement.{action}", *words),
                                        "event": action, "state": after, "note": ""}]  # fmt: skip
    world.tell("settlement", name)
    return detail(world, one)


def balances(world: World, query: dict[str, str]) -> Json:
    def balance(shop: str) -> Json:
        stated = [one for one in world.statements.values() if one["party_id"] == shop]
        paid = sum(one["net"] for one in stated if one["state"] == "paid")
        whole = sum(one["net"] for one in stated)
        return {"party_kind": "shop", "party_id": shop, "party": SHOPS[shop], "owed": whole - paid + 54_300_00,
                "waiting": 54_300_00, "stated": whole, "paid": paid}  # fmt: skip

    return cut(list(SHOPS), query, balance)


# --- the closing of a period -----------------------------------------------------------------------------------------


def begin(world: World, body: Json) -> Json:
    if world.period["state"] in ("closing", "sending"):
        raise Problem(409, "settlement.running", "Закрытие уже идёт.", "A closing is under way already.")
    if date.fromisoformat(body["until"]) >= world.now().date():
        raise Problem(422, "settlement.not_over", "День ещё не кончился.", "The day is not over yet.")
    world.period = {"state": "closing", "until": body["until"], "done": 0, "of": 120, "statements": 0, "lines": 0,
                    "sent": 0, "started_at": instant(world.now()), "ended_at": None, "by": world.user,
                    "error": None}  # fmt: skip
    return world.period


def look(world: World) -> Json:
    """How far it is; a closing gets on between two looks."""
    period = world.period
    if period["state"] == "closing" and not world.period_waits:
        done = min(period["done"] + PER_LOOK, period["of"])
        world.period = {**period, "done": done, "statements": done, "lines": done * 9,
                        "state": "done" if done == period["of"] else "closing"}  # fmt: skip
    return world.period


def stop(world: World) -> Json:
    world.period = {**world.period, "state": "stopped", "ended_at": instant(world.now())}
    return world.period
