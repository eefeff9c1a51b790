"""A shop between the real screens and the real service: taken in, given what it lacks, let work, suspended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from gateway.loans import access
from gui.settings import Settings
from gui.store.session import Session
from gui.views.confirm import ReasonDialog
from gui.views.settlement_dialogs import SureDialog
from gui.views.shops import ShopsPage
from gui.views.shops_access import AccessDialog, SecretDialog
from gui.views.shops_form import ShopForm
from gui.views.shops_terms import TermsDialog
from gui.views.shops_terms_forms import LenderTermsDialog, SigningDialog, TariffDialog
from tests.api.conftest import lending as lending
from tests.api.lending import Lending
from tests.gui.conftest import button_named, end
from tests.gui.real.conftest import announce
from tests.gui.test_other_pages import words_of
from tests.loans.house import BIC, COMPANY, new_shop

FORM = {
    "name": "ООО «Диван»", "key": "divan", "inn": "7707083893", "kpp": "770701001", "region": "77", "bic": BIC,
    "bank_name": "ПАО Сбербанк", "account": new_shop("divan").account, "email": "d@shop.example",
    "phone": "+7 495 123-45-67", "sites": "https://divan.example", "risk_limit": "500 000",
}  # fmt: skip


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path, lending: Lending) -> Iterator[ShopsPage]:
    """The page of the director, with its first shop on the screen."""
    tray = Session(announce(tmp_path / "tray", lending.url, lending.tokens["director"]), second_ms=20)
    tray.start()
    qtbot.waitUntil(lambda: tray.online, timeout=20000)
    made = ShopsPage(tray, Settings(tmp_path / "tray.ini"))
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.model.loaded and made.card.shop is not None, timeout=20000)
    yield made
    end(tray)


def test_a_shop_from_its_form_to_its_first_day_and_to_its_suspension(qtbot: QtBot, page: ShopsPage, lending: Lending):
    page.make()
    form = page.dialog
    assert isinstance(form, ShopForm)
    form.fill({**FORM, "inn": "7707083894", "account": FORM["account"][:-1] + "2", "key": "mebel"})
    form.ok.click()
    qtbot.waitUntil(lambda: "контрольная цифра" in form.fields["inn"].error.text(), timeout=20000)
    assert "не сходится ключ" in form.fields["account"].error.text()
    assert "занято" in form.fields["key"].error.text()
    form.fill(FORM)
    form.ok.click()
    qtbot.waitUntil(lambda: page.card.shop is not None and page.card.shop.key == "divan", timeout=20000)
    shop = page.card.shop
    assert shop is not None and shop.lacking == ("contract", "manager")
    page.card.amend()
    again = page.card.dialog
    assert isinstance(again, ShopForm)
    again.fill({"contract": "7/26 от 12.01.2026"})
    again.ok.click()
    qtbot.waitUntil(lambda: page.card.dialog is None and page.card.shop.lacking == ("manager",), timeout=20000)
    button_named(qtbot, page.card, "Дать доступ…").click()
    whom = page.card.dialog
    assert isinstance(whom, AccessDialog)
    whom.fill({"name": "Ольга"})
    whom.ok.click()
    qtbot.waitUntil(lambda: isinstance(page.card.dialog, SecretDialog), timeout=20000)
    secret = page.card.dialog
    assert isinstance(secret, SecretDialog)
    with lending.house.store.reading() as connection:
        entrant = access.enter(connection, COMPANY, secret.secret.text())
    assert entrant is not None and entrant.actor.party == shop.id
    secret.kept.click()
    secret.ok.click()
    qtbot.waitUntil(lambda: page.card.dialog is None and page.card.first.isEnabled(), timeout=20000)
    page.card.step("activate")
    sure = page.card.dialog
    assert isinstance(sure, SureDialog)
    sure.ok.click()
    qtbot.waitUntil(lambda: page.card.shop.state == "active", timeout=20000)
    page.card.step("suspend")
    reason = page.card.dialog
    assert isinstance(reason, ReasonDialog)
    reason.field.setPlainText("жалобы покупателей")
    reason.ok.click()
    qtbot.waitUntil(lambda: page.card.shop.state == "suspended", timeout=20000)
    qtbot.waitUntil(lambda: "user-director: жалобы покупателей" in words_of(page.card), timeout=20000)
    page.card.show_side("access")
    page.card.access.select_row(0)
    page.card.revoke()
    gone = page.card.dialog
    assert isinstance(gone, SureDialog)
    gone.ok.click()
    qtbot.waitUntil(lambda: page.card.shop.access == (), timeout=20000)


def test_terms_are_set_from_a_day_on(qtbot: QtBot, page: ShopsPage):
    page.card.set_tariff()
    qtbot.waitUntil(lambda: isinstance(page.card.dialog, TariffDialog), timeout=20000)
    tariff = page.card.dialog
    assert isinstance(tariff, TariffDialog)
    tariff.fill({"percent": "120", "lender": "rest", "base": "goods", "payer": "lender"})
    tariff.visits.setChecked(True)
    tariff.ok.click()
    qtbot.waitUntil(lambda: "от 0 до 100" in tariff.fields["percent"].error.text(), timeout=20000)
    tariff.fill({"percent": "3,5"})
    tariff.ok.click()
    qtbot.waitUntil(lambda: any(one.shop_id for one in page.card.shop.tariffs), timeout=20000)
    own = page.card.shop.tariffs[0]
    assert (own.percent, own.lender_title, own.base, own.payer, own.visits) == (
        "3.5", "Банк «Отдых»", "goods", "lender", True,
    )  # fmt: skip
    page.show_terms()
    terms = page.dialog
    assert isinstance(terms, TermsDialog)
    qtbot.waitUntil(lambda: terms.new.isEnabled() and len(terms.terms.lenders) == 2, timeout=20000)
    terms.make()
    lender = terms.dialog
    assert isinstance(lender, LenderTermsDialog)
    lender.fill({"rate": "900"})
    lender.segments["furniture"].click()
    lender.ok.click()
    qtbot.waitUntil(lambda: "вне допустимого" in lender.fields["rate"].error.text(), timeout=20000)
    lender.fill({"rate": "19,9"})
    lender.ok.click()
    qtbot.waitUntil(lambda: terms.dialog is None and len(terms.terms.lenders) == 3, timeout=20000)
    assert (terms.terms.lenders[0].rate, terms.terms.lenders[0].categories) == ("19.9", ("furniture",))
    terms.show_side("signing")
    terms.make()
    signing = terms.dialog
    assert isinstance(signing, SigningDialog)
    region = signing.fields["region"].editor
    assert isinstance(region, QLineEdit)
    region.setText("99")
    signing.ok.click()
    qtbot.waitUntil(lambda: any(one.region == "99" for one in terms.terms.signing), timeout=20000)
