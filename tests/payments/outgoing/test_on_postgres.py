"""The whole way of an order on PostgreSQL: the same states, the same refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from gateway.core.errors import KvitError
from gateway.payments.outgoing import service
from tests.flows.pay_out_bank import PretendBank
from tests.flows.test_pay_out import alarms_of, go
from tests.flows.test_pay_out_told import back, deliver, report, say
from tests.payments.outgoing.desk import ANNA, BORIS, TERMS, Desk, debit, draft
from tests.store import postgres


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    binaries = postgres.programs()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with postgres.running(binaries) as server:
        yield server.url(server.create())


def test_the_whole_way(url: str, tmp_path: Path) -> None:
    desk, bank = Desk(tmp_path, url=url), PretendBank()
    order_id = desk.approved()
    with pytest.raises(KvitError) as caught:
        desk.propose(draft(number="1", purpose="Счёт № 2, без НДС"))
    assert caught.value.code == "outgoing.number_taken"
    bank.lose = 1
    go(desk, bank)
    assert desk.state(order_id) == "unknown"
    say(desk, report(order_id, "ACCP"))
    desk.clock.advance(timedelta(days=1))
    go(desk, bank)
    assert alarms_of(desk) == ["outgoing.late"]
    deliver(desk, debit(e2e=order_id, ref="R1"))
    deliver(desk, debit(e2e=order_id, ref="R1"))
    assert (desk.state(order_id), alarms_of(desk)) == ("executed", [])
    deliver(desk, back(desk.row(order_id), original_ref="R1", ref="R2"))
    assert desk.state(order_id) == "returned"
    second = desk.propose(draft(purpose="Счёт № 3, без НДС"), confirmed=())
    with desk.store.unit(BORIS) as unit:
        assert service.approve(unit, TERMS, second, 1).state == "approved"
        unit.commit()
    with desk.store.unit(ANNA) as unit, pytest.raises(DatabaseError, match="append-only"):
        unit.connection.execute(text("UPDATE payment_order_events SET actor = 'nobody'"))
    desk.close()
