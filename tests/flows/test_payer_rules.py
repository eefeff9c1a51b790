"""Rules of payers as people make and revoke them, and what they do to money that comes and that waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.core.authority import Actor, Role
from gateway.core.errors import Conflict, Refused
from gateway.core.money import Money
from gateway.flows import by_hand, payer_rules
from gateway.flows.payer_rules import Payer
from gateway.matching import rule_rows
from gateway.matching.rule_rows import SqlRules
from gateway.matching.rules import MemoryRules, payer_key
from gateway.matching.tables import payer_rules as rule_table
from gateway.orders.model import Buyer
from gateway.orders.tables import invoices, releases
from gateway.payments.tables import payments
from gateway.store.schema import journal
from tests.flows.shop import ACCOUNTANT, BUYER, MANAGER, OTHER, TERMS, Shop
from tests.flows.test_paid_to_pick import one

FRIEND = Buyer("", "ul", "ООО «Омега»", "6312000014", "631201001")
COLLEAGUE = Actor("sidorova", Role.ACCOUNTANT)
BANK = Buyer("", "ul", "ПАО СБЕРБАНК//ИВАНОВ ИВАН ИВАНОВИЧ//", "7707083893")
DAY = date(2026, 11, 23)


def learn(shop: Shop, payment: str, party: str = BUYER.inn, *, actor: Actor = ACCOUNTANT, **more: object) -> str:
    with shop.store.unit(actor) as unit:
        rule_id = payer_rules.learn(unit, TERMS, payment, party, **more)
        unit.commit()
    return rule_id


def revoke(shop: Shop, rule_id: str, version: int | None = None, actor: Actor = ACCOUNTANT) -> None:
    with shop.store.unit(actor) as unit:
        payer_rules.revoke(unit, TERMS, rule_id, version, "больше не платит")
        unit.commit()


def refused(shop: Shop, payment: str, party: str = BUYER.inn, **more: object) -> str:
    with pytest.raises(Refused) as caught:
        learn(shop, payment, party, **more)
    return caught.value.code


def paid_by_a_friend(shop: Shop, purpose: str = "Оплата по счету СР-101", kopecks: int = 200_000) -> str:
    shop.deliver(shop.line(kopecks, purpose, payer=FRIEND))
    return shop.rows(payments)[-1].id


@pytest.fixture
def trade(shop: Shop) -> Shop:
    """Goods, and an order each of two buyers."""
    shop.goods("a4", main=50)
    shop.order("СР-101", {"a4": 2})
    shop.order("СР-102", {"a4": 3})
    shop.order("СР-201", {"a4": 4}, buyer=OTHER)
    return shop


def test_a_rule_learned_from_a_payment_credits_the_next_one_and_releases_when_a_person_says_so(trade: Shop) -> None:
    first = paid_by_a_friend(trade)
    assert one(trade.rows(payments)).state == "needs_person"
    with trade.store.unit(ACCOUNTANT) as unit:
        by_hand.allocate(unit, TERMS, first, [(trade.rows(invoices)[0].id, Money(200_000))], "директор один")
        payer_rules.learn(unit, TERMS, first, BUYER.inn, note="директор один")
        unit.commit()
    second = paid_by_a_friend(trade, "Оплата по счету СР-102", 300_000)
    row = trade.rows(payments)[-1]
    assert (row.state, row.outcome, row.allocated) == ("auto", "third_party_rule", 300_000)
    assert len(trade.rows(releases)) == 1  # the first, which a person allocated
    with trade.store.unit(ACCOUNTANT) as unit:
        by_hand.confirm_release(unit, TERMS, second)
        unit.commit()
    assert len(trade.rows(releases)) == 2


def test_money_that_waits_is_looked_at_again_when_its_rule_comes(trade: Shop) -> None:
    waiting = paid_by_a_friend(trade, "Оплата по счету СР-102", 300_000)
    elsewhere = paid_by_a_friend(trade, "Оплата по счету СР-201", 400_000)
    rule_id = learn(trade, waiting)
    states = {row.id: row.state for row in trade.rows(payments)}
    assert states == {waiting: "auto", elsewhere: "needs_person"}
    made = one(trade.rows(rule_table))
    assert (made.id, made.payer_inn, made.payer_account, made.party) == (rule_id, FRIEND.inn, "", BUYER.inn)
    assert (made.since, made.made_by, made.payment_id) == ("2026-11-23", "accountant:ivanova", waiting)
    assert (made.payer_name, made.buyer_name) == (FRIEND.name, BUYER.name)
    assert one(trade.rows(journal, kind="payer_rule.made")).subject == f"payer_rule:{rule_id}"


def test_what_a_person_decided_stays_when_a_rule_comes(trade: Shop) -> None:
    aside = paid_by_a_friend(trade, "Оплата по счету СР-102", 300_000)
    with trade.store.unit(ACCOUNTANT) as unit:
        by_hand.mark_not_ours(unit, TERMS, aside, "refund")
        unit.commit()
    taken_back = paid_by_a_friend(trade, "Оплата по счету СР-101")
    with trade.store.unit(ACCOUNTANT) as unit:
        event = by_hand.allocate(unit, TERMS, taken_back, [(trade.rows(invoices)[0].id, Money(1))])
        unit.commit()
    with trade.store.unit(ACCOUNTANT) as unit:
        by_hand.undo(unit, TERMS, event)
        unit.commit()
    learn(trade, taken_back)
    assert {row.id: row.state for row in trade.rows(payments)} == {aside: "not_ours", taken_back: "needs_person"}


def test_a_revoked_rule_is_asked_no_more_and_what_it_credited_stays(trade: Shop) -> None:
    first = paid_by_a_friend(trade)
    rule_id = learn(trade, first)
    revoke(trade, rule_id)
    paid_by_a_friend(trade, "Оплата по счету СР-102", 300_000)
    assert [row.state for row in trade.rows(payments)] == ["auto", "needs_person"]
    made = one(trade.rows(rule_table))
    assert (made.revoked_by, made.version) == ("accountant:ivanova", 2)
    assert '"note":"больше не платит"' in one(trade.rows(journal, kind="payer_rule.revoked")).body


def test_a_rule_begins_on_its_day(trade: Shop) -> None:
    first = paid_by_a_friend(trade)
    learn(trade, first, since=date(2026, 11, 24))
    assert one(trade.rows(payments)).state == "needs_person"
    tomorrow = replace(trade.line(300_000, "Оплата по счету СР-102", payer=FRIEND), booked=date(2026, 11, 24))
    trade.deliver(tomorrow)
    assert trade.rows(payments)[-1].state == "auto"


def test_a_colleague_who_was_faster_is_named(trade: Shop) -> None:
    first = paid_by_a_friend(trade)
    rule_id = learn(trade, first)
    trade.clock.advance(timedelta(minutes=5))
    with pytest.raises(Conflict) as again:
        learn(trade, first, actor=COLLEAGUE)
    assert again.value.code == "rule.exists"
    assert again.value.values["by"] == "ivanova" and again.value.values["when"] == "23.11.2026 10:00"
    revoke(trade, rule_id, 1, COLLEAGUE)
    with pytest.raises(Conflict) as late:
        revoke(trade, rule_id, 1)
    assert late.value.code == "rule.changed"
    assert late.value.text("ru") == "Это правило уже отозвал sidorova (23.11.2026 10:05)."
    learn(trade, first)  # revoked, so it may be made anew


def test_a_rule_of_another_buyer_beside_it_makes_both_a_persons(trade: Shop) -> None:
    first = paid_by_a_friend(trade)
    learn(trade, first)
    learn(trade, first, OTHER.inn)
    paid_by_a_friend(trade, "Оплата по счету СР-102", 300_000)
    assert trade.rows(payments)[-1].state == "needs_person"


@pytest.mark.parametrize(
    ("payer", "change", "code"),
    [
        (BANK, {}, "rule.behind_a_bank"),
        (replace(FRIEND, name="АО «Расчёты»"), {"account": "30232810100000000001"}, "rule.behind_a_bank"),
        (replace(FRIEND, inn="7724490000"), {}, "rule.payout_partner"),
        (replace(FRIEND, inn="7701234560"), {}, "rule.own_money"),
        (replace(FRIEND, inn="0"), {"account": ""}, "rule.nobody"),
        (BUYER, {}, "rule.pays_for_himself"),
    ],
)
def test_for_some_payers_there_is_no_rule(trade: Shop, payer: Buyer, change: dict[str, str], code: str) -> None:
    terms = replace(TERMS, policy=replace(TERMS.policy, payout_partners={"7724490000": "post"}))
    line = trade.line(77_700, "за товар", payer=payer)
    trade.deliver(replace(line, counterparty=replace(line.counterparty, **change)), terms=terms)
    with trade.store.unit(ACCOUNTANT) as unit, pytest.raises(Refused) as caught:
        payer_rules.learn(unit, terms, one(trade.rows(payments)).id, BUYER.inn)
    assert caught.value.code == code
    assert trade.rows(rule_table) == []


def test_what_is_asked_for_must_be_there(trade: Shop) -> None:
    payment = paid_by_a_friend(trade)
    assert refused(trade, payment, "7799999999") == "rule.buyer_unknown"
    assert refused(trade, "nothing") == "payment.unknown"
    assert refused(trade, payment, actor=MANAGER) == "authority.missing"
    with pytest.raises(Refused) as caught:
        revoke(trade, "nothing")
    assert caught.value.code == "rule.unknown"
    rule_id = learn(trade, payment)
    with pytest.raises(Refused) as caught:
        revoke(trade, rule_id, actor=MANAGER)
    assert caught.value.code == "authority.missing"


@pytest.mark.parametrize(
    ("payer", "code"),
    [
        (Payer("ООО «Омега»", "6312000015", ""), "requisites.inn"),
        (Payer("ООО «Омега»", "", "4070281010000000090"), "rule.account_invalid"),
        (Payer("ООО «Омега»", "", ""), "rule.nobody"),
        (Payer("Банк", "", "30101810400000000225"), "rule.behind_a_bank"),
    ],
)
def test_a_rule_written_by_hand_is_checked(trade: Shop, payer: Payer, code: str) -> None:
    with trade.store.unit(ACCOUNTANT) as unit, pytest.raises(Refused) as caught:
        payer_rules.make(unit, TERMS, payer, BUYER.inn, DAY)
    assert caught.value.code == code


def test_a_rule_written_by_hand_counts_like_a_learned_one(trade: Shop) -> None:
    with trade.store.unit(ACCOUNTANT) as unit:
        payer_rules.make(unit, TERMS, Payer(" ООО «Омега» ", FRIEND.inn, ""), BUYER.inn, DAY, "по письму")
        unit.commit()
    paid_by_a_friend(trade)
    assert one(trade.rows(payments)).state == "auto"
    assert one(trade.rows(rule_table)).payment_id == ""


_INNS = st.sampled_from(["", "6312000014", "7728168971"])
_ACCOUNTS = st.sampled_from(["", "40702810100000000909", "40817810100000000707"])
_DAYS = st.integers(1, 5).map(lambda day: date(2026, 11, day))
_MADE = st.tuples(_INNS, _ACCOUNTS, st.sampled_from(["a", "b"]), _DAYS, st.booleans())


@given(made=st.lists(_MADE, max_size=6), asked=st.lists(st.tuples(_INNS, _ACCOUNTS, _DAYS), max_size=8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_finds_the_rules_that_memory_finds(shop: Shop, made: list, asked: list) -> None:
    with shop.store.unit() as unit:  # never committed: each example begins with no rules
        for inn, account, party, since, revoked in made:
            if rule_rows.same_in_force(unit, payer_key(inn, account), party) is not None:
                continue  # one at a time, see `rule.exists`
            rule_id = rule_rows.write(unit, payer_key(inn, account), "П", party, "Б", since)
            if revoked:
                row = rule_rows.load(unit, rule_id)
                assert row is not None
                rule_rows.revoke(unit, row)
        stored = unit.connection.execute(rule_table.select()).all()
        memory = MemoryRules(map(rule_rows.rule_of, stored))
        sql = SqlRules(unit.connection, unit.company)
        for inn, account, on in asked:
            assert list(sql.of(inn, account, on)) == list(memory.of(inn, account, on))
