"""Signed, original accepted, money arrived: which is missing, since when, and when that is red."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from gateway.core.money import Money
from gateway.loans import ageing
from gateway.loans.ageing import Counted, Gap, Match
from tests.loans.house import COMPANY, House
from tests.loans.paperwork import Paperwork


@pytest.fixture
def papers(house: House) -> Paperwork:
    return Paperwork(house)


def listed(papers: Paperwork, gap: Gap, **wanted: Any) -> list[Match]:
    with papers.house.store.reading() as connection:
        return ageing.listed(connection, COMPANY, papers.terms, papers.house.clock.now(), gap, **wanted).items


def counted(papers: Paperwork, shop: str = "") -> Mapping[Gap, Counted]:
    with papers.house.store.reading() as connection:
        found = ageing.counted(connection, COMPANY, papers.terms, papers.house.clock.now(), shop)
    return {one.gap: one for one in found}


def test_the_three_parts_of_one_agreement_as_they_come(papers: Paperwork) -> None:
    row = papers.agreed()
    seen = []
    for change in (
        {"signing": "documents_ready"},
        {"signing": "signed", "signed_at": "2026-11-23T08:00:00.000000Z"},
        {"original": "accepted", "arrived_at": "2026-11-25T08:00:00.000000Z"},
        {"funding": "received", "received": 4_099_000},
    ):
        row = papers.put(row.id, **change)
        papers.house.later(days=1)
        found = ageing.match(row, papers.terms.red, papers.house.clock.now())
        seen.append((found.signed, found.original, found.money, tuple(gap.gap for gap in found.gaps)))
    assert seen == [
        (False, False, False, (Gap.SIGNATURE,)),
        (True, False, False, (Gap.ORIGINAL, Gap.MONEY)),
        (True, True, False, (Gap.MONEY,)),
        (True, True, True, ()),
    ]


@pytest.mark.parametrize(("days", "minutes", "red"), [(9, 0, False), (9, 1, True)])
def test_a_signature_nine_days_old_without_its_original_is_red(
    papers: Paperwork, days: int, minutes: int, red: bool
) -> None:
    row = papers.signed()
    papers.house.later(days=days, minutes=minutes)
    (gap, _) = ageing.match(row, papers.terms.red, papers.house.clock.now()).gaps
    assert (gap.gap, gap.days, gap.red) == (Gap.ORIGINAL, 9, red)
    assert len(listed(papers, Gap.ORIGINAL, only_red=True)) == int(red)
    assert counted(papers)[Gap.ORIGINAL].red == int(red)


def test_money_is_waited_for_from_the_paper_or_without_one_from_the_signature(papers: Paperwork) -> None:
    row = papers.signed()
    papers.put(row.id, original="accepted", arrived_at="2026-11-26T08:00:00.000000Z")
    papers.house.later(days=6)
    (match,) = listed(papers, Gap.MONEY)
    assert [(gap.gap, gap.days, gap.red) for gap in match.gaps] == [(Gap.MONEY, 3, False)]
    papers.put(row.id, original="not_needed", arrived_at=None)
    (match,) = listed(papers, Gap.MONEY, only_red=True)
    assert [(gap.days, gap.red) for gap in match.gaps] == [(6, True)]


def test_lists_and_counts_agree_and_leave_out_what_came_to_nothing(papers: Paperwork) -> None:
    unsigned = papers.agreed(order="A-1", number="1")
    papers.house.later(hours=1)
    signed = papers.signed(order="A-2", number="2")
    void = papers.agreed(order="A-3", number="3")
    papers.put(void.id, live=0)
    back = papers.signed(order="A-4", number="4")
    papers.put(back.id, goods="returned")
    assert [one.agreement_id for one in listed(papers, Gap.SIGNATURE)] == [unsigned.id]
    assert [one.agreement_id for one in listed(papers, Gap.ORIGINAL)] == [signed.id]
    sums = {gap: (one.count, one.red, one.transfer) for gap, one in counted(papers).items()}
    assert sums == {gap: (1, 0, Money(4_099_000)) for gap in Gap}
    assert counted(papers, papers.house.other)[Gap.MONEY].count == 0
    assert listed(papers, Gap.MONEY, shop_id=papers.house.other) == []


def test_a_list_comes_in_slices_by_age_or_sum(papers: Paperwork) -> None:
    made = []
    for number, transfer in enumerate((300_00, 100_00, 200_00), start=1):
        row = papers.agreed(order=f"A-{number}", number=str(number))
        papers.put(row.id, transfer=transfer)
        made.append(row.id)
        papers.house.later(hours=1)

    def walked(sort: str) -> list[int]:
        numbers, mark = [], None
        while True:
            with papers.house.store.reading() as connection:
                page = ageing.listed(
                    connection, COMPANY, papers.terms, papers.house.clock.now(), Gap.SIGNATURE,
                    sort=sort, after=mark, limit=2,
                )  # fmt: skip
            assert page.total == 3
            numbers += [made.index(one.agreement_id) + 1 for one in page.items]
            mark = page.next
            if mark is None:
                return numbers

    assert {sort: walked(sort) for sort in ("-age", "age", "transfer", "-transfer")} == {
        "-age": [1, 2, 3], "age": [3, 2, 1], "transfer": [2, 3, 1], "-transfer": [1, 3, 2],
    }  # fmt: skip
    assert sorted(walked("lender")) == [1, 2, 3]


def test_a_paper_signed_anew_waits_for_its_signature_again(papers: Paperwork) -> None:
    row = papers.signed()
    row = papers.put(row.id, signing="resigning", original="none", signed_at=None)
    assert [gap.gap for gap in ageing.match(row, papers.terms.red, papers.house.clock.now()).gaps] == [Gap.SIGNATURE]
