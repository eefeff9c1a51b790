"""What people do about cash on delivery: ask the carrier for it in writing, or expect it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.core.text import one_line
from gateway.flows import parcel_cod, parcel_cod_rounds
from gateway.flows.terms import Terms
from gateway.parcels import cod_claim, rows, timeline
from gateway.parcels.cod_claim import Claim, Claimant
from gateway.parcels.cod_steps import CodMove
from gateway.parcels.model import CodEvent, CodState
from gateway.parcels.terms import ParcelTerms
from gateway.store.unit import Unit

_LONGEST_NOTE = 500


def claim(unit: Unit, terms: Terms, parcel_ids: Sequence[str], *, account: str = "", signer: str = "") -> Claim:
    """Make out a claim for money that is missing; see `cod_claim.claim`.

    Args:
        account: ours, the money is to go to; "" for the one there is.
        signer: who signs it.

    Raises:
        Refused: what `cod_claim.claim` raises.
    """
    return cod_claim.claim(
        unit, _watching(terms), parcel_ids, replace(claimant_of(terms, account), signer=signer), terms.cod.firms
    )


def claimant_of(terms: Terms, account: str = "") -> Claimant:
    """Our company with the account money is to go to: the one named, else the only one there is."""
    own, accounts = terms.own, terms.outgoing.accounts
    ours = accounts.get(account) or (next(iter(accounts.values())) if len(accounts) == 1 and not account else None)
    if ours is None:
        return Claimant(own.name, own.inn, own.kpp, "", account, own.bank, own.bic, own.corr_account)
    return Claimant(own.name, own.inn, own.kpp, "", ours.number, ours.bank, ours.bic, ours.corr_account)


def expect_again(unit: Unit, terms: Terms, parcel_id: str, note: str = "", expected_version: int | None = None) -> int:
    """The carrier pays for a parcel that went back by his own records: a person takes the money's word.

    Returns:
        How many payments that waited for a person could be decided by it.

    Raises:
        Refused: `authority.missing`, `parcel.not_found`, `parcel.cod_not_void`.
        Conflict: `parcel.changed`.
    """
    unit.actor.require(Right.PAYMENTS_DECIDE)
    row = rows.open_for(unit, parcel_id, expected_version)
    if row.cod_state != CodState.VOID:
        raise Refused("parcel.cod_not_void", track=row.track)
    move = CodMove(CodState.VOID)
    move.step(CodEvent.EXPECT)
    rows.put(unit, row, **move.values)
    timeline.write(unit, row.id, "cod_expected_again", note=one_line(note, _LONGEST_NOTE) or "—")
    unit.journal("parcel.cod_expected_again", f"parcel:{row.id}")
    parcel_cod.follow(unit, terms, row.id)
    return parcel_cod_rounds.decide_waiting(unit, terms)


def _watching(terms: Terms) -> ParcelTerms:
    if terms.parcels is None:
        raise Refused("parcel.not_found")
    return terms.parcels
