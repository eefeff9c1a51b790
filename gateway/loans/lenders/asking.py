"""When a lender is asked again: often while he decides, seldom later, never once there is nothing more to learn."""

from __future__ import annotations

from datetime import timedelta

from gateway.core.clock import from_text, to_text
from gateway.loans import agreement_rows
from gateway.loans.lenders.ports import LenderStatus
from gateway.loans.model import APPLICATION, ApplicationState, DecisionState
from gateway.loans.papers import OriginalState
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_MINUTE = timedelta(minutes=1)
_EAGER = timedelta(minutes=15)
"""So long a decision is waited for every minute; most come within it."""
_S = LenderStatus
_PAUSES = {
    _S.NEEDS_INFO: 15 * _MINUTE,
    _S.APPROVED: 15 * _MINUTE,
    _S.AGREED: 15 * _MINUTE,
    _S.SIGNED: 60 * _MINUTE,
    _S.ORIGINAL_ACCEPTED: 60 * _MINUTE,
    _S.ORIGINAL_REJECTED: 60 * _MINUTE,
    _S.COMMITTED: 360 * _MINUTE,
    _S.PAID_OUT: 360 * _MINUTE,  # while he has not said what he makes of the paper
}
_BY_STATE = {DecisionState.NEEDS_INFO: _S.NEEDS_INFO, DecisionState.APPROVED: _S.APPROVED}
_OVER = frozenset({_S.DECLINED, _S.REVOKED, _S.CANCELLED})
_NO = frozenset({DecisionState.DECLINED, DecisionState.REVOKED, DecisionState.WITHDRAWN})
_PAPER_DONE = frozenset({OriginalState.ACCEPTED, OriginalState.NOT_NEEDED})
_LONGEST_PAUSE = 30 * _MINUTE


def again(unit: Unit, row: AnyRow, status: LenderStatus | None, *, ended: bool = False) -> str | None:
    """When to ask next after an answer, as stored text; None when there is nothing more to learn.

    Args:
        row: of the decision.
        status: what he says now; None when the answer was old or a word we do not know.
        ended: the application is over and this lender's loan does not run.
    """
    if ended or status in _OVER or row.state in _NO:
        return None
    if status is _S.PAID_OUT and not _paper_is_open(unit, row):
        return None
    pause = _PAUSES.get(status or _BY_STATE.get(row.state, _S.RECEIVED))
    return to_text(unit.now + (pause or _deciding(unit, row)))


def after_failure(unit: Unit, failures: int, retry_after: float = 0.0) -> str:
    """When to ask next after so many calls in a row (from 1) that were not answered.

    Args:
        retry_after: seconds the lender asked for.
    """
    doubled = _MINUTE * 2 ** min(failures - 1, 10)
    return to_text(unit.now + max(min(doubled, _LONGEST_PAUSE), timedelta(seconds=retry_after)))


def _paper_is_open(unit: Unit, row: AnyRow) -> bool:
    """Whether the lender has still to accept the original of his agreement: many pay before they have it."""
    paper = agreement_rows.live(unit, row.application_id)
    return paper is not None and paper.lender == row.lender and paper.original not in _PAPER_DONE


def is_over(application: AnyRow) -> bool:
    """Whether nothing a lender may still say matters to an application."""
    return ApplicationState(application.state) in APPLICATION.final - {ApplicationState.RETURNED}


def _deciding(unit: Unit, row: AnyRow) -> timedelta:
    since = from_text(row.answered_at or row.asked_at or unit.at)
    return _MINUTE if unit.now - since < _EAGER else 5 * _MINUTE
