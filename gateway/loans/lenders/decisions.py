"""What a lender says of an application, written down. `take_view` is the only way a lender's word changes rows.

Views come by polling and as answers to our own calls, late, twice and in any order. So a view is taken as the whole
truth at its version, never as a step from the one before: the newest one alone decides, older ones change nothing, and
the state after all of them is the same whichever were seen on the way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.loans import events, offers, remarks, rows
from gateway.loans.lenders import asking, consequences, contact
from gateway.loans.lenders.errors import UnreadableAnswer
from gateway.loans.lenders.ports import LenderStatus, LenderView, Offer
from gateway.loans.model import DECISION, DecisionEvent, DecisionState
from gateway.loans.tables import decisions, lender_views
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit

_D, _E, _S = DecisionState, DecisionEvent, LenderStatus
_LONGEST_WORD = 60
AGREED_TO = frozenset(
    {
        _S.APPROVED,
        _S.AGREED,
        _S.SIGNED,
        _S.ORIGINAL_ACCEPTED,
        _S.ORIGINAL_REJECTED,
        _S.COMMITTED,
        _S.PAID_OUT,
    }
)
"""Statuses of a lender who has said yes and stands by it."""


def load(unit: Unit, decision_id: str) -> AnyRow:
    """The decision's row.

    Raises:
        Refused: `loan.not_found`.
    """
    row = unit.connection.execute(
        select(decisions).where(decisions.c.id == decision_id, decisions.c.company == unit.company)
    ).one_or_none()
    if row is None:
        raise Refused("loan.not_found")
    return row


def take_view(unit: Unit, terms: LoanTerms, decision_id: str, view: LenderView) -> bool:
    """Write down what a lender says.

    The reply is kept sealed, each different one once. A word we do not know is noted and changes nothing. A view no
    newer than the last one taken changes nothing.

    Returns:
        True when it was new and was taken.

    Raises:
        Refused: `loan.not_found`.
        Corrupt: `lender.unreadable` when it is about another application than the one this lender has told us of.
        Conflict: `loan.changed`.
    """
    row = load(unit, decision_id)
    if view.external_id != row.external_id and (row.external_id or _is_of_another(unit, row, view.external_id)):
        raise UnreadableAnswer(row.lender, "another application", view.raw)
    fresh = keep_raw(unit, terms, row, view.raw, view)
    contact.reached(unit, row)
    heard = {"polled_at": unit.at, "failures": 0, "error": "", "external_id": view.external_id}
    known = view.status is not LenderStatus.UNKNOWN
    seen = int(row.seen_version or 0)
    newer = view.version > seen
    said = view.status if known and view.version >= seen else None
    if not known or not newer:
        if fresh and not known:
            unit.journal("lender.unknown_status", f"loan:{row.application_id}", lender=row.lender)
            word = view.status_text[:_LONGEST_WORD]
            events.write(unit, row.application_id, "lender_unknown_status", lender=row.lender, word=word)
        rows.put(unit, decisions, row, **heard, poll_at=asking.again(unit, row, said))
        return False
    after = _write(unit, row, view, heard)
    remarks.keep(unit, terms, row.application_id, remarks.Kind.LENDER, view.reason, by=f"lender:{row.lender}")
    application = consequences.follow(unit, terms, row, after, view)
    again = asking.again(unit, after, view.status, ended=asking.is_over(application))
    unit.update(decisions, row.id, poll_at=again)
    return True


def _is_of_another(unit: Unit, row: AnyRow, external_id: str) -> bool:
    """Whether the lender has told us this id of his for another application of ours."""
    query = select(decisions.c.id).where(
        decisions.c.company == unit.company,
        decisions.c.lender == row.lender,
        decisions.c.external_id == external_id,
        decisions.c.id != row.id,
    )
    return unit.connection.execute(query.limit(1)).first() is not None


def keep_raw(unit: Unit, terms: LoanTerms, row: AnyRow, raw: bytes, view: LenderView | None) -> bool:
    """Keep a reply, sealed; the same bytes once. Returns whether they are new.

    Args:
        view: what was read from it; None when nothing could be.
    """
    digest = hashlib.sha256(raw).hexdigest()
    known = unit.connection.execute(
        select(lender_views.c.id).where(lender_views.c.decision_id == row.id, lender_views.c.digest == digest)
    ).first()
    if known is not None:
        return False
    unit.insert(
        lender_views,
        {
            "id": new_id(),
            "company": unit.company,
            "decision_id": row.id,
            "at": unit.at,
            "lender_version": str(view.version) if view else "",
            "status": view.status_text[:_LONGEST_WORD] if view else "",
            "known": int(view is not None and view.status is not LenderStatus.UNKNOWN),
            "raw": terms.sealer.seal_bytes(about_view(row.application_id), raw),
            "digest": digest,
        },
    )
    return True


def about_view(application_id: str) -> str:
    """What a lender's reply is sealed about."""
    return f"loan:{application_id}:lender"


def steps(state: DecisionState, status: LenderStatus) -> tuple[DecisionEvent, ...]:
    """The way through the table from where a decision stands to what the lender says now.

    What was missed on the way is made up for: a yes taken back was a yes. Nothing leaves a final state: what a lender
    says of an application he refused, or we took back, is kept and shown.
    """
    if state in DECISION.final:
        return ()
    if status in AGREED_TO:
        return (_E.APPROVE,)
    if status is _S.REVOKED:
        return (_E.REVOKE,) if state is _D.APPROVED else (_E.APPROVE, _E.REVOKE)
    if status is _S.DECLINED:
        return (_E.REVOKE,) if state is _D.APPROVED else (_E.DECLINE,)
    if status is _S.CANCELLED:
        return (_E.WITHDRAW,)
    if state is _D.APPROVED:
        return (_E.APPROVE,)  # thinking anew: no offer stands, see `_offers`
    if status is _S.NEEDS_INFO:
        return (_E.ASK,)
    return {_D.QUEUED: (_E.SEND,), _D.NEEDS_INFO: (_E.CORRECT, _E.SEND)}.get(state, ())


def _write(unit: Unit, row: AnyRow, view: LenderView, heard: dict[str, Any]) -> AnyRow:
    """The decision as the lender tells it."""
    state = DecisionState(row.state)
    path = steps(state, view.status)
    for event in path:
        state = DECISION.step(state, event).to
    standing = _offers(row, view) if state is _D.APPROVED else ()
    until = offers.last_day(standing)
    after = rows.put(
        unit,
        decisions,
        row,
        **heard,
        state=state.value,
        seen_version=str(view.version),
        seen_status=view.status_text[:_LONGEST_WORD],
        offers=offers.written(standing),
        offers_until=until.isoformat() if until else None,
        wanted=dumps(dict(view.wanted)) if state is _D.NEEDS_INFO else "{}",
        asked_at=row.asked_at or unit.at,
        answered_at=unit.at,
    )
    unit.journal(
        "lender.said",
        f"loan:{row.application_id}",
        lender=row.lender,
        status=view.status.value,
        version=view.version,
        before=row.state,
        state=state.value,
    )
    unit.changed("loans", row.application_id)
    return after


def _offers(row: AnyRow, view: LenderView) -> Sequence[Offer]:
    """The offers that stand. Past the acceptance a lender may leave them out: then the last ones he named stay."""
    if view.offers or view.status in (_S.APPROVED, _S.RECEIVED, _S.THINKING, _S.NEEDS_INFO):
        return view.offers if view.status in AGREED_TO else ()
    return offers.read(row.offers)
