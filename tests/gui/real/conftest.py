"""The API's own fixtures, with one account money may leave from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from gateway.core.requisites import with_key
from gateway.flows.terms import OwnCompany, Terms
from gateway.matching.decision import Policy
from gateway.payments.outgoing.model import OutgoingTerms, OwnAccount
from gui import i18n
from gui.theme import theme
from tests.api.conftest import app as app
from tests.api.conftest import clock as clock
from tests.api.conftest import desk as desk
from tests.api.conftest import empty_database as empty_database
from tests.api.conftest import stage as stage
from tests.api.conftest import store as store
from tests.api.conftest import tokens as tokens
from tests.api.conftest import url as url

BIC = "044525225"
OWN = with_key("40702810000000000001", BIC)
CORR = "30101810400000000225"


@pytest.fixture(autouse=True)
def _dressed(qapp: QApplication) -> None:
    i18n.install(qapp, "ru")
    theme.apply(qapp, "light", 1.0)


@pytest.fixture
def terms() -> Terms:
    outgoing = OutgoingTerms(
        name="ООО «Светорама»", inn="7701234560", kpp="770101001", accounts={OWN: OwnAccount(OWN, BIC, "Банк", CORR)}
    )
    return replace(Terms(own=OwnCompany("ООО «Светорама»", "7701234560"), policy=Policy()), outgoing=outgoing)


def announce(home: Path, url: str, token: str) -> Path:
    """A home as the service would leave it for this person's tray."""
    run = home / "run"
    run.mkdir(parents=True)
    (run / "tray.token").write_text(token, encoding="utf-8")
    (run / "connection.json").write_text(f'{{"url": "{url}", "token_file": "tray.token"}}', encoding="utf-8")
    return home
