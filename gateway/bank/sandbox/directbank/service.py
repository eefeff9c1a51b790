"""The DirectBank counter: method, headers and body in, what to send back out.

Every answer, a refusal included, is a ResultBank and leaves with HTTP 200; only what is no method of the standard gets
another status.
"""

from __future__ import annotations

import base64
import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from lxml import etree

from gateway.bank.sandbox import behave, enrol, orders, tamper
from gateway.bank.sandbox.books import Books, accounts, fact, put_fact
from gateway.bank.sandbox.delivery import HANGUP, HARMLESS, Delivery, deliver
from gateway.bank.sandbox.directbank import (
    documents,
    messages,
    notices,
    packets,
    requests,
    seal,
    sessions,
    settings,
    wire,
)
from gateway.bank.sandbox.directbank.messages import add
from gateway.bank.sandbox.directbank.wire import Failure
from gateway.core.clock import MOSCOW, Clock, to_text
from gateway.signing.cms import encrypt
from gateway.signing.keys import Pkcs12Key
from gateway.signing.policy import TrustPolicy

XML = "application/xml; charset=utf-8"
_DATE = "%d.%m.%Y %H:%M:%S"
_DATE_SHAPE = re.compile(r"\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d")
_VERBS = {
    "Logon": "POST", "LogonOTP": "POST", "LogonCert": "POST", "GetSettings": "POST", "SendPack": "POST",
    "GetPackList": "GET", "GetPack": "GET",
}  # fmt: skip
_OTP = re.compile(r"\d{6,7}")
_UNKNOWN_CUSTOMER = "0"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came.

    Attributes:
        headers: lower-case names; a name that came twice is refused before.
    """

    method: str
    query: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """An obligatory header.

        Raises:
            Failure: 1002.
        """
        value = self.headers.get(name.lower(), "").strip()
        if not value:
            raise Failure("1002", name)
        return value

    def parameter(self, name: str) -> str:
        values = parse_qs(self.query, keep_blank_values=True).get(name, [""])
        return values[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """A ResultBank before it is written.

    Attributes:
        packet: id of the packet in it, which counts as fetched once it leaves undamaged; "" for none.
        code: "0000", or the error's.
    """

    root: etree._Element
    packet: str = ""
    code: str = "0000"


class DirectBankService:
    """Answers DirectBank requests of the enrolled customer. Safe for several threads.

    Args:
        clock: the machine's; of sessions, signatures and certificates.
        url: where it listens, for the settings.
    """

    def __init__(self, books: Books, keys: enrol.BankKeys, clock: Clock, url: Callable[[], str]) -> None:
        self._books = books
        self._keys = keys
        self._clock = clock
        self._url = url
        self._customers = TrustPolicy(anchors=(keys.signing_root,))
        self._methods: Mapping[str, Callable[[sqlite3.Connection, Asked, str], Answer]] = {
            "Logon": self._logon,
            "LogonOTP": self._logon_otp,
            "LogonCert": self._logon_cert,
            "GetSettings": self._get_settings,
            "SendPack": self._send_pack,
            "GetPackList": self._get_pack_list,
            "GetPack": self._get_pack,
        }

    def handle(self, verb: str, path: str, headers: list[tuple[str, str]], body: bytes) -> Delivery:
        """Answer one request.

        Args:
            path: with its query.
        """
        route, _, query = path.partition("?")
        method = route.removeprefix(f"{wire.ROOT}/")
        if method not in _VERBS:
            return Delivery(b"no such method", 404, "text/plain; charset=utf-8")
        if verb != _VERBS[method]:
            return Delivery(b"wrong verb", 405, "text/plain; charset=utf-8")
        named = {name.lower(): value for name, value in headers}
        asked = Asked(method, query, named, body)
        version = named.get("apiversion", "").strip()
        spoken = version if version in wire.VERSIONS else wire.NEWEST
        behaviour: behave.Active | None = None
        with self._books.write() as db:
            try:
                if len(named) != len(headers) and any(_count(headers, name) > 1 for name in _OURS):
                    raise Failure("1010", "Заголовок указан дважды")
                self._check_common(db, asked)
                if self._breaks_off(db, asked):
                    return HANGUP
                answer = self._methods[method](db, asked, spoken)
                behaviour = self._behaviour(db, asked, answer)
            except Failure as failure:
                answer = Answer(messages.error(spoken, failure.code, failure.more), code=failure.code)
                behaviour = self._behaviour(db, asked, answer)
            message = self._message(db, asked, answer, spoken, behaviour)
            self._note(db, asked, answer, behaviour)
        if behaviour and behaviour.name == "read-once" and behaviour.options["reply"] == "cut":
            return Delivery(message, content_type=XML, how="cut")
        return deliver(message, behaviour, XML)

    # Methods: each answers within the transaction that `handle` commits, refusals included

    def _logon(self, db: sqlite3.Connection, asked: Asked, version: str) -> Answer:
        logon = sessions.by_password(db, asked.header("Authorization"), self._clock.now())
        root, node = messages.success(version, "LogonResponse")
        add(node, "SID", logon.sid)
        if logon.otp:
            otp = add(add(node, "ExtraAuth"), "OTP")
            otp.set("phoneMask", "+7***0000")
            otp.set("code", logon.sid[:4])
        put_fact(db, "directbank.version", version)
        return Answer(root)

    def _logon_otp(self, db: sqlite3.Connection, asked: Asked, version: str) -> Answer:
        otp = asked.header("OTP")
        sid = asked.header("SID")
        logon = sessions.by_one_time_password(db, sid, otp if _OTP.fullmatch(otp) else "", self._clock.now())
        root, node = messages.success(version, "LogonResponse")
        add(node, "SID", logon.sid)
        return Answer(root)

    def _logon_cert(self, db: sqlite3.Connection, asked: Asked, version: str) -> Answer:
        logon, certificate = sessions.by_certificate(db, asked.body, self._customers, self._clock.now())
        root, node = messages.success(version, "LogonCertResponse")
        sealed = encrypt(logon.sid.encode("ascii"), certificate)
        add(node, "EncryptedSID", base64.b64encode(sealed).decode("ascii"))
        put_fact(db, "directbank.version", version)
        return Answer(root)

    def _get_settings(self, db: sqlite3.Connection, asked: Asked, version: str) -> Answer:
        if self._session(db, asked) != "password":
            raise Failure("1011", "Настройки выдаются только при входе по паролю")
        owner = accounts(db)[0].owner
        if asked.header("Inn") != owner.inn or asked.header("Bic") != owner.bic:
            raise Failure("1012", "ИНН или БИК не совпадают с данными клиента")
        account = asked.headers.get("account", "").strip()
        if account and account not in {known.number for known in accounts(db)}:
            raise Failure("1013", account)
        now = self._books.bank_now(db)
        number, content = settings.write(db, self._keys, self._url(), now)
        root, node = messages.success(version, "GetSettingsResponse")
        node.set("id", number)
        node.set("formatVersion", version)
        node.set("creationDate", notices.dates(db).instant(now))
        node.set("userAgent", wire.AGENT)
        data = add(node, "Data", base64.b64encode(content).decode("ascii"))
        data.set("dockind", wire.SETTINGS)
        return Answer(root)

    def _send_pack(self, db: sqlite3.Connection, asked: Asked, version: str) -> Answer:
        self._session(db, asked)
        packet = requests.read_packet(db, asked.body, self._customers, self._clock.now())
        now = self._books.bank_now(db)
        orders.process(db, now)
        active = behave.take_order(db, behave.DIRECTBANK) if documents.has_orders(packet) else None
        answer = documents.take(db, packet, asked.body, orders.Plan.of(active), now)
        root, node = messages.success(version, "SendPacketResponse")
        add(node, "ID", answer)
        if active and active.name == "order-lost-reply":
            return Answer(root, code="lost")
        return Answer(root)

    def _get_pack_list(self, db: sqlite3.Connection, asked: Asked, version: str) -> Answer:
        self._session(db, asked)
        since = _since(asked.parameter("date"))
        now = self._books.bank_now(db)
        orders.process(db, now)
        found = packets.listed(db, now, since, unread=notices.switch(db, "queue"))
        dates = notices.dates(db)
        if any(packet.made_by == "zoned-dates" for packet in found):
            dates = wire.Dates(zoned=True)
        root, node = messages.success(version, "GetPacketListResponse")
        node.set("TimeStampLastPacket", dates.instant(now))
        for packet in found:
            twice = packet.made_by == "duplicate-file" and packet.options.get("mode") == "listed"
            for _ in range(2 if twice else 1):
                add(node, "PacketID", packet.id)
        return Answer(root)

    def _get_pack(self, db: sqlite3.Connection, asked: Asked, version: str) -> Answer:
        self._session(db, asked)
        number = asked.parameter("id").strip()
        now = self._books.bank_now(db)
        orders.process(db, now)
        found = packets.get(db, number, now)
        if found is None:
            raise Failure("2102", number)
        root, _ = messages.success(version, "GetPacketResponse")  # filled when it is known how
        return Answer(root, number)

    # Checks

    def _check_common(self, db: sqlite3.Connection, asked: Asked) -> None:
        customer, version = asked.header("CustomerID"), asked.header("APIVersion")
        if len(customer) > 50:
            raise Failure("1004")
        may_be_unknown = asked.method in ("Logon", "LogonOTP", "LogonCert", "GetSettings")
        if customer != fact(db, "customer_id") and not (may_be_unknown and customer == _UNKNOWN_CUSTOMER):
            raise Failure("1003", customer)
        if version not in wire.VERSIONS:
            raise Failure("2006", f"APIVersion {version}; поддерживаются {', '.join(wire.VERSIONS)}")
        if _VERBS[asked.method] == "POST" and asked.body and not _is_xml(asked.headers.get("content-type", "")):
            raise Failure("1002", "Content-Type: application/xml; charset=utf-8")

    def _session(self, db: sqlite3.Connection, asked: Asked) -> str:
        return sessions.use(db, asked.header("SID"), asked.method, self._clock.now())

    # Replies

    def _breaks_off(self, db: sqlite3.Connection, asked: Asked) -> bool:
        """Whether the connection breaks now, before payment orders are taken."""
        if asked.method != "SendPack" or not _carries_orders(asked.body):
            return False
        return behave.take_break(db, behave.DIRECTBANK) is not None

    def _behaviour(self, db: sqlite3.Connection, asked: Asked, answer: Answer) -> behave.Active | None:
        if answer.code == "lost":
            return behave.Active("order-lost-reply", {})
        row = db.execute("SELECT 1 FROM replies WHERE operation = ?", (_replies(asked.method),)).fetchone()
        carries = bool(answer.packet) and any(
            document.kind == wire.STATEMENT for document in packets.documents_of(db, answer.packet)
        )
        return behave.take_reply(
            db, asked.method, has_content=carries, can_replay=row is not None, channel=behave.DIRECTBANK
        )

    def _message(
        self, db: sqlite3.Connection, asked: Asked, answer: Answer, version: str, behaviour: behave.Active | None
    ) -> bytes:
        """The finished message, honest or made wrong by `behaviour`."""
        name = behaviour.name if behaviour else ""
        if name == "replayed":
            kept = db.execute("SELECT body FROM replies WHERE operation = ?", (_replies(asked.method),)).fetchone()
            return bytes(kept["body"])
        root = answer.root
        if behaviour and name == "unknown-code":
            root = messages.error(version, behaviour.options["code"], "")
        elif answer.packet:
            self._fill(db, answer, version, behaviour)
        if name == "wrong-encoding":
            root.set("userAgent", tamper.RUSSIAN_TEXT)
        message = messages.serialise(root)
        if behaviour and name == "dtd":
            return tamper.with_document_type(message, behaviour.options["encoding"])
        if name == "wrong-encoding":
            return tamper.misencoded(message)
        if answer.packet and (not name or name in HARMLESS):
            packets.mark(db, answer.packet, packets.READ)
        elif name == "read-once":
            packets.mark(db, answer.packet, packets.GONE)
        if not name and answer.code == "0000":
            db.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (_replies(asked.method), message))
        return message

    def _fill(self, db: sqlite3.Connection, answer: Answer, version: str, behaviour: behave.Active | None) -> None:
        """Write the packet, or another one, into the answer."""
        now = self._books.bank_now(db)
        name = behaviour.name if behaviour else ""
        served = answer.packet
        shown = served
        if name == "wrong-request-id":
            other = packets.another(db, served)
            served, shown = (other, other) if other else (served, packets.new_guid())
        found = packets.get(db, served, now)
        held = packets.documents_of(db, served)
        made_by = found[0].made_by if found else ""
        press = seal.Press(
            signer=self._keys.signing,
            signed=notices.switch(db, "signed") and made_by != "unsigned",
            compress=notices.switch(db, "compress"),
            at=found[0].signed_at if found else self._clock.now(),
            stranger=self._stranger,
        )
        made = found[0].made if found else now
        if behaviour and name == "stale-timestamp":
            age = timedelta(seconds=behaviour.number("seconds"))
            press, made = replace(press, at=press.at - age), made - age
        elif name == "certificate-expired":
            press = replace(press, signer=self._keys.expired)
        spare = packets.another(db, served)
        other_document = packets.documents_of(db, spare)[0].content if spare else b""
        dates = wire.Dates(zoned=notices.dates(db).zoned or made_by == "zoned-dates")
        node = answer.root[0][0]
        sealed = seal.seal(held, press, behaviour, other_document)
        messages.fill_packet(node, shown, made, dates, version, notices.parties(db), sealed)

    def _stranger(self) -> Pkcs12Key:
        authority = enrol.load_authority(self._books.path.parent)
        return authority.issue_client("1000000099", self._clock.now())

    def _note(self, db: sqlite3.Connection, asked: Asked, answer: Answer, behaviour: behave.Active | None) -> None:
        db.execute(
            "INSERT INTO requests (sender, request_id, at, operation, reference, code, behaviour)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                behave.DIRECTBANK, packets.new_guid(), to_text(self._clock.now()), asked.method, answer.packet,
                "0000" if answer.code == "lost" else answer.code, behaviour.name if behaviour else "",
            ),
        )  # fmt: skip


_OURS = ("customerid", "apiversion", "sid", "otp", "authorization", "inn", "bic", "account", "content-length")


def _count(headers: list[tuple[str, str]], name: str) -> int:
    return sum(given.lower() == name for given, _ in headers)


def _is_xml(content_type: str) -> bool:
    kind, _, parameters = content_type.lower().partition(";")
    return kind.strip() == "application/xml" and parameters.replace(" ", "").replace('"', "") in ("charset=utf-8", "")


def _since(text: str) -> datetime | None:
    """The bank's instant of GetPackList's `date`; None for everything there ever was.

    Raises:
        Failure: 2101.
    """
    if not text:
        return None
    if not _DATE_SHAPE.fullmatch(text):
        raise Failure("2101", text)
    try:
        return datetime.strptime(text, _DATE).replace(tzinfo=MOSCOW)
    except ValueError:
        raise Failure("2101", text) from None


def _carries_orders(body: bytes) -> bool:
    """Whether a packet nobody has checked seems to hold payment orders."""
    return re.search(rb"""dockind\s*=\s*["']10["']""", body) is not None


def _replies(method: str) -> str:
    return f"{behave.DIRECTBANK}.{method}"
