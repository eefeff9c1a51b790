"""Pick lists as a queue, and the words for their states and reasons."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui.api.client import Client
from gui.api.types import PickRow
from gui.cells import Pill
from gui.i18n import translate
from gui.models.columns import Column
from gui.models.paged import PagedModel

FILTERS = ("open", "to_confirm", "new", "working", "short", "done", "all")
SHORT_REASONS = ("missing", "damaged", "wrong_count", "wrong_article")


def filter_title(state: str) -> str:
    titles = {
        "open": translate("Picks", "Open"),
        "to_confirm": translate("Picks", "To confirm"),
        "new": translate("Picks", "New"),
        "working": translate("Picks", "Working"),
        "short": translate("Picks", "Short"),
        "done": translate("Picks", "Done"),
        "all": translate("Picks", "All"),
    }
    return titles.get(state, state)


def state_pill(state: str) -> Pill:
    known = {
        "to_confirm": Pill(translate("Picks", "confirm stock"), "warn", "hand"),
        "new": Pill(translate("Picks", "new"), "info", "flag"),
        "taken": Pill(translate("Picks", "taken"), "info", "person"),
        "picking": Pill(translate("Picks", "being picked"), "info", "picks"),
        "short": Pill(translate("Picks", "short"), "bad", "warning"),
        "picked": Pill(translate("Picks", "picked"), "ok", "check"),
        "closed": Pill(translate("Picks", "closed"), "ok", "check"),
        "cancelled": Pill(translate("Picks", "cancelled"), "idle", "ban"),
    }
    return known.get(state, Pill(state, "idle", "flag"))


def reason_text(code: str) -> str:
    """Why something is missing; free text is shown as it is."""
    known = {
        "missing": translate("Picks", "Not in its place"),
        "damaged": translate("Picks", "Damaged"),
        "wrong_count": translate("Picks", "Fewer than counted"),
        "wrong_article": translate("Picks", "Another article in the bin"),
    }
    return known.get(code, code)


def action_title(action: str) -> str:
    known = {
        "confirm": translate("Picks", "Stock is here"),
        "take": translate("Picks", "Take"),
        "start": translate("Picks", "Start picking"),
        "pick": translate("Picks", "All picked"),
        "close": translate("Picks", "Checked, close"),
        "cancel": translate("Picks", "Cancel the list"),
        "printed": translate("Picks", "Print"),
    }
    return known.get(action, action)


def columns() -> list[Column]:
    return [
        Column("number", lambda: translate("Picks", "Pick list"), lambda k: k.number, sort="number", width=0),
        Column(
            "state",
            lambda: translate("Picks", "State"),
            lambda k: state_pill(k.state).text,
            pill=lambda k: state_pill(k.state),
            width=16,
        ),
    ]


def model(client: Client, parent: QObject | None = None) -> PagedModel:
    return PagedModel(client, "/v1/picks", PickRow, columns(), parent)
