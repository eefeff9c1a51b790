"""What the writer writes is valid by the official schemas and reads back as it was."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.bank.formats.camt import read
from gateway.bank.formats.camt_write import write
from gateway.bank.statement import Balance, Entry, Party, StatementHead
from gateway.core.money import Money
from tests.standards import need

NOW = datetime(2026, 11, 21, 9, 16, 43, 279000, UTC)
OWN = Party("ООО «Рамка & Ко»", "7701234567", "770101001", "40702810901300013000", "044525593", "АО Песочница")
PAYER = Party("ИП Пётр <Петров>", "500100732259", "", "40802810000000000001", "044525225", "ПАО Сбербанк")
FIRM = Party("ООО Покупатель", "7728168971", "772801001", "40702810000000000002", "ALFARUMM", "АО Банк")

PAYMENT = Entry(
    "KB2611210000001", "1", "E2E-1", "T1", Money(123456), True, False, "BOOK", date(2026, 11, 21), date(2026, 11, 21),
    NOW, PAYER, "Оплата по счету № 125 от 20.11.2026, в т.ч. НДС 22% " + "длинный текст " * 10 + "конец", "8914",
    date(2026, 11, 20), "PMNT/RCDT/DMCT", "", 0, 0, (), "RUB",
)  # fmt: skip
REVERSAL = replace(
    PAYMENT, ref="KB2611210000002", entry_ref="2", incoming=False, reversal=True, original_ref=PAYMENT.ref,
    code="PMNT/RCDT/RRTN",
)  # fmt: skip
OUTGOING = replace(PAYMENT, ref="KB2611210000003", entry_ref="", incoming=False, counterparty=FIRM, code="ZZZZ", e2e="")
TWINS = (replace(PAYMENT, ref=""), replace(PAYMENT, ref="", occurrence=1))


def head(kind: str) -> StatementHead:
    balances = (
        Balance("OPBD", Money(100), date(2026, 11, 21), "RUB"),
        Balance("CLBD", Money(-200), date(2026, 11, 21), "RUB"),
    )
    return StatementHead(
        kind, "KB-1", "325", NOW, OWN.account, OWN.name, OWN.bic, "RUB", NOW - timedelta(hours=9), NOW,
        () if kind == "camt.054" else balances,
    )  # fmt: skip


@pytest.mark.parametrize("version", ["02", "08"])
@pytest.mark.parametrize("kind", ["camt.052", "camt.053", "camt.054"])
def test_written_messages_are_valid_by_the_official_schema(kind: str, version: str) -> None:
    schema = etree.XMLSchema(etree.parse(need(f"iso20022/xsd/{kind}.001.{version}.xsd")))
    entries = [PAYMENT, REVERSAL, OUTGOING, *TWINS, replace(PAYMENT, doc_no="", purpose="", counterparty=Party())]
    content = write(head(kind), entries, message_id="M1", own=OWN, version=version)
    schema.assertValid(etree.fromstring(content))
    schema.assertValid(etree.fromstring(write(head(kind), [], message_id="M1", own=OWN, version=version)))


@pytest.mark.parametrize("encoding", ["UTF-8", "windows-1251"])
@pytest.mark.parametrize("version", ["02", "08"])
@pytest.mark.parametrize("kind", ["camt.052", "camt.053", "camt.054"])
def test_what_was_written_is_read_back(kind: str, version: str, encoding: str) -> None:
    entries = [PAYMENT, REVERSAL, OUTGOING, *TWINS]
    content = write(head(kind), entries, message_id="M1", own=OWN, version=version, encoding=encoding)
    assert list(read(io.BytesIO(content))) == [head(kind), *entries]


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200).map(str.strip)


@settings(max_examples=50)
@given(purpose=TEXT, name=TEXT.map(lambda t: t[:140].strip()), kopecks=st.integers(1, 10**15), incoming=st.booleans())
def test_any_text_survives_the_round_trip(purpose: str, name: str, kopecks: int, incoming: bool) -> None:
    entry = replace(
        PAYMENT, purpose=purpose, amount=Money(kopecks), incoming=incoming, counterparty=replace(PAYER, name=name)
    )
    content = write(head("camt.054"), [entry], message_id="M1", own=OWN)
    read_back = list(read(io.BytesIO(content)))[1]
    assert isinstance(read_back, Entry)
    assert read_back.purpose.split() == purpose.split()
    assert replace(read_back, purpose=purpose) == entry


def test_the_control_totals_are_those_of_the_lines() -> None:
    root = etree.fromstring(write(head("camt.053"), [PAYMENT, OUTGOING, OUTGOING], message_id="M1", own=OWN))
    summary = root.find(".//{*}TxsSummry")
    assert summary is not None
    assert summary.findtext("{*}TtlNtries/{*}NbOfNtries") == "3"
    assert summary.findtext("{*}TtlNtries/{*}TtlNetNtry/{*}Amt") == "1234.56"
    assert summary.findtext("{*}TtlNtries/{*}TtlNetNtry/{*}CdtDbtInd") == "DBIT"
    assert summary.findtext("{*}TtlDbtNtries/{*}Sum") == "2469.12"


def test_another_kind_or_version_is_a_programming_error() -> None:
    for kind, version in (("camt.060", "08"), ("camt.053", "11")):
        with pytest.raises(ValueError, match="cannot write"):
            write(head(kind), [], message_id="M1", own=OWN, version=version)
