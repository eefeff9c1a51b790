"""Payout registries: the list, one with a slice of its lines, and what a look at a file shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, true

from gateway.api.reads.paging import Listing, Window, in_order, searched
from gateway.api.reads.texts import reason, said, stored_list
from gateway.core.errors import KvitError
from gateway.core.money import Money
from gateway.core.problem import Problem
from gateway.core.references import Reference
from gateway.matching.payout_lines import against_line
from gateway.matching.service import reasons_json
from gateway.orders.index import SqlIndex
from gateway.payments.registries.guess import Proposal
from gateway.payments.registries.interpret import ReadRegistry
from gateway.payments.registries.lookup import partner_names
from gateway.payments.registries.model import RegistryLine, RegistryState
from gateway.payments.registries.service import is_sound
from gateway.payments.registries.tables import payout_registries, payout_registry_lines
from gateway.store.schema import AnyRow

_R = payout_registries.c
LISTING = Listing(
    id=_R.id,
    sorts={
        "date": _R.date,
        "received_at": _R.received_at,
        "number": _R.number,
        "partner_inn": _R.partner_inn,
        "net": _R.net,
        "state": _R.state,
    },
    default="-date",
)
_COLUMNS = tuple(column for column in _R if column.name not in ("raw", "problems"))
_UNSOUND = and_(
    _R.state == RegistryState.WAITING,
    or_(_R.bad_rows > 0, _R.lines_total != _R.gross, _R.gross - _R.fee != _R.net, _R.fee < 0),
)
GROUPS: dict[str, ColumnElement[bool]] = {
    "all": true(),
    "waiting": _R.state == RegistryState.WAITING,
    "unsound": _UNSOUND,
    "used": _R.state == RegistryState.USED,
    "withdrawn": _R.state == RegistryState.WITHDRAWN,
}


def listed(connection: Connection, company: str, group: str, window: Window) -> dict[str, Any]:
    """A slice of the registries of one group, with counts by group; "unsound" are some of "waiting"."""
    where: list[ColumnElement[bool]] = [_R.company == company, *searched(_R.search, window.q)]
    counted = select(*(func.count().filter(condition) for condition in GROUPS.values())).where(*where)
    counts = dict(zip(GROUPS, connection.execute(counted).one(), strict=True))
    cut = LISTING.cut(connection, [*where, GROUPS[group]], window)
    return {"items": items(connection, company, cut.ids), "total": counts[group], "next": cut.next, "counts": counts}


def items(connection: Connection, company: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    """The registries `ids` as list items, in that order."""
    rows = connection.execute(select(*_COLUMNS).where(_R.id.in_(ids), _R.company == company)).all()
    doubled = _doubled(connection, company, rows)
    names = partner_names(connection, company, {row.partner_inn for row in rows})
    return in_order(
        ids,
        {
            row.id: _item(row, names.get(row.partner_inn, ""), (row.partner_inn, row.number_key) in doubled)
            for row in rows
        },
    )


def _doubled(connection: Connection, company: str, rows: Iterable[AnyRow]) -> set[tuple[str, str]]:
    """(partner, number) that several waiting registries share."""
    keys = {row.number_key for row in rows if row.state == RegistryState.WAITING}
    found = connection.execute(
        select(_R.partner_inn, _R.number_key)
        .where(_R.company == company, _R.state == RegistryState.WAITING, _R.number_key.in_(keys))
        .group_by(_R.partner_inn, _R.number_key)
        .having(func.count() > 1)
    )
    return {(row.partner_inn, row.number_key) for row in found}


def _item(row: AnyRow, partner_name: str, doubled: bool) -> dict[str, Any]:
    same = ("id", "version", "source", "partner_inn", "number", "date", "gross", "fee", "net", "lines_total")
    more = ("line_count", "bad_rows", "state", "payment_id", "file_name", "received_at", "received_by", "note")
    return {
        **{name: getattr(row, name) for name in (*same, *more)},
        "partner_name": partner_name,
        "difference": row.lines_total - row.gross,
        "sound": is_sound(row),
        "ambiguous": doubled and row.state == RegistryState.WAITING,
        **said(f"api.registry.{row.state}", name="state"),
    }


def detail(connection: Connection, company: str, registry_id: str, offset: int, limit: int) -> dict[str, Any] | None:
    """One registry with `limit` of its lines from `offset` on; None when there is none of that id."""
    found = items(connection, company, [registry_id])
    if not found:
        return None
    stored = connection.execute(select(_R.problems).where(_R.id == registry_id)).scalar_one()
    columns = payout_registry_lines.c
    rows = connection.execute(
        select(payout_registry_lines)
        .where(columns.registry_id == registry_id, columns.position > offset)
        .order_by(columns.position)
        .limit(limit)
    ).all()
    end = offset + len(rows)
    index = SqlIndex(connection, company) if found[0]["state"] == RegistryState.WAITING else None
    return {
        **found[0],
        "problems": [
            _problem(problem["row"], problem["code"], problem["values"], problem["fragment"])
            for problem in stored_list(stored)
        ],
        "lines": [_line(row, index, found[0]["partner_inn"]) for row in rows],
        "lines_next": end if end < found[0]["line_count"] else None,
    }


def _line(row: AnyRow, index: SqlIndex | None, partner_inn: str) -> dict[str, Any]:
    line = RegistryLine(Reference(row.kind), row.key, Money(row.amount), row.row, Money(row.fee))
    against = against_line(index, line, partner_inn) if index is not None else None
    return {
        "position": row.position,
        "row": row.row,
        "kind": row.kind,
        "key": row.key,
        "amount": row.amount,
        "fee": row.fee,
        "against": reason(reasons_json([against])[0]) if against is not None else None,
    }


def _problem(row: int, code: str, values: Any, fragment: str) -> dict[str, Any]:
    return {"row": row, **said(code, values), "fragment": fragment}


def seen(proposal: Proposal) -> dict[str, Any]:
    """What a look at a file gives."""
    return {
        "mapping": proposal.mapping,
        "missing": list(proposal.missing),
        "found": dict(proposal.found),
        "headings": list(proposal.headings),
        "rows": [{"number": row.number, "cells": list(row.cells)} for row in proposal.rows],
        "registries": [read(one) for one in proposal.registries],
        "error": _error(proposal.error) if proposal.error else None,
    }


def _error(error: KvitError) -> dict[str, Any]:
    return {"code": error.code, "text_ru": error.text("ru"), "text_en": error.text("en"), "span": None}


def read(one: ReadRegistry) -> dict[str, Any]:
    """What a mapping makes of a file."""
    return {
        "number": one.number,
        "date": one.date.isoformat(),
        "gross": one.gross.kopecks,
        "fee": one.fee.kopecks,
        "net": one.net.kopecks,
        "lines_total": one.lines_total.kopecks,
        "line_count": len(one.lines),
        "bad_rows": one.bad_rows,
        "sound": one.sound,
        "problems": [_told(problem) for problem in one.problems],
    }


def _told(problem: Problem) -> dict[str, Any]:
    return _problem(problem.line, problem.code, problem.values, problem.fragment)
