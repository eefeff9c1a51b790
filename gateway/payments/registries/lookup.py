"""The registries of a partner as the matcher asks for them, and which payment each of them explained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, bindparam, func, literal_column, select, update

from gateway.core.errors import Conflict
from gateway.core.money import Money
from gateway.core.references import Reference, reference_key
from gateway.payments.registries.model import Registry, RegistryLine, RegistryState
from gateway.payments.registries.tables import payout_registries, payout_registry_lines
from gateway.payments.tables import entries
from gateway.store.driver import Query
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_NEWEST = 2000
"""Lines looked at for a partner's name: lines have no index by ИНН, and are in the order they came."""
_COLUMNS = tuple(column for column in payout_registries.c if column.name != "raw")


def _waiting(condition: ColumnElement[bool]) -> Query:
    return Query(
        select(*_COLUMNS)
        .where(
            payout_registries.c.company == bindparam("company"),
            payout_registries.c.source == bindparam("source"),
            payout_registries.c.partner_inn == bindparam("partner_inn"),
            payout_registries.c.state == bindparam("state"),
            condition,
        )
        .order_by(payout_registries.c.id)
    )


_BY_NUMBER = _waiting(payout_registries.c.number_key == bindparam("number_key"))
_BY_NET = _waiting(payout_registries.c.net == bindparam("net"))
_LINES = Query(
    select(payout_registry_lines)
    .where(payout_registry_lines.c.registry_id == bindparam("registry_id"))
    .order_by(payout_registry_lines.c.position)
)


class SqlRegistries:
    """See `matching.RegistryLookup`: what one partner sent and no payment has used."""

    def __init__(self, unit: Unit, partner_inn: str) -> None:
        self._unit = unit
        self._partner_inn = partner_inn

    def find(self, source: str, number: str) -> Sequence[Registry]:
        return self._found(_BY_NUMBER, source, number_key=reference_key(number))

    def of_sum(self, source: str, net: Money) -> Sequence[Registry]:
        return self._found(_BY_NET, source, net=net.kopecks)

    def _found(self, query: Query, source: str, **values: str | int) -> list[Registry]:
        rows = query.all(
            self._unit.connection,
            company=self._unit.company,
            source=source,
            partner_inn=self._partner_inn,
            state=RegistryState.WAITING,
            **values,
        )
        return [_registry(row, _LINES.all(self._unit.connection, registry_id=row.id)) for row in rows]


def used_by(unit: Unit, payment_id: str) -> Registry | None:
    """The registry that explains a payment, if one does."""
    row = unit.connection.execute(
        select(*_COLUMNS).where(
            payout_registries.c.payment_id == payment_id,
            payout_registries.c.company == unit.company,
            payout_registries.c.state == RegistryState.USED,
        )
    ).one_or_none()
    return None if row is None else _registry(row, _LINES.all(unit.connection, registry_id=row.id))


def lines_of(unit: Unit, registry_id: str) -> tuple[RegistryLine, ...]:
    """A registry's lines, in the file's order."""
    return _lines(_LINES.all(unit.connection, registry_id=registry_id))


def every(connection: Connection, company: str) -> list[Registry]:
    """All registries on record but those withdrawn, whether or not a payment has used them: for a back-test."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(payout_registries.c.company == company, payout_registries.c.state != RegistryState.WITHDRAWN)
        .order_by(payout_registries.c.id)
    ).all()
    return [_registry(row, _LINES.all(connection, registry_id=row.id)) for row in rows]


def _registry(row: AnyRow, lines: Sequence[AnyRow]) -> Registry:
    return Registry(
        id=row.id,
        source=row.source,
        number=row.number,
        date=date.fromisoformat(row.date),
        gross=Money(row.gross),
        fee=Money(row.fee),
        net=Money(row.net),
        lines=_lines(lines),
        bad_rows=row.bad_rows,
    )


def naming_track(connection: Connection, company: str, track: str) -> Sequence[AnyRow]:
    """The lines that name a parcel, with what they stand in (`registry_id`, `number`, `date`, `source`, `state`,
    `payment_id`, `gross`, `registry_fee`), the oldest first; those of withdrawn registries left out."""
    return connection.execute(
        select(
            payout_registry_lines,
            payout_registries.c.number,
            payout_registries.c.date,
            payout_registries.c.source,
            payout_registries.c.state,
            payout_registries.c.payment_id,
            payout_registries.c.gross,
            payout_registries.c.fee.label("registry_fee"),
        )
        .join(payout_registries, payout_registries.c.id == payout_registry_lines.c.registry_id)
        .where(
            payout_registry_lines.c.kind == literal_column("'track'"),  # as the partial index says it
            payout_registry_lines.c.key.in_({track, reference_key(track)}),
            payout_registries.c.company == company,
            payout_registries.c.state != RegistryState.WITHDRAWN,
        )
        .order_by(payout_registries.c.date, payout_registries.c.id, payout_registry_lines.c.position)
    ).all()


def _lines(rows: Sequence[AnyRow]) -> tuple[RegistryLine, ...]:
    return tuple(RegistryLine(Reference(r.kind), r.key, Money(r.amount), r.row, Money(r.fee)) for r in rows)


def partner_names(connection: Connection, company: str, inns: Iterable[str]) -> dict[str, str]:
    """What the bank calls these partners: as payer of the last payout a registry explained, else of one of the newest
    lines. A partner who was not seen there is left out.
    """
    wanted = set(inns)
    if not wanted:
        return {}
    last = (
        select(func.max(payout_registries.c.payment_id))
        .where(
            payout_registries.c.company == company,
            payout_registries.c.partner_inn.in_(wanted),
            payout_registries.c.state == RegistryState.USED,
        )
        .group_by(payout_registries.c.partner_inn)
    )
    columns = (entries.c.id, entries.c.party_inn, entries.c.party_name)
    named = connection.execute(select(*columns).where(entries.c.id.in_(last))).all()
    found = {str(row.party_inn): str(row.party_name) for row in named if row.party_name}
    if not wanted - found.keys():
        return found
    newest = (
        select(*columns).where(entries.c.company == company).order_by(entries.c.id.desc()).limit(_NEWEST).subquery()
    )
    of_them = select(newest).where(newest.c.party_inn.in_(wanted - found.keys()), newest.c.party_name != "")
    more = {str(row.party_inn): str(row.party_name) for row in connection.execute(of_them.order_by(newest.c.id))}
    return {**more, **found}


def use(unit: Unit, registry_id: str, payment_id: str) -> None:
    """The registry explains this payment and no other.

    Raises:
        Conflict: `registry.not_waiting` when it explained another one meanwhile, or was withdrawn.
    """
    done = unit.connection.execute(
        update(payout_registries)
        .where(
            payout_registries.c.id == registry_id,
            payout_registries.c.company == unit.company,
            payout_registries.c.state == RegistryState.WAITING,
        )
        .values(state=RegistryState.USED, payment_id=payment_id, version=payout_registries.c.version + 1)
    )
    if done.rowcount != 1:
        raise Conflict("registry.not_waiting")
    unit.journal("registry.used", f"registry:{registry_id}", payment=payment_id)
    unit.changed("registry", registry_id)


def free(unit: Unit, payment_id: str) -> list[str]:
    """What was decided about a payment is taken back: the registry that explained it waits again; returns its id."""
    used = payout_registries.c.payment_id == payment_id
    ids = [
        str(found)
        for found in unit.connection.execute(
            select(payout_registries.c.id).where(
                used, payout_registries.c.company == unit.company, payout_registries.c.state == RegistryState.USED
            )
        ).scalars()
    ]
    for registry_id in ids:
        unit.connection.execute(
            update(payout_registries)
            .where(payout_registries.c.id == registry_id)
            .values(state=RegistryState.WAITING, payment_id=None, version=payout_registries.c.version + 1)
        )
        unit.journal("registry.freed", f"registry:{registry_id}", payment=payment_id)
        unit.changed("registry", registry_id)
    return ids
