"""Loans: the board, the list a mark at a time, one application with its money and papers, and what may be done."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gui.api.fake import FakeDaemon, World
from gui.api.fake.loans import PASSPORT
from gui.api.fake.world import Problem
from gui.app import PAGES
from gui.models import loans
from gui.settings import Settings
from gui.store.session import Session
from gui.views.calculator import CalculatorDialog
from gui.views.confirm import ReasonDialog
from gui.views.loan_dialogs import CancelDialog, HandOverDialog, ReturnDialog, VisitDialog
from gui.views.loan_identity import IdentityDialog
from gui.views.loan_new import NewLoanDialog
from gui.views.loan_offers import ChoiceDialog, LendersDialog
from gui.views.loans import LoansPage
from gui.views.shell import KINDS, NUMBERED, Shell
from tests.gui.conftest import button_named, press
from tests.gui.loan_desk import become, broker, show
from tests.gui.test_house import nameless
from tests.gui.test_other_pages import words_of


@pytest.fixture
def world() -> World:
    return broker()


@pytest.fixture
def page(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[LoansPage]:
    made = LoansPage(session, settings)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.model.loaded and made.card.loan is not None, timeout=20000)
    yield made


def act(qtbot: QtBot, page: LoansPage, name: str, action: str) -> None:
    show(qtbot, page, name)
    page.card.actions_bar.do(action)


# --- board and list --------------------------------------------------------------------------------------------------


def test_the_board_counts_and_filters(qtbot: QtBot, page: LoansPage, daemon: FakeDaemon):
    tile = page.board.tiles["application"]
    qtbot.waitUntil(lambda: tile.count.text() == "3", timeout=20000)
    assert tile.red.text() == "1 просрочена"
    assert "дольше всех 3 ч" in tile.accessibleName()
    assert page.board.tiles["original"].property("tone") == "bad"
    tile.click()
    qtbot.waitUntil(lambda: page.loans_model.whole == 3, timeout=20000)
    assert any("stage=application" in hit for hit in daemon.hits)
    assert page.escape()  # back to all of them
    qtbot.waitUntil(lambda: page.loans_model.whole == 35, timeout=20000)
    assert not tile.isChecked()


def test_filters_and_the_search_box_go_to_the_service(qtbot: QtBot, page: LoansPage, daemon: FakeDaemon):
    qtbot.waitUntil(lambda: page.bar.chips["lender"].text() == "Банки · 1", timeout=20000)
    assert page.bar.chips["lender"].toolTip() == "Банк не отвечает"
    assert not page.bar.chips["money"].isVisible()  # nothing is wrong with money
    page.bar.chips["lender"].click()
    qtbot.waitUntil(lambda: page.loans_model.whole == 1, timeout=20000)
    assert page.model.row(0).number == 44
    page.bar.chips[""].click()
    qtbot.waitUntil(lambda: page.shop.count() == 5 and page.lender.count() == 3, timeout=20000)
    page.way.setCurrentIndex(page.way.findData("courier"))
    page.way.activated.emit(page.way.currentIndex())
    qtbot.waitUntil(lambda: page.loans_model.whole == 2, timeout=20000)
    page.way.setCurrentIndex(0)
    page.way.activated.emit(0)
    page.bar.field.setText("Захарова")
    page.bar.field.returnPressed.emit()
    qtbot.waitUntil(lambda: any("q=%D0%97" in hit for hit in daemon.hits), timeout=20000)
    qtbot.waitUntil(lambda: 0 < page.loans_model.whole < 35, timeout=20000)
    page.bar.field.setText("никого")
    page.bar.field.returnPressed.emit()
    qtbot.waitUntil(lambda: page.model.total == 0, timeout=20000)
    qtbot.waitUntil(lambda: "Выберите заявку" in words_of(page.card), timeout=20000)


def test_a_long_list_grows_while_one_scrolls(qtbot: QtBot, session: Session, world: World, daemon: FakeDaemon):
    from gui.api.fake import story_loans

    story_loans.bulk(world, 450)
    model = loans.model(session.client)
    ModelTester(model)
    model.set_query(sort="-stage_since")
    qtbot.waitUntil(lambda: model.loaded, timeout=20000)
    assert (model.total, model.whole) == (200, 465)
    assert model.canFetchMore()
    model.fetchMore()
    assert not model.canFetchMore()  # it is under way
    qtbot.waitUntil(lambda: model.total == 400, timeout=20000)
    model.fetchMore()
    qtbot.waitUntil(lambda: model.total == 465, timeout=20000)
    assert not model.canFetchMore()
    seen = [model.row(number).id for number in range(465)]
    assert len(set(seen)) == 465
    assert sum("GET /v1/loans?" in hit for hit in daemon.hits) == 3
    model.deleteLater()


def test_a_company_without_loans_does_not_see_them(qtbot: QtBot, session: Session, world: World, settings: Settings):
    world.loans.clear()
    become(qtbot, session, world, "accountant")
    assert session.me is not None
    assert not session.me.may("loans.read")
    assert not session.me.may("settlement.read")
    assert session.me.may("payments.read")
    assert session.needs.loans_late == 0


def test_every_page_has_a_key_and_a_name_on_the_command_line():
    assert set(NUMBERED) == set(KINDS) == set(PAGES)


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("owner", {"loans", "call_centre", "settlement"}),
        ("call_centre", {"loans", "call_centre"}),
        ("accountant", {"loans", "settlement"}),
        ("warehouse", set()),
    ],
)
def test_rights_open_the_pages(qtbot: QtBot, shell: Shell, world: World, role: str, seen: set[str]):
    become(qtbot, shell.session, world, role)
    buttons = shell.rail.buttons
    shown = {key for key in ("loans", "call_centre", "settlement") if not buttons[key].isHidden()}
    assert shown == seen
    if "loans" in seen:
        qtbot.waitUntil(lambda: "2" in buttons["loans"].accessibleName(), timeout=20000)
        assert buttons["loans"].toolTip().endswith("(Ctrl+8)")


# --- the card --------------------------------------------------------------------------------------------------------


def test_decisions_tell_offers_ages_and_errors(qtbot: QtBot, page: LoansPage):
    words = show(qtbot, page, "ln-44")
    assert "Банк не отвечает · 7 попыток" in words
    assert "Неизвестный статус банка: ON_REVIEW_2. Ничего не сделано." in words
    words = show(qtbot, page, "ln-45")
    assert "Код подразделения: Код подразделения не читается" in words
    words = show(qtbot, page, "ln-46")
    assert "58 491,00 ₽ · 6 месяцев · 24,9 %" in words
    assert "Можно выбрать: 6 вариантов" in words


def test_the_buyer_is_shown_on_asking_only(qtbot: QtBot, page: LoansPage, world: World):
    words = show(qtbot, page, "ln-46")
    assert "Захарова" not in words
    assert world.revealed == []
    press(page.table, 0, "и")  # the B key on a Russian layout
    qtbot.waitUntil(lambda: "Захарова Елена Юрьевна" in words_of(page.card), timeout=20000)
    assert world.revealed == ["ln-46"]
    assert "Захарова" not in show(qtbot, page, "ln-47")


def test_who_may_not_see_the_buyer_is_not_offered_to(qtbot: QtBot, page: LoansPage, session: Session, world: World):
    become(qtbot, session, world, "accountant")
    page.reload()
    show(qtbot, page, "ln-46")
    qtbot.waitUntil(lambda: page.card.loan is not None and not page.card.loan.reveals, timeout=20000)
    qtbot.waitUntil(lambda: "Показать" not in words_of(page.card), timeout=20000)
    page.card.reveal()
    assert world.revealed == []
    assert not page.card.actions_bar.isVisible()  # nothing he may do
    assert not page.new.isVisible()


def test_every_rouble_leads_to_its_payment(qtbot: QtBot, page: LoansPage, world: World):
    words = show(qtbot, page, "ln-53")
    assert "45 990,00 ₽ из 45 990,00 ₽" in words or "из" in words
    assert "наша комиссия" in words
    assert "msg-53" in words
    payment = next(iter(world.payments))
    loan = page.card.loan
    assert loan is not None
    with qtbot.waitSignal(page.go) as gone:
        sum_ = f"{loan.transfer // 100:,}".replace(",", "\u00a0") + ",00\u00a0₽"
        button_named(qtbot, page.card, f"Открыть поступление на {sum_}").click()
    assert gone.args == ["payments", payment]
    with qtbot.waitSignal(page.go) as gone:
        button_named(qtbot, page.card, "Ведомость № 6").click()
    assert gone.args == ["settlement", "st-6"]
    with qtbot.waitSignal(page.go) as gone:
        button_named(qtbot, page.card, "Платёжное поручение").click()
    assert gone.args == ["bank", "out-7"]


def test_holds_and_late_papers_are_said_in_words(qtbot: QtBot, page: LoansPage):
    words = show(qtbot, page, "ln-50")
    assert "деньги банка ещё не пришли" in words
    assert "перевозчик СДЭК" in words
    assert "1502834417" in words
    assert "Не хватает: накладная" in words
    words = show(qtbot, page, "ln-49")
    assert "Сумма договора больше предложения" in words
    assert "ничего не подписывается" in words


def test_the_history_keeps_what_lenders_wrote(qtbot: QtBot, page: LoansPage):
    show(qtbot, page, "ln-44")
    press(page.table, 0, "3")
    assert page.card.stack.currentIndex() == 2
    assert "ON_REVIEW_2" in words_of(page.card.stack.currentWidget())
    assert "Заявка с сайта магазина" in words_of(page.card.stack.currentWidget())


# --- doing -----------------------------------------------------------------------------------------------------------


def test_an_offer_is_chosen_with_its_way(qtbot: QtBot, page: LoansPage, world: World):
    show(qtbot, page, "ln-46")
    press(page.table, Qt.Key.Key_Return)
    dialog = page.card.actions_bar.dialog
    assert isinstance(dialog, ChoiceDialog)
    told = words_of(dialog).replace("\u00a0", " ")
    assert "подписание стоит 1 490,00 ₽" in told
    assert "Предложено 53 491,00 ₽, просили 58 491,00 ₽" in told
    assert nameless(dialog) == []
    assert not dialog.ok.isEnabled()
    dialog.buttons[2].click()
    dialog.ok.click()
    qtbot.waitUntil(lambda: world.loans["ln-46"].card["state"] == "agreed", timeout=20000)
    assert world.loans["ln-46"].card["signing_way"] == "courier"
    qtbot.waitUntil(lambda: "Выбрать предложение" in page.news.text.text(), timeout=20000)


def test_a_colleague_was_faster(qtbot: QtBot, page: LoansPage, session: Session, world: World):
    act(qtbot, page, "ln-46", "accept")
    dialog = page.card.actions_bar.dialog
    assert isinstance(dialog, ChoiceDialog)
    world.loans["ln-46"].card["version"] += 1
    dialog.buttons[0].click()
    with qtbot.waitSignal(session.refused, timeout=20000) as refused:
        dialog.ok.click()
    assert refused.args[0].code == "api.stale"
    assert world.loans["ln-46"].card["state"] == "approved"
    qtbot.waitUntil(lambda: page.card.loan is not None and page.card.loan.version == 2, timeout=20000)


def test_the_passport_is_typed_blind_and_two_failures_stop(qtbot: QtBot, page: LoansPage, world: World):
    act(qtbot, page, "ln-47", "identity")
    dialog = page.card.actions_bar.dialog
    assert isinstance(dialog, IdentityDialog)
    assert PASSPORT not in words_of(dialog)
    dialog.number.setText("4509 12345")
    dialog.same.click()
    assert not dialog.ok.isEnabled()  # nine digits
    dialog.number.setText("4509 654321")
    dialog.ok.click()
    qtbot.waitUntil(lambda: "Номер не тот" in dialog.verdict.text(), timeout=20000)
    assert dialog.number.text() == ""
    dialog.number.setText("4509 654322")
    dialog.ok.click()
    qtbot.waitUntil(lambda: page.card.actions_bar.dialog is None, timeout=20000)
    assert world.loans["ln-47"].card["agreement"]["signing"] == "stopped"
    qtbot.waitUntil(lambda: "паспорт не тот" in page.news.text.text(), timeout=20000)


def test_a_passport_that_fits_leads_to_the_signature(qtbot: QtBot, page: LoansPage, world: World):
    act(qtbot, page, "ln-47", "identity")
    dialog = page.card.actions_bar.dialog
    assert isinstance(dialog, IdentityDialog)
    dialog.number.setText(PASSPORT)
    dialog.same.click()
    dialog.ok.click()
    qtbot.waitUntil(lambda: "паспорт сходится" in page.news.text.text(), timeout=20000)
    bar = page.card.actions_bar
    assert bar.first.accessibleName() == "Покупатель подписал"
    bar.do_first()
    assert bar.dialog is not None
    assert "должен банку" in words_of(bar.dialog)
    bar.dialog.accept()
    qtbot.waitUntil(lambda: world.loans["ln-47"].card["agreement"]["signing"] == "signed", timeout=20000)
    assert world.paper_steps == [("ln-47", "sign", {})]


def test_what_the_service_refuses_is_told(qtbot: QtBot, page: LoansPage, session: Session, world: World):
    world.loans["ln-47"].card["documents"] = []
    world.loans["ln-47"].card["agreement"]["signing"] = "identity_checked"
    world.tell("loans", "ln-47")
    qtbot.waitUntil(lambda: show(qtbot, page, "ln-47") != "" and "sign" in page.card.loan.actions, timeout=20000)
    page.card.actions_bar.do("sign")
    with qtbot.waitSignal(session.refused, timeout=20000) as refused:
        page.card.actions_bar.dialog.accept()
    assert refused.args[0].code == "loan.scan_missing"


def test_a_difference_is_settled_with_a_reason(qtbot: QtBot, page: LoansPage, world: World):
    act(qtbot, page, "ln-49", "confirm-sums")
    dialog = page.card.actions_bar.dialog
    assert isinstance(dialog, ReasonDialog)
    dialog.field.setPlainText("банк подтвердил по телефону, Иванова")
    dialog.ok.click()
    qtbot.waitUntil(lambda: world.paper_steps != [], timeout=20000)
    assert world.paper_steps[0][2] == {"note": "банк подтвердил по телефону, Иванова"}
    qtbot.waitUntil(lambda: "подтвердил(а) Мария Ковалёва" in words_of(page.card), timeout=20000)


def test_courier_and_original(qtbot: QtBot, page: LoansPage, world: World):
    act(qtbot, page, "ln-48", "visit/empty")
    dialog = page.card.actions_bar.dialog
    assert isinstance(dialog, ReasonDialog)
    dialog.field.setPlainText("никого нет дома")
    dialog.ok.click()
    qtbot.waitUntil(lambda: world.paper_steps[-1:] == [("ln-48", "visit/empty", {"note": "никого нет дома"})])
    qtbot.waitUntil(lambda: page.card.actions_bar.first.accessibleName() == "Заказать курьера…", timeout=20000)
    page.card.actions_bar.do_first()
    visit = page.card.actions_bar.dialog
    assert isinstance(visit, VisitDialog)
    visit.hours.setText("вечером")
    assert not visit.ok.isEnabled()
    visit.hours.setText("18-21")
    visit.cost.setText("1 200")
    visit.ok.click()
    qtbot.waitUntil(lambda: world.paper_steps[-1][1] == "visit/order", timeout=20000)
    body = world.paper_steps[-1][2]
    assert (body["hours"], body["cost"], body["courier"]) == ("18-21", 120_000, None)

    world.loans["ln-50"].card["agreement"]["original"] = "with_signer"
    world.tell("loans", "ln-50")
    qtbot.waitUntil(lambda: show(qtbot, page, "ln-50") != "" and "original/send" in page.card.loan.actions)
    page.card.actions_bar.do("original/send")
    hand = page.card.actions_bar.dialog
    assert isinstance(hand, HandOverDialog)
    assert not hand.ok.isEnabled()
    hand.carrier.setText("СДЭК")
    hand.waybill.setText("777")
    hand.ok.click()
    qtbot.waitUntil(lambda: world.loans["ln-50"].card["agreement"]["waybill"] == "777", timeout=20000)


def test_goods_that_came_back_are_paid_to_the_lender(qtbot: QtBot, page: LoansPage, world: World):
    act(qtbot, page, "ln-52", "goods/return")
    dialog = page.card.actions_bar.dialog
    assert isinstance(dialog, ReturnDialog)
    assert "не на карту покупателя" in words_of(dialog)
    dialog.why_box.reason.setCurrentIndex(dialog.why_box.reason.findData("defect"))
    dialog.why_box.remark.setText("не подошёл цвет")
    assert dialog.body() == {"goods": dialog.loan.goods, "reason": "defect", "remark": "не подошёл цвет"}
    dialog.ok.click()
    qtbot.waitUntil(lambda: world.loans["ln-52"].card["state"] == "returned", timeout=20000)
    button_named(qtbot, page.card, "Подготовить платёж банку").click()
    qtbot.waitUntil(lambda: world.loans["ln-52"].card["returns"][0]["payment_order_id"] == "out-7", timeout=20000)


def test_cancelling_says_who_and_why(qtbot: QtBot, page: LoansPage, world: World):
    act(qtbot, page, "ln-44", "cancel")
    dialog = page.card.actions_bar.dialog
    assert isinstance(dialog, CancelDialog)
    dialog.why_box.remark.setText("  сказал   Иванов ")
    assert dialog.body()["remark"] == "сказал Иванов"
    dialog.by.setCurrentIndex(dialog.by.findData("buyer"))
    dialog.ok.click()
    qtbot.waitUntil(lambda: world.loans["ln-44"].card["end_reason"] == "changed_mind", timeout=20000)


def test_lenders_that_would_not_lend_say_why(qtbot: QtBot, page: LoansPage):
    act(qtbot, page, "ln-45", "submit")
    qtbot.waitUntil(lambda: page.card.actions_bar.dialog is not None, timeout=20000)
    dialog = page.card.actions_bar.dialog
    assert isinstance(dialog, LendersDialog)
    assert not dialog.boxes["sever"].isEnabled()
    assert "сумма больше предела банка" in words_of(dialog)
    assert "уже получил" in words_of(dialog)
    assert not dialog.ok.isEnabled()
    dialog.reject()


def test_papers_are_saved_and_added(qtbot: QtBot, page: LoansPage, world: World, tmp_path: Path):
    show(qtbot, page, "ln-50")
    page.card.show_side("papers")
    scan = tmp_path / "waybill.pdf"
    scan.write_bytes(b"%PDF-1.4 waybill")
    page.card.papers.kind.setCurrentIndex(page.card.papers.kind.findData("waybill"))
    page.card.papers.bring(scan)
    qtbot.waitUntil(lambda: "waybill.pdf" in words_of(page.card.papers), timeout=20000)
    assert world.loans["ln-50"].card["missing"] == []
    paper = page.card.loan.documents[0]  # type: ignore[union-attr]
    assert paper.sha256 == hashlib.sha256(b"%PDF-1.4 waybill").hexdigest()
    target = tmp_path / "out.pdf"
    page.card.papers.fetch(paper, target)
    qtbot.waitUntil(target.exists, timeout=20000)
    assert target.read_bytes() == b"%PDF-1.4 waybill"
    world.loans["ln-50"].files[paper.id] = b"%PDF other bytes"
    page.card.papers.fetch(paper, tmp_path / "forged.pdf")
    qtbot.waitUntil(lambda: "НЕ сходится" in page.card.papers.verdict.text(), timeout=20000)
    assert not (tmp_path / "forged.pdf").exists()
    wrong = tmp_path / "note.txt"
    wrong.write_bytes(b"hello")
    page.card.papers.bring(wrong)
    qtbot.waitUntil(lambda: "Нужен PDF" in page.card.papers.verdict.text(), timeout=20000)


def test_an_application_is_typed_in(qtbot: QtBot, page: LoansPage, world: World):
    qtbot.waitUntil(lambda: page.shop.count() == 5, timeout=20000)
    press(page.table, 0, "n")
    dialog = page.newcomer
    assert isinstance(dialog, NewLoanDialog)
    assert nameless(dialog) == []
    assert not dialog.ok.isEnabled()
    dialog.phone.setText("916 123")
    assert dialog.why.text() == "6 из 11 цифр"
    dialog.phone.setText("+7 916 123-45-01")
    dialog.goods.setText("50 000")
    dialog.ok.click()
    qtbot.waitUntil(lambda: "ln-1020" in world.loans, timeout=20000)
    qtbot.waitUntil(lambda: "№ 1020: принята · открытые с этого телефона: № 48" in page.news.text.text(), timeout=20000)
    qtbot.waitUntil(lambda: page.card.loan is not None and page.card.loan.number == 1020, timeout=20000)


# --- calculator, trouble ---------------------------------------------------------------------------------------------


def test_the_calculator_counts_while_one_types(qtbot: QtBot, page: LoansPage, daemon: FakeDaemon):
    show(qtbot, page, "ln-46")
    press(page.table, 0, "k")
    dialog = page.calculator
    assert isinstance(dialog, CalculatorDialog)
    qtbot.waitUntil(lambda: dialog.quotes.rowCount() == 2, timeout=20000)
    assert dialog.quotes.index(0, 3).data().startswith("≈")
    dialog.months.setCurrentIndex(0)
    dialog.goods.setText("200 000")
    qtbot.waitUntil(lambda: dialog.quotes.rowCount() == 3 and "предела" in dialog.told.text(), timeout=20000)
    assert any("goods=20000000" in hit and "down=649900" in hit and "shop=sh-3" in hit for hit in daemon.hits)
    dialog.down.setText("200 000")
    qtbot.waitUntil(lambda: dialog.quotes.rowCount() == 0, timeout=20000)
    assert "меньше цены" in dialog.told.text()
    assert nameless(dialog) == []
    dialog.reject()


def test_without_a_link_nothing_can_be_done(qtbot: QtBot, page: LoansPage, session: Session, daemon: FakeDaemon):
    show(qtbot, page, "ln-46")
    daemon.stop()
    qtbot.waitUntil(lambda: not session.online, timeout=20000)
    bar = page.card.actions_bar
    assert bar.isVisible()
    assert not bar.first.isEnabled()
    assert "Нет связи" in bar.first.toolTip()
    page.card.actions_bar.do("accept")
    assert bar.dialog is None
    assert "Захарова" not in words_of(page.card)
    assert not page.calculate.isEnabled()


def test_a_card_that_cannot_be_had_is_told(qtbot: QtBot, page: LoansPage, session: Session, daemon: FakeDaemon):
    daemon.refuse["/v1/loans/ln-51"] = Problem(404, "loan.not_found", "Такой заявки нет.", "There is none.")
    with qtbot.waitSignal(session.refused, timeout=20000) as refused:
        page.show_item("ln-51")
    assert refused.args[0].code == "loan.not_found"


def test_changes_arrive_by_themselves(qtbot: QtBot, page: LoansPage, world: World):
    from gui.api.fake import loans as desk

    show(qtbot, page, "ln-44")
    with world.lock:
        desk.changed(world, world.loans["ln-44"], "шаг", "step", **desk.state("declined", "ended"))
    qtbot.waitUntil(lambda: page.card.loan is not None and page.card.loan.state == "declined", timeout=20000)
    qtbot.waitUntil(lambda: page.board.tiles["ended"].count.text() == "3", timeout=20000)


def test_nothing_on_the_page_is_nameless(qtbot: QtBot, page: LoansPage, qapp: QApplication):
    show(qtbot, page, "ln-53")
    assert nameless(page) == []
    page.card.show_side("papers")
    assert nameless(page) == []
