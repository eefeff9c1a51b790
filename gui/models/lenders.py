"""Lenders and what has not reached them, agreements that wait too long: tables, and the words for their states."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui import wording
from gui.api.client import Client
from gui.api.types import AgeingGap, AgeingRow, LenderCall, LenderState
from gui.cells import Pill
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.models.columns import Column
from gui.models.cursor import CursorModel
from gui.models.table import RowsModel

GAPS = ("original", "money", "signature")
TOKEN_WARN_DAYS = 14
_STATES = {
    "fine": ("ok", "ok"),
    "silent": ("warn", "clock"),
    "refusing": ("bad", "ban"),
    "misconfigured": ("bad", "settings"),
}


def state_pill(lender: LenderState) -> Pill:
    tone, icon = _STATES.get(lender.state, ("idle", "flag"))
    return Pill(said(lender.state_said), "bad" if lender.silent else tone, icon)


def trouble(lender: LenderState) -> str:
    """What is wrong, in words; "" for nothing."""
    return said(lender.last_error.text) if lender.last_error is not None else ""


def token_words(lender: LenderState) -> tuple[str, str]:
    """(how it is with his token, its tone)."""
    if not lender.token:
        return translate("Lenders", "not entered"), "bad"
    left = lender.token_days_left
    if left is None:
        return translate("Lenders", "entered; its end is not known"), ""
    until = translate("Lenders", "until {day}").format(day=wording.day(lender.token_until))
    if left < 0:
        return translate("Lenders", "{until}: it has ended").format(until=until), "bad"
    return f"{until} · {counts.days_left(left)}", "warn" if left <= TOKEN_WARN_DAYS else ""


def reason(call: LenderCall) -> str:
    """Why a call has not reached him; "" while it is only due to leave."""
    return said(call.error.text) if call.error is not None else call.last_error


def call_pill(call: LenderCall) -> Pill:
    if call.dead:
        return Pill(translate("Lenders", "given up"), "bad", "error")
    if call.attempts:
        return Pill(translate("Lenders", "repeated"), "warn", "clock")
    return Pill(translate("Lenders", "leaving"), "info", "send")


def calls(parent: QObject | None = None) -> RowsModel:
    """What has not reached lenders."""
    return RowsModel(
        [
            Column(
                "loan_number", lambda: translate("Lenders", "№"), lambda c: str(c.loan_number), paint="strong", width=6
            ),
            Column("lender", lambda: translate("Lenders", "Lender"), lambda c: c.lender_title or c.lender, width=14),
            Column("call", lambda: translate("Lenders", "To tell him"), lambda c: said(c.call_said), width=21),
            Column(
                "state",
                lambda: translate("Lenders", "State"),
                lambda c: call_pill(c).text,
                paint="pill",
                pill=call_pill,
                width=14,
            ),
            Column("reason", lambda: translate("Lenders", "Why"), reason, width=0, tip=lambda c: c.last_error),
            Column(
                "attempts",
                lambda: translate("Lenders", "Tries"),
                lambda c: str(c.attempts),
                width=6,
                right=True,
                hidden=True,
            ),
            Column(
                "next_at",
                lambda: translate("Lenders", "Next try"),
                lambda c: wording.moment(c.next_at) if c.next_at else "—",
                width=9,
            ),
            Column(
                "created_at",
                lambda: translate("Lenders", "Since"),
                lambda c: wording.moment(c.created_at),
                width=13,
                hidden=True,
            ),
        ],
        parent,
    )


# --- agreements that wait too long -----------------------------------------------------------------------------------


def gap_title(gap: str) -> str:
    titles = {
        "signature": translate("Ageing", "Not signed"),
        "original": translate("Ageing", "Original not at the lender"),
        "money": translate("Ageing", "No money"),
    }
    return titles.get(gap, gap)


def gap_words(gap: AgeingGap) -> str:
    """What is waited for, in one sentence."""
    return translate("Ageing", "{wait}: {all} for {sum}, past {limit}: {red}").format(
        wait=gap_title(gap.gap),
        all=gap.count,
        sum=wording.money(gap.transfer),
        limit=counts.days(gap.limit_days),
        red=gap.red,
    )


def age_pill(row: AgeingRow) -> Pill:
    text = counts.days(row.days)
    return Pill(text, "bad", "warning") if row.red else Pill(text, "idle", "clock")


def parts(row: AgeingRow) -> str:
    """The three parts of the match: which are here."""
    here = (
        (row.signed, translate("Ageing", "signed")),
        (row.original, translate("Ageing", "original")),
        (row.money, translate("Ageing", "money")),
    )
    return " · ".join(f"{'✓' if done else '—'} {name}" for done, name in here)


def ageing(client: Client, parent: QObject | None = None) -> CursorModel:
    """Agreements with a gap; sorted and cut by the service."""
    return CursorModel(
        client,
        "/v1/loans/ageing",
        AgeingRow,
        [
            Column(
                "loan_number",
                lambda: translate("Ageing", "№"),
                lambda r: str(r.loan_number),
                paint="strong",
                width=6,
            ),
            Column(
                "age",
                lambda: translate("Ageing", "Waits"),
                lambda r: age_pill(r).text,
                sort="age",
                paint="pill",
                pill=age_pill,
                width=13,
                tip=lambda r: translate("Ageing", "since {moment}").format(moment=wording.moment(r.since)),
            ),
            Column(
                "limit",
                lambda: translate("Ageing", "Limit"),
                lambda r: counts.days(r.limit_days),
                width=8,
                right=True,
            ),
            Column(
                "transfer",
                lambda: translate("Ageing", "Sum, ₽"),
                lambda r: wording.money(r.transfer, currency=False),
                sort="transfer",
                paint="money",
                width=12,
                right=True,
            ),
            Column("number", lambda: translate("Ageing", "Agreement"), lambda r: r.number, width=13),
            Column(
                "lender",
                lambda: translate("Ageing", "Lender"),
                lambda r: r.lender_title or r.lender,
                sort="lender",
                width=17,
            ),
            Column("shop", lambda: translate("Ageing", "Shop"), lambda r: r.shop, width=0, tip=lambda r: r.shop),
            Column("parts", lambda: translate("Ageing", "What is here"), parts, width=30, hidden=True),
        ],
        parent,
    )
