"""An order the bank has not got, decided on the real screen against the real API."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gateway.core.authority import SERVICE
from gateway.payments.outgoing import steps
from gateway.store import Store
from gui.views.confirm import ReasonDialog
from tests.api.conftest import Desk
from tests.api.conftest import as_role as as_role
from tests.api.test_outgoing_absent import absent as absent
from tests.gui.real.test_bank_page import Person
from tests.gui.real.test_bank_page import director as director

NOTE = "звонили в банк"


def decide(qtbot: QtBot, person: Person, order: dict[str, Any], decision: str) -> None:
    """Press the button and write the note."""
    page = person.page
    page.show_item(order["id"])
    panel = page.panel_of_order
    made = getattr(panel.decisions, decision)
    qtbot.waitUntil(lambda: bool(made.isVisible() and made.isEnabled()), timeout=20000)
    made.click()
    dialog = panel.decisions.dialog
    assert isinstance(dialog, ReasonDialog)
    dialog.field.setPlainText(NOTE)
    dialog.ok.click()


@pytest.mark.parametrize(
    ("decision", "state", "told"),
    [("send_again", "unknown", "отправить ещё раз"), ("did_not_go", "refused", "не ушло")],
)
def test_a_signer_decides(
    qtbot: QtBot, director: Person, desk: Desk, absent: dict[str, Any], decision: str, state: str, told: str
) -> None:
    before = desk.sendings
    decide(qtbot, director, absent, decision)
    panel = director.page.panel_of_order
    qtbot.waitUntil(lambda: panel.order is not None and panel.order.version > absent["version"], timeout=20000)
    assert panel.order is not None
    assert (panel.order.state, panel.order.to_decide) == (state, False)
    last = panel.order.history[-1].text.ru
    assert told in last
    assert NOTE in last
    assert desk.sendings - before == (decision == "send_again")


@pytest.mark.parametrize("decision", ["send_again", "did_not_go"])
def test_what_has_changed_meanwhile_is_not_decided(
    qtbot: QtBot, director: Person, store: Store, absent: dict[str, Any], decision: str
) -> None:
    page = director.page
    page.show_item(absent["id"])
    panel = page.panel_of_order
    qtbot.waitUntil(lambda: panel.order is not None and panel.order.to_decide, timeout=20000)
    seen = panel.order
    assert seen is not None
    with store.unit(SERVICE) as unit:
        steps.tell(unit, steps.load(unit, absent["id"]), "asked_again")
        unit.commit()
    with qtbot.waitSignal(director.session.refused, timeout=20000) as refused:
        panel.decisions._act(seen, decision.replace("_", "-"), {"note": NOTE}, "")
    assert refused.args is not None
    assert refused.args[0].code == "api.stale"
    qtbot.waitUntil(lambda: panel.order is not None and panel.order.version == seen.version + 1, timeout=20000)
    assert panel.order is not None
    assert panel.order.to_decide, "it still waits for somebody"
