"""What parcels bring to other rooms: an order's parcels, the money of one that went back, the report as a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from gui.api.fake import World
from gui.settings import Settings
from gui.store.session import Session
from gui.views.confirm import ReasonDialog
from gui.views.orders import OrdersPage
from gui.views.parcel_actions import ParcelActions
from gui.views.parcel_card import ParcelPanel
from gui.views.parcel_forms import OrderParcelDialog
from gui.views.parcel_morning import MorningList
from gui.widgets.pill import PillLabel
from tests.gui.conftest import button_named
from tests.gui.loan_desk import become
from tests.gui.test_house import nameless
from tests.gui.test_other_pages import show_order, words_of


@pytest.fixture
def world() -> World:
    return World(payments=10, parcels=0, role="manager")


def test_an_order_names_its_parcels_and_takes_the_number_of_another(
    qtbot: QtBot, session: Session, settings: Settings, world: World
):
    page = OrdersPage(session, settings)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.reload()
    qtbot.waitUntil(lambda: page.model.loaded and page.chain.order is not None, timeout=20000)
    show_order(qtbot, page, "1001")
    waits = "Почта России · наложенный: ожидается · 4 890,00 ₽"
    qtbot.waitUntil(lambda: waits in words_of(page.chain).replace("\u00a0", " "), timeout=20000)
    assert "Ждёт получателя" in [pill.accessibleName() for pill in page.chain.findChildren(PillLabel)]
    with qtbot.waitSignal(page.go) as gone:
        button_named(qtbot, page.chain, "Открыть отправление 801150\u00a000\u00a000791\u00a09").click()
    assert gone.args == ["parcels", "pa-1"]
    button_named(qtbot, page.chain, "Трек-номер…").click()
    form = page.chain.dialog
    assert isinstance(form, OrderParcelDialog)
    assert nameless(form) == []
    form.fill({"track": "8011 5012 3456 78", "cod": "много"})
    form.ok.click()
    assert form.fields["cod"].error.text() == "Это не сумма."
    form.fill({"cod": "1 500,50"})
    form.ok.click()
    qtbot.waitUntil(lambda: "внесено" in page.news.text.text(), timeout=20000)
    qtbot.waitUntil(lambda: "1 500,50 ₽" in words_of(page.chain).replace("\u00a0", " "), timeout=20000)
    made = next(one for one in world.parcels.values() if one["track"] == "80115012345678")
    assert (made["cod"], made["order_no"], made["source"]) == (1_500_50, "1001", "order")
    become(qtbot, session, world, "accountant")
    show_order(qtbot, page, "1055")
    qtbot.waitUntil(lambda: "Заказ 1055" in words_of(page.chain), timeout=20000)
    offered = [made.accessibleName() for made in page.chain.findChildren(QAbstractButton)]
    assert "Трек-номер…" not in offered, "who may not enter parcels is not asked for one"


def test_money_of_a_parcel_that_went_back_is_expected_again_by_who_decides_on_payments(
    qtbot: QtBot, session: Session, world: World
):
    world.parcels["pa-3"]["cod_state"] = "void"
    become(qtbot, session, world, "accountant")
    card = ParcelPanel(session)
    qtbot.addWidget(card)
    card.show()
    card.show_name("pa-3")
    bar: ParcelActions = card.actions_bar
    qtbot.waitUntil(lambda: [entry.data() for entry in bar.menu.actions()] == ["expect_again"], timeout=20000)
    assert bar.menu.actions()[0].text() == "Снова ожидать наложенный платёж…"
    bar.menu.actions()[0].trigger()
    dialog = bar.dialog
    assert isinstance(dialog, ReasonDialog)
    assert not dialog.ok.isEnabled()
    dialog.field.setPlainText("есть в реестре Почты")
    with qtbot.waitSignal(card.acted) as acted:
        dialog.ok.click()
    assert acted.args[1] == "наложенный платёж снова ожидается"
    assert world.parcels["pa-3"]["cod_state"] == "expected"
    assert "есть в реестре Почты" in world.parcels["pa-3"]["timeline"][-1]["text_ru"]


def test_the_morning_report_is_saved_as_a_workbook_or_the_reason_is_told(
    qtbot: QtBot, session: Session, tmp_path: Path
):
    morning = MorningList(session)
    qtbot.addWidget(morning)
    morning.show()
    assert button_named(qtbot, morning, "Сохранить в Excel…").isEnabled()
    target = tmp_path / "parcels.xlsx"
    with qtbot.waitSignal(morning.saved) as saved:
        morning.save(target)
    assert saved.args == ["сохранено: parcels.xlsx"]
    assert target.read_bytes().startswith(b"PK")
    with qtbot.waitSignal(morning.saved) as failed:
        morning.save(tmp_path / "nowhere" / "parcels.xlsx")
    assert failed.args[0].startswith("не сохранено: ")
