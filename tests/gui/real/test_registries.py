"""Registries from a partner's file to the payment they explain, between the real screens and the real service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gateway.core.references import reference_key
from gateway.flows.terms import OwnCompany, Terms
from gateway.matching.decision import Policy
from gui.settings import Settings
from gui.store.session import Session
from gui.views.confirm import ReasonDialog
from gui.views.registries import RegistriesPage
from gui.views.registries_import import RegistryImport
from tests.api.conftest import shop as shop
from tests.api.shop import Shop
from tests.gui.conftest import end
from tests.gui.real.conftest import announce
from tests.gui.test_other_pages import words_of
from tests.gui.test_registries_page import choose

PARTNER, POST = "7700000122", "7724490000"
FILE = "Реестр операций № {number} от 18.11.2026\r\nНомер заказа;Сумма операции;Комиссия\r\n{rows}".format
SOUND = "1001;1 500,00;22,50\r\n1002;2 000,00;30,00\r\n"


@pytest.fixture
def terms() -> Terms:
    policy = replace(Policy(), payout_partners={PARTNER: "acquirer", POST: "post"})
    return Terms(own=OwnCompany("ООО «Багет»", "7701000000"), policy=policy)


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path, url: str, tokens: dict[str, str]) -> Iterator[RegistriesPage]:
    session = Session(announce(tmp_path / "home", url, tokens["accountant"]), second_ms=20)
    session.start()
    qtbot.waitUntil(lambda: session.online, timeout=20000)
    made = RegistriesPage(session, Settings(tmp_path / "tray.ini"))
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.model.loaded, timeout=20000)
    yield made
    end(session)


def look_at(qtbot: QtBot, page: RegistriesPage, folder: Path, text: str, name: str = "r.csv") -> RegistryImport:
    path = folder / name
    path.write_bytes(text.encode("cp1251"))
    page.look_at([path])
    form = page.form
    assert form is not None
    qtbot.waitUntil(lambda: form.partner.count() == 3, timeout=20000)
    form.partner.setCurrentIndex(form.partner.findData(PARTNER))
    qtbot.waitUntil(lambda: form.preview is not None, timeout=20000)
    return form


def take_in(qtbot: QtBot, page: RegistriesPage, form: RegistryImport) -> None:
    qtbot.waitUntil(form.ok.isEnabled, timeout=20000)
    form.ok.click()
    qtbot.waitUntil(lambda: page.form is None, timeout=20000)
    panel = page.panel_of_registry
    qtbot.waitUntil(lambda: panel.registry is not None and panel.registry.id == panel.name, timeout=20000)


def test_a_file_explains_the_payout_that_waited_for_it(qtbot: QtBot, page: RegistriesPage, shop: Shop, tmp_path: Path):
    for number, amount in (("1001", 150_000), ("1002", 200_000)):
        shop.invoice(amount=amount, order_no=number, order_key=reference_key(number))
    payment = shop.payment(
        state="needs_person", outcome="payout_unexplained", amount=344_750, party_inn=PARTNER,
        purpose="Возмещение, реестр № 105 от 18.11.2026",
    )  # fmt: skip
    shop.decision(payment, "proposal", "payout_unexplained")
    form = look_at(qtbot, page, tmp_path, FILE(number="105", rows=SOUND))
    assert [box.currentData() for box in form.columns.roles] == ["order", "amount", "fee"]
    assert (form.columns.number.found.text(), form.columns.date.found.text()) == ("105", "18.11.2026")
    take_in(qtbot, page, form)
    assert "№ 105: загружен · разнесена 1 выплата" in page.news.text.text()
    panel = page.panel_of_registry
    registry = panel.registry
    assert registry is not None
    assert (registry.state, registry.payment_id, registry.net) == ("used", payment, 344_750)
    assert not panel.withdraw.isEnabled()
    with qtbot.waitSignal(page.go) as asked:
        panel.to_payment.click()
    assert asked.args == ["payments", payment]

    again = look_at(qtbot, page, tmp_path, FILE(number="105", rows=SOUND))
    assert again.preview is not None
    assert again.preview.saved
    assert not again.keep.isVisible()
    take_in(qtbot, page, again)
    assert "уже был загружен" in page.news.text.text()


def test_columns_said_by_hand_are_what_the_service_reads_by(
    qtbot: QtBot, page: RegistriesPage, shop: Shop, tmp_path: Path
):
    text = "Выплата\r\nПоз;Ключ;Деньги\r\n1;1001;1 500,00\r\n2;1002;не сумма\r\n3;9999;10,00\r\n"
    shop.invoice(amount=150_000, order_no="1001", order_key="1001")
    form = look_at(qtbot, page, tmp_path, text, "out_77_2026-11-18.csv")
    assert form.preview is not None
    assert form.preview.mapping is None
    for column, role in ((1, "order"), (2, "amount")):
        choose(form.columns.roles[column], role)
    choose(form.columns.headings, 2)  # type: ignore[arg-type]
    for editor in (form.columns.number, form.columns.date):
        choose(editor.kind, "file_name")
    form.columns.number.pattern.setText(r"out_(\d+)")
    form.columns.number.pattern.textEdited.emit(r"out_(\d+)")
    qtbot.waitUntil(lambda: "№ 77 от 18.11.2026" in form.read_as.text(), timeout=20000)
    assert "1 строка не прочитана." in form.against.text()
    assert form.bad_rows.row(0).row == 4
    assert "не сумма" in form.bad_rows.row(0).fragment
    take_in(qtbot, page, form)
    panel = page.panel_of_registry
    # row 4 could not be read, row 5 names no order of ours
    told = ("1 строка не прочитана.", "Строка 4: ", "Строка 5: ")
    qtbot.waitUntil(lambda: all(words in words_of(panel) for words in told), timeout=20000)
    marked = [line.key for line in panel._lines if line.against is not None]
    assert marked == ["9999"]


def test_withdrawn_with_a_reason_it_may_come_again(qtbot: QtBot, page: RegistriesPage, tmp_path: Path):
    take_in(qtbot, page, look_at(qtbot, page, tmp_path, FILE(number="7", rows=SOUND)))
    panel = page.panel_of_registry
    first = panel.name
    qtbot.waitUntil(panel.withdraw.isEnabled, timeout=20000)
    panel.ask_withdraw()
    dialog = panel.dialog
    assert isinstance(dialog, ReasonDialog)
    dialog.field.setPlainText("не тот файл")
    dialog.ok.click()
    qtbot.waitUntil(lambda: panel.registry is not None and panel.registry.state == "withdrawn", timeout=20000)
    assert panel.registry is not None
    assert panel.registry.note == "не тот файл"
    take_in(qtbot, page, look_at(qtbot, page, tmp_path, FILE(number="7", rows=SOUND)))
    assert panel.name != first
    page.reload()
    qtbot.waitUntil(lambda: page.model.counts.get("all") == 2, timeout=20000)
    assert page.model.counts["withdrawn"] == 1


def test_a_file_that_cannot_be_read_says_why(qtbot: QtBot, page: RegistriesPage, tmp_path: Path):
    path = tmp_path / "empty.xlsx"
    path.write_bytes(b"PK\x03\x04 no workbook")
    page.look_at([path])
    form = page.form
    assert form is not None
    qtbot.waitUntil(lambda: form.partner.count() == 3, timeout=20000)
    form.partner.setCurrentIndex(1)
    qtbot.waitUntil(lambda: "Книга Excel испорчена" in form.status.text(), timeout=20000)
    assert not form.ok.isEnabled()
