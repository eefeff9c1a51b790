"""What a person has to look at: applications that are late or went wrong, as conditions of one list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select, text

from gateway.core.clock import to_text
from gateway.loans.model import DECISION, ApplicationState, DecisionState
from gateway.loans.papers import FundingState, OriginalState, SigningState
from gateway.loans.stage import Stage
from gateway.loans.tables import agreements, applications, decisions
from gateway.loans.terms import LoanTerms, RedLimits

_ASKED = tuple(state.value for state in DecisionState if state not in DECISION.final)


class Problem(StrEnum):
    """Kinds of trouble, each a filter of the list."""

    LATE = "late"  # longer at its stage than the red limit
    CALL = "call"  # nobody called in time
    LENDER = "lender"  # he does not answer, or his answer makes no sense
    SIGNING = "signing"
    ORIGINAL = "original"
    MONEY = "money"
    AGREEMENT = "agreement"  # its figures differ from ours


def red_since(red: RedLimits, now: datetime) -> dict[Stage, str]:
    """For each open stage the instant before which whoever is there still is late."""
    days = {
        Stage.APPLICATION: red.application_days,
        Stage.DECISION: red.decision_days,
        Stage.SIGNING: red.signed_days,
        Stage.ORIGINAL: red.original_days,
        Stage.MONEY: red.money_days,
        Stage.SHOP: red.shop_days,
    }
    return {stage: to_text(now - timedelta(days=count)) for stage, count in days.items()}


def condition(problem: Problem, company: str, terms: LoanTerms, now: datetime) -> ColumnElement[bool]:
    """Under which an application has this problem."""
    if problem is Problem.LATE:
        return _late(terms.red, now)
    if problem is Problem.CALL:
        return call_missed(terms, now)
    return applications.c.id.in_(_OF_PAPERS[problem](company))


def _late(red: RedLimits, now: datetime) -> ColumnElement[bool]:
    since = red_since(red, now)
    return or_(
        *(
            and_(applications.c.stage == stage.value, applications.c.stage_since < limit)
            for stage, limit in since.items()
        )
    )


def call_missed(terms: LoanTerms, now: datetime) -> ColumnElement[bool]:
    """A lead's due time is the last moment for the call; a call-back's is the first, and gets as long as a lead's."""
    late = to_text(now - timedelta(minutes=terms.call_minutes))
    return and_(
        applications.c.call_due.is_not(None),
        or_(
            and_(applications.c.state == ApplicationState.LEAD.value, applications.c.call_due < to_text(now)),
            applications.c.call_due < late,
        ),
    )


# Where a condition is written out, a partial index has the same one: SQLite takes that index for the very words it was
# made with. It stands without the company (the outer list has that), or SQLite would rather read a whole other index.


def _no_answer(_company: str) -> ColumnElement[str]:
    failing = text("loan_decisions.failures > 0")
    return select(decisions.c.application_id).where(failing, decisions.c.state.in_(_ASKED)).scalar_subquery()


def _paper(column: ColumnElement[str], states: Sequence[StrEnum]) -> Callable[[str], ColumnElement[str]]:
    values = [state.value for state in states]

    def found(company: str) -> ColumnElement[str]:
        return (
            select(agreements.c.application_id)
            .where(agreements.c.company == company, column.in_(values), agreements.c.live == 1)
            .scalar_subquery()
        )

    return found


def _warned(_company: str) -> ColumnElement[str]:
    warned = text("loan_agreements.warnings <> '[]'")
    return select(agreements.c.application_id).where(warned).scalar_subquery()


_OF_PAPERS: dict[Problem, Callable[[str], ColumnElement[str]]] = {
    Problem.LENDER: _no_answer,
    Problem.SIGNING: _paper(
        agreements.c.signing,
        (SigningState.RETURNED_EMPTY, SigningState.NO_SHOW, SigningState.FAULTY, SigningState.STOPPED),
    ),
    Problem.ORIGINAL: _paper(agreements.c.original, (OriginalState.REJECTED, OriginalState.LOST)),
    Problem.MONEY: _paper(agreements.c.funding, (FundingState.PARTLY, FundingState.REVERSED)),
    Problem.AGREEMENT: _warned,
}
