"""A running sandbox bank, its customer with one kind of key, and a channel of one protocol between them."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509

from gateway.bank.bxd.client import BxdChannel
from gateway.bank.bxd.profile import Agreement as BxdAgreement
from gateway.bank.bxd.profile import Profile
from gateway.bank.bxd.profile import load_trust as load_bxd_trust
from gateway.bank.channel import Channel, Delivery, Document, DocumentKind, FileRef, Proven, Reply, Sending
from gateway.bank.directbank.client import DirectBankChannel
from gateway.bank.directbank.profile import Agreement, DirectBankProfile, load_trust
from gateway.bank.directbank.session import CertificateLogon
from gateway.bank.formats.reading import read
from gateway.bank.profiles import load_profile
from gateway.bank.sandbox import enrol
from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.enrol import Enrolment
from gateway.bank.sandbox.server import SandboxServer
from gateway.bank.statement import Entry
from gateway.core.clock import Clock, SystemClock
from gateway.core.money import Money
from gateway.service.open_keys import OwnKey
from gateway.signing.gost import GostKey
from gateway.signing.keys import Pkcs12Key, load_pkcs12
from gateway.signing.policy import Algorithm
from gateway.signing.token import TokenKey
from tests.bank.contract import orders
from tests.bank.directbank.pretend import DictMemory
from tests.signing import gost_files, softhsm

PROFILES = Path(__file__).resolve().parents[3] / "certs" / "profiles"
BXD, DIRECTBANK = "bxd", "directbank"
PROTOCOLS = (BXD, DIRECTBANK)
KINDS = ("pkcs12", "token", "gost")
PROFILE_OF = {BXD: "sandbox", DIRECTBANK: "directbank-sandbox"}
_LIMITS = {"message_mib": 2, "read_s": 1.0, "total_s": 5.0}
_SETTLES = 6
# The same request in the two languages.
OPERATIONS = {
    BXD: {"list": "downloadFileList", "fetch": "downloadFile", "send": "uploadFile", "info": "getUserInfo",
          "ask": "downloadFileList"},
    DIRECTBANK: {"list": "GetPackList", "fetch": "GetPack", "send": "SendPack", "info": "LogonCert", "ask": "SendPack"},
}  # fmt: skip


class Forgotten:
    """What is left of a key that is gone: its certificate."""

    chain: tuple[x509.Certificate, ...] = ()

    def __init__(self, certificate: x509.Certificate) -> None:
        self.certificate = certificate

    def sign(self, octets: bytes, algorithm: Algorithm) -> bytes:
        raise AssertionError("this needs no key")

    def decrypt_key(self, wrapped: bytes, algorithm: str) -> bytes:
        raise AssertionError("this needs no key")


@dataclass
class House:
    """One bank, one customer.

    Attributes:
        key: signs, and for DirectBank logs on; the connection always has `tls_key`.
        away: an address at which nobody listens.
    """

    protocol: str
    kind: str
    sandbox: Sandbox
    enrolment: Enrolment
    anchors: Path
    server: SandboxServer
    key: OwnKey
    tls_key: Pkcs12Key
    away: str
    opened: list[Channel] = field(default_factory=list)

    @property
    def operations(self) -> dict[str, str]:
        return OPERATIONS[self.protocol]

    def channel(self, *, key: OwnKey | None = None, url: str = "", clock: Clock | None = None) -> Channel:
        made: Channel
        made = (self._bxd if self.protocol == BXD else self._directbank)(key or self.key, url, clock or SystemClock())
        self.opened.append(made)
        return made

    def _bxd(self, key: OwnKey, url: str, clock: Clock) -> BxdChannel:
        shipped = load_profile(PROFILES / "sandbox.toml")
        assert isinstance(shipped, Profile)
        algorithm = "gost2012-256" if isinstance(key, GostKey) else "rsa-sha256"
        profile = shipped.model_copy(
            update={
                "limits": shipped.limits.model_copy(update=_LIMITS),
                "service": shipped.service.model_copy(update={"algorithm": algorithm}),
            }
        )
        agreement = BxdAgreement(self.enrolment.customer_id, self.enrolment.target_id, url=url or self.server.url)
        return BxdChannel(profile, agreement, load_bxd_trust(profile, self.anchors), clock, key, self.tls_key)

    def _directbank(self, key: OwnKey, url: str, clock: Clock) -> DirectBankChannel:
        shipped = load_profile(PROFILES / "directbank-sandbox.toml")
        assert isinstance(shipped, DirectBankProfile)
        at_once = {"first_days": 1, "ask_every_s": 0, "answer_wait_s": 1, "answer_pause_s": 0.05, "sign": ["10", "14"]}
        profile = shipped.model_copy(
            update={
                "limits": shipped.limits.model_copy(update=_LIMITS),
                "service": shipped.service.model_copy(update=at_once),
            }
        )
        own = self.enrolment
        return DirectBankChannel(
            profile,
            Agreement(
                own.customer_id, own.owner, own.inn, own.kpp, own.accounts[:1], url or self.server.directbank_url
            ),
            load_trust(profile, self.anchors),
            clock,
            DictMemory(),
            CertificateLogon(key),
            key,
            self.tls_key,
        )

    def stranger(self) -> OwnKey:
        """A good key that is not registered: the connection's where another one signs, else another customer's."""
        if self.kind != "pkcs12":
            return self.tls_key
        return enrol.load_authority(self.sandbox.folder).issue_client("1000000099", SystemClock().now())

    # The bank's side

    def pay(self) -> str:
        """Somebody pays in; the purpose, used once."""
        purpose = f"Оплата {uuid.uuid4().hex}"
        notify = self.protocol == BXD  # the other one makes a statement when it is asked
        self.sandbox.pay(amount=Money.parse("100.00"), payer="ООО «Багет»", purpose=purpose, notify=notify)
        return purpose

    def misbehave(self, name: str, call: str = "", **options: object) -> None:
        if call:
            options["operation"] = self.operations[call]
        self.sandbox.behave(name, channel=self.protocol, **options)

    def debits(self, sending: Sending) -> int:
        """How often the bank paid an order, once it has worked on everything that waits."""
        self.sandbox.process()
        with self.sandbox.books.read() as db:
            found = db.execute(
                "SELECT COUNT(*) FROM operations WHERE incoming = 0 AND e2e = ?", (sending.document_id,)
            ).fetchone()
        return int(found[0])

    # Our side

    def order(self) -> Sending:
        """A payment order nobody has seen yet."""
        now = self.sandbox.books.now()
        return (orders.pain if self.protocol == BXD else orders.paydocru)(self.enrolment, now)

    def impossible(self) -> Sending:
        """A sending the bank does not take at all."""
        order = self.order()
        if self.protocol == BXD:
            return Sending(order.request_id, order.format, "QQ", order.file_name, order.content, order.document_id)
        content = order.content.replace(b"<Sum>", b"<Sumum>").replace(b"</Sum>", b"</Sumum>")
        return Sending(order.request_id, order.format, order.file_type, order.file_name, content, order.document_id)

    def new_file(self, channel: Channel) -> tuple[FileRef, str]:
        """A statement of a payment that was just made: the file and the purpose."""
        before = {ref.reference for ref in channel.list_files(None).files}
        purpose = self.pay()
        found = []
        for ref in channel.list_files(None).files:
            if ref.reference not in before:
                reply = channel.fetch(ref)
                if purpose in purposes(channel.prove(reply, reply.received_at)):
                    found.append(ref)
        (new,) = found
        return new, purpose

    def settled(self, channel: Channel, sending: Sending) -> Delivery:
        """What the bank says of a sending once it has had time to: some answers come with the next polls."""
        found = channel.delivered(sending)
        for _ in range(_SETTLES):
            if found is not Delivery.UNKNOWN:
                break
            self.sandbox.process()
            self.bring(channel)
            found = channel.delivered(sending)
        return found

    def bring(self, channel: Channel) -> list[Proven]:
        """Everything the bank offers, as a poll does it."""
        found = []
        for ref in channel.list_files(None).files:
            reply = channel.fetch(ref)
            found.append(channel.prove(reply, reply.received_at))
            channel.acknowledge(ref)
        return found


def purposes(proven: Proven) -> list[str]:
    """Of the lines of the statements in a message."""
    statements: list[Document] = [d for d in proven.documents if d.kind is DocumentKind.STATEMENT]
    return [part.purpose for d in statements for part in read(d.format, d.content) if isinstance(part, Entry)]


def altered(reply: Reply) -> Iterator[bytes]:
    """The reply with one character changed in its middle, once for each of a few places."""
    raw = reply.raw
    for part in (3, 4, 5):
        at = len(raw) * part // 8
        while not raw[at : at + 1].isalnum():
            at += 1
        yield raw[:at] + (b"A" if raw[at : at + 1] != b"A" else b"B") + raw[at + 1 :]


@contextmanager
def running(protocol: str, kind: str, made: Path, enrolment: Enrolment, folder: Path) -> Iterator[House]:
    """The bank `made`, copied to `folder` and open for a customer with a key of `kind`.

    Skips the test where the machine lacks what the key needs, naming the package.
    """
    with ExitStack() as held:
        patch = held.enter_context(pytest.MonkeyPatch.context())
        home, anchors = folder / "bank", folder / "anchors"
        shutil.copytree(made, home)
        anchors.mkdir()
        (anchors / "sandbox-tls-root.pem").write_bytes(enrolment.tls_anchors)
        (anchors / "sandbox-signing-root.pem").write_bytes(enrolment.signing_anchors)
        sandbox = Sandbox(home)
        tls_key = load_pkcs12(enrolment.pkcs12, enrolment.passphrase)
        key: OwnKey = tls_key
        if kind == "token":
            hsm = held.enter_context(softhsm.tokens(folder / "hsm", patch))
            hsm.add("contract")
            authority = enrol.load_authority(sandbox.folder)
            hsm.put("contract", authority.issue_client(enrolment.customer_id, SystemClock().now()))
            key = TokenKey(hsm.place("contract"), lambda: softhsm.PIN)
        elif kind == "gost":
            key = gost_files.gost_files().key()
        if kind != "pkcs12":
            sandbox.register_customer(key.certificate)
        server = held.enter_context(SandboxServer(home, port=0))
        gone = held.enter_context(_nobody())
        house = House(protocol, kind, sandbox, enrolment, anchors, server, key, tls_key, gone)
        yield house
        for channel in house.opened:
            channel.close()


@contextmanager
def _nobody() -> Iterator[str]:
    """An address that refuses connections: a port that is bound, and listened to by nobody."""
    import socket

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"https://127.0.0.1:{held.getsockname()[1]}/directbank"
