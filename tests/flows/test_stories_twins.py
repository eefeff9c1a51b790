"""Equal payments: two customers, or one who pays twice, are two; a line told ten times is one."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from tests.flows.desk import Desk, camt, ntry
from tests.flows.shop import TERMS, Shop

A = ntry(10_000, time="2026-11-23T10:00:00+03:00")
B = ntry(10_000, time="2026-11-23T11:30:00+03:00")
PLAIN = ntry(10_000)


@pytest.mark.parametrize("refs", [("A", "B"), ("", "")], ids=["with ids", "without ids"])
def test_two_equal_payments_of_one_day_both_survive(shop: Shop, refs: tuple[str, str]) -> None:
    """kresus #373, actual #8221, otherworld #276, securo #911, rentemester #542."""
    desk = Desk(shop)
    for number in range(3):
        desk.send(camt("camt.053", *(ntry(10_000, ref=ref) for ref in refs), id=f"S{number}"))
    assert len(desk.payments()) == 2
    assert desk.credited() == 20_000


def test_twins_without_ids_in_two_notices_and_then_in_the_statement_are_two(shop: Shop) -> None:
    desk = Desk(shop)
    desk.send(camt("camt.054", PLAIN, id="N1"))
    desk.send(camt("camt.054", PLAIN, id="N2"))
    desk.send(camt("camt.053", PLAIN, PLAIN, id="S1"))
    desk.send(camt("camt.053", PLAIN, PLAIN, id="S1b"))
    assert len(desk.payments()) == 2


def test_notices_of_two_instants_are_two_payments_at_once(shop: Shop) -> None:
    desk = Desk(shop)
    desk.send(camt("camt.054", A, id="N1"))
    desk.send(camt("camt.054", B, id="N2"))
    assert len(desk.payments()) == 2
    desk.send(camt("camt.054", A, id="N1 again"))
    desk.send(camt("camt.054", B, id="N2 again"))
    desk.send(camt("camt.053", A, B, id="S1"))
    assert len(desk.payments()) == 2
    desk.send(camt("camt.053", PLAIN, PLAIN, id="the statement without instants"))
    assert len(desk.payments()) == 2


def test_a_notice_of_one_and_a_statement_of_two_with_ids(shop: Shop) -> None:
    desk = Desk(shop)
    desk.send(camt("camt.054", PLAIN, id="N1"))
    desk.send(camt("camt.053", ntry(10_000, ref="A"), ntry(10_000, ref="B"), id="S1"))
    desk.send(camt("camt.054", PLAIN, id="N2"))
    assert len(desk.payments()) == 2


def test_overlapping_reports_of_a_day_add_only_what_is_new(shop: Shop) -> None:
    """OCA bank-statement-import #77, #83: each intraday report tells the whole day so far."""
    desk = Desk(shop)
    day = [ntry(1_000 * n, ref=f"R{n}", doc_no=str(n)) for n in range(1, 7)]
    plain = [ntry(10_000), ntry(10_000), ntry(10_000)]
    for known in range(1, 7):
        desk.send(camt("camt.052", *day[:known], *plain[: known // 2], id=f"I{known}"))
    desk.send(camt("camt.053", *reversed(plain), *reversed(day), id="S1"))
    assert len(desk.payments()) == 9


def test_only_the_first_line_is_read_nowhere(shop: Shop) -> None:
    """metasfresh #1947: every Ntry counts, in every statement of a message."""
    desk = Desk(shop)
    desk.send(camt("camt.053", *(ntry(1_000 + n, ref=f"R{n}") for n in range(120)), id="S1"))
    assert len(desk.payments()) == 120


@pytest.mark.parametrize("unstable", [False, True], ids=["stable", "unstable"])
def test_whatever_order_two_equal_payments_are_told_in_they_are_two(shop: Shop, unstable: bool) -> None:
    desk = Desk(shop, replace(TERMS, ids_unstable=unstable))
    told = {"a": ("camt.054", "a"), "b": ("camt.054", "b"), "ab": ("camt.053", "ab")}
    for payer, order in enumerate(permutations(("ab", "a", "b")), start=1):
        account = f"4070281050000000{payer:04d}"
        for number, which in enumerate(order * 2):
            kind, refs = told[which]
            lines = [ntry(10_000, ref=f"{ref}{payer}", payer=account) for ref in refs]
            desk.send(camt(kind, *lines, id=f"M{payer}-{number}"))
        assert len(desk.payments()) == 2 * payer, order


def test_a_small_commit_changes_nothing_about_twins(shop: Shop) -> None:
    """The numbering of equal lines goes on over commits."""
    desk = Desk(shop, replace(TERMS, lines_per_commit=2))
    for number in range(2):
        desk.send(camt("camt.053", *([PLAIN] * 7), id=f"S{number}"))
    assert len(desk.payments()) == 7
