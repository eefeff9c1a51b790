"""What an order rests on, packed for somebody who believes nothing: the bank's bytes, their proof, the journal.

index.html               the same for people, to read and to print
verify.py                checks all of it on a machine without Kvit (`gateway/service/verifier/`)
manifest.json            every file with its SHA-256; signature.json: the company's signature over it
evidence.json            the order, its invoices, allocations, decisions, releases, loans and pick lists; verdicts
messages/ID.bin          the bank's reply, byte for byte
messages/ID.request.json what had been asked, and when the reply came
messages/ID.proof.json   the proof as it was stored
messages/ID.content.xml  the signed file in it, decoded (several: content-0001.xml …)
revocation/SHA256.der    what the bank's authority answered when asked whether the signer was called back
certificates/*.pem       signers, out of the messages; anchors/: whom this installation believed, and by which rules
company/certificate.pem  of the company's signature
head.json                the journal's end, signed by the company
journal.jsonl            every journal row about these things; paths.json: each row's way to the root in head.json
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from sqlalchemy import select

from gateway import __version__
from gateway.bank.tables import messages
from gateway.core.clock import to_text
from gateway.core.errors import KvitError, Refused
from gateway.service.account import check_account
from gateway.service.config import Config, Home
from gateway.service.evidence_keeper import HeadKeeper, heads_folder
from gateway.service.evidence_messages import Files, Judged, believed_by, pack_message, pack_trust, pem
from gateway.service.evidence_page import page
from gateway.service.evidence_records import collect, journal_of
from gateway.service.evidence_seals import HouseSeals, installation_key
from gateway.service.evidence_signers import CHECKED
from gateway.store import Store, journal, tree
from gateway.store.heads import FIRST, HeadLine, Signature
from gateway.store.schema import blobs, dumps
from gateway.store.tree import Tree

__all__ = ["Judged", "Packed", "pack_evidence"]

FORMAT = 2
_CONTEXT = b"kvit-evidence-2\n"
_UNSIGNED: Signature = {"algorithm": "", "certificate": "", "value": ""}


@dataclass(frozen=True, slots=True)
class Packed:
    """What went into the file.

    Attributes:
        lent: the order was let go on a signed loan agreement alone, without money.
        signed: the company's key opened and signed it; without that verify.py confirms nothing.
    """

    order: str
    file: Path
    messages: Sequence[Judged]
    rows: int
    signed: bool
    lent: bool

    @property
    def holds(self) -> bool:
        """Every message holds, and there is one; a release on a signed loan alone has none."""
        return _hold(self.messages, self.lent)

    @property
    def summary(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "file": str(self.file),
            "signed": self.signed,
            **verdicts(self.order, self.messages, self.rows, self.lent),
        }


def _hold(judged: Sequence[Judged], lent: bool) -> bool:
    return (lent or bool(judged)) and all(message.holds for message in judged)


def verdicts(order: str, judged: Sequence[Judged], rows: int, lent: bool) -> dict[str, Any]:
    """How the messages were judged, ready for JSON."""
    return {
        "order": order,
        "holds": _hold(judged, lent),
        "lent": lent,
        "journal_rows": rows,
        "messages": [
            {
                "id": m.id,
                "reference": m.reference,
                "sha256": m.sha256,
                "holds": m.holds,
                "signer": m.signer,
                "reason": m.reason or None,
            }
            for m in judged
        ],
    }


def pack_evidence(home: Home, config: Config, store: Store, order: str, out: Path) -> Packed:
    """Write the evidence of an order (its number or id) to the new file `out`.

    Raises:
        Refused: `evidence.unknown_order`, `evidence.several_orders`, `evidence.exists`, `service.wrong_account`.
        Corrupt: `heads.journal_broken`.
    """
    if out.exists():
        raise Refused("evidence.exists", file=str(out))
    check_account(home)  # a head is written
    with store.reading() as connection:
        pile = collect(connection, store.company, order)
        rows = journal_of(connection, store.company, pile.subjects)
    files: Files = {}
    channels = believed_by(home, config)
    judged = [pack_message(files, store, row, channels) for row in pile.rows[messages.name]]
    for channel in sorted({row["channel"] for row in pile.rows[messages.name]} & channels.keys()):
        pack_trust(files, channel, channels[channel])
    _pack_revocations(files, store, rows)
    files["journal.jsonl"] = "".join(f"{dumps(row)}\n" for row in rows).encode()
    head = _head(home, config, store)
    files["head.json"] = head.text.encode()
    files["paths.json"] = dumps(_paths(store, head, rows)).encode()
    whole = {**verdicts(pile.order.number, judged, len(rows), pile.lent), "records": pile.rows}
    files["evidence.json"] = dumps(whole).encode()
    files["index.html"] = page(config, pile.rows, rows, judged, head, pile.lent)
    files["verify.py"] = (resources.files("gateway.service.verifier") / "verify.py").read_bytes()
    signed = _sign(home, config, store, files, pile.order.number)
    _write(out, files)
    return Packed(pile.order.number, out, tuple(judged), len(rows), signed and head.signature is not None, pile.lent)


def _pack_revocations(files: Files, store: Store, rows: Sequence[Mapping[str, Any]]) -> None:
    """The authorities' signed answers that the journal rows speak of."""
    wanted = {json.loads(row["body"])["answer"] for row in rows if row["kind"] == CHECKED} - {""}
    with store.reading() as connection:
        for digest in sorted(wanted):
            found = connection.execute(select(blobs.c.bytes).where(blobs.c.sha256 == digest)).scalar_one_or_none()
            if found is not None:
                files[f"revocation/{digest}.der"] = found


def _head(home: Home, config: Config, store: Store) -> HeadLine:
    """The journal's end, sealed; where this machine has nothing to seal with, the bare end."""
    try:
        return HeadKeeper(home, config).keep(store, "evidence")
    except Refused:
        grown = Tree()
        with store.reading() as connection:
            end = journal.head(connection)
            for row_hash in journal.hashes(connection, 0, end.seq):
                grown.add(row_hash)
        at = to_text(store.clock.now())
        return HeadLine(0, at, store.company, end.seq, end.hash, grown.root(), "evidence", FIRST)


def _paths(store: Store, head: HeadLine, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    with store.reading() as connection:
        found = tree.paths(journal.hashes(connection, 0, head.seq), [row["seq"] for row in rows])
    return {str(number): path for number, path in found.items()}


def _sign(home: Home, config: Config, store: Store, files: Files, order: str) -> bool:
    """Add manifest, company certificate and signature; False where the company's key does not open."""
    seals = HouseSeals(home, config, heads_folder(home) / "certificates", installation_key(home))
    try:
        signer = seals.signer()
    except KvitError:
        signer = None
    if signer is not None:
        files["company/certificate.pem"] = pem((signer.certificate,))
        if signer.chain:
            files["company/chain.pem"] = pem(signer.chain)
    company = config.company
    files["manifest.json"] = dumps(
        {
            "format": FORMAT,
            "made_at": to_text(store.clock.now()),
            "made_by": f"Kvit {__version__}",
            "order": order,
            "company": {"key": company.key, "name": company.name, "inn": company.inn},
            "files": {
                name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
                for name, content in files.items()
            },
        }
    ).encode()
    signature = seals.sign(_CONTEXT + files["manifest.json"]) if signer is not None else None
    files["signature.json"] = dumps(signature or _UNSIGNED).encode()
    return signature is not None


def _write(out: Path, files: Files) -> None:
    """Whole or not at all; people meet the page first."""
    temporary = out.with_name(f".{out.name}.tmp")
    first = ("index.html", "verify.py", "manifest.json", "signature.json")
    try:
        with zipfile.ZipFile(temporary, "x", zipfile.ZIP_DEFLATED) as archive:
            for name in (*first, *sorted(files.keys() - set(first))):
                archive.writestr(name, files[name])
        temporary.replace(out)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
