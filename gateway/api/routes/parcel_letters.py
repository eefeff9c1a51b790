"""/v1/parcel-claims and requests to search: letters to carriers, made out to be printed and signed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter

from gateway.api.access import needs
from gateway.api.errors import described
from gateway.api.parcel_desk import TheDesk
from gateway.api.reads.parcels import claim_item
from gateway.api.schemas.common import Id
from gateway.api.schemas.parcel_letters import ClaimAnswer, ClaimAsked, SearchAnswer, SearchAsked
from gateway.core.authority import Right
from gateway.flows import parcel_cod_desk
from gateway.parcels import cod_claim, search_request

router = APIRouter(prefix="/v1", tags=["parcels"])
WORK = [needs(Right.PARCELS_WORK)]
CHANGE = described(404, 409, 413)
_NO_SIGNER = SearchAsked()


@router.post("/parcel-claims", response_model=ClaimAnswer, dependencies=WORK, responses=CHANGE)
def claim(desk: TheDesk, asked: ClaimAsked) -> dict[str, Any]:
    """Claim money that is overdue of its carrier: numbered, kept, and claimed from then on."""
    terms = replace(desk.room.terms, parcels=desk.terms)
    claim_id = desk.perform(
        "parcel-claim",
        asked.model_dump(mode="json"),
        lambda unit: parcel_cod_desk.claim(unit, terms, asked.parcels, account=asked.account, signer=asked.signer).id,
    )
    with desk.room.store.reading() as connection:
        row = cod_claim.read(connection, desk.company, claim_id)
    return {**claim_item(row), "server_time": desk.room.now()}


@router.post("/parcels/{parcel_id}/search-request", response_model=SearchAnswer, dependencies=WORK, responses=CHANGE)
def request_search(desk: TheDesk, parcel_id: Id, asked: SearchAsked = _NO_SIGNER) -> dict[str, Any]:
    """Make out a request that the carrier search for a parcel. It names the buyer and is kept nowhere: it may be made
    out as often as is needed."""
    sender = replace(parcel_cod_desk.claimant_of(desk.room.terms), signer=asked.signer)
    with desk.room.store.unit(desk.actor) as unit:
        made = search_request.prepare(unit, desk.terms, parcel_id, sender, desk.room.terms.cod.firms)
        unit.commit()
    until = made.until.isoformat() if made.until else None
    return {"text": made.text, "until": until, "late": made.late, "server_time": desk.room.now()}
