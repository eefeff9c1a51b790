"""The bank page: what each bank said, the queue of payment orders, and who may do what with them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gui import i18n
from gui.api.fake import FakeDaemon, World
from gui.api.fake.outgoing import move
from gui.api.fake.records import ChannelRecord
from gui.api.fake.story_outgoing import DIRECTOR
from gui.api.types import OutgoingRow
from gui.models import outgoing
from gui.settings import Settings
from gui.store.session import Session
from gui.views.bank import BankPage
from gui.views.raw_bytes import RawBytes
from gui.views.shell import Shell
from tests.gui.conftest import end, press, type_text

OTHERS = "po-130"  # proposed and signed by the director, with a look-alike account
MINE = "po-129"  # proposed and signed by the accountant
FROM_1C = "po-128"
APPROVED = "po-127"
UNKNOWN = "po-125"
DONE = "po-122"
REFUSED = "po-120"
RETURNED = "po-119"


def words_of(widget: object) -> str:
    labels = widget.findChildren(QLabel)  # type: ignore[attr-defined]
    return "\n".join(label.text() for label in labels if not label.isHidden())


def become(qtbot: QtBot, session: Session, world: World, role: str) -> None:
    world.role = role
    session.stop()
    session.start()
    qtbot.waitUntil(lambda: session.online and session.me is not None and session.me.role == role, timeout=20000)


@pytest.fixture
def page(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[BankPage]:
    made = BankPage(session, settings)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.model.loaded and made.bank is not None, timeout=20000)
    qtbot.waitUntil(lambda: made.panel_of_order.order is not None, timeout=20000)
    yield made


def go_to(qtbot: QtBot, page: BankPage, name: str) -> None:
    """The order in the unfiltered list, with all of it on the screen."""
    page.bar.chips["all"].click()
    qtbot.waitUntil(lambda: page.model.find(name) >= 0, timeout=20000)
    page.table.select_row(page.model.find(name))
    panel = page.panel_of_order
    qtbot.waitUntil(lambda: panel.order is not None and panel.order.id == name, timeout=20000)
    number = name.removeprefix("po-")
    qtbot.waitUntil(lambda: f"Поручение № {number}" in words_of(panel), timeout=20000)


# --- the banks -------------------------------------------------------------------------------------------------------


def test_the_strip_shows_every_bank_and_its_trouble(qtbot: QtBot, page: BankPage, world: World):
    assert list(page.strip.cards) == ["bxd:bank-one", "directbank:severny", "bxd:volga"]
    assert page.strip.cards["bxd:volga"].said.pill.text == "ещё не спрашивали"
    world.certificate_days = 5
    world.poll("failed")
    first = page.strip.cards["bxd:bank-one"]
    qtbot.waitUntil(lambda: first.property("tone") == "bad", timeout=20000)
    shown = words_of(first)
    assert "Банк не отвечает" in shown
    assert "→ Проверьте интернет" in shown
    assert "осталось 5 дней" in first.certificate.pill.text
    assert "kvit bank renew" in shown


def test_a_bank_that_comes_or_goes_changes_the_strip(qtbot: QtBot, page: BankPage, world: World):
    world.channels[:] = [ChannelRecord("bxd:new", "Новый банк", 300, "nothing_new", 1, 1, 4)]
    page.reload()
    qtbot.waitUntil(lambda: list(page.strip.cards) == ["bxd:bank-one", "bxd:new"], timeout=20000)
    assert page.strip.cards["bxd:new"].said.pill.text == "банк ответил: нового нет"


# --- the queue -------------------------------------------------------------------------------------------------------


def test_the_queue_begins_with_what_waits_for_a_signature(page: BankPage):
    assert page.bar.chosen == "to_approve"
    assert [page.model.row(n).id for n in range(page.model.total)] == [OTHERS, MINE, FROM_1C]
    assert page.bar.chips["failed"].text() == "Не оплачены · 4"


def test_the_model_is_sound_and_every_state_has_words(qtbot: QtBot, page: BankPage, qtmodeltester: ModelTester):
    page.bar.chips["all"].click()
    qtbot.waitUntil(lambda: page.model.total > 10, timeout=20000)
    qtmodeltester.check(page.model)
    rows = [page.model.row(n) for n in range(page.model.total)]
    assert {row.state for row in rows} == set(outgoing._LOOK)
    assert all(outgoing.short_state(row.state) for row in rows)
    strange = OutgoingRow(id="x", version=1, state="moon", state_ru="На луне", state_en="On the moon")
    assert outgoing.state_pill(strange).text == "На луне", "an unknown state is shown as the service says it"


def test_sorting_searching_and_filtering_happen_in_the_service(qtbot: QtBot, page: BankPage, daemon: FakeDaemon):
    page.bar.chips["on_the_way"].click()
    qtbot.waitUntil(lambda: page.model.total == 6, timeout=20000)
    column = [c.key for c in page.model.columns].index("amount")
    page.table.horizontalHeader().setSortIndicator(column, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: page.model.total == 6 and page.model.row(0).amount == 750_000, timeout=20000)
    type_text(page.bar.field, "тёплый")
    qtbot.waitUntil(lambda: page.model.total == 1, timeout=20000)
    asked = next(hit for hit in reversed(daemon.hits) if hit.startswith("GET /v1/outgoing?"))
    assert "state=on_the_way" in asked
    assert "sort=amount" in asked
    assert "q=%D1" in asked


def test_a_hundred_thousand_orders_scroll_as_the_other_lists_do(qtbot: QtBot, home: Path, settings: Settings):
    daemon = FakeDaemon(World(payments=3, outgoing=100_000)).start()
    daemon.announce(home)
    session = Session(home)
    session.start()
    page = BankPage(session, settings)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    try:
        qtbot.waitUntil(lambda: page.model.loaded and session.online, timeout=60_000)
        page.bar.chips["all"].click()
        qtbot.waitUntil(lambda: page.model.total > 100_000, timeout=60_000)
        bar = page.table.verticalScrollBar()
        times: list[float] = []
        for jump in range(100):
            started = time.perf_counter()
            bar.setValue(bar.maximum() * ((jump * 7919) % 100) // 100)
            page.table.viewport().repaint()
            times.append(time.perf_counter() - started)
        median = sorted(times)[50]
        assert median < 0.2, f"half of the jumps took more than {median * 1000:.0f} ms"
        first, _ = page.table.visible_rows()
        qtbot.waitUntil(lambda: page.model.row(first) is not None, timeout=20_000)
        lists = [hit for hit in daemon.hits if hit.startswith("GET /v1/outgoing?")]
        assert len(lists) < 150, "most of the pages jumped over were never asked for"
    finally:
        end(session)
        daemon.stop()


# --- one order -------------------------------------------------------------------------------------------------------


def test_the_panel_reads_like_a_payment_order(qtbot: QtBot, page: BankPage):
    go_to(qtbot, page, OTHERS)
    shown = words_of(page.panel_of_order).replace("\u00a0", " ")
    for expected in (
        "Поручение № 130",
        "184 500,00 ₽",
        "ООО «Светлая рама»",
        "ПАО «Первый учебный банк»",
        "ООО «Стекло-Арт»",
        "40702 810 7 5550 0001937",
        "044030998",
        "30101 810 0 0000 0000998",
        "за стекло музейное",
        "мы знаем по другому счёту",
        "→ Позвоните получателю",
        f"✓ 1. {DIRECTOR}",
        "… 2. нужна подпись",
    ):
        assert expected in shown


def test_what_the_bank_said_and_what_not_to_do_is_told(qtbot: QtBot, page: BankPage):
    go_to(qtbot, page, REFUSED)
    assert "Банк: Счёт получателя закрыт · AC04" in words_of(page.panel_of_order)
    go_to(qtbot, page, UNKNOWN)
    assert "Не платите повторно" in words_of(page.panel_of_order)
    go_to(qtbot, page, "po-118")
    assert "Причина: Счёт уже оплачен картой" in words_of(page.panel_of_order)


def test_a_signature_of_the_second_person(qtbot: QtBot, page: BankPage, world: World, daemon: FakeDaemon):
    world.outgoing[OTHERS].warnings.clear()
    go_to(qtbot, page, OTHERS)
    panel = page.panel_of_order
    assert panel.decisions.sign.isEnabled()
    press(page.table, Qt.Key.Key_Return)
    assert world.outgoing[OTHERS].state == "waiting_approval", "Enter goes to the button and signs nothing"
    panel.decisions.sign.click()
    assert not panel.decisions.sign.isEnabled(), "a double click signs once"
    qtbot.waitUntil(lambda: world.outgoing[OTHERS].state == "approved", timeout=20000)
    assert daemon.headers[-1]["If-Match"] == '"1"'
    assert daemon.headers[-1]["Idempotency-Key"]
    qtbot.waitUntil(lambda: panel.order is not None and panel.order.state == "approved", timeout=20000)
    qtbot.waitUntil(lambda: page.model.row(page.model.find(OTHERS)).state == "approved", timeout=20000)
    assert "подписано" in page.news.text.text()
    assert not panel.decisions.sign.isEnabled()
    assert "Подпись больше не нужна" in panel.decisions.sign.toolTip()


def test_warnings_are_confirmed_one_by_one_before_signing(
    qtbot: QtBot, page: BankPage, world: World, daemon: FakeDaemon
):
    go_to(qtbot, page, OTHERS)
    panel = page.panel_of_order
    panel.decisions.sign.click()
    qtbot.waitUntil(lambda: panel.decisions.dialog is not None, timeout=20000)
    dialog = panel.decisions.dialog
    assert "подменяют реквизиты" in words_of(dialog)
    assert not dialog.ok.isEnabled()
    dialog.boxes[0].click()
    assert dialog.ok.isEnabled()
    dialog.ok.click()
    qtbot.waitUntil(lambda: world.outgoing[OTHERS].state == "approved", timeout=20000)
    first, second = daemon.headers[-2:]
    assert first["If-Match"] == second["If-Match"]
    assert first["Idempotency-Key"] != second["Idempotency-Key"]


def test_going_back_from_the_warnings_signs_nothing(qtbot: QtBot, page: BankPage, world: World):
    go_to(qtbot, page, OTHERS)
    page.panel_of_order.decisions.sign.click()
    qtbot.waitUntil(lambda: page.panel_of_order.decisions.dialog is not None, timeout=20000)
    page.panel_of_order.decisions.dialog.reject()
    assert page.panel_of_order.decisions.sign.isEnabled()
    assert world.outgoing[OTHERS].state == "waiting_approval"


@pytest.mark.parametrize("name", [OTHERS, FROM_1C], ids=["first", "last"])
def test_the_next_order_never_slips_under_the_hand(qtbot: QtBot, page: BankPage, world: World, name: str):
    page.table.select_row(page.model.find(name))
    panel = page.panel_of_order
    qtbot.waitUntil(lambda: panel.order is not None and panel.order.id == name, timeout=20000)
    with world.lock:  # a colleague's decision takes it out of the queue while it is read
        world.outgoing[name].state = "rejected"
        world.outgoing[name].version += 1
        world.tell("outgoing", name)
    qtbot.waitUntil(lambda: page.model.total == 2 and page.model.find(name) < 0, timeout=20000)
    qtbot.waitUntil(lambda: panel.order is not None and panel.order.state == "rejected", timeout=20000)
    qtbot.wait(120)
    assert panel.name == name
    assert not panel.decisions.sign.isEnabled()
    assert not page.table.currentIndex().isValid()
    page.table.setFocus()
    press(page.table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: panel.order is not None and panel.order.id == page.model.row(0).id, timeout=20000)


def test_another_filter_shows_another_order(qtbot: QtBot, page: BankPage):
    go_to(qtbot, page, OTHERS)
    page.bar.chips["done"].click()
    panel = page.panel_of_order
    qtbot.waitUntil(lambda: panel.order is not None and panel.order.id == DONE, timeout=20000)
    type_text(page.bar.field, "такого нет")
    qtbot.waitUntil(lambda: page.model.total == 0, timeout=20000)
    qtbot.waitUntil(lambda: panel.order is None, timeout=20000)


def test_nobody_signs_twice_and_the_button_says_why(qtbot: QtBot, page: BankPage):
    go_to(qtbot, page, MINE)
    panel = page.panel_of_order
    assert not panel.decisions.sign.isEnabled()
    assert "Вы уже подписали" in panel.decisions.sign.toolTip()
    assert panel.decisions.why.isVisible()
    assert "другого человека" in panel.decisions.why.text()
    assert panel.decisions.withdraw.isEnabled()


@pytest.mark.parametrize(
    ("key", "letter", "name", "state"),
    [("r", "к", OTHERS, "rejected"), ("w", "ц", MINE, "withdrawn"), ("w", "ц", APPROVED, "withdrawn")],
)
def test_an_order_ends_with_a_reason(
    qtbot: QtBot, page: BankPage, world: World, key: str, letter: str, name: str, state: str
):
    go_to(qtbot, page, name)
    press(page.table, 0, letter)  # the key on a Russian layout
    dialog = page.panel_of_order.decisions.dialog
    assert dialog is not None, key
    type_text(dialog.field, "   ")
    assert not dialog.ok.isEnabled(), "spaces are no reason"
    type_text(dialog.field, "не тот счёт")
    dialog.ok.click()
    qtbot.waitUntil(lambda: world.outgoing[name].state == state, timeout=20000)
    assert world.outgoing[name].note == "не тот счёт"


def test_what_has_left_cannot_be_withdrawn(qtbot: QtBot, page: BankPage):
    go_to(qtbot, page, UNKNOWN)
    assert not page.panel_of_order.decisions.withdraw.isEnabled()
    assert "Отозвать уже нельзя" in page.panel_of_order.decisions.withdraw.toolTip()
    press(page.table, 0, "w")
    assert page.panel_of_order.decisions.dialog is None


def test_a_colleague_was_faster(qtbot: QtBot, shell: Shell, world: World):
    shell.open_page("bank")
    page = shell.pages["bank"]
    assert isinstance(page, BankPage)
    qtbot.waitUntil(lambda: page.model.loaded and page.bank is not None, timeout=20000)
    go_to(qtbot, page, OTHERS)
    with world.lock:  # and the news of it has not come yet
        world.outgoing[OTHERS].version += 1
        world.outgoing[OTHERS].state = "rejected"
    page.panel_of_order.decisions.sign.click()
    qtbot.waitUntil(shell.news.isVisible, timeout=20000)
    assert "изменил кто-то другой" in shell.news.text.text()
    panel = page.panel_of_order
    qtbot.waitUntil(lambda: panel.order is not None and panel.order.state == "rejected", timeout=20000)
    qtbot.waitUntil(lambda: page.model.row(page.model.find(OTHERS)).state == "rejected", timeout=20000)
    assert world.outgoing[OTHERS].approved_by == [DIRECTOR]


def test_what_the_bank_does_is_seen_by_itself(qtbot: QtBot, page: BankPage, world: World):
    go_to(qtbot, page, APPROVED)
    move(world, APPROVED, "prepare", "sending")
    move(world, APPROVED, "taken", "sent")
    move(world, APPROVED, "execute", "executed")
    panel = page.panel_of_order
    qtbot.waitUntil(lambda: panel.order is not None and panel.order.state == "executed", timeout=20000)
    qtbot.waitUntil(lambda: page.model.row(page.model.find(APPROVED)).state == "executed", timeout=20000)
    qtbot.waitUntil(lambda: "Подтверждение: деньги списаны" in words_of(panel), timeout=20000)
    qtbot.waitUntil(lambda: "Списание стоит в выписке." in words_of(panel), timeout=20000)


def test_the_line_that_proves_it_can_be_saved(qtbot: QtBot, page: BankPage, tmp_path: Path):
    go_to(qtbot, page, RETURNED)

    def shown() -> list[RawBytes]:
        return [saver for saver in page.panel_of_order.findChildren(RawBytes) if saver.isVisible()]

    qtbot.waitUntil(lambda: len(shown()) == 2, timeout=20000)
    savers = shown()
    assert page.panel_of_order.order is not None
    left, back = page.panel_of_order.order.evidence
    assert (left.incoming, back.incoming) == (False, True)
    target = tmp_path / "left.xml"
    savers[0].fetch(target)
    qtbot.waitUntil(target.exists, timeout=20000)
    assert hashlib.sha256(target.read_bytes()).hexdigest() == left.sha256
    qtbot.waitUntil(lambda: "сходится" in savers[0].verdict.text(), timeout=20000)
    savers[1].show_message(back.message_id, left.sha256)
    savers[1].fetch(target)
    qtbot.waitUntil(lambda: "НЕ сходится" in savers[1].verdict.text(), timeout=20000)


# --- rights ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["manager", "it"])
def test_who_may_not_see_money_sees_links_and_certificates_only(
    qtbot: QtBot, session: Session, settings: Settings, world: World, daemon: FakeDaemon, role: str
):
    become(qtbot, session, world, role)
    daemon.hits.clear()
    page = BankPage(session, settings)
    qtbot.addWidget(page)
    page.show()
    page.reload()
    with qtbot.waitSignal(page.first_loaded, timeout=20000):
        pass
    assert len(page.strip.cards) == 3
    assert not page.splitter.isVisible()
    assert not page.new.isVisible()
    assert page.polls.rowCount() > 10
    page.activate()
    press(page, 0, "n")
    page.focus_search()
    session.touched("outgoing", "")
    qtbot.wait(100)
    assert page.form is None
    assert not [hit for hit in daemon.hits if "/v1/outgoing" in hit], "it never asks for what it may not see"


def test_a_role_that_does_not_sign_is_told_so(qtbot: QtBot, page: BankPage, world: World, session: Session):
    me, bank = session.me, page.bank
    assert me is not None
    assert bank is not None
    from dataclasses import replace

    order = page.panel_of_order.order
    reads = replace(me, permissions=("outgoing.read",))
    assert "нет права подписи" in outgoing.why_not_sign(order, reads, online=True, bank=bank)
    assert "не составляет" in outgoing.why_not_propose(reads, online=True, bank=bank)
    assert "нет права отзывать" in outgoing.why_not_withdraw(order, reads, online=True)
    by_settings = replace(bank, may_approve=False)
    assert "По настройкам" in outgoing.why_not_sign(order, me, online=True, bank=by_settings)
    assert "Нет связи" in outgoing.why_not_sign(order, me, online=False, bank=bank)
    assert "ни один наш счёт" in outgoing.why_not_propose(me, online=True, bank=replace(bank, accounts=())).lower()


def test_without_the_service_every_decision_is_closed_and_says_why(
    qtbot: QtBot, page: BankPage, daemon: FakeDaemon, session: Session
):
    go_to(qtbot, page, OTHERS)
    daemon.stop()
    qtbot.waitUntil(lambda: not session.online, timeout=20000)
    panel = page.panel_of_order
    buttons: list[QPushButton] = [panel.decisions.sign, panel.decisions.reject, panel.decisions.withdraw, page.new]
    assert not any(made.isEnabled() for made in buttons)
    assert {made.toolTip() for made in buttons} == {"Нет связи со службой Kvit."}
    assert page.model.total > 0, "what was loaded stays to be read"
    daemon.stop = lambda: None  # type: ignore[method-assign]  # the fixture stops it once more


def test_the_rail_counts_what_waits_for_a_signature(qtbot: QtBot, shell: Shell, world: World, session: Session):
    """Of this person, who has signed one of the three before."""
    made = shell.rail.buttons["bank"]
    qtbot.waitUntil(lambda: made.accessibleName() == "Банк: 2", timeout=20000)
    with world.lock:
        world.outgoing[FROM_1C].state = "withdrawn"
        world.tell("outgoing", FROM_1C)
    qtbot.waitUntil(lambda: made.accessibleName() == "Банк: 1", timeout=20000)
    become(qtbot, session, world, "manager")
    qtbot.waitUntil(lambda: made.accessibleName() == "Банк", timeout=20000)


def test_the_page_speaks_english_too(qtbot: QtBot, session: Session, settings: Settings, qapp: QApplication):
    i18n.install(qapp, "en")
    page = BankPage(session, settings)
    qtbot.addWidget(page)
    page.show()
    page.reload()
    qtbot.waitUntil(lambda: page.panel_of_order.order is not None and page.bank is not None, timeout=20000)
    qtbot.waitUntil(lambda: "Payment order № 130" in words_of(page), timeout=20000)
    assert (
        "Awaits the second signature"
        in page.panel_of_order.findChild(type(page.strip.cards["bxd:volga"].said)).pill.text
    )
    assert page.strip.cards["bxd:volga"].said.pill.text == "not asked yet"
