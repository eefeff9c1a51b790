"""Goods bought on credit come back: the lender's money goes to the lender, our fee for it is taken back.

1. The shop reports what came back (`return_goods`). Its share is taken back in the register, our fee with it in
   proportion; the lender is told; the shop is reminded of the buyer's down payment. Nothing goes to a buyer's card.
2. A lender who wants his money sent gets a payment order, which waits for two people's signatures like every other
   (`settle_returns` makes it once his money for the loan is here). One that came to nothing is not made again by
   itself: a person looks why, and asks for the next (`draft`).
3. A lender who keeps it from his next lump payment says so by a line below zero in his registry
   (`gateway.loans.kept_back`).
4. The debit line, or that lump payment, and nothing else settles the return. When all goods are back and settled, the
   application has ended as returned.

Money a lender has sent under an agreement that came to nothing goes back by steps 2 to 4 as well.

Orders are found by what they were made for, so it does not matter which of several attempts the bank carries out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import ColumnElement, exists, select, update

from gateway.core.authority import Right
from gateway.core.errors import Conflict, KvitError, Refused, Unavailable
from gateway.core.money import Money
from gateway.flows import loan_money
from gateway.flows.settlement_to_1c import return_paid
from gateway.flows.terms import Terms
from gateway.loans import agreement_rows, returns, void_money
from gateway.loans.papers import FundingState
from gateway.loans.reasons import ReturnReason
from gateway.loans.tables import agreements, return_orders
from gateway.loans.tables import returns as return_rows
from gateway.loans.terms import LoanTerms
from gateway.payments.outgoing import service as outgoing
from gateway.payments.outgoing.model import DEAD, UNSENT, OrderDraft, OrderState, Payee
from gateway.payments.outgoing.tables import payment_orders
from gateway.settlement.payouts import as_the_service
from gateway.settlement.terms import SettlementTerms
from gateway.store import Store, Unit, alarms
from gateway.store.schema import AnyRow

NOT_DRAFTED = "loan.return_not_drafted"
NOT_PAID = "loan.return_not_paid"
BOUNCED = "loan.return_bounced"
PAID_TWICE = "loan.return_paid_twice"
_PURPOSE = "Возврат средств по кредитному договору № {number} от {day} в связи с возвратом товара"
_PURPOSE_OF_VOID = "Возврат средств, поступивших по недействующему кредитному договору № {number} от {day}"
_NO_VAT = "none"
_ENDED = (*DEAD, OrderState.RETURNED)
_WHY_WITHDRAWN = "Возврат уже рассчитан иначе."
_log = structlog.get_logger("flows.loan_return")


@dataclass(frozen=True, slots=True)
class ReturnTerms:
    """How lenders get back the money of returned goods.

    Attributes:
        settlement: from which account of ours, and how this company pays.
        lenders: requisites of lenders, by key.
        deducting: keys of lenders who keep it from their next payment.
    """

    settlement: SettlementTerms
    lenders: Mapping[str, Payee] = field(default_factory=dict)
    deducting: frozenset[str] = frozenset()


def return_goods(
    unit: Unit,
    terms: Terms,
    loan_terms: LoanTerms,
    application_id: str,
    goods: Money,
    reason: ReturnReason,
    expected_version: int | None = None,
) -> str:
    """Goods that cost `goods` came back to the shop. Returns the return's id.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `loan.return_not_gone`, `loan.return_sum`,
            `state.illegal`.
        Conflict: `loan.changed`.
    """
    row = returns.take(unit, loan_terms, application_id, goods, reason, expected_version)
    loan_money.settle_agreement(unit, terms, loan_terms, agreement_rows.load(unit, row.agreement_id))
    return str(row.id)


def draft(unit: Unit, terms: ReturnTerms, return_id: str) -> str:
    """Put the payment of a return to its lender before the people who sign; returns the payment order's id.

    Raises:
        Refused: `authority.missing`, `loan.return_unknown`, `loan.return_closed`, `loan.return_no_money`,
            `loan.return_kept_by_lender`, `loan.return_being_paid`, `loan.lender_no_account`, `settlement.no_account`;
            what the rules of payment orders raise.
    """
    unit.actor.require(Right.SETTLEMENT_WORK)
    row = follow(unit, terms, returns.load(unit, return_id))
    if row.executed_at is not None:
        raise Refused("loan.return_closed")
    agreement = agreement_rows.load(unit, row.agreement_id)
    if agreement.funding != FundingState.RECEIVED and not returns.is_void_money(row):
        raise Refused("loan.return_no_money", agreement=agreement.number)
    if agreement.lender in terms.deducting:
        raise Refused("loan.return_kept_by_lender", lender=agreement.lender)
    attempts = _orders_of(unit, row)
    alive = next((order for order in attempts if order.state not in _ENDED), None)
    if alive is not None:
        raise Refused("loan.return_being_paid", number=alive.number)
    order = OrderDraft(
        account=terms.settlement.paying_account(),
        payee=_payee(terms, agreement.lender),
        amount=Money(row.to_lender),
        purpose=_purpose(row, agreement),
        vat=_NO_VAT,
        source="settlement",
        source_id=f"loan_return:{row.id}:{len(attempts) + 1}",
    )
    with as_the_service(unit):
        order_id = outgoing.propose(unit, terms.settlement.outgoing, order)
    made = {"payment_order_id": order_id, "company": unit.company, "return_id": row.id, "attempt": len(attempts) + 1}
    unit.insert(return_orders, {**made, "order_version": outgoing.load(unit, order_id).version})
    returns.ordered(unit, row, order_id)
    alarms.clear(unit, NOT_PAID, _subject(row))
    alarms.clear(unit, BOUNCED, _subject(row))
    return order_id


def follow(unit: Unit, terms: ReturnTerms, row: AnyRow) -> AnyRow:
    """Take in what has become of a return's payment orders; done twice it changes nothing. Returns its row."""
    attempts = _orders_of(unit, row)
    standing = [order for order in attempts if order.entry_id and not order.return_entry_id]
    by_order = row.executed_at is not None and row.payment_order_id is not None
    if by_order and row.payment_order_id not in {order.id for order in standing}:
        row = returns.unsettled(unit, row)
        _alarm(unit, BOUNCED, row)
    if standing and row.executed_at is None:
        row = returns.settled(unit, row, order_id=standing[0].id)
        return_paid(unit, standing[0], agreement_rows.load(unit, row.agreement_id))
        for code in (NOT_PAID, BOUNCED, NOT_DRAFTED):
            alarms.clear(unit, code, _subject(row))
    if len(standing) > (row.payment_order_id is not None):
        _alarm(unit, PAID_TWICE, row, standing[-1].amount)
    if row.executed_at is None and returns.is_void_money(row) and attempts and attempts[-1].state in _ENDED:
        void_money.follow(unit, agreement_rows.load(unit, row.agreement_id))  # it may not be here any more
        row = returns.load(unit, row.id)
    if row.executed_at is not None:
        _stop(unit, terms, attempts)
    elif attempts and attempts[-1].state in DEAD:
        _alarm(unit, NOT_PAID, row)
    _followed(unit, row)
    return row


def settle_returns(store: Store, terms: ReturnTerms, *, stopped: Callable[[], bool] = lambda: False) -> int:
    """One round of everything about returns that needs no person; each is a commit of its own.

    Returns:
        How many were taken a step on.

    Raises:
        Unavailable: the database is away. What else goes wrong with one return holds up no other.
    """
    return _each(store, _moved(store), lambda unit, row: follow(unit, terms, row), stopped) + _each(
        store, _to_draft(store, terms), lambda unit, row: _draft_first(unit, terms, row), stopped
    )


def _draft_first(unit: Unit, terms: ReturnTerms, row: AnyRow) -> None:
    try:
        with unit.step():
            draft(unit, terms, row.id)
    except Conflict:
        raise
    except KvitError as error:  # a lender without requisites, say: a person puts it right, and the next round drafts
        if NOT_DRAFTED not in alarms.open_about(unit, _subject(row)):
            said = {"reason": error.text("ru"), "reason_en": error.text("en")}
            alarms.raise_alarm(unit, NOT_DRAFTED, _subject(row), _told(unit, row) | said)
    else:
        alarms.clear(unit, NOT_DRAFTED, _subject(row))


def _to_draft(store: Store, terms: ReturnTerms) -> list[AnyRow]:
    """Returns whose lender's money is here and waits to be sent to him, and for which no order was ever made."""
    return _returns(
        store,
        return_rows.c.executed_at.is_(None),
        (agreements.c.funding == FundingState.RECEIVED.value) | (return_rows.c.goods == 0),
        agreements.c.lender.not_in(terms.deducting),
        ~exists().where(return_orders.c.return_id == return_rows.c.id),
    )


def _moved(store: Store) -> list[AnyRow]:
    """Returns of which a payment order has moved since it was last followed, or must not leave any more."""
    drafted = select(return_orders.c.return_id).join(
        payment_orders, payment_orders.c.id == return_orders.c.payment_order_id
    )
    moved = return_rows.c.id.in_(drafted.where(payment_orders.c.version != return_orders.c.order_version))
    unsent = return_rows.c.id.in_(drafted.where(payment_orders.c.state.in_([str(state) for state in UNSENT])))
    return _returns(store, moved | (return_rows.c.executed_at.is_not(None) & unsent))


def _returns(store: Store, *where: ColumnElement[bool]) -> list[AnyRow]:
    with store.reading() as connection:
        found = connection.execute(
            select(return_rows)
            .join(agreements, agreements.c.id == return_rows.c.agreement_id)
            .where(return_rows.c.company == store.company, *where)
            .order_by(return_rows.c.id)
        )
        return list(found)


def _each(
    store: Store, found: list[AnyRow], step: Callable[[Unit, AnyRow], object], stopped: Callable[[], bool]
) -> int:
    """Do a step for each return in a commit of its own; returns for how many it was done."""
    done = 0
    for row in found:
        if stopped():
            break
        try:
            with store.unit() as unit:
                step(unit, returns.load(unit, row.id))
                unit.commit()
            done += 1
        except Unavailable:
            raise
        except KvitError as error:  # somebody was faster, or a person is needed: the next round looks again
            _log.info("a return cannot be worked on", id=row.id, reason=error.code)
    return done


def _orders_of(unit: Unit, row: AnyRow) -> Sequence[AnyRow]:
    """Every payment order drafted for a return, the oldest attempt first."""
    return unit.connection.execute(
        select(payment_orders)
        .join(return_orders, return_orders.c.payment_order_id == payment_orders.c.id)
        .where(return_orders.c.return_id == row.id)
        .order_by(return_orders.c.attempt)
    ).all()


def _followed(unit: Unit, row: AnyRow) -> None:
    for order in _orders_of(unit, row):
        mine = return_orders.c.payment_order_id == order.id
        unit.connection.execute(update(return_orders).where(mine).values(order_version=order.version))


def _stop(unit: Unit, terms: ReturnTerms, attempts: Sequence[AnyRow]) -> None:
    """The return is settled: what has not left for it must not leave."""
    for order in attempts:
        if order.state in UNSENT:
            with as_the_service(unit):
                outgoing.withdraw(unit, terms.settlement.outgoing, order.id, _WHY_WITHDRAWN, order.version)


def _purpose(row: AnyRow, agreement: AnyRow) -> str:
    wording = _PURPOSE_OF_VOID if returns.is_void_money(row) else _PURPOSE
    return wording.format(number=agreement.number, day=".".join(reversed(agreement.date.split("-"))))


def _payee(terms: ReturnTerms, lender: str) -> Payee:
    found = terms.lenders.get(lender)
    if found is None:
        raise Refused("loan.lender_no_account", lender=lender)
    return found


def _alarm(unit: Unit, code: str, row: AnyRow, amount: int | None = None) -> None:
    alarms.raise_alarm(unit, code, _subject(row), _told(unit, row, amount))


def _told(unit: Unit, row: AnyRow, amount: int | None = None) -> dict[str, str]:
    agreement = agreement_rows.load(unit, row.agreement_id)
    return {"agreement": agreement.number, "amount": str(Money(row.to_lender if amount is None else amount))}


def _subject(row: AnyRow) -> str:
    return f"loan_return:{row.id}"
