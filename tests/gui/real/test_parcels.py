"""Parcels between the real screens and the real service: entered, followed, written about, claimed; a file taken in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import select, update

from gateway.core.authority import SERVICE
from gateway.notify.tables import notifications
from gateway.parcels.tables import parcels
from gateway.store import Store
from gui.models.parcels import track_words
from gui.settings import Settings
from gui.store.session import Session
from gui.views.confirm import ReasonDialog
from gui.views.parcel_forms import AddParcelDialog, ContactsDialog
from gui.views.parcel_import import ParcelImport
from gui.views.parcel_letter import LetterDialog
from gui.views.parcels import ParcelsPage
from gui.views.settlement_dialogs import SureDialog
from tests.api.test_parcels import OTHER, PARCEL, TRACK, arrived, message
from tests.gui.conftest import end
from tests.gui.real.conftest import announce
from tests.gui.test_other_pages import words_of


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path, url: str, tokens: dict[str, str]) -> Iterator[ParcelsPage]:
    session = Session(announce(tmp_path / "home", url, tokens["manager"]), second_ms=20)
    session.start()
    qtbot.waitUntil(lambda: session.online, timeout=20000)
    made = ParcelsPage(session, Settings(tmp_path / "tray.ini"))
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.model.loaded, timeout=20000)
    yield made
    end(session)


def enter(qtbot: QtBot, page: ParcelsPage) -> str:
    """A parcel typed in; its id."""
    page.open_new()
    form = page.dialog
    assert isinstance(form, AddParcelDialog)
    form.fill({name: str(PARCEL[name]) for name in ("order_no", "name", "phone", "email", "index_to")})
    form.fill({"track": "141021 92 06935 3", "cod": "990"})
    qtbot.waitUntil(lambda: form.checked is not None, timeout=20000)
    assert form.odd.isHidden()
    form.consent.setChecked(True)
    form.ok.click()
    qtbot.waitUntil(lambda: page.card.parcel is not None and page.card.parcel.track == TRACK, timeout=20000)
    return page.card.name


def put(store: Store, parcel_id: str, **values: object) -> None:
    with store.unit(SERVICE) as unit:
        unit.connection.execute(update(parcels).where(parcels.c.id == parcel_id).values(**values))
        unit.changed("parcels", parcel_id)
        unit.commit()


def test_a_parcel_from_its_number_to_the_claim(qtbot: QtBot, page: ParcelsPage, store: Store) -> None:
    name = enter(qtbot, page)
    arrived(store, name)
    message(store, name)
    page.card.reload()
    card = page.card

    def says(*told: str) -> None:
        def shown() -> bool:
            return all(one in words_of(card).replace("\u00a0", " ") for one in told)

        qtbot.waitUntil(shown, timeout=20000)

    says("170100 Отделение 170100", "Кода 8:99 нет в нашей таблице", "Письмо · Прибыла", "Внесена")
    says(track_words(TRACK).replace("\u00a0", " "))
    card.show_side("messages")
    says("SMS: писать можно; согласие", "со слов магазина")

    card.actions_bar.do("contacts")
    form = card.actions_bar.dialog
    assert isinstance(form, ContactsDialog)
    form.fill({"phone": "+7 900 000-00-01"})
    form.ok.click()
    says("+7 900 000-00-01", "Исправлено: phone")

    with store.unit(SERVICE) as unit:
        unit.connection.execute(update(notifications).values(state="unknown"))
        unit.commit()
    card.reload()
    says("оно могло уйти")
    [sent] = [one for one in card.parcel.messages if one.can_resend]  # type: ignore[union-attr]
    card.messages.ask_resend(sent)
    dialog = card.messages.dialog
    assert isinstance(dialog, ReasonDialog)
    dialog.field.setPlainText("не видел письма")
    dialog.ok.click()
    says("не видел письма")
    with store.reading() as connection:
        assert len(connection.execute(select(notifications)).all()) == 2

    card.actions_bar.do("search")
    qtbot.waitUntil(lambda: isinstance(card.actions_bar.dialog, LetterDialog), timeout=20000)
    letter = card.actions_bar.dialog
    assert isinstance(letter, LetterDialog)
    assert "о розыске" in letter.text.toPlainText()
    letter.accept()
    card.actions_bar.do("delivered")
    qtbot.waitUntil(lambda: card.actions_bar.dialog is not None, timeout=20000)
    known = card.actions_bar.dialog
    assert isinstance(known, ReasonDialog)
    known.field.setPlainText("сказал по телефону")
    known.ok.click()
    says("Не отслеживается с", "так говорит наш сотрудник")

    put(store, name, cod_state="missing", cod_due="2026-11-01")
    page.reload()
    qtbot.waitUntil(lambda: page.bar.chips["cod_missing"].text() == "Наложенный не пришёл · 1", timeout=20000)
    qtbot.waitUntil(lambda: page.sums.text().replace("\u00a0", " ").endswith("под риском 990,00 ₽"), timeout=20000)
    qtbot.waitUntil(lambda: "claim" in card.parcel.actions, timeout=20000)  # type: ignore[union-attr]
    card.actions_bar.do_first()
    sure = card.actions_bar.dialog
    assert isinstance(sure, SureDialog)
    sure.ok.click()
    qtbot.waitUntil(lambda: isinstance(card.actions_bar.dialog, LetterDialog), timeout=20000)
    claim = card.actions_bar.dialog
    assert isinstance(claim, LetterDialog)
    assert TRACK in claim.text.toPlainText()
    claim.accept()
    says("Претензия № 1 от")
    page.turn("morning")
    qtbot.waitUntil(lambda: page.morning.report.count == 1, timeout=20000)
    assert page.morning.trouble == "cod_missing"


def test_a_file_is_read_as_it_was_said_and_refused_rows_are_named(
    qtbot: QtBot, page: ParcelsPage, store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "список.csv"
    rows = f"Посылка;Кому;Деньги\n{TRACK};Иванова Анна;990,00\n{OTHER};Розов;сколько-то\nмусор;;\n"
    file.write_text(rows, encoding="utf-8")
    page.take_in(file)
    form = page.dialog
    assert isinstance(form, ParcelImport)
    qtbot.waitUntil(lambda: form.preview is not None, timeout=20000)
    for choice, field in zip(form.meanings, ("track", "name", "cod"), strict=True):
        choice.setCurrentIndex(choice.findData(field))
        choice.activated.emit(choice.currentIndex())
    form.ok.click()
    qtbot.waitUntil(lambda: form.intake is not None and form.intake.state == "done", timeout=20000)
    qtbot.waitUntil(lambda: len(form.rows_shown) == 3, timeout=20000)
    assert [row.outcome for row in form.rows_shown] == ["taken", "refused", "refused"]
    assert "сколько-то" in form.report.index(1, 2).data()
    form.accept()
    qtbot.waitUntil(lambda: page.model.counts.get("all") == 1, timeout=20000)
    with store.reading() as connection:
        row = connection.execute(select(parcels)).one()
    assert (row.track, row.name, row.cod) == (TRACK, "Иванова Анна", 99_000)
