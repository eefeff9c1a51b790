"""The warehouse's page: touch, keys, scanner, short picks, and a power cut."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.api.fake import FakeDaemon, World
from gui.api.types import Pick
from gui.print.codes import code128_modules, qr_modules
from gui.print.picklist import pages_of, write_pdf
from gui.settings import Settings
from gui.store.progress import Progress
from gui.store.session import Session
from gui.views.pick_line import PickLineRow
from gui.views.picks import PicksPage
from gui.widgets.scan import ScanListener, repair_layout
from tests.gui.conftest import press

NEW = "k-1020"  # six lines, nothing taken yet


@pytest.fixture
def page(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[PicksPage]:
    made = PicksPage(session, settings)
    qtbot.addWidget(made)
    made.resize(1200, 760)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.model.loaded and made.work.pick is not None, timeout=20000)
    yield made


def open_list(qtbot: QtBot, page: PicksPage, name: str) -> Pick:
    page.show_item(name)
    qtbot.waitUntil(lambda: page.work.pick is not None and page.work.pick.id == name, timeout=20000)
    assert page.work.pick is not None
    return page.work.pick


def row_of(page: PicksPage, number: int) -> PickLineRow:
    return page.work.lines[number]


def test_from_new_to_closed_by_function_keys(qtbot: QtBot, page: PicksPage, world: World):
    open_list(qtbot, page, NEW)
    press(page, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: world.picks[NEW].state == "taken", timeout=20000)
    qtbot.waitUntil(lambda: "Начать" in page.work.step.text(), timeout=20000)
    press(page, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: world.picks[NEW].state == "picking", timeout=20000)
    qtbot.waitUntil(lambda: not page.work.step.isVisible(), timeout=20000)
    assert not page.work.close_button.isEnabled(), "not everything is picked"
    for row in page.work.lines:
        row.all.click()
    assert page.work.close_button.isEnabled()
    press(page, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: world.picks[NEW].state == "picked", timeout=20000)
    qtbot.waitUntil(lambda: "закрыть" in page.work.close_button.text(), timeout=20000)
    press(page, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: world.picks[NEW].state == "closed", timeout=20000)


def test_the_first_touch_tells_the_office_that_picking_has_begun(qtbot: QtBot, page: PicksPage, world: World):
    open_list(qtbot, page, NEW)
    row_of(page, 0).more.click()
    qtbot.waitUntil(lambda: world.picks[NEW].state == "picking", timeout=20000)
    assert row_of(page, 0).picked == 1, "and the touch itself is kept"


def test_a_short_pick_needs_a_reason(qtbot: QtBot, page: PicksPage, world: World):
    pick = open_list(qtbot, page, NEW)
    for row in page.work.lines[1:]:
        row.take_all()
    first = row_of(page, 0)
    first.add(1)
    qtbot.waitUntil(lambda: world.picks[NEW].state == "picking", timeout=20000)
    assert not page.work.close_button.isEnabled()
    first.give_reason("damaged")
    qtbot.waitUntil(lambda: page.work.close_button.isEnabled(), timeout=20000)
    page.work.close_list()
    qtbot.waitUntil(lambda: world.picks[NEW].state == "short", timeout=20000)
    line = next(x for x in world.orders[pick.order_id].lines if x.id == first.line.id)
    assert (line.picked, line.short_reason) == (1, "damaged")


def test_f2_opens_the_reasons_of_the_chosen_line(qtbot: QtBot, page: PicksPage):
    open_list(qtbot, page, NEW)
    page.work.choose(row_of(page, 2))
    opened: list[int] = []
    row_of(page, 2).short.showMenu = lambda: opened.append(2)  # type: ignore[method-assign]
    press(page, Qt.Key.Key_F2)
    assert opened == [2]


def test_a_power_cut_loses_no_touch(qtbot: QtBot, page: PicksPage, session: Session, settings: Settings):
    open_list(qtbot, page, NEW)
    row_of(page, 0).add(3)
    row_of(page, 1).give_reason("missing")
    again = PicksPage(session, settings)
    qtbot.addWidget(again)
    again.show()
    again.reload()
    qtbot.waitUntil(lambda: again.model.loaded, timeout=20000)
    open_list(qtbot, again, NEW)
    qtbot.waitUntil(lambda: row_of(again, 0).picked == 3, timeout=20000)
    assert row_of(again, 1).reason == "missing"


def test_progress_survives_a_broken_file_and_forgets_old_lists(tmp_path: Path):
    progress = Progress(tmp_path / "x" / "picks.json")
    for number in range(40):
        progress.keep(f"k-{number}", {"1": ("2", "")})
    assert progress.recall("k-39") == {"1": ("2", "")}
    assert progress.recall("k-0") == {}
    (tmp_path / "x" / "picks.json").write_text("{", encoding="utf-8")
    assert progress.recall("k-39") == {}
    progress.keep("k-1", {"1": ("1", "damaged")})
    assert progress.recall("k-1") == {"1": ("1", "damaged")}


def test_touch_targets_are_large(qtbot: QtBot, page: PicksPage):
    open_list(qtbot, page, NEW)
    for row in page.work.lines:
        assert row.height() >= 56
        for made in (row.less, row.more, row.all, row.short):
            assert made.height() >= 44
    assert page.work.step.height() >= 44


def test_while_the_service_is_away_picking_goes_on_and_the_last_step_waits(
    qtbot: QtBot, page: PicksPage, session: Session, daemon: FakeDaemon
):
    open_list(qtbot, page, NEW)
    daemon.stop()
    daemon.stop = lambda: None  # type: ignore[method-assign]  # the fixture stops it once more
    qtbot.waitUntil(lambda: not session.online, timeout=20000)
    for row in page.work.lines:
        row.all.click()
    assert all(r.complete for r in page.work.lines)
    assert page.work.close_button.isVisible()
    assert not page.work.close_button.isEnabled()


def test_who_only_reads_sees_no_buttons(qtbot: QtBot, page: PicksPage, session: Session, world: World):
    world.role = "director"
    session.stop()
    session.start()
    qtbot.waitUntil(lambda: session.me is not None and session.me.role == "director", timeout=20000)
    page.work.reload()
    qtbot.waitUntil(lambda: not page.work.close_button.isVisible(), timeout=20000)
    assert not any(row.more.isVisible() for row in page.work.lines)
    assert page.work.print_button.isVisible()


# --- scanner ---------------------------------------------------------------------------------------------------------


def test_a_scanner_on_a_russian_layout_types_latin_again():
    assert repair_layout("ЗШСЛ-2026-001047") == "PICK-2026-001047"
    assert repair_layout("RM-2130-OR") == "RM-2130-OR"


def burst(widget: QWidget, text: str) -> None:
    window = widget.window().windowHandle()
    for letter in text:
        press(window, 0, letter)  # type: ignore[arg-type]
    press(window, Qt.Key.Key_Return, "\r")  # type: ignore[arg-type]


def test_a_burst_is_heard_wherever_the_focus_is(qtbot: QtBot, page: PicksPage):
    pick = open_list(qtbot, page, NEW)
    page.scanner.active = lambda: True
    heard: list[str] = []
    page.scanner.scanned.connect(heard.append)
    page.bar.field.setFocus()
    line = row_of(page, 1).line
    burst(page, line.sku)
    assert heard == [line.sku]
    assert row_of(page, 1).picked == 1
    other = next(page.model.row(n) for n in range(page.model.total) if page.model.row(n).id != pick.id)
    burst(page, "ЗШСЛ" + other.number.removeprefix("PICK"))
    qtbot.waitUntil(lambda: page.work.pick is not None and page.work.pick.id == other.id, timeout=20000)


def test_slow_typing_is_no_scan(qtbot: QtBot):
    now = [0.0]
    listener = ScanListener(clock_ms=lambda: now[0])
    heard: list[str] = []
    listener.scanned.connect(heard.append)
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    handle = window.windowHandle()
    handle.installEventFilter(listener)
    for letter in "PICK-2026\r":
        now[0] += 60
        press(handle, Qt.Key.Key_Return if letter == "\r" else 0, letter)  # type: ignore[arg-type]
    assert heard == []
    for letter in "PICK-2026\r":
        now[0] += 20
        press(handle, Qt.Key.Key_Return if letter == "\r" else 0, letter)  # type: ignore[arg-type]
    assert heard == ["PICK-2026"]


# --- paper -----------------------------------------------------------------------------------------------------------


def decoded(picture: Path) -> list[str]:
    tool = shutil.which("zbarimg")
    if tool is None:
        pytest.skip("zbarimg (package zbar-tools) is not installed")
    done = subprocess.run([tool, "-q", str(picture)], capture_output=True, text=True, check=False)
    return sorted(done.stdout.split())


def to_png(pdf: Path) -> Path:
    tool = shutil.which("pdftoppm")
    if tool is None:
        pytest.skip("pdftoppm (package poppler-utils) is not installed")
    subprocess.run([tool, "-r", "200", "-png", "-f", "1", "-l", "1", str(pdf), str(pdf.with_suffix(""))], check=True)
    return next(pdf.parent.glob(f"{pdf.stem}*.png"))


def pdf_facts(pdf: Path) -> dict[str, str]:
    tool = shutil.which("pdfinfo")
    if tool is None:
        pytest.skip("pdfinfo (package poppler-utils) is not installed")
    lines = subprocess.run([tool, str(pdf)], capture_output=True, text=True, check=True).stdout.splitlines()
    return {line.partition(":")[0]: line.partition(":")[2].strip() for line in lines}


def test_the_sheet_is_a5_and_both_codes_read_back(qtbot: QtBot, page: PicksPage, tmp_path: Path):
    pick = open_list(qtbot, page, NEW)
    pdf = tmp_path / "pick.pdf"
    assert write_pdf(pick, pdf) == 1
    facts = pdf_facts(pdf)
    wide, high = (float(part) for part in facts["Page size"].split(" pts")[0].split(" x "))
    assert (wide, high) == pytest.approx((595, 420), abs=2)
    assert decoded(to_png(pdf)) == [f"CODE-128:{pick.number}", f"QR-Code:{pick.number}"]
    words = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    assert "Лист сборки" in words
    assert pick.lines[0].name in words


def test_a_long_list_goes_on_with_page_numbers(qtbot: QtBot, page: PicksPage, tmp_path: Path):
    from dataclasses import replace

    pick = open_list(qtbot, page, NEW)
    lines = tuple(replace(pick.lines[0], id=str(n)) for n in range(40))
    pdf = tmp_path / "long.pdf"
    pages = write_pdf(replace(pick, lines=lines), pdf)
    assert pages > 2
    assert pdf_facts(pdf)["Pages"] == str(pages)
    assert [n for part in pages_of(40) for n in part] == list(range(40))
    assert pages_of(0) == [range(0)]


def test_a_number_in_russian_letters_still_prints_with_its_qr_code(qtbot: QtBot, page: PicksPage, tmp_path: Path):
    from dataclasses import replace

    pick = replace(open_list(qtbot, page, NEW), number="СБ-17")
    pdf = tmp_path / "russian.pdf"
    write_pdf(pick, pdf)
    assert decoded(to_png(pdf)) == ["QR-Code:СБ-17"]


def test_a_qr_code_is_never_a_micro_one():
    assert len(qr_modules("1")) >= 21


def test_code128_takes_numbers_and_refuses_what_it_has_no_sign_for():
    assert code128_modules("PICK-2026-001047").startswith("11010")
    with pytest.raises(ValueError, match="Code-128"):
        code128_modules("СБОРКА")
