"""An order the bank has not got goes again by itself only so many times; then a person decides, and it is on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from gateway.bank.channel import Delivery
from gateway.core.authority import SERVICE, Actor, Role
from gateway.core.catalogue import entries as sentences
from gateway.core.errors import Conflict, Refused
from gateway.flows import pay_out_absent
from gateway.flows.pay_out import Route, send_waiting
from gateway.payments.outgoing.model import OrderState
from gateway.payments.outgoing.tables import payment_order_events
from gateway.store.alarms import open_alarms
from gateway.store.schema import journal
from tests.flows.pay_out_bank import PretendBank
from tests.flows.test_pay_out import HOUSE, alarms_of, bank, desk, empty_database, tasks_of
from tests.flows.test_pay_out_told import deliver, notice, report, say
from tests.payments.outgoing.desk import ACCOUNT, ANNA, OWNER, TERMS, ZIMIN, Desk, debit, draft

__all__ = ["bank", "desk", "empty_database"]
DECISIONS = [pay_out_absent.send_again, pay_out_absent.did_not_go]


def rounds(desk: Desk, bank: PretendBank, count: int, **route: Any) -> None:
    for _ in range(count):
        send_waiting(desk.store, HOUSE, {ACCOUNT: Route(bank, **route)})
        desk.clock.advance(timedelta(minutes=5))


def given_up(desk: Desk, bank: PretendBank) -> str:
    """An order that has had all its tries."""
    order_id = desk.approved()
    bank.drop = 99
    rounds(desk, bank, 6)
    return order_id


def decide(
    desk: Desk, decision: Any, order_id: str, by: Actor = ZIMIN, note: str = "звонили", version: int = 0
) -> None:
    with desk.store.unit(by) as unit:
        decision(unit, TERMS, order_id, note, version or desk.row(order_id).version)
        unit.commit()


@pytest.mark.parametrize("resends", [0, 1, 3])
def test_after_so_many_tries_nothing_is_sent_and_a_person_is_asked_once(
    desk: Desk, bank: PretendBank, resends: int
) -> None:
    order_id = desk.approved()
    bank.drop = 99
    rounds(desk, bank, 20, resends=resends)
    assert len(bank.tries) == 1 + resends and len(set(bank.tries)) == 1
    assert desk.state(order_id) == OrderState.UNKNOWN
    with desk.store.reading() as connection:
        (alarm,) = [a for a in open_alarms(connection, "test") if a.code.startswith("outgoing.absent")]
    assert (alarm.count, alarm.severity, alarm.values["tries"]) == (1, "error", str(1 + resends))
    assert alarms_of(desk).count("outgoing.unknown_outcome") == 0, "it is not found out by itself any more"
    assert desk.events(order_id).count("absent") == 1


def test_three_tries_need_nobody(desk: Desk, bank: PretendBank) -> None:
    given_up(desk, bank)
    assert len(bank.tries) == 4


def test_the_banks_own_pause_counts_where_it_is_longer(desk: Desk, bank: PretendBank) -> None:
    desk.approved()
    bank.drop = 1
    pause = timedelta(seconds=600)
    rounds(desk, bank, 2, absent_after=pause)
    assert len(bank.tries) == 1
    rounds(desk, bank, 1, absent_after=pause)
    assert len(bank.tries) == 2


def test_it_is_asked_about_further_and_may_turn_up_by_itself(desk: Desk, bank: PretendBank) -> None:
    order_id = given_up(desk, bank)
    bank.says = Delivery.ARRIVED
    rounds(desk, bank, 1)
    assert (desk.state(order_id), alarms_of(desk)) == (OrderState.SENT, [])
    with pytest.raises(Refused) as refused:
        decide(desk, pay_out_absent.did_not_go, order_id)
    assert refused.value.code == "outgoing.not_absent"


def test_a_persons_word_lets_it_go_once_more_as_it_was(desk: Desk, bank: PretendBank) -> None:
    order_id = given_up(desk, bank)
    for tries in (5, 6):
        decide(desk, pay_out_absent.send_again, order_id)
        assert alarms_of(desk) == ["outgoing.unknown_outcome"]
        rounds(desk, bank, 9)
        assert len(bank.tries) == tries, "one word, one try"
        assert alarms_of(desk) == ["outgoing.absent"]
    assert desk.events(order_id).count("absent") == 3
    decide(desk, pay_out_absent.send_again, order_id)
    bank.drop = 0
    rounds(desk, bank, 2)
    assert (desk.state(order_id), alarms_of(desk), len(set(bank.tries))) == (OrderState.SENT, [], 1)


def test_what_did_not_go_ends_and_its_number_is_free(desk: Desk, bank: PretendBank) -> None:
    order_id = given_up(desk, bank)
    decide(desk, pay_out_absent.did_not_go, order_id, note="банк подтвердил: нет")
    bank.drop = 0
    rounds(desk, bank, 3)
    row = desk.row(order_id)
    assert (row.state, row.ended_by, row.note) == ("refused", ZIMIN.name, "банк подтвердил: нет")
    assert (len(bank.tries), bank.has, alarms_of(desk)) == (4, {}, [])
    assert desk.propose(draft(number=row.number)) != order_id


def test_its_debit_line_finds_it_all_the_same(desk: Desk, bank: PretendBank) -> None:
    order_id = given_up(desk, bank)
    decide(desk, pay_out_absent.did_not_go, order_id)
    deliver(desk, debit(e2e=order_id))
    assert (desk.state(order_id), alarms_of(desk)) == ("executed", ["outgoing.refused_but_executed"])


@pytest.mark.parametrize("status", ["ACTC", "ACCP", "ACSC", "PDNG"])
def test_what_was_given_up_and_turns_up_is_told_of_before_it_is_paid_twice(
    desk: Desk, bank: PretendBank, status: str
) -> None:
    order_id = given_up(desk, bank)
    decide(desk, pay_out_absent.did_not_go, order_id)
    say(desk, report(order_id, status))
    assert (desk.state(order_id), alarms_of(desk)) == ("refused", ["outgoing.turned_up"])


def test_it_may_turn_up_while_somebody_gives_it_up(desk: Desk, bank: PretendBank) -> None:
    order_id = given_up(desk, bank)
    bank.says = Delivery.ARRIVED

    def gives_up(call: str) -> None:
        if call == "delivered":
            decide(desk, pay_out_absent.did_not_go, order_id)

    bank.before = gives_up
    rounds(desk, bank, 1)
    assert (desk.state(order_id), alarms_of(desk)) == ("refused", ["outgoing.turned_up"])


def test_what_the_bank_refused_itself_turns_up_nowhere(desk: Desk, bank: PretendBank) -> None:
    order_id = given_up(desk, bank)
    say(desk, report(order_id, "RJCT"))
    say(desk, report(order_id, "ACTC"))
    assert (desk.state(order_id), alarms_of(desk)) == ("refused", [])


def test_a_notice_of_the_bank_ends_the_question(desk: Desk, bank: PretendBank) -> None:
    order_id = given_up(desk, bank)
    say(desk, report(order_id, "ACCP"))
    assert (desk.state(order_id), alarms_of(desk)) == ("accepted", [])


@pytest.mark.parametrize("decision", DECISIONS)
def test_the_decision_is_on_record_with_who_and_why(desk: Desk, bank: PretendBank, decision: Any) -> None:
    order_id = given_up(desk, bank)
    decide(desk, decision, order_id, note="  говорили  с банком ")
    with desk.store.reading() as connection:
        event = connection.execute(
            select(payment_order_events).order_by(payment_order_events.c.id.desc()).limit(1)
        ).one()
        moved = connection.execute(select(journal.c.actor, journal.c.body).order_by(journal.c.seq)).all()
    assert (event.actor, event.role, event.note) == (ZIMIN.name, "director", "говорили с банком")
    assert {f"api.outgoing_event.{event.event}", "api.outgoing_event.absent"} <= sentences().keys()
    assert any("говорили с банком" in row.body and ZIMIN.name in row.actor for row in moved)


@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize(
    ("by", "code"),
    [
        (Actor("sklad", Role.WAREHOUSE), "authority.missing"),
        (Actor("sysadmin", Role.IT), "authority.missing"),
        (SERVICE, "authority.missing"),
        (replace(ANNA, personal=False), "authority.nameless"),
    ],
)
def test_only_who_may_sign_decides(desk: Desk, bank: PretendBank, decision: Any, by: Actor, code: str) -> None:
    order_id = given_up(desk, bank)
    with pytest.raises(Refused) as refused:
        decide(desk, decision, order_id, by=by)
    assert refused.value.code == code
    terms = replace(TERMS, signers=frozenset({Role.DIRECTOR}))
    with desk.store.unit(ANNA) as unit, pytest.raises(Refused) as refused:
        decision(unit, terms, order_id, "почему", desk.row(order_id).version)
    assert refused.value.code == "outgoing.not_a_signer"


@pytest.mark.parametrize("decision", DECISIONS)
def test_nothing_is_decided_before_it_is_asked(desk: Desk, bank: PretendBank, decision: Any) -> None:
    order_id = desk.approved()
    bank.drop = 99
    for count in (0, 1, 1):
        rounds(desk, bank, count)
        with pytest.raises(Refused) as refused:
            decide(desk, decision, order_id)
        assert refused.value.code == "outgoing.not_absent"
    rounds(desk, bank, 6)
    with pytest.raises(Conflict):
        decide(desk, decision, order_id, version=1)
    with pytest.raises(Refused) as refused:
        decide(desk, decision, order_id, note="  ")
    assert refused.value.code == "outgoing.no_reason"
    decide(desk, decision, order_id)
    with pytest.raises(Refused) as refused:
        decide(desk, decision, order_id)
    assert refused.value.code == "outgoing.not_absent", "one question, one answer"


@pytest.mark.parametrize("asked_before", [False, True])
def test_an_order_whose_signer_is_gone_is_a_persons_to_end(desk: Desk, bank: PretendBank, asked_before: bool) -> None:
    order_id = desk.approved()
    bank.drop = 99
    rounds(desk, bank, 6 if asked_before else 1)
    tries = len(bank.tries)
    desk.now_is(ZIMIN, None)
    desk.let_in(OWNER)
    if not asked_before:
        with pytest.raises(Refused) as refused:
            decide(desk, pay_out_absent.did_not_go, order_id, by=OWNER)
        assert refused.value.code == "outgoing.not_absent", "the bank was not asked yet"
    rounds(desk, bank, 3)
    assert len(bank.tries) == tries
    assert alarms_of(desk) == ["outgoing.absent", "outgoing.signature_lapsed"]
    assert desk.events(order_id).count("absent") == 1
    with pytest.raises(Refused) as refused:
        decide(desk, pay_out_absent.send_again, order_id, by=OWNER)
    assert refused.value.code == "outgoing.signature_lapsed", "one word is no second signature"
    decide(desk, pay_out_absent.did_not_go, order_id, by=OWNER)
    rounds(desk, bank, 2)
    assert (desk.state(order_id), len(bank.tries), alarms_of(desk)) == (OrderState.REFUSED, tries, [])


def test_each_fall_of_a_signature_is_told(desk: Desk, bank: PretendBank) -> None:
    order_id = desk.approved()
    bank.drop = 99
    rounds(desk, bank, 1)
    for fall in (1, 2):
        desk.now_is(ZIMIN, None)
        rounds(desk, bank, 2)
        assert "outgoing.signature_lapsed" in alarms_of(desk)
        assert desk.events(order_id).count("held") == fall
        desk.now_is(ZIMIN, Role.DIRECTOR)
        rounds(desk, bank, 1)
        assert len(bank.tries) == 1 + fall, "it goes again once the signature counts"
        assert alarms_of(desk) == ["outgoing.unknown_outcome"]


def test_a_question_is_over_once_the_order_goes_again(desk: Desk, bank: PretendBank) -> None:
    """Somebody raises `resends` in the profile while a person is asked."""
    order_id = given_up(desk, bank)
    bank.drop, bank.lose, bank.says = 0, 1, Delivery.ABSENT
    rounds(desk, bank, 1, resends=4)
    assert order_id in bank.has and alarms_of(desk) == ["outgoing.unknown_outcome"]
    with pytest.raises(Refused) as refused:
        decide(desk, pay_out_absent.did_not_go, order_id)
    assert refused.value.code == "outgoing.not_absent"
    rounds(desk, bank, 3, resends=4)
    assert (desk.events(order_id).count("absent"), alarms_of(desk)) == (2, ["outgoing.absent"])


@pytest.mark.parametrize("code", ["2203", "12"])
def test_a_no_to_a_repeated_try_says_nothing_of_the_first(desk: Desk, bank: PretendBank, code: str) -> None:
    order_id = desk.approved()
    bank.lose, bank.says = 1, Delivery.ABSENT
    rounds(desk, bank, 1)
    bank.refuse = Refused("bank.response_refused", bank_code=code, text="no")
    rounds(desk, bank, 2)
    row = desk.row(order_id)
    assert (row.state, row.bank_code, row.bank_text) == (OrderState.UNKNOWN, code, "no")
    assert tasks_of(desk) == []
    rounds(desk, bank, 9)
    assert (desk.state(order_id), len(bank.tries), alarms_of(desk)) == ("unknown", 4, ["outgoing.absent"])
    bank.says = Delivery.ARRIVED
    rounds(desk, bank, 1)
    assert desk.state(order_id) == OrderState.SENT


@pytest.mark.parametrize("reason", ["AM05", "DU01", "DU04"])
@pytest.mark.parametrize("copies", [1, 2])
def test_a_duplicate_is_a_refusal_only_of_what_went_once(
    desk: Desk, bank: PretendBank, reason: str, copies: int
) -> None:
    order_id = desk.approved()
    bank.lose = 1
    rounds(desk, bank, 1)
    if copies == 2:
        bank.says, bank.lose = Delivery.ABSENT, 1
        rounds(desk, bank, 1)
    say(desk, report(order_id, "RJCT", reason))
    assert desk.state(order_id) == ("refused" if copies == 1 else "sent")
    assert desk.row(order_id).bank_code == "RJCT"
    say(desk, report(order_id, "RJCT", "AC04"))
    assert desk.state(order_id) == "refused", "what it refuses for a reason of its own, it refuses"


@pytest.mark.parametrize(("copies", "state"), [(1, "refused"), (2, "sent")])
def test_so_says_directbank(desk: Desk, copies: int, state: str) -> None:
    bank = PretendBank("directbank:x")
    order_id = desk.approved()
    bank.says = Delivery.ABSENT
    for _ in range(copies):
        bank.lose = 1
        rounds(desk, bank, 1, customer_id="c")
    told = notice(desk.row(order_id).document_id, "2203", "Дубль документа по реквизитам", error=True)
    say(desk, told, channel=bank.name, kind="directbank.status")
    assert (desk.state(order_id), len(bank.tries)) == (state, copies)
