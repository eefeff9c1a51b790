"""Whether signatures given earlier still count: a person's signature is worth what the person may do now.

Asked when a second signature joins the first, and again when the order is about to leave. One that counts no longer is
taken off: the order waits for a signature again, and its history says whose fell and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.core.authority import Right, Role
from gateway.core.catalogue import sentence
from gateway.core.money import Money
from gateway.payments.outgoing import steps
from gateway.payments.outgoing.known import turned_up_since
from gateway.payments.outgoing.limits import as_strong, day_totals, fits
from gateway.payments.outgoing.model import OrderEvent, OutgoingTerms
from gateway.payments.outgoing.seal import signatures_of
from gateway.store.people import let_in
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit

Signature = Mapping[str, Any]
LAPSED_BY_TWIN = "outgoing.lapsed_turned_up"


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A signature that counts no longer.

    Attributes:
        signature: as it stands in the order's approvals.
        code: why, an entry of the message catalogue.
    """

    signature: Signature
    code: str

    def told(self) -> dict[str, str]:
        """What the order's history says of it."""
        return {
            "who": self.signature["by"],
            "role": self.signature["role"],
            "why": sentence(self.code, "ru", {}),
            "why_en": sentence(self.code, "en", {}),
        }


def lapsed(unit: Unit, terms: OutgoingTerms, row: AnyRow) -> list[Lapsed]:
    """The signatures of an order that count no longer.

    A person must be let in still, in a role that signs, and that may let out all that the one he signed in may. Of an
    approved order the last signature falls when the limits allow its sum to neither signer any more, or when the bank
    has turned out since to have an order like it that had been given up: nobody signed for paying twice.

    Raises:
        Refused: `outgoing.document_changed`: the signatures cannot be read.
    """
    signatures = signatures_of(row)
    fallen = [Lapsed(s, code) for s in signatures for code in _why(unit, terms, s)]
    if fallen or not signatures or not row.approved_at:
        return fallen
    if not _within_limits(unit, terms, row, signatures):
        return [Lapsed(signatures[-1], "outgoing.lapsed_limit")]
    if turned_up_since(unit, row, row.approved_at) is not None:
        return [Lapsed(signatures[-1], LAPSED_BY_TWIN)]
    return []


def take_off_lapsed(unit: Unit, terms: OutgoingTerms, row: AnyRow) -> AnyRow:
    """Take the signatures off that count no longer, one step each; returns the order's row as it stands then.

    Raises:
        Refused: `outgoing.document_changed`: the signatures cannot be read.
        Conflict: `outgoing.changed`.
    """
    for one in lapsed(unit, terms, row):
        left = [signature for signature in signatures_of(row) if signature != one.signature]
        row = steps.move(
            unit, row, OrderEvent.LAPSE, told=one.told(), approvals=dumps(left), approved_on=None, approved_at=None
        )
    return row


def _why(unit: Unit, terms: OutgoingTerms, signature: Signature) -> Iterator[str]:
    """Why a signature counts no longer; nothing when it does."""
    people = let_in(unit.connection, unit.company, signature["by"])
    signers = [p.role for p in people if p.may(Right.OUTGOING_APPROVE) and p.role in terms.signers]
    if not people:
        yield "outgoing.lapsed_revoked"
    elif not signers:
        yield "outgoing.lapsed_role"
    elif not any(as_strong(terms, role, Role(signature["role"])) for role in signers):
        yield "outgoing.lapsed_weaker"


def _within_limits(unit: Unit, terms: OutgoingTerms, row: AnyRow, signatures: Sequence[Signature]) -> bool:
    """Whether the limits of one of the signers allow the sum, as they stand now."""
    gone = day_totals(unit, terms, date.fromisoformat(row.approved_on), before=row.approved_at)
    return any(fits(terms, Role(signature["role"]), Money(row.amount), gone) for signature in signatures)
