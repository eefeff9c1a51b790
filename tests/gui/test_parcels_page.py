"""Parcels: the list and its filters, the card with its way, messages and money, and what people do with them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.api.fake import FakeDaemon, World
from gui.models.parcels import track_words
from gui.settings import Settings
from gui.store.session import Session
from gui.tray.state import Light, tray_state
from gui.tray.tray import Tray
from gui.views.confirm import ReasonDialog
from gui.views.parcel_forms import AddParcelDialog, ContactsDialog
from gui.views.parcel_letter import LetterDialog
from gui.views.parcels import ParcelsPage
from gui.views.settlement_dialogs import SureDialog
from gui.views.shell import Shell
from tests.gui.conftest import button_named, press
from tests.gui.loan_desk import become
from tests.gui.test_house import nameless
from tests.gui.test_other_pages import words_of

READY, STUCK, MISSING, ARRIVED, GUESSED, FRESH = "pa-1", "pa-2", "pa-4", "pa-5", "pa-6", "pa-7"


@pytest.fixture
def world() -> World:
    return World(payments=10, parcels=250, role="manager")


@pytest.fixture
def page(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[ParcelsPage]:
    made = ParcelsPage(session, settings)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.model.loaded and made.card.parcel is not None, timeout=20000)
    yield made


def show(qtbot: QtBot, page: ParcelsPage, name: str, side: str = "way") -> str:
    """Bring a parcel up and wait until it is drawn; the words of the panel."""
    page.show_item(name)
    page.card.show_side(side)
    panel = page.card

    def shown() -> bool:
        return (
            panel.parcel is not None and panel.parcel.id == name and track_words(panel.parcel.track) in words_of(panel)
        )

    qtbot.waitUntil(shown, timeout=20000)
    return words_of(panel).replace("\u00a0", " ")


def told(page: ParcelsPage) -> str:
    return page.news.text.text()


def test_the_service_filters_counts_sorts_searches_and_adds_up(
    qtbot: QtBot, page: ParcelsPage, daemon: FakeDaemon, world: World
):
    assert [page.bar.chips[one].text() for one in ("all", "stuck", "cod_missing")] == [
        "Все · 258", "Застряли · 1", "Наложенный не пришёл · 1",
    ]  # fmt: skip
    page.bar.chips["stuck"].click()
    qtbot.waitUntil(lambda: page.card.name == STUCK, timeout=20000)
    qtbot.waitUntil(lambda: "12 400,00 ₽ · под риском 13 240,00 ₽" in page.sums.text().replace("\u00a0", " "))
    assert page.sums.text().startswith("1 отправление · ")
    page.bar.chips["all"].click()
    qtbot.waitUntil(lambda: page.model.total == 200, timeout=20000)
    page.table.model().sort(6, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: any("sort=-cod" in hit and "group=all" in hit for hit in daemon.hits), timeout=20000)
    dearest = max(one["cod"] for one in world.parcels.values())
    qtbot.waitUntil(lambda: page.model.row(0).cod == dearest, timeout=20000)
    page.table.model().fetchMore()
    qtbot.waitUntil(lambda: page.model.total == 258, timeout=20000)
    page.bar.field.setText("RA644000001RU")
    page.bar.field.returnPressed.emit()
    qtbot.waitUntil(lambda: page.card.name == FRESH, timeout=20000)
    assert nameless(page) == []


def test_a_card_says_where_it_is_how_long_it_is_kept_and_what_is_only_guessed(qtbot: QtBot, page: ParcelsPage):
    words = show(qtbot, page, READY)
    assert "630099 Новосибирск 99" in words
    assert "Хранится для получателя до" in words
    assert "Обработка: Прибыло в место вручения" in words
    assert page.card.actions_bar.first.accessibleName() == "Запросить перевозчика"
    guess = show(qtbot, page, GUESSED)
    assert "Возможно, уже ждёт с" in guess and "перевозчик мог забыть" in guess
    assert "К этому сроку прибыло 93 % из 42 таких отправлений в то же отделение" in guess
    assert "никогда не слышал" in show(qtbot, page, FRESH)
    assert "Застряло: ничего нового 11 дней" in show(qtbot, page, STUCK)
    assert page.card.actions_bar.first.accessibleName() == "Розыск…"


def test_messages_show_their_fate_and_an_unknown_one_is_sent_again_only_with_a_reason(
    qtbot: QtBot, page: ParcelsPage, world: World
):
    words = show(qtbot, page, READY, "messages")
    assert "оно могло уйти. Сам Kvit его не повторяет" in words
    assert "DELIVRD" in words and "не раньше" in words
    qtbot.waitUntil(lambda: "SMS: писать можно" in words_of(page.card), timeout=20000)
    button_named(qtbot, page.card, "Отправить ещё раз: SMS · Прибыла").click()
    dialog = page.card.messages.dialog
    assert isinstance(dialog, ReasonDialog)
    assert not dialog.ok.isEnabled()
    dialog.field.setPlainText("получатель не видел SMS")
    dialog.ok.click()
    qtbot.waitUntil(lambda: len(world.parcels[READY]["messages"]) == 4, timeout=20000)
    qtbot.waitUntil(lambda: "отправил ещё раз Екатерина Лис: получатель не видел SMS" in words_of(page.card))
    button_named(qtbot, page.card, "SMS: Не хочет сообщений…").click()
    word = page.card.messages.dialog
    assert isinstance(word, ReasonDialog)
    word.field.setPlainText("просил по телефону")
    word.ok.click()
    qtbot.waitUntil(lambda: "SMS: писать нельзя; отказ" in words_of(page.card), timeout=20000)
    assert nameless(page.card) == []


def test_money_leads_from_the_order_to_the_payment_and_its_message(qtbot: QtBot, page: ParcelsPage, session: Session,
                                                                   world: World):  # fmt: skip
    become(qtbot, session, world, "accountant")
    show(qtbot, page, ARRIVED, "money")
    with qtbot.waitSignal(page.go) as asked:
        next(b for b in page.card.findChildren(type(page.new)) if "с сообщением банка" in b.accessibleName()).click()
    assert asked.args == ["payments", world.parcels[ARRIVED]["payment"]]
    assert "подписано банком" in "".join(
        p.accessibleName() for p in page.card.findChildren(object) if hasattr(p, "pill")
    )
    show(qtbot, page, READY, "money")
    with qtbot.waitSignal(page.go) as asked:
        button_named(qtbot, page.card, "Открыть заказ 1001").click()
    assert asked.args == ["orders", "o-1001"]
    words = show(qtbot, page, MISSING, "money")
    assert "Приём наложенного платежа · 7 990,00 ₽" in words
    assert "Срок —" in words
    assert not page.card.actions_bar.isVisible(), "who may only read is offered nothing"


def test_missing_money_is_claimed_by_a_letter_to_be_printed(qtbot: QtBot, page: ParcelsPage, world: World):
    show(qtbot, page, MISSING, "money")
    press(page.table, Qt.Key.Key_Return)
    bar = page.card.actions_bar
    sure = bar.dialog
    assert isinstance(sure, SureDialog)
    assert "7 990,00 ₽" in words_of(sure).replace("\u00a0", " ")
    sure.ok.click()
    qtbot.waitUntil(lambda: isinstance(bar.dialog, LetterDialog), timeout=20000)
    letter = bar.dialog
    assert isinstance(letter, LetterDialog)
    assert letter.text.toPlainText().startswith("ПРЕТЕНЗИЯ № 1")
    assert nameless(letter) == []
    letter.copy.click()
    assert QApplication.clipboard().text() == letter.letter.text
    letter.accept()
    qtbot.waitUntil(lambda: "Претензия № 1 от" in words_of(page.card).replace("\u00a0", " "), timeout=20000)
    assert world.parcels[MISSING]["cod_state"] == "claimed"


def test_a_search_is_requested_in_writing_and_the_carrier_asked_now(qtbot: QtBot, page: ParcelsPage, world: World):
    show(qtbot, page, STUCK)
    bar = page.card.actions_bar
    bar.do_first()
    qtbot.waitUntil(lambda: isinstance(bar.dialog, LetterDialog), timeout=20000)
    letter = bar.dialog
    assert isinstance(letter, LetterDialog)
    assert "о розыске" in letter.text.toPlainText()
    assert "Подать нужно до" in words_of(letter)
    letter.accept()
    qtbot.waitUntil(lambda: bar.dialog is None, timeout=20000)
    press(page.table, 0, "ф")  # A on a Russian layout
    qtbot.waitUntil(lambda: world.parcel_desk.asked == [STUCK], timeout=20000)


def test_marked_as_handed_over_with_a_reason_then_watched_no_longer_and_again(
    qtbot: QtBot, page: ParcelsPage, world: World
):
    show(qtbot, page, READY)
    press(page.table, 0, "d")
    bar = page.card.actions_bar
    dialog = bar.dialog
    assert isinstance(dialog, ReasonDialog)
    assert "Напоминания прекратятся" in words_of(dialog)
    dialog.field.setPlainText("сказал по телефону")
    dialog.ok.click()
    qtbot.waitUntil(lambda: world.parcels[READY]["ended_how"] == "clerk", timeout=20000)
    qtbot.waitUntil(lambda: "отмечено вручённым" in told(page), timeout=20000)
    qtbot.waitUntil(lambda: "reopen" in page.card.parcel.actions, timeout=20000)  # type: ignore[union-attr]
    assert not bar.delivered.isVisible()
    bar.do("reopen")
    again = bar.dialog
    assert isinstance(again, ReasonDialog)
    again.field.setPlainText("ошиблись")
    again.ok.click()
    qtbot.waitUntil(lambda: world.parcels[READY]["watch"] == "active", timeout=20000)
    qtbot.waitUntil(lambda: "Снова отслеживается. ошиблись" in words_of(page.card), timeout=20000)


def test_contacts_are_corrected_and_messages_stopped(qtbot: QtBot, page: ParcelsPage, world: World):
    show(qtbot, page, READY)
    bar = page.card.actions_bar
    bar.do("contacts")
    form = bar.dialog
    assert isinstance(form, ContactsDialog)
    assert nameless(form) == []
    form.fill({"phone": "12"})
    form.ok.click()
    qtbot.waitUntil(lambda: "не читается" in form.fields["phone"].error.text(), timeout=20000)
    form.fill({"phone": "+7 900 000-00-01"})
    form.ok.click()
    qtbot.waitUntil(lambda: world.parcels[READY]["phone"] == "+7 900 000-00-01", timeout=20000)
    qtbot.waitUntil(lambda: bar.dialog is None and "mute" in bar.parcel.actions, timeout=20000)  # type: ignore[union-attr]
    bar.do("mute")
    qtbot.waitUntil(lambda: world.parcels[READY]["no_messages"], timeout=20000)
    qtbot.waitUntil(lambda: "решено не писать" in words_of(page.card), timeout=20000)


def test_a_number_is_looked_at_while_it_is_typed_and_an_odd_one_is_taken(qtbot: QtBot, page: ParcelsPage, world: World):
    press(page.table, 0, "т")  # N on a Russian layout
    form = page.dialog
    assert isinstance(form, AddParcelDialog)
    assert nameless(form) == []
    form.ok.click()
    assert form.fields["track"].error.text() == "Нужен номер."
    form.fill({"track": "не номер", "cod": "много"})
    qtbot.waitUntil(lambda: form.fields["track"].error.text() == "Это не номер посылки.", timeout=20000)
    form.ok.click()
    assert form.fields["cod"].error.text() == "Это не сумма."
    form.fill({"track": "8011 5012 3456 79", "cod": "1 500,50", "name": "Ильин"})
    qtbot.waitUntil(lambda: "Контрольная цифра" in form.odd.text(), timeout=20000)
    assert form.fields["track"].note.text().replace("\u00a0", " ") == "Почта России · 801150 12 34567 9"
    form.ok.click()
    qtbot.waitUntil(lambda: page.dialog is None and "внесено" in told(page), timeout=20000)
    made = next(one for one in world.parcels.values() if one["track"] == "80115012345679")
    assert (made["cod"], made["name"], made["source"]) == (1_500_50, "Ильин", "hand")
    qtbot.waitUntil(lambda: page.card.name == made["id"], timeout=20000)


def test_a_colleague_was_faster(qtbot: QtBot, page: ParcelsPage, session: Session, world: World):
    show(qtbot, page, READY)
    world.parcels[READY]["version"] += 1
    with qtbot.waitSignal(session.refused, timeout=20000) as refused:
        page.card.actions_bar.do("mute")
    assert refused.args[0].code == "api.stale"
    qtbot.waitUntil(lambda: page.card.parcel is not None and page.card.parcel.version == 2, timeout=20000)
    assert not world.parcels[READY]["no_messages"]


def test_the_morning_report_says_whom_to_ring_and_what_is_at_stake(qtbot: QtBot, page: ParcelsPage):
    qtbot.waitUntil(lambda: page.choice.buttons["morning"].text() == "Взглянуть сегодня · 5", timeout=20000)
    press(page.table, 0, "r")
    morning = page.morning
    qtbot.waitUntil(lambda: page.card.name == STUCK, timeout=20000)
    cells = [morning.model.index(0, column).data() for column in range(4)]
    assert cells[1:] == ["Гусева Татьяна Викторовна", "+7\u00a0903\u00a0111-02-03", "guseva@mail.example"]
    morning.turn("cod_missing")
    qtbot.waitUntil(lambda: page.card.name == MISSING, timeout=20000)
    assert "под риском 7 990,00 ₽" in morning.words.text().replace("\u00a0", " ")
    assert nameless(morning) == []
    page.escape()
    assert page.shown == "list"


def test_the_tray_counts_what_is_stuck_and_leads_there(
    qtbot: QtBot, shell: Shell, session: Session, settings: Settings
):
    from tests.gui.test_tray import Ear

    assert (session.needs.parcels_stuck, session.needs.cod_missing) == (1, 1)
    assert shell.rail.buttons["parcels"].accessibleName() == "Отправления: 2"
    state = tray_state(session)
    assert state.light is Light.NEEDS_YOU
    assert "1 отправление застряло" in state.sentence
    tray = Tray(session, settings, Ear(), session.home)
    tray._fill_menu()
    entry = next(one for one in tray.menu.actions() if one.text() == "1 отправление застряло")
    with qtbot.waitSignal(tray.go) as asked:
        entry.trigger()
    shell.go(*asked.args)
    page = shell.pages["parcels"]
    assert isinstance(page, ParcelsPage)
    qtbot.waitUntil(lambda: page.card.name == STUCK and page.bar.chosen == "stuck", timeout=20000)
    tray.close()


def test_who_only_feeds_parcels_may_enter_and_nothing_else(qtbot: QtBot, page: ParcelsPage, session: Session,
                                                           world: World):  # fmt: skip
    become(qtbot, session, world, "warehouse")
    assert page.new.isVisible() and page.bring.isVisible()
    show(qtbot, page, READY, "messages")
    assert not page.card.actions_bar.isVisible()
    assert not [b for b in page.card.findChildren(type(page.new)) if "Отправить ещё раз" in b.accessibleName()]
    become(qtbot, session, world, "it")
    assert session.me is not None and not ParcelsPage.opens_to(session.me)


def test_a_company_without_parcels_has_no_page(qtbot: QtBot, session: Session, world: World):
    world.parcels.clear()
    become(qtbot, session, world, "owner")
    assert session.me is not None and not ParcelsPage.opens_to(session.me)
    assert session.needs.parcels_stuck == 0
