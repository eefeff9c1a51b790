"""A payment order from the form to the second signature, between the real screens and the real service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from gateway.core.requisites import with_key
from gui.settings import Settings
from gui.store.session import Session
from gui.views.bank import BankPage
from tests.gui.conftest import end
from tests.gui.real.conftest import BIC, CORR, announce

PAYEE = with_key("40702810000000000777", BIC)
GOOD = {
    "payee.name": "ООО «Багет-Опт»",
    "payee.inn": "7728168971",
    "payee.kpp": "772801001",
    "payee.account": PAYEE,
    "payee.bic": BIC,
    "payee.bank_name": "ПАО Сбербанк",
    "payee.corr_account": CORR,
    "amount": "12 500,00",
    "purpose": "Оплата по счету № 77 за багет",
    "vat": "22",
}


class Person:
    """Somebody at the bank page."""

    def __init__(self, qtbot: QtBot, folder: Path, url: str, token: str) -> None:
        self.session = Session(announce(folder / "home", url, token), second_ms=20)
        self.session.start()
        qtbot.waitUntil(lambda: self.session.online, timeout=20000)
        self.page = BankPage(self.session, Settings(folder / "tray.ini"))
        qtbot.addWidget(self.page)
        self.page.resize(1300, 800)
        self.page.show()
        self.page.reload()
        qtbot.waitUntil(lambda: self.page.bank is not None, timeout=20000)


@pytest.fixture
def accountant(qtbot: QtBot, tmp_path: Path, url: str, tokens: dict[str, str]) -> Iterator[Person]:
    made = Person(qtbot, tmp_path / "one", url, tokens["accountant"])
    yield made
    end(made.session)


@pytest.fixture
def director(qtbot: QtBot, tmp_path: Path, url: str, tokens: dict[str, str]) -> Iterator[Person]:
    made = Person(qtbot, tmp_path / "two", url, tokens["director"])
    yield made
    end(made.session)


def write(page: BankPage, **changed: str) -> None:
    assert page.form is not None
    for name, text in {**GOOD, **changed}.items():
        editor = page.form.fields[name].editor
        if isinstance(editor, QLineEdit):
            editor.setText(text)
        elif isinstance(editor, QPlainTextEdit):
            editor.setPlainText(text)
        elif isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(text))


def tick_all(qtbot: QtBot, page: BankPage) -> None:
    assert page.form is not None
    form = page.form
    qtbot.waitUntil(lambda: form.confirm is not None, timeout=20000)
    assert form.confirm is not None
    for box in form.confirm.boxes:
        box.click()
    form.confirm.ok.click()
    qtbot.waitUntil(lambda: page.form is None, timeout=20000)


def test_two_people_pay(qtbot: QtBot, accountant: Person, director: Person):
    one, two = accountant.page, director.page
    assert one.strip.cards["bxd:one"].said.pill.text == "ещё не спрашивали"
    one.open_new()
    write(one)
    assert one.form is not None
    promised = one.form.draft().purpose()
    one.form.submit()
    tick_all(qtbot, one)  # a payee nobody has paid before
    qtbot.waitUntil(lambda: one.model.loaded and one.model.total == 1, timeout=20000)
    qtbot.waitUntil(lambda: one.panel_of_order.order is not None, timeout=20000)
    order = one.panel_of_order.order
    assert order is not None
    assert (order.state, order.amount, order.purpose) == ("waiting_approval", 1_250_000, promised)
    assert not one.panel_of_order.decisions.sign.isEnabled()
    assert "Вы уже подписали" in one.panel_of_order.decisions.sign.toolTip()

    two.reload()
    qtbot.waitUntil(lambda: two.panel_of_order.order is not None, timeout=20000)
    panel = two.panel_of_order
    assert panel.order is not None
    assert [warning.about for warning in panel.order.warnings] == [w.about for w in order.warnings] != []
    panel.decisions.sign.click()
    qtbot.waitUntil(lambda: panel.decisions.dialog is not None, timeout=20000)
    for box in panel.decisions.dialog.boxes:
        box.click()
    panel.decisions.dialog.ok.click()
    qtbot.waitUntil(lambda: panel.order is not None and panel.order.state == "approved", timeout=20000)
    assert panel.order.approved_by == ("user-accountant", "user-director")

    # The first person takes back what has changed under their hands: what counts is what they saw.
    stale = order
    assert stale.version < panel.order.version
    with qtbot.waitSignal(accountant.session.refused, timeout=20000):
        one.panel_of_order.decisions._act(stale, "withdraw", {"note": "поздно"}, "отозвано")
    qtbot.waitUntil(
        lambda: one.panel_of_order.order is not None and one.panel_of_order.order.state == "approved", timeout=20000
    )
    assert one.panel_of_order.decisions.withdraw.isEnabled()


def test_a_rejected_order_tells_its_reason(qtbot: QtBot, accountant: Person, director: Person):
    accountant.page.open_new()
    write(accountant.page)
    assert accountant.page.form is not None
    accountant.page.form.submit()
    tick_all(qtbot, accountant.page)
    two = director.page
    two.reload()
    qtbot.waitUntil(lambda: two.panel_of_order.order is not None, timeout=20000)
    two.panel_of_order.decisions.ask_reject()
    two.panel_of_order.decisions.dialog.field.setPlainText("счёт уже оплачен")
    two.panel_of_order.decisions.dialog.ok.click()
    qtbot.waitUntil(
        lambda: two.panel_of_order.order is not None and two.panel_of_order.order.state == "rejected", timeout=20000
    )
    assert two.panel_of_order.order is not None
    assert two.panel_of_order.order.note == "счёт уже оплачен"
    qtbot.waitUntil(lambda: two.model.counts.get("failed") == 1, timeout=20000)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"payee.account": PAYEE[:-1] + ("1" if PAYEE[-1] != "1" else "2")}, "payee.account"),
        ({"payee.bic": "999999999"}, "payee.bic"),
        ({"payee.inn": "7728168972"}, "payee.inn"),
        ({"payee.kpp": "12"}, "payee.kpp"),
        ({"payee.corr_account": "40101810400000000225"}, "payee.corr_account"),
        ({"payee.corr_account": ""}, "payee.corr_account"),
        ({"uin": "123"}, "uin"),
        ({"number": "12a"}, "number"),
        ({"vat": ""}, "vat"),
        ({"payee.name": "ООО ♥"}, "payee.name"),
        ({"purpose": "Оплата ☎"}, "purpose"),
        ({"payee.account": "03100643000000018500"}, "tax.kbk"),
        ({"amount": "99999999999999999"}, "amount"),
    ],
)
def test_each_refusal_of_the_service_finds_its_field(
    qtbot: QtBot, accountant: Person, change: dict[str, str], field: str
):
    page = accountant.page
    page.open_new()
    write(page, **change)
    form = page.form
    assert form is not None
    if field.startswith("tax."):
        form.fields["tax.status"].editor.setText("01")  # type: ignore[attr-defined]
        form.fields["payee.bic"].editor.setText("017003983")  # type: ignore[attr-defined]
        form.fields["payee.corr_account"].editor.setText("40102810445370000059")  # type: ignore[attr-defined]
        form.fields["payee.inn"].editor.setText("7727406020")  # type: ignore[attr-defined]
    form.submit()
    qtbot.waitUntil(lambda: form.ok.isEnabled() and (form.trouble.isVisible() or _wrong(form) != []), timeout=20000)
    assert (_wrong(form), form.trouble.text()) == ([field], "")
    assert len(form.fields[field].error.text()) > 10


def _wrong(form: object) -> list[str]:
    return [name for name, found in form.fields.items() if found.error.isVisible()]  # type: ignore[attr-defined]


def test_a_manager_sees_the_links_only(qtbot: QtBot, tmp_path: Path, url: str, tokens: dict[str, str]):
    person = Person(qtbot, tmp_path, url, tokens["manager"])
    try:
        assert list(person.page.strip.cards) == ["bxd:one"]
        assert not person.page.splitter.isVisible()
        assert not person.page.model.loaded
    finally:
        end(person.session)
