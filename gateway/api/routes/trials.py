"""/v1/trials: what the matcher would have done with past payments."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from gateway.api.access import TheRoom, needs
from gateway.api.errors import described
from gateway.api.reads import trials as trial_reads
from gateway.api.schemas.trials import TrialList
from gateway.core.authority import Right

router = APIRouter(prefix="/v1", tags=["trials"])


@router.get("/trials", response_model=TrialList, dependencies=[needs(Right.PAYMENTS_READ)], responses=described())
def list_trials(room: TheRoom, limit: Annotated[int, Query(ge=1, le=50)] = 10) -> dict[str, Any]:
    """Back-tests that were kept (`kvit match … --keep`), newest first."""
    with room.store.reading() as connection:
        found = trial_reads.listed(connection, room.store.company, limit)
    return {"items": found, "server_time": room.now()}
