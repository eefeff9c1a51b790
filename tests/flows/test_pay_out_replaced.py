"""An order that was ended turns up at the bank: what was made in its place waits for a person who knows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.core.catalogue import entries as sentences
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.flows import pay_out_absent
from gateway.payments.outgoing import service
from gateway.payments.outgoing.model import NeedsConfirming, OrderDraft, OrderState
from tests.flows.pay_out_bank import PretendBank
from tests.flows.test_pay_out import alarms_of, bank, desk, empty_database
from tests.flows.test_pay_out_absent import decide, given_up, rounds
from tests.flows.test_pay_out_told import deliver, report, say
from tests.payments.outgoing.desk import ANNA, OTHER_ACCOUNT, TERMS, ZIMIN, Desk, debit, draft

__all__ = ["bank", "desk", "empty_database"]
OTHER_REASON = "Оплата по счету № 9 от 21.11.2026"


def ended(desk: Desk, bank: PretendBank) -> str:
    order_id = given_up(desk, bank)
    decide(desk, pay_out_absent.did_not_go, order_id)
    bank.drop = 0
    return order_id


def turn_up(desk: Desk, order_id: str, how: str) -> None:
    if how == "debit":
        deliver(desk, debit(e2e=order_id))
    else:
        say(desk, report(order_id, how))


@pytest.mark.parametrize("how", ["ACCP", "ACSC", "PDNG", "debit"])
@pytest.mark.parametrize("like", ["number", "reason"])
def test_the_replacement_is_held_until_it_is_signed_anew(desk: Desk, bank: PretendBank, how: str, like: str) -> None:
    old = ended(desk, bank)
    other = draft(number=desk.row(old).number, purpose=OTHER_REASON) if like == "number" else draft(number="77")
    again = desk.approved(other)
    turn_up(desk, old, how)
    rounds(desk, bank, 3)
    assert (desk.state(again), again in bank.has) == (OrderState.WAITING, False)
    assert desk.events(again).count("lapse") == 1
    assert "outgoing.replaces_turned_up" in alarms_of(desk)
    desk.clock.advance(timedelta(minutes=1))
    desk.approve(again)
    rounds(desk, bank, 1)
    assert (desk.state(again), "outgoing.replaces_turned_up" in alarms_of(desk)) == (OrderState.SENT, False)


def test_a_second_word_about_the_same_order_asks_no_second_time(desk: Desk, bank: PretendBank) -> None:
    old = ended(desk, bank)
    again = desk.approved(draft(number="77"))
    turn_up(desk, old, "PDNG")
    rounds(desk, bank, 1)
    desk.approve(again)
    turn_up(desk, old, "ACSC")
    turn_up(desk, old, "debit")
    rounds(desk, bank, 1)
    assert desk.state(again) == OrderState.SENT
    assert desk.events(old).count("turned_up") == 1
    assert "api.outgoing_event.turned_up" in sentences()


def test_withdrawing_the_replacement_ends_its_alarm(desk: Desk, bank: PretendBank) -> None:
    old = ended(desk, bank)
    again = desk.approved(draft(number="77"))
    turn_up(desk, old, "ACCP")
    rounds(desk, bank, 1)
    assert alarms_of(desk) == ["outgoing.replaces_turned_up", "outgoing.turned_up"]
    with desk.store.unit(ANNA) as unit:
        service.withdraw(unit, TERMS, again, "прежнее дошло", desk.row(again).version)
        unit.commit()
    assert alarms_of(desk) == ["outgoing.turned_up"], "that of the old one is about what the bank has"


@pytest.mark.parametrize(
    "other",
    [
        draft(number="77", amount=Money(1_00)),
        draft(number="77", payee_account=OTHER_ACCOUNT),
        draft(number="77", purpose=OTHER_REASON),
    ],
    ids=["sum", "payee", "reason and number"],
)
def test_what_is_no_replacement_goes(desk: Desk, bank: PretendBank, other: OrderDraft) -> None:
    old = ended(desk, bank)
    again = desk.approved(other)
    turn_up(desk, old, "ACCP")
    rounds(desk, bank, 1)
    assert desk.state(again) == OrderState.SENT


def test_a_debit_the_bank_had_refused_holds_its_replacement_too(desk: Desk, bank: PretendBank) -> None:
    old = desk.approved()
    bank.refuse = Refused("bank.response_refused", bank_code="12", text="Schema validation failed")
    rounds(desk, bank, 1)
    bank.refuse = None
    again = desk.approved(draft(number="77"))
    turn_up(desk, old, "debit")
    rounds(desk, bank, 1)
    assert (desk.state(again), again in bank.has) == (OrderState.WAITING, False)


def test_a_replacement_whose_first_try_was_lost_does_not_go_again(desk: Desk, bank: PretendBank) -> None:
    old = ended(desk, bank)
    again = desk.approved(draft(number="77"))
    bank.drop = 1
    rounds(desk, bank, 1)
    turn_up(desk, old, "ACCP")
    tries = len(bank.tries)
    rounds(desk, bank, 3)
    assert (desk.state(again), len(bank.tries)) == (OrderState.UNKNOWN, tries)
    with pytest.raises(Refused) as refused:
        decide(desk, pay_out_absent.send_again, again)
    assert refused.value.code == "outgoing.signature_lapsed"
    decide(desk, pay_out_absent.did_not_go, again)
    assert desk.state(again) == OrderState.REFUSED


def test_whoever_signs_is_warned_of_the_order_it_replaces(desk: Desk, bank: PretendBank) -> None:
    old = ended(desk, bank)

    def warned(wanted: OrderDraft) -> set[str]:
        with desk.store.unit(ANNA) as unit:
            return {w.code for w in service.check(unit, TERMS, wanted).warnings} & {
                "outgoing.replaces",
                "outgoing.duplicate",
            }

    assert warned(draft(number="77")) == {"outgoing.replaces"}
    assert warned(draft(number=desk.row(old).number, purpose=OTHER_REASON)) == {"outgoing.replaces"}
    assert warned(draft(number="77", purpose=OTHER_REASON)) == set()
    again = desk.propose(draft(number="77"))
    turn_up(desk, old, "ACCP")
    assert warned(draft(number="78")) == {"outgoing.duplicate"}
    with desk.store.unit(ZIMIN) as unit, pytest.raises(NeedsConfirming) as needs:
        service.approve(unit, TERMS, again, desk.row(again).version, ["outgoing.new_payee", "outgoing.replaces"])
    assert "outgoing.duplicate" in {w.code for w in needs.value.warnings}
