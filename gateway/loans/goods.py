"""Goods bought on credit: let go by the rule, held again, shipped, with the buyer, told to the lender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, or_, select

from gateway.core.money import Money
from gateway.loans import agreement_rows, alerts, events
from gateway.loans.findings import SUMS_DIFFER, holding
from gateway.loans.model import ApplicationState, DecisionState, SigningWay
from gateway.loans.papers import FundingState, GoodsEvent, GoodsState, SigningState
from gateway.loans.release import LoanFacts
from gateway.loans.shops import ShopState
from gateway.loans.tables import agreements, applications, decisions, shops
from gateway.loans.terms import LoanTerms
from gateway.orders.release import Verdict
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit

HELD_AGAIN_TASK = "task.loan_goods_held"
LEFT_TASK = "task.loan_goods_left"
_STANDING = (ApplicationState.AGREED, ApplicationState.ACTIVE)
_SIGNED = (SigningState.SIGNED, SigningState.VERIFIED)
_NOT_PAID = (FundingState.EXPECTED, FundingState.PARTLY, FundingState.REVERSED)


@dataclass(frozen=True, slots=True)
class Around:
    """What the flows know of an agreement and the loans room does not.

    Attributes:
        received: the lender's whole transfer is here, proved and not taken back.
        down_paid: so is the down payment, where an invoice of our own order asks for it.
        standing: its own order, where it has one, is not cancelled.
        order_fits: that order costs what was applied for.
        on_hold: that order is held for another reason than the loan.
        switched_on: see `release.LoanFacts`.
    """

    received: bool
    down_paid: bool = True
    standing: bool = True
    order_fits: bool = True
    on_hold: bool = False
    switched_on: bool = True


def facts_of(unit: Unit, application: AnyRow, row: AnyRow, around: Around) -> LoanFacts:
    """What the release rule asks of an agreement, as its rows stand now."""
    shop = unit.connection.execute(select(shops).where(shops.c.id == row.shop_id)).one()
    decided = unit.connection.execute(
        select(decisions.c.state).where(decisions.c.application_id == application.id, decisions.c.lender == row.lender)
    ).scalar_one()
    return LoanFacts(
        way=SigningWay(row.signing_way),
        identity_checked=row.identity_checked_at is not None,
        signed=row.signing in _SIGNED and row.signed_at is not None,
        cooling_off_over=row.cooling_until is None or row.cooling_until <= unit.at,
        amounts_fit=_amounts_fit(application, row) and around.order_fits,
        contradicted=any(one.code != SUMS_DIFFER for one in holding(row.warnings)),
        standing=bool(row.live) and application.state in _STANDING and around.standing,
        revoked=decided != DecisionState.APPROVED,
        suspended=shop.state == ShopState.SUSPENDED,
        on_hold=around.on_hold,
        down_paid=around.down_paid,
        received=around.received,
        trusted=bool(shop.trusts_lender),
        exposure=exposure(unit.connection, row.company, row.shop_id, row.id),
        goods=Money(application.goods),
        limit=Money(shop.risk_limit) if shop.risk_limit else None,
        switched_on=around.switched_on,
    )


def exposure(connection: Connection, company: str, shop_id: str, without: str = "") -> Money:
    """What a shop has let go on credit and no lender has paid for yet, at the price of the goods.

    Args:
        without: an agreement that is left out of the sum.
    """
    query = (
        select(func.coalesce(func.sum(applications.c.goods - agreements.c.returned), 0))
        .select_from(agreements)
        .join(applications, applications.c.id == agreements.c.application_id)
        .where(
            agreements.c.company == company,
            agreements.c.funding.in_([state.value for state in _NOT_PAID]),
            agreements.c.goods.in_([state.value for state in agreement_rows.GOODS_OUT]),
            agreements.c.shop_id == shop_id,
            agreements.c.id != without,
        )
    )
    return Money(int(connection.execute(query).scalar_one()))


def release(unit: Unit, row: AnyRow, verdict: Verdict) -> AnyRow:
    """The goods may go. Returns the agreement's row.

    Raises:
        Refused: `state.illegal` when they are not held.
    """
    assert verdict.ok
    row = agreement_rows.step(unit, row, GoodsEvent.RELEASE, released_at=unit.at, hold_reasons="[]")
    _write(unit, row, "goods.released", verdict)
    events.write(unit, row.application_id, "goods_released", agreement=row.number)
    return row


def hold(unit: Unit, terms: LoanTerms, application: AnyRow, row: AnyRow, verdict: Verdict) -> AnyRow:
    """The goods may not go; where they were let go and are still here, people are told. Returns the agreement's row."""
    reasons = dumps(list(verdict.failed))
    if row.goods == GoodsState.RELEASED:
        row = agreement_rows.step(unit, row, GoodsEvent.HOLD, hold_reasons=reasons)
        _write(unit, row, "goods.held_again", verdict)
        events.write(
            unit, row.application_id, "goods_held_again", agreement=row.number, reasons=", ".join(verdict.failed)
        )
        alerts.tell(unit, terms, HELD_AGAIN_TASK, application, agreement=row.number)
    elif row.hold_reasons != reasons:
        row = agreement_rows.change(unit, row, hold_reasons=reasons)
    return row


def ship(unit: Unit, row: AnyRow) -> AnyRow:
    """The goods have left; the caller has asked the rule in this very unit. Returns the agreement's row.

    Raises:
        Refused: `state.illegal` unless they are released.
    """
    row = agreement_rows.step(unit, row, GoodsEvent.SHIP, shipped_at=unit.at)
    events.write(unit, row.application_id, "goods_shipped", agreement=row.number)
    return row


def deliver(unit: Unit, row: AnyRow) -> AnyRow:
    """The buyer has the goods. Returns the agreement's row.

    Raises:
        Refused: `state.illegal` unless they are released or shipped.
    """
    row = agreement_rows.step(unit, row, GoodsEvent.DELIVER, delivered_at=unit.at)
    events.write(unit, row.application_id, "goods_delivered", agreement=row.number)
    return commit_if_due(unit, row)


def commit_if_due(unit: Unit, row: AnyRow) -> AnyRow:
    """Tell the lender that the buyer has the goods ("loan.commit"), once the agreement is signed for good. Returns the
    agreement's row."""
    if row.goods != GoodsState.DELIVERED or row.signing not in _SIGNED or not row.live:
        return row
    row = agreement_rows.step(unit, row, GoodsEvent.COMMIT, committed_at=unit.at)
    events.write(unit, row.application_id, "goods_committed", agreement=row.number)
    agreement_rows.tell_lender(unit, "loan.commit", row.application_id, row.lender, at=unit.at)
    return row


def watch_gone(unit: Unit, terms: LoanTerms, application: AnyRow, row: AnyRow) -> AnyRow:
    """Goods that have left although what had allowed them is gone: nothing can be undone, a person is told once."""
    reasons = ["loan_money_received"] if row.funding == FundingState.REVERSED else []
    if row.hold_reasons == dumps(reasons):
        return row
    row = agreement_rows.change(unit, row, hold_reasons=dumps(reasons))
    if reasons:
        unit.journal("goods.left_unpaid", agreement_rows.subject(row.id), application=application.id)
        alerts.tell(unit, terms, LEFT_TASK, application, agreement=row.number)
    return row


def _amounts_fit(application: AnyRow, row: AnyRow) -> bool:
    if any(one.code == SUMS_DIFFER for one in holding(row.warnings)):
        return False
    adds_up = application.goods == application.down + row.loan and row.loan == row.discount + row.transfer
    return bool(adds_up)


def _write(unit: Unit, row: AnyRow, kind: str, verdict: Verdict) -> None:
    unit.journal(
        kind,
        agreement_rows.subject(row.id),
        application=row.application_id,
        agreement=row.number,
        rule=[[line.code, line.ok] for line in verdict.lines],
    )


def due(unit: Unit, limit: int) -> Sequence[str]:
    """Agreements something may have changed for without anybody touching them. Returns their ids.

    Held ones: those whose cooling-off period is over, and those that wait for room in the shop's limit, for a held
    order or one of another sum, for the down payment, for the switch, or for a suspended shop to work again.
    Released ones: those of a shop that was suspended since.
    """
    is_suspended = shops.c.state == ShopState.SUSPENDED.value
    codes = ("loan_within_risk_limit", "on_hold", "loan_amounts_fit", "loan_down_paid", "switched_on")
    waits = or_(
        *(agreements.c.hold_reasons.contains(code) for code in codes),
        agreements.c.hold_reasons.contains("loan_shop_not_suspended") & ~is_suspended,
    )
    by_time = (applications.c.state == ApplicationState.AGREED.value) & (
        agreements.c.cooling_until.is_(None) | (agreements.c.cooling_until <= unit.at)
    )
    query = (
        select(agreements.c.id)
        .join(applications, applications.c.id == agreements.c.application_id)
        .join(shops, shops.c.id == agreements.c.shop_id)
        .where(
            agreements.c.company == unit.company,
            agreements.c.live == 1,
            agreements.c.signing.in_([state.value for state in _SIGNED]),
            ((agreements.c.goods == GoodsState.HELD.value) & (by_time | waits))
            | ((agreements.c.goods == GoodsState.RELEASED.value) & is_suspended),
        )
        .order_by(case((by_time, 0), else_=1), agreements.c.id)
        .limit(limit)
    )
    return list(unit.connection.execute(query).scalars())
