"""What is done every night: old screen events go, history and stock balances are checked, the journal's head leaves."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import Connection, delete, func, select

from gateway.api.events import sweep
from gateway.api.reads.health import VERIFIED_MARK
from gateway.bank.tables import polls
from gateway.core.clock import to_text
from gateway.core.errors import Corrupt, Refused
from gateway.service.evidence_check import check_history
from gateway.service.evidence_daily import export_head
from gateway.service.evidence_signers import check_signers
from gateway.service.wiring import Installation
from gateway.signing.revocation_fetch import HttpFetch
from gateway.store import alarms, marks
from gateway.warehouse.tables import movements, stock

_log = structlog.get_logger("service.housekeeping")
POLLS_KEPT = timedelta(days=30)  # that brought nothing; the others stay


def keep_house(installation: Installation) -> None:
    """One round of it.

    Raises:
        Unavailable: the database is away.
    """
    store = installation.store
    history = check_history(store, installation.home, installation.config)
    with store.reading() as connection:
        balances = wrong_balances(connection)
    with store.unit() as unit:
        sweep(unit)
        old = to_text(unit.now - POLLS_KEPT)
        unit.connection.execute(delete(polls).where(polls.c.at < old, polls.c.result == "nothing_new"))
        marks.put(unit, VERIFIED_MARK, unit.at)
        if history.ok:
            alarms.clear(unit, "journal.broken", "journal")
        else:
            alarms.raise_alarm(unit, "journal.broken", "journal", {"row": history.broken_seq, "reason": history.reason})
        if balances:
            alarms.raise_alarm(unit, "stock.unbalanced", "stock", {"goods": ", ".join(balances[:10])})
        else:
            alarms.clear(unit, "stock.unbalanced", "stock")
        unit.commit()
    rows, heads = history.chain.rows, history.heads
    _log.info("house kept", journal_rows=rows, heads=heads, journal_ok=history.ok, wrong_balances=len(balances))
    if installation.config.proof.check_signers:
        _ask_about_signers(installation)
    _send_head_away(installation)


def _ask_about_signers(installation: Installation) -> None:
    """Whether the certificates behind the banks' messages of the day were called back."""
    with HttpFetch() as fetch:
        found = check_signers(installation.store, installation.home, installation.config, fetch)
    _log.info("signers asked about", states=[answer.state for _, answer in found])


def _send_head_away(installation: Installation) -> None:
    """The day's head. Nothing to seal it with, or a broken journal, has an alarm of its own already."""
    try:
        exported = export_head(installation.store, installation.home, installation.config, "day")
    except (Refused, Corrupt) as error:
        _log.warning("no head of the day", error=error.code)
        return
    _log.info("head of the day", row=exported.line.seq, mailed=exported.mailed, failures=len(exported.failures))


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
