"""However a day is told - piece by piece, twice, in three formats - it ends as exactly what happened."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.payments.tables import entries
from tests.flows.desk import Desk, camt, line61, mt940, ntry, text_document, text_file
from tests.flows.shop import TERMS, Shop

QUICK = settings(
    max_examples=70,
    deadline=None,
    derandomize=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Happened:
    """One payment, as it really was."""

    kopecks: int
    payer: int
    doc_no: str

    def ntry(self, ref: str) -> str:
        return ntry(self.kopecks, ref=ref, doc_no=self.doc_no, payer=f"4070281050000000000{self.payer}")

    def text(self) -> str:
        return text_document(self.kopecks, doc_no=self.doc_no, payer=f"4070281050000000000{self.payer}")


payments = st.builds(
    Happened, kopecks=st.sampled_from((100, 200)), payer=st.integers(1, 2), doc_no=st.sampled_from(("", "7"))
)
days = st.lists(payments, min_size=1, max_size=6)


def recorded(desk: Desk) -> Counter[int]:
    return Counter(row.amount for row in desk.shop.rows(entries))


def truth(day: list[Happened]) -> Counter[int]:
    return Counter(payment.kopecks for payment in day)


def new_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(tmp_path_factory.mktemp("shop"), automatic=False)


@QUICK
@given(day=days, told=st.data(), with_ids=st.booleans(), unstable=st.booleans())
def test_notices_reports_and_statements_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, day: list[Happened], told: st.DataObject, with_ids: bool, unstable: bool
) -> None:
    shop = new_shop(tmp_path_factory)
    desk = Desk(shop, replace(TERMS, ids_unstable=unstable, lines_per_commit=3))
    lines = [payment.ntry(f"R{number}" if with_ids else "") for number, payment in enumerate(day)]
    for message in range(told.draw(st.integers(0, 4))):
        some = told.draw(st.lists(st.sampled_from(range(len(day))), unique=True, min_size=1))
        kind = told.draw(st.sampled_from(("camt.052", "camt.053", "camt.054")))
        desk.send(camt(kind, *(lines[number] for number in some), id=f"M{message}"))
    for repeat in range(2):
        desk.send(camt("camt.053", *told.draw(st.permutations(lines)), id=f"S{repeat}"))
        assert recorded(desk) == truth(day)
    shop.close()


@QUICK
@given(day=days, told=st.data())
def test_the_whole_day_in_three_formats_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, day: list[Happened], told: st.DataObject
) -> None:
    shop = new_shop(tmp_path_factory)
    desk = Desk(shop)
    order = told.draw(st.permutations(range(len(day))))
    shuffled = [day[number] for number in order]
    ways = {
        "camt": camt("camt.053", *(payment.ntry(f"R{number}") for number, payment in enumerate(day))),
        "text": text_file(*(payment.text() for payment in shuffled)),
        "mt940": mt940(*(line61(p.kopecks, bank_ref=f"M{n}") for n, p in enumerate(reversed(shuffled)))),
    }
    evidence = told.draw(st.permutations(("signed", "channel", "file")))
    for way, proof in zip(told.draw(st.permutations(sorted(ways) * 2)), (*evidence, *evidence), strict=True):
        desk.send(ways[way], evidence=proof)
        assert recorded(desk) == truth(day), way
    shop.close()
