"""The broker of the loans story: its settings, people, shops and terms, set up as IT and the director would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gateway.api.tokens import create_user
from gateway.core.authority import Actor, Role
from gateway.core.money import Money
from gateway.core.requisites import with_key
from gateway.flows.by_hand import set_release_mode
from gateway.loans import access, dated
from gateway.loans import shops as shop_room
from gateway.loans.dated import LenderTerms, SigningTerms
from gateway.loans.model import SigningWay
from gateway.loans.sandbox.control import LENDERS, REST, SOAP, LenderSandbox
from gateway.loans.schedule import DayCount
from gateway.loans.shops import NewShop, ShopEvent
from gateway.loans.tariffs import FeeBase, Tariff
from gateway.service.demo import shop as trade
from gateway.store import Store, Unit

BIC, BANK, CORR = "044525225", "ПАО Сбербанк", "30101810400000000225"
INNS: Mapping[str, str] = {SOAP: "9909100016", REST: "9909200003"}
ACCOUNTS: Mapping[str, str] = {
    SOAP: with_key("40702810000000000901", BIC),
    REST: with_key("40702810000000000902", BIC),
}

IT = Actor("demo", Role.IT)
DIRECTOR = Actor("Борис Директор", Role.DIRECTOR)
ACCOUNTANT = Actor("Анна Бухгалтер", Role.ACCOUNTANT)
MANAGER = Actor("Марк Менеджер", Role.MANAGER)
CALLER = Actor("Катя Звонкова", Role.CALL_CENTRE)
WAREHOUSE = Actor("Витя Кладовщик", Role.WAREHOUSE)
_PEOPLE = (DIRECTOR, ACCOUNTANT, MANAGER, CALLER, WAREHOUSE)

FURNITURE, ELECTRONICS, OWN = "mebel-dom", "tehnika-plus", "svetorama"
_VISIT = Money(1_500_00)
_SHOPS = (
    NewShop(
        key=FURNITURE,
        name="ООО «Мебельный Дом»",
        inn="9909300008",
        kpp="770501001",
        account=with_key("40702810000000000911", BIC),
        bic=BIC,
        bank_name=BANK,
        corr_account=CORR,
        email="buh@mebel-dom.example",
        phone="+7 495 000-11-01",
        region="77",
        sites=("https://mebel-dom.example",),
        contract="№ 5 от 01.10.2026",
    ),
    NewShop(
        key=ELECTRONICS,
        name="ООО «Техника Плюс»",
        inn="9909400002",
        kpp="770601001",
        account=with_key("40702810000000000912", BIC),
        bic=BIC,
        bank_name=BANK,
        corr_account=CORR,
        email="buh@tehnika-plus.example",
        phone="+7 495 000-11-02",
        region="77",
        sites=("https://tehnika-plus.example",),
        trusts_lender=True,
        risk_limit=Money(600_000_00),
        contract="№ 8 от 12.10.2026",
    ),
    NewShop(
        key=OWN,
        name=trade.NAME,
        inn=trade.INN,
        kpp=trade.KPP,
        account=with_key("40702810000000000001", BIC),
        bic=BIC,
        bank_name=BANK,
        corr_account=CORR,
        email="shop@svetorama.example",
        phone="+7 495 000-11-03",
        region="77",
        own=True,
        contract="собственный магазин",
    ),
)


@dataclass(frozen=True, slots=True)
class ShopDesk:
    """A shop and its people.

    Attributes:
        site_key: the secret of its site, "" where it has none.
    """

    id: str
    name: str
    manager: Actor
    clerk: Actor
    site_key: str


def settings_of(lenders: LenderSandbox, url_of: Callable[[str], str], port: int) -> str:
    """What a company that brokers for both sandbox lenders adds to kvit.toml."""
    tables = "".join(
        f"""
[[lender]]
key = "{key}"
protocol = "{key.removeprefix("sandbox-")}"
name = "{lenders.account(key).name}"
inn = "{INNS[key]}"
url = "{url_of(key)}"
{'user = "kvit"' if key == SOAP else "deducts_returns = true"}
[lender.account]
number = "{ACCOUNTS[key]}"
bic = "{BIC}"
bank = "{BANK}"
corr_account = "{CORR}"
"""
        for key in LENDERS
    )
    return f'\n[loans]\nvat = "standard"\n{tables}\n[web]\nurl = "http://127.0.0.1:{port}"\nport = {port}\n'


def furnish(store: Store, lenders: LenderSandbox, language: str, today: date) -> Mapping[str, ShopDesk]:
    """Let people in, take shops in, agree on terms; the shops' desks by key.

    The broker pays once the goods are handed over, and wants the money of returned goods sent; the bank pays before
    they go, and keeps that money from its next payment.
    """
    lenders.arrange(SOAP, pays="committed", returns="expect")
    lenders.arrange(REST, pays="signed", returns="deduct")
    with store.unit(IT) as unit:
        for person in _PEOPLE:
            create_user(unit, person.name, person.role, language)
        unit.commit()
    with store.unit(DIRECTOR) as unit:
        set_release_mode(unit, "automatic")
        _agree(unit, today)
        desks = {shop.key: _take_in(unit, shop, today) for shop in _SHOPS}
        unit.commit()
    return desks


def _agree(unit: Unit, today: date) -> None:
    """Terms with everybody: our fee, the ways of signing, what lenders lend for."""
    dated.set_tariff(unit, "", "", today, Tariff(percent=Decimal("2.5"), least=Money(300_00)))
    for way, cost, partner in (
        (SigningWay.COURIER, _VISIT, "Курьер «Гонец»"),
        (SigningWay.BRANCH, Money.zero(), "Отделения банка"),
    ):
        dated.set_signing_terms(unit, SigningTerms(way, "", "", today, True, cost, partner))
    for key, rate in ((SOAP, "24.9"), (REST, "35")):
        terms = LenderTerms(
            key, today, Money(3_000_00), Money(500_000_00), (6, 10, 12, 24), Decimal(rate), DayCount.MONTHS
        )
        dated.set_lender_terms(unit, terms)


def _take_in(unit: Unit, shop: NewShop, today: date) -> ShopDesk:
    shop_id = shop_room.register(unit, shop)
    if shop.key == FURNITURE:  # it sends couriers a lot, and bears what they cost
        dated.set_tariff(unit, shop_id, "", today, Tariff(FeeBase.GOODS, Decimal(3), most=Money(9_000_00), visits=True))
    if shop.own:
        shop_room.move(unit, shop_id, ShopEvent.ACTIVATE)
        return ShopDesk(shop_id, shop.name, MANAGER, MANAGER, "")
    given = {
        role: access.give(unit, shop_id, role, f"{name} ({shop.key})")
        for role, name in (
            (Role.SHOP_MANAGER, "Ольга"),
            (Role.SHOP_CLERK, "Зоя"),
            (Role.SHOP_SITE, "сайт"),
        )
    }
    shop_room.move(unit, shop_id, ShopEvent.ACTIVATE)
    people = {}
    for role, one in given.items():
        entrant = access.enter(unit.connection, unit.company, one.token)
        assert entrant is not None
        people[role] = entrant.actor
    return ShopDesk(
        shop_id,
        shop.name,
        people[Role.SHOP_MANAGER],
        people[Role.SHOP_CLERK],
        given[Role.SHOP_SITE].token,
    )
