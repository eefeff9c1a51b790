"""Found by a hostile reading of outgoing payments; each was wrong once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.bank.channel import Delivery
from gateway.core.authority import Actor, Role
from gateway.core.errors import Refused
from gateway.payments.outgoing.model import OrderState
from gateway.payments.outgoing.seal import document_digest
from gateway.payments.outgoing.tables import payment_orders
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from gateway.store.schema import dumps
from tests.flows.pay_out_bank import PretendBank
from tests.flows.test_pay_out import Killed, alarms_of, go
from tests.flows.test_pay_out_told import deliver, report, say
from tests.payments.outgoing.desk import Desk, debit, draft


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("review_orders") / "empty.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def desk(tmp_path: Path, empty_database: Path) -> Iterator[Desk]:
    shutil.copyfile(empty_database, tmp_path / "desk.db")
    made = Desk(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("source_id", ["", "1C-77"], ids=["number", "source"])
def test_an_order_executed_after_its_refusal_does_not_stop_the_statement(desk: Desk, source_id: str) -> None:
    """The bank refuses №7, №7 is proposed anew, and then the bank carries the first one out all the same."""
    first = desk.approved(draft(number="7", source_id=source_id))
    go(desk, PretendBank())
    say(desk, report(first, "RJCT", "AM04"))
    again = desk.propose(draft(number="7", source_id=source_id, priority=4))
    deliver(desk, debit(e2e=first, number="7"))
    assert (desk.state(first), desk.state(again)) == ("executed", "waiting_approval")
    assert "outgoing.refused_but_executed" in alarms_of(desk)


def test_the_number_of_an_executed_order_stays_taken(desk: Desk) -> None:
    order_id = desk.approved(draft(number="7"))
    go(desk, PretendBank())
    deliver(desk, debit(e2e=order_id, number="7"))
    with pytest.raises(Refused) as refused:
        desk.propose(draft(number="7", purpose="Счёт № 9, без НДС"))
    assert refused.value.code == "outgoing.number_taken"


@pytest.mark.parametrize("name", ["Ivanоva", "IVANOVA ", "ivаnova"], ids=["homoglyph", "case", "another"])
def test_one_person_under_two_spellings_is_one_signature(desk: Desk, name: str) -> None:
    """Cyrillic letters among the Latin ones."""
    order_id = desk.propose(by=Actor("ivanova", Role.ACCOUNTANT))
    with pytest.raises(Refused) as refused:
        desk.approve(order_id, by=Actor(name, Role.DIRECTOR))
    assert refused.value.code == "outgoing.same_person"


def test_absent_is_believed_some_time_after_the_last_try_has_ended(desk: Desk) -> None:
    """A call may hang longer than the waiting time: the bank may still be at work on what it got."""
    bank = PretendBank()

    def hang(call: str) -> None:
        if call == "sent":
            desk.clock.at += timedelta(seconds=120)

    bank.before = hang
    bank.lose = 1
    bank.says = Delivery.ABSENT
    order_id = desk.approved()
    go(desk, bank)
    assert desk.state(order_id) == OrderState.UNKNOWN
    go(desk, bank)
    assert len(bank.tries) == 1
    desk.clock.at += timedelta(seconds=61)
    go(desk, bank)
    assert len(bank.tries) == 2


def test_an_order_another_sender_has_taken_up_meanwhile_is_left_to_it(desk: Desk) -> None:
    """Both heard "absent"; the other one is sending when we come to write it down."""
    bank, other = PretendBank(), PretendBank()
    bank.drop = 1
    order_id = desk.approved()
    go(desk, bank)
    desk.clock.at += timedelta(seconds=61)

    def inside(call: str) -> None:
        if call == "send":  # the other one's call is under way: ours comes to its end first
            states.append(desk.state(order_id))
            raise Killed

    states: list[str] = []
    other.before = inside

    def ask(call: str) -> None:
        if call == "delivered":
            bank.before = lambda _: None
            with pytest.raises(Killed):
                go(desk, other)

    bank.before = ask
    tries = len(bank.tries)
    go(desk, bank)
    assert (states, len(bank.tries)) == (["sending"], tries)


@pytest.mark.parametrize(
    ("column", "value"),
    [("payee_account", "40702810900000099999"), ("amount", 1), ("payee_name", "ООО «Другой»"), ("purpose", "Иное")],
)
@pytest.mark.parametrize("forged", [False, True], ids=["as-it-was", "signatures-fitted"])
def test_what_was_changed_past_the_program_after_the_signatures_never_leaves(
    desk: Desk, column: str, value: object, forged: bool
) -> None:
    """Whoever reaches the database may even fit the signatures' digests: the journal knows what was signed."""
    bank = PretendBank()
    order_id = desk.approved()
    with desk.store.unit() as unit:
        unit.update(payment_orders, order_id, **{column: value})
        row = dict(unit.connection.execute(select(payment_orders)).one()._mapping)
        if forged:
            signatures = [{**s, "document": document_digest(row)} for s in json.loads(row["approvals"])]
            unit.update(payment_orders, order_id, approvals=dumps(signatures))
        unit.commit()
    go(desk, bank)
    assert desk.state(order_id) == "approved"
    assert alarms_of(desk) == ["outgoing.not_prepared"]
    assert bank.tries == [] and bank.has == {}
