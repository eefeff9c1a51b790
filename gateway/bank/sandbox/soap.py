"""What the sandbox bank makes of a request: read strictly, or refused with the agreement's response code.

The order of checks is the order of trust: well-formed, envelope signed by the customer's registered certificate,
header complete and fresh, sender known, payload signed by the customer, payload valid by the schema, customer and
command right, RequestId never seen before.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from gateway.bank.bxd.wire import COMMANDS, MODEL, SERVICE, XMLDATA, application_schema
from gateway.bank.sandbox import signers
from gateway.bank.sandbox.books import fact
from gateway.core.clock import to_text
from gateway.core.errors import Corrupt
from gateway.signing import signature
from gateway.signing.keys import fingerprint
from gateway.signing.parsing import parse
from gateway.signing.policy import TrustPolicy
from gateway.signing.wsse import SOAP, verify_envelope
from gateway.signing.xmldsig import verify_enveloped

CODES = {
    "00": "OK.",
    "02": "SOAP signature error: signature verification failed.",
    "03": "SOAP signature error: certificate not valid for this id.",
    "04": "SOAP signature error: certificate not valid.",
    "05": "Operation unknown.",
    "07": "SenderID not found.",
    "12": "Schema validation failed.",
    "13": "CustomerID not found.",
    "18": "Content digital signature not valid.",
    "19": "Content certificate not valid.",
    "20": "Content type not valid.",
    "21": "Deflate error.",
    "24": "Content not found.",
    "25": "Content not allowed.",
    "27": "Cannot be deleted.",
    "29": "Invalid parameters.",
    "30": "Authentication failed.",
    "31": "Duplicate message rejected.",
    "32": "Duplicate ApplicationRequest rejected.",
}
"""Response codes of "Security and Message Specification for Financial Messages using Web Services" this bank uses."""

_HEADER = ("SenderId", "RequestId", "Timestamp", "Language", "UserAgent", "ReceiverId")
_MAY_BE_EMPTY = frozenset({"Language", "UserAgent"})
_LONGEST_ID = 64
_FRESH = timedelta(minutes=15)
_LARGEST_REQUEST = 64 * 1024 * 1024


class Unreadable(Exception):
    """Not a message of this service: answered with a SOAP fault.

    Attributes:
        text: for the faultstring.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Echo:
    """What a reply repeats of its request, believed or not."""

    operation: str
    sender_id: str
    request_id: str
    receiver_id: str


class Rejected(Exception):
    """A request this bank does not carry out.

    Attributes:
        code: a key of CODES.
        echo: for the reply.
    """

    def __init__(self, code: str, echo: Echo) -> None:
        self.code = code
        self.echo = echo
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Call:
    """A request that passed every check.

    Attributes:
        application: the ApplicationRequest: a new tree of the octets its signature is over.
    """

    echo: Echo
    application: etree._Element

    def text(self, name: str) -> str:
        """The text of the ApplicationRequest's child `name`, "" without one."""
        found = self.application.find(f"{{{XMLDATA}}}{name}")
        return "" if found is None else (found.text or "").strip()

    def references(self) -> list[str]:
        found = self.application.iterfind(f"{{{XMLDATA}}}FileReferences/{{{XMLDATA}}}FileReference")
        return [(node.text or "").strip() for node in found]


def read_call(db: sqlite3.Connection, raw: bytes, root: TrustPolicy, at: datetime) -> Call:
    """The request in `raw`.

    Args:
        root: policy whose anchors certify customers.
        at: the machine's instant.

    Raises:
        Unreadable, Rejected.
    """
    echo = _echo(raw)
    policy, registered = signers.expected(db, root)
    try:
        envelope = verify_envelope(raw, policy, at)
    except Corrupt as error:
        raise Rejected("04" if error.code.startswith("certificate.") else "02", echo) from None
    if fingerprint(envelope.certificate) != registered:
        raise Rejected("03", echo)
    header, payload = _parts(envelope.body, echo)
    _check_header(header, echo, at)
    if echo.sender_id != fact(db, "customer_id"):
        raise Rejected("07", echo)
    try:
        document = verify_enveloped(payload, policy, at)
    except Corrupt as error:
        raise Rejected("19" if error.code.startswith("certificate.") else "18", echo) from None
    if fingerprint(document.certificate) != registered:
        raise Rejected("19", echo)
    call = Call(echo, document.root)
    if document.root.tag != f"{{{XMLDATA}}}ApplicationRequest" or not application_schema().validate(document.root):
        raise Rejected("12", echo)
    if call.text("CustomerId") != fact(db, "customer_id"):
        raise Rejected("13", echo)
    if call.text("Command") not in ("", COMMANDS[echo.operation]) or not _fresh(call.text("Timestamp"), at):
        raise Rejected("29", echo)
    return call


def register(db: sqlite3.Connection, call: Call, at: datetime) -> None:
    """Note that this request came.

    Raises:
        Rejected: 31 when its RequestId was used before, 32 when an upload with this ExecutionSerial came under another
            RequestId, whatever was in it: no serial number pays twice.
    """
    serial = call.text("ExecutionSerial")
    if call.echo.operation == "uploadFile" and serial:
        if db.execute("SELECT 1 FROM facts WHERE name = ?", (f"upload.{serial}",)).fetchone():
            raise Rejected("32", call.echo)
        content = hashlib.sha256(call.text("Content").encode()).hexdigest()
        db.execute("INSERT INTO facts VALUES (?, ?)", (f"upload.{serial}", content))
    reference = (call.references() or [""])[0]
    try:
        db.execute(
            "INSERT INTO requests (sender, request_id, at, operation, reference, code, behaviour)"
            " VALUES (?, ?, ?, ?, ?, '', '')",
            (call.echo.sender_id, call.echo.request_id, to_text(at), call.echo.operation, reference),
        )
    except sqlite3.IntegrityError:
        raise Rejected("31", call.echo) from None


def note_answer(db: sqlite3.Connection, echo: Echo, code: str, behaviour: str) -> None:
    """Note how a registered request was answered."""
    db.execute(
        "UPDATE requests SET code = ?, behaviour = ? WHERE sender = ? AND request_id = ?",
        (code, behaviour, echo.sender_id, echo.request_id),
    )


def _echo(raw: bytes) -> Echo:
    """What can be repeated of a message nobody has verified yet."""
    try:
        root = parse(raw, _LARGEST_REQUEST)
    except Corrupt as error:
        raise Unreadable(error.code) from None
    body = root.find(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or body is None or len(body) != 1:
        raise Unreadable("not a SOAP 1.1 message with one Body and one element in it")
    name = etree.QName(body[0])
    operation = name.localname.removesuffix("in")
    if name.namespace != SERVICE or operation not in COMMANDS or not name.localname.endswith("in"):
        raise Unreadable("Operation unknown.")
    header = body[0].find(f"{{{MODEL}}}RequestHeader")
    texts = {} if header is None else {etree.QName(part).localname: (part.text or "").strip() for part in header}
    sender, request_id, receiver = (
        texts.get(field, "")[:_LONGEST_ID] for field in ("SenderId", "RequestId", "ReceiverId")
    )
    return Echo(operation, sender, request_id, receiver)


def _parts(body: etree._Element, echo: Echo) -> tuple[etree._Element, bytes]:
    """RequestHeader and the payload, each once, in this order, and nothing else."""
    inner = list(body[0]) if len(body) == 1 else []
    if [part.tag for part in inner] != [f"{{{MODEL}}}RequestHeader", f"{{{MODEL}}}ApplicationRequest"]:
        raise Rejected("12", echo)
    try:
        return inner[0], signature.octets(inner[1])
    except Corrupt:
        raise Rejected("12", echo) from None


def _check_header(header: etree._Element, echo: Echo, at: datetime) -> None:
    fields = {etree.QName(part).localname: (part.text or "").strip() for part in header}
    in_order = [part.tag for part in header] == [f"{{{MODEL}}}{name}" for name in _HEADER]
    complete = all(fields.get(name) for name in _HEADER if name not in _MAY_BE_EMPTY)
    if not in_order or not complete or len(fields["RequestId"]) > _LONGEST_ID:
        raise Rejected("12", echo)
    if not _fresh(fields["Timestamp"], at):
        raise Rejected("29", echo)


def _fresh(text: str, at: datetime) -> bool:
    try:
        stamped = datetime.fromisoformat(text)
    except ValueError:
        return False
    return stamped.tzinfo is not None and abs(stamped - at) <= _FRESH
