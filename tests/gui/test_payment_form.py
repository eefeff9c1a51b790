"""The form of a new payment order: nothing typed is lost, every error stands at its field, warnings are confirmed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QComboBox, QPlainTextEdit
from pytestqt.qtbot import QtBot

from gateway.core.money import Money
from gateway.payments.outgoing.rules_vat import add_vat
from gui.api.errors import Rejected
from gui.api.fake import FakeDaemon, World
from gui.api.fake.story_outgoing import BAGET, OWN, ROAD, TAXES
from gui.api.fake.world import Problem
from gui.models.payment_form import VAT_RATES, Draft, field_of, with_vat, without_vat
from gui.settings import Settings
from gui.store.session import Session
from gui.views.bank import BankPage
from gui.views.payment_form import PaymentForm
from tests.gui.conftest import press, type_text
from tests.gui.test_bank_page import DONE, go_to
from tests.gui.test_house import nameless

TAX = "po-121"


@pytest.fixture
def page(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[BankPage]:
    made = BankPage(session, settings)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.model.loaded and made.bank is not None, timeout=20000)
    yield made


@pytest.fixture
def form(qtbot: QtBot, page: BankPage) -> PaymentForm:
    press(page.table, 0, "т")  # the N key on a Russian layout
    assert page.form is not None
    qtbot.waitExposed(page.form)
    return page.form


def put(form: PaymentForm, name: str, text: str) -> None:
    """Type into a field, letter by letter."""
    editor = form.fields[name].editor
    if isinstance(editor, QComboBox):
        editor.setCurrentIndex(editor.findData(text))
        return
    editor.clear()  # type: ignore[attr-defined]
    type_text(editor, text)


def fill(form: PaymentForm, **changed: str) -> None:
    """A good order to a payee we know."""
    good = {
        "payee.name": BAGET.name,
        "payee.account": BAGET.account,
        "payee.inn": BAGET.inn,
        "payee.kpp": BAGET.kpp,
        "payee.corr_account": BAGET.corr,
        "payee.bic": BAGET.bic,
        "payee.bank_name": BAGET.bank,
        "amount": "12 500,5",
        "vat": "22",
        "purpose": "Оплата по счету № 90 от 21.11.2026 за багет",
    }
    for name, text in {**good, **changed}.items():
        put(form, name, text)


def newest(world: World) -> str:
    return next(name for name in reversed(world.outgoing) if name.startswith("po-n"))


# --- without a widget ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vat", ["", "none", *VAT_RATES])
@pytest.mark.parametrize(
    "purpose",
    [
        "Оплата по счету № 7",
        "За багет.",
        "  два   пробела ",
        "Аванс, НДС не облагается",
        "без налога (НДС)",
        "СНДСП",
        "",
    ],
)
def test_the_preview_is_what_the_service_will_write(vat: str, purpose: str):
    for kopecks in (1, 99, 1_250_050, 10**12 + 7):
        assert with_vat(purpose, vat, kopecks) == add_vat(" ".join(purpose.split()), vat, Money(kopecks))


@pytest.mark.parametrize("vat", ["none", *VAT_RATES])
def test_a_copy_takes_the_words_about_vat_off_and_adds_them_again(vat: str):
    whole = with_vat("Оплата по счету № 7 за багет", vat, 100_000)
    bare, found = without_vat(whole)
    assert (bare, found) == ("Оплата по счету № 7 за багет", vat)
    assert with_vat(bare, found, 200_000) == with_vat("Оплата по счету № 7 за багет", vat, 200_000)


def test_words_about_vat_of_somebody_else_are_left_alone():
    for purpose in ("Оплата. НДС 20% - 100-00", "Оплата", "В т.ч. НДС (17%) 1-00"):
        assert without_vat(purpose) == (purpose, "")


@pytest.mark.parametrize(
    ("code", "values", "field"),
    [
        ("requisites.account_key", {}, "payee.account"),
        ("requisites.bic", {}, "payee.bic"),
        ("outgoing.no_vat", {}, "vat"),
        ("outgoing.tax_kbk", {"value": "1"}, "tax.kbk"),
        ("outgoing.whatever", {"about": "payee.kpp"}, "payee.kpp"),
        ("api.invalid", {"where": "payee.bic"}, "payee.bic"),
        ("outgoing.characters", {"characters": "☎"}, "purpose"),
        ("outgoing.characters", {"characters": "♥ U+0007"}, "payee.name"),
        ("outgoing.same_person", {}, ""),
    ],
)
def test_an_error_finds_its_field(code: str, values: dict[str, str], field: str):
    draft = Draft({"payee.name": "ООО ♥", "purpose": "звоните ☎"})
    assert field_of(Rejected(code, status=422, values=values), draft) == field


def test_every_rule_of_the_service_is_about_a_field_the_form_has(form: PaymentForm):
    from gui.models.payment_form import _FIELD_OF

    assert {name for name in _FIELD_OF.values() if name != "tax"} <= set(form.fields)


# --- typing and sending ----------------------------------------------------------------------------------------------


def test_an_order_is_proposed_and_shown(
    qtbot: QtBot, page: BankPage, form: PaymentForm, world: World, daemon: FakeDaemon
):
    assert nameless(form) == []
    fill(form)
    form._edit("amount").editingFinished.emit()
    assert form._edit("amount").text() == "12\u00a0500,50"
    assert form.preview.text().endswith("за багет. В т.ч. НДС (22%) 2254-19")
    assert form.fields["purpose"].note.text() == f"{len(with_vat(form.draft().text('purpose'), '22', 1_250_050))} / 210"
    send = [made for made in form.findChildren(QShortcut) if made.key() == QKeySequence("Ctrl+Return")]
    send[0].activated.emit()
    qtbot.waitUntil(lambda: page.form is None, timeout=20000)
    order = world.outgoing[newest(world)]
    assert (order.amount, order.account, order.payee) == (1_250_050, OWN, BAGET)
    assert order.purpose.endswith("за багет. В т.ч. НДС (22%) 2254-19")
    assert order.state == "waiting_approval"
    assert daemon.headers[-1]["Idempotency-Key"]
    qtbot.waitUntil(lambda: page.panel_of_order.name == order.id, timeout=20000)
    qtbot.waitUntil(lambda: page.model.find(order.id) >= 0, timeout=20000)
    assert "предложено" in page.news.text.text()


def test_what_is_missing_is_told_at_once_at_each_field(form: PaymentForm, daemon: FakeDaemon):
    before = len(daemon.headers)
    form.submit()
    wrong = {name for name, field in form.fields.items() if field.error.isVisible()}
    assert wrong == {"payee.name", "payee.account", "payee.bic", "amount", "purpose"}
    assert form.fields["payee.name"].editor.property("bad") == "true"
    assert form.fields["payee.name"].editor.accessibleDescription() == "Кто получит деньги?"
    put(form, "amount", "много")
    assert not form.fields["amount"].error.isVisible(), "the error goes as soon as one types"
    form.submit()
    assert "Это не сумма" in form.fields["amount"].error.text()
    assert len(daemon.headers) == before, "nothing was sent"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("payee.account", BAGET.account[:-1] + "9", "не сходится ключ"),
        ("payee.inn", "123", "не существует"),
        ("payee.bic", "144525225", "БИК"),
        ("vat", "", "Выберите ставку"),
        ("purpose", "Оплата ♥, НДС не облагается", "♥"),
    ],
)
def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(
    qtbot: QtBot, page: BankPage, form: PaymentForm, world: World, name: str, text: str, words: str
):
    fill(form, **{name: text})
    typed = form.draft()
    form.submit()
    qtbot.waitUntil(lambda: form.fields[name].error.isVisible(), timeout=20000)
    assert words in form.fields[name].error.text()
    assert [n for n, field in form.fields.items() if field.error.isVisible()] == [name]
    assert form.draft() == typed
    assert page.form is form
    qtbot.waitUntil(form.ok.isEnabled, timeout=20000)
    put(form, name, {"vat": "none", "payee.account": BAGET.account}.get(name, getattr(BAGET, name.split(".")[-1], "")))
    if name == "purpose":
        put(form, name, "Оплата по счету № 90")
    form.submit()
    qtbot.waitUntil(lambda: page.form is None, timeout=20000)
    assert world.outgoing[newest(world)].payee == BAGET


def test_an_error_of_no_field_is_told_above(qtbot: QtBot, form: PaymentForm, daemon: FakeDaemon):
    fill(form)
    daemon.refuse["/v1/outgoing"] = Problem(422, "x.strange", "Так нельзя.", "No.", "Сделайте иначе.", "")
    form.submit()
    qtbot.waitUntil(form.trouble.isVisible, timeout=20000)
    assert form.trouble.text() == "Так нельзя. Сделайте иначе."
    assert form.draft().kopecks == 1_250_050


def test_a_lost_link_loses_nothing_and_the_repeat_is_the_same_request(
    qtbot: QtBot, page: BankPage, form: PaymentForm, daemon: FakeDaemon, world: World, session: Session
):
    fill(form)
    daemon.refuse["/v1/outgoing"] = Problem(503, "api.busy", "Служба занята.", "Busy.")
    form.submit()
    qtbot.waitUntil(form.trouble.isVisible, timeout=20000)
    first = daemon.hits.count("POST /v1/outgoing")
    daemon.refuse.clear()
    body = form.draft().body()
    key = form._form.key("/v1/outgoing", body)
    form.submit()
    qtbot.waitUntil(lambda: page.form is None, timeout=20000)
    assert daemon.hits.count("POST /v1/outgoing") == first + 1
    assert daemon.headers[-1]["Idempotency-Key"] == key, "the key was made when the form was opened"
    assert sum(name.startswith("po-n") for name in world.outgoing) == 1


def test_offline_the_form_stays_and_says_so(qtbot: QtBot, form: PaymentForm, daemon: FakeDaemon, session: Session):
    fill(form)
    typed = form.draft()
    daemon.stop()
    daemon.stop = lambda: None  # type: ignore[method-assign]  # the fixture stops it once more
    qtbot.waitUntil(lambda: not session.online, timeout=20000)
    assert not form.ok.isEnabled()
    assert "останется здесь" in form.ok.toolTip()
    form.submit()
    assert form.draft() == typed


def test_what_was_typed_waits_for_the_next_time(qtbot: QtBot, page: BankPage, form: PaymentForm):
    put(form, "payee.name", "ООО «Недописано»")
    form.reject()
    qtbot.waitUntil(lambda: page.form is None, timeout=20000)
    page.open_new()
    assert page.form is not None
    assert page.form.draft().text("payee.name") == "ООО «Недописано»"
    page.form.empty.click()
    assert page.form.draft().text("payee.name") == ""
    page.form.reject()
    qtbot.waitUntil(lambda: page.form is None, timeout=20000)
    page.open_new()
    assert page.form is not None
    assert not page.form.draft().touched


def test_the_purpose_is_counted_with_what_the_service_adds(form: PaymentForm):
    fill(form, purpose="х" * 200, vat="none")
    note = form.fields["purpose"].note
    assert note.text() == "219 / 210"
    assert note.property("tone") == "bad"
    form.submit()
    assert "219 знаков" in form.fields["purpose"].error.text()
    put(form, "vat", "")
    assert note.text() == "200 / 210"


# --- warnings --------------------------------------------------------------------------------------------------------


def test_a_repeated_payment_is_confirmed_by_name(
    qtbot: QtBot, page: BankPage, world: World, daemon: FakeDaemon, qapp: QApplication
):
    go_to(qtbot, page, DONE)
    press(page.table, 0, "с")  # the C key on a Russian layout: pay again
    form = page.form
    assert form is not None
    again = form.draft()
    assert again.text("payee.name") == ROAD.name
    assert again.text("payee.account") == ROAD.account
    assert again.text("amount") == "", "the sum belongs to the payment, not to the payee"
    assert (again.text("purpose"), again.text("vat")) == ("Оплата перевозки, заявка 433", "22")
    assert QApplication.focusWidget() is form._edit("amount") or not form.isActiveWindow()
    put(form, "amount", "19800")
    before = set(world.outgoing)
    form.submit()
    qtbot.waitUntil(lambda: form.confirm is not None, timeout=20000)
    dialog = form.confirm
    assert dialog is not None
    assert nameless(dialog) == []
    assert not dialog.ok.isEnabled()
    dialog.reject()
    qtbot.waitUntil(lambda: form.confirm is None, timeout=20000)
    assert set(world.outgoing) == before
    assert form.ok.isEnabled()
    form.submit()
    qtbot.waitUntil(lambda: form.confirm is not None, timeout=20000)
    assert form.confirm is not None
    for tick in form.confirm.boxes:
        tick.click()
    form.confirm.ok.click()
    qtbot.waitUntil(lambda: page.form is None, timeout=20000)
    assert len(set(world.outgoing) - before) == 1
    keys = [h["Idempotency-Key"] for h in daemon.headers[-2:]]
    assert keys[0] != keys[1], "another input goes under another key"


def test_several_warnings_want_several_ticks(qtbot: QtBot, page: BankPage, form: PaymentForm, world: World):
    other = "40702810900000011111"
    from gui.api.fake.story_outgoing import keyed

    fill(form, **{"payee.account": keyed(other, BAGET.bic), "amount": "96400"})
    form.submit()
    qtbot.waitUntil(lambda: form.confirm is not None, timeout=20000)
    dialog = form.confirm
    assert dialog is not None
    assert dialog.codes == ["outgoing.lookalike", "outgoing.duplicate"]
    dialog.boxes[0].click()
    assert not dialog.ok.isEnabled()
    dialog.boxes[1].click()
    dialog.ok.click()
    qtbot.waitUntil(lambda: page.form is None, timeout=20000)
    assert [w["code"] for w in world.outgoing[newest(world)].warnings] == dialog.codes


# --- the budget ------------------------------------------------------------------------------------------------------


def test_an_account_of_the_budget_opens_its_fields(qtbot: QtBot, page: BankPage, form: PaymentForm, world: World):
    assert not form.fields["tax.kbk"].isVisible()
    put(form, "payee.account", TAXES.account)
    assert form.is_tax.isChecked()
    assert form.fields["tax.kbk"].isVisible()
    assert not form.fields["vat"].isEnabled()
    fill(
        form,
        **{
            "payee.name": TAXES.name,
            "payee.inn": TAXES.inn,
            "payee.kpp": TAXES.kpp,
            "payee.account": TAXES.account,
            "payee.bic": TAXES.bic,
            "payee.corr_account": TAXES.corr,
            "purpose": "Единый налоговый платеж",
            "tax.status": "01",
            "tax.kbk": "1820106",
        },
    )
    form.submit()
    qtbot.waitUntil(lambda: form.fields["tax.kbk"].error.isVisible(), timeout=20000)
    put(form, "tax.kbk", "18201061201010000510")
    form.submit()
    qtbot.waitUntil(lambda: page.form is None, timeout=20000)
    order = world.outgoing[newest(world)]
    assert order.kind == "tax"
    assert order.tax == {
        "status": "01",
        "kbk": "18201061201010000510",
        **dict.fromkeys(("oktmo", "basis", "period", "doc_no", "doc_date"), "0"),
    }
    assert order.purpose == "Единый налоговый платеж", "no words about VAT in a tax"


def test_who_unticks_the_budget_is_told_once_and_not_overruled(qtbot: QtBot, form: PaymentForm):
    fill(form, **{"payee.account": TAXES.account, "payee.bic": TAXES.bic})
    form.is_tax.setChecked(False)
    put(form, "payee.account", TAXES.account)
    assert not form.is_tax.isChecked()
    form.submit()
    qtbot.waitUntil(form._tax_error.isVisible, timeout=20000)
    assert "101–109" in form._tax_error.text()


def test_a_tax_is_copied_with_its_fields(qtbot: QtBot, page: BankPage):
    go_to(qtbot, page, TAX)
    assert page.panel_of_order.order is not None
    page.open_again(page.panel_of_order.order)
    assert page.form is not None
    assert page.form.is_tax.isChecked()
    assert page.form.draft().body()["tax"]["kbk"] == "18201061201010000510"


def test_the_keyboard_reaches_every_field_in_order(form: PaymentForm, qapp: QApplication):
    order = []
    widget = form.fields["account"].editor
    for _ in range(400):
        name = next((n for n, f in form.fields.items() if f.editor is widget), None)
        if name and name not in order:
            order.append(name)
        widget = widget.nextInFocusChain()
    visible = [n for n in form.fields if not n.startswith("tax.")]
    assert [n for n in order if n in visible] == visible
    purpose = form.fields["purpose"].editor
    assert isinstance(purpose, QPlainTextEdit)
    assert purpose.tabChangesFocus(), "Tab leaves the purpose and writes no tab into it"
