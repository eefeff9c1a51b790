"""Claims to carriers, money for what went back, and the chain screens show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.flows import parcel_cod_desk
from gateway.flows.parcel_chain import cod_chain
from gateway.parcels import cod_claim, cod_missing
from gateway.parcels.cod_debt import CarrierFirm
from gateway.parcels.model import CarrierKey, Effect
from gateway.parcels.tables import claim_lines
from gateway.payments.outgoing.model import OutgoingTerms, OwnAccount
from tests.flows.post_office import PAYING, PostOffice, domestic, refused
from tests.flows.shop import ACCOUNT, ACCOUNTANT, MANAGER, STOREMAN

C = 120_000
BANK = OwnAccount(ACCOUNT, "044525225", "ПАО «Банк»", "30101810400000000225")
FIRM = CarrierFirm("АО «Почта России»", "7724490000", address="Москва", contract="№ 5-НП от 01.02.2026")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    outgoing = OutgoingTerms(name="ООО «Светорама»", inn="7701234560", accounts={ACCOUNT: BANK})
    firms = replace(PAYING.cod, firms={**PAYING.cod.firms, CarrierKey.POST: FIRM})
    made = PostOffice(tmp_path, replace(PAYING, outgoing=outgoing, cod=firms))
    yield made
    made.close()


def claim(office: PostOffice, *parcels: str) -> cod_claim.Claim:
    with office.store.unit(MANAGER) as unit:
        made = parcel_cod_desk.claim(unit, office.terms, parcels, signer="Орлова А. И.")
        unit.commit()
    return made


def late(office: PostOffice, *numbers: int) -> list[str]:
    """Parcels handed over long ago without their money."""
    made = [office.parcel(number, C + number) for number in numbers]
    for parcel in made:
        office.says(parcel, Effect.ARRIVE, Effect.DELIVER)
    office.clock.advance(timedelta(days=11))
    office.round()
    return made


def test_a_claim_names_parcels_sums_and_days_and_money_closes_it(office: PostOffice) -> None:
    first, second = late(office, 1, 2)
    office.paid_for((2, 20_000))  # a part of it came
    made = claim(office, first, second)
    assert [office.cod(one)[0] for one in (first, second)] == ["claimed", "claimed"]
    for said in (
        "ПРЕТЕНЗИЯ (ЗАЯВЛЕНИЕ) № 1 от 04.12.2026",
        "Кому: АО «Почта России»\nИНН 7724490000\nМосква\nОт кого: ООО «Светорама»\nИНН 7701234560\nДоговор: № 5-НП",
        f"1. {domestic(1)}, вручено 23.11.2026, наложенный платёж 1200,01 руб., поступило 0,00 руб.",
        f"2. {domestic(2)}, вручено 23.11.2026, наложенный платёж 1200,02 руб., поступило 200,00 руб., не поступило "
        "1000,02 руб.",
        "Всего отправлений: 2. Не поступило: 2200,03 руб.",
        f"р/с {ACCOUNT} в ПАО «Банк», БИК 044525225",
        "176-ФЗ",
        "/ Орлова А. И. /",
    ):
        assert said in made.text, made.text
    assert "$" not in made.text and "КПП" not in made.text
    with office.store.reading() as connection:
        assert cod_claim.read(connection, "test", made.id).text == made.text
        assert [row.number for row in cod_claim.of_parcel(connection, "test", first)] == [1]
        assert [row.id for row in cod_missing.listing(connection, "test")] == [first, second]
        [total] = cod_missing.totals(connection, "test")
    assert (total.count, total.amount, total.since) == (2, made.amount, "2026-12-03")
    office.paid_for((1, C + 1), (2, 100_002))
    assert [office.cod(one)[0] for one in (first, second)] == ["arrived", "arrived"]
    office.round()
    assert office.alarms() == []


def test_what_cannot_be_claimed(office: PostOffice) -> None:
    [missing] = late(office, 1)
    fresh, back = office.parcel(2), office.parcel(3)
    office.says(back, Effect.ARRIVE, Effect.TURN_BACK)
    cdek = office.parcel(4)
    office.change(cdek, carrier="cdek", cod_state="missing")
    for parcels, code in (
        ((), "parcel.claim_nothing"),
        ((missing, fresh), "parcel.claim_not_missing"),
        ((missing, back), "parcel.claim_void"),
        ((missing, cdek), "parcel.claim_carriers"),
        ((missing, "nobody's"), "parcel.not_found"),
    ):
        with refused(code):
            claim(office, *parcels)
    assert office.cod(missing)[0] == "missing" and office.every(select(claim_lines)) == []
    claim(office, missing)
    with refused("parcel.claim_not_missing"):
        claim(office, missing)
    with office.store.unit(STOREMAN) as unit, refused("authority.missing"):
        parcel_cod_desk.claim(unit, office.terms, [missing])


def test_a_reversal_after_a_claim_is_missing_anew(office: PostOffice) -> None:
    [parcel] = late(office, 1)
    claim(office, parcel)
    payment = office.paid_for((1, C + 1))
    office.taken_back(payment)
    assert office.cod(parcel) == ("expected", 0)
    office.round()
    assert office.cod(parcel)[0] == "missing" and claim(office, parcel).number == 2


def test_money_for_what_went_back_waits_until_a_person_takes_its_word(office: PostOffice) -> None:
    parcel = office.parcel(1)
    office.says(parcel, Effect.ARRIVE, Effect.TURN_BACK)
    payment = office.paid_for((1, C))
    assert office.payment(payment)[0] == "needs_person" and office.cod(parcel) == ("void", 0)
    with office.store.unit(ACCOUNTANT) as unit:
        assert parcel_cod_desk.expect_again(unit, office.terms, parcel, "почта подтвердила выплату") == 1
        unit.commit()
    assert office.cod(parcel) == ("arrived", C) and "parcel.cod_paid_and_back" in office.alarms()
    with office.store.unit(ACCOUNTANT) as unit, refused("parcel.cod_not_void"):
        parcel_cod_desk.expect_again(unit, office.terms, parcel)


def test_the_chain_leads_from_the_parcel_to_the_banks_message(office: PostOffice) -> None:
    parcel = office.parcel(1)
    registry = office.registry((1, C - 500), fee=100)
    with office.store.reading() as connection:
        before = cod_chain(connection, "test", parcel)
    [told] = before.told
    assert (told.state, told.differs.kopecks, told.fee.kopecks, told.row) == ("waiting", -500, 100, 3)
    assert before.money == [] and before.missing.kopecks == C
    payment = office.lump(registry, C - 600)
    with office.store.reading() as connection:
        chain = cod_chain(connection, "test", parcel)
        with refused("parcel.not_found"):
            cod_chain(connection, "test", "nobody's")
    [money], [told] = chain.money, chain.told
    assert chain.invoice is not None and chain.invoice.own
    assert (chain.state, chain.missing.kopecks, chain.invoice.rest.kopecks) == ("expected", 500, 500)
    assert (money.payment_id, money.amount.kopecks, money.evidence) == (payment, C - 500, "signed")
    assert money.message_id.startswith("M") and money.registry == told.registry and told.payment_id == payment
