"""`DirectBankChannel` against the bundled sandbox bank, written by the same standard and by other hands."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.bank.channel import Delivery, DocumentKind, EvidenceKind, Proven, Sending
from gateway.bank.directbank.client import DirectBankChannel
from gateway.bank.directbank.documents import Writer
from gateway.bank.directbank.memory import give_code, resume
from gateway.bank.directbank.packet import BankName, Customer
from gateway.bank.directbank.profile import Agreement, DirectBankProfile, load_trust
from gateway.bank.directbank.session import CertificateLogon, PasswordLogon
from gateway.bank.formats.directbank_status import read_notice
from gateway.bank.formats.reading import read
from gateway.bank.profiles import load_profile
from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.enrol import Enrolment
from gateway.bank.sandbox.server import SandboxServer
from gateway.bank.statement import Entry
from gateway.core.clock import MOSCOW, SystemClock, business_date
from gateway.core.errors import Corrupt, Refused
from gateway.core.money import Money
from gateway.core.requisites import with_key
from gateway.signing.keys import Pkcs12Key, load_pkcs12
from tests.bank.directbank.pretend import OPENED, DictMemory

PROFILE = Path(__file__).resolve().parents[3] / "certs" / "profiles" / "directbank-sandbox.toml"


@dataclass
class House:
    """A running sandbox, and what it takes to be its customer."""

    sandbox: Sandbox
    enrolment: Enrolment
    anchors: Path
    url: str
    key: Pkcs12Key
    brought: set[str] = field(default_factory=set)

    def channel(self, *, certificate: bool = False, memory: DictMemory | None = None) -> DirectBankChannel:
        shipped = load_profile(PROFILE)
        assert isinstance(shipped, DirectBankProfile)
        service = shipped.service.model_copy(update={"first_days": 1, "answer_pause_s": 0.0})
        enrolled = self.enrolment
        logon: PasswordLogon | CertificateLogon = PasswordLogon(
            enrolled.directbank_login, lambda: enrolled.directbank_password
        )
        opened = DirectBankChannel(
            shipped.model_copy(update={"service": service}),
            Agreement(
                enrolled.customer_id if certificate else "0",
                enrolled.owner,
                enrolled.inn,
                enrolled.kpp,
                enrolled.accounts[:1],
                self.url,
            ),
            load_trust(shipped, self.anchors),
            SystemClock(),
            DictMemory() if memory is None else memory,
            CertificateLogon(self.key) if certificate else logon,
            self.key,
        )
        OPENED.append(opened)
        return opened

    def pay(self, invoice: str, amount: str = "100.00") -> None:
        self.sandbox.pay(invoice=invoice, amount=Money.parse(amount), payer="ООО «Багет»", notify=False)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home, anchors = tmp_path_factory.mktemp("sandbox"), tmp_path_factory.mktemp("anchors")
    sandbox, enrolment = Sandbox.create(home)
    (anchors / "sandbox-tls-root.pem").write_bytes(enrolment.tls_anchors)
    (anchors / "sandbox-signing-root.pem").write_bytes(enrolment.signing_anchors)
    key = load_pkcs12(enrolment.pkcs12, enrolment.passphrase)
    with SandboxServer(home, port=0) as server:
        yield House(sandbox, enrolment, anchors, server.directbank_url, key)


@pytest.fixture(autouse=True)
def honest_again(house: House) -> Iterator[None]:
    yield
    house.sandbox.calm()


def bring(house: House, channel: DirectBankChannel) -> list[Proven]:
    """Every packet the bank offers that was not brought before, proved and acknowledged."""
    found = []
    for ref in channel.list_files(None).files:
        if ref.reference in house.brought:
            continue
        house.brought.add(ref.reference)
        reply = channel.fetch(ref)
        found.append(channel.prove(reply, reply.received_at))
        channel.acknowledge(ref)
    return found


def lines(packets: list[Proven]) -> list[Entry]:
    documents = [d for packet in packets for d in packet.documents if d.kind is DocumentKind.STATEMENT]
    return [part for d in documents for part in read(d.format, d.content) if isinstance(part, Entry)]


@pytest.mark.parametrize("certificate", [False, True], ids=["password", "certificate"])
def test_a_payment_is_in_a_signed_statement_of_the_open_day(house: House, certificate: bool) -> None:
    number = str(uuid.uuid4().int % 1_000_000)
    house.pay(number)
    packets = bring(house, house.channel(certificate=certificate))
    proofs = [d.proof for p in packets for d in p.documents if d.kind is DocumentKind.STATEMENT and d.proof]
    assert proofs and {proof.kind for proof in proofs} == {EvidenceKind.SIGNED}
    assert "Kvit Sandbox Bank" in proofs[0].signer_subject
    paid = [entry for entry in lines(packets) if number in entry.purpose]
    assert paid and {entry.amount for entry in paid} == {Money.parse("100.00")}
    assert all(entry.incoming and entry.ref and entry.counterparty.name == "ООО «Багет»" for entry in paid)


def test_the_bank_tells_who_we_are_and_what_it_wants_signed(house: House) -> None:
    told = house.channel().user_info()
    assert told["customer_id"] == house.enrolment.customer_id
    assert isinstance(told["signatures"], dict) and told["signatures"]["10"] == "(1)"


def test_a_second_factor_is_answered_by_a_person(house: House) -> None:
    house.sandbox.behave("otp", channel="directbank")
    memory = DictMemory()
    channel = house.channel(memory=memory)
    with pytest.raises(Refused) as caught:
        channel.list_files(None)
    assert caught.value.code == "bank.otp_needed"
    give_code(memory, house.sandbox.otp(), SystemClock())
    assert channel.list_files(None).cursor


def order(house: House, amount: str = "250.00") -> Sending:
    """A payment order as the bank wants it: from our account to somebody's."""
    document_id = str(uuid.uuid4())
    enrolled = house.enrolment
    now = SystemClock().now().astimezone(MOSCOW)
    head = Writer(
        "2.3.2",
        now.strftime("%Y-%m-%dT%H:%M:%S"),
        Customer(enrolled.customer_id, enrolled.owner, enrolled.inn, enrolled.kpp),
        BankName(enrolled.bic, enrolled.bank_name),
    )
    request = head.status_request(document_id, "x").decode("utf-8-sig")
    own = f"<Name>{enrolled.owner}</Name><INN>{enrolled.inn}</INN><Account>{enrolled.accounts[0]}</Account>"
    data = (
        f"<Data><DocNo>{uuid.uuid4().int % 900000 + 1}</DocNo><DocDate>{now:%Y-%m-%d}</DocDate><Sum>{amount}</Sum>"
        f"<Payer>{own}<Bank><BIC>{enrolled.bic}</BIC></Bank></Payer>"
        "<Payee><Name>ООО «Берег»</Name><INN>7707083893</INN>"
        f"<Account>{with_key('40702810000000000777', enrolled.bic)}</Account>"
        f"<Bank><BIC>{enrolled.bic}</BIC></Bank></Payee><TransitionKind>01</TransitionKind><Priority>5</Priority>"
        "<Purpose>За товар по счету 5, без НДС</Purpose></Data>"
    )
    content = request.replace("StatusRequest", "PayDocRu").replace("<ExtID>x</ExtID>", data)
    return Sending(str(uuid.uuid4()), "paydocru", "10", "order.xml", content.encode("utf-8-sig"), document_id)


def test_an_order_is_taken_once_and_its_state_is_told(house: House) -> None:
    channel = house.channel()
    sending = order(house)
    assert channel.accepted(channel.send(sending))
    assert channel.accepted(channel.send(sending)) == "", "it has it: that is what was wanted"
    house.sandbox.process()
    told = [
        read_notice(d.content)
        for packet in bring(house, channel)
        for d in packet.documents
        if d.kind is DocumentKind.ORDER_STATUS and d.answers == sending.document_id
    ]
    assert told and not any(notice.failed for notice in told)


def test_an_order_nobody_is_sure_of_is_asked_about(house: House) -> None:
    channel = house.channel()
    never_sent, sent = order(house, "1.00"), order(house, "2.00")
    channel.send(sent)
    for sending in (never_sent, sent):
        channel.delivered(sending)
    house.sandbox.process()
    bring(house, channel)
    assert channel.delivered(never_sent) is Delivery.ABSENT
    assert channel.delivered(sent) is Delivery.ARRIVED


def test_a_closed_day_is_asked_for_until_its_final_statement_is_here(house: House) -> None:
    channel = house.channel()
    bring(house, channel)
    day = business_date(SystemClock().now()) - timedelta(days=1)
    asked = channel._requests._load()
    assert [a.day for a in asked if a.kind == "0"] == [day.isoformat()]


FORGED = [
    ("forged-signature", {}, {"bank.signature_invalid"}),
    ("wrapped-signature", {}, {"bank.signature_unreadable"}),
    ("certificate-expired", {}, {"bank.certificate_expired"}),
    ("replayed", {}, {"bank.wrong_file"}),
    ("wrong-request-id", {}, {"bank.wrong_file"}),
    ("truncated", {}, {"bank.truncated"}),
    ("truncated", {"mode": "short"}, {"bank.truncated"}),
    ("dtd", {}, {"bank.dtd"}),
    ("wrong-encoding", {}, {"bank.wrong_encoding"}),
    ("empty", {"operation": "GetPack"}, {"bank.empty"}),
    ("unknown-code", {}, {"bank.response_refused"}),
]


@pytest.mark.parametrize(("name", "options", "reasons"), FORGED, ids=lambda v: v if isinstance(v, str) else "")
def test_what_the_bank_does_wrong_is_refused_and_the_honest_copy_taken(
    house: House, name: str, options: dict[str, str], reasons: set[str]
) -> None:
    channel = house.channel()
    house.pay("9001")
    ref = channel.list_files(None).files[-1]
    if name == "replayed":
        other = channel.list_files(None).files[0]
        channel.fetch(other)
    house.sandbox.behave(name, channel="directbank", **options)
    bad = channel.fetch(ref)
    with pytest.raises((Corrupt, Refused)) as caught:
        channel.prove(bad, bad.received_at)
    assert caught.value.code in reasons
    house.sandbox.calm()
    good = channel.fetch(ref)
    assert channel.prove(good, good.received_at).documents


@pytest.mark.parametrize("name", ["session-timeout", "bad-sid"])
def test_a_session_that_ends_in_the_middle_is_renewed(house: House, name: str) -> None:
    channel = house.channel()
    channel.list_files(None)
    house.sandbox.behave(name, channel="directbank")
    assert channel.list_files(None).files


def test_a_blocked_logon_waits_for_a_person(house: House) -> None:
    house.sandbox.behave("blocked-logon", channel="directbank")
    memory = DictMemory()
    with pytest.raises(Refused) as caught:
        house.channel(memory=memory).list_files(None)
    assert caught.value.code == "bank.stopped"
    house.sandbox.calm()
    with pytest.raises(Refused):
        house.channel(memory=memory).list_files(None)
    assert resume(memory)
    assert house.channel(memory=memory).list_files(None).cursor


@pytest.mark.parametrize("name", ["unsigned", "zoned-dates", "bare-requisites"])
def test_deviations_of_real_banks_are_read(house: House, name: str) -> None:
    house.pay("9100", "77.00")
    house.sandbox.behave(name, channel="directbank")
    packets = bring(house, house.channel())
    kinds = {p.proof.kind for p in packets if any(d.kind is DocumentKind.STATEMENT for d in p.documents)}
    assert (EvidenceKind.CHANNEL in kinds) == (name == "unsigned")
    assert [e for e in lines(packets) if e.purpose and "9100" in e.purpose]
