"""Messages to buyers in words: their states, what came back from the gateway, and why one did not go."""

from __future__ import annotations

from datetime import datetime

from gui import wording
from gui.api.types import BuyerMessage, Consent, Receipt
from gui.cells import Pill
from gui.i18n import said, translate

_LOOK: dict[str, tuple[str, str]] = {
    "queued": ("info", "clock"),
    "sending": ("info", "send"),
    "sent": ("info", "check"),
    "delivered": ("ok", "ok"),
    "failed": ("bad", "error"),
    "expired": ("bad", "clock"),
    "unknown": ("warn", "warning"),
    "withdrawn": ("idle", "ban"),
}


def state_title(state: str) -> str:
    titles = {
        "queued": translate("BuyerMessages", "to be sent"),
        "sending": translate("BuyerMessages", "being sent"),
        "sent": translate("BuyerMessages", "taken by the gateway"),
        "delivered": translate("BuyerMessages", "delivered"),
        "failed": translate("BuyerMessages", "not delivered"),
        "expired": translate("BuyerMessages", "nobody took it in time"),
        "unknown": translate("BuyerMessages", "unknown"),
        "withdrawn": translate("BuyerMessages", "withdrawn"),
    }
    return titles.get(state, state)


def state_pill(message: BuyerMessage) -> Pill:
    tone, icon = _LOOK.get(message.state, ("info", "flag"))
    return Pill(state_title(message.state), tone, icon)


def unknown_words(message: BuyerMessage) -> str:
    """What a person has to know of a message nobody knows the fate of."""
    if message.state != "unknown":
        return ""
    return translate(
        "BuyerMessages",
        "It was handed over, and no answer came: it may have gone. Kvit does not repeat it by itself; a receipt may "
        "still tell.",
    )


def channel_title(channel: str) -> str:
    titles = {"sms": translate("BuyerMessages", "SMS"), "email": translate("BuyerMessages", "E-mail")}
    return titles.get(channel, channel)


def address(message: BuyerMessage) -> str:
    """Where it goes, as people read it."""
    return wording.phone(message.address) if message.channel == "sms" else message.address


def event_title(message: BuyerMessage) -> str:
    """What it is about: "reminder.2026-11-20.1" is a reminder; the event's own name where there are no words for it."""
    titles = {
        "accepted": translate("BuyerMessages", "Sent off"),
        "ready": translate("BuyerMessages", "Arrived"),
        "courier": translate("BuyerMessages", "With the courier"),
        "reminder": translate("BuyerMessages", "Reminder"),
        "last_days": translate("BuyerMessages", "Storage ends"),
        "maybe_ready": translate("BuyerMessages", "May already be waiting"),
    }
    return titles.get(message.event.partition(".")[0], message.event)


def when(message: BuyerMessage, now: datetime) -> str:
    """The instant that matters most of it."""
    if message.ended_at is not None:
        return wording.moment(message.ended_at, now)
    if message.sent_at is not None:
        return wording.moment(message.sent_at, now)
    if message.state == "queued" and message.not_before is not None and message.not_before > now:
        return translate("BuyerMessages", "not before {time}").format(time=wording.moment(message.not_before, now))
    return wording.moment(message.made_at, now)


def cost(message: BuyerMessage) -> str:
    """ "2 segments, 8,40 ₽" of an SMS; "" of a letter."""
    if message.channel != "sms" or not message.segments:
        return ""
    told = translate("BuyerMessages", "SMS parts: {n}").format(n=message.segments)
    return f"{told}, {wording.money(message.price)}" if message.price else told


def why(message: BuyerMessage) -> str:
    """Why it waits, did not go, or was taken back; and the gateway's own word where there is one."""
    parts = [said(message.reason_said) if message.reason else "", message.said]
    return " · ".join(part for part in parts if part)


def receipt_words(receipt: Receipt, now: datetime) -> str:
    more = "" if receipt.taken else translate("BuyerMessages", " (changed nothing)")
    return f"{wording.moment(receipt.at, now)} · {receipt.word}{more}"


def by_hand(message: BuyerMessage) -> str:
    """Who sent it again, and why."""
    if not message.replaces:
        return ""
    told = translate("BuyerMessages", "sent again by {who}").format(who=message.made_by.rpartition(":")[2])
    return f"{told}: {message.note}" if message.note else told


# --- consent ---------------------------------------------------------------------------------------------------------


def source_title(source: str) -> str:
    """How we know what somebody said."""
    titles = {
        "shop": translate("BuyerMessages", "by the shop's word"),
        "form": translate("BuyerMessages", "by a form"),
        "link": translate("BuyerMessages", "by the link in a message"),
        "reply": translate("BuyerMessages", "by a reply"),
        "operator": translate("BuyerMessages", "by the mobile operator"),
        "clerk": translate("BuyerMessages", "by one of ours"),
    }
    return titles.get(source, source)


def consent_words(consent: Consent) -> str:
    """ "SMS: may be written to; consent of 12.11.2026 by the shop's word"."""
    last = consent.words[0] if consent.words else None
    may = (
        translate("BuyerMessages", "{channel}: may be written to")
        if consent.may
        else translate("BuyerMessages", "{channel}: is not to be written to")
    ).format(channel=channel_title(consent.channel))
    if last is None:
        nothing = translate("BuyerMessages", "nothing is on record")
        return f"{may}; {nothing}"
    said_so = (
        translate("BuyerMessages", "opted out on {day}, {how}")
        if last.word == "withdrawn"
        else translate("BuyerMessages", "consent of {day}, {how}")
    )
    return f"{may}; {said_so.format(day=wording.day(last.at), how=source_title(last.source))}"


def word_title(word: str) -> str:
    """The button that puts down what the buyer said."""
    if word == "withdrawn":
        return translate("BuyerMessages", "Wants no messages…")
    return translate("BuyerMessages", "Agrees to messages…")
