"""Files that come wrongly, correctly signed: twice, too early, too late, with gaps, or as something else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.core.errors import Corrupt, Refused
from gateway.core.money import Money
from tests.bank.sandbox.conftest import Bank, Line
from tests.bank.sandbox.reading import a_payment, entries, head, then_honest


def test_duplicate_file_comes_under_two_references(line: Line) -> None:
    line.sandbox.behave("duplicate-file")
    a_payment(line)
    first, second = line.sandbox.files()
    assert first.reference != second.reference
    contents = [line.client.download(file.reference).content() for file in (first, second)]
    assert contents[0] == contents[1]
    a_payment(line)
    assert len(line.sandbox.files()) == 3


def test_an_existing_file_can_be_offered_again_at_once(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("duplicate-file", reference=reference)
    second = line.sandbox.files()[1].reference
    assert line.client.download(second).content() == line.client.download(reference).content()
    with pytest.raises(Refused) as refused:
        line.sandbox.behave("duplicate-file", reference="none")
    assert refused.value.code == "sandbox.unknown_file"


def test_overlapping_repeats_earlier_lines_with_their_references(bank: Bank) -> None:
    refs = [bank.sandbox.pay(amount=Money(i), payer=str(i)) for i in (1, 2, 3)]
    bank.sandbox.behave("overlapping", lines=2)
    refs.append(bank.sandbox.pay(amount=Money(4)))
    content = bank.sandbox.content(bank.sandbox.files()[-1].reference)
    assert [entry.ref for entry in entries(content)] == refs[1:]
    bank.sandbox.behave("overlapping", lines=0)
    refs.append(bank.sandbox.pay(amount=Money(5)))
    assert [e.ref for e in entries(bank.sandbox.content(bank.sandbox.files()[-1].reference))] == refs


def chain(line: Line, references: list[str]) -> list[tuple[Money, Money]]:
    """(opening, closing) of final statements fetched over the wire."""
    return [
        (balances[0].amount, balances[1].amount)
        for balances in (head(line.client.download(reference).content()).balances for reference in references)
    ]


def days_of_business(line: Line, count: int) -> None:
    for _ in range(count):
        line.sandbox.pay(amount=Money(100), notify=False, to=line.enrolment.accounts[0])
        line.sandbox.close_day()
        line.sandbox.move_clock(timedelta(days=1))


def finals(line: Line) -> list[str]:
    account = line.enrolment.accounts[0]
    return [f.reference for f in line.sandbox.files() if f.file_type == "XT" and f.account == account]


def test_gap_withholds_a_statement_until_its_successor_was_fetched(line: Line) -> None:
    days_of_business(line, 1)
    line.sandbox.behave("gap")
    days_of_business(line, 2)
    seen = finals(line)
    (first, second) = chain(line, seen[:2])
    assert second[0] != first[1]  # the day between is missing
    late = [reference for reference in finals(line) if reference not in seen]
    (missing,) = chain(line, late)
    assert (first[1], second[0]) == missing  # and here it is, fitting in


def test_gap_can_be_a_wrong_opening_balance_corrected_later(line: Line) -> None:
    days_of_business(line, 1)
    line.sandbox.behave("gap", mode="opening", amount="7.00")
    days_of_business(line, 1)
    before, wrong = finals(line)
    (first, second) = chain(line, [before, wrong])
    assert second[0] == first[1] + Money(700)
    *_, corrected = finals(line)
    assert corrected not in (before, wrong)
    assert chain(line, [corrected])[0][0] == first[1]


def test_out_of_order_offers_the_later_file_first(bank: Bank) -> None:
    bank.sandbox.behave("out-of-order")
    bank.sandbox.pay(amount=Money(1))
    assert bank.sandbox.files() == []
    bank.sandbox.pay(amount=Money(2))
    later, earlier = bank.sandbox.files()
    assert [later.total, earlier.total] == [2, 1]
    assert earlier.created < later.created


def test_late_appears_after_its_time_and_dated_as_if_on_time(bank: Bank) -> None:
    bank.sandbox.behave("late", seconds=600)
    before = bank.sandbox.books.now()
    bank.sandbox.pay(amount=Money(1))
    assert bank.sandbox.files() == []
    bank.sandbox.move_clock(timedelta(seconds=601))
    (file,) = bank.sandbox.files()
    assert before <= file.created < before + timedelta(seconds=30)


def test_unknown_content_is_a_signed_file_that_is_no_statement(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("unknown-content")
    foreign = line.sandbox.files()[-1].reference
    content = line.client.download(foreign).content()
    with pytest.raises(Corrupt) as refused:
        entries(content)
    assert refused.value.code == "bank.unknown_content"
    then_honest(line, reference)


def test_unknown_code_can_be_one_of_an_operation(bank: Bank) -> None:
    bank.sandbox.behave("unknown-code", where="entry")
    for _ in range(2):
        bank.sandbox.pay(amount=Money(1))
    codes = [entries(bank.sandbox.content(file.reference))[0].code for file in bank.sandbox.files()]
    assert codes == ["QQQQ/QQQQ/QQQQ", "PMNT/RCDT/DMCT"]
