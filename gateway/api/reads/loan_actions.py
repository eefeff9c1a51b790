"""What a person may do with an application now: by rights, and by what the tables of states allow.

Names are the last parts of the routes' paths. What else a step asks for (a scan, a region that is covered) the use case
says when it is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.core.authority import Actor, Right
from gateway.core.states import Machine
from gateway.loans import findings
from gateway.loans.model import APPLICATION, DECISION, ApplicationEvent, ApplicationState, DecisionState, SigningWay
from gateway.loans.papers import (
    GOODS,
    ORIGINAL,
    SIGNING,
    GoodsEvent,
    GoodsState,
    OriginalEvent,
    OriginalState,
    SigningEvent,
    SigningFacts,
)
from gateway.store.schema import AnyRow

_S = ApplicationState
_CALLED = frozenset({_S.LEAD, _S.CALLBACK, _S.QUESTIONNAIRE})
_WITH_LENDERS = frozenset({_S.SUBMITTED, _S.APPROVED})
_AWAY = frozenset({OriginalState.IN_TRANSIT, OriginalState.AT_LENDER})


@dataclass(frozen=True, slots=True)
class _Case:
    """An application as the conditions see it."""

    application: AnyRow
    agreement: AnyRow | None
    states: Sequence[str]  # of decisions

    @property
    def state(self) -> str:
        return str(self.application.state)

    @property
    def wanted(self) -> bool:
        return DecisionState.NEEDS_INFO in self.states

    def open_decisions(self) -> int:
        return sum(state not in DECISION.final for state in self.states)


_Condition = Callable[[_Case], bool]


def allowed(
    actor: Actor, application: AnyRow, agreement: AnyRow | None, decisions: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Names of what this person may do now."""
    case = _Case(application, agreement, [one["state"] for one in decisions])
    return [
        name
        for name, (rights, condition) in _ACTIONS.items()
        if any(all(actor.may(right) for right in together) for together in rights) and condition(case)
    ]


def _editable(case: _Case) -> bool:
    return case.state == _S.QUESTIONNAIRE or (case.state in _WITH_LENDERS and case.wanted)


def _moves(event: ApplicationEvent) -> _Condition:
    return lambda case: (case.state, event) in APPLICATION.table


def _paper(column: str, machine: Machine[Any, Any], event: Any) -> _Condition:
    """Whether a machine of the agreement knows the event now, its guard asked."""

    def holds(case: _Case) -> bool:
        paper = case.agreement
        if paper is None:
            return False
        step = machine.table.get((paper._mapping[column], event))
        if step is None:
            return False
        return step.guard is None or step.guard(SigningFacts(SigningWay(paper.signing_way)))

    return holds


def _signing(event: SigningEvent) -> _Condition:
    return _paper("signing", SIGNING, event)


def _original(event: OriginalEvent) -> _Condition:
    return _paper("original", ORIGINAL, event)


def _goods(event: GoodsEvent) -> _Condition:
    return _paper("goods", GOODS, event)


def _of_our_warehouse(case: _Case) -> bool:
    return case.application.order_id is not None and _goods(GoodsEvent.RELEASE)(case)


def _of_the_shop(case: _Case) -> bool:
    return case.application.order_id is None and _goods(GoodsEvent.SHIP)(case)


def _may_be_handed_over(case: _Case) -> bool:
    """What our own warehouse lets go is shipped there first."""
    paper = case.agreement
    waits = paper is not None and case.application.order_id is not None and paper.goods == GoodsState.RELEASED
    return _goods(GoodsEvent.DELIVER)(case) and not waits


def _is_held(case: _Case) -> bool:
    return case.agreement is not None and bool(findings.holding(case.agreement.warnings))


def _may_be_signed(case: _Case) -> bool:
    return _signing(SigningEvent.SIGN)(case) and not _is_held(case)


def _faulty_paper_is_here(case: _Case) -> bool:
    away = case.agreement is not None and case.agreement.original in _AWAY
    return _signing(SigningEvent.RESIGN)(case) and not away


_CALL, _CONFIRM, _SIGN, _WORK = (
    ((right,),) for right in (Right.LOANS_CALL, Right.LOANS_CONFIRM, Right.LOANS_SIGN, Right.LOANS_WORK)
)
_ACTIONS: Mapping[str, tuple[tuple[tuple[Right, ...], ...], _Condition]] = {
    "call": (_CALL, lambda case: case.state in _CALLED),
    "purchase": (_CALL, lambda case: case.state in _CALLED),
    "questionnaire": (((Right.LOANS_CALL, Right.LOANS_PERSONAL),), _editable),
    "consent": (_CALL, _editable),
    "submit": (_CALL, lambda case: case.state == _S.QUESTIONNAIRE or case.state in _WITH_LENDERS),
    "send-again": (_CALL, lambda case: case.wanted),
    "withdraw": (_CALL, lambda case: case.state in _WITH_LENDERS and case.open_decisions() > 1),
    "accept": (_CONFIRM, _moves(ApplicationEvent.ACCEPT)),
    "cancel": (_CALL + _CONFIRM, _moves(ApplicationEvent.CANCEL)),
    "confirm-sums": (_WORK, _is_held),
    "identity": (_SIGN, _signing(SigningEvent.IDENTIFY)),
    "sign": (_SIGN, _may_be_signed),
    "no-show": (_SIGN, _signing(SigningEvent.MISS)),
    "refuse": (_SIGN, _signing(SigningEvent.REFUSE)),
    "verify": (_WORK, _signing(SigningEvent.VERIFY)),
    "fault": (_WORK, _signing(SigningEvent.FAULT)),
    "resign": (_WORK, _faulty_paper_is_here),
    "visit/order": (_WORK, _signing(SigningEvent.ORDER)),
    "visit/out": (_WORK, _signing(SigningEvent.DEPART)),
    "visit/met": (_WORK, _signing(SigningEvent.MEET)),
    "visit/empty": (_WORK, _signing(SigningEvent.COME_BACK_EMPTY)),
    "original/send": (_SIGN, _original(OriginalEvent.SEND)),
    "original/arrive": (_WORK, _original(OriginalEvent.ARRIVE)),
    "original/accept": (_WORK, _original(OriginalEvent.ACCEPT)),
    "original/reject": (_WORK, _original(OriginalEvent.REJECT)),
    "original/lost": (_WORK, _original(OriginalEvent.LOSE)),
    "goods/release": (_WORK, _of_our_warehouse),
    "goods/ship": (_CONFIRM, _of_the_shop),
    "goods/deliver": (_CONFIRM + _SIGN, _may_be_handed_over),
    "goods/return": (_CONFIRM, _goods(GoodsEvent.RETURN)),
    "documents": (_SIGN, lambda case: True),
}
"""Action → rights, each group of which will do, and the condition."""
