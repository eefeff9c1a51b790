"""Found by a hostile reading of incoming money; each was wrong once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.flows.terms import Terms
from gateway.orders.tables import orders
from gateway.payments.tables import payments
from gateway.store.schema import alarms
from gateway.tasks.tables import tasks
from tests.flows.desk import Desk, line61, mt940, text_document, text_file
from tests.flows.shop import ACCOUNT, TERMS, Shop
from tests.flows.test_paid_to_pick import one


def paid(shop: Shop, evidence: str = "signed") -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(200_000, "По счету СР-101", ref="GOOD"), evidence=evidence)


def house(*accounts: str) -> Terms:
    return replace(TERMS, policy=replace(TERMS.policy, own_accounts=frozenset(accounts)))


@pytest.mark.parametrize(
    ("accounts", "state", "alarmed"),
    [
        ((), "auto", False),  # none is named: every account the bank tells of is ours
        ((ACCOUNT,), "auto", False),
        ((f"RU00{ACCOUNT}",), "auto", False),  # an IBAN around it
        (("40702810900000099999",), "needs_person", True),
    ],
)
def test_money_on_a_strangers_account_settles_nothing_by_itself(
    shop: Shop, accounts: tuple[str, ...], state: str, alarmed: bool
) -> None:
    """A statement may be anybody's, however well it is signed."""
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(200_000, "По счету СР-101", ref="GOOD"), terms=house(*accounts))
    assert one(shop.rows(payments)).state == state
    assert one(shop.rows(orders)).pay_state == ("unpaid" if alarmed else "paid")
    assert [row.code for row in shop.rows(alarms)] == ["bank.foreign_account"] * alarmed
    assert len(shop.rows(tasks, reason="task.review_payment")) == alarmed


def test_a_file_takes_back_nothing_that_the_bank_has_proved(shop: Shop) -> None:
    """Whoever may bring a file could else undo any payment, for ever."""
    paid(shop)
    shop.deliver(shop.line(200_000, "Сторно", ref="BACK", reversal_of="GOOD"), evidence="file")
    assert one(shop.rows(payments)).state == "auto"
    assert one(shop.rows(orders)).headline != "unpaid"
    assert len(shop.rows(tasks, reason="task.reversal_unknown")) == 1


def test_the_banks_own_storno_after_the_files_takes_it_back_once(shop: Shop) -> None:
    paid(shop)
    storno = shop.line(200_000, "Сторно", ref="BACK", reversal_of="GOOD")
    shop.deliver(storno, evidence="file")
    for _ in range(2):
        shop.deliver(storno, evidence="signed")
    assert one(shop.rows(payments)).state == "reversed"
    assert len(shop.rows(tasks, reason="task.reversed")) == 1


def test_a_file_takes_back_what_a_file_said_and_the_banks_proof_of_it_takes_nothing_else(shop: Shop) -> None:
    paid(shop, "file")
    storno = shop.line(200_000, "Сторно", ref="BACK", reversal_of="GOOD")
    shop.deliver(storno, evidence="file")
    assert one(shop.rows(payments)).state == "reversed"
    shop.deliver(storno, evidence="signed")
    assert len(shop.rows(tasks, reason="task.reversed")) == 1
    assert shop.rows(tasks, reason="task.reversal_unknown") == []


def test_a_files_storno_waits_for_no_payment_of_the_banks(shop: Shop) -> None:
    shop.goods("a4", main=10)
    shop.order("СР-101", {"a4": 2})
    shop.deliver(shop.line(200_000, "Сторно", ref="BACK", reversal_of="GOOD"), evidence="file")
    shop.deliver(shop.line(200_000, "По счету СР-101", ref="GOOD"))
    assert one(shop.rows(payments)).state == "auto"


@pytest.mark.parametrize(
    ("morning", "evening"),
    [
        (text_file(text_document(200_000, doc_no="117")), text_file(text_document(200_000, doc_no="5117"))),
        (
            text_file(text_document(200_000, doc_no="", purpose="По счету 1")),
            text_file(text_document(200_000, doc_no="", purpose="По счету 2")),
        ),
        (mt940(line61(200_000, purpose="По счету 1")), mt940(line61(200_000, purpose="По счету 2"), number=2)),
    ],
    ids=["numbers that end alike", "text without numbers", "mt940 without ids"],
)
def test_two_payments_of_one_format_without_ids_stay_two(shop: Shop, morning: bytes, evening: bytes) -> None:
    """A format may say little of a line that another format tells in full, but the same one would say it again."""
    desk = Desk(shop)
    for content in (morning, evening, morning, evening):
        desk.send(content, evidence="channel", name="directbank:pretend")
    assert [amount for amount, _ in desk.payments()] == [200_000, 200_000]
