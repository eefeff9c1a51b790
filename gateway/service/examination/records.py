"""What is on record: database, journal, outbox, the release mode."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, text

from gateway.api.room import Finding
from gateway.core.errors import KvitError
from gateway.flows.release import AUTOMATIC, release_mode
from gateway.service.examination.patient import Patient, error, of, ok, warning
from gateway.service.opening import check_revision
from gateway.store import outbox
from gateway.store.journal import GENESIS, Line, row_hash
from gateway.store.schema import AnyRow, journal

_TAIL = 2_000  # rows of the journal looked at in passing; `kvit journal verify` walks all


# The triggers that let the journal only grow.
_GUARDED = 2  # against editing and against removing
_GUARDS = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'",
    "postgresql": (
        "SELECT count(DISTINCT event_manipulation) FROM information_schema.triggers"
        " WHERE event_object_table = 'journal' AND event_manipulation IN ('UPDATE', 'DELETE')"
    ),
}


def database(patient: Patient) -> Sequence[Finding]:
    """It answers, is of this program's version and, if there is time, whole."""
    if patient.config is None:
        return []
    try:
        check_revision(patient.home, patient.config)
        if patient.store is None:
            return []
        if patient.thorough:
            patient.store.check()
        else:
            with patient.store.reading() as connection:
                connection.execute(text("SELECT 1"))
    except KvitError as failure:
        return [of(failure)]
    if not patient.store.is_sqlite:
        return [ok("doctor.database_ok", kind="PostgreSQL", mib="—")]
    size = sum(file.stat().st_size for file in patient.home.data.glob("kvit.db*"))
    return [ok("doctor.database_ok", kind="SQLite", mib=f"{size / (1 << 20):.1f}")]


def chain(patient: Patient) -> Sequence[Finding]:
    """The last rows of the journal hang together. The whole of it is walked every night and by hand."""
    if patient.store is None:
        return []
    with patient.store.reading() as connection:
        rows = connection.execute(select(journal).order_by(journal.c.seq.desc()).limit(_TAIL)).all()[::-1]
        broken = _first_broken(connection, rows)
        guards = connection.execute(text(_GUARDS[connection.dialect.name])).scalar_one()
    if broken is not None:
        return [error("journal.broken", row=broken[0], reason=broken[1])]
    if guards < _GUARDED:
        return [error("doctor.journal_unguarded")]
    return [ok("doctor.journal_ok", rows=rows[-1].seq if rows else 0, checked=len(rows))]


def letters(patient: Patient) -> Sequence[Finding]:
    """Nothing lies undeliverable in the outbox."""
    if patient.store is None:
        return []
    with patient.store.reading() as connection:
        waiting, dead = outbox.counts(connection, patient.store.company)
    if dead:
        return [warning("doctor.dead_letters", count=dead)]
    return [ok("doctor.outbox_ok", waiting=waiting)]


def release(patient: Patient) -> Sequence[Finding]:
    """Who opens the warehouse's door: the rule or a person."""
    if patient.store is None:
        return []
    with patient.store.reading() as connection:
        automatic = release_mode(connection, patient.store.company) == AUTOMATIC
    return [ok("doctor.release_automatic" if automatic else "doctor.release_manual")]


def _first_broken(connection: Connection, rows: Sequence[AnyRow]) -> tuple[int, str] | None:
    """(number, why) of the first row that does not follow from the one before it."""
    if not rows:
        return None
    before = connection.execute(select(journal.c.hash).where(journal.c.seq == rows[0].seq - 1)).scalar_one_or_none()
    last_seq, last_hash = rows[0].seq - 1, before if before is not None else GENESIS
    for row in rows:
        if row.seq != last_seq + 1:
            return row.seq, "gap"
        if row.prev_hash != last_hash:
            return row.seq, "relinked"
        line = Line(row.at, row.company, row.kind, row.subject, row.actor, row.body)
        if row_hash(last_hash, row.seq, line) != row.hash:
            return row.seq, "edited"
        last_seq, last_hash = row.seq, row.hash
    return None
