"""What 1C says of orders that were handed to a carrier becomes parcels, and what they collect is the orders' debt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.core.money import Money
from gateway.flows import by_hand, shipped_to_parcel
from gateway.flows.from_1c import take_file
from gateway.onec import read_file
from gateway.onec.model_documents import CommerceML
from gateway.orders.model import Delivery
from gateway.orders.tables import invoices, orders
from gateway.parcels.tables import parcels
from tests.flows.post_office import PostOffice, domestic, refused
from tests.flows.shop import MANAGER
from tests.flows.test_from_1c import HEAD, document, invoice_of

C = 200_000


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    made = PostOffice(tmp_path)
    made.goods("a4", main=10)
    yield made
    made.close()


def from_1c(office: PostOffice, *documents: str) -> None:
    content = read_file((HEAD + "".join(documents) + "</КоммерческаяИнформация>").encode(), "orders.xml").content
    assert isinstance(content, CommerceML)
    assert not take_file(office.store, office.terms, content).refused


def values(*pairs: tuple[str, str]) -> str:
    each = (
        f"<ЗначениеРеквизита><Наименование>{name}</Наименование><Значение>{text}</Значение></ЗначениеРеквизита>"
        for name, text in pairs
    )
    return f"<ЗначенияРеквизитов>{''.join(each)}</ЗначенияРеквизитов>"


def posted(*tracks: str, cod: bool = True) -> str:
    named = [("Трек-номер", ", ".join(tracks))]
    return values(*named, *([("Способ оплаты", "Наложенный платёж")] if cod else []))


def every_parcel(office: PostOffice) -> list[tuple[str, int, str]]:
    return [(row.track, row.cod, row.source) for row in office.every(select(parcels).order_by(parcels.c.id))]


def state_of(office: PostOffice, number: str) -> tuple[str, int]:
    row = office.one(select(orders).where(orders.c.number == number))
    return row.pay_state, row.paid


def test_1c_names_the_parcel_and_its_money_pays_the_order(office: PostOffice) -> None:
    from_1c(office, document("СР-101"))
    assert every_parcel(office) == []
    from_1c(office, document("СР-101", values=posted(domestic(1))))
    from_1c(office, document("СР-101", values=posted(domestic(1))))
    assert every_parcel(office) == [(domestic(1), C, "onec")]
    [row] = office.every(select(parcels))
    assert row.order_no == "СР-101" and row.order_id and row.order_sum == C and row.name
    assert office.invoice(row.id).number == "СР-101"
    office.paid_for((1, C))
    assert office.cod(row.id) == ("arrived", C) and state_of(office, "СР-101") == ("paid", C)


def test_the_invoice_1c_makes_later_takes_the_parcel_over(office: PostOffice) -> None:
    from_1c(office, document("СР-101", values=posted(domestic(1))))
    from_1c(office, invoice_of("o-СР-101", "77"))
    office.round()
    [row] = office.every(select(parcels))
    office.paid_for((1, C))
    assert office.cod(row.id) == ("arrived", C) and office.invoice(row.id).number == "77"
    assert state_of(office, "СР-101") == ("paid", C)


def test_an_order_nobody_says_is_paid_so_collects_what_the_carrier_says(office: PostOffice) -> None:
    from_1c(office, document("СР-101", values=posted(domestic(1), cod=False)))
    assert every_parcel(office) == [(domestic(1), 0, "onec")]


def test_two_parcels_of_one_order_share_its_debt(office: PostOffice) -> None:
    """The invoice the order brought along makes room for one of each parcel; together they pay the order."""
    from_1c(office, document("СР-101", values=posted(domestic(1), domestic(2))))
    first, second = (row.id for row in office.every(select(parcels).order_by(parcels.c.id)))
    assert [row[1] for row in every_parcel(office)] == [0, 0]
    for parcel, kopecks in ((first, 150_000), (second, 50_000)):
        office.change(parcel, cod=kopecks, cod_state="expected")
    office.round()
    asked = {row.outer_id: (row.amount, row.rest, row.track) for row in office.every(select(invoices))}
    assert asked == {
        "order:o-СР-101": (0, 0, asked["order:o-СР-101"][2]),
        f"parcel:{first}": (150_000, 150_000, domestic(1)),
        f"parcel:{second}": (50_000, 50_000, domestic(2)),
    }
    office.paid_for((1, 150_000))
    assert state_of(office, "СР-101") == ("part_paid", 150_000)
    from_1c(office, document("СР-101", values=posted(domestic(1), domestic(2))))  # 1C says it all again
    office.paid_for((2, 50_000))
    assert [office.cod(one)[0] for one in (first, second)] == ["arrived", "arrived"]
    assert state_of(office, "СР-101") == ("paid", C)


def test_a_number_that_cannot_be_one_holds_up_nothing(office: PostOffice) -> None:
    from_1c(office, document("СР-101", values=posted("89161234567")))
    assert every_parcel(office) == [] and office.alarms() == ["parcel.order_track_wrong"]
    from_1c(office, document("СР-101", values=posted(domestic(1))))
    assert len(every_parcel(office)) == 1 and office.alarms() == []


def test_an_order_that_is_shipped_here_or_typed(office: PostOffice) -> None:
    office.goods("a", main=50)
    order_id = office.order("2001", {"a": 1}, price=C, delivery=Delivery.DELIVERY)
    with office.store.unit(MANAGER) as unit:
        assert shipped_to_parcel.order_shipped(unit, office.terms, order_id) == []
        put = shipped_to_parcel.typed(unit, office.terms, order_id, domestic(5), cod=Money(C))
        with refused("parcel.track_wrong"):
            shipped_to_parcel.typed(unit, office.terms, order_id, "посылка")
        unit.commit()
    assert office.invoice(put.id).outer_id == "i-2001"
    with office.store.unit(MANAGER) as unit:
        unit.update(orders, order_id, ship_state="ready")
        by_hand.ship_order(unit, office.terms, order_id)
        unit.commit()
    assert every_parcel(office) == [(domestic(5), C, "order")]


def test_numbers_are_told_apart() -> None:
    split = shipped_to_parcel.split_tracks
    assert split("14102192069353,RA644000001RU;\n1") == ["14102192069353", "RA644000001RU", "1"]
    assert split("141021 92 06935 3 и RA644000001RU") == ["141021 92 06935 3", "RA644000001RU"]
