"""Files of parcels: what their columns mean, taken in while one watches, stopped, and a report row by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from gui.api.fake import FakeDaemon, World, parcel_files
from gui.api.fake.problem import Problem
from gui.models.parcel_lists import as_csv
from gui.settings import Settings
from gui.store.session import Session
from gui.views.parcel_import import ParcelImport
from gui.views.parcels import ParcelsPage
from tests.gui.test_house import nameless

ROWS = "80115012345671;Ильин;+79161234567\n80115012345679;Розов;\nмусор;=1+1;\n"
KNOWN, STRANGE = "Трек;Получатель;Телефон\n", "Первое;Второе;Третье\n"


@pytest.fixture
def world() -> World:
    return World(payments=10, parcels=0, role="warehouse")


@pytest.fixture
def page(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[ParcelsPage]:
    made = ParcelsPage(session, settings)
    qtbot.addWidget(made)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.model.loaded, timeout=20000)
    yield made


def look_at(qtbot: QtBot, page: ParcelsPage, folder: Path, text: str) -> ParcelImport:
    path = folder / "отправления.csv"
    path.write_text(text, encoding="utf-8")
    page.take_in(path)
    form = page.dialog
    assert isinstance(form, ParcelImport)
    qtbot.waitUntil(lambda: form.preview is not None, timeout=20000)
    return form


def mean(choice: QComboBox, field: str) -> None:
    choice.setCurrentIndex(choice.findData(field))
    choice.activated.emit(choice.currentIndex())


def test_a_file_is_taken_in_and_every_row_accounted_for(qtbot: QtBot, page: ParcelsPage, world: World, tmp_path: Path):
    form = look_at(qtbot, page, tmp_path, KNOWN + ROWS)
    assert [choice.currentData() for choice in form.meanings] == ["track", "name", "phone"]
    assert form.status.text().startswith("3 строки. Проверьте")
    assert nameless(form) == []
    form.shop.setText("divan")
    form.ok.click()
    qtbot.waitUntil(lambda: len(form.rows_shown) == 3, timeout=20000)
    assert form.status.text() == "Загружено строк: 3 из 3"
    assert [form.report.index(row, 1).data() for row in range(3)] == ["Принято", "Принято, взгляните", "Отказано"]
    assert "Контрольная цифра" in form.report.index(1, 2).data()
    assert nameless(form) == []
    form.copy_rows()
    assert QApplication.clipboard().text().splitlines()[3] == "4\tОтказано\tЭто не номер посылки."
    form.save_to(tmp_path / "report.csv")
    assert (tmp_path / "report.csv").read_text(encoding="utf-8-sig").splitlines()[0] == "Строка;Что с ней стало;Почему"
    form.choice.buttons["refused"].click()
    qtbot.waitUntil(lambda: [row.row for row in form.rows_shown] == [4], timeout=20000)
    assert "Принято: 1 · Принято, взгляните: 1 · Отказано: 1" in page.news.text.text()
    form.filter_rows("")
    qtbot.waitUntil(lambda: len(form.rows_shown) == 3, timeout=20000)
    with qtbot.waitSignal(form.finished):
        form.report_table.opened.emit(form.report.row(0))
    qtbot.waitUntil(lambda: page.card.parcel is not None and page.card.parcel.name == "Ильин", timeout=20000)

    again = look_at(qtbot, page, tmp_path, KNOWN + ROWS)
    assert "Читается так же, как прежние" in again.status.text()


def test_columns_nobody_can_guess_are_named_by_hand_and_remembered(
    qtbot: QtBot, page: ParcelsPage, world: World, tmp_path: Path
):
    form = look_at(qtbot, page, tmp_path, STRANGE + ROWS)
    assert not form.ok.isEnabled()
    assert "Укажите, в каком столбце номера" in form.status.text()
    mean(form.meanings[1], "track")
    mean(form.meanings[0], "track")
    assert [choice.currentData() for choice in form.meanings] == ["track", "", ""], "a field stands in one column"
    mean(form.meanings[1], "name")
    form.ok.click()
    qtbot.waitUntil(lambda: form.intake is not None and form.intake.state == "done", timeout=20000)
    assert world.parcel_desk.mappings == {("Первое", "Второе", "Третье"): {"track": "Первое", "name": "Второе"}}


def test_a_long_run_is_watched_and_stopped(qtbot: QtBot, page: ParcelsPage, world: World, tmp_path: Path):
    world.parcel_desk.waits = True
    rows = "".join(f"801150{number:08};Имя {number};\n" for number in range(600))
    form = look_at(qtbot, page, tmp_path, KNOWN + rows)
    form.ok.click()
    qtbot.waitUntil(lambda: form.intake is not None and form.stop.isVisible(), timeout=20000)
    assert not form.ok.isEnabled()
    assert form.intake is not None
    with world.lock:
        parcel_files.step(world, form.intake.id, 550)
    qtbot.waitUntil(lambda: form.bar.value() == 550 and len(form.rows_shown) == 550, timeout=20000)
    form.stop.click()
    qtbot.waitUntil(lambda: form.intake is not None and form.intake.state == "stopped", timeout=20000)
    assert "Тот же файл продолжит с этого места" in form.status.text()
    assert form.ok.isEnabled() and not form.stop.isVisible()


def test_a_file_nobody_can_read_says_why(qtbot: QtBot, page: ParcelsPage, daemon: FakeDaemon, tmp_path: Path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"PK")
    daemon.refuse["/v1/parcel-lists/preview"] = Problem(422, "registry.workbook_broken", "Книга испорчена.", "Broken.")
    page.take_in(path)
    form = page.dialog
    assert isinstance(form, ParcelImport)
    qtbot.waitUntil(lambda: "Книга испорчена." in form.status.text(), timeout=20000)
    assert not form.ok.isEnabled()
    form.reject()
    page.take_in(tmp_path / "nowhere.csv")
    gone = page.dialog
    assert isinstance(gone, ParcelImport)
    assert "не читается" in gone.status.text()


def test_no_cell_of_a_report_begins_a_formula():
    from gui.api.types import Coded, IntakeRow, Said

    row = IntakeRow(row=1, outcome="refused", remarks=(Coded(code="x", text=Said("=HYPERLINK(1)", "=HYPERLINK(1)")),))
    assert as_csv([row]).splitlines()[1].endswith(";'=HYPERLINK(1)")
