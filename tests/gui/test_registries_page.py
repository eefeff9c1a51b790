"""Registries: the list, one with its lines, withdrawing it, and a file looked at before it is taken in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from gui.api.fake import FakeDaemon, World
from gui.api.fake.story_registries import ACQUIRER, POST
from gui.api.fake.world import Problem
from gui.settings import Settings
from gui.store.session import Session
from gui.views.confirm import ReasonDialog
from gui.views.registries import RegistriesPage
from gui.views.registries_import import LARGEST, RegistryImport
from gui.views.shell import Shell
from gui.wording import NBSP
from tests.gui.conftest import press
from tests.gui.loan_desk import become
from tests.gui.test_other_pages import words_of

FILE = (
    "Реестр № 120 от 21.11.2026;;;\r\n"
    "Номер заказа;Сумма операции;Комиссия;К перечислению\r\n"
    "1001;1 000,00;18,00;982,00\r\n"
    "1002;500,50;9,01;491,49\r\n"
    "Итого;1 500,50;27,01;1 473,49\r\n"
)


@pytest.fixture
def page(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[RegistriesPage]:
    made = RegistriesPage(session, settings)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.model.loaded and made.panel_of_registry.registry is not None, timeout=20000)
    yield made


def show(qtbot: QtBot, page: RegistriesPage, name: str) -> None:
    page.show_item(name)
    panel = page.panel_of_registry

    def shown() -> bool:  # drawn too: labels just made are hidden until the next turn of the loop
        registry = panel.registry
        return registry is not None and registry.id == name and f"№{NBSP}{registry.number}" in words_of(panel)

    qtbot.waitUntil(shown, timeout=20000)


def brought(tmp_path: Path, text: str = FILE, name: str = "sverka_120.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode("cp1251"))
    return path


def open_file(qtbot: QtBot, page: RegistriesPage, file: Path, partner: str = ACQUIRER) -> RegistryImport:
    page.look_at([file])
    form = page.form
    assert form is not None
    qtbot.waitUntil(lambda: form.partner.count() > 1, timeout=20000)
    form.partner.setCurrentIndex(form.partner.findData(partner))
    qtbot.waitUntil(lambda: form.preview is not None, timeout=20000)
    return form


def choose(box: QComboBox, data: str) -> None:
    """As a person does: the choice and the signal."""
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


# --- list and panel --------------------------------------------------------------------------------------------------


def test_the_service_sorts_filters_and_counts(qtbot: QtBot, page: RegistriesPage, daemon: FakeDaemon):
    assert page.bar.chips["waiting"].text() == "Ждут · 6"
    assert page.bar.chips["unsound"].text() == "Не сходятся · 2"
    page.bar.chips["unsound"].click()
    qtbot.waitUntil(lambda: page.model.total == 2, timeout=20000)
    page.table.model().sort(5, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: any("sort=net" in hit and "state=unsound" in hit for hit in daemon.hits), timeout=20000)
    page.bar.field.setText("77-12")
    page.bar.field.returnPressed.emit()
    qtbot.waitUntil(lambda: page.model.total == 1, timeout=20000)
    assert page.model.row(0).number == "77-12"


def test_what_does_not_add_up_is_said_to_the_kopeck(qtbot: QtBot, page: RegistriesPage):
    show(qtbot, page, "r-loan-2")
    words = words_of(page.panel_of_registry).replace("\u00a0", " ")
    registry = page.panel_of_registry.registry
    assert registry is not None
    assert registry.difference == -150_000
    assert "разница −1 500,00 ₽" in words
    assert "Деньги по нему не разносятся" in words
    show(qtbot, page, "r-mp-1")
    words = words_of(page.panel_of_registry)
    assert "2 строки не прочитаны." in words
    assert "Строка 17: Это не сумма: «н/д»." in words
    assert "1044 н/д 120,00" in words
    show(qtbot, page, "r-mp-2")
    assert "с тем же номером" in words_of(page.panel_of_registry)


def test_lines_come_in_slices_and_failing_ones_are_told(qtbot: QtBot, page: RegistriesPage):
    show(qtbot, page, "r-post-2")
    panel = page.panel_of_registry
    qtbot.waitUntil(lambda: panel.lines.rowCount() == 200, timeout=20000)
    assert "Строка 6: " in words_of(panel)
    assert "такого отправления нет" in words_of(panel)
    assert panel.lines.index(2, 1).data().startswith("⚠ ")
    panel.more.click()
    qtbot.waitUntil(lambda: panel.lines.rowCount() == 230, timeout=20000)
    assert not panel.more.isVisible()
    assert [panel.lines.row(n).position for n in (0, 199, 200, 229)] == [1, 200, 201, 230]


def test_a_partner_is_named_where_his_name_is_known(qtbot: QtBot, page: RegistriesPage, tmp_path: Path):
    titles = {page.model.row(n).id: page.model.index(n, 2).data() for n in range(page.model.rowCount())}
    assert titles["r-acq-1"] == "АО «Эквайринг-Сервис»"
    assert titles["r-mp-1"] == "Маркетплейс"  # no payout of his has come
    show(qtbot, page, "r-acq-1")
    assert "АО «Эквайринг-Сервис» · Эквайринг · ИНН" in words_of(page.panel_of_registry)
    show(qtbot, page, "r-mp-1")
    assert "· Маркетплейс · ИНН" in words_of(page.panel_of_registry)
    form = open_file(qtbot, page, brought(tmp_path))
    assert form.partner.currentText().startswith("АО «Эквайринг-Сервис» · Эквайринг · ")
    form.reject()


def test_enter_goes_to_the_payment_it_explained(qtbot: QtBot, shell: Shell):
    shell.open_page("registries")
    page = shell.pages["registries"]
    assert isinstance(page, RegistriesPage)
    qtbot.waitUntil(lambda: page.model.loaded, timeout=20000)
    show(qtbot, page, "r-acq-1")
    qtbot.waitUntil(lambda: page.panel_of_registry.payment is not None, timeout=20000)
    press(page.table, Qt.Key.Key_Return)
    assert shell.current is shell.pages["payments"]
    decision = shell.current.decision  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: decision.payment is not None and decision.payment.id == "p-008", timeout=20000)


def test_withdrawing_needs_a_reason_and_keeps_it(qtbot: QtBot, page: RegistriesPage, world: World):
    show(qtbot, page, "r-mp-2")
    press(page.table, 0, "w")
    dialog = page.panel_of_registry.dialog
    assert isinstance(dialog, ReasonDialog)
    assert not dialog.ok.isEnabled()
    dialog.field.setPlainText("прислали новый")
    dialog.ok.click()
    qtbot.waitUntil(lambda: world.registries["r-mp-2"].state == "withdrawn", timeout=20000)
    assert world.registries["r-mp-2"].note == "прислали новый"
    qtbot.waitUntil(lambda: "прислали новый" in words_of(page.panel_of_registry), timeout=20000)
    assert page.news.isVisible()
    assert not page.panel_of_registry.withdraw.isEnabled()
    assert "уже отозван" in page.panel_of_registry.withdraw.toolTip()


def test_a_used_one_says_why_it_stays(qtbot: QtBot, page: RegistriesPage):
    show(qtbot, page, "r-acq-1")
    assert not page.panel_of_registry.withdraw.isEnabled()
    assert "сначала отмените разнесение" in page.panel_of_registry.withdraw.toolTip()
    assert page.panel_of_registry.to_payment.isVisible()


def test_a_colleague_was_faster(qtbot: QtBot, page: RegistriesPage, session: Session, world: World):
    show(qtbot, page, "r-mp-2")
    page.panel_of_registry.ask_withdraw()
    dialog = page.panel_of_registry.dialog
    assert isinstance(dialog, ReasonDialog)
    world.registries["r-mp-2"].version += 1
    dialog.field.setPlainText("поздно")
    with qtbot.waitSignal(session.refused, timeout=20000):
        dialog.ok.click()
    assert world.registries["r-mp-2"].state == "waiting"


def test_who_only_reads_is_told_why(qtbot: QtBot, page: RegistriesPage, session: Session, world: World):
    become(qtbot, session, world, "director")
    page.allow()
    assert not page.bring.isEnabled()
    assert page.bring.toolTip() == "Ваша роль не решает по платежам."
    page.choose_files()
    page.look_at([Path("x.csv")])
    assert page.form is None


# --- a file ----------------------------------------------------------------------------------------------------------


def test_a_file_is_looked_at_confirmed_and_read_so_from_now_on(
    qtbot: QtBot, page: RegistriesPage, world: World, tmp_path: Path
):
    form = open_file(qtbot, page, brought(tmp_path))
    assert [box.currentData() for box in form.columns.roles] == ["order", "amount", "fee", "net_column"]
    assert form.columns.headings.currentData() == 2
    assert form.columns.table.item(1, 0).text() == "Реестр № 120 от 21.11.2026"
    assert form.columns.number.found.text() == "120"
    assert not form.columns.number.pattern.isVisible()
    told = form.read_as.text().replace("\u00a0", " ")
    assert told == "№ 120 от 21.11.2026: 2 строки, 1 500,50 ₽ минус комиссия 27,01 ₽, к поступлению 1 473,49 ₽"
    assert not form.against.isVisible()
    assert form.keep.isChecked()
    form.ok.click()
    qtbot.waitUntil(lambda: page.form is None, timeout=20000)
    made = next(r for r in world.registries.values() if r.reading.number == "120")
    assert (made.partner, made.reading.net, made.state) == (ACQUIRER, 147_349, "waiting")
    assert world.partners[ACQUIRER]["mapping"]["amount"] == "Сумма операции"
    assert "№ 120: загружен" in page.news.text.text()
    panel = page.panel_of_registry
    qtbot.waitUntil(lambda: panel.registry is not None and panel.registry.number == "120", timeout=20000)

    again = open_file(qtbot, page, brought(tmp_path))
    assert "Прочитано, как для этого партнёра сохранено" in again.status.text()
    assert not again.keep.isVisible()
    again.ok.click()
    qtbot.waitUntil(lambda: page.form is None, timeout=20000)
    assert "уже был загружен" in page.news.text.text()
    assert sum(r.reading.number == "120" for r in world.registries.values()) == 1


def test_columns_are_named_by_hand_where_the_headings_say_nothing(
    qtbot: QtBot, page: RegistriesPage, world: World, tmp_path: Path
):
    text = "Реестр № 9 от 20.11.2026;\r\nПоз;Ключ;Деньги\r\n1;1001;700,00\r\n2;1002;н/д\r\n"
    form = open_file(qtbot, page, brought(tmp_path, text, "list.csv"))
    assert form.preview is not None
    assert form.preview.mapping is None
    assert "столбец с номером заказа" in form.status.text()
    assert not form.ok.isEnabled()
    choose(form.columns.roles[1], "order")
    choose(form.columns.roles[2], "amount")
    choose(form.columns.headings, 2)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: form.ok.isEnabled(), timeout=20000)
    assert "1 строка не прочитана." in form.against.text()
    assert "деньги по нему не разнесутся" in form.against.text()
    assert form.bad_rows.row(0).row == 4
    form.keep.setChecked(False)
    form.ok.click()
    qtbot.waitUntil(lambda: page.form is None, timeout=20000)
    made = next(r for r in world.registries.values() if r.reading.number == "9")
    assert not made.reading.sound
    assert world.partners[ACQUIRER]["mapping"] is None


def test_number_and_date_are_found_where_the_person_says(qtbot: QtBot, page: RegistriesPage, tmp_path: Path):
    form = open_file(qtbot, page, brought(tmp_path, name="out_77_2026-11-20.csv"))
    choose(form.columns.date.kind, "file_name")
    assert form.columns.date.pattern.isVisible()
    qtbot.waitUntil(lambda: form.ok.isEnabled() and "20.11.2026" in form.read_as.text(), timeout=20000)
    choose(form.columns.number.kind, "file_name")
    form.columns.number.pattern.setText(r"out_(\d+)")
    form.columns.number.pattern.textEdited.emit(r"out_(\d+)")
    qtbot.waitUntil(lambda: form.ok.isEnabled() and "№ 77" in form.read_as.text(), timeout=20000)
    form.columns.number.pattern.setText("nothing")
    form.columns.number.pattern.textEdited.emit("nothing")
    qtbot.waitUntil(lambda: "Номер реестра не найден" in form.status.text(), timeout=20000)
    assert not form.ok.isEnabled()


def test_a_saved_mapping_that_no_longer_fits_says_so(qtbot: QtBot, page: RegistriesPage, tmp_path: Path):
    form = open_file(qtbot, page, brought(tmp_path), partner=POST)
    assert "В файле нет столбцов" in form.status.text()
    assert not form.ok.isEnabled()


def test_a_refusal_stays_in_the_dialog(qtbot: QtBot, page: RegistriesPage, daemon: FakeDaemon, tmp_path: Path):
    form = open_file(qtbot, page, brought(tmp_path))
    daemon.refuse["/v1/registries"] = Problem(422, "registry.no_lines", "Ни одной строки.", "No line.")
    form.ok.click()
    qtbot.waitUntil(lambda: "Ни одной строки." in form.status.text(), timeout=20000)
    assert page.form is form


def test_a_file_too_large_is_not_even_sent(qtbot: QtBot, page: RegistriesPage, daemon: FakeDaemon, tmp_path: Path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    page.look_at([path])
    form = page.form
    assert form is not None
    qtbot.waitUntil(lambda: form.partner.count() > 1, timeout=20000)
    form.partner.setCurrentIndex(1)
    assert form.status.text() == "Файл больше 4 МБ."
    assert not [hit for hit in daemon.hits if "preview" in hit]


def test_a_file_that_is_gone_says_why(qtbot: QtBot, page: RegistriesPage, tmp_path: Path):
    page.look_at([tmp_path / "no.csv"])
    assert page.form is not None
    assert "Файл не читается" in page.form.status.text()


def test_files_dropped_on_the_page_come_one_after_another(qtbot: QtBot, page: RegistriesPage, tmp_path: Path):
    files = [brought(tmp_path, name=name) for name in ("a.csv", "b.csv")]
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    where, action, pressed = QPoint(50, 200), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    entered = QDragEnterEvent(where, action, data, pressed, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(page, entered)
    assert entered.isAccepted()
    QApplication.sendEvent(page, QDropEvent(where, action, data, pressed, Qt.KeyboardModifier.NoModifier))
    first = page.form
    assert first is not None
    assert first.file == files[0]
    qtbot.waitUntil(lambda: first.partner.count() > 1, timeout=20000)
    first.partner.setCurrentIndex(first.partner.findData(ACQUIRER))
    qtbot.waitUntil(first.ok.isEnabled, timeout=20000)
    first.ok.click()
    qtbot.waitUntil(lambda: page.form is not None and page.form.file == files[1], timeout=20000)

    folder = QMimeData()
    folder.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    refused = QDragEnterEvent(where, action, folder, pressed, Qt.KeyboardModifier.NoModifier)
    refused.ignore()
    QApplication.sendEvent(page, refused)
    assert not refused.isAccepted()
