"""The same lines, cut into messages and commits in any way and told again, give the same decisions."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.bank.statement import Entry
from gateway.flows import payer_rules
from gateway.flows.payer_rules import Payer
from gateway.matching.tables import allocations, decisions
from gateway.matching.tables import payer_rules as rules
from gateway.orders.model import Buyer
from gateway.orders.tables import invoices, orders, releases
from gateway.payments.tables import entries, payments
from tests.flows.shop import ACCOUNTANT, BUYER, OTHER, TERMS, Shop

STRANGER = Buyer("", "ul", "ООО «Омега»", "6312000014", "631201001")
FRIEND = Buyer("", "ul", "ООО «Дружба»", "6658000018", "665801001")  # pays for BUYER by a rule
ORDERS = (("СР-101", 2, BUYER), ("СР-102", 3, BUYER), ("СР-103", 5, BUYER), ("СР-201", 2, OTHER), ("СР-202", 4, OTHER))
PURPOSES = (
    "Оплата по счету {}", "Оплата по счетам {}, {}", "Счет № {} частично", "за рамки", "Возврат по счету {}", "аванс",
    "Оплата за ООО «Берег Света» ИНН 7709876540 по счету {}", "по сч. {} от 20.11.2026 г., договор 102",
)  # fmt: skip

_line = st.tuples(
    st.sampled_from([BUYER, OTHER, STRANGER, FRIEND]),
    st.sampled_from([100_000, 200_000, 300_000, 400_000, 500_000, 1_000_000, 7_000]),
    st.sampled_from(PURPOSES),
    st.permutations([number for number, _, _ in ORDERS]),
    st.sampled_from(["", "7", "8"]),  # the same payment document may come on two lines
)


def trade(folder: str) -> Shop:
    shop = Shop(Path(folder))
    shop.goods("a4", main=12)  # not enough for everybody
    for number, pieces, buyer in ORDERS:
        shop.order(number, {"a4": pieces}, buyer=buyer)
    with shop.store.unit(ACCOUNTANT) as unit:
        payer = Payer(FRIEND.name, FRIEND.inn, "")
        payer_rules.make(unit, TERMS, payer, BUYER.inn, shop.line(1, "").booked)
        unit.commit()
    return shop


def lines_of(shop: Shop, drawn: Sequence[tuple[Buyer, int, str, list[str], str]]) -> list[Entry]:
    return [
        shop.line(kopecks, purpose.format(*numbers), payer=payer, ref=f"L{place}", doc_no=doc_no or f"{1000 + place}")
        for place, (payer, kopecks, purpose, numbers, doc_no) in enumerate(drawn)
    ]


def told(shop: Shop) -> dict[str, object]:
    """Everything decided, with names in the place of ids."""
    names = {row.id: row.ref for row in shop.rows(entries)}
    names |= {row.id: row.number for row in shop.rows(invoices)}
    names |= {row.id: row.number for row in shop.rows(orders)}
    names |= {row.id: row.payer_name for row in shop.rows(rules)}

    def named(text: str) -> str:
        for row_id, name in names.items():
            text = text.replace(row_id, name)
        return text

    return {
        "payments": [(names[p.id], p.state, p.outcome, p.allocated) for p in shop.rows(payments)],
        "decisions": [
            (names[d.payment_id], d.kind, d.outcome, *map(named, (d.reasons, d.suggestions, d.release_ok)))
            for d in shop.rows(decisions)
        ],
        "allocations": [(names[a.payment_id], names[a.invoice_id], a.amount, a.undone) for a in shop.rows(allocations)],
        "invoices": [(i.number, i.state, i.rest) for i in shop.rows(invoices)],
        "orders": sorted((o.number, o.headline, o.paid, o.stock_state) for o in shop.rows(orders)),
        "releases": sorted(names[r.order_id] for r in shop.rows(releases)),
    }


def spans_hold(shop: Shop) -> None:
    """Words are pointed at in the purpose as the bank wrote it."""
    purposes = {row.id: row.purpose for row in shop.rows(entries)}
    for decision in shop.rows(decisions):
        purpose = purposes[decision.payment_id]
        reasons = json.loads(decision.reasons)
        reasons += [r for s in json.loads(decision.suggestions) for r in s["reasons"]]
        for reason in reasons:
            if reason["span"] is None:
                continue
            start, end = reason["span"]
            assert 0 <= start < end <= len(purpose)
            if reason["code"] == "matching.number_quoted":
                assert reason["values"]["number"].partition("-")[2] in purpose[start:end]


@given(
    drawn=st.lists(_line, min_size=1, max_size=14),
    sizes=st.lists(st.integers(1, 6), min_size=1, max_size=5),
    per_commit=st.integers(1, 50),
    again=st.sets(st.integers(0, 13), max_size=6),
)
@settings(max_examples=15, deadline=None)
def test_the_same_lines_in_any_chunking_give_the_same_decisions(
    drawn: list[tuple[Buyer, int, str, list[str], str]], sizes: list[int], per_commit: int, again: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        whole, cut = trade(one), trade(other)
        try:
            lines = lines_of(whole, drawn)
            whole.deliver(*lines, terms=replace(TERMS, lines_per_commit=50))
            start, terms = 0, replace(TERMS, lines_per_commit=per_commit)
            while start < len(lines):
                size = sizes[start % len(sizes)]
                repeated = [lines[n] for n in sorted(again) if n < start]  # statements overlap
                cut.deliver(*repeated, *lines[start : start + size], terms=terms)
                start += size
            assert told(cut) == told(whole)
            spans_hold(whole)
        finally:
            whole.close()
            cut.close()
