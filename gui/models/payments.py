"""Payments as a table, and the words for their states."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui import wording
from gui.api.client import Client
from gui.api.types import Payment, PaymentRow
from gui.cells import Pill
from gui.i18n import translate
from gui.models.columns import Column
from gui.models.paged import PagedModel

# A repeat of the same document waits for a person too: it may be a second real payment.
UNDECIDED = ("needs_person", "duplicate")
DECIDED = ("auto", "manual")
FILTERS = ("all", "needs_person", "duplicate", "auto", "manual", "not_ours", "reversed", "new")


def filter_title(state: str) -> str:
    titles = {
        "all": translate("Payments", "All"),
        "needs_person": translate("Payments", "Need a person"),
        "auto": translate("Payments", "Automatic"),
        "manual": translate("Payments", "By hand"),
        "not_ours": translate("Payments", "Not ours"),
        "reversed": translate("Payments", "Reversed"),
        "duplicate": translate("Payments", "Repeats"),
        "new": translate("Payments", "New"),
    }
    return titles.get(state, state)


def state_pill(state: str, rest: int = 0) -> Pill:
    """The state's words, tone and shape; an unknown state is shown as it came."""
    if state == "needs_person":
        return Pill(translate("Payments", "needs a person"), "warn", "hand")
    if state in ("auto", "manual") and rest > 0:
        return Pill(translate("Payments", "partly allocated"), "warn", "split")
    known = {
        "new": Pill(translate("Payments", "new"), "info", "clock"),
        "auto": Pill(translate("Payments", "automatic"), "ok", "check"),
        "manual": Pill(translate("Payments", "by hand"), "info", "person"),
        "not_ours": Pill(translate("Payments", "not ours"), "idle", "ban"),
        "reversed": Pill(translate("Payments", "reversed"), "bad", "reversed"),
        "duplicate": Pill(translate("Payments", "a repeat?"), "warn", "copy"),
    }
    return known.get(state, Pill(state, "idle", "flag"))


def evidence_pill(kind: str) -> Pill:
    """How the money was proved: a shield that is whole, or a link, or a mere file."""
    known = {
        "signed": Pill(translate("Payments", "signed by the bank"), "ok", "shield"),
        "channel": Pill(translate("Payments", "proved by the channel"), "info", "link"),
        "file": Pill(translate("Payments", "imported file only"), "warn", "file"),
    }
    return known.get(kind, Pill(kind or translate("Payments", "no evidence"), "bad", "shield-off"))


def asks_confirmation(payment: Payment, release_mode: str) -> bool:
    """Whether a named person's word may be what the release waits for.

    A file proves nothing by itself, a third party is not the buyer, and with the automatic release switched off
    every order waits. The service knows the rule; here it is only decided whether to offer the button.
    """
    if payment.allocated <= 0 or payment.state not in DECIDED or payment.reversed or _vouches(payment):
        return False
    kind = payment.evidence.kind if payment.evidence is not None else ""
    return release_mode == "manual" or kind == "file" or "third_party" in payment.outcome


def takes_back(payment: Payment) -> str:
    """What the one undo event would bring back, in words; "" when nothing can be undone."""
    if payment.undo is None:
        return ""
    if _vouches(payment):
        return translate("Payments", "Undo: the release waits for a confirmation again, the allocation stays.")
    sums = _live_sums(payment)
    if not sums:
        return translate("Payments", "Undo: the payment waits for a person again.")
    return translate(
        "Payments",
        "Undo takes back all of it at once: {sums}. The payment waits for a person again; goods nobody has begun to "
        "pick are held.",
    ).format(sums=sums)


def taken_back(payment: Payment) -> str:
    """What the undo of this decision has brought back, in words."""
    if _vouches(payment):
        words = translate("Payments", "Undone: the release waits for a confirmation again.")
    else:
        words = translate("Payments", "Undone: the payment waits for a person again.")
        sums = _live_sums(payment)
        if sums:
            words = translate("Payments", "Undone: {sums}. The payment waits for a person again.").format(sums=sums)
    return f"{payment.payer_name}: {words}"


def _vouches(payment: Payment) -> bool:
    """Whether the last decision only confirmed a release."""
    outcome = payment.decision.outcome if payment.decision is not None else payment.outcome
    return outcome == "confirmed"


def _live_sums(payment: Payment) -> str:
    return ", ".join(
        translate("Payments", "{sum} from invoice {number}").format(sum=wording.money(part.amount), number=part.number)
        for part in payment.allocations
        if not part.undone
    )


def columns() -> list[Column]:
    return [
        Column(
            "bank_time",
            lambda: translate("Payments", "Bank time"),
            lambda p: wording.moment(p.bank_time) if p.bank_time else wording.day(p.booked),
            sort="bank_time",
            width=10,
        ),
        Column(
            "payer_name", lambda: translate("Payments", "Payer"), lambda p: p.payer_name, sort="payer_name", width=21
        ),
        Column(
            "amount",
            lambda: translate("Payments", "Sum, ₽"),
            lambda p: wording.money(p.amount, currency=False),
            sort="amount",
            paint="money",
            width=11,
            right=True,
        ),
        Column(
            "state",
            lambda: translate("Payments", "State"),
            lambda p: state_pill(p.state, p.rest).text,
            sort="state",
            paint="pill",
            pill=lambda p: state_pill(p.state, p.rest),
            width=17,
        ),
        Column("invoices", lambda: translate("Payments", "Invoices"), lambda p: ", ".join(p.invoices), width=11),
        Column(
            "purpose",
            lambda: translate("Payments", "Purpose"),
            lambda p: p.purpose,
            sort="purpose",
            width=0,
            tip=lambda p: p.purpose,
        ),
        Column(
            "payer_inn",
            lambda: translate("Payments", "ИНН"),
            lambda p: p.payer_inn,
            sort="payer_inn",
            width=13,
            hidden=True,
        ),
        Column(
            "rest",
            lambda: translate("Payments", "Not allocated, ₽"),
            lambda p: wording.money(p.rest, currency=False),
            sort="rest",
            paint="money",
            width=13,
            right=True,
            hidden=True,
        ),
        Column(
            "evidence",
            lambda: translate("Payments", "Evidence"),
            lambda p: evidence_pill(p.evidence).text,
            paint="pill",
            pill=lambda p: evidence_pill(p.evidence),
            width=22,
            hidden=True,
        ),
        Column(
            "received_at",
            lambda: translate("Payments", "Received"),
            lambda p: wording.moment(p.received_at),
            sort="received_at",
            width=12,
            hidden=True,
        ),
        Column(
            "payer_account",
            lambda: translate("Payments", "Account"),
            lambda p: p.payer_account,
            width=22,
            hidden=True,
        ),
    ]


def model(client: Client, parent: QObject | None = None) -> PagedModel:
    return PagedModel(client, "/v1/payments", PaymentRow, columns(), parent)
