"""Whoever reaches the database makes nothing leave: what goes again is what two people signed, byte for byte."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from gateway.api.reads.outgoing import listed, to_sign
from gateway.api.reads.paging import Window
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.flows import pay_out_absent
from gateway.payments.outgoing import service
from gateway.payments.outgoing.model import OrderState
from gateway.payments.outgoing.tables import payment_orders
from gateway.store.alarms import open_alarms
from gateway.store.schema import blobs
from tests.flows.pay_out_bank import PretendBank
from tests.flows.test_pay_out import alarms_of, bank, desk, empty_database
from tests.flows.test_pay_out_absent import decide, rounds
from tests.payments.outgoing.desk import ANNA, OWNER, TERMS, Desk, draft

__all__ = ["bank", "desk", "empty_database"]
FORGED = b"<Document>everything to me</Document>"
SHA256 = hashlib.sha256(FORGED).hexdigest()


def put_in(desk: Desk, order_id: str, **columns: object) -> None:
    """Write past the program: the forged bytes, and columns of an order's row."""
    with desk.store.unit() as unit:
        unit.connection.execute(insert(blobs).values(sha256=SHA256, bytes=FORGED))
        unit.update(payment_orders, order_id, content_sha256=SHA256, **columns)
        unit.commit()


@pytest.mark.parametrize("state", [OrderState.UNKNOWN, OrderState.SENDING])
@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
def test_a_row_that_says_it_was_sent_before(desk: Desk, bank: PretendBank, state: str, signed: bool) -> None:
    order_id = desk.approved() if signed else desk.propose()
    approvals = desk.row(order_id).approvals if signed else "[]"
    at = desk.row(order_id).proposed_at
    sending = {
        "channel": bank.name,
        "format": "pain.001.001.03",
        "file_type": "XL",
        "file_name": f"kvit-{order_id}.xml",
    }
    put_in(desk, order_id, state=state, approvals=approvals, prepared_at=at, tried_at=at, **sending)
    rounds(desk, bank, 4)
    assert (desk.state(order_id), bank.tries) == (OrderState.UNKNOWN, [])
    assert alarms_of(desk).count("outgoing.document_changed") == 1


@pytest.mark.parametrize("how", ["bytes", "name", "sum"])
def test_an_order_whose_first_try_was_lost(desk: Desk, bank: PretendBank, how: str) -> None:
    order_id = desk.approved()
    bank.drop = 1
    rounds(desk, bank, 1)
    if how == "name":
        put_in(desk, order_id)
    with desk.store.unit() as unit:
        if how == "bytes":
            named = blobs.c.sha256 == desk.row(order_id).content_sha256
            unit.connection.execute(update(blobs).where(named).values(bytes=FORGED))
        elif how == "sum":
            unit.update(payment_orders, order_id, amount=1)
        unit.commit()
    rounds(desk, bank, 4)
    assert (desk.state(order_id), len(bank.tries)) == (OrderState.UNKNOWN, 1)
    assert "outgoing.document_changed" in alarms_of(desk)


def test_an_order_that_left_does_not_leave_anew(desk: Desk, bank: PretendBank) -> None:
    order_id = desk.approved()
    rounds(desk, bank, 1)
    with desk.store.unit() as unit:
        unit.update(payment_orders, order_id, state=OrderState.APPROVED)
        unit.commit()
    rounds(desk, bank, 2)
    assert len(bank.tries) == 1
    assert alarms_of(desk) == ["outgoing.not_prepared"]


def test_a_no_that_says_nothing_leaves_it_open(desk: Desk, bank: PretendBank) -> None:
    """A "technical error" may come after the bank has taken the file."""
    order_id = desk.approved()
    bank.refuse = Refused("bank.response_vague", bank_code="26", text="Technical error")
    rounds(desk, bank, 1)
    assert (desk.state(order_id), alarms_of(desk)) == (OrderState.UNKNOWN, ["outgoing.unknown_outcome"])
    bank.refuse = None
    rounds(desk, bank, 2)
    assert (desk.state(order_id), alarms_of(desk), len(set(bank.tries))) == (OrderState.SENT, [], 1)


DAMAGED = {
    "no signer": {"approvals": "[{}]"},
    "no list": {"approvals": '{"by": "zimin"}'},
    "no JSON": {"approvals": "[{"},
    "no role": {"approvals": '[{"by": "zimin", "role": "king", "at": ""}]'},
    "tax": {"tax": "[1]"},
    "date": {"date": "soon"},
}


@pytest.mark.parametrize("state", [OrderState.APPROVED, OrderState.UNKNOWN])
@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_row_holds_up_no_other_order(desk: Desk, bank: PretendBank, how: str, state: str) -> None:
    damaged = desk.approved()
    if state == OrderState.UNKNOWN:
        bank.drop = 1
        rounds(desk, bank, 1)
    tries = len(bank.tries)
    with desk.store.unit() as unit:
        unit.update(payment_orders, damaged, **DAMAGED[how])
        unit.commit()
    other = desk.approved(draft(number="77", amount=Money(5_000_00)))
    desk.clock.advance(timedelta(days=2))
    rounds(desk, bank, 3)
    assert (desk.state(other), desk.state(damaged)) == (OrderState.SENT, state)
    assert len(bank.tries) == tries + 1
    with desk.store.reading() as connection:
        mine = [a for a in open_alarms(connection, "test") if a.subject == f"payment_order:{damaged}"]
        assert len(listed(connection, "test", "all", Window())["items"]) == 2
        assert to_sign(connection, "test", desk.terms, OWNER) == (state == OrderState.UNKNOWN)
    told = {a.code for a in mine} & {"outgoing.document_changed", "outgoing.not_prepared", "outgoing.broken"}
    assert told and all(a.count == 1 for a in mine)
    desk.let_in(OWNER)
    if state == OrderState.UNKNOWN:
        decide(desk, pay_out_absent.did_not_go, damaged, by=OWNER)
    else:
        with desk.store.unit(ANNA) as unit:
            service.withdraw(unit, TERMS, damaged, "повреждено", desk.row(damaged).version)
            unit.commit()
