"""What is done every night: old screen events go, the journal and the stock balances are checked."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import Connection, delete, func, select

from gateway.api.events import sweep
from gateway.api.reads.health import VERIFIED_MARK
from gateway.bank.tables import polls
from gateway.core.clock import to_text
from gateway.service.wiring import Installation
from gateway.store import alarms, journal, marks
from gateway.warehouse.tables import movements, stock

_log = structlog.get_logger("service.housekeeping")
POLLS_KEPT = timedelta(days=30)  # that brought nothing; the others stay


def keep_house(installation: Installation) -> None:
    """One round of it.

    Raises:
        Unavailable: the database is away.
    """
    store = installation.store
    with store.reading() as connection:
        verdict = journal.verify(connection)
        balances = wrong_balances(connection)
    with store.unit() as unit:
        sweep(unit)
        old = to_text(unit.now - POLLS_KEPT)
        unit.connection.execute(delete(polls).where(polls.c.at < old, polls.c.result == "nothing_new"))
        marks.put(unit, VERIFIED_MARK, unit.at)
        if verdict.ok:
            alarms.clear(unit, "journal.broken", "journal")
        else:
            alarms.raise_alarm(unit, "journal.broken", "journal", {"row": verdict.broken_seq, "reason": verdict.reason})
        if balances:
            alarms.raise_alarm(unit, "stock.unbalanced", "stock", {"goods": ", ".join(balances[:10])})
        else:
            alarms.clear(unit, "stock.unbalanced", "stock")
        unit.commit()
    _log.info("house kept", journal_rows=verdict.rows, journal_ok=verdict.ok, wrong_balances=len(balances))


def wrong_balances(connection: Connection) -> list[str]:
    """Goods whose balance is not the sum of their movements."""
    sums = (
        select(
            movements.c.company,
            movements.c.product_id,
            movements.c.warehouse_id,
            func.sum(movements.c.on_hand).label("on_hand"),
            func.sum(movements.c.reserved).label("reserved"),
        )
        .group_by(movements.c.company, movements.c.product_id, movements.c.warehouse_id)
        .subquery()
    )
    rows = connection.execute(
        select(stock.c.product_id)
        .outerjoin(
            sums,
            (sums.c.company == stock.c.company)
            & (sums.c.product_id == stock.c.product_id)
            & (sums.c.warehouse_id == stock.c.warehouse_id),
        )
        .where(
            (stock.c.on_hand != func.coalesce(sums.c.on_hand, 0))
            | (stock.c.reserved != func.coalesce(sums.c.reserved, 0))
        )
    )
    return [str(row.product_id) for row in rows]
