"""What can be done with an application, in words: titles, what a press brings about, and what is asked before."""

from __future__ import annotations

from collections.abc import Sequence

from gui.api.types import Loan
from gui.i18n import translate

FIRST = (
    "confirm-sums", "accept", "identity", "sign", "visit/met", "visit/out", "visit/order", "verify", "resign",
    "original/send", "original/arrive", "original/accept", "goods/release", "goods/ship",
    "goods/deliver", "submit", "send-again",
    "call", "questionnaire",
)  # fmt: skip
"""What usually comes next, the likeliest first: the first of them that is allowed stands out."""
LAST = (
    "no-show", "visit/empty", "fault", "original/reject", "original/lost", "goods/return",
    "withdraw", "refuse", "cancel",
)  # fmt: skip
"""What happens when something goes wrong."""
ON_PAPER = frozenset(
    {
        "identity", "sign", "no-show", "refuse", "verify", "fault", "resign", "confirm-sums",
        "visit/order", "visit/out", "visit/met", "visit/empty", "original/send", "original/arrive",
        "original/accept", "original/reject", "original/lost", "goods/release", "goods/ship",
        "goods/deliver", "goods/return",
    }
)  # fmt: skip
"""Actions that are about the agreement: they go with its version and not the application's."""
REASONED = {
    "refuse": "remark",
    "fault": "reason",
    "original/reject": "reason",
    "visit/empty": "note",
    "confirm-sums": "note",
}
"""Actions that take one reason, and the name it goes by."""
DANGER = frozenset(
    {"goods/return", "cancel", "refuse", "fault", "original/reject", "original/lost", "visit/empty", "withdraw"}
)
_ICONS = {
    "accept": "check", "identity": "person", "sign": "pen", "no-show": "clock", "refuse": "ban", "verify": "ok",
    "fault": "error", "resign": "pen", "confirm-sums": "shield", "visit/order": "truck", "visit/out": "truck",
    "visit/met": "person", "visit/empty": "undo", "original/send": "send", "original/arrive": "bank",
    "original/accept": "ok", "original/reject": "reversed", "original/lost": "error", "submit": "send",
    "send-again": "send", "withdraw": "undo", "cancel": "ban", "call": "call_centre", "questionnaire": "pen",
    "goods/release": "shield", "goods/return": "undo", "goods/ship": "truck", "goods/deliver": "check",
}  # fmt: skip


def title(action: str) -> str:
    """What the button says."""
    titles = {
        "call": translate("LoanActions", "Call the buyer"),
        "questionnaire": translate("LoanActions", "Questionnaire…"),
        "submit": translate("LoanActions", "Send to lenders…"),
        "send-again": translate("LoanActions", "Send the corrections"),
        "withdraw": translate("LoanActions", "Take back from a lender…"),
        "accept": translate("LoanActions", "Choose offer and signing…"),
        "cancel": translate("LoanActions", "Cancel the application…"),
        "confirm-sums": translate("LoanActions", "Settle the difference…"),
        "identity": translate("LoanActions", "Check the passport…"),
        "sign": translate("LoanActions", "Signed by the buyer"),
        "no-show": translate("LoanActions", "The buyer did not come"),
        "refuse": translate("LoanActions", "The buyer refuses…"),
        "verify": translate("LoanActions", "The papers are in order"),
        "fault": translate("LoanActions", "A fault in the papers…"),
        "resign": translate("LoanActions", "Have it signed anew"),
        "visit/order": translate("LoanActions", "Order a courier…"),
        "visit/out": translate("LoanActions", "The courier has left"),
        "visit/met": translate("LoanActions", "The courier met the buyer"),
        "visit/empty": translate("LoanActions", "The courier came back empty…"),
        "original/send": translate("LoanActions", "Hand the original over…"),
        "original/arrive": translate("LoanActions", "The original is at the lender"),
        "original/accept": translate("LoanActions", "The lender accepted the original"),
        "original/reject": translate("LoanActions", "The lender sent it back…"),
        "original/lost": translate("LoanActions", "The original is lost"),
        "goods/release": translate("LoanActions", "Release the goods"),
        "goods/return": translate("LoanActions", "The goods came back…"),
        "goods/ship": translate("LoanActions", "The goods are shipped"),
        "goods/deliver": translate("LoanActions", "The goods are delivered"),
    }
    return titles.get(action, "")


def icon(action: str) -> str:
    return _ICONS.get(action, "chevron")


def consequence(action: str) -> str:
    """What a press brings about, for actions that are confirmed first; "" for those that are simply done."""
    told = {
        "sign": translate(
            "LoanActions",
            "From now on the buyer owes the lender. With signing at the shop the goods may leave at once.",
        ),
        "verify": translate("LoanActions", "Somebody of ours has looked at the scan: every page, every signature."),
        "resign": translate("LoanActions", "The agreement is signed from the beginning, with a new passport check."),
        "no-show": translate("LoanActions", "Another time is arranged; the agreement stays until its day."),
        "original/accept": translate("LoanActions", "The lender has no more to ask for about the paper."),
        "original/lost": translate("LoanActions", "The paper is gone: the agreement has to be signed anew."),
        "send-again": translate("LoanActions", "The lenders who asked for corrections get the questionnaire anew."),
        "goods/release": translate("LoanActions", "The warehouse gets the pick list."),
        "goods/ship": translate("LoanActions", "The goods are on their way to the buyer."),
        "goods/deliver": translate("LoanActions", "The buyer has the goods; the lender is told."),
    }
    return told.get(action, "")


def prompt(action: str) -> str:
    """What to write as the reason."""
    told = {
        "refuse": translate("LoanActions", "What did the buyer say?"),
        "fault": translate("LoanActions", "What is wrong, and on which page?"),
        "original/reject": translate("LoanActions", "Why did the lender send it back?"),
        "visit/empty": translate("LoanActions", "Why did the courier come back empty?"),
        "confirm-sums": translate("LoanActions", "What was agreed with the lender, and with whom?"),
    }
    return told.get(action, "")


def done_words(action: str) -> str:
    """What the bar says when it is done."""
    return title(action).removesuffix("…")


def ordered(loan: Loan) -> tuple[str, Sequence[str]]:
    """(the action that stands out, the others), of those this program knows; "" when none stands out."""
    known = [action for action in loan.actions if title(action)]
    first = next((action for action in FIRST if action in known), "")
    usual = [action for action in FIRST if action in known and action != first]
    return first, [*usual, *(action for action in LAST if action in known)]
