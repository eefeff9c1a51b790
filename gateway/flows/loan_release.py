"""Goods bought on credit leave by the same gate as paid ones.

`settle_goods` looks at one agreement and brings its goods in line with it: released when the rule holds, held again or
stopped when what had allowed them is gone. It is called after every change of an agreement (signed, found faulty,
called off, money came or was taken back), and by `release_due` for what time alone changes. Looking twice does nothing
twice.

Our own shop's orders go through `open_gate`: goods reserved, pick lists written, the manager's call due, as for a paid
order. Of another shop the goods are its own: it is shown that they may go, and reports when they have.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

import structlog
from sqlalchemy import exists, literal_column, select

from gateway.core.authority import Right, Role
from gateway.core.errors import Conflict, Refused
from gateway.core.money import Money
from gateway.flows import covering, loan_down
from gateway.flows import release as gate
from gateway.flows.covering import Covering, prove
from gateway.flows.release import Grounds
from gateway.flows.terms import Terms
from gateway.loans import agreement_rows, alerts, applications, ending, funding, goods, netting, signing
from gateway.loans.desk import open_case
from gateway.loans.funding import CameIn
from gateway.loans.goods import Around
from gateway.loans.model import SigningWay
from gateway.loans.papers import FundingState, GoodsState
from gateway.loans.release import loan_release_rule
from gateway.loans.tables import agreements
from gateway.loans.tables import applications as application_rows
from gateway.loans.terms import LoanTerms
from gateway.orders import service as orders
from gateway.orders.model import ShipState
from gateway.orders.release import Verdict
from gateway.orders.tables import orders as order_rows
from gateway.orders.tables import releases
from gateway.store import Store, Unit
from gateway.store.schema import AnyRow

HOLD = "loan"
"""Why an order is held whose loan no longer allows its goods."""
CONFIRM_TASK = "task.loan_confirm_release"
SHIPPED_TASK = "task.loan_shipped_unreleased"
_AT_ONCE = 500
_log = structlog.get_logger("flows.loan_release")


class _Case(NamedTuple):
    """An agreement with everything its goods depend on.

    Attributes:
        order: of our own warehouse; None where the goods are the shop's.
        owed: the lender's debt.
        money: what stands behind it, with its proof.
    """

    application: AnyRow
    row: AnyRow
    order: AnyRow | None
    owed: Money
    money: list[Covering]


def settle_goods(
    unit: Unit, terms: Terms, loan_terms: LoanTerms, agreement: AnyRow, *, by_hand: bool = False
) -> GoodsState:
    """Bring the goods of an agreement, and what its shop is owed, in line with it.

    Args:
        agreement: as the caller has it; it is read anew.
        by_hand: a named person says that the goods may go, where automatic release is off; the rest of the rule must
            hold all the same.

    Returns:
        Where the goods stand now.

    Raises:
        Conflict: `loan.changed`.
    """
    row = agreement_rows.load(unit, agreement.id)
    if not row.live:
        _close_gate(unit, _case(unit, row))
        funding.call_off(unit, loan_terms, row)
        return GoodsState(row.goods)
    signing.activate_if_bound(unit, row)  # only then a shop is owed anything
    case = _case(unit, row)
    if row.goods in (GoodsState.HELD, GoodsState.RELEASED):
        verdict = _judge(unit, terms, case, by_hand=by_hand)
        row = _let_go(unit, terms, case, verdict) if verdict.ok else _hold_back(unit, loan_terms, case, verdict)
        row = _follow_order(unit, loan_terms, case._replace(row=row))
    if row.goods in agreement_rows.GOODS_GONE:
        row = goods.watch_gone(unit, loan_terms, case.application, row)
        row = goods.commit_if_due(unit, row)
        ending.close_if_done(unit, row.application_id)
    funding.settle_shop(unit, loan_terms, row, came_in(unit, terms, row, case.money))
    return GoodsState(row.goods)


def came_in(unit: Unit, terms: Terms, row: AnyRow, money: Sequence[Covering]) -> CameIn:
    """A lender's money for an agreement.

    Args:
        money: as it is allocated now.
    """
    return CameIn(
        amount=Money(sum(one.cover.amount.kopecks for one in money)),
        payment_ids=tuple(dict.fromkeys(one.cover.payment_id for one in money)),
        proved=bool(money) and prove(terms, netting.owed(unit, row), money),
    )


def settle_application(unit: Unit, terms: Terms, loan_terms: LoanTerms, application_id: str) -> None:
    """Look at every agreement of an application, void ones first: what one gives back, another may need."""
    found = unit.connection.execute(
        select(agreements)
        .where(agreements.c.application_id == application_id, agreements.c.company == unit.company)
        .order_by(agreements.c.live, agreements.c.id)
    ).all()
    for row in found:
        settle_goods(unit, terms, loan_terms, row)


def release_by_hand(unit: Unit, terms: Terms, loan_terms: LoanTerms, application_id: str) -> GoodsState:
    """A named person lets goods of our own warehouse go while automatic release is off.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `loan.person_needed`, `loan.goods_held`
            when the rest of the rule does not hold.
    """
    row = open_case(unit, Right.LOANS_WORK, application_id).agreement
    if unit.actor.role is Role.SERVICE:
        raise Refused("loan.person_needed")
    state = settle_goods(unit, terms, loan_terms, row, by_hand=True)
    if state is GoodsState.HELD:
        _refuse_held(unit, row.id)
    return state


def report_shipped(
    unit: Unit, terms: Terms, loan_terms: LoanTerms, application_id: str, expected_version: int | None = None
) -> GoodsState:
    """The shop reports that its goods are on their way to the buyer. The rule is asked anew at this moment.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `loan.goods_follow_order` where they leave
            our own warehouse, `loan.goods_held`, `state.illegal`.
        Conflict: `loan.changed`.
    """
    application, row = open_case(unit, Right.LOANS_CONFIRM, application_id, expected_version)
    if application.order_id is not None:
        raise Refused("loan.goods_follow_order")
    row = _released(unit, terms, loan_terms, row)
    goods.ship(unit, row)
    return settle_goods(unit, terms, loan_terms, row)


def report_delivered(
    unit: Unit, terms: Terms, loan_terms: LoanTerms, application_id: str, expected_version: int | None = None
) -> GoodsState:
    """The buyer has the goods; the lender is told ("loan.commit"). A clerk reports what he has handed over himself.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `loan.goods_held`, `state.illegal`;
            `loan.goods_follow_order` while our own warehouse has not shipped them.
        Conflict: `loan.changed`.
    """
    right = Right.LOANS_CONFIRM if unit.actor.may(Right.LOANS_CONFIRM) else Right.LOANS_SIGN
    application, row = open_case(unit, right, application_id, expected_version)
    if row.signing_way != SigningWay.CLERK:
        unit.actor.require(Right.LOANS_CONFIRM)
    row = _released(unit, terms, loan_terms, row)
    if application.order_id is not None and row.goods == GoodsState.RELEASED:
        raise Refused("loan.goods_follow_order")
    goods.deliver(unit, row)
    return settle_goods(unit, terms, loan_terms, row)


def release_due(store: Store, terms: Terms, loan_terms: LoanTerms) -> int:
    """Look at what time, the warehouse or a freed limit may have changed; each agreement is a commit of its own.

    Returns:
        How many were looked at, at most 500 of each kind; what time has ripened comes first.
    """
    with store.unit() as unit:
        ids = dict.fromkeys((*goods.due(unit, _AT_ONCE), *_moved_in_the_warehouse(unit), *_gates_to_close(unit)))
    for agreement_id in ids:
        try:
            with store.unit() as unit:
                settle_goods(unit, terms, loan_terms, agreement_rows.load(unit, agreement_id))
                unit.commit()
        except Conflict as changed:  # somebody was faster: he has looked, or the next round does
            _log.info("loan.settled_elsewhere", agreement=agreement_id, code=changed.code)
    return len(ids)


def _case(unit: Unit, row: AnyRow) -> _Case:
    application = applications.load(unit, row.application_id)
    order = orders.load(unit, application.order_id) if application.order_id else None
    money = covering.of_invoice(unit, row.invoice_id) if row.invoice_id else []
    return _Case(application, row, order, netting.owed(unit, row), money)


def _judge(unit: Unit, terms: Terms, case: _Case, *, by_hand: bool) -> Verdict:
    order = case.order
    # what was let go stays so when the switch is turned: a person or the rule has decided then
    decided = by_hand or order is None or case.row.goods == GoodsState.RELEASED
    around = Around(
        received=_received(terms, case),
        down_paid=order is None or loan_down.is_paid(unit, terms, order.id, Money(case.application.down)),
        standing=order is None or order.ship_state != ShipState.CANCELLED,
        order_fits=order is None or order.amount == case.application.goods,
        on_hold=order is not None and order.hold_reason not in ("", HOLD),
        switched_on=decided or gate.release_mode(unit.connection, unit.company) == gate.AUTOMATIC,
    )
    return loan_release_rule(goods.facts_of(unit, case.application, case.row, around))


def _received(terms: Terms, case: _Case) -> bool:
    """The lender's whole transfer is here, by the very rule a paid order is released on."""
    if not case.row.transfer:
        return True
    return case.row.funding == FundingState.RECEIVED and prove(terms, case.owed, case.money)


def _let_go(unit: Unit, terms: Terms, case: _Case, verdict: Verdict) -> AnyRow:
    row = case.row
    if row.goods == GoodsState.HELD:
        row = goods.release(unit, row, verdict)
        alerts.end(unit, goods.HELD_AGAIN_TASK, case.application, agreement=row.number)
        alerts.end(unit, CONFIRM_TASK, case.application, agreement=row.number)
    if case.order is not None and case.order.ship_state != ShipState.SHIPPED:
        _open_gate(unit, terms, case, verdict)
    return row


def _open_gate(unit: Unit, terms: Terms, case: _Case, verdict: Verdict) -> None:
    """Once: an order that was let go on other grounds stays so as long as these hold, and one that was stopped goes
    on."""
    order = case.order
    assert order is not None
    live = gate.live_release(unit, order.id)
    if live is None:
        gate.open_gate(unit, terms, order, verdict, _grounds(terms, case))
    elif order.hold_reason == HOLD:
        gate.go_on(unit, terms, order, live, verdict, _grounds(terms, case))


def _grounds(terms: Terms, case: _Case) -> Grounds:
    """The signed agreement, and the lender's money where it is here; the buyer waits since the last of what was
    wanted."""
    row = case.row
    moments = [row.signed_at, *([row.cooling_until] if row.cooling_until else [])]
    proved = case.money if row.transfer and _received(terms, case) else []
    moments += [one.bank_time for one in proved]
    return Grounds(
        payment_ids=sorted({one.cover.payment_id for one in proved}),
        message_ids=sorted({one.cover.message_id for one in proved}),
        since=max(moments),
        received_at=max([row.signed_at, *(one.received_at for one in proved)]),
        agreement_id=row.id,
    )


def _hold_back(unit: Unit, loan_terms: LoanTerms, case: _Case, verdict: Verdict) -> AnyRow:
    row, order = case.row, case.order
    if row.goods == GoodsState.RELEASED and order is not None and order.ship_state == ShipState.SHIPPED:
        return row  # they have left; `_follow_order` takes it from here
    row = goods.hold(unit, loan_terms, case.application, row, verdict)
    if verdict.failed == ("switched_on",):
        alerts.tell(unit, loan_terms, CONFIRM_TASK, case.application, agreement=row.number)
    _close_gate(unit, case)
    return row


def _close_gate(unit: Unit, case: _Case) -> None:
    """Take back what this agreement had opened, as far as the goods are still here."""
    order = case.order
    if order is None or order.hold_reason or order.ship_state in (ShipState.SHIPPED, ShipState.CANCELLED):
        return  # gone, or stopped already
    live = gate.live_release(unit, order.id)
    if live is not None and live.agreement_id == case.row.id:
        gate.stop(unit, order, HOLD, "task.stop_loan")


def _follow_order(unit: Unit, loan_terms: LoanTerms, case: _Case) -> AnyRow:
    """Goods of our own warehouse have left when it says so."""
    row, order = case.row, case.order
    if order is None or order.ship_state != ShipState.SHIPPED:
        return row
    if row.goods == GoodsState.RELEASED:
        return goods.ship(unit, row)
    alerts.tell(unit, loan_terms, SHIPPED_TASK, case.application, order=order.number)
    return row


def _released(unit: Unit, terms: Terms, loan_terms: LoanTerms, row: AnyRow) -> AnyRow:
    """The agreement's row, once the rule was asked in this very unit.

    Raises:
        Refused: `loan.goods_held` with what does not hold.
    """
    if settle_goods(unit, terms, loan_terms, row) is GoodsState.HELD:
        _refuse_held(unit, row.id)
    return agreement_rows.load(unit, row.id)


def _refuse_held(unit: Unit, agreement_id: str) -> None:
    reasons = json.loads(agreement_rows.load(unit, agreement_id).hold_reasons)
    raise Refused("loan.goods_held", reasons=", ".join(reasons))


def _moved_in_the_warehouse(unit: Unit) -> list[str]:
    """Agreements whose goods are released, and whose order was shipped, cancelled or held since, or has lost its down
    payment or the other grounds it was let go on."""
    let_go = exists().where(releases.c.order_id == order_rows.c.id, releases.c.withdrawn_at.is_(None))
    query = (
        select(agreements.c.id)
        .join(application_rows, application_rows.c.id == agreements.c.application_id)
        .join(order_rows, order_rows.c.id == application_rows.c.order_id)
        .where(
            agreements.c.company == unit.company,
            agreements.c.goods == GoodsState.RELEASED.value,
            order_rows.c.ship_state.in_((ShipState.SHIPPED, ShipState.CANCELLED))
            | (order_rows.c.hold_reason != "")
            | loan_down.is_missing()
            | ~let_go,
        )
        .limit(_AT_ONCE)
    )
    return list(unit.connection.execute(query).scalars())


def _gates_to_close(unit: Unit) -> list[str]:
    """Void agreements an order is still released on: found among those called off after their goods were let go."""
    query = (
        select(agreements.c.id)
        .join(releases, releases.c.agreement_id == agreements.c.id)
        .join(order_rows, order_rows.c.id == releases.c.order_id)
        .where(
            agreements.c.company == unit.company,
            agreements.c.live == literal_column("0"),  # as the partial index says it
            agreements.c.released_at.is_not(None),
            releases.c.withdrawn_at.is_(None),
            order_rows.c.ship_state.not_in((ShipState.SHIPPED, ShipState.CANCELLED)),
            order_rows.c.hold_reason == "",
        )
        .limit(_AT_ONCE)
    )
    return list(unit.connection.execute(query).scalars())
