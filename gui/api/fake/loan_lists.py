"""Loans of the make-believe service in lists: the board, what is in trouble, a slice from a mark on, the calculator."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gui.api.fake.loan_words import PROBLEMS, STAGES
from gui.api.fake.render import instant
from gui.api.fake.story_loans import LENDERS, worded

if TYPE_CHECKING:
    from gui.api.fake.world import World

Json = dict[str, Any]
_HIDDEN = frozenset(
    {
        "basket", "decisions", "choices", "agreement", "earlier_agreements", "identity_checks", "visits", "payments",
        "returns", "settlement", "documents", "missing", "timeline",
    }
)  # fmt: skip


def cut(items: list[Any], query: dict[str, str], made: Callable[[Any], Json]) -> Json:
    """A slice from a mark on; the mark is opaque to the tray."""
    start = int(query.get("after", "at0").removeprefix("at"))
    end = start + min(int(query.get("limit") or 200), 500)
    return {
        "items": [made(one) for one in items[start:end]],
        "total": len(items),
        "next": f"at{end}" if end < len(items) else None,
    }


def listed(world: World, query: dict[str, str]) -> Json:
    words = query.get("q", "").casefold()

    def belongs(record: Any) -> bool:
        card = record.card
        exact = {"stage": "stage", "shop": "shop_id", "lender": "lender", "way": "signing_way", "state": "state"}
        if any(query.get(name) not in (None, card[column]) for name, column in exact.items()):
            return False
        if query.get("problem") and not in_trouble(card, query["problem"]):
            return False
        known = f"{card['number']} {record.name} {record.phone} {card['shop_order']} {card['agreement_no']}"
        return not words or words in known.casefold()

    sort = query.get("sort") or "-made_at"
    key = sort.removeprefix("-")
    rows = sorted(
        (record for record in world.loans.values() if belongs(record)),
        key=lambda record: (record.card[key], record.id),
        reverse=sort.startswith("-"),
    )
    page = cut(rows, query, lambda record: {k: v for k, v in record.card.items() if k not in _HIDDEN})
    return {**page, "found_by": "surname" if words and rows else "", "server_time": instant(world.now())}


def in_trouble(card: Json, problem: str) -> bool:
    paper = card["agreement"]
    if problem == "late":
        return bool(card["red"])
    if problem == "call":
        return card["state"] == "callback"
    if problem == "lender":
        return any(one["failures"] for one in card["decisions"])
    return bool(problem == "agreement" and paper is not None and paper["held"])


def board(world: World) -> Json:
    return {"stages": [_stage(world, stage) for stage in STAGES], "server_time": instant(world.now())}


def _stage(world: World, stage: str) -> Json:
    cards = [record.card for record in world.loans.values() if record.card["stage"] == stage]
    return {
        **worded("stage", stage, STAGES),
        "count": len(cards),
        "goods": sum(card["goods"] for card in cards),
        "oldest": min((card["stage_since"] for card in cards), default=None),
        "red": sum(card["red"] for card in cards),
    }


def problems(world: World) -> Json:
    cards = [record.card for record in world.loans.values()]
    return {
        "items": [
            {**worded("problem", name, PROBLEMS), "count": sum(in_trouble(card, name) for card in cards)}
            for name in PROBLEMS
        ]
    }


def quotes(query: dict[str, str]) -> Json:
    """Plain interest, near enough for a picture of the screen."""
    loan = int(query["goods"]) - int(query.get("down") or 0)
    terms = [int(query["months"])] if query.get("months") else [6, 12, 24]
    rates = {"volga": 24.9, "sever": 0.0}
    found = [
        {
            "lender": key, "title": LENDERS[key], "months": term, "rate": str(rate), "loan": loan,
            "payment": round(loan * (1 + rate / 100 * term / 24) / term), "last_payment": loan // term,
            "overpaid": round(loan * rate / 100 * term / 24), "discount": 0, "psk": "24.818" if rate else "0",
            "transfer": loan, "fee": loan * 3 // 100 if query.get("shop") else None,
            "to_shop": loan * 97 // 100 if query.get("shop") else None, "approximate": True,
        }
        for term in terms
        for key, rate in rates.items()
        if not (key == "sever" and loan > 150_000_00)
    ]  # fmt: skip
    misfits = [{"lender": "sever", "title": LENDERS["sever"], "code": "loan.misfit.sum",
                "text_ru": "сумма больше предела банка", "text_en": "the sum is over the lender's limit"}]  # fmt: skip
    return {"quotes": found, "misfits": misfits if loan > 150_000_00 else []}
