"""A signature is worth what its person may do now: when the second one joins it, and when the order leaves."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from gateway.api.reads.outgoing import detail
from gateway.api.tokens import LOCAL_USER
from gateway.core.authority import SERVICE, Actor, Role
from gateway.core.money import Money
from gateway.flows.pay_out import Route, send_waiting
from gateway.payments.outgoing.limits import as_strong
from gateway.payments.outgoing.model import Limit, OutgoingTerms
from gateway.payments.outgoing.tables import payment_orders
from gateway.store.schema import dumps
from tests.flows.pay_out_bank import PretendBank
from tests.flows.test_pay_out import HOUSE, alarms_of
from tests.flows.test_pay_out_told import deliver
from tests.payments.outgoing.desk import ACCOUNT, ANNA, BORIS, DRAFT, OWNER, TERMS, ZIMIN, Desk, debit, draft

BIG = draft(amount=Money(900_000_00))


@dataclass(frozen=True)
class Change:
    """What happens to a signer after signing.

    Attributes:
        person, role: the role he has from now on; None when his access is taken away.
        terms: of the house from now on.
        why: the code of the reason the signature falls for; "" when it counts still.
    """

    person: Actor
    role: Role | None = None
    terms: OutgoingTerms = TERMS
    why: str = ""


def signers(*roles: Role) -> OutgoingTerms:
    return replace(TERMS, signers=frozenset(roles))


# Whose signature: ivanova is an accountant, zimin a director.
CHANGES = {
    "nothing": Change(ANNA, Role.ACCOUNTANT),
    "token made anew": Change(ZIMIN, Role.DIRECTOR),
    "access taken away": Change(ANNA, None, why="revoked"),
    "director's access taken away": Change(ZIMIN, None, why="revoked"),
    "now a storeman": Change(ANNA, Role.WAREHOUSE, why="role"),
    "now a manager": Change(ANNA, Role.MANAGER, why="role"),
    "now of IT": Change(ZIMIN, Role.IT, why="role"),
    "promoted": Change(ANNA, Role.DIRECTOR),
    "promoted to owner": Change(ZIMIN, Role.OWNER),
    "director is an accountant now": Change(ZIMIN, Role.ACCOUNTANT, why="weaker"),
    "accountants sign no longer": Change(ANNA, Role.ACCOUNTANT, signers(Role.DIRECTOR, Role.OWNER), "role"),
    "directors sign no longer": Change(ZIMIN, Role.DIRECTOR, signers(Role.ACCOUNTANT, Role.OWNER), "role"),
    "roles without limits are alike": Change(ZIMIN, Role.ACCOUNTANT, replace(TERMS, limits={})),
}


def happens(desk: Desk, change: Change) -> None:
    desk.now_is(change.person, change.role)
    desk.terms = change.terms


def signed_by(desk: Desk, order_id: str) -> list[str]:
    return [signature["by"] for signature in json.loads(desk.row(order_id).approvals)]


def send(desk: Desk, bank: PretendBank) -> int:
    return send_waiting(desk.store, replace(HOUSE, outgoing=desk.terms), {ACCOUNT: Route(bank)})


def reasons(desk: Desk, order_id: str, language: str) -> list[str]:
    with desk.store.reading() as connection:
        found = detail(connection, "test", order_id)
    assert found is not None
    return [line[f"text_{language}"] for line in found["history"] if line["event"] in ("lapse", "held")]


@pytest.mark.parametrize("name", CHANGES)
def test_at_the_second_signature(desk: Desk, name: str) -> None:
    change = CHANGES[name]
    order_id = desk.propose(by=change.person)
    happens(desk, change)
    row = desk.approve(order_id, by=OWNER)
    if not change.why:
        assert (row.state, signed_by(desk, order_id)) == ("approved", [change.person.name, "petrova"])
        assert "lapse" not in desk.events(order_id)
        return
    assert (row.state, signed_by(desk, order_id)) == ("waiting_approval", ["petrova"])
    assert desk.events(order_id) == ["proposed", "lapse", "sign"]
    assert send(desk, PretendBank()) == 0
    assert desk.state(order_id) == "waiting_approval"


@pytest.mark.parametrize("name", CHANGES)
def test_at_the_sending(desk: Desk, name: str) -> None:
    change, bank = CHANGES[name], PretendBank()
    order_id = desk.approved()  # by ivanova and zimin
    happens(desk, change)
    assert send(desk, bank) == 1, "it left, or it went back"
    if not change.why:
        assert desk.state(order_id) == "sent" and list(bank.has) == [order_id]
        return
    row = desk.row(order_id)
    others = [name for name in ("ivanova", "zimin") if name != change.person.name]
    assert (row.state, row.approved_on, row.approved_at) == ("waiting_approval", None, None)
    assert (signed_by(desk, order_id), bank.tries, bank.has) == (others, [], {})
    assert send(desk, bank) == 0 and alarms_of(desk) == []


@pytest.mark.parametrize(
    ("why", "ru", "en"),
    [("revoked", "отозван", "let in no longer"), ("role", "не подписывает", "signs"), ("weaker", "предел", "limit")],
)
def test_the_history_says_whose_signature_fell_and_why(desk: Desk, why: str, ru: str, en: str) -> None:
    change = next(c for c in CHANGES.values() if c.why == why and c.person == ZIMIN)
    order_id = desk.approved()
    happens(desk, change)
    send(desk, PretendBank())
    (told_ru,), (told_en,) = reasons(desk, order_id, "ru"), reasons(desk, order_id, "en")
    assert "zimin" in told_ru and ru in told_ru and "{" not in told_ru
    assert "zimin" in told_en and en in told_en and "{" not in told_en


def test_both_may_fall_and_the_order_is_signed_anew_and_leaves(desk: Desk) -> None:
    bank = PretendBank()
    order_id = desk.approved()
    desk.now_is(ANNA, None)
    desk.now_is(ZIMIN, Role.MANAGER)
    send(desk, bank)
    assert (desk.state(order_id), signed_by(desk, order_id)) == ("draft", [])
    assert desk.events(order_id)[-2:] == ["lapse", "lapse"]
    desk.approve(order_id, by=BORIS)
    desk.approve(order_id, by=OWNER)
    send(desk, bank)
    assert desk.state(order_id) == "sent" and list(bank.has) == [order_id]


def test_limits_that_were_lowered_take_the_last_signature(desk: Desk) -> None:
    bank = PretendBank()
    order_id = desk.propose(draft(amount=Money(90_000_00)))
    desk.approve(order_id, by=BORIS)
    desk.terms = replace(TERMS, limits={Role.ACCOUNTANT: Limit(order=Money(50_000_00))})
    send(desk, bank)
    assert (desk.state(order_id), signed_by(desk, order_id), bank.tries) == ("waiting_approval", ["ivanova"], [])
    desk.approve(order_id, by=ZIMIN)
    send(desk, bank)
    assert desk.state(order_id) == "sent"


def test_a_directors_later_order_does_not_take_the_accountants_signatures(desk: Desk) -> None:
    """It weighs on the accountants' day by the accountant who signed with him, as director has a limit here too."""
    limits = {**TERMS.limits, Role.DIRECTOR: Limit(order=Money(10_000_000_00))}
    desk.terms = replace(TERMS, limits=limits)
    first = desk.propose(draft(amount=Money(90_000_00)))
    desk.approve(first, by=BORIS)
    desk.clock.advance(timedelta(minutes=1))
    second = desk.propose(replace(BIG, purpose="Счёт № 9, без НДС", vat=""))
    desk.approve(second, by=ZIMIN)
    send(desk, PretendBank())
    assert (desk.state(first), desk.state(second)) == ("sent", "sent")


def test_the_machines_own_user_never_stands_for_a_person(desk: Desk) -> None:
    order_id = desk.approved()
    with desk.store.unit() as unit:
        signatures = [{**s, "by": LOCAL_USER} for s in json.loads(desk.row(order_id).approvals)]
        unit.update(payment_orders, order_id, approvals=dumps(signatures))
        unit.commit()
    desk.let_in(Actor(LOCAL_USER, Role.OWNER))
    bank = PretendBank()
    send(desk, bank)
    assert (desk.state(order_id), bank.tries) == ("draft", [])


@pytest.mark.parametrize("as_role", [Role.ACCOUNTANT, Role.OWNER], ids=["role-kept", "role-raised"])
def test_a_fallen_signature_put_back_past_the_program_opens_nothing(desk: Desk, as_role: Role) -> None:
    """The journal knows that it fell."""
    bank = PretendBank()
    order_id = desk.approved()
    before = desk.row(order_id)
    desk.now_is(ANNA, None)
    send(desk, bank)
    desk.now_is(ANNA, as_role)
    with desk.store.unit() as unit:
        kept = {name: before._mapping[name] for name in ("state", "approvals", "approved_on", "approved_at")}
        unit.update(payment_orders, order_id, **kept)
        unit.commit()
    send(desk, bank)
    assert (desk.state(order_id), bank.tries) == ("approved", [])
    assert alarms_of(desk) == ["outgoing.not_prepared"]


def test_what_the_bank_never_got_does_not_go_again_on_a_signature_that_fell(desk: Desk) -> None:
    bank = PretendBank()
    bank.drop = 1
    order_id = desk.approved()
    send(desk, bank)
    desk.now_is(ZIMIN, None)
    desk.clock.advance(timedelta(seconds=61))
    for _ in range(3):
        send(desk, bank)
    assert (desk.state(order_id), len(bank.tries)) == ("unknown", 1)
    assert desk.events(order_id).count("held") == 1
    assert "outgoing.signature_lapsed" in alarms_of(desk)
    assert "zimin" in reasons(desk, order_id, "ru")[0]
    desk.now_is(ZIMIN, Role.DIRECTOR)
    send(desk, bank)
    assert (desk.state(order_id), len(bank.tries), alarms_of(desk)) == ("sent", 2, [])
    assert len({content for _, content in bank.tries}) == 1


@pytest.mark.parametrize("told", ["arrived", "executed"])
def test_a_held_order_the_bank_has_after_all_is_held_no_longer(desk: Desk, told: str) -> None:
    bank = PretendBank()
    bank.drop = 1
    order_id = desk.approved()
    send(desk, bank)
    desk.now_is(ZIMIN, None)
    desk.clock.advance(timedelta(seconds=61))
    send(desk, bank)
    if told == "arrived":
        bank.has[order_id] = b""
        send(desk, bank)
    else:
        deliver(desk, debit(e2e=order_id))
    assert (desk.state(order_id), alarms_of(desk)) == ("sent" if told == "arrived" else "executed", [])


@pytest.mark.parametrize(
    ("role", "other", "wanted"),
    [
        (Role.ACCOUNTANT, Role.ACCOUNTANT, True),
        (Role.DIRECTOR, Role.ACCOUNTANT, True),
        (Role.ACCOUNTANT, Role.DIRECTOR, False),
        (Role.DIRECTOR, Role.OWNER, False),
        (Role.OWNER, Role.DIRECTOR, True),
    ],
)
def test_which_role_is_as_strong_as_which(role: Role, other: Role, wanted: bool) -> None:
    limits = {Role.ACCOUNTANT: Limit(Money(100), Money(200)), Role.DIRECTOR: Limit(Money(1000), Money(2000))}
    assert as_strong(replace(TERMS, limits=limits), role, other) is wanted


def test_a_stronger_order_limit_with_a_weaker_day_is_not_as_strong(desk: Desk) -> None:
    limits = {Role.ACCOUNTANT: Limit(Money(100), Money(200)), Role.DIRECTOR: Limit(Money(1000), Money(150))}
    terms = replace(TERMS, limits=limits)
    assert not as_strong(terms, Role.DIRECTOR, Role.ACCOUNTANT)
    assert not as_strong(terms, Role.ACCOUNTANT, Role.DIRECTOR)


def test_the_same_person_signs_again_after_his_own_signature_fell(desk: Desk) -> None:
    order_id = desk.propose(replace(DRAFT, source="1c"), by=SERVICE)
    desk.approve(order_id, by=ZIMIN)
    desk.now_is(ZIMIN, Role.ACCOUNTANT)
    row = desk.approve(order_id, by=replace(ZIMIN, role=Role.ACCOUNTANT))
    assert (row.state, signed_by(desk, order_id)) == ("waiting_approval", ["zimin"])
