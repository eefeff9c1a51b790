"""The sandbox bank's counter: a request's bytes in, what to send back out."""

from __future__ import annotations

import base64
import gzip
import sqlite3
import zlib
from dataclasses import replace
from datetime import date, timedelta

from gateway.bank.bxd.wire import GZIP
from gateway.bank.sandbox import behave, files, orders, reply, soap, tamper
from gateway.bank.sandbox.books import Books, fact
from gateway.bank.sandbox.delivery import HANGUP, HARMLESS, Delivery, deliver
from gateway.bank.sandbox.enrol import BankKeys
from gateway.bank.sandbox.reply import Outcome, Wording
from gateway.core.clock import Clock, FixedClock
from gateway.core.ids import new_id
from gateway.signing.policy import TrustPolicy

_STATUSES = ("", "ALL", files.NEW, files.DOWNLOADED)
_NOT_LOOKING = frozenset({"uploadFile", "deleteFile"})
"""Requests during which the bank does not work on what waits: what was just sent can still be taken back."""


class BankService:
    """Answers the requests of the enrolled customer. Safe for several threads.

    Args:
        clock: the machine's; of everything that is protocol.
    """

    def __init__(self, books: Books, keys: BankKeys, clock: Clock) -> None:
        self._books = books
        self._keys = keys
        self._clock = clock
        self._customers = TrustPolicy(anchors=(keys.signing_root,))

    def registered_certificate(self) -> str:
        """Fingerprint of the one certificate that may connect."""
        return self._books.fact("customer_sha256")

    def handle(self, raw: bytes) -> Delivery:
        """Answer one request."""
        now = self._clock.now()
        behaviour: behave.Active | None = None
        try:
            with self._books.read() as db:
                call = soap.read_call(db, raw, self._customers, now)
            with self._books.write() as db:
                if call.text("FileType") in files.UPLOAD_TYPES and _uploads(call) and behave.take_break(db, behave.BXD):
                    return HANGUP
                soap.register(db, call, now)
                if call.echo.operation not in _NOT_LOOKING:
                    orders.process(db, self._books.bank_now(db))
                outcome = self._carry_out(db, call)
                behaviour = self._behaviour(db, call.echo.operation, outcome)
                if outcome.served and (behaviour is None or behaviour.name in HARMLESS):
                    files.mark_downloaded(db, outcome.served, self._books.bank_now(db))
                soap.note_answer(db, call.echo, outcome.code, behaviour.name if behaviour else "")
            echo = call.echo
        except soap.Unreadable as error:
            return Delivery(reply.fault(error.text), 500)
        except soap.Rejected as refusal:
            echo, outcome = refusal.echo, Outcome(refusal.code)
        return deliver(self._message(echo, outcome, behaviour), behaviour)

    # Operations

    def _carry_out(self, db: sqlite3.Connection, call: soap.Call) -> Outcome:
        operation = call.echo.operation
        if operation == "downloadFileList":
            return self._list(db, call)
        if operation == "downloadFile":
            return self._download(db, call)
        if operation == "uploadFile":
            return self._upload(db, call)
        if operation == "deleteFile":
            references = call.references()
            return Outcome("00" if len(references) == 1 and files.delete(db, references[0]) else "27")
        return Outcome("00", user_types=(*files.TITLES, *files.UPLOAD_TYPES))

    def _list(self, db: sqlite3.Connection, call: soap.Call) -> Outcome:
        status, start, end = call.text("Status"), _date(call.text("StartDate")), _date(call.text("EndDate"))
        if status not in _STATUSES or (start and end and start > end):
            return Outcome("29")
        if call.text("FileType") in files.UPLOAD_TYPES:  # what the customer sent, for it to see what arrived
            sent = [f for f in files.uploaded(db) if f.file_type == call.text("FileType")]
            return Outcome("00" if sent else "24", files=tuple(sent))
        found = files.listed(
            db,
            self._books.bank_now(db),
            status=status or "ALL",
            file_type=call.text("FileType"),
            account=call.text("ServiceId"),
            start=start,
            end=end,
        )
        return Outcome("00" if found else "24", files=tuple(found))

    def _download(self, db: sqlite3.Connection, call: soap.Call) -> Outcome:
        references = call.references()
        if len(references) != 1:
            return Outcome("29")
        found = files.content_of(db, references[0], self._books.bank_now(db))
        file_type = call.text("FileType")
        if found is None or file_type not in ("", found[0].file_type):
            return Outcome("24")
        compress = _asks_gzip(call)
        return Outcome("00", (found[0],), found[1], compress, served=found[0].reference)

    def _upload(self, db: sqlite3.Connection, call: soap.Call) -> Outcome:
        file_type = call.text("FileType")
        if file_type not in files.UPLOAD_TYPES:
            return Outcome("20")
        content = _uploaded(call)
        if content is None:
            return Outcome("21")
        if not content:
            return Outcome("25")
        active = behave.take_order(db, behave.BXD)
        plan = orders.Plan.of(active)
        reference = files.receive(
            db, content, file_type, call.text("UserFilename"), self._books.bank_now(db), plan.to_text()
        )
        stored = files.received(db, reference)
        lost = active if active and active.name == "order-lost-reply" else None
        return Outcome("00", (stored[0],) if stored else (), lost=lost)

    # Replies

    def _behaviour(self, db: sqlite3.Connection, operation: str, outcome: Outcome) -> behave.Active | None:
        if outcome.lost is not None:
            return outcome.lost
        replayable = db.execute("SELECT 1 FROM replies WHERE operation = ?", (operation,)).fetchone() is not None
        return behave.take_reply(db, operation, has_content=outcome.content is not None, can_replay=replayable)

    def _message(self, echo: soap.Echo, outcome: Outcome, behaviour: behave.Active | None) -> bytes:
        """The finished message, honest or made wrong by `behaviour`."""
        name = behaviour.name if behaviour else ""
        now = self._clock.now()
        if name == "replayed":
            with self._books.read() as db:
                row = db.execute("SELECT body FROM replies WHERE operation = ?", (echo.operation,)).fetchone()
                return bytes(row["body"])
        how = self._wording(behaviour)
        with self._books.read() as db:
            customer_id, target_id = fact(db, "customer_id"), fact(db, "target_id")
        written = reply.write_payload(echo, outcome, customer_id, target_id, now, how)
        if name == "forged-payload":
            written = replace(written, payload=tamper.forge_payload(written.payload))
        root = reply.envelope(written, how)
        if behaviour and name == "forged-signature":
            tamper.forge_body(root[1])
        elif behaviour and name == "wrapped-signature":
            tamper.wrap(root, behaviour.options["variant"], behaviour.options["ids"])
        message = reply.serialise(root)
        if behaviour and name == "dtd":
            return tamper.with_document_type(message, behaviour.options["encoding"])
        if name == "wrong-encoding":
            return tamper.misencoded(message)
        if behaviour is None and outcome.code == "00":
            with self._books.write() as db:
                db.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (echo.operation, message))
        return message

    def _wording(self, behaviour: behave.Active | None) -> Wording:
        honest = Wording(self._keys.signing, self._clock)
        if behaviour is None:
            return honest
        if behaviour.name == "stale-timestamp":
            age = timedelta(seconds=behaviour.number("seconds"))
            return replace(honest, clock=FixedClock(self._clock.now() - age))
        if behaviour.name == "certificate-expired":
            return replace(honest, signer=self._keys.expired)
        if behaviour.name == "wrong-request-id":
            return replace(honest, request_id=new_id())
        if behaviour.name == "unknown-code":
            return replace(honest, code=behaviour.options["code"])
        if behaviour.name == "wrong-encoding":
            return replace(honest, text=tamper.RUSSIAN_TEXT)
        return honest


def _uploads(call: soap.Call) -> bool:
    return call.echo.operation == "uploadFile"


def _uploaded(call: soap.Call) -> bytes | None:
    """The file of an upload, decompressed; None when it does not decompress."""
    content = base64.b64decode(call.text("Content"))
    if not _asks_gzip(call):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return None


def _asks_gzip(call: soap.Call) -> bool:
    return call.text("Compression") in ("true", "1") and call.text("CompressionMethod") in ("", GZIP)


def _date(text: str) -> date | None:
    """An xsd:date, which the schema has checked; a zone behind it is dropped."""
    return date.fromisoformat(text[:10]) if text else None
