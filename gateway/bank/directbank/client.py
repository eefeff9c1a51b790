"""`DirectBankChannel`: a 1C:DirectBank agreement as a `Channel`."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from lxml import etree

from gateway.bank.channel import (
    Delivery,
    DocumentKind,
    FileRef,
    Listing,
    Proven,
    RefusedReply,
    Reply,
    Sending,
)
from gateway.bank.directbank import prove, wire
from gateway.bank.directbank.asking import Asked, Pace, StatementRequests
from gateway.bank.directbank.delivery import Deliveries
from gateway.bank.directbank.documents import Writer
from gateway.bank.directbank.errors import BankError, Handling
from gateway.bank.directbank.memory import Memory
from gateway.bank.directbank.packet import BankName, Customer, Outgoing, Signed, stable_id, write_packet
from gateway.bank.directbank.profile import Agreement, DirectBankProfile, DirectBankTrust
from gateway.bank.directbank.result import read_xml, text_at
from gateway.bank.directbank.session import CertificateLogon, PasswordLogon, Place, Session
from gateway.bank.directbank.transport import Transport
from gateway.bank.formats.directbank_status import UNKNOWN_DOCUMENT, read_notice
from gateway.core.clock import Clock, business_date
from gateway.core.errors import Corrupt, Refused
from gateway.signing.cms import sign_detached
from gateway.signing.keys import Pkcs12Key, Signer

_log = structlog.get_logger("bank.directbank")

# Now and then the list is asked from a day before the cursor: a packet may be finished later than one stamped after it.
_WIDE_EVERY_S = 3600.0
_WIDE = timedelta(days=1)
_REMEMBERED = 200  # packets whose answers wait for `acknowledge`: more than ever share a commit
_REFERENCE = re.compile(r"[\x21-\x7e]{1,100}")
_KINDS = {"paydocru": wire.PAYMENT_ORDER, "pain.001": wire.CURRENCY_ORDER}


class DirectBankChannel:
    """A connection to one bank under one agreement. Not for use by several threads at once.

    Args:
        trust: the profile's anchors, see `profile.load_trust`.
        memory: small facts that survive a restart.
        signer: signs documents where the bank wants that; None where we have no key.
        tls_key: our certificate for the connection; None where the bank asks for none.
        sleep: waits for a statement that is being made.
    """

    def __init__(
        self,
        profile: DirectBankProfile,
        agreement: Agreement,
        trust: DirectBankTrust,
        clock: Clock,
        memory: Memory,
        logon: PasswordLogon | CertificateLogon,
        signer: Signer | None = None,
        tls_key: Pkcs12Key | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._profile = profile
        self._agreement = agreement
        self._trust = trust
        self._clock = clock
        self._signer = signer
        self._logon = logon
        self._sleep = sleep
        service = profile.service
        self._zone = ZoneInfo(service.zone)
        self._transport = Transport(agreement.url or service.url, trust.tls_anchors, profile.transport_limits, tls_key)
        place = Place(
            customer_id=agreement.customer_id,
            account=agreement.accounts[0] if agreement.accounts else "",
            inn=agreement.inn,
            bic=service.bic,
            version=service.version,
            ask_settings=service.ask_settings,
        )
        limit = trust.rules.message_limit
        self._session = Session(self._transport, logon, place, memory, clock, limit, self._writer)
        pace = Pace(service.interim, service.ask_every_s, service.answer_wait_s, service.first_days)
        self._requests = StatementRequests(memory, clock, pace)
        self._deliveries = Deliveries(memory, clock)
        self._listed: frozenset[str] | None = None
        self._wide_at: float | None = None
        self._proven: dict[str, _Answers] = {}

    @property
    def name(self) -> str:
        return f"directbank:{self._profile.name}"

    @property
    def certificate_expires(self) -> datetime | None:
        """When our certificate ends, UTC; None where only a password is used."""
        keys = [self._signer] if self._signer else []
        ends = [key.certificate.not_valid_after_utc for key in keys]
        if isinstance(self._logon, CertificateLogon):
            ends.append(self._logon.key.certificate.not_valid_after_utc)
        return min(ends, default=None)

    # What the bank has for us

    def list_files(self, since: date | None, cursor: str = "") -> Listing:
        """See `Channel`. Statements that are due are asked for first; then the list is looked at, a few times if
        nothing new is in it yet.

        A request the bank refuses does not keep back what it has for us: the refusal is raised only when there is
        nothing else.

        Raises:
            RefusedReply: the list did not hold.
        """
        service = self._profile.service
        asked, refusal = self._ask_for_statements(since)
        listing = self._list(since, cursor)
        before = _names(listing) if self._listed is None else self._listed
        for _ in range(service.answer_tries if asked else 0):
            if _names(listing) - before:
                break
            self._sleep(service.answer_pause_s)
            listing = self._list(since, cursor)
        if refusal is not None and not _names(listing) - (self._listed or frozenset()):
            raise refusal
        self._listed = _names(listing)
        return listing

    def fetch(self, ref: FileRef) -> Reply:
        """See `Channel`."""
        return self._session.call(wire.GET_PACK, query={"id": ref.reference}, reference=ref.reference)

    def prove(self, reply: Reply, at: datetime) -> Proven:
        """See `Channel`; pure, but that what the last packets answer is remembered for `acknowledge`."""
        proven = prove.prove(reply, self._trust.rules, at)
        answers = _Answers.of(proven)
        if answers.statements or answers.notices:
            while len(self._proven) >= _REMEMBERED:
                del self._proven[next(iter(self._proven))]
            self._proven[reply.request.reference] = answers
        return proven

    def acknowledge(self, ref: FileRef) -> None:
        """The packet is safe here: its statements are answers to what we asked, its notices to what we wondered."""
        answers = self._proven.pop(ref.reference, None)
        if answers is None:
            return
        self._requests.answered(answers.statements)
        for notice in answers.notices:
            try:
                self._deliveries.note(read_notice(notice))
            except Corrupt as error:
                _log.warning("a notice cannot be read", reference=ref.reference, reason=error.code)

    def user_info(self) -> dict[str, object]:
        """See `Channel`: what the bank's settings say, or the profile where they are not asked."""
        self._session.open()
        settings = self._session.settings
        service = self._profile.service
        return {
            "customer_id": self._session.customer_id,
            "version": self._session.version,
            "compress": settings.compress if settings else service.compress,
            "signatures": dict(settings.rules) if settings else dict.fromkeys(service.sign, "(1)"),
        }

    # What we have for the bank

    def send(self, sending: Sending) -> Reply:
        """See `Channel`. The packet's id is made of the sending's: the same at every try.

        Raises:
            Refused: `bank.more_signatures`, `bank.no_signer`: the bank wants what we cannot give; nothing was sent.
        """
        self._session.open()
        kind = sending.file_type if re.fullmatch(r"[0-9]{2}", sending.file_type) else _KINDS[sending.format]
        document_id = _document_id(sending)
        self._deliveries.forget(document_id)
        return self._send(_packet_id(sending), document_id, kind, lambda: sending.content, sending.request_id)

    def accepted(self, reply: Reply) -> str:
        """See `Channel`."""
        prove.over_the_channel(reply, self._trust.rules, reply.received_at)
        try:
            answer = prove.read_answer(reply, self._trust.rules)
        except Refused as error:
            if _has_it(error):
                return ""
            raise
        return text_at(answer, "ID")[:100]

    def delivered(self, sending: Sending) -> Delivery:
        """See `Channel`; `delivery` says why it asks the way it does. The answer is there at one of the next polls.

        Raises:
            Refused: `bank.response_refused`: the bank does not take the question.
            Corrupt: its answer does not hold.
        """
        document_id = _document_id(sending)
        known = self._deliveries.known(document_id)
        if known is not Delivery.UNKNOWN:
            return known
        question = self._deliveries.question(document_id, _packet_id(sending))
        if not question:
            return Delivery.UNKNOWN
        reply = self._send(
            stable_id(f"packet:{question}"),
            question,
            wire.STATUS_REQUEST,
            lambda: self._writer(self._session).status_request(question, document_id),
        )
        try:
            self.accepted(reply)
        except Refused as error:
            if error.values.get("bank_code") != UNKNOWN_DOCUMENT:
                raise
            self._deliveries.absent(document_id)
            return Delivery.ABSENT
        except Corrupt as error:
            raise RefusedReply.of(error, reply) from None
        self._deliveries.sent(document_id)
        return Delivery.UNKNOWN

    def close(self) -> None:
        self._transport.close()

    def _ask_for_statements(self, since: date | None) -> tuple[list[Asked], Refused | None]:
        """Send the statement requests that are due; (those the bank has, the first refusal)."""
        today = business_date(self._clock.now(), self._zone)
        sent: list[Asked] = []
        refusal: Refused | None = None
        try:
            for ask in self._requests.due(self._agreement.accounts, since, today):
                content = partial(self._of, ask)
                reply = self._send(ask.packet_id, ask.document_id, wire.STATEMENT_REQUEST, content)
                try:
                    self.accepted(reply)
                except Refused as error:
                    _log.warning("a statement request was refused", day=ask.day, code=error.values.get("bank_code"))
                    refusal = refusal or error
                except Corrupt as error:
                    raise RefusedReply.of(error, reply) from None
                # a refused one counts as sent: it is asked anew after its pause
                sent.append(ask)
        finally:
            self._requests.sent(sent)
        return sent, refusal

    def _of(self, ask: Asked) -> bytes:
        writer = self._writer(self._session)
        return writer.statement_request(ask.document_id, ask.account, ask.date, ask.kind)

    def _list(self, since: date | None, cursor: str) -> Listing:
        wide = self._wide_at is None or self._clock.monotonic() - self._wide_at >= _WIDE_EVERY_S
        if cursor:
            query = {"date": wire.list_date(cursor, _WIDE if wide else timedelta())}
        else:
            # the bank's own business date, no clock of ours; without any it lists all there ever was
            query = {"date": f"{since:%d.%m.%Y} 00:00:00"} if since else {}
        reply = self._session.call(wire.GET_PACK_LIST, query=query)
        try:
            prove.over_the_channel(reply, self._trust.rules, reply.received_at)
            answer = prove.read_answer(reply, self._trust.rules)
            names = [_reference(node) for node in answer.findall(wire.tag("PacketID"))]
        except Corrupt as error:
            raise RefusedReply.of(error, reply) from None
        if wide:
            self._wide_at = self._clock.monotonic()
        stamp = wire.later(cursor, (answer.get("TimeStampLastPacket") or "").strip())
        files = tuple(FileRef(name, prove.PACKET) for name in dict.fromkeys(names))
        return Listing(files, stamp, self._profile.service.repeatable)

    def _send(
        self, packet_id: str, document_id: str, kind: str, content: Callable[[], bytes], request_id: str = ""
    ) -> Reply:
        self._session.open()
        self._check_signatures(kind)

        def body() -> bytes:
            octets = content()
            document = Outgoing(document_id, kind, octets, self._signatures(kind, octets))
            writer = self._writer(self._session)
            settings = self._session.settings
            compress = settings.compress if settings else self._profile.service.compress
            return write_packet(
                packet_id, writer.created, writer.version, writer.sender, writer.recipient, [document],
                compress=compress,
            )  # fmt: skip

        return self._session.call(wire.SEND_PACK, body=body, reference=packet_id, request_id=request_id)

    def _needed(self, kind: str) -> int:
        settings = self._session.settings
        if settings is None or kind not in settings.rules:
            return 1 if kind in self._profile.service.sign else 0
        return settings.signatures(kind)

    def _check_signatures(self, kind: str) -> None:
        """Requests take one signature at most; an order goes out only if ours alone is enough."""
        needed = self._needed(kind)
        if needed and self._signer is None:
            raise Refused("bank.no_signer", kind=kind)
        if needed > 1 and kind in _KINDS.values():
            raise Refused("bank.more_signatures", kind=kind, needed=needed)

    def _signatures(self, kind: str, content: bytes) -> tuple[Signed, ...]:
        if self._signer is None or not self._needed(kind):
            return ()
        der = sign_detached(content, self._signer, at=self._clock.now())
        return (Signed(der, self._signer.certificate),)

    def _writer(self, session: Session) -> Writer:
        agreement, service = self._agreement, self._profile.service
        return Writer(
            version=session.version,
            created=wire.local_time(self._clock.now(), self._zone),
            sender=Customer(session.customer_id, agreement.name, agreement.inn, agreement.kpp),
            recipient=BankName(service.bic, service.bank_name),
        )


@dataclass(frozen=True, slots=True)
class _Answers:
    """What a proved packet answers.

    Attributes:
        statements: id of our request → type of the statement.
        notices: the documents that tell of our documents.
    """

    statements: dict[str, str]
    notices: tuple[bytes, ...]

    @classmethod
    def of(cls, proven: Proven) -> _Answers:
        documents = proven.documents
        statements = [d for d in documents if d.kind is DocumentKind.STATEMENT and d.answers]
        return cls(
            {d.answers: prove.statement_type(d.content) for d in statements},
            tuple(d.content for d in documents if d.format == prove.STATUS),
        )


def _names(listing: Listing) -> frozenset[str]:
    return frozenset(ref.reference for ref in listing.files)


def _packet_id(sending: Sending) -> str:
    return stable_id(f"sending:{sending.request_id}")


def _document_id(sending: Sending) -> str:
    """The id of the document inside: the one that comes back in OperationInfo/ExtID."""
    if sending.document_id:
        return sending.document_id
    return read_xml(sending.content).get("id") or stable_id(f"document:{sending.request_id}")


def _has_it(refusal: Refused) -> bool:
    """The refusal says that the bank has this very thing already (2002, 2202)."""
    return BankError(str(refusal.values.get("bank_code", "")), "").handling is Handling.ARRIVED


def _reference(node: etree._Element) -> str:
    """The name of a packet.

    Raises:
        Corrupt: `bank.malformed`: none that could be asked for.
    """
    name = (node.text or "").strip()
    if not _REFERENCE.fullmatch(name):
        raise Corrupt("bank.malformed", what="PacketID")
    return name
