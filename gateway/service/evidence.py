"""What an order rests on, packed for somebody who believes nothing: the bank's bytes, their proof, the journal.

evidence.json            the order, its invoices, allocations, decisions, releases and pick lists; verdicts
messages/ID.bin          the bank's reply, byte for byte
messages/ID.request.json what had been asked, and when the reply came
messages/ID.proof.json   the proof as it was stored
messages/ID.content.xml  the file in it, decoded
certificates/*.pem       signers, out of the messages; anchors/*.pem: whom this installation believed
journal.jsonl            every journal row about these things, with the hashes of the chain
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from lxml import etree
from sqlalchemy import Connection, Table, or_, select

from gateway.bank.archive import raw_reply
from gateway.bank.channel import Reply
from gateway.bank.profiles import Judge, load_judge
from gateway.bank.tables import messages
from gateway.core.errors import KvitError, Refused
from gateway.matching.tables import allocations, decisions
from gateway.orders.tables import invoices, orders, releases, timelines
from gateway.payments.tables import entries, payments
from gateway.service.config import Config, Home
from gateway.service.wiring import channel_name, profile_of
from gateway.signing.parsing import parse
from gateway.store import Store
from gateway.store.journal import head
from gateway.store.schema import AnyRow, journal
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lines, pick_lists

_SUBJECTS_AT_ONCE = 500
_TOKEN = "BinarySecurityToken"  # noqa: S105 - the name of an XML element
_CERTIFICATE = "X509Certificate"
_CMS = "SignedData"


@dataclass(frozen=True, slots=True)
class Judged:
    """A message, verified once more from its stored bytes.

    Attributes:
        holds: the proof holds today as it did then.
        reason: why not, a code.
    """

    id: str
    reference: str
    sha256: str
    holds: bool
    signer: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Packed:
    """What went into the file."""

    order: str
    file: Path
    messages: Sequence[Judged]
    rows: int

    @property
    def holds(self) -> bool:
        """Every message holds, and there is one."""
        return bool(self.messages) and all(message.holds for message in self.messages)

    @property
    def summary(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "order": self.order,
            "file": str(self.file),
            "holds": self.holds,
            "journal_rows": self.rows,
            "messages": [
                {
                    "id": m.id,
                    "reference": m.reference,
                    "sha256": m.sha256,
                    "holds": m.holds,
                    "signer": m.signer,
                    "reason": m.reason or None,
                }
                for m in self.messages
            ],
        }


@dataclass
class _Pile:
    """Rows of the order, by table."""

    order: AnyRow
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    subjects: list[str] = field(default_factory=list)

    def add(self, connection: Connection, table: Table, where: Any, subject: str = "") -> list[AnyRow]:
        found = list(connection.execute(select(table).where(where)).all())
        self.rows[table.name] = [dict(row._mapping) for row in found]
        if subject:
            self.subjects += [f"{subject}:{row.id}" for row in found]
        return found


def pack_evidence(home: Home, config: Config, store: Store, order: str, out: Path) -> Packed:
    """Write the evidence of an order (its number or id) to the new file `out`.

    Raises:
        Refused: `evidence.unknown_order`, `evidence.several_orders`, `evidence.exists`.
    """
    if out.exists():
        raise Refused("evidence.exists", file=str(out))
    with store.reading() as connection:
        pile = _collect(connection, store.company, order)
        rows = _journal_of(connection, pile.subjects)
        end = head(connection)
    judged: list[Judged] = []
    judges = _judges(home, config)
    temporary = out.with_name(f".{out.name}.tmp")
    try:
        with zipfile.ZipFile(temporary, "x", zipfile.ZIP_DEFLATED) as archive:
            for row in pile.rows[messages.name]:
                judged.append(_pack_message(archive, store, row, judges))
            for name, judge in judges.items():
                _pack_certificates(archive, f"anchors/{name.replace(':', '-')}", judge.believed)
            archive.writestr("journal.jsonl", "".join(f"{_json(dict(row._mapping))}\n" for row in rows))
            packed = Packed(pile.order.number, out, tuple(judged), len(rows))
            journal_head = {"seq": end.seq, "hash": end.hash}
            whole = {**packed.summary, "journal_head": journal_head, "records": pile.rows}
            archive.writestr("evidence.json", _json(whole, indent=1))
        temporary.replace(out)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return packed


def _collect(connection: Connection, company: str, order: str) -> _Pile:
    """Everything on record that the order hangs on."""
    found = connection.execute(
        select(orders).where(orders.c.company == company, or_(orders.c.number == order, orders.c.id == order))
    ).all()
    if not found:
        raise Refused("evidence.unknown_order", order=order[:80])
    if len(found) > 1:
        raise Refused("evidence.several_orders", order=order[:80], ids=", ".join(row.id for row in found))
    pile = _Pile(found[0], subjects=[f"order:{found[0].id}"])
    order_id = found[0].id
    pile.rows[orders.name] = [dict(found[0]._mapping)]
    bills = pile.add(connection, invoices, invoices.c.order_id == order_id, "invoice")
    credited = pile.add(connection, allocations, allocations.c.invoice_id.in_([b.id for b in bills]))
    paid = pile.add(connection, payments, payments.c.id.in_({a.payment_id for a in credited}), "payment")
    lines = pile.add(connection, entries, entries.c.id.in_([p.id for p in paid]), "entry")
    pile.add(connection, decisions, decisions.c.payment_id.in_([p.id for p in paid]))
    let_go = pile.add(connection, releases, releases.c.order_id == order_id, "release")
    pile.add(connection, timelines, timelines.c.order_id == order_id)
    lists = pile.add(connection, pick_lists, pick_lists.c.order_id == order_id, "pick_list")
    pile.add(connection, tasks, tasks.c.order_id == order_id, "task")
    pile.add(connection, pick_lines, pick_lines.c.pick_list_id.in_([row.id for row in lists]))
    named = {line.message_id for line in lines} | {i for row in let_go for i in json.loads(row.message_ids)}
    pile.add(connection, messages, messages.c.id.in_(named), "message")
    return pile


def _journal_of(connection: Connection, subjects: Sequence[str]) -> list[AnyRow]:
    rows: list[AnyRow] = []
    for start in range(0, len(subjects), _SUBJECTS_AT_ONCE):
        part = subjects[start : start + _SUBJECTS_AT_ONCE]
        rows += connection.execute(select(journal).where(journal.c.subject.in_(part))).all()
    return sorted(rows, key=lambda row: row.seq)


def _judges(home: Home, config: Config) -> dict[str, Judge]:
    """Channel → whom it believes. A bank that is configured no longer cannot be judged here; its bytes still go in."""
    found = {}
    for table in config.bank:
        profile = profile_of(home, table)
        found[channel_name(profile)] = load_judge(profile, home.anchors)
    return found


def _pack_message(archive: zipfile.ZipFile, store: Store, row: dict[str, Any], judges: dict[str, Judge]) -> Judged:
    """Put one message in, and verify it anew from its stored bytes, as of the instant it was received."""
    name = f"messages/{row['id']}"
    judged = {"id": row["id"], "reference": row["reference"], "sha256": row["sha256"]}
    try:
        reply = raw_reply(store, row["id"])
    except KvitError as error:
        return Judged(**judged, holds=False, reason=error.code)
    archive.writestr(f"{name}.bin", reply.raw)
    archive.writestr(f"{name}.request.json", _json({**json.loads(row["request"]), "received_at": row["received_at"]}))
    if row["proof"]:
        archive.writestr(f"{name}.proof.json", row["proof"])
    _pack_certificates(archive, f"certificates/{row['id']}", _certificates_in(reply))
    judge = judges.get(row["channel"])
    if judge is None:
        return Judged(**judged, holds=False, reason="evidence.unknown_channel")
    try:
        proven = judge.prove(reply, reply.received_at)
    except KvitError as error:
        return Judged(**judged, holds=False, reason=error.code)
    archive.writestr(f"{name}.content.xml", proven.content)
    same = hashlib.sha256(proven.content).hexdigest() == row["content_sha256"]
    reason = "" if same else "evidence.other_content"
    return Judged(**judged, holds=same, signer=proven.proof.signer_subject, reason=reason)


def _certificates_in(reply: Reply) -> list[x509.Certificate]:
    """Certificates a message brings. They are shown, not believed: belief comes from the anchors."""
    try:
        root = parse(reply.raw)
    except KvitError:
        return []
    found: list[x509.Certificate] = []
    for node in root.iter(f"{{*}}{_TOKEN}", f"{{*}}{_CERTIFICATE}", f"{{*}}{_CMS}"):
        try:
            octets = base64.b64decode(node.text or "")
            if etree.QName(node).localname == _CMS:
                found += pkcs7.load_der_pkcs7_certificates(octets)
            else:
                found.append(x509.load_der_x509_certificate(octets))
        except (ValueError, UnsupportedAlgorithm):
            continue
    return found


def _pack_certificates(archive: zipfile.ZipFile, name: str, certificates: Iterable[x509.Certificate]) -> None:
    pem = b"".join(dict.fromkeys(certificate.public_bytes(Encoding.PEM) for certificate in certificates))
    if pem:
        archive.writestr(f"{name}.pem", pem)


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, sort_keys=True)
