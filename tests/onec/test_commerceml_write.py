"""Order status for 1C is valid against the official schema, whatever the values are."""

from __future__ import annotations

import codecs
import datetime as dt
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.quantity import Quantity
from gateway.onec.commerceml_read import read
from gateway.onec.commerceml_write import (
    Encoding,
    OrderStatus,
    StatusLine,
    StatusParty,
    StatusPayment,
    Version,
    write_orders,
)
from tests.standards import need

AT = dt.datetime(2026, 11, 21, 9, 16, 43, 279000, tzinfo=dt.UTC)
LINE = StatusLine("guid#chr", "Рамка 30x40", Quantity.of(10), "R-3040", "796 ", "шт", Money(122000), Money(1220000))


@cache
def schema(version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(need(f"commerceml/xsd/commerceml-{version}.xsd"))))


def check(content: bytes, version: str = "2.10") -> None:
    schema(version).assertValid(etree.fromstring(content))


def status(**changes: object) -> OrderStatus:
    values: dict[str, object] = {
        "id": "6f1d8a0e-0000-4000-8000-000000000001",
        "number": "УТ-125",
        "made_at": dt.datetime(2026, 11, 20, 7, 15, tzinfo=dt.UTC),
        "amount": Money(1220000),
        "buyer": StatusParty("k-1", 'ООО "Ромашка"', 'Общество "Ромашка"', "7707083893", "773601001"),
        "paid": True,
        "status": "Комплектуется",
        "changed_at": AT,
        "lines": (
            StatusLine(
                "guid#chr", "Рамка 30x40", Quantity.of(10), "R-3040", "796 ", "шт", Money(122000), Money(1220000)
            ),
        ),
        "payments": (StatusPayment("01JD0000000000000000000000", "55", AT, Money(1220000)),),
        "paid_at": AT,
    }
    return OrderStatus(**{**values, **changes})  # type: ignore[arg-type]  # values of any field


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1251"])
@pytest.mark.parametrize("version", ["2.08", "2.10"])
def test_the_file_is_valid(version: Version, encoding: Encoding) -> None:
    unpaid = status(paid=False, payments=(), paid_at=None, lines=())
    written = write_orders([status(), unpaid], made_at=AT, version=version, encoding=encoding)
    check(written.content)
    if version == "2.08":
        check(written.content, "2.09")
    assert (written.replaced, written.truncated) == (0, 0)


def test_utf_8_has_the_mark_1c_needs_and_cp1251_says_its_name() -> None:
    assert write_orders([status()], made_at=AT).content.startswith(codecs.BOM_UTF8 + b"<?xml")
    old = write_orders([status(comment="☎ Иванов")], made_at=AT, encoding="cp1251").content
    assert b"windows-1251" in old[:60].lower() and b"&#9742;" in old
    assert read(old).documents[0].comment == "☎ Иванов"


def test_1c_reads_back_what_it_is_to_know() -> None:
    document = read(
        write_orders([status(warehouse_id="w-1", comment="Срочно", shipped=False)], made_at=AT).content
    ).documents[0]
    assert (document.id, document.number, document.date) == (status().id, "УТ-125", dt.date(2026, 11, 20))
    assert document.made_at == status().made_at and document.amount == Money(1220000)
    assert (document.paid, document.cancelled, document.shipped, document.status) == (
        True,
        False,
        False,
        "Комплектуется",
    )
    assert document.requisites["Дата оплаты"] == "2026-11-21 12:16:43"
    assert document.requisites["Номер платежного документа"] == "55"
    assert document.buyer is not None and (document.buyer.inn, document.buyer.kind) == ("7707083893", "ul")
    payment = document.subordinates[0]
    assert (payment.operation, payment.number, payment.amount) == ("Выплата безналичных денег", "55", Money(1220000))
    assert payment.made_at == AT.replace(microsecond=0)
    assert [w.id for w in document.warehouses] == ["w-1"] and document.comment == "Срочно"
    line = document.lines[0]
    assert (line.product_id, line.sku, line.qty, line.unit.code) == ("guid#chr", "R-3040", Quantity.of(10), "796")


def test_a_later_payment_is_the_one_named() -> None:
    first = StatusPayment("a", "54", AT - dt.timedelta(days=1), Money(1))
    document = read(write_orders([status(payments=(status().payments[0], first))], made_at=AT).content).documents[0]
    assert document.requisites["Номер платежного документа"] == "55"
    assert len(document.subordinates) == 2


def test_2_08_carries_the_payment_in_the_values_alone() -> None:
    document = read(write_orders([status()], made_at=AT, version="2.08").content).documents[0]
    assert document.subordinates == () and document.requisites["Номер платежного документа"] == "55"


def test_an_id_that_does_not_fit_is_refused_not_cut() -> None:
    with pytest.raises(Refused) as caught:
        write_orders([status(id="x" * 41)], made_at=AT)
    assert caught.value.code == "onec.id_too_long"


def test_long_values_are_cut_and_counted() -> None:
    written = write_orders([status(number="1" * 300, status="с" * 1001, comment="к" * 3001)], made_at=AT)
    check(written.content)
    assert written.truncated == 3


def test_the_same_facts_give_the_same_bytes() -> None:
    assert write_orders([status()], made_at=AT).content == write_orders([status()], made_at=AT).content


TEXT = st.one_of(
    st.text(max_size=30), st.text(alphabet="я ☎\x00\x0b\ud800&<>\"'\r\n\t", max_size=40), st.just("Щ" * 4000)
)
INSTANTS = st.datetimes(min_value=dt.datetime(1990, 1, 1), max_value=dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))
SUMS = st.integers(-(10**17), 10**17).map(Money)
QTYS = st.integers(-(10**15), 10**15).map(Quantity)
ORDERS = st.builds(
    OrderStatus,
    id=st.text(max_size=40),
    number=TEXT,
    made_at=INSTANTS,
    amount=SUMS,
    buyer=st.builds(StatusParty, id=TEXT, name=TEXT, full_name=TEXT, inn=TEXT, kpp=TEXT, person=st.booleans()),
    paid=st.booleans(),
    status=TEXT,
    changed_at=INSTANTS,
    lines=st.lists(
        st.builds(
            StatusLine,
            product_id=TEXT,
            name=TEXT,
            qty=QTYS,
            sku=TEXT,
            unit_code=st.one_of(TEXT, st.just("796 "), st.just("06")),
            unit_name=TEXT,
            price=st.none() | SUMS,
            amount=st.none() | SUMS,
        ),
        max_size=2,
    ).map(tuple),
    payments=st.lists(st.builds(StatusPayment, id=TEXT, number=TEXT, paid_at=INSTANTS, amount=SUMS), max_size=2).map(
        tuple
    ),
    paid_at=st.none() | INSTANTS,
    cancelled=st.booleans(),
    shipped=st.none() | st.booleans(),
    warehouse_id=TEXT,
    comment=TEXT,
    requisites=st.dictionaries(TEXT, TEXT, max_size=2),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(ORDERS, max_size=2), st.sampled_from(["2.08", "2.10"]), st.sampled_from(["utf-8-sig", "cp1251"]))
def test_any_values_give_a_valid_file(orders: list[OrderStatus], version: Version, encoding: Encoding) -> None:
    written = write_orders(orders, made_at=AT, version=version, encoding=encoding)
    check(written.content)
    assert len(etree.fromstring(written.content)) == len(orders)
