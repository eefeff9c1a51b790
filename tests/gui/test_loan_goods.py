"""Goods of a sale on credit, through the screen: released, shipped, handed over; and the money of what came back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.api.fake import FakeDaemon, World
from gui.api.fake.world import Problem
from gui.settings import Settings
from gui.store.session import Session
from gui.views.confirm import ReasonDialog
from gui.views.loan_dialogs import LoanDialog
from gui.views.loans import LoansPage
from tests.gui.conftest import button_named
from tests.gui.loan_desk import become, broker, show
from tests.gui.test_other_pages import words_of

HELD = "ln-50"  # signed, the goods wait for the lender's money


@pytest.fixture
def world() -> World:
    return broker(loans=0)


@pytest.fixture
def page(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[LoansPage]:
    made = LoansPage(session, settings)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.model.loaded and made.card.loan is not None, timeout=20000)
    yield made


def offered(page: LoansPage) -> set[str]:
    """Actions about goods a person can press."""
    bar = page.card.actions_bar
    menu = {str(entry.data()) for entry in bar.menu.actions() if entry.data()}
    return {action for action in menu | {bar._first} if action.startswith("goods/")}


def confirmed(qtbot: QtBot, page: LoansPage, action: str, says: str) -> None:
    """Press the action, read what it brings about, go on; wait until it is done."""
    bar = page.card.actions_bar
    bar.do(action)
    dialog = bar.dialog
    assert isinstance(dialog, LoanDialog)
    assert says in words_of(dialog)
    loan = page.card.loan
    assert loan is not None
    dialog.ok.click()
    qtbot.waitUntil(lambda: page.card.loan is not None and page.card.loan.version > loan.version, timeout=20000)


def stands(page: LoansPage) -> str:
    loan = page.card.loan
    assert loan is not None and loan.agreement is not None
    return loan.agreement.goods


def test_our_warehouse_gets_its_pick_list_and_the_buyer_the_goods(
    qtbot: QtBot, page: LoansPage, world: World, daemon: FakeDaemon
) -> None:
    world.loans[HELD].card["order_id"] = "o-1"
    show(qtbot, page, HELD)
    assert offered(page) == {"goods/release"}
    confirmed(qtbot, page, "goods/release", "Склад получит лист сборки.")
    assert stands(page) == "released"
    assert offered(page) == {"goods/deliver"}
    confirmed(qtbot, page, "goods/deliver", "банк уведомляется")
    assert stands(page) == "delivered"
    assert offered(page) == {"goods/return"}
    assert [(name, action) for name, action, _ in world.paper_steps] == [
        (HELD, "goods/release"), (HELD, "goods/deliver"),
    ]  # fmt: skip
    assert "Товар выдан" in words_of(page.news)
    changes = [hit for hit in daemon.hits if hit.startswith("POST")]
    sent = [head for hit, head in zip(changes, daemon.headers, strict=True) if "/goods/deliver" in hit]
    assert sent[0]["If-Match"] == '"2"'  # the agreement's version, not the application's


def test_a_shop_ships_by_itself_and_a_refusal_changes_nothing(
    qtbot: QtBot, page: LoansPage, world: World, session: Session, daemon: FakeDaemon
) -> None:
    show(qtbot, page, HELD)
    assert offered(page) == {"goods/ship"}
    path = f"/v1/loans/{HELD}/goods/ship"
    daemon.refuse[path] = Problem(422, "release.held", "Деньги банка ещё не пришли.", "The money is not here yet.")
    bar = page.card.actions_bar
    bar.do("goods/ship")
    assert isinstance(bar.dialog, LoanDialog)
    with qtbot.waitSignal(session.refused, timeout=20000) as told:
        bar.dialog.ok.click()
    assert told.args[0].code == "release.held"
    assert stands(page) == "held"
    daemon.refuse.clear()
    confirmed(qtbot, page, "goods/ship", "Товар в пути к покупателю.")
    assert (stands(page), offered(page)) == ("shipped", {"goods/deliver"})


def test_goods_are_nobodys_to_move_without_the_right(
    qtbot: QtBot, page: LoansPage, session: Session, world: World
) -> None:
    become(qtbot, session, world, "accountant")
    show(qtbot, page, HELD)
    page.card.reload()
    qtbot.waitUntil(lambda: page.card.loan is not None and "cancel" not in page.card.loan.actions, timeout=20000)
    assert offered(page) == set()


def test_a_lender_who_never_paid_wants_nothing_back(
    qtbot: QtBot, page: LoansPage, world: World, daemon: FakeDaemon
) -> None:
    world.loans[HELD].card["returns"] = [
        {"id": "rt-1", "goods": 100_00, "to_lender": 90_00, "to_buyer": 10_00, "waivable": True, "netted": False,
         "executed_at": None, "payment_order_id": None}
    ]  # fmt: skip
    assert "Товар возвращён" in show(qtbot, page, HELD)
    waive = "Банк денег назад не ждёт…"
    button_named(qtbot, page.card, waive).click()
    dialog = page.card.dialog
    assert isinstance(dialog, ReasonDialog)
    assert not dialog.ok.isEnabled()
    dialog.field.setPlainText("я" * 301)
    assert not dialog.ok.isEnabled()  # the service keeps 300 characters
    dialog.field.setPlainText("Денег по договору не было: письмо банка от 20.11")
    dialog.ok.click()
    qtbot.waitUntil(lambda: world.paper_steps[-1:] != [] and world.paper_steps[-1][1] == "waive", timeout=20000)
    assert world.paper_steps[-1][2] == {"note": "Денег по договору не было: письмо банка от 20.11"}
    qtbot.waitUntil(lambda: waive not in words_of(page.card), timeout=20000)
    assert "Подготовить платёж банку" not in words_of(page.card)


def test_money_that_came_is_paid_back_and_not_waived(qtbot: QtBot, page: LoansPage, world: World) -> None:
    record = world.loans["ln-53"]
    record.card["returns"] = [
        {"id": "rt-1", "goods": 100_00, "to_lender": 90_00, "to_buyer": 10_00, "waivable": False, "netted": True,
         "executed_at": "2026-11-20T09:00:00+00:00"}
    ]  # fmt: skip
    words = show(qtbot, page, "ln-53")
    assert "банк на столько меньше заплатил" in words
    assert "Банк денег назад не ждёт" not in words and "Подготовить платёж банку" not in words
