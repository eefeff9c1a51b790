"""Statements of account and their lines as tables, and the words for what is done with them."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui import wording
from gui.api.client import Client
from gui.api.types import Balance, Period, Statement, StatementLine, StatementPayout, StatementRow
from gui.cells import Pill
from gui.i18n import said, translate
from gui.models.columns import Column
from gui.models.cursor import CursorModel
from gui.models.table import RowsModel

FILTERS = ("all", "open", "sent", "disputed", "accepted", "to_pay", "paying", "paid", "carried", "claimed")
FIRST = ("draft", "send", "fix", "accept")
"""What usually comes next, the likeliest first."""
_LOOK: dict[str, tuple[str, str]] = {
    "open": ("idle", "file"),
    "sent": ("info", "send"),
    "disputed": ("bad", "warning"),
    "accepted": ("ok", "check"),
    "accepted_by_silence": ("ok", "clock"),
    "payable": ("warn", "payments"),
    "drafted": ("info", "pen"),
    "ordered": ("info", "send"),
    "paid": ("ok", "ok"),
    "carried": ("idle", "undo"),
    "claimed": ("warn", "flag"),
}


def filter_title(state: str) -> str:
    titles = {
        "all": translate("Settlement", "All"),
        "open": translate("Settlement", "Made"),
        "sent": translate("Settlement", "Sent"),
        "disputed": translate("Settlement", "Disputed"),
        "accepted": translate("Settlement", "Accepted"),
        "to_pay": translate("Settlement", "To pay"),
        "paying": translate("Settlement", "Being paid"),
        "paid": translate("Settlement", "Paid"),
        "carried": translate("Settlement", "Carried over"),
        "claimed": translate("Settlement", "Claimed"),
    }
    return titles.get(state, state)


def party_kind_title(kind: str) -> str:
    titles = {
        "shop": translate("Settlement", "shop"),
        "point": translate("Settlement", "point"),
        "agent": translate("Settlement", "agent"),
        "lender": translate("Settlement", "lender"),
    }
    return titles.get(kind, kind)


def state_pill(statement: StatementRow) -> Pill:
    tone, icon = _LOOK.get(statement.state, ("info", "flag"))
    return Pill(said(statement.state_said), tone, icon)


def payout_pill(payout: StatementPayout) -> Pill:
    """What became of a payment order: paid only by its debit line."""
    if payout.returned_at is not None or payout.return_entry_id:
        return Pill(said(payout.state_said), "bad", "reversed")
    if payout.paid_at is not None:
        return Pill(said(payout.state_said), "ok", "ok")
    bad = payout.state in ("refused", "rejected", "withdrawn")
    return Pill(said(payout.state_said), "bad" if bad else "info", "error" if bad else "send")


def period_of(statement: StatementRow) -> str:
    since, until = statement.since, statement.until
    if since is None or until is None:
        return wording.day(until)
    start = since.strftime("%d.%m" if since.year == until.year else "%d.%m.%Y")
    return f"{start} – {wording.day(until)}"


def action_title(action: str) -> str:
    titles = {
        "send": translate("Settlement", "Send to the party"),
        "accept": translate("Settlement", "The party accepts"),
        "dispute": translate("Settlement", "The party disputes…"),
        "fix": translate("Settlement", "The sum is final: to be paid"),
        "carry": translate("Settlement", "Carry over"),
        "claim": translate("Settlement", "Claim the sum from the party"),
        "draft": translate("Settlement", "Prepare the payout…"),
    }
    return titles.get(action, "")


def action_icon(action: str) -> str:
    icons = {
        "send": "send",
        "accept": "check",
        "dispute": "warning",
        "fix": "check",
        "carry": "undo",
        "claim": "flag",
        "draft": "pen",
    }
    return icons.get(action, "chevron")


def consequence(action: str) -> str:
    """What a press brings about."""
    told = {
        "send": translate("Settlement", "The party sees it; silence of five working days counts as consent."),
        "accept": translate("Settlement", "The sums are agreed; it may be paid."),
        "fix": translate("Settlement", "The sum may be paid out now; what changes later goes into the next statement."),
        "carry": translate("Settlement", "Nothing is paid now: the sum goes into the next statement."),
        "claim": translate(
            "Settlement", "The party pays us by the number of the claim; its money closes the statement."
        ),
        "draft": translate(
            "Settlement", "A payment order is made. It leaves only after two people have signed it on the bank page."
        ),
    }
    return told.get(action, "")


def ordered(statement: Statement) -> tuple[str, list[str]]:
    """(the action that stands out, the others); "" when none does."""
    known = [action for action in statement.actions if action_title(action)]
    first = next((action for action in FIRST if action in known), "")
    return first, [action for action in known if action != first]


def period_words(period: Period) -> str:
    """How the closing of a period goes, in one sentence."""
    until = wording.day(period.until)
    if period.state == "closing":
        return translate("Settlement", "Closing until {day}: {done} of {all} parties").format(
            day=until, done=period.done, all=period.of
        )
    if period.state == "sending":
        return translate("Settlement", "Sending statements: {n} of {all}").format(n=period.sent, all=period.statements)
    if period.state in ("done", "stopped"):
        told = (
            translate("Settlement", "Closed until {day}: statements {n}, lines {lines}, sent {sent}")
            if period.state == "done"
            else translate("Settlement", "Stopped; until {day} made: statements {n}, lines {lines}, sent {sent}")
        )
        return told.format(day=until, n=period.statements, lines=period.lines, sent=period.sent)
    if period.state == "failed":
        why = said(period.error.text) if period.error is not None else ""
        return translate("Settlement", "The closing broke off: {why}").format(why=why)
    return ""


def _sum(kopecks: int) -> str:
    return wording.money(kopecks, currency=False)


def columns() -> list[Column]:
    return [
        Column(
            "number",
            lambda: translate("Settlement", "№"),
            lambda s: s.number,
            sort="number",
            paint="strong",
            width=5,
        ),
        Column(
            "until",
            lambda: translate("Settlement", "Period"),
            period_of,
            sort="until",
            width=17,
        ),
        Column(
            "party",
            lambda: translate("Settlement", "Party"),
            lambda s: s.party,
            sort="party",
            width=0,
            tip=lambda s: f"{s.party} · {party_kind_title(s.party_kind)}",
        ),
        Column(
            "gross",
            lambda: translate("Settlement", "Turnover, ₽"),
            lambda s: _sum(s.gross),
            width=12,
            right=True,
            hidden=True,
        ),
        Column("fee", lambda: translate("Settlement", "Our fee"), lambda s: _sum(s.fee), width=10, right=True),
        Column(
            "net",
            lambda: translate("Settlement", "To pay, ₽"),
            lambda s: _sum(s.net),
            sort="net",
            paint="money",
            width=12,
            right=True,
        ),
        Column(
            "state",
            lambda: translate("Settlement", "State"),
            lambda s: state_pill(s).text,
            paint="pill",
            pill=state_pill,
            width=20,
            tip=lambda s: s.remark or s.note,
        ),
        Column(
            "line_count",
            lambda: translate("Settlement", "Lines"),
            lambda s: str(s.line_count),
            width=7,
            right=True,
            hidden=True,
        ),
        Column(
            "sent_at",
            lambda: translate("Settlement", "Sent on"),
            lambda s: wording.moment(s.sent_at),
            width=12,
            hidden=True,
        ),
        Column(
            "paid_on",
            lambda: translate("Settlement", "Paid on"),
            lambda s: wording.day(s.paid_on or s.paid_at),
            width=10,
            hidden=True,
        ),
    ]  # fmt: skip


def model(client: Client, parent: QObject | None = None) -> CursorModel:
    return CursorModel(client, "/v1/settlement/statements", StatementRow, columns(), parent)


def line_columns() -> list[Column]:
    def name(line: StatementLine) -> str:
        mark = "↩ " if line.reverses else ""
        return f"{mark}{said(line.kind_said)}"

    return [
        Column("on", lambda: translate("Settlement", "Day"), lambda li: wording.day(li.on), width=9),
        Column("kind", lambda: translate("Settlement", "What"), name, width=0, tip=lambda li: li.note),
        Column(
            "document",
            lambda: translate("Settlement", "Document"),
            lambda li: li.document,
            width=12,
            tip=lambda li: li.document,
        ),
        Column(
            "fee",
            lambda: translate("Settlement", "Fee"),
            lambda li: _sum(li.fee),
            width=9,
            right=True,
            hidden=True,
        ),
        Column(
            "net",
            lambda: translate("Settlement", "Net, ₽"),
            lambda li: _sum(li.net),
            paint="money",
            width=11,
            right=True,
        ),
        Column(
            "gross", lambda: translate("Settlement", "Turnover, ₽"), lambda li: _sum(li.gross), width=11, right=True,
            hidden=True,
        ),
    ]  # fmt: skip


def lines(client: Client, statement_id: str, parent: QObject | None = None) -> CursorModel:
    """The lines of one statement."""
    return CursorModel(client, f"/v1/settlement/statements/{statement_id}/lines", StatementLine, line_columns(), parent)


def waiting_lines(client: Client, party: Balance, parent: QObject | None = None) -> CursorModel:
    """A party's lines that are in no statement yet."""
    of_party = {"party_kind": party.party_kind, "party_id": party.party_id}
    return CursorModel(client, "/v1/settlement/lines", StatementLine, line_columns(), parent, fixed=of_party)


def balances(client: Client, parent: QObject | None = None) -> CursorModel:
    """What each party has coming."""

    def money(key: str, title: str, read: str, *, strong: bool = False) -> Column:
        def text(balance: Balance) -> str:
            return _sum(getattr(balance, read))

        return Column(key, lambda: title, text, paint="money" if strong else "text", width=13, right=True)

    return CursorModel(
        client,
        "/v1/settlement/balances",
        Balance,
        [
            Column(
                "party",
                lambda: translate("Settlement", "Party"),
                lambda b: b.party or b.party_id,
                width=0,
                tip=lambda b: party_kind_title(b.party_kind),
            ),
            money("owed", translate("Settlement", "Owed, ₽"), "owed", strong=True),
            money("waiting", translate("Settlement", "Not in a statement, ₽"), "waiting"),
            money("stated", translate("Settlement", "In statements, ₽"), "stated"),
            money("paid", translate("Settlement", "Paid so far, ₽"), "paid"),
        ],
        parent,
    )


def no_lines(parent: QObject | None = None) -> RowsModel:
    """The table of lines while no statement is chosen."""
    return RowsModel(line_columns(), parent)
