"""The accountant's page against the real matcher, the real API and a real database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFrame, QLabel
from pytestqt.qtbot import QtBot

from gateway.api.tokens import create_user
from gateway.core.authority import SERVICE
from gateway.core.catalogue import entries as catalogue
from gateway.flows.paid_to_pick import decide_payment
from gateway.flows.terms import Terms
from gateway.payments.registries.tables import payout_registries
from gateway.store import Store
from gui.api.types import Payment
from gui.settings import Settings
from gui.store.session import Session
from gui.views.payments import PaymentsPage
from gui.views.payout import RegistryCard
from gui.views.purpose import words_at
from gui.views.reasons import knows
from tests.api.conftest import ADMINISTRATOR
from tests.api.conftest import shop as shop
from tests.api.shop import COMPANY, Shop, at
from tests.gui.conftest import end
from tests.gui.real.conftest import announce

RAMA, BEREG = "7707083893", "7709876540"
PURPOSE = "Оплата за ООО «Рама» ИНН 7707083893  по счетам № 125, 126 за рамки, НДС не облагается"
STRANGER = {"party_name": "ООО «Омега»", "party_inn": "6312000014", "purpose": PURPOSE, "search": "омега"}


class Person:
    """Somebody at the payments page."""

    def __init__(self, qtbot: QtBot, folder: Path, url: str, token: str) -> None:
        self.qtbot = qtbot
        self.session = Session(announce(folder / "home", url, token), second_ms=20)
        self.session.start()
        qtbot.waitUntil(lambda: self.session.online, timeout=20000)
        self.page = PaymentsPage(self.session, Settings(folder / "tray.ini"))
        qtbot.addWidget(self.page)
        self.page.resize(1300, 800)
        self.page.show()
        self.page.reload()
        qtbot.waitUntil(lambda: self.page.model.loaded, timeout=20000)

    def look_at(self, payment_id: str) -> Payment:
        self.page.show_item(payment_id)
        panel = self.page.decision
        self.qtbot.waitUntil(lambda: panel.payment is not None and panel.payment.id == payment_id, timeout=20000)
        assert panel.payment is not None
        return panel.payment

    def sees(self, state: str) -> Payment:
        """The payment shown, once it is in this state."""
        panel = self.page.decision
        self.qtbot.waitUntil(lambda: panel.payment is not None and panel.payment.state == state, timeout=20000)
        assert panel.payment is not None
        return panel.payment


@pytest.fixture
def accountant(qtbot: QtBot, tmp_path: Path, url: str, tokens: dict[str, str]) -> Iterator[Person]:
    made = Person(qtbot, tmp_path / "one", url, tokens["accountant"])
    yield made
    end(made.session)


@pytest.fixture
def colleague(qtbot: QtBot, tmp_path: Path, url: str, store: Store) -> Iterator[Person]:
    with store.unit(ADMINISTRATOR) as unit:
        token = create_user(unit, "sidorova", "accountant", "ru")
        unit.commit()
    made = Person(qtbot, tmp_path / "two", url, token)
    yield made
    end(made.session)


@pytest.fixture
def waiting(shop: Shop, store: Store, terms: Terms) -> str:
    """A stranger pays for two invoices of a buyer he names: judged by the matcher, it waits for a person."""
    shop.invoice("125", counter=125, amount=60_00)
    shop.invoice("126", counter=126, amount=60_00)
    shop.invoice("7", counter=7, amount=30_00, buyer_name="ООО «Берег»", buyer_inn=BEREG, party=BEREG)
    return judged(shop, store, terms, amount=100_00, **STRANGER)


def judged(shop: Shop, store: Store, terms: Terms, **over: object) -> str:
    payment = shop.payment(state="new", outcome="", message_id=shop.message(), **over)
    with store.unit(SERVICE) as unit:
        decide_payment(unit, terms, payment)
        unit.commit()
    return payment


def test_the_matchers_own_offsets_mark_the_right_words(waiting: str, accountant: Person) -> None:
    payment = accountant.look_at(waiting)
    assert payment.purpose == PURPOSE, "two spaces and all"
    assert payment.suggestions, payment.decision
    spans = [r.span for s in payment.suggestions for r in s.reasons if r.span]
    assert payment.decision is not None
    spans += [r.span for r in payment.decision.reasons if r.span]
    marked = words_at(payment.purpose, spans)
    assert {"125", "126"} <= {word.strip("№ ,") for text in marked for word in text.split()}
    shown = accountant.page.decision.head.purpose
    assert "125" in shown.accessibleDescription()


def test_accept_remember_undo(qtbot: QtBot, waiting: str, accountant: Person) -> None:
    payment = accountant.look_at(waiting)
    panel = accountant.page.decision
    assert payment.can_learn is not None
    assert [buyer.party for buyer in payment.can_learn.buyers] == [RAMA]
    panel.toggle_learn()
    assert panel.learn is not None
    panel.learn.note.setText("письмо от 20.11")
    panel.accept_chosen()
    done = accountant.sees("manual")
    assert sum(part.amount for part in done.allocations) == sum(part for _, part in payment.suggestions[0].allocate)
    told = panel.undo.toolTip()
    assert all(f"со счёта {part.number}" in told for part in done.allocations)

    accountant.page.open_rules()
    rules = accountant.page.rules
    assert rules is not None
    qtbot.waitUntil(lambda: rules.rule is not None, timeout=20000)
    assert rules.rule is not None
    assert (rules.rule.payer_name, rules.rule.buyer, rules.rule.note) == (
        "ООО «Омега»",
        "ООО «Рама»",
        "письмо от 20.11",
    )
    rules._send_revoke(rules.rule, "ошибка")
    qtbot.waitUntil(lambda: "Отозвано" in rules.news.text.text() and rules.model.total == 0, timeout=20000)
    rules.reject()

    accountant.session.take_back()
    qtbot.waitUntil(lambda: "снято" in accountant.page.undo_bar.text.text(), timeout=20000)
    again = accountant.sees("needs_person")
    assert all(part.undone for part in again.allocations)


def test_a_split_over_the_invoices_of_two_buyers(qtbot: QtBot, waiting: str, accountant: Person) -> None:
    accountant.look_at(waiting)
    accountant.page.decision.open_by_hand()
    dialog = accountant.page.assign
    assert dialog is not None
    dialog.own.setChecked(False)
    for number in ("125", "7"):
        dialog.search.setText(number)
        dialog._ask()
        qtbot.waitUntil(
            lambda number=number: dialog.model.total > 0 and dialog.model.row(0).number == number, timeout=20000
        )
        dialog.add(dialog.model.row(0))
    assert [part.kopecks for part in dialog.parts] == [60_00, 30_00]
    assert dialog.left == 10_00
    assert not dialog.learn.isVisible(), "two buyers"
    dialog.accept()
    done = accountant.sees("manual")
    assert sorted((part.number, part.amount) for part in done.allocations) == [("125", 60_00), ("7", 30_00)]
    assert done.rest == 10_00


def test_two_accountants_at_once(qtbot: QtBot, waiting: str, accountant: Person, colleague: Person) -> None:
    mine = accountant.look_at(waiting)
    colleague.look_at(waiting)
    colleague.page.decision.accept_chosen()
    colleague.sees("manual")
    panel = accountant.page.decision
    panel._act("allocate", {"allocations": [list(mine.suggestions[0].allocate[0])], "note": ""}, lambda _: "", mine)
    qtbot.waitUntil(accountant.page.conflict.isVisible, timeout=20000)
    told = accountant.page.conflict.text.text()
    assert "sidorova" in told
    assert "Разнесено вручную" in told
    qtbot.waitUntil(lambda: panel.findChild(QFrame, "theirs") is not None, timeout=20000)
    theirs = panel.findChild(QFrame, "theirs")
    assert theirs is not None
    assert "sidorova" in theirs.accessibleName()


def test_a_payout_whose_registry_does_not_agree(shop: Shop, accountant: Person) -> None:
    registry = {
        "id": "r1", "company": COMPANY, "version": 1, "source": "acquirer", "partner_inn": "7701000001",
        "number": "118", "number_key": "118", "date": "2026-11-20", "gross": 100_00, "fee": 2_00, "net": 98_00,
        "lines_total": 100_00, "line_count": 1, "bad_rows": 0, "problems": "[]", "state": "waiting",
        "payment_id": None, "file_name": "118.csv", "sha256": "00", "mapping_id": "", "raw": b"x",
        "received_at": at(), "received_by": "accountant:x", "note": "", "search": "118",
    }  # fmt: skip
    shop.put(payout_registries, **registry)
    payment = shop.payment(state="needs_person", outcome="payout_unexplained", message_id=shop.message())
    shop.decision(
        payment,
        "proposal",
        "payout_unexplained",
        registry_id="r1",
        reasons=[
            {"code": "matching.registry", "values": {"number": "118", "date": "20.11.2026"}, "span": None},
            {
                "code": "matching.registry_differs",
                "values": {"expected": "98.00", "amount": "90.00", "difference": "-8.00"},
                "span": None,
            },
        ],
    )
    shown = accountant.look_at(payment)
    assert shown.registry is not None
    assert (shown.registry.number, shown.fee) == ("118", 0)
    [card] = accountant.page.decision.findChildren(RegistryCard)
    told = "\n".join(made.text() for made in card.findChildren(QLabel))
    assert "Реестр № 118 от 20.11.2026" in told
    assert "разница" in told


def test_every_code_of_the_matcher_has_a_verdict_here() -> None:
    unknown = [code for code in catalogue() if code.startswith("matching.") and not knows(code)]
    assert unknown == []
