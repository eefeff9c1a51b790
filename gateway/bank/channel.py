"""The one interface behind which every bank channel stands.

The order of a poll is: `list_files` → `fetch` → store the raw reply and commit → `prove` → `acknowledge` → parse.
`fetch` only carries bytes. `prove` touches no network and no clock: the same bytes give the same answer years later,
which is what lets a pick list be traced back to evidence that still verifies.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from gateway.core.clock import from_text, to_text
from gateway.core.errors import Corrupt


class EvidenceKind(StrEnum):
    """How a message was proved, strongest first."""

    SIGNED = "signed"  # the bank's signature over it holds
    CHANNEL = "channel"  # unsigned, but fetched over mutually authenticated TLS from the bank
    FILE = "file"  # somebody imported it


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file the bank offers.

    Attributes:
        reference: the bank's name of it, up to 32 characters.
        file_type: "XT" and so on, as the bank says.
        created: when the bank made it, UTC.
        status: NEW, DLD (downloaded before), … as the bank says.
        size_hint: bytes, where the bank tells.
        service_id: account or agreement it is about; "" when the bank does not say.
    """

    reference: str
    file_type: str
    created: datetime | None = None
    status: str = ""
    size_hint: int | None = None
    service_id: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the bank offers now.

    Attributes:
        files: in the bank's order.
        cursor: where the bank says the next listing may begin, its own text as it is; "" where it has no such thing.
            Kept, and handed back, only when everything listed is safe here.
        repeatable: the bank gives a listed file again, however often it was fetched. Where that is not known, each
            file is kept, durably, before the next one is fetched.
    """

    files: tuple[FileRef, ...]
    cursor: str = ""
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What we asked, and what the reply must echo.

    Attributes:
        request_id: ours, unique for ever.
        operation: "downloadFile" and so on.
        sent_at: UTC.
        reference: the file asked for; "" where none is.
    """

    request_id: str
    operation: str
    sent_at: datetime
    reference: str = ""

    def to_json(self) -> str:
        return _json({**_fields(self), "sent_at": to_text(self.sent_at)})

    @classmethod
    def from_json(cls, text: str) -> Request:
        stored = json.loads(text)
        return cls(**{**stored, "sent_at": from_text(stored["sent_at"])})


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, unverified.

    Attributes:
        raw: the HTTP body, byte for byte.
        received_at: when it was complete, UTC; evidence is proved as of this instant.
        transport: what TLS said: "tls" (protocol), "cipher", "peer_sha256" (certificate), "url", "status"; and
            "incomplete" with a reason when the body broke off.
    """

    request: Request
    raw: bytes
    received_at: datetime
    transport: dict[str, str]


@dataclass(frozen=True, slots=True)
class Proof:
    """Why a message is believed.

    Attributes:
        signer_subject, signer_sha256, signer_serial: the certificate that signed.
        anchor_sha256: the pinned anchor its chain ended in.
        algorithms: names of the algorithms of all layers.
        signed_at: the signed time stamp's Created.
        verified_at: the instant the rules were applied as of.
        request_id: of ours, echoed by the signed reply.
        layers: what was verified, outermost first: "soap", "payload".
    """

    kind: EvidenceKind
    signer_subject: str
    signer_sha256: str
    signer_serial: str
    anchor_sha256: str
    algorithms: tuple[str, ...]
    signed_at: datetime
    verified_at: datetime
    request_id: str
    layers: tuple[str, ...]

    def to_json(self) -> str:
        instants = {name: to_text(getattr(self, name)) for name in ("signed_at", "verified_at")}
        return _json({**_fields(self), **instants})

    @classmethod
    def from_json(cls, text: str) -> Proof:
        stored = json.loads(text)
        known = {f.name for f in fields(cls)}
        return cls(
            **{
                **{name: value for name, value in stored.items() if name in known},
                "kind": EvidenceKind(stored["kind"]),
                "algorithms": tuple(stored["algorithms"]),
                "layers": tuple(stored["layers"]),
                "signed_at": from_text(stored["signed_at"]),
                "verified_at": from_text(stored["verified_at"]),
            }
        )


class DocumentKind(StrEnum):
    """What a document is for."""

    STATEMENT = "statement"  # lines of an account
    ORDER_STATUS = "order_status"  # how our payment orders fare
    OTHER = "other"  # kept and shown, acted on by nobody


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a message.

    Attributes:
        format: which reader understands it: "camt", "directbank.statement", "mt940", "1c-text", "pain.002",
            "directbank.status", or the bank's own word for it.
        content: decoded, decompressed, byte for byte what was signed where it was signed.
        document_id: the sender's id of it; "" where it has none.
        answers: the id of our request or order it answers; "" where it answers none.
        proof: how this document was proved; None where the message's proof is its proof.
    """

    kind: DocumentKind
    format: str
    content: bytes
    document_id: str = ""
    answers: str = ""
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class Proven:
    """A reply that was proved.

    Attributes:
        content: the file in it, decoded and decompressed; b"" for replies that carry none. Of a packet of several
            documents: the packet.
        proof: of the message; of a packet, the weakest proof of its statements.
        ref: what the bank says the file is, where the reply tells.
        codes: (code, text) of the bank's answer, outermost first, codes padded to two digits.
        documents: what the message holds, in order.
    """

    content: bytes
    proof: Proof
    ref: FileRef | None
    codes: tuple[tuple[str, str], ...]
    documents: tuple[Document, ...] = ()


class Delivery(StrEnum):
    """Whether something we sent has arrived, as far as the bank can say."""

    ARRIVED = "arrived"
    ABSENT = "absent"  # the bank says it has no such thing: the same bytes may be sent once more, under the same id
    UNKNOWN = "unknown"  # ask again later


@dataclass(frozen=True, slots=True)
class Sending:
    """A file of payment orders on its way to the bank.

    Attributes:
        request_id: ours, fixed and stored before the first try, the same at every try.
        format: "pain.001" or "paydocru".
        file_type: the bank's name of this kind of file, from its profile.
        file_name: carries `request_id`, so that the bank's own lists can be searched for it.
        content: the very bytes, stored before the first try.
        document_id: id of the order inside, where the protocol wants it outside too.
    """

    request_id: str
    format: str
    file_type: str
    file_name: str
    content: bytes
    document_id: str = ""


class RefusedReply(Corrupt):
    """A reply that did not hold, together with its bytes, for callers that never saw the reply itself.

    Raised by `list_files`, `user_info` and by `fetch` (a reply too large to be read whole: `reply.raw` is its
    beginning). Store `reply.raw`, raise an alarm, go on.
    """

    def __init__(self, code: str, reply: Reply, **values: object) -> None:
        super().__init__(code, **values)
        self.reply = reply

    @classmethod
    def of(cls, error: Corrupt, reply: Reply) -> RefusedReply:
        """`error` with the reply it is about."""
        return cls(error.code, reply, **error.values)


class Prover(Protocol):
    """The part of a channel that judges stored bytes."""

    @property
    def name(self) -> str:
        """As in `Channel`."""

    def prove(self, reply: Reply, at: datetime) -> Proven:
        """See `Channel.prove`."""


class Channel(Protocol):
    """A way to one bank.

    Every call may raise Unavailable (`bank.away`, `bank.slow`, `bank.fault`) and Refused
    (`bank.response_refused`, `bank.server_untrusted`, `bank.client_refused`).
    """

    @property
    def name(self) -> str:
        """Kind and profile: "bxd:sandbox"."""

    @property
    def certificate_expires(self) -> datetime | None:
        """When the first of our certificates ends, UTC; None where we use none."""

    def list_files(self, since: date | None, cursor: str = "") -> Listing:
        """Files the bank offers, of all wanted types, new ones and ones fetched before, as the profile says.

        A bank that makes statements only on demand is asked for them here.

        Args:
            since: the bank's business date to start from; None leaves it to the bank.
            cursor: of an earlier listing, as it was.

        Raises:
            RefusedReply: the list did not hold.
        """

    def fetch(self, ref: FileRef) -> Reply:
        """Carry one file here. Nothing is verified: store the reply before anything else.

        Raises:
            RefusedReply: `bank.too_large`.
        """

    def prove(self, reply: Reply, at: datetime) -> Proven:
        """Verify everything about a fetched reply as of the instant `at`; pure.

        Raises:
            Corrupt: `bank.*`, the reason.
            Refused: `bank.response_refused`: a proved answer, but the bank said no.
        """

    def acknowledge(self, ref: FileRef) -> None:
        """Tell the bank that the file is safe here."""

    def user_info(self) -> dict[str, object]:
        """What the bank says about our agreement: file types and services.

        Raises:
            RefusedReply: the answer did not hold.
        """

    def send(self, sending: Sending) -> Reply:
        """Send payment orders; `accepted` judges the reply.

        One that ends in Unavailable may have arrived: ask `delivered`, never send it under a new id.
        """

    def accepted(self, reply: Reply) -> str:
        """The bank's receipt in a proved reply of `send`: its own id of what it took, or "". A bank that says it has
        this very sending already has accepted it.

        Raises:
            Corrupt: `bank.*`: the reply does not hold; nothing is known.
            Refused: `bank.response_refused`: the bank did not take it, and never will as it is.
        """

    def delivered(self, sending: Sending) -> Delivery:
        """Ask the bank whether it has what was sent.

        Raises:
            RefusedReply: the answer did not hold.
        """

    def close(self) -> None:
        """Release connections."""


def _fields(of: Request | Proof) -> dict[str, object]:
    return {field.name: getattr(of, field.name) for field in fields(of)}


def _json(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
