"""A company that brokers loans, with the API over it and one token of each role."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from gateway.api.app import create_app
from gateway.api.room import Broker
from gateway.api.tokens import PERSONAL_ROLES, create_user
from gateway.core.authority import Actor, Role
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.flows.terms import OwnCompany, Terms
from gateway.loans import access, dated, documents, shops
from gateway.loans.applying import NewApplication, apply
from gateway.loans.documents import Kind
from gateway.loans.lenders.standing import Keys
from gateway.loans.shops import ShopEvent
from gateway.loans.tariffs import Tariff
from gateway.matching.decision import Policy
from gateway.payments.outgoing.model import Payee
from gateway.settlement import register, statements
from gateway.settlement.model import LineKind, NewLine, Party, PartyKind
from gateway.settlement.terms import SettlementTerms
from gateway.store import Store, Unit
from tests.loans.house import FRIDGE, PHONE, TERMS, House, lender_terms, new_shop
from tests.loans.paperwork import PDF, Paperwork
from tests.payments.outgoing.desk import PAYEE
from tests.payments.outgoing.desk import TERMS as PAYING

TITLES = {"soap": "Банк «Мыло»", "rest": "Банк «Отдых»"}


def payee_of(unit: Unit, party: Party) -> Payee:
    """Every shop is paid to one account."""
    if party.id == "nobody":
        raise Refused("settlement.not_found", id=party.id)
    return PAYEE


BROKER = Broker(TERMS, SettlementTerms(PAYING, payee_of), TITLES)


class Lending:
    """The house, its papers and its API.

    Attributes:
        told: how often the service was told that something is to leave for a lender; asked: that one is to be asked.
        keys: what the vault holds, by lender; everything for those who are not in it.
    """

    def __init__(self, folder: Path, empty_database: Path) -> None:
        shutil.copyfile(empty_database, folder / "kvit.db")
        self.house = House(folder)
        self.papers = Paperwork(self.house)
        self.told = self.asked = 0
        self.keys: dict[str, Keys] = {}
        with self.house.store.unit(Actor("root", Role.IT)) as unit:
            self.tokens = {r.value: create_user(unit, f"user-{r.value}", r.value, "ru") for r in PERSONAL_ROLES}
            unit.commit()
        terms = Terms(own=OwnCompany("ООО «Квит»", "7701000000"), policy=Policy())
        broker = replace(
            BROKER, tell_lenders=self._tell, ask_lenders=self._ask, keys=lambda key: self.keys.get(key, Keys())
        )
        self.app: FastAPI = create_app(self.house.store, terms, Resting(), lambda: None, "0.1.0", broker=broker)
        self.url = ""
        self._clients: list[httpx.Client] = []

    def _tell(self) -> None:
        self.told += 1

    def _ask(self) -> None:
        self.asked += 1

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self.app.state.events.close()
        self.house.close()

    def of(self, role: str) -> httpx.Client:
        """A client that carries the token of a role."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        # No TLS on loopback: to load the authorities would cost 30 ms of each client.
        made = httpx.Client(base_url=self.url, headers=headers, trust_env=False, verify=False, timeout=30)
        self._clients.append(made)
        return self._clients[-1]


class Resting:
    """A daemon that does nothing."""

    def bank(self) -> tuple[()]:
        return ()

    def components(self) -> tuple[()]:
        return ()

    def cycle_age(self) -> float | None:
        return 1.0


def credit(store: Store) -> dict[str, list[str]]:
    """A shop with an application and a statement in an empty company; ids by name of the path parameter."""
    with store.unit(Actor("director", Role.DIRECTOR)) as unit:
        shop_id = shops.register(unit, new_shop())
        person = access.give(unit, shop_id, Role.SHOP_MANAGER, "Олег")
        dated.set_tariff(unit, "", "", date(2026, 1, 1), Tariff(percent=Decimal("2.5")))
        for lender in TERMS.lenders:
            dated.set_lender_terms(unit, lender_terms(lender))
        shops.move(unit, shop_id, ShopEvent.ACTIVATE)
        unit.commit()
    with store.unit() as unit:
        loan = apply(unit, TERMS, NewApplication(shop_id, "", PHONE, basket=(FRIDGE,), months=12, region="77"))
        paper = documents.keep(unit, TERMS, loan.id, Kind.OTHER, "скан.pdf", PDF)
        party = Party(PartyKind.SHOP, shop_id)
        sums = (Money(100_00), Money(10_00), Money(90_00), Money.zero())
        about = ("e", "loan_agreement:x", "КД-1", date(2026, 11, 1))
        line_id = register.append(unit, NewLine(LineKind.LOAN, party, *about, *sums))
        statement_id = statements.open_period(unit, party, "Магазин", date(2026, 11, 20))
        unit.commit()
    assert statement_id is not None
    return {
        "shop_id": [shop_id],
        "access_id": [person.id],
        "loan_id": [loan.id],
        "document_id": [paper],
        "line_id": [line_id],
        "statement_id": [statement_id],
    }


def good(reply: httpx.Response) -> Any:
    """The body of an answer that must be a success."""
    assert reply.status_code == 200, reply.text
    return reply.json()


def refused(reply: httpx.Response, status: int = 422) -> str:
    """The code of an answer that must be a refusal."""
    assert reply.status_code == status, reply.text
    return str(reply.json()["error"]["code"])
