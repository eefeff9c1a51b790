"""The whole house with a DirectBank bank: configured, opened, polled, examined, its evidence packed."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.bank.archive import raw_reply
from gateway.bank.bxd.profile import Profile
from gateway.bank.directbank.client import DirectBankChannel
from gateway.bank.directbank.memory import StoredMemory, waits_for_person
from gateway.bank.directbank.profile import DirectBankProfile
from gateway.bank.profiles import environment_of, load_profile
from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.enrol import Enrolment
from gateway.bank.sandbox.server import SandboxServer
from gateway.bank.tables import messages
from gateway.core.clock import business_date
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.service.account import operator
from gateway.service.config import PROGRAM_PROFILES, Home, load_config
from gateway.service.demo import shop as shops
from gateway.service.enrolment import Desk, enrol
from gateway.service.examination import trust
from gateway.service.examination.patient import Patient
from gateway.service.open_keys import VAULT_SERVICE
from gateway.service.rounds import bank_round
from gateway.service.setup import Company, make_home
from gateway.service.wiring import (
    Installation,
    memory_of,
    open_banks,
    open_installation,
    profile_of,
    prover_of,
    vault_of,
)
from gateway.signing.master_key import CREDENTIAL, new_master_key
from gateway.store.schema import alarms
from tests.service.conftest import Kvit

NAME = "directbank-sandbox"


@dataclass(frozen=True)
class Bank:
    """The running sandbox."""

    sandbox: Sandbox
    enrolment: Enrolment
    url: str


@dataclass
class Office:
    """A home whose only bank is the sandbox by DirectBank."""

    home: Home
    sandbox: Sandbox
    text: str
    table: dict[str, object] = field(default_factory=dict)
    password: str = ""

    def settings(self, **changes: object) -> None:
        """Write the [[bank]] table anew; None leaves a key out."""
        given = {**self.table, **changes}
        lines = [f"{name} = {json.dumps(value)}" for name, value in given.items() if value is not None]
        self.home.config_file.write_text(self.text + "\n[[bank]]\n" + "\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    folder = tmp_path_factory.mktemp("sandbox")
    sandbox, enrolment = Sandbox.create(folder)
    with SandboxServer(folder, port=0) as server:
        yield Bank(sandbox, enrolment, server.directbank_url)


@pytest.fixture(autouse=True)
def _honest_again(bank: Bank) -> Iterator[None]:
    yield
    bank.sandbox.calm()


@pytest.fixture
def office(tmp_path: Path, bank: Bank, monkeypatch: pytest.MonkeyPatch) -> Office:
    sandbox, enrolment, url = bank.sandbox, bank.enrolment, bank.url
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / CREDENTIAL).write_bytes(new_master_key())
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    home = Home(tmp_path / "home")
    make_home(home, Company(key="svetoram", name=enrolment.owner, inn=enrolment.inn, kpp=enrolment.kpp))
    (home.anchors / "sandbox-tls-root.pem").write_bytes(enrolment.tls_anchors)
    (home.anchors / "sandbox-signing-root.pem").write_bytes(enrolment.signing_anchors)
    vault = vault_of(home)
    vault.set_password(VAULT_SERVICE, f"{NAME}.login", enrolment.directbank_password)
    vault.set_password(VAULT_SERVICE, NAME, enrolment.passphrase)
    shipped = (PROGRAM_PROFILES / f"{NAME}.toml").read_text(encoding="utf-8")
    brisk = shipped.replace("first_days = 7", "first_days = 1").replace("answer_pause_s = 0.3", "answer_pause_s = 0.0")
    assert brisk != shipped
    (home.profiles / f"{NAME}.toml").write_text(brisk, encoding="utf-8")
    text = home.config_file.read_text(encoding="utf-8")
    table = {
        "profile": NAME,
        "customer_id": "0",
        "login": enrolment.directbank_login,
        "url": url,
        "accounts": list(enrolment.accounts),
    }
    (home.root / "customer.p12").write_bytes(enrolment.pkcs12)
    found = Office(home, sandbox, text, table, enrolment.directbank_password)
    found.settings()
    return found


@pytest.fixture
def installation(office: Office) -> Iterator[Installation]:
    opened = open_installation(office.home)
    yield opened
    opened.store.close()


def test_with_a_login_no_key_is_needed_and_money_comes_in(office: Office, installation: Installation) -> None:
    office.sandbox.pay(invoice="4711", amount=Money.parse("12.00"), payer="ООО «Багет»", notify=False)
    (opened,) = open_banks(installation)
    try:
        assert isinstance(opened.channel, DirectBankChannel) and opened.channel.certificate_expires is None
        assert opened.title("en") == "Sandbox bank (DirectBank)"
        done = bank_round(installation.store, installation.terms, opened.channel)
    finally:
        opened.channel.close()
    assert done.polled.error is None and done.polled.refused == []
    assert sum(taken.payments for _, taken in done.taken) == 1
    assert waits_for_person(memory_of(installation.store, opened.profile)) == {}
    with installation.store.reading() as connection:
        kept = connection.execute(select(messages)).all()
    assert {row.channel for row in kept} == {f"directbank:{NAME}"} and {row.evidence for row in kept} == {"signed"}


def test_what_is_stored_is_proved_again_without_channel_key_or_network(
    office: Office, installation: Installation
) -> None:
    office.sandbox.pay(invoice="4712", amount=Money.parse("13.00"), payer="ООО «Багет»", notify=False)
    (opened,) = open_banks(installation)
    bank_round(installation.store, installation.terms, opened.channel)
    opened.channel.close()
    office.home.vault_file.unlink()
    prove = prover_of(office.home, opened.table)
    with installation.store.reading() as connection:
        ids = connection.execute(select(messages.c.id)).scalars().all()
    assert ids
    for message_id in ids:
        reply = raw_reply(installation.store, message_id)
        assert prove(reply, reply.received_at).documents


def test_a_paid_order_is_released_and_its_evidence_holds(office: Office, tmp_path: Path) -> None:
    kvit, now = Kvit(), datetime.now(UTC)
    shop = shops.make_shop(business_date(now))
    for name, make in (("1", shops.catalogue_file), ("2", shops.offers_file), ("3", shops.orders_file)):
        (tmp_path / f"{name}.xml").write_bytes(make(shop, now))
    assert kvit("import", *sorted(tmp_path.glob("*.xml")), "--home", office.home.root).code == 0
    assert kvit("user", "add", "Пётр", "--role", "director", "--home", office.home.root).code == 0
    assert kvit("release", "automatic", "--by", "Пётр", "--yes", "--home", office.home.root).code == 0
    order = next(order for order in shop.orders if order.pieces <= 5 and not order.delivery)
    office.sandbox.pay(
        invoice=order.number,
        amount=order.amount,
        payer=order.customer.name,
        inn=order.customer.inn,
        account=order.customer.account,
        notify=False,
    )
    (polled,) = kvit("bank", "poll", "--home", office.home.root, "--json").json["polls"]
    assert polled["channel"] == f"directbank:{NAME}" and polled["result"] == "new"
    assert sum(message["released"] for message in polled["messages"]) == 1
    told = kvit("evidence", order.number, "--out", tmp_path / "e.zip", "--home", office.home.root, "--json")
    assert told.code == 0, told.err
    (message,) = told.json["messages"]
    assert message["holds"] is True and "Kvit Sandbox Bank" in message["signer"]
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        assert archive.read(f"certificates/{message['id']}.pem").startswith(b"-----BEGIN CERTIFICATE-----")


def test_profiles_are_listed_with_both_protocols(office: Office) -> None:
    listed = Kvit()("bank", "profiles", "--home", office.home.root, "--json").json["profiles"]
    assert {"sandbox", NAME, "alfa-directbank"} <= {row["name"] for row in listed}
    assert [row["name"] for row in listed if row["used"]] == [NAME]


def test_without_a_login_the_certificate_logs_on(office: Office, bank: Bank) -> None:
    (office.home.keys / "bank.p12").write_bytes((office.home.root / "customer.p12").read_bytes())
    office.settings(login=None, customer_id=bank.enrolment.customer_id)
    installation = open_installation(office.home)
    (opened,) = open_banks(installation)
    try:
        assert opened.channel.certificate_expires is not None
        assert opened.channel.user_info()["customer_id"] == bank.enrolment.customer_id
    finally:
        opened.channel.close()
        installation.store.close()


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"login": "somebody"}, ""), ({"login": None}, "config.no_key"), ({"test": True}, "bank.no_test_environment")],
)
def test_what_is_missing_is_said_at_the_start(office: Office, changes: dict[str, object], code: str) -> None:
    office.settings(**changes)
    if not code:
        vault_of(office.home).delete_password(VAULT_SERVICE, f"{NAME}.login")
        code = "config.no_login"
    with pytest.raises(Refused) as caught:
        open_banks(open_installation(office.home))
    assert caught.value.code == code and caught.value.text("ru") != code


def test_the_doctor_finds_nothing_wrong(office: Office, installation: Installation) -> None:
    patient = Patient(installation.home, installation.clock, installation.config, installation.store)
    found = [*trust.keys(patient), *trust.anchors(patient), *trust.bank(patient)]
    assert found and {finding.state for finding in found} == {"ok"}


def test_certificates_are_not_asked_of_a_bank_without_such_a_service(installation: Installation) -> None:
    with pytest.raises(Refused) as caught:
        enrol(Desk.of(installation, operator()), installation.config.bank[0], "code")
    assert caught.value.code == "certificates.no_service"


def test_profiles_of_both_kinds_are_read_by_their_protocol(office: Office) -> None:
    loaded = {file.stem: load_profile(file) for file in PROGRAM_PROFILES.glob("*.toml")}
    assert isinstance(loaded["sandbox"], Profile) and isinstance(loaded["alfa-directbank"], DirectBankProfile)
    assert environment_of(loaded["sandbox"]) == "TEST" and environment_of(loaded[NAME]) == "PRODUCTION"
    assert isinstance(profile_of(office.home, load_config(office.home).bank[0]), DirectBankProfile)


class TestCommands:
    def test_a_password_goes_into_the_vault_and_ends_a_stop(self, office: Office, installation: Installation) -> None:
        vault_of(office.home).set_password(VAULT_SERVICE, f"{NAME}.login", "wrong")
        kvit, where = Kvit(), ("--home", office.home.root, "--json")
        (polled,) = kvit("bank", "poll", *where).json["polls"]
        assert polled["result"] == "failed"
        assert waits_for_person(_memory(installation))["bank_code"] == "1201"
        right = str(office.password)
        answer = kvit("bank", "password", "--stdin", *where, input=f"{right}\n")
        assert answer.code == 0 and answer.json["resumed"] is True and right not in answer.out
        (polled,) = kvit("bank", "poll", *where).json["polls"]
        assert polled["result"] != "failed"
        assert _open_alarms(installation) == []

    def test_a_code_is_given_and_logs_on_once(self, office: Office, installation: Installation) -> None:
        kvit, where = Kvit(), ("--home", office.home.root, "--json")
        assert kvit("bank", "otp", "123456", *where).json["error"]["code"] == "bank.otp_not_asked"
        office.sandbox.behave("otp", channel="directbank")
        assert kvit("bank", "poll", *where).json["polls"][0]["result"] == "failed"
        assert _open_alarms(installation) == ["bank.otp_needed"]
        assert kvit("bank", "otp", "12a", *where).json["error"]["code"] == "bank.otp_format"
        assert kvit("bank", "otp", office.sandbox.otp(), *where).json == {"profile": NAME, "given": True}
        assert kvit("bank", "poll", *where).json["polls"][0]["result"] != "failed"
        assert _open_alarms(installation) == []

    def test_resuming_what_was_not_stopped_does_nothing(self, office: Office) -> None:
        assert Kvit()("bank", "resume", "--home", office.home.root, "--json").json["resumed"] is False

    def test_a_bank_without_login_has_no_password(self, office: Office) -> None:
        office.settings(login=None)
        answer = Kvit()("bank", "password", "--stdin", "--home", office.home.root, "--json", input="x\n")
        assert answer.json["error"]["code"] == "bank.no_login"

    def test_a_bank_of_the_other_protocol_has_no_logon(self, office: Office) -> None:
        office.settings(profile="sandbox", login=None)
        answer = Kvit()("bank", "resume", "--home", office.home.root, "--json")
        assert answer.json["error"]["code"] == "bank.no_logon"


def _memory(installation: Installation) -> StoredMemory:
    return memory_of(installation.store, profile_of(installation.home, installation.config.bank[0]))


def _open_alarms(installation: Installation) -> list[str]:
    with installation.store.reading() as connection:
        of_banks = alarms.c.ended_at.is_(None) & alarms.c.code.like("bank.%")
        return sorted(connection.execute(select(alarms.c.code).where(of_banks)).scalars())


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('bic = "044525990"', 'bic = "04452599"', "service.bic"),
        ('signers = ["Kvit Sandbox Bank"]', "signers = []", "trust.signers"),
        ("sign = []", 'sign = ["payment"]', "service.sign"),
        ("compress = false", 'compress = "no"', "service.compress"),
        ("legacy = false", "legacy_until = 2026-01-01T00:00:00", "trust.legacy_until"),
        ("legacy = false", 'algorithms = ["md5"]', "trust.algorithms"),
        ('version = "2.3.2" ', 'version = "9.9"', "service.version"),
    ],
)
def test_a_profile_that_is_wrong_names_the_field(tmp_path: Path, old: str, new: str, field: str) -> None:
    text = (PROGRAM_PROFILES / f"{NAME}.toml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / f"{NAME}.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(Refused) as caught:
        load_profile(file)
    assert (caught.value.code, caught.value.values["field"]) == ("bank.profile_invalid", field)


def test_a_file_that_is_no_profile(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text("protocol = ", encoding="utf-8")
    with pytest.raises(Refused) as caught:
        load_profile(file)
    assert caught.value.code == "bank.profile_unreadable"
