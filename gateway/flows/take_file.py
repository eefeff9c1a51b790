"""A statement somebody brings as a file: kept as it came, believed only as far as the one who brought it.

The same road as a message of the bank - stored raw, then proved, then taken line by line - with two differences: the
only proof is a person's name, so nothing is released on it until somebody vouches for the payment; and a file that
breaks off is refused whole, for a person can bring it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gateway.bank import archive, inbox
from gateway.bank.channel import Document, DocumentKind, EvidenceKind, FileRef, Proof, Proven, Reply, Request
from gateway.bank.formats import clientbank_read
from gateway.bank.formats.clientbank_statement import is_statement
from gateway.bank.formats.reading import read, statement_format
from gateway.bank.tables import messages
from gateway.core.authority import SERVICE, Actor, Right
from gateway.core.errors import Corrupt, Refused
from gateway.core.ids import new_id
from gateway.flows.paid_to_pick import Taken
from gateway.flows.take_message import take_message
from gateway.flows.terms import Terms
from gateway.store import Store, alarms, marks

CHANNEL = "file"
EXCHANGE = Actor("exchange folder", SERVICE.role)
"""Who brings the files that lie in the exchange folder, where nobody has said that it was him."""


@dataclass(frozen=True, slots=True)
class FileTaken:
    """What became of a statement file.

    Attributes:
        message_id: the file as it is stored.
        format: which reader understood it.
        by: who brought it.
        known: these very bytes were taken before; nothing has changed.
        taken: what it held.
    """

    message_id: str
    format: str
    by: str
    known: bool
    taken: Taken


class ImportedFiles:
    """The "channel" of imported files: it only proves, and what it proves is that somebody brought them."""

    name = CHANNEL

    def prove(self, reply: Reply, at: datetime) -> Proven:
        """The file as one document. `Proof.signer_subject` is who brought it.

        Raises:
            Corrupt: `file.not_statement`.
        """
        name = statement_format(reply.raw)
        if not name:
            raise Corrupt("file.not_statement", name=reply.transport.get("name", ""))
        proof = Proof(
            kind=EvidenceKind.FILE,
            signer_subject=reply.transport.get("by", ""),
            signer_sha256="",
            signer_serial="",
            anchor_sha256="",
            algorithms=(),
            signed_at=at,
            verified_at=at,
            request_id=reply.request.request_id,
            layers=(),
        )
        document = Document(DocumentKind.STATEMENT, name, reply.raw)
        return Proven(reply.raw, proof, None, (), (document,))


FILES = ImportedFiles()


def take_statement(
    store: Store,
    terms: Terms,
    content: bytes,
    name: str,
    actor: Actor,
    *,
    progress: Callable[[Taken], None] | None = None,
) -> FileTaken:
    """Take a statement file in; the same bytes again change nothing.

    Args:
        name: of the file, for people.
        actor: who brought it; stands in the journal and in the proof.

    Raises:
        Refused: `authority.missing`, `file.not_statement`, `file.payment_orders`.
        Corrupt: the file breaks off or is not what it begins like; nothing of it was taken, its bytes are kept.
        Unavailable: the database is away.
    """
    actor.require(Right.STATEMENTS_IMPORT)
    kind = statement_format(content)
    if not kind:
        raise Refused("file.not_statement", name=name)
    if kind == "1c-text" and not is_statement(clientbank_read.read(content)):
        raise Refused("file.payment_orders", name=name)
    digest = hashlib.sha256(content).hexdigest()
    by = _brought_by(store, digest, actor)
    earlier = _earlier(store, digest)
    if earlier is not None and earlier.state == "taken":
        return FileTaken(earlier.id, kind, by, True, Taken())
    message_id = earlier.id if earlier is not None else _keep(store, content, digest, kind, name, by, actor)
    if archive.load(store, message_id).state == "stored":
        inbox.prove(store, FILES, message_id, archive.raw_reply(store, message_id))
    try:
        for _ in read(kind, content):
            pass
    except Corrupt as error:
        _unreadable(store, message_id, digest, error)
        raise
    taken = take_message(store, terms, FILES, message_id, progress=progress)
    return FileTaken(message_id, kind, by, False, taken)


def brought_by(store: Store, content: bytes, actor: Actor) -> None:
    """Remember who hands a file to the service, which will find it in its folder.

    Raises:
        Refused: `authority.missing`.
    """
    actor.require(Right.STATEMENTS_IMPORT)
    digest = hashlib.sha256(content).hexdigest()
    with store.unit(actor) as unit:
        marks.put(unit, f"file.by:{digest}", str(actor))
        unit.journal("file.handed_over", f"file:{digest}", sha256=digest, size=len(content))
        unit.commit()


def _brought_by(store: Store, digest: str, actor: Actor) -> str:
    with store.reading() as connection:
        told = marks.get(connection, store.company, f"file.by:{digest}") if actor == EXCHANGE else None
    return str(told or actor)


def _earlier(store: Store, digest: str) -> archive.Message | None:
    """These very bytes, if they were kept before."""
    with store.reading() as connection:
        found = connection.execute(
            select(messages.c.id).where(
                messages.c.company == store.company, messages.c.channel == CHANNEL, messages.c.reference == digest
            )
        ).scalars()
        message_id = next(iter(found), None)
    return archive.load(store, message_id) if message_id is not None else None


def _keep(store: Store, content: bytes, digest: str, kind: str, name: str, by: str, actor: Actor) -> str:
    """The bytes, durably, before anything else is done with them."""
    now = store.clock.now()
    request = Request(request_id=new_id(), operation="import", sent_at=now, reference=digest)
    reply = Reply(request, content, now, {"name": name[:200], "by": by})
    message_id = inbox.keep(store, CHANNEL, FileRef(digest, kind), reply)
    assert message_id is not None, "a file is never refused once it is stored"
    with store.unit(actor) as unit:
        unit.journal("file.imported", f"message:{message_id}", name=name[:200], by=by, sha256=digest, format=kind)
        unit.commit()
    return message_id


def _unreadable(store: Store, message_id: str, digest: str, error: Corrupt) -> None:
    """Kept as unreadable. The one who brought it is told at once: no alarm for everybody."""
    with store.unit() as unit:
        inbox.unreadable(unit, message_id, error)
        alarms.clear(unit, error.code, f"{CHANNEL}/{digest}")
        unit.commit()
