"""Payout registries as a table, the words for their states and for what does not add up."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui import wording
from gui.api.client import Client
from gui.api.types import BadRow, Me, PayoutPartner, ReadRegistry, RegistryLine, RegistryRow
from gui.cells import Pill
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.models.columns import Column
from gui.models.paged import PagedModel
from gui.models.table import RowsModel

FILTERS = ("all", "waiting", "unsound", "used", "withdrawn")


def filter_title(state: str) -> str:
    titles = {
        "all": translate("Registries", "All"),
        "waiting": translate("Registries", "Waiting"),
        "unsound": translate("Registries", "Do not add up"),
        "used": translate("Registries", "Used"),
        "withdrawn": translate("Registries", "Withdrawn"),
    }
    return titles.get(state, state)


def source_title(source: str) -> str:
    """What kind of partner it is."""
    titles = {
        "acquirer": translate("Registries", "Acquirer"),
        "post": translate("Registries", "Post"),
        "loan": translate("Registries", "Lender"),
        "marketplace": translate("Registries", "Marketplace"),
    }
    return titles.get(source, source)


def partner_title(partner: RegistryRow | PayoutPartner) -> str:
    """The partner by name, where it is known, and what kind he is."""
    kind = source_title(partner.source)
    return f"{partner.partner_name} · {kind}" if partner.partner_name else kind


def kind_title(kind: str) -> str:
    """What a line's key names."""
    titles = {
        "order": translate("Registries", "Order"),
        "loan": translate("Registries", "Loan"),
        "track": translate("Registries", "Parcel"),
    }
    return titles.get(kind, kind)


def state_pill(registry: RegistryRow) -> Pill:
    """The state as short as a column wants it; a waiting one that can explain nothing says so."""
    if registry.state == "waiting":
        if not registry.sound:
            return Pill(translate("Registries", "does not add up"), "bad", "error")
        if registry.ambiguous:
            return Pill(translate("Registries", "number twice"), "warn", "warning")
        return Pill(translate("Registries", "waiting"), "info", "clock")
    if registry.state == "used":
        return Pill(translate("Registries", "used"), "ok", "ok")
    if registry.state == "withdrawn":
        return Pill(translate("Registries", "withdrawn"), "idle", "undo")
    return Pill(said(registry.state_said), "idle", "flag")


def faults(registry: RegistryRow | ReadRegistry) -> list[str]:
    """What keeps it from adding up, a sentence each; empty for a sound one."""
    found = []
    if registry.bad_rows:
        found.append(counts.bad_rows(registry.bad_rows))
    if registry.lines_total != registry.gross:
        found.append(
            translate(
                "Registries", "The lines add up to {lines}, the total says {gross}: difference {difference}."
            ).format(
                lines=wording.money(registry.lines_total),
                gross=wording.money(registry.gross),
                difference=wording.money(registry.lines_total - registry.gross, sign=True),
            )
        )
    if registry.gross - registry.fee != registry.net:
        found.append(
            translate(
                "Registries", "The total less the fee is {due}, to be paid out stands {net}: difference {difference}."
            ).format(
                due=wording.money(registry.gross - registry.fee),
                net=wording.money(registry.net),
                difference=wording.money(registry.net - registry.gross + registry.fee, sign=True),
            )
        )
    if registry.fee < 0:
        found.append(translate("Registries", "The fee is below zero: {fee}.").format(fee=wording.money(registry.fee)))
    return found


def why_not_bring(me: Me | None, *, online: bool) -> str:
    """Why this person cannot take a file in; "" when they can."""
    if not online:
        return translate("Registries", "No link to the Kvit service.")
    if me is None or not me.may("payments.decide"):
        return translate("Registries", "Your role does not decide about payments.")
    return ""


def why_not_withdraw(registry: RegistryRow | None, me: Me | None, *, online: bool) -> str:
    """Why this person cannot take this registry out; "" when they can."""
    if why := why_not_bring(me, online=online):
        return why
    if registry is None:
        return translate("Registries", "Choose a registry.")
    if registry.state == "used":
        return translate("Registries", "A payment rests on it: take its allocation back first.")
    if registry.state != "waiting":
        return translate("Registries", "It is withdrawn already.")
    return ""


def columns() -> list[Column]:
    return [
        Column(
            "number",
            lambda: translate("Registries", "№"),
            lambda r: r.number,
            sort="number",
            paint="strong",
            width=8,
            tip=lambda r: r.file_name,
        ),
        Column("date", lambda: translate("Registries", "Date"), lambda r: wording.day(r.date), sort="date", width=9),
        Column(
            "partner_inn",
            lambda: translate("Registries", "Partner"),
            lambda r: r.partner_name or source_title(r.source),
            sort="partner_inn",
            width=0,
            tip=lambda r: f"{partner_title(r)} · {r.partner_inn}",
        ),
        Column("gross", lambda: translate("Registries", "Sum, ₽"), lambda r: _sum(r.gross), width=11, right=True),
        Column("fee", lambda: translate("Registries", "Fee"), lambda r: _sum(r.fee), width=7, right=True),
        Column(
            "net",
            lambda: translate("Registries", "Arrives, ₽"),
            lambda r: _sum(r.net),
            sort="net",
            paint="money",
            width=12,
            right=True,
        ),
        Column(
            "state",
            lambda: translate("Registries", "State"),
            lambda r: state_pill(r).text,
            sort="state",
            paint="pill",
            pill=state_pill,
            width=16,
            tip=lambda r: "\n".join([said(r.state_said), *(faults(r) if r.state == "waiting" else ())]),
        ),
        Column(
            "payment_id",
            lambda: translate("Registries", "Payment"),
            lambda r: "→" if r.payment_id else "",
            width=5,
            tip=lambda r: translate("Registries", "Enter goes to the payment") if r.payment_id else "",
        ),
        Column("inn", lambda: translate("Registries", "INN"), lambda r: r.partner_inn, width=13, hidden=True),
        Column(
            "line_count",
            lambda: translate("Registries", "Lines"),
            lambda r: str(r.line_count),
            width=7,
            right=True,
            hidden=True,
        ),
        Column("file_name", lambda: translate("Registries", "File"), lambda r: r.file_name, width=24, hidden=True),
        Column(
            "received_at",
            lambda: translate("Registries", "Received"),
            lambda r: wording.moment(r.received_at),
            sort="received_at",
            width=12,
            hidden=True,
        ),
    ]


def model(client: Client, parent: QObject | None = None) -> PagedModel:
    return PagedModel(client, "/v1/registries", RegistryRow, columns(), parent)


def against(line: RegistryLine) -> str:
    """Why a line finds no invoice; "" when it does, or need not any more."""
    return said(line.against.text) or line.against.code if line.against else ""


def lines(parent: QObject | None = None) -> RowsModel:
    """The lines of one registry; one that finds no invoice is marked and says why."""

    return RowsModel(
        [
            Column("row", lambda: translate("Registries", "Row"), lambda li: str(li.row or ""), width=5, right=True),
            Column(
                "key",
                lambda: translate("Registries", "Whose"),
                lambda li: f"⚠ {li.key}" if li.against else li.key,
                width=0,
                tip=lambda li: against(li) or f"{kind_title(li.kind)} {li.key}",
            ),
            Column(
                "amount",
                lambda: translate("Registries", "Sum, ₽"),
                lambda li: _sum(li.amount),
                paint="money",
                width=11,
                right=True,
            ),
            Column("fee", lambda: translate("Registries", "Fee"), lambda li: _sum(li.fee), width=8, right=True),
            Column(
                "against",
                lambda: translate("Registries", "What is wrong"),
                against,
                width=30,
                tip=against,
                hidden=True,
            ),
        ],
        parent,
    )


def bad_rows(parent: QObject | None = None) -> RowsModel:
    """Rows of a file that could not be used."""

    def why(bad: BadRow) -> str:
        return said(bad.text)

    return RowsModel(
        [
            Column("row", lambda: translate("Registries", "Row"), lambda b: str(b.row or "—"), width=5, right=True),
            Column("text", lambda: translate("Registries", "What is wrong"), why, width=30, tip=why),
            Column(
                "fragment",
                lambda: translate("Registries", "What stands there"),
                lambda b: b.fragment,
                width=0,
                tip=lambda b: b.fragment,
            ),
        ],
        parent,
    )


def _sum(kopecks: int) -> str:
    return wording.money(kopecks, currency=False)
