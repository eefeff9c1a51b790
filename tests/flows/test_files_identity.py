"""One line, several ways: the bank's channel, another format, a file somebody brought. Known once, proof only grows."""

from __future__ import annotations

from itertools import permutations

import pytest

from gateway.flows.by_hand import confirm_release
from gateway.flows.take_file import FileTaken, take_statement
from gateway.orders.tables import orders, releases
from gateway.payments.tables import deliveries, entries, payments
from gateway.warehouse.tables import pick_lists
from tests.flows.desk import Desk, camt, line61, mt940, ntry, text_document, text_file
from tests.flows.shop import ACCOUNTANT, TERMS, Shop
from tests.flows.test_paid_to_pick import one

PURPOSE = "По счету СР-101"


def bring(shop: Shop, content: bytes, name: str = "kl_to_1c.txt") -> FileTaken:
    return take_statement(shop.store, TERMS, content, name, ACCOUNTANT)


def ordered(shop: Shop) -> Desk:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    return Desk(shop)


FROM_FILE = text_file(text_document(200_000, doc_no="17", purpose=PURPOSE), closing=200_000)
FROM_BANK = camt("camt.053", ntry(200_000, ref="BANK-1", doc_no="17", purpose=PURPOSE), opening=0, closing=200_000)


def test_a_line_brought_as_a_file_releases_when_the_bank_proves_it(shop: Shop) -> None:
    desk = ordered(shop)
    bring(shop, FROM_FILE)
    order = one(shop.rows(orders))
    assert (order.pay_state, order.headline) == ("paid", "paid")
    assert shop.rows(pick_lists) == []
    assert one(shop.rows(entries)).evidence == "file"
    taken = desk.send(FROM_BANK)
    assert (taken.fresh, taken.payments, taken.released) == (0, 0, 1)
    entry = one(shop.rows(entries))
    assert (entry.evidence, entry.ref) == ("signed", "BANK-1")
    assert one(shop.rows(orders)).headline == "picking"
    assert entry.message_id in one(shop.rows(releases)).message_ids
    assert len(shop.rows(deliveries)) == 1


def test_a_file_of_what_the_bank_has_proved_changes_nothing(shop: Shop) -> None:
    desk = ordered(shop)
    desk.send(FROM_BANK)
    before = one(shop.rows(entries))
    done = bring(shop, FROM_FILE)
    assert (done.known, done.taken.lines, done.taken.fresh) == (False, 1, 0)
    assert one(shop.rows(entries)) == before
    assert len(shop.rows(pick_lists)) == len(shop.rows(payments)) == 1


def test_proof_grows_step_by_step_and_never_shrinks(shop: Shop) -> None:
    desk = ordered(shop)
    seen = []
    for evidence in ("channel", "file", "signed", "channel", "signed"):
        desk.send(FROM_BANK.replace(b"20:00:00", f"20:00:{len(seen):02d}".encode()), evidence=evidence)
        seen.append(one(shop.rows(entries)).evidence)
    assert seen == ["channel", "channel", "signed", "signed", "signed"]


def test_words_that_only_a_file_said_allow_nothing_once_the_bank_speaks(shop: Shop) -> None:
    """A forged file names somebody's invoice; the bank's own copy of the line names another purpose."""
    desk = ordered(shop)
    bring(shop, FROM_FILE)
    assert one(shop.rows(payments)).state == "auto"
    honest = ntry(200_000, ref="BANK-1", doc_no="17", purpose="Возврат займа, без НДС")
    desk.send(camt("camt.053", honest, opening=0, closing=200_000))
    payment = one(shop.rows(payments))
    assert (payment.state, payment.allocated) == ("needs_person", 0)
    assert one(shop.rows(orders)).headline == "unpaid"
    assert shop.rows(pick_lists) == []


def test_a_person_may_vouch_for_a_file(shop: Shop) -> None:
    desk = ordered(shop)
    bring(shop, FROM_FILE)
    payment = one(shop.rows(payments))
    with shop.store.unit(ACCOUNTANT) as unit:
        confirm_release(unit, TERMS, payment.id)
        unit.commit()
    assert one(shop.rows(orders)).headline == "picking"
    assert one(shop.rows(payments)).confirmed_by == "ivanova"
    desk.send(FROM_BANK)
    assert len(shop.rows(pick_lists)) == 1


CAMT = camt("camt.053", ntry(5_000, ref="A"), ntry(5_000, ref="B"), opening=0, closing=10_000)
CLIENT_BANK = text_file(text_document(5_000, doc_no=""), text_document(5_000, doc_no=""), closing=10_000)
SWIFT = mt940(line61(5_000, bank_ref="M1"), line61(5_000, bank_ref="M2"), closing=10_000)


def test_two_equal_payments_are_two_in_whatever_formats_they_come(shop: Shop) -> None:
    for order in permutations((CAMT, CLIENT_BANK, SWIFT)):
        desk = Desk(shop)
        for content in order:
            desk.send(content)
        assert len(desk.payments()) == 2


def test_one_known_and_two_told_are_two(shop: Shop) -> None:
    """The notice of the first came through the channel; the file of the day holds both."""
    desk = Desk(shop)
    desk.send(camt("camt.054", ntry(5_000, ref="A")))
    bring(shop, CLIENT_BANK)
    assert len(desk.payments()) == 2
    desk.send(CAMT)
    assert len(desk.payments()) == 2
    assert {row.evidence for row in shop.rows(entries)} == {"signed"}


@pytest.mark.parametrize(
    "other",
    [
        text_document(5_000, doc_no="18"),
        text_document(5_000, doc_no="17", payer="40702810500000000078"),
        text_document(5_000, doc_no="17", inn="7709876540"),
        text_document(5_001, doc_no="17"),
        text_document(5_000, doc_no="17", incoming=False),
    ],
    ids=["number", "account", "inn", "sum", "direction"],
)
def test_a_line_that_says_otherwise_is_another_line(shop: Shop, other: str) -> None:
    desk = Desk(shop)
    desk.send(camt("camt.053", ntry(5_000, ref="A", doc_no="17")))
    bring(shop, text_file(other))
    assert len(desk.entries()) == 2


def test_a_number_cut_to_its_last_digits_is_the_same_number(shop: Shop) -> None:
    desk = Desk(shop)
    desk.send(camt("camt.053", ntry(5_000, ref="A", doc_no="789")))
    bring(shop, text_file(text_document(5_000, doc_no="0123789")))
    assert len(desk.entries()) == 1


def test_a_file_told_again_after_the_bank_took_its_line_over(shop: Shop) -> None:
    desk = Desk(shop)
    bring(shop, FROM_FILE)
    desk.send(FROM_BANK)
    bring(shop, FROM_FILE + b"\r\n")
    desk.send(FROM_BANK)
    assert len(desk.entries()) == 1
