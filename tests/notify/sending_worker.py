"""What is killed: the sending loop in a process of its own.

    python -m tests.notify.sending_worker DATABASE PORT

Says "up" once it hands over, and "idle" when nothing is left in the queue and the SMS centre has told everything; then
it ends.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from gateway.core.clock import FixedClock
from gateway.notify.gateways.smpp import SmppGateway
from gateway.notify.gateways.smpp_session import Account
from gateway.notify.sandbox.smsc import HOST
from gateway.notify.sending import Sender, due_at
from gateway.store import Store
from gateway.store.engine import sqlite_url
from tests.notify.conftest import NOON
from tests.notify.gateways import LOGIN
from tests.notify.messages import TERMS

PER_SECOND = 60
_QUIET = 0.5


def work(database: Path, port: int) -> None:
    store = Store(sqlite_url(database), FixedClock(NOON), "frames")
    gateway = SmppGateway(Account(HOST, port, *LOGIN), "ROGA", PER_SECOND)
    sender = Sender(store, TERMS, gateway, None)
    while gateway.trouble():
        time.sleep(0.01)
    print("up", flush=True)
    last = time.monotonic()
    while time.monotonic() - last < _QUIET or due_at(store) is not None:
        done = sender.round()
        if done.handed or done.news:
            last = time.monotonic()
        time.sleep(0 if done.more else 0.01)
    print("idle", flush=True)
    gateway.close()
    store.close()


if __name__ == "__main__":
    work(Path(sys.argv[1]), int(sys.argv[2]))
