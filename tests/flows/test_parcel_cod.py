"""A carrier's lump payment is the proof that buyers have their parcels, and what takes it back takes that back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.core.money import Money
from gateway.flows import by_hand
from gateway.matching.tables import decisions
from gateway.orders.model import Delivery
from gateway.orders.tables import invoices, orders, releases
from gateway.parcels import parcels as entering
from gateway.parcels.model import Effect, Source
from gateway.parcels.parcels import NewParcel
from gateway.parcels.terms import ParcelTerms
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lists
from tests.flows.post_office import PostOffice, domestic
from tests.flows.shop import ACCOUNTANT, BUYER

C = 120_000


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    made = PostOffice(tmp_path)
    yield made
    made.close()


def test_a_lump_payment_proves_what_the_post_forgot_to_write_down(office: PostOffice) -> None:
    first, second = office.parcel(1), office.parcel(2, 80_000)
    office.says(first, Effect.ARRIVE)
    assert office.cod(first) == ("expected", 0)
    invoice = office.invoice(first)
    assert (invoice.outer_id, invoice.number, invoice.track) == (f"parcel:{first}", domestic(1), domestic(1))
    assert (invoice.amount, invoice.buyer_name) == (C, "АО «Почта России»")
    payment = office.paid_for((1, C), (2, 80_000), fee=3_600)
    assert office.payment(payment) == ("auto", "registry")
    assert office.cod(first) == ("arrived", C) and office.cod(second) == ("arrived", 80_000)
    row = office.row(first)
    assert (row.watch, row.ended_how, row.stage) == ("ended", "money", "delivered")
    assert row.cod_payment_id == payment and row.cod_arrived_at
    assert office.kinds(first)[-3:] == ["cod_arrived", "told_money", "proved_by_money"]
    [decision] = office.every(select(decisions).where(decisions.c.kind == "auto"))
    assert decision.fee == 7_200  # the Post's own, booked with its registry


def test_a_parcel_the_post_has_handed_over_stays_ended_by_its_word(office: PostOffice) -> None:
    parcel = office.parcel(1)
    office.says(parcel, Effect.ARRIVE, Effect.DELIVER)
    payment = office.paid_for((1, C))
    assert office.row(parcel).ended_how == "carrier"
    office.taken_back(payment)
    row = office.row(parcel)
    assert (row.cod_state, row.watch, row.stage, row.cod_payment_id) == ("expected", "ended", "delivered", None)


@pytest.mark.parametrize("how", ["storno", "undo"])
def test_what_takes_the_money_back_takes_the_delivery_back(office: PostOffice, how: str) -> None:
    parcel = office.parcel(1)
    office.says(parcel, Effect.ARRIVE)
    payment = office.paid_for((1, C))
    office.taken_back(payment) if how == "storno" else office.undone(payment)
    row = office.row(parcel)
    assert (row.watch, row.ended_how, row.stage, row.delivered_at) == ("active", "", "ready", None)
    assert office.cod(parcel) == ("expected", 0)
    again = office.lump(office.registry((1, C)), C)
    assert office.cod(parcel) == ("arrived", C) and office.row(parcel).cod_payment_id == again


def test_the_buyers_own_payment_is_money_and_no_proof_that_he_has_it(office: PostOffice) -> None:
    parcel = office.parcel(1)
    office.says(parcel, Effect.ARRIVE)
    office.deliver(office.line(C, "оплата", payer=BUYER), terms=office.terms)
    payment = office.every(select(decisions))[-1].payment_id
    office.assigned(payment, (parcel, C))
    assert office.cod(parcel) == ("arrived", C) and office.row(parcel).watch == "active"


def test_money_a_file_tells_of_ends_nothing_until_it_is_proved(office: PostOffice) -> None:
    parcel = office.parcel(1)
    office.says(parcel, Effect.ARRIVE)
    payment = office.lump(office.registry((1, C)), C, evidence="file")
    assert office.cod(parcel) == ("arrived", C) and office.row(parcel).watch == "active"
    with office.store.unit(ACCOUNTANT) as unit:
        by_hand.confirm_release(unit, office.terms, payment, "видела в банке")
        unit.commit()
    assert office.row(parcel).ended_how == "money"


def test_less_than_was_to_be_collected_leaves_it_open_and_shows_what_is_missing(office: PostOffice) -> None:
    parcel = office.parcel(1)
    office.says(parcel, Effect.ARRIVE)
    office.paid_for((1, C - 500))
    assert office.cod(parcel) == ("expected", C - 500) and office.row(parcel).watch == "active"
    assert office.kinds(parcel)[-1] == "cod_partly"
    assert office.every(select(tasks.c.id).where(tasks.c.reason == "task.underpaid"))
    last = office.paid_for((1, 500))
    assert office.cod(parcel) == ("arrived", C) and office.row(parcel).cod_payment_id == last


@pytest.mark.parametrize(
    ("listed", "reason"),
    [(((1, C), (9, 100)), "matching.registry_line"), (((1, C + 1),), "matching.registry_above")],
    ids=["an unknown parcel", "more than was to be collected"],
)
def test_a_registry_that_does_not_fit_is_a_persons(
    office: PostOffice, listed: tuple[tuple[int, int], ...], reason: str
) -> None:
    parcel = office.parcel(1)
    payment = office.paid_for(*listed)
    assert office.payment(payment)[0] == "needs_person" and office.cod(parcel) == ("expected", 0)
    assert reason in office.every(select(decisions))[-1].reasons
    office.assigned(payment, (parcel, C))
    assert office.cod(parcel) == ("arrived", C) and office.row(parcel).ended_how == "money"


def test_the_parcel_may_be_entered_after_its_money(office: PostOffice) -> None:
    payment = office.paid_for((1, C))
    assert office.payment(payment)[0] == "needs_person"
    parcel = office.parcel(1)
    assert office.round() == 1 and office.round() == 0
    assert office.cod(parcel) == ("arrived", C)


def test_a_return_calls_the_debt_off_until_the_buyer_has_paid_after_all(office: PostOffice) -> None:
    parcel = office.parcel(1)
    office.says(parcel, Effect.ARRIVE, Effect.TURN_BACK)
    assert office.cod(parcel) == ("void", 0) and office.invoice(parcel).state == "cancelled"
    office.says(parcel, Effect.COD_PAID)
    asked = office.invoice(parcel)
    assert office.cod(parcel) == ("collected", 0) and (asked.state, asked.amount, asked.rest) == ("open", C, C)
    office.paid_for((1, C))
    assert office.cod(parcel) == ("arrived", C)


def test_money_first_and_the_return_after_it_is_shown(office: PostOffice) -> None:
    parcel = office.parcel(1)
    office.says(parcel, Effect.ARRIVE)
    payment = office.paid_for((1, C))
    office.says(parcel, Effect.TURN_BACK)
    assert office.cod(parcel) == ("arrived", C) and "parcel.cod_paid_and_back" in office.alarms()
    office.taken_back(payment)
    assert office.cod(parcel) == ("void", 0) and "parcel.cod_paid_and_back" not in office.alarms()
    assert office.invoice(parcel).state == "cancelled"


@pytest.mark.parametrize("track", ["RA644000001RU", "1234567890"], ids=["the Post's international", "CDEK's"])
def test_numbers_of_every_kind_find_their_parcel(office: PostOffice, track: str) -> None:
    with office.store.unit() as unit:
        put = entering.put(unit, ParcelTerms(), NewParcel(track, Source.FILE, cod=Money(C)))
        unit.commit()
    assert office.round() == 1  # entered by a list, where nobody follows each
    registry = office.registry_of((track, C, 0))
    office.lump(registry, C)
    assert office.cod(put.id) == ("arrived", C) and "proved_by_money" in office.kinds(put.id)


# ---------------------------------------------------------------------- parcels of our own orders


def ordered(office: PostOffice, price: int = C) -> str:
    office.goods("a", main=50)
    return office.order("2001", {"a": 1}, price=price, delivery=Delivery.DELIVERY)


def test_an_orders_own_invoice_is_what_its_parcel_pays(office: PostOffice) -> None:
    order = ordered(office)
    parcel = office.parcel(1, order_no="2001")
    assert office.invoice(parcel).outer_id == "i-2001" and office.invoice(parcel).track == domestic(1)
    office.paid_for((1, C))
    assert office.cod(parcel) == ("arrived", C)
    assert office.one(select(orders.c.pay_state).where(orders.c.id == order)).pay_state == "paid"


@pytest.mark.parametrize("known", [True, False], ids=["accepted by the Post", "nothing heard of it"])
def test_goods_that_have_left_are_not_let_go_again(office: PostOffice, known: bool) -> None:
    order = ordered(office)
    parcel = office.parcel(1, order_no="2001")
    if known:
        office.says(parcel, Effect.ARRIVE)
    payment = office.paid_for((1, C))
    assert office.every(select(releases)) == [] and office.every(select(pick_lists)) == []
    row = office.one(select(orders).where(orders.c.id == order))
    assert (row.pay_state, row.ship_state, row.stock_state) == ("paid", "none", "none")
    with office.store.unit() as unit:
        unit.update(orders, order, ship_state="shipped")  # 1C says so
        unit.commit()
    office.undone(payment)
    assert office.cod(parcel) == ("expected", 0)
    office.assigned(payment, (parcel, C))
    assert office.cod(parcel) == ("arrived", C) and office.every(select(releases)) == []


def test_what_the_buyer_pays_before_it_is_sent_lets_his_goods_go(office: PostOffice) -> None:
    ordered(office)
    parcel = office.parcel(1, order_no="2001")
    office.deliver(office.line(C, "Оплата по счёту 2001"), terms=office.terms)
    assert office.cod(parcel) == ("arrived", C) and len(office.every(select(releases))) == 1


def test_a_prepayment_is_no_part_of_what_the_parcel_brings(office: PostOffice) -> None:
    ordered(office)
    office.deliver(office.line(20_000, "Оплата по счёту 2001 частично"), terms=office.terms)
    parcel = office.parcel(1, C - 20_000, order_no="2001")
    assert office.invoice(parcel).outer_id == "i-2001" and office.cod(parcel) == ("expected", 0)
    office.paid_for((1, C - 20_000))
    assert office.cod(parcel) == ("arrived", C - 20_000)


def test_what_is_not_the_orders_debt_stands_alone(office: PostOffice) -> None:
    ordered(office)
    parcel, twin = office.parcel(1, C + 30_000, order_no="2001"), office.parcel(2, C, order_no="2001")
    assert office.invoice(parcel).outer_id == f"parcel:{parcel}" and office.invoice(parcel).order_id is None
    assert "cod_beside_order" in office.kinds(parcel)
    assert office.invoice(twin).outer_id == "i-2001"
    third = office.parcel(3, C, order_no="2001")
    assert office.invoice(third).outer_id == f"parcel:{third}"


def test_a_changed_sum_leaves_the_orders_invoice_and_a_return_frees_it(office: PostOffice) -> None:
    ordered(office)
    parcel = office.parcel(1, order_no="2001")
    office.change(parcel, cod=C - 100)
    own = office.invoice(parcel)
    assert (own.outer_id, own.amount) == (f"parcel:{parcel}", C - 100)
    free = office.one(select(invoices).where(invoices.c.outer_id == "i-2001"))
    assert (free.track, free.rest) == ("", C)
    office.change(parcel, cod=C + 100)
    assert office.invoice(parcel).amount == C + 100
    office.says(parcel, Effect.TURN_BACK)
    assert office.invoice(parcel).state == "cancelled"


def test_a_parcel_entered_by_mistake_asks_for_nothing(office: PostOffice) -> None:
    parcel = office.parcel(1)
    office.change(parcel, watch="ended", ended_how="removed", ended_at=office.row(parcel).made_at)
    assert office.invoice(parcel).state == "cancelled"


# ---------------------------------------------------------------------- what does not come


def test_what_does_not_come_in_time_is_missing_until_it_comes(office: PostOffice) -> None:
    parcel, other = office.parcel(1), office.parcel(2)
    office.says(parcel, Effect.ARRIVE, Effect.DELIVER)
    office.clock.advance(timedelta(days=10))
    assert office.round() == 0
    office.clock.advance(timedelta(days=1))
    assert office.round() == 1 and office.cod(parcel) == ("missing", 0) and office.cod(other) == ("expected", 0)
    assert office.alarms() == ["parcel.cod_missing"]
    office.paid_for((1, C))
    assert office.cod(parcel) == ("arrived", C)
    office.round()
    assert office.alarms() == []


def test_accounts_are_settled_with_nothing_said_of_parcels(office: PostOffice) -> None:
    """A company without parcels pays nothing for them."""
    parcel = office.parcel(1)
    office.terms = replace(office.terms, parcels=None)
    office.paid_for((1, C))
    assert office.cod(parcel) == ("expected", 0) and office.invoice(parcel).rest == 0
    assert office.round() == 0 and Money(office.invoice(parcel).amount) == Money(C)
