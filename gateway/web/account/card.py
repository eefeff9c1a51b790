"""One application as the shop sees it: what was bought, what lenders say, the papers, what may be done now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import Response

from gateway.core.authority import Right
from gateway.core.clock import business_date
from gateway.core.errors import KvitError
from gateway.core.states import Machine
from gateway.loans import applications, coverage, documents, queries
from gateway.loans.model import APPLICATION, ApplicationEvent, SigningWay
from gateway.loans.papers import GOODS, SIGNING, GoodsEvent, OriginalState, SigningEvent
from gateway.loans.reasons import END_REASONS, ReturnReason
from gateway.loans.stage import OPEN, Stage
from gateway.web.account.pages import show, told
from gateway.web.account.visits import Desk
from gateway.web.answers import status_of

_PAPERWORK = ("bring", "miss", "original", "refuse", "sign", "identity_failed", "identity_ok", "identity_stopped")
DONE = frozenset((*_PAPERWORK, "applied", "cancel", "confirm", "delivered", "returned", "shipped"))
"""Acts a card can say were just done: "web.done.<act>"."""


def card_page(
    desk: Desk,
    application_id: str,
    *,
    done: str = "",
    error: KvitError | None = None,
    buyer: dict[str, str] | None = None,
) -> Response:
    """The card's page.

    Args:
        done: what was just done, one of DONE; anything else is not shown.
        error: why what was asked for was not done.
        buyer: name and phone in full, once they were asked for.

    Raises:
        Refused: `authority.missing`, `loan.not_found`.
    """
    room, actor, company = desk.room, desk.person.actor, desk.room.store.company
    now = room.store.clock.now()
    with room.store.reading() as connection:
        card = queries.card(connection, company, room.loans, actor, application_id, now)
        row = applications.read(connection, company, application_id)
        can = _can(desk, card)
        return show(
            desk,
            "card.html",
            status_of(error) if error else 200,
            card=card,
            papers=documents.listed(connection, actor, row),
            stages=_path(card["stage"]),
            holds=json.loads(card["agreement"]["hold_reasons"]) if card["agreement"] else [],
            choices=coverage.choices(connection, room.loans, row, business_date(now, room.loans.zone))
            if "confirm" in can
            else [],
            can=can,
            done=done if done in DONE else "",
            error=told(error, desk.language) if error else None,
            buyer=buyer,
            end_reasons=END_REASONS,
            return_reasons=tuple(ReturnReason),
        )


def _path(stage: str) -> list[tuple[str, str]]:
    """The stages in order, each "past", "now" or "ahead"; none for an application that ended early."""
    path = [one.value for one in (*OPEN, Stage.DONE)]
    if stage not in path:
        return []
    here = path.index(stage)
    return [(one, "past" if place < here else "now" if place == here else "ahead") for place, one in enumerate(path)]


def _can(desk: Desk, card: dict[str, Any]) -> set[str]:
    """What this person may do with the application as it stands; the use cases say the last word."""
    actor, state, paper = desk.person.actor, card["state"], card["agreement"]
    found = {"reveal"} if card["reveals"] else set()
    if actor.may(Right.LOANS_CONFIRM):
        found |= _known(APPLICATION, state, {"cancel": ApplicationEvent.CANCEL, "confirm": ApplicationEvent.ACCEPT})
    if paper is None or not actor.may(Right.LOANS_SIGN):
        return found
    found.add("bring")
    at_the_counter = paper["signing_way"] == SigningWay.CLERK
    if at_the_counter:
        found |= _known(SIGNING, paper["signing"], _AT_THE_COUNTER)
    if actor.may(Right.LOANS_CONFIRM):
        found |= _known(GOODS, paper["goods"], {"returned": GoodsEvent.RETURN})
    if card["order_id"] is None:
        # a clerk tells of what he has handed over himself
        told = {"delivered": GoodsEvent.DELIVER} if at_the_counter or actor.may(Right.LOANS_CONFIRM) else {}
        told |= {"shipped": GoodsEvent.SHIP} if actor.may(Right.LOANS_CONFIRM) and not at_the_counter else {}
        found |= _known(GOODS, paper["goods"], told)
    if paper["original"] == OriginalState.WITH_SIGNER and paper["holder"] == f"shop:{actor.party}":
        found.add("original")
    return found


_AT_THE_COUNTER = {
    "identity": SigningEvent.IDENTIFY,
    "miss": SigningEvent.MISS,
    "refuse": SigningEvent.REFUSE,
    "sign": SigningEvent.SIGN,
}


def _known(machine: Machine[Any, Any], state: str, events: Mapping[str, str]) -> set[str]:
    """Of these acts, those whose event the table knows in this state."""
    return {act for act, event in events.items() if (state, event) in machine.table}
