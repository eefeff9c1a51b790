"""Goods bought on credit that came back, whole or in part.

What the goods cost is divided as it was paid: the lender gets his part against the loan, the shop gives the buyer his
part of the down payment, and the lender forgives his part of the discount. Nothing goes to the buyer's card from us.
A return is done once the lender has his money: by the debit line of a payment order, or by keeping it from his next
lump payment.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select, update

from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.loans import agreement_rows, alerts, applications, events
from gateway.loans.desk import open_case
from gateway.loans.model import ApplicationEvent, ApplicationState
from gateway.loans.papers import FundingEvent, FundingState, GoodsEvent, GoodsState
from gateway.loans.reasons import ReturnReason
from gateway.loans.tables import returns
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

DOWN_TASK = "task.loan_return_down"
VOID_TASK = "task.loan_money_void"
_LONGEST_REASON = 300
_RUNNING = frozenset({ApplicationState.ACTIVE, ApplicationState.CLOSED})


class Share(NamedTuple):
    """How the price of returned goods is divided.

    Attributes:
        to_lender: of what he transferred. to_buyer: of the down payment, by the shop.
        forgiven: of the lender's discount; no money moves.
    """

    to_lender: Money
    to_buyer: Money
    forgiven: Money


def share(returned: Money, transfer: Money, down: Money, discount: Money) -> Share:
    """Divide the price of returned goods by what is left of each part of the purchase.

    Parts are cut from what earlier returns have left, by largest remainder: they add up to the price, none is ever
    more than its part, and the last return clears all three to the kopeck.

    Args:
        returned: above zero, at most the sum of the others.
        transfer, down, discount: what earlier returns have left of them.
    """
    return Share(*returned.split([transfer.kopecks, down.kopecks, discount.kopecks]))


def take(
    unit: Unit,
    terms: LoanTerms,
    application_id: str,
    goods: Money,
    reason: ReturnReason,
    expected_version: int | None = None,
) -> AnyRow:
    """Goods came back to the shop; the lender is told ("loan.returned"), the shop what it owes the buyer.

    Args:
        goods: what they cost.

    Returns:
        The return's row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `state.illegal`;
            `loan.return_not_gone` for goods the buyer does not have, `loan.return_sum` for more than he has.
        Conflict: `loan.changed`.
    """
    application, row = open_case(unit, Right.LOANS_CONFIRM, application_id, expected_version)
    if row.goods not in agreement_rows.GOODS_GONE:
        raise Refused("loan.return_not_gone")
    parts = _share_of(unit, application, row, goods)
    return_id = new_id()
    unit.insert(
        returns,
        {
            "id": return_id,
            "company": unit.company,
            "application_id": application.id,
            "agreement_id": row.id,
            "at": unit.at,
            "by": str(unit.actor),
            "goods": goods.kopecks,
            "to_lender": parts.to_lender.kopecks,
            "to_buyer": parts.to_buyer.kopecks,
            "fee_back": 0,
            "netted": 0,
            "reason": reason.value,
        },
    )
    returned = row.returned + goods.kopecks
    if returned == application.goods:
        row = agreement_rows.step(unit, row, GoodsEvent.RETURN, returned=returned)
    else:
        row = agreement_rows.change(unit, row, returned=returned)
    unit.journal(
        "agreement.goods_returned",
        agreement_rows.subject(row.id),
        application=application.id,
        **{"return": return_id},
        goods=goods.kopecks,
        to_lender=parts.to_lender.kopecks,
        to_buyer=parts.to_buyer.kopecks,
    )
    told = {"agreement": row.number, "goods": str(goods), "lender": str(parts.to_lender), "buyer": str(parts.to_buyer)}
    events.write(unit, application.id, "goods_returned", **told)
    if parts.to_lender:
        payload = {"return": return_id, "amount": parts.to_lender.kopecks}
        agreement_rows.tell_lender(unit, "loan.returned", application.id, row.lender, **payload)
    if parts.to_buyer:
        alerts.tell(unit, terms, DOWN_TASK, application, agreement=row.number, amount=str(parts.to_buyer))
    taken = load(unit, return_id)
    if not parts.to_lender:
        taken = settled(unit, taken)
    return taken


def _share_of(unit: Unit, application: AnyRow, row: AnyRow, goods: Money) -> Share:
    earlier = unit.connection.execute(
        select(
            func.coalesce(func.sum(returns.c.to_lender), 0).label("to_lender"),
            func.coalesce(func.sum(returns.c.to_buyer), 0).label("to_buyer"),
        ).where(returns.c.agreement_id == row.id)
    ).one()
    left = application.goods - row.returned
    if not 0 < goods.kopecks <= left:
        raise Refused("loan.return_sum", amount=str(goods), left=str(Money(left)))
    transfer = row.transfer - int(earlier.to_lender)
    down = application.down - int(earlier.to_buyer)
    return share(goods, Money(transfer), Money(down), Money(left - transfer - down))


def load(unit: Unit, return_id: str) -> AnyRow:
    """A return's row.

    Raises:
        Refused: `loan.return_unknown`.
    """
    row = unit.connection.execute(
        select(returns).where(returns.c.id == return_id, returns.c.company == unit.company)
    ).one_or_none()
    if row is None:
        raise Refused("loan.return_unknown")
    return row


def of_agreement(unit: Unit, agreement_id: str) -> Sequence[AnyRow]:
    """What goes back to the lender of an agreement, in order."""
    return unit.connection.execute(
        select(returns).where(returns.c.agreement_id == agreement_id).order_by(returns.c.id)
    ).all()


def is_void_money(row: AnyRow) -> bool:
    """Whether this is no return of goods, but money of an agreement that came to nothing; see `loans.void_money`."""
    return not row.goods


def may_be_waived(row: AnyRow, received: int) -> bool:
    """Whether a person may say that the lender wants nothing back: it waits, and no money of the loan is here."""
    return row.executed_at is None and not is_void_money(row) and not received


def went_back(row: AnyRow) -> bool:
    """Whether the lender has got money for this return: by an order of ours, or out of what he paid for other loans."""
    return row.executed_at is not None and not row.netted and bool(row.kept_by or row.payment_order_id)


def settled(
    unit: Unit, row: AnyRow, *, order_id: str | None = None, kept_by: str | None = None, netted: bool = False
) -> AnyRow:
    """The lender has his money back. An application all of whose goods came back has ended by it. Returns the row.

    Args:
        order_id: the payment order whose debit line proves it.
        kept_by: the lump payment he kept it from.
        netted: he has kept it by paying so much less for this very loan.
    """
    _put(unit, row, executed_at=unit.at, payment_order_id=order_id, kept_by=kept_by, netted=int(netted))
    how = "kept" if kept_by else "paid"
    _journal(unit, row, "return.settled", how=how, order=order_id, payment=kept_by)
    agreement = agreement_rows.load(unit, row.agreement_id)
    told = {"agreement": agreement.number, "amount": str(Money(row.to_lender))}
    events.write(unit, row.application_id, f"{'void' if is_void_money(row) else 'return'}_{how}", **told)
    if is_void_money(row):
        alerts.end(unit, VOID_TASK, applications.load(unit, row.application_id), agreement=agreement.number)
    _end_if_all_is_back(unit, agreement)
    return load(unit, row.id)


def drop(unit: Unit, row: AnyRow) -> None:
    """The money of a void agreement is not here any more, and had not been sent back: nothing is."""
    _put(unit, row, to_lender=0, executed_at=unit.at, payment_order_id=None)
    _journal(unit, row, "return.dropped")


def unsettled(unit: Unit, row: AnyRow) -> AnyRow:
    """What had settled a return is gone: the order's money came back, the lump payment was taken back or decided anew,
    or a lender who was to pay less has paid all. An application that had ended by it stays so; the return waits again.
    Returns the row."""
    _put(unit, row, executed_at=None, payment_order_id=None, kept_by=None, netted=0)
    _journal(unit, row, "return.unsettled", order=row.payment_order_id, payment=row.kept_by)
    agreement = agreement_rows.load(unit, row.agreement_id)
    events.write(unit, row.application_id, "return_open_again", agreement=agreement.number)
    return load(unit, row.id)


def ordered(unit: Unit, row: AnyRow, order_id: str) -> AnyRow:
    """A payment order to the lender waits for two signatures. Returns the row."""
    _put(unit, row, payment_order_id=order_id)
    _journal(unit, row, "return.ordered", order=order_id)
    return load(unit, row.id)


def waive(unit: Unit, return_id: str, note: str) -> AnyRow:
    """A person says that the lender wants nothing back: he never pays this loan out, or so much less of it. If he pays
    it all, the return waits again. Returns the row.

    Raises:
        Refused: `authority.missing`, `loan.return_unknown`, `loan.reason_missing`, `loan.return_closed`;
            `loan.return_money_came` when money of this loan is here.
    """
    unit.actor.require(Right.SETTLEMENT_WORK)
    row = load(unit, return_id)
    if not note.strip():
        raise Refused("loan.reason_missing")
    if row.executed_at is not None:
        raise Refused("loan.return_closed")
    agreement = agreement_rows.load(unit, row.agreement_id)
    if not may_be_waived(row, agreement.received):
        raise Refused("loan.return_money_came", amount=str(Money(agreement.received or row.to_lender)))
    _put(unit, row, executed_at=unit.at, payment_order_id=None)
    _journal(unit, row, "return.waived", note=note.strip()[:_LONGEST_REASON])
    events.write(unit, row.application_id, "return_waived", agreement=agreement.number)
    no_money = agreement.funding in (FundingState.EXPECTED, FundingState.REVERSED)
    if agreement.goods == GoodsState.RETURNED and no_money and not _one_waits(unit, agreement.id):
        agreement_rows.step(unit, agreement, FundingEvent.CALL_OFF)
    _end_if_all_is_back(unit, agreement_rows.load(unit, agreement.id))
    return load(unit, row.id)


def _end_if_all_is_back(unit: Unit, agreement: AnyRow) -> None:
    """All goods are back, and all money of them where it belongs: the application ends as returned."""
    application = applications.load(unit, agreement.application_id)
    if agreement.goods != GoodsState.RETURNED or application.state not in _RUNNING:
        return
    if not _one_waits(unit, agreement.id):
        applications.step(unit, application, ApplicationEvent.RETURN, ended_by="buyer")
        events.write(unit, application.id, "returned", agreement=agreement.number)


def _one_waits(unit: Unit, agreement_id: str) -> bool:
    waiting = select(returns.c.id).where(returns.c.agreement_id == agreement_id, returns.c.executed_at.is_(None))
    return unit.connection.execute(waiting.limit(1)).first() is not None


def _put(unit: Unit, row: AnyRow, **columns: str | int | None) -> None:
    unit.connection.execute(update(returns).where(returns.c.id == row.id).values(**columns))
    unit.changed("loans", row.application_id)


def _journal(unit: Unit, row: AnyRow, kind: str, **told: str | None) -> None:
    unit.journal(kind, agreement_rows.subject(row.agreement_id), **{"return": row.id}, **told)
