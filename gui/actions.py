"""Every command of the window in one place: its words, its keys, where it works. The sheet of keys is made of this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from gui.i18n import translate


class Action(Enum):
    """Commands the window itself carries out."""

    PAGE_1 = "page_1"
    PAGE_2 = "page_2"
    PAGE_3 = "page_3"
    PAGE_4 = "page_4"
    PAGE_5 = "page_5"
    PAGE_6 = "page_6"
    PAGE_7 = "page_7"
    PAGE_8 = "page_8"
    PAGE_9 = "page_9"
    PAGE_10 = "page_10"
    PAGE_11 = "page_11"
    PAGE_12 = "page_12"
    PAGE_13 = "page_13"
    SEARCH = "search"
    REFRESH = "refresh"
    UNDO = "undo"
    ZOOM_IN = "zoom_in"
    ZOOM_OUT = "zoom_out"
    ZOOM_NORMAL = "zoom_normal"
    KEYS = "keys"
    CLOSE = "close"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Command:
    """Attributes: keys: Qt key sequences, the first one is shown; title: words in the current language."""

    keys: tuple[str, ...]
    title: Callable[[], str]


COMMANDS: dict[Action, Command] = {
    Action.PAGE_1: Command(("Ctrl+1",), lambda: translate("Keys", "First page")),
    Action.PAGE_2: Command(("Ctrl+2",), lambda: translate("Keys", "Second page")),
    Action.PAGE_3: Command(("Ctrl+3",), lambda: translate("Keys", "Third page")),
    Action.PAGE_4: Command(("Ctrl+4",), lambda: translate("Keys", "Fourth page")),
    Action.PAGE_5: Command(("Ctrl+5",), lambda: translate("Keys", "Fifth page")),
    Action.PAGE_6: Command(("Ctrl+6",), lambda: translate("Keys", "Sixth page")),
    Action.PAGE_7: Command(("Ctrl+7",), lambda: translate("Keys", "Seventh page")),
    Action.PAGE_8: Command(("Ctrl+8",), lambda: translate("Keys", "Eighth page")),
    Action.PAGE_9: Command(("Ctrl+9",), lambda: translate("Keys", "Ninth page")),
    Action.PAGE_10: Command(("Ctrl+Shift+1",), lambda: translate("Keys", "Tenth page")),
    Action.PAGE_11: Command(("Ctrl+Shift+2",), lambda: translate("Keys", "Eleventh page")),
    Action.PAGE_12: Command(("Ctrl+Shift+3",), lambda: translate("Keys", "Twelfth page")),
    Action.PAGE_13: Command(("Ctrl+Shift+4",), lambda: translate("Keys", "Thirteenth page")),
    Action.SEARCH: Command(("Ctrl+F", "F3"), lambda: translate("Keys", "Search")),
    Action.REFRESH: Command(("F5",), lambda: translate("Keys", "Load anew")),
    Action.UNDO: Command(("Ctrl+Z",), lambda: translate("Keys", "Undo the last decision")),
    Action.ZOOM_IN: Command(("Ctrl+=", "Ctrl++"), lambda: translate("Keys", "Larger")),
    Action.ZOOM_OUT: Command(("Ctrl+-",), lambda: translate("Keys", "Smaller")),
    Action.ZOOM_NORMAL: Command(("Ctrl+0",), lambda: translate("Keys", "Normal size")),
    Action.KEYS: Command(("Ctrl+/", "F1"), lambda: translate("Keys", "These keys")),
    Action.CLOSE: Command(("Ctrl+W",), lambda: translate("Keys", "Close the window")),
    Action.QUIT: Command(("Ctrl+Q",), lambda: translate("Keys", "Quit")),
}


def page_keys() -> list[tuple[str, list[tuple[str, str]]]]:
    """Keys that work inside a page: [(page, [(keys, words)])]."""
    return [
        (
            translate("Keys", "Payments"),
            [
                ("↑ ↓", translate("Keys", "previous, next payment")),
                ("Enter", translate("Keys", "accept the chosen suggestion")),
                ("1 … 9", translate("Keys", "choose a suggestion")),
                ("S", translate("Keys", "allocate by hand, split over invoices")),
                ("N", translate("Keys", "not ours")),
                ("M", translate("Keys", "remember this payer")),
                ("R", translate("Keys", "rules of payers")),
                ("Tab", translate("Keys", "from fact to fact: its words light up in the purpose")),
                ("/", translate("Keys", "search")),
                ("Esc", translate("Keys", "empty the search, back to the list")),
                ("Ctrl+C", translate("Keys", "copy the rows for a spreadsheet")),
            ],
        ),
        (
            translate("Keys", "Allocation by hand"),
            [
                ("↑ ↓", translate("Keys", "choose an invoice while searching")),
                ("Enter", translate("Keys", "add the invoice")),
                ("F8", translate("Keys", "invoices of this payer only, or of all buyers")),
                ("F9", translate("Keys", "as much as fits into this invoice")),
                ("F7", translate("Keys", "take the invoice out again")),
                ("Ctrl+Enter", translate("Keys", "allocate")),
            ],
        ),
        (
            translate("Keys", "Registries"),
            [
                ("N", translate("Keys", "bring in a partner's file")),
                ("Enter", translate("Keys", "to the payment it explained")),
                ("W", translate("Keys", "withdraw")),
            ],
        ),
        (
            translate("Keys", "Picks"),
            [
                ("F2", translate("Keys", "not in its place: give a reason")),
                ("F4", translate("Keys", "print the list")),
                ("F6", translate("Keys", "next step: take, start")),
                ("F12", translate("Keys", "all picked, close the list")),
            ],
        ),
        (
            translate("Keys", "Calls"),
            [
                ("Enter", translate("Keys", "reached")),
                ("N", translate("Keys", "no answer, again in 5 minutes")),
                ("D", translate("Keys", "delivery agreed")),
                ("C", translate("Keys", "will collect")),
            ],
        ),
        (
            translate("Keys", "Parcels"),
            [
                ("Enter", translate("Keys", "what is called for now: claim, search, ask the carrier")),
                ("M", translate("Keys", "what else can be done")),
                ("1 … 4", translate("Keys", "its way, its messages, its money, its history")),
                ("D", translate("Keys", "mark as delivered")),
                ("A", translate("Keys", "ask the carrier now")),
                ("C", translate("Keys", "copy the number")),
                ("N", translate("Keys", "enter a parcel")),
                ("I", translate("Keys", "take in a file")),
                ("R", translate("Keys", "the morning report, and back")),
            ],
        ),
        (
            translate("Keys", "Texts"),
            [
                ("Alt+↑ ↓ ← →", translate("Keys", "another event, another channel")),
                ("Ctrl+S", translate("Keys", "save as the next version")),
            ],
        ),
        (
            translate("Keys", "Loans"),
            [
                ("Enter", translate("Keys", "what comes next with this application")),
                ("M", translate("Keys", "what else can be done")),
                ("1 2 3", translate("Keys", "its way, its papers, its history")),
                ("B", translate("Keys", "show the buyer in full")),
                ("K", translate("Keys", "calculator")),
                ("N", translate("Keys", "take an application in")),
            ],
        ),
        (
            translate("Keys", "Call centre"),
            [
                ("F2", translate("Keys", "next call")),
                ("F6", translate("Keys", "reached; F7 no answer, F8 busy, F9 call later")),
                ("F4", translate("Keys", "the buyer agrees to the consent")),
                ("Enter", translate("Keys", "next field; what is typed is kept at once")),
                ("F12", translate("Keys", "send to the lenders")),
                ("F11", translate("Keys", "calculator")),
            ],
        ),
        (
            translate("Keys", "Shops"),
            [
                ("N", translate("Keys", "take a shop in")),
                ("Enter", translate("Keys", "what comes next with it; E changes its particulars")),
                ("1 … 4", translate("Keys", "about it, its access, its tariffs, its history")),
                ("A", translate("Keys", "give access, or a key for the site")),
                ("T", translate("Keys", "a tariff from a day on")),
                ("U", translate("Keys", "terms of lenders and of signing")),
            ],
        ),
        (
            translate("Keys", "Bank"),
            [
                ("N", translate("Keys", "new payment order")),
                ("C", translate("Keys", "pay the same payee again")),
                ("Enter", translate("Keys", "to the signature; Space signs")),
                ("R", translate("Keys", "reject")),
                ("W", translate("Keys", "withdraw")),
                ("Ctrl+Enter", translate("Keys", "propose, in the form")),
            ],
        ),
    ]
