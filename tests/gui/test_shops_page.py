"""Shops: taken in, let work, suspended and closed; their people and keys; terms that hold from a day on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QApplication, QDateEdit, QLineEdit
from pytestqt.qtbot import QtBot

from gui.api.fake import FakeDaemon, World
from gui.api.fake.problem import Problem
from gui.settings import Settings
from gui.store.session import Session
from gui.views.confirm import ReasonDialog
from gui.views.settlement_dialogs import SureDialog
from gui.views.shops import ShopsPage
from gui.views.shops_access import AccessDialog, SecretDialog
from gui.views.shops_form import ShopForm
from gui.views.shops_terms import TermsDialog
from gui.views.shops_terms_forms import LenderTermsDialog, SigningDialog, TariffDialog
from tests.gui.conftest import button_named, press
from tests.gui.loan_desk import become, broker
from tests.gui.test_house import nameless
from tests.gui.test_other_pages import words_of

FORM = {
    "name": "ООО «Диван»", "key": "divan", "inn": "7707083893", "kpp": "770701001", "region": "77",
    "bic": "044525225", "bank_name": "ПАО Сбербанк", "account": "4070 2810 0000 0000 0001", "email": "d@shop.example",
    "phone": "+7 495 123-45-67", "risk_limit": "500 000",
}  # fmt: skip


@pytest.fixture
def world() -> World:
    return broker("director", loans=0)


@pytest.fixture
def page(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[ShopsPage]:
    made = ShopsPage(session, settings)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.model.loaded and made.card.shop is not None, timeout=20000)
    yield made


def show(qtbot: QtBot, page: ShopsPage, name: str) -> str:
    page.show_item(name)
    qtbot.waitUntil(lambda: page.card.shop is not None and page.card.shop.id == name, timeout=20000)
    return words_of(page.card).replace("\u00a0", " ")


def test_shops_are_searched_filtered_sorted_and_counted_by_the_service(
    qtbot: QtBot, page: ShopsPage, daemon: FakeDaemon
):
    assert page.bar.chips["active"].text() == "Работают · 2"
    page.bar.chips["suspended"].click()
    qtbot.waitUntil(lambda: page.model.total == 1, timeout=20000)
    qtbot.waitUntil(lambda: page.card.name == "sh-4", timeout=20000)
    page.table.model().sort(4, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(
        lambda: any("sort=-open_applications" in hit and "state=suspended" in hit for hit in daemon.hits), timeout=20000
    )
    page.bar.chips["all"].click()
    page.bar.field.setText("никого")
    page.bar.field.returnPressed.emit()
    qtbot.waitUntil(lambda: page.model.loaded and page.model.total == 0, timeout=20000)
    qtbot.waitUntil(lambda: "Выберите магазин" in words_of(page.card), timeout=20000)
    assert nameless(page) == []


def test_a_shop_is_taken_in_by_a_form_that_tells_each_fault_at_its_field(qtbot: QtBot, page: ShopsPage, world: World):
    press(page.table, 0, "т")  # N on a Russian layout
    form = page.dialog
    assert isinstance(form, ShopForm)
    assert nameless(form) == []
    form.ok.click()
    assert "нужно" in form.fields["inn"].error.text()
    assert form.fields["bic"].editor.accessibleDescription() == form.fields["bic"].error.text()
    form.fill({**FORM, "inn": "77070838"})
    assert form.fields["account"].note.text() == "20 / 20"
    inn = form.fields["inn"].editor
    assert isinstance(inn, QLineEdit)
    inn.editingFinished.emit()  # the field is left
    qtbot.waitUntil(lambda: "контрольная цифра" in form.fields["inn"].error.text(), timeout=20000)
    form.fill({"inn": FORM["inn"], "key": "tehnika", "account": "1"})
    assert form.fields["inn"].error.text() == ""
    form.ok.click()
    qtbot.waitUntil(lambda: "уже занято" in form.fields["key"].error.text(), timeout=20000)
    assert "счёта записан неверно" in form.fields["account"].error.text()
    assert len(world.shops) == 4
    form.fill({"key": "Divan", "account": FORM["account"]})
    press(form, Qt.Key.Key_Return, modifiers=Qt.KeyboardModifier.ControlModifier)
    form.accept()
    qtbot.waitUntil(lambda: "sh-5" in world.shops and page.dialog is None, timeout=20000)
    made = world.shops["sh-5"]
    assert (made["key"], made["account"], made["risk_limit"]) == ("divan", "40702810000000000001", 500_000_00)
    qtbot.waitUntil(lambda: page.card.shop is not None and page.card.shop.id == "sh-5", timeout=20000)
    assert "Договор: номер и дата" in words_of(page.card)


def test_a_shop_gets_what_it_lacks_and_is_let_work(qtbot: QtBot, page: ShopsPage, world: World):
    words = show(qtbot, page, "sh-3")
    assert "Менеджер, который видит кабинет" in words
    for told in ("Зарегистрировался сам на сайте", "Ольга Петровна", "Торгует: Мебель", "Тот же ИНН: mebel"):
        assert told in words
    assert not page.card.first.isEnabled()
    button_named(qtbot, page.card, "Вписать…").click()
    form = page.card.dialog
    assert isinstance(form, ShopForm)
    assert not form.fields["key"].editor.isEnabled()
    form.fill({"contract": "7/26", "account": FORM["account"]})
    form.ok.click()
    qtbot.waitUntil(lambda: world.shops["sh-3"]["contract"] == "7/26", timeout=20000)
    qtbot.waitUntil(lambda: page.card.dialog is None and page.card.shop.lacking == ("manager",), timeout=20000)
    button_named(qtbot, page.card, "Дать доступ…").click()
    access = page.card.dialog
    assert isinstance(access, AccessDialog)
    access.fill({"name": "Ольга"})
    access.ok.click()
    qtbot.waitUntil(lambda: isinstance(page.card.dialog, SecretDialog), timeout=20000)
    secret = page.card.dialog
    assert isinstance(secret, SecretDialog)
    secret.kept.click()
    secret.ok.click()
    qtbot.waitUntil(lambda: page.card.first.isEnabled(), timeout=20000)
    press(page.table, Qt.Key.Key_Return)
    sure = page.card.dialog
    assert isinstance(sure, SureDialog)
    sure.ok.click()
    qtbot.waitUntil(lambda: world.shops["sh-3"]["state"] == "active", timeout=20000)
    qtbot.waitUntil(lambda: not page.card.first.isVisible(), timeout=20000)


def test_a_shop_is_suspended_and_closed_with_a_reason(qtbot: QtBot, page: ShopsPage, session: Session, world: World):
    show(qtbot, page, "sh-1")
    page.card.step("suspend")
    dialog = page.card.dialog
    assert isinstance(dialog, ReasonDialog)
    assert not dialog.ok.isEnabled()
    dialog.field.setPlainText("жалобы покупателей")
    dialog.ok.click()
    qtbot.waitUntil(lambda: world.shops["sh-1"]["state"] == "suspended", timeout=20000)
    qtbot.waitUntil(lambda: "жалобы покупателей" in words_of(page.card), timeout=20000)
    assert page.card.first.accessibleName() == "Возобновить работу"
    page.card.step("close")
    again = page.card.dialog
    assert isinstance(again, ReasonDialog)
    assert "нельзя" in words_of(again)
    again.field.setPlainText("договор расторгнут")
    with qtbot.waitSignal(session.refused, timeout=20000) as refused:
        again.ok.click()
    assert refused.args[0].code == "shop.busy"
    for record in world.loans.values():
        record.card["ended_at"] = record.card["made_at"]
    page.card.step("close")
    last = page.card.dialog
    assert isinstance(last, ReasonDialog)
    last.field.setPlainText("договор расторгнут")
    last.ok.click()
    qtbot.waitUntil(lambda: world.shops["sh-1"]["state"] == "closed", timeout=20000)
    qtbot.waitUntil(lambda: not page.card.edit.isEnabled() and not page.card.give.isEnabled(), timeout=20000)


def test_a_key_is_shown_once_and_taken_back(qtbot: QtBot, page: ShopsPage, world: World):
    show(qtbot, page, "sh-2")
    page.card.give_site.click()
    form = page.card.dialog
    assert isinstance(form, AccessDialog)
    assert form.kind == "shop_site"
    assert nameless(form) == []
    form.ok.click()
    assert "Чей" in form.fields["name"].error.text()
    form.fill({"name": "tehnika.example"})
    form.ok.click()
    qtbot.waitUntil(lambda: isinstance(page.card.dialog, SecretDialog), timeout=20000)
    secret = page.card.dialog
    assert isinstance(secret, SecretDialog)
    assert nameless(secret) == []
    token = secret.secret.text()
    assert token.startswith("kvitshop_")
    assert token not in repr(world.shops)
    secret.copy.click()
    assert QApplication.clipboard().text() == token
    secret.reject()  # Esc does not lose it
    assert secret.isVisible()
    secret.kept.click()
    secret.ok.click()
    assert secret.secret.text() == ""
    qtbot.waitUntil(lambda: page.card.dialog is None, timeout=20000)
    assert form.answer is None
    assert token not in words_of(page.card)
    page.card.access.select_row(0)
    page.card.revoke()
    sure = page.card.dialog
    assert isinstance(sure, SureDialog)
    sure.ok.click()
    qtbot.waitUntil(lambda: world.shops["sh-2"]["access"] == [], timeout=20000)


def test_a_tariff_follows_the_former_one(qtbot: QtBot, page: ShopsPage, world: World):
    show(qtbot, page, "sh-1")
    page.card.show_side("tariffs")
    assert page.card.tariffs.model().rowCount() == 2
    assert "выезды курьера оплачивает магазин" in words_of(page.card)
    press(page.table, 0, "t")
    qtbot.waitUntil(lambda: isinstance(page.card.dialog, TariffDialog), timeout=20000)
    form = page.card.dialog
    assert isinstance(form, TariffDialog)
    assert nameless(form) == []
    assert (form.text("percent"), form.visits.isChecked()) == ("2", True)
    form.fill({"percent": "много", "least": "500", "most": "100"})
    form.ok.click()
    assert "не процент" in form.fields["percent"].error.text()
    assert "меньше" in form.fields["most"].error.text()
    form.fill({"percent": "3,5", "most": ""})
    since = form.fields["since"].editor
    assert isinstance(since, QDateEdit)
    since.setDate(QDate(2020, 1, 1))
    form.ok.click()
    qtbot.waitUntil(lambda: "более поздней даты" in form.fields["since"].error.text(), timeout=20000)
    since.setDate(QDate.currentDate().addDays(10))
    form.ok.click()
    qtbot.waitUntil(lambda: page.card.tariffs.model().rowCount() == 3, timeout=20000)
    added = world.terms["tariffs"][0]
    assert (added["shop_id"], added["percent"], added["least"], added["most"]) == ("sh-1", "3.5", 500_00, None)
    states = [page.card.tariffs.model().index(row, 3).data() for row in range(3)]
    assert states == ["будет", "действует", "прежний"]


def test_terms_of_everybody_are_set_from_a_day_on(qtbot: QtBot, page: ShopsPage, world: World):
    press(page.table, 0, "u")
    terms = page.dialog
    assert isinstance(terms, TermsDialog)
    qtbot.waitUntil(lambda: terms.new.isEnabled() and terms.tables["lenders"].model().rowCount() == 2, timeout=20000)
    assert nameless(terms) == []
    terms.tables["lenders"].select_row(1)
    terms.make()
    lender = terms.dialog
    assert isinstance(lender, LenderTermsDialog)
    assert lender.segments["furniture"].isChecked() and not lender.segments["electronics"].isChecked()
    lender.fill({"months": "6, год"})
    lender.ok.click()
    assert "Целые числа" in lender.fields["months"].error.text()
    lender.fill({"months": "6 10", "categories": "garden"})
    lender.segments["appliances"].setChecked(False)
    lender.ok.click()
    qtbot.waitUntil(lambda: world.terms["lenders"][0]["months"] == [6, 10], timeout=20000)
    assert world.terms["lenders"][0]["categories"] == ["furniture", "garden"]
    qtbot.waitUntil(lambda: terms.dialog is None and terms.tables["lenders"].model().rowCount() == 3, timeout=20000)
    press(terms, 0, "2")
    terms.make()
    signing = terms.dialog
    assert isinstance(signing, SigningDialog)
    signing.fill({"way": "courier", "region": "7"})
    signing.ok.click()
    assert "Две цифры" in signing.fields["region"].error.text()
    signing.fill({"region": "78"})
    signing.covered.setChecked(False)
    signing.ok.click()
    qtbot.waitUntil(lambda: world.terms["signing"][0]["region"] == "78", timeout=20000)
    assert world.terms["signing"][0]["covered"] is False
    qtbot.waitUntil(lambda: terms.dialog is None, timeout=20000)
    press(terms, 0, "3")
    assert terms.side == "tariffs" and terms.tables["tariffs"].model().rowCount() == 1


def test_a_colleague_was_faster(qtbot: QtBot, page: ShopsPage, world: World):
    show(qtbot, page, "sh-1")
    press(page.table, 0, "e")
    form = page.card.dialog
    assert isinstance(form, ShopForm)
    world.shops["sh-1"]["version"] += 1
    form.fill({"account": FORM["account"], "contract": "9/26"})
    form.ok.click()
    qtbot.waitUntil(lambda: "тем временем" in form.trouble.text(), timeout=20000)
    assert form.isVisible() and form.text("contract") == "9/26"


def test_what_the_service_refuses_is_said_and_nothing_typed_is_lost(
    qtbot: QtBot, page: ShopsPage, session: Session, daemon: FakeDaemon
):
    page.make()
    form = page.dialog
    assert isinstance(form, ShopForm)
    form.fill(FORM)
    daemon.refuse["/v1/shops"] = Problem(422, "shop.no_way", "Так нельзя.", "No way.")
    form.ok.click()
    qtbot.waitUntil(lambda: "Так нельзя." in form.trouble.text(), timeout=20000)
    daemon.stop()
    qtbot.waitUntil(lambda: not session.online, timeout=20000)
    assert not form.ok.isEnabled()
    assert "останется" in form.ok.toolTip()
    assert form.text("name") == FORM["name"]
    form.reject()
    assert not page.new.isEnabled() and not page.card.more.isEnabled()


def test_only_who_manages_shops_sees_the_page(qtbot: QtBot, session: Session, world: World):
    assert session.me is not None and ShopsPage.opens_to(session.me)
    become(qtbot, session, world, "manager")
    assert session.me is not None and not ShopsPage.opens_to(session.me)
