"""Every real camt sample is read: with so many statements and lines, whatever its dialect."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.bank.formats.camt import read
from gateway.bank.statement import Entry, StatementHead
from gateway.core.errors import Corrupt
from gateway.core.money import Money
from tests.standards import need

SAMPLES = {
    # file: (kind, statements, lines)
    "genkgo/camt052.v2.xml": ("camt.052", 1, 1),
    "genkgo/camt052.v8.xml": ("camt.052", 1, 1),
    "genkgo/camt053.v2.five.decimals.xml": ("camt.053", 1, 1),
    "genkgo/camt053.v2.minimal.xml": ("camt.053", 1, 1),
    "genkgo/camt053.v2.multi.statement.xml": ("camt.053", 2, 2),
    "genkgo/camt053.v4.xml": ("camt.053", 1, 1),
    "genkgo/camt053.v2.wrong.xml": ("bank.malformed", 0, 0),  # a message without any statement
    "genkgo/camt054.v2.xml": ("camt.054", 1, 1),  # three details without sums: one line
    "genkgo/camt054.v4.xml": ("camt.054", 1, 1),  # details that do not add up: one line
    "genkgo/camt054.v8-with-UETR.xml": ("camt.054", 1, 1),
    "genkgo/camt53.only-Dt-with-DtTm.xml": ("camt.053", 1, 0),
    "libeufin/gls_camt053.xml": ("camt.053", 1, 4),
    "libeufin/postfinance_camt054.xml": ("camt.054", 1, 4),  # three Ntry, one of them with two payments
    "alfalink-h2h/camt.060-statement-request.xml": ("bank.unknown_content", 0, 0),
}


def sample(name: str) -> tuple[list[StatementHead], list[Entry]]:
    with need(f"iso20022/samples/{name}").open("rb") as file:
        found = list(read(file))
    return [i for i in found if isinstance(i, StatementHead)], [i for i in found if isinstance(i, Entry)]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_real_sample_is_read_whole(name: str) -> None:
    kind, statements, count = SAMPLES[name]
    if not statements:
        with pytest.raises(Corrupt) as refused:
            sample(name)
        assert refused.value.code == kind
        return
    heads, entries = sample(name)
    assert [head.kind for head in heads] == [kind] * statements
    assert len(entries) == count
    # none of the samples is in roubles, and none may pass for it
    assert all("currency_foreign" in entry.warnings and not entry.in_roubles for entry in entries)


def test_the_table_names_every_sample_there_is() -> None:
    folder = need("iso20022/samples")
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.xml")} == set(SAMPLES)


def test_more_decimals_than_two_are_read_when_they_are_zeros() -> None:
    heads, entries = sample("genkgo/camt053.v2.five.decimals.xml")
    assert [balance.amount for balance in heads[0].balances] == [Money(1815), Money(2705)]
    assert entries[0].amount == Money(885)


def test_a_balance_dated_with_a_time_has_its_date() -> None:
    heads, _ = sample("genkgo/camt53.only-Dt-with-DtTm.xml")
    assert heads[0].balances[0].on == date(2025, 7, 23)
    assert heads[0].balances[0].amount == Money(544209)


def test_an_overdrawn_balance_is_negative() -> None:
    heads, _ = sample("genkgo/camt053.v2.minimal.xml")
    assert [(b.code, b.amount.kopecks, b.currency) for b in heads[0].balances][:2] == [
        ("OPBD", 1815, "EUR"),
        ("CLBD", -2700, "SEK"),
    ]


def test_a_batch_without_a_sum_of_its_own_takes_its_details() -> None:
    _, entries = sample("libeufin/postfinance_camt054.xml")
    first, second = entries[1:3]
    assert (first.amount, second.amount) == (Money(1000), Money(253))
    assert (first.ref, second.ref) == ("231121CH0AZWCR9T", "231121CH0AZWCVR1")
    assert (first.detail_index, second.detail_index) == (0, 1)
    assert first.incoming and second.incoming
    assert "amount_from_details" in first.warnings
    # two lines of 35 characters are one word cut in two
    assert first.purpose == "G1XTY6HGWGMVRM7E6XQ4JHJK561ETFDFTJZ7JVGV543XZCB27YBG"


def test_our_own_payment_coming_back_is_no_customers_payment() -> None:
    _, entries = sample("libeufin/postfinance_camt054.xml")
    assert entries[3].incoming and entries[3].reversal
    _, entries = sample("libeufin/gls_camt053.xml")
    assert entries[3].incoming and "returned" in entries[3].warnings


def test_one_bank_reference_on_two_different_lines_keeps_both() -> None:
    _, entries = sample("libeufin/gls_camt053.xml")
    assert entries[2].ref == entries[3].ref
    assert (entries[2].amount, entries[3].amount) == (Money(300), Money(110))
    assert (entries[2].occurrence, entries[3].occurrence) == (0, 0)  # different sums: different lines
