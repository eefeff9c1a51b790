"""The release switch on the real screen, the real API and a back-test the matcher really made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from gateway.core.authority import Actor, Role
from gateway.flows.by_hand import release_mode
from gateway.matching.trial import Trial
from gateway.matching.trials import keep
from gateway.store import Store
from gateway.store.schema import journal
from gui.settings import Settings
from gui.store.session import Session
from gui.views.confirm import ReasonDialog
from gui.views.health import HealthPage
from gui.views.release import SwitchOn
from tests.gui.conftest import end
from tests.gui.real.conftest import announce
from tests.gui.test_other_pages import words_of
from tests.matching.world import payment, world


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path, url: str, tokens: dict[str, str]) -> Iterator[HealthPage]:
    session = Session(announce(tmp_path / "home", url, tokens["director"]), second_ms=20)
    session.start()
    qtbot.waitUntil(lambda: session.online and session.status is not None, timeout=20000)
    made = HealthPage(session, Settings(tmp_path / "tray.ini"))
    qtbot.addWidget(made)
    made.resize(1200, 900)
    made.show()
    made.reload()
    qtbot.waitUntil(made.release.report.isEnabled, timeout=20000)
    yield made
    end(session)


def back_test(store: Store) -> None:
    """One exact payment, and one of somebody who pays for another."""
    index = world()
    trial = Trial([index[invoice_id] for invoice_id in index.ids()])
    paid = [
        payment("alpha", "12500.00", "Оплата по счету № 125 от 12.11.2026", number="1"),
        payment("stranger", "15000.00", "Оплата по счету № 140 от 10.11.2026", number="2"),
    ]
    for _ in trial.run(paid):
        pass
    with store.unit(Actor("root", Role.IT)) as unit:
        keep(unit, "выписка за ноябрь", trial.summary)
        unit.commit()


def mode(store: Store) -> str:
    with store.reading() as connection:
        return release_mode(connection, store.company)


def test_the_director_switches_by_the_figures(qtbot: QtBot, page: HealthPage, store: Store):
    assert mode(store) == "manual"
    card = page.release
    assert "Проверки на прошлых платежах не было" in card.told.text()
    back_test(store)
    card.reload()
    qtbot.waitUntil(lambda: card.trial is not None, timeout=20000)
    card.mode.buttons["automatic"].click()
    dialog = card.dialog
    assert isinstance(dialog, SwitchOn)
    words = words_of(dialog)
    assert "Без человека прошли бы 1 (50\u00a0%)" in words
    assert "выписка за ноябрь" in words
    shown = dialog.report.table.model()
    assert shown.index(0, 2).data() == "Платит не покупатель и не указывает его ИНН."
    assert "140" in shown.index(0, 3).data()
    dialog.ok.click()
    qtbot.waitUntil(lambda: mode(store) == "automatic", timeout=20000)
    qtbot.waitUntil(card.mode.buttons["automatic"].isChecked, timeout=20000)

    card.mode.buttons["manual"].click()
    assert isinstance(card.dialog, ReasonDialog)
    card.dialog.field.setPlainText("инвентаризация")
    card.dialog.ok.click()
    qtbot.waitUntil(lambda: mode(store) == "manual", timeout=20000)
    qtbot.waitUntil(card.mode.buttons["manual"].isChecked, timeout=20000)
    with store.reading() as connection:
        bodies = connection.execute(select(journal.c.body).where(journal.c.kind == "release.mode_set")).scalars().all()
    assert "инвентаризация" in bodies[-1]
