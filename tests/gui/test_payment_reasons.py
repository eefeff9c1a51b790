"""Why: words of the purpose light up by the facts read from them, differences in words, payouts with their registry."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QAccessible, QEnterEvent
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from gui import i18n
from gui.api.fake import World
from gui.api.types import PaymentFacts, SuggestedInvoice, Suggestion
from gui.theme import DARK, LIGHT, Tokens, contrast, theme
from gui.views.payments import PaymentsPage
from gui.views.payout import RegistryCard
from gui.views.purpose import highlight, words_at
from gui.views.reasons import ReasonLine
from gui.views.registries import RegistriesPage
from gui.views.shell import Shell
from gui.views.suggestion import differences
from gui.widgets.parts import Link
from tests.gui.test_payments_page import OVER, SHORT, go_to
from tests.gui.test_payments_page import page as page

STRANGER = "p-016"
EXPLAINED, UNEXPLAINED = "p-008", "p-007"


def pointing(qtbot: QtBot, page: PaymentsPage) -> list[ReasonLine]:
    """The facts on the screen that point at words, once they are drawn."""

    def found() -> list[ReasonLine]:
        return [line for line in page.decision.findChildren(ReasonLine) if line.points and line.isVisible()]

    qtbot.waitUntil(lambda: bool(found()), timeout=20000)
    return found()


def marked(page: PaymentsPage) -> str:
    return page.decision.head.purpose.text()


def loud(text: str) -> list[str]:
    """The words that are marked louder."""
    return re.findall(rf'<span style="background-color:{theme.tokens.accent};[^>]*>([^<]*)</span>', text)


def plain(rich: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", rich))


# --- words and facts -------------------------------------------------------------------------------------------------

SPANS = st.tuples(st.integers(-5, 60), st.integers(-5, 60))


@given(st.text(max_size=50), st.lists(SPANS, max_size=5), st.none() | SPANS)
def test_marking_never_changes_a_letter(text: str, spans: list[tuple[int, int]], pointed: tuple[int, int] | None):
    assert plain(highlight(text, spans, pointed)) == text


def test_double_spaces_and_letters_beyond_the_basic_plane_stay_where_they_are(qtbot: QtBot):
    text = "оплата  🙂 сч 12"
    at = text.index("12")
    rich = highlight(text, [(at, at + 2)])
    assert ">12</span>" in rich
    shown = QLabel(rich)
    qtbot.addWidget(shown)
    assert "pre-wrap" in rich
    assert words_at(text, [(at, at + 2), (0, 6), (at, at + 2)]) == ["оплата", "12"]


def test_a_mark_is_more_than_a_colour():
    rich = highlight("сч 12", [(3, 5)])
    assert "text-decoration:underline" in rich
    assert "font-weight:600" in rich


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda t: t.name)
def test_marked_words_can_be_read(tokens: Tokens):
    assert contrast(tokens.text, tokens.mark) >= 4.5
    assert contrast(tokens.on_accent, tokens.accent) >= (4.5 if tokens is LIGHT else 3.9)


def test_a_fact_under_the_mouse_lights_up_its_words(qtbot: QtBot, page: PaymentsPage):
    go_to(qtbot, page, STRANGER)
    number, buyer = pointing(qtbot, page)
    assert loud(marked(page)) == []
    inside = QPointF(3, 3)
    QApplication.sendEvent(number, QEnterEvent(inside, inside, inside))
    assert loud(marked(page)) == ["1026"]
    QApplication.sendEvent(number, QEvent(QEvent.Type.Leave))
    assert loud(marked(page)) == []
    QApplication.sendEvent(buyer, QEnterEvent(inside, inside, inside))
    assert loud(marked(page)) == ["за ООО «Галерея на Песчаной»"]


def test_the_keyboard_goes_from_fact_to_fact(qtbot: QtBot, page: PaymentsPage, shell: Shell):
    go_to(qtbot, page, STRANGER)
    number, buyer = pointing(qtbot, page)
    shell.activateWindow()
    number.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: loud(marked(page)) == ["1026"], timeout=20000)
    assert number.nextInFocusChain() is not None
    buyer.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: loud(marked(page)) == ["за ООО «Галерея на Песчаной»"], timeout=20000)
    page.table.setFocus()
    qtbot.waitUntil(lambda: loud(marked(page)) == [], timeout=20000)


def test_a_screen_reader_hears_the_marked_words_and_each_verdict(qtbot: QtBot, page: PaymentsPage):
    go_to(qtbot, page, STRANGER)

    def heard(widget: QWidget, what: QAccessible.Text) -> str:
        return QAccessible.queryAccessibleInterface(widget).text(what)

    purpose = page.decision.head.purpose
    assert heard(purpose, QAccessible.Text.Name).startswith("Назначение: Оплата за рамы")
    assert "«1026»" in heard(purpose, QAccessible.Text.Description)
    number, buyer = pointing(qtbot, page)
    assert heard(number, QAccessible.Text.Name) == "номер счёта 1026 назван (говорит за)"
    assert heard(buyer, QAccessible.Text.Name) == "платит другое лицо (говорит против)"
    assert heard(number, QAccessible.Text.Description) == "В назначении: «1026»"


def test_the_words_are_redrawn_in_another_theme(qtbot: QtBot, page: PaymentsPage, qapp: QApplication):
    go_to(qtbot, page, SHORT)
    try:
        theme.apply(qapp, "dark", 1.0)
        assert DARK.mark in marked(page)
    finally:
        theme.apply(qapp, "light", 1.0)
    assert LIGHT.mark in marked(page)


# --- differences -----------------------------------------------------------------------------------------------------


def suggestion(rest: int, given: int, left: int) -> Suggestion:
    invoice = SuggestedInvoice(invoice_id="i", number="1", amount=rest, rest=rest)
    return Suggestion(rank=1, invoices=(invoice,), allocate=(("i", given),), difference=left)


@pytest.mark.parametrize(
    ("amount", "rest", "given", "left", "told"),
    [
        (10_000, 10_000, 10_000, 0, [("сходится до копейки", "ok")]),
        (10_000, 22_000, 10_000, 0, [("не хватает 120,00\u00a0₽", "warn")]),
        (18_000, 10_000, 10_000, 8_000, [("останется аванс 80,00\u00a0₽", "warn")]),
        (9_800, 10_000, 10_000, 0, [("сходится до копейки", "ok"), ("комиссия партнёра 2,00\u00a0₽", "info")]),
        (
            9_800,
            6_000,
            6_000,
            4_000,
            [("останется необъяснённым 40,00\u00a0₽", "warn"), ("комиссия партнёра 2,00\u00a0₽", "info")],
        ),
    ],
)
def test_the_difference_in_words(amount: int, rest: int, given: int, left: int, told: list[tuple[str, str]]):
    payment = PaymentFacts(id="p", version=1, amount=amount)
    assert [(pill.text, pill.tone) for pill in differences(payment, suggestion(rest, given, left))] == told


def test_the_difference_in_english(qapp: QApplication):
    i18n.install(qapp, "en")
    payment = PaymentFacts(id="p", version=1, amount=18_000)
    [pill] = differences(payment, suggestion(10_000, 10_000, 8_000))
    assert pill.text == "80.00\u00a0₽ stay as an advance"


def test_each_card_says_its_difference(qtbot: QtBot, page: PaymentsPage):
    go_to(qtbot, page, SHORT)
    [first, second] = page.decision.cards
    assert first.pills[0].text == "не хватает 500,00\u00a0₽"
    assert second.pills[0].text.startswith("не хватает ")
    assert "не хватает 500,00\u00a0₽, выбрано" in first.accessibleName()
    go_to(qtbot, page, OVER)
    assert page.decision.cards[0].pills[0].text == "останется аванс 1\u00a0200,00\u00a0₽"


# --- payouts ---------------------------------------------------------------------------------------------------------


def words_of(root: QWidget) -> str:
    return "\n".join(made.text() for made in root.findChildren(QLabel))


def test_a_payout_shows_registry_fee_and_that_it_agrees(qtbot: QtBot, page: PaymentsPage, world: World):
    payment = go_to(qtbot, page, EXPLAINED)
    [card] = page.decision.findChildren(RegistryCard)
    told = words_of(card)
    gross = sum(world.orders[f"o-{n}"].amount for n in (1057, 1058, 1059))
    assert "Реестр № 118 от" in told
    assert f"{gross // 100:,}".replace(",", "\u00a0") in told
    assert payment.fee == gross - payment.amount > 0
    assert payment.rest == 0
    assert "удержал партнёр" in told
    assert card.property("tone") == "ok"


@pytest.mark.parametrize(("payout", "registry"), [(EXPLAINED, "r-acq-1"), (UNEXPLAINED, "r-acq-2")])
def test_from_a_payout_one_goes_to_its_registry_and_back(
    qtbot: QtBot, page: PaymentsPage, shell: Shell, payout: str, registry: str
):
    go_to(qtbot, page, payout)
    [card] = page.decision.findChildren(RegistryCard)
    [link] = card.findChildren(Link)
    assert link.text() == "К реестру"
    assert link.accessibleName().startswith("Показать реестр № ")
    link.click()
    registries = shell.pages["registries"]
    assert isinstance(registries, RegistriesPage)
    assert shell.current is registries
    panel = registries.panel_of_registry
    qtbot.waitUntil(lambda: panel.registry is not None and panel.registry.id == registry, timeout=20000)
    assert panel.to_payment.isVisible() is (payout == EXPLAINED)
    if payout == EXPLAINED:
        panel.to_payment.click()
        assert shell.current is page
        assert page.decision.name == payout


def test_a_payout_without_a_registry_has_no_way_to_one(qtbot: QtBot, page: PaymentsPage):
    payment = go_to(qtbot, page, UNEXPLAINED)
    card = RegistryCard(replace(payment, registry=None))
    qtbot.addWidget(card)
    assert card.findChildren(Link) == []


def test_a_payout_that_does_not_agree_shows_the_difference_and_the_line(qtbot: QtBot, page: PaymentsPage):
    go_to(qtbot, page, UNEXPLAINED)
    [card] = page.decision.findChildren(RegistryCard)
    told = words_of(card)
    assert "разница 320,00" in told
    assert "Строка 6 реестра: 4471" in told
    assert card.property("tone") == "warn"
    assert page.decision.learn is not None
    assert not page.decision.learn.isVisible(), "a partner pays for many: there is no rule to learn"


def test_the_fitting_lines_are_taken_over(qtbot: QtBot, page: PaymentsPage, world: World):
    payment = go_to(qtbot, page, UNEXPLAINED)
    page.decision.accept_chosen()
    qtbot.waitUntil(lambda: world.payments[UNEXPLAINED].state == "manual", timeout=20000)
    assert [[a.invoice, a.amount] for a in world.payments[UNEXPLAINED].live] == [
        [invoice, part] for invoice, part in payment.suggestions[0].allocate
    ]


# --- room ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("name", [STRANGER, EXPLAINED, UNEXPLAINED, SHORT])
def test_nothing_is_cut_in_a_narrow_panel(
    qtbot: QtBot, page: PaymentsPage, shell: Shell, qapp: QApplication, name: str, language: str
):
    i18n.install(qapp, language)
    shell.resize(1100, 700)
    go_to(qtbot, page, name)
    page.decision.toggle_learn()
    qtbot.wait(30)
    [area] = [a for a in page.decision.findChildren(QScrollArea) if a.widget() is not None]
    assert area.widget().width() <= area.viewport().width()
    assert page.decision.head.minimumSizeHint().width() <= page.decision.width()
