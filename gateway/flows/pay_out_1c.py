"""Payment orders from 1C, and what 1C hears of them.

1C proposes, it does not sign: what comes from it waits for two people, whatever 1C's own users have approved there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from gateway.bank.formats.clientbank import Side
from gateway.core.authority import SERVICE, Actor, Right
from gateway.core.catalogue import sentence
from gateway.core.clock import from_text
from gateway.core.errors import KvitError, Refused
from gateway.core.money import Money
from gateway.core.problem import Problem
from gateway.flows.terms import Terms
from gateway.onec import payment_orders_write
from gateway.onec.payment_orders import OrderRow, PaymentOrders
from gateway.payments.outgoing import service
from gateway.payments.outgoing.model import DEAD, OrderState, OwnAccount
from gateway.payments.outgoing.tables import payment_orders
from gateway.payments.tables import entries
from gateway.store import Store, Unit
from gateway.store.outbox import Parcel

_PER_UNIT = 100
_FOLDER = Actor("1c", SERVICE.role)
"""Who proposes what lies in the exchange folder; nobody's signature."""


@dataclass(frozen=True, slots=True)
class OrdersTaken:
    """What became of a file of payment orders.

    Attributes:
        orders: ids, new ones and those proposed before, in the file's order.
        fresh: how many are new.
        problems: row by row, why an order was left out.
    """

    orders: tuple[str, ...]
    fresh: int
    problems: tuple[Problem, ...]


def take_orders(store: Store, terms: Terms, file: PaymentOrders, actor: Actor = _FOLDER) -> OrdersTaken:
    """Propose every order of a file; repeating it changes nothing.

    Args:
        actor: who brings the file; he needs the right to propose, and signs nothing by it.

    Raises:
        Refused: `authority.missing`.
        Unavailable: the database is away.
    """
    actor.require(Right.OUTGOING_PROPOSE)
    ids: list[str] = []
    problems: list[Problem] = []
    fresh = 0
    for start in range(0, len(file.rows), _PER_UNIT):
        with store.unit(_FOLDER) as unit:
            for row in file.rows[start : start + _PER_UNIT]:
                try:
                    with unit.step():
                        order_id, new = _propose(unit, terms, row)
                except Refused as error:
                    problems.append(_problem(row, error))
                    continue
                ids.append(order_id)
                fresh += new
            unit.commit()
    return OrdersTaken(tuple(ids), fresh, tuple(problems))


def _propose(unit: Unit, terms: Terms, row: OrderRow) -> tuple[str, bool]:
    """The order, and whether it is new."""
    if row.draft is None:
        raise row.error or Refused("outgoing.onec_field", field="—", value="")
    if row.payer_inn and terms.outgoing.inn and row.payer_inn != terms.outgoing.inn:
        raise Refused("outgoing.payer_differs", inn=row.payer_inn[:20])
    before = _known(unit, row.draft.source_id.strip())
    order_id = service.propose(unit, terms.outgoing, row.draft)
    new = order_id not in before
    state = service.load(unit, order_id).state
    if not new and state in DEAD:
        name = sentence(f"outgoing.state_{state}", "ru", {})
        raise Refused("outgoing.onec_settled", number=row.number, state=name)
    return order_id, new


def _known(unit: Unit, source_id: str) -> set[str]:
    """Orders proposed from this document before."""
    found = unit.connection.execute(
        select(payment_orders.c.id).where(
            payment_orders.c.company == unit.company,
            payment_orders.c.source == "1c",
            payment_orders.c.source_id == source_id,
        )
    )
    return set(found.scalars())


def _problem(row: OrderRow, error: KvitError) -> Problem:
    values = {name: str(value) for name, value in error.values.items()}
    return Problem(row.line, error.code, values, "", True, row.number)


def status_file(store: Store, terms: Terms, parcel: Parcel) -> bytes:
    """What 1C reads about one order: its bytes depend on the parcel, the statement line and our requisites alone."""
    told = parcel.payload
    outgoing = terms.outgoing
    own = outgoing.accounts.get(told["account"]) or OwnAccount(told["account"], "")
    status = payment_orders_write.OrderStatus(
        number=told["number"],
        date=date.fromisoformat(told["date"]),
        amount=Money(told["amount"]),
        payer=Side(
            name=outgoing.name,
            inn=outgoing.inn,
            kpp=outgoing.kpp,
            account=own.number,
            bic=own.bic,
            bank=own.bank,
            correspondent=own.corr_account,
        ),
        payee=Side(
            name=told["payee_name"],
            inn=told["payee_inn"],
            kpp=told["payee_kpp"],
            account=told["payee_account"],
            bic=told["payee_bic"],
            bank=told["payee_bank"],
            correspondent=told["payee_corr"],
        ),
        purpose=told["purpose"],
        priority=told["priority"],
        uin=told["uin"],
        told_at=from_text(told["at"]),
        text=_text(told),
        debited=_debited(store, told),
        tax=json.loads(told["tax"]) if told["tax"] else {},
    )
    return payment_orders_write.write([status], made_at=from_text(parcel.created_at), zone=terms.zone).content


def _text(told: dict[str, str]) -> str:
    """ "отклонено банком: AM04 Недостаточно средств"."""
    state = sentence(f"outgoing.state_{told['state']}", "ru", {})
    words: Sequence[str] = ()
    if told["state"] in (OrderState.REJECTED, OrderState.WITHDRAWN):
        words = (told["note"],)
    elif told["state"] in (OrderState.SENT, OrderState.ACCEPTED, OrderState.REFUSED):
        words = (told["bank_code"], told["bank_text"], told["note"])  # of an order that did not go, a person's words
    said = " ".join(word for word in words if word)
    return f"{state}: {said}" if said else state


def _debited(store: Store, told: dict[str, str]) -> date | None:
    if told["state"] not in (OrderState.EXECUTED, OrderState.RETURNED) or not told["entry_id"]:
        return None
    with store.reading() as connection:
        row = connection.execute(
            select(entries.c.booked, entries.c.value_date).where(entries.c.id == told["entry_id"])
        ).one_or_none()
    day = None if row is None else row.booked or row.value_date
    return date.fromisoformat(day) if day else from_text(told["executed_at"]).date()
