"""/v1/registries, /v1/registry-mappings."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy import Connection

from gateway.api.access import TheCaller, TheRoom, needs
from gateway.api.errors import NotFound, described
from gateway.api.reads import registries as reads
from gateway.api.reads.paging import MAX_LIMIT, Window
from gateway.api.room import Room
from gateway.api.schemas.common import Id, Noted, window
from gateway.api.schemas.registries import (
    MAX_BODY,
    MAX_FILE,
    Import,
    Imported,
    PartnerAnswer,
    Partners,
    Preview,
    RegistryAnswer,
    RegistryFilter,
    RegistryPage,
    Uploaded,
)
from gateway.api.writing import Target, TheTerms, change
from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.flows import registries
from gateway.payments.registries.guess import propose
from gateway.payments.registries.lookup import partner_names
from gateway.payments.registries.mapping import ColumnMapping
from gateway.payments.registries.service import mapping_in_force
from gateway.payments.registries.tables import payout_registries
from gateway.store import Unit

router = APIRouter(prefix="/v1", tags=["registries"])
READ, DECIDE = [needs(Right.PAYMENTS_READ)], [needs(Right.PAYMENTS_DECIDE)]
CHANGE = described(404, 409, 412, 413)
LARGER = {"/v1/registries": MAX_BODY, "/v1/registries/preview": MAX_BODY}
"""Requests that carry a file, and how many bytes they may have."""

Inn = Annotated[str, Path(pattern=r"^(\d{10}|\d{12})$")]


@router.get("/registries", response_model=RegistryPage, dependencies=READ, responses=described())
def list_registries(
    room: TheRoom,
    asked: Annotated[Window, Depends(window(reads.LISTING))],
    state: RegistryFilter = "all",
) -> dict[str, Any]:
    """Payout registries, newest first unless asked otherwise."""
    with room.store.reading() as connection:
        page = reads.listed(connection, room.store.company, state, asked)
    return {**page, "server_time": room.now()}


@router.get("/registries/{registry_id}", response_model=RegistryAnswer, dependencies=READ, responses=described(404))
def get_registry(
    room: TheRoom,
    registry_id: Id,
    offset: Annotated[int, Query(ge=0, le=10_000_000, description="Lines to pass over")] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Lines to show")] = 200,
) -> dict[str, Any]:
    """One registry with a slice of its lines; what stands against each line, while it waits."""
    with room.store.reading() as connection:
        found = reads.detail(connection, room.store.company, registry_id, offset, limit)
    if found is None:
        raise NotFound("api.not_found")
    return {**found, "server_time": room.now()}


@router.post("/registries", response_model=Imported, dependencies=DECIDE, responses=CHANGE)
def import_registry(room: TheRoom, caller: TheCaller, terms: TheTerms, asked: Import) -> dict[str, Any]:
    """Take a partner's file in; payouts that waited for it are decided. The same file again changes nothing."""
    data = _content(asked.content)
    read = registries.read_file(room.store, room.terms, asked.partner_inn, asked.file_name, data, asked.mapping)

    def work(unit: Unit) -> dict[str, Any]:
        if asked.save_mapping and asked.mapping is not None:
            registries.save_mapping(unit, room.terms, asked.partner_inn, asked.mapping)
        arrived = registries.receive(unit, room.terms, asked.partner_inn, asked.file_name, data, read=read)
        return {
            "ids": [one.id for one in arrived.received],
            "known": [one.id for one in arrived.received if one.known],
            "decided": arrived.decided,
        }

    given = {**asked.model_dump(mode="json"), "content": hashlib.sha256(data).hexdigest()}
    done = change(room, caller, terms, "registry", None, given, work)
    with room.store.reading() as connection:
        items = reads.items(connection, room.store.company, done["ids"])
    return {"registries": items, "known": done["known"], "decided": done["decided"], "server_time": room.now()}


@router.post("/registries/preview", response_model=Preview, dependencies=DECIDE, responses=described(413))
def preview(room: TheRoom, asked: Uploaded) -> dict[str, Any]:
    """Look at a file and keep nothing: a proposal how to read it, or what the mapping makes of it."""
    source = registries.source_of(room.terms, asked.partner_inn)
    with room.store.reading() as connection:
        saved = mapping_in_force(connection, room.store.company, asked.partner_inn)
    mapping = asked.mapping or (saved.mapping if saved else None)
    proposal = propose(_content(asked.content), asked.file_name, source, mapping)
    by_saved = saved is not None and saved.mapping == proposal.mapping
    return {**reads.seen(proposal), "source": source.value, "saved": by_saved, "server_time": room.now()}


@router.post("/registries/{registry_id}/withdraw", response_model=RegistryAnswer, dependencies=DECIDE, responses=CHANGE)
def withdraw(room: TheRoom, caller: TheCaller, terms: TheTerms, registry_id: Id, asked: Noted) -> dict[str, Any]:
    """Take a registry out: it explains no payment any more. Needs a note."""

    def work(unit: Unit) -> int:
        return registries.withdraw(unit, room.terms, registry_id, asked.note, terms.version)

    given = asked.model_dump(mode="json")
    change(room, caller, terms, "withdraw-registry", Target(payout_registries, registry_id), given, work)
    return get_registry(room, registry_id, 0, 200)


@router.get("/registry-mappings", response_model=Partners, dependencies=READ, responses=described())
def list_partners(room: TheRoom) -> dict[str, Any]:
    """The payout partners of the settings, and how their files are read."""
    inns = sorted(room.terms.policy.payout_partners)
    with room.store.reading() as connection:
        partners = _partners(room, connection, inns)
    return {"items": partners, "server_time": room.now()}


@router.get(
    "/registry-mappings/{partner_inn}", response_model=PartnerAnswer, dependencies=READ, responses=described(404)
)
def get_mapping(room: TheRoom, partner_inn: Inn) -> dict[str, Any]:
    """How a partner's files are read; `mapping` is null when nobody has said."""
    if partner_inn not in room.terms.policy.payout_partners:
        raise NotFound("api.not_found")
    with room.store.reading() as connection:
        [found] = _partners(room, connection, [partner_inn])
    return {**found, "server_time": room.now()}


@router.put("/registry-mappings/{partner_inn}", response_model=PartnerAnswer, dependencies=DECIDE, responses=CHANGE)
def put_mapping(
    room: TheRoom, caller: TheCaller, terms: TheTerms, partner_inn: Inn, asked: ColumnMapping
) -> dict[str, Any]:
    """Read a partner's files so from now on; what was in force ends and stays on record."""
    if partner_inn not in room.terms.policy.payout_partners:
        raise NotFound("api.not_found")

    def work(unit: Unit) -> str:
        return registries.save_mapping(unit, room.terms, partner_inn, asked).id

    change(room, caller, terms, f"registry-mapping:{partner_inn}", None, asked.model_dump(mode="json"), work)
    return get_mapping(room, partner_inn)


def _partners(room: Room, connection: Connection, inns: Sequence[str]) -> list[dict[str, Any]]:
    names = partner_names(connection, room.store.company, inns)
    return [_partner(room, connection, inn, names.get(inn, "")) for inn in inns]


def _partner(room: Room, connection: Connection, inn: str, name: str) -> dict[str, Any]:
    saved = mapping_in_force(connection, room.store.company, inn)
    return {
        "partner_inn": inn,
        "partner_name": name,
        "source": room.terms.policy.payout_partners[inn],
        "mapping": saved.mapping if saved else None,
        "at": saved.at if saved else None,
        "by": saved.by if saved else "",
    }


def _content(text: str) -> bytes:
    """The bytes of a file as it was sent.

    Raises:
        Refused: `registry.content_wrong`, `registry.file_too_large`.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("registry.content_wrong") from None
    if len(data) > MAX_FILE:
        raise Refused("registry.file_too_large", size=len(data), limit=MAX_FILE)
    return data
