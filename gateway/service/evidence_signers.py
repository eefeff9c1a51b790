"""Every day: were the certificates that signed the banks' messages called back? The answer goes into the journal.

Never part of proving a message (that must give the same answer offline, years later), and off unless the settings say
so: it asks addresses that stand in the banks' certificates.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.bank.archive import raw_reply
from gateway.bank.channel import EvidenceKind
from gateway.bank.tables import messages
from gateway.core.clock import to_text
from gateway.core.errors import KvitError
from gateway.service.config import Config, Home
from gateway.service.evidence_messages import Believed, believed_by, certificates_in
from gateway.signing.keys import fingerprint
from gateway.signing.revocation import Fetch, Revocation, check
from gateway.store import Store, alarms, marks
from gateway.store.schema import AnyRow, blobs
from gateway.store.unit import Unit

CHECKED = "certificate.checked"
_SINCE = "proof.signers_checked_to"
_FIRST_LOOK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Signer:
    """A certificate that signed a bank's message on one day.

    Attributes:
        day: of the messages' receipt, UTC.
        issuer: None where it is not among those its channel believes.
    """

    channel: str
    day: str
    certificate: x509.Certificate
    issuer: x509.Certificate | None

    @property
    def subject(self) -> str:
        """What the journal calls it."""
        return f"certificate:{fingerprint(self.certificate)}:{self.day}"


def check_signers(store: Store, home: Home, config: Config, fetch: Fetch) -> list[tuple[Signer, Revocation]]:
    """Ask about every signer of messages that came since the last time, and write the answers down.

    Raises:
        Unavailable: the database is away.
    """
    now = store.clock.now()
    with store.reading() as connection:
        since = marks.get(connection, store.company, _SINCE) or to_text(now - _FIRST_LOOK)
    signers = list(_seen(store, home, config, since, to_text(now)))
    # The network first, then one short unit.
    found = [(signer, _asked(signer, fetch, now)) for signer in signers]
    with store.unit() as unit:
        for signer, answer in found:
            _write(unit, signer, answer)
        marks.put(unit, _SINCE, to_text(now))
        unit.commit()
    return found


def _seen(store: Store, home: Home, config: Config, since: str, until: str) -> Iterator[Signer]:
    channels = believed_by(home, config)
    with store.reading() as connection:
        rows = connection.execute(
            select(messages.c.id, messages.c.channel, messages.c.received_at, messages.c.proof)
            .where(
                messages.c.company == store.company,
                messages.c.received_at >= since,
                messages.c.received_at < until,
                messages.c.evidence == EvidenceKind.SIGNED.value,
            )
            .order_by(messages.c.received_at)
        ).all()
    done: set[tuple[str, str]] = set()
    for row in rows:
        wanted = (str(json.loads(row.proof)["signer_sha256"]), row.received_at[:10])
        if wanted in done or row.channel not in channels:
            continue
        done.add(wanted)
        signer = _signer(store, row, wanted[0], channels[row.channel])
        if signer is not None:
            yield signer


def _signer(store: Store, row: AnyRow, wanted: str, believed: Believed) -> Signer | None:
    """The certificate out of the stored message; None where its bytes do not hold any more (another check tells)."""
    try:
        brought = certificates_in(raw_reply(store, row.id))
    except KvitError:
        return None
    certificate = next((c for c in brought if fingerprint(c) == wanted), None)
    if certificate is None or believed.outer is None:
        return None
    links = (*believed.outer.anchors, *believed.outer.intermediates)
    return Signer(row.channel, row.received_at[:10], certificate, _issuer(certificate, links))


def _issuer(certificate: x509.Certificate, links: tuple[x509.Certificate, ...]) -> x509.Certificate | None:
    for link in links:
        try:
            certificate.verify_directly_issued_by(link)
        except (ValueError, TypeError, InvalidSignature):
            continue
        return link
    return None


def _asked(signer: Signer, fetch: Fetch, now: datetime) -> Revocation:
    if signer.issuer is None:
        return Revocation("unknown", "", "", now, "revocation.no_issuer")
    return check(signer.certificate, signer.issuer, fetch, now)


def _write(unit: Unit, signer: Signer, answer: Revocation) -> None:
    """The answer in the journal, its signed octets beside the messages'."""
    digest = hashlib.sha256(answer.answer).hexdigest() if answer.answer else ""
    if digest:
        dialect = postgresql if unit.connection.dialect.name == "postgresql" else sqlite
        row = dialect.insert(blobs).values(sha256=digest, bytes=answer.answer)
        unit.connection.execute(row.on_conflict_do_nothing())
    unit.journal(
        CHECKED,
        signer.subject,
        state=answer.state,
        source=answer.source,
        url=answer.url,
        checked_at=to_text(answer.checked_at),
        reason=answer.reason,
        since=to_text(answer.since) if answer.since else None,
        answer=digest,
    )
    if answer.state == "revoked":
        values = {
            "subject": signer.certificate.subject.rfc4514_string(),
            "channel": signer.channel,
            "reason": answer.reason,
            "since": to_text(answer.since)[:10] if answer.since else "—",
        }
        alarms.raise_alarm(unit, "signer.revoked", signer.channel, values)
