"""Cash on delivery of other people's goods becomes a line of their register, and from there a payment to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.core.clock import business_date
from gateway.core.money import Money
from gateway.core.vat import VatKind
from gateway.flows import parcel_settlement, settlement
from gateway.flows.cod_terms import CodTariff, CodTerms
from gateway.loans.tables import shops
from gateway.loans.tariffs import Tariff
from gateway.parcels.model import Effect
from gateway.payments.outgoing.model import OutgoingTerms, Payee
from gateway.settlement.model import Party, PartyKind
from gateway.settlement.tables import lines, statements
from gateway.settlement.terms import SettlementTerms
from tests.flows.post_office import PAYING, PostOffice, refused
from tests.flows.shop import ACCOUNTANT

C = 120_000
POSTS = 2_400  # what the Post keeps of each parcel
OWN = 3_600  # what we keep of it: 3 %
AGENT = Payee("ООО «Агент»", "7705123453", "770501001", "40702810500000000077", "044525225", "Банк", "")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    tariff = CodTariff(own=Tariff(percent=Decimal(3)))
    terms = CodTerms(tariffs=(tariff,), agents={"berg": AGENT}, vat=VatKind.STANDARD)
    made = PostOffice(tmp_path, replace(PAYING, cod=terms))
    yield made
    made.close()


def shop(office: PostOffice, key: str, *, own: bool = False) -> None:
    blank = {column.name: "" for column in shops.c if not column.nullable}
    numbers = {"version": 1, "own": int(own), "trusts_lender": 0, "risk_limit": 0}
    with office.store.unit() as unit:
        unit.insert(shops, {**blank, **numbers, "id": f"id-{key}", "company": "test", "key": key, "state": "active"})
        unit.commit()


def test_what_arrived_is_owed_to_the_owner_of_the_goods_less_both_fees(office: PostOffice) -> None:
    parcel = office.parcel(1, shop="berg")
    office.says(parcel, Effect.ARRIVE)
    payment = office.paid_for((1, C), fee=POSTS)
    kept = POSTS + OWN
    assert office.register() == [(C, kept, C - kept, Money(OWN).vat_inside(22).kopecks)]
    [line] = office.every(select(lines))
    assert (line.party_kind, line.party_id, line.kind, line.payment_id) == ("agent", "berg", "cod", payment)
    assert (line.source_event, line.subject) == (f"parcel:{parcel}:cod", f"parcel:{parcel}")
    office.taken_back(payment)
    assert office.register()[1:] == [(-C, -kept, kept - C, -Money(OWN).vat_inside(22).kopecks)]
    again = office.paid_for((1, C), fee=POSTS)
    events = [row.source_event for row in office.every(select(lines).order_by(lines.c.id))]
    assert events == [f"parcel:{parcel}:cod", f"parcel:{parcel}:uncod:1", f"parcel:{parcel}:cod:2"]
    assert office.every(select(lines).order_by(lines.c.id))[-1].payment_id == again


def test_whose_goods_they_are(office: PostOffice) -> None:
    shop(office, "lamp")
    shop(office, "home", own=True)
    for number, whose in enumerate(("lamp", "id-lamp", "home", ""), start=1):
        office.parcel(number, shop=whose)
    office.paid_for(*((number, C) for number in range(1, 5)))
    owed = [(row.party_kind, row.party_id) for row in office.every(select(lines).order_by(lines.c.id))]
    assert owed == [("shop", "id-lamp"), ("shop", "id-lamp")]


def test_nothing_is_owed_before_the_whole_sum_is_here_by_proof(office: PostOffice) -> None:
    office.parcel(1, shop="berg")
    office.paid_for((1, C - 1))
    assert office.register() == []
    office.paid_for((1, 1))
    assert len(office.register()) == 1
    office.parcel(2, shop="berg")
    office.lump(office.registry((2, C)), C, evidence="file")
    assert len(office.register()) == 1


def test_a_fee_the_registry_tells_only_in_sum_is_shared(office: PostOffice) -> None:
    """A tariff that leaves the carrier's fee with us keeps nothing but our own."""
    office.terms = replace(office.terms, cod=replace(office.terms.cod, tariffs=(CodTariff(carriers_fee=False),)))
    office.parcel(1, shop="berg")
    office.paid_for((1, C), fee=POSTS)
    assert office.register() == [(C, 0, C, 0)]


def test_the_partys_own_tariff_and_its_day_win() -> None:
    general = CodTariff(own=Tariff(percent=Decimal(1)))
    old = CodTariff("berg", date(2026, 1, 1), Tariff(fixed=Money(5)))
    new = CodTariff("berg", date(2026, 6, 1), Tariff(fixed=Money(7)))
    terms = CodTerms(tariffs=(new, general, old))
    assert terms.tariff_of("berg", date(2026, 3, 1)) == old and terms.tariff_of("berg", date(2026, 6, 1)) == new
    assert terms.tariff_of("other", date(2026, 3, 1)) == general
    assert terms.fee(CodTariff(own=Tariff(fixed=Money(900))), Money(1_000), Money(300)) == (Money(1_000), Money(700))


def test_a_rate_nobody_chose_is_an_alarm_and_tried_again(office: PostOffice) -> None:
    told = office.terms.cod
    office.terms = replace(office.terms, cod=replace(told, vat=VatKind.SIMPLIFIED))
    parcel = office.parcel(1, shop="berg")
    office.paid_for((1, C))
    assert office.cod(parcel) == ("arrived", C) and office.register() == []
    assert office.alarms() == ["parcel.cod_not_settled"]
    office.terms = replace(office.terms, cod=told)
    assert office.round() == 1 and office.alarms() == [] and len(office.register()) == 1


def test_an_agents_statement_is_made_and_its_account_found(office: PostOffice) -> None:
    office.parcel(1, shop="berg")
    office.paid_for((1, C), fee=POSTS)
    cod = office.terms.cod
    with office.store.reading() as connection:
        parties = parcel_settlement.parties(connection, "test", cod)
    assert parties == {Party(PartyKind.AGENT, "berg"): AGENT.name}
    closed = settlement.close_period(office.store, parties, business_date(office.clock.now()))
    assert (closed.statements, closed.lines) == (1, 1)
    terms = SettlementTerms(OutgoingTerms(), parcel_settlement.payee_of_any(cod.agents))
    assert office.one(select(statements)).net == C - POSTS - OWN
    with office.store.unit(ACCOUNTANT) as unit:
        assert terms.payee_of(unit, Party(PartyKind.AGENT, "berg")) == AGENT
        with refused("parcel.agent_no_account"):
            terms.payee_of(unit, Party(PartyKind.AGENT, "nobody"))
        with refused("loan.not_a_shop"):
            terms.payee_of(unit, Party(PartyKind.SHOP, "nobody"))
