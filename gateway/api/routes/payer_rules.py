"""/v1/payer-rules: "this payer pays for that buyer"."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from gateway.api.access import TheCaller, TheRoom, needs
from gateway.api.errors import NotFound, described
from gateway.api.reads import payer_rules as reads
from gateway.api.reads.paging import Window
from gateway.api.room import Room
from gateway.api.schemas.common import NO_NOTE, Id, Noted, window
from gateway.api.schemas.payer_rules import ByHand, FromPayment, RuleAnswer, RuleFilter, RulePage
from gateway.api.writing import Target, TheTerms, change
from gateway.core.authority import Right
from gateway.flows import payer_rules
from gateway.flows.payer_rules import Payer
from gateway.matching.tables import payer_rules as rule_table
from gateway.store import Unit

router = APIRouter(prefix="/v1/payer-rules", tags=["payments"])
READ, DECIDE = [needs(Right.PAYMENTS_READ)], [needs(Right.PAYMENTS_DECIDE)]


@router.get("", response_model=RulePage, dependencies=READ, responses=described())
def list_rules(
    room: TheRoom,
    asked: Annotated[Window, Depends(window(reads.LISTING))],
    state: RuleFilter = "in_force",
) -> dict[str, Any]:
    """Rules, newest first unless asked otherwise."""
    with room.store.reading() as connection:
        page = reads.listed(connection, room.store.company, state, asked)
    return {**page, "server_time": room.now()}


@router.post("", response_model=RuleAnswer, dependencies=DECIDE, responses=described(409, 413))
def make(room: TheRoom, caller: TheCaller, terms: TheTerms, asked: FromPayment | ByHand) -> dict[str, Any]:
    """Make a rule: of a payment, or for a payer whose payment has not come yet. It credits what is exact and releases
    nothing without a named person."""

    def work(unit: Unit) -> str:
        if isinstance(asked, FromPayment):
            return payer_rules.learn(unit, room.terms, asked.payment_id, asked.party, asked.since, asked.note)
        payer = Payer(asked.payer_name, asked.payer_inn, asked.payer_account)
        return payer_rules.make(unit, room.terms, payer, asked.party, asked.since, asked.note)

    rule_id: str = change(room, caller, terms, "make-rule", None, asked.model_dump(mode="json"), work)
    return _answer(room, rule_id)


@router.post(
    "/{rule_id}/revoke", response_model=RuleAnswer, dependencies=DECIDE, responses=described(404, 409, 412, 413)
)
def revoke(room: TheRoom, caller: TheCaller, terms: TheTerms, rule_id: Id, asked: Noted = NO_NOTE) -> dict[str, Any]:
    """End a rule; what was credited by it stays."""

    def work(unit: Unit) -> None:
        payer_rules.revoke(unit, room.terms, rule_id, terms.version, asked.note)

    about = Target(rule_table, rule_id, stale=lambda unit: payer_rules.changed(unit, room.terms, rule_id))
    change(room, caller, terms, "revoke-rule", about, asked.model_dump(mode="json"), work)
    return _answer(room, rule_id)


def _answer(room: Room, rule_id: str) -> dict[str, Any]:
    with room.store.reading() as connection:
        found = reads.one(connection, room.store.company, rule_id)
    if found is None:
        raise NotFound("api.not_found")
    return {**found, "server_time": room.now()}
