"""What can be done with a parcel, in words: titles, what a press brings about, and what is asked before."""

from __future__ import annotations

from typing import Any

from gui import wording
from gui.api.types import Parcel
from gui.i18n import translate

FIRST = ("claim", "search", "reopen", "ask")
"""The first of them that is called for stands out."""
REASONED = frozenset({"delivered", "end", "reopen", "expect_again"})
LETTERS = frozenset({"search", "claim"})
"""Actions that make out a text to be printed and signed."""
LAST = ("revoke_links", "end")
DANGER = frozenset({"end"})
_PATHS = {"revoke_links": "links/revoke", "unmute": "mute", "expect_again": "expect-again"}
_ICONS = {
    "ask": "refresh", "delivered": "check", "contacts": "person", "mute": "ban", "unmute": "bell", "search": "search",
    "claim": "file", "expect_again": "payments", "reopen": "undo", "end": "ban", "revoke_links": "no-link",
}  # fmt: skip
_ORDER = tuple(_ICONS)


def title(action: str) -> str:
    """What the button says."""
    titles = {
        "ask": translate("ParcelActions", "Ask the carrier now"),
        "delivered": translate("ParcelActions", "Handed over…"),
        "contacts": translate("ParcelActions", "Correct the buyer's contacts…"),
        "mute": translate("ParcelActions", "No messages about it"),
        "unmute": translate("ParcelActions", "Messages about it again"),
        "search": translate("ParcelActions", "Request a search…"),
        "claim": translate("ParcelActions", "Claim the cash on delivery…"),
        "expect_again": translate("ParcelActions", "Expect the cash on delivery again…"),
        "reopen": translate("ParcelActions", "Watch it again…"),
        "end": translate("ParcelActions", "Watch it no longer…"),
        "revoke_links": translate("ParcelActions", "Revoke the buyer's links"),
    }
    return titles.get(action, "")


def icon(action: str) -> str:
    return _ICONS.get(action, "chevron")


def path(action: str) -> str:
    """The last part of the address it is asked at."""
    return _PATHS.get(action, action)


def done_words(action: str) -> str:
    """What was done, said after it."""
    told = {
        "ask": translate("ParcelActions", "the carrier is asked"),
        "delivered": translate("ParcelActions", "marked as delivered"),
        "contacts": translate("ParcelActions", "contacts corrected"),
        "mute": translate("ParcelActions", "the buyer is not written to any more"),
        "unmute": translate("ParcelActions", "the buyer is written to again"),
        "expect_again": translate("ParcelActions", "its cash on delivery is expected again"),
        "reopen": translate("ParcelActions", "watched again"),
        "end": translate("ParcelActions", "watched no longer"),
        "revoke_links": translate("ParcelActions", "links revoked"),
        "search": translate("ParcelActions", "the request is made out"),
        "claim": translate("ParcelActions", "the claim is made out"),
    }
    return told.get(action, "")


def consequence(action: str) -> str:
    """What a press brings about."""
    told = {
        "delivered": translate(
            "ParcelActions", "Reminders stop. Its cash on delivery is due from today, whatever the carrier wrote down."
        ),
        "end": translate("ParcelActions", "Nobody asks about it and nobody writes to its buyer. It can be reopened."),
        "expect_again": translate(
            "ParcelActions",
            "The carrier pays though it went back: the money is expected again, and what waited is decided anew.",
        ),
        "reopen": translate("ParcelActions", "It stands again where its carrier's records say it is."),
        "revoke_links": translate("ParcelActions", "Pages the buyer has got by a link do not open any more."),
    }
    return told.get(action, "")


def prompt(action: str) -> str:
    """What to write, shown in the empty field."""
    told = {
        "delivered": translate("ParcelActions", "How do you know? For example: the buyer said so on the phone."),
        "end": translate("ParcelActions", "Why? For example: entered by mistake."),
        "expect_again": translate("ParcelActions", "How do you know? For example: the carrier's registry names it."),
        "reopen": translate("ParcelActions", "Why is it to be watched again?"),
    }
    return told.get(action, "")


def claim_words(parcel: Parcel) -> str:
    """What a claim brings about, and for how much it is."""
    return translate(
        "ParcelActions",
        "A numbered letter to the carrier for {sum} is made out; from then on the money stands as claimed.",
    ).format(sum=wording.money(parcel.cod - parcel.cod_received))


def letter_title(parcel: Parcel, action: str) -> str:
    titles = {
        "search": translate("ParcelActions", "Request to search for {track}"),
        "claim": translate("ParcelActions", "Claim for the cash on delivery of {track}"),
    }
    return titles[action].format(track=parcel.track)


def letter_path(parcel: Parcel, action: str) -> tuple[str, dict[str, Any]]:
    """Where a letter is made out, and what is asked for."""
    if action == "claim":
        return "/v1/parcel-claims", {"parcels": [parcel.id]}
    return f"/v1/parcels/{parcel.id}/search-request", {}


def offered(parcel: Parcel) -> list[str]:
    """What may be done now, in the menu's order."""
    known = [action for action in _ORDER if action in parcel.actions]
    return [*(a for a in known if a not in LAST), *(a for a in LAST if a in known)]


def first_of(parcel: Parcel) -> str:
    """What is called for now: a claim for missing money, a search for a parcel that is stuck; "" for nothing."""
    called = {
        "claim": parcel.cod_state == "missing",
        "search": parcel.stuck and parcel.known,
        "reopen": False,
        "ask": True,
    }
    return next((action for action in FIRST if action in parcel.actions and called[action]), "")
