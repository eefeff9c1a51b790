"""Credit broking as IT sets it up: configuration, secrets, shops and terms from files, and the service at work."""

from __future__ import annotations

import json
import socket
import time
import tomllib
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from gateway.core.authority import Actor, Role
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.requisites import with_key
from gateway.core.vat import VatKind
from gateway.loans import applications, callbacks, questionnaire, submission
from gateway.loans.access import enter
from gateway.loans.applying import NewApplication, apply
from gateway.loans.callbacks import CallResult
from gateway.loans.lenders.ports import BasketLine
from gateway.loans.payees import payee_of
from gateway.loans.sandbox.control import REST, SOAP, LenderSandbox
from gateway.loans.sandbox.server import LenderServer
from gateway.loans.tables import decisions, shop_tariffs
from gateway.orders.tables import buyers
from gateway.payments.outgoing.model import OutgoingTerms
from gateway.service.config import Home, load_config, terms_of
from gateway.service.config_loans import return_terms
from gateway.service.daemon import Daemon
from gateway.service.loan_files import shop_of, terms_of_file
from gateway.service.wiring import open_installation
from gateway.settlement.terms import SettlementTerms
from tests.loans.house import ANSWERS
from tests.service.conftest import Kvit

INNS = {SOAP: "7707083893", REST: "7710140679"}
CALLER = Actor("Катя", Role.CALL_CENTRE)
SHOP = f"""
key = "mebel"
name = 'ООО "Мебель"'
inn = "7728168971"
kpp = "772801001"
account = "{with_key("40702810000000000123", "044525225")}"
bic = "044525225"
bank_name = "Банк"
corr_account = "30101810400000000225"
email = "shop@mebel.example"
phone = "+74951234567"
region = "77"
sites = ["https://mebel.example"]
risk_limit = "150000"
contract = "№ 5 от 01.11.2026"
"""
TERMS = """
[[tariff]]
from = 2026-01-01
percent = "2.5"
least = "100"
most = "5000"

[[tariff]]
shop = "mebel"
lender = "sandbox-rest"
from = 2026-02-01
percent = "1"
visits = true

[[signing]]
way = "courier"
from = 2026-01-01
cost = "1500"
partner = "Курьер"
"""
LENDER = """
[[lender]]
lender = "{key}"
from = 2026-01-01
least = "3000"
most = "500000"
months = [6, 12]
rate = "24.9"
"""


def configured(home: Path, urls: dict[str, str], web: str = "") -> None:
    """A home of a company that brokers for both sandbox lenders."""
    text = (home / "kvit.toml").read_text(encoding="utf-8")
    text += '\n[loans]\nvat = "5"\npoll_every_s = 1\n'
    for key, url in urls.items():
        protocol, user = key.removeprefix("sandbox-"), 'user = "kvit"\n' if key == SOAP else ""
        text += f'\n[[lender]]\nkey = "{key}"\nprotocol = "{protocol}"\nname = "ООО {key}"\ninn = "{INNS[key]}"\n'
        text += f'url = "{url}"\n{user}'
    (home / "kvit.toml").write_text(text + web, encoding="utf-8")


URLS = {SOAP: "https://broker.example/loans", REST: "https://bank.example/v1"}


def test_the_settings_become_terms(home: Path) -> None:
    configured(home, URLS)
    installation = open_installation(Home(home))
    try:
        loans = installation.terms.loans
        assert loans is not None
        assert (loans.lenders, loans.vat, loans.vat_percent) == ((SOAP, REST), VatKind.SIMPLIFIED, 5)
        assert installation.terms.policy.payout_partners == dict.fromkeys(INNS.values(), "loan")
        sealed = loans.sealer.seal("loan:1:buyer", {"phone": "+79161234567"})
    finally:
        installation.close()
    again = open_installation(Home(home))
    try:
        assert again.terms.loans is not None
        assert again.terms.loans.sealer.open("loan:1:buyer", sealed) == {"phone": "+79161234567"}, "the key is kept"
    finally:
        again.close()


def test_where_a_lender_gets_money_of_returned_goods(home: Path) -> None:
    configured(home, URLS)
    file, account = home / "kvit.toml", with_key("40702810000000000123", "044525225")
    text = file.read_text(encoding="utf-8")
    told = f'number = "{account}"\nbic = "044525225"\ncorr_account = "30101810400000000225"\n'
    file.write_text(f"{text}deducts_returns = true\n[lender.account]\n{told}", encoding="utf-8")
    tables = load_config(Home(home)).lender
    terms = return_terms(SettlementTerms(OutgoingTerms("ООО", "", "", {}), payee_of), tables)
    assert {key: (payee.account, payee.inn) for key, payee in terms.lenders.items()} == {REST: (account, INNS[REST])}
    assert terms.deducting == {REST}
    file.write_text(f"{text}[lender.account]\n{told.replace('123', '124')}", encoding="utf-8")
    with pytest.raises(Refused, match="check digit"):
        load_config(Home(home))


def test_a_company_without_loans_has_no_terms_and_no_key(home: Path) -> None:
    assert load_config(Home(home)).loans is None
    assert terms_of(load_config(Home(home))).loans is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[web]\nurl = "https://credit.example"\n', "[loans]"),
        ('[loans]\n[web]\nurl = "http://credit.example"\n', "https"),
        ('[loans]\n[web]\nurl = "https://credit.example"\nkey = "k.pem"\n', "belong together"),
        ('[loans]\nvat = "18"\n', "vat"),
        ('[loans]\n[[lender]]\nkey = "a"\nprotocol = "rest"\nname = "А"\ninn = "1"\nurl = "https://a"\n', "ИНН"),
        (
            '[loans]\n[[lender]]\nkey = "a"\nprotocol = "soap"\nname = "А"\ninn = "7707083893"\nurl = "https://a"\n',
            "user",
        ),
    ],
)
def test_wrong_settings_are_named(home: Path, text: str, says: str) -> None:
    file = home / "kvit.toml"
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        load_config(Home(home))
    assert refused.value.code == "config.invalid"
    assert says in refused.value.text("en")


def test_a_lenders_secret_goes_into_the_vault_and_nowhere_else(kvit: Kvit, home: Path) -> None:
    configured(home, URLS)
    before = kvit("lender", "list", "--home", home, "--json").json["lenders"]
    assert [(one["key"], one["token"], one["hints"]) for one in before] == [(SOAP, False, False), (REST, False, False)]
    until = ("--until", "2027-03-31")
    said = kvit("lender", "token", SOAP, *until, "--stdin", "--home", home, input="very-secret-token\n")
    assert said.code == 0
    assert kvit("lender", "token", SOAP, "--hints", "--stdin", "--home", home, input="other-secret\n").code == 0
    after = kvit("lender", "list", "--home", home, "--json")
    kept = after.json["lenders"][0]
    assert (kept["token"], kept["until"], kept["hints"]) == (True, "2027-03-31", True)
    assert kvit("lender", "token", SOAP, "--until", "31.03.2027", "--stdin", "--home", home, input="x\n").code == 2
    assert "secret" not in said.out + said.err + after.out
    for file in home.rglob("*"):
        assert not file.is_file() or b"very-secret-token" not in file.read_bytes()
    assert kvit("lender", "token", SOAP, "--stdin", "--home", home, input="another-token\n").code == 0
    assert kvit("lender", "list", "--home", home, "--json").json["lenders"][0]["until"] == ""  # of the one before
    assert kvit("lender", "token", "nobody", "--stdin", "--home", home, input="x\n").code == 1
    assert kvit("lender", "token", SOAP, "--stdin", "--home", home, input="\n").code == 1


def test_shops_and_terms_come_from_files(kvit: Kvit, home: Path, tmp_path: Path) -> None:
    configured(home, URLS)
    kvit("user", "add", "Борис", "--role", "director", "--home", home)
    kvit("user", "add", "Марк", "--role", "manager", "--home", home)
    shop, terms = tmp_path / "shop.toml", tmp_path / "terms.toml"
    shop.write_text(SHOP, encoding="utf-8")
    terms.write_text(TERMS + LENDER.format(key=REST), encoding="utf-8")
    assert kvit("shop", "put", shop, "--by", "Марк", "--home", home).code == 1, "a manager takes no shop in"
    made = kvit("shop", "put", shop, "--by", "Борис", "--home", home, "--json").json
    assert (made["key"], made["state"], made["new"]) == ("mebel", "new", True)
    assert kvit("shop", "put", shop, "--activate", "--by", "Борис", "--home", home).code == 1, "no tariff yet"
    assert kvit("shop", "terms", terms, "--by", "Борис", "--home", home, "--json").json == {
        "tariffs": 2, "signing": 1, "lenders": 1,
    }  # fmt: skip
    token = kvit("shop", "access", "mebel", "shop_manager", "Ольга", "--by", "Борис", "--home", home)
    again = kvit("shop", "put", shop, "--activate", "--by", "Борис", "--home", home, "--json").json
    assert (again["id"], again["state"], again["new"]) == (made["id"], "active", False)
    listed = kvit("shop", "list", "--home", home, "--json").json["shops"]
    assert [(one["key"], one["state"]) for one in listed] == [("mebel", "active")]
    assert "mebel" in kvit("shop", "list", "--home", home).out
    page = tmp_path / "annex.html"
    assert kvit("shop", "annex", "mebel", "--out", page, "--home", home, "--json").json["key"] == "mebel"
    assert "Возьмите паспорт в руки" in page.read_text(encoding="utf-8")
    assert kvit("shop", "annex", "mebel", "--out", tmp_path / "no" / "annex.html", "--home", home).code == 1
    assert kvit("shop", "annex", "nobody", "--out", page, "--home", home).code == 1
    installation = open_installation(Home(home))
    try:
        with installation.store.reading() as connection:
            entrant = enter(connection, installation.store.company, token.out.strip())
            tariffs = [row.percent for row in connection.execute(select(shop_tariffs))]
    finally:
        installation.close()
    assert entrant is not None
    assert (entrant.actor.name, entrant.actor.party) == ("Ольга", made["id"])
    assert sorted(tariffs) == ["1", "2.5"]


@pytest.mark.parametrize(
    "content", ["inn = 5", "[[tariff]]\npercent = '2'", "[[signing]]\nfrom = 2026-01-01\nway = 'pigeon'", "= no toml"]
)
def test_a_wrong_file_is_refused_by_name(kvit: Kvit, home: Path, tmp_path: Path, content: str) -> None:
    configured(home, URLS)
    kvit("user", "add", "Борис", "--role", "director", "--home", home)
    file = tmp_path / "wrong.toml"
    file.write_text(content, encoding="utf-8")
    for command in ("put", "terms"):
        answer = kvit("shop", command, file, "--by", "Борис", "--home", home)
        assert answer.code == 1
        assert "kvit" in answer.err.lower() or "toml" in answer.err.lower()


def test_files_say_what_they_mean() -> None:
    shop = shop_of(tomllib.loads(SHOP))
    assert (shop.risk_limit, shop.sites, shop.own) == (Money(150_000_00), ("https://mebel.example",), False)
    found = terms_of_file(tomllib.loads(TERMS))
    assert [(one.shop, one.lender, str(one.tariff.percent)) for one in found.tariffs] == [
        ("", "", "2.5"),
        ("mebel", "sandbox-rest", "1"),
    ]
    assert found.tariffs[0].tariff.most == Money(5_000_00)
    assert [one.tariff.visits for one in found.tariffs] == [False, True]
    assert found.signing[0].cost == Money(1_500_00)


def test_a_period_is_closed_by_whom_may(kvit: Kvit, home: Path) -> None:
    configured(home, URLS)
    for name, role in (("Анна", "accountant"), ("Марк", "manager")):
        kvit("user", "add", name, "--role", role, "--home", home)
    said = kvit("settlement", "close", "--until", "2026-10-31", "--by", "Анна", "--home", home, "--json").json
    assert said == {"parties": 0, "statements": 0, "lines": 0, "sent": 0}
    assert kvit("settlement", "close", "--until", "yesterday", "--by", "Анна", "--home", home).code == 2
    assert kvit("settlement", "close", "--until", "2026-10-31", "--by", "Nobody", "--home", home).code == 1


def test_the_service_sends_an_application_and_hears_of_the_answer(kvit: Kvit, home: Path, tmp_path: Path) -> None:
    sandbox = LenderSandbox.create(tmp_path / "lenders")
    for key in (SOAP, REST):
        sandbox.arrange(key, policy="approve")
    kvit("user", "add", "Борис", "--role", "director", "--home", home)
    shop, terms = tmp_path / "shop.toml", tmp_path / "terms.toml"
    shop.write_text(SHOP, encoding="utf-8")
    terms.write_text(TERMS + LENDER.format(key=REST) + LENDER.format(key=SOAP), encoding="utf-8")
    with LenderServer(tmp_path / "lenders") as server:
        port = _free_port()
        sandbox.send_hints_to(f"http://127.0.0.1:{port}/lender/{{lender}}/hint")
        web = f'\n[web]\nurl = "http://127.0.0.1:{port}"\nport = {port}\n'
        configured(home, {key: server.url(key) for key in (SOAP, REST)}, web)
        for key in (SOAP, REST):
            account = sandbox.account(key)
            kvit("lender", "token", key, "--stdin", "--home", home, input=account.token + "\n")
            kvit("lender", "token", key, "--hints", "--stdin", "--home", home, input=account.hint_secret + "\n")
        kvit("shop", "put", shop, "--by", "Борис", "--home", home)
        kvit("shop", "terms", terms, "--by", "Борис", "--home", home)
        kvit("shop", "access", "mebel", "shop_manager", "Ольга", "--by", "Борис", "--home", home)
        assert kvit("shop", "put", shop, "--activate", "--by", "Борис", "--home", home).code == 0
        daemon = Daemon(open_installation(Home(home)))
        daemon.start()
        try:
            application_id = _submitted(daemon)
            _until(daemon, application_id, {"sent", "approved"})
            states = _until(daemon, application_id, {"approved"})
            page = httpx.get(f"http://127.0.0.1:{port}/shop/login", timeout=10)
        finally:
            daemon.stop()
    assert states == {SOAP: "approved", REST: "approved"}
    assert page.status_code == 200
    assert json.loads((home / "run" / "due-lenders.json").read_text(encoding="utf-8"))


def _submitted(daemon: Daemon) -> str:
    loans = daemon.terms.loans
    assert loans is not None
    store = daemon.store
    with store.reading() as connection:
        known = {row.outer_id: row.inn for row in connection.execute(select(buyers))}
        shop_id = connection.execute(select(shop_tariffs.c.shop_id).where(shop_tariffs.c.shop_id != "")).scalar_one()
    assert known == {f"lender:{key}": inn for key, inn in INNS.items()}
    fridge = BasketLine("Холодильник", "appliances", 1000, Money(4_599_000), Money(4_599_000))
    new = NewApplication(
        shop_id, "125", "+79161231234", basket=(fridge,), goods=Money(4_599_000), down=Money(599_000), months=12
    )
    with store.unit(CALLER) as unit:
        done = apply(unit, loans, new)
        callbacks.take(unit, loans, done.id)
        callbacks.record(unit, loans, done.id, CallResult.REACHED)
        questionnaire.save(unit, loans, done.id, ANSWERS)
        questionnaire.consent(unit, loans, done.id)
        row = applications.load(unit, done.id)
        submission.submit(unit, loans, row.id, [SOAP, REST])
        unit.commit()
    return done.id


def _until(daemon: Daemon, application_id: str, wanted: set[str]) -> dict[str, str]:
    """The lenders' decisions, once all are among the wanted, or after a while."""
    ends = time.monotonic() + 60
    while True:
        with daemon.store.reading() as connection:
            found = {
                row.lender: row.state
                for row in connection.execute(select(decisions).where(decisions.c.application_id == application_id))
            }
        if set(found.values()) <= wanted or time.monotonic() > ends:
            return found
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
