"""Applications for loans as a table, and the words for their stages, states and papers."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject

from gui import wording
from gui.api.client import Client
from gui.api.types import Agreement, LenderDecision, LoanRow, Problem, RegisteredLine, StageLine, Visit
from gui.cells import Pill
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.models.columns import Column
from gui.models.cursor import CursorModel

PROBLEMS = ("", "late", "call", "lender", "signing", "original", "money", "agreement")
WAYS = ("clerk", "branch", "courier")
_STAGES: dict[str, tuple[str, str]] = {
    "application": ("info", "calls"),
    "decision": ("info", "clock"),
    "signing": ("info", "pen"),
    "original": ("info", "file"),
    "money": ("info", "payments"),
    "shop": ("info", "shop"),
    "done": ("ok", "ok"),
    "ended": ("idle", "ban"),
}
_DECISIONS: dict[str, tuple[str, str]] = {
    "queued": ("info", "send"),
    "sent": ("info", "clock"),
    "needs_info": ("warn", "warning"),
    "approved": ("ok", "ok"),
    "declined": ("idle", "ban"),
    "withdrawn": ("idle", "undo"),
    "revoked": ("bad", "error"),
}
_SIGNING: dict[str, tuple[str, str]] = {
    "signed": ("ok", "check"),
    "verified": ("ok", "ok"),
    "identity_checked": ("info", "person"),
    "ordered": ("info", "truck"),
    "out": ("info", "truck"),
    "met": ("info", "person"),
    "returned_empty": ("warn", "undo"),
    "no_show": ("warn", "clock"),
    "faulty": ("bad", "error"),
    "resigning": ("warn", "pen"),
    "refused": ("bad", "ban"),
    "stopped": ("bad", "error"),
}
_ORIGINAL: dict[str, tuple[str, str]] = {
    "with_signer": ("warn", "hand"),
    "in_transit": ("info", "truck"),
    "at_lender": ("info", "bank"),
    "accepted": ("ok", "ok"),
    "rejected": ("bad", "error"),
    "lost": ("bad", "error"),
}
_FUNDING: dict[str, tuple[str, str]] = {
    "expected": ("info", "clock"),
    "partly": ("warn", "split"),
    "received": ("ok", "ok"),
    "reversed": ("bad", "reversed"),
}
_GOODS: dict[str, tuple[str, str]] = {
    "held": ("warn", "hand"),
    "released": ("ok", "shield"),
    "shipped": ("info", "truck"),
    "delivered": ("ok", "check"),
    "committed": ("ok", "ok"),
    "returned": ("bad", "undo"),
}


def problem_title(problem: str) -> str:
    """A chip of the list before the service has told its own words."""
    titles = {
        "": translate("Loans", "All"),
        "late": translate("Loans", "Late"),
        "call": translate("Loans", "Call"),
        "lender": translate("Loans", "Lenders"),
        "signing": translate("Loans", "Signing"),
        "original": translate("Loans", "Originals"),
        "money": translate("Loans", "Money"),
        "agreement": translate("Loans", "Agreement"),
    }
    return titles.get(problem, problem)


def problem_tip(problem: Problem) -> str:
    """The service's own words for the trouble."""
    return said(problem.said)


def age(since: datetime | None, now: datetime) -> str:
    """How long something stands: "12 min", "3 h", "5 days"; "" for nothing."""
    if since is None:
        return ""
    seconds = max((now - since).total_seconds(), 0)
    if seconds < 3600:
        return translate("Loans", "{n} min").format(n=int(seconds // 60))
    if seconds < 48 * 3600:
        return translate("Loans", "{n} h").format(n=int(seconds // 3600))
    return counts.days(int(seconds // 86400))


def stage_icon(stage: str) -> str:
    return _STAGES.get(stage, ("idle", "flag"))[1]


def stage_pill(loan: LoanRow) -> Pill:
    """Where it stands; red when it has stood there too long."""
    tone, icon = _STAGES.get(loan.stage, ("idle", "flag"))
    text = said(loan.stage_said)
    return Pill(text, "bad", "warning") if loan.red else Pill(text, tone, icon)


def state_pill(loan: LoanRow) -> Pill:
    """The state in the service's words."""
    tone, icon = _STAGES.get(loan.stage, ("idle", "flag"))
    return Pill(said(loan.state_said), tone, icon)


def line_words(line: StageLine, now: datetime) -> str:
    """A tile of the board in one sentence, for a screen reader."""
    parts = [f"{said(line.said)}: {line.count}", wording.money(line.goods)]
    if line.oldest is not None and line.count:
        parts.append(translate("Loans", "the oldest {age}").format(age=age(line.oldest, now)))
    if line.red:
        parts.append(counts.late_ones(line.red))
    return ", ".join(parts)


def decision_pill(decision: LenderDecision) -> Pill:
    tone, icon = _DECISIONS.get(decision.state, ("idle", "flag"))
    return Pill(said(decision.state_said), tone, icon)


def signing_pill(agreement: Agreement) -> Pill:
    tone, icon = _SIGNING.get(agreement.signing, ("info", "pen"))
    return Pill(said(agreement.signing_said), tone, icon)


def original_pill(agreement: Agreement) -> Pill:
    tone, icon = _ORIGINAL.get(agreement.original, ("idle", "file"))
    return Pill(said(agreement.original_said), tone, icon)


def funding_pill(agreement: Agreement) -> Pill:
    tone, icon = _FUNDING.get(agreement.funding, ("idle", "payments"))
    return Pill(said(agreement.funding_said), tone, icon)


def goods_pill(agreement: Agreement) -> Pill:
    tone, icon = _GOODS.get(agreement.goods, ("idle", "picks"))
    return Pill(said(agreement.goods_said), tone, icon)


def line_pill(line: RegisteredLine) -> Pill:
    """What became of a settlement line: no statement yet, or its statement's state."""
    if line.statement_id is None:
        return Pill(translate("Loans", "not in a statement yet"), "idle", "clock")
    tone = "ok" if line.statement_state in ("paid", "carried") else "info"
    return Pill(said(line.statement_said), tone, "ok" if tone == "ok" else "file")


def way_title(way: str) -> str:
    """Where and with whom the buyer signs."""
    titles = {
        "clerk": translate("Loans", "At the shop"),
        "branch": translate("Loans", "At the lender's branch"),
        "courier": translate("Loans", "By courier"),
    }
    return titles.get(way, way)


def delivery_title(delivery: str) -> str:
    titles = {
        "pickup": translate("Loans", "pickup"),
        "delivery": translate("Loans", "delivery"),
    }
    return titles.get(delivery, delivery)


def visit_result(visit: Visit) -> str:
    titles = {
        "": translate("Loans", "under way"),
        "signed": translate("Loans", "signed"),
        "empty": translate("Loans", "came back empty"),
        "refused": translate("Loans", "the buyer refused"),
        "stopped": translate("Loans", "stopped: the passport does not fit"),
        "called_off": translate("Loans", "called off"),
    }
    return titles.get(visit.result, visit.result)


def holder(name: str) -> str:
    """Who has the paper: "courier:СДЭК" → "courier СДЭК"."""
    kind, _, who = name.partition(":")
    titles = {
        "shop": translate("Loans", "the shop"),
        "courier": translate("Loans", "courier"),
        "carrier": translate("Loans", "carrier"),
        "lender": translate("Loans", "the lender"),
        "branch": translate("Loans", "the lender's branch"),
        "us": translate("Loans", "us"),
    }
    title = titles.get(kind, kind)
    return f"{title} {who}" if kind in ("courier", "carrier") and who else title


def percent(text: str) -> str:
    """A decimal text as a percent in the person's language: "24.900" → "24,9 %"."""
    return f"{wording.quantity(text)}{wording.NBSP}%" if text else "—"


def person(by: str) -> str:
    """The name in "role:name"; ours is the program itself."""
    return "Kvit" if by in ("", "service") else by.rpartition(":")[2]


def columns() -> list[Column]:
    return [
        Column(
            "number",
            lambda: translate("Loans", "№"),
            lambda r: str(r.number),
            paint="strong",
            width=6,
            tip=lambda r: (
                translate("Loans", "shop's order {number}").format(number=r.shop_order) if r.shop_order else ""
            ),
        ),
        Column(
            "stage",
            lambda: translate("Loans", "Stage"),
            lambda r: stage_pill(r).text,
            paint="pill",
            pill=stage_pill,
            width=13,
            tip=lambda r: said(r.state_said),
        ),
        Column(
            "stage_since",
            lambda: translate("Loans", "There since"),
            lambda r: wording.moment(r.stage_since),
            sort="stage_since",
            width=9,
        ),
        Column("buyer", lambda: translate("Loans", "Buyer"), _buyer, width=11, tip=lambda r: r.phone),
        Column("shop", lambda: translate("Loans", "Shop"), lambda r: r.shop, width=0, tip=lambda r: r.shop),
        Column(
            "goods",
            lambda: translate("Loans", "Goods, ₽"),
            lambda r: wording.money(r.goods, currency=False),
            paint="money",
            width=11,
            right=True,
        ),
        Column("lender", lambda: translate("Loans", "Lender"), lambda r: r.lender_title, width=11),
        Column("state", lambda: translate("Loans", "State"), lambda r: said(r.state_said), width=15, hidden=True),
        Column("way", lambda: translate("Loans", "Signed"), lambda r: said(r.way_said), width=14, hidden=True),
        Column("agreement", lambda: translate("Loans", "Agreement"), lambda r: r.agreement_no, width=14, hidden=True),
        Column(
            "to_shop",
            lambda: translate("Loans", "To the shop, ₽"),
            lambda r: wording.money(r.to_shop, currency=False) if r.lender else "",
            width=12,
            right=True,
            hidden=True,
        ),
        Column("shop_order", lambda: translate("Loans", "Shop's order"), lambda r: r.shop_order, width=12, hidden=True),
        Column(
            "made_at",
            lambda: translate("Loans", "Made"),
            lambda r: wording.moment(r.made_at),
            sort="made_at",
            width=11,
            hidden=True,
        ),
    ]


def _buyer(row: LoanRow) -> str:
    return row.buyer or row.phone or ("—" if row.purged_at is None else translate("Loans", "forgotten"))


def model(client: Client, parent: QObject | None = None) -> CursorModel:
    return CursorModel(client, "/v1/loans", LoanRow, columns(), parent)
