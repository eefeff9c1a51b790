"""Orders as a table, and the words for their states."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui import wording
from gui.api.client import Client
from gui.api.types import OrderRow
from gui.cells import Pill
from gui.i18n import said, translate
from gui.models.columns import Column
from gui.models.paged import PagedModel

FILTERS = ("all", "unpaid", "part_paid", "paid", "released", "picking", "ready", "on_hold", "shipped", "cancelled")

_LOOK = {
    "unpaid": ("idle", "clock"),
    "part_paid": ("warn", "split"),
    "paid": ("info", "payments"),
    "released": ("info", "check"),
    "picking": ("info", "picks"),
    "ready": ("ok", "ok"),
    "on_hold": ("bad", "warning"),
    "shipped": ("idle", "truck"),
    "cancelled": ("idle", "ban"),
}


def filter_title(state: str) -> str:
    titles = {
        "all": translate("Orders", "All"),
        "unpaid": translate("Orders", "Unpaid"),
        "part_paid": translate("Orders", "Part paid"),
        "paid": translate("Orders", "Paid"),
        "released": translate("Orders", "Released"),
        "picking": translate("Orders", "Picking"),
        "ready": translate("Orders", "Ready"),
        "on_hold": translate("Orders", "On hold"),
        "shipped": translate("Orders", "Shipped"),
        "cancelled": translate("Orders", "Cancelled"),
    }
    return titles.get(state, state)


def headline_pill(order: OrderRow) -> Pill:
    """The service's headline in its own words, with a tone and a shape of ours."""
    tone, icon = _LOOK.get(order.headline, ("idle", "flag"))
    return Pill(said(order.headline_said), tone, icon)


def delivery_text(kind: str | None) -> str:
    known = {
        "pickup": translate("Orders", "pick-up"),
        "delivery": translate("Orders", "delivery"),
    }
    return known.get(kind or "", kind or "")


def hold_text(reason: str | None) -> str:
    """Why the order is held; an unknown reason is shown as it came."""
    known = {
        "reversed": translate("Orders", "the bank took the money back"),
    }
    return known.get(reason or "", reason or "")


def columns() -> list[Column]:
    return [
        Column(
            "number", lambda: translate("Orders", "Order"), lambda o: o.number, sort="number", paint="strong", width=10
        ),
        Column("date", lambda: translate("Orders", "Date"), lambda o: wording.day(o.date), sort="date", width=10),
        Column("buyer", lambda: translate("Orders", "Buyer"), lambda o: o.buyer, sort="buyer", width=0),
        Column(
            "amount",
            lambda: translate("Orders", "Sum, ₽"),
            lambda o: wording.money(o.amount, currency=False),
            sort="amount",
            paint="money",
            width=11,
            right=True,
        ),
        Column(
            "paid",
            lambda: translate("Orders", "Paid, ₽"),
            lambda o: wording.money(o.paid, currency=False) if o.paid else "—",
            sort="paid",
            paint="money",
            width=11,
            right=True,
        ),
        Column(
            "headline",
            lambda: translate("Orders", "State"),
            lambda o: headline_pill(o).text,
            sort="headline",
            paint="pill",
            pill=headline_pill,
            width=18,
        ),
        Column(
            "delivery",
            lambda: translate("Orders", "Way"),
            lambda o: delivery_text(o.delivery),
            sort="delivery",
            width=10,
            hidden=True,
        ),
        Column(
            "bank_time",
            lambda: translate("Orders", "Paid at"),
            lambda o: wording.moment(o.bank_time),
            sort="bank_time",
            width=10,
        ),
    ]


def model(client: Client, parent: QObject | None = None) -> PagedModel:
    return PagedModel(client, "/v1/orders", OrderRow, columns(), parent)
