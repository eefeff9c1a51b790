"""Parcels for the screens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from gateway.api.reads import notifications
from gateway.api.reads.orders import invoice_item, payments_of
from gateway.api.reads.paging import Listing, Window, in_order
from gateway.api.reads.texts import said
from gateway.core.authority import Actor, Right
from gateway.parcels import cdek_codes, cod_claim, post_codes, queries, search_request, watch
from gateway.parcels.meaning import Meaning
from gateway.parcels.model import AT_BUYER, CarrierKey, CodState, EndedHow, Stage, Watch
from gateway.parcels.parcels import Put
from gateway.parcels.queries import Filters
from gateway.parcels.tables import intakes
from gateway.parcels.tables import parcels as table
from gateway.parcels.terms import ParcelTerms
from gateway.parcels.zones import regions
from gateway.store.schema import AnyRow

LISTING = Listing(id=table.c.id, sorts=queries.SORTS, default="-made_at")
# The same, by expressions no index is ordered by.
_FOUND_FIRST = Listing(
    id=table.c.id,
    sorts={key: func.coalesce(by, 0 if key == "cod" else "") for key, by in queries.SORTS.items()},
    default=LISTING.default,
)

_REGIONS = {region.number: region.name for region in regions()}
_ITEM = (
    "id", "version", "carrier", "track", "source", "shop", "order_no", "name", "phone", "email", "order_sum",
    "declared", "cod", "postage", "index_to", "stage", "stage_since", "moved_at", "arrived_at", "delivered_at",
    "returned_at", "office_index", "office_name", "keep_until", "last_code", "watch", "ended_at", "ended_how",
    "cod_state", "cod_due", "cod_received", "made_at",
)  # fmt: skip
_REST = (
    "address", "mail_type", "accepted_at", "ended_by", "ask_at", "asked_at", "answered_at", "failures", "reminders",
    "remind_at", "guess_since", "guess_share", "guess_basis", "cod_collected_at", "cod_arrived_at", "cod_payment_id",
    "order_id", "invoice_id", "made_by", "purged_at",
)  # fmt: skip
_OPERATION = (
    "at", "offset_minutes", "code", "text", "effect", "office_index", "office", "country", "mass", "cod", "declared",
    "keep_until", "seen_at",
)  # fmt: skip
_INTAKE = (
    "id", "name", "state", "shop", "row_count", "taken", "known", "changed", "warned", "refused", "made_at", "made_by",
    "ended_at",
)  # fmt: skip
_STAGES = {stage.value: said(f"parcel.stage.{stage.value}", name="stage") for stage in Stage}
_MEANINGS = {CarrierKey.POST: post_codes.meaning_of, CarrierKey.CDEK: cdek_codes.meaning_of}
_CLAIM = ("id", "number", "date", "amount", "text")
_STAGES_TO_MARK = frozenset(stage.value for stage in Stage) - {Stage.DELIVERED.value, Stage.RETURNED.value}


def listed(
    connection: Connection,
    company: str,
    terms: ParcelTerms,
    actor: Actor,
    filters: Filters,
    window: Window,
    now: datetime,
) -> dict[str, Any]:
    """A slice of the parcels, with counts by filter under the same search."""
    filters = queries.looked_up(connection, company, actor, filters)
    counts = queries.counts(connection, company, terms, actor, filters, now)
    where = queries.conditions(company, terms, actor, filters, now)
    total = _total(connection, where) if filters.stage else counts[filters.group]
    cut = (_FOUND_FIRST if queries.found_first(filters, total) else LISTING).cut(connection, where, window)
    found = {row_id: item(row, terms, now) for row_id, row in queries.items(connection, cut.ids).items()}
    return {"items": in_order(cut.ids, found), "total": total, "next": cut.next, "counts": counts}


def _total(connection: Connection, where: Any) -> int:
    return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


def item(row: AnyRow, terms: ParcelTerms, now: datetime) -> dict[str, Any]:
    """A parcel as a list shows it."""
    columns = row._mapping
    return {
        **{name: columns[name] for name in _ITEM},
        **_STAGES[row.stage],
        "region": _REGIONS.get(row.region, ""),
        "stuck": watch.is_stuck(row, terms, now),
        "ready": row.watch == Watch.ACTIVE and row.stage in AT_BUYER,
        "back": bool(row.back),
        "known": bool(row.known),
        "no_messages": bool(row.no_messages),
        "control": bool(row.control),
    }


def card(
    connection: Connection, company: str, terms: ParcelTerms, actor: Actor, parcel_id: str, now: datetime
) -> dict[str, Any]:
    """One parcel whole: what its carrier says, what became of it here, its messages, its order and its money.

    Raises:
        Refused: `parcel.not_found`.
    """
    found = queries.card(connection, company, actor, parcel_id)
    row, invoice = found.row, found.invoice
    money = invoice is not None and actor.may(Right.PAYMENTS_READ)
    meaning = _MEANINGS[CarrierKey(row.carrier)]
    return {
        **item(row, terms, now),
        **{name: row._mapping[name] for name in _REST},
        "operations": [_operation(each, meaning(each.code)) for each in found.operations],
        "money_events": [
            {
                "at": each.at,
                "kind": each.kind,
                "text": each.text,
                "amount": each.amount,
                "collected": bool(each.collected),
            }
            for each in found.money
        ],
        "timeline": [
            {"at": line["at"], "by": line["by"], "code": line["code"], **said(line["code"], line["values"])}
            for line in found.timeline
        ],
        "messages": notifications.about(connection, company, f"parcel:{row.id}"),
        "order": _order(found.order),
        "invoice": invoice_item(invoice) if invoice is not None else None,
        "payments": payments_of(connection, company, [invoice.id]) if invoice is not None and money else [],
        "claims": [claim_item(each) for each in cod_claim.of_parcel(connection, company, row.id)],
        "actions": _actions(row, actor),
    }


def put_item(done: Put) -> dict[str, Any]:
    """What came of a parcel entered."""
    warnings = [{"code": one.code, **said(one.code, one.values)} for one in done.warnings]
    return {"id": done.id, "outcome": done.outcome.value, "warnings": warnings}


def claim_item(row: AnyRow) -> dict[str, Any]:
    """A letter to the carrier about money that did not come."""
    return {name: row._mapping[name] for name in _CLAIM}


def intake(connection: Connection, company: str, intake_id: str) -> dict[str, Any] | None:
    """A list taken in, or None."""
    row = connection.execute(
        select(intakes).where(intakes.c.id == intake_id, intakes.c.company == company)
    ).one_or_none()
    return intake_item(row) if row is not None else None


def intake_item(row: AnyRow) -> dict[str, Any]:
    """A list taken in, as far as it got."""
    done = row.taken + row.known + row.changed + row.warned + row.refused
    return {**{name: row._mapping[name] for name in _INTAKE}, "done": done}


def intake_list(connection: Connection, company: str, limit: int) -> list[dict[str, Any]]:
    """The last lists taken in, the newest first."""
    query = select(intakes).where(intakes.c.company == company).order_by(intakes.c.made_at.desc(), intakes.c.id.desc())
    return [intake_item(row) for row in connection.execute(query.limit(limit))]


def _operation(row: AnyRow, meaning: Meaning) -> dict[str, Any]:
    return {**{name: row._mapping[name] for name in _OPERATION}, "known": meaning.known}


def _money(row: AnyRow) -> dict[str, Any]:
    return {**{name: row._mapping[name] for name in ("at", "kind", "text", "amount")}, "collected": bool(row.collected)}


def _order(row: AnyRow | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"id": row.id, "number": row.number, "date": row.date, "amount": row.amount, "headline": row.headline}


def _actions(row: AnyRow, actor: Actor) -> list[str]:
    """What this actor may do with it now."""
    active = row.watch == Watch.ACTIVE
    possible = {
        "delivered": row.stage in _STAGES_TO_MARK,
        "end": active,
        "reopen": not active and row.ended_how != EndedHow.CARRIER,
        "ask": active,
        "contacts": not row.purged_at,
        "mute": active and not row.no_messages,
        "unmute": active and bool(row.no_messages),
        "revoke_links": True,
        "search": row.stage in search_request.SEARCHED,
        "claim": row.cod_state == CodState.MISSING,
    }
    offered = [name for name, may in possible.items() if may] if actor.may(Right.PARCELS_WORK) else []
    if row.cod_state == CodState.VOID and actor.may(Right.PAYMENTS_DECIDE):
        offered.append("expect_again")
    return offered
