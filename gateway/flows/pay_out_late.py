"""Orders that were to leave by yesterday and stand in no statement today."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from gateway.core.clock import business_date
from gateway.core.workdays import is_workday
from gateway.flows.pay_out_alarms import LATE, shown, subject
from gateway.flows.terms import Terms
from gateway.payments.outgoing import steps
from gateway.payments.outgoing.model import ON_THE_WAY, OrderState
from gateway.payments.outgoing.tables import payment_order_events, payment_orders
from gateway.store import Store, alarms
from gateway.store.schema import AnyRow


def late_orders(store: Store, terms: Terms) -> list[AnyRow]:
    """Signed orders whose time is over, of which nobody was told yet."""
    today = business_date(store.clock.now(), terms.zone)
    told = select(payment_order_events.c.id).where(
        payment_order_events.c.order_id == payment_orders.c.id, payment_order_events.c.event == "late"
    )
    with store.reading() as connection:
        return list(
            connection.execute(
                select(payment_orders).where(
                    payment_orders.c.company == store.company,
                    payment_orders.c.state.in_((OrderState.APPROVED, *ON_THE_WAY)),
                    payment_orders.c.approved_on < today.isoformat(),
                    payment_orders.c.date < today.isoformat(),
                    ~told.exists(),
                )
            )
        )


def tell_late(store: Store, terms: Terms, row: AnyRow) -> None:
    """Raise the alarm about a late order, once."""
    due = deadline(row)
    if due >= business_date(store.clock.now(), terms.zone):
        return
    with store.unit() as unit:
        fresh = steps.load(unit, row.id)
        if fresh.version == row.version:  # else it has just moved: the next round looks again
            steps.tell(unit, fresh, "late", told={"due": due.isoformat()})
            values = {**shown(fresh), "date": due.strftime("%d.%m.%Y")}
            alarms.raise_alarm(unit, LATE, subject(row.id), values)
            unit.commit()


def deadline(row: AnyRow) -> date:
    """The last day an approved order is in time: its own day or that of its last signature, if it is worked."""
    day = max(date.fromisoformat(row.date), date.fromisoformat(row.approved_on))
    while not is_workday(day):
        day += timedelta(days=1)
    return day
