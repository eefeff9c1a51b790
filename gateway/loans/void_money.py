"""A lender's money for an agreement that came to nothing goes back to him, by the way of returned goods.

It is a row among the returns, of no goods: so it is drafted as a payment order for two people's signatures, or kept by
the lender from his next payment, and closed by the debit line or by that payment (`gateway.flows.loan_return`). What
these rows have to send back always adds up to what is here, less what he has got back for returned goods already,
however often that is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.loans import agreement_rows, alerts, applications, events, returns
from gateway.loans.tables import return_orders
from gateway.loans.tables import returns as table
from gateway.payments.outgoing.model import DEAD, UNSENT, OrderState
from gateway.payments.outgoing.tables import payment_orders
from gateway.store import alarms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

SENT_AND_GONE = "loan.void_money_gone"


def follow(unit: Unit, agreement: AnyRow) -> bool:
    """Have exactly what is here for a void agreement sent back; returns whether any of it waits.

    Money the bank took back, or a person credited to something else, is not sent: what had not left for it is called
    off, and people are told of what had. An order on its way counts as money that has left until it turns out that it
    came to nothing.
    """
    every = returns.of_agreement(unit, agreement.id)
    got = sum(one.to_lender for one in every if not returns.is_void_money(one) and returns.went_back(one))
    here = max(0, agreement.received - got)
    mine = _of(unit, agreement)
    if sum(one.to_lender for one in mine) > here:
        for one in mine:
            if one.executed_at is None and not _is_on_its_way(unit, one):
                returns.drop(unit, one)
        mine = _of(unit, agreement)
    missing = here - sum(one.to_lender for one in mine)
    if missing > 0:
        _add(unit, agreement, Money(missing))
    _tell_of_what_left(unit, agreement, Money(max(0, -missing)))
    waits = any(one.executed_at is None for one in _of(unit, agreement))
    if not waits:
        application = applications.load(unit, agreement.application_id)
        alerts.end(unit, returns.VOID_TASK, application, agreement=agreement.number)
    return waits


def _of(unit: Unit, agreement: AnyRow) -> Sequence[AnyRow]:
    return [one for one in returns.of_agreement(unit, agreement.id) if returns.is_void_money(one) and one.to_lender]


def _is_on_its_way(unit: Unit, row: AnyRow) -> bool:
    """Whether the bank may be carrying out a payment order that sends it back."""
    sent = select(payment_orders.c.id).where(
        payment_orders.c.id.in_(select(return_orders.c.payment_order_id).where(return_orders.c.return_id == row.id)),
        payment_orders.c.state.not_in([str(state) for state in (*UNSENT, *DEAD, OrderState.RETURNED)]),
    )
    return unit.connection.execute(sent.limit(1)).first() is not None


def _add(unit: Unit, agreement: AnyRow, amount: Money) -> None:
    return_id = new_id()
    unit.insert(
        table,
        {
            "id": return_id,
            "company": unit.company,
            "application_id": agreement.application_id,
            "agreement_id": agreement.id,
            "at": unit.at,
            "by": str(unit.actor),
            "goods": 0,
            "to_lender": amount.kopecks,
            "to_buyer": 0,
            "fee_back": 0,
            "netted": 0,
            "reason": "",  # of no goods
        },
    )
    subject = agreement_rows.subject(agreement.id)
    unit.journal("agreement.void_money", subject, **{"return": return_id}, to_lender=amount.kopecks)
    events.write(unit, agreement.application_id, "void_money", agreement=agreement.number, amount=str(amount))
    unit.changed("loans", agreement.application_id)


def _tell_of_what_left(unit: Unit, agreement: AnyRow, amount: Money) -> None:
    subject = agreement_rows.subject(agreement.id)
    if not amount:
        alarms.clear(unit, SENT_AND_GONE, subject)
    elif SENT_AND_GONE not in alarms.open_about(unit, subject):
        values = {"agreement": agreement.number, "amount": str(amount)}
        alarms.raise_alarm(unit, SENT_AND_GONE, subject, values)
