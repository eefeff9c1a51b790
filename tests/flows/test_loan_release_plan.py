"""What is asked every half minute, whatever the size of the books, goes by indexes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import event

from gateway.loans import ending
from gateway.loans.ending import By
from gateway.loans.model import SigningWay
from gateway.loans.reasons import EndReason
from gateway.orders.tables import orders, releases
from tests.flows.loans import Trade
from tests.loans.house import MANAGER


def test_a_round_reads_no_table_from_end_to_end(tmp_path: Path) -> None:
    trade = Trade(tmp_path)
    try:
        trade.own_order()
        row = trade.settled(SigningWay.CLERK, own=True)
        trade.house.do(MANAGER, lambda u: ending.cancel(u, row.application_id, By.US, EndReason.CHANGED_MIND))
        asked: list[tuple[str, Any]] = []

        def hear(_c: Any, _cursor: Any, sql: str, given: Any, _context: Any, _many: bool) -> None:
            asked.append((sql, given))

        with trade.house.store.unit() as unit:
            event.listen(unit.connection.engine, "before_cursor_execute", hear)
        assert trade.due() == 1
        with trade.house.store.unit() as unit:
            event.remove(unit.connection.engine, "before_cursor_execute", hear)
            plans = {
                sql: [step[3] for step in unit.connection.exec_driver_sql("EXPLAIN QUERY PLAN " + sql, given)]
                for sql, given in asked
                if sql.lstrip().startswith("SELECT")
            }
        assert any("ix_loan_agreements_called_off" in step for plan in plans.values() for step in plan)
        assert [plan for plan in plans.values() if any(step.startswith("SCAN") for step in plan)] == []
        (release,) = trade.desk.rows(releases)
        (order,) = trade.desk.rows(orders)
        assert release.withdrawn_at is not None or order.hold_reason == "loan"  # type: ignore[attr-defined]
        assert trade.due() == 0
    finally:
        trade.house.close()
