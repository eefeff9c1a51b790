"""Papers of an application as files: sealed when they come, shown to few, and missed where they should be."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, func, select

from gateway.core.authority import OUTSIDE, Actor, Right, Role
from gateway.core.clock import to_text
from gateway.core.errors import Corrupt, Refused
from gateway.core.ids import new_id
from gateway.loans import agreement_rows, applications, events
from gateway.loans.model import ApplicationState, SigningWay
from gateway.loans.papers import OriginalState, SigningState
from gateway.loans.stage import Stage
from gateway.loans.tables import agreements, documents
from gateway.loans.tables import applications as application_rows
from gateway.loans.terms import LoanTerms
from gateway.store import alarms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

MOST = 15 << 20
"""Bytes of one file."""
MOST_FILES = 40
"""Papers of one application, before people of a shop may add no more to it: every page of them may be a photograph."""
MOST_BYTES = 150 << 20
"""The same in bytes."""
MISSING_ALARM = "loan.document_missing"
_BEGINNINGS = {"application/pdf": b"%PDF-", "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
_PDF = "application/pdf"
_SUFFIXES = {_PDF: (".pdf",), "image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",)}
_UNSAFE = re.compile(r"[^\w .()№-]+")
_LONGEST_NAME = 120
_AT_ONCE = 500
_WAITING = (Stage.SIGNING, Stage.ORIGINAL)
"""Stages in which a paper may be missing: with the original at the lender nobody waits for its scan."""


class Kind(StrEnum):
    """What a paper is."""

    AGREEMENT = "agreement"  # the lender's, to be signed
    SIGNED = "signed"
    PASSPORT = "passport"
    PORTRAIT = "portrait"
    WAYBILL = "waybill"
    OTHER = "other"


_OF_AN_AGREEMENT = frozenset({Kind.AGREEMENT, Kind.SIGNED, Kind.WAYBILL})
_OF_THE_DEAL = frozenset({Kind.AGREEMENT, Kind.SIGNED})  # they name the buyer and his passport
_OF_THE_PERSON = frozenset({Kind.PASSPORT, Kind.PORTRAIT})
# Until then the shop's people work with the papers; afterwards only who answers for the shop sees those of the deal.
_BEFORE_FORCE = frozenset({ApplicationState.APPROVED, ApplicationState.ACCEPTED, ApplicationState.AGREED})
# How long a stage may go without its paper.
_PATIENCE = {Kind.AGREEMENT: timedelta(hours=1), Kind.SIGNED: timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Paper:
    """A document in a list.

    Attributes:
        size: bytes. purged: its bytes are gone after the retention period.
        readable: whether the actor who asked may open it.
    """

    id: str
    agreement_id: str | None
    kind: Kind
    name: str
    media_type: str
    size: int
    sha256: str
    at: str
    by: str
    purged: bool
    readable: bool


@dataclass(frozen=True, slots=True)
class Content:
    """A document opened."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


def keep(unit: Unit, terms: LoanTerms, application_id: str, kind: Kind, name: str, content: bytes) -> str:
    """Store a paper of an application; the same bytes again are the same document. Returns its id.

    Args:
        name: of the file, for people; what could not stand in one is replaced.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement` for a paper of one that is not here,
            `loan.document_empty`, `loan.document_too_large`, `loan.document_type` for anything but PDF, JPEG or PNG,
            and an agreement that is no PDF; `loan.not_at_shop` where people of a shop bring signed papers that were not
            signed there, `loan.document_too_many` where people of a shop bring more than
            MOST_FILES or MOST_BYTES.
    """
    unit.actor.require(Right.LOANS_WORK if kind is Kind.AGREEMENT else Right.LOANS_SIGN)
    application = applications.open_for(unit, application_id)
    agreement = agreement_rows.live(unit, application.id)
    if agreement is None and kind in _OF_AN_AGREEMENT:
        raise Refused("loan.no_agreement")
    if unit.actor.party and kind is Kind.SIGNED and agreement is not None and agreement.signing_way != SigningWay.CLERK:
        raise Refused("loan.not_at_shop", agreement=agreement.number)
    media_type = _media_type(kind, content)
    sha256 = hashlib.sha256(content).hexdigest()
    agreement_id = agreement.id if agreement is not None else None
    same = unit.connection.execute(
        select(documents.c.id).where(
            documents.c.application_id == application.id,
            documents.c.agreement_id == agreement_id,
            documents.c.kind == kind.value,
            documents.c.sha256 == sha256,
        )
    ).first()
    if same is not None:
        return str(same.id)
    if unit.actor.role in OUTSIDE:
        _need_room(unit, application.id, len(content))
    document_id = new_id()
    unit.insert(
        documents,
        {
            "id": document_id,
            "company": unit.company,
            "application_id": application.id,
            "agreement_id": agreement_id,
            "kind": kind.value,
            "name": _file_name(name, kind, media_type),
            "media_type": media_type,
            "size": len(content),
            "sha256": sha256,
            "sealed": terms.sealer.seal_bytes(about(application.id, document_id), content),
            "at": unit.at,
            "by": str(unit.actor),
        },
    )
    unit.journal(
        "loan.document_kept",
        f"loan:{application.id}",
        document=document_id,
        agreement=agreement_id,
        kind=kind.value,
        sha256=sha256,
        size=len(content),
    )
    events.write(unit, application.id, "document_kept", document=kind.value)
    if kind in _PATIENCE:
        alarms.clear(unit, MISSING_ALARM, _subject(application.id, kind))
    return document_id


def about(application_id: str, document_id: str) -> str:
    """What a document is sealed about."""
    return f"loan:{application_id}:document:{document_id}"


def listed(connection: Connection, actor: Actor, application: AnyRow) -> list[Paper]:
    """The papers of an application the actor may see, oldest first; those he may not open are listed as such."""
    found = connection.execute(
        select(documents).where(documents.c.application_id == application.id).order_by(documents.c.id)
    ).all()
    return [
        Paper(
            id=row.id,
            agreement_id=row.agreement_id,
            kind=Kind(row.kind),
            name=row.name,
            media_type=row.media_type,
            size=row.size,
            sha256=row.sha256,
            at=row.at,
            by=row.by,
            purged=not row.sealed,
            readable=bool(row.sealed) and may_open(actor, ApplicationState(application.state), Kind(row.kind)),
        )
        for row in found
    ]


def opened(unit: Unit, terms: LoanTerms, document_id: str) -> Content:
    """A document's bytes; the journal keeps who has seen it.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.document_unknown` (also another shop's),
            `loan.document_hidden` for a paper this actor may not open, `loan.document_purged`.
        Corrupt: `loan.unsealable`.
    """
    unit.actor.require(Right.LOANS_READ)
    row = unit.connection.execute(
        select(documents).where(documents.c.id == document_id, documents.c.company == unit.company)
    ).one_or_none()
    if row is None:
        raise Refused("loan.document_unknown")
    application = applications.open_for(unit, row.application_id)
    kind = Kind(row.kind)
    if not may_open(unit.actor, ApplicationState(application.state), kind):
        raise Refused("loan.document_hidden")
    if not row.sealed:
        raise Refused("loan.document_purged")
    content = terms.sealer.open_bytes(about(application.id, row.id), row.sealed)
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise Corrupt("loan.unsealable", about=about(application.id, row.id))
    unit.journal("loan.document_shown", f"loan:{application.id}", document=row.id, kind=kind.value)
    return Content(row.name, row.media_type, content)


def may_open(actor: Actor, state: ApplicationState, kind: Kind) -> bool:
    """Whether an actor may open a paper of an application in that state.

    Ours: what names the buyer is for those with the right to personal data. A shop's people: the papers they sign with,
    until the loan is in force; afterwards the shop's manager the agreement alone, and nobody of the shop a passport.
    """
    if actor.role is Role.SHOP_SITE or not actor.may(Right.LOANS_READ):
        return False
    personal = kind in _OF_THE_DEAL or kind in _OF_THE_PERSON
    if actor.role not in OUTSIDE:
        return not personal or actor.may(Right.LOANS_PERSONAL)
    if not personal or state in _BEFORE_FORCE:
        return True
    return kind in _OF_THE_DEAL and actor.role is Role.SHOP_MANAGER


def is_kept(unit: Unit, agreement_id: str, kind: Kind) -> bool:
    """Whether a paper of that kind is here for an agreement."""
    query = (
        select(documents.c.id)
        .join(agreements, _of_agreement())
        .where(agreements.c.id == agreement_id, documents.c.kind == kind.value)
    )
    return unit.connection.execute(query.limit(1)).first() is not None


def watch(unit: Unit) -> int:
    """Raise an alarm for each paper that should be here by now. Returns how many are missing.

    Only agreements at the stages that wait for a paper are looked at: the lender's PDF before anything can be signed,
    a scan of the signed papers before they can be verified.
    """
    kept = select(documents.c.id).where(_of_agreement())
    late = {kind: to_text(unit.now - patience) for kind, patience in _PATIENCE.items()}
    found = unit.connection.execute(
        select(
            agreements.c.application_id,
            agreements.c.number,
            agreements.c.signing,
            application_rows.c.number.label("application_number"),
        )
        .join(application_rows, application_rows.c.id == agreements.c.application_id)
        .where(
            application_rows.c.company == unit.company,
            application_rows.c.stage.in_([stage.value for stage in _WAITING]),
            agreements.c.live == 1,
            (
                (agreements.c.signing == SigningState.PLANNED.value)
                & (agreements.c.made_at < late[Kind.AGREEMENT])
                & ~kept.where(documents.c.kind == Kind.AGREEMENT.value).exists()
            )
            | (
                (agreements.c.signing == SigningState.SIGNED.value)
                & (agreements.c.original != OriginalState.NOT_NEEDED.value)
                & (agreements.c.signed_at < late[Kind.SIGNED])
                & ~kept.where(documents.c.kind == Kind.SIGNED.value).exists()
            ),
        )
        .order_by(agreements.c.id)
        .limit(_AT_ONCE)
    ).all()
    for row in found:
        kind = Kind.AGREEMENT if row.signing == SigningState.PLANNED else Kind.SIGNED
        values = {"number": row.application_number, "kind": kind.value}
        alarms.raise_alarm(unit, MISSING_ALARM, _subject(row.application_id, kind), values, severity="warning")
    return len(found)


def _of_agreement() -> ColumnElement[bool]:
    """Papers of an agreement: found by its application, which papers are in order of."""
    return (documents.c.application_id == agreements.c.application_id) & (documents.c.agreement_id == agreements.c.id)


def _subject(application_id: str, kind: Kind) -> str:
    return f"loan:{application_id}:{kind.value}"


def _media_type(kind: Kind, content: bytes) -> str:
    if not content:
        raise Refused("loan.document_empty")
    if len(content) > MOST:
        raise Refused("loan.document_too_large", size=len(content), most=MOST)
    found = next((name for name, begins in _BEGINNINGS.items() if content.startswith(begins)), "")
    if not found or (kind is Kind.AGREEMENT and found != _PDF):
        raise Refused("loan.document_type", kind=kind.value)
    return found


def _need_room(unit: Unit, application_id: str, size: int) -> None:
    """Raise unless one more paper of this size has room. A purged one counts as it was."""
    here = documents.c.application_id == application_id
    kept = unit.connection.execute(select(func.count(), func.coalesce(func.sum(documents.c.size), 0)).where(here)).one()
    if kept[0] >= MOST_FILES or kept[1] + size > MOST_BYTES:
        raise Refused("loan.document_too_many", files=MOST_FILES, megabytes=MOST_BYTES >> 20)


def _file_name(name: str, kind: Kind, media_type: str) -> str:
    """A name that opens as what the file is: a paper called "act.hta" would run where somebody saves it."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    safe = _UNSAFE.sub("_", base).strip(" ._")
    known = _SUFFIXES[media_type]
    found = next((suffix for suffix in known if safe.lower().endswith(suffix)), "")
    stem = safe[: len(safe) - len(found)].rstrip(" ._")[:_LONGEST_NAME]
    return (stem or kind.value) + (found or known[0])
