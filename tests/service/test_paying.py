"""Payment orders through the real channel to the sandbox bank: written, signed, uploaded, followed to the statement."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy import select

from gateway.api.tokens import create_user
from gateway.bank.sandbox.control import BIC as SANDBOX_BIC
from gateway.core.authority import Actor, Role
from gateway.core.money import Money
from gateway.core.requisites import with_key
from gateway.flows.pay_out import Route, send_waiting
from gateway.payments.outgoing import service
from gateway.payments.outgoing.model import Limit, OrderDraft, OwnAccount, Payee
from gateway.payments.outgoing.tables import payment_orders
from gateway.service.config import Config
from gateway.service.daemon import SENDING, Daemon
from gateway.service.paying import routes_of
from gateway.service.rounds import bank_round
from gateway.service.scheduler import JsonDueTimes
from gateway.service.wiring import open_banks
from gateway.store.schema import AnyRow
from tests.payments.outgoing.desk import let_in
from tests.service.bank_house import House

ANNA, BORIS = Actor("Анна", Role.ACCOUNTANT), Actor("Борис", Role.DIRECTOR)
BIC = "044525225"
WARNINGS = ("outgoing.new_payee", "outgoing.lookalike", "outgoing.duplicate")


class Payer:
    """Somebody who pays through the house's bank."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.store = house.installation.store
        self.banks = open_banks(house.installation)
        own = {number: OwnAccount(number, SANDBOX_BIC) for number in self.banks[0].table.accounts}
        terms = house.installation.terms
        self.terms = replace(terms, outgoing=replace(terms.outgoing, accounts=own))
        self._number = 0
        let_in(self.store, ANNA, BORIS)

    def propose(self, inn: str = "7707083893") -> str:
        """An order one person signed."""
        self._number += 1
        account = with_key(f"40702810000000000{self._number:03d}", BIC)
        payee = Payee("ООО «Багет-Опт»", inn, "", account, BIC, "ПАО Сбербанк", "30101810400000000225")
        purpose = f"Оплата по счёту № {self._number}. НДС не облагается"
        draft = OrderDraft(self.banks[0].table.accounts[0], payee, Money(1_000_00 + self._number), purpose)
        with self.store.unit(ANNA) as unit:
            order_id = service.propose(unit, self.terms.outgoing, draft, WARNINGS)
            unit.commit()
        return order_id

    def sign(self, inn: str = "7707083893") -> str:
        """An order two people signed."""
        order_id = self.propose(inn)
        with self.store.unit(BORIS) as unit:
            service.approve(unit, self.terms.outgoing, order_id, 1, WARNINGS)
            unit.commit()
        return order_id

    def send(self, routes: dict[str, Route] | None = None) -> None:
        send_waiting(self.store, self.terms, routes or routes_of(self.banks))

    def poll(self) -> None:
        self.house.sandbox.process()
        done = bank_round(self.store, self.terms, self.banks[0].channel)
        assert done.polled.error is None and not done.polled.refused

    def until(self, order_id: str, state: str, rounds: int = 6, routes: dict[str, Route] | None = None) -> AnyRow:
        for _ in range(rounds):
            if self.row(order_id).state == state:
                break
            self.send(routes)
            self.poll()
        row = self.row(order_id)
        assert row.state == state
        return row

    def row(self, order_id: str) -> AnyRow:
        with self.store.reading() as connection:
            return connection.execute(select(payment_orders).where(payment_orders.c.id == order_id)).one()


@pytest.fixture
def payer(house: House) -> Iterator[Payer]:
    made = Payer(house)
    yield made
    for bank in made.banks:
        bank.channel.close()


@pytest.mark.parametrize("order_format", ["pain.001.001.03", "pain.001.001.09"])
def test_from_two_signatures_to_the_debit_line(payer: Payer, order_format: str) -> None:
    order_id = payer.sign()
    payer.send(
        {account: replace(route, order_format=order_format) for account, route in routes_of(payer.banks).items()}
    )
    row = payer.row(order_id)
    assert (row.state, row.format) == ("sent", order_format)
    row = payer.until(order_id, "executed")
    assert row.entry_id and row.bank_code, "the bank has said something, and the statement proved it"
    (order,) = payer.house.sandbox.orders()
    assert str(order_id) in str(order.values())


def test_the_bank_refuses_and_says_why(payer: Payer) -> None:
    payer.house.sandbox.behave("order-refused")
    row = payer.until(payer.sign(), "refused")
    assert row.bank_code and row.bank_text


def test_the_bank_gives_the_money_back(payer: Payer) -> None:
    payer.house.sandbox.behave("order-returned")
    order_id = payer.sign()
    row = payer.until(order_id, "returned")
    assert row.entry_id and row.return_entry_id


def test_an_order_that_never_arrived_goes_again_under_the_same_id(payer: Payer) -> None:
    payer.house.sandbox.behave("order-not-received")
    order_id = payer.sign()
    payer.terms = replace(payer.terms, outgoing=replace(payer.terms.outgoing, absent_after_s=0))
    payer.send()
    payer.send()
    assert payer.row(order_id).state == "unknown", "the bank may still be at work on it: its profile says how long"
    routes = {account: replace(r, absent_after=timedelta(0)) for account, r in routes_of(payer.banks).items()}
    payer.until(order_id, "executed", routes=routes)
    assert len(payer.house.sandbox.orders()) == 1


def test_the_answer_is_lost_and_the_bank_is_asked(payer: Payer) -> None:
    payer.house.sandbox.behave("order-lost-reply")
    order_id = payer.sign()
    payer.send()
    assert payer.row(order_id).state == "unknown"
    payer.until(order_id, "executed")
    assert len(payer.house.sandbox.orders()) == 1, "one order at the bank"


def config(text: str) -> Config:
    company = '[company]\nkey = "k"\nname = "ООО"\nbic = "044525225"\ncorr_account = "30101810400000000225"\n'
    return Config.model_validate(tomllib.loads("format = 1\n" + company + text))


def test_outgoing_settings() -> None:
    from gateway.service.config import terms_of

    bank = '[[bank]]\nprofile = "p"\ncustomer_id = "c"\naccounts = ["40702810000000000001"]\n'
    plain = terms_of(config(bank)).outgoing
    assert plain.limits == {Role.ACCOUNTANT: Limit(Money(100_000_00), Money(500_000_00))}
    assert plain.accounts["40702810000000000001"].bic == "044525225"
    assert plain.signers == {Role.ACCOUNTANT, Role.DIRECTOR, Role.OWNER}
    more = (
        '[outgoing]\nsigners = ["director", "owner"]\nduplicate_days = 7\n[outgoing.limits.director]\norder = 5\n'
        '[[outgoing.account]]\nnumber = "40702810000000000002"\nbic = "044525593"\n'
    )
    other = terms_of(config(more + bank)).outgoing
    assert other.limits == {Role.DIRECTOR: Limit(Money(5_00), None)}
    assert (other.duplicate_days, other.accounts["40702810000000000002"].bic) == (7, "044525593")
    assert other.signers == {Role.DIRECTOR, Role.OWNER}


@pytest.mark.parametrize(
    "wrong",
    [
        '[outgoing]\nsigners = ["warehouse"]\n',
        "[outgoing]\nsigners = []\n",
        "[outgoing.limits.accountant]\norder = -1\n",
        "[outgoing.limits.accountant]\norder = 1.5\n",
        '[[outgoing.account]]\nnumber = "1"\nbic = "044525593"\n',
        "[outgoing]\nsend_every_s = 0\n",
    ],
)
def test_wrong_outgoing_settings(wrong: str) -> None:
    with pytest.raises(ValidationError):
        config(wrong)


def test_the_second_signature_wakes_the_sender_of_the_service(payer: Payer) -> None:
    """By its schedule alone it would look for signed orders in an hour."""
    house, order_id = payer.house.installation, payer.propose()
    with house.store.unit(Actor("root", Role.IT)) as unit:
        token = create_user(unit, "Вера", "director")
        unit.commit()
    rare = house.config.outgoing.model_copy(update={"send_every_s": 3600})
    free = house.config.api.model_copy(update={"port": 0})
    config = house.config.model_copy(update={"outgoing": rare, "api": free})
    due = JsonDueTimes(house.home.run / "due-bank.json")
    due.save({SENDING: house.clock.now() + timedelta(hours=1)})
    daemon = Daemon(replace(house, config=config, terms=payer.terms))
    daemon.start()
    try:
        answer = httpx.post(
            f"{daemon.url}/v1/outgoing/{order_id}/approve",
            json={"confirmed": list(WARNINGS)},
            headers={"Authorization": f"Bearer {token}", "If-Match": '"1"'},
            trust_env=False,
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        end = time.monotonic() + 30
        while payer.row(order_id).state in ("approved", "sending") and time.monotonic() < end:
            time.sleep(0.05)
        assert payer.row(order_id).sent_at
    finally:
        daemon.stop()
