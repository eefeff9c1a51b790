"""Payment orders as a table, the words for their states, and why something may not be done with one."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui import wording
from gui.api.client import Client
from gui.api.types import Bank, Me, Outgoing, OutgoingRow
from gui.cells import Pill
from gui.i18n import said, translate
from gui.models.columns import Column
from gui.models.paged import PagedModel

FILTERS = ("to_approve", "on_the_way", "done", "failed", "all")
TO_SIGN = ("draft", "waiting_approval")
"""States in which a signature is wanted."""
_LOOK: dict[str, tuple[str, str]] = {
    "draft": ("warn", "pen"),
    "waiting_approval": ("warn", "pen"),
    "approved": ("info", "check"),
    "sending": ("info", "send"),
    "unknown": ("warn", "warning"),
    "sent": ("info", "send"),
    "accepted": ("info", "bank"),
    "executed": ("ok", "ok"),
    "refused": ("bad", "error"),
    "returned": ("bad", "reversed"),
    "rejected": ("idle", "ban"),
    "withdrawn": ("idle", "undo"),
}


def filter_title(state: str) -> str:
    titles = {
        "to_approve": translate("Outgoing", "To sign"),
        "on_the_way": translate("Outgoing", "On the way"),
        "done": translate("Outgoing", "Executed"),
        "failed": translate("Outgoing", "Not paid"),
        "all": translate("Outgoing", "All"),
    }
    return titles.get(state, state)


def short_state(state: str) -> str:
    """A state in as few words as a column has room for; "" for one this program does not know."""
    titles = {
        "draft": translate("Outgoing", "no signature yet"),
        "waiting_approval": translate("Outgoing", "1 signature of 2"),
        "approved": translate("Outgoing", "signed"),
        "sending": translate("Outgoing", "being sent"),
        "unknown": translate("Outgoing", "asking the bank"),
        "sent": translate("Outgoing", "with the bank"),
        "accepted": translate("Outgoing", "accepted"),
        "executed": translate("Outgoing", "executed"),
        "refused": translate("Outgoing", "refused by the bank"),
        "returned": translate("Outgoing", "money came back"),
        "rejected": translate("Outgoing", "rejected"),
        "withdrawn": translate("Outgoing", "withdrawn"),
    }
    return titles.get(state, "")


def state_pill(order: OutgoingRow) -> Pill:
    """The state with its tone and shape, as short as a column wants it; the service's own words for a new state."""
    tone, icon = _LOOK.get(order.state, ("idle", "flag"))
    return Pill(short_state(order.state) or said(order.state_said), tone, icon)


def full_pill(order: Outgoing) -> Pill:
    """The state in the service's own words, or what a person is asked, or has said, about it."""
    if order.to_decide:
        return Pill(translate("Outgoing", "The bank has not got it: a decision is wanted"), "warn", "warning")
    if order.state == "refused" and any(event.event == "give_up" for event in order.history):
        return Pill(translate("Outgoing", "It did not go: ended by a person"), "idle", "ban")
    tone, icon = _LOOK.get(order.state, ("idle", "flag"))
    return Pill(said(order.state_said), tone, icon)


def warned(order: OutgoingRow) -> str:
    """The warnings that stand, one a line."""
    return "\n".join(said(warning.text) or warning.code for warning in order.warnings)


def account(number: str) -> str:
    """A 20-digit account in the groups people read it by: "40702 810 9 0000 0004567"."""
    if len(number) != 20:
        return number
    cuts = ((0, 5), (5, 8), (8, 9), (9, 13), (13, 20))
    return wording.NBSP.join(number[start:end] for start, end in cuts)


def columns() -> list[Column]:
    return [
        Column(
            "number", lambda: translate("Outgoing", "№"), lambda o: o.number, sort="number", paint="strong", width=7
        ),
        Column("date", lambda: translate("Outgoing", "Date"), lambda o: wording.day(o.date), sort="date", width=9),
        Column(
            "payee_name",
            lambda: translate("Outgoing", "Payee"),
            lambda o: f"⚠ {o.payee_name}" if o.warnings and o.state in TO_SIGN else o.payee_name,
            sort="payee_name",
            width=19,
            tip=lambda o: warned(o) if o.state in TO_SIGN else o.payee_name,
        ),
        Column(
            "amount",
            lambda: translate("Outgoing", "Sum, ₽"),
            lambda o: wording.money(o.amount, currency=False),
            sort="amount",
            paint="money",
            width=12,
            right=True,
        ),
        Column(
            "state",
            lambda: translate("Outgoing", "State"),
            lambda o: state_pill(o).text,
            sort="state",
            paint="pill",
            pill=state_pill,
            width=19,
            tip=lambda o: said(o.state_said),
        ),
        Column(
            "purpose", lambda: translate("Outgoing", "Purpose"), lambda o: o.purpose, width=0, tip=lambda o: o.purpose
        ),
        Column(
            "approved_by",
            lambda: translate("Outgoing", "Signed by"),
            lambda o: ", ".join(o.approved_by),
            width=24,
            hidden=True,
        ),
        Column("payee_inn", lambda: translate("Outgoing", "INN"), lambda o: o.payee_inn, width=13, hidden=True),
        Column(
            "account",
            lambda: translate("Outgoing", "Our account"),
            lambda o: o.account,
            width=22,
            hidden=True,
        ),
        Column(
            "proposed_at",
            lambda: translate("Outgoing", "Proposed"),
            lambda o: wording.moment(o.proposed_at),
            sort="proposed_at",
            width=12,
            hidden=True,
        ),
    ]


def model(client: Client, parent: QObject | None = None) -> PagedModel:
    return PagedModel(client, "/v1/outgoing", OutgoingRow, columns(), parent)


# --- why not ---------------------------------------------------------------------------------------------------------


def _no_link(online: bool) -> str:
    return "" if online else translate("Outgoing", "No link to the Kvit service.")


def why_not_propose(me: Me | None, *, online: bool, bank: Bank | None) -> str:
    """Why this person cannot make a payment order now; "" when they can."""
    if why := _no_link(online):
        return why
    if me is None or not me.may("outgoing.propose"):
        return translate("Outgoing", "Your role makes no payment orders.")
    if bank is not None and not bank.accounts:
        return translate("Outgoing", "No account of ours is set up for payments: ask IT.")
    return ""


def why_not_decide(me: Me | None, *, online: bool, bank: Bank | None) -> str:
    """Why this person cannot sign or reject anything now."""
    if why := _no_link(online):
        return why
    if me is None or not me.may("outgoing.approve"):
        return translate("Outgoing", "Your role has no right to sign.")
    if bank is not None and not bank.may_approve:
        return translate("Outgoing", "By the settings of this company your role does not sign payment orders.")
    return ""


def why_not_sign(order: Outgoing | None, me: Me | None, *, online: bool, bank: Bank | None) -> str:
    if why := why_not_reject(order, me, online=online, bank=bank):
        return why
    if order is not None and me is not None and me.user in order.approved_by:
        return translate(
            "Outgoing", "You have signed already: the second signature must be another person's. Ask a colleague."
        )
    return ""


def why_not_reject(order: Outgoing | None, me: Me | None, *, online: bool, bank: Bank | None) -> str:
    if why := why_not_decide(me, online=online, bank=bank):
        return why
    if order is None:
        return translate("Outgoing", "Choose a payment order.")
    if order.state not in TO_SIGN:
        return translate("Outgoing", "No signature is wanted any more: {state}.").format(state=said(order.state_said))
    return ""


def why_not_withdraw(order: Outgoing | None, me: Me | None, *, online: bool) -> str:
    if why := _no_link(online):
        return why
    if me is None or not me.may("outgoing.propose"):
        return translate("Outgoing", "Your role has no right to withdraw.")
    if order is None:
        return translate("Outgoing", "Choose a payment order.")
    if not order.may_withdraw:
        return translate("Outgoing", "Too late to withdraw: {state}.").format(state=said(order.state_said))
    return ""
