"""The tray against the real service and the real sandbox bank: money nobody can match, a click, goods; undo."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.bank.sandbox.launch import launch
from gateway.orders.tables import invoices, orders
from gateway.payments.tables import payments
from gateway.service.config import Home
from gateway.service.demo.prepare import Stage, set_stage
from gateway.service.wiring import Installation, open_installation
from gateway.warehouse.tables import pick_lists
from tests.e2e.tray_desk import PACKAGES, Desk, Tray, accept_and_undo, missing

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.slow,
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "linux", reason="Xvfb is for Linux"),
    pytest.mark.skipif(bool(missing()), reason=f"{', '.join(missing())} missing (apt-get install {PACKAGES})"),
]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A frame shop with its bank and its service running."""
    home = Home(tmp_path / "home")
    home.root.mkdir()
    made = set_stage(home, "ru")
    with launch(home.root), (home.logs / "serve.out").open("wb") as log:
        service = subprocess.Popen(
            [sys.executable, "-m", "gateway.service.cli", "serve", "--home", str(home.root)],
            env={**os.environ, **made.environment},
            stderr=log,
        )
        until(home.connection_file.exists, "the service")
        yield made
        service.terminate()
        assert service.wait(30) == 0, (home.logs / "serve.out").read_text()


@pytest.fixture
def books(stage: Stage) -> Iterator[Installation]:
    made = open_installation(stage.home)
    yield made
    made.close()


def until(ready: Callable[[], Any], what: str, seconds: float = 40) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = ready()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"waited in vain for {what}")


def rows(books: Installation, table: Any, **where: object) -> list[Any]:
    with books.store.reading() as connection:
        return list(connection.execute(select(table).where(*(table.c[k] == v for k, v in where.items()))).all())


def test_a_click_in_the_tray_decides_about_real_money_and_can_be_taken_back(
    stage: Stage, books: Installation, tmp_path: Path
) -> None:
    until(lambda: len(rows(books, invoices)) == len(stage.shop.orders), "1C's orders")
    order = next(o for o in stage.shop.orders if o.pieces <= 5 and _unique(stage, o.amount.kopecks))
    stage.sandbox.pay(
        amount=order.amount, payer="ООО «Третьи Руки»", inn="9909876549", purpose="Оплата за рамы по просьбе друзей"
    )
    until(lambda: rows(books, payments, state="needs_person"), "the payment")
    with Desk() as desk, Tray(desk, stage.home.root, tmp_path) as tray:
        tray.until(lambda: tray.rows("Платежи"), "the first table")
        assert "песочница на связи" in tray.until(lambda: tray.texts(), "words")
        accept_and_undo(tray, "по просьбе друзей", picture="real_payments")
    [payment] = rows(books, payments)
    assert (payment.state, payment.allocated, payment.version) == ("needs_person", 0, 4)
    [released] = rows(books, pick_lists)
    assert released.state == "cancelled"
    assert rows(books, orders, number=order.number)[0].headline == "unpaid"


def _unique(stage: Stage, kopecks: int) -> bool:
    return sum(o.amount.kopecks == kopecks for o in stage.shop.orders) == 1
