"""kill -9 in the middle of sending: nothing leaves twice, and what is in doubt is shown."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.notify.sandbox.centre import Centre
from gateway.notify.sandbox.smsc import Smsc
from gateway.store import Store, alarms
from gateway.store.schema import journal
from tests.notify.gateways import LOGIN
from tests.notify.messages import all_rows, eventually, new, queued

MESSAGES = 60


def start(database: Path, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.notify.sending_worker", str(database), str(port)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_killed_while_sending_nothing_is_sent_twice(store: Store, database: Path, centre: Centre) -> None:
    for n in range(MESSAGES):
        queued(store, new(f"parcel:{n}", phone=f"+791612345{n:02d}"))
    with Smsc(centre, LOGIN) as server:
        process = start(database, server.port)
        eventually(lambda: len(centre.accepted()) >= 20, 20)
        process.kill()
        process.communicate()
        killed = Counter(row.state for row in all_rows(store))
        assert killed["sending"] > 0
        assert killed["queued"] > 0
        process = start(database, server.port)
        said, _ = process.communicate(timeout=60)
    assert said.split() == ["up", "idle"]
    accepted = Counter((each.phone, each.part) for each in centre.accepted())
    assert set(accepted.values()) == {1}
    whole = {each.phone for each in centre.accepted() if accepted[each.phone, 2]}
    assert len(whole) >= MESSAGES // 2
    for row in all_rows(store):
        # in doubt is what the centre has not, or not all of; receipts settled all others
        assert row.state == ("delivered" if row.address in whole else "unknown"), row.address
        assert row.attempts == 1
    with store.reading() as connection:
        lost = connection.execute(select(journal.c.body).where(journal.c.kind == "notification.unknown")).scalars()
        assert sum("notify.stopped" in str(body) for body in lost) > 0
        unknown = any(row.state == "unknown" for row in all_rows(store))
        codes = [each.code for each in alarms.open_alarms(connection, "frames")]
        assert codes == (["notify.unknown"] if unknown else [])
