"""Settlements in our own XML are valid against the schema we publish, and say everything to the kopeck."""

from __future__ import annotations

import codecs
import datetime as dt
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.core.money import Money
from gateway.onec.settlement_acts import (
    NAMESPACE,
    Counterparty,
    LineRecord,
    PaymentRecord,
    StatementRecord,
    write_settlement,
)

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "kvit-settlement.xsd"
GOLDEN = Path(__file__).parent / "golden" / "settlement.xml"
AT = dt.datetime(2026, 12, 1, 9, 16, 43, 279000, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 23)
SHOP = Counterparty(
    "S1", "shop", 'ООО "Мебель & Ко"', "7707083893", "770701001", "40702810300000000001", "044525225",
    "ПАО Сбербанк", "30101810400000000225",
)  # fmt: skip
LENDER = Counterparty("lender:rest", "lender", "АО «Рассрочка Банк»", "7702070139", "770201001")


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMA)))


def line(line_id: str, gross: int, fee: int, vat: int, **changes: object) -> LineRecord:
    values: dict[str, object] = {
        "id": line_id, "kind": "loan", "on": DAY, "document": f"КД-{line_id}", "gross": Money(gross),
        "fee": Money(fee), "net": Money(gross - fee), "vat": Money(vat), "lender": LENDER.id,
    }  # fmt: skip
    return LineRecord(**{**values, **changes})  # type: ignore[arg-type]  # values of any field


def statement(*lines: LineRecord, **changes: object) -> StatementRecord:
    values: dict[str, object] = {
        "id": "ST1", "number": 7, "since": dt.date(2026, 11, 1), "until": dt.date(2026, 11, 30), "party": SHOP.id,
        "accepted": dt.date(2026, 12, 1), "by_silence": False, "lines": lines,
    }  # fmt: skip
    return StatementRecord(**{**values, **changes})  # type: ignore[arg-type]  # values of any field


LINES = (
    line("1", 4_099_000, 102_475, 18_479),
    line("2", -2_049_500, -51_238, -9_240, reverses="1", note="не подошёл цвет"),
    line("3", 0, 150_000, 27_049, kind="charge", lender=""),
)
PAYMENT = PaymentRecord(
    "01ORDER", "payout", "17", DAY, DAY, "40702810500000000099", SHOP.id, Money(1_848_263),
    "Перечисление оплаты за товары, проданные в кредит, по отчету № 7. НДС не облагается", "ST1",
)  # fmt: skip


def written(**parts: object) -> bytes:
    given_parts: dict[str, object] = {"statements": [statement(*LINES)], "payments": [PAYMENT]} | parts
    return write_settlement([SHOP, LENDER], **given_parts, made_at=AT, company="ООО Квит").content  # type: ignore[arg-type]  # parts by name


def test_the_file_is_the_golden_one() -> None:
    assert written() == GOLDEN.read_bytes()


def test_the_file_is_valid_and_its_act_is_the_fee_with_the_vat_inside() -> None:
    content = written()
    assert content.startswith(codecs.BOM_UTF8)
    root = etree.fromstring(content)
    schema().assertValid(root)
    space = {"k": NAMESPACE}
    act = root.find("k:statement/k:act", space)
    total = root.find("k:statement/k:total", space)
    assert act is not None and total is not None
    assert (act.get("number"), act.get("date")) == ("7", "2026-11-30")
    assert [act.findtext(f"k:{name}", namespaces=space) for name in ("amount", "vat")] == ["2012.37", "362.88"]
    assert {str(key): value for key, value in total.attrib.items()} == {
        "gross": "20495.00",
        "fee": "2012.37",
        "net": "18482.63",
        "vat": "362.88",
    }
    assert root.findtext("k:payment/k:amount", namespaces=space) == "18482.63"


def test_without_a_fee_there_is_no_act() -> None:
    root = etree.fromstring(written(statements=[statement(line("1", 100, 0, 0))], payments=[]))
    schema().assertValid(root)
    assert root.find(f".//{{{NAMESPACE}}}act") is None


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"statements": [statement(*LINES, party="nobody")]}, "nobody"),
        ({"statements": [statement(line("1", 1, 0, 0, lender="lender:x"))]}, "lender:x"),
        ({"statements": [statement(line("1", 100, 10, 0, net=Money(91)))]}, "is not"),
    ],
    ids=["party", "lender", "sums"],
)
def test_what_does_not_fit_together_is_not_written(parts: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        written(**parts)


def test_an_instant_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        write_settlement([], made_at=AT.replace(tzinfo=None))


kopecks = st.integers(-(10**12), 10**12)
texts = st.text(max_size=300)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(kopecks, kopecks, kopecks, texts, texts), min_size=1, max_size=6), texts)
def test_any_texts_and_sums_make_a_valid_file_that_reads_back(
    rows: list[tuple[int, int, int, str, str]], name: str
) -> None:
    lines = [line(str(i), g, f, v, document=d, note=n) for i, (g, f, v, d, n) in enumerate(rows)]
    party = Counterparty(SHOP.id, "shop", name, inn=name[:12])
    content = write_settlement([party, LENDER], [statement(*lines)], made_at=AT, company=name).content
    root = etree.fromstring(content)
    schema().assertValid(root)
    read = [
        tuple(Money.parse(str(sums.get(part))).kopecks for part in ("gross", "fee", "vat"))
        for sums in root.iter(f"{{{NAMESPACE}}}sums")
    ]
    assert read == [row[:3] for row in rows]
