"""/v1/parcel-lists: lists of parcels looked at, taken in, and what became of each row."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from gateway.api.access import needs
from gateway.api.errors import NotFound, described
from gateway.api.parcel_desk import Desk, TheDesk, TheRun, TheView, View
from gateway.api.reads import parcels as reads
from gateway.api.reads.paging import MAX_LIMIT
from gateway.api.reads.texts import said
from gateway.api.schemas.common import NOTHING, Id, Nothing
from gateway.api.schemas.parcels import (
    MAX_BODY,
    MAX_FILE,
    ListAnswer,
    ListPreview,
    Lists,
    ListStart,
    ListUpload,
    RowOutcomes,
)
from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.parcels import intake_file
from gateway.parcels.intake_columns import FIELDS
from gateway.parcels.intake_file import List

router = APIRouter(prefix="/v1", tags=["parcels"])
READ, FEED = [needs(Right.PARCELS_READ)], [needs(Right.PARCELS_FEED)]
LARGER = {"/v1/parcel-lists": MAX_BODY, "/v1/parcel-lists/preview": MAX_BODY}
"""Requests that carry a file, and how many bytes they may have."""

_SHOWN = 20
_LAST = 50
RowFilter = Literal["", "taken", "known", "changed", "warned", "refused"]


@router.post("/parcel-lists/preview", response_model=ListPreview, dependencies=FEED, responses=described(404, 413))
def preview(view: TheView, asked: ListUpload) -> dict[str, Any]:
    """Look at a list and keep nothing: its columns, and what they seem to say."""
    made = _read(view, asked)
    return {
        "heads": list(made.table.heads),
        "mapping": dict(made.mapping),
        "remembered": made.remembered,
        "fields": list(FIELDS),
        "row_count": len(made.table.rows),
        "rows": [list(row.cells) for row in made.table.rows[:_SHOWN]],
        "server_time": view.room.now(),
    }


@router.post("/parcel-lists", response_model=ListAnswer, dependencies=FEED, responses=described(404, 409, 413))
def start(desk: TheDesk, run: TheRun, asked: ListStart) -> dict[str, Any]:
    """Take a list in; it goes on beside, and a list that was broken off goes on where it was."""
    made = _read(desk, asked)
    given = {**asked.model_dump(mode="json"), "content": made.content_hash}

    def begin() -> str:
        intake_id: str = desk.perform(
            "parcel-list", given, lambda unit: intake_file.begin(unit, made, asked.mapping, asked.shop)
        )
        return intake_id

    return _answer(desk, run, run.start(desk.actor, made, begin))


@router.get("/parcel-lists", response_model=Lists, dependencies=READ, responses=described(404))
def list_lists(view: TheView) -> dict[str, Any]:
    """The last lists taken in."""
    with view.room.store.reading() as connection:
        found = reads.intake_list(connection, view.company, _LAST)
    return {"items": found, "server_time": view.room.now()}


@router.get("/parcel-lists/{list_id}", response_model=ListAnswer, dependencies=READ, responses=described(404))
def get_list(view: TheView, run: TheRun, list_id: Id) -> dict[str, Any]:
    """One list, as far as it got."""
    return _answer(view, run, list_id)


@router.get("/parcel-lists/{list_id}/rows", response_model=RowOutcomes, dependencies=READ, responses=described(404))
def get_rows(
    view: TheView,
    list_id: Id,
    outcome: RowFilter = "",
    after: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 200,
) -> dict[str, Any]:
    """What became of its rows."""
    with view.room.store.reading() as connection:
        found = intake_file.outcomes(
            connection, view.company, list_id, outcome=outcome, after=after, limit=limit
        )  # fmt: skip
    for row in found:
        row["remarks"] = [{"code": one["code"], **said(one["code"], one["values"])} for one in row["remarks"]]
    behind = found[-1]["row"] if len(found) == limit else None
    return {"items": found, "next": behind, "server_time": view.room.now()}


@router.post("/parcel-lists/{list_id}/stop", response_model=ListAnswer, dependencies=FEED, responses=described(404))
def stop(view: TheView, run: TheRun, list_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """End its run after the rows it is at; the same file goes on from there."""
    if run.progress.intake_id == list_id:
        run.stop()
    return _answer(view, run, list_id)


def _read(view: View | Desk, asked: ListUpload) -> List:
    """
    Raises:
        Refused: `registry.content_wrong`, `registry.file_too_large`, and those of `intake_file.read`.
    """
    try:
        data = base64.b64decode(asked.content, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("registry.content_wrong") from None
    if len(data) > MAX_FILE:
        raise Refused("registry.file_too_large", size=len(data), limit=MAX_FILE)
    with view.room.store.reading() as connection:
        return intake_file.read(connection, view.company, asked.file_name, data)


def _answer(view: View, run: TheRun, list_id: str) -> dict[str, Any]:
    with view.room.store.reading() as connection:
        found = reads.intake(connection, view.company, list_id)
    if found is None:
        raise NotFound("api.not_found")
    progress = run.progress
    its = progress.intake_id == list_id
    error = progress.error if its else None
    return {
        **found,
        "running": its and progress.running,
        "error": {"code": error.code, **said(error.code, error.values)} if error else None,
        "server_time": view.room.now(),
    }
