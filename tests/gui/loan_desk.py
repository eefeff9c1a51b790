"""What the tests of loans share: a company that is a credit broker, and the way to one application."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gui.api.fake import World
from gui.store.session import Session
from gui.views.loans import LoansPage
from tests.gui.test_other_pages import words_of


def broker(role: str = "owner", loans: int = 20) -> World:
    return World(payments=10, loans=loans, role=role)


def show(qtbot: QtBot, page: LoansPage, name: str) -> str:
    """Bring an application up and wait until it is drawn; the words of the panel."""
    page.show_item(name)
    panel = page.card

    def shown() -> bool:
        return panel.loan is not None and panel.loan.id == name and f"{panel.loan.number}" in words_of(panel)

    qtbot.waitUntil(shown, timeout=20000)
    return words_of(panel).replace("\u00a0", " ")


def become(qtbot: QtBot, session: Session, world: World, role: str) -> None:
    """Another person sits down at this tray."""
    world.role = role
    session.stop()
    session.start()
    qtbot.waitUntil(lambda: session.online and session.me is not None and session.me.role == role, timeout=20000)
