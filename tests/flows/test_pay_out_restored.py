"""A database put back from an older copy sends nothing for the first time before the bank was asked."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.bank.channel import Delivery
from gateway.bank.tables import polls
from gateway.core.authority import Role
from gateway.core.catalogue import entries as sentences
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.flows import pay_out_absent
from gateway.flows.pay_out_restored import note_restored
from gateway.payments.outgoing import service
from gateway.payments.outgoing.model import OrderState
from gateway.store import Store
from gateway.store.engine import sqlite_url
from tests.flows.pay_out_bank import PretendBank
from tests.flows.test_pay_out import alarms_of, bank, desk, empty_database
from tests.flows.test_pay_out_absent import decide, rounds
from tests.flows.test_pay_out_told import deliver
from tests.payments.outgoing.desk import ANNA, TERMS, ZIMIN, Desk, debit, draft

__all__ = ["bank", "desk", "empty_database"]


def take_copy(desk: Desk, folder: Path) -> Path:
    copy = folder / "copy.db"
    source, target = sqlite3.connect(folder / "desk.db"), sqlite3.connect(copy)
    source.backup(target)
    source.close()
    target.close()
    return copy


def put_back(desk: Desk, copy: Path) -> None:
    desk.store.close()
    desk.clock.advance(timedelta(minutes=1))
    desk.store = Store(sqlite_url(copy), desk.clock, "test")
    with desk.store.unit() as unit:
        note_restored(unit)
        unit.commit()


def polled(desk: Desk, bank: PretendBank, result: str = "nothing_new") -> None:
    desk.clock.advance(timedelta(seconds=1))
    columns: dict[str, Any] = dict.fromkeys(("duration_ms", "files", "refused"), 0)
    with desk.store.unit() as unit:
        unit.insert(
            polls, {"id": new_id(), "company": "test", "channel": bank.name, "at": unit.at, "result": result, **columns}
        )
        unit.commit()


def test_what_left_after_the_copy_was_taken_does_not_leave_again(desk: Desk, bank: PretendBank, tmp_path: Path) -> None:
    order_id = desk.approved()
    copy = take_copy(desk, tmp_path)
    rounds(desk, bank, 1)
    assert desk.state(order_id) == OrderState.SENT
    put_back(desk, copy)
    rounds(desk, bank, 2)
    assert (desk.state(order_id), alarms_of(desk)) == (OrderState.APPROVED, ["outgoing.restored"])
    polled(desk, bank)
    rounds(desk, bank, 1)
    assert (desk.state(order_id), len(bank.tries), alarms_of(desk)) == (OrderState.SENT, 1, [])
    assert desk.events(order_id)[-3:] == ["prepare", "ask_first", "taken"]
    assert "api.outgoing_event.ask_first" in sentences()


def test_so_does_not_what_was_signed_only_after_the_copy(desk: Desk, bank: PretendBank, tmp_path: Path) -> None:
    order_id = desk.propose()
    copy = take_copy(desk, tmp_path)
    desk.approve(order_id)
    rounds(desk, bank, 1)
    put_back(desk, copy)
    desk.approve(order_id)
    polled(desk, bank)
    rounds(desk, bank, 3)
    assert (desk.state(order_id), len(bank.tries)) == (OrderState.SENT, 1)


@pytest.mark.parametrize("resends", [0, 3])
def test_what_the_bank_has_not_got_goes_then(desk: Desk, bank: PretendBank, tmp_path: Path, resends: int) -> None:
    order_id = desk.approved()
    put_back(desk, take_copy(desk, tmp_path))
    polled(desk, bank, "failed")
    rounds(desk, bank, 1)
    assert desk.state(order_id) == OrderState.APPROVED, "the statements were not read"
    polled(desk, bank)
    rounds(desk, bank, 1, resends=resends)
    assert (desk.state(order_id), bank.tries) == (OrderState.UNKNOWN, []), "asked, and not believed at once"
    rounds(desk, bank, 1, resends=resends)
    assert (desk.state(order_id), len(bank.tries), alarms_of(desk)) == (OrderState.SENT, 1, [])


def test_tries_are_counted_from_the_first_that_left(desk: Desk, bank: PretendBank, tmp_path: Path) -> None:
    order_id = desk.approved()
    put_back(desk, take_copy(desk, tmp_path))
    polled(desk, bank)
    bank.drop = 99
    rounds(desk, bank, 20, resends=2)
    assert (len(bank.tries), len(set(bank.tries)), alarms_of(desk)) == (3, 1, ["outgoing.absent"])
    decide(desk, pay_out_absent.did_not_go, order_id)
    assert desk.state(order_id) == OrderState.REFUSED


def test_a_bank_that_does_not_say_leaves_it_to_a_person(desk: Desk, bank: PretendBank, tmp_path: Path) -> None:
    order_id = desk.approved()
    put_back(desk, take_copy(desk, tmp_path))
    polled(desk, bank)
    bank.says = Delivery.UNKNOWN
    rounds(desk, bank, 12)
    assert alarms_of(desk) == ["outgoing.unknown_outcome"]
    with pytest.raises(Refused):
        decide(desk, pay_out_absent.send_again, order_id)
    rounds(desk, bank, 12)
    assert (bank.tries, alarms_of(desk)) == ([], ["outgoing.silent"])
    assert desk.events(order_id).count("silent") == 1
    decide(desk, pay_out_absent.send_again, order_id)
    bank.lose = 1
    rounds(desk, bank, 40)
    assert len(bank.tries) == 1, "one word, one try; afterwards the bank is asked as ever"
    assert (desk.state(order_id), alarms_of(desk)) == (OrderState.UNKNOWN, ["outgoing.unknown_outcome"])
    bank.says = None
    rounds(desk, bank, 1)
    assert desk.state(order_id) == OrderState.SENT


def test_a_no_to_its_first_try_says_nothing_of_an_earlier_one(desk: Desk, bank: PretendBank, tmp_path: Path) -> None:
    order_id = desk.approved()
    put_back(desk, take_copy(desk, tmp_path))
    polled(desk, bank)
    bank.refuse = Refused("bank.response_refused", bank_code="2203", text="Дубль документа по реквизитам")
    rounds(desk, bank, 2)
    row = desk.row(order_id)
    assert (row.state, row.bank_code, len(bank.tries)) == (OrderState.UNKNOWN, "2203", 1)


def test_what_is_proposed_after_the_restore_goes_as_ever(desk: Desk, bank: PretendBank, tmp_path: Path) -> None:
    put_back(desk, take_copy(desk, tmp_path))
    desk.clock.advance(timedelta(seconds=1))
    order_id = desk.approved()
    rounds(desk, bank, 1)
    assert (desk.state(order_id), len(bank.tries)) == (OrderState.SENT, 1)


def test_one_withdrawn_after_the_restore_whose_debit_comes_is_told_of(
    desk: Desk, bank: PretendBank, tmp_path: Path
) -> None:
    order_id = desk.approved()
    put_back(desk, take_copy(desk, tmp_path))
    with desk.store.unit(ANNA) as unit:
        service.withdraw(unit, TERMS, order_id, "передумали", desk.row(order_id).version)
        unit.commit()
    again = desk.approved(draft(number="77"))
    deliver(desk, debit(e2e=order_id))
    assert (desk.state(order_id), alarms_of(desk)) == (OrderState.EXECUTED, ["outgoing.paid_elsewhere"])
    polled(desk, bank)
    rounds(desk, bank, 1)
    assert (desk.state(again), bank.tries) == (OrderState.WAITING, [])


def test_the_statement_that_is_waited_for_may_settle_it(desk: Desk, bank: PretendBank, tmp_path: Path) -> None:
    order_id = desk.approved()
    put_back(desk, take_copy(desk, tmp_path))
    rounds(desk, bank, 1)
    deliver(desk, debit(e2e=order_id))
    polled(desk, bank)
    rounds(desk, bank, 1)
    assert (desk.state(order_id), bank.tries, alarms_of(desk)) == ("executed", [], ["outgoing.paid_elsewhere"])


def test_a_signature_that_fell_holds_it_too(desk: Desk, bank: PretendBank, tmp_path: Path) -> None:
    order_id = desk.approved()
    put_back(desk, take_copy(desk, tmp_path))
    polled(desk, bank)
    rounds(desk, bank, 1)
    desk.now_is(ZIMIN, None)
    rounds(desk, bank, 2)
    assert (bank.tries, "outgoing.absent" in alarms_of(desk)) == ([], True)
    desk.now_is(ZIMIN, Role.DIRECTOR)
    rounds(desk, bank, 1)
    assert (desk.state(order_id), len(bank.tries), alarms_of(desk)) == (OrderState.SENT, 1, [])
