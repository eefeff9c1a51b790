"""Two people, their limits and what they must have read before they sign."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from gateway.core import catalogue
from gateway.core.authority import SERVICE, Actor, Role
from gateway.core.errors import Conflict, KvitError, Refused
from gateway.core.money import Money
from gateway.payments.outgoing import service
from gateway.payments.outgoing.model import NeedsConfirming, OrderState
from gateway.payments.outgoing.tables import payment_order_events
from gateway.store.schema import journal
from tests.payments.outgoing.desk import (
    ALL,
    ANNA,
    BORIS,
    DRAFT,
    OWNER,
    PAYEE,
    TERMS,
    TODAY,
    ZIMIN,
    Desk,
    draft,
)

SIGNING = {Role.ACCOUNTANT, Role.DIRECTOR, Role.OWNER}


def refusal(call: object, *given: object, **named: object) -> KvitError:
    assert callable(call)
    with pytest.raises(KvitError) as caught:
        call(*given, **named)
    return caught.value


@pytest.mark.parametrize("role", list(Role))
def test_who_may_propose_and_who_signs_by_it(desk: Desk, role: Role) -> None:
    actor = Actor("somebody", role)
    if role in SIGNING:
        assert desk.state(desk.propose(by=actor)) == OrderState.WAITING
    elif role is Role.SERVICE:
        assert desk.state(desk.propose(replace(DRAFT, source="1c"), by=actor)) == OrderState.DRAFT
    else:
        assert refusal(desk.propose, by=actor).code == "authority.missing"


@pytest.mark.parametrize(("role", "act"), list(product(Role, ("approve", "reject", "withdraw"))))
def test_who_may_do_what_to_a_waiting_order(desk: Desk, role: Role, act: str) -> None:
    order_id = desk.propose()
    actor = Actor("somebody", role)
    with desk.store.unit(actor) as unit:
        call = {
            "approve": lambda: service.approve(unit, TERMS, order_id, 1, ALL),
            "reject": lambda: service.reject(unit, TERMS, order_id, "не наш долг", 1),
            "withdraw": lambda: service.withdraw(unit, TERMS, order_id, "передумали", 1),
        }[act]
        if role in SIGNING or (role is Role.SERVICE and act == "withdraw"):
            expected = {"approve": "approved", "reject": "rejected", "withdraw": "withdrawn"}[act]
            assert call().state == expected
        else:
            assert refusal(call).code == "authority.missing"


def test_two_people_and_only_then(desk: Desk) -> None:
    order_id = desk.propose(by=ANNA)
    assert desk.approve(order_id, by=BORIS).state == OrderState.APPROVED
    row = desk.row(order_id)
    assert [(a["by"], a["role"]) for a in json.loads(row.approvals)] == [
        ("ivanova", "accountant"),
        ("belov", "accountant"),
    ]
    assert (row.approved_on, row.version) == (TODAY.isoformat(), 2)
    assert desk.events(order_id) == ["proposed", "approve"]


@pytest.mark.parametrize(
    "again", [ANNA, Actor("Ivanova", Role.ACCOUNTANT), Actor(" ivanova ", Role.DIRECTOR), Actor("IVANOVA", Role.OWNER)]
)
def test_one_person_is_one_signature_whatever_the_role(desk: Desk, again: Actor) -> None:
    order_id = desk.propose(by=ANNA)
    assert refusal(desk.approve, order_id, by=again).code == "outgoing.same_person"
    assert desk.state(order_id) == OrderState.WAITING


def test_what_came_from_1c_needs_two_signatures_besides(desk: Desk) -> None:
    order_id = desk.propose(replace(DRAFT, source="1c", source_id="5"), by=SERVICE)
    assert desk.approve(order_id, by=ANNA).state == OrderState.WAITING
    assert refusal(desk.approve, order_id, by=ANNA).code == "outgoing.same_person"
    assert desk.approve(order_id, by=ZIMIN).state == OrderState.APPROVED


def test_who_signs_is_a_setting(tmp_path: Path) -> None:
    desk = Desk(tmp_path, replace(TERMS, signers=frozenset({Role.DIRECTOR, Role.OWNER})))
    order_id = desk.propose(by=ANNA)
    assert desk.state(order_id) == OrderState.DRAFT, "an accountant's proposal is no signature then"
    assert refusal(desk.approve, order_id, by=BORIS).code == "outgoing.not_a_signer"
    with desk.store.unit(BORIS) as unit:
        assert refusal(service.reject, unit, desk.terms, order_id, "нет", 1).code == "outgoing.not_a_signer"
    desk.approve(order_id, by=ZIMIN)
    assert desk.approve(order_id, by=OWNER).state == OrderState.APPROVED
    desk.close()


def test_over_the_order_limit_two_accountants_are_not_enough(desk: Desk) -> None:
    order_id = desk.propose(draft(amount=Money(100_000_01)))
    error = refusal(desk.approve, order_id, by=BORIS)
    assert (error.code, error.values["about"]) == ("outgoing.over_limit", "amount")
    assert "100" in error.text("ru") and "{" not in error.text("ru") + error.hint("en")
    assert desk.state(order_id) == OrderState.WAITING
    assert desk.approve(order_id, by=ZIMIN).state == OrderState.APPROVED


def test_exactly_the_limit_is_within_it(desk: Desk) -> None:
    assert desk.approve(desk.propose(draft(amount=Money(100_000_00))), by=BORIS).state == OrderState.APPROVED


def test_the_directors_proposal_covers_the_accountants_signature(desk: Desk) -> None:
    order_id = desk.propose(draft(amount=Money(900_000_00)), by=ZIMIN)
    assert desk.approve(order_id, by=ANNA).state == OrderState.APPROVED


def test_the_day_limit_adds_up_and_ends_with_the_day(desk: Desk) -> None:
    for number in range(2):
        one = desk.propose(draft(amount=Money(100_000_00), purpose=f"Счёт № {number}, без НДС"))
        desk.approve(one, by=BORIS)
    third = desk.propose(draft(amount=Money(50_000_01), purpose="Счёт № 3, без НДС"))
    assert refusal(desk.approve, third, by=BORIS).code == "outgoing.over_limit"
    fourth = desk.propose(draft(amount=Money(50_000_00), purpose="Счёт № 4, без НДС"))
    assert desk.approve(fourth, by=BORIS).state == OrderState.APPROVED, "to the kopeck"
    desk.clock.at = desk.clock.at.replace(day=24)
    assert desk.approve(third, by=BORIS).state == OrderState.APPROVED


def test_what_the_director_signed_does_not_eat_the_accountants_day(desk: Desk) -> None:
    big = desk.propose(draft(amount=Money(900_000_00)))
    desk.approve(big, by=ZIMIN)
    small = desk.propose(draft(amount=Money(1_00), purpose="Счёт № 3, без НДС"))
    assert desk.approve(small, by=BORIS).state == OrderState.APPROVED


def test_a_withdrawn_order_gives_its_sum_back_to_the_day(desk: Desk) -> None:
    ids = []
    for number in range(2):
        ids.append(desk.propose(draft(amount=Money(100_000_00), purpose=f"Счёт № {number}, без НДС")))
        desk.approve(ids[-1], by=BORIS)
    with desk.store.unit(ANNA) as unit:
        service.withdraw(unit, TERMS, ids[0], "ошибка", 2)
        unit.commit()
    again = desk.propose(draft(amount=Money(100_000_00), purpose="Счёт № 7, без НДС"))
    assert desk.approve(again, by=BORIS).state == OrderState.APPROVED


def test_a_stale_version_is_a_conflict(desk: Desk) -> None:
    order_id = desk.propose(replace(DRAFT, source="1c"), by=SERVICE)
    desk.approve(order_id, by=ANNA)
    for act in ("approve", "reject", "withdraw"):
        with desk.store.unit(ZIMIN) as unit, pytest.raises(Conflict) as caught:
            if act == "approve":
                service.approve(unit, TERMS, order_id, 1, ALL)
            else:
                getattr(service, act)(unit, TERMS, order_id, "почему", 1)
        assert caught.value.code == "outgoing.changed"


def test_twelve_hands_at_once_make_one_transition(desk: Desk) -> None:
    order_id = desk.propose(by=ANNA)
    outcomes: list[str] = []
    start = threading.Barrier(12)

    def sign(number: int) -> None:
        start.wait()
        try:
            desk.approve(order_id, by=Actor(f"signer-{number}", Role.DIRECTOR), version=1)
            outcomes.append("signed")
        except Conflict as error:
            outcomes.append(error.code)

    hands = [threading.Thread(target=sign, args=(number,)) for number in range(12)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(outcomes) == ["outgoing.changed"] * 11 + ["signed"]
    assert desk.events(order_id) == ["proposed", "approve"]
    assert len(json.loads(desk.row(order_id).approvals)) == 2


def test_no_and_why(desk: Desk) -> None:
    order_id = desk.propose()
    with desk.store.unit(ZIMIN) as unit:
        assert refusal(service.reject, unit, TERMS, order_id, "  ", 1).code == "outgoing.no_reason"
        row = service.reject(unit, TERMS, order_id, "не наш долг", 1)
        unit.commit()
    assert (row.state, row.ended_by, row.note) == ("rejected", "zimin", "не наш долг")
    assert refusal(desk.approve, order_id, by=BORIS).code == "state.illegal"


def test_an_approved_order_may_be_withdrawn_and_nothing_else(desk: Desk) -> None:
    order_id = desk.approved()
    with desk.store.unit(ZIMIN) as unit:
        assert refusal(service.reject, unit, TERMS, order_id, "нет", 2).code == "state.illegal"
        assert service.withdraw(unit, TERMS, order_id, "передумали", 2).state == OrderState.WITHDRAWN


def test_warnings_are_confirmed_by_their_names(desk: Desk) -> None:
    error = refusal(desk.propose, confirmed=())
    assert isinstance(error, NeedsConfirming)
    assert [w.code for w in error.warnings] == ["outgoing.new_payee"]
    assert isinstance(refusal(desk.propose, confirmed=("outgoing.duplicate",)), NeedsConfirming)
    order_id = desk.propose(confirmed=("outgoing.new_payee",))
    with desk.store.unit(ZIMIN) as unit:
        second = refusal(service.approve, unit, TERMS, order_id, 1)
        assert isinstance(second, NeedsConfirming), "each signer reads for himself"
    desk.approve(order_id)
    assert [a["confirmed"] for a in json.loads(desk.row(order_id).approvals)] == [["outgoing.new_payee"]] * 2


def test_every_change_is_in_the_journal_and_in_a_history_nobody_can_edit(desk: Desk) -> None:
    order_id = desk.approved()
    with desk.store.reading() as connection:
        kinds = connection.execute(select(journal.c.kind).where(journal.c.subject == f"payment_order:{order_id}"))
        assert list(kinds.scalars()) == ["payment_order.moved"] * 2
    for statement in (
        "UPDATE payment_order_events SET actor = 'nobody'",
        "DELETE FROM payment_order_events",
        "INSERT OR REPLACE INTO payment_order_events SELECT * FROM payment_order_events",
    ):
        with desk.store.unit() as unit, pytest.raises(DatabaseError, match="append-only"):
            unit.connection.execute(text(statement))
    with desk.store.reading() as connection:
        actors = connection.execute(select(payment_order_events.c.actor, payment_order_events.c.role)).all()
    assert [tuple(actor) for actor in actors] == [("ivanova", "accountant"), ("zimin", "director")]


def test_the_same_source_is_one_order(desk: Desk) -> None:
    wanted = replace(DRAFT, source="1c", source_id="ПП 5/2026")
    first = desk.propose(wanted, by=SERVICE)
    desk.clock.at = desk.clock.at.replace(day=25)
    assert desk.propose(wanted, by=SERVICE) == first
    error = refusal(desk.propose, replace(wanted, amount=Money(1_00)), by=SERVICE)
    assert error.code == "outgoing.source_taken"
    with desk.store.unit(ANNA) as unit:
        service.withdraw(unit, TERMS, first, "ошибка в сумме", 1)
        unit.commit()
    assert desk.propose(wanted, by=SERVICE) == first, "what was withdrawn does not come back by itself"
    second = desk.propose(replace(wanted, amount=Money(1_00)), by=SERVICE)
    assert second != first and desk.row(second).state == "draft"


def test_numbers_are_given_in_order_and_taken_once(desk: Desk) -> None:
    numbers = [
        desk.row(desk.propose(draft(purpose=f"Счёт № {n}, без НДС", number=given))).number
        for n, given in enumerate(["", "2", "", "", "000004"])
    ]
    assert numbers == ["1", "2", "3", "4", "000004"]
    error = refusal(desk.propose, draft(purpose="Счёт № 9, без НДС", number="2"))
    assert (error.code, error.values["about"]) == ("outgoing.number_taken", "number")
    rejected = desk.propose(draft(purpose="Счёт № 10, без НДС", number="77"))
    with desk.store.unit(ZIMIN) as unit:
        service.reject(unit, TERMS, rejected, "нет", 1)
        unit.commit()
    assert desk.row(desk.propose(draft(purpose="Счёт № 11, без НДС", number="77"))).number == "77"


def test_an_order_that_waited_too_long_cannot_be_signed(desk: Desk) -> None:
    order_id = desk.propose()
    desk.clock.at = desk.clock.at.replace(month=12, day=10)
    assert refusal(desk.approve, order_id).code == "outgoing.date"


def test_a_proposal_that_is_wrong_is_refused_by_its_first_error(desk: Desk) -> None:
    error = refusal(desk.propose, draft(payee_inn="7704596182"))
    assert isinstance(error, Refused) and error.code == "requisites.inn"
    assert error.values == {"value": "7704596182", "about": "payee.inn"}


def test_check_tells_everything_and_keeps_nothing(desk: Desk) -> None:
    with desk.store.unit(ANNA) as unit:
        told = service.check(unit, TERMS, draft(purpose="За товар", vat=""))
        fine = service.check(unit, TERMS, DRAFT)
    assert [e.code for e in told.errors] == ["outgoing.no_vat"] and told.warnings == ()
    assert fine.errors == () and [w.code for w in fine.warnings] == ["outgoing.new_payee"]
    assert fine.draft.purpose.endswith("НДС (22%) 2200-00")


def test_a_draft_comes_back_from_its_row_as_it_was(desk: Desk) -> None:
    row = desk.row(desk.propose())
    with desk.store.unit(ANNA) as unit:
        whole = service.check(unit, TERMS, DRAFT).draft
    assert service.draft_of(row) == replace(whole, number="1", vat="")
    assert service.draft_of(row).payee == PAYEE


def test_every_state_has_a_name_people_read() -> None:
    for state in OrderState:
        assert catalogue.sentence(f"outgoing.state_{state}", "ru", {})[0].islower()
