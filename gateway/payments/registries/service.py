"""Registries as rows: received with their bytes, withdrawn by a person; how each partner's files are read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from gateway.core.authority import Right
from gateway.core.errors import Conflict, Refused
from gateway.core.ids import new_id
from gateway.core.problem import Problem
from gateway.core.references import reference_key
from gateway.core.text import fold
from gateway.payments.registries.interpret import ReadRegistry, interpret
from gateway.payments.registries.mapping import ColumnMapping, mapping_of
from gateway.payments.registries.model import PayoutSource, RegistryState
from gateway.payments.registries.read import DEFAULT_LIMITS, Limits, read_rows
from gateway.payments.registries.tables import payout_registries, payout_registry_lines, registry_mappings
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit

_NOTE = 1000
_LINES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SavedMapping:
    """How a partner's files are read from now on.

    Attributes:
        at, by: when it was saved and by whom.
    """

    id: str
    partner_inn: str
    mapping: ColumnMapping
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class Received:
    """A registry as it is kept.

    Attributes:
        known: these bytes gave this registry before; nothing has changed.
        content: what was read.
        sound: whether it adds up, so that it may explain a payment.
        others: ids of registries of this partner with the same number that wait too: a person withdraws one.
    """

    id: str
    known: bool
    content: ReadRegistry
    sound: bool
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file as a mapping reads it. Reading a large one takes its time; nobody's transaction has to wait for that."""

    mapping: ColumnMapping
    registries: tuple[ReadRegistry, ...]


def read_file(file_name: str, data: bytes, mapping: ColumnMapping, limits: Limits = DEFAULT_LIMITS) -> FileRead:
    """Read a partner's file; nothing is kept.

    Raises:
        Refused: what the file's reader and `interpret` raise.
    """
    rows = read_rows(data, limits, sheet=mapping.sheet, element=mapping.element)
    return FileRead(mapping, tuple(interpret(rows, mapping, file_name)))


def receive(
    unit: Unit,
    partner_inn: str,
    source: PayoutSource,
    file_name: str,
    data: bytes,
    mapping: ColumnMapping | None = None,
    read: FileRead | None = None,
) -> list[Received]:
    """Take a partner's file in: each registry of it once, with the bytes. One that does not add up is kept too.

    Args:
        mapping: how to read it; None for the one that is saved for this partner.
        read: what `read_file` made of these bytes, when that was done before the transaction began.

    Raises:
        Refused: `authority.missing`, `registry.no_mapping`, and what reading raises; nothing was kept then.
    """
    unit.actor.require(Right.PAYMENTS_DECIDE)
    saved = mapping_in_force(unit.connection, unit.company, partner_inn)
    if read is None:
        how = mapping or (saved.mapping if saved else None)
        if how is None:
            raise Refused("registry.no_mapping", inn=partner_inn)
        read = read_file(file_name, data, how)
    mapping_id = saved.id if saved is not None and saved.mapping == read.mapping else ""
    digest = hashlib.sha256(data).hexdigest()
    return [_keep(unit, partner_inn, source, file_name, data, digest, mapping_id, one) for one in read.registries]


def _keep(
    unit: Unit,
    partner_inn: str,
    source: PayoutSource,
    file_name: str,
    data: bytes,
    digest: str,
    mapping_id: str,
    content: ReadRegistry,
) -> Received:
    number_key = reference_key(content.number)
    alike = _alike(unit, partner_inn, number_key)
    same = next((row for row in alike if row.sha256 == digest), None)
    if same is not None:
        return Received(same.id, True, content, is_sound(same))
    registry_id = new_id()
    row = {
        "id": registry_id,
        "company": unit.company,
        "version": 1,
        "source": source.value,
        "partner_inn": partner_inn,
        "number": content.number,
        "number_key": number_key,
        "date": content.date.isoformat(),
        "gross": content.gross.kopecks,
        "fee": content.fee.kopecks,
        "net": content.net.kopecks,
        "lines_total": content.lines_total.kopecks,
        "line_count": len(content.lines),
        "bad_rows": content.bad_rows,
        "problems": dumps([_problem(problem) for problem in content.problems]),
        "state": RegistryState.WAITING.value,
        "payment_id": None,
        "file_name": file_name[:200],
        "sha256": digest,
        "mapping_id": mapping_id,
        "raw": data,
        "received_at": unit.at,
        "received_by": str(unit.actor),
        "note": "",
        "search": fold(f"{content.number} {partner_inn} {content.net} {content.gross} {file_name}"),
    }
    unit.insert(payout_registries, row)
    lines = [
        {
            "registry_id": registry_id,
            "position": position,
            "row": line.row,
            "kind": line.kind.value,
            "key": line.key,
            "amount": line.amount.kopecks,
            "fee": line.fee.kopecks,
        }
        for position, line in enumerate(content.lines, start=1)
    ]
    for start in range(0, len(lines), _LINES_AT_ONCE):
        unit.insert(payout_registry_lines, *lines[start : start + _LINES_AT_ONCE])
    unit.journal(
        "registry.received",
        f"registry:{registry_id}",
        partner=partner_inn,
        number=content.number,
        date=content.date.isoformat(),
        kopecks=content.net.kopecks,
        lines=len(lines),
        bad_rows=content.bad_rows,
        sha256=digest,
        mapping=mapping_id,
    )
    unit.changed("registry", registry_id)
    others = tuple(str(row.id) for row in alike if row.state == RegistryState.WAITING)
    return Received(registry_id, False, content, content.sound, others)


def _alike(unit: Unit, partner_inn: str, number_key: str) -> Sequence[AnyRow]:
    """The registries of this partner with this number that were not withdrawn."""
    columns = (column for column in payout_registries.c if column.name != "raw")
    return unit.connection.execute(
        select(*columns)
        .where(
            payout_registries.c.company == unit.company,
            payout_registries.c.partner_inn == partner_inn,
            payout_registries.c.number_key == number_key,
            payout_registries.c.state != RegistryState.WITHDRAWN,
        )
        .order_by(payout_registries.c.id)
    ).all()


def is_sound(row: AnyRow) -> bool:
    """Whether a stored registry adds up; see `Registry.sound`."""
    adds_up = row.lines_total == row.gross and row.gross - row.fee == row.net
    return bool(adds_up and not row.bad_rows and row.fee >= 0)


def _problem(problem: Problem) -> dict[str, object]:
    return {
        "row": problem.line,
        "code": problem.code,
        "values": dict(problem.values),
        "fragment": problem.fragment,
    }


def withdraw(unit: Unit, registry_id: str, note: str, expected_version: int | None = None) -> AnyRow:
    """A person takes a registry out: it explains nothing any more; its bytes and lines stay. Returns its row.

    Raises:
        Refused: `registry.unknown`, `registry.used` while a payment rests on it, `registry.note_missing`,
            `authority.missing`.
        Conflict: `registry.changed`.
    """
    unit.actor.require(Right.PAYMENTS_DECIDE)
    if not note.strip():
        raise Refused("registry.note_missing")
    row = load(unit, registry_id)
    if expected_version is not None and row.version != expected_version:
        raise Conflict("registry.changed", number=row.number)
    if row.state == RegistryState.USED:
        raise Refused("registry.used", number=row.number)
    if row.state == RegistryState.WAITING:
        unit.connection.execute(
            update(payout_registries)
            .where(payout_registries.c.id == registry_id)
            .values(state=RegistryState.WITHDRAWN, note=note.strip()[:_NOTE], version=row.version + 1)
        )
        unit.journal("registry.withdrawn", f"registry:{registry_id}", note=note.strip()[:_NOTE])
        unit.changed("registry", registry_id)
    return load(unit, registry_id)


def load(unit: Unit, registry_id: str) -> AnyRow:
    """The registry's row, without its bytes.

    Raises:
        Refused: `registry.unknown`.
    """
    columns = (column for column in payout_registries.c if column.name != "raw")
    row = unit.connection.execute(
        select(*columns).where(payout_registries.c.id == registry_id, payout_registries.c.company == unit.company)
    ).one_or_none()
    if row is None:
        raise Refused("registry.unknown", id=registry_id[:80])
    return row


def save_mapping(unit: Unit, partner_inn: str, mapping: ColumnMapping) -> SavedMapping:
    """From now on this partner's files are read so; what was in force ends. The same mapping again changes nothing.

    Raises:
        Refused: `authority.missing`.
    """
    unit.actor.require(Right.PAYMENTS_DECIDE)
    old = mapping_in_force(unit.connection, unit.company, partner_inn)
    if old is not None and old.mapping == mapping:
        return old
    if old is not None:
        unit.update(registry_mappings, old.id, ended_at=unit.at)
    saved = SavedMapping(new_id(), partner_inn, mapping, unit.at, str(unit.actor))
    values = mapping.model_dump(mode="json", exclude_defaults=True)
    unit.insert(
        registry_mappings,
        {
            "id": saved.id,
            "company": unit.company,
            "partner_inn": partner_inn,
            "mapping": dumps(values),
            "at": saved.at,
            "by": saved.by,
            "ended_at": None,
        },
    )
    unit.journal(
        "registry.mapping_saved",
        f"registry_mapping:{saved.id}",
        partner=partner_inn,
        mapping=values,
        before=old.id if old else None,
    )
    unit.changed("registry_mapping", partner_inn)
    return saved


def mapping_in_force(connection: Connection, company: str, partner_inn: str) -> SavedMapping | None:
    """How a partner's files are read now; None when nobody has said."""
    row = connection.execute(
        select(registry_mappings).where(
            registry_mappings.c.company == company,
            registry_mappings.c.partner_inn == partner_inn,
            registry_mappings.c.ended_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    return SavedMapping(row.id, row.partner_inn, mapping_of(json.loads(row.mapping)), row.at, row.by)
