"""Paying a statement: a payment order two people sign, followed to its debit line and, if it comes to that, back.

`paid` is what debit lines prove and nothing else: the sum of the statement's orders that stand in a proved statement
of the bank and did not come back. An order that was given up may turn out to have been carried out. Then the
statement is paid by that one, a newer order that has not left is withdrawn, and what is paid twice all the same is
carried into the party's next statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from sqlalchemy import select, update

from gateway.core.authority import SERVICE, Right
from gateway.core.money import Money
from gateway.payments.outgoing import service as outgoing
from gateway.payments.outgoing.model import DEAD, UNSENT, OrderDraft, OrderState
from gateway.payments.outgoing.rules import PURPOSE_LIMIT
from gateway.payments.outgoing.tables import payment_orders
from gateway.settlement import register
from gateway.settlement.model import STATEMENT, PartyKind, StatementEvent, StatementState
from gateway.settlement.statements import carry_over
from gateway.settlement.steps import load, may_move, move, party_of, tell
from gateway.settlement.tables import payouts
from gateway.settlement.terms import SettlementTerms
from gateway.store import alarms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

BOUNCED = "settlement.bounced"
PAID_TWICE = "settlement.paid_twice"
SECOND_ORDER = "settlement.second_order"
_UNSIGNED = (OrderState.DRAFT, OrderState.WAITING)
WITHHELD = "Выплата отложена."
"""What a payable statement notes whose order was taken back to be made again by itself."""
_WHY_WITHDRAWN = "Отчёт уже оплачен другим поручением."
_PURPOSES = {
    PartyKind.SHOP: "Перечисление оплаты за товары, проданные в кредит, по отчету № {number} за период {period}",
    PartyKind.POINT: "Вознаграждение пункта приема по отчету № {number} за период {period}",
    PartyKind.AGENT: "Агентское вознаграждение по отчету № {number} за период {period}",
    PartyKind.LENDER: "Возврат агентского вознаграждения по отчету № {number} за период {period}",
}


def draft(unit: Unit, terms: SettlementTerms, statement_id: str, expected_version: int | None = None) -> str:
    """Put the payment of a payable statement before the people who sign; returns the payment order's id.

    The order is the gateway's own, whoever asks for it: nobody has signed it yet. Each attempt has its own.

    Raises:
        Refused: `authority.missing`, `settlement.not_found`, `state.illegal`, `settlement.no_account`; what the payee's
            port and the rules of payment orders raise.
        Conflict: `settlement.changed`.
    """
    unit.actor.require(Right.SETTLEMENT_WORK)
    load(unit, statement_id, expected_version)
    row = follow(unit, terms, statement_id)  # an earlier attempt may have been carried out meanwhile
    STATEMENT.step(StatementState(row.state), StatementEvent.DRAFT, row.net)
    attempt = row.attempts + 1
    order = OrderDraft(
        account=terms.paying_account(),
        payee=terms.payee_of(unit, party_of(row)),
        amount=Money(row.net),
        purpose=purpose_of(row),
        vat=terms.vat[PartyKind(row.party_kind)],
        source="settlement",
        source_id=f"{row.id}:{attempt}",
    )
    with as_the_service(unit):
        order_id = outgoing.propose(unit, terms.outgoing, order)
    payout = {
        "payment_order_id": order_id,
        "company": unit.company,
        "statement_id": row.id,
        "party_kind": row.party_kind,
        "party_id": row.party_id,
        "attempt": attempt,
        "amount": row.net,
        "order_version": outgoing.load(unit, order_id).version,
        "made_at": unit.at,
        "made_by": str(unit.actor),
    }
    unit.insert(payouts, payout)
    told = {"payment_order": order_id, "attempt": attempt}
    move(unit, row, StatementEvent.DRAFT, told=told, payment_order_id=order_id, attempts=attempt, note="")
    return order_id


def purpose_of(row: AnyRow) -> str:
    """The payment's purpose; the VAT clause follows when the order is completed."""
    period = "-".join(date.fromisoformat(day).strftime("%d.%m.%Y") for day in (row.since, row.until))
    text = _PURPOSES[PartyKind(row.party_kind)].format(number=row.number, period=period)
    assert len(text) <= PURPOSE_LIMIT
    return text


def follow(unit: Unit, terms: SettlementTerms, statement_id: str) -> AnyRow:
    """Take in what has become of the statement's payment orders since they were last looked at; returns its row.

    Repeated it changes nothing.

    Raises:
        Refused: `authority.missing`, `settlement.not_found`.
        Conflict: `settlement.changed`, `outgoing.changed`.
    """
    unit.actor.require(Right.SETTLEMENT_WORK)
    row = load(unit, statement_id)
    moved = unit.connection.execute(
        select(payouts)
        .join(payment_orders, payment_orders.c.id == payouts.c.payment_order_id)
        .where(payouts.c.statement_id == row.id, payment_orders.c.version != payouts.c.order_version)
        .order_by(payouts.c.attempt)
    ).all()
    for payout in moved:
        order = outgoing.load(unit, payout.payment_order_id)
        row = _take(unit, terms, row, payout, order)
        _update(unit, payout, order_version=order.version)
    return row


def withhold(unit: Unit, terms: SettlementTerms, statement_id: str) -> AnyRow:
    """The party is not to be paid now: an order that has not left is taken back, one that has goes on. Returns the row.

    Raises:
        Refused: `authority.missing`, `settlement.not_found`.
        Conflict: `settlement.changed`, `outgoing.changed`.
    """
    row = follow(unit, terms, statement_id)
    if row.state not in (StatementState.DRAFTED, StatementState.ORDERED):
        return row
    order = outgoing.load(unit, row.payment_order_id)
    if OrderState(order.state) not in UNSENT:
        return row
    outgoing.withdraw(unit, terms.outgoing, order.id, WITHHELD, order.version)
    return follow(unit, terms, statement_id)


def paid(unit: Unit, statement_id: str) -> Money:
    """What debit lines prove to have been paid for a statement, less what came back."""
    return Money(sum(payout.amount for payout in _standing(unit, statement_id)))


def _take(unit: Unit, terms: SettlementTerms, row: AnyRow, payout: AnyRow, order: AnyRow) -> AnyRow:
    """One order as it stands now."""
    current = row.payment_order_id == order.id
    state = OrderState(order.state)
    had_paid = payout.entry_id is not None and payout.return_entry_id is None
    if order.entry_id and not payout.entry_id:
        _update(unit, payout, entry_id=order.entry_id, paid_at=unit.at)
    if order.return_entry_id and not payout.return_entry_id:
        _update(unit, payout, return_entry_id=order.return_entry_id, returned_at=unit.at)
    if order.entry_id and not order.return_entry_id and not had_paid:
        return _paid(unit, terms, row, order)
    if order.return_entry_id and had_paid:
        return _came_back(unit, row, order)
    if not current or had_paid:
        return row
    if order.return_entry_id:  # the way back was read before the way there, which will change nothing
        _alarm(unit, BOUNCED, row)
        return _failed(unit, row, "returned", "")
    if state in DEAD:
        said = " ".join(part for part in (order.bank_code, order.bank_text) if part)
        return _failed(unit, row, state, said if state is OrderState.REFUSED and said else order.note)
    if state in _UNSIGNED:
        return move(unit, row, StatementEvent.UNSIGN) if may_move(row, StatementEvent.UNSIGN) else row
    return move(unit, row, StatementEvent.ORDER) if may_move(row, StatementEvent.ORDER) else row


def _failed(unit: Unit, row: AnyRow, how: str, said: str) -> AnyRow:
    told = {"how": str(how), "payment_order": row.payment_order_id}
    return move(unit, row, StatementEvent.FAIL, said=said, told=told, note=said or str(how))


def _paid(unit: Unit, terms: SettlementTerms, row: AnyRow, order: AnyRow) -> AnyRow:
    """An order of this statement stands in a proved statement of the bank."""
    told = {"payment_order": order.id, "entry": order.entry_id, "kopecks": order.amount}
    if row.state == StatementState.PAID:
        carry_over(unit, row, -Money(order.amount), _overpaid_by(order.id))
        _alarm(unit, PAID_TWICE, row)
        return tell(unit, row, "overpaid", told=told)
    if row.payment_order_id and row.payment_order_id != order.id:
        _stop(unit, terms, row)
    alarms.clear(unit, BOUNCED, _subject(row))
    return move(
        unit, row, StatementEvent.PAY, told=told, payment_order_id=order.id, paid_at=unit.at,
        paid_entry_id=order.entry_id, note="",
    )  # fmt: skip


def _stop(unit: Unit, terms: SettlementTerms, row: AnyRow) -> None:
    """The statement is paid by an earlier order: its newest one must not leave, or a person must know that it has."""
    newest = outgoing.load(unit, row.payment_order_id)
    if OrderState(newest.state) in UNSENT:
        with as_the_service(unit):
            outgoing.withdraw(unit, terms.outgoing, newest.id, _WHY_WITHDRAWN, newest.version)
    elif OrderState(newest.state) not in DEAD:
        _alarm(unit, SECOND_ORDER, row)


def _came_back(unit: Unit, row: AnyRow, order: AnyRow) -> AnyRow:
    """The money of an order that had paid is here again."""
    told = {"payment_order": order.id, "entry": order.return_entry_id, "kopecks": order.amount}
    others = _standing(unit, row.id)
    if not others:
        _alarm(unit, BOUNCED, row)
        return move(unit, row, StatementEvent.BOUNCE, told=told, note="returned")
    # It was paid twice, and now it is paid once: what was carried over as too much is not too much any longer.
    surplus_id, line_id = next(_carried_over(unit, [order.id, *(other.payment_order_id for other in others)]))
    line = register.line_of(unit, line_id)
    register.reverse(unit, line_id, f"returned:{order.id}", date.fromisoformat(line.on))
    alarms.clear(unit, PAID_TWICE, _subject(row))
    if row.payment_order_id != order.id:
        return tell(unit, row, "surplus_returned", told=told)
    paying = next(other for other in others if other.payment_order_id == surplus_id)
    columns = {"payment_order_id": surplus_id, "paid_at": paying.paid_at, "paid_entry_id": paying.entry_id}
    return tell(unit, row, "surplus_returned", told=told, **columns)


def _carried_over(unit: Unit, order_ids: list[str]) -> Iterator[tuple[str, str]]:
    """(order, line): those of the orders whose sum is carried over as paid too much."""
    for order_id in order_ids:
        line = register.line_by_event(unit, _overpaid_by(order_id))
        if line is not None and register.left_of(unit, line.id):
            yield order_id, line.id


def _overpaid_by(order_id: str) -> str:
    return f"overpaid:{order_id}"


def _standing(unit: Unit, statement_id: str) -> Sequence[AnyRow]:
    """The statement's payouts that are paid and did not come back, the oldest first."""
    return unit.connection.execute(
        select(payouts)
        .where(
            payouts.c.statement_id == statement_id, payouts.c.entry_id.is_not(None), payouts.c.return_entry_id.is_(None)
        )
        .order_by(payouts.c.attempt)
    ).all()


def _update(unit: Unit, payout: AnyRow, **columns: object) -> None:
    unit.connection.execute(
        update(payouts).where(payouts.c.payment_order_id == payout.payment_order_id).values(**columns)
    )


def _alarm(unit: Unit, code: str, row: AnyRow) -> None:
    values = {"number": str(row.number), "party": row.party_name, "amount": str(Money(row.net))}
    alarms.raise_alarm(unit, code, _subject(row), values)


def _subject(row: AnyRow) -> str:
    return f"settlement:{row.id}"


@contextmanager
def as_the_service(unit: Unit) -> Iterator[None]:
    """What happens inside is the gateway's doing and nobody's signature."""
    person, unit.actor = unit.actor, SERVICE
    try:
        yield
    finally:
        unit.actor = person
